//! 绩效自评表: a form as the draft of its project, with its funds, indicators and results.

mod changes;
mod errors;
mod figures;
mod goals;
mod results;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use errors::Errors;

use super::{Planned, Scope};
use crate::db::Connection;
use crate::findings::Language;
use crate::forms::{Form, FormKind, Purpose, suited};
use crate::http::error::{Code, Result};
use crate::values::{FromText, Instant, NaturalCode, ShortText, Stored};

use crate::imports::model::{Note, Outcome};
use crate::imports::near::{self, Near};
use crate::imports::record::{RowError, RowPlace};
use crate::imports::report::{FormScore, ReportLine};
use crate::organizations::{self, Organization};
use crate::projects::model::{ProjectRow, Subject, checked_year};
use crate::projects::{self, ProjectId};
use crate::score_previews::model::preview;
use crate::values::input::Misread;
use crate::workbooks::Place;

/// Plans forms, one at a time.
#[derive(Default)]
pub struct FormPlanner {
    purpose: Purpose,
    near: Near,
    /// Projects that already had a form, with the place of that form.
    had: std::collections::HashMap<(i32, String), String>,
}

impl FormPlanner {
    /// A planner of forms of this purpose.
    pub fn new(purpose: Purpose) -> FormPlanner {
        FormPlanner { purpose, ..FormPlanner::default() }
    }

    /// What becomes of a form.
    pub fn plan(&mut self, c: &mut Connection, scope: &Scope, form: &Form, file: Option<Arc<str>>) -> Result<Planned> {
        let sheet = Some(Arc::from(form.sheet.as_str()));
        let place = RowPlace { row: u64::from(form.first_row), sheet, file };
        let start = Place { row: form.first_row, column: 1 };
        let mut errors = Errors(Vec::new());
        // What the sheet is says all: nothing of it could be mended, and nothing is scored.
        let other = form.is_not_for(self.purpose).filter(|_| !form.is_other_kind());
        for problem in other.as_ref().map_or(&form.problems[..], std::slice::from_ref) {
            let (zh, en) = problem.kind.text();
            errors.0.push(RowError {
                row: u64::from(problem.place.row),
                cell: Some(problem.place.to_string()),
                column: Some(problem.column.clone()),
                code: problem.kind.code().to_owned(),
                value: problem.value.clone(),
                zh: zh.to_owned(),
                en: en.to_owned(),
            });
        }
        if other.is_some() || form.is_other_kind() {
            let key = form.project_name.as_ref().map(|name| name.value.clone());
            return Ok(Planned::rejected(place, key, errors.0));
        }
        let year = self.year(scope, form, start, &mut errors);
        let name = form.project_name.as_ref().map(|name| name.value.clone());
        let key =
            format!("{} {}", year.map(|year| year.to_string()).unwrap_or_default(), name.clone().unwrap_or_default());
        let key = Some(key.trim().to_owned()).filter(|key| !key.is_empty());
        let unit = self.unit(c, scope, form, &mut errors)?;
        let project = match year {
            Some(year) => self.project(c, scope, form, (year, unit.as_ref()), start, &mut errors)?,
            None => None,
        };
        let score = (self.purpose == Purpose::SelfAssessment).then(|| score(form)).transpose()?;
        let with_score = |mut planned: Planned| {
            planned.line.score = score;
            planned.line.notes.extend(form.notes().into_iter().map(|(zh, en)| Note { zh, en }));
            planned
        };
        let (Some((project, is_new)), true) = (project, errors.0.is_empty()) else {
            return Ok(with_score(Planned::rejected(place, key, errors.0)));
        };
        let here = match &place.file {
            Some(file) => format!("{file} {} {}", form.sheet, form.first_row),
            None => format!("{} {}", form.sheet, form.first_row),
        };
        if let Some(earlier) = self.had.insert((project.fiscal_year, project.code.to_string()), here) {
            let misread = Misread::new(
                Code::Duplicate,
                format!("该项目的表已在“{earlier}”给出；每个项目只上传一份"),
                format!("the form of this project is given at {earlier} already; send one for each project"),
            );
            let at = form.project_name.as_ref().map_or(start, |name| name.place);
            errors.add(at, "项目名称", name.as_deref(), misread);
            return Ok(with_score(Planned::rejected(place, key, errors.0)));
        }
        let changed = match self.purpose {
            Purpose::Goals => goals::changes(c, form, project, is_new, start, &mut errors)?,
            _ => changes::changes(c, form, project, is_new, start, &mut errors)?,
        };
        let Some((changes, location, has_draft, notes)) = changed.filter(|_| errors.0.is_empty()) else {
            return Ok(with_score(Planned::rejected(place, key, errors.0)));
        };
        let outcome = match (changes.is_empty(), has_draft) {
            (true, _) => Outcome::Unchanged,
            (false, false) => Outcome::Created,
            (false, true) => Outcome::Updated,
        };
        let mut line = ReportLine::new(place, outcome, key, Some(location));
        line.notes = notes;
        Ok(with_score(Planned { line, changes }))
    }

