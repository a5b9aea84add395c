//! The rows of each kind of export: read in pieces, in the order of their ids.

use super::columns::{self, cells};
use super::documents;
use super::file::Output;
use super::model::{ExportFilters, ExportKind};
use super::record::{OfAssessment, OfOrganization, Owned, Owner, Part};
use crate::assessments::{self, Judgement};
use crate::auth::Caller;
use crate::db::{Address, Connection};
use crate::findings::Language;
use crate::http::error::Result;
use crate::indicators::Indicator;
use crate::organizations::slice::{Slice, Wanted};
use crate::scores::model::Score;
use crate::{budgets, indicators, projects, scores};

/// Rows that are read at once.
const AT_ONCE: i64 = 1000;
/// Scores that are read at once: about a kilobyte each.
const SCORES_AT_ONCE: i64 = 2000;
/// Assessments that are read at once: each has all its results.
const ASSESSMENTS_AT_ONCE: i64 = 100;

/// Writes all rows of a kind that the caller sees.
///
/// # Errors
/// When the database or the file fails.
pub fn write(
    c: &mut Connection,
    address: &Address,
    caller: &Caller,
    kind: ExportKind,
    filters: &ExportFilters,
    language: Language,
    output: &mut Output,
) -> Result<()> {
    let limit = match kind {
        ExportKind::Results | ExportKind::Findings => ASSESSMENTS_AT_ONCE,
        ExportKind::Scores => SCORES_AT_ONCE,
        _ => AT_ONCE,
    };
    let wanted =
        Wanted { years: filters.fiscal_year.clone(), subtree_of: filters.subtree_of.as_ref().map(ToString::to_string) };
    let mut next = Slice::first(c, &caller.organization_code, wanted, limit)?;
    if kind == ExportKind::Scores && output.is_json() {
        return documents::write(c, address, caller, filters, next, output);
    }
    while let Some(slice) = next {
        let (count, last) = match kind {
            ExportKind::Scores => scores(c, filters, &slice, output)?,
            ExportKind::Projects => projects(c, &slice, output)?,
            ExportKind::BudgetLines => budget_lines(c, &slice, output)?,
            ExportKind::Indicators => indicators(c, &slice, output)?,
            ExportKind::Results => results(c, caller, &slice, output)?,
            ExportKind::Findings => findings(c, caller, &slice, language, output)?,
        };
        next = slice.next(count, last);
    }
    Ok(())
}

/// How many rows of the table were read, and the id of the last.
type Piece = (usize, Option<String>);

fn scores(c: &mut Connection, filters: &ExportFilters, slice: &Slice, output: &mut Output) -> Result<Piece> {
    let rows = scores::store::slice(c, slice, filters.as_of)?;
    let piece = (rows.len(), rows.last().map(|row| row.id.to_string()));
    for row in rows {
        let score = Score::from(row);
        output.row(&score, || cells(columns::SCORES, &score))?;
    }
    Ok(piece)
}

fn projects(c: &mut Connection, slice: &Slice, output: &mut Output) -> Result<Piece> {
    let rows = projects::store::slice(c, slice)?;
    let piece = (rows.len(), rows.last().map(|(row, _, _)| row.id.to_string()));
    for (row, organization_code, organization_name) in rows {
        let of = OfOrganization { project: row.into(), organization_code, organization_name };
        output.row(&of, || cells(columns::PROJECTS, &of))?;
    }
    Ok(piece)
}

fn budget_lines(c: &mut Connection, slice: &Slice, output: &mut Output) -> Result<Piece> {
    let rows = budgets::store::slice(c, slice)?;
    let piece = (rows.len(), rows.last().map(|(line, _, _)| line.id.to_string()));
    for (resource, project_code, organization_code) in rows {
        let of = Owned { resource, owner: Owner { organization_code, project_code } };
        output.row(&of, || cells(columns::BUDGET_LINES, &of))?;
    }
    Ok(piece)
}

fn indicators(c: &mut Connection, slice: &Slice, output: &mut Output) -> Result<Piece> {
    let rows = indicators::store::slice(c, slice)?;
    let piece = (rows.len(), rows.last().map(|(row, _, _)| row.id.to_string()));
    for (row, project_code, organization_code) in rows {
        let of = Owned { resource: Indicator::from(row), owner: Owner { organization_code, project_code } };
        output.row(&of, || cells(columns::INDICATORS, &of))?;
    }
    Ok(piece)
}

/// A piece of assessments, each with its results, findings and owner.
fn judged(c: &mut Connection, caller: &Caller, slice: &Slice) -> Result<(Piece, Vec<(Judgement, Owner)>)> {
    let rows = assessments::store::slice(c, slice)?;
    let piece = (rows.len(), rows.last().map(|(row, _, _)| row.id.to_string()));
    let mut owners = Vec::with_capacity(rows.len());
    let mut found = Vec::with_capacity(rows.len());
    for (row, project, organization_code) in rows {
        owners.push(Owner { organization_code, project_code: project.code.to_string() });
        found.push((row, project));
    }
    let judged = assessments::actions::judge_all(c, caller, found)?;
    Ok((piece, judged.into_iter().zip(owners).collect()))
}

fn results(c: &mut Connection, caller: &Caller, slice: &Slice, output: &mut Output) -> Result<Piece> {
    let (piece, judged) = judged(c, caller, slice)?;
    for (judgement, owner) in &judged {
        let (assessment, columns) = (OfAssessment::of(judgement), columns::results());
        for part in &judgement.results {
            let of = Part { assessment: &assessment, owner, part };
            output.row(&of, || cells(&columns, &of))?;
        }
    }
    Ok(piece)
}

fn findings(
    c: &mut Connection,
    caller: &Caller,
    slice: &Slice,
    language: Language,
    output: &mut Output,
) -> Result<Piece> {
    let (piece, judged) = judged(c, caller, slice)?;
    for (judgement, owner) in &judged {
        let (assessment, findings, columns) =
            (OfAssessment::of(judgement), judgement.findings(language)?, columns::findings());
        for part in &findings {
            let of = Part { assessment: &assessment, owner, part };
            output.row(&of, || cells(&columns, &of))?;
        }
    }
    Ok(piece)
}
