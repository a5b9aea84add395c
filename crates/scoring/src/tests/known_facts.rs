//! The published tables and the sample give the totals that are known of them.

use crate::{Assessment, Grade, Scored, score};

use super::{chizhou, decimal, huanggang, linxiang, profile, sample, shidian, tianchang};

fn scored(form: &Assessment, code: &str) -> Scored {
    score(form, profile(code))
}

fn points(scored: &Scored) -> Vec<String> {
    scored.rows.iter().map(|row| row.points.unwrap().to_string()).collect()
}

#[test]
fn the_sample_scores_35_50_and_96_50_can_be_attained() {
    let scored = scored(&sample(), "mof-2020-department");
    assert_eq!(scored.computed_total.unwrap().to_string(), "35.50");
    assert_eq!(scored.attainable_total, Some(decimal("96.50")));
    assert_eq!(scored.weight_total, Some(decimal("100")));
    assert_eq!(scored.rows[1].points.unwrap().to_string(), "6.50");
    assert_eq!(scored.execution.rate, Some(decimal("0.649924")));
    assert_eq!(scored.execution.balance, decimal("724657"));
    assert_eq!(scored.grade, Some(Grade::Poor));
}

#[test]
fn shidian_scores_58_17_once_scores_stop_at_the_weight() {
    let scored = scored(&shidian(), "hubei-20-80");
    assert_eq!(points(&scored), ["2.89", "8.00", "7.28", "20.00", "10.00", "10.00"]);
    assert_eq!(scored.computed_total.unwrap().to_string(), "58.17");
    assert_eq!(scored.grade, Some(Grade::Poor));
}

#[test]
fn huanggang_scores_100_since_its_target_of_98_per_cent_is_met() {
    let scored = scored(&huanggang(), "hubei-20-80");
    assert_eq!(scored.computed_total.unwrap().to_string(), "100.00");
}

#[test]
fn the_visible_part_of_linxiang_scores_89_78() {
    let scored = scored(&linxiang(), "mof-2020");
    assert_eq!(scored.rows[0].points.unwrap().to_string(), "9.78");
    assert_eq!(scored.computed_total.unwrap().to_string(), "89.78");
}

#[test]
fn the_visible_part_of_chizhou_scores_90_from_its_lines() {
    let scored = scored(&chizhou(), "mof-2020");
    assert_eq!(scored.computed_total.unwrap().to_string(), "90.00");
}

#[test]
fn tianchang_may_reach_100_but_has_figures_for_40() {
    let scored = scored(&tianchang(), "mof-2020");
    assert_eq!(scored.computed_total.unwrap().to_string(), "40.00");
    assert_eq!(scored.attainable_total, Some(decimal("100")));
}
