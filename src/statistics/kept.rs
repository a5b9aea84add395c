//! Statistics of what is in force now, from the sums that the writing transactions keep: they cost the same however many
//! scores there are.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::model::{
    DeviationRow, ExecutionGrouping, ExecutionStatisticsQuery, ExecutionSums, ScoreGrouping, ScoreStatisticsQuery,
    ScoreSums,
};
use super::store::{LISTED, in_subtree, in_years, of_years};
use crate::auth::Caller;
use crate::db::Connection;
use crate::http::error::Result;
use crate::on;
use crate::organizations::reach::Reach;
use crate::scoring::EvaluationKind;
use crate::values::NaturalCode;
use crate::values::coded::Names as _;
use crate::values::input::Parameter;

/// Which sums are read: those of whole divisions, or those of the organizations in some subtrees of one.
struct Source {
    divisions: Vec<String>,
    /// The codes of the organizations whose subtrees a row lies in; none for whole divisions.
    tops: Vec<String>,
}

impl Source {
    /// What a caller sees, within the organization that a filter names.
    fn of(c: &mut Connection, caller: &Caller, top: Option<&NaturalCode>) -> Result<Source> {
        let top = top.map(ToString::to_string);
        let reach = Reach::within(c, &caller.organization_code, top.as_deref())?;
        let filter = top.as_deref().map(|top| Reach::of(c, top)).transpose()?;
        let tops = reach.below.into_iter().chain(filter.and_then(|filter| filter.below)).collect();
        Ok(Source { divisions: reach.divisions, tops })
    }

    fn is_whole(&self) -> bool {
        self.tops.is_empty()
    }

    /// What is bound, in the order of `condition`.
    fn bound(&self) -> Vec<String> {
        self.divisions.iter().chain(&self.tops).cloned().collect()
    }

    /// The condition on the division of a row, and on its organization where that is given by its id.
    fn condition(&self, division: &str, organization_id: &str) -> String {
        let places = |from: usize, count: usize| (from..from + count).map(|place| format!("${place}"));
        let divisions: Vec<String> = places(1, self.divisions.len()).collect();
        let mut condition = format!("{division} IN ({})", divisions.join(", "));
        for place in places(self.divisions.len() + 1, self.tops.len()) {
            condition.push_str(&format!(" AND {}", in_subtree(&place, organization_id)));
        }
        condition
    }
}

/// Loads the rows of a statement with some texts bound.
macro_rules! load {
    ($c:expr, $text:expr, $bound:expr) => {
        on!($c, c => {
            let mut query = diesel::sql_query($text).into_boxed();
            for text in $bound {
                query = query.bind::<Text, _>(text.clone());
            }
            query.load(c)
        })?
    };
}

