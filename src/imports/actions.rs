//! The life cycle of an import: created, given its content, settled, committed, reverted, deleted.

use std::collections::HashMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::files::{ImportFiles, PLAN, Progress, REPORT};
use super::model::{
    EmptyCells, Failure, ImportAction, ImportId, ImportKind, ImportMode, ImportProgress, ImportRow, ImportStatus, Note,
    Outcome, Phase, RowCounts,
};
use super::request::{NewImport, YesNo};
use super::{apply, report, revert, store};
use crate::auth::{Caller, Scope};
use crate::db::Connection;
use crate::http::error::{Code, Error, FieldError, Message, Result, Spot};
use crate::leases::{self, Lease, RunId, WorkKind};
use crate::values::{Instant, Stored};

/// The most errors of rejected rows that one answer lists.
const LISTED: usize = 1000;

/// Checks the scopes that a kind of import needs besides `imports:write`.
pub fn permit(caller: &Caller, kind: ImportKind) -> Result<()> {
    match kind {
        ImportKind::Organizations => caller.may(&[Scope::OrgAdmin]),
        ImportKind::GoalForms | ImportKind::Projects | ImportKind::BudgetLines | ImportKind::Indicators => {
            caller.may(&[Scope::ProjectsWrite])
        }
        ImportKind::Results => caller.may(&[Scope::AssessmentsWrite]),
        ImportKind::SelfAssessmentForms => {
            caller.may(&[Scope::ProjectsWrite])?;
            caller.may(&[Scope::AssessmentsWrite])
        }
    }
}

/// An upload on disk.
pub struct Uploaded {
    /// SHA-256.
    pub hash: String,
    /// Bytes.
    pub bytes: u64,
}

/// An import that was given its content.
pub struct Accepted {
    /// The import: the one that was asked for, or the first one of the same file.
    pub row: ImportRow,
    /// Whether `row` is an earlier import of the same file, so that the new files are not needed.
    pub is_repeat: bool,
    /// The check that is to begin now, if any.
    pub lease: Option<Lease>,
}

/// Creates an import. If it has content and there is already an import of the same file, returns that one.
pub fn create(
    c: &mut Connection,
    caller: &Caller,
    id: ImportId,
    new: &NewImport,
    content: Option<&Uploaded>,
    files: &ImportFiles,
) -> Result<Accepted> {
    let now = Instant::now();
    let mut row = ImportRow {
        id,
        version: 1,
        organization_code: caller.organization_code.clone(),
        subject: c.author().subject.clone(),
        kind: new.kind,
        mode: new.mode.unwrap_or(ImportMode::Atomic),
        status: ImportStatus::AwaitingContent,
        fiscal_year: new.fiscal_year.map(|year| year.0),
        create_missing: new.create_missing == Some(YesNo::Yes),
        file_name: new.file_name.clone(),
        content_hash: None,
        content_bytes: None,
        fingerprint: None,
        duplicate_of: None,
        created_rows: 0,
        updated_rows: 0,
        unchanged_rows: 0,
        rejected_rows: 0,
        notes: Stored::new(&Vec::new())?,
        problem: None,
        created_at: now,
        updated_at: now,
        committed_at: None,
        expires_at: now.hours_before(-files.kept_hours),
        clears_empty: new.empty == Some(EmptyCells::Clear),
        run: None,
    };
    let Some(content) = content else {
        store::insert(c, &row)?;
        return Ok(Accepted { row, is_repeat: false, lease: None });
    };
    if let Some(first) = store::of_fingerprint(c, &fingerprint(&row, &content.hash))? {
        return again(c, caller, files, first);
    }
    take_content(&mut row, content);
    store::insert(c, &row)?;
    let lease = Some(lease(c, caller, files, &row)?);
    Ok(Accepted { row, is_repeat: false, lease })
}

/// Gives an import its content. If another import has the same file already, this one becomes a duplicate of it.
pub fn accept(
    c: &mut Connection,
    caller: &Caller,
    id: &ImportId,
    content: &Uploaded,
    files: &ImportFiles,
) -> Result<Accepted> {
    let mut row = store::get(c, caller, id)?;
    let before = row.clone();
    if row.status != ImportStatus::AwaitingContent {
        return Err(not_allowed(ImportAction::PutContent, &row));
    }
    if let Some(first) = store::of_fingerprint(c, &fingerprint(&row, &content.hash))? {
        row.status = ImportStatus::Duplicate;
        row.duplicate_of = Some(first.id.clone());
        store::save(c, &before, &mut row)?;
        return again(c, caller, files, first);
    }
    take_content(&mut row, content);
    store::save(c, &before, &mut row)?;
    let lease = Some(lease(c, caller, files, &row)?);
    Ok(Accepted { row, is_repeat: false, lease })
}

/// The same file was uploaded again: if the import is validated but not committed, it is checked again, since the
/// registered data may have changed.
fn again(c: &mut Connection, caller: &Caller, files: &ImportFiles, mut first: ImportRow) -> Result<Accepted> {
    let lease = recheck(c, caller, files, &mut first)?;
    Ok(Accepted { row: first, is_repeat: true, lease })
}

