//! The laws of scoring, over many made-up assessments.

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::{
    Achievement, Actual, Assessment, Case, Measure, Profile, Row, derive, infer_achievement, levels, parse_actual,
    parse_target, score,
};

use super::{number, row_of, spent};

/// Texts of the kind that stand in forms: pieces of them in any order.
pub(super) fn written() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[0-9０-９]{1,4}",
        2 => "[0-9]{1,3}(,[0-9]{3}){1,2}",
        3 => "(\\.|．)[0-9]{1,2}",
        4 => "(≥|≧|＞＝|>=|≤|<|=|═|﹦|＝|不超过|不低于|控制在|达到|完成|共|约|近|-|－)",
        4 => "(以上|以下|以内|（含）以上|左右|之间|余|多|内|完成)",
        5 => "(个|人次|名|%|％|百分比|百分点|元|万元|亿元|万|亿|元/人\\*月|平方米|天|起|次/年|‰)",
        3 => "(-|~|～|至|到|—|——)",
        3 => "(年|月|日|2023年|12月|31日|底|前|2023-12|2023\\.12|上半年|第三季度)",
        2 => "(无|/|—|,|，|。|；| |\u{3000}|\\(|（|\\)|）|…)",
        1 => "(效果明显|合格率|严格执行相关制度规定)",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        6 => (0i64..2_000_000, 0u32..4).prop_map(|(number, scale)| Decimal::new(number, scale)),
        1 => (-2_000_000i64..0, 0u32..4).prop_map(|(number, scale)| Decimal::new(number, scale)),
        1 => Just(Decimal::MAX),
        1 => Just(Decimal::MIN),
        1 => Just(Decimal::new(1, 28)),
        1 => Just(Decimal::ZERO),
    ]
}

fn weight() -> impl Strategy<Value = Decimal> {
    (0i64..10_000, 0u32..4).prop_map(|(number, scale)| Decimal::new(number, scale))
}

fn row() -> impl Strategy<Value = Row> {
    let achievement = prop::option::of(prop::sample::select(Achievement::ALL));
    let declared = prop::option::of(decimal());
    let reviewed = prop::option::of(decimal());
    let is_execution = prop::bool::weighted(0.1);
    (written(), written(), weight(), achievement, declared, reviewed, is_execution).prop_map(
        |(target, actual, weight, achievement, declared_score, reviewed_score, is_execution)| {
            let mut row = Row::from_texts("指标", weight, Some(&target), Some(&actual));
            row.level1 = target;
            row.level2 = actual;
            row.achievement = achievement;
            row.declared_score = declared_score;
            row.reviewed_score = reviewed_score;
            if is_execution {
                row.measure = Measure::BudgetExecution;
            }
            row
        },
    )
}

fn scored_profiles() -> Vec<Profile> {
    Profile::shipped().iter().filter(|profile| profile.is_scored.value).cloned().collect()
}

fn profile() -> impl Strategy<Value = Profile> {
    let equal = prop::sample::select(crate::EqualRule::ALL);
    (prop::sample::select(scored_profiles()), equal).prop_map(|(profile, equal)| {
        let mut profile = profile;
        profile.equal.value = equal;
        profile
    })
}

