//! What a report is made of: the content of an assessment, frozen or of a draft, and where it stands.

use serde_json::Value;

use crate::assessments::content::Content;
use crate::assessments::loaded::Loaded;
use crate::assessments::model::{AssessmentId, Status};
use crate::assessments::{self, workflow};
use crate::auth::Caller;
use crate::db::Connection;
use crate::findings::{Language, Severity};
use crate::http::error::Result;
use crate::scores;
use crate::scores::model::ScoreId;
use crate::scoring::EvaluationKind;
use crate::values::Instant;

/// Where the assessment of a report stands.
#[derive(Debug, Clone)]
pub enum Standing {
    /// It is being filled in, or is on its way: nothing is final.
    Open(Status),
    /// A published score.
    Published {
        /// The score.
        score_id: String,
        /// When it was published.
        published_at: Instant,
    },
}

/// What a report is made of.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What the rule says, with all that is declared and written.
    pub content: Content,
    /// 单位自评 or 部门评价.
    pub kind: EvaluationKind,
    /// Where it stands.
    pub standing: Standing,
    /// SHA-256 of the content, once it is frozen.
    pub content_hash: Option<String>,
}

/// A finding, as the content has it.
#[derive(Debug, Clone)]
pub struct Contradiction {
    /// Its number in the report, from 1.
    pub number: usize,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is: a JSON pointer into the assessment.
    pub pointer: String,
    /// The sentence with its figures.
    pub message: String,
}

impl Contradiction {
    /// Its mark in tables.
    pub fn mark(&self) -> String {
        format!("〔{}〕", self.number)
    }

    /// The row of the form that it is about, and the field there.
    pub fn row(&self) -> Option<(usize, &str)> {
        let (row, field) = self.pointer.strip_prefix("/results/")?.split_once('/')?;
        Some((row.parse().ok()?, field))
    }
}

impl Facts {
    /// Those of an assessment that the caller sees: as frozen, or as a draft is now.
    ///
    /// # Errors
    /// 404, and when the database fails.
    pub fn of_assessment(c: &mut Connection, caller: &Caller, id: &AssessmentId) -> Result<Facts> {
        let loaded = assessments::loaded::load(c, caller, id)?;
        Facts::of_loaded(c, caller, &loaded)
    }

    /// Those of an assessment that is loaded already.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_loaded(c: &mut Connection, caller: &Caller, loaded: &Loaded) -> Result<Facts> {
        let content = match loaded.content(c)? {
            Some(content) => content,
            None => workflow::content(c, loaded)?,
        };
        let row = &loaded.row;
        let standing = match scores::store::current(c, &row.id)?.filter(|_| row.status == Status::Published) {
            None => Standing::Open(row.status),
            Some(score_id) => {
                let published_at = scores::store::get(c, caller, &score_id)?.published_at;
                Standing::Published { score_id: score_id.to_string(), published_at }
            }
        };
        Ok(Facts { content, kind: row.kind.0, standing, content_hash: row.content_hash.clone() })
    }

    /// Those of a published score that the caller sees: as frozen then.
    ///
    /// # Errors
    /// 404, and when the database fails.
    pub fn of_score(c: &mut Connection, caller: &Caller, id: &ScoreId) -> Result<Facts> {
        let score = scores::store::get(c, caller, id)?;
        let (text, hash) = scores::store::content(c, caller, id)?;
        Ok(Facts {
            content: Content::thaw(&text)?,
            kind: score.kind.0,
            standing: Standing::Published { score_id: score.id.to_string(), published_at: score.published_at },
            content_hash: Some(hash),
        })
    }

    /// The findings for a reader of `language`, numbered.
    pub fn contradictions(&self, language: Language) -> Vec<Contradiction> {
        let found = self.content.findings(language).as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        let of = |(number, finding): (usize, &Value)| Contradiction {
            number,
            severity: Severity::from_name(&text(finding, "severity")).unwrap_or(Severity::Info),
            pointer: text(finding, "pointer"),
            message: text(finding, "message"),
        };
        (1..).zip(found).map(of).collect()
    }
}
