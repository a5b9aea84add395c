//! Findings about the figures of a row: units, round numbers, easy targets, signs.

use crate::findings::{Evidence, FindingCode, Language};
use crate::tests::{assessment, number};
use crate::{Assessment, Row};

use super::{earns, find};

fn form(row: Row) -> Assessment {
    assessment(vec![row])
}

fn written(target: &str, actual: &str) -> Assessment {
    form(number(target, actual, "10"))
}

#[test]
fn far_beyond_the_target_earns_over_achievement() {
    let code = FindingCode::OverAchievement;
    let finding = find(&written("≥12次", "96次"), code);
    assert_eq!(finding.message(Language::Zh), "“指标”指标值12次，实际完成96次，好于指标值，为8.00倍：指标值是否偏低？");
    for (target, actual) in [("≥10", "13"), ("≤13", "10"), ("343人次", "1200余名")] {
        assert!(earns(&written(target, actual), code), "{target}");
    }
    for (target, actual) in [
        ("≥10", "12.99"),
        ("≤13", "10.01"),
        ("=10", "20"),
        ("10-15", "30"),
        ("≥0", "5"),
        ("≤0", "-5"),
        ("0起", "0起"),
        ("≤3起", "无"),
        ("≥76%", "100%"),
    ] {
        assert!(!earns(&written(target, actual), code), "{target}");
    }
}

#[test]
fn units_that_do_not_agree_earn_unit_mismatch() {
    let code = FindingCode::UnitMismatch;
    for (target, actual) in [("343人次", "1200余名"), ("≥100元", "97%"), ("10-15天", "12个")] {
        assert!(earns(&written(target, actual), code), "{target}");
    }
    let finding = find(&written("343人次", "1200余名"), code);
    assert_eq!(finding.get("target_unit"), Some(&Evidence::text("人次")));
    assert_eq!(finding.get("actual_unit"), Some(&Evidence::text("名")));
    for (target, actual) in [
        ("≥100万元", "2000000元"),
        ("≥100", "97%"),
        ("≥100%", "97"),
        ("≥100名", "97人"),
        ("≥100百分比", "100%"),
        ("2023年12月", "2023年10月"),
    ] {
        assert!(!earns(&written(target, actual), code), "{target}");
    }
}

#[test]
fn an_approximate_actual_is_named() {
    let finding = find(&written("343人次", "1200余名"), FindingCode::ApproximateActual);
    assert_eq!(finding.message(Language::Zh), "“指标”的实际完成值“1200余名”为约数。");
    assert!(!earns(&written("约343人次", "1200名"), FindingCode::ApproximateActual));
}

#[test]
fn a_sign_the_wrong_way_round_earns_direction_suspicious() {
    let code = FindingCode::DirectionSuspicious;
    let named = |level2: &str, name: &str, target: &str| {
        let mut row = number(target, "90", "10");
        level2.clone_into(&mut row.level2);
        name.clone_into(&mut row.name);
        form(row)
    };
    assert!(earns(&named("成本指标", "项目总成本", "≥90万元"), code));
    assert!(earns(&named("服务对象满意度指标", "群众满意度", "≤90%"), code));
    assert!(!earns(&named("成本指标", "项目总成本", "≤90万元"), code));
    assert!(!earns(&named("成本指标", "成本节约率", "≥5%"), code));
    assert!(!earns(&named("服务对象满意度指标", "群众满意度", "≥90%"), code));
    assert!(!earns(&named("数量指标", "培训人数", "≥90人"), code));
    let finding = find(&named("成本指标", "项目总成本", "≥90万元"), code);
    assert_eq!(finding.message(Language::Zh), "“项目总成本”按不低于90万元计，方向是否写反？");
}
