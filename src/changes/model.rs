//! The shapes of the change feed: CloudEvents 1.0.

use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::positions::Position;
use super::resources;
use super::sealed::Numbering;
use crate::db::journal::{ChangeType, NaturalKey};
use crate::db::schema::changes;
use crate::values::bounded::Wait;
use crate::values::input::{Listed, Many};
use crate::values::{Instant, Stored, bounded_number, named_enum};

/// Events of a page when the caller does not say.
pub const DEFAULT_LIMIT: i64 = 200;
/// Events of a page at most.
pub const MAXIMUM_LIMIT: i64 = 1000;
/// Events of a page with the states of their resources at most: a project's has all of its lines and indicators.
pub const MAXIMUM_STATES: i64 = 200;

named_enum! {
    /// What events can be read with.
    ChangeInclude: "What to include in each event." {
        /// The resource as it is now.
        Data = "data",
    }
}

/// A change as the database keeps it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = changes)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct ChangeRow {
    /// The division.
    pub division_code: String,
    /// Its number in the division.
    pub position: i64,
    /// What happened.
    pub change_type: ChangeType,
    /// To which resource.
    pub resource_id: String,
    /// The resource's version after it.
    pub version: i64,
    /// Whose it is.
    pub organization_code: String,
    /// Its natural key.
    pub natural_key: Stored<NaturalKey>,
    /// When it was committed.
    pub created_at: Instant,
}

/// What an event says of its resource.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeData {
    /// The resource's version after the change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The organization that it belongs to.
    pub organization_code: String,
    /// 预算年度
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 2000, maximum = 2100)]
    pub fiscal_year: Option<i32>,
    /// 项目代码
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_code: Option<String>,
    /// 资金来源 of a budget line
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funding_source: Option<String>,
    /// 支出经济分类 of a budget line
    #[serde(skip_serializing_if = "Option::is_none")]
    pub economic_category: Option<String>,
    /// 一级指标 of an indicator
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level1: Option<String>,
    /// 二级指标 of an indicator
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level2: Option<String>,
    /// 三级指标 of an indicator, or the name of a webhook subscription
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Kind of a self-assessment, a score or an import
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Revision of a self-assessment or a score
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub revision: Option<i32>,
    /// With `include=data`: the resource as it is now, in the form of its own GET, a project with its `budget_lines` and
    /// `indicators`; of several events of a resource the last on the page has it. Absent where the resource is gone, or is no longer the caller's to see: a copy drops it then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub state: Option<Value>,
    /// With `include=data`: the number of a later event of the same resource on this page, which has the state. Absent for
    /// readers below the division.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub superseded_by: Option<i64>,
    /// The same as the id of that event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_by_id: Option<String>,
}

impl ChangeData {
    fn of(version: i64, organization_code: String, key: NaturalKey) -> ChangeData {
        ChangeData {
            version,
            organization_code,
            fiscal_year: key.fiscal_year,
            project_code: key.project_code,
            funding_source: key.funding_source,
            economic_category: key.economic_category,
            level1: key.level1,
            level2: key.level2,
            name: key.name,
            kind: key.kind,
            revision: key.revision,
            state: None,
            superseded_by: None,
            superseded_by_id: None,
        }
    }
}

/// One event of the feed (CloudEvents 1.0).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Change {
    /// The version of the CloudEvents specification.
    #[schema(pattern = "^1\\.0$")]
    pub specversion: &'static str,
    /// The division and the number in it: unique for ever. The number is opaque for readers below the division.
    #[schema(example = "410100:1842")]
    pub id: String,
    /// Its number in the division. Numbers are dense: each follows the one before it. Absent for readers below the division.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub sequence: Option<i64>,
    /// Where the resource is served.
    pub source: &'static str,
    /// What happened to what.
    #[serde(rename = "type")]
    pub change_type: ChangeType,
    /// The path of the resource below the source.
    #[schema(example = "self-assessments/0193a5b0-7c1e-7d3a-9b2f-1c2d3e4f5a6b")]
    pub subject: String,
    /// When it was committed.
    pub time: Instant,
    /// The media type of the data.
    pub datacontenttype: &'static str,
    /// The resource.
    pub data: ChangeData,
}

