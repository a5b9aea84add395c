//! Templates of the uploads: empty tables, and tables filled with what is registered.

use std::collections::HashMap;

use rust_decimal::Decimal;
use rust_xlsxwriter::{DataValidation, Format, FormatAlign};

use super::columns::{self, Column, Holds};
use super::model::ImportKind;
use super::request::{TemplateFormat, TemplateQuery};
use super::{form_template, goal_template};
use crate::assessments;
use crate::auth::{Caller, Scope};
use crate::budgets;
use crate::db::Connection;
use crate::findings::Language;
use crate::http::error::{Code, Error, Result};
use crate::indicators::{self, Indicator};
use crate::organizations;
use crate::projects::model::ProjectRow;
use crate::projects::{self, ProjectId};
use crate::sheets::{XLSX, harmless, heading_format, new_workbook, unwritten};

/// Rows of a template that have a drop-down list of choices.
const OFFERED: u32 = 10_000;

/// A file to download.
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The template of a kind; with a year, filled with what is registered there.
pub fn template(
    c: &mut Connection,
    caller: &Caller,
    kind: ImportKind,
    query: &TemplateQuery,
    language: Language,
) -> Result<Template> {
    let year = query.fiscal_year.map(|year| year.0);
    let is_filled = year.is_some() || query.organization.is_some();
    if is_filled {
        caller.may(&[Scope::ProjectsRead])?;
    }
    if year.is_none() && is_filled && kind != ImportKind::Organizations {
        return Err(Error::fields(
            Code::BadQuery,
            vec![
                crate::values::input::Misread::new(
                    Code::MissingField,
                    "请同时给出预算年度",
                    "give the fiscal year too",
                )
                .at("fiscal_year"),
            ],
        ));
    }
    let top = query.organization.as_ref().map_or(caller.organization_code.as_str(), |code| code.as_str());
    if is_filled && organizations::store::of_codes(c, caller, &[top])?.is_empty() {
        let misread = crate::values::input::Misread::new(
            Code::UnknownOrganization,
            format!("没有可见的单位{top}"),
            format!("the caller sees no organization {top}"),
        );
        return Err(Error::fields(Code::BadQuery, vec![misread.at("organization")]));
    }
    // The subtree of the requested organization, limited to what the caller sees.
    let below = caller.below(top);
    let format = query.format.unwrap_or(TemplateFormat::Xlsx);
    let name = format!("{}.{}", kind.as_str(), format.as_str());
    if kind.is_of_forms() {
        if format == TemplateFormat::Csv {
            let misread = crate::values::input::Misread::new(
                Code::NotAllowedHere,
                "绩效表只有xlsx模板",
                "forms have a template as xlsx only",
            );
            return Err(Error::fields(Code::BadQuery, vec![misread.at("format")]));
        }
        let projects = match year {
            Some(year) => projects::store::of_year(c, &below, year)?,
            None => Vec::new(),
        };
        let bytes = match kind {
            ImportKind::GoalForms => goal_template::workbook(c, &projects, year)?,
            _ => form_template::workbook(c, &projects, year)?,
        };
        return Ok(Template { name, media_type: XLSX, bytes });
    }
    let rows = match (kind, year) {
        (ImportKind::Organizations, _) if is_filled => organization_rows(c, &below)?,
        (_, Some(year)) => project_rows(c, &below, kind, year)?,
        _ => Vec::new(),
    };
    let all = columns::of(kind);
    Ok(match format {
        TemplateFormat::Csv => {
            Template { name, media_type: "text/csv; charset=utf-8", bytes: csv(all, &rows, language)? }
        }
        TemplateFormat::Xlsx => Template { name, media_type: XLSX, bytes: xlsx(all, &rows, language)? },
    })
}

/// The cells of a row, by field.
type Cells = HashMap<&'static str, String>;

fn organization_rows(c: &mut Connection, below: &Caller) -> Result<Vec<Cells>> {
    let all = organizations::store::all(c, below)?;
    let codes: HashMap<_, _> = all.iter().map(|one| (one.id.clone(), one.code.to_string())).collect();
    let row = |one: &organizations::Organization| {
        let parent = one.parent_id.as_ref().and_then(|id| codes.get(id)).cloned().unwrap_or_default();
        Cells::from([
            ("code", one.code.to_string()),
            ("name", one.name.to_string()),
            ("kind", one.kind.as_str().to_owned()),
            ("parent_code", parent),
        ])
    };
    Ok(all.iter().map(row).collect())
}

