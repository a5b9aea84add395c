//! The shapes of an import.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::db::schema::imports;
use crate::findings::Language;
use crate::forms::Purpose;
use crate::http::error::Message;
use crate::http::etag::ETag;
use crate::leases::RunId;
use crate::values::{Instant, ShortText, Stored, id_type, named_enum};

id_type! {
    /// The id of an import.
    ImportId,
}

named_enum! {
    /// What an empty cell of a table does to what is registered.
    EmptyCells: "keep (the default) leaves what is registered, clear removes it; in NDJSON null clears always" {
        /// It stays.
        Keep = "keep",
        /// It is cleared.
        Clear = "clear",
    }
}

named_enum! {
    /// What an upload holds.
    ImportKind: "绩效自评表 self_assessment_forms and 绩效目标申报表 goal_forms as workbooks; tables of 单位 organizations, 项目 projects, 项目资金 budget_lines, 绩效指标 indicators, 自评结果 results" {
        /// 绩效自评表, as units fill them in: a workbook, or a .zip of them.
        SelfAssessmentForms = "self_assessment_forms",
        /// 绩效目标申报表, likewise: goals, money asked for and indicators of projects.
        GoalForms = "goal_forms",
        /// 单位, a row each.
        Organizations = "organizations",
        /// 项目, a row each.
        Projects = "projects",
        /// 项目资金, a row each.
        BudgetLines = "budget_lines",
        /// 绩效指标, a row each.
        Indicators = "indicators",
        /// 自评结果 of indicators, a row each.
        Results = "results",
    }
}

impl ImportKind {
    /// Whether it is of forms, and not of tables with a row for each thing.
    pub fn is_of_forms(self) -> bool {
        matches!(self, ImportKind::SelfAssessmentForms | ImportKind::GoalForms)
    }

    /// What its forms are read for.
    pub fn purpose(self) -> Purpose {
        if self == ImportKind::GoalForms { Purpose::Goals } else { Purpose::SelfAssessment }
    }
}

named_enum! {
    /// What happens to the valid rows when others are rejected.
    ImportMode: "atomic: all rows or none; valid_rows: those that are not rejected" {
        /// All rows or none.
        Atomic = "atomic",
        /// Those that are not rejected.
        ValidRows = "valid_rows",
    }
}

named_enum! {
    /// Where an import is on its way.
    ImportStatus: "awaiting_content → validating → validated → committed → reverted; failed: it cannot be read or was interrupted; duplicate: the same file is another import already" {
        /// It has no content yet.
        AwaitingContent = "awaiting_content",
        /// Its content is being read and checked.
        Validating = "validating",
        /// Its report is there; nothing is changed yet.
        Validated = "validated",
        /// It cannot be read, or was interrupted.
        Failed = "failed",
        /// Its changes are made.
        Committed = "committed",
        /// Its changes are undone.
        Reverted = "reverted",
        /// The same file for the same scope is another import already.
        Duplicate = "duplicate",
    }
}

named_enum! {
    /// What can be done with an import.
    ImportAction: "What can be done with an import." {
        /// Send its content.
        PutContent = "put_content",
        /// Make its changes.
        Commit = "commit",
        /// Undo its changes.
        Revert = "revert",
        /// Have it back with its errors marked.
        GetAnnotated = "get_annotated",
        /// Cancel and forget it.
        Delete = "delete",
    }
}

named_enum! {
    /// What became of a row.
    Outcome: "What becomes of a row" {
        /// It makes a new record.
        Created = "created",
        /// It changes a record.
        Updated = "updated",
        /// It says what is registered already.
        Unchanged = "unchanged",
        /// It has errors.
        Rejected = "rejected",
    }
}

named_enum! {
    /// What an import is doing.
    Phase: "What an import is doing" {
        /// It waits for others to finish.
        Waiting = "waiting",
        /// Its rows are read and checked.
        Validating = "validating",
        /// Its changes are made.
        Committing = "committing",
        /// Its changes are undone.
        Reverting = "reverting",
    }
}

