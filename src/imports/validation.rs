//! Checking an upload: its rows are read, planned against the registered data, and reported. Nothing is changed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::mpsc::sync_channel;

use super::actions::Checked;
use super::files::{PLAN, Progress, REPORT, RunFiles, failed};
use super::form_files::check_forms;
use super::kinds::{self, Planned, Planner, Scope};
use super::model::{ImportRow, Note, Outcome, Phase, RowCounts};
use super::record::Record;
use super::source::{self, Unreadable};
use super::{plan, report};
use crate::auth::Caller;
use crate::db::Database;
use crate::db::bulk::CHUNK;
use crate::http::error::{Code, Error, Result};
use crate::organizations::codes::CodeRanges;

/// The most chunks that are read ahead of the planning.
pub(super) const AHEAD: usize = 3;

/// The files of a report as they are written.
pub(super) struct Output {
    report: BufWriter<File>,
    plan: BufWriter<File>,
    counts: RowCounts,
}

impl Output {
    pub fn create(files: &RunFiles) -> Result<Output> {
        std::fs::create_dir_all(&files.folder).map_err(|cause| failed(&files.folder, &cause))?;
        let create = |name: &str| {
            let path = files.folder.join(name);
            let file = File::create(&path).map_err(|cause| failed(&path, &cause))?;
            Ok::<_, Error>(BufWriter::with_capacity(1 << 18, file))
        };
        Ok(Output { report: create(REPORT)?, plan: create(PLAN)?, counts: RowCounts::default() })
    }

    pub fn write(&mut self, planned: Vec<Planned>) -> Result<()> {
        for Planned { line, changes } in planned {
            let count = match line.outcome {
                Outcome::Created => &mut self.counts.created,
                Outcome::Updated => &mut self.counts.updated,
                Outcome::Unchanged => &mut self.counts.unchanged,
                Outcome::Rejected => &mut self.counts.rejected,
            };
            *count += 1;
            self.counts.total += 1;
            report::write(&mut self.report, &line)?;
            for change in &changes {
                plan::write(&mut self.plan, change)?;
            }
        }
        Ok(())
    }

    pub fn finish(self) -> Result<RowCounts> {
        for mut file in [self.report, self.plan] {
            file.flush().map_err(|cause| Error::internal(&cause))?;
            file.get_ref().sync_all().map_err(|cause| Error::internal(&cause))?;
        }
        Ok(self.counts)
    }
}

/// Checks an import whose content is here.
///
/// # Errors
/// When the service itself fails, or the import is cancelled; what is wrong with the content is no error.
pub fn check(
    db: &Database,
    caller: Caller,
    code_ranges: CodeRanges,
    row: &ImportRow,
    files: &RunFiles,
    progress: &Progress,
) -> Result<Checked> {
    let scope = Scope { caller, fiscal_year: row.fiscal_year, create_missing: row.create_missing, code_ranges };
    let checked = match kinds::planner(row.kind) {
        Some(planner) => check_rows(db, &scope, row, planner, files, progress),
        None => check_forms(db, &scope, row.kind.purpose(), files, progress),
    };
    match checked {
        Ok((counts, notes)) => Ok(Checked::Report(counts, notes)),
        Err(Unreadable::Content(failure)) => Ok(Checked::Failed(failure)),
        Err(Unreadable::Service(error)) => Err(error),
    }
}

fn check_rows(
    db: &Database,
    scope: &Scope,
    row: &ImportRow,
    mut planner: Box<dyn Planner>,
    files: &RunFiles,
    progress: &Progress,
) -> std::result::Result<(RowCounts, Vec<Note>), Unreadable> {
    let (mut rows, keeps_empty) = (source::open(&files.content, row.kind)?, !row.clears_empty);
    progress.enter(Phase::Validating, rows.total);
    let notes = std::mem::take(&mut rows.notes);
    let mut output = Output::create(files)?;
    // One thread reads the rows, this one plans them, and a third writes the report and the plan.
    let output = std::thread::scope(|threads| {
        let (sender, receiver) = sync_channel(AHEAD);
        threads.spawn(move || {
            let mut rows = rows;
            loop {
                let keep = |record: Record| if keeps_empty { record.without_empty_cells() } else { record };
                let chunk: std::result::Result<Vec<Record>, Unreadable> =
                    rows.by_ref().take(CHUNK).map(|record| record.map(keep)).collect();
                let is_over = chunk.as_ref().map_or(true, Vec::is_empty);
                // The receiver is gone if the import was cancelled.
                if sender.send(chunk).is_err() || is_over {
                    break;
                }
            }
        });
        let (planned, to_write) = sync_channel(AHEAD);
        let writing = threads.spawn(move || {
            to_write.into_iter().try_for_each(|planned| output.write(planned))?;
            Ok::<Output, Error>(output)
        });
        // If writing fails, the writing thread ends; its result says why.
        let mut is_written = true;
        for chunk in receiver {
            let chunk = chunk?;
            let count = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            is_written &= planned.send(db.read_here(|c| c.snapshot(|c| planner.plan(c, scope, chunk)))?).is_ok();
            if !is_written {
                break;
            }
            progress.advance(count)?;
        }
        if is_written {
            drop(planned.send(db.read_here(|c| c.snapshot(|c| planner.finish(c, scope)))?));
        }
        drop(planned);
        let written = writing.join().unwrap_or_else(|panic| Err(Error::panicked(panic.as_ref())));
        Ok::<Output, Unreadable>(written?)
    })?;
    let counts = output.finish()?;
    match counts.total {
        0 => Err(Unreadable::content(Code::EmptyContent, "表中没有数据行", "the table has no rows below its header")),
        _ => Ok((counts, notes)),
    }
}
