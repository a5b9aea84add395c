//! Checks of texts: figures that were not read, words that turn a figure round, percentages written as fractions.

use rust_decimal::Decimal;

use super::results::actual_text;
use super::{Evidence, Finding, FindingCode};
use crate::folded::Folded;
use crate::quantity::RawQuantity;
use crate::{Actual, Case, Measure, Quantity, Row, RowScore, Target, deadline_text};

pub(super) fn check_row(index: usize, row: &Row, score: &RowScore, findings: &mut Vec<Finding>) {
    let target_text = row.target_text.as_deref().unwrap_or_default();
    let written = actual_text(row);
    let about = || {
        let mut evidence = vec![("name", Evidence::text(&row.name))];
        evidence.extend(row.target_text.as_deref().map(|text| ("target_text", Evidence::text(text))));
        evidence.push(("actual_text", Evidence::text(written.as_str())));
        evidence
    };
    if score.case == Case::QualitativeNotStated && is_figure_not_read(row) {
        let mut evidence = about();
        evidence.extend(score.points.map(|points| ("points", Evidence::amount(points))));
        findings.push(Finding::of_row(FindingCode::FigureNotRead, index, "actual_text", evidence));
    }
    if let (Some(Target::Deadline(target)), Some(Actual::Deadline(done))) = (&row.target, &row.actual)
        && done.last_day() < target.last_day()
        && [target_text, &written].iter().all(|text| deadline_text::read(text).is_some_and(|found| found.is_period))
    {
        findings.push(Finding::of_row(FindingCode::PeriodEndsEarly, index, "actual_text", about()));
    }
    let Some(Actual::Number(reached)) = &row.actual else { return };
    if let Some(word) = opposite(&written, &[target_text, &row.name]) {
        let mut evidence = about();
        evidence.push(("word", Evidence::text(word)));
        findings.push(Finding::of_row(FindingCode::WordingOpposite, index, "actual_text", evidence));
    }
    let Some(Target::Number { bound, .. }) = &row.target else { return };
    let Some(raw) = RawQuantity::read(&Folded::new(&written).chars) else { return };
    let mut ask = |code, other| {
        let evidence = vec![
            ("name", Evidence::text(&row.name)),
            ("target", Evidence::text(bound.to_string())),
            ("actual_text", Evidence::text(written.as_str())),
            ("actual", Evidence::text(reached.to_string())),
            other,
        ];
        findings.push(Finding::of_row(code, index, "actual_text", evidence));
    };
    if let Some(other) = another_magnitude(bound, reached, &raw) {
        ask(FindingCode::MagnitudeSuspected, ("other", Evidence::Number(other.to_string())));
    }
    if let Some(percent) = as_percent(bound, &raw) {
        ask(FindingCode::PercentScaleSuspected, ("percent", Evidence::text(format!("{percent}%"))));
    }
}

/// Whether a row was scored by what is declared although its texts have figures.
pub(super) fn is_figure_not_read(row: &Row) -> bool {
    let texts = [row.target_text.as_deref().unwrap_or_default(), &actual_text(row)].map(Folded::new);
    row.measure == Measure::Qualitative && texts.iter().any(|text| holds_a_figure(&text.chars))
}

/// A year (2022年) and the number of a document (〔2022〕5号) are no figures of what was reached; a class (A类) is one.
fn holds_a_figure(chars: &[char]) -> bool {
    let mut rest = chars;
    while let [first, others @ ..] = rest {
        rest = match rest {
            ['1' | '2', one, two, three, '年', others @ ..]
                if [one, two, three].iter().all(|char| char.is_ascii_digit()) =>
            {
                others
            }
            ['〔' | '[' | '【', ..] => after_document(others).unwrap_or(others),
            ['A'..='F', '类' | '级' | '等', ..] => return true,
            _ if first.is_ascii_digit() => return true,
            _ => others,
        };
    }
    false
}

/// What follows the number of a document, behind the bracket before its year: `2022〕5号`. None where it is none.
fn after_document(chars: &[char]) -> Option<&[char]> {
    const LONGEST: usize = 16;
    let at = chars.iter().take(LONGEST).position(|char| *char == '号')?;
    let (number, rest) = chars.split_at_checked(at.saturating_add(1))?;
    let is_of_a_number =
        |char: &char| char.is_ascii_digit() || matches!(char, '〕' | ']' | '】' | '第' | '号' | '年' | '-');
    number.iter().all(is_of_a_number).then_some(rest)
}

/// Words that turn a figure round.
const OPPOSITES: &[&str] = &["未", "亏损", "剩余", "负增长", "下降", "减少", "降低", "流失", "欠"];

/// Such a word before the first figure of the actual that none of the other texts has.
fn opposite(actual: &str, others: &[&str]) -> Option<&'static str> {
    // 未发生 says that there was none, and was read so.
    if crate::actual::says_none(actual) {
        return None;
    }
    let before = actual.split(|char: char| char.is_numeric()).next().unwrap_or_default();
    OPPOSITES.iter().copied().find(|word| before.contains(word) && !others.iter().any(|other| other.contains(word)))
}

/// What a bare fraction would be as a percentage, where that is near the target and the fraction is not.
fn as_percent(target: &Quantity, raw: &RawQuantity) -> Option<Decimal> {
    let limit = Decimal::new(15, 1);
    let (target, unit) = (target.value(), target.unit());
    let is_fraction = unit == Some("%") && raw.unit.is_empty() && raw.value > Decimal::ZERO && raw.value <= limit;
    let percent = raw.value.checked_mul(Decimal::ONE_HUNDRED)?.normalize();
    (is_fraction && percent.checked_mul(Decimal::TWO)? >= target && target > limit).then_some(percent)
}

/// What an actual would be without the magnitude of the target, or with its point between thousands, where that is near the
/// target and what was read is not.
fn another_magnitude(target: &Quantity, reached: &Quantity, raw: &RawQuantity) -> Option<Decimal> {
    let (target, read) = (target.scaled_value(), reached.scaled_value());
    let is_near =
        |other: Decimal| other.saturating_mul(Decimal::TEN) >= target && other <= target.saturating_mul(Decimal::TEN);
    let is_far = |small: Decimal, large: Decimal| small.saturating_mul(Decimal::ONE_HUNDRED) < large;
    if raw.unit.is_empty() && target > Decimal::ZERO && is_far(target, read) && is_near(raw.value) {
        return Some(raw.value);
    }
    let thousandfold = raw.value.checked_mul(Decimal::ONE_THOUSAND)?.normalize();
    let parts_thousands = raw.value.scale() == 3 && raw.value < Decimal::ONE_THOUSAND;
    (parts_thousands && is_far(read, target) && is_near(thousandfold)).then_some(thousandfold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_and_a_document_are_no_figures_and_a_class_is_one() {
        for (text, expected) in [
            ("完成2022年度任务", false),
            ("按财预〔2022〕5号执行", false),
            ("按财预[2022]第15号文", false),
            ("【重点】完成12项", true),
            ("[5,10]", true),
            ("执行〔2022〕5号文，完成3项", true),
            ("效果明显", false),
            ("90%以上，力争95%", true),
            ("前10名", true),
            ("A类", true),
        ] {
            assert_eq!(holds_a_figure(&Folded::new(text).chars), expected, "{text}");
        }
    }
}
