//! The report of an import: a file with a line for each row, so that reading the millionth costs as much as the first.

use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::model::{Note, Outcome};
use super::record::{RowError, RowPlace};
use crate::findings::Language;
use crate::http::error::{Error, Message, Result};

/// One row of an import's report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportedRow {
    /// As a person counts it: the line of a text file, the row of a sheet, the first row of a form.
    #[schema(minimum = 1)]
    pub row: u64,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The file in an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// The natural key that it names, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2023 41010023T001 产出/数量/培训人数")]
    pub key: Option<String>,
    /// The address of what it makes, changes or repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The fields that change, by their names in the API; none for what is new.
    pub changed: Vec<String>,
    /// All that is wrong with it.
    pub errors: Vec<RowProblem>,
    /// What was done in another way than the row says, and why.
    pub notes: Vec<String>,
    /// What the form contradicts, with its figures; only for forms.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub findings: Option<Box<RawValue>>,
    /// 自评总分 as declared, points; only for forms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_total: Option<String>,
    /// 测算总分, points; only for forms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed_total: Option<String>,
}

/// One place of a row that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowProblem {
    /// As a person counts it.
    #[schema(minimum = 1)]
    pub row: u64,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The file in an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The cell of a workbook, for example `G13`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The heading of the column, or the field of NDJSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// A stable code for programs.
    #[schema(example = "unknown_project")]
    pub code: String,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is wrong and what would be right, in the reader's language.
    pub detail: String,
}

/// What became of a row, as the report keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReportLine {
    /// Where it stands.
    #[serde(rename = "p")]
    pub place: RowPlace,
    /// What becomes of it.
    #[serde(rename = "o")]
    pub outcome: Outcome,
    /// The natural key that it names.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The address of what it makes, changes or repeats.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The fields that change.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// All that is wrong with it.
    #[serde(rename = "e", default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<RowError>,
    /// Where the import did something other than what the row says.
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// What the rule says of a form.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub score: Option<FormScore>,
}

/// What the rule says of a form.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FormScore {
    /// As declared, points.
    pub declared: Option<String>,
    /// As computed, points.
    pub computed: Option<String>,
    /// Findings for Chinese readers.
    pub zh: Box<RawValue>,
    /// Findings for English readers.
    pub en: Box<RawValue>,
}

impl ReportLine {
    /// A line without errors.
    pub fn new(place: RowPlace, outcome: Outcome, key: Option<String>, location: Option<String>) -> ReportLine {
        ReportLine {
            place,
            outcome,
            key,
            location,
            changed: Vec::new(),
            errors: Vec::new(),
            notes: Vec::new(),
            score: None,
        }
    }

    /// The line of a row that has errors.
    pub fn rejected(place: RowPlace, key: Option<String>, errors: Vec<RowError>) -> ReportLine {
        ReportLine { errors, ..ReportLine::new(place, Outcome::Rejected, key, None) }
    }

    /// The line for a reader of `language`.
    pub fn shown(self, language: Language) -> ImportedRow {
        let said = |zh: String, en: String| Message { zh, en }.in_language(language).to_owned();
        let text = |text: &Option<std::sync::Arc<str>>| text.as_ref().map(|text| text.to_string());
        let (sheet, file) = (text(&self.place.sheet), text(&self.place.file));
        let errors = self.errors.into_iter().map(|error| RowProblem {
            row: error.row,
            sheet: sheet.clone(),
            file: file.clone(),
            cell: error.cell,
            column: error.column,
            code: error.code,
            value: error.value,
            detail: said(error.zh, error.en),
        });
        let errors = errors.collect();
        let (findings, declared_total, computed_total) = match self.score {
            Some(score) => {
                let findings = if language == Language::Zh { score.zh } else { score.en };
                (Some(findings), score.declared, score.computed)
            }
            None => (None, None, None),
        };
        ImportedRow {
            row: self.place.row,
            sheet,
            file,
            outcome: self.outcome,
            key: self.key,
            location: self.location,
            changed: self.changed,
            errors,
            notes: self.notes.into_iter().map(|note| said(note.zh, note.en)).collect(),
            findings,
            declared_total,
            computed_total,
        }
    }
}

/// The first letter of a line in the file, so that lines of other outcomes are skipped without parsing them.
fn letter(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Created => b'c',
        Outcome::Updated => b'u',
        Outcome::Unchanged => b'=',
        Outcome::Rejected => b'!',
    }
}

/// Writes a line.
///
/// # Errors
/// When the disk does not take it.
pub fn write(file: &mut impl Write, line: &ReportLine) -> Result<()> {
    let failed = |cause: &dyn std::fmt::Display| Error::internal(cause);
    file.write_all(&[letter(line.outcome)]).map_err(|cause| failed(&cause))?;
    serde_json::to_writer(&mut *file, line).map_err(|cause| failed(&cause))?;
    file.write_all(b"\n").map_err(|cause| failed(&cause))
}

/// Lines with some outcomes (all if none is given) from a byte offset on, each with its own offset.
///
/// # Errors
/// When the file cannot be read.
pub fn read(path: &Path, from: u64, outcomes: &[Outcome], limit: usize) -> Result<Vec<(u64, ReportLine)>> {
    let failed = |cause: std::io::Error| Error::internal(&cause);
    let mut file = std::fs::File::open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let wanted: Vec<u8> = outcomes.iter().copied().map(letter).collect();
    let (mut reader, mut at, mut line, mut found) = (BufReader::new(file), from, Vec::new(), Vec::new());
    while found.len() < limit {
        line.clear();
        let length = reader.read_until(b'\n', &mut line).map_err(failed)?;
        let Some((first, rest)) = line.split_first() else { break };
        if wanted.is_empty() || wanted.contains(first) {
            found.push((at, serde_json::from_slice(rest).map_err(|cause| Error::internal(&cause))?));
        }
        at = at.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
    }
    Ok(found)
}