    fn year(&self, scope: &Scope, form: &Form, start: Place, errors: &mut Errors) -> Option<i32> {
        let (found, place) = match (&form.fiscal_year, scope.fiscal_year) {
            (Some(cited), Some(given)) if cited.value != given => {
                let misread = Misread::new(
                    Code::FiscalYearDiffers,
                    format!("表中年度为{}，而上传参数fiscal_year为{given}", cited.value),
                    format!("the form is of {}, and the parameter fiscal_year says {given}", cited.value),
                );
                errors.add(cited.place, "年度", Some(&cited.value.to_string()), misread);
                return None;
            }
            (Some(cited), _) => (cited.value, cited.place),
            (None, Some(given)) => (given, start),
            (None, None) => {
                let misread = Misread::new(
                    Code::MissingField,
                    "表中没有年度；请在标题写明（2023年度），或用参数fiscal_year给出",
                    "the form says no fiscal year; write it in the title as （2023年度）, or give the parameter fiscal_year",
                );
                errors.add(start, "年度", None, misread);
                return None;
            }
        };
        match checked_year(found) {
            Ok(year) => Some(year),
            Err(misread) => {
                errors.add(place, "年度", Some(&found.to_string()), misread);
                None
            }
        }
    }

    /// The unit that a form names: by code, otherwise by exact name.
    fn unit(
        &mut self,
        c: &mut Connection,
        scope: &Scope,
        form: &Form,
        errors: &mut Errors,
    ) -> Result<Option<Organization>> {
        let Some(cited) = form.organization() else { return Ok(None) };
        let named = &cited.value;
        let mut found = Vec::new();
        // 219001-A公司 may be the code 219001-A, or 219001 and a name that begins with a letter.
        let (mut code, mut name) = (named.code.as_deref(), named.name.clone());
        while let Some(wanted) = code {
            if let Some(found) = organizations::store::of_codes(c, &scope.caller, &[wanted])?.pop() {
                return Ok(Some(found));
            }
            found.extend(organizations::store::of_name(c, &scope.caller, &name)?);
            let (head, tail) = wanted.rsplit_once('-').unzip();
            name = tail.map(|tail| format!("{tail}{name}")).unwrap_or(name);
            code = head;
        }
        if found.is_empty() {
            found = organizations::store::of_name(c, &scope.caller, &named.name)?;
        }
        let column = "实施单位";
        match found.len() {
            1 => return Ok(found.pop()),
            0 => {
                let (zh, en) = near::suggestion(&self.near.organizations(c, &scope.caller, &named.name)?);
                let misread = Misread::new(
                    Code::UnknownOrganization,
                    format!("没有可见的单位“{}”{zh}", named.name),
                    format!("the caller sees no organization {}{en}", named.name),
                );
                errors.add(cited.place, column, Some(&named.name), misread);
            }
            count => {
                let misread = Misread::new(
                    Code::Ambiguous,
                    format!("有{count}个单位名为“{}”；请写明代码，例如 219001-{}", named.name, named.name),
                    format!("{count} organizations are named {}; put the code before it, such as 219001-…", named.name),
                );
                errors.add(cited.place, column, Some(&named.name), misread);
            }
        }
        Ok(None)
    }