fn project_rows(c: &mut Connection, below: &Caller, kind: ImportKind, year: i32) -> Result<Vec<Cells>> {
    let all = projects::store::of_year(c, below, year)?;
    let mut rows = Vec::new();
    for chunk in all.chunks(crate::db::bulk::CHUNK) {
        let ids: Vec<ProjectId> = chunk.iter().map(|project| project.id.clone()).collect();
        match kind {
            ImportKind::Projects => {
                let names: HashMap<_, _> = organizations::store::all(c, below)?
                    .into_iter()
                    .map(|one| (one.id, one.code.to_string()))
                    .collect();
                for project in chunk {
                    let organization = names.get(&project.organization_id).cloned().unwrap_or_default();
                    rows.push(project_cells(project, organization)?);
                }
            }
            ImportKind::BudgetLines => {
                let lines = assessments::by_project(budgets::store::of_projects(c, &ids)?, |line| &line.project_id);
                for project in chunk {
                    for line in lines.get(&project.id).into_iter().flat_map(|lines| lines.iter()) {
                        let mut cells = of_project(project);
                        cells.insert("funding_source", line.funding_source.as_str().to_owned());
                        cells.insert("economic_category", line.economic_category.to_string());
                        cells.insert("initial_amount", line.initial_amount.to_string());
                        cells.insert("adjusted_amount", line.adjusted_amount.to_string());
                        cells.insert("executed_amount", line.executed_amount.to_string());
                        let level = line.government_level.map(|level| level.as_str().to_owned());
                        cells.insert("government_level", level.unwrap_or_default());
                        let nature = line.fund_nature.map(|nature| nature.as_str().to_owned());
                        cells.insert("fund_nature", nature.unwrap_or_default());
                        rows.push(cells);
                    }
                }
            }
            _ => {
                let found = assessments::by_project(indicators::store::of_projects(c, &ids)?, |one| &one.project_id);
                let drafts: HashMap<ProjectId, _> = assessments::store::of_projects(c, &ids)?
                    .into_iter()
                    // The open one comes first; reversed, so that it is collected last and replaces the others.
                    .rev()
                    .map(|(row, _)| (row.project_id, row.id))
                    .collect();
                let open: Vec<_> = drafts.values().cloned().collect();
                let results: HashMap<_, _> = assessments::store::results(c, &open)?
                    .into_iter()
                    .map(|row| (row.indicator_id.clone(), row))
                    .collect();
                for project in chunk {
                    for indicator in found.get(&project.id).into_iter().flat_map(|list| list.iter()) {
                        let mut cells = of_project(project);
                        cells.extend(indicator_cells(indicator));
                        if let Some(result) = results.get(&indicator.id) {
                            let text = |text: Option<String>| text.unwrap_or_default();
                            cells.insert("actual_text", text(result.actual_text.as_ref().map(ToString::to_string)));
                            cells.insert("achievement", text(result.achievement.map(|one| one.as_str().to_owned())));
                            cells.insert("status", text(result.status.map(|one| one.as_str().to_owned())));
                            cells.insert("declared_score", text(result.declared_score.map(|one| one.to_string())));
                            cells.insert(
                                "deviation_reason",
                                text(result.deviation_reason.as_ref().map(ToString::to_string)),
                            );
                        }
                        rows.push(cells);
                    }
                }
            }
        }
    }
    Ok(rows)
}

fn of_project(project: &ProjectRow) -> Cells {
    Cells::from([("fiscal_year", project.fiscal_year.to_string()), ("project_code", project.code.to_string())])
}

fn project_cells(project: &ProjectRow, organization: String) -> Result<Cells> {
    let text = |text: &Option<crate::values::LongText>| text.as_ref().map(ToString::to_string).unwrap_or_default();
    let lines: Vec<String> = project.basis_documents.read()?.iter().map(ToString::to_string).collect();
    let plan = project.implementation_plan.read()?;
    let steps: Vec<String> = plan.iter().map(|step| format!("{}：{}", step.months, step.work)).collect();
    Ok(Cells::from([
        ("fiscal_year", project.fiscal_year.to_string()),
        ("code", project.code.to_string()),
        ("name", project.name.to_string()),
        ("organization_code", organization),
        ("overall_goal", text(&project.overall_goal)),
        ("annual_goal", text(&project.annual_goal)),
        ("basis_documents", lines.join("\n")),
        ("implementation_plan", steps.join("\n")),
        ("subject", project.subject.as_str().to_owned()),
    ]))
}

