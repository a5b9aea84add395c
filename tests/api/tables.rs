//! Five published self-assessment tables, put through the API as their units filled them in.
//!
//! What the rule gives is worked out by hand beside each row. Rows without any weight are
//! placeholders of the form; where a form prints no weights, the inferred ones stand in for them.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::build::{id, items, made, project, text};
use crate::support::{App, With, cases};

cases![
    shidian_declares_scores_above_their_weight,
    huanggang_scores_a_met_target_below_its_weight,
    linxiang_cuts_its_execution_score_to_a_whole_point,
    chizhou_states_a_fund_total_of_nothing_above_a_component,
    tianchang_gives_full_marks_to_rows_without_values,
];

/// A row: its name, what the rule gives, what was declared, and which findings it earns.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str]);

struct Expected {
    profile: &'static str,
    rows: &'static [Row],
    total: &'static str,
    grade: &'static str,
    attainable: &'static str,
    /// Findings about the form as a whole, with their places.
    whole: &'static [(&'static str, &'static str)],
}

/// 万元 in yuan, exactly.
fn yuan(amount: &Value) -> Option<String> {
    let amount: Decimal = amount.as_str()?.parse().expect("an amount");
    Some((amount * Decimal::from(10_000)).normalize().to_string())
}

/// The fund line of the API: what the form leaves empty is nothing.
fn line(fund: &Value) -> Value {
    let amount = |field: &str| yuan(&fund[field]).unwrap_or_else(|| "0".to_owned());
    json!({"funding_source": "current_appropriation", "economic_category": text(fund, "name"),
           "initial_amount": amount("initial_budget"), "adjusted_amount": amount("full_year_budget"),
           "executed_amount": amount("executed")})
}

/// The rows of the form that have a weight, each as an indicator and its result; the execution row first.
fn rows(table: &Value) -> Vec<(Value, Value)> {
    let total = &table["funds"][0];
    let execution = json!({"level1": "预算执行", "name": "预算执行率", "measure": "budget_execution",
                           "weight": total["weight"]});
    let mut rows = vec![(execution, json!({"declared_score": total["score"]}))];
    for (index, row) in table["indicators"].as_array().expect("indicators").iter().enumerate() {
        let weight = if row["weight"].is_string() { &row["weight"] } else { &table["inferred_weights"][index] };
        if weight.as_str().is_none_or(|weight| weight.parse::<Decimal>().is_err()) {
            continue;
        }
        let mut indicator =
            json!({"level1": row["level1"], "level2": row["level2"], "name": row["level3"], "weight": weight});
        let mut result = json!({"declared_score": row["score"]});
        for (target, field, from) in [(&mut indicator, "target_text", "target"), (&mut result, "actual_text", "actual")]
        {
            if row[from].is_string() {
                target[field] = row[from].clone();
            }
        }
        if row["reason"].is_string() {
            result["deviation_reason"] = row["reason"].clone();
        }
        rows.push((indicator, result));
    }
    rows
}

async fn check(app: App, table: &str, expected: Expected) {
    let table: Value = serde_json::from_str(table).expect("JSON");
    assert_eq!(table["amount_unit"], "万元");
    let tree = app.tree().await;
    let unit = app.unit();
    let new = project(&tree.unit)
        .with("fiscal_year", table["fiscal_year"].clone())
        .with("name", table["project_name"].clone());
    let project = made(&unit, "/api/v1/projects", &new).await;
    let funds = table["funds"].as_array().expect("funds");
    // The first row of a form is the total; where it has components, they are the lines.
    let (lines, stated) = if funds.len() > 1 { (&funds[1..], Some(&funds[0])) } else { (&funds[..], None) };
    for fund in lines {
        made(&unit, &format!("/api/v1/projects/{project}/budget-lines"), &line(fund)).await;
    }
    let rows = rows(&table);
    let indicators: Vec<&Value> = rows.iter().map(|(indicator, _)| indicator).collect();
    let set = unit.put(&format!("/api/v1/projects/{project}/indicators"), "*", &json!(indicators)).await.json(200);
    let results: Vec<Value> = items(&set)
        .iter()
        .zip(&rows)
        .map(|(indicator, (_, result))| result.clone().with("indicator_id", id(indicator)))
        .collect();
    let mut declared = json!({});
    if table["total"].is_string() {
        declared["total"] = table["total"].clone();
    }
    for (field, from) in
        [("initial_amount", "initial_budget"), ("adjusted_amount", "full_year_budget"), ("executed_amount", "executed")]
    {
        if let Some(amount) = stated.and_then(|stated| yuan(&stated[from])) {
            declared[field] = json!(amount);
        }
    }
    let new = json!({"project_id": project, "rule_profile": {"code": expected.profile}, "declared": declared, "results": results});
    let assessment = made(&unit, "/api/v1/self-assessments", &new).await;
    let read = unit.get(&format!("/api/v1/self-assessments/{assessment}")).await.json(200);
    let findings = items(&unit.get(&format!("/api/v1/self-assessments/{assessment}/findings")).await.json(200));
    compare(&read, &findings, &expected);
}

