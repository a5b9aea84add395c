//! The shapes of an organization.

use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::db::schema::organizations;
use crate::http::etag::ETag;
use crate::http::page::{Count, Limit};
use crate::http::sort::Sort;
use crate::values::input::Many;
use crate::values::{Instant, NaturalCode, ShortText, id_type, named_enum};

id_type! {
    /// The id of an organization.
    OrganizationId,
}

named_enum! {
    /// What an organization is in the tree.
    OrganizationKind: "财政区划 division, 主管部门 department, 实施单位 unit" {
        /// 财政区划
        Division = "division",
        /// 主管部门
        Department = "department",
        /// 实施单位
        Unit = "unit",
    }
}

named_enum! {
    /// By what the list of organizations may be sorted.
    OrganizationSortKey: "id (the default) is the order of creation; - is descending." {
        /// In the order of creation.
        Id = "id",
        /// By code.
        Code = "code",
        /// By name.
        Name = "name",
    }
}

/// The order of the list.
pub type OrganizationSort = Sort<OrganizationSortKey>;

/// An organization (单位).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organizations)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i64,
    /// 单位代码, unique in the installation; tokens carry it.
    pub code: NaturalCode,
    /// 单位名称
    pub name: ShortText,
    /// What it is.
    pub kind: OrganizationKind,
    /// The organization above it; a root has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<OrganizationId>,
    /// The code of the nearest division at or above it; without one, of the root of its tree.
    pub division_code: NaturalCode,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl Organization {
    /// The division of an organization of that code and kind below its parent: its own where it is one, as a root is.
    pub fn division_of(kind: OrganizationKind, code: &NaturalCode, parent: Option<&Organization>) -> NaturalCode {
        match parent {
            Some(parent) if kind != OrganizationKind::Division => parent.division_code.clone(),
            _ => code.clone(),
        }
    }

    /// Whether it is a division by itself.
    pub fn is_division(&self) -> bool {
        self.division_code == self.code
    }

    /// The tag of its version.
    pub fn etag(&self) -> ETag {
        ETag::version(self.version)
    }
}

/// An organization as it is written.
#[derive(Debug, Clone, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewOrganization {
    /// 单位代码; cannot be changed later, because tokens carry it.
    pub code: NaturalCode,
    /// 单位名称
    pub name: ShortText,
    /// What it is.
    pub kind: OrganizationKind,
    /// The organization above it; only the root that a token names has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub parent_id: Option<OrganizationId>,
}

impl From<&Organization> for NewOrganization {
    fn from(organization: &Organization) -> NewOrganization {
        NewOrganization {
            code: organization.code.clone(),
            name: organization.name.clone(),
            kind: organization.kind,
            parent_id: organization.parent_id.clone(),
        }
    }
}

/// The parameters of the list of organizations.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct OrganizationQuery {
    /// Only those with one of these codes.
    #[deserr(default)]
    #[param(value_type = Vec<NaturalCode>, explode = true)]
    pub code: Many<NaturalCode>,
    /// Only those of one of these kinds.
    #[deserr(default)]
    #[param(value_type = Vec<OrganizationKind>, explode = true)]
    pub kind: Many<OrganizationKind>,
    /// Only those directly below this one.
    #[deserr(default)]
    pub parent_id: Option<OrganizationId>,
    /// Only those at and below the one of this code.
    #[deserr(default)]
    pub subtree_of: Option<NaturalCode>,
    /// The order.
    #[deserr(default)]
    pub sort: Option<OrganizationSort>,
    /// Items of the page.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    #[deserr(default)]
    pub limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    #[deserr(default)]
    pub cursor: Option<String>,
    /// Whether to count all.
    #[deserr(default)]
    pub count: Option<Count>,
}
