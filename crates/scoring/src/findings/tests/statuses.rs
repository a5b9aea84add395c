//! Rows that report nothing, costs without a sign, units of one dimension, classes, and forms without points.

use super::build::{codes, earns, find, on};
use crate::findings::{FindingCode, Language};
use crate::tests::{decimal, profile, spent};
use crate::{Assessment, Case, Row, RowStatus, score};

fn row(level2: &str, name: &str, target: &str, actual: &str) -> Row {
    let read = Row::from_texts(name, decimal("10"), Some(target), Some(actual));
    let level1 = if level2.contains("成本") { "成本指标" } else { "产出指标" };
    Row { level1: level1.to_owned(), level2: level2.to_owned(), ..read }
}

fn of(row: Row) -> Assessment {
    Assessment { rows: vec![row], ..Assessment::default() }
}

fn case(row: Row, code: &str) -> (Case, Option<String>) {
    let scored = score(&of(row), profile(code));
    (scored.rows[0].case, scored.rows[0].points.map(|points| points.to_string()))
}

#[test]
fn what_was_not_done_is_an_honest_zero_where_its_reason_is_given() {
    for (name, actual, status) in [
        ("培训人数", "未开展", RowStatus::NotDone),
        ("培训人数", "未开展（疫情）", RowStatus::NotDone),
        ("培训人数", "取消", RowStatus::NotDone),
        ("培训人数", "不适用", RowStatus::NotApplicable),
        ("培训人数", "次年统计", RowStatus::NotYetAvailable),
        ("群众满意度", "未开展调查", RowStatus::NoSurvey),
        ("群众满意度", "无投诉", RowStatus::NoSurvey),
        ("培训人数", "已取消3场，完成40人", RowStatus::Reported),
    ] {
        assert_eq!(row("数量指标", name, "≥50", actual).status(), status, "{actual}");
    }
    let mut honest = row("数量指标", "培训人数", "≥50人", "未开展");
    honest.deviation_reason = Some("因疫情取消".to_owned());
    honest.declared_score = Some(decimal("0"));
    assert_eq!(case(honest.clone(), "mof-2020"), (Case::NotDone, Some("0.00".to_owned())));
    let finding = find(&of(honest.clone()), FindingCode::RowNotDone);
    assert_eq!(finding.message(Language::Zh), "“培训人数”未开展，10.00分按0分计，已说明原因。");
    for code in [FindingCode::ActualMissing, FindingCode::ActualUnusable, FindingCode::ReasonMissing] {
        assert!(!earns(&of(honest.clone()), code), "{}", code.as_str());
    }
    let declared = Row { declared_score: Some(decimal("8")), ..honest.clone() };
    assert!(earns(&of(declared), FindingCode::ActualMissing), "points for nothing are an error");
    let unsaid = Row { deviation_reason: None, ..honest.clone() };
    assert!(earns(&of(unsaid), FindingCode::ActualMissing));
    let later = row("数量指标", "培训人数", "≥50人", "尚未验收");
    assert!(earns(&of(later), FindingCode::RowWithoutResult));
    // What is stated counts, whatever the text says.
    let stated = Row { status: Some(RowStatus::Reported), ..honest };
    assert!(earns(&of(stated), FindingCode::ActualUnusable));
}

#[test]
fn a_cost_in_money_without_a_sign_is_a_limit() {
    for target in ["＝100万元", "100万元", "=100万元"] {
        let over = row("成本指标", "建设成本", target, "120万元");
        assert_eq!(case(over.clone(), "mof-2020"), (Case::AtMostAboveTargetRatio, Some("8.33".to_owned())), "{target}");
        assert!(earns(&of(over.clone()), FindingCode::DirectionAssumed));
        assert!(!earns(&of(over), FindingCode::DirectionSuspicious));
    }
    let below = row("成本指标", "建设成本", "100万元", "80万元");
    assert_eq!(case(below, "mof-2020"), (Case::AtMostMet, Some("10.00".to_owned())));
    for (target, actual) in [("≥100万元", "120万元"), ("100人", "120人")] {
        let other = row("成本指标", "建设成本", target, actual);
        assert!(!earns(&of(other), FindingCode::DirectionAssumed), "{target}");
    }
}

#[test]
fn units_of_one_dimension_are_converted_and_that_is_said() {
    let hours = of(row("时效指标", "办结时长", "≤2小时", "90分钟"));
    assert!(earns(&hours, FindingCode::UnitConverted));
    assert!(!earns(&of(row("数量指标", "里程", "≥2公里", "3公里")), FindingCode::UnitConverted));
    let money = find(&of(row("数量指标", "补助", "≥2万元", "30000元")), FindingCode::UnitConverted);
    assert_eq!(
        money.message(Language::Zh),
        "“补助”的指标值2万元与实际完成值30000元单位不同，已换算为20000元与30000元比较。"
    );
}

#[test]
fn the_words_of_an_indicator_fit_its_class() {
    for (level2, name, expected) in [
        ("数量指标", "资金支付率", true),
        ("数量指标", "产品合格率", true),
        ("质量指标", "培训人数", true),
        ("质量指标", "产品合格率", false),
        ("数量指标", "培训人数", false),
    ] {
        let found = earns(&of(row(level2, name, "≥90", "95")), FindingCode::ClassSuspicious);
        assert_eq!(found, expected, "{level2} {name}");
    }
}

#[test]
fn the_few_rows_without_declared_points_are_named() {
    let declared =
        |points: Option<&str>| Row { declared_score: points.map(decimal), ..row("数量指标", "甲", "≥1", "1") };
    let rows = vec![declared(Some("10")), declared(Some("10")), Row { name: "乙".to_owned(), ..declared(None) }];
    let finding = find(&Assessment { rows, ..Assessment::default() }, FindingCode::DeclaredMissing);
    assert_eq!((finding.row, finding.message(Language::Zh).as_str()), (Some(2), "“乙”没有自评得分，其他2项都有。"));
    assert!(!earns(&of(declared(None)), FindingCode::DeclaredMissing), "nobody declared anything");
}

#[test]
fn a_form_without_points_by_design_says_what_was_reached() {
    let mut reached = row("数量指标", "抽检批次", "≥150批次", "156批次");
    let mut missed = row("满意度", "群众满意度", "≥85%", "82%");
    (reached.weight, missed.weight) = (None, None);
    missed.deviation_reason = Some("宣传不足".to_owned());
    let assessment =
        Assessment { rows: vec![reached, missed], lines: vec![spent("5", "4.62")], ..Assessment::default() };
    let scored = score(&assessment, profile("transfer-payment"));
    assert_eq!(scored.rows.iter().map(|row| row.is_reached).collect::<Vec<_>>(), [Some(true), Some(false)]);
    assert_eq!((scored.computed_total, scored.grade, scored.weight_total), (None, None, None));
    assert_eq!(codes(&on(&assessment, "transfer-payment")), Vec::<&str>::new());
    let derived = crate::derive(&assessment, profile("transfer-payment"), &scored);
    let formulas: Vec<&str> = derived.rows.iter().map(|row| row.formula.as_str()).collect();
    assert_eq!(formulas, ["156 ≥ 150 → ✓", "82% ✗ ≥85%"]);
    let empty = Assessment::default();
    assert_eq!(score(&empty, profile("transfer-payment")).computed_total, None);
}
