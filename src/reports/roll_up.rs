//! The workbook of a year and an organization: what each unit below it has, and each assessment.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Formula, Worksheet};

use super::cover;
use super::words::{self, say};
use crate::assessments;
use crate::assessments::SelfAssessment;
use crate::auth::Caller;
use crate::db::Connection;
use crate::findings::Language;
use crate::http::error::Result;
use crate::organizations;
use crate::organizations::slice::{Slice, Wanted};
use crate::projects::model::{ProjectRow, Subject};
use crate::scoring::Grade;
use crate::sheets::{A4, cell_number, heading_format, new_workbook, unwritten};
use crate::values::Points;

/// Assessments that are read at once.
const AT_ONCE: i64 = 200;

/// What an organization's assessments come to.
#[derive(Debug, Default)]
struct Sums {
    assessments: u32,
    /// Those with a total.
    computed: u32,
    published: u32,
    adjusted: Decimal,
    executed: Decimal,
    points: Decimal,
    grades: [u32; 4],
    errors: u32,
    warnings: u32,
}

/// The workbook.
///
/// # Errors
/// When the database fails, or it cannot be written.
pub fn write(c: &mut Connection, caller: &Caller, wanted: Wanted, language: Language) -> Result<Vec<u8>> {
    let names: BTreeMap<String, String> = organizations::store::all(c, caller)?
        .into_iter()
        .map(|one| (one.code.to_string(), one.name.to_string()))
        .collect();
    let mut book = new_workbook()?;
    let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
    let title = say!(language, ("单位汇总", "项目明细"), ("Organizations", "Projects"));
    book.add_worksheet().set_name(title.0).map_err(unwritten)?;
    let mut details = Sheet::new(book.add_worksheet(), &detail_columns(language))?;
    details.sheet.set_name(title.1).map_err(unwritten)?;
    let mut next = Slice::first(c, &caller.organization_code, wanted, AT_ONCE)?;
    while let Some(slice) = next {
        let found = assessments::store::slice(c, &slice)?;
        let (count, last) = (found.len(), found.last().map(|(row, _, _)| row.id.to_string()));
        let owners: Vec<(ProjectRow, String)> =
            found.iter().map(|(_, project, code)| (project.clone(), code.clone())).collect();
        let found = found.into_iter().map(|(row, project, _)| (row, project)).collect();
        for (one, (project, code)) in assessments::actions::read_all(c, caller, found)?.iter().zip(&owners) {
            // The money of a whole department is that of its projects again: it is listed, and not added up.
            if one.subject == Subject::Project {
                sums.entry(code.clone()).or_default().add(one);
            }
            let name = names.get(code).map(String::as_str).unwrap_or_default();
            details.detail(one, project, (code, name), language)?;
        }
        next = slice.next(count, last);
    }
    let Some(first) = book.worksheets_mut().first_mut() else {
        return Err(crate::http::error::Error::internal(&"no sheet"));
    };
    let mut totals = Sheet::new(first, &sum_columns(language))?;
    for (code, sums) in &sums {
        totals.sums(code, names.get(code).map(String::as_str).unwrap_or_default(), sums)?;
    }
    let all = sums.values().fold(Sums::default(), Sums::and);
    totals.total(language, u32::try_from(sums.len()).unwrap_or(u32::MAX), &all)?;
    book.save_to_buffer().map_err(unwritten)
}

impl Sums {
    fn add(&mut self, one: &SelfAssessment) {
        self.assessments += 1;
        self.published += u32::from(one.status == assessments::model::Status::Published);
        self.adjusted += one.execution.adjusted_amount.yuan();
        self.executed += one.execution.executed_amount.yuan();
        // What cannot be computed has no part in the mean.
        if let Some(result) = &one.final_result {
            self.computed += 1;
            self.points += result.total.points();
        }
        let result = one.final_result.as_ref();
        let grade = Grade::ALL.iter().position(|grade| result.is_some_and(|result| result.grade == *grade));
        if let Some(count) = grade.and_then(|grade| self.grades.get_mut(grade)) {
            *count += 1;
        }
        self.errors += one.finding_counts.error;
        self.warnings += one.finding_counts.warning;
    }

