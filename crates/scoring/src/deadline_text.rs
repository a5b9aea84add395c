//! Reads a month or a date out of the ways people write one.

use chrono::{Datelike, NaiveDate};

use super::Deadline;
use super::folded::{Folded, LONGEST_FIGURE, after, after_any, before_any};
use super::number::read_digits;
use super::sign::symbol_before;

/// A deadline with the sign that stood before it, as written.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) deadline: Deadline,
    pub(super) sign: Option<String>,
    /// Written as `2023.12`, which a number may be as well.
    pub(super) is_dotted: bool,
    /// A period, of which the deadline is the end: `2023年1月至12月`.
    pub(super) is_period: bool,
}

const WORDS_BEFORE: &[&str] = &[
    "计划完成时间",
    "实际完成时间",
    "完成时间",
    "完工时间",
    "竣工时间",
    "时间",
    ":",
    "不晚于",
    "不迟于",
    "最迟",
    "截止到",
    "截至",
    "截止",
    "已于",
    "计划",
    "预计",
    "实际",
    "确保",
    "于",
    "在",
    "到",
    "至",
];
const WORDS_AFTER: &[&str] = &[
    "投入使用",
    "全部",
    "完成",
    "完毕",
    "完工",
    "竣工",
    "建成",
    "交付",
    "结束",
    "验收",
    "之前",
    "以前",
    "以内",
    "前",
    "底",
    "末",
    "内",
    "止",
];

/// The deadline that the whole of a text is.
pub(super) fn read(text: &str) -> Option<Found> {
    let folded = Folded::new(text);
    let all = folded.chars.as_slice();
    if all.len() > LONGEST_FIGURE {
        return None;
    }
    let mut rest = all;
    let mut sign = None;
    if let Some((_, others)) = symbol_before(rest) {
        sign = Some(folded.written(0, all.len().saturating_sub(others.len())));
        rest = others;
    }
    while let Some(others) = after_any(rest, WORDS_BEFORE) {
        rest = others;
    }
    while let Some(others) = before_any(rest, WORDS_AFTER) {
        rest = others;
    }
    rest = without_midnight(rest);
    let is_dotted = rest.contains(&'.') && !rest.contains(&'年');
    let whole = read_whole(rest);
    let is_period = whole.is_none();
    let deadline = whole.or_else(|| read_range(rest))?;
    // 1950.5 is an amount: nothing that is assessed today was due then.
    if is_dotted && deadline.last_day().year() < 2000 {
        return None;
    }
    // ≤2023.12 is a number: nobody compares a date in that notation by a sign.
    (sign.is_none() || !is_dotted).then_some(Found { deadline, sign, is_dotted, is_period })
}

/// Spreadsheets print a date as `2023-12-31 00:00:00`.
fn without_midnight(chars: &[char]) -> &[char] {
    before_any(chars, &[" 00:00:00", "T00:00:00", " 00:00", " 0:00:00", " 0:00"]).unwrap_or(chars)
}

fn read_whole(chars: &[char]) -> Option<Deadline> {
    // 20231231
    if let ([year @ .., _, _, _, _], 8) = (chars, chars.len())
        && chars.iter().all(char::is_ascii_digit)
    {
        let ((month, _), (day, _)) = (read_digits(chars.get(4..6)?, 2, 2)?, read_digits(chars.get(6..)?, 2, 2)?);
        let (year, _) = read_digits(year, 4, 4)?;
        let year = i32::try_from(year).ok().filter(|year| (2000..=2099).contains(year))?;
        return date(year, month, day);
    }
    let (year, rest) = read_year(chars)?;
    let (separator, rest) = rest.split_first()?;
    match separator {
        '年' => read_in_year(year, rest),
        '-' | '.' | '/' => {
            let (month, rest) = read_digits(rest, 1, 2)?;
            match rest.split_first() {
                None => Deadline::of_month(year, month),
                Some((other, rest)) if other == separator => {
                    let (day, rest) = read_digits(rest, 1, 2)?;
                    rest.is_empty().then(|| date(year, month, day))?
                }
                Some(_) => None,
            }
        }
        _ => None,
    }
}

fn read_in_year(year: i32, rest: &[char]) -> Option<Deadline> {
    if rest.is_empty() || matches!(rest, ['度' | '内' | '底' | '末'] | ['全', '年']) {
        return date(year, 12, 31);
    }
    if after(rest, "上半年").is_some_and(<[char]>::is_empty) {
        return Deadline::of_month(year, 6);
    }
    if after(rest, "下半年").is_some_and(<[char]>::is_empty) {
        return Deadline::of_month(year, 12);
    }
    let ordinal = after(rest, "第").unwrap_or(rest);
    if let Some((quarter, word)) = ordinal.split_first()
        && after(word, "季度").is_some_and(<[char]>::is_empty)
    {
        let month = match quarter {
            '1' | '一' => 3,
            '2' | '二' => 6,
            '3' | '三' => 9,
            '4' | '四' => 12,
            _ => return None,
        };
        return Deadline::of_month(year, month);
    }
    let (month, rest) = read_digits(rest, 1, 2)?;
    let rest = after_any(rest, &["月份", "月"])?;
    // 旬 are the ten-day parts of a month: they end on the 10th, the 20th and the last day.
    match rest {
        [] | ['下', '旬'] => Deadline::of_month(year, month),
        ['上', '旬'] => date(year, month, 10),
        ['中', '旬'] => date(year, month, 20),
        _ => {
            let (day, rest) = read_digits(rest, 1, 2)?;
            matches!(rest, [] | ['日' | '号']).then(|| date(year, month, day))?
        }
    }
}

/// 2023年1月至12月, 2023年1-12月, 2020-2025年: the end is the deadline.
fn read_range(chars: &[char]) -> Option<Deadline> {
    let (year, _) = read_year(chars)?;
    for (place, char) in chars.iter().enumerate().rev() {
        if !matches!(char, '-' | '~' | '至' | '到') {
            continue;
        }
        let (head, tail) = chars.split_at_checked(place)?;
        let is_date_like = |char: &char| char.is_ascii_digit() || matches!(char, '年' | '月' | '日' | '.' | '-' | '/');
        if !head.iter().all(is_date_like) {
            continue;
        }
        let end = tail.get(1..)?;
        let in_same_year: Vec<char> = format!("{year}年").chars().chain(end.iter().copied()).collect();
        if let Some(found) = read_whole(end).or_else(|| read_whole(&in_same_year)) {
            return Some(found);
        }
    }
    None
}

fn read_year(chars: &[char]) -> Option<(i32, &[char])> {
    let (year, rest) = read_digits(chars, 4, 4)?;
    let year = i32::try_from(year).ok()?;
    (1900..=2199).contains(&year).then_some((year, rest))
}

fn date(year: i32, month: u32, day: u32) -> Option<Deadline> {
    Deadline::of_date(NaiveDate::from_ymd_opt(year, month, day)?)
}
