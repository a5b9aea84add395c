//! Every query of the scores.

use std::collections::HashMap;

use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};

use super::model::{ListedScore, Score, ScoreId, ScoreQuery, ScoreRow, ScoreSortKey};
use crate::assessments::{self, AssessmentId, LevelView};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::among;
use crate::db::bulk::CHUNK;
use crate::db::journal::ChangeType;
use crate::db::schema::{organization_ancestors as ancestors, score_documents, score_levels as levels, scores};
use crate::http::error::{Error, Result};
use crate::http::page::{Found, Page, Paging, SortKey, keyset};
use crate::http::sort::Sort;
use crate::on;
use crate::organizations::OrganizationId;
use crate::organizations::reach::Reach;
use crate::organizations::slice::Slice;
use crate::projects::ProjectId;
use crate::values::{Instant, NaturalCode, Points};

/// Whether a score's organization lies in the subtree of the one with that code.
#[auto_type]
fn visible<'a>(code: &'a str) -> _ {
    exists(
        ancestors::table
            .filter(ancestors::ancestor_code.eq(code).and(ancestors::organization_id.eq(scores::organization_id))),
    )
}

/// The same for what is read in pieces. As an operand and not a condition by itself Postgres leaves it where it stands and
/// looks each row up in one hash; otherwise it joins, which takes twice as long as all else that finds a piece.
#[auto_type]
fn within<'a>(code: &'a str) -> _ {
    let below = ancestors::table.filter(ancestors::ancestor_code.eq(code)).select(ancestors::organization_id);
    scores::organization_id.eq_any(below).eq(true)
}

/// Whether a score was published by an instant, and not superseded by then.
#[auto_type]
fn in_force(moment: Instant) -> _ {
    let stands: diesel::dsl::Or<
        diesel::dsl::IsNull<scores::superseded_at>,
        diesel::dsl::Gt<scores::superseded_at, Instant>,
    > = scores::superseded_at.is_null().or(scores::superseded_at.gt(moment));
    scores::published_at.le(moment).and(stands)
}

/// The scores of a piece, in the order of their ids.
macro_rules! sliced {
    ($slice:expr, $as_of:expr) => {{
        let mut found = scores::table
            .filter(scores::division_code.eq(&$slice.division))
            .filter(scores::id.gt(&$slice.after))
            .into_boxed();
        if let Some(code) = &$slice.below {
            found = found.filter(within(code));
        }
        found = among!(found, scores::fiscal_year, $slice.wanted.years);
        if let Some(top) = &$slice.wanted.subtree_of {
            found = found.filter(within(top));
        }
        if let Some(moment) = $as_of {
            found = found.filter(in_force(moment));
        }
        found.order(scores::id).limit($slice.limit)
    }};
}

/// One score that the caller sees.
pub fn get(c: &mut Connection, caller: &Caller, id: &ScoreId) -> Result<Score> {
    let row: ScoreRow = on!(c, c => scores::table
        .find(id)
        .filter(visible(&caller.organization_code))
        .select(ScoreRow::as_select())
        .first(c))?;
    Ok(row.into())
}

/// What a score was made of, with its hash.
pub fn content(c: &mut Connection, caller: &Caller, id: &ScoreId) -> Result<(String, String)> {
    let (assessment, revision, hash): (AssessmentId, i32, String) = on!(&mut *c, c => scores::table
        .find(id)
        .filter(visible(&caller.organization_code))
        .select((scores::assessment_id, scores::revision, scores::content_hash))
        .first(c))?;
    Ok((assessments::frozen::store::content(c, &assessment, revision)?, hash))
}