    /// Both together.
    fn and(mut self, other: &Sums) -> Sums {
        self.assessments += other.assessments;
        self.computed += other.computed;
        self.published += other.published;
        self.adjusted += other.adjusted;
        self.executed += other.executed;
        self.points += other.points;
        self.grades.iter_mut().zip(other.grades).for_each(|(count, more)| *count += more);
        self.errors += other.errors;
        self.warnings += other.warnings;
        self
    }

    /// 平均得分, to the hundredth; none where nothing is computed.
    fn mean(&self) -> Option<Decimal> {
        Some(self.points.checked_div(self.computed.into())?.round_dp(2))
    }
}

/// A heading and the width of its column.
type Heading = (&'static str, u16);

fn sum_columns(language: Language) -> Vec<Heading> {
    let [excellent, good, fair, poor] = say!(language, ["优", "良", "中", "差"], ["Excellent", "Good", "Fair", "Poor"]);
    vec![
        (say!(language, "单位代码", "Code"), 16),
        (say!(language, "单位名称", "Organization"), 32),
        (say!(language, "自评数", "Assessments"), 10),
        (say!(language, "已公开", "Published"), 10),
        (say!(language, "全年预算（元）", "Budget (yuan)"), 18),
        (say!(language, "全年执行（元）", "Executed (yuan)"), 18),
        (say!(language, "执行率", "Rate"), 10),
        (say!(language, "平均得分", "Mean"), 10),
        (excellent, 8),
        (good, 8),
        (fair, 8),
        (poor, 8),
        (say!(language, "错误", "Errors"), 8),
        (say!(language, "警告", "Warnings"), 8),
    ]
}

fn detail_columns(language: Language) -> Vec<Heading> {
    vec![
        (say!(language, "单位代码", "Code"), 16),
        (say!(language, "单位名称", "Organization"), 28),
        (say!(language, "预算年度", "Year"), 9),
        (say!(language, "项目代码", "Project code"), 24),
        (say!(language, "项目名称", "Project"), 36),
        (say!(language, "评价类型", "Kind"), 12),
        (say!(language, "状态", "State"), 18),
        (say!(language, "自评", "Declared"), 9),
        (say!(language, "测算", "Computed"), 9),
        (say!(language, "最终", "Final"), 9),
        (say!(language, "等级", "Grade"), 9),
        (say!(language, "可达到", "Attainable"), 9),
        (say!(language, "全年预算（元）", "Budget (yuan)"), 18),
        (say!(language, "全年执行（元）", "Executed (yuan)"), 18),
        (say!(language, "执行率", "Rate"), 10),
        (say!(language, "错误", "Errors"), 8),
        (say!(language, "警告", "Warnings"), 8),
    ]
}

/// A table that is written from the top.
struct Sheet<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    column: u16,
    text: Format,
}