/// Sets an import that is validated back to be checked again.
fn recheck(c: &mut Connection, caller: &Caller, files: &ImportFiles, row: &mut ImportRow) -> Result<Option<Lease>> {
    if row.status != ImportStatus::Validated {
        return Ok(None);
    }
    let before = row.clone();
    row.status = ImportStatus::Validating;
    store::save(c, &before, row)?;
    lease(c, caller, files, row).map(Some)
}

/// The lease of this server for the check of an import.
fn lease(c: &mut Connection, caller: &Caller, files: &ImportFiles, row: &ImportRow) -> Result<Lease> {
    leases::store::take(c, WorkKind::Import, row.id.as_str(), caller, files.leases)
}

fn take_content(row: &mut ImportRow, content: &Uploaded) {
    row.fingerprint = Some(fingerprint(row, &content.hash));
    row.content_hash = Some(content.hash.clone());
    row.content_bytes = i64::try_from(content.bytes).ok();
    row.status = ImportStatus::Validating;
}

/// The fingerprint of an import: equal for the same file, settings and organization.
fn fingerprint(row: &ImportRow, hash: &str) -> String {
    let scope = format!(
        "{}\n{}\n{}\n{:?}\n{}\n{}{hash}",
        row.organization_code,
        row.kind.as_str(),
        row.mode.as_str(),
        row.fiscal_year,
        row.create_missing,
        if row.clears_empty { "clear\n" } else { "" },
    );
    base16ct::lower::encode_string(&Sha256::digest(scope))
}

/// The result of checking an import.
pub enum Checked {
    /// It was read completely.
    Report(RowCounts, Vec<Note>),
    /// It cannot be read.
    Failed(Failure),
}

/// Stores the result of a check. Does nothing if the import was deleted, or another server took the check over.
pub fn settle(c: &mut Connection, id: &ImportId, run: RunId, checked: Checked) -> Result<()> {
    if !leases::store::end(c, id.as_str(), &run)? {
        return Ok(());
    }
    let Some(mut row) = store::find(c, id)? else { return Ok(()) };
    let before = row.clone();
    if row.status != ImportStatus::Validating {
        return Ok(());
    }
    match checked {
        Checked::Report(counts, notes) => {
            row.status = ImportStatus::Validated;
            row.run = Some(run);
            row.created_rows = counts.created;
            row.updated_rows = counts.updated;
            row.unchanged_rows = counts.unchanged;
            row.rejected_rows = counts.rejected;
            row.notes = Stored::new(&notes)?;
        }
        Checked::Failed(failure) => fail(&mut row, &failure)?,
    }
    store::save(c, &before, &mut row)
}

fn fail(row: &mut ImportRow, failure: &Failure) -> Result<()> {
    row.status = ImportStatus::Failed;
    row.problem = Some(Stored::new(failure)?);
    // A new upload of the same file is a new import.
    row.fingerprint = None;
    Ok(())
}

/// The result of a check that could not go on: the import has changed nothing.
pub fn interrupted() -> Checked {
    let code = Code::Interrupted;
    let entry = code.entry();
    Checked::Failed(Failure {
        code: code.as_str().to_owned(),
        zh: format!("{}：{}", entry.title.0, entry.remedy.0),
        en: format!("{}: {}", entry.title.1, entry.remedy.1),
    })
}

/// How far the work on imports is: that of this server, or what another says in its lease.
pub fn progress(c: &mut Connection, files: &ImportFiles, rows: &[ImportRow]) -> Result<Shown> {
    let here = rows.iter().filter_map(|row| Some((row.id.to_string(), files.progress(&row.id)?.shown())));
    let mut shown: Shown = here.collect();
    let is_elsewhere = |row: &&ImportRow| files.blobs.is_shared() && !shown.contains_key(row.id.as_str());
    let ids = rows.iter().filter(is_elsewhere).flat_map(|row| [row.id.to_string(), leases::shown(row.id.as_str())]);
    let ids: Vec<String> = ids.collect();
    if !ids.is_empty() {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut found = leases::store::of(c, &ids)?;
        if found.iter().any(|one| one.kind == WorkKind::Shown) {
            // What a server that is gone has shown is over.
            let now = c.now()?;
            found.retain(|one| one.kind != WorkKind::Shown || one.leased_until > now);
        }
        let import = |lease: &Lease| lease.id.split('/').next().unwrap_or_default().to_owned();
        shown.extend(found.iter().map(|lease| (import(lease), ImportProgress::of(lease))));
    }
    Ok(shown)
}

/// How far the work on some imports is, by their ids.
pub type Shown = HashMap<String, ImportProgress>;

/// The import itself, or the one that it repeats.
pub fn resolved(c: &mut Connection, caller: &Caller, id: &ImportId) -> Result<ImportRow> {
    let row = store::get(c, caller, id)?;
    match &row.duplicate_of {
        Some(first) => store::get(c, caller, first),
        None => Ok(row),
    }
}

