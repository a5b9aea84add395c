//! Processing an upload: checking it, waiting for the check, committing it, and checking it again where needed.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use futures_util::future::{Either, select};

use super::actions;
use super::files::{ImportFiles, PLAN, Progress, REPORT};
use super::model::{Import, ImportId, ImportRow, ImportStatus, Phase};
use super::work::{self, Validation};
use crate::auth::Caller;
use crate::db::Database;
use crate::findings::Language;
use crate::http::error::{Code, Error, Result};
use crate::http::idempotency::{Answer, Keyed};
use crate::leases::{self, Lease, WorkKind};
use crate::values::Instant;

/// The poll interval for an import that this server is checking.
const LOOK: Duration = Duration::from_millis(50);
/// The poll interval for one that another server is checking.
const LOOK_ELSEWHERE: Duration = Duration::from_millis(200);
/// How often an import is polled that nobody is checking, before it is answered in its current state.
const LOOKS: u32 = 50;
/// How often an upload waits again because another upload of the same file has started a new check.
const ROUNDS: u32 = 50;

/// Checks an import that was given its content, and returns it in the state after that.
pub async fn process(
    db: &Data<Database>,
    files: &Data<ImportFiles>,
    caller: &Caller,
    validation: Option<Validation>,
    id: &ImportId,
    to_the_end: bool,
) -> Result<ImportRow> {
    if let Some(Validation { shared, work }) = validation {
        // What is acknowledged can be fetched by every server. An upload that cannot be kept has failed.
        drop(shared.await);
        match to_the_end {
            true => drop(work.await),
            false => work::patiently(work).await,
        }
    }
    let mut row = current(db, caller, id).await?;
    // A retry that arrives while the first upload is still being checked waits for the same check, at whichever server
    // it is. One that is gone is replaced when its lease ends.
    let mut looks_without_work = 0;
    while to_the_end && row.status == ImportStatus::Validating && looks_without_work < LOOKS {
        let is_here = files.progress(&row.id).is_some();
        actix_web::rt::time::sleep(if is_here { LOOK } else { LOOK_ELSEWHERE }).await;
        let (reader, wanted) = (caller.clone(), id.clone());
        let (now, is_leased) = db
            .read(move |c| {
                let row = actions::resolved(c, &reader, &wanted)?;
                let leases = leases::store::of(c, &[row.id.as_str()])?;
                Ok((row, !leases.is_empty()))
            })
            .await?;
        looks_without_work = if is_here || is_leased { 0 } else { looks_without_work + 1 };
        row = now;
    }
    match row.problem.as_ref().filter(|_| row.status == ImportStatus::Failed) {
        None => Ok(row),
        Some(problem) => {
            let problem = problem.read()?;
            let code = Code::from_name(&problem.code).unwrap_or(Code::DamagedFile);
            Err(Error::new(code, problem.zh, problem.en))
        }
    }
}

