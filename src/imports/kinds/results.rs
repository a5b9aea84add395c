//! 自评结果: the result of an indicator in its project's draft, a row each.

use crate::values::{CodedAchievement, CodedRowStatus};
use std::collections::{HashMap, HashSet};

use deserr::Deserr;

use super::{OfProject, Planned, Planner, ProjectLine, Scope, guarded, ids, of_projects};
use crate::assessments::actions::draft_row;
use crate::assessments::model::{AssessmentId, AssessmentRow};
use crate::assessments::result::ResultRow;
use crate::assessments::{by_project, store};
use crate::db::Connection;
use crate::http::error::{Code, Result};
use crate::imports::change::{Change, Table, Written};
use crate::imports::near::Near;
use crate::imports::record::{Given, Record, RowError, Seen, twice};
use crate::indicators::{self, Indicator, IndicatorId};
use crate::projects::ProjectId;
use crate::scoring::{EvaluationKind, Profile};
use crate::values::{LongText, NaturalCode, Points, ShortText};

#[derive(Debug, Clone, Deserr)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
struct Line {
    #[deserr(default)]
    fiscal_year: Option<i32>,
    project_code: NaturalCode,
    #[deserr(default)]
    level1: Option<ShortText>,
    #[deserr(default)]
    level2: Option<ShortText>,
    name: ShortText,
    #[deserr(default)]
    actual_text: Given<LongText>,
    #[deserr(default)]
    achievement: Given<CodedAchievement>,
    #[deserr(default)]
    status: Given<CodedRowStatus>,
    #[deserr(default)]
    declared_score: Given<Points>,
    #[deserr(default)]
    deviation_reason: Given<LongText>,
}

impl ProjectLine for Line {
    const FIELD: &'static str = "name";

    fn project(&self) -> (Option<i32>, &NaturalCode) {
        (self.fiscal_year, &self.project_code)
    }

    fn name(&self) -> String {
        let level = |level: &Option<ShortText>| level.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{}/{}/{}", level(&self.level1), level(&self.level2), self.name)
    }
}

impl Line {
    fn says_nothing(&self) -> bool {
        !matches!(self.actual_text, Given::Value(_))
            && !matches!(self.achievement, Given::Value(_))
            && !matches!(self.status, Given::Value(_))
            && !matches!(self.declared_score, Given::Value(_))
            && !matches!(self.deviation_reason, Given::Value(_))
    }
}

/// Plans the rows.
#[derive(Default)]
pub struct ResultPlanner {
    seen: Seen,
    near: Near,
    /// Indicators that already had a row, with its number.
    had: HashMap<IndicatorId, u64>,
    touched: HashSet<AssessmentId>,
    /// Drafts that the file creates.
    made: HashMap<ProjectId, AssessmentRow>,
}

