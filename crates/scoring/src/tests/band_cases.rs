//! Cases that are scored by the band of a stated achievement.

use crate::{Achievement, Case};

use super::{decimal, number, row_of};

/// `achievement | declared | points | case` of weight 10 under `mof-2020`; an empty cell is none.
const BANDS: &[(&str, &str, &str, &str)] = &[
    ("achieved", "", "10.00", "not_declared"),
    ("achieved", "8", "8.00", "in_band"),
    ("achieved", "10", "10.00", "in_band"),
    ("achieved", "7.99", "8.00", "outside_band"),
    ("achieved", "10.5", "10.00", "outside_band"),
    ("partial", "", "6.00", "not_declared"),
    ("partial", "6", "6.00", "in_band"),
    ("partial", "7.99", "7.99", "in_band"),
    ("partial", "7.995", "7.99", "in_band"),
    ("partial", "8", "7.99", "outside_band"),
    ("partial", "9", "7.99", "outside_band"),
    ("partial", "5.99", "6.00", "outside_band"),
    ("not_achieved", "", "0.00", "not_declared"),
    ("not_achieved", "5.99", "5.99", "in_band"),
    ("not_achieved", "6", "5.99", "outside_band"),
    ("not_achieved", "-1", "0.00", "outside_band"),
    ("", "9", "9.00", "achievement_not_stated"),
    ("", "12", "10.00", "achievement_not_stated"),
    ("", "", "0.00", "achievement_not_stated_not_declared"),
];

#[test]
fn qualitative_points_are_held_to_the_band_of_the_stated_achievement() {
    for (achievement, declared, points, case) in BANDS {
        let mut row = number("效果明显", "有所改善", "10");
        row.achievement = Achievement::from_name(achievement);
        row.declared_score = (!declared.is_empty()).then(|| decimal(declared));
        let scored = row_of(&row, "mof-2020");
        assert_eq!(scored.case.as_str(), format!("qualitative.{case}"), "{achievement} {declared}");
        assert_eq!(scored.points.unwrap().to_string(), *points, "{achievement} {declared}");
    }
}

#[test]
fn a_late_deadline_is_scored_as_its_stated_achievement() {
    let late = |achievement, declared: Option<&str>| {
        let mut row = number("2023年10月", "2023年12月", "10");
        row.achievement = Some(achievement);
        row.declared_score = declared.map(decimal);
        let scored = row_of(&row, "mof-2020");
        (scored.case, scored.points.unwrap().to_string())
    };
    assert_eq!(late(Achievement::Partial, Some("7")), (Case::DeadlineLateInBand, "7.00".to_owned()));
    assert_eq!(late(Achievement::Partial, Some("9")), (Case::DeadlineLateOutsideBand, "7.99".to_owned()));
    assert_eq!(late(Achievement::Partial, None), (Case::DeadlineLateNotDeclared, "6.00".to_owned()));
}

#[test]
fn the_bands_of_hubei_begin_at_one_half() {
    let mut row = number("效果明显", "有所改善", "10");
    row.achievement = Some(Achievement::Partial);
    row.declared_score = Some(decimal("5"));
    assert_eq!(row_of(&row, "hubei-20-80").case, Case::QualitativeInBand);
    assert_eq!(row_of(&row, "mof-2020").case, Case::QualitativeOutsideBand);
}