fn indicator_cells(indicator: &Indicator) -> Cells {
    let text = |text: Option<String>| text.unwrap_or_default();
    Cells::from([
        ("position", indicator.position.to_string()),
        ("level1", indicator.level1.to_string()),
        ("level2", text(indicator.level2.as_ref().map(ToString::to_string))),
        ("name", indicator.name.to_string()),
        ("measure", indicator.measure.as_str().to_owned()),
        ("comparison", text(indicator.comparison.map(|one| one.as_str().to_owned()))),
        ("weight", text(indicator.weight.map(|weight| weight.to_string()))),
        ("target_text", text(indicator.target_text.as_ref().map(ToString::to_string))),
        ("explanation", text(indicator.explanation.as_ref().map(ToString::to_string))),
        ("scoring_standard", text(indicator.scoring_standard.as_ref().map(ToString::to_string))),
        ("data_source", text(indicator.data_source.as_ref().map(ToString::to_string))),
        ("is_core", text(indicator.is_core.map(|is_core| if is_core { "是" } else { "否" }.to_owned()))),
    ])
}

/// The heading of a column in a reader's language.
fn heading(column: &Column, language: Language) -> &'static str {
    match language {
        Language::Zh => column.zh.first().copied().unwrap_or(column.field),
        Language::En => column.field,
    }
}

/// The text of a cell; names as people write them.
fn cell(column: &Column, row: &Cells, language: Language) -> String {
    let text = row.get(column.field).cloned().unwrap_or_default();
    match (column.holds, language) {
        (Holds::Names(names), Language::Zh) => {
            names.iter().find(|(_, name)| *name == text).map_or(text, |(written, _)| (*written).to_owned())
        }
        _ => text,
    }
}

fn csv(all: &[Column], rows: &[Cells], language: Language) -> Result<Vec<u8>> {
    let failed = |cause: csv::Error| Error::internal(&cause);
    // Spreadsheet programs recognise UTF-8 only with a byte order mark.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(all.iter().map(|column| heading(column, language))).map_err(failed)?;
    for row in rows {
        let cells = all.iter().map(|column| {
            let text = cell(column, row, language);
            // An amount below 0 is a number to every program.
            if Decimal::from_str_exact(&text).is_ok() { text } else { harmless(text) }
        });
        writer.write_record(cells).map_err(failed)?;
    }
    writer.into_inner().map_err(|cause| Error::internal(&cause))
}

fn xlsx(all: &[Column], rows: &[Cells], language: Language) -> Result<Vec<u8>> {
    let mut workbook = new_workbook()?;
    let sheet = workbook.add_worksheet();
    // Only a column in text format keeps codes of twenty digits as texts.
    let text_format = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    for (column, at) in all.iter().zip(0_u16..) {
        let name = heading(column, language);
        let starred = if column.required { format!("{name}*") } else { name.to_owned() };
        sheet.write_string_with_format(0, at, starred, &heading_format()).map_err(unwritten)?;
        sheet.set_column_format(at, &text_format).map_err(unwritten)?;
        let wide = matches!(column.holds, Holds::Lines | Holds::Steps)
            || column.field.ends_with("_text")
            || column.field.ends_with("goal");
        sheet.set_column_width(at, if wide { 36 } else { 18 }).map_err(unwritten)?;
        if let Holds::Names(names) = column.holds {
            let mut offered: Vec<&str> = Vec::new();
            for (written, name) in names {
                let choice = if language == Language::Zh { *written } else { *name };
                let is_first = names.iter().find(|(_, other)| other == name).is_some_and(|(first, _)| first == written);
                if is_first {
                    offered.push(choice);
                }
            }
            let choices = DataValidation::new().allow_list_strings(&offered).map_err(unwritten)?;
            sheet.add_data_validation(1, at, OFFERED, at, &choices).map_err(unwritten)?;
        }
    }
    sheet.set_freeze_panes(1, 0).map_err(unwritten)?;
    for (row, at) in rows.iter().zip(1_u32..) {
        for (column, place) in all.iter().zip(0_u16..) {
            let text = cell(column, row, language);
            if !text.is_empty() {
                sheet.write_string_with_format(at, place, text, &text_format).map_err(unwritten)?;
            }
        }
    }
    workbook.save_to_buffer().map_err(unwritten)
}
