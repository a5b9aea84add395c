//! Checks of what the unit declares: scores, total, grade.

use rust_decimal::Decimal;

use super::reasons::{rate, reached};
use super::{Evidence, Finding, FindingCode};
use crate::{Assessment, Case, Grade, Profile, Row, RowScore, Scored, is_not_given};

pub(super) fn check_row(index: usize, row: &Row, score: &RowScore, profile: &Profile, findings: &mut Vec<Finding>) {
    let (Some(declared), Some(weight), Some(points)) = (row.declared_score, row.weight, score.points) else {
        return;
    };
    let mut add = |code, more: Vec<(&'static str, Evidence)>| {
        let mut evidence = vec![
            ("name", Evidence::text(&row.name)),
            ("weight", Evidence::amount(weight)),
            ("declared_score", Evidence::amount(declared)),
        ];
        evidence.extend(more);
        findings.push(Finding::of_row(code, index, "declared_score", evidence));
    };
    if declared > weight {
        add(FindingCode::DeclaredExceedsWeight, Vec::new());
    }
    let difference = declared.saturating_sub(points);
    if difference.abs() > profile.tolerance.value {
        let more = vec![("computed_score", Evidence::amount(points)), ("difference", Evidence::amount(difference))];
        add(FindingCode::DeclaredDiffersFromComputed, more);
    }
    if let (Case::QualitativeOutsideBand | Case::DeadlineLateOutsideBand, Some(achievement)) =
        (score.case, score.achievement)
    {
        let (low, high) = profile.bands.value.ends(achievement, weight);
        let more = vec![
            ("achievement", Evidence::text(achievement.as_str())),
            ("low", Evidence::amount(low)),
            ("high", Evidence::amount(high)),
            ("points", Evidence::amount(points)),
        ];
        add(FindingCode::DeclaredOutsideBand, more);
    }
}

pub(super) fn check(assessment: &Assessment, profile: &Profile, scored: &Scored, findings: &mut Vec<Finding>) {
    check_total(assessment, profile, scored, findings);
    check_spending(profile, scored, findings);
    check_grade(assessment, profile, findings);
    let rows = &assessment.rows;
    if !rows.is_empty() && rows.iter().all(|row| row.weight.is_some() && row.declared_score == row.weight) {
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let evidence = vec![("count", Evidence::Integer(count))];
        findings.push(Finding::of_document(FindingCode::AllFullMarks, "/results", evidence));
    }
}

fn check_total(assessment: &Assessment, profile: &Profile, scored: &Scored, findings: &mut Vec<Finding>) {
    let Some(total) = assessment.declared_total else {
        return;
    };
    let mut add = |code, evidence| {
        findings.push(Finding::of_document(code, "/declared/total", evidence));
    };
    let declared: Vec<Decimal> = assessment.rows.iter().filter_map(|row| row.declared_score).collect();
    if let Some(computed) = scored.computed_total.filter(|_| declared.is_empty()) {
        let difference = total.saturating_sub(computed);
        if difference.abs() > profile.tolerance.value {
            let evidence = vec![
                ("declared_score", Evidence::amount(total)),
                ("computed_score", Evidence::amount(computed)),
                ("difference", Evidence::amount(difference)),
            ];
            add(FindingCode::DeclaredDiffersFromComputed, evidence);
        }
    }
    let sum = declared.iter().fold(Decimal::ZERO, |sum, score| sum.saturating_add(*score));
    if !declared.is_empty() && declared.len() == assessment.rows.len() && sum != total {
        let evidence = vec![("declared_total", Evidence::amount(total)), ("sum", Evidence::amount(sum))];
        add(FindingCode::DeclaredTotalDiffersFromRows, evidence);
    }
    if let Some(attainable) = scored.attainable_total.filter(|attainable| total > *attainable) {
        let mut evidence =
            vec![("declared_total", Evidence::amount(total)), ("attainable_total", Evidence::amount(attainable))];
        let lost = lost(assessment, scored);
        if !lost.is_empty() {
            evidence.push(("lost", Evidence::List(lost)));
        }
        add(FindingCode::DeclaredTotalExceedsAttainable, evidence);
    }
}

fn lost(assessment: &Assessment, scored: &Scored) -> Vec<Vec<(&'static str, Evidence)>> {
    let pairs = assessment.rows.iter().zip(&scored.rows);
    pairs
        .filter(|(_, score)| score.lost > Decimal::ZERO)
        .map(|(row, score)| {
            let mut parts = vec![("name", Evidence::text(&row.name)), ("points", Evidence::amount(score.lost))];
            parts.extend(reached(row, scored).map(|reached| ("reached", Evidence::Text(reached))));
            parts
        })
        .collect()
}

fn check_spending(profile: &Profile, scored: &Scored, findings: &mut Vec<Finding>) {
    let (total, pointer) = match scored.declared_total {
        Some(declared) => (Some(declared), "/declared/total"),
        None => (scored.computed_total, "/execution"),
    };
    let (Some(total), Some(exact)) = (total, scored.execution.exact_rate()) else {
        return;
    };
    let share = total.checked_div(Decimal::ONE_HUNDRED).unwrap_or(total);
    if share.saturating_sub(exact) > profile.performance_lead.value {
        let mut evidence = vec![("total", Evidence::amount(total))];
        evidence.extend(rate(scored));
        let code = FindingCode::PerformanceOutrunsSpending;
        findings.push(Finding::of_document(code, pointer, evidence));
    }
}

fn check_grade(assessment: &Assessment, profile: &Profile, findings: &mut Vec<Finding>) {
    let word = assessment.declared_grade_text.as_deref();
    let Some(word) = word.filter(|word| !is_not_given(word)) else {
        return;
    };
    let limits = profile.grade_limits.value;
    let given = assessment.declared_total.map(|total| (total, limits.grade(total)));
    let stated = Grade::from_zh(word);
    if stated.is_some() && given.is_none_or(|(_, grade)| stated == Some(grade)) {
        return;
    }
    let mut evidence = vec![("grade_text", Evidence::text(word.trim()))];
    if let Some((total, grade)) = given {
        evidence.push(("declared_total", Evidence::amount(total)));
        evidence.push(("grade", Evidence::text(grade.zh())));
    }
    let code = FindingCode::GradeDiffers;
    findings.push(Finding::of_document(code, "/declared/grade_text", evidence));
}
