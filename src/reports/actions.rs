//! Making a report in a format.

use super::facts::Facts;
use super::model::ReportFormat;
use super::{docx, markdown, outline, page, pdf, workbook};
use crate::findings::Language;
use crate::http::error::Result;

/// A report as a file.
pub struct Report {
    /// Its bytes: the same data gives the same.
    pub bytes: Vec<u8>,
    /// What it is called, without anything that a file system or a header would mind.
    pub name: String,
}

/// The report of some facts.
///
/// # Errors
/// When it cannot be written.
pub fn write(facts: &Facts, format: ReportFormat, language: Language) -> Result<Report> {
    let document = || outline::document(facts, language);
    let bytes = match format {
        ReportFormat::Html => page::write(&document()).into_bytes(),
        ReportFormat::Markdown => markdown::write(&document()).into_bytes(),
        ReportFormat::Docx => docx::write(&document())?,
        ReportFormat::Pdf => pdf::write(&document())?,
        ReportFormat::Xlsx => workbook::write(facts, language)?,
    };
    Ok(Report { bytes, name: name(facts, format) })
}

/// Year, project code and revision: codes have letters, digits, dots, dashes and underscores alone.
pub fn name(facts: &Facts, format: ReportFormat) -> String {
    let identity = &facts.content.identity;
    let (year, code, revision) = (identity.fiscal_year, &identity.project_code, identity.revision);
    format!("{year}-{code}-r{revision}.{}", format.extension())
}
