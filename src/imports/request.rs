//! What requests say of an import.

use deserr::Deserr;
use serde::Serialize;
use utoipa::IntoParams;

use super::model::{EmptyCells, ImportKind, ImportMode, ImportStatus, Outcome};
use crate::http::page::{Count, Limit};
use crate::http::sort::Sort;
use crate::values::input::{Many, Parameter};
use crate::values::{NaturalCode, ShortText, named_enum};

/// What an import is made with; everything is in the query, so that the body is the file itself.
#[derive(Debug, Clone, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct NewImport {
    /// What it holds.
    pub kind: ImportKind,
    /// What happens to valid rows beside rejected ones; atomic when left out.
    #[deserr(default)]
    pub mode: Option<ImportMode>,
    /// 预算年度 of rows and forms that do not say theirs.
    #[deserr(default)]
    #[param(value_type = Option<i32>, minimum = 2000, maximum = 2100)]
    pub fiscal_year: Option<Parameter<i32>>,
    /// Whether projects that forms name, and drafts that results need, are made where there are none.
    #[deserr(default)]
    #[param(value_type = Option<bool>)]
    pub create_missing: Option<YesNo>,
    /// Whether an empty cell of a table clears what is registered; it stays when left out.
    #[deserr(default)]
    pub empty: Option<EmptyCells>,
    /// The name of the file, for people.
    #[deserr(default)]
    pub file_name: Option<ShortText>,
    /// Whether to commit at once what is valid; the body is then the file.
    #[deserr(default)]
    #[param(value_type = Option<bool>)]
    pub commit: Option<YesNo>,
}

named_enum! {
    /// true or false in a query.
    YesNo: "true or false" {
        /// Yes.
        Yes = "true",
        /// No.
        No = "false",
    }
}

named_enum! {
    /// The format of a template.
    TemplateFormat: "xlsx (the default) or csv" {
        /// A workbook.
        Xlsx = "xlsx",
        /// Comma-separated values in UTF-8.
        Csv = "csv",
    }
}

/// The parameters of a template.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct TemplateQuery {
    /// A workbook, which is the default, or CSV.
    #[deserr(default)]
    pub format: Option<TemplateFormat>,
    /// Filled with what is registered at and below the organization of this code; needs `projects:read`.
    #[deserr(default)]
    pub organization: Option<NaturalCode>,
    /// Filled with what is registered for this fiscal year; needs `projects:read`.
    #[deserr(default)]
    #[param(value_type = Option<i32>, minimum = 2000, maximum = 2100)]
    pub fiscal_year: Option<Parameter<i32>>,
}

named_enum! {
    /// By what the list of imports may be sorted.
    ImportSortKey: "id (the default) is the order of creation; - is descending." {
        /// In the order of creation.
        Id = "id",
    }
}

/// The order of the list.
pub type ImportSort = Sort<ImportSortKey>;

/// The parameters of the list of imports.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Only those of one of these kinds.
    #[deserr(default)]
    #[param(value_type = Vec<ImportKind>, explode = true)]
    pub kind: Many<ImportKind>,
    /// Only those in one of these states.
    #[deserr(default)]
    #[param(value_type = Vec<ImportStatus>, explode = true)]
    pub status: Many<ImportStatus>,
    /// The order.
    #[deserr(default)]
    pub sort: Option<ImportSort>,
    /// Items of the page.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    #[deserr(default)]
    pub limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    #[deserr(default)]
    pub cursor: Option<String>,
    /// Whether to count all.
    #[deserr(default)]
    pub count: Option<Count>,
}

/// What a cursor of a report belongs to: the filters, and the import.
#[derive(Debug, Serialize)]
pub struct RowsAsked<'a> {
    /// The filters.
    #[serde(flatten)]
    pub query: &'a RowQuery,
    /// The import.
    pub import: &'a str,
}

/// The parameters of an import's report.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct RowQuery {
    /// Only rows of one of these outcomes.
    #[deserr(default)]
    #[param(value_type = Vec<Outcome>, explode = true)]
    pub outcome: Many<Outcome>,
    /// Items of the page.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    #[deserr(default)]
    pub limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    #[deserr(default)]
    pub cursor: Option<String>,
}
