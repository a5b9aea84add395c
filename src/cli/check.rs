//! `jixiao check`: what the rule says of forms, before anyone sends them.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Tongue;
use super::checked::{self, CheckedFile, CheckedForm};
use crate::findings::Language;
use crate::forms::ledger::{Ledger, Stated, differences};
use crate::forms::{self, Form, Purpose, suited};
use crate::scoring::Profile;
use crate::workbooks::{self, Limits, WorkbookError};

/// Bytes of a file at most.
const LARGEST_FILE: u64 = 64 << 20;

/// Score forms (.xlsx) with no server and no database: points, findings, what cannot be understood
#[derive(Debug, Args)]
pub struct Check {
    /// The forms, as units fill them in
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How the result is written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Say how each score came about
    #[arg(long)]
    explain: bool,
    /// The rule to score by, for example mof-2020; found by the points of the execution rate when left out
    #[arg(long, value_name = "CODE")]
    rule_profile: Option<String>,
    /// The language of sentences
    #[arg(long, value_enum, default_value = "zh-CN")]
    lang: Tongue,
}

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Table,
    /// For programs
    Json,
    /// For a page or a message
    Markdown,
}

/// Differences between ledgers and forms that are said at most.
const DIFFERENCES: usize = 200;

/// Checks the files and prints what came of it.
pub fn run(command: &Check) -> Result<(), Box<dyn Error>> {
    let language = Language::from(command.lang);
    let profile = command.rule_profile.as_deref().map(known).transpose()?;
    let read: Vec<(CheckedFile, Vec<Form>)> = command.files.iter().map(|path| check(path, profile, language)).collect();
    let forms = read.iter().flat_map(|(_, forms)| forms).filter(|form| form.is_of(Purpose::SelfAssessment));
    let stated: Vec<Stated> = forms.filter_map(Stated::of).collect();
    // What a ledger says is held against the forms of the same call; alone it is held against nothing.
    let ledger = |file: &CheckedFile, form: &Form| Ledger::of(form, format!("{} {}", file.file, form.sheet));
    let ledgers: Vec<Ledger> =
        read.iter().flat_map(|(file, forms)| forms.iter().filter_map(move |form| ledger(file, form))).collect();
    let has_ledger = |forms: &[Form]| forms.iter().any(|form| !form.ledger.is_empty());
    let (said, _) = if stated.is_empty() { (Vec::new(), 0) } else { differences(&ledgers, &stated, DIFFERENCES) };
    let mut said = said.into_iter().map(|(zh, en)| if language == Language::Zh { zh } else { en });
    let files: Vec<CheckedFile> = read
        .into_iter()
        .map(|(mut file, forms)| {
            if has_ledger(&forms) {
                file.notes.extend(said.by_ref());
            }
            file
        })
        .collect();
    match command.format {
        Format::Table => checked::print(&files, command.explain, language),
        Format::Markdown => checked::print_markdown(&files, command.explain, language),
        Format::Json => say!("{}", serde_json::to_string_pretty(&files)?),
    }
    let wrong = files.iter().filter(|file| file.has_errors()).count();
    match wrong {
        0 => Ok(()),
        _ => Err(format!("{wrong} of {} files have errors", files.len()).into()),
    }
}

fn known(code: &str) -> Result<&'static Profile, String> {
    let codes = || Profile::shipped().iter().map(|profile| profile.code.as_ref()).collect::<Vec<_>>().join(", ");
    Profile::latest(code).ok_or_else(|| format!("--rule-profile {code:?} is unknown; it must be one of {}", codes()))
}

/// What is said of a file, and all forms in it, those that are left alone among them.
fn check(path: &Path, profile: Option<&'static Profile>, language: Language) -> (CheckedFile, Vec<Form>) {
    let file = path.display().to_string();
    match read(path, language) {
        Err(error) => (CheckedFile { file, error: Some(error), notes: Vec::new(), forms: Vec::new() }, Vec::new()),
        Ok((notes, mut forms, others)) => {
            let check = |form: &Form| CheckedForm::new(form, profile.unwrap_or_else(|| suited(form)), language);
            let checked = CheckedFile { file, error: None, notes, forms: forms.iter().map(check).collect() };
            forms.extend(others);
            (checked, forms)
        }
    }
}

/// Notes, the forms of a file, and those that are left alone.
type Read = (Vec<String>, Vec<Form>, Vec<Form>);

fn read(path: &Path, language: Language) -> Result<Read, String> {
    let said = |cause: &WorkbookError| match language {
        Language::Zh => cause.zh(),
        Language::En => cause.to_string(),
    };
    let size = std::fs::metadata(path).map_err(|cause| cause.to_string())?.len();
    if size > LARGEST_FILE {
        return Err(said(&WorkbookError::TooLarge(format!("{size} > {LARGEST_FILE} bytes"))));
    }
    let bytes = std::fs::read(path).map_err(|cause| cause.to_string())?;
    let workbook = workbooks::read(&bytes, &Limits::default()).map_err(|cause| said(&cause))?;
    let notes = workbook.left_alone.iter().map(|left| match language {
        Language::Zh => left.text().0.to_owned(),
        Language::En => left.text().1.to_owned(),
    });
    let (forms, others) = forms::of_sheets(&workbook.sheets, Purpose::Any);
    let mut sheets: Vec<String> = others.iter().map(|form| form.sheet.clone()).collect();
    sheets.dedup();
    let left_alone = sheets.iter().map(|name| match language {
        Language::Zh => format!("工作表“{name}”没有绩效自评表，未检查"),
        Language::En => format!("the sheet {name} holds no form and is not checked"),
    });
    if forms.is_empty() {
        return Err(match language {
            Language::Zh => "没有找到绩效自评表：须有“项目名称”，或含“三级指标”和“实际完成值”的表头".to_owned(),
            Language::En => {
                "holds no self-assessment form: it has neither 项目名称 nor a header with 三级指标 and 实际完成值"
                    .to_owned()
            }
        });
    }
    Ok((notes.chain(left_alone).collect(), forms, others))
}
