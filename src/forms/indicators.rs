//! 绩效指标: the rows of indicators with their results, down to the total.

use super::amounts;
use super::heading::is_grade;
use super::label::{self, Label};
use super::model::{Cited, Form, FormIndicator};
use super::page::{Page, Text};
use super::problem::ProblemKind;
use crate::scoring::is_not_given;
use crate::workbooks::Place;

/// Indicators of a form at most; the largest have a hundred.
const MOST: usize = 2_000;

/// What each column of the indicators holds.
pub struct Header {
    /// Its first row.
    pub row: u32,
    /// Its last row: a heading may be split over two.
    last_row: u32,
    level1: Option<u32>,
    level2: Option<u32>,
    name: u32,
    nature: Option<u32>,
    target: Option<u32>,
    unit: Option<u32>,
    actual: Option<u32>,
    weight: Option<u32>,
    score: Option<u32>,
    reason: Option<u32>,
    grade: Option<u32>,
}

/// Where the header of the indicators stands, and what its columns are.
pub fn header(page: &Page<'_>) -> Option<Header> {
    page.rows.keys().find_map(|&row| {
        let name = page.column(row, Label::Level3)?;
        let split = page.rows.range(row + 1..).next().filter(|(_, texts)| is_split_heading(texts)).map(|(row, _)| *row);
        // What stands in the second row of a heading is the more exact.
        let column = |label| split.and_then(|row| page.column(row, label)).or_else(|| page.column(row, label));
        let actual = column(Label::Actual).or_else(|| column(Label::ReachedGoal));
        let target = column(Label::Target).or_else(|| column(Label::ExpectedGoal));
        if actual.is_none() && target.is_none() {
            return None;
        }
        Some(Header {
            row,
            last_row: split.unwrap_or(row),
            level1: column(Label::Level1),
            level2: column(Label::Level2),
            name,
            nature: column(Label::Nature),
            target,
            unit: column(Label::TargetUnit),
            actual,
            weight: column(Label::Weight),
            score: column(Label::Score),
            reason: page.column_with(row, Label::Reason, "原因").or_else(|| column(Label::Reason)),
            grade: column(Label::Grade),
        })
    })
}

fn is_split_heading(texts: &[Text]) -> bool {
    let parts = [Label::Nature, Label::Target, Label::TargetUnit, Label::Actual, Label::Weight, Label::Score];
    !texts.is_empty()
        && texts
            .iter()
            .all(|text| text.label.as_ref().is_some_and(|read| read.value.is_none() && parts.contains(&read.label)))
}

/// Reads the rows below the header.
pub fn read(page: &mut Page<'_>, header: &Header, form: &mut Form) {
    let rows: Vec<u32> = page.rows.range(header.last_row + 1..).map(|(row, _)| *row).collect();
    let (mut level1, mut level2) = (None, None);
    for row in rows {
        let texts = page.rows.get(&row).map(Vec::as_slice).unwrap_or_default();
        // What stands below the table is no row of it, however its label goes on.
        if texts.len() <= 2 && texts.first().is_some_and(|text| is_remark(&text.text)) {
            return;
        }
        let columns = [header.level2, Some(header.name)];
        if texts.iter().any(|text| columns.contains(&Some(text.column)) && is_subtotal(&text.text)) {
            continue;
        }
        match texts.first().and_then(|text| text.label.as_ref()) {
            Some(read) if read.label == Label::Total => {
                total(page, header, row, form);
                return;
            }
            Some(read) if matches!(read.label, Label::Note | Label::Grade | Label::ProjectName) => return,
            _ => {}
        }
        levels(page, header, row, (&mut level1, &mut level2));
        match indicator(page, header, row, &level1, &level2) {
            Row::Filled(_) if form.indicators.len() >= MOST => {
                page.problem(ProblemKind::TooManyRows, Place { row, column: header.name }, "三级指标", None);
                return;
            }
            Row::Filled(indicator) => form.indicators.push(*indicator),
            Row::Empty => form.empty_rows.push(row),
            Row::Other => {}
        }
    }
}

