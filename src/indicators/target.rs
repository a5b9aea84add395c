//! What was understood of a target: from its text, or given by itself; both must agree.

use std::fmt;

use deserr::Deserr;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::NewIndicator;
use crate::http::error::{Code, FieldError};
use crate::scoring::{self, Comparison, Deadline, Measure, ParsedTarget, Quantity, Target};
use crate::values::{Exact, FromText, LongText, Misread, Points, ShortText, text_json};

/// A month or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadlineText(pub Deadline);

impl fmt::Display for DeadlineText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromText for DeadlineText {
    const PATTERN: &'static str = r"^\d{4}-\d\d(-\d\d)?$";
    const EXAMPLE: &'static str = "2023-12";

    fn from_text(text: &str) -> Result<Self, Misread> {
        let is_iso = matches!(text.len(), 7 | 10) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        Deadline::parse(text).filter(|_| is_iso).map(DeadlineText).ok_or_else(|| {
            Misread::new(
                Code::WrongType,
                "须为年月或日期，例如2023-12或2023-12-31",
                "must be a month or a date such as 2023-12 or 2023-12-31",
            )
        })
    }
}

text_json!(DeadlineText);

/// A target as it was understood: a number with its unit, or a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct TargetValue {
    /// The number, or the lower end of a range.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[deserr(default)]
    pub value: Option<Exact>,
    /// The upper end of a range.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[deserr(default)]
    pub upper: Option<Exact>,
    /// The unit, with its magnitude: 人次, 万元.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[deserr(default)]
    pub unit: Option<ShortText>,
    /// Whether it is approximate (约, 余, 左右).
    #[deserr(default)]
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    #[schema(required = false)]
    pub is_approximate: bool,
    /// The month or day, for the measure `deadline`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[deserr(default)]
    pub deadline: Option<DeadlineText>,
}

impl TargetValue {
    /// What of a parsed target has figures.
    fn of(target: &Target) -> Option<TargetValue> {
        match target {
            Target::Number { bound, upper } => Some(TargetValue {
                value: Some(Exact(bound.value())),
                upper: upper.as_ref().map(|upper| Exact(upper.value())),
                unit: bound.unit().and_then(|unit| ShortText::from_text(unit).ok()),
                is_approximate: bound.is_approximate(),
                deadline: None,
            }),
            Target::Deadline(deadline) => Some(TargetValue {
                value: None,
                upper: None,
                unit: None,
                is_approximate: false,
                deadline: Some(DeadlineText(*deadline)),
            }),
            Target::Text(_) => None,
        }
    }

    /// The target as the core reads it, whose parts were found good when it was written.
    pub fn target(&self) -> Option<Target> {
        self.target_by(Quantity::known)
    }

    /// None where a unit is none, or a number is beyond what can be scaled.
    fn target_by(&self, quantity: impl Fn(Decimal, Option<&str>, bool) -> Option<Quantity>) -> Option<Target> {
        if let Some(deadline) = self.deadline {
            return Some(Target::Deadline(deadline.0));
        }
        let unit = self.unit.as_ref().map(ShortText::as_str);
        let quantity = |value: Exact| quantity(value.0, unit, self.is_approximate);
        let bound = quantity(self.value?)?;
        let upper = match self.upper {
            Some(upper) => Some(quantity(upper)?),
            None => None,
        };
        Some(Target::Number { bound, upper })
    }
}

/// How an indicator is measured, once its parts agree.
pub struct Understood {
    /// 指标性质.
    pub measure: Measure,
    /// How the target bounds the actual.
    pub comparison: Option<Comparison>,
    /// What was understood of the target.
    pub target: Option<TargetValue>,
}

/// The points of a whole assessment: no indicator has more.
const FULL: Decimal = Decimal::ONE_HUNDRED;

/// What is wrong with a weight, if it is larger than all points together.
pub fn check_weight(weight: Points) -> Option<Misread> {
    let is_larger = weight.points() > FULL;
    is_larger.then(|| Misread::out_of_range(&weight.to_string(), ("分", "points"), &Decimal::ZERO, &FULL))
}

