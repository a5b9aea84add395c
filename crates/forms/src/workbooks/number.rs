//! A cell's number as the text that a person sees of it, exactly.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::styles::{Shown, Style};

/// A cell keeps a double; its shortest decimal is what was typed: 54.254300000000001 is 54.2543.
#[expect(clippy::disallowed_types, reason = "what the file keeps is a double; nothing is computed with it")]
fn shortest(written: &str) -> Option<String> {
    written.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number.to_string())
}

/// Spreadsheet programs show and keep fifteen digits; what a sum has beyond them (98.770000000000024) is no figure of
/// anyone's. Whole numbers stay as they are: a code of more digits must not become another one.
fn fifteen_digits(plain: String) -> String {
    let digits = plain.chars().filter(char::is_ascii_digit).collect::<String>();
    let significant = digits.trim_start_matches('0').len();
    let whole = plain.trim_start_matches('-').split('.').next().map_or(0, |whole| whole.trim_start_matches('0').len());
    if significant <= 15 || whole >= 15 {
        return plain;
    }
    let Ok(number) = Decimal::from_str_exact(&plain) else { return plain };
    number.round_sf(15).map_or(plain, |number| number.normalize().to_string())
}

/// The text of a number that is shown like this; none where it is no number.
pub fn text(written: &str, shown: Shown, from_1904: bool) -> Option<String> {
    let plain = fifteen_digits(shortest(written)?);
    // What has more digits than a decimal holds stays as it is.
    let Ok(number) = Decimal::from_str_exact(&plain) else { return Some(plain) };
    let changed = match shown {
        Shown::Number => None,
        Shown::Percent => number.checked_mul(Decimal::ONE_HUNDRED).map(|number| format!("{}%", number.normalize())),
        Shown::Date => day(number, from_1904).map(|day| day.format("%Y-%m-%d").to_string()),
        Shown::Year => day(number, from_1904).map(|day| day.format("%Y年").to_string()),
        Shown::Month => day(number, from_1904).map(|day| day.format("%Y-%m").to_string()),
        Shown::Time => time(number.fract()),
        Shown::Elapsed => time(number),
    };
    Some(changed.unwrap_or(plain))
}

/// The text of a number as a person sees it, with what its format writes around it; what is no number stays as it is.
pub fn shown(written: &str, style: &Style, from_1904: bool) -> String {
    let Some(plain) = text(written, Shown::Number, from_1904) else { return written.to_owned() };
    let number = Decimal::from_str_exact(&plain).ok();
    let Some(section) = number.and_then(|number| style.section(number)) else { return plain };
    if section.is_literal {
        // A dash for nothing is how accounts write 0.
        let literal = format!("{}{}", section.before, section.behind);
        return if literal.trim().trim_matches('-').is_empty() { plain } else { literal };
    }
    let text = smaller(text(written, section.shown, from_1904).unwrap_or(plain), section.down);
    match text.strip_prefix('-') {
        // A section for them writes the sign in its own way: -5, or (5).
        Some(positive) => {
            let (before, behind) = (section.before.as_str(), section.behind.as_str());
            match (before.strip_suffix('-'), before.strip_suffix('(')) {
                (Some(before), _) => format!("{before}-{positive}{behind}"),
                (None, Some(before)) => format!("{before}-{positive}{}", behind.trim_start_matches(')')),
                (None, None) => format!("-{before}{positive}{behind}"),
            }
        }
        None => format!("{}{text}{}", section.before, section.behind),
    }
}

/// A number in the larger unit that its format shows, with all its digits.
fn smaller(text: String, down: u32) -> String {
    let number = Decimal::from_str_exact(&text).ok().filter(|_| down > 0);
    let power = Decimal::try_from_i128_with_scale(1, down).ok();
    let smaller = number.zip(power).and_then(|(number, power)| number.checked_mul(power));
    smaller.map_or(text, |number| number.normalize().to_string())
}

