//! The published tables and the sample earn the findings that are known of them.

use crate::Assessment;
use crate::findings::Language;
use crate::tests::{chizhou, huanggang, linxiang, sample, shidian, tianchang};

use super::{codes, on};

fn pointers(form: &Assessment, profile: &str, code: &str) -> Vec<String> {
    let findings = on(form, profile);
    let of_code = findings.iter().filter(|finding| finding.code.as_str() == code);
    of_code.map(|finding| finding.pointer.clone()).collect()
}

#[test]
fn the_sample_contradicts_itself_and_the_service_says_so() {
    let form = sample();
    let findings = on(&form, "mof-2020-department");
    let of_document: Vec<_> =
        findings.iter().filter(|finding| finding.row.is_none()).map(|finding| finding.code.as_str()).collect();
    assert_eq!(
        of_document,
        [
            "large_unspent_balance",
            "declared_differs_from_computed",
            "declared_total_exceeds_attainable",
            "performance_outruns_spending",
            "identical_goals",
            "grade_differs",
        ]
    );
    let of = |code| pointers(&form, "mof-2020-department", code);
    assert_eq!(of("over_achievement"), ["/results/11/actual_text"]);
    assert_eq!(of("unit_mismatch"), ["/results/11/actual_text"]);
    assert_eq!(of("approximate_actual"), ["/results/11/actual_text"]);
    assert_eq!(of("actual_missing").len(), 15);
    assert_eq!(of("target_missing"), ["/results/12/target_text", "/results/16/target_text", "/results/19/target_text"]);
    let attainable =
        findings.iter().find(|finding| finding.code.as_str() == "declared_total_exceeds_attainable").expect("found");
    assert_eq!(
        attainable.message(Language::Zh),
        "自评总分100.00分高于可达到的最高分96.50分：预算执行率64.99%，失3.50分。"
    );
}

#[test]
fn shidian_declares_scores_above_the_weight() {
    let form = shidian();
    assert_eq!(
        pointers(&form, "hubei-20-80", "declared_exceeds_weight"),
        ["/results/3/declared_score", "/results/4/declared_score", "/results/5/declared_score"]
    );
    let found = codes(&on(&form, "hubei-20-80"));
    assert!(found.contains(&"large_unspent_balance"));
    assert!(!found.contains(&"declared_total_differs_from_rows"));
    assert!(!found.contains(&"weights_not_100"));
}

#[test]
fn huanggang_scores_a_met_target_too_low() {
    assert_eq!(pointers(&huanggang(), "hubei-20-80", "declared_differs_from_computed"), ["/results/3/declared_score"]);
}

#[test]
fn linxiang_cuts_its_execution_score_to_a_whole_point() {
    assert_eq!(pointers(&linxiang(), "mof-2020", "declared_differs_from_computed"), ["/results/0/declared_score"]);
    // 无 is printed in every reason; only the execution row loses points, and its rate is above 90 %.
    assert_eq!(pointers(&linxiang(), "mof-2020", "reason_missing"), Vec::<String>::new());
}

#[test]
fn chizhou_states_a_fund_total_of_nothing() {
    assert_eq!(
        pointers(&chizhou(), "mof-2020", "fund_lines_do_not_add_up"),
        ["/declared/initial_amount", "/declared/adjusted_amount", "/declared/executed_amount"]
    );
    assert_eq!(pointers(&chizhou(), "mof-2020", "achievement_inferred").len(), 6);
}

#[test]
fn tianchang_has_full_marks_for_six_rows_without_values() {
    let form = tianchang();
    assert_eq!(pointers(&form, "mof-2020", "actual_missing").len(), 6);
    assert_eq!(pointers(&form, "mof-2020", "all_full_marks"), ["/results"]);
    assert!(pointers(&form, "mof-2020", "weights_not_100").is_empty());
    assert!(pointers(&form, "mof-2020", "level1_weight_unusual").is_empty());
}