/// Whether a text begins what people add below a table.
fn is_remark(text: &str) -> bool {
    ["备注", "注：", "注:", "说明", "填表说明", "其他需要说明", "填表人", "填报人"]
        .iter()
        .any(|word| text.trim().starts_with(word))
}

/// What a row of the table is.
enum Row {
    Filled(Box<FormIndicator>),
    /// Printed, and not filled in.
    Empty,
    /// No indicator.
    Other,
}

type Level = Option<Cited<String>>;

/// A level holds for the rows below it that have none of their own; a new first level ends the second.
fn levels(page: &mut Page<'_>, header: &Header, row: u32, (level1, level2): (&mut Level, &mut Level)) {
    let mut at = |column: Option<u32>, heading: &str| {
        let cited = page.text(Place { row, column: column? }, heading)?;
        Some(cited.with(without_points(&cited.value)))
    };
    let (own1, own2) = (at(header.level1, "一级指标"), at(header.level2, "二级指标"));
    if let Some(own) = own1 {
        // Printed on each row, it is the same level still.
        if level1.as_ref().is_none_or(|level1| level1.value != own.value) {
            *level2 = None;
        }
        *level1 = Some(own);
    }
    if let Some(own) = own2 {
        *level2 = Some(own).filter(|own| !is_not_given(&own.value));
    }
}

/// `产出指标（50分）`, `产出指标(满分50)` and `产出指标50分` are 产出指标.
fn without_points(text: &str) -> String {
    let whole: String = text.chars().filter(|char| !char.is_whitespace()).collect();
    if let Some((head, tail)) = whole.split_once(['(', '（']) {
        let inner = tail.trim_end_matches([')', '）']).trim_start_matches("满分").trim_end_matches('分');
        return if is_points(inner) { head.to_owned() } else { whole };
    }
    let Some(bare) = whole.strip_suffix('分') else { return whole };
    let head = bare.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.');
    let is_said = !head.is_empty() && bare.strip_prefix(head).is_some_and(is_points);
    if is_said { head.to_owned() } else { whole }
}

fn is_points(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_digit())
        && text.chars().all(|char| char.is_ascii_digit() || char == '.')
}

/// Whether a name says that its row sums up those above.
fn is_subtotal(name: &str) -> bool {
    let (bare, _) = label::bare(name);
    bare == "小计" || bare == "合计" || bare.ends_with("小计")
}

fn indicator(page: &mut Page<'_>, header: &Header, row: u32, level1: &Level, level2: &Level) -> Row {
    let mut at = |column: Option<u32>, heading: &str| {
        let own = page.text(Place { row, column: column? }, heading)?;
        // A cell merged from above belongs to the row where it begins.
        Some(own).filter(|cited| cited.place.row == row)
    };
    let name = at(Some(header.name), "三级指标");
    let target = [at(header.nature, "指标性质"), at(header.target, "年度指标值"), at(header.unit, "度量单位")];
    let actual = at(header.actual, "实际完成值").filter(|text| !text.value.is_empty());
    let weight = at(header.weight, "分值");
    let score = at(header.score, "得分");
    let reason = at(header.reason, "偏差原因").filter(|text| !is_not_given(&text.value));
    let given = |text: &Option<Cited<String>>| text.as_ref().is_some_and(|text| !is_not_given(&text.value));
    let has_figures = given(&target[1]) || given(&actual) || given(&weight) || given(&score);
    let Some(name) = name else {
        if has_figures {
            let place = Place { row, column: header.name };
            page.problem(ProblemKind::NameMissing, place, "三级指标", None);
        }
        return Row::Other;
    };
    if !has_figures {
        return Row::Empty;
    }
    let weight = match weight.filter(|text| !is_not_given(&text.value)) {
        Some(text) => amounts::points(page, &text, "分值"),
        None => {
            let place = Place { row, column: header.weight.unwrap_or(header.name) };
            page.problem(ProblemKind::WeightMissing, place, "分值", None);
            None
        }
    };
    if level1.is_none() {
        let place = Place { row, column: header.level1.unwrap_or(header.name) };
        page.problem(ProblemKind::Level1Missing, place, "一级指标", None);
    }
    Row::Filled(Box::new(FormIndicator {
        row,
        level1: level1.clone(),
        level2: level2.clone(),
        name,
        target: joined(target),
        actual,
        weight,
        score: score.and_then(|text| amounts::points(page, &text, "得分")),
        reason,
    }))
}

