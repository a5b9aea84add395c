//! Processing an upload: checking it, waiting for the check, committing it, and checking it again where needed.

use std::time::Duration;

use actix_web::web::Data;

use super::actions::{self, Accepted};
use super::files::ImportFiles;
use super::model::{Import, ImportId, ImportRow, ImportStatus, Phase};
use super::work;
use crate::auth::Caller;
use crate::db::Database;
use crate::findings::Language;
use crate::http::error::{Code, Error, Result};
use crate::http::idempotency::{Answer, Keyed};

/// The poll interval for an import that is being checked.
const LOOK: Duration = Duration::from_millis(50);
/// How often an import is polled that this server is not checking, before it is answered in its current state.
const LOOKS: u32 = 200;
/// How often an upload waits again because another upload of the same file has started a new check.
const ROUNDS: u32 = 50;

/// Checks an import that was given its content, and returns it in the state after that.
pub async fn process(
    db: &Data<Database>,
    files: &Data<ImportFiles>,
    caller: &Caller,
    accepted: Option<Accepted>,
    id: &ImportId,
    to_the_end: bool,
) -> Result<ImportRow> {
    if let Some(accepted) = accepted.filter(|accepted| accepted.must_validate) {
        let work = work::validate(db.clone(), files.clone(), accepted.row, caller.clone());
        match to_the_end {
            true => drop(work.await),
            false => work::patiently(work).await,
        }
    }
    let mut row = current(db, caller, id).await?;
    // A retry that arrives while the first upload is still being checked waits for the same check. No progress is
    // visible here just after the first one was accepted, or if another server checks it.
    let mut looks_without_progress = 0;
    while to_the_end && row.status == ImportStatus::Validating && looks_without_progress < LOOKS {
        looks_without_progress = if files.progress(&row.id).is_some() { 0 } else { looks_without_progress + 1 };
        actix_web::rt::time::sleep(LOOK).await;
        row = current(db, caller, id).await?;
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
    accepted: Option<Accepted>,
    id: &ImportId,
    language: Language,
) -> Result<ImportRow> {
    let mut row = process(db, files, caller, accepted, id, true).await?;
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
        let progress = files.begin(&row.id, Phase::Committing);
        let (kept, target, shown_progress) = (files.clone(), row.id.clone(), progress.clone());
        let committed = keyed.clone().alone().act(db, caller.clone(), move |c, caller| {
            let row = actions::commit(c, caller, &target, &kept, &progress)?;
            Answer::done(Some(&row.etag()), &Import::of(row, None, language)?)
        });
        let committed = committed.await;
        files.end(&row.id, &shown_progress);
        tries += 1;
        match committed {
            Err(error) if error.code() == Code::ImportOutdated => {
                let (writer, target, before) = (caller.clone(), row.id.clone(), row.rows());
                let again = db.write(caller.author(), move |c| actions::check_again(c, &writer, &target)).await?;
                if again.status == ImportStatus::Validating {
                    drop(work::validate(db.clone(), files.clone(), again, caller.clone()).await);
                }
                row = current(db, caller, &row.id).await?;
                if row.rows() != before || tries > 3 {
                    return Err(error);
                }
            }
            other => return other,
        }
    }
}