/// Brings the parts of an indicator together: what is given by itself must agree with the text.
pub fn understand(new: &NewIndicator, pointer: &str) -> Result<Understood, Vec<FieldError>> {
    let parsed = new.target_text.as_ref().map(|text| scoring::parse_target(text.as_str(), None));
    let given_measure = new.target.as_ref().map(|target| match target.deadline {
        Some(_) => Measure::Deadline,
        None => Measure::Number,
    });
    let understood = parsed.as_ref().map(|parsed| parsed.measure);
    // 预算执行率 is taken from the budget lines, never from what is typed beside it.
    let named = new.name.as_str().contains("预算执行率").then_some(Measure::BudgetExecution);
    let measure =
        new.measure.map(|one| one.0).or(given_measure).or(named).or(understood).unwrap_or(Measure::Qualitative);
    let given_comparison = new.comparison.map(|one| one.0);
    let mut errors = Vec::new();
    let mut wrong = |field: &str, code, zh: &str, en: &str| {
        errors.push(Misread::new(code, zh, en).at(format!("{pointer}/{field}")));
    };
    let has_figures = matches!(measure, Measure::Number | Measure::Deadline);
    if let Some(Misread { code, detail }) = new.weight.and_then(check_weight) {
        wrong("weight", code, &detail.zh, &detail.en);
    }
    if new.target.is_some() && given_measure != Some(measure) {
        wrong("target", Code::NotAllowedHere, "与指标性质measure不符", "does not go with the measure");
    }
    if new.comparison.is_some() && measure != Measure::Number {
        wrong("comparison", Code::NotAllowedHere, "只用于数值指标(number)", "goes with the measure number only");
    }
    if let Some(target) = &new.target {
        check_parts(target, given_comparison, &mut wrong);
    }
    let from_text = parsed.as_ref().filter(|parsed| parsed.measure == measure && has_figures);
    if let Some(text) = new.target_text.as_ref().filter(|text| has_figures && !scoring::is_not_given(text.as_str())) {
        match from_text.and_then(|parsed| parsed.target.as_ref()) {
            None => {
                let (zh, en) = expected(measure, text);
                wrong("target_text", Code::TargetNotUnderstood, &zh, &en);
            }
            Some(target) => {
                let target = TargetValue::of(target);
                if new.target.is_some() && new.target != target {
                    wrong(
                        "target",
                        Code::TargetContradictsText,
                        "与target_text不一致",
                        "does not agree with target_text",
                    );
                }
            }
        }
    }
    let signed = from_text.filter(|parsed| parsed.sign.is_some() || parsed.comparison == Some(Comparison::Between));
    let comparison = comparison(new, measure, from_text, signed);
    if measure == Measure::Number && given_comparison.is_some() && given_comparison != comparison {
        wrong(
            "comparison",
            Code::TargetContradictsText,
            "与target_text中的符号不一致",
            "does not agree with the sign in target_text",
        );
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let target =
        from_text.and_then(|parsed| parsed.target.as_ref()).and_then(TargetValue::of).or_else(|| new.target.clone());
    Ok(Understood { measure, comparison, target })
}

fn comparison(
    new: &NewIndicator,
    measure: Measure,
    from_text: Option<&ParsedTarget>,
    signed: Option<&ParsedTarget>,
) -> Option<Comparison> {
    let by_range = new.target.as_ref().and_then(|target| target.upper).map(|_| Comparison::Between);
    let written = signed.and_then(|parsed| parsed.comparison);
    let read = from_text.and_then(|parsed| parsed.comparison);
    let found = written.or(new.comparison.map(|one| one.0)).or(by_range).or(read).or(Some(Comparison::AtLeast));
    found.filter(|_| measure == Measure::Number)
}

fn check_parts(target: &TargetValue, comparison: Option<Comparison>, wrong: &mut impl FnMut(&str, Code, &str, &str)) {
    if target.deadline.is_some() && (target.value.is_some() || target.upper.is_some() || target.unit.is_some()) {
        wrong(
            "target/deadline",
            Code::NotAllowedHere,
            "不能与value、upper、unit同时给出",
            "does not go with value, upper or unit",
        );
    }
    if target.deadline.is_none() && target.value.is_none() {
        wrong("target/value", Code::MissingField, "须给出value或deadline", "value or deadline is required");
    }
    if comparison == Some(Comparison::Between) && target.upper.is_none() {
        wrong("target/upper", Code::MissingField, "between须给出upper", "between needs upper");
    }
    match (comparison, target.upper) {
        (Some(one), Some(_)) if one != Comparison::Between => {
            wrong("target/upper", Code::NotAllowedHere, "只用于between", "goes with between only");
        }
        _ => {}
    }
    if target.upper.is_some() && target.upper < target.value {
        wrong("target/upper", Code::OutOfRange, "不能小于value", "must not be below value");
    }
    if target.deadline.is_none() && target.value.is_some() && target.target_by(Quantity::new).is_none() {
        wrong("target/value", Code::OutOfRange, "换算单位后超出范围", "is out of range once its unit is scaled");
    }
}

fn expected(measure: Measure, text: &LongText) -> (String, String) {
    let text = crate::values::shortened(text.as_str());
    match measure {
        Measure::Deadline => (
            format!("时限指标须为年月或日期，例如2023年12月；收到\"{text}\""),
            format!("a deadline is a month or a date such as 2023年12月; got \"{text}\""),
        ),
        _ => (
            format!("数值指标须为数字和单位，例如≥266米；收到\"{text}\""),
            format!("a number target is a number with its unit such as ≥266米; got \"{text}\""),
        ),
    }
}
