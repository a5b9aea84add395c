//! Roll-ups of weights and points by level 1 and level 2.

use rust_decimal::Decimal;

use super::arithmetic::sum_all;
use super::{Assessment, Row, RowScore, Scored};

/// Sums of the rows under one level-1 indicator (一级指标), in points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The level-1 name as written.
    pub level1: String,
    /// Σ weights; none where a row has none, as for the sums below.
    pub weight: Option<Decimal>,
    /// Σ declared scores, where every row declares one.
    pub declared: Option<Decimal>,
    /// Σ computed points.
    pub computed: Option<Decimal>,
    /// Σ final points.
    pub final_points: Option<Decimal>,
    /// The level-2 indicators inside, in order of first appearance.
    pub level2: Vec<Level2>,
}

/// Sums of the rows under one level-2 indicator (二级指标), in points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level2 {
    /// The level-2 name as written.
    pub level2: String,
    /// Σ weights; none where a row has none, as for the sums below.
    pub weight: Option<Decimal>,
    /// Σ declared scores, where every row declares one.
    pub declared: Option<Decimal>,
    /// Σ computed points.
    pub computed: Option<Decimal>,
    /// Σ final points.
    pub final_points: Option<Decimal>,
}

type Pair<'a> = (&'a Row, &'a RowScore);

/// The roll-ups of a scored assessment, levels in order of first appearance. Sums of rounded rows.
///
/// ```
/// use jixiao_scoring::{Assessment, Profile, Row, levels, score};
/// use rust_decimal::Decimal;
/// let mut row = Row::from_texts("验收合格率", Decimal::TEN, Some("100%"), Some("97.30%"));
/// row.level1 = "产出指标".to_owned();
/// let assessment = Assessment { rows: vec![row], ..Assessment::default() };
/// let scored = score(&assessment, &Profile::shipped()[0]);
/// assert_eq!(levels(&assessment, &scored)[0].computed, Some(Decimal::new(973, 2)));
/// ```
#[must_use]
pub fn levels(assessment: &Assessment, scored: &Scored) -> Vec<Level> {
    let pairs: Vec<Pair<'_>> = assessment.rows.iter().zip(&scored.rows).collect();
    grouped(&pairs, |row| &row.level1)
        .into_iter()
        .map(|(level1, inside)| {
            let (weight, declared, computed, final_points) = sums(&inside);
            Level {
                level1: level1.to_owned(),
                weight,
                declared,
                computed,
                final_points,
                level2: grouped(&inside, |row| &row.level2)
                    .into_iter()
                    .map(|(level2, rows)| sum_level2(level2, &rows))
                    .collect(),
            }
        })
        .collect()
}

fn sum_level2(level2: &str, rows: &[Pair<'_>]) -> Level2 {
    let (weight, declared, computed, final_points) = sums(rows);
    Level2 { level2: level2.to_owned(), weight, declared, computed, final_points }
}

fn grouped<'a>(pairs: &[Pair<'a>], key: impl Fn(&'a Row) -> &'a String) -> Vec<(&'a str, Vec<Pair<'a>>)> {
    let mut groups: Vec<(&'a str, Vec<Pair<'a>>)> = Vec::new();
    for pair in pairs {
        let name = key(pair.0).as_str();
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, inside)) => inside.push(*pair),
            None => groups.push((name, vec![*pair])),
        }
    }
    groups
}

type Sum = Option<Decimal>;

fn sums(pairs: &[Pair<'_>]) -> (Sum, Sum, Sum, Sum) {
    (
        sum_all(pairs.iter().map(|(row, _)| row.weight)),
        sum_all(pairs.iter().map(|(row, _)| row.declared_score)),
        sum_all(pairs.iter().map(|(_, score)| score.points)),
        sum_all(pairs.iter().map(|(_, score)| score.final_points)),
    )
}