    /// What a form of a whole department assesses: all that the organization spends in the year, and whether it is new.
    fn whole(
        &mut self,
        c: &mut Connection,
        scope: &Scope,
        form: &Form,
        (year, unit): (i32, Option<&Organization>),
        errors: &mut Errors,
    ) -> Result<Option<(ProjectRow, bool)>> {
        // Without an organization that is an error already.
        let Some(unit) = unit else { return Ok(None) };
        if let Some(found) = projects::store::whole_of(c, &scope.caller, year, &unit.id)? {
            return Ok(Some((found, false)));
        }
        if scope.create_missing {
            let read = |misread: Misread| crate::http::error::Error::internal(&misread.detail.en);
            let code = NaturalCode::from_text(&format!("{}-ZT", unit.code)).map_err(read)?;
            let name = ShortText::from_text(WHOLE).map_err(read)?;
            return Ok(Some((new_project(unit, year, (code, name), Subject::Organization)?, true)));
        }
        let misread = Misread::new(
            Code::UnknownProject,
            format!(
                "{year}年度没有登记“{}”的整体支出；先登记评价对象为整体支出的项目，或加参数create_missing=true",
                unit.name
            ),
            format!(
                "no whole spending of {} is registered in {year}; register a project whose subject is organization, or \
                 add create_missing=true",
                unit.name
            ),
        );
        if let Some(cited) = form.organization() {
            errors.add(cited.place, "部门名称", Some(unit.name.as_str()), misread);
        }
        Ok(None)
    }

    /// The project that a form names: by code, otherwise by exact name; and whether it is new.
    fn project(
        &mut self,
        c: &mut Connection,
        scope: &Scope,
        form: &Form,
        (year, unit): (i32, Option<&Organization>),
        start: Place,
        errors: &mut Errors,
    ) -> Result<Option<(ProjectRow, bool)>> {
        let code: Option<NaturalCode> = errors.read(&form.project_code, "项目代码");
        let registered = match (&code, unit) {
            (Some(code), Some(unit)) => {
                let division = unit.division_code.as_str();
                projects::store::of_division_and_codes(c, &scope.caller, division, year, &[code.as_str()])?.pop()
            }
            (Some(code), None) => projects::store::find_by_code(c, &scope.caller, year, code.as_str())?,
            (None, _) => None,
        };
        if let Some((code, found)) = code.as_ref().zip(registered) {
            if let Some(unit) = unit.filter(|unit| unit.id != found.organization_id) {
                let misread = Misread::new(
                    Code::NotAllowedHere,
                    format!("项目{code}登记在另一单位，而表中实施单位为“{}”", unit.name),
                    format!(
                        "the project {code} is registered for another unit than {}, which the form names",
                        unit.name
                    ),
                );
                let at = form.unit.as_ref().map_or(start, |unit| unit.place);
                errors.add(at, "实施单位", Some(unit.name.as_str()), misread);
                return Ok(None);
            }
            return Ok(Some((found, false)));
        }
        if form.kind == FormKind::Department {
            return self.whole(c, scope, form, (year, unit), errors);
        }
        let Some(cited) = &form.project_name else { return Ok(None) };
        let Some(name) = errors.read::<ShortText>(&form.project_name, "项目名称") else { return Ok(None) };
        // A code that is not registered is another project, whatever its name; but it may be registered as part of the name.
        let title = form.project_title.as_deref().map(str::trim).filter(|title| *title != name.as_str());
        let registered_as = match &code {
            Some(code) => title.map_or_else(|| format!("{code}-{name}"), str::to_owned),
            None => name.to_string(),
        };
        let mut found = projects::store::of_name(c, &scope.caller, year, &registered_as)?;
        // Projects of one name are common: 公用经费 is one in each unit.
        if let Some(unit) = unit {
            found.retain(|project| project.organization_id == unit.id);
        }
        match (found.len(), unit) {
            (1, _) => Ok(found.pop().map(|project| (project, false))),
            (0, Some(unit)) if scope.create_missing => {
                let code = match code {
                    Some(code) => code,
                    None => code_of(unit, year, name.as_str())?,
                };
                let taken = projects::store::taken_codes(c, unit.division_code.as_str(), year, &[code.as_str()])?;
                if !taken.is_empty() {
                    let misread = Misread::new(
                        Code::Taken,
                        format!("{year}年度的项目代码{code}已被本区划的其他单位占用"),
                        format!("another unit of the division has a project {code} in {year}"),
                    );
                    errors.add(cited.place, "项目代码", Some(code.as_str()), misread);
                    return Ok(None);
                }
                Ok(Some((new_project(unit, year, (code, name), Subject::Project)?, true)))
            }
            (0, None) if scope.create_missing => {
                if form.unit.is_none() {
                    let misread = Misread::new(
                        Code::MissingField,
                        "没有实施单位，不能建立项目；请在“实施单位”右侧填写",
                        "the form names no unit, so the project cannot be made; write it to the right of 实施单位",
                    );
                    errors.add(start, "实施单位", None, misread);
                }
                Ok(None)
            }
            (0, _) => {
                let wanted = code.as_ref().map_or(name.as_str(), NaturalCode::as_str);
                let (zh, en) = near::suggestion(&self.near.projects(c, &scope.caller, year, wanted)?);
                let misread = Misread::new(
                    Code::UnknownProject,
                    format!("{year}年度没有可见的项目“{wanted}”{zh}；先登记，或加参数create_missing=true"),
                    format!(
                        "the caller sees no project {wanted} in {year}{en}; register it, or add create_missing=true"
                    ),
                );
                let at = form.project_code.as_ref().filter(|_| code.is_some()).unwrap_or(cited);
                errors.add(at.place, "项目名称", Some(wanted), misread);
                Ok(None)
            }
            (count, _) => {
                let misread = Misread::new(
                    Code::Ambiguous,
                    format!("{year}年度有{count}个项目名为“{name}”；请在表中写明项目代码"),
                    format!(
                        "{count} projects of {year} are named {name}; write the project's code (项目代码) into the form"
                    ),
                );
                errors.add(cited.place, "项目名称", Some(name.as_str()), misread);
                Ok(None)
            }
        }
    }
}

