//! What stands above and below the tables of a form: names, year, total and grade.

use rust_decimal::Decimal;

use super::amounts;
use super::grade::{grade_of, has_options, is_grade, ticked};
use super::label::{self, Label};
use super::model::{Cited, Form, Organization};
use super::page::{Page, Text};
use super::year;
use crate::workbooks::Place;
use jixiao_scoring::is_not_given;

/// Reads the names and the year.
pub fn read(page: &Page<'_>, sheet: &str, form: &mut Form) {
    let (mut unit_is_sure, mut code_is_sure) = (false, false);
    for (row, text) in page.labels() {
        let Some(read) = &text.label else { continue };
        let value = || page.beside(row, text).filter(|cited| !is_not_given(&cited.value));
        match read.label {
            Label::ProjectName if form.project_name.is_none() => {
                if let Some(cited) = value() {
                    let (code, name) = project(&cited.value);
                    form.project_code = form.project_code.take().or_else(|| code.map(|code| cited.with(code)));
                    form.project_name = Some(cited.with(name));
                    form.project_title = Some(cited.value);
                }
            }
            // A cell of its own says it better than the beginning of a name.
            Label::ProjectCode if !code_is_sure => {
                let code = value();
                code_is_sure = code.is_some();
                form.project_code = code.or_else(|| form.project_code.take());
            }
            Label::Department => form.department = form.department.take().or_else(|| value().map(organization)),
            // Who fills a form in, or pays, need not be who carries the project out.
            Label::Unit if carries_out(text) || form.unit.is_none() => {
                let is_surer = carries_out(text) && !unit_is_sure;
                if form.unit.is_none() || is_surer {
                    form.unit = value().map(organization).or_else(|| form.unit.take());
                    unit_is_sure = form.unit.is_some() && carries_out(text);
                }
            }
            Label::FiscalYear if form.fiscal_year.is_none() => {
                form.fiscal_year = value().and_then(|cited| Some(cited.with(year::year(&cited.value, false)?)));
            }
            _ => {}
        }
    }
    if form.fiscal_year.is_none() {
        // What stands above the project's name; of a form without one, above its first label.
        let start = page.find(Label::ProjectName).or_else(|| page.labels().next()).map_or(1, |(row, _)| row);
        let titles = page.rows.range(..start).flat_map(|(row, texts)| texts.iter().map(|text| (*row, text)));
        let titles: Vec<(Place, &str)> =
            titles.map(|(row, text)| (Place { row, column: text.column }, text.text.as_str())).collect();
        let found = year::of_titles(&titles).map(|(place, value)| Cited { value, place });
        let of_sheet =
            || Some(Cited { value: year::year(sheet, true)?, place: Place { row: form.first_row, column: 1 } });
        form.fiscal_year = found.or_else(of_sheet);
    }
}

/// Whether a label names who carries the project out.
fn carries_out(label: &Text) -> bool {
    ["实施", "承担", "项目单位", "使用单位"].iter().any(|word| label.says(word))
}

/// A code and a name: `51092323T000010263999-河道维护`, `[219001]公用经费`, `（219001）…`; or a name alone. Years and short
/// codes belong to the name: 2023-2024年度…, G318-….
fn project(text: &str) -> (Option<String>, String) {
    const SHORTEST: usize = 6;
    let text = text.trim();
    let Organization { code, name } = match parted(text) {
        Organization { code: None, name } => {
            // A name may begin with digits of its own: 51092324T000010263357-2023年….
            let run = name.find(|char: char| !char.is_ascii_alphanumeric() && char != '-').unwrap_or(name.len());
            let parts = name.get(..run).and_then(|run| run.rfind('-')).map(|at| name.split_at(at));
            let parts = parts.map(|(code, rest)| (code.to_owned(), rest.trim_start_matches('-').to_owned()));
            parts.map_or_else(
                || Organization { code: None, name: text.to_owned() },
                |(code, name)| Organization { code: Some(code), name },
            )
        }
        found => found,
    };
    // WINDOWS-…, GB50016-2014…: a code has more digits than a standard's number, and is no year, month or day.
    let is_date = |code: &str| {
        let first = code.split(['-', '_', '.']).next().unwrap_or_default();
        matches!(first.len(), 4 | 6 | 8)
            && (first.starts_with("19") || first.starts_with("20"))
            && first.bytes().all(|byte| byte.is_ascii_digit())
    };
    let least_digits = if text.starts_with(['[', '【', '(', '（']) { 3 } else { 6 };
    let is_code = |code: &String| {
        let digits = code.bytes().filter(u8::is_ascii_digit).count();
        let is_standard = code.split_once('-').is_some_and(|(_, year)| year.len() == 4 && year.starts_with("20"));
        code.len() >= SHORTEST && digits >= least_digits && !is_date(code) && !is_standard
    };
    match code.filter(is_code) {
        Some(code) => (Some(code), name),
        None => (None, text.to_owned()),
    }
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
    cited.with(parted(text))
}

