//! What stands above and below the tables of a form: names, year, total and grade.

use super::amounts;
use super::label::{self, Label};
use super::model::{Cited, Form, Organization};
use super::page::{Page, Text};
use crate::scoring::{Grade, is_not_given};
use crate::workbooks::Place;

/// Reads the names and the year.
pub fn read(page: &Page<'_>, sheet: &str, form: &mut Form) {
    let mut unit_is_sure = false;
    for (row, text) in page.labels() {
        let Some(read) = &text.label else { continue };
        let value = || page.beside(row, text).filter(|cited| !is_not_given(&cited.value));
        match read.label {
            Label::ProjectName => form.project_name = form.project_name.take().or_else(value),
            Label::ProjectCode => form.project_code = form.project_code.take().or_else(value),
            Label::Department => form.department = form.department.take().or_else(|| value().map(organization)),
            // Who fills a form in, or pays, need not be who carries the project out.
            Label::Unit if carries_out(&text.text) || form.unit.is_none() => {
                let is_surer = carries_out(&text.text) && !unit_is_sure;
                if form.unit.is_none() || is_surer {
                    form.unit = value().map(organization).or_else(|| form.unit.take());
                    unit_is_sure = form.unit.is_some() && carries_out(&text.text);
                }
            }
            Label::FiscalYear if form.fiscal_year.is_none() => {
                form.fiscal_year = value().and_then(|cited| Some(cited.with(year(&cited.value, false)?)));
            }
            _ => {}
        }
    }
    if form.fiscal_year.is_none() {
        // What stands above the project's name; of a form without one, above its first label.
        let start = page.find(Label::ProjectName).or_else(|| page.labels().next()).map_or(1, |(row, _)| row);
        let titles = || page.rows.range(..start).flat_map(|(row, texts)| texts.iter().map(|text| (*row, text)));
        let of_title = |read: fn(&str) -> Option<i32>| {
            titles().find_map(|(row, text)| {
                Some(Cited { value: read(&text.text)?, place: Place { row, column: text.column } })
            })
        };
        // （2022年度） says which year is assessed; 2023年部门预算 in a heading above it may be another.
        let found = of_title(year_of_account).or_else(|| of_title(|text| year(text, true)));
        let of_sheet = || Some(Cited { value: year(sheet, true)?, place: Place { row: form.first_row, column: 1 } });
        form.fiscal_year = found.or_else(of_sheet);
    }
}

/// Whether a label names who carries the project out.
fn carries_out(label: &str) -> bool {
    ["实施", "承担", "项目单位", "使用单位"].iter().any(|word| label.contains(word))
}

/// The year of a text that says 年度, or that is nothing but a year in brackets.
fn year_of_account(text: &str) -> Option<i32> {
    let plain: String = text.chars().filter(|char| !char.is_whitespace()).collect();
    let in_brackets = plain.starts_with(['(', '（']) && plain.ends_with([')', '）']);
    let at = plain.find("年度").or(in_brackets.then_some(plain.len()))?;
    let head = plain.get(..at)?;
    let from = head.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    let near = if in_brackets { head } else { head.get(from..)? };
    year(near, false)
}

/// The year of `（2022年度）`, or of a bare `2022`; a date such as `2023年1月15日` says when a form was filled in.
fn year(text: &str, needs_word: bool) -> Option<i32> {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(4).enumerate().find_map(|(at, window)| {
        let digits: String = window.iter().collect();
        let before = at.checked_sub(1).and_then(|before| chars.get(before));
        let mut behind = chars.iter().skip(at + 4).filter(|char| !char.is_whitespace());
        let (after, next) = (behind.next(), behind.next());
        let alone = !before.is_some_and(char::is_ascii_digit) && !after.is_some_and(char::is_ascii_digit);
        let said = !needs_word || after == Some(&'年') && !next.is_some_and(char::is_ascii_digit);
        let year: i32 = digits.parse().ok().filter(|_| alone && said)?;
        (2000..=2100).contains(&year).then_some(year)
    })
}

/// `219001-池州市贵池区棠溪镇人民政府`, `[219001]池州市…`, or a name alone.
fn organization(cited: Cited<String>) -> Cited<Organization> {
    let text = ["公章", "盖章", "签章", "章"].iter().fold(cited.value.trim(), |text, word| {
        let end = text.trim_end_matches([')', '）']);
        match end.strip_suffix(word) {
            Some(head) if end.len() < text.len() && head.ends_with(['(', '（']) => {
                head.trim_end_matches(['(', '（']).trim()
            }
            _ => text,
        }
    });
    let inner = text.strip_prefix(['[', '【', '(', '（']).unwrap_or(text);
    // Codes may have dashes of their own: 410100-06-01-市工信局.
    let is_of_code = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
    let end = inner.find(|char: char| !is_of_code(char)).unwrap_or(inner.len());
    let (run, rest) = inner.split_at(end);
    let code = run.trim_end_matches(['-', '_']);
    let name = rest.trim_start_matches(['-', '—', '–', '－', '_', ']', '】', ')', '）', ' ', '\u{3000}']).trim();
    let is_parted = rest != name || run != code;
    let is_code = code.len() >= 3 && code.bytes().any(|byte| byte.is_ascii_digit()) && is_parted && !name.is_empty();
    let value = if is_code {
        Organization { code: Some(code.to_owned()), name: name.to_owned() }
    } else {
        Organization { code: None, name: text.to_owned() }
    };
    cited.with(value)
}

