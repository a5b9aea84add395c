//! The template of the self-assessment form: a sheet for each project, filled with what is registered.

use std::collections::HashMap;

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet};

use super::templates::{A4, heading_format, new_workbook, unwritten};
use crate::assessments::model::{AssessmentRow, ResultRow};
use crate::assessments::{self, by_project};
use crate::budgets::{self, BudgetLine};
use crate::db::Connection;
use crate::db::money::Money;
use crate::error::{Code, Error, Result};
use crate::forms::{EXECUTION_LEVEL, EXECUTION_NAME};
use crate::indicators::{self, Indicator, IndicatorId};
use crate::organizations;
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;

/// Sheets of a workbook at most: as many as an upload may have.
const MOST_SHEETS: usize = 500;
/// Rows for indicators in an empty form.
const EMPTY_ROWS: usize = 12;

const HEADINGS: [&str; 9] = [
    "绩效指标",
    "一级指标",
    "二级指标",
    "三级指标",
    "年度指标值",
    "实际完成值",
    "分值",
    "得分",
    "偏差原因分析及改进措施",
];

/// What a sheet is filled with.
#[derive(Default)]
struct Filled<'a> {
    project: Option<&'a ProjectRow>,
    unit: String,
    department: String,
    lines: Vec<BudgetLine>,
    indicators: Vec<Indicator>,
    draft: Option<AssessmentRow>,
    results: HashMap<IndicatorId, ResultRow>,
}

/// The forms of some projects; one empty form where there are none.
pub fn workbook(c: &mut Connection, projects: &[ProjectRow], year: Option<i32>) -> Result<Vec<u8>> {
    if projects.len() > MOST_SHEETS {
        return Err(Error::new(
            Code::TooLarge,
            format!("有{}个项目，一个工作簿最多{MOST_SHEETS}张表；请用参数organization按单位下载", projects.len()),
            format!(
                "there are {} projects, and a workbook has at most {MOST_SHEETS} sheets; give the parameter organization",
                projects.len()
            ),
        ));
    }
    let mut book = new_workbook()?;
    if projects.is_empty() {
        form(book.add_worksheet(), &Filled::default(), year)?;
        return book.save_to_buffer().map_err(unwritten);
    }
    let ids: Vec<ProjectId> = projects.iter().map(|project| project.id.clone()).collect();
    let mut lines = by_project(budgets::store::of_projects(c, &ids)?, |line| &line.project_id);
    let mut sets = by_project(indicators::store::of_projects(c, &ids)?, |one| &one.project_id);
    let mut drafts: HashMap<ProjectId, AssessmentRow> = assessments::store::of_projects(c, &ids)?
        .into_iter()
        // The open one comes first, and the last that is collected stays.
        .rev()
        .map(|(row, _)| (row.project_id.clone(), row))
        .collect();
    for (project, number) in projects.iter().zip(1..) {
        let unit = organizations::store::find(c, &project.organization_id)?;
        let above = unit.parent_id.as_ref().map(|id| organizations::store::find(c, id)).transpose()?;
        let draft = drafts.remove(&project.id);
        let results = match &draft {
            Some(draft) => assessments::store::results(c, std::slice::from_ref(&draft.id))?,
            None => Vec::new(),
        };
        let filled = Filled {
            project: Some(project),
            unit: format!("{}-{}", unit.code, unit.name),
            department: above.map(|above| above.name.to_string()).unwrap_or_default(),
            lines: lines.remove(&project.id).map(std::sync::Arc::unwrap_or_clone).unwrap_or_default(),
            indicators: sets.remove(&project.id).map(std::sync::Arc::unwrap_or_clone).unwrap_or_default(),
            draft,
            results: results.into_iter().map(|row| (row.indicator_id.clone(), row)).collect(),
        };
        let sheet = book.add_worksheet();
        sheet.set_name(format!("{number}")).map_err(unwritten)?;
        form(sheet, &filled, year)?;
    }
    book.save_to_buffer().map_err(unwritten)
}

