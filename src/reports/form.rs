//! The self-assessment form (绩效自评表) as a sheet in the statutory layout: what templates give, and what a report gives to
//! print. It is read back as it was written.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Formula, Worksheet};

use crate::forms::{EXECUTION_LEVEL, EXECUTION_NAME};
use crate::http::error::Result;
use crate::sheets::{A4, cell_number, heading_format, unwritten};
use crate::values::{Money, Points};

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

/// 年初预算数, 全年预算数, 全年执行数; none where nothing is stated.
pub type Amounts = [Option<Money>; 3];

/// A row of the indicators.
#[derive(Debug, Clone, Default)]
pub struct FormRow {
    /// 一级指标
    pub level1: String,
    /// 二级指标
    pub level2: Option<String>,
    /// 三级指标
    pub name: String,
    /// 年度指标值
    pub target: String,
    /// 实际完成值
    pub actual: String,
    /// 分值
    pub weight: Option<Points>,
    /// 得分
    pub score: Option<Points>,
    /// 偏差原因分析及改进措施
    pub reason: String,
}

/// What a sheet is filled with.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// 预算年度
    pub year: Option<i32>,
    /// 项目名称
    pub project_name: String,
    /// 项目代码
    pub project_code: String,
    /// 主管部门
    pub department: String,
    /// 实施单位, its code and its name
    pub unit: String,
    /// 年度资金总额
    pub totals: Amounts,
    /// Each line of the funds with its label.
    pub lines: Vec<(String, Amounts)>,
    /// 分值 and 得分 of the execution rate
    pub execution: (Option<Points>, Option<Points>),
    /// 年度总体目标
    pub goal: String,
    /// 实际完成情况
    pub completion: String,
    /// The other indicators.
    pub rows: Vec<FormRow>,
    /// 总分 of the weights
    pub weight: Option<Points>,
    /// 总分
    pub total: Option<Points>,
    /// 等级
    pub grade: String,
}

/// The row of the execution rate stands among the funds, where it is the first and is called as forms call it: that row, and
/// the others. `names` gives level 1, level 2 and the name of a row.
pub fn split<T>(rows: &[T], names: impl Fn(&T) -> (&str, Option<&str>, &str)) -> (Option<&T>, &[T]) {
    match rows.split_first() {
        Some((first, rest)) if names(first) == (EXECUTION_LEVEL, None, EXECUTION_NAME) => (Some(first), rest),
        _ => (None, rows),
    }
}

/// A cell.
enum Value {
    Text(String),
    /// With so many decimals.
    Number(Decimal),
    /// With what it gives; a ratio is shown as a percentage.
    Formula(String, Decimal, bool),
}

/// The cells of a sheet, written from the top.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    text: Format,
    label: Format,
    /// Whether it is a report, with numbers and formulas, or a template, in which every cell is a text.
    is_report: bool,
}

/// Writes a form into a sheet. A report has numbers, formulas for sums and rates that give the figures of the data, and its
/// computed cells are locked; a template has texts alone, so that whatever is typed into it stays as it was typed.
///
/// # Errors
/// When a cell cannot be written.
pub fn write(sheet: &mut Worksheet, form: &Form, is_report: bool) -> Result<()> {
    for (column, width) in (0_u16..).zip([12, 14, 16, 24, 20, 20, 9, 9, 32]) {
        sheet.set_column_width(column, width).map_err(unwritten)?;
    }
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    let plain = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::VerticalCenter);
    let text = plain.set_num_format("@").set_unlocked();
    let mut page = Page { sheet, row: 0, text, label: heading_format(), is_report };
    page.wide(0, 8, "项目支出绩效自评表", true)?;
    page.row += 1;
    let year = form.year.map(|year| year.to_string()).unwrap_or_else(|| "    ".to_owned());
    page.wide(0, 8, &format!("（{year}年度）"), true)?;
    page.row += 1;
    for (first, second) in [
        (("项目名称", &form.project_name), ("项目代码", &form.project_code)),
        (("主管部门", &form.department), ("实施单位", &form.unit)),
    ] {
        page.label(0, first.0)?;
        page.wide(1, 3, first.1, false)?;
        page.label(4, second.0)?;
        page.wide(5, 8, second.1, false)?;
        page.row += 1;
    }
    let execution = page.funds(form)?;
    page.goals(&form.goal, &form.completion)?;
    page.indicators(form, execution)?;
    if is_report {
        page.sheet.set_repeat_rows(0, 1).map_err(unwritten)?;
        page.sheet.protect();
    }
    Ok(())
}

