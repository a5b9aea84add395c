//! Statistics of what was in force at an earlier moment, from the scores themselves. They are written as text: diesel has
//! no window functions, and both databases read the same SQL with `$1` for what is bound.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Text, Timestamp};

use super::model::{DeviationRow, ScoreGrouping, ScoreStatisticsQuery, ScoreSums};
use crate::auth::Caller;
use crate::db::Connection;
use crate::http::error::Result;
use crate::on;
use crate::projects::model::Subject;
use crate::values::Instant;
use crate::values::input::Parameter;

/// Deviations that are listed.
pub(super) const LISTED: usize = 10;

/// What is bound: the caller's organization, the one that a filter names, and the moment.
struct Bound {
    caller: String,
    top: String,
    moment: Instant,
}

/// A condition that a row's organization lies in the subtree of the one with that code.
pub(super) fn in_subtree(code: &str, organization: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM organization_ancestors a WHERE a.ancestor_code = {code} \
         AND a.organization_id = {organization})"
    )
}

/// A condition on the year; the numbers are ours, so they stand in the text.
pub(super) fn of_years(column: &str, years: &[Parameter<i32>]) -> String {
    let years: Vec<i32> = years.iter().map(|year| year.0).collect();
    if years.is_empty() { String::new() } else { in_years(column, &years) }
}

/// The same of years that are known; none of them has no rows.
pub(super) fn in_years(column: &str, years: &[i32]) -> String {
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    if years.is_empty() { " AND 1 = 0".to_owned() } else { format!(" AND {column} IN ({})", years.join(", ")) }
}

/// A condition on what the project `p` stands for: the money of a whole department is that of its projects again, so the two
/// are never summed up together.
fn of_subject(subject: Option<Subject>) -> String {
    format!(" AND p.subject = '{}'", subject.unwrap_or_default().as_str())
}

/// The scores that count, as a table named `chosen`, with three values to bind.
fn chosen(query: &ScoreStatisticsQuery) -> String {
    let kind = query.kind.map(|kind| format!(" AND s.kind = '{}'", kind.as_str())).unwrap_or_default();
    format!(
        "WITH chosen AS (SELECT s.*, o.kind AS organization_kind FROM scores s \
         JOIN organizations o ON o.id = s.organization_id JOIN projects p ON p.id = s.project_id \
         WHERE {}{}{kind}{} AND s.published_at <= $3 AND (s.superseded_at IS NULL OR s.superseded_at > $3))",
        ["$1", "$2"].map(|code| in_subtree(code, "s.organization_id")).join(" AND "),
        of_years("s.fiscal_year", &query.fiscal_year.0),
        of_subject(query.subject),
    )
}

fn bound(caller: &Caller, query: &ScoreStatisticsQuery) -> Bound {
    let top = query.subtree_of.as_ref().map_or_else(|| caller.organization_code.clone(), ToString::to_string);
    // A score of this very moment counts as well.
    let moment = query.as_of.unwrap_or_else(|| Instant::now().hours_before(-1));
    Bound { caller: caller.organization_code.clone(), top, moment }
}

/// Sums of the scores that the caller sees, by group.
pub fn scores(
    c: &mut Connection,
    caller: &Caller,
    query: &ScoreStatisticsQuery,
    by: ScoreGrouping,
) -> Result<Vec<ScoreSums>> {
    let (key, points, from) = match by {
        ScoreGrouping::FiscalYear => ("CAST(fiscal_year AS TEXT)", "10000", "chosen"),
        ScoreGrouping::OrganizationKind => ("organization_kind", "10000", "chosen"),
        ScoreGrouping::Organization => ("organization_code", "10000", "chosen"),
        ScoreGrouping::Grade => ("grade", "10000", "chosen"),
        ScoreGrouping::Level1 => ("l.level1", "l.weight", "chosen JOIN score_levels l ON l.score_id = chosen.id"),
    };
    let (computed, reached) = match by {
        ScoreGrouping::Level1 => ("l.computed", "l.final"),
        _ => ("computed_total", "final_total"),
    };
    let text = format!(
        "{}, ranked AS (SELECT {key} AS grouping_key, {points} AS weight, {computed} AS computed, {reached} AS reached, \
         declared_total, grade, adjusted_amount, executed_amount, \
         ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY {reached}, id) AS place, \
         COUNT(*) OVER (PARTITION BY {key}) AS places FROM {from}) \
         SELECT grouping_key, CAST(COUNT(*) AS BIGINT) AS count, CAST(SUM(weight) AS BIGINT) AS weight, \
         CAST(SUM(computed) AS BIGINT) AS computed, CAST(SUM(reached) AS BIGINT) AS final_sum, \
         CAST(MIN(reached) AS BIGINT) AS least, CAST(MAX(reached) AS BIGINT) AS most, \
         CAST(SUM(CASE WHEN place IN ((places + 1) / 2, (places + 2) / 2) \
         THEN reached * (CASE WHEN places % 2 = 1 THEN 2 ELSE 1 END) ELSE 0 END) AS BIGINT) AS twice_median, \
         CAST(COUNT(declared_total) AS BIGINT) AS declared_count, \
         CAST(COALESCE(SUM(declared_total), 0) AS BIGINT) AS declared, \
         CAST(SUM(CASE WHEN grade = 'excellent' THEN 1 ELSE 0 END) AS BIGINT) AS excellent, \
         CAST(SUM(CASE WHEN grade = 'good' THEN 1 ELSE 0 END) AS BIGINT) AS good, \
         CAST(SUM(CASE WHEN grade = 'fair' THEN 1 ELSE 0 END) AS BIGINT) AS fair, \
         CAST(SUM(CASE WHEN grade = 'poor' THEN 1 ELSE 0 END) AS BIGINT) AS poor, \
         CAST(SUM(adjusted_amount) AS BIGINT) AS adjusted, CAST(SUM(executed_amount) AS BIGINT) AS executed \
         FROM ranked GROUP BY grouping_key ORDER BY grouping_key",
        chosen(query)
    );
    let bound = bound(caller, query);
    Ok(on!(c, c => sql_query(text)
        .bind::<Text, _>(bound.caller)
        .bind::<Text, _>(bound.top)
        .bind::<Timestamp, _>(bound.moment)
        .load(c))?)
}

/// The scores that the caller sees whose declared totals lie furthest from what counts.
pub fn deviations(c: &mut Connection, caller: &Caller, query: &ScoreStatisticsQuery) -> Result<Vec<DeviationRow>> {
    let text = format!(
        "{} SELECT id, fiscal_year, project_code, project_name, organization_code, declared_total, final_total \
         FROM chosen WHERE declared_total IS NOT NULL AND declared_total <> final_total \
         ORDER BY ABS(declared_total - final_total) DESC, id LIMIT {LISTED}",
        chosen(query)
    );
    let bound = bound(caller, query);
    Ok(on!(c, c => sql_query(text)
        .bind::<Text, _>(bound.caller)
        .bind::<Text, _>(bound.top)
        .bind::<Timestamp, _>(bound.moment)
        .load(c))?)
}
