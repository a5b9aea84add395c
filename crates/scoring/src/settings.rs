//! The settings of a profile as a list of names, values and sources, for people to read.

use std::borrow::Cow;

use super::{Confidence, Level1Bound, Level1Rule, Profile, Sourced};

/// One setting of a profile, printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// A stable name, for example `denominator`.
    pub name: &'static str,
    /// The value as text, for example `full_year`.
    pub value: String,
    /// Where it comes from, in English.
    pub basis: Cow<'static, str>,
    /// Where it comes from, in Chinese.
    pub basis_zh: Cow<'static, str>,
    /// How sure that is.
    pub confidence: Confidence,
}

impl Setting {
    fn of<T>(name: &'static str, setting: &Sourced<T>, value: impl FnOnce(&T) -> String) -> Self {
        Self {
            name,
            value: value(&setting.value),
            basis: setting.basis.clone(),
            basis_zh: setting.basis_zh.clone(),
            confidence: setting.confidence,
        }
    }
}

impl Profile {
    /// Every setting with its value, basis and confidence.
    ///
    /// ```
    /// use jixiao_scoring::{Confidence, Profile};
    /// let profile = Profile::latest("hubei-20-80").expect("shipped");
    /// let bands = profile.settings().into_iter().find(|one| one.name == "bands").expect("listed");
    /// assert_eq!((bands.value.as_str(), bands.confidence), ("0.8 / 0.5", Confidence::Secondary));
    /// ```
    #[must_use]
    pub fn settings(&self) -> Vec<Setting> {
        vec![
            Setting::of("execution_weight", &self.execution_weight, |weight| {
                weight.map_or_else(|| "none".to_owned(), |weight| weight.to_string())
            }),
            Setting::of("level1_weights", &self.level1_weights, |rules| {
                let rules: Vec<String> = rules.iter().map(print_level1_rule).collect();
                if rules.is_empty() { "none".to_owned() } else { rules.join(", ") }
            }),
            self.denominator_setting(),
            self.inverse_setting(),
            self.equal_setting(),
            self.cost_setting(),
            Setting::of("is_scored", &self.is_scored, ToString::to_string),
            self.bands_setting(),
            Setting::of("grade_limits", &self.grade_limits, |limits| {
                format!("{} / {} / {}", limits.excellent, limits.good, limits.fair)
            }),
            Setting::of("over_achievement_factor", &self.over_achievement_factor, ToString::to_string),
            Setting::of("reason_execution_rate", &self.reason_execution_rate, ToString::to_string),
            Setting::of("tolerance", &self.tolerance, ToString::to_string),
            Setting::of("unspent_share", &self.unspent_share, ToString::to_string),
            Setting::of("performance_lead", &self.performance_lead, ToString::to_string),
        ]
    }

    pub(super) fn denominator_setting(&self) -> Setting {
        Setting::of("denominator", &self.denominator, |one| one.as_str().to_owned())
    }

    pub(super) fn inverse_setting(&self) -> Setting {
        Setting::of("inverse", &self.inverse, |one| one.as_str().to_owned())
    }

    pub(super) fn equal_setting(&self) -> Setting {
        Setting::of("equal", &self.equal, |one| one.as_str().to_owned())
    }

    pub(super) fn cost_setting(&self) -> Setting {
        Setting::of("cost_without_sign", &self.cost_without_sign, |one| one.as_str().to_owned())
    }

    pub(super) fn bands_setting(&self) -> Setting {
        Setting::of("bands", &self.bands, |bands| format!("{} / {}", bands.achieved_from, bands.partial_from))
    }
}

fn print_level1_rule(rule: &Level1Rule) -> String {
    let levels = if rule.levels.is_empty() { "目标".to_owned() } else { rule.levels.join("+") };
    match rule.bound {
        Level1Bound::Exactly => format!("{levels} {}", rule.weight),
        Level1Bound::AtLeast => format!("{levels} ≥ {}", rule.weight),
    }
}