/// Checks an import and commits it. If another upload of the same file starts a new check in between, this one waits
/// for that check too.
pub async fn process_and_commit(
    db: &Data<Database>,
    files: &Data<ImportFiles>,
    caller: &Caller,
    validation: Option<Validation>,
    id: &ImportId,
    language: Language,
) -> Result<ImportRow> {
    let mut row = process(db, files, caller, validation, id, true).await?;
    let mut rounds = 0;
    loop {
        let committed = commit(db, files, caller, &row.id, &Keyed::none(), language).await;
        rounds += 1;
        match committed {
            Err(error) if error.code() == Code::ActionNotAllowed && rounds < ROUNDS => {
                row = process(db, files, caller, None, &row.id, true).await?;
                if !matches!(row.status, ImportStatus::Validated | ImportStatus::Committed) {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
            Ok(_) => return current(db, caller, &row.id).await,
        }
    }
}

/// An import as it is now, or the one that it repeats.
pub async fn current(db: &Data<Database>, caller: &Caller, id: &ImportId) -> Result<ImportRow> {
    let (reader, wanted) = (caller.clone(), id.clone());
    db.read(move |c| actions::resolved(c, &reader, &wanted)).await
}

/// Commits an import. If the registered data has changed since the check, the import is checked again, and committed if
/// the row counts are the same; otherwise the error is returned and the caller has to review it again.
pub async fn commit(
    db: &Data<Database>,
    files: &Data<ImportFiles>,
    caller: &Caller,
    id: &ImportId,
    keyed: &Keyed,
    language: Language,
) -> Result<Answer> {
    let mut row = current(db, caller, id).await?;
    let mut tries = 0;
    loop {
        if row.status == ImportStatus::Validated {
            if row.rejected_rows > 0 {
                files.ready(&row, REPORT).await?;
            }
            files.ready(&row, PLAN).await?;
        }
        let (kept, checked) = (files.clone(), row.run.clone());
        let committed = shown(db, files, caller, &row, Phase::Committing, |progress| {
            let target = row.id.clone();
            keyed.clone().alone().act(db, caller.clone(), move |c, caller| {
                let row = actions::commit(c, caller, &target, checked.as_ref(), &kept, &progress)?;
                Answer::done(Some(&row.etag()), &Import::of(row, None, language)?)
            })
        });
        let committed = committed.await;
        tries += 1;
        match committed {
            Err(error) if error.code() == Code::ImportOutdated => {
                let (writer, target, before) = (caller.clone(), row.id.clone(), row.rows());
                let kept = files.clone();
                let again =
                    db.write(caller.author(), move |c| actions::check_again(c, &writer, &target, &kept)).await?;
                if let (again, Some(lease)) = again {
                    drop(work::validate(db.clone(), files.clone(), again, lease, false).work.await);
                }
                row = process(db, files, caller, None, &row.id, true).await?;
                if row.rows() != before || tries > 3 {
                    return Err(error);
                }
            }
            other => return other,
        }
    }
}

/// Undoes the changes of an import.
pub async fn revert(
    db: &Data<Database>,
    files: &Data<ImportFiles>,
    caller: &Caller,
    id: &ImportId,
    keyed: &Keyed,
    language: Language,
) -> Result<Answer> {
    let row = current(db, caller, id).await?;
    if row.status == ImportStatus::Committed {
        files.ready(&row, PLAN).await?;
    }
    let kept = files.clone();
    shown(db, files, caller, &row, Phase::Reverting, |_| {
        let target = row.id.clone();
        keyed.clone().alone().act(db, caller.clone(), move |c, caller| {
            let row = actions::undo(c, caller, &target, &kept)?;
            Answer::done(Some(&row.etag()), &Import::of(row, None, language)?)
        })
    })
    .await
}

/// Does some work on an import and shows how far it is, here and at other servers.
async fn shown<T, W: Future<Output = Result<T>>>(
    db: &Data<Database>,
    files: &Data<ImportFiles>,
    caller: &Caller,
    row: &ImportRow,
    phase: Phase,
    work: impl FnOnce(Arc<Progress>) -> W,
) -> Result<T> {
    let progress = files.begin(&row.id, phase);
    let lease = Lease::new(WorkKind::Shown, &leases::shown(row.id.as_str()), caller, Instant::now());
    let (id, run) = (lease.id.clone(), lease.run.clone());
    let is_shown = Cell::new(false);
    let showing = work::show(db, files, lease, &progress, &is_shown);
    let done = match select(pin!(work(progress.clone())), pin!(showing)).await {
        Either::Left((done, _)) => done,
        Either::Right((never, _)) => match never {},
    };
    files.end(&row.id, &progress);
    if is_shown.get()
        && let Err(cause) = db.write_beside(move |c| leases::store::end(c, &id, &run)).await
    {
        log::warn!("the progress of the import {} is shown until its lease ends: {cause}", row.id);
    }
    done
}
