//! Checking an upload: its rows are read, planned against the registered data, and reported. Nothing is changed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use super::actions::Checked;
use super::files::{CONTENT, PLAN, Progress, REPORT, failed};
use super::kinds::{self, FormPlanner, Planned, Planner, Scope};
use super::model::{ImportRow, Note, Outcome, Phase, RowCounts};
use super::record::{Record, RowError, RowPlace};
use super::report::ReportLine;
use super::source::{self, FormFiles, Unreadable};
use super::{plan, report};
use crate::auth::Caller;
use crate::db::Database;
use crate::db::bulk::CHUNK;
use crate::forms::{self, Form, Purpose};
use crate::http::error::{Code, Error, Result};
use crate::organizations::codes::CodeRanges;

/// The most chunks that are read ahead of the planning.
const AHEAD: usize = 3;

/// The files of a report as they are written.
struct Output {
    report: BufWriter<File>,
    plan: BufWriter<File>,
    counts: RowCounts,
}

impl Output {
    fn create(folder: &Path) -> Result<Output> {
        let create = |name: &str| {
            let path = folder.join(name);
            let file = File::create(&path).map_err(|cause| failed(&path, &cause))?;
            Ok::<_, Error>(BufWriter::with_capacity(1 << 18, file))
        };
        Ok(Output { report: create(REPORT)?, plan: create(PLAN)?, counts: RowCounts::default() })
    }

    fn write(&mut self, planned: Vec<Planned>) -> Result<()> {
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

    fn finish(self) -> Result<RowCounts> {
        for mut file in [self.report, self.plan] {
            file.flush().map_err(|cause| Error::internal(&cause))?;
            file.get_ref().sync_all().map_err(|cause| Error::internal(&cause))?;
        }
        Ok(self.counts)
    }
}

/// Checks an import whose content lies in `folder`.
///
/// # Errors
/// When the service itself fails, or the import is cancelled; what is wrong with the content is no error.
pub fn check(
    db: &Database,
    caller: Caller,
    code_ranges: CodeRanges,
    row: &ImportRow,
    folder: &Path,
    progress: &Progress,
) -> Result<Checked> {
    let scope = Scope { caller, fiscal_year: row.fiscal_year, create_missing: row.create_missing, code_ranges };
    let checked = match kinds::planner(row.kind) {
        Some(planner) => check_rows(db, &scope, row, planner, folder, progress),
        None => check_forms(db, &scope, row.kind.purpose(), folder, progress),
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
    folder: &Path,
    progress: &Progress,
) -> std::result::Result<(RowCounts, Vec<Note>), Unreadable> {
    let (mut rows, keeps_empty) = (source::open(&folder.join(CONTENT), row.kind)?, !row.clears_empty);
    progress.enter(Phase::Validating, rows.total);
    let notes = std::mem::take(&mut rows.notes);
    let mut output = Output::create(folder)?;
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

/// The forms of a file, or why it has none.
struct ReadFile {
    name: Option<Arc<str>>,
    forms: std::result::Result<Vec<Form>, RowError>,
    notes: Vec<Note>,
}

fn check_forms(
    db: &Database,
    scope: &Scope,
    purpose: Purpose,
    folder: &Path,
    progress: &Progress,
) -> std::result::Result<(RowCounts, Vec<Note>), Unreadable> {
    let files = FormFiles::open(&folder.join(CONTENT))?;
    progress.enter(Phase::Validating, files.total);
    let is_archive = files.total != 1;
    let mut output = Output::create(folder)?;
    let (mut planner, mut notes) = (FormPlanner::new(purpose), Vec::new());
    if !files.left_alone.is_empty() {
        let names = files.left_alone.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
        let count = files.left_alone.len();
        notes.push(Note {
            zh: format!("压缩包中{count}个非工作簿文件未读取：{names}"),
            en: format!("files of the archive that are no workbooks were left alone ({count}): {names}"),
        });
    }
    std::thread::scope(|threads| {
        let (sender, receiver) = sync_channel(AHEAD);
        threads.spawn(move || {
            for file in files {
                if sender.send(file.and_then(|file| read_file(file, purpose))).is_err() {
                    break;
                }
            }
        });
        for file in receiver {
            let ReadFile { name, forms, notes: more } = file?;
            for note in more {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
            let planned = match forms {
                Ok(forms) => db.read_here(|c| {
                    c.snapshot(|c| forms.iter().map(|form| planner.plan(c, scope, form, name.clone())).collect())
                })?,
                Err(error) if !is_archive && name.is_none() => {
                    return Err(Unreadable::Content(super::model::Failure {
                        code: error.code,
                        zh: error.zh,
                        en: error.en,
                    }));
                }
                Err(error) => {
                    let place = RowPlace { row: 1, sheet: None, file: name };
                    vec![Planned { line: ReportLine::rejected(place, None, vec![error]), changes: Vec::new() }]
                }
            };
            output.write(planned)?;
            progress.advance(1)?;
        }
        Ok::<(), Unreadable>(())
    })?;
    let counts = output.finish()?;
    match counts.total {
        0 => Err(Unreadable::content(Code::NoForms, "压缩包中没有文件", "the archive has no files")),
        _ => Ok((counts, notes)),
    }
}

fn read_file(file: source::FormFile, purpose: Purpose) -> std::result::Result<ReadFile, Unreadable> {
    let wrong = |code: &str, zh: String, en: String| RowError {
        row: 1,
        cell: None,
        column: None,
        code: code.to_owned(),
        value: None,
        zh,
        en,
    };
    let mut notes = Vec::new();
    let forms = match file.workbook {
        Err(error) => Err(wrong(error.code(), format!("文件{}", error.zh()), format!("the file {error}"))),
        Ok(workbook) => {
            notes.extend(workbook.left_alone.iter().map(|left| Note::from(left.text())));
            let (forms, others) = forms::of_sheets(&workbook.sheets, purpose);
            notes.extend(others.iter().map(|name| Note {
                zh: format!("工作表“{name}”没有{}，未导入", purpose.text().0),
                en: format!("the sheet {name} holds no {} and is not imported", purpose.text().1),
            }));
            let entry = Code::NoForms.entry();
            match forms.is_empty() {
                true => Err(wrong(
                    Code::NoForms.as_str(),
                    format!("{}；{}", entry.title.0, entry.remedy.0),
                    format!("{} {}", entry.title.1, entry.remedy.1),
                )),
                false => Ok(forms),
            }
        }
    };
    Ok(ReadFile { name: file.name, forms, notes })
}
