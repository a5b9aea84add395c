//! The shapes of a rule profile.

use crate::values::CodedConfidence;
use crate::values::CodedEvaluationKind;
use deserr::Deserr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::findings::Language;
use crate::http::error::{Code, Error, Result};
use crate::scoring::{EvaluationKind, Profile, Setting};
use crate::values::NaturalCode;

/// Which rule profile, in which version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleProfileRef {
    /// Its code.
    #[schema(example = "mof-2020")]
    pub code: String,
    /// Its version.
    #[schema(minimum = 1)]
    pub version: u32,
}

impl RuleProfileRef {
    /// The reference of a profile.
    pub fn of(profile: &Profile) -> RuleProfileRef {
        RuleProfileRef { code: profile.code.to_string(), version: profile.version }
    }
}

/// A rule profile as a request chooses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct RuleProfileChoice {
    /// Its code.
    pub code: NaturalCode,
    /// Its version; the latest when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    #[deserr(default)]
    pub version: Option<u32>,
}

/// The profile that an assessment is scored by: the one chosen, or the default of its kind.
///
/// # Errors
/// When there is no such profile, or it is for the other kind of evaluation.
pub fn chosen(choice: Option<&RuleProfileChoice>, kind: Option<EvaluationKind>) -> Result<&'static Profile> {
    let Some(choice) = choice else {
        return Ok(Profile::default_for(kind.unwrap_or(EvaluationKind::UnitSelfAssessment)));
    };
    let code = choice.code.as_str();
    let found = match choice.version {
        Some(version) => Profile::find(code, version),
        None => Profile::latest(code),
    };
    let codes: Vec<&str> = Profile::latest_of_each().map(|profile| profile.code.as_ref()).collect();
    let codes = codes.join(", ");
    let profile = found.ok_or_else(|| {
        Error::field(
            "/rule_profile",
            Code::UnknownReference,
            format!("没有这个评分规则或版本；现有{codes}"),
            format!("there is no such rule profile or version; known are {codes}"),
        )
    })?;
    match kind {
        Some(kind) if kind != profile.evaluation_kind => Err(Error::field(
            "/rule_profile",
            Code::NotAllowedHere,
            format!("{code}用于{}，不用于{}", profile.evaluation_kind.as_str(), kind.as_str()),
            format!("{code} is for {}, not for {}", profile.evaluation_kind.as_str(), kind.as_str()),
        )),
        _ => Ok(profile),
    }
}

/// One setting, with where it comes from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SettingView {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// What it was read from.
    pub basis: String,
    /// How sure it is.
    pub confidence: CodedConfidence,
}

impl SettingView {
    /// The setting for a reader of `language`.
    pub fn of(setting: &Setting, language: Language) -> SettingView {
        let basis = match language {
            Language::Zh => &setting.basis_zh,
            Language::En => &setting.basis,
        };
        SettingView {
            name: setting.name,
            value: setting.value.clone(),
            basis: basis.to_string(),
            confidence: setting.confidence.into(),
        }
    }
}

/// A rule profile (评分规则).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleProfile {
    /// Its code.
    #[schema(example = "mof-2020")]
    pub code: String,
    /// Its version.
    #[schema(minimum = 1)]
    pub version: u32,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub evaluation_kind: CodedEvaluationKind,
    /// Whether it is the default of its kind.
    pub is_default: bool,
    /// Its settings.
    pub settings: Vec<SettingView>,
}

impl RuleProfile {
    /// The profile for a reader of `language`.
    pub fn of(profile: &Profile, language: Language) -> RuleProfile {
        RuleProfile {
            code: profile.code.to_string(),
            version: profile.version,
            name: match language {
                Language::Zh => profile.name_zh.to_string(),
                Language::En => profile.name_en.to_string(),
            },
            evaluation_kind: profile.evaluation_kind.into(),
            is_default: Profile::default_for(profile.evaluation_kind) == profile,
            settings: profile.settings().iter().map(|setting| SettingView::of(setting, language)).collect(),
        }
    }
}

/// All rule profiles.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleProfileList {
    /// The profiles, in every version.
    pub items: Vec<RuleProfile>,
}
