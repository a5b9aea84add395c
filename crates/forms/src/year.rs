//! The fiscal year that a form's titles say, in any digits.

use crate::workbooks::Place;

/// The year of the texts above a form.
pub fn of_titles(titles: &[(Place, &str)]) -> Option<(Place, i32)> {
    let first =
        |read: fn(&str) -> Option<i32>| titles.iter().find_map(|(place, text)| Some((*place, read(&in_digits(text))?)));
    // （2022年度） alone says which year is assessed; a year in a heading may be that of the budget it is annexed to.
    first(alone)
        .or_else(|| first(of_assessment))
        .or_else(|| first(of_account))
        .or_else(|| first(|text| year(text, true)))
}

/// The text without blanks, with its digits as 0 to 9: ２０２３年度, 二〇二三年度.
fn in_digits(text: &str) -> String {
    let chars: Vec<char> = text.chars().filter(|char| !char.is_whitespace()).collect();
    let numeral = |char: &char| {
        "〇一二三四五六七八九"
            .chars()
            .position(|known| known == *char || (known, *char) == ('〇', '○') || (known, *char) == ('〇', '零'))
    };
    let mut kept = String::new();
    let mut at = 0;
    while let Some(char) = chars.get(at) {
        let run: Vec<usize> = chars.iter().skip(at).map_while(numeral).collect();
        // 二 alone is a number of something else.
        let digits: Option<String> = (run.len() == 4).then(|| {
            run.iter()
                .filter_map(|digit| u32::try_from(*digit).ok().and_then(|digit| char::from_digit(digit, 10)))
                .collect()
        });
        match (digits, char) {
            (Some(digits), _) => {
                kept.push_str(&digits);
                at += 4;
                continue;
            }
            (None, '０'..='９') => kept.push(char::from_u32(u32::from(*char) - 0xFEE0).unwrap_or(*char)),
            (None, other) => kept.push(*other),
        }
        at += 1;
    }
    kept
}

/// The year of a text that is nothing else: `（2023年度）`, `2023`.
fn alone(text: &str) -> Option<i32> {
    let bare = text.trim_matches(['(', '（', ')', '）', '[', ']', '【', '】']);
    let digits = bare.trim_end_matches(['年', '度']);
    (digits.len() == 4).then(|| year(digits, false)).flatten()
}

/// The year nearest to what says that it is an assessment's.
fn of_assessment(text: &str) -> Option<i32> {
    let word = ["自评", "绩效评价"].into_iter().find_map(|word| text.find(word))?;
    let starts = text.char_indices().map(|(at, _)| at);
    let found = starts.filter_map(|at| {
        let before = text.get(..at)?;
        let is_start = !before.ends_with(|char: char| char.is_ascii_digit()) && !before.ends_with('〔');
        let rest = text.get(at..).filter(|rest| is_start && rest.starts_with(|char: char| char.is_ascii_digit()))?;
        let behind = rest.get(4..)?;
        // A year stands in brackets, or is followed by its word; a date says when the form was filled in.
        let is_date =
            behind.strip_prefix('年').is_some_and(|next| next.starts_with(|char: char| char.is_ascii_digit()));
        let is_said = behind.starts_with('年') || before.ends_with(['(', '（']);
        let found = year(rest.get(..4)?, false).filter(|_| is_said && !is_date)?;
        Some((at.abs_diff(word), found))
    });
    found.min().map(|(_, year)| year)
}

/// The year of a text that says 年度, or that is nothing but a year in brackets.
fn of_account(text: &str) -> Option<i32> {
    let head = text.get(..text.find("年度")?)?;
    let from = head.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    year(head.get(from..)?, false)
}

/// The year of `（2022年度）`, or of a bare `2022`; a date such as `2023年1月15日` says when a form was filled in.
pub fn year(text: &str, needs_word: bool) -> Option<i32> {
    let chars: Vec<char> = in_digits(text).chars().collect();
    chars.windows(4).enumerate().find_map(|(at, window)| {
        let digits: String = window.iter().collect();
        let before = at.checked_sub(1).and_then(|before| chars.get(before));
        let mut behind = chars.iter().skip(at + 4);
        let (after, next) = (behind.next(), behind.next());
        let alone = !before.is_some_and(char::is_ascii_digit) && !after.is_some_and(char::is_ascii_digit);
        let said = !needs_word || after == Some(&'年') && !next.is_some_and(char::is_ascii_digit);
        let year: i32 = digits.parse().ok().filter(|_| alone && said)?;
        (2000..=2100).contains(&year).then_some(year)
    })
}
