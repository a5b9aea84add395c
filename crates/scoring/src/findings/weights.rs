//! Checks of weights: do they add up, and do the levels weigh what the profile says.

use rust_decimal::Decimal;

use super::{Evidence, Finding, FindingCode};
use crate::{Assessment, Level1Bound, Level1Rule, Measure, Profile, Row, Scored};

pub(super) fn check(assessment: &Assessment, profile: &Profile, scored: &Scored, findings: &mut Vec<Finding>) {
    let Some(total) = scored.weight_total else {
        findings.push(missing(assessment));
        return;
    };
    if total != Decimal::ONE_HUNDRED {
        let difference = total.saturating_sub(Decimal::ONE_HUNDRED);
        let evidence = vec![
            ("weight_total", Evidence::amount(total)),
            ("expected", Evidence::amount(Decimal::ONE_HUNDRED)),
            ("difference", Evidence::amount(difference)),
        ];
        findings.push(Finding::of_document(FindingCode::WeightsNot100, "/results", evidence));
    }
    let unusual = unusual_levels(assessment, profile);
    if !unusual.is_empty() {
        let evidence = vec![("levels", Evidence::List(unusual))];
        findings.push(Finding::of_document(FindingCode::Level1WeightUnusual, "/results", evidence));
    }
}

/// Whether the sums of an assessment's levels are those of a profile; where a row has no weight, nothing says otherwise.
#[must_use]
pub fn has_levels_of(assessment: &Assessment, profile: &Profile) -> bool {
    assessment.rows.iter().any(|row| row.weight.is_none()) || unusual_levels(assessment, profile).is_empty()
}

/// One finding for the whole form: what its rows lack cannot be said of its sums again.
fn missing(assessment: &Assessment) -> Finding {
    let names: Vec<Parts> = assessment
        .rows
        .iter()
        .filter(|row| row.weight.is_none())
        .map(|row| vec![("name", Evidence::text(&row.name))])
        .collect();
    let mut evidence = vec![("count", Evidence::Integer(u64::try_from(names.len()).unwrap_or(u64::MAX)))];
    if !assessment.level1_points.is_empty() {
        let printed = assessment.level1_points.iter();
        let level = |(name, points): &(String, Decimal)| {
            vec![("name", Evidence::text(name)), ("points", Evidence::amount(*points))]
        };
        evidence.push(("levels", Evidence::List(printed.map(level).collect())));
    }
    evidence.push(("names", Evidence::List(names)));
    Finding::of_document(FindingCode::WeightMissing, "/results", evidence)
}

type Parts = Vec<(&'static str, Evidence)>;

fn unusual_levels(assessment: &Assessment, profile: &Profile) -> Vec<Parts> {
    let mut unusual = Vec::new();
    let mut compare = |name: String, weight: Decimal, bound: Level1Bound, expected: Decimal| {
        let fits = match bound {
            Level1Bound::Exactly => weight == expected,
            Level1Bound::AtLeast => weight >= expected,
        };
        if !fits {
            unusual.push(vec![
                ("level1", Evidence::Text(name)),
                ("weight", Evidence::amount(weight)),
                ("bound", Evidence::text(bound.as_str())),
                ("expected", Evidence::amount(expected)),
            ]);
        }
    };
    let rules = profile.level1_weights.value.as_ref();
    let is_named = |row: &Row| rules.iter().any(|rule| belongs(row, rule));
    let has_levels = assessment.rows.iter().any(|row| row.measure != Measure::BudgetExecution && is_named(row));
    let is_lent = lends_to_benefit(assessment, rules);
    // A form that prints no levels, or others than the rule knows, has no sums to hold against it.
    let is_held = |rule: &&Level1Rule| {
        (has_levels || rule.levels.is_empty()) && !(is_lent && (is_of(rule, "满意度") || is_of(rule, "效益")))
    };
    for rule in rules.iter().filter(is_held) {
        let weight = sum(assessment, |row| row.measure != Measure::BudgetExecution && belongs(row, rule));
        let name = if rule.levels.is_empty() { "目标".to_owned() } else { rule.levels.join("+") };
        compare(name, weight, rule.bound, rule.weight);
    }
    if let Some(expected) = profile.execution_weight.value {
        let weight = sum(assessment, |row| row.measure == Measure::BudgetExecution);
        compare("预算执行率".to_owned(), weight, Level1Bound::Exactly, expected);
    }
    unusual
}

/// Whether a form without 满意度 has its points in 效益, where they may stand.
fn lends_to_benefit(assessment: &Assessment, rules: &[Level1Rule]) -> bool {
    let of = |level: &str| {
        let rule = rules.iter().find(|rule| is_of(rule, level))?;
        Some((rule.weight, sum(assessment, |row| belongs(row, rule))))
    };
    match (of("满意度"), of("效益")) {
        (Some((lent, none)), Some((own, both))) => none.is_zero() && both == own.saturating_add(lent),
        _ => false,
    }
}

fn sum(assessment: &Assessment, counts: impl Fn(&Row) -> bool) -> Decimal {
    let rows = assessment.rows.iter().filter(|row| counts(row));
    rows.fold(Decimal::ZERO, |total, row| total.saturating_add(row.weight.unwrap_or_default()))
}

/// Whether a rule is of one level alone.
fn is_of(rule: &Level1Rule, level: &str) -> bool {
    matches!(rule.levels.as_ref(), [one] if one == level)
}

/// Forms write 产出, 产出指标, 产出指标(50分), 项目产出 and 服务对象满意度指标 for the same groups.
fn belongs(row: &Row, rule: &Level1Rule) -> bool {
    let name = row.level1.split(['(', '（']).next().unwrap_or_default();
    let named = |level: &str| name.contains(level) || (level == "满意度" && name.contains("满意"));
    rule.levels.is_empty() || rule.levels.iter().any(|level| named(level))
}