pub(crate) fn assessment() -> impl Strategy<Value = Assessment> {
    let lines = prop::collection::vec((decimal(), decimal()), 0..4);
    let total = prop::option::of(decimal());
    (prop::collection::vec(row(), 0..8), lines, total, prop::option::of(written())).prop_map(
        |(rows, lines, declared_total, declared_grade_text)| Assessment {
            rows,
            lines: lines
                .into_iter()
                .map(|(adjusted, executed)| spent(&adjusted.to_string(), &executed.to_string()))
                .collect(),
            declared_total,
            declared_grade_text,
            ..Assessment::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn points_lie_between_zero_and_the_weight(assessment in assessment(), profile in profile()) {
        let scored = score(&assessment, &profile);
        for (row, score) in assessment.rows.iter().zip(&scored.rows) {
            for points in [score.points, score.final_points] {
                prop_assert!(points >= Some(Decimal::ZERO) && points <= row.weight, "{row:?} {score:?}");
                prop_assert_eq!(points.unwrap().scale(), 2);
            }
            prop_assert!(score.lost >= Decimal::ZERO && Some(score.lost) <= row.weight);
        }
    }

    #[test]
    fn totals_are_sums_of_rounded_rows(assessment in assessment(), profile in profile()) {
        let scored = score(&assessment, &profile);
        let sum: Option<Decimal> = scored.rows.iter().map(|row| row.points).sum();
        prop_assert_eq!(scored.computed_total, sum);
        let sum: Option<Decimal> = scored.rows.iter().map(|row| row.final_points).sum();
        prop_assert_eq!(scored.final_total, sum);
        let levels = levels(&assessment, &scored);
        let sum: Option<Decimal> = levels.iter().map(|level| level.computed).sum();
        prop_assert_eq!(scored.computed_total, sum);
        let inside = levels.iter().flat_map(|level| &level.level2);
        prop_assert_eq!(inside.map(|level| level.computed).sum::<Option<Decimal>>(), sum);
        prop_assert!(scored.attainable_total >= scored.computed_total);
    }

    #[test]
    fn the_order_of_rows_does_not_matter_to_the_total(
        assessment in assessment(),
        profile in profile(),
        turn in 0usize..8,
    ) {
        let mut turned = assessment.clone();
        if !turned.rows.is_empty() {
            let turn = turn % turned.rows.len();
            turned.rows.rotate_left(turn);
        }
        let (one, other) = (score(&assessment, &profile), score(&turned, &profile));
        prop_assert_eq!(one.computed_total, other.computed_total);
        prop_assert_eq!(one.attainable_total, other.attainable_total);
        prop_assert_eq!(one.grade, other.grade);
    }

    #[test]
    fn more_actual_never_lowers_an_at_least(
        target in 0i64..100_000,
        one in -1_000i64..200_000,
        more in 0i64..100_000,
        weight in 1i64..10_000,
    ) {
        let points = |actual: i64| {
            let weight = Decimal::new(weight, 2).to_string();
            row_of(&number(&format!("≥{target}"), &actual.to_string(), &weight), "mof-2020").points
        };
        prop_assert!(points(one + more) >= points(one));
    }

    #[test]
    fn more_actual_never_raises_an_at_most(
        target in 0i64..100_000,
        one in 0i64..200_000,
        more in 0i64..100_000,
        code in prop::sample::select(vec!["mof-2020", "linear-inverse"]),
    ) {
        let points = |actual: i64| {
            row_of(&number(&format!("≤{target}"), &actual.to_string(), "10"), code).points
        };
        prop_assert!(points(one + more) <= points(one));
    }

    #[test]
    fn more_spending_never_lowers_the_execution_points(
        budget in 1i64..1_000_000,
        one in 0i64..1_000_000,
        more in 0i64..1_000_000,
    ) {
        let points = |executed: i64| {
            let row = Row::new("预算执行率", Measure::BudgetExecution, Decimal::TEN);
            let lines = vec![spent(&budget.to_string(), &executed.to_string())];
            let assessment = Assessment { lines, rows: vec![row], ..Assessment::default() };
            score(&assessment, &Profile::shipped()[0]).computed_total
        };
        prop_assert!(points(one + more) >= points(one));
    }

    #[test]
    fn a_derivation_explains_every_row(assessment in assessment(), profile in profile()) {
        let scored = score(&assessment, &profile);
        let derivation = derive(&assessment, &profile, &scored);
        prop_assert_eq!(derivation.rows.len(), assessment.rows.len());
        for row in &derivation.rows {
            prop_assert!(!row.formula.is_empty());
            let has_figures = row.case.has_figures();
            prop_assert_eq!(row.unrounded.is_some(), has_figures);
        }
        prop_assert_eq!(&derive(&assessment, &profile, &scored), &derivation);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in any::<String>(), beside in any::<String>()) {
        let parsed = parse_target(&text, Some(&beside));
        for measure in Measure::ALL {
            let target = parsed.target.as_ref();
            let _ = parse_actual(&beside, *measure, target, parsed.comparison);
        }
        let _ = infer_achievement(&text, Some(&beside));
        prop_assert_eq!(parse_target(&parsed.to_string(), None), parsed);
    }

    #[test]
    fn an_actual_beside_its_own_target_meets_it(text in written()) {
        let row = Row::from_texts("指标", Decimal::TEN, Some(&text), Some(&text));
        if let (Measure::Number, Some(Actual::Number(_))) = (row.measure, &row.actual) {
            prop_assert_eq!(row_of(&row, "mof-2020").points, Some(Decimal::TEN));
        }
    }
}

#[test]
fn figures_at_the_edge_of_a_decimal_do_not_panic() {
    let big = Decimal::MAX.to_string();
    for (target, actual) in [(&big, "1"), (&"1".to_owned(), big.as_str()), (&big, big.as_str())] {
        for sign in ["≥", "≤", "="] {
            let row = number(&format!("{sign}{target}"), actual, &big);
            let scored = row_of(&row, "linear-inverse");
            assert!(scored.points >= Some(Decimal::ZERO) && scored.points <= row.weight);
        }
    }
    let mut row = number("≥1", "1", "10");
    row.weight = Some(Decimal::MIN);
    assert_eq!(row_of(&row, "mof-2020").points, Some(Decimal::ZERO));
    assert_eq!(row_of(&row, "mof-2020").case, Case::AtLeastMet);
}
