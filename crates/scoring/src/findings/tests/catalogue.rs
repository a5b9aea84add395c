//! The catalogue of codes is whole, and findings keep their order.

use std::collections::HashSet;

use proptest::prelude::*;

use crate::findings::{FindingCode, Severity, check};
use crate::score;
use crate::tests::{laws, profile};

#[test]
fn every_code_of_the_specification_has_its_severity() {
    let of = |severity| -> Vec<&str> {
        let codes = FindingCode::ALL.iter().filter(|code| code.severity() == severity);
        codes.map(|code| code.as_str()).collect()
    };
    assert_eq!(
        of(Severity::Error),
        [
            "weights_not_100",
            "weight_missing",
            "actual_missing",
            "target_missing",
            "reason_missing",
            "execution_rate_undefined",
            "executed_exceeds_budget",
            "fund_lines_do_not_add_up",
            "declared_exceeds_weight",
            "declared_total_differs_from_rows",
            "actual_unusable",
            "figure_not_read",
            "wording_opposite",
            "late_without_assessment",
        ]
    );
    assert_eq!(
        of(Severity::Warning),
        [
            "level1_weight_unusual",
            "large_unspent_balance",
            "declared_differs_from_computed",
            "declared_total_exceeds_attainable",
            "performance_outruns_spending",
            "over_achievement",
            "unit_mismatch",
            "approximate_actual",
            "direction_suspicious",
            "duplicate_indicator",
            "stated_count_differs",
            "achievement_not_stated",
            "percent_scale_suspected",
            "magnitude_suspected",
            "period_ends_early",
            "late_capped",
            "declared_outside_band",
            "grade_differs",
            "amount_unit_suspicious",
            "row_without_result",
            "class_suspicious",
            "declared_missing",
        ]
    );
    assert_eq!(
        of(Severity::Info),
        [
            "identical_goals",
            "achievement_inferred",
            "all_full_marks",
            "row_not_done",
            "direction_assumed",
            "unit_converted"
        ]
    );
}

#[test]
fn every_entry_has_all_its_texts_and_leads_back_to_its_code() {
    for code in FindingCode::ALL {
        let entry = code.entry();
        assert_eq!(FindingCode::from_name(entry.code), Some(*code));
        for text in [
            entry.title_zh,
            entry.title_en,
            entry.explanation_zh,
            entry.explanation_en,
            entry.remedy_zh,
            entry.remedy_en,
            entry.example,
        ] {
            assert!(!text.is_empty(), "{}", entry.code);
        }
    }
    let names: HashSet<_> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), 42);
}

#[test]
fn no_text_calls_a_convention_statutory() {
    for code in FindingCode::ALL {
        let entry = code.entry();
        for text in [entry.explanation_zh, entry.explanation_en] {
            assert!(!text.contains("法定") && !text.contains("statutory"), "{}", entry.code);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn findings_come_in_order_and_no_two_share_code_and_pointer(form in laws::assessment()) {
        let profile = profile("mof-2020");
        let findings = check(&form, profile, &score(&form, profile));
        let order: Vec<_> =
            findings.iter().map(|one| (one.row.is_none(), one.row, one.code)).collect();
        prop_assert!(order.is_sorted());
        let unique: HashSet<_> =
            findings.iter().map(|one| (one.code.as_str(), one.pointer.clone())).collect();
        prop_assert_eq!(unique.len(), findings.len());
        for finding in &findings {
            prop_assert_eq!(finding.severity, finding.code.severity());
            let _ = finding.message(crate::findings::Language::Zh);
        }
        prop_assert_eq!(&check(&form, profile, &score(&form, profile)), &findings);
    }
}