impl Planner for ResultPlanner {
    fn plan(&mut self, c: &mut Connection, scope: &Scope, records: Vec<Record>) -> Result<Vec<Planned>> {
        let rows = of_projects::<Line>(c, scope, &mut self.near, &mut self.seen, &records)?;
        let ids = ids(&rows);
        let known = by_project(indicators::store::of_projects(c, &ids)?, |indicator| &indicator.project_id);
        let mut drafts: HashMap<ProjectId, AssessmentRow> = HashMap::new();
        let mut has_any: HashSet<ProjectId> = HashSet::new();
        for (row, _) in store::of_projects(c, &ids)? {
            if row.kind == EvaluationKind::UnitSelfAssessment {
                has_any.insert(row.project_id.clone());
            }
            // The open one comes first.
            drafts.entry(row.project_id.clone()).or_insert(row);
        }
        let of_drafts: Vec<AssessmentId> = drafts.values().map(|row| row.id.clone()).collect();
        let results: HashMap<(AssessmentId, IndicatorId), ResultRow> = store::results(c, &of_drafts)?
            .into_iter()
            .map(|row| ((row.assessment_id.clone(), row.indicator_id.clone()), row))
            .collect();
        let mut planned = Vec::with_capacity(records.len());
        for row in rows {
            let OfProject { record, line, key, project } = match row {
                Ok(row) => row,
                Err(rejected) => {
                    planned.push(*rejected);
                    continue;
                }
            };
            let reject = |error| Planned::rejected(record.place.clone(), Some(key.clone()), vec![error]);
            let list = known.get(&project.id).map(|list| list.as_slice()).unwrap_or_default();
            let indicator = match named(record, &line, list) {
                Ok(indicator) => indicator,
                Err(error) => {
                    planned.push(reject(*error));
                    continue;
                }
            };
            if let Some(earlier) = self.had.insert(indicator.id.clone(), record.place.row) {
                planned.push(reject(twice(record, "name", earlier)));
                continue;
            }
            if line.says_nothing() && !drafts.contains_key(&project.id) && !self.made.contains_key(&project.id) {
                // A row of a template that was not filled in.
                let location = format!("/api/v1/indicators/{}", indicator.id);
                planned.push(Planned::unchanged(record.place.clone(), key, location));
                continue;
            }
            let mut changes = Vec::new();
            let draft = match (drafts.get(&project.id), self.made.get(&project.id)) {
                (Some(draft), _) | (None, Some(draft)) => draft.clone(),
                (None, None) if scope.create_missing && !has_any.contains(&project.id) => {
                    let profile = Profile::default_for(EvaluationKind::UnitSelfAssessment);
                    let draft = draft_row(&project, profile);
                    changes.push(Change::Assessment(Written::new(draft.clone())));
                    self.made.insert(project.id.clone(), draft.clone());
                    draft
                }
                (None, None) => {
                    planned.push(reject(record.wrong(
                        "project_code",
                        Code::NoDraft,
                        "该项目没有填报中的自评；请先建立，或加参数create_missing=true",
                        "the project has no draft of a self-assessment; open one, or add create_missing=true",
                    )));
                    continue;
                }
            };
            let location = draft.location();
            let before = results.get(&(draft.id.clone(), indicator.id.clone()));
            let Some(after) = written(line, before, &draft.id, &indicator.id) else {
                planned.push(Planned::unchanged(record.place.clone(), key, location));
                continue;
            };
            if !self.made.contains_key(&project.id) && self.touched.insert(draft.id.clone()) {
                changes.push(Change::TouchedAssessment(draft.id.clone(), draft.version));
            }
            let is_new = before.is_none();
            changes.push(Change::Result(Box::new(Written { before: before.cloned(), after: Some(after) })));
            planned.push(Planned::changed(record.place.clone(), is_new, key, location, changes));
        }
        guarded(c, &records, "project_code", planned)
    }
}

/// The indicator that a row names: by its levels as far as they are given.
fn named<'a>(record: &Record, line: &Line, list: &'a [Indicator]) -> std::result::Result<&'a Indicator, Box<RowError>> {
    let fits = |one: &&Indicator| {
        one.name == line.name
            && line.level1.as_ref().is_none_or(|level| one.level1 == *level)
            && line.level2.as_ref().is_none_or(|level| one.level2.as_ref() == Some(level))
    };
    let found: Vec<&Indicator> = list.iter().filter(fits).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => {
            let names: Vec<String> = list.iter().take(5).map(|one| one.name.to_string()).collect();
            let (zh, en) = match names.is_empty() {
                true => ("该项目还没有指标".to_owned(), "the project has no indicators yet".to_owned()),
                false => (format!("该项目的指标有：{}", names.join("、")), format!("it has {}", names.join(", "))),
            };
            Err(Box::new(record.wrong(
                "name",
                Code::UnknownIndicator,
                format!("该项目没有指标“{}”；{zh}", line.name),
                format!("the project has no indicator {}; {en}", line.name),
            )))
        }
        _ => Err(Box::new(record.wrong(
            "name",
            Code::Ambiguous,
            format!("该项目有{}个名为“{}”的指标；请给出一级、二级指标", found.len(), line.name),
            format!("the project has {} indicators named {}; give level1 and level2", found.len(), line.name),
        ))),
    }
}

fn written(
    line: Line,
    before: Option<&ResultRow>,
    assessment: &AssessmentId,
    indicator: &IndicatorId,
) -> Option<ResultRow> {
    let after = ResultRow {
        assessment_id: assessment.clone(),
        indicator_id: indicator.clone(),
        actual_text: line.actual_text.over(before.and_then(|one| one.actual_text.clone())),
        achievement: line.achievement.over(before.and_then(|one| one.achievement)),
        declared_score: line.declared_score.over(before.and_then(|one| one.declared_score)),
        deviation_reason: line.deviation_reason.over(before.and_then(|one| one.deviation_reason.clone())),
        reviewed_score: before.and_then(|one| one.reviewed_score),
        review_reason: before.and_then(|one| one.review_reason.clone()),
        status: line.status.over(before.and_then(|one| one.status)),
    };
    let says_nothing = after.actual_text.is_none()
        && after.achievement.is_none()
        && after.status.is_none()
        && after.declared_score.is_none()
        && after.deviation_reason.is_none();
    // A row of a template that was not filled in changes nothing.
    (before != Some(&after) && !(before.is_none() && says_nothing)).then_some(after)
}
