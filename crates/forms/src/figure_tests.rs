//! Figures that stand in texts: totals outside the tables, codes before names and in number cells, headings of names.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::heading_tests::{FUNDS, TABLE};
use super::layout_tests::{laid_out, lines};
use super::{Form, ProblemKind, read};
use crate::workbooks::{self, Limits};
use jixiao_scoring::Profile;

const NAME: &[&str] = &["项目名称", "道路养护"];

/// A form with these rows above its funds, and these below its indicators.
fn with(above: &[&[&str]], below: &[&[&str]]) -> Form {
    let rows: Vec<&[&str]> = [&[&["绩效自评表（2023年度）"][..], NAME], above, &FUNDS, &TABLE, below].concat();
    let mut found = laid_out(&rows, &[]);
    assert_eq!(found.len(), 1, "{above:?} {below:?}");
    found.remove(0)
}

fn total(form: &Form) -> Option<Decimal> {
    form.total_score.as_ref().map(|cited| cited.value)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// However a number is printed, and wherever it may stand, it is the number that was printed.
    #[test]
    fn a_printed_number_is_read_as_it_is(hundredths in 0_i64..=20_000, places in 0_u32..=2) {
        let value = Decimal::new(hundredths, 2).round_dp(places);
        let printed = format!("{value}");
        let grade = |text: &str| format!("{text}（优）");
        for text in [printed.clone(), format!("{printed}分"), format!(" {printed} 分"), grade(&printed), grade(&format!("{printed}分"))] {
            for label in ["自评总分", "自评得分", "总分"] {
                for row in [vec![label.to_owned(), text.clone()], vec![format!("{label}：{text}")]] {
                    let row: Vec<&str> = row.iter().map(String::as_str).collect();
                    prop_assert_eq!(total(&with(&[&row], &[])), Some(value), "above: {:?}", row);
                }
            }
            let below = with(&[], &[&["合计", "", "", "", "", "100", "95"], &["自评得分", &text]]);
            let other = below.other_total.map_or(Decimal::from(95), |cited| cited.value);
            prop_assert!(other == value || value == Decimal::ONE_HUNDRED || value == Decimal::from(95), "{other} {text}");
        }
        let row = with(&[], &[&["效益指标", "社会效益", "人数", "≥5人", "5人", &printed, &format!("{printed}分")]]);
        let last = row.indicators.last().unwrap();
        prop_assert_eq!(last.weight.as_ref().map(|cited| cited.value), Some(value));
        prop_assert_eq!(last.score.as_ref().map(|cited| cited.value), Some(value));
        let funds = with(&[&["", "甲", &printed, &format!("{printed}万元"), "", "", ""]], &[]);
        prop_assert_eq!(funds.problems.len(), 0);
    }
}

#[test]
fn a_total_is_that_of_the_column_of_scores_and_of_no_other() {
    let list = |total: &[&str]| {
        let rows: [&[&str]; 3] = [
            &["项目名称：某市场改造"],
            &["一级指标", "分值", "二级指标", "分值", "三级指标", "分值", "评价标准", "自评得分"],
            &["决策", "20", "目标", "4", "内容", "4", "明确", "4"],
        ];
        let mut found = laid_out(&[&rows[..], &[total]].concat(), &[]);
        found.remove(0).total_score.map(|cited| cited.value.to_string())
    };
    assert_eq!(list(&["总分", "100", "", "100", "", "100", "", "96"]).as_deref(), Some("96"));
    assert_eq!(list(&["总分", "100", "", "100", "", "100"]), None, "the weights alone are no score");
    let ledger: [&[&str]; 3] = [
        &["序号", "项目名称", "实施单位", "年初预算数", "全年预算数", "全年执行数", "执行率", "自评得分", "自评等级"],
        &["1", "营养餐", "一小", "120", "118", "118", "100%", "98", "优"],
        &["合计", "", "", "470", "448", "358", "79.9%"],
    ];
    for form in laid_out(&ledger, &[]) {
        assert_eq!(form.total_score, None, "the budgets are no score");
    }
    assert_eq!(total(&with(&[&["自评总分", "99.50"]], &[])).unwrap(), Decimal::new(9950, 2));
    let both = with(&[&["总分", "100", "自评得分", "96.5"]], &[]);
    assert_eq!((total(&both), both.other_total), (Some(Decimal::new(965, 1)), None), "what it is out of is no score");
}

