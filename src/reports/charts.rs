//! The charts of a report: bars of what was reached against what there was to reach.

use rust_decimal::Decimal;

use super::document::{Bar, Chart};
use super::outline::Writer;
use super::tables::{rate, whole_weight};
use super::words::{say, ten_thousands};
use crate::assessments::LevelView;
use crate::assessments::result::ResultView;
use crate::values::{Money, Points};

/// A length in thousandths of the longest.
fn thousandths(part: Decimal, longest: Decimal) -> u32 {
    let length = part.checked_mul(Decimal::ONE_THOUSAND).and_then(|part| part.checked_div(longest));
    let length = length.unwrap_or_default().clamp(Decimal::ZERO, Decimal::ONE_THOUSAND);
    length.round().to_string().parse().unwrap_or_default()
}

fn chart(caption: String, legend: (&str, &str), bars: Vec<(String, Decimal, Decimal, String)>) -> Chart {
    let longest = bars.iter().map(|(_, part, whole, _)| (*part).max(*whole)).max().unwrap_or_default();
    let bar = |(label, part, whole, text): (String, Decimal, Decimal, String)| Bar {
        label,
        reached: thousandths(part, longest),
        whole: thousandths(whole, longest),
        text,
    };
    Chart { caption, legend: (legend.0.to_owned(), legend.1.to_owned()), bars: bars.into_iter().map(bar).collect() }
}

/// Budget against execution, by category.
pub fn spending(writer: &Writer<'_>, caption: String) -> Chart {
    let language = writer.language;
    let mut sums: Vec<(String, Decimal, Decimal)> = Vec::new();
    for line in &writer.facts.content.particulars.budget_lines {
        let (executed, adjusted) = (line.executed_amount.yuan(), line.adjusted_amount.yuan());
        match sums.iter_mut().find(|(name, _, _)| *name == line.economic_category) {
            Some((_, part, whole)) => (*part, *whole) = (*part + executed, *whole + adjusted),
            None => sums.push((line.economic_category.clone(), executed, adjusted)),
        }
    }
    let unit = say!(language, "万元", "×10,000 yuan");
    let bar = |(name, executed, adjusted): (String, Decimal, Decimal)| {
        let (part, whole) = (Money::from_yuan(executed), Money::from_yuan(adjusted));
        let text = format!("{} / {} {unit}，{}", ten_thousands(part), ten_thousands(whole), rate(part, whole));
        (name, executed, adjusted, text)
    };
    chart(caption, say!(language, ("执行", "预算"), ("executed", "budget")), sums.into_iter().map(bar).collect())
}

/// A bar; without a weight there is nothing that it is compared with.
fn of_points(label: String, reached: Points, weight: Option<Points>) -> (String, Decimal, Decimal, String) {
    let text = weight.map_or_else(|| reached.to_string(), |weight| format!("{reached} / {weight}"));
    (label, reached.points(), weight.unwrap_or_default().points(), text)
}

/// Points against weight, by level.
pub fn level(writer: &Writer<'_>, caption: String) -> Chart {
    let levels = writer.facts.content.summary.levels.iter();
    // What has no weight has nothing to be compared with.
    let of = |level: &LevelView| Some(of_points(level.level1.clone(), level.final_score?, Some(level.weight?)));
    let bars = levels.filter_map(of).collect();
    chart(caption, say!(writer.language, ("得分", "分值"), ("points", "weight")), bars)
}

/// Points against weight, by indicator.
pub fn indicator(writer: &Writer<'_>, caption: String) -> Chart {
    let rows = writer.facts.content.results.iter();
    let of = |one: &ResultView| {
        Some(of_points(one.name.to_string(), one.reviewed_score.or(one.computed_score)?, Some(one.weight?)))
    };
    chart(caption, say!(writer.language, ("得分", "分值"), ("points", "weight")), rows.filter_map(of).collect())
}

/// The declared, the computed and the attainable total against the sum of the weights.
pub fn total(writer: &Writer<'_>, caption: String) -> Chart {
    let (content, language) = (&writer.facts.content, writer.language);
    let summary = &content.summary;
    let weight = whole_weight(content);
    let declared = content.identity.declared["total"].as_str().and_then(|total| total.parse::<Decimal>().ok());
    let label = |zh: &str, en: &str| say!(language, zh, en).to_owned();
    let mut bars = Vec::new();
    bars.extend(declared.map(|total| of_points(label("自评", "declared"), Points::rounded(total), weight)));
    let attainable = summary.attainable_total.map(|total| (label("可达到", "attainable"), total));
    let computed = summary.computed_total.map(|total| (label("测算", "computed"), total));
    let reviewed = summary.final_total.filter(|_| summary.final_total != summary.computed_total);
    let reviewed = reviewed.map(|total| (label("复核", "reviewed"), total));
    let totals = [attainable, computed, reviewed].into_iter().flatten();
    bars.extend(totals.map(|(label, total)| of_points(label, total, weight)));
    chart(caption, say!(language, ("得分", "满分"), ("points", "full marks")), bars)
}