/// The error of an action that the state does not allow.
pub fn not_allowed(action: ImportAction, row: &ImportRow) -> Error {
    let (action, status) = (action.as_str(), row.status.as_str());
    let allowed: Vec<&str> = row.allowed_actions().into_iter().map(ImportAction::as_str).collect();
    let allowed = allowed.join(", ");
    Error::new(
        Code::ActionNotAllowed,
        format!("导入{}处于{status}状态，不能{action}；可做：{allowed}", row.id),
        format!("the import {} is {status}, so {action} is not allowed; allowed are: {allowed}", row.id),
    )
}

/// Makes the changes of an import, as the check `checked` has planned them. Idempotent: one that is committed already
/// stays as it is.
pub fn commit(
    c: &mut Connection,
    caller: &Caller,
    id: &ImportId,
    checked: Option<&RunId>,
    files: &ImportFiles,
    progress: &Progress,
) -> Result<ImportRow> {
    let mut row = resolved(c, caller, id)?;
    let before = row.clone();
    permit(caller, row.kind)?;
    if row.status == ImportStatus::Committed {
        return Ok(row);
    }
    if row.status == ImportStatus::Validated && row.run.as_ref() != checked {
        // Checked again meanwhile: the files of that check may be at another server.
        return Err(Error::of(Code::ImportOutdated));
    }
    if row.status == ImportStatus::Validated && row.mode == ImportMode::Atomic && row.rejected_rows > 0 {
        return Err(rejected(&row, &files.kept(&row, REPORT)?)?);
    }
    if row.status != ImportStatus::Validated {
        return Err(not_allowed(ImportAction::Commit, &row));
    }
    let plan = files.kept(&row, PLAN)?;
    progress.enter(Phase::Committing, u64::try_from(row.created_rows + row.updated_rows).unwrap_or_default());
    apply::apply(c, &plan, &files.code_ranges, |count| progress.advance(count))?;
    row.status = ImportStatus::Committed;
    row.committed_at = Some(Instant::now());
    store::save(c, &before, &mut row)?;
    Ok(row)
}

/// The error of a commit that is refused because of rejected rows, with the place of each.
fn rejected(row: &ImportRow, path: &Path) -> Result<Error> {
    let count = row.rejected_rows;
    let mut error = Error::new(
        Code::RowsRejected,
        format!(
            "导入{}有{count}行被拒绝，整体未导入；全部行见/api/v1/imports/{}/rows?outcome=rejected",
            row.id, row.id
        ),
        format!(
            "{count} rows of the import {} are rejected, so nothing is imported; all of them are at \
             /api/v1/imports/{}/rows?outcome=rejected",
            row.id, row.id
        ),
    );
    let lines = report::read(path, 0, &[Outcome::Rejected], LISTED)?;
    let places = lines.into_iter().flat_map(|(_, line)| {
        let (sheet, file) = (line.place.sheet, line.place.file);
        line.errors.into_iter().map(move |error| {
            let column = error.column.map(|column| format!("/{column}")).unwrap_or_default();
            let spot = Spot {
                row: error.row,
                sheet: sheet.as_ref().map(|text| text.to_string()),
                file: file.as_ref().map(|text| text.to_string()),
                cell: error.cell,
                code: Some(error.code.into()),
            };
            let code = Code::RowsRejected;
            let pointer = format!("/rows/{}{column}", error.row);
            FieldError {
                spot: Some(Box::new(spot)),
                ..FieldError::new(pointer, code, Message::new(error.zh, error.en))
            }
        })
    });
    error = error.with_places(places.take(LISTED).collect());
    Ok(error)
}

/// Undoes the changes of an import. Idempotent: one that is reverted already stays as it is.
pub fn undo(c: &mut Connection, caller: &Caller, id: &ImportId, files: &ImportFiles) -> Result<ImportRow> {
    let mut row = resolved(c, caller, id)?;
    let before = row.clone();
    permit(caller, row.kind)?;
    if row.status == ImportStatus::Reverted {
        return Ok(row);
    }
    if row.status != ImportStatus::Committed {
        return Err(not_allowed(ImportAction::Revert, &row));
    }
    revert::revert(c, &files.kept(&row, PLAN)?)?;
    row.status = ImportStatus::Reverted;
    // The same file may be uploaded again.
    row.fingerprint = None;
    store::save(c, &before, &mut row)?;
    Ok(row)
}

/// The plan is out of date: sets the import back to be checked again.
pub fn check_again(
    c: &mut Connection,
    caller: &Caller,
    id: &ImportId,
    files: &ImportFiles,
) -> Result<(ImportRow, Option<Lease>)> {
    let mut row = resolved(c, caller, id)?;
    let lease = recheck(c, caller, files, &mut row)?;
    Ok((row, lease))
}

/// Deletes an import that is not committed, or is reverted.
pub fn delete(c: &mut Connection, caller: &Caller, id: &ImportId, if_match: &crate::http::etag::IfMatch) -> Result<()> {
    let row = store::get(c, caller, id)?;
    if_match.check(&row.etag())?;
    if row.status == ImportStatus::Committed {
        return Err(not_allowed(ImportAction::Delete, &row));
    }
    leases::store::forget(c, id.as_str())?;
    store::delete(c, id)
}