impl Change {
    /// The event of a change, for a reader of a numbering.
    ///
    /// # Errors
    /// When what the database keeps is damaged.
    pub fn of(row: &ChangeRow, numbering: &Numbering) -> crate::http::error::Result<Change> {
        Ok(Change {
            specversion: "1.0",
            id: numbering.id(&row.division_code, row.position),
            sequence: numbering.plain(row.position),
            source: "/api/v1",
            change_type: row.change_type,
            subject: format!("{}/{}", resources::of(row.change_type)?.path, row.resource_id),
            time: row.created_at,
            datacontenttype: "application/json",
            data: ChangeData::of(row.version, row.organization_code.clone(), row.natural_key.read()?),
        })
    }
}

/// Some events of the feed, and where to go on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeList {
    /// The caller's own division.
    pub division_code: String,
    /// The events that the caller sees; those of a division in the order of their numbers.
    pub items: Vec<Change>,
    /// Ask for what comes after this next, as `after`: all up to it has been looked at. A number where the caller sees one
    /// whole division; of several it holds a number of each, and below a division it is sealed: opaque, both.
    #[schema(pattern = "^[A-Za-z0-9_-]+$", example = "1842")]
    pub next: String,
    /// The same as a number; absent where the caller does not see one whole division.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub next_after: Option<i64>,
    /// The last number of the division; absent where the caller does not see one whole division.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub head: Option<i64>,
    /// Whether there is more to read by now.
    pub has_more: bool,
}

/// Where the feed of one of several divisions stands.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DivisionHead {
    /// The division.
    pub division_code: String,
    /// Its last number; 0 before the first change.
    #[schema(minimum = 0)]
    pub position: i64,
    /// Events up to this number are no longer kept.
    #[schema(minimum = 0)]
    pub forgotten_position: i64,
}

/// Where the feed of the caller's division stands, and those of the divisions below it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeHead {
    /// Ask for what comes after this, as `after`, to read only what happens from now on.
    #[schema(pattern = "^[A-Za-z0-9_-]+$", example = "1842")]
    pub next: String,
    /// Where each stands, where the caller sees several divisions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub divisions: Vec<DivisionHead>,
    /// The division whose sequence it is.
    pub division_code: String,
    /// Its last number; 0 before the first change. Absent for callers below the division, as the others are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub position: Option<i64>,
    /// The number of the last event that the caller sees; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub last_event_position: Option<i64>,
    /// Events up to this number are no longer kept: a reader that stands before it takes a new snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub forgotten_position: Option<i64>,
}

bounded_number! {
    /// Events of a page.
    ChangeLimit: 1, MAXIMUM_LIMIT, "200";
}

/// The parameters of the feed.
#[derive(Debug, Clone, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct ChangeQuery {
    /// Only events after this: `next` of the page before or of a snapshot; a number is one of the caller's own division.
    #[deserr(default)]
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]+$", example = "1842")]
    pub after: Option<Position>,
    /// Events of the page; with `include=data` 200 at most.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1, maximum = 1000)]
    pub limit: Option<ChangeLimit>,
    /// Seconds to wait for an event where there is none yet.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 0, maximum = 30)]
    pub wait: Option<Wait>,
    /// Only events of one of these types.
    #[deserr(default, rename = "type")]
    #[param(value_type = Vec<ChangeType>, explode = true, rename = "type")]
    pub change_type: Many<ChangeType>,
    /// Whether to read the resources with their events.
    #[deserr(default)]
    #[param(value_type = Vec<ChangeInclude>, explode = false)]
    pub include: Listed<ChangeInclude>,
}

impl ChangeQuery {
    /// Whether the resources are asked for.
    pub fn wants_data(&self) -> bool {
        self.include.0.contains(&ChangeInclude::Data)
    }
}
