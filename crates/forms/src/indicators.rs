//! 绩效指标: the rows of indicators with their results, down to the total.

use rust_decimal::Decimal;

use super::amounts;
use super::columns::{self, Header};
use super::grade;
use super::label::{self, Label};
use super::model::{Cited, Form, FormIndicator, FormKind};
use super::page::{Page, Text};
use super::problem::ProblemKind;
use super::target::joined;
use crate::workbooks::Place;
use jixiao_scoring::is_not_given;

/// Indicators of a form at most; the largest have a hundred.
const MOST: usize = 2_000;

/// 一级指标 of the rows of a form that prints no levels: the name of its table.
pub const WITHOUT_LEVELS: &str = "绩效指标";

/// Reads the rows below the header.
pub fn read(page: &mut Page<'_>, header: &Header, form: &mut Form) {
    form.unread.extend(match form.kind {
        // Nothing is reported in a form of goals yet.
        FormKind::Goals => columns::unknown(page, (header.row, header.last_row), header.name, u32::MAX),
        _ => columns::check(page, header),
    });
    form.has_reasons = header.reason.is_some();
    let rows: Vec<u32> = page.rows.range(header.last_row + 1..).map(|(row, _)| *row).collect();
    let (mut level1, mut level2) = (None, None);
    for row in rows {
        let texts = page.rows.get(&row).cloned().unwrap_or_default();
        if columns::is_heading(&texts) {
            continue;
        }
        let is_indicator = is_indicator(header, &texts);
        // What stands below the table is no row of it, however its label goes on.
        if !is_indicator && texts.len() <= 2 && texts.first().is_some_and(|text| is_remark(&text.text)) {
            return;
        }
        let mut leading = texts.iter().filter(|text| text.column <= header.name);
        if let Some(label) = leading.clone().find(|text| label::is_total(&text.text)) {
            // 合计 beside the levels may sum up one of them only.
            let is_within = header.level2.is_some_and(|level2| label.column >= level2);
            if is_within && is_followed(page, header, row) {
                continue;
            }
            total(page, header, row, form);
            // A total may stand above what it sums up.
            match form.indicators.is_empty() {
                true => continue,
                false => return,
            }
        }
        if leading.any(|text| is_subtotal(&text.text)) {
            continue;
        }
        let ends = [Label::Total, Label::Note, Label::Grade, Label::ProjectName];
        if !is_indicator && texts.first().is_some_and(|text| text.announces(&ends)) {
            return;
        }
        if let Some(across) = across(page, header, row, &texts) {
            // A level may be printed over the rows that it holds for.
            let (level, points) = without_points(&across.value);
            if level.ends_with("指标") {
                keep(&mut form.level1_points, &level, points);
                (level1, level2) = (Some(across.with(level)), None);
            }
            continue;
        }
        levels(page, header, row, (&mut level1, &mut level2), &mut form.level1_points);
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

/// Whether a row has a name first in its own column, and points: 等级：一级公路里程 is an indicator.
fn is_indicator(header: &Header, texts: &[Text]) -> bool {
    let is_points = |text: &Text| text.text.trim().starts_with(|char: char| char.is_ascii_digit());
    let points = [header.weight, header.score];
    texts.first().is_some_and(|text| text.column == header.name)
        && texts.iter().any(|text| points.contains(&Some(text.column)) && is_points(text))
}

/// Whether indicators come below a row.
fn is_followed(page: &Page<'_>, header: &Header, row: u32) -> bool {
    let points = [header.weight, header.score];
    page.rows.range(row + 1..).any(|(_, texts)| {
        let name = texts.iter().find(|text| text.column == header.name);
        let is_name = name.is_some_and(|text| !label::is_total(&text.text) && !is_subtotal(&text.text));
        is_name && texts.iter().any(|text| points.contains(&Some(text.column)))
    })
}

/// What is merged over the names, the targets and the points of a row: no indicator.
fn across(page: &Page<'_>, header: &Header, row: u32, texts: &[Text]) -> Option<Cited<String>> {
    let covered = [Some(header.name), header.target.map(|(first, _)| first), header.weight.or(header.score)];
    let covers = |text: &&Text| {
        let last = page.last_column(Place { row, column: text.column });
        covered.iter().flatten().all(|column| (text.column..=last).contains(column))
    };
    let place = |text: &Text| Place { row, column: text.column };
    texts.iter().find(covers).map(|text| Cited { value: text.text.clone(), place: place(text) })
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

/// Gives the text of a column, by its heading.
type Cells<'a> = &'a mut dyn FnMut(Option<u32>, &str) -> Option<Cited<String>>;

/// A level holds for the rows below it that have none of their own; a new first level ends the second.
fn levels(
    page: &mut Page<'_>,
    header: &Header,
    row: u32,
    (level1, level2): (&mut Level, &mut Level),
    printed: &mut Vec<(String, Decimal)>,
) {
    let mut at = |column: Option<u32>, heading: &str| {
        let cited = page.text(Place { row, column: column? }, heading)?;
        let (name, points) = without_points(&cited.value);
        Some((cited.with(name), points))
    };
    let (own1, own2) = (at(header.level1, "一级指标"), at(header.level2, "二级指标"));
    if let Some((own, points)) = own1 {
        keep(printed, &own.value, points);
        // Printed on each row, it is the same level still.
        if level1.as_ref().is_none_or(|level1| level1.value != own.value) {
            *level2 = None;
        }
        *level1 = Some(own);
    }
    if let Some((own, _)) = own2 {
        *level2 = Some(own).filter(|own| !is_not_given(&own.value));
    }
}

/// The points that a form prints at a level, once.
fn keep(printed: &mut Vec<(String, Decimal)>, level: &str, points: Option<Decimal>) {
    if let Some(points) = points.filter(|_| !printed.iter().any(|(name, _)| name == level)) {
        printed.push((level.to_owned(), points));
    }
}

/// `产出指标（50分）`, `产出指标(满分50)` and `产出指标50分` are 产出指标, and 50.
fn without_points(text: &str) -> (String, Option<Decimal>) {
    let whole: String = text.chars().filter(|char| !char.is_whitespace()).collect();
    let (head, said) = match whole.split_once(['(', '（']) {
        Some((head, tail)) => {
            (head, tail.trim_end_matches([')', '）']).trim_start_matches("满分").trim_end_matches('分'))
        }
        None => {
            let Some(bare) = whole.strip_suffix('分') else { return (whole, None) };
            let head = bare.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.');
            (head, bare.strip_prefix(head).unwrap_or_default())
        }
    };
    match amounts::figure(said).filter(|_| !head.is_empty()) {
        Some(points) => (head.to_owned(), Some(points)),
        None => (whole, None),
    }
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
    let mut values = Values::of(header, &mut at);
    let weight = at(header.weight, "分值");
    let given = |text: &Option<Cited<String>>| text.as_ref().is_some_and(|text| !is_not_given(&text.value));
    let has_target = values.target.iter().skip(1).any(given);
    let has_figures = has_target || values.actual.iter().any(given) || given(&weight) || given(&values.score);
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
    // A target, a result or a reason that is merged over several rows holds for each of them.
    values.fill(Values::of(header, &mut |column, heading| {
        let place = Place { row, column: column? };
        page.text(place, heading)
            .filter(|cited| cited.place.column == place.column && cited.place.row > header.last_row)
    }));
    // A form may print no points for its rows: it is taken as it is, and one finding says what cannot be computed.
    let weight = weight.and_then(|text| amounts::points(page, &text, "分值"));
    // A table without levels has its own name for the one of all its rows.
    let without_levels = || name.with(WITHOUT_LEVELS.to_owned());
    let level1 = level1.clone().or_else(|| (header.level1.is_none() && header.level2.is_none()).then(without_levels));
    if level1.is_none() {
        let place = Place { row, column: header.level1.unwrap_or(header.name) };
        page.problem(ProblemKind::Level1Missing, place, "一级指标", None);
    }
    let mut said = |column: Option<u32>, heading: &str| {
        let own = page.text(Place { row, column: column? }, heading)?;
        Some(own).filter(|cited| cited.place.row > header.last_row && !is_not_given(&cited.value))
    };
    let explanation = said(header.explanation, "指标解释");
    let scoring_standard = said(header.standard, "评分标准");
    let data_source = said(header.data_source, "数据来源");
    let is_core = said(header.core, "是否核心指标").and_then(|core| match core.value.as_str() {
        "是" | "√" => Some(true),
        "否" | "×" => Some(false),
        _ => None,
    });
    let Values { target, actual, score, reason } = values;
    Row::Filled(Box::new(FormIndicator {
        row,
        level1,
        level2: level2.clone(),
        name,
        target: joined(target),
        actual: joined(std::iter::once(None).chain(actual).collect()),
        weight,
        score: score.and_then(|text| amounts::points(page, &text, "得分")),
        reason: reason.filter(|text| !is_not_given(&text.value)),
        explanation,
        scoring_standard,
        data_source,
        is_core,
    }))
}

/// What a row says beside its name and its weight; a sign in a column of its own comes first in the target.
struct Values {
    target: Vec<Option<Cited<String>>>,
    actual: Vec<Option<Cited<String>>>,
    score: Option<Cited<String>>,
    reason: Option<Cited<String>>,
}

impl Values {
    fn of(header: &Header, at: Cells<'_>) -> Values {
        let mut target = vec![at(header.nature, "指标性质")];
        target.extend(cells(header.target, "年度指标值", at));
        target.extend(header.unit.map(|unit| at(Some(unit), "度量单位")));
        let adjusted = at(header.adjusted, "调整指标值").filter(|cited| !is_not_given(&cited.value));
        if let Some(adjusted) = adjusted {
            let unit = target.split_off(target.len() - usize::from(header.unit.is_some()));
            target.truncate(1);
            target.push(Some(adjusted));
            target.extend(unit);
        }
        let actual = cells(header.actual, "实际完成值", at);
        Values { target, actual, score: at(header.score, "得分"), reason: at(header.reason, "偏差原因") }
    }

    /// Takes from another what this one lacks.
    fn fill(&mut self, other: Values) {
        let lacks = |texts: &[Option<Cited<String>>]| texts.iter().all(Option::is_none);
        if lacks(&self.target) {
            self.target = other.target;
        }
        if lacks(&self.actual) {
            self.actual = other.actual;
        }
        self.score = self.score.take().or(other.score);
        self.reason = self.reason.take().or(other.reason);
    }
}

/// The cells below a heading, from its first column to its last.
fn cells(columns: Option<(u32, u32)>, heading: &str, at: Cells<'_>) -> Vec<Option<Cited<String>>> {
    let Some((first, last)) = columns else { return Vec::new() };
    // Of a heading over several columns a cell that is merged counts once.
    let is_own = |cited: &Cited<String>, column: u32| first == last || cited.place.column == column;
    (first..=last).map(|column| at(Some(column), heading).filter(|cited| is_own(cited, column))).collect()
}

/// The last row of the table, or the first: what the form is out of, what it reaches, and perhaps the grade.
fn total(page: &mut Page<'_>, header: &Header, row: u32, form: &mut Form) {
    let mut at = |column: Option<u32>, heading: &str| {
        page.text(Place { row, column: column? }, heading).filter(|cited| cited.place.row == row)
    };
    let texts = (at(header.weight, "总分"), at(header.score, "总分"), at(header.grade, "自评等级"));
    // A total that is merged over all columns before it stands in none of its own.
    let is_label = |text: &Cited<String>| label::is_total(&text.value);
    let (weight, score) = (texts.0.filter(|text| !is_label(text)), texts.1.filter(|text| !is_label(text)));
    let weight = weight.and_then(|text| amounts::points(page, &text, "总分"));
    let score = score.and_then(|text| amounts::points(page, &text, "总分"));
    form.total_weight = weight.or(form.total_weight.take());
    form.total_score = score.or(form.total_score.take());
    let words = page.rows.get(&row).map(Vec::as_slice).unwrap_or_default();
    let of_column = texts.2.filter(|text| !grade::has_options(&text.value));
    form.grade = of_column.or_else(|| grade::grade_of(row, words)).or(form.grade.take());
}
