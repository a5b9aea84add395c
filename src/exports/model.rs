//! The shapes of an export.

use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::manifest::Manifest;
use crate::auth::Scope;
use crate::db::schema::exports;
use crate::http::error::{Error, Result};
use crate::http::etag::ETag;
use crate::http::page::{Count, Limit};
use crate::http::sort::Sort;
use crate::leases::RunId;
use crate::values::bounded::Wait;
use crate::values::input::Many;
use crate::values::{Instant, NaturalCode, Stored, id_type, named_enum};

id_type! {
    /// The id of an export.
    ExportId,
}

named_enum! {
    /// What is exported.
    ExportKind: "What is exported: published scores; projects; their budget lines and indicators; the results and the findings of their self-assessments." {
        /// Published scores.
        Scores = "scores",
        /// Projects.
        Projects = "projects",
        /// Budget lines.
        BudgetLines = "budget_lines",
        /// Indicators.
        Indicators = "indicators",
        /// The result of each indicator of each self-assessment.
        Results = "results",
        /// What contradicts what in each self-assessment.
        Findings = "findings",
    }
}

impl ExportKind {
    /// What a caller needs to read it.
    pub fn scope(self) -> Scope {
        match self {
            ExportKind::Scores => Scope::ScoresRead,
            _ => Scope::ProjectsRead,
        }
    }
}

named_enum! {
    /// The form of the file.
    ExportFormat: "ndjson has each resource as the API shows it; csv (UTF-8 with a byte order mark) and xlsx have a table." {
        /// One JSON object a line.
        Ndjson = "ndjson",
        /// Comma-separated values.
        Csv = "csv",
        /// A workbook.
        Xlsx = "xlsx",
    }
}

impl ExportFormat {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            ExportFormat::Ndjson => "application/x-ndjson",
            ExportFormat::Csv => "text/csv; charset=utf-8",
            ExportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

named_enum! {
    /// Where an export is on its way.
    ExportStatus: "running until the file is whole, then ready; failed when it cannot be made." {
        /// The file is being written.
        Running = "running",
        /// The file is whole.
        Ready = "ready",
        /// It could not be made.
        Failed = "failed",
    }
}

named_enum! {
    /// By what the list of exports may be sorted.
    ExportSortKey: "id (the default) is the order of creation; - is descending." {
        /// In the order of creation.
        Id = "id",
    }
}

/// The order of the list.
pub type ExportSort = Sort<ExportSortKey>;

/// Which rows are exported.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct ExportFilters {
    /// Only those of one of these fiscal years; all where it is empty.
    #[schema(minimum = 2000, maximum = 2100)]
    pub fiscal_year: Vec<i32>,
    /// Only those at and below the organization of this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtree_of: Option<NaturalCode>,
    /// Of scores, only those in force at this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Instant>,
}

/// A new export.
#[derive(Debug, Clone, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewExport {
    /// What is exported.
    pub kind: ExportKind,
    /// The form of the file; ndjson when left out.
    #[deserr(default)]
    pub format: Option<ExportFormat>,
    /// Only rows of one of these fiscal years.
    #[deserr(default)]
    #[schema(required = false, minimum = 2000, maximum = 2100)]
    pub fiscal_year: Vec<i32>,
    /// Only rows at and below the organization of this code.
    #[deserr(default)]
    pub subtree_of: Option<NaturalCode>,
    /// Of scores, only those in force at this instant.
    #[deserr(default)]
    pub as_of: Option<Instant>,
}

/// An export as the database keeps it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = exports)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ExportRow {
    /// Its id.
    pub id: ExportId,
    /// Counts its changes.
    pub version: i64,
    /// Whose token made it.
    pub organization_code: String,
    /// The subject of that token.
    pub subject: String,
    /// What is exported.
    pub kind: ExportKind,
    /// The form of the file.
    pub format: ExportFormat,
    /// Where it is on its way.
    pub status: ExportStatus,
    /// Which rows.
    pub filters: Stored<ExportFilters>,
    /// What the file is, canonical JSON.
    pub manifest: Option<Stored<Manifest>>,
    /// The detached signature of the manifest.
    pub signature: Option<String>,
    /// Why it failed.
    pub problem: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When the file is removed.
    pub expires_at: Instant,
    /// The run of the work whose file counts.
    pub run: Option<RunId>,
}

impl ExportRow {
    /// The tag of its version.
    pub fn etag(&self) -> ETag {
        ETag::version(self.version)
    }

    /// The manifest of one that is ready, with its signature.
    ///
    /// # Errors
    /// When it has none, which is the service's own fault.
    pub fn signed(&self) -> Result<(Manifest, &str)> {
        match (&self.manifest, &self.signature) {
            (Some(manifest), Some(signature)) => Ok((manifest.read()?, signature)),
            _ => Err(Error::internal(&format!("the export {} is ready without a manifest", self.id))),
        }
    }
}

/// An export (数据导出).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Whose token made it: the rows are those of its subtree.
    pub organization_code: String,
    /// The subject of that token.
    pub subject: String,
    /// What is exported.
    pub kind: ExportKind,
    /// The form of the file.
    pub format: ExportFormat,
    /// Where it is on its way.
    pub status: ExportStatus,
    /// Which rows.
    #[schema(value_type = ExportFilters)]
    pub filters: Stored<ExportFilters>,
    /// What the file is, once it is whole; signed at `/exports/{id}/manifest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Manifest>)]
    pub manifest: Option<Stored<Manifest>>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When the file is removed.
    pub expires_at: Instant,
}

impl From<ExportRow> for Export {
    fn from(row: ExportRow) -> Export {
        Export {
            id: row.id,
            version: row.version,
            organization_code: row.organization_code,
            subject: row.subject,
            kind: row.kind,
            format: row.format,
            status: row.status,
            filters: row.filters,
            manifest: row.manifest,
            problem: row.problem,
            created_at: row.created_at,
            updated_at: row.updated_at,
            expires_at: row.expires_at,
        }
    }
}

/// The parameters of one export.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct ExportParameters {
    /// Seconds to wait for the file to be whole.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 0, maximum = 30)]
    pub wait: Option<Wait>,
}

/// The parameters of the list of exports.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// Only those of one of these kinds.
    #[deserr(default)]
    #[param(value_type = Vec<ExportKind>, explode = true)]
    pub kind: Many<ExportKind>,
    /// Only those in one of these states.
    #[deserr(default)]
    #[param(value_type = Vec<ExportStatus>, explode = true)]
    pub status: Many<ExportStatus>,
    /// The order.
    #[deserr(default)]
    pub sort: Option<ExportSort>,
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
