//! Checking an upload of forms: the files of a unit's folder, of which some are forms, some sum them up, and some are beside
//! them.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, PoisonError};

use super::files::{Progress, RunFiles};
use super::kinds::{FormPlanner, Planned, Scope};
use super::model::{Failure, Note, Phase, RowCounts};
use super::record::{RowError, RowPlace};
use super::report::ReportLine;
use super::source::{self, FormFiles, Unreadable};
use super::validation::{AHEAD, Output};
use crate::db::Database;
use crate::forms::ledger::{Ledger, Stated, differences};
use crate::forms::{self, Form, Purpose};
use crate::http::error::{Code, Result};

/// Differences between a ledger and the forms that are said at most.
const DIFFERENCES: usize = 50;

/// The forms of a file, or why it has none.
type ReadForms = std::result::Result<Vec<Form>, RowError>;

/// A file that was read.
struct ReadFile {
    name: Option<Arc<str>>,
    forms: ReadForms,
    ledgers: Vec<Ledger>,
    notes: Vec<Note>,
    /// Whether a text of it says 自评表.
    says_assessment: bool,
}

/// The forms of a file with its name in the archive.
type NamedForms = (Option<Arc<str>>, ReadForms);

/// What was read of an upload so far, for what needs all of it.
#[derive(Default)]
struct Together {
    stated: Vec<Stated>,
    ledgers: Vec<Ledger>,
    /// Files of an archive that hold no form of the purpose, which nobody has to mend beside files that do.
    beside: Vec<(Arc<str>, ReadForms)>,
    has_forms: bool,
}

impl Together {
    /// Takes what a file of an archive is not planned for; gives back what is.
    fn take(&mut self, file: ReadFile, purpose: Purpose) -> Option<NamedForms> {
        let is_beside = match &file.forms {
            Ok(forms) => forms.iter().all(|form| form.is_other_kind() || form.is_not_for(purpose).is_some()),
            // A file that calls itself a self-assessment, and is not understood, has to be mended.
            Err(error) => error.code == Code::NoForms.as_str() && !file.says_assessment,
        };
        let ReadFile { name, forms, ledgers, .. } = file;
        self.ledgers.extend(ledgers);
        match name {
            Some(name) if is_beside => {
                self.beside.push((name, forms));
                None
            }
            name => {
                self.has_forms |= forms.is_ok();
                self.stated.extend(forms.iter().flatten().filter_map(Stated::of));
                Some((name, forms))
            }
        }
    }

    /// What is said of the upload as a whole.
    fn notes(&self, purpose: Purpose) -> Vec<Note> {
        let mut notes = Vec::new();
        for (name, forms) in &self.beside {
            let other =
                forms.iter().flatten().find_map(|form| form.problems.first().cloned().or(form.is_not_for(purpose)));
            notes.push(match other {
                Some(problem) => {
                    let (zh, en) = problem.kind.text();
                    Note {
                        zh: format!("文件“{name}”未导入：{zh}"),
                        en: format!("the file {name} is not imported: {en}"),
                    }
                }
                None => Note {
                    zh: format!("文件“{name}”没有{}，未导入", purpose.text().0),
                    en: format!("the file {name} holds no {} and is not imported", purpose.text().1),
                },
            });
        }
        let (said, count) = differences(&self.ledgers, &self.stated, DIFFERENCES);
        notes.extend(said.into_iter().map(|(zh, en)| Note { zh, en }));
        let more = count.saturating_sub(DIFFERENCES);
        if more > 0 {
            notes.push(Note {
                zh: format!("汇总表与自评表还有{more}处不一致"),
                en: format!("the ledgers and the forms differ in {more} places more"),
            });
        }
        notes
    }
}

/// Checks an upload of forms whose content lies in `folder`.
///
/// # Errors
/// When the service itself fails, the import is cancelled, or the file holds nothing that could be a form.
pub fn check_forms(
    db: &Database,
    scope: &Scope,
    purpose: Purpose,
    run: &RunFiles,
    progress: &Progress,
) -> std::result::Result<(RowCounts, Vec<Note>), Unreadable> {
    let files = FormFiles::open(&run.content)?;
    progress.enter(Phase::Validating, files.total);
    let is_archive = files.total != 1;
    let mut output = Output::create(run)?;
    let (mut planner, mut notes, mut together) = (FormPlanner::new(purpose), Vec::new(), Together::default());
    let left_alone = files.left_alone.clone();
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
            let mut file = file?;
            for note in std::mem::take(&mut file.notes) {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
            progress.advance(1)?;
            let Some((name, forms)) = together.take(file, purpose) else { continue };
            if let (Err(error), false, None) = (&forms, is_archive, &name) {
                let RowError { code, zh, en, .. } = error.clone();
                return Err(Unreadable::Content(Failure { code, zh, en }));
            }
            output.write(planned(db, scope, &mut planner, (name, forms))?)?;
        }
        Ok::<(), Unreadable>(())
    })?;
    let left_alone = left_alone.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if !left_alone.is_empty() {
        let names = left_alone.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
        let count = left_alone.len();
        notes.push(Note {
            zh: format!("压缩包中{count}个非工作簿文件未读取：{names}"),
            en: format!("files of the archive that are no workbooks were left alone ({count}): {names}"),
        });
    }
    if together.has_forms {
        notes.extend(together.notes(purpose));
    } else {
        // Where nothing is a form, each says what it is instead.
        for (name, forms) in std::mem::take(&mut together.beside) {
            output.write(planned(db, scope, &mut planner, (Some(name), forms))?)?;
        }
    }
    let counts = output.finish()?;
    match counts.total {
        0 => Err(Unreadable::content(Code::NoForms, "压缩包中没有文件", "the archive has no files")),
        _ => Ok((counts, notes)),
    }
}

/// What becomes of the forms of a file.
fn planned(db: &Database, scope: &Scope, planner: &mut FormPlanner, (name, forms): NamedForms) -> Result<Vec<Planned>> {
    match forms {
        Ok(forms) => db.read_here(|c| {
            c.snapshot(|c| forms.iter().map(|form| planner.plan(c, scope, form, name.clone())).collect())
        }),
        Err(error) => {
            let place = RowPlace { row: 1, sheet: None, file: name };
            Ok(vec![Planned { line: ReportLine::rejected(place, None, vec![error]), changes: Vec::new() }])
        }
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
    let (mut notes, mut ledgers) = (Vec::new(), Vec::new());
    let mut says_assessment = file.name.as_ref().is_some_and(|name| name.contains("自评"));
    let forms = match file.workbook {
        Err(error) => Err(wrong(error.code(), format!("文件{}", error.zh()), format!("the file {error}"))),
        Ok(workbook) => {
            let mut texts = workbook.sheets.iter().flat_map(|sheet| sheet.cells.values());
            says_assessment |= texts.any(|cell| cell.text.contains("自评表"));
            notes.extend(workbook.left_alone.iter().map(|left| Note::from(left.text())));
            let (forms, others) = forms::of_sheets(&workbook.sheets, purpose);
            let named = |form: &Form| file.name.as_ref().map_or_else(|| form.sheet.clone(), ToString::to_string);
            ledgers.extend(forms.iter().chain(&others).filter_map(|form| Ledger::of(form, named(form))));
            let mut sheets: Vec<String> = others.into_iter().map(|form| form.sheet).collect();
            sheets.dedup();
            notes.extend(sheets.iter().map(|name| Note {
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
    Ok(ReadFile { name: file.name, forms, ledgers, notes, says_assessment })
}
