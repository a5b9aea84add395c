//! The columns of the table of indicators: what its headings say, in one row or two.

use super::label::{self, Label};
use super::model::Cited;
use super::page::{Page, Text};
use super::problem::ProblemKind;
use crate::workbooks::Place;
use jixiao_scoring::is_not_given;

/// What each column of the indicators holds.
pub struct Header {
    /// Its first row.
    pub row: u32,
    /// Its last row: a heading may be split over two.
    pub last_row: u32,
    /// 一级指标
    pub level1: Option<u32>,
    /// 二级指标
    pub level2: Option<u32>,
    /// 三级指标
    pub name: u32,
    /// 指标性质, where it has a column of its own.
    pub nature: Option<u32>,
    /// 年度指标值, from the first of its columns to the last.
    pub target: Option<(u32, u32)>,
    /// 调整指标值, where it has a column beside 年初指标值: what stands there counts.
    pub adjusted: Option<u32>,
    /// 度量单位, where it has a column of its own.
    pub unit: Option<u32>,
    /// 实际完成值, from the first of its columns to the last.
    pub actual: Option<(u32, u32)>,
    /// 分值
    pub weight: Option<u32>,
    /// 得分
    pub score: Option<u32>,
    /// 偏差原因
    pub reason: Option<u32>,
    /// 自评等级
    pub grade: Option<u32>,
    /// 指标解释
    pub explanation: Option<u32>,
    /// 评分标准
    pub standard: Option<u32>,
    /// 数据来源
    pub data_source: Option<u32>,
    /// 是否核心指标
    pub core: Option<u32>,
}

/// What a value below 年度指标值 is headed by, beside its sign and its unit.
const VALUES: &[&str] = &["数值", "值", "数额", "目标"];

/// Where the header of the indicators stands, and what its columns are.
pub fn header(page: &Page<'_>) -> Option<Header> {
    page.rows.keys().find_map(|&row| of_row(page, row))
}

fn of_row(page: &Page<'_>, row: u32) -> Option<Header> {
    let name = name(page, row)?;
    let below = page.rows.range(row + 1..).next().filter(|(_, texts)| is_split_heading(texts)).map(|(row, _)| *row);
    let figures = [Label::Target, Label::Actual];
    let has_figures = |row: u32| figures.iter().any(|label| page.column(row, *label).is_some());
    // 年度指标值 and 实际完成值 may stand in the row above the levels.
    let above = page.rows.range(..row).next_back().map(|(row, _)| *row);
    let above =
        above.filter(|above| !has_figures(row) && has_figures(*above) && name_of_level3(page, *above).is_none());
    // What stands in the second row of a heading is the more exact.
    let rows = [below, Some(row), above];
    let place = |label| {
        let place = |row: u32| page.column(row, label).map(|column| Place { row, column });
        rows.into_iter().flatten().find_map(place)
    };
    let column = |label| place(label).map(|place| place.column);
    let span = |place: Place| (place.column, page.last_column(place));
    let behind = |label| place(label).filter(|place| place.column > name);
    let actual = place(Label::Actual).or_else(|| place(Label::ReachedGoal)).map(span);
    let adjusted = adjusted_target(page, rows);
    let of_year = |label| {
        let place = |row: u32| {
            let mut columns = page.columns(row, label).filter(|column| adjusted != Some(*column));
            columns.next().map(|column| Place { row, column })
        };
        rows.into_iter().flatten().find_map(place)
    };
    let target =
        of_year(Label::Target).or_else(|| place(Label::ExpectedGoal)).or_else(|| behind(Label::Goals)).map(span);
    if actual.is_none() && target.is_none() {
        return None;
    }
    let is_of_actual =
        |column: &u32| actual.is_some_and(|(first, last)| first < last && (first..=last).contains(column));
    let texts = || rows.into_iter().flatten().filter_map(|row| page.rows.get(&row)).flatten();
    let beside =
        |label| texts().find(|text| text.announces(&[label]) && !is_of_actual(&text.column)).map(|text| text.column);
    let (mut nature, mut unit) = (beside(Label::Nature), beside(Label::TargetUnit));
    let mut target = target;
    if let Some((first, last)) = target.filter(|(first, last)| first < last) {
        let is_value = |text: &&Text| {
            (first..=last).contains(&text.column) && VALUES.contains(&label::bare(&text.text).0.as_str())
        };
        match below.and_then(|row| page.rows.get(&row)?.iter().find(is_value)) {
            Some(value) => target = Some((value.column, value.column)),
            // The cells below the heading are put together as they stand.
            None => (nature, unit) = (nature.filter(|at| *at < first), unit.filter(|at| *at > last)),
        }
    }
    let reason = page.column_with(row, Label::Reason, "原因").or_else(|| column(Label::Reason));
    Some(Header {
        row: above.unwrap_or(row),
        // A heading that is merged downwards holds for all its rows.
        last_row: below.unwrap_or(row).max(page.last_row(Place { row, column: name })),
        level1: column(Label::Level1),
        level2: column(Label::Level2),
        name,
        nature,
        target,
        adjusted,
        unit,
        actual,
        weight: column(Label::Weight),
        score: column(Label::Score),
        reason,
        grade: column(Label::Grade),
        explanation: column(Label::Explanation),
        standard: column(Label::Standard),
        data_source: column(Label::DataSource),
        core: column(Label::Core),
    })
}