impl Page<'_> {
    fn label(&mut self, column: u16, text: &str) -> Result<()> {
        self.sheet.write_string_with_format(self.row, column, text, &self.label).map(drop).map_err(unwritten)
    }

    /// A text over several columns.
    fn wide(&mut self, first: u16, last: u16, text: &str, is_label: bool) -> Result<()> {
        let format = if is_label { &self.label } else { &self.text };
        self.sheet.merge_range(self.row, first, self.row, last, text, format).map(drop).map_err(unwritten)
    }

    fn put(&mut self, column: u16, value: Value) -> Result<()> {
        let number = self.text.clone().set_align(FormatAlign::Right);
        let written = match value {
            Value::Text(text) => self.sheet.write_string_with_format(self.row, column, text, &self.text),
            Value::Number(number_value) if self.is_report => match cell_number(number_value) {
                Some(cell) => {
                    let format = number.set_num_format("0.00");
                    self.sheet.write_number_with_format(self.row, column, cell, &format)
                }
                // A spreadsheet would cut its digits.
                None => self.sheet.write_string_with_format(self.row, column, number_value.to_string(), &self.text),
            },
            Value::Number(number) => {
                self.sheet.write_string_with_format(self.row, column, number.to_string(), &self.text)
            }
            // Beside a formula 0 stands where nothing was computed yet too; a sum of nothing is written as it is.
            Value::Formula(_, result, false) if result.is_zero() => return self.put(column, Value::Number(result)),
            Value::Formula(formula, result, is_ratio) => {
                let format = number.set_num_format(if is_ratio { "0.00%" } else { "0.00" }).set_locked();
                let formula = Formula::new(formula).set_result(result.normalize().to_string());
                self.sheet.write_formula_with_format(self.row, column, formula, &format)
            }
        };
        written.map(drop).map_err(unwritten)
    }

    fn amount(&mut self, column: u16, amount: Option<Money>) -> Result<()> {
        self.put(column, amount.map_or(Value::Text(String::new()), |amount| Value::Number(amount.yuan())))
    }

    fn points(&mut self, column: u16, points: Option<Points>) -> Result<()> {
        self.put(column, points.map_or(Value::Text(String::new()), |points| Value::Number(points.points())))
    }

    /// The execution rate of the current row, computed from its cells.
    fn rate(&mut self, [_, adjusted, executed]: Amounts) -> Result<()> {
        let rate = match (adjusted, executed) {
            (Some(adjusted), Some(executed)) if self.is_report => executed.yuan().checked_div(adjusted.yuan()),
            _ => None,
        };
        let row = self.row + 1;
        self.put(
            8,
            match rate {
                Some(rate) => Value::Formula(format!("=IF(E{row}=0,\"\",F{row}/E{row})"), rate.round_dp(12), true),
                None => Value::Text(String::new()),
            },
        )
    }

    /// The funds; says in which row the points of the execution rate stand.
    fn funds(&mut self, form: &Form) -> Result<u32> {
        self.wide(0, 2, "项目资金（元）", true)?;
        for (column, text) in (3_u16..).zip(["年初预算数", "全年预算数", "全年执行数", "分值", "得分", "执行率"])
        {
            self.label(column, text)?;
        }
        self.row += 1;
        self.wide(0, 2, "年度资金总额", false)?;
        let (first, last) = (self.row + 2, self.row + 1 + u32::try_from(form.lines.len()).unwrap_or_default());
        for (number, column) in (3_u16..6).enumerate() {
            let stated = form.totals.get(number).copied().flatten();
            let part = |line: &(String, Amounts)| line.1.get(number).copied().flatten().map(Money::yuan);
            let sum: Option<Decimal> = form.lines.iter().map(part).sum();
            let letter = ["D", "E", "F"].get(number).copied().unwrap_or("D");
            // What is stated and is no sum stays as it is stated.
            match (stated.map(Money::yuan), sum) {
                (Some(stated), Some(sum)) if self.is_report && stated == sum && !form.lines.is_empty() => {
                    self.put(column, Value::Formula(format!("=SUM({letter}{first}:{letter}{last})"), sum, false))?;
                }
                _ => self.amount(column, stated)?,
            }
        }
        self.points(6, form.execution.0)?;
        self.points(7, form.execution.1)?;
        self.rate(form.totals)?;
        let at = self.row;
        self.row += 1;
        for (label, amounts) in &form.lines {
            self.wide(0, 2, label, false)?;
            for (column, amount) in (3_u16..).zip(*amounts) {
                self.amount(column, amount)?;
            }
            self.put(6, Value::Text(String::new()))?;
            self.put(7, Value::Text(String::new()))?;
            self.rate(*amounts)?;
            self.row += 1;
        }
        Ok(at)
    }

    fn goals(&mut self, goal: &str, completion: &str) -> Result<()> {
        self.label(0, "年度总体目标")?;
        self.wide(1, 4, "预期目标", true)?;
        self.wide(5, 8, "实际完成情况", true)?;
        self.row += 1;
        self.label(0, "")?;
        self.wide(1, 4, goal, false)?;
        self.wide(5, 8, completion, false)?;
        self.sheet.set_row_height(self.row, 60).map_err(unwritten)?;
        self.row += 1;
        Ok(())
    }

    fn indicators(&mut self, form: &Form, execution: u32) -> Result<()> {
        for (column, heading) in (0_u16..).zip(HEADINGS) {
            self.label(column, heading)?;
        }
        self.row += 1;
        let first = self.row + 1;
        for row in &form.rows {
            // A cell left empty would take the level above it.
            let level2 = row.level2.clone().unwrap_or_else(|| if row.name.is_empty() { "" } else { "/" }.to_owned());
            let texts =
                [String::new(), row.level1.clone(), level2, row.name.clone(), row.target.clone(), row.actual.clone()];
            for (column, text) in (0_u16..).zip(texts) {
                self.put(column, Value::Text(text))?;
            }
            self.points(6, row.weight)?;
            self.points(7, row.score)?;
            self.put(8, Value::Text(row.reason.clone()))?;
            self.row += 1;
        }
        self.wide(0, 5, "总分", true)?;
        let last = self.row;
        let sum = |column: &str| format!("=SUM({column}{first}:{column}{last},{column}{})", execution + 1);
        let rows = || form.rows.iter();
        let weights: Option<Decimal> =
            rows().map(|row| row.weight).chain([form.execution.0]).flatten().map(|one| Some(one.points())).sum();
        self.total(6, form.weight, weights, sum("G"))?;
        let scores: Option<Decimal> =
            rows().map(|row| row.score.map(Points::points)).chain([form.execution.1.map(Points::points)]).sum();
        self.total(7, form.total, scores, sum("H"))?;
        self.put(8, Value::Text(form.grade.clone()))
    }

    /// A total: a formula where it is the sum of its rows, else as it is declared.
    fn total(&mut self, column: u16, stated: Option<Points>, sum: Option<Decimal>, formula: String) -> Result<()> {
        match (stated.map(Points::points), sum) {
            (Some(stated), Some(sum)) if self.is_report && stated == sum => {
                self.put(column, Value::Formula(formula, sum, false))
            }
            _ => self.points(column, stated),
        }
    }
}