/// How many scores of a group reach some points.
#[derive(Debug, QueryableByName)]
struct Counted {
    #[diesel(sql_type = Text)]
    grouping_key: String,
    #[diesel(sql_type = BigInt)]
    points: i64,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// What a row of the kept sums is grouped by: the group, and the column of its key.
fn grouped(by: ScoreGrouping) -> (&'static str, &'static str) {
    match by {
        ScoreGrouping::FiscalYear => ("all", "CAST(sums.fiscal_year AS TEXT)"),
        ScoreGrouping::Organization => ("all", "sums.organization_code"),
        ScoreGrouping::OrganizationKind => ("organization_kind", "sums.group_key"),
        ScoreGrouping::Grade => ("grade", "sums.group_key"),
        ScoreGrouping::Level1 => ("level1", "sums.group_key"),
    }
}

/// From which rows of a table of kept sums of scores, and under which condition.
fn rows(table: &str, source: &Source, years: &[i32], query: &ScoreStatisticsQuery, by: ScoreGrouping) -> String {
    let of_organizations = !source.is_whole() || by == ScoreGrouping::Organization;
    let join = match source.is_whole() {
        true => "",
        false => " JOIN organizations o ON o.code = sums.organization_code",
    };
    let sign = if of_organizations { "<>" } else { "=" };
    // Years and kinds are named where none is asked for: the columns behind them in the key serve the query then as well.
    let kinds: Vec<String> = EvaluationKind::ALL
        .iter()
        .filter(|kind| query.kind.is_none_or(|wanted| *wanted == **kind))
        .map(|kind| format!("'{}'", kind.code()))
        .collect();
    let kinds = kinds.join(", ");
    format!(
        "FROM {table} sums{join} WHERE {} AND sums.organization_code {sign} '' AND sums.group_kind = '{}'{} \
         AND sums.kind IN ({kinds}) AND sums.subject = '{}'",
        source.condition("sums.division_code", "o.id"),
        grouped(by).0,
        in_years("sums.fiscal_year", years),
        query.subject.unwrap_or_default().as_str(),
    )
}

/// The years that are asked for: those in which the divisions have scores where none is.
fn years(c: &mut Connection, source: &Source, asked: &[Parameter<i32>]) -> Result<Vec<i32>> {
    if !asked.is_empty() {
        return Ok(asked.iter().map(|year| year.0).collect());
    }
    #[derive(QueryableByName)]
    struct Year {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        fiscal_year: i32,
    }
    let divisions = Source { divisions: source.divisions.clone(), tops: Vec::new() };
    let text = format!(
        "SELECT DISTINCT sums.fiscal_year FROM score_sums sums WHERE {} AND sums.organization_code = '' \
         AND sums.group_kind = 'all'",
        divisions.condition("sums.division_code", ""),
    );
    let found: Vec<Year> = load!(c, text, &divisions.bound());
    Ok(found.into_iter().map(|one| one.fiscal_year).collect())
}

/// Sums of the scores in force that the caller sees, by group.
pub fn scores(
    c: &mut Connection,
    caller: &Caller,
    query: &ScoreStatisticsQuery,
    by: ScoreGrouping,
) -> Result<Vec<ScoreSums>> {
    let source = Source::of(c, caller, query.subtree_of.as_ref())?;
    if source.divisions.is_empty() {
        return Ok(Vec::new());
    }
    let years = years(c, &source, &query.fiscal_year.0)?;
    let (_, key) = grouped(by);
    let sum = |name: &str, of: &str| format!("CAST(SUM(sums.{of}) AS BIGINT) AS {name}");
    let names = [
        ("count", "count"),
        ("weight", "weight"),
        ("computed", "computed"),
        ("final_sum", "reached"),
        ("declared_count", "declared_count"),
        ("declared", "declared"),
        ("excellent", "excellent"),
        ("good", "good"),
        ("fair", "fair"),
        ("poor", "poor"),
        ("adjusted", "adjusted"),
        ("executed", "executed"),
    ];
    let unknown = "CAST(0 AS BIGINT) AS least, CAST(0 AS BIGINT) AS most, CAST(0 AS BIGINT) AS twice_median";
    let text = format!(
        "SELECT {key} AS grouping_key, {}, {unknown} {} GROUP BY {key} HAVING SUM(sums.count) > 0 ORDER BY {key}",
        names.map(|(name, of)| sum(name, of)).join(", "),
        rows("score_sums", &source, &years, query, by),
    );
    let mut found: Vec<ScoreSums> = load!(&mut *c, text, &source.bound());
    let mut counts = ranks(c, &source, &years, query, by)?;
    for sums in &mut found {
        let points = counts.remove(&sums.grouping_key).unwrap_or_default();
        let by_points = by == ScoreGrouping::Organization || !source.is_whole();
        let ranks = [1, (sums.count + 1) / 2, (sums.count + 2) / 2, sums.count];
        // Most often the two in the middle reach the same whole point, and those of few scores all do.
        let mut hundredths: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
        let mut at = [0; 4];
        for (at, rank) in at.iter_mut().zip(ranks) {
            let (reached, rest) = rank_in(&points, rank);
            if by_points {
                *at = reached;
                continue;
            }
            let of_point = match hundredths.entry(reached) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(empty) => {
                    empty.insert(within(c, &source, &years, query, by, (&sums.grouping_key, reached))?)
                }
            };
            (*at, _) = rank_in(of_point, rest);
        }
        let [least, low, high, most] = at;
        (sums.least, sums.most, sums.twice_median) = (least, most, low.saturating_add(high));
    }
    Ok(found)
}