/// A code before a name, or a name alone.
fn parted(text: &str) -> Organization {
    let inner = text.strip_prefix(['[', '【', '(', '（']).unwrap_or(text);
    // Codes may have dashes of their own: 410100-06-01-市工信局.
    let is_of_code = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
    let end = inner.find(|char: char| !is_of_code(char)).unwrap_or(inner.len());
    let (run, rest) = inner.split_at(end);
    let code = run.trim_end_matches(['-', '_']);
    let name = rest.trim_start_matches(['-', '—', '–', '－', '_', ']', '】', ')', '）', ' ', '\u{3000}']).trim();
    let is_parted = rest != name || run != code;
    let is_code = code.len() >= 3 && code.bytes().any(|byte| byte.is_ascii_digit()) && is_parted && !name.is_empty();
    if is_code {
        Organization { code: Some(code.to_owned()), name: name.to_owned() }
    } else {
        Organization { code: None, name: text.to_owned() }
    }
}

/// What stands beside the label of a total. In a table a total is that of the column of scores, and of no other: beside
/// 合计 may stand the sum of the weights or of the budgets.
fn total_beside(page: &Page<'_>, row: u32, label: &Text, kind: Label) -> Option<Cited<String>> {
    let beside = page.beside(row, label)?;
    if kind == Label::Grade || beside.place.column == label.column {
        return Some(beside);
    }
    let Some((headings, heading)) = page.heading(beside.place) else { return Some(beside) };
    let is_number = |text: &Text| text.column > label.column && amounts::figure(&text.text).is_some();
    let numbers = page.rows.get(&row).into_iter().flatten().filter(|text| is_number(text)).count();
    let is_other = !matches!(heading, None | Some(Label::Score | Label::Total));
    let is_amount = matches!(
        heading,
        Some(Label::Weight | Label::Initial | Label::Adjusted | Label::Executed | Label::Received | Label::Rate)
    );
    if !(is_amount || is_other && numbers > 1) {
        return Some(beside);
    }
    let of_score = page.column(headings, Label::Score).and_then(|column| {
        let score = page.rows.get(&row)?.iter().find(|text| text.column == column)?;
        Some(Cited { value: score.text.trim().to_owned(), place: Place { row, column } })
    });
    // Where there is no column of scores, what stands beside is the total, unless it is an amount.
    of_score.or_else(|| (!is_amount).then_some(beside))
}

/// Reads a total and a grade that stand outside the tables, as `自评得分：95` or `自评等级 | 优`. The table of the
/// indicators begins in the row `table`.
pub fn read_total(page: &mut Page<'_>, table: Option<u32>, form: &mut Form) {
    let ends = form.indicators.first().zip(form.indicators.last());
    let inside = ends.map(|(first, last)| table.unwrap_or(first.row).min(first.row - 1)..=last.row);
    let funds = form.funds.first().zip(form.funds.last()).map(|(first, last)| first.row - 1..=last.row);
    let mut found: Vec<(Label, Cited<String>, String)> = Vec::new();
    // A form says its total once or twice; what repeats it without end is no form's.
    const MOST: usize = 100;
    let mut looked_at = 0_usize;
    for (row, text) in page.labels() {
        let is_inside =
            |rows: &Option<std::ops::RangeInclusive<u32>>| rows.as_ref().is_some_and(|rows| rows.contains(&row));
        if is_inside(&inside) || is_inside(&funds) {
            continue;
        }
        let Some(read) = &text.label else { continue };
        if !matches!(read.label, Label::Score | Label::Total | Label::Grade) {
            continue;
        }
        looked_at += 1;
        if looked_at <= MOST
            && let Some(value) = total_beside(page, row, text, read.label)
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
    // 总分 may say what the form is out of, where 得分 says what it reaches.
    let out_of = form.total_weight.as_ref().map_or(Decimal::ONE_HUNDRED, |weight| weight.value);
    let says_less = |label: Label, cited: &Cited<String>| match amounts::figure(&label::parted(&cited.value).0) {
        Some(figure) => label == Label::Total && figure == out_of,
        None => true,
    };
    found.sort_by_key(|(label, cited, _)| says_less(*label, cited));
    for (label, cited, heading) in found {
        match label {
            Label::Grade if form.grade.is_none() && !is_not_given(&cited.value) => form.grade = Some(cited),
            // The table gave a total already; another one that differs is said.
            Label::Score | Label::Total if form.total_score.is_some() => {
                let (number, _) = label::parted(&cited.value);
                let other = amounts::figure(&number).map(|figure| cited.with(figure));
                let differs = |other: &Cited<Decimal>| {
                    let is_other =
                        |taken: &Cited<Decimal>| taken.place.row != other.place.row && taken.value != other.value;
                    form.total_score.as_ref().is_some_and(is_other) && other.value != out_of
                };
                form.other_total = form.other_total.take().or_else(|| other.filter(differs));
            }
            // The table's own 总分 that gives the weights alone is none reached; 得分 elsewhere is.
            Label::Score | Label::Total if label == Label::Score || form.total_weight.is_none() => {
                // 总分：95分（优） gives both.
                let (number, bracketed) = label::parted(&cited.value);
                form.total_score = amounts::points(page, &cited.with(number), &heading);
                let grade = bracketed.filter(|text| is_grade(text));
                form.grade = form.grade.take().or_else(|| grade.map(|text| cited.with(text)));
            }
            _ => {}
        }
    }
}
