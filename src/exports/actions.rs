//! The life cycle of an export: created, written, settled, deleted.

use std::path::Path;

use tokio::sync::watch;

use super::file::{Output, Written};
use super::files::ExportFiles;
use super::follow::Progress;
use super::manifest::{Manifest, Signer};
use super::model::{ExportFilters, ExportFormat, ExportId, ExportKind, ExportRow, ExportStatus, NewExport};
use super::{columns, rows, store};
use crate::auth::Caller;
use crate::changes::reading::Stand;
use crate::db::{Address, Connection};
use crate::http::error::{Code, Error, FieldError, Result};
use crate::http::etag::IfMatch;
use crate::leases::{self, Lease, RunId, WorkKind};
use crate::projects::model::checked_year;
use crate::values::{Instant, Stored};

/// Makes an export; its file is written afterwards.
///
/// # Errors
/// 403 when the caller may not read what it exports; 422 when a filter does not go with the kind.
pub fn create(c: &mut Connection, caller: &Caller, new: NewExport, files: &ExportFiles) -> Result<(ExportRow, Lease)> {
    caller.may(&[new.kind.scope()])?;
    let mut errors: Vec<FieldError> = Vec::new();
    for (index, year) in new.fiscal_year.iter().enumerate() {
        errors.extend(checked_year(*year).err().map(|misread| misread.at(format!("/fiscal_year/{index}"))));
    }
    if new.as_of.is_some() && new.kind != ExportKind::Scores {
        let misread = crate::values::input::Misread::new(
            Code::NotAllowedHere,
            "只有得分(scores)有as_of",
            "only scores have an as_of",
        );
        errors.push(misread.at("/as_of"));
    }
    if !errors.is_empty() {
        return Err(Error::fields(Code::InvalidFields, errors));
    }
    let now = Instant::now();
    let filters = ExportFilters { fiscal_year: new.fiscal_year, subtree_of: new.subtree_of, as_of: new.as_of };
    let row = ExportRow {
        id: ExportId::new(),
        version: 1,
        organization_code: caller.organization_code.clone(),
        subject: c.author().subject.clone(),
        kind: new.kind,
        format: new.format.unwrap_or(ExportFormat::Ndjson),
        status: ExportStatus::Running,
        filters: Stored::new(&filters)?,
        manifest: None,
        signature: None,
        problem: None,
        created_at: now,
        updated_at: now,
        expires_at: now.hours_before(-files.kept_hours),
        run: None,
    };
    store::insert(c, &row)?;
    let lease = leases::store::take(c, WorkKind::Export, row.id.as_str(), caller, files.leases)?;
    Ok((row, lease))
}

/// Writes the file of an export from one snapshot of the database at `address`, and returns its manifest.
///
/// # Errors
/// When the database or the file fails.
pub fn write(
    c: &mut Connection,
    address: &Address,
    caller: &Caller,
    row: &ExportRow,
    part: &Path,
    progress: &watch::Sender<Progress>,
) -> Result<Manifest> {
    let filters = row.filters.read()?;
    c.snapshot_in_pieces(|c| {
        let stand = Stand::at_end(c, &caller.organization_code)?;
        let (division_code, position) = stand.own();
        let taken_at = Instant::now();
        let mut output = Output::create(part, row.format, columns::names(row.kind), progress)?;
        rows::write(c, address, caller, row.kind, &filters, caller.language, &mut output)?;
        let Written { rows, bytes, sha256 } = output.finish()?;
        Ok(Manifest {
            export_id: row.id.clone(),
            kind: row.kind,
            format: row.format,
            filters: filters.clone(),
            organization_code: row.organization_code.clone(),
            division_code: division_code.to_owned(),
            position,
            next: stand.position().to_string(),
            rows,
            bytes,
            sha256,
            taken_at,
            service: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned(),
        })
    })
}

/// Stores the outcome of writing the file; false unless the export is ready now. Does nothing if the export was deleted,
/// or another server took it over.
///
/// # Errors
/// When the database fails.
pub fn settle(
    c: &mut Connection,
    id: &ExportId,
    run: RunId,
    written: std::result::Result<Manifest, String>,
    signer: &Signer,
) -> Result<bool> {
    if !leases::store::end(c, id.as_str(), &run)? {
        return Ok(false);
    }
    let Some(mut row) = store::find(c, id)?.filter(|row| row.status == ExportStatus::Running) else {
        return Ok(false);
    };
    let before = row.clone();
    match written {
        Ok(manifest) => {
            let value = serde_json::to_value(&manifest).map_err(|cause| Error::internal(&cause))?;
            let (signature, key) = signer.sign(&value)?;
            row.signature = Some(signature);
            store::add_key(c, &key)?;
            row.run = Some(run);
            row.manifest = Some(Stored::new(&manifest)?);
            row.status = ExportStatus::Ready;
        }
        Err(problem) => {
            row.problem = Some(problem);
            row.status = ExportStatus::Failed;
        }
    }
    store::save(c, &before, &mut row)?;
    Ok(row.status == ExportStatus::Ready)
}

/// Deletes an export if it exists and has expired.
///
/// # Errors
/// When the database fails.
pub fn expire(c: &mut Connection, id: &ExportId, now: Instant) -> Result<bool> {
    match store::find(c, id)?.filter(|row| row.expires_at <= now) {
        Some(row) => remove(c, &row).map(|()| true),
        None => Ok(false),
    }
}

/// An export whose file is whole.
///
/// # Errors
/// 403 when the caller may not read what it holds; 409 when the file is not whole.
pub fn ready(c: &mut Connection, caller: &Caller, id: &ExportId) -> Result<ExportRow> {
    readable(c, caller, id, false)
}

/// An export whose file is complete, or is being written and can be read along.
///
/// # Errors
/// 403 when the caller may not read what it holds; 409 when there is nothing to read.
pub fn readable(c: &mut Connection, caller: &Caller, id: &ExportId, is_followed: bool) -> Result<ExportRow> {
    let row = store::get(c, caller, id)?;
    caller.may(&[row.kind.scope()])?;
    match row.status {
        ExportStatus::Ready => Ok(row),
        ExportStatus::Running if is_followed => Ok(row),
        status => Err(Error::new(
            Code::ActionNotAllowed,
            format!("导出{id}处于{}状态，文件尚不可用；可用wait参数等待完成", status.as_str()),
            format!("the export {id} is {}, so it has no file; wait for it with the parameter wait", status.as_str()),
        )),
    }
}

/// Deletes an export with its file.
///
/// # Errors
/// 412 when it has changed since the caller read it.
pub fn delete(c: &mut Connection, caller: &Caller, id: &ExportId, if_match: &IfMatch) -> Result<()> {
    let row = store::get(c, caller, id)?;
    if_match.check(&row.etag())?;
    remove(c, &row)
}

fn remove(c: &mut Connection, row: &ExportRow) -> Result<()> {
    leases::store::forget(c, row.id.as_str())?;
    store::delete(c, row)
}
