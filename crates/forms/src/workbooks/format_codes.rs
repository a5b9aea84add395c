//! The codes of number formats, `#,##0.00"万元";[Red]-0`: sections for numbers and texts, each of digits and of what is written
//! around them.

use rust_decimal::Decimal;

use super::styles::{Comparison, Section, Shown, Style};

/// The style of a format code.
pub fn style(code: &str) -> Style {
    let mut style = Style::default();
    for code in sections(code) {
        match of_text(code) {
            Some(around) => {
                style.text = Some(around).filter(|(before, behind)| !(before.is_empty() && behind.is_empty()))
            }
            None => style.sections.push(section(code)),
        }
    }
    style
}

/// The sections of a code, which semicolons part.
fn sections(code: &str) -> Vec<&str> {
    let (mut parts, mut from, mut is_quoted, mut is_escaped) = (Vec::new(), 0, false, false);
    for (at, char) in code.char_indices() {
        match char {
            _ if is_escaped => is_escaped = false,
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '\\' | '!' | '_' | '*' => is_escaped = true,
            ';' => {
                parts.extend(code.get(from..at));
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(code.get(from..));
    parts
}

/// What a code is made of.
enum Part {
    /// A text that is written as it stands.
    Literal(String),
    /// `0`, `#` or `?`, or all that is shown of a number (`General`).
    Digit(char),
    /// Anything else.
    Sign(char),
    Condition(Comparison, Decimal),
}

fn parts(code: &str) -> Vec<Part> {
    const GENERAL: [&str; 2] = ["General", "G/通用格式"];
    let mut parts = Vec::new();
    let mut rest = code;
    while let Some(char) = rest.chars().next() {
        if let Some(behind) = GENERAL.iter().find_map(|word| rest.strip_prefix(word)) {
            parts.push(Part::Digit('G'));
            rest = behind;
            continue;
        }
        rest = rest.get(char.len_utf8()..).unwrap_or_default();
        let mut until = |end: char| {
            let (text, behind) = rest.split_once(end).unwrap_or((rest, ""));
            rest = behind;
            text
        };
        match char {
            '"' => parts.push(Part::Literal(until('"').to_owned())),
            '[' => {
                let text = until(']');
                // [$万元-804] writes 万元; the sign of a currency says nothing that the heading does not say.
                let written = text.strip_prefix('$').map(|text| text.split('-').next().unwrap_or_default());
                match (written, Comparison::read(text)) {
                    (Some(written), _) if !matches!(written, "" | "¥" | "￥" | "$" | "€") => {
                        parts.push(Part::Literal(written.to_owned()));
                    }
                    (None, Some((how, bound))) => parts.push(Part::Condition(how, bound)),
                    _ => {}
                }
            }
            '\\' | '!' | '_' | '*' => {
                let next = rest.chars().next();
                rest = rest.get(next.map_or(0, char::len_utf8)..).unwrap_or_default();
                if matches!(char, '\\' | '!') {
                    parts.extend(next.map(|next| Part::Literal(next.to_string())));
                }
            }
            '0' | '#' | '?' => parts.push(Part::Digit(char)),
            '¥' | '￥' => {}
            // What is no letter of the codes is written as it stands: 0万元, ≥0.
            other if !other.is_ascii() => parts.push(Part::Literal(other.to_string())),
            '<' | '>' | '=' => parts.push(Part::Literal(char.to_string())),
            other => parts.push(Part::Sign(other)),
        }
    }
    parts
}

/// What a section for texts writes around them; none where it is for numbers.
fn of_text(code: &str) -> Option<(String, String)> {
    let parts = parts(code);
    let at = parts.iter().position(|part| matches!(part, Part::Sign('@')))?;
    let written = |parts: &[Part]| {
        let literal = |part: &Part| if let Part::Literal(text) = part { text.clone() } else { String::new() };
        parts.iter().map(literal).collect::<String>()
    };
    Some((written(parts.get(..at)?), written(parts.get(at + 1..)?)))
}

/// A code is padded (`"A"000`) or parted in its middle by more than a number has: there nothing is written around it. A
/// comma behind the last digit shows thousands; a point of its own between digits parts off as many powers of ten as
/// digits follow.
fn section(code: &str) -> Section {
    let shown = of_code(code);
    let mut section = Section { shown, ..Section::default() };
    let (mut zeros, mut is_whole) = (0_u32, true);
    // Digits and commas since the last of the other, and whether a point of its own has come.
    let (mut digits, mut commas, mut is_parted, mut shows) = (0_u32, 0_u32, false, false);
    let mut is_of_time = false;
    for part in parts(code) {
        match part {
            Part::Digit(_) if !section.behind.is_empty() => {
                return Section { shown, condition: section.condition, ..Section::default() };
            }
            Part::Digit(digit) => {
                digits += 1;
                commas = 0;
                section.down += u32::from(is_parted);
                zeros += u32::from(digit == '0' && is_whole && !is_parted);
                shows |= digit != '?';
            }
            Part::Literal(text) if text == "." && digits > 0 && section.behind.is_empty() => is_parted = true,
            Part::Literal(text) if digits > 0 => section.behind.push_str(&text),
            Part::Literal(text) => section.before.push_str(&text),
            Part::Sign(',') => commas += u32::from(digits > 0),
            Part::Sign('.') => is_whole = false,
            Part::Sign(letter) => is_of_time |= "ymdhsegb".contains(letter.to_ascii_lowercase()),
            Part::Condition(how, bound) => section.condition = Some((how, bound)),
        }
    }
    section.down = section.down.saturating_add(commas.saturating_mul(3));
    match shown {
        Shown::Number | Shown::Percent => {
            section.is_literal = !shows && !is_of_time;
            // A month alone is shown as no number: what is kept is asked about, whatever stands around it.
            if zeros > 1 || !shows && is_of_time {
                (section.before, section.behind) = (String::new(), String::new());
            }
            section
        }
        _ => Section { shown, condition: section.condition, ..Section::default() },
    }
}

/// How a section of a format code shows numbers, without what stands in quotes and brackets.
fn of_code(code: &str) -> Shown {
    let mut kept = String::new();
    let mut chars = code.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => drop(chars.by_ref().find(|&char| char == '"')),
            '[' => drop(chars.by_ref().find(|&char| char == ']')),
            '\\' | '!' | '_' | '*' => drop(chars.next()),
            ';' => break,
            other => kept.push(other.to_ascii_lowercase()),
        }
    }
    let has = |char: char| kept.contains(char);
    let has_digits = has('0') || has('#');
    // The year of an era is a year too: e"年".
    let has = |char: char| has(char) || char == 'y' && !has_digits && !kept.contains("general") && has('e');
    if has('%') {
        Shown::Percent
    } else if has('y') && has('d') || has('m') && has('d') {
        Shown::Date
    } else if has('y') && has('m') {
        Shown::Month
    } else if has('y') {
        Shown::Year
    } else if code.contains("[h") || code.contains("[m]") || code.contains("[s") {
        Shown::Elapsed
    } else if has('h') || has(':') && (has('m') || has('s')) {
        Shown::Time
    } else {
        Shown::Number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_code_says_how_a_number_is_shown() {
        let cases = [
            ("0.00%", Shown::Percent),
            ("0.00\"%\"", Shown::Number),
            ("yyyy\"年\"m\"月\"d\"日\"", Shown::Date),
            ("[$-804]yyyy\"年\"m\"月\"", Shown::Month),
            ("yyyy-mm-dd;@", Shown::Date),
            ("yyyy\"年\"", Shown::Year),
            ("#,##0.00_);[Red]\\(#,##0.00\\)", Shown::Number),
            ("General", Shown::Number),
            ("0.00;0%", Shown::Number),
            ("h:mm;@", Shown::Time),
            ("[h]:mm", Shown::Elapsed),
            ("0!.0,\"万元\"", Shown::Number),
        ];
        for (code, shown) in cases {
            assert_eq!(of_code(code), shown, "{code}");
        }
    }

    #[test]
    fn what_a_format_code_writes_around_a_number_is_kept() {
        for (code, before, behind) in [
            ("0\"%\"", "", "%"),
            ("#,##0.00\"万元\"", "", "万元"),
            ("\"≥\"0", "≥", ""),
            ("\"≥\"0.00%\"以上\"", "≥", "以上"),
            ("\"A\"000", "", ""),
            ("yyyy\"年\"m\"月\"", "", ""),
            ("_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "", ""),
            ("0\"-\"00", "", ""),
            ("General", "", ""),
            ("General\"万元\"", "", "万元"),
            ("G/通用格式\"万元\"", "", "万元"),
            ("0万元", "", "万元"),
            ("#,##0.00[$万元-804]", "", "万元"),
            ("[$¥-804]#,##0.00", "", ""),
            ("￥#,##0.00", "", ""),
            ("≥0%", "≥", ""),
            ("0‰", "", "‰"),
        ] {
            let style = style(code);
            let section = style.section(Decimal::ONE).unwrap();
            assert_eq!((section.before.as_str(), section.behind.as_str()), (before, behind), "{code}");
        }
        assert_eq!(style("@\"万元\"").text, Some((String::new(), "万元".to_owned())));
        assert_eq!(style("0;-0;0;@").text, None);
    }

    #[test]
    fn a_format_code_that_shows_a_larger_unit_says_by_how_much() {
        for (code, down) in [
            ("0!.0,\"万元\"", 4),
            ("0!.0,万元", 4),
            ("0\\.0,", 4),
            ("0\".\"00", 2),
            ("#,##0,", 3),
            ("#,##0.00,,\"百万\"", 6),
            ("0.0,\"千元\"", 3),
            ("#,##0.00", 0),
            ("0.00%", 0),
            ("#,##0.00_);[Red]\\(#,##0.00\\)", 0),
        ] {
            assert_eq!(style(code).section(Decimal::ONE).unwrap().down, down, "{code}");
        }
    }
}
