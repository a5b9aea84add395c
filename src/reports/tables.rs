//! The tables of a report: the figures of the content, and nothing computed anew but balances and rates of budget lines.

use rust_decimal::Decimal;
use serde_json::Value;

use super::document::{Align, Cell, Column, Row, RowKind, Table};
use super::facts::{Contradiction, Facts};
use super::outline::{Dimension, Writer};
use super::words::{self, achievement, points, say, ten_thousands};
use crate::assessments::content::Content;
use crate::assessments::narrative::Spending;
use crate::assessments::result::ResultView;
use crate::findings::Language;
use crate::values::{Exact, Money, Points};

/// Whether a finding is about the funds.
pub fn is_about_funds(one: &Contradiction) -> bool {
    let of = ["/execution", "/budget", "/declared/initial", "/declared/adjusted", "/declared/executed"];
    of.iter().any(|start| one.pointer.starts_with(start))
}

/// Whether a finding is about the set of indicators.
pub fn is_about_indicators(one: &Contradiction) -> bool {
    matches!(one.pointer.as_str(), "/results" | "/declared/indicator_count")
}

/// Whether a finding is about the whole: all that stands nowhere else.
pub fn is_about_totals(one: &Contradiction) -> bool {
    !is_about_funds(one) && !is_about_indicators(one) && one.pointer != "/goals"
}

/// The rows of the form that belong to a dimension, by their numbers.
pub fn rows_of(facts: &Facts, dimension: Dimension) -> Vec<usize> {
    let rows = facts.content.results.iter().enumerate();
    rows.filter(|(_, row)| Dimension::of(row.level1.as_str()) == dimension).map(|(number, _)| number).collect()
}

fn columns(language: Language, of: &[(&str, &str, u32, Align)]) -> Vec<Column> {
    let column = |&(zh, en, width, align): &(&str, &str, u32, Align)| Column {
        title: say!(language, zh, en).to_owned(),
        width,
        align,
    };
    of.iter().map(column).collect()
}

fn cell(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), marks: Vec::new() }
}

fn row(kind: RowKind, texts: impl IntoIterator<Item = String>) -> Row {
    Row { kind, cells: texts.into_iter().map(cell).collect() }
}