/// What the register calls all that an organization spends.
const WHOLE: &str = "部门整体支出";

fn new_project(
    unit: &Organization,
    year: i32,
    (code, name): (NaturalCode, ShortText),
    subject: Subject,
) -> Result<ProjectRow> {
    let now = Instant::now();
    Ok(ProjectRow {
        id: ProjectId::new(),
        version: 1,
        division_code: unit.division_code.clone(),
        fiscal_year: year,
        code,
        name,
        organization_id: unit.id.clone(),
        overall_goal: None,
        annual_goal: None,
        basis_documents: Stored::new(&Vec::new())?,
        implementation_plan: Stored::new(&Vec::new())?,
        created_at: now,
        updated_at: now,
        subject,
    })
}

/// A code for a project whose form gives none: the same for the same unit, year and name.
fn code_of(unit: &Organization, year: i32, name: &str) -> Result<NaturalCode> {
    let digest = Sha256::digest(format!("{}\n{year}\n{name}", unit.code));
    let short = base16ct::lower::encode_string(&digest[..6]);
    let kept: String = unit.code.as_str().chars().take(50).collect();
    NaturalCode::from_text(&format!("{kept}-{short}"))
        .map_err(|misread| crate::http::error::Error::internal(&misread.detail.en))
}

/// What the rule says of the form as it stands.
fn score(form: &Form) -> Result<FormScore> {
    let (assessment, profile) = (form.assessment(), suited(form));
    let raw = |language| -> Result<_> {
        let found = preview(&assessment, profile, language);
        let text = serde_json::value::to_raw_value(&found.findings)
            .map_err(|cause| crate::http::error::Error::internal(&cause))?;
        Ok((text, found.computed.map(|computed| computed.total)))
    };
    let ((zh, computed), (en, _)) = (raw(Language::Zh)?, raw(Language::En)?);
    let declared = form.total_score.as_ref().map(|total| total.value.to_string());
    Ok(FormScore { declared, computed: computed.map(|total| total.to_string()), zh, en })
}