/// The cells of a sheet, written from the top.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    plain: Format,
    label: Format,
}

impl Page<'_> {
    fn text(&mut self, column: u16, text: &str) -> Result<()> {
        self.sheet.write_string_with_format(self.row, column, text, &self.plain).map(drop).map_err(unwritten)
    }

    fn label(&mut self, column: u16, text: &str) -> Result<()> {
        self.sheet.write_string_with_format(self.row, column, text, &self.label).map(drop).map_err(unwritten)
    }

    /// A text over several columns.
    fn wide(&mut self, first: u16, last: u16, text: &str, is_label: bool) -> Result<()> {
        let format = if is_label { &self.label } else { &self.plain };
        self.sheet.merge_range(self.row, first, self.row, last, text, format).map(drop).map_err(unwritten)
    }
}

fn form(sheet: &mut Worksheet, filled: &Filled<'_>, year: Option<i32>) -> Result<()> {
    for (column, width) in (0_u16..).zip([12, 14, 16, 24, 20, 20, 9, 9, 32]) {
        sheet.set_column_width(column, width).map_err(unwritten)?;
    }
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    let plain = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::VerticalCenter);
    let plain = plain.set_num_format("@");
    let mut page = Page { sheet, row: 0, plain, label: heading_format() };
    page.wide(0, 8, "项目支出绩效自评表", true)?;
    page.row += 1;
    let year = year.map(|year| year.to_string()).unwrap_or_else(|| "    ".to_owned());
    page.wide(0, 8, &format!("（{year}年度）"), true)?;
    page.row += 1;
    let project = filled.project;
    page.label(0, "项目名称")?;
    page.wide(1, 3, &project.map(|project| project.name.to_string()).unwrap_or_default(), false)?;
    page.label(4, "项目代码")?;
    page.wide(5, 8, &project.map(|project| project.code.to_string()).unwrap_or_default(), false)?;
    page.row += 1;
    page.label(0, "主管部门")?;
    page.wide(1, 3, &filled.department, false)?;
    page.label(4, "实施单位")?;
    page.wide(5, 8, &filled.unit, false)?;
    page.row += 1;
    let (on_funds, rows) = split(&filled.indicators);
    funds(&mut page, filled, on_funds)?;
    goals(&mut page, project.and_then(|project| project.annual_goal.as_ref()).map(|goal| goal.as_str()))?;
    indicator_rows(&mut page, filled, rows)?;
    let declared = filled.draft.as_ref();
    page.wide(0, 5, "总分", true)?;
    page.text(6, "100")?;
    page.text(7, &declared.and_then(|draft| draft.declared_total).map(|total| total.to_string()).unwrap_or_default())?;
    page.text(
        8,
        &declared.and_then(|draft| draft.declared_grade_text.as_ref()).map(ToString::to_string).unwrap_or_default(),
    )
}

/// The row of the execution rate stands among the funds, where it is the first and is called as forms call it.
fn split(indicators: &[Indicator]) -> (Option<&Indicator>, &[Indicator]) {
    match indicators.split_first() {
        Some((first, rest))
            if first.level1.as_str() == EXECUTION_LEVEL
                && first.level2.is_none()
                && first.name.as_str() == EXECUTION_NAME =>
        {
            (Some(first), rest)
        }
        _ => (None, indicators),
    }
}