fn text(value: &Option<impl ToString>) -> String {
    value.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// The execution rate of some spending.
pub fn rate(executed: Money, adjusted: Money) -> String {
    match executed.yuan().checked_div(adjusted.yuan()) {
        Some(rate) => words::percentage(Exact(rate.round_dp(6))),
        None => "—".to_owned(),
    }
}

/// 项目资金: each budget line and their sum, in 万元.
pub fn funds(writer: &Writer<'_>, caption: String) -> Table {
    let (content, language) = (&writer.facts.content, writer.language);
    let amounts = |initial: Money, adjusted: Money, executed: Money| {
        let balance = Money::from_yuan(adjusted.yuan() - executed.yuan());
        let amounts = [initial, adjusted, executed, balance].map(ten_thousands);
        amounts.into_iter().chain([rate(executed, adjusted)])
    };
    let line = |line: &Spending| {
        let names = [words::funding_source(&line.funding_source, language), line.economic_category.clone()];
        let amounts = amounts(line.initial_amount, line.adjusted_amount, line.executed_amount);
        row(RowKind::Plain, names.into_iter().chain(amounts))
    };
    let mut rows: Vec<Row> = content.particulars.budget_lines.iter().map(line).collect();
    let execution = &content.summary.execution;
    let names = [say!(language, "合计", "Total").to_owned(), String::new()];
    let sums = amounts(execution.initial_amount, execution.adjusted_amount, execution.executed_amount);
    let mut total = row(RowKind::Total, names.into_iter().chain(sums));
    for one in writer.findings.iter().filter(|one| is_about_funds(one)) {
        let at = match one.pointer.as_str() {
            "/declared/initial_amount" => 2,
            "/declared/adjusted_amount" => 3,
            "/declared/executed_amount" => 4,
            _ => 6,
        };
        if let Some(cell) = total.cells.get_mut(at) {
            cell.marks.push(one.mark());
        }
    }
    rows.push(total);
    Table {
        caption,
        columns: columns(
            language,
            &[
                ("资金来源", "Source", 18, Align::Left),
                ("支出分类", "Category", 18, Align::Left),
                ("年初预算", "Initial", 13, Align::Right),
                ("全年预算", "Adjusted", 13, Align::Right),
                ("全年执行", "Executed", 13, Align::Right),
                ("余额", "Balance", 13, Align::Right),
                ("执行率", "Rate", 12, Align::Right),
            ],
        ),
        rows,
    }
}

/// 实施计划
pub fn plan(writer: &Writer<'_>, caption: String) -> Table {
    let steps = writer.facts.content.particulars.implementation_plan.iter();
    Table {
        caption,
        columns: columns(
            writer.language,
            &[("月份", "Months", 20, Align::Center), ("工作内容", "Work", 80, Align::Left)],
        ),
        rows: steps.map(|step| row(RowKind::Plain, [step.months.to_string(), step.work.to_string()])).collect(),
    }
}

/// What the whole is out of; none where an indicator has no weight.
pub fn whole_weight(content: &Content) -> Option<Points> {
    let weights = content.results.iter().map(|one| one.weight.map(Points::points));
    weights.sum::<Option<Decimal>>().map(Points::rounded)
}

/// 绩效指标 with targets and weights.
pub fn indicators(writer: &Writer<'_>, caption: String) -> Table {
    let content = &writer.facts.content;
    let of = |one: &ResultView| {
        let texts = [one.level1.to_string(), text(&one.level2), one.name.to_string(), text(&one.target_text)];
        row(RowKind::Plain, texts.into_iter().chain([points(one.weight)]))
    };
    let mut rows: Vec<Row> = content.results.iter().map(of).collect();
    let weight = points(whole_weight(content));
    let mut total = row(
        RowKind::Total,
        [say!(writer.language, "合计", "Total").to_owned(), String::new(), String::new(), String::new()],
    );
    let marks = writer.findings.iter().filter(|one| is_about_indicators(one)).map(Contradiction::mark).collect();
    total.cells.push(Cell { text: weight, marks });
    rows.push(total);
    Table {
        caption,
        columns: columns(
            writer.language,
            &[
                ("一级指标", "Level 1", 14, Align::Left),
                ("二级指标", "Level 2", 16, Align::Left),
                ("三级指标", "Indicator", 34, Align::Left),
                ("指标值", "Target", 24, Align::Left),
                ("分值", "Weight", 12, Align::Right),
            ],
        ),
        rows,
    }
}

/// The marks of a row's findings, by the column that shows the field.
fn marks(writer: &Writer<'_>, number: usize, cells: &mut [Cell], fields: &[(&str, usize)], otherwise: usize) {
    let of_row = writer.findings.iter().filter_map(|one| one.row().map(|at| (one, at)));
    for (one, (_, field)) in of_row.filter(|(_, (row, _))| *row == number) {
        let at = fields.iter().find(|(name, _)| *name == field).map_or(otherwise, |(_, at)| *at);
        if let Some(cell) = cells.get_mut(at) {
            cell.marks.push(one.mark());
        }
    }
}

fn actual(one: &ResultView, language: Language) -> String {
    let stated = one.achievement.map(|value| achievement(value.0, language).to_owned());
    let parts = [text(&one.actual_text), stated.unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("；")
}

/// The results and scores of some rows.
pub fn results(writer: &Writer<'_>, caption: String, numbers: &[usize]) -> Table {
    let (content, language) = (&writer.facts.content, writer.language);
    let is_reviewed = content.results.iter().any(|one| one.reviewed_score.is_some());
    let mut widths = vec![
        ("三级指标", "Indicator", if is_reviewed { 22 } else { 26 }, Align::Left),
        ("指标值", "Target", 20, Align::Left),
        ("实际完成值", "Actual", if is_reviewed { 22 } else { 28 }, Align::Left),
        ("分值", "Weight", 8, Align::Right),
        ("自评", "Declared", 9, Align::Right),
        ("测算", "Computed", 9, Align::Right),
    ];
    if is_reviewed {
        widths.push(("复核", "Reviewed", 10, Align::Right));
    }
    let of = |number: usize, one: &ResultView| {
        let mut texts = vec![
            one.name.to_string(),
            text(&one.target_text),
            actual(one, language),
            points(one.weight),
            points(one.declared_score),
            points(one.computed_score),
        ];
        if is_reviewed {
            texts.push(points(one.reviewed_score));
        }
        let mut row = row(RowKind::Plain, texts);
        let fields = [
            ("target_text", 1),
            ("actual_text", 2),
            ("achievement", 2),
            ("weight", 3),
            ("declared_score", 4),
            ("computed_score", 5),
        ];
        marks(writer, number, &mut row.cells, &fields, 0);
        row
    };
    let rows = numbers.iter().filter_map(|&number| content.results.get(number).map(|one| of(number, one)));
    Table { caption, columns: columns(language, &widths), rows: rows.collect() }
}

/// 得分汇总: sums by level, and the total.
pub fn levels(writer: &Writer<'_>, caption: String) -> Table {
    let (content, language) = (&writer.facts.content, writer.language);
    let summary = &content.summary;
    let mut rows = Vec::new();
    for level in &summary.levels {
        let sums = [points(level.weight), points(level.declared), points(level.computed), points(level.final_score)];
        rows.push(row(RowKind::Group, [level.level1.clone(), String::new()].into_iter().chain(sums)));
        for part in level.level2.iter().filter(|part| !part.level2.is_empty()) {
            let sums = [points(part.weight), points(part.declared), points(part.computed), points(part.final_score)];
            rows.push(row(RowKind::Plain, [String::new(), part.level2.clone()].into_iter().chain(sums)));
        }
    }
    let weight = points(whole_weight(content));
    let label = |zh: &str, en: &str| say!(language, zh, en).to_owned();
    let declared = content.identity.declared["total"].as_str().unwrap_or_default().to_owned();
    let totals = [weight, declared, points(summary.computed_total), points(summary.final_total)];
    let mut total = row(RowKind::Total, [label("总分", "Total"), String::new()].into_iter().chain(totals));
    let grades = [
        String::new(),
        content.identity.declared["grade_text"].as_str().unwrap_or_default().to_owned(),
        summary.grade.map(|grade| words::grade(grade.0, language)).unwrap_or_default(),
        summary.final_grade.map(|grade| words::grade(grade.0, language)).unwrap_or_default(),
    ];
    let mut grade = row(RowKind::Total, [label("等级", "Grade"), String::new()].into_iter().chain(grades));
    for one in writer.findings.iter().filter(|one| one.row().is_none() && is_about_totals(one)) {
        let of = if one.pointer == "/declared/grade_text" { &mut grade } else { &mut total };
        if let Some(cell) = of.cells.get_mut(3) {
            cell.marks.push(one.mark());
        }
    }
    rows.extend([total, grade]);
    let best = ["".to_owned(), "".to_owned(), "".to_owned(), points(summary.attainable_total), String::new()];
    rows.push(row(RowKind::Total, [label("可达到的最高分", "Attainable at most")].into_iter().chain(best)));
    Table {
        caption,
        columns: columns(
            language,
            &[
                ("一级指标", "Level 1", 24, Align::Left),
                ("二级指标", "Level 2", 24, Align::Left),
                ("分值", "Weight", 13, Align::Right),
                ("自评", "Declared", 13, Align::Right),
                ("测算", "Computed", 13, Align::Right),
                ("最终", "Final", 13, Align::Right),
            ],
        ),
        rows,
    }
}

/// The whole form, row by row.
pub fn form(writer: &Writer<'_>, caption: String) -> Table {
    let (content, language) = (&writer.facts.content, writer.language);
    let of = |(number, one): (usize, &ResultView)| {
        let texts = [
            one.level1.to_string(),
            text(&one.level2),
            one.name.to_string(),
            text(&one.target_text),
            actual(one, language),
            points(one.weight),
            points(one.declared_score),
            text(&one.deviation_reason),
        ];
        let mut row = row(RowKind::Plain, texts);
        let fields = [
            ("name", 2),
            ("target_text", 3),
            ("actual_text", 4),
            ("achievement", 4),
            ("weight", 5),
            ("declared_score", 6),
            ("deviation_reason", 7),
        ];
        marks(writer, number, &mut row.cells, &fields, 2);
        row
    };
    Table {
        caption,
        columns: columns(
            language,
            &[
                ("一级指标", "Level 1", 10, Align::Left),
                ("二级指标", "Level 2", 10, Align::Left),
                ("三级指标", "Indicator", 20, Align::Left),
                ("指标值", "Target", 15, Align::Left),
                ("实际完成值", "Actual", 16, Align::Left),
                ("分值", "Weight", 7, Align::Right),
                ("得分", "Score", 7, Align::Right),
                ("偏差原因", "Reason", 15, Align::Left),
            ],
        ),
        rows: content.results.iter().enumerate().map(of).collect(),
    }
}

/// 得分计算过程: the formula of each row with its numbers.
pub fn derivation(writer: &Writer<'_>, caption: String) -> Table {
    let language = writer.language;
    let of = |one: &Value| {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        let (formula, explanation) = (text("formula"), text("explanation"));
        let how = if formula.is_empty() { explanation } else { format!("{formula}\n{explanation}") };
        row(RowKind::Plain, [text("name"), text("weight"), how, text("computed_score"), text("final_score")])
    };
    let rows = writer.facts.content.derivation(language)["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    Table {
        caption,
        columns: columns(
            language,
            &[
                ("指标", "Indicator", 26, Align::Left),
                ("分值", "Weight", 9, Align::Right),
                ("算式与规则", "Formula and rule", 47, Align::Left),
                ("测算", "Computed", 9, Align::Right),
                ("最终", "Final", 9, Align::Right),
            ],
        ),
        rows: rows.iter().map(of).collect(),
    }
}

/// 疑点及说明: each finding, and the reason that the unit gave for its row.
pub fn findings(writer: &Writer<'_>, caption: String) -> Table {
    let (content, language) = (&writer.facts.content, writer.language);
    let of = |one: &Contradiction| {
        let of_row = one.row().and_then(|(number, _)| content.results.get(number));
        let reason = of_row.and_then(|row| row.deviation_reason.as_ref().or(row.review_reason.as_ref()));
        let about = of_row.map(|row| row.name.to_string()).unwrap_or_default();
        let severity = words::severity(one.severity, language);
        row(RowKind::Plain, [one.mark(), severity, about, one.message.clone(), text(&reason)])
    };
    Table {
        caption,
        columns: columns(
            language,
            &[
                ("序号", "No.", 8, Align::Center),
                ("级别", "Severity", 9, Align::Center),
                ("指标", "Indicator", 20, Align::Left),
                ("疑点", "Finding", 41, Align::Left),
                ("说明", "Said to it", 22, Align::Left),
            ],
        ),
        rows: writer.findings.iter().map(of).collect(),
    }
}