/// A page of those that the caller sees.
pub fn list(c: &mut Connection, caller: &Caller, query: &ScoreQuery, paging: &Paging) -> Result<Page<ListedScore>> {
    let sort = query.sort.unwrap_or(Sort::up(ScoreSortKey::Id));
    let years: Vec<i32> = query.fiscal_year.0.iter().map(|year| year.0).collect();
    let reach = Reach::of(c, &caller.organization_code)?;
    let known = query.counted().map(|counted| counted.of(c, &reach)).transpose()?;
    let mut all: Found<Head> = Found::of(query.count).known(known);
    for division in &reach.divisions {
        on!(&mut *c, c => {
            let filtered = || {
                let mut found = scores::table.filter(scores::division_code.eq(division)).into_boxed();
                if let Some(code) = &reach.below {
                    found = found.filter(visible(code));
                }
                found = among!(found, scores::fiscal_year, years);
                found = among!(found, scores::organization_code, query.organization.0);
                found = among!(found, scores::project_code, query.project_code.0);
                found = among!(found, scores::grade, query.grade.0);
                found = among!(found, scores::kind, query.kind.0);
                let by_total = sort.key == ScoreSortKey::FinalTotal;
                // In another order the sum, which says nothing new, keeps SQLite from sorting a whole range of totals.
                if let Some(least) = query.score_gte {
                    found = match by_total {
                        true => found.filter(scores::final_total.ge(least)),
                        false => found.filter((scores::final_total + 0).ge(least)),
                    };
                }
                if let Some(most) = query.score_lte {
                    found = match by_total {
                        true => found.filter(scores::final_total.le(most)),
                        false => found.filter((scores::final_total + 0).le(most)),
                    };
                }
                if let Some(since) = query.published_since {
                    found = found.filter(scores::published_at.ge(since));
                }
                if let Some(moment) = query.as_of {
                    found = found.filter(in_force(moment));
                }
                found
            };
            use ScoreSortKey as By;
            use scores::{final_total, id, published_at};
            let shown = || {
                let beside = score_documents::table.filter(score_documents::score_id.eq(id));
                beside.select(score_documents::document).single_value()
            };
            // Nothing of a score is read but what it is sorted by, which lies in the index.
            let most = paging.fetch();
            let rows: Vec<Head> = match sort.key {
                By::Id => {
                    let page = keyset!(filtered(), paging, sort.way, id).select((id, shown())).limit(most);
                    let by = |(one, shown): (ScoreId, _)| (SortKey::Text(one.to_string()), one, shown);
                    page.load(c)?.into_iter().map(by).collect()
                }
                By::FinalTotal => {
                    let page = keyset!(filtered(), paging, sort.way, id, final_total, i64);
                    let found: Vec<(Points, _, _)> = page.select((final_total, id, shown())).limit(most).load(c)?;
                    let by = |(total, one, shown): (Points, _, _)| (SortKey::Number(total.hundredths()), one, shown);
                    found.into_iter().map(by).collect()
                }
                By::PublishedAt => {
                    let page = keyset!(filtered(), paging, sort.way, id, published_at, Instant);
                    let found: Vec<(Instant, _, _)> = page.select((published_at, id, shown())).limit(most).load(c)?;
                    found.into_iter().map(|(moment, one, shown)| (SortKey::Moment(moment), one, shown)).collect()
                }
            };
            all.rows(rows);
            all.count(|| filtered().count().get_result(c))?;
        });
    }
    let page: Page<Head> = all.page(paging, sort.way, |(key, id, _)| (key.clone(), id.to_string()));
    // Scores that are older than the documents have none.
    let bare: Vec<ScoreId> = page.items.iter().filter(|head| head.2.is_none()).map(|head| head.1.clone()).collect();
    let bare = if bare.is_empty() { Vec::new() } else { seen(c, caller, &bare)? };
    let mut written = HashMap::with_capacity(bare.len());
    for row in bare {
        written.insert(row.id.clone(), Score::document(row)?);
    }
    Ok(page.map(|(_, id, document)| {
        let document = document.or_else(|| written.remove(&id)).unwrap_or_default();
        ListedScore { id, document }
    }))
}

/// A score of a list: what it is sorted by, its id, and how it is shown, unless it is older than that is kept.
type Head = (SortKey, ScoreId, Option<String>);

/// Those of some ids that the caller sees.
pub fn seen(c: &mut Connection, caller: &Caller, ids: &[ScoreId]) -> Result<Vec<ScoreRow>> {
    Ok(on!(c, c => scores::table
        .filter(scores::id.eq_any(ids))
        .filter(visible(&caller.organization_code))
        .select(ScoreRow::as_select())
        .load(c))?)
}

/// A piece of those that the caller sees; of those in force at an instant, if it is given.
pub fn slice(c: &mut Connection, slice: &Slice, as_of: Option<Instant>) -> Result<Vec<ScoreRow>> {
    Ok(on!(c, c => sliced!(slice, as_of).select(ScoreRow::as_select()).load(c))?)
}

/// The ids of such a piece.
pub fn ids(c: &mut Connection, slice: &Slice, as_of: Option<Instant>) -> Result<Vec<ScoreId>> {
    Ok(on!(c, c => sliced!(slice, as_of).select(scores::id).load(c))?)
}

/// Documents that lie side by side, one a line: as bytes, since a text would be gone through whether it is one.
#[derive(QueryableByName)]
struct Beside {
    #[diesel(sql_type = Nullable<Binary>)]
    lines: Option<Vec<u8>>,
}