fn compare(read: &Value, findings: &[Value], expected: &Expected) {
    let results = read["results"].as_array().expect("results");
    assert_eq!(results.len(), expected.rows.len(), "rows");
    for (index, (result, (name, points, declared, codes))) in results.iter().zip(expected.rows).enumerate() {
        assert_eq!(result["name"], *name);
        assert_eq!(result["computed_score"], *points, "what the rule gives for {name}");
        assert_eq!(result["declared_score"], *declared, "what was declared for {name}");
        let place = format!("/results/{index}/");
        let mut found: Vec<String> = findings
            .iter()
            .filter(|one| text(one, "pointer").starts_with(&place))
            .map(|one| text(one, "code"))
            .collect();
        found.sort();
        assert_eq!(found, *codes, "findings of {name}");
    }
    assert_eq!(read["computed"], json!({"total": expected.total, "grade": expected.grade}));
    assert_eq!(read["attainable_total"], expected.attainable);
    let whole: Vec<(String, String)> = findings
        .iter()
        .filter(|one| !text(one, "pointer").starts_with("/results/"))
        .map(|one| (text(one, "code"), text(one, "pointer")))
        .collect();
    let mut whole: Vec<(&str, &str)> = whole.iter().map(|(code, pointer)| (code.as_str(), pointer.as_str())).collect();
    whole.sort_unstable();
    assert_eq!(whole, expected.whole, "findings about the whole");
}

const DIFFERS: &str = "declared_differs_from_computed";
const EXCEEDS: &str = "declared_exceeds_weight";
const INFERRED: &[&str] = &["achievement_inferred"];
/// A row that has a score but no value: it earns nothing, and no reason is given.
const EMPTY: &[&str] = &["actual_missing", DIFFERS];

async fn shidian_declares_scores_above_their_weight(app: App) {
    let expected = Expected {
        profile: "hubei-20-80",
        rows: &[
            // 20 × 94 ÷ 650 = 2.8923…; the printed rate of 0.1 would give 2.00.
            ("预算执行率", "2.89", "2.90", &["reason_missing"]),
            // 20 × 6 ÷ 15
            ("扶持发展新型农业经营主体 (个)", "8.00", "8.00", &["reason_missing"]),
            // 20 × 4164 ÷ 11442 = 7.2784…
            ("带动贫困户(人)", "7.28", "7.30", &["reason_missing"]),
            // Met, so the weight and no more; 12767.36 ÷ 8000 = 1.596 is above 1.3.
            ("新型经营主体实现产值(%)", "20.00", "31.90", &[DIFFERS, EXCEEDS, "over_achievement"]),
            ("新型经营主体助农增收 (元)", "10.00", "10.50", &[DIFFERS, EXCEEDS]),
            ("满意度(%)", "10.00", "11.10", &[DIFFERS, EXCEEDS]),
        ],
        // 2.89 + 8.00 + 7.28 + 20 + 10 + 10
        total: "58.17",
        grade: "poor",
        attainable: "58.17",
        whole: &[
            ("declared_total_exceeds_attainable", "/declared/total"),
            ("large_unspent_balance", "/execution"),
            ("performance_outruns_spending", "/declared/total"),
        ],
    };
    check(app, include_str!("fixtures/shidian.json"), expected).await;
}

async fn huanggang_scores_a_met_target_below_its_weight(app: App) {
    let expected = Expected {
        profile: "hubei-20-80",
        rows: &[
            ("预算执行率", "20.00", "20.00", &[]),
            ("监测数据必须合格", "10.00", "10.00", &[]),
            ("取得2018-2022监测资料", "10.00", "10.00", &[]),
            // 98 % of 98 % is met; the unit took the actual times the weight.
            ("整编资料审核", "20.00", "19.60", &[DIFFERS]),
            ("监测数据资料整编", "20.00", "20.00", &[]),
            ("完成年度资料上报", "20.00", "20.00", &[]),
        ],
        total: "100.00",
        grade: "excellent",
        attainable: "100.00",
        whole: &[],
    };
    check(app, include_str!("fixtures/huanggang.json"), expected).await;
}

