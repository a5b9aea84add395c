//! The content of an assessment, with everything that the rule computes: computed for a draft, frozen on submission.

use crate::values::CodedGrade;
use crate::values::coded::Coded;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::derivation::{DerivationView, LevelView, levels_view};
use super::finding::{FindingCounts, FindingView, counts};
use super::narrative::Particulars;
use super::result::ResultView;
use crate::budgets::model::six_decimals;
use crate::findings::{self, Finding, Language, Severity};
use crate::http::error::{Error, Result};
use crate::indicators::IndicatorId;
use crate::rule_profiles::model::RuleProfileRef;
use crate::scoring::{self, Assessment, Profile, Scored};
use crate::values::{Exact, Money, Points};

/// The spending that the execution rate is made of.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ExecutionView {
    /// 年初预算数, yuan
    pub initial_amount: Money,
    /// 全年预算数, yuan
    pub adjusted_amount: Money,
    /// 全年执行数, yuan
    pub executed_amount: Money,
    /// 预算执行率 by the profile's denominator, a ratio; absent when nothing was budgeted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rate: Option<Exact>,
}

/// The totals of an assessment; points are absent if an indicator has no weight.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    /// The sum of the computed scores, points.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub computed_total: Option<Points>,
    /// Its grade.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub grade: Option<CodedGrade>,
    /// The sum of the final scores, points.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub final_total: Option<Points>,
    /// Its grade.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub final_grade: Option<CodedGrade>,
    /// The best case, points.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attainable_total: Option<Points>,
    /// The spending.
    pub execution: ExecutionView,
    /// How many findings there are.
    pub finding_counts: FindingCounts,
    /// Sums by level 1 and level 2.
    pub levels: Vec<LevelView>,
}

/// Which assessment, of which project, in which revision, with what it declares.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Identity {
    /// The assessment.
    pub self_assessment_id: String,
    /// Its revision.
    pub revision: i32,
    /// Its project.
    pub project_id: String,
    /// 预算年度
    pub fiscal_year: i32,
    /// 项目代码
    pub project_code: String,
    /// 项目名称
    pub project_name: String,
    /// The organization.
    pub organization_id: String,
    /// 单位代码
    pub organization_code: String,
    /// 单位名称
    pub organization_name: String,
    /// What is declared of the whole.
    pub declared: Value,
}

/// Everything that the rule computes, for readers of both languages. Its canonical JSON (RFC 8785) is frozen and
/// hashed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Content {
    /// Whose content it is: two assessments with the same figures have different hashes.
    pub identity: Identity,
    /// What the report says of the project beside the scores; empty in what was frozen before there were reports.
    #[serde(default)]
    pub particulars: Particulars,
    /// The profile that decided.
    pub rule_profile: RuleProfileRef,
    /// The totals.
    pub summary: Summary,
    /// The indicators with their results, in the order of the form.
    pub results: Vec<ResultView>,
    #[serde(rename = "zh-CN")]
    zh: Explained,
    en: Explained,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Explained {
    derivation: Value,
    findings: Value,
}

/// An assessment with the scores and findings of the core.
pub struct Judged<'a> {
    /// The assessment.
    pub assessment: &'a Assessment,
    /// The profile it is judged by.
    pub profile: &'a Profile,
    /// Its scores.
    pub scored: Scored,
    /// What contradicts what.
    pub findings: Vec<Finding>,
}

impl<'a> Judged<'a> {
    /// Scores and checks an assessment.
    pub fn new(assessment: &'a Assessment, profile: &'a Profile) -> Judged<'a> {
        let scored = scoring::score(assessment, profile);
        let findings = findings::check(assessment, profile, &scored);
        Judged { assessment, profile, scored, findings }
    }

    /// The totals.
    pub fn summary(&self) -> Summary {
        let (scored, execution) = (&self.scored, &self.scored.execution);
        Summary {
            computed_total: scored.computed_total.map(Points::rounded),
            grade: scored.grade.map(Coded),
            final_total: scored.final_total.map(Points::rounded),
            final_grade: scored.final_grade.map(Coded),
            attainable_total: scored.attainable_total.map(Points::rounded),
            execution: ExecutionView {
                initial_amount: Money::from_yuan(execution.initial),
                adjusted_amount: Money::from_yuan(execution.adjusted),
                executed_amount: Money::from_yuan(execution.executed),
                rate: execution.rate.map(six_decimals),
            },
            finding_counts: counts(&self.findings),
            levels: levels_view(&scoring::levels(self.assessment, scored)),
        }
    }

    /// 测算得分 of each row, in the order of the form; none without a weight.
    pub fn computed_scores(&self) -> Vec<Option<Points>> {
        self.scored.rows.iter().map(|row| row.points.map(Points::rounded)).collect()
    }

    /// The derivation for a reader of `language`.
    pub fn derivation(&self, ids: &[IndicatorId], language: Language) -> DerivationView {
        let derivation = scoring::derive(self.assessment, self.profile, &self.scored);
        DerivationView::new(&derivation, self.profile, ids, language)
    }

    /// The findings for a reader of `language`.
    pub fn findings(&self, ids: &[IndicatorId], language: Language) -> Vec<FindingView> {
        self.findings.iter().map(|finding| FindingView::new(finding, ids, language)).collect()
    }

    /// The findings that block submission.
    pub fn blocking(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }

    /// Everything in one piece.
    pub fn content(
        &self,
        (identity, particulars): (Identity, Particulars),
        results: Vec<ResultView>,
        ids: &[IndicatorId],
    ) -> Result<Content> {
        let explained = |language| -> Result<Explained> {
            Ok(Explained {
                derivation: json(&self.derivation(ids, language))?,
                findings: json(&self.findings(ids, language))?,
            })
        };
        Ok(Content {
            identity,
            particulars,
            rule_profile: RuleProfileRef::of(self.profile),
            summary: self.summary(),
            results,
            zh: explained(Language::Zh)?,
            en: explained(Language::En)?,
        })
    }
}

fn json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|cause| Error::internal(&cause))
}

impl Content {
    /// Parses frozen content.
    ///
    /// # Errors
    /// When the stored text is damaged.
    pub fn thaw(text: &str) -> Result<Content> {
        serde_json::from_str(text).map_err(|cause| Error::internal(&cause))
    }

    /// Its canonical JSON, and the SHA-256 of it in hexadecimal.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn freeze(&self) -> Result<(String, String)> {
        let text = serde_json_canonicalizer::to_string(self).map_err(|cause| Error::internal(&cause))?;
        let hash = base16ct::lower::encode_string(&Sha256::digest(text.as_bytes()));
        Ok((text, hash))
    }

    /// The derivation for a reader of `language`.
    pub fn derivation(&self, language: Language) -> &Value {
        &self.explained(language).derivation
    }

    /// The findings for a reader of `language`.
    pub fn findings(&self, language: Language) -> &Value {
        &self.explained(language).findings
    }

    fn explained(&self, language: Language) -> &Explained {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}