/// One text of many rows: the database adds them up faster than it gives them one by one. A row more than are wanted says
/// that others lie between them, since every score has its row here from the transaction on that makes it. They are added up in the order in which the inner query, limited, gives them.
const BESIDE: &str = "SELECT CASE WHEN COUNT(*) = $4 AND COUNT(document) = $4 THEN STRING_AGG(document, '\n') END AS lines \
     FROM (SELECT score_id, document FROM score_documents WHERE division_code = $5 AND score_id BETWEEN $1 AND $2 ORDER BY score_id LIMIT $3) AS beside";

/// Scores of a division as they are shown, one a line, in the order of their ids; none unless all that lies between the first and the last
/// of them is wanted and has a document, as it is most often.
pub fn lines(c: &mut Connection, division: &str, ids: &[ScoreId]) -> Result<Option<Vec<u8>>> {
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(None) };
    let wanted = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let beside: Beside = on!(c, c => diesel::sql_query(BESIDE)
        .bind::<Text, _>(first)
        .bind::<Text, _>(last)
        .bind::<BigInt, _>(wanted.saturating_add(1))
        .bind::<BigInt, _>(wanted)
        .bind::<Text, _>(division)
        .get_result(c))?;
    Ok(beside.lines)
}

/// Scores as they are shown; none where a score is older than the documents are.
pub fn documents(c: &mut Connection, ids: &[ScoreId]) -> Result<HashMap<ScoreId, Option<String>>> {
    let mut documents = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        documents.extend(on!(&mut *c, c => score_documents::table
            .filter(score_documents::score_id.eq_any(chunk))
            .select((score_documents::score_id, score_documents::document))
            .load::<(ScoreId, Option<String>)>(c))?);
    }
    Ok(documents)
}

/// Every score of some organizations, whoever asks.
pub fn of_organizations(c: &mut Connection, ids: &[OrganizationId]) -> Result<Vec<ScoreRow>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        found.extend(on!(&mut *c, c => scores::table
            .filter(scores::organization_id.eq_any(chunk))
            .select(ScoreRow::as_select())
            .load::<ScoreRow>(c))?);
    }
    Ok(found)
}

/// Whether any score of a project was ever published.
pub fn any_of_project(c: &mut Connection, project: &ProjectId) -> Result<bool> {
    Ok(on!(c, c => diesel::select(exists(scores::table.filter(scores::project_id.eq(project)))).get_result(c))?)
}

/// The score in force of an assessment.
pub fn current(c: &mut Connection, assessment: &AssessmentId) -> Result<Option<ScoreId>> {
    Ok(on!(c, c => scores::table
        .filter(scores::assessment_id.eq(assessment).and(scores::superseded_at.is_null()))
        .select(scores::id)
        .first(c)
        .optional())?)
}

/// Adds a score; the one that it supersedes is in force no longer.
pub fn insert(c: &mut Connection, division: &NaturalCode, row: &ScoreRow) -> Result<()> {
    if let Some(old) = &row.supersedes_id {
        on!(&mut *c, c => diesel::update(scores::table.find(old))
            .set(scores::superseded_at.eq(row.published_at))
            .execute(c))?;
        c.discount_score(old.as_str())?;
    }
    on!(&mut *c, c => diesel::insert_into(scores::table)
        .values((row, scores::division_code.eq(division)))
        .execute(c))?;
    let shown = (
        score_documents::score_id.eq(&row.id),
        score_documents::division_code.eq(division),
        score_documents::fiscal_year.eq(row.fiscal_year),
        score_documents::document.eq(Some(Score::document(row.clone())?)),
    );
    on!(&mut *c, c => diesel::insert_into(score_documents::table).values(shown).execute(c))?;
    let of_level = |level: LevelView| {
        let (weight, (computed, final_points)) = level.weight.zip(level.computed.zip(level.final_score))?;
        Some((
            levels::score_id.eq(row.id.clone()),
            levels::division_code.eq(division.clone()),
            levels::fiscal_year.eq(row.fiscal_year),
            levels::level1.eq(level.level1),
            levels::weight.eq(weight),
            levels::computed.eq(computed),
            levels::final_points.eq(final_points),
        ))
    };
    let levels: Option<Vec<_>> = row.levels.read()?.into_iter().map(of_level).collect();
    let levels = levels.ok_or_else(|| Error::internal(&format!("a level of the score {} has no points", row.id)))?;
    on!(&mut *c, c => diesel::insert_into(levels::table).values(&levels).execute(c))?;
    c.count_score(row.id.as_str())?;
    c.record(ChangeType::ScorePublished, row.subject());
    Ok(())
}