async fn linxiang_cuts_its_execution_score_to_a_whole_point(app: App) {
    let expected = Expected {
        profile: "mof-2020",
        rows: &[
            // 10 × 316900 ÷ 324000 = 9.7808…
            ("预算执行率", "9.78", "9.00", &[DIFFERS]),
            ("野生动物收容所", "10.00", "10.00", &[]),
            ("钢结构圈养围栏", "10.00", "10.00", &[]),
            // October is earlier than the end of December.
            ("项目完工时限", "15.00", "15.00", &[]),
            ("项目竣工验收率", "15.00", "15.00", &[]),
            ("务工人员年人均增收", "10.00", "10.00", &[]),
            ("提供务工岗位", "10.00", "10.00", &[]),
            ("项目建成后可持续影响年限", "10.00", "10.00", &[]),
        ],
        total: "89.78",
        grade: "good",
        attainable: "89.78",
        // The satisfaction row is cut off in the published copy: 90 of 100, and 10 missing there.
        whole: &[("level1_weight_unusual", "/results"), ("weights_not_100", "/results")],
    };
    check(app, include_str!("fixtures/linxiang.json"), expected).await;
}

async fn chizhou_states_a_fund_total_of_nothing_above_a_component(app: App) {
    let expected = Expected {
        profile: "mof-2020",
        rows: &[
            // 899740 of 899740 by the lines; the form has 0 of 0.
            ("预算执行率", "10.00", "0.00", &[DIFFERS]),
            ("基建工程委托业务项目数量", "8.00", "8.00", &[]),
            ("委托业务报告合格率", "8.00", "8.00", &[]),
            ("经费支出合规性", "8.00", "8.00", INFERRED),
            ("提交报告及时性", "8.00", "8.00", INFERRED),
            // 90 without a unit has the target's, 万元: at most 90 is met.
            ("项目总成本", "8.00", "8.00", &[]),
            ("单项业务成本", "10.00", "10.00", INFERRED),
            ("对维护基建市场公平的影响程度", "10.00", "10.00", INFERRED),
            ("对控制基建项目成本影响程度", "10.00", "10.00", INFERRED),
            ("对推动基建项目“四项制度”健全和落实的持续性影响", "10.00", "10.00", INFERRED),
        ],
        total: "90.00",
        grade: "excellent",
        attainable: "90.00",
        whole: &[
            ("fund_lines_do_not_add_up", "/declared/adjusted_amount"),
            ("fund_lines_do_not_add_up", "/declared/executed_amount"),
            ("fund_lines_do_not_add_up", "/declared/initial_amount"),
            ("level1_weight_unusual", "/results"),
            ("weights_not_100", "/results"),
        ],
    };
    check(app, include_str!("fixtures/chizhou.json"), expected).await;
}

async fn tianchang_gives_full_marks_to_rows_without_values(app: App) {
    let expected = Expected {
        profile: "mof-2020",
        rows: &[
            ("预算执行率", "10.00", "10.00", &[]),
            ("指标1:完成中型灌区节水改造项目数量", "10.00", "10.00", &[]),
            ("指标2:完成农业综合水价改革项目", "10.00", "10.00", &[]),
            ("指标1:工程质量合格", "0.00", "10.00", EMPTY),
            ("指标1:年度资金支付完成率100%", "0.00", "10.00", EMPTY),
            ("指标1:资金执行在预算范围内", "0.00", "10.00", EMPTY),
            ("指标1:全市安全度汛", "0.00", "10.00", EMPTY),
            ("指标1:保护全市人口财产不受损失", "0.00", "10.00", EMPTY),
            ("指标1:已建工程良性运行", "0.00", "10.00", EMPTY),
            ("指标1:服务对象满意度", "10.00", "10.00", &[]),
        ],
        total: "40.00",
        grade: "poor",
        // A missing value loses nothing: what is declared could still be true.
        attainable: "100.00",
        whole: &[("all_full_marks", "/results")],
    };
    check(app, include_str!("fixtures/tianchang.json"), expected).await;
}