/// Hours, minutes, and seconds where there are any, of days.
fn time(days: Decimal) -> Option<String> {
    let seconds = days.checked_mul(Decimal::from(86_400))?.round();
    let seconds = u64::try_from(seconds).ok()?;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let behind = if seconds > 0 { format!(":{seconds:02}") } else { String::new() };
    Some(format!("{hours}:{minutes:02}{behind}"))
}

/// The day of a serial number: days since the end of 1899, or of 1903.
fn day(serial: Decimal, from_1904: bool) -> Option<NaiveDate> {
    let days = u64::try_from(serial.trunc()).ok().filter(|days| (1..=2_958_465).contains(days))?;
    // The first programs held 1900 for a leap year, so from March 1900 on the count is one too high.
    let (origin, days) = match (from_1904, days) {
        (true, days) => (NaiveDate::from_ymd_opt(1904, 1, 1)?, days),
        (false, 1..=59) => (NaiveDate::from_ymd_opt(1899, 12, 31)?, days),
        (false, days) => (NaiveDate::from_ymd_opt(1899, 12, 30)?, days),
    };
    origin.checked_add_days(Days::new(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_becomes_what_was_typed() {
        let cases = [
            ("54.254300000000001", Shown::Number, "54.2543"),
            ("99.59999999999999", Shown::Number, "99.6"),
            ("98.770000000000024", Shown::Number, "98.77"),
            ("0.30000000000000004", Shown::Number, "0.3"),
            ("0.99870000000000003", Shown::Percent, "99.87%"),
            ("123456789012345678", Shown::Number, "123456789012345680"),
            ("1E-3", Shown::Number, "0.001"),
            ("50", Shown::Number, "50"),
            ("0.97799999999999998", Shown::Percent, "97.8%"),
            ("0.98", Shown::Percent, "98%"),
            ("1", Shown::Percent, "100%"),
            ("45230", Shown::Date, "2023-10-31"),
            ("45230.75", Shown::Date, "2023-10-31"),
            ("59", Shown::Date, "1900-02-28"),
            ("61", Shown::Date, "1900-03-01"),
            ("45230", Shown::Month, "2023-10"),
            ("44896", Shown::Year, "2022年"),
            ("0.5", Shown::Time, "12:00"),
            ("45230.75", Shown::Time, "18:00"),
            ("1.5", Shown::Elapsed, "36:00"),
            ("-3", Shown::Date, "-3"),
        ];
        for (written, shown, expected) in cases {
            assert_eq!(text(written, shown, false).as_deref(), Some(expected), "{written}");
        }
        for (written, code, expected) in [
            ("5", "\"≥\"0\"万元\"", "≥5万元"),
            ("-5", "0\"万元\"", "-5万元"),
            ("12345", "0!.0,\"万元\"", "1.2345万元"),
            ("-480000", "0!.0,\"万元\"", "-48万元"),
            ("-5", "0\"万元\";[Red]-0\"万元\"", "-5万元"),
            ("-5", "#,##0.00_);[Red]\\(#,##0.00\\)", "-5"),
            ("-5", "0;\"≤-\"0", "≤-5"),
            ("0", "_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "0"),
            ("96", "[<=1]0.00%;0.00\"%\"", "96%"),
            ("0.96", "[<=1]0.00%;0.00\"%\"", "96%"),
            ("1", "\"达标\";\"未达标\"", "达标"),
            ("-1", "\"达标\";\"未达标\"", "未达标"),
            ("44896", "e\"年\"m\"月\"", "2022-12"),
        ] {
            assert_eq!(
                super::shown(written, &crate::workbooks::format_codes::style(code), false),
                expected,
                "{written} {code}"
            );
        }
        assert_eq!(text("43768", Shown::Date, true).as_deref(), Some("2023-10-31"));
        assert_eq!(text("NaN", Shown::Number, false), None);
        assert_eq!(text("abc", Shown::Number, false), None);
    }
}