/// How many scores of each group reach which points: hundredths, or whole points of whole divisions.
fn ranks(
    c: &mut Connection,
    source: &Source,
    years: &[i32],
    query: &ScoreStatisticsQuery,
    by: ScoreGrouping,
) -> Result<BTreeMap<String, Vec<(i64, i64)>>> {
    let (_, key) = grouped(by);
    let step = if source.is_whole() && by != ScoreGrouping::Organization { 100 } else { 1 };
    let text = format!(
        "SELECT {key} AS grouping_key, sums.points AS points, CAST(SUM(sums.count) AS BIGINT) AS count {} \
         AND sums.step = {step} GROUP BY {key}, sums.points HAVING SUM(sums.count) > 0 ORDER BY {key}, sums.points",
        rows("score_counts", source, years, query, by),
    );
    let counted: Vec<Counted> = load!(c, text, &source.bound());
    let mut found: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for one in counted {
        found.entry(one.grouping_key).or_default().push((one.points, one.count));
    }
    Ok(found)
}

/// The points of the score of a rank, from 1, and its rank among those of the same points.
fn rank_in(points: &[(i64, i64)], mut rank: i64) -> (i64, i64) {
    for (points, count) in points {
        if rank <= *count {
            return (*points, rank);
        }
        rank -= count;
    }
    points.last().copied().unwrap_or_default()
}

/// How many scores of a group reach each hundredth of a whole point.
fn within(
    c: &mut Connection,
    source: &Source,
    years: &[i32],
    query: &ScoreStatisticsQuery,
    by: ScoreGrouping,
    (group, whole): (&str, i64),
) -> Result<Vec<(i64, i64)>> {
    let (_, key) = grouped(by);
    // The sums of a year have no key of a group beside it.
    let (years, group) = match by {
        ScoreGrouping::FiscalYear => (years.iter().copied().filter(|year| year.to_string() == group).collect(), ""),
        _ => (years.to_vec(), group),
    };
    let mut bound = source.bound();
    bound.push(group.to_owned());
    let text = format!(
        "SELECT {key} AS grouping_key, sums.points AS points, CAST(SUM(sums.count) AS BIGINT) AS count {} \
         AND sums.step = 1 AND sums.group_key = ${} AND sums.points BETWEEN {whole} AND {whole} + 99 \
         GROUP BY {key}, sums.points HAVING SUM(sums.count) > 0 ORDER BY sums.points",
        rows("score_counts", source, &years, query, by),
        bound.len(),
    );
    let counted: Vec<Counted> = load!(c, text, &bound);
    Ok(counted.into_iter().map(|one| (one.points, one.count)).collect())
}

/// Divisions and years whose first deviations one statement reads.
const TOGETHER: usize = 10;

/// Which scores `s` the index of deviations has, and in which order, in the words of that index.
const DEVIATE: &str = "s.superseded_at IS NULL AND s.declared_total <> s.final_total";
const DEVIATION: &str = "ABS(s.declared_total - s.final_total)";

/// A division and a year, with the score in force whose declared total lies furthest from what counts.
#[derive(Debug, Clone, QueryableByName)]
struct Furthest {
    #[diesel(sql_type = Text)]
    division_code: String,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    fiscal_year: i32,
    #[diesel(sql_type = BigInt)]
    deviation: i64,
    #[diesel(sql_type = Text)]
    id: String,
}

/// The scores in force that the caller sees whose declared totals lie furthest from what counts. The first one of each
/// division and year, by an index, tells which of them need not be read.
pub fn deviations(c: &mut Connection, caller: &Caller, query: &ScoreStatisticsQuery) -> Result<Vec<DeviationRow>> {
    let source = Source::of(c, caller, query.subtree_of.as_ref())?;
    let kind = query.kind.map(|kind| format!(" AND s.kind = '{}'", kind.as_str())).unwrap_or_default();
    let subject = query.subject.unwrap_or_default().as_str();
    let by = |row: &DeviationRow| {
        (Reverse(row.declared_total.unwrap_or_default().abs_diff(row.final_total)), row.id.clone())
    };
    let mut found: Vec<DeviationRow> = Vec::new();
    for furthest in furthest(c, &source, query)?.chunks(TOGETHER) {
        let is_behind =
            |next: &Furthest, last: &DeviationRow| by(last) < (Reverse(next.deviation.unsigned_abs()), next.id.clone());
        if found.len() == LISTED && furthest.first().zip(found.last()).is_some_and(|(next, last)| is_behind(next, last))
        {
            break;
        }
        let tops: String = (1..=source.tops.len())
            .map(|at| format!(" AND {}", in_subtree(&format!("${}", furthest.len() + at), "s.organization_id")))
            .collect();
        let first = |(at, one): (usize, &Furthest)| {
            let (division, year) = (at + 1, one.fiscal_year);
            format!(
                "SELECT * FROM (SELECT s.id, s.fiscal_year, s.project_code, s.project_name, s.organization_code, \
                 s.declared_total, s.final_total FROM scores s JOIN projects p ON p.id = s.project_id \
                 WHERE s.division_code = ${division} AND s.fiscal_year = {year} AND {DEVIATE}{kind} \
                 AND p.subject = '{subject}'{tops} ORDER BY {DEVIATION} DESC, s.id LIMIT {LISTED}) AS first_{division}"
            )
        };
        let text = furthest.iter().enumerate().map(first).collect::<Vec<String>>().join(" UNION ALL ");
        let bound: Vec<String> =
            furthest.iter().map(|one| one.division_code.clone()).chain(source.tops.iter().cloned()).collect();
        let rows: Vec<DeviationRow> = load!(&mut *c, text, &bound);
        found.extend(rows);
        found.sort_by_cached_key(by);
        found.truncate(LISTED);
    }
    Ok(found)
}

