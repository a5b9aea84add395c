//! 项目支出绩效目标申报表: what a project is to reach, and with how much money. Nothing of it is reached yet.
//!
//! Goals, amounts and indicators of a year stand beside those of several years (中期, 长期, 总); both goals are read, and of
//! the money and the indicators those of the year alone.

use super::columns::{self, Header};
use super::label::{self, Label};
use super::model::{Cited, Form};
use super::page::{Page, Text};
use super::{goal_funds, indicators};
use crate::workbooks::Place;
use jixiao_scoring::is_not_given;

/// Words of what is of several years, and of what is of the year.
const OF_ALL_YEARS: &[&str] = &["中期", "长期", "实施期", "总目标"];
pub const OF_YEAR: &[&str] = &["年度", "本年", "当年"];

/// Level 2 of the statutory frame: a text beside one of these is the name of an indicator, and no explanation.
const CLASSES: &[&str] =
    &["数量", "质量", "时效", "成本", "经济效益", "社会效益", "生态效益", "环境效益", "可持续", "满意度"];

/// Reads the goals, the money and the indicators of a form whose heading has been read.
pub fn read(page: &mut Page<'_>, form: &mut Form) {
    let table = columns::header(page).map_or(u32::MAX, |header| header.row);
    goals(page, table, form);
    let year = form.fiscal_year.as_ref().map(|year| year.value);
    form.funds = goal_funds::read(page, table, year);
    // A table of several years may stand above that of the year.
    if let Some(annual) = page.rows.iter().filter(|(row, _)| **row > table).find(|(_, texts)| is_annual_title(texts)) {
        let annual = *annual.0;
        page.rows.retain(|row, _| !(table..annual).contains(row));
        form.has_long_term_table = true;
    }
    let header = columns::header(page);
    form.has_long_term_table |=
        header.as_ref().is_some_and(|header| page.columns(header.row, Label::Level3).count() > 1);
    match header.map(|header| of_year(page, header)) {
        Some(header) => {
            indicators::read(page, &header, form);
            if is_headed_by_content(page, &header) {
                take_names_of_level2(form);
            }
        }
        None => {
            let place = Place { row: form.first_row, column: 1 };
            page.problem(super::ProblemKind::IndicatorsNotFound, place, "绩效指标", None);
        }
    }
}

/// Whether a row is the title of the indicators of the year: 年度绩效指标.
fn is_annual_title(texts: &[Text]) -> bool {
    let is_one = |text: &Text| OF_YEAR.iter().any(|word| text.says(word)) && text.says("指标") && !text.says("指标值");
    texts.len() <= 2 && texts.iter().any(is_one)
}

/// Where the column of names holds explanations (资金到位率 | 资金到位率=实际到位/计划投入), the names are those of level 2.
fn take_names_of_level2(form: &mut Form) {
    let levels: Vec<&str> =
        form.indicators.iter().filter_map(|row| Some(row.level2.as_ref()?.value.as_str())).collect();
    let is_repeated =
        levels.iter().enumerate().any(|(at, level)| levels.iter().skip(at + 1).any(|other| other == level));
    let explains = |text: &str| text.contains(['=', '＝', '/', '×', '。']) || text.contains("是否");
    if is_repeated || !form.indicators.iter().any(|row| explains(&row.name.value)) {
        return;
    }
    for row in &mut form.indicators {
        let is_class = |level: &Cited<String>| CLASSES.iter().any(|class| level.value.contains(class));
        if let Some(name) = row.level2.take_if(|level| !is_class(level)) {
            row.explanation = Some(std::mem::replace(&mut row.name, name));
        }
    }
}

/// Whether the column of names is headed 指标内容, which may explain what stands at level 2.
fn is_headed_by_content(page: &Page<'_>, header: &Header) -> bool {
    let rows = page.rows.range(header.row..=header.last_row);
    let is_content = |text: &Text| text.column == header.name && label::bare(&text.text).0 == "指标内容";
    header.explanation.is_none() && rows.flat_map(|(_, texts)| texts).any(is_content)
}

/// Whether a text says that what it heads is of several years, and whether of the year.
fn of_years(text: &Text) -> (bool, bool) {
    let says = |words: &[&str]| words.iter().any(|word| text.says(word));
    (says(OF_ALL_YEARS), says(OF_YEAR))
}

/// Of a table whose columns are those of several years and of the year, those of the year.
fn of_year(page: &Page<'_>, header: Header) -> Header {
    let header = target_of_year(page, half_of_year(page, header));
    let target = header.target.filter(|(first, last)| first < last);
    // 指标值 may be parted below: 实施期 | 当年.
    let parted = target.and_then(|(first, last)| {
        let (row, texts) = page.rows.range(header.row + 1..).next()?;
        let is_within = |text: &&Text| (first..=last).contains(&text.column);
        let years: Vec<&Text> =
            texts.iter().filter(is_within).filter(|text| of_years(text) != (false, false)).collect();
        let annual = years.iter().find(|text| of_years(text).1).filter(|_| years.len() > 1)?;
        Some((*row, annual.column))
    });
    match parted {
        Some((row, column)) => Header { target: Some((column, column)), last_row: header.last_row.max(row), ..header },
        None => header,
    }
}

/// Of several columns of targets that of the year.
fn target_of_year(page: &Page<'_>, header: Header) -> Header {
    let rows = header.row..=header.last_row;
    let is_target = |text: &&Text| text.announces(&[Label::Target]) && text.column > header.name;
    let texts: Vec<(u32, &Text)> = page
        .rows
        .range(rows)
        .flat_map(|(row, texts)| texts.iter().filter(is_target).map(move |text| (*row, text)))
        .collect();
    let annual = texts.iter().find(|(_, text)| of_years(text).1);
    let chosen = annual.or_else(|| texts.iter().find(|(_, text)| !of_years(text).0)).filter(|_| texts.len() > 1);
    match chosen {
        Some((row, text)) => {
            let place = Place { row: *row, column: text.column };
            Header { target: Some((text.column, page.last_column(place))), ..header }
        }
        None => header,
    }
}

