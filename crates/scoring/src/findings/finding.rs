//! One finding, and its sentence.

use super::{Evidence, FindingCode, Language, Severity, template};

/// A contradiction or a gap: what, how bad, where, and the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub code: FindingCode,
    /// The code's severity.
    pub severity: Severity,
    /// A JSON pointer into the self-assessment, for example `/results/3/actual_text`.
    pub pointer: String,
    /// The row it is about, from 0; none for the document.
    pub row: Option<usize>,
    /// The figures, by name.
    pub evidence: Vec<(&'static str, Evidence)>,
}

impl Finding {
    pub(super) fn of_row(code: FindingCode, row: usize, field: &str, evidence: Vec<(&'static str, Evidence)>) -> Self {
        Self { code, severity: code.severity(), pointer: format!("/results/{row}/{field}"), row: Some(row), evidence }
    }

    pub(super) fn of_document(code: FindingCode, pointer: &str, evidence: Vec<(&'static str, Evidence)>) -> Self {
        Self { code, severity: code.severity(), pointer: pointer.to_owned(), row: None, evidence }
    }

    /// The piece of evidence of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Evidence> {
        self.evidence.iter().find(|(known, _)| *known == name).map(|(_, evidence)| evidence)
    }

    /// The finding as a sentence with its figures in it.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let entry = self.code.entry();
        let (sentence, item) = match language {
            Language::Zh => (entry.message_zh, entry.item_zh),
            Language::En => (entry.message_en, entry.item_en),
        };
        template::render(sentence, item, &self.evidence, language)
    }
}
