//! Points and amounts as forms write them: exact, never rounded.

use rust_decimal::Decimal;

use super::model::Cited;
use super::page::Page;
use super::problem::ProblemKind;
use jixiao_scoring::is_not_given;

/// The largest amount of a row, yuan: fourteen digits before the point.
const MAXIMUM_YUAN: i64 = 99_999_999_999_999;

/// How many yuan one of a unit of amounts is; none where the text is no unit that is known.
pub fn yuan_of(unit: &str) -> Option<u32> {
    let plain: String = unit.chars().filter(|char| !char.is_whitespace()).collect();
    let bare = plain.trim_matches(['（', '(', '）', ')']);
    match bare.strip_prefix("人民币").unwrap_or(bare) {
        "元" => Some(1),
        "百元" => Some(100),
        "千元" => Some(1_000),
        "万元" | "万" => Some(10_000),
        "十万元" => Some(100_000),
        "百万元" => Some(1_000_000),
        "千万元" => Some(10_000_000),
        "亿元" | "亿" => Some(100_000_000),
        _ => None,
    }
}

/// How many yuan one of the form's amounts is.
pub fn factor(unit: &str) -> Option<Decimal> {
    yuan_of(unit).map(Decimal::from)
}

/// A number without the commas between its thousands; none where they stand elsewhere: `99,5` is not 995.
fn without_commas(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let groups: Vec<&str> = whole.trim_start_matches('-').split(',').collect();
    let is_grouped = match groups.split_first() {
        Some((first, rest)) if !rest.is_empty() => {
            (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3)
        }
        _ => true,
    };
    (is_grouped && !fraction.contains(',')).then(|| text.replace(',', ""))
}

fn decimal(text: &str) -> Option<Decimal> {
    let plain: String = text
        .chars()
        .filter(|char| !char.is_whitespace() && !matches!(char, '¥' | '￥'))
        .map(|char| match char {
            '０'..='９' => char::from_u32(u32::from(char) - 0xFEE0).unwrap_or(char),
            '．' => '.',
            '－' => '-',
            '，' => ',',
            other => other,
        })
        .collect();
    let plain = without_commas(&plain)?;
    let digits = plain.strip_prefix('-').unwrap_or(&plain);
    let is_number = digits.starts_with(|char: char| char.is_ascii_digit());
    Decimal::from_str_exact(&plain).ok().filter(|_| is_number).map(|number| number.normalize())
}

/// A figure that nothing is taken from.
pub fn figure(text: &str) -> Option<Decimal> {
    decimal(text.trim().trim_end_matches('分'))
}

/// Points: `10`, `10分`, `10%`.
pub fn points(page: &mut Page<'_>, text: &Cited<String>, column: &str) -> Option<Cited<Decimal>> {
    if is_not_given(&text.value) {
        return None;
    }
    let bare = text.value.trim().trim_end_matches(['分', '%', '％']);
    let kind = match decimal(bare) {
        None => ProblemKind::NotANumber,
        Some(number) if number.is_sign_negative() || number > Decimal::from(10_000) => ProblemKind::OutOfRange,
        Some(number) => return Some(text.with(number)),
    };
    page.problem(kind, text.place, column, Some(text.value.clone()));
    None
}

/// The digits of an amount, and the unit behind them.
fn parted(text: &str) -> (&str, Option<&str>) {
    let written = text.trim();
    let digits = written.trim_end_matches(|char: char| !char.is_ascii_digit() && !('０'..='９').contains(&char));
    (digits, written.strip_prefix(digits).map(str::trim).filter(|unit| !unit.is_empty()))
}

/// Whether an amount says its own unit.
pub fn says_unit(text: &str) -> bool {
    parted(text).1.is_some()
}

/// Whether a text is an amount, with its unit or without: 2023年财政拨款 is none.
pub fn is_amount(text: &str) -> bool {
    let (digits, own) = parted(text);
    decimal(digits).is_some() && own.is_none_or(|unit| factor(unit).is_some())
}

/// An amount in yuan: `90`, `1,080.5`, `90万元`; `factor` is the form's own unit.
pub fn yuan(page: &mut Page<'_>, text: &Cited<String>, factor_: Decimal, column: &str) -> Option<Cited<Decimal>> {
    if is_not_given(&text.value) {
        return None;
    }
    let (digits, own) = parted(&text.value);
    let factor = own.map_or(Some(factor_), factor);
    let amount = factor.zip(decimal(digits)).and_then(|(factor, number)| number.checked_mul(factor));
    let kind = match amount.map(|amount| amount.normalize()) {
        None => ProblemKind::NotANumber,
        Some(amount) if amount.is_sign_negative() || amount > Decimal::from(MAXIMUM_YUAN) => ProblemKind::OutOfRange,
        Some(amount) if amount.scale() > 2 => ProblemKind::TooManyDecimals,
        Some(amount) => return Some(text.with(amount)),
    };
    page.problem(kind, text.place, column, Some(text.value.clone()));
    None
}