#[test]
fn a_code_before_a_name_is_parted_from_it() {
    for (text, code, name) in [
        ("51092323T000010263999-河道维护", Some("51092323T000010263999"), "河道维护"),
        ("51092324T000010263357-2023年全县安可项目", Some("51092324T000010263357"), "2023年全县安可项目"),
        ("[219001]公用经费", Some("219001"), "公用经费"),
        ("（219001）公用经费", Some("219001"), "公用经费"),
        ("33010023T000000001 节水改造", Some("33010023T000000001"), "节水改造"),
        ("2023-2024年度培训", None, "2023-2024年度培训"),
        ("2023-河道维护", None, "2023-河道维护"),
        ("（2022-2023）培训", None, "（2022-2023）培训"),
        ("G318-道路改造", None, "G318-道路改造"),
        ("202305-202312期间培训", None, "202305-202312期间培训"),
        ("2021.05-培训项目", None, "2021.05-培训项目"),
        ("20230101-0331应急", None, "20230101-0331应急"),
        ("GB50016-2014标准修订", None, "GB50016-2014标准修订"),
        ("WINDOWS-服务器采购", None, "WINDOWS-服务器采购"),
        ("Windows-10升级", None, "Windows-10升级"),
        ("Internet-医疗服务", None, "Internet-医疗服务"),
        ("5G基站", None, "5G基站"),
        ("道路养护", None, "道路养护"),
    ] {
        let rows: Vec<&[&str]> = vec![&["绩效自评表（2023年度）"]];
        let name_row = ["项目名称", text];
        let rows = [&rows[..], &[&name_row[..]], &FUNDS, &TABLE].concat();
        let form = laid_out(&rows, &[]).remove(0);
        assert_eq!(form.project_code.as_ref().map(|cited| cited.value.as_str()), code, "{text}");
        assert_eq!(form.project_name.unwrap().value, name, "{text}");
    }
    let own =
        [&[&["绩效自评表（2023年度）"][..], &["项目名称", "[219001]公用经费", "项目编码", "P-77"]], &FUNDS[..], &TABLE]
            .concat();
    assert_eq!(laid_out(&own, &[])[0].project_code.as_ref().unwrap().value, "P-77", "its own cell says it");
}

#[test]
fn a_code_in_a_number_cell_has_lost_its_last_digits_and_is_refused() {
    // The builder writes what is a number as one, and every other text as it is.
    let form = with(&[&["项目编码", "51092324000010263357"]], &[]);
    assert_eq!(form.project_code, None);
    let found: Vec<(ProblemKind, String)> = form.problems.iter().map(|one| (one.kind, one.place.to_string())).collect();
    assert_eq!(found, [(ProblemKind::DigitsLost, "B3".to_owned())]);
    assert_eq!(form.problems[0].kind.code(), "digits_lost");
    assert_eq!(with(&[&["项目编码", "510923240000102"]], &[]).project_code.unwrap().value, "510923240000102");
}

#[test]
fn the_heading_of_the_funds_names_is_no_budget() {
    let bytes = include_bytes!("../fixtures/sichuan-two-forms-2023.xlsx");
    let book = workbooks::read(bytes, &Limits::default()).unwrap();
    let forms: Vec<Form> = book.sheets.iter().flat_map(read).collect();
    assert_eq!(forms.len(), 2);
    for (form, code, amount) in
        [(&forms[0], "51092323T000009000001", "300000"), (&forms[1], "51092324T000010263357", "33600")]
    {
        assert_eq!(form.problems, []);
        assert_eq!(form.project_code.as_ref().unwrap().value, code);
        let total = form.fund_total().unwrap();
        for given in [&total.adjusted, &total.executed] {
            assert_eq!(given.as_ref().unwrap().value.to_string(), amount);
        }
        let scored = jixiao_scoring::score(&form.assessment(), Profile::latest("mof-2020").unwrap());
        assert_eq!(scored.rows[0].points, Some(Decimal::new(1000, 2)));
    }
    // Where no other column is headed so, the names are no budget either; a column of amounts that nobody filled in is one.
    let names: [&[&str]; 3] = [
        &["执行情况", "年度预算数（万元）", "年初预算", "预算执行数"],
        &["", "总额", "30", "30"],
        &["", "2023年财政拨款", "30", "30"],
    ];
    let rows = [&[&["绩效自评表（2023年度）"][..], NAME], &names[..], &TABLE].concat();
    let form = laid_out(&rows, &[]).remove(0);
    assert_eq!(form.problems, []);
    assert!(form.is_adjusted_from_initial, "the initial amounts stand for the year's budget, and that is said");
    assert_eq!(form.fund_total().unwrap().adjusted.as_ref().unwrap().value.to_string(), "300000");
    assert_eq!(lines(&form).len(), 1);
}

#[test]
fn points_at_level_1_are_evidence_where_the_rows_have_none() {
    let table: [&[&str]; 3] = [
        &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "得分"],
        &["产出指标(40.5分)", "数量指标", "里程", "≥50公里", "48公里", "38"],
        &["效益指标50分", "社会效益", "人数", "≥5人", "5人", "50"],
    ];
    let funds: [&[&str]; 2] = [FUNDS[0], &["", "年度资金总额", "100", "100", "100"]];
    let rows = [&[&["绩效自评表（2023年度）"][..], NAME], &funds[..], &table].concat();
    let form = laid_out(&rows, &[]).remove(0);
    assert_eq!(form.problems, []);
    let assessment = form.assessment();
    let profile = super::suited(&form);
    let found = jixiao_scoring::findings::check(&assessment, profile, &jixiao_scoring::score(&assessment, profile));
    let found: Vec<String> = found
        .iter()
        .map(|one| format!("{}: {}", one.code.as_str(), one.message(jixiao_scoring::findings::Language::En)))
        .collect();
    assert_eq!(
        found,
        [
            "weight_missing: 2 indicators have no weight, so that neither points nor total nor grade can be computed; points \
          printed at level 1: 产出指标 40.50; 效益指标 50.00. Without a weight: 里程; 人数."
        ]
    );
}
