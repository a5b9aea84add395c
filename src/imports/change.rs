//! What an import changes: each row as it was and as it will be, so that it can be made, and undone.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use diesel::QueryResult;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::assessments::guard::Write;
use crate::assessments::model::{Action, AssessmentId, AssessmentRow};
use crate::assessments::result::ResultRow;
use crate::budgets::model::{BudgetLine, BudgetLineId};
use crate::db::Connection;
use crate::db::journal::Recorded;
use crate::http::error::Result;
use crate::indicators::model::{IndicatorId, IndicatorRow};
use crate::organizations::model::{Organization, OrganizationId};
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;
use crate::values::Instant;
use crate::{assessments, budgets, indicators, organizations, projects};

/// A row as it was and as it will be; one of them is there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Written<T> {
    /// As it was; none where it is new.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub before: Option<T>,
    /// As it will be; none if it is deleted.
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    pub after: Option<T>,
}

impl<T: Serialize> Written<T> {
    /// The fields that differ, without those that count changes.
    fn fields(&self) -> Vec<String> {
        // Most rows of a large import are new: nothing is written out for them.
        let (Some(before), Some(after)) = (&self.before, &self.after) else { return Vec::new() };
        let (Ok(before), Ok(after)) = (serde_json::to_value(before), serde_json::to_value(after)) else {
            return Vec::new();
        };
        let named = [&before, &after].into_iter().filter_map(Value::as_object).flat_map(Map::keys);
        let is_counting = |name: &String| matches!(name.as_str(), "version" | "updated_at");
        let differ = named.filter(|name| before.get(name) != after.get(name) && !is_counting(name));
        differ.collect::<BTreeSet<_>>().into_iter().cloned().collect()
    }
}

impl<T> Written<T> {
    /// A new row.
    pub fn new(after: T) -> Box<Written<T>> {
        Box::new(Written { before: None, after: Some(after) })
    }

    /// A changed row.
    pub fn changed(before: T, after: T) -> Box<Written<T>> {
        Box::new(Written { before: Some(before), after: Some(after) })
    }

    /// The row as it will be, or was.
    pub fn one(&self) -> Option<&T> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// A deleted row.
    pub fn gone(before: T) -> Box<Written<T>> {
        Box::new(Written { before: Some(before), after: None })
    }
}

/// One change of one table.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Of an organization.
    Organization(Box<Written<Organization>>),
    /// Of a project.
    Project(Box<Written<ProjectRow>>),
    /// Of a budget line.
    BudgetLine(Box<Written<BudgetLine>>),
    /// Of an indicator.
    Indicator(Box<Written<IndicatorRow>>),
    /// Of a self-assessment.
    Assessment(Box<Written<AssessmentRow>>),
    /// Of the result of an indicator.
    Result(Box<Written<ResultRow>>),
    /// Budget lines or indicators of a project change, which increments the project's version; this is its version
    /// before.
    TouchedProject(ProjectId, i64),
    /// Results of an assessment change, which increments its version; this is its version before.
    TouchedAssessment(AssessmentId, i64),
}

impl Change {
    /// The fields that it changes of a row that was there, by their names.
    pub fn fields(&self) -> Vec<String> {
        match self {
            Change::Organization(written) => written.fields(),
            Change::Project(written) => written.fields(),
            Change::BudgetLine(written) => written.fields(),
            Change::Indicator(written) => written.fields(),
            Change::Assessment(written) => written.fields(),
            Change::Result(written) => written.fields(),
            Change::TouchedProject(..) | Change::TouchedAssessment(..) => Vec::new(),
        }
    }

