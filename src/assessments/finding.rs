//! Findings (疑点) as JSON: code, place, figures and a sentence.

use crate::values::CodedFindingCode;
use crate::values::CodedSeverity;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::findings::{Evidence, Finding, Language, Severity};
use crate::indicators::IndicatorId;
use crate::values::named_enum;

named_enum! {
    /// What became of a finding.
    FindingStatus: "What became of a finding." {
        /// Nobody has answered it.
        Open = "open",
    }
}

/// A contradiction or a gap, with its figures.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingView {
    /// What was found.
    pub code: CodedFindingCode,
    /// How bad it is.
    pub severity: CodedSeverity,
    /// A JSON pointer into the self-assessment.
    #[schema(example = "/declared/total")]
    pub pointer: String,
    /// The indicator it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator_id: Option<IndicatorId>,
    /// The figures it rests on, by name: strings, numbers of items, lists.
    #[schema(value_type = std::collections::HashMap<String, Value>)]
    pub evidence: Map<String, Value>,
    /// A sentence with the figures in it.
    pub message: String,
    /// What became of it.
    pub status: FindingStatus,
}

impl FindingView {
    /// The finding for a reader of `language`; `ids` are the indicators of the rows, if they have any.
    pub fn new(finding: &Finding, ids: &[IndicatorId], language: Language) -> FindingView {
        FindingView {
            code: finding.code.into(),
            severity: finding.severity.into(),
            pointer: finding.pointer.clone(),
            indicator_id: finding.row.and_then(|row| ids.get(row)).cloned(),
            evidence: object(&finding.evidence),
            message: finding.message(language),
            status: FindingStatus::Open,
        }
    }
}

fn object(evidence: &[(&'static str, Evidence)]) -> Map<String, Value> {
    evidence.iter().map(|(name, piece)| ((*name).to_owned(), value(piece))).collect()
}

fn value(evidence: &Evidence) -> Value {
    match evidence {
        Evidence::Text(text) | Evidence::Number(text) => Value::from(text.as_str()),
        Evidence::Integer(number) => Value::from(*number),
        Evidence::List(items) => items.iter().map(|item| Value::Object(object(item))).collect(),
    }
}

/// How many findings there are of each severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct FindingCounts {
    /// They block submission.
    pub error: u32,
    /// They go to the reviewer.
    pub warning: u32,
    /// For information.
    pub info: u32,
}

/// Counts findings by severity.
pub fn counts(findings: &[Finding]) -> FindingCounts {
    let mut counts = FindingCounts::default();
    for finding in findings {
        match finding.severity {
            Severity::Error => counts.error += 1,
            Severity::Warning => counts.warning += 1,
            Severity::Info => counts.info += 1,
        }
    }
    counts
}
