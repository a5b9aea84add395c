//! Findings about funds and about weights.

use crate::findings::{FindingCode, Language};
use crate::tests::{assessment, decimal, number, spent};
use crate::{Assessment, Measure, Row};

use super::{earns, find, on};

fn funds(adjusted: &str, executed: &str) -> Assessment {
    Assessment { lines: vec![spent(adjusted, executed)], ..Assessment::default() }
}

fn weighted(parts: &[(&str, &str)], execution: &str) -> Assessment {
    let mut rows = vec![Row::new("预算执行率", Measure::BudgetExecution, decimal(execution))];
    for (level1, weight) in parts {
        let mut row = number("≥1", "1", weight);
        (*level1).clone_into(&mut row.level1);
        rows.push(row);
    }
    assessment(rows)
}

#[test]
fn weights_that_do_not_add_up_to_100_are_named() {
    let form = weighted(&[("产出", "60"), ("效益", "30"), ("满意度", "10")], "10");
    let finding = find(&form, FindingCode::WeightsNot100);
    assert_eq!(finding.pointer, "/results");
    assert_eq!(finding.message(Language::Zh), "分值合计110.00分，应为100分，相差10.00分。");
    let form = weighted(&[("产出", "50"), ("效益", "30"), ("满意度", "10")], "10");
    assert!(!earns(&form, FindingCode::WeightsNot100));
    assert!(earns(&Assessment::default(), FindingCode::WeightsNot100));
}

#[test]
fn level1_sums_are_held_against_the_profile() {
    let code = FindingCode::Level1WeightUnusual;
    let usual = weighted(
        &[("产出指标(50分)", "20"), ("产出指标（50分）", "30"), ("效益", "30"), ("服务对象满意度指标", "10")],
        "10",
    );
    assert!(!earns(&usual, code));
    let unusual = weighted(&[("产出", "40"), ("效益", "30"), ("满意度指标", "20")], "10");
    assert_eq!(
        find(&unusual, code).message(Language::Zh),
        "分值与评分规则不同：产出40.00分（应为50.00分）；满意度20.00分（应为10.00分）。"
    );
    let execution = weighted(&[("产出", "40"), ("效益", "30"), ("满意度", "10")], "20");
    assert!(earns(&execution, code));
    let has = |form: &Assessment, profile: &str| on(form, profile).iter().any(|finding| finding.code == code);
    assert!(!has(&execution, "hubei-20-80"));
    assert!(has(&usual, "hubei-20-80"));
    assert!(!has(&weighted(&[("产出", "30"), ("效益", "30"), ("决策", "30")], "10"), "mof-2020-department"));
    assert!(has(&weighted(&[("产出", "30"), ("效益", "20"), ("决策", "40")], "10"), "mof-2020-department"));
}

#[test]
fn a_budget_of_nothing_has_no_rate() {
    let code = FindingCode::ExecutionRateUndefined;
    assert_eq!(find(&funds("0", "0"), code).pointer, "/execution");
    assert!(earns(&Assessment::default(), code));
    assert!(!earns(&funds("1", "0"), code));
}

#[test]
fn spending_above_the_budget_is_named_in_total_and_by_line() {
    let code = FindingCode::ExecutedExceedsBudget;
    let finding = find(&funds("500000", "520000"), code);
    assert_eq!(
        finding.message(Language::Zh),
        "全年执行数大于全年预算数：合计预算500000.00元，执行520000.00元，超出20000.00元；\
         项目资金预算500000.00元，执行520000.00元，超出20000.00元。"
    );
    let mut line = funds("500000", "520000");
    line.lines.push(spent("500000", "0"));
    assert!(earns(&line, code));
    assert!(!earns(&funds("500000", "500000"), code));
}

#[test]
fn a_stated_total_that_is_not_the_sum_of_its_lines_is_named() {
    let code = FindingCode::FundLinesDoNotAddUp;
    let mut form = funds("899740", "899740");
    form.stated.adjusted = Some(decimal("0"));
    form.stated.executed = Some(decimal("899740.00"));
    let finding = find(&form, code);
    assert_eq!(finding.pointer, "/declared/adjusted_amount");
    assert_eq!(finding.message(Language::Zh), "表中全年预算数0.00元，资金明细合计899740.00元，相差-899740.00元。");
    form.stated.adjusted = Some(decimal("899740"));
    assert!(!earns(&form, code));
    assert!(!earns(&funds("1", "1"), code));
}

#[test]
fn a_balance_of_more_than_a_fifth_is_large() {
    let code = FindingCode::LargeUnspentBalance;
    let finding = find(&funds("2070000", "1345343"), code);
    assert_eq!(finding.message(Language::Zh), "全年预算2070000.00元，结余724657.00元，占35.01%。");
    assert!(earns(&funds("1000", "799.99"), code));
    assert!(!earns(&funds("1000", "800"), code));
    assert!(!earns(&funds("0", "0"), code));
}

#[test]
fn ten_thousand_times_too_much_or_too_little_is_suspicious() {
    let code = FindingCode::AmountUnitSuspicious;
    let stated = |adjusted: &str| {
        let mut form = funds("2070000", "1345343");
        form.stated.adjusted = Some(decimal(adjusted));
        form
    };
    for amount in ["207", "20700000000", "208"] {
        assert!(earns(&stated(amount), code), "{amount}");
        assert!(earns(&stated(amount), FindingCode::FundLinesDoNotAddUp), "{amount}");
    }
    for amount in ["2070000", "2070", "0", "300"] {
        assert!(!earns(&stated(amount), code), "{amount}");
    }
}

#[test]
fn thresholds_are_those_of_the_profile() {
    use crate::findings::check;
    use crate::{score, tests::profile};
    let mut form = funds("100", "90");
    form.declared_total = Some(decimal("95"));
    let codes = |unspent: &str, lead: &str| {
        let mut profile = profile("mof-2020").clone();
        profile.unspent_share.value = decimal(unspent);
        profile.performance_lead.value = decimal(lead);
        let found = check(&form, &profile, &score(&form, &profile));
        let has = |code| found.iter().any(|finding| finding.code == code);
        (has(FindingCode::LargeUnspentBalance), has(FindingCode::PerformanceOutrunsSpending))
    };
    assert_eq!(codes("0.20", "0.20"), (false, false));
    assert_eq!(codes("0.10", "0.05"), (false, false), "at the threshold nothing is flagged");
    assert_eq!(codes("0.09", "0.04"), (true, true));
}
