//! The template of the form of goals (项目支出绩效目标申报表): a sheet for each project, filled with what is registered. It is read
//! back as it was written.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet};

use super::form_template::most_sheets;
use crate::assessments::by_project;
use crate::budgets::{self, BudgetLine};
use crate::db::Connection;
use crate::http::error::Result;
use crate::indicators::{self, Indicator};
use crate::organizations;
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;
use crate::scoring::Measure;
use crate::sheets::{A4, heading_format, new_workbook, unwritten};

const HEADINGS: [&str; 9] =
    ["一级指标", "二级指标", "三级指标", "年度指标值", "分值", "指标解释", "评分标准", "数据来源", "是否核心指标"];
/// Rows for indicators in an empty form.
const EMPTY_ROWS: usize = 12;

/// The forms of some projects; one empty form where there are none.
///
/// # Errors
/// When there are more than a workbook holds, or the database fails.
pub fn workbook(c: &mut Connection, projects: &[ProjectRow], year: Option<i32>) -> Result<Vec<u8>> {
    most_sheets(projects)?;
    let mut book = new_workbook()?;
    if projects.is_empty() {
        write(book.add_worksheet(), &Goals { year, ..Goals::default() })?;
        return book.save_to_buffer().map_err(unwritten);
    }
    let ids: Vec<ProjectId> = projects.iter().map(|project| project.id.clone()).collect();
    let mut lines = by_project(budgets::store::of_projects(c, &ids)?, |line| &line.project_id);
    let mut sets = by_project(indicators::store::of_projects(c, &ids)?, |one| &one.project_id);
    for (project, number) in projects.iter().zip(1..) {
        let unit = organizations::store::find(c, &project.organization_id)?;
        let above = unit.parent_id.as_ref().map(|id| organizations::store::find(c, id)).transpose()?;
        let goals = Goals {
            year: Some(project.fiscal_year),
            project: Some(project),
            unit: format!("{}-{}", unit.code, unit.name),
            department: above.map(|above| above.name.to_string()).unwrap_or_default(),
            lines: lines.remove(&project.id).map(std::sync::Arc::unwrap_or_clone).unwrap_or_default(),
            indicators: sets.remove(&project.id).map(std::sync::Arc::unwrap_or_clone).unwrap_or_default(),
        };
        let sheet = book.add_worksheet();
        sheet.set_name(format!("{number}")).map_err(unwritten)?;
        write(sheet, &goals)?;
    }
    book.save_to_buffer().map_err(unwritten)
}

/// What a sheet is filled with.
#[derive(Default)]
struct Goals<'a> {
    year: Option<i32>,
    project: Option<&'a ProjectRow>,
    unit: String,
    department: String,
    lines: Vec<BudgetLine>,
    indicators: Vec<Indicator>,
}

/// The cells of a sheet, written from the top.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    /// Every cell is a text, so that what is typed into it stays as it was typed.
    text: Format,
    label: Format,
}

impl Page<'_> {
    fn put(&mut self, first: u16, last: u16, text: &str, is_label: bool) -> Result<()> {
        let format = if is_label { &self.label } else { &self.text };
        let written = match first == last {
            true => self.sheet.write_string_with_format(self.row, first, text, format),
            false => self.sheet.merge_range(self.row, first, self.row, last, text, format),
        };
        written.map(drop).map_err(unwritten)
    }

    fn next(&mut self) {
        self.row += 1;
    }
}

fn write(sheet: &mut Worksheet, goals: &Goals<'_>) -> Result<()> {
    for (column, width) in (0_u16..).zip([14, 16, 26, 22, 9, 26, 28, 18, 10]) {
        sheet.set_column_width(column, width).map_err(unwritten)?;
    }
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    let text = Format::new()
        .set_num_format("@")
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter);
    let mut page = Page { sheet, row: 0, text, label: heading_format() };
    page.put(0, 8, "项目支出绩效目标申报表", true)?;
    page.next();
    let year = goals.year.map(|year| year.to_string()).unwrap_or_else(|| "    ".to_owned());
    page.put(0, 8, &format!("（{year}年度）"), true)?;
    page.next();
    let of_project = |text: fn(&ProjectRow) -> String| goals.project.map(text).unwrap_or_default();
    for ((first, value), (second, other)) in [
        (("项目名称", of_project(|one| one.name.to_string())), ("项目代码", of_project(|one| one.code.to_string()))),
        (("主管部门", goals.department.clone()), ("实施单位", goals.unit.clone())),
    ] {
        page.put(0, 0, first, true)?;
        page.put(1, 3, &value, false)?;
        page.put(4, 4, second, true)?;
        page.put(5, 8, &other, false)?;
        page.next();
    }
    funds(&mut page, &goals.lines)?;
    for (label, goal) in [
        ("长期目标", goals.project.and_then(|one| one.overall_goal.as_ref())),
        ("年度目标", goals.project.and_then(|one| one.annual_goal.as_ref())),
    ] {
        page.put(0, 0, label, true)?;
        page.put(1, 8, goal.map(|goal| goal.as_str()).unwrap_or_default(), false)?;
        page.sheet.set_row_height(page.row, 60).map_err(unwritten)?;
        page.next();
    }
    table(&mut page, &goals.indicators)
}

/// What is asked for, in yuan: the sum, and each line by its label.
fn funds(page: &mut Page<'_>, lines: &[BudgetLine]) -> Result<()> {
    let total: rust_decimal::Decimal = lines.iter().map(|line| line.initial_amount.yuan()).sum();
    let total = if lines.is_empty() { String::new() } else { total.to_string() };
    let mut rows = vec![("年度资金总额".to_owned(), total)];
    match lines.is_empty() {
        true => rows
            .extend(["其中：当年财政拨款", "上年结转资金", "其他资金"].map(|label| (label.to_owned(), String::new()))),
        false => rows.extend(
            lines.iter().map(|line| (line.economic_category.to_string(), line.initial_amount.yuan().to_string())),
        ),
    }
    for (number, (label, amount)) in rows.into_iter().enumerate() {
        page.put(0, 0, if number == 0 { "项目资金（元）" } else { "" }, true)?;
        page.put(1, 2, &label, false)?;
        page.put(3, 8, &amount, false)?;
        page.next();
    }
    Ok(())
}

fn table(page: &mut Page<'_>, indicators: &[Indicator]) -> Result<()> {
    for (column, heading) in (0_u16..).zip(HEADINGS) {
        page.put(column, column, heading, true)?;
    }
    page.next();
    let rows: Vec<&Indicator> = indicators.iter().filter(|one| one.measure.0 != Measure::BudgetExecution).collect();
    for one in &rows {
        let text = |text: Option<&crate::values::LongText>| text.map(|text| text.to_string()).unwrap_or_default();
        let cells = [
            one.level1.to_string(),
            one.level2.as_ref().map(ToString::to_string).unwrap_or_default(),
            one.name.to_string(),
            text(one.target_text.as_ref()),
            one.weight.map(|weight| weight.points().to_string()).unwrap_or_default(),
            text(one.explanation.as_ref()),
            text(one.scoring_standard.as_ref()),
            text(one.data_source.as_ref()),
            one.is_core.map(|core| if core { "是" } else { "否" }.to_owned()).unwrap_or_default(),
        ];
        for (column, cell) in (0_u16..).zip(&cells) {
            page.put(column, column, cell, false)?;
        }
        page.next();
    }
    for _ in 0..if rows.is_empty() { EMPTY_ROWS } else { 0 } {
        for column in 0..9 {
            page.put(column, column, "", false)?;
        }
        page.next();
    }
    Ok(())
}