fn funds(page: &mut Page<'_>, filled: &Filled<'_>, execution: Option<&Indicator>) -> Result<()> {
    page.wide(0, 2, "项目资金（元）", true)?;
    for (column, text) in (3_u16..).zip(["年初预算数", "全年预算数", "全年执行数", "分值", "得分", "执行率"])
    {
        page.label(column, text)?;
    }
    page.row += 1;
    let sum = |part: fn(&BudgetLine) -> Money| {
        let total: rust_decimal::Decimal = filled.lines.iter().map(|line| part(line).yuan()).sum();
        Money::from_yuan(total)
    };
    let draft = filled.draft.as_ref();
    let has = !filled.lines.is_empty();
    let shown = |declared: Option<Money>, sum: Money| {
        declared.or(Some(sum).filter(|_| has && draft.is_none())).map(|amount| amount.to_string()).unwrap_or_default()
    };
    page.wide(0, 2, "年度资金总额", false)?;
    page.text(3, &shown(draft.and_then(|draft| draft.declared_initial_amount), sum(|line| line.initial_amount)))?;
    page.text(4, &shown(draft.and_then(|draft| draft.declared_adjusted_amount), sum(|line| line.adjusted_amount)))?;
    page.text(5, &shown(draft.and_then(|draft| draft.declared_executed_amount), sum(|line| line.executed_amount)))?;
    let weight = execution.map(|one| one.weight.to_string());
    let weight = weight.or_else(|| filled.project.is_none().then(|| "10".to_owned()));
    page.text(6, &weight.unwrap_or_default())?;
    let score = execution.and_then(|one| filled.results.get(&one.id)).and_then(|result| result.declared_score);
    page.text(7, &score.map(|score| score.to_string()).unwrap_or_default())?;
    page.text(8, "")?;
    page.row += 1;
    let rows: Vec<(String, Option<&BudgetLine>)> = match filled.lines.is_empty() {
        true => ["当年财政拨款", "上年结转资金", "其他资金"].map(|label| (format!("其中：{label}"), None)).to_vec(),
        false => filled.lines.iter().map(|line| (line.economic_category.to_string(), Some(line))).collect(),
    };
    for (label, line) in rows {
        page.wide(0, 2, &label, false)?;
        let amount = |part: fn(&BudgetLine) -> Money| line.map(|line| part(line).to_string()).unwrap_or_default();
        page.text(3, &amount(|line| line.initial_amount))?;
        page.text(4, &amount(|line| line.adjusted_amount))?;
        page.text(5, &amount(|line| line.executed_amount))?;
        for column in 6..9 {
            page.text(column, "")?;
        }
        page.row += 1;
    }
    Ok(())
}

fn goals(page: &mut Page<'_>, goal: Option<&str>) -> Result<()> {
    page.label(0, "年度总体目标")?;
    page.wide(1, 4, "预期目标", true)?;
    page.wide(5, 8, "实际完成情况", true)?;
    page.row += 1;
    page.label(0, "")?;
    page.wide(1, 4, goal.unwrap_or_default(), false)?;
    page.wide(5, 8, "", false)?;
    page.sheet.set_row_height(page.row, 60).map_err(unwritten)?;
    page.row += 1;
    Ok(())
}

fn indicator_rows(page: &mut Page<'_>, filled: &Filled<'_>, rows: &[Indicator]) -> Result<()> {
    for (column, heading) in (0_u16..).zip(HEADINGS) {
        page.label(column, heading)?;
    }
    page.row += 1;
    for indicator in rows {
        let result = filled.results.get(&indicator.id);
        let texts = [
            String::new(),
            indicator.level1.to_string(),
            // A cell left empty would take the level above it.
            indicator.level2.as_ref().map_or("/".to_owned(), ToString::to_string),
            indicator.name.to_string(),
            indicator.target_text.as_ref().map(ToString::to_string).unwrap_or_default(),
            result.and_then(|one| one.actual_text.as_ref()).map(ToString::to_string).unwrap_or_default(),
            indicator.weight.to_string(),
            result.and_then(|one| one.declared_score).map(|score| score.to_string()).unwrap_or_default(),
            result.and_then(|one| one.deviation_reason.as_ref()).map(ToString::to_string).unwrap_or_default(),
        ];
        for (column, text) in (0_u16..).zip(&texts) {
            page.text(column, text)?;
        }
        page.row += 1;
    }
    if rows.is_empty() {
        for _ in 0..EMPTY_ROWS {
            for column in 0..9 {
                page.text(column, "")?;
            }
            page.row += 1;
        }
    }
    Ok(())
}
