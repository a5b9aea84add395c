//! What is asked of a report: its format and its language.

use deserr::Deserr;
use serde::Serialize;
use utoipa::IntoParams;

use super::Unwritten;

use crate::findings::Language;
use crate::http::error::{Code, Error, Result};
use crate::organizations::slice::Wanted;
use crate::values::input::{Many, Parameter};
use crate::values::{NaturalCode, named_enum};

named_enum! {
    /// The form of a report.
    ReportFormat: "docx to hand in, pdf to print and to keep, html to read, xlsx the form itself, markdown for texts." {
        /// A Word document.
        Docx = "docx",
        /// Pages as they are printed, with the fonts that they need.
        Pdf = "pdf",
        /// One page with all it needs.
        Html = "html",
        /// CommonMark with tables.
        Markdown = "markdown",
        /// The form itself, in a workbook.
        Xlsx = "xlsx",
    }
}

impl ReportFormat {
    /// Whether this program was built with it.
    ///
    /// # Errors
    /// 501 when it was not.
    pub fn check_built(self) -> Result<()> {
        match self {
            ReportFormat::Pdf if cfg!(not(feature = "pdf")) => Err(Error::of(Code::FormatNotBuilt)),
            _ => Ok(()),
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            ReportFormat::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ReportFormat::Pdf => "application/pdf",
            ReportFormat::Html => "text/html; charset=utf-8",
            ReportFormat::Markdown => "text/markdown; charset=utf-8",
            ReportFormat::Xlsx => crate::sheets::XLSX,
        }
    }

    /// What its files are called by.
    pub fn extension(self) -> &'static str {
        match self {
            ReportFormat::Docx => "docx",
            ReportFormat::Pdf => "pdf",
            ReportFormat::Html => "html",
            ReportFormat::Markdown => "md",
            ReportFormat::Xlsx => "xlsx",
        }
    }

    /// The one of a media type that a client accepts.
    pub fn accepted(essence: &str) -> Option<ReportFormat> {
        match essence {
            // A page is what a browser reads, and what suits everybody. Generated clients ask for a file by its most
            // general name, or for the errors that they understand alone, and mean the parameter `format`.
            "*/*" | "text/*" | "application/octet-stream" | "application/problem+json" => Some(ReportFormat::Html),
            other => Self::ALL.iter().copied().find(|one| one.media_type().split(';').next() == Some(other)),
        }
    }
}

named_enum! {
    /// The language of a report.
    ReportLanguage: "zh-CN (the default) or en" {
        /// Chinese.
        Chinese = "zh-CN",
        /// English.
        English = "en",
    }
}

impl From<ReportLanguage> for Language {
    fn from(language: ReportLanguage) -> Language {
        match language {
            ReportLanguage::Chinese => Language::Zh,
            ReportLanguage::English => Language::En,
        }
    }
}

/// The parameters of a report.
#[derive(Debug, Clone, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// The form; what `Accept` asks for when left out, and html when that says nothing.
    #[deserr(default)]
    pub format: Option<ReportFormat>,
    /// The language; what `Accept-Language` asks for when left out.
    #[deserr(default)]
    pub lang: Option<ReportLanguage>,
}

/// Which assessments are reported on together.
#[derive(Debug, Clone, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct ArchiveQuery {
    /// Only those of one of these fiscal years.
    #[deserr(default)]
    #[param(value_type = Vec<i32>, explode = true)]
    pub fiscal_year: Many<Parameter<i32>>,
    /// Only those at and below the organization of this code.
    #[deserr(default)]
    pub organization: Option<NaturalCode>,
    /// The form of each report; docx when left out.
    #[deserr(default)]
    pub format: Option<ReportFormat>,
    /// The language; what `Accept-Language` asks for when left out.
    #[deserr(default)]
    pub lang: Option<ReportLanguage>,
}

/// What a roll-up sums.
#[derive(Debug, Clone, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct RollUpQuery {
    /// Only assessments of one of these fiscal years.
    #[deserr(default)]
    #[param(value_type = Vec<i32>, explode = true)]
    pub fiscal_year: Many<Parameter<i32>>,
    /// Only those at and below the organization of this code.
    #[deserr(default)]
    pub organization: Option<NaturalCode>,
    /// The language; what `Accept-Language` asks for when left out.
    #[deserr(default)]
    pub lang: Option<ReportLanguage>,
}

/// Which assessments are asked for.
pub fn wanted(years: &Many<Parameter<i32>>, organization: Option<&NaturalCode>) -> Wanted {
    Wanted { years: years.0.iter().map(|year| year.0).collect(), subtree_of: organization.map(ToString::to_string) }
}

impl From<Unwritten> for Error {
    fn from(cause: Unwritten) -> Error {
        match cause {
            Unwritten::TooLong { bytes, most } => Error::new(
                Code::ReportTooLong,
                format!("报告的内容有{bytes}字节，PDF以{most}字节为限；改用format=docx或format=html"),
                format!("the report has {bytes} bytes, a PDF takes {most}; ask for format=docx or format=html"),
            ),
            Unwritten::NotBuilt => Error::of(Code::FormatNotBuilt),
            failed @ Unwritten::Failed(_) => Error::internal(&failed),
        }
    }
}