/// Whether a text is a grade as people write it.
pub fn is_grade(text: &str) -> bool {
    let text = text.trim();
    Grade::from_zh(text).is_some() || ["优秀", "良好", "中等", "一般", "合格", "较差", "不合格"].contains(&text)
}

/// The marks of boxes, ticked and not.
const TICKED: &[char] = &['☑', '✓', '✔', '√', '■', '☒', '●', '▣'];
const OPEN: &[char] = &['□', '☐', '○', '◯', '▢'];

/// Whether a text offers grades to choose from, `优☑ 良□ 中□ 差□` or `优、良、中、差`, and is none itself.
pub fn has_options(text: &str) -> bool {
    let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| is_grade(word)).count();
    words > 1 || text.contains(TICKED) || text.contains(OPEN)
}

/// The one grade whose box is ticked; the box may stand before its word or behind it.
fn ticked(text: &str) -> Option<String> {
    let is_blank = |char: char| char.is_whitespace() || "()（）[]【】、，,；;/|".contains(char);
    let plain: Vec<char> = text.chars().filter(|char| !is_blank(*char)).collect();
    let is_mark = |char: &char| TICKED.contains(char) || OPEN.contains(char);
    let is_before = plain.first().is_some_and(is_mark);
    let mut found = Vec::new();
    for (at, _) in plain.iter().enumerate().filter(|(_, char)| TICKED.contains(char)) {
        let word: String = if is_before {
            plain.iter().skip(at + 1).take_while(|char| !is_mark(char)).collect()
        } else {
            let from = plain.iter().take(at).rposition(is_mark).map_or(0, |mark| mark + 1);
            plain.get(from..at).unwrap_or_default().iter().collect()
        };
        found.push(word);
    }
    found.pop().filter(|word| found.is_empty() && is_grade(word))
}

/// The grade that the texts of a row give: a word alone, or the one that is ticked among several.
pub fn grade_of(row: u32, texts: &[Text]) -> Option<Cited<String>> {
    let is_word = |text: &&Text| is_grade(&text.text) || has_options(&text.text);
    let words: Vec<&Text> = texts.iter().filter(is_word).collect();
    let (first, last) = (words.first()?, words.last()?);
    let place = Place { row, column: first.column };
    if first.column == last.column && !has_options(&first.text) {
        return Some(Cited { value: first.text.trim().to_owned(), place });
    }
    let whole: String = words.iter().map(|text| text.text.as_str()).collect();
    ticked(&whole).map(|value| Cited { value, place })
}

/// Reads a total and a grade that stand outside the tables, as `自评得分：95` or `自评等级 | 优`.
pub fn read_total(page: &mut Page<'_>, form: &mut Form) {
    let inside = form.indicators.first().zip(form.indicators.last()).map(|(first, last)| first.row - 1..=last.row);
    let funds = form.funds.first().zip(form.funds.last()).map(|(first, last)| first.row - 1..=last.row);
    let mut found: Vec<(Label, Cited<String>, String)> = Vec::new();
    for (row, text) in page.labels() {
        let is_inside =
            |rows: &Option<std::ops::RangeInclusive<u32>>| rows.as_ref().is_some_and(|rows| rows.contains(&row));
        if is_inside(&inside) || is_inside(&funds) {
            continue;
        }
        let Some(read) = &text.label else { continue };
        if matches!(read.label, Label::Score | Label::Total | Label::Grade)
            && let Some(value) = page.beside(row, text)
        {
            let behind: Vec<Text> =
                page.rows.get(&row).into_iter().flatten().filter(|one| one.column > text.column).cloned().collect();
            let chosen = grade_of(row, &behind).or_else(|| ticked(&value.value).map(|grade| value.with(grade)));
            let value = match read.label {
                // Of several grades to choose from it is the one that is ticked.
                Label::Grade
                    if has_options(&value.value) || behind.iter().filter(|one| is_grade(&one.text)).count() > 1 =>
                {
                    chosen
                }
                _ => Some(value),
            };
            found.extend(value.map(|value| (read.label, value, text.text.clone())));
        }
    }
    for (label, cited, heading) in found {
        match label {
            Label::Grade if form.grade.is_none() && !is_not_given(&cited.value) => form.grade = Some(cited),
            Label::Score | Label::Total if form.total_score.is_none() && form.total_weight.is_none() => {
                // 总分：95分（优） gives both.
                let (number, bracketed) = label::bare(&cited.value);
                form.total_score = amounts::points(page, &cited.with(number), &heading);
                let grade = bracketed.filter(|text| is_grade(text));
                form.grade = form.grade.take().or_else(|| grade.map(|text| cited.with(text)));
            }
            _ => {}
        }
    }
}