/// Why an import failed, as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The stable code.
    pub code: String,
    /// What is wrong and what to do.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A sentence, as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl From<(&str, &str)> for Note {
    fn from((zh, en): (&str, &str)) -> Note {
        Note { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// An import as the database keeps it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = imports)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
#[diesel(treat_none_as_null = true)]
pub struct ImportRow {
    /// Its id.
    pub id: ImportId,
    /// Counts its changes.
    pub version: i64,
    /// Whose token made it: the subtree it works in.
    pub organization_code: String,
    /// The subject of that token.
    pub subject: String,
    /// What it holds.
    pub kind: ImportKind,
    /// What happens to valid rows beside rejected ones.
    pub mode: ImportMode,
    /// Where it is on its way.
    pub status: ImportStatus,
    /// 预算年度 of rows that do not say theirs.
    pub fiscal_year: Option<i32>,
    /// Whether what is not registered is made.
    pub create_missing: bool,
    /// The name of the file.
    pub file_name: Option<ShortText>,
    /// SHA-256 of the content.
    pub content_hash: Option<String>,
    /// Its size.
    pub content_bytes: Option<i64>,
    /// What makes two imports the same.
    pub fingerprint: Option<String>,
    /// The import that this one repeats.
    pub duplicate_of: Option<ImportId>,
    /// Rows by outcome.
    pub created_rows: i64,
    /// Rows by outcome.
    pub updated_rows: i64,
    /// Rows by outcome.
    pub unchanged_rows: i64,
    /// Rows by outcome.
    pub rejected_rows: i64,
    /// What was left alone.
    pub notes: Stored<Vec<Note>>,
    /// Why it failed.
    pub problem: Option<Stored<Failure>>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When its changes were made.
    pub committed_at: Option<Instant>,
    /// When its files are removed.
    pub expires_at: Instant,
    /// Whether an empty cell of a table clears what is registered.
    pub clears_empty: bool,
    /// The check whose report and plan count.
    pub run: Option<RunId>,
}

impl ImportRow {
    /// The tag of its version.
    pub fn etag(&self) -> ETag {
        ETag::version(self.version)
    }

    /// Its rows by outcome.
    pub fn rows(&self) -> RowCounts {
        RowCounts {
            total: self.created_rows + self.updated_rows + self.unchanged_rows + self.rejected_rows,
            created: self.created_rows,
            updated: self.updated_rows,
            unchanged: self.unchanged_rows,
            rejected: self.rejected_rows,
        }
    }

    /// What its state allows.
    pub fn allowed_actions(&self) -> Vec<ImportAction> {
        let is_committable = self.mode == ImportMode::ValidRows || self.rejected_rows == 0;
        match self.status {
            ImportStatus::AwaitingContent => vec![ImportAction::PutContent, ImportAction::Delete],
            ImportStatus::Validated if is_committable => {
                vec![ImportAction::Commit, ImportAction::GetAnnotated, ImportAction::Delete]
            }
            ImportStatus::Validated | ImportStatus::Reverted => vec![ImportAction::GetAnnotated, ImportAction::Delete],
            ImportStatus::Committed => vec![ImportAction::Revert, ImportAction::GetAnnotated],
            ImportStatus::Validating | ImportStatus::Failed | ImportStatus::Duplicate => vec![ImportAction::Delete],
        }
    }
}

/// How many rows had which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowCounts {
    /// All rows that were read.
    #[schema(minimum = 0)]
    pub total: i64,
    /// Rows that make a new record.
    #[schema(minimum = 0)]
    pub created: i64,
    /// Rows that change a record.
    #[schema(minimum = 0)]
    pub updated: i64,
    /// Rows that say what is registered already.
    #[schema(minimum = 0)]
    pub unchanged: i64,
    /// Rows with errors.
    #[schema(minimum = 0)]
    pub rejected: i64,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportProgress {
    /// What it is doing.
    pub phase: Phase,
    /// Rows that are done; of forms in an archive, files.
    #[schema(minimum = 0)]
    pub processed: u64,
    /// Of how many, as far as that is known.
    #[schema(minimum = 0)]
    pub total: u64,
}

/// Why an import failed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportProblem {
    /// A stable code for programs.
    #[schema(example = "old_workbook_format")]
    pub code: String,
    /// What is wrong and what to do, in the reader's language.
    pub detail: String,
}

/// A bulk upload (批量导入).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i64,
    /// What it holds.
    pub kind: ImportKind,
    /// What happens to valid rows beside rejected ones.
    pub mode: ImportMode,
    /// Where it is on its way.
    pub status: ImportStatus,
    /// 预算年度 of rows that do not say theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 2000, maximum = 2100)]
    pub fiscal_year: Option<i32>,
    /// Whether what is not registered is made.
    pub create_missing: bool,
    /// What an empty cell of a table does to what is registered.
    pub empty: EmptyCells,
    /// The name of the file, as the caller gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<ShortText>,
    /// Whose token made it.
    pub organization_code: String,
    /// The subject of that token.
    pub subject: String,
    /// SHA-256 of the content, unpacked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub content_hash: Option<String>,
    /// The import that this one repeats; commit and report are its.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<ImportId>,
    /// Rows by outcome, once validated.
    pub rows: RowCounts,
    /// How far it is, while it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<ImportProgress>,
    /// What of the file was left alone: macros, hidden sheets.
    pub notes: Vec<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ImportProblem>,
    /// What may be done with it now.
    pub allowed_actions: Vec<ImportAction>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When its changes were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub committed_at: Option<Instant>,
    /// When its file, report and undo are removed.
    pub expires_at: Instant,
}

impl Import {
    /// The import for a reader of `language`.
    ///
    /// # Errors
    /// When what the database keeps is damaged.
    pub fn of(
        row: ImportRow,
        progress: Option<ImportProgress>,
        language: Language,
    ) -> crate::http::error::Result<Import> {
        let said = |zh: String, en: String| Message { zh, en }.in_language(language).to_owned();
        let problem = row.problem.as_ref().map(Stored::read).transpose()?;
        let (allowed_actions, rows) = (row.allowed_actions(), row.rows());
        Ok(Import {
            notes: row.notes.read()?.into_iter().map(|note| said(note.zh, note.en)).collect(),
            problem: problem.map(|one| ImportProblem { code: one.code, detail: said(one.zh, one.en) }),
            allowed_actions,
            id: row.id,
            version: row.version,
            kind: row.kind,
            mode: row.mode,
            status: row.status,
            fiscal_year: row.fiscal_year,
            create_missing: row.create_missing,
            empty: if row.clears_empty { EmptyCells::Clear } else { EmptyCells::Keep },
            file_name: row.file_name,
            organization_code: row.organization_code,
            subject: row.subject,
            content_hash: row.content_hash,
            duplicate_of: row.duplicate_of,
            rows,
            progress,
            created_at: row.created_at,
            updated_at: row.updated_at,
            committed_at: row.committed_at,
            expires_at: row.expires_at,
        })
    }
}