/// The target of one column, or of a sign, a value and a unit in columns of their own.
fn joined([nature, value, unit]: [Option<Cited<String>>; 3]) -> Option<Cited<String>> {
    let value = value.filter(|text| !text.value.is_empty())?;
    let is_digit = |char: char| char.is_ascii_digit() || ('０'..='９').contains(&char);
    if !value.value.contains(is_digit) {
        return Some(value);
    }
    let is_figure = value.value.starts_with(|char: char| is_digit(char) || char == '-');
    // A value with a sign of its own needs none; a sign that is not known is kept before it, and never dropped.
    let sign = nature.filter(|_| is_figure).map(|text| sign(&text.value)).unwrap_or_default();
    let unit = unit.map(|text| text.value).filter(|unit| !is_not_given(unit) && value.value.ends_with(is_digit));
    Some(value.with(format!("{sign}{}{}", value.value, unit.unwrap_or_default())))
}

/// A sign as targets have it; empty where the text only says how the indicator is measured.
fn sign(nature: &str) -> String {
    let (bare, _) = label::bare(nature);
    let known = match bare.as_str() {
        "≥" | "≧" | "⩾" | ">=" | "＞=" | "＞＝" | "大于等于" | "大于或等于" | "不低于" | "不少于" | "不小于"
        | "至少" | "正向" | "正向指标" => "≥",
        "≤" | "≦" | "⩽" | "<=" | "＜=" | "＜＝" | "小于等于" | "小于或等于" | "不高于" | "不超过" | "不大于"
        | "不多于" | "至多" | "反向" | "反向指标" | "逆向" | "逆向指标" => "≤",
        ">" | "＞" | "大于" => ">",
        "<" | "＜" | "小于" => "<",
        "=" | "＝" | "等于" => "=",
        _ if is_not_given(nature) => "",
        "定量" | "定性" | "定量指标" | "定性指标" | "数值" | "数量" | "时限" | "百分比" | "约束性" | "预期性" => {
            ""
        }
        other => other,
    };
    known.to_owned()
}

/// The last row of the table: what the form is out of, what it reaches, and perhaps the grade.
fn total(page: &mut Page<'_>, header: &Header, row: u32, form: &mut Form) {
    let mut at = |column: Option<u32>, heading: &str| {
        page.text(Place { row, column: column? }, heading).filter(|cited| cited.place.row == row)
    };
    let texts = (at(header.weight, "总分"), at(header.score, "总分"), at(header.grade, "自评等级"));
    // A total that is merged over all columns before it stands in none of its own.
    let is_label = |text: &Cited<String>| label::read(&text.value).is_some_and(|read| read.label == Label::Total);
    let (weight, score) = (texts.0.filter(|text| !is_label(text)), texts.1.filter(|text| !is_label(text)));
    form.total_weight = weight.and_then(|text| amounts::points(page, &text, "总分"));
    form.total_score = score.and_then(|text| amounts::points(page, &text, "总分"));
    let words = page.rows.get(&row).into_iter().flatten();
    let mut word = words
        .filter(|text| is_grade(&text.text))
        .map(|text| Cited { value: text.text.trim().to_owned(), place: Place { row, column: text.column } });
    form.grade = texts.2.or_else(|| word.next_back());
}
