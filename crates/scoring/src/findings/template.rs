//! Puts evidence into the sentences of the catalogue.
//!
//! `{name}` is a piece of evidence, `{name%}` a ratio as a percentage, `{name!}` one of our own names
//! in the reader's language, and `[…]` falls away where a piece of evidence inside is not there.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::evidence::percent;
use super::{Evidence, Language};
use crate::{Achievement, RowStatus};

type Named = (&'static str, Evidence);

/// The sentence with the evidence in it; `item` is the sentence of one item of a list.
pub(super) fn render(sentence: &str, item: &str, evidence: &[Named], language: Language) -> String {
    let mut whole = String::new();
    let mut rest = sentence;
    while let Some((plain, others)) = rest.split_once('[') {
        let (optional, others) = others.split_once(']').unwrap_or((others, ""));
        whole.push_str(&fill(plain, item, evidence, language).0);
        let (filled, is_complete) = fill(optional, item, evidence, language);
        if is_complete {
            whole.push_str(&filled);
        }
        rest = others;
    }
    whole.push_str(&fill(rest, item, evidence, language).0);
    whole
}

fn fill(template: &str, item: &str, evidence: &[Named], language: Language) -> (String, bool) {
    let mut filled = String::new();
    let mut is_complete = true;
    let mut rest = template;
    while let Some((plain, others)) = rest.split_once('{') {
        let (placeholder, others) = others.split_once('}').unwrap_or((others, ""));
        filled.push_str(plain);
        let name = placeholder.trim_end_matches(['%', '!']);
        match evidence.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(&show(value, placeholder, item, language)),
            None => is_complete = false,
        }
        rest = others;
    }
    filled.push_str(rest);
    (filled, is_complete)
}

fn show(value: &Evidence, placeholder: &str, item: &str, language: Language) -> String {
    match value {
        Evidence::Integer(count) => count.to_string(),
        Evidence::Number(number) if placeholder.ends_with('%') => {
            Decimal::from_str(number).map_or_else(|_| number.clone(), percent)
        }
        Evidence::Text(name) if placeholder.ends_with('!') => term(name, language).to_owned(),
        Evidence::Number(text) | Evidence::Text(text) => text.clone(),
        Evidence::List(items) => {
            let shown: Vec<String> = items.iter().map(|parts| render(item, "", parts, language)).collect();
            match language {
                Language::Zh => shown.join("；"),
                Language::En => shown.join("; "),
            }
        }
    }
}

/// One of our own names in the reader's language.
fn term(name: &str, language: Language) -> &str {
    if let Some(achievement) = Achievement::from_name(name) {
        return match (language, achievement) {
            (Language::Zh, _) => achievement.zh(),
            (Language::En, Achievement::NotAchieved) => "not achieved",
            (Language::En, _) => achievement.as_str(),
        };
    }
    if let Some(status) = RowStatus::from_name(name) {
        return match (language, status) {
            (Language::Zh, _) => status.zh(),
            (Language::En, RowStatus::NotDone) => "not done",
            (Language::En, RowStatus::NotApplicable) => "not applicable",
            (Language::En, RowStatus::NotYetAvailable) => "no data yet",
            (Language::En, RowStatus::NoSurvey) => "no survey",
            (Language::En, RowStatus::Reported) => "reported",
        };
    }
    match (language, name) {
        (Language::Zh, "initial_amount") => "年初预算数",
        (Language::Zh, "adjusted_amount") => "全年预算数",
        (Language::Zh, "executed_amount") => "全年执行数",
        (Language::Zh, "exactly") => "应为",
        (Language::Zh, "at_least") => "不低于",
        (Language::Zh, "at_most") => "不超过",
        (Language::En, "initial_amount") => "initial amount",
        (Language::En, "adjusted_amount") => "adjusted amount",
        (Language::En, "executed_amount") => "executed amount",
        (Language::En, "exactly") => "exactly",
        (Language::En, "at_least") => "at least",
        (Language::En, "at_most") => "at most",
        _ => name,
    }
}
