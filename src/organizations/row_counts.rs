//! How many rows a list has, from the counts that the database keeps: they cost the same however many rows there are.

use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::OrganizationId;
use super::reach::Reach;
use crate::db::Connection;
use crate::db::among::{among, any_of};
use crate::db::schema::{organization_ancestors as ancestors, row_counts as counts};
use crate::http::error::Result;
use crate::on;

/// Which rows are counted; what is empty keeps all.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// The table.
    pub resource: &'static str,
    /// 预算年度
    pub years: Vec<i32>,
    /// What projects stand for, or kinds of scores.
    pub kinds: Vec<&'static str>,
    /// Grades of scores.
    pub states: Vec<&'static str>,
    /// Their organizations.
    pub organizations: Vec<OrganizationId>,
    /// The codes of organizations in each of whose subtrees they lie.
    pub tops: Vec<String>,
}

impl Counted {
    /// How many a caller sees of them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(mut self, c: &mut Connection, reach: &Reach) -> Result<i64> {
        // Of a division that is one of those, all is seen.
        self.tops.extend(reach.below.clone());
        self.tops.retain(|top| !reach.divisions.contains(top));
        Ok(on!(c, c => {
            let mut found = any_of!(counts::table.into_boxed(), counts::division_code, reach.divisions)
                .filter(counts::resource.eq(self.resource));
            found = among!(found, counts::fiscal_year, self.years);
            found = among!(found, counts::kind, self.kinds);
            found = among!(found, counts::state, self.states);
            found = among!(found, counts::organization_id, self.organizations);
            for top in &self.tops {
                let below = ancestors::ancestor_code.eq(top).and(ancestors::organization_id.eq(counts::organization_id));
                found = found.filter(exists(ancestors::table.filter(below)));
            }
            if self.organizations.is_empty() && self.tops.is_empty() {
                found = found.filter(counts::organization_id.eq(""));
            }
            found.select(sql::<BigInt>("CAST(COALESCE(SUM(count), 0) AS BIGINT)")).get_result(c)
        })?)
    }
}