impl<'a> Sheet<'a> {
    fn new(sheet: &'a mut Worksheet, headings: &[Heading]) -> Result<Sheet<'a>> {
        sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0).map_err(unwritten)?;
        sheet.set_freeze_panes(1, 0).map_err(unwritten)?;
        sheet.set_footer("&R&P / &N");
        for (column, (heading, width)) in (0_u16..).zip(headings) {
            sheet.set_column_width(column, *width).map_err(unwritten)?;
            sheet.write_string_with_format(0, column, *heading, &heading_format()).map_err(unwritten)?;
        }
        let text = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter).set_text_wrap();
        Ok(Sheet { sheet, row: 1, column: 0, text })
    }

    fn text(&mut self, text: &str) -> Result<()> {
        let format = self.text.clone().set_num_format("@");
        self.sheet.write_string_with_format(self.row, self.column, text, &format).map_err(unwritten)?;
        self.column += 1;
        Ok(())
    }

    fn number(&mut self, number: Decimal, shown: &str) -> Result<()> {
        let Some(cell) = cell_number(number) else { return self.text(&number.to_string()) };
        let format = self.text.clone().set_num_format(shown);
        self.sheet.write_number_with_format(self.row, self.column, cell, &format).map_err(unwritten)?;
        self.column += 1;
        Ok(())
    }

    /// A formula with what it gives, or nothing, for programs that compute nothing.
    fn formula(&mut self, formula: &str, result: Option<Decimal>, shown: &str) -> Result<()> {
        let format = self.text.clone().set_num_format(shown).set_bold();
        let formula = match result {
            Some(result) => Formula::new(formula).set_result(result.normalize().to_string()),
            None => Formula::new(formula),
        };
        self.sheet.set_formula_result_default("");
        self.sheet.write_formula_with_format(self.row, self.column, formula, &format).map_err(unwritten)?;
        self.column += 1;
        Ok(())
    }

    fn next(&mut self) {
        (self.row, self.column) = (self.row + 1, 0);
    }

    fn rate(&mut self, executed: Decimal, adjusted: Decimal) -> Result<()> {
        match executed.checked_div(adjusted) {
            Some(rate) => self.number(rate.round_dp(6), "0.00%"),
            None => self.text(""),
        }
    }

    fn points(&mut self, points: Option<Points>) -> Result<()> {
        match points {
            Some(points) => self.number(points.points(), "0.00"),
            None => self.text(""),
        }
    }

    fn detail(
        &mut self,
        one: &SelfAssessment,
        project: &ProjectRow,
        (code, name): (&str, &str),
        language: Language,
    ) -> Result<()> {
        let (execution, counts) = (&one.execution, &one.finding_counts);
        self.text(code)?;
        self.text(name)?;
        self.number(one.fiscal_year.into(), "0")?;
        self.text(project.code.as_str())?;
        self.text(project.name.as_str())?;
        self.text(say!(language, one.kind.zh(), one.kind.as_str()))?;
        self.text(cover::state(one.status, language))?;
        self.points(one.declared.total)?;
        let (computed, result) = (one.computed.as_ref(), one.final_result.as_ref());
        self.points(computed.map(|computed| computed.total))?;
        self.points(result.map(|result| result.total))?;
        self.text(&result.map(|result| words::grade(result.grade.0, language)).unwrap_or_default())?;
        self.points(one.attainable_total)?;
        self.number(execution.adjusted_amount.yuan(), "#,##0.00")?;
        self.number(execution.executed_amount.yuan(), "#,##0.00")?;
        self.rate(execution.executed_amount.yuan(), execution.adjusted_amount.yuan())?;
        self.number(counts.error.into(), "0")?;
        self.number(counts.warning.into(), "0")?;
        self.next();
        Ok(())
    }

    fn sums(&mut self, code: &str, name: &str, sums: &Sums) -> Result<()> {
        self.text(code)?;
        self.text(name)?;
        self.number(sums.assessments.into(), "0")?;
        self.number(sums.published.into(), "0")?;
        self.number(sums.adjusted, "#,##0.00")?;
        self.number(sums.executed, "#,##0.00")?;
        self.rate(sums.executed, sums.adjusted)?;
        match sums.mean() {
            Some(mean) => self.number(mean, "0.00")?,
            None => self.text("")?,
        }
        for count in sums.grades {
            self.number(count.into(), "0")?;
        }
        self.number(sums.errors.into(), "0")?;
        self.number(sums.warnings.into(), "0")?;
        self.next();
        Ok(())
    }

    /// The sum of all rows, by formulas: the rate of the sums, and the mean of all assessments that have a grade.
    fn total(&mut self, language: Language, count: u32, all: &Sums) -> Result<()> {
        let (last, row) = (count + 1, count + 2);
        if count == 0 {
            return Ok(());
        }
        self.text(say!(language, "合计", "Total"))?;
        self.text("")?;
        let money = "#,##0.00";
        let sums = [all.assessments.into(), all.published.into(), all.adjusted, all.executed];
        for ((column, shown), sum) in ["C", "D", "E", "F"].into_iter().zip(["0", "0", money, money]).zip(sums) {
            self.formula(&format!("=SUM({column}2:{column}{last})"), Some(sum), shown)?;
        }
        let rate = all.executed.checked_div(all.adjusted).map(|rate| rate.round_dp(12));
        self.formula(&format!("=IF(E{row}=0,\"\",F{row}/E{row})"), rate, "0.00%")?;
        let computed = format!("I2:I{last}+J2:J{last}+K2:K{last}+L2:L{last}");
        let mean = format!("=IF(SUM(I{row}:L{row})=0,\"\",SUMPRODUCT({computed},H2:H{last})/SUM(I{row}:L{row}))");
        self.formula(&mean, all.mean(), "0.00")?;
        let counts = all.grades.into_iter().chain([all.errors, all.warnings]);
        for (column, count) in ["I", "J", "K", "L", "M", "N"].into_iter().zip(counts) {
            self.formula(&format!("=SUM({column}2:{column}{last})"), Some(count.into()), "0")?;
        }
        Ok(())
    }
}
