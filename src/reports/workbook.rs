//! A report as the form itself: a workbook in the statutory layout, ready to print, whose sums and rates are formulas.

use rust_decimal::Decimal;

use super::facts::Facts;
use super::form::{self, Amounts, Form, FormRow};
use super::tables::whole_weight;
use super::{cover, words};
use crate::assessments::narrative::Spending;
use crate::assessments::result::ResultView;
use crate::findings::Language;
use crate::http::error::Result;
use crate::sheets::{new_workbook, unwritten};
use crate::values::{Money, Points};

/// The workbook.
///
/// # Errors
/// When it cannot be written.
pub fn write(facts: &Facts, language: Language) -> Result<Vec<u8>> {
    let mut book = new_workbook()?;
    let sheet = book.add_worksheet();
    sheet.set_name("绩效自评表").map_err(unwritten)?;
    form::write(sheet, &form_of(facts), true)?;
    // In a header & begins a code of the spreadsheet's own.
    let foot = cover::footer(facts, language).replace('&', "&&");
    sheet.set_footer(format!("&L&8{foot}&R&8&P / &N"));
    if let Some(mark) = cover::draft_mark(facts, language) {
        sheet.set_header(format!("&C&12{mark}"));
    }
    book.save_to_buffer().map_err(unwritten)
}

/// The form as it was declared.
fn form_of(facts: &Facts) -> Form {
    let (identity, particulars) = (&facts.content.identity, &facts.content.particulars);
    let declared = &identity.declared;
    let (execution, rows) = form::split(&facts.content.results, |row| {
        (row.level1.as_str(), row.level2.as_ref().map(|level| level.as_str()), row.name.as_str())
    });
    let amount = |name: &str, part: fn(&Spending) -> Money| -> Option<Money> {
        let stated = declared[name].as_str().and_then(|text| text.parse::<Decimal>().ok()).map(Money::from_yuan);
        let sum: Decimal = particulars.budget_lines.iter().map(|line| part(line).yuan()).sum();
        stated.or_else(|| Some(Money::from_yuan(sum)).filter(|_| !particulars.budget_lines.is_empty()))
    };
    let line = |line: &Spending| -> (String, Amounts) {
        let amounts = [line.initial_amount, line.adjusted_amount, line.executed_amount].map(Some);
        (line.economic_category.clone(), amounts)
    };
    let total = declared["total"].as_str().and_then(|text| text.parse::<Decimal>().ok());
    Form {
        year: Some(identity.fiscal_year),
        project_name: identity.project_name.clone(),
        project_code: identity.project_code.clone(),
        department: particulars.department_name.clone().unwrap_or_default(),
        unit: format!("{}-{}", identity.organization_code, identity.organization_name),
        totals: [
            amount("initial_amount", |line| line.initial_amount),
            amount("adjusted_amount", |line| line.adjusted_amount),
            amount("executed_amount", |line| line.executed_amount),
        ],
        lines: particulars.budget_lines.iter().map(line).collect(),
        execution: (execution.and_then(|row| row.weight), execution.and_then(|row| row.declared_score)),
        goal: particulars.annual_goal.as_ref().map(ToString::to_string).unwrap_or_default(),
        completion: particulars.goal_completion.as_ref().map(ToString::to_string).unwrap_or_default(),
        rows: rows.iter().map(row_of).collect(),
        weight: whole_weight(&facts.content),
        total: total.map(Points::rounded),
        grade: declared["grade_text"].as_str().unwrap_or_default().to_owned(),
    }
}

fn row_of(row: &ResultView) -> FormRow {
    let text = |text: &Option<crate::values::LongText>| text.as_ref().map(ToString::to_string).unwrap_or_default();
    // How far a qualitative target was achieved is an actual value where nothing else is.
    let achieved = row.achievement.map(|value| words::achievement(value.0, Language::Zh).to_owned());
    FormRow {
        level1: row.level1.to_string(),
        level2: row.level2.as_ref().map(ToString::to_string),
        name: row.name.to_string(),
        target: text(&row.target_text),
        actual: row.actual_text.as_ref().map(ToString::to_string).or(achieved).unwrap_or_default(),
        weight: row.weight,
        score: row.declared_score,
        reason: text(&row.deviation_reason),
    }
}
