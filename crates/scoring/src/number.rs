//! A number at the head of a text: digits, thousands separators, a decimal point, a minus.

use rust_decimal::Decimal;

/// The number and what follows it. Thousands separators count only where they part groups of three;
/// a number that does not fit a decimal exactly is no number.
pub(super) fn read_number(chars: &[char]) -> Option<(Decimal, &[char])> {
    let mut digits = String::new();
    let mut rest = chars;
    if let Some((sign @ ('-' | '+'), others)) = rest.split_first() {
        if *sign == '-' {
            digits.push('-');
        }
        rest = others;
    }
    let (whole, after_whole) = split_digits(rest);
    digits.extend(whole);
    rest = after_whole;
    let mut grouped = (1..=3).contains(&whole.len());
    while grouped && let Some((',' | '\'' | '’', others)) = rest.split_first() {
        let (group, after_group) = split_digits(others);
        if group.len() != 3 {
            grouped = false;
            continue;
        }
        digits.extend(group);
        rest = after_group;
    }
    let mut fraction_given = false;
    if let Some(('.', others)) = rest.split_first() {
        let (fraction, after_fraction) = split_digits(others);
        if !fraction.is_empty() {
            if whole.is_empty() {
                digits.push('0');
            }
            digits.push('.');
            digits.extend(fraction);
            rest = after_fraction;
            fraction_given = true;
        }
    }
    if whole.is_empty() && !fraction_given {
        return None;
    }
    Some((Decimal::from_str_exact(&digits).ok()?, rest))
}

fn split_digits(chars: &[char]) -> (&[char], &[char]) {
    let length = chars.iter().take_while(|char| char.is_ascii_digit()).count();
    chars.split_at_checked(length).unwrap_or((&[], chars))
}

/// The digits at the head as a small whole number, between `least` and `most` digits long.
pub(super) fn read_digits(chars: &[char], least: usize, most: usize) -> Option<(u32, &[char])> {
    let (digits, rest) = split_digits(chars);
    if !(least..=most).contains(&digits.len()) {
        return None;
    }
    let text: String = digits.iter().collect();
    Some((text.parse().ok()?, rest))
}