/// The divisions and years that are asked for and have deviations, the furthest first.
fn furthest(c: &mut Connection, source: &Source, query: &ScoreStatisticsQuery) -> Result<Vec<Furthest>> {
    if source.divisions.is_empty() {
        return Ok(Vec::new());
    }
    let divisions = Source { divisions: source.divisions.clone(), tops: Vec::new() };
    let first = |what: &str| {
        format!(
            "(SELECT {what} FROM scores s WHERE s.division_code = d.division_code AND s.fiscal_year = d.fiscal_year \
             AND {DEVIATE} ORDER BY {DEVIATION} DESC, s.id LIMIT 1)"
        )
    };
    let text = format!(
        "SELECT * FROM (SELECT d.division_code, d.fiscal_year, {} AS deviation, {} AS id FROM \
         (SELECT DISTINCT sums.division_code, sums.fiscal_year FROM score_sums sums WHERE {} \
         AND sums.organization_code = '' AND sums.group_kind = 'all'{}) AS d) AS furthest WHERE id IS NOT NULL",
        first(DEVIATION),
        first("s.id"),
        divisions.condition("sums.division_code", ""),
        of_years("sums.fiscal_year", &query.fiscal_year.0),
    );
    let mut found: Vec<Furthest> = load!(c, text, &divisions.bound());
    found.sort_by_cached_key(|one| (Reverse(one.deviation.unsigned_abs()), one.id.clone()));
    Ok(found)
}

/// Sums of the budget lines that the caller sees, by group.
pub fn execution(
    c: &mut Connection,
    caller: &Caller,
    query: &ExecutionStatisticsQuery,
    by: ExecutionGrouping,
) -> Result<Vec<ExecutionSums>> {
    let source = Source::of(c, caller, query.subtree_of.as_ref())?;
    if source.divisions.is_empty() {
        return Ok(Vec::new());
    }
    let is_whole = source.is_whole() && by != ExecutionGrouping::Organization;
    let (group, key) = match by {
        ExecutionGrouping::FiscalYear => ("all", "CAST(sums.fiscal_year AS TEXT)"),
        ExecutionGrouping::OrganizationKind if is_whole => ("organization_kind", "sums.group_key"),
        ExecutionGrouping::OrganizationKind => ("all", "o.kind"),
        ExecutionGrouping::Organization => ("all", "o.code"),
        ExecutionGrouping::FundingSource => ("funding_source", "sums.group_key"),
        ExecutionGrouping::EconomicCategory => ("economic_category", "sums.group_key"),
    };
    let from = match is_whole {
        true => "division_execution_sums sums",
        false => "execution_sums sums JOIN organizations o ON o.id = sums.organization_id",
    };
    let text = format!(
        "SELECT {key} AS grouping_key, CAST(SUM(sums.projects) AS BIGINT) AS projects, \
         CAST(SUM(sums.initial) AS BIGINT) AS initial, CAST(SUM(sums.adjusted) AS BIGINT) AS adjusted, \
         CAST(SUM(sums.executed) AS BIGINT) AS executed FROM {from} WHERE {} AND sums.group_kind = '{group}'{} \
         AND sums.subject = '{}' GROUP BY {key} HAVING SUM(sums.projects) > 0 ORDER BY {key}",
        source.condition("sums.division_code", "sums.organization_id"),
        of_years("sums.fiscal_year", &query.fiscal_year.0),
        query.subject.unwrap_or_default().as_str(),
    );
    Ok(load!(c, text, &source.bound()))
}