/// The column of the adjusted targets, beside one of those of the beginning of the year.
fn adjusted_target(page: &Page<'_>, rows: [Option<u32>; 3]) -> Option<u32> {
    let of_row = |row: u32| {
        let adjusted = page.column_with(row, Label::Target, "调整")?;
        page.columns(row, Label::Target).any(|column| column != adjusted).then_some(adjusted)
    };
    rows.into_iter().flatten().find_map(of_row)
}

fn name_of_level3(page: &Page<'_>, row: u32) -> Option<u32> {
    page.column(row, Label::Level3)
}

/// The column of the indicators' names: 三级指标, or 绩效指标 behind a level.
fn name(page: &Page<'_>, row: u32) -> Option<u32> {
    let levels = [Label::Level1, Label::Level2].map(|label| page.column(row, label));
    let last = levels.into_iter().flatten().max();
    let behind = || {
        let texts = page.rows.get(&row)?.iter();
        let mut names = texts.filter(|text| text.announces(&[Label::Names]) && Some(text.column) > last);
        last.and_then(|_| names.next()).map(|text| text.column)
    };
    name_of_level3(page, row).or_else(behind)
}

fn is_split_heading(texts: &[Text]) -> bool {
    let parts = [Label::Nature, Label::Target, Label::TargetUnit, Label::Actual, Label::Weight, Label::Score];
    let is_part = |text: &Text| {
        let is_label = text.label.as_ref().is_some_and(|read| read.value.is_none() && parts.contains(&read.label));
        is_label || VALUES.contains(&label::bare(&text.text).0.as_str())
    };
    !texts.is_empty() && texts.iter().all(is_part)
}

/// Whether a row is the header again, as programs print it on each page.
pub fn is_heading(texts: &[Text]) -> bool {
    let headings = [
        Label::Level1,
        Label::Level2,
        Label::Level3,
        Label::Names,
        Label::Target,
        Label::ExpectedGoal,
        Label::ReachedGoal,
        Label::Nature,
        Label::TargetUnit,
        Label::Actual,
        Label::Weight,
        Label::Score,
        Label::Reason,
        Label::Grade,
    ];
    let is_one =
        |text: &&Text| text.label.as_ref().is_some_and(|read| read.value.is_none() && headings.contains(&read.label));
    let levels = [Label::Level1, Label::Level2, Label::Level3];
    let known = texts.iter().filter(is_one).count();
    let is_whole = known > 2 && known + 1 >= texts.len() && texts.iter().any(|text| text.announces(&levels));
    is_whole || is_split_heading(texts)
}

/// The headings that are not known. Where the table lacks a column of its figures each is a problem, so that none is lost
/// in silence; otherwise they are given back.
pub fn check(page: &mut Page<'_>, header: &Header) -> Vec<Cited<String>> {
    let lacks_values = header.target.is_none() || header.actual.is_none();
    let unknown = unknown(page, (header.row, header.last_row), header.name, u32::MAX);
    if !lacks_values && header.weight.is_some() && header.score.is_some() {
        return unknown;
    }
    if unknown.is_empty() && lacks_values {
        let place = Place { row: header.last_row, column: header.name };
        page.problem(ProblemKind::ColumnMissing, place, "绩效指标", None);
    }
    for Cited { value, place } in unknown {
        page.problem(ProblemKind::HeadingUnknown, place, "绩效指标", Some(value));
    }
    Vec::new()
}

/// The texts in the rows of a header behind a column that are no headings and have something below them, before a row.
pub fn unknown(page: &Page<'_>, (first, last): (u32, u32), behind: u32, end: u32) -> Vec<Cited<String>> {
    let is_headed = |column: u32| {
        let below = page.rows.range(last + 1..end).flat_map(|(_, texts)| texts);
        below.into_iter().any(|text| text.column == column && !is_not_given(&text.text))
    };
    let texts = page.rows.range(first..=last).flat_map(|(row, texts)| texts.iter().map(|text| (*row, text)));
    let unknown = texts.filter(|(_, text)| text.column > behind && text.label.is_none() && is_headed(text.column));
    let cited = unknown
        .map(|(row, text)| Cited { value: text.text.trim().to_owned(), place: Place { row, column: text.column } });
    cited.collect()
}
