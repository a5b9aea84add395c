//! What tests of findings ask.

use crate::findings::{Finding, FindingCode, Language, check};
use crate::tests::profile;
use crate::{Assessment, score};

/// The findings of an assessment under a profile; every one of them must make a whole sentence.
pub(crate) fn on(assessment: &Assessment, code: &str) -> Vec<Finding> {
    let profile = profile(code);
    let findings = check(assessment, profile, &score(assessment, profile));
    for finding in &findings {
        for language in Language::ALL {
            let message = finding.message(*language);
            assert!(!message.is_empty() && !message.contains(['{', '}', '[']), "{message}");
        }
    }
    findings
}

pub(crate) fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// Whether an assessment earns a code under `mof-2020`.
pub(crate) fn earns(assessment: &Assessment, code: FindingCode) -> bool {
    on(assessment, "mof-2020").iter().any(|finding| finding.code == code)
}

/// The finding of that code under `mof-2020`.
pub(crate) fn find(assessment: &Assessment, code: FindingCode) -> Finding {
    let findings = on(assessment, "mof-2020");
    let found = findings.into_iter().find(|finding| finding.code == code);
    found.unwrap_or_else(|| panic!("no {}", code.as_str()))
}