    /// What it writes, for the guard; none for what belongs to no fiscal year.
    pub fn write(&self) -> Option<Write> {
        Some(match self {
            Change::Organization(_) => return None,
            Change::Project(written) => match (&written.before, &written.after) {
                (Some(before), Some(after)) if before.figures() != after.figures() => Write::Figures(after.id.clone()),
                (before, after) => {
                    let one = after.as_ref().or(before.as_ref())?;
                    Write::InYear(one.fiscal_year, one.organization_id.clone())
                }
            },
            Change::BudgetLine(written) => Write::Figures(written.one()?.project_id.clone()),
            Change::Indicator(written) => Write::Figures(written.one()?.project_id.clone()),
            Change::Assessment(written) => match (&written.before, &written.after) {
                (None, Some(after)) => Write::Opening(after.project_id.clone()),
                (before, _) => Write::Assessment(before.as_ref()?.id.clone(), Action::Edit),
            },
            Change::Result(written) => Write::Assessment(written.one()?.assessment_id.clone(), Action::Edit),
            Change::TouchedProject(id, _) => Write::Figures(id.clone()),
            Change::TouchedAssessment(id, _) => Write::Assessment(id.clone(), Action::Edit),
        })
    }
}

/// A table whose rows have an id and a version.
pub trait Table: Clone + Serialize + DeserializeOwned + Recorded {
    /// The type of its ids.
    type Id: Clone + Eq + Hash;

    /// The row's id.
    fn id(&self) -> &Self::Id;
    /// The row's version.
    fn version(&self) -> i64;
    /// Makes it the next version after `version`.
    fn follow(&mut self, version: i64);
    /// What it is called, for people: 指标 培训人数.
    fn called(&self) -> (String, String);
    /// Where it is found.
    fn location(&self) -> String;
    /// Adds rows.
    fn insert_all(c: &mut Connection, rows: &[Self]) -> QueryResult<()>;
    /// Updates a row under an optimistic lock: false if its version has changed.
    fn overwrite(c: &mut Connection, before: &Self, row: &Self) -> QueryResult<bool>;
    /// Deletes rows whose deletion is recorded in the feed already.
    fn delete_all(c: &mut Connection, rows: &[Self]) -> QueryResult<()>;
    /// The versions of the rows that exist.
    fn versions(c: &mut Connection, ids: &[Self::Id]) -> Result<HashMap<Self::Id, i64>>;
}

macro_rules! tables {
    ($($row:ty, $id:ty, $store:path, $path:literal, $zh:literal, $en:literal, $name:expr;)+) => {$(
        impl Table for $row {
            type Id = $id;

            fn id(&self) -> &$id {
                &self.id
            }

            fn version(&self) -> i64 {
                self.version
            }

            fn follow(&mut self, version: i64) {
                self.version = version + 1;
                self.updated_at = Instant::now();
            }

            fn called(&self) -> (String, String) {
                let name: fn(&$row) -> String = $name;
                (format!(concat!($zh, "{}"), name(self)), format!(concat!($en, " {}"), name(self)))
            }

            fn location(&self) -> String {
                format!(concat!("/api/v1/", $path, "/{}"), self.id)
            }

            fn insert_all(c: &mut Connection, rows: &[Self]) -> QueryResult<()> {
                use $store as store;
                store::insert_all(c, rows)
            }

            fn overwrite(c: &mut Connection, before: &Self, row: &Self) -> QueryResult<bool> {
                use $store as store;
                store::overwrite(c, before, row)
            }

            fn delete_all(c: &mut Connection, rows: &[Self]) -> QueryResult<()> {
                use $store as store;
                store::delete_all(c, rows)
            }

            fn versions(c: &mut Connection, ids: &[Self::Id]) -> Result<HashMap<Self::Id, i64>> {
                use $store as store;
                store::versions(c, ids)
            }
        }
    )+};
}

tables! {
    Organization, OrganizationId, organizations::store, "organizations", "单位", "organization", |row| row.code.to_string();
    ProjectRow, ProjectId, projects::store, "projects", "项目", "project", |row| row.code.to_string();
    BudgetLine, BudgetLineId, budgets::store, "budget-lines", "项目资金", "budget line", |row| row.economic_category.to_string();
    IndicatorRow, IndicatorId, indicators::store, "indicators", "指标", "indicator", |row| row.name.to_string();
    AssessmentRow, AssessmentId, assessments::store, "self-assessments", "自评", "self-assessment", |row| row.id.to_string();
}