/// Of a table of two halves that of the year: the right one, unless what stands above says otherwise.
fn half_of_year(page: &Page<'_>, header: Header) -> Header {
    let names: Vec<u32> = page.columns(header.row, Label::Level3).collect();
    let (Some(first), Some(last)) = (names.first().copied(), names.last().copied()) else { return header };
    if first == last {
        return header;
    }
    let above = page.rows.range(..header.row).next_back().map(|(_, texts)| texts.as_slice()).unwrap_or_default();
    let column =
        |wanted: fn((bool, bool)) -> bool| above.iter().find(|text| wanted(of_years(text))).map(|text| text.column);
    let (of_all, of_one) = (column(|(all, one)| all && !one), column(|(_, one)| one));
    // Of the left half the header is what was found first.
    if of_all.zip(of_one).is_some_and(|(all, one)| one < all) {
        return header;
    }
    let within = |column: &u32| *column > first;
    let of = |label: Label, is_before: bool| {
        let rows = [header.last_row, header.row];
        let found = rows.into_iter().flat_map(|row| page.columns(row, label).filter(within).collect::<Vec<u32>>());
        found.into_iter().find(|column| (*column < last) == is_before)
    };
    let target = of(Label::Target, false);
    Header {
        level1: of(Label::Level1, true).or(header.level1),
        level2: of(Label::Level2, true).or(header.level2),
        name: last,
        nature: of(Label::Nature, false),
        target: target.map(|column| (column, page.last_column(Place { row: header.row, column }))),
        unit: of(Label::TargetUnit, false),
        weight: of(Label::Weight, false),
        explanation: of(Label::Explanation, false),
        standard: of(Label::Standard, false),
        data_source: of(Label::DataSource, false),
        ..header
    }
}

/// What a text heads, where it heads a goal: one of the year, or one of several.
pub fn goal_of_year(text: &Text) -> Option<bool> {
    const LONGEST: usize = 14;
    let head = label::bare(text.text.split(['：', ':']).next().unwrap_or_default()).0;
    if !head.ends_with("目标") || head.chars().count() > LONGEST {
        return None;
    }
    let says = |words: &[&str]| words.iter().any(|word| head.contains(word));
    if says(OF_YEAR) { Some(true) } else { (says(OF_ALL_YEARS) || head.ends_with("总体目标")).then_some(false) }
}

/// Headings of goals that are looked at at most; a form has two.
const GOALS: usize = 20;

/// Reads the goals of several years and of the year, before the table in the row `end`.
fn goals(page: &Page<'_>, end: u32, form: &mut Form) {
    let texts = page.rows.range(..end).flat_map(|(row, texts)| texts.iter().map(move |text| (*row, text)));
    let heads: Vec<(u32, &Text, bool)> =
        texts.filter_map(|(row, text)| Some((row, text, goal_of_year(text)?))).take(GOALS).collect();
    let headed = |of_year: bool| {
        let mut wanted = heads.iter().filter(|(.., is_annual)| *is_annual == of_year);
        wanted.find_map(|(row, text, _)| goal(page, *row, text, end))
    };
    form.overall_goal = headed(false);
    form.expected_goal = headed(true).or_else(|| {
        // A form of one year may call them goals alone.
        let is_plain = |(row, text): &(u32, &Text)| {
            *row < end && text.announces(&[Label::Goals, Label::ExpectedGoal]) && goal_of_year(text).is_none()
        };
        let mut plain = page.labels().filter(is_plain).take(GOALS);
        plain.find_map(|(row, text)| goal(page, row, text, end)).filter(|_| heads.is_empty())
    });
}

/// The text of a goal: behind its colon, beside it, or below its heading.
fn goal(page: &Page<'_>, row: u32, heading: &Text, end: u32) -> Option<Cited<String>> {
    let is_heading = |text: &Text| {
        goal_of_year(text).is_some()
            || text.announces(&[Label::Level1, Label::Level2, Label::Level3, Label::Goals, Label::Funds, Label::Note])
    };
    let place = Place { row, column: heading.column };
    let own = heading.text.split_once(['：', ':']).map(|(_, own)| own.trim()).filter(|own| !own.is_empty());
    if let Some(own) = own {
        return Some(Cited { value: own.to_owned(), place }).filter(|goal| !is_not_given(&goal.value));
    }
    let lines = |rows: std::ops::Range<u32>, column: u32| {
        let is_past = |texts: &[Text]| texts.iter().any(|text| text.column == column && is_heading(text));
        let found = page.lines(rows, column, is_past);
        found.filter(|goal| !is_not_given(&goal.value))
    };
    let of_row = page.rows.get(&row).map(Vec::as_slice).unwrap_or_default();
    let last = page.last_row(place);
    if let Some(next) = of_row.iter().find(|text| text.column > heading.column).filter(|next| !is_heading(next)) {
        return lines(row..last.saturating_add(1).min(end), next.column);
    }
    // Below it stands one row, or as many as the label of the block goes down.
    let below = last.saturating_add(1);
    let of_block = of_row.iter().filter(|text| text.column < heading.column);
    let block = of_block.map(|text| page.last_row(Place { row, column: text.column })).max().unwrap_or(row);
    let (first, _) = page.rows.range(below..end).next()?;
    let until = block.max(page.last_row(Place { row: *first, column: heading.column }));
    lines(below..until.saturating_add(1).min(end), heading.column)
}
