//! What statistics add up, kept by the transaction that changes it: sums of scores and of budget lines.
//!
//! What a row adds is said once, by the views of the migration. A score is added when it is published, and taken away
//! when another supersedes it. Budget lines change often and many at once, so those of an organization's year are added
//! up again at the end of the transaction, as the change feed is written there.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};

use super::Connection;
use super::bulk::CHUNK;
use crate::http::error::Result;
use crate::on;

/// What is added up again at the end of a transaction.
#[derive(Debug, Default)]
pub(super) struct Stale {
    /// The budget lines of organizations, by year and id.
    funds: BTreeSet<(i32, String)>,
    /// The budget lines of the organizations of projects, by year and project.
    funds_of_projects: BTreeSet<(i32, String)>,
    /// All sums of divisions, whose code are these.
    divisions: BTreeSet<String>,
}

/// The columns of `score_sums` that are added up, but for the count.
const ADDED: [&str; 11] = [
    "weight",
    "computed",
    "reached",
    "declared_count",
    "declared",
    "excellent",
    "good",
    "fair",
    "poor",
    "adjusted",
    "executed",
];

/// The key of `score_sums`.
const KEY: &str = "division_code, organization_code, group_kind, fiscal_year, kind, subject, group_key";

/// The key of `score_counts`.
const KEY_OF_COUNTS: &str =
    "division_code, organization_code, group_kind, step, fiscal_year, kind, subject, group_key, points";

/// The key of `row_counts`, which triggers keep.
const KEY_OF_LISTS: &str = "division_code, organization_id, resource, fiscal_year, kind, state";

/// The key and the sums of `division_execution_sums`.
const OF_DIVISION: &str =
    "division_code, fiscal_year, subject, group_kind, group_key, projects, initial, adjusted, executed";

/// The key and the sums of `execution_sums`.
const OF_ORGANIZATION: &str = "organization_id, division_code, fiscal_year, subject, group_kind, group_key, projects, initial, adjusted, executed";

/// Adds what a score contributes, or takes it away.
fn add_score(sign: &str) -> [String; 2] {
    let sums = ADDED.map(|name| format!("{sign}{name}")).join(", ");
    let added = ADDED.map(|name| format!("{name} = score_sums.{name} + excluded.{name}")).join(", ");
    [
        format!(
            "INSERT INTO score_sums ({KEY}, count, {}) SELECT {KEY}, {sign}1, {sums} FROM score_contributions \
             WHERE score_id = $1 ON CONFLICT ({KEY}) DO UPDATE SET count = score_sums.count + excluded.count, {added}",
            ADDED.join(", ")
        ),
        format!(
            "INSERT INTO score_counts ({KEY_OF_COUNTS}, count) SELECT {KEY_OF_COUNTS}, {sign}1 FROM \
             score_count_contributions WHERE score_id = $1 ON CONFLICT ({KEY_OF_COUNTS}) DO UPDATE SET \
             count = score_counts.count + excluded.count"
        ),
    ]
}

/// What the sums of a division's scores are, counted anew.
fn recount_scores() -> [String; 2] {
    let sums = ADDED.map(|name| format!("CAST(SUM({name}) AS BIGINT)")).join(", ");
    let of_division = "WHERE division_code = $1 AND superseded_at IS NULL";
    [
        format!(
            "INSERT INTO score_sums ({KEY}, count, {}) SELECT {KEY}, COUNT(*), {sums} FROM score_contributions \
             {of_division} GROUP BY {KEY}",
            ADDED.join(", ")
        ),
        format!(
            "INSERT INTO score_counts ({KEY_OF_COUNTS}, count) SELECT {KEY_OF_COUNTS}, COUNT(*) FROM \
             score_count_contributions {of_division} GROUP BY {KEY_OF_COUNTS}"
        ),
    ]
}

/// Adds up what the organizations of a division spend.
fn recount_execution() -> String {
    format!(
        "INSERT INTO division_execution_sums ({OF_DIVISION}) SELECT division_code, fiscal_year, subject, group_kind, \
         group_key, CAST(SUM(projects) AS BIGINT), CAST(SUM(initial) AS BIGINT), CAST(SUM(adjusted) AS BIGINT), \
         CAST(SUM(executed) AS BIGINT) FROM division_execution_contributions WHERE division_code = $1 \
         GROUP BY division_code, fiscal_year, subject, group_kind, group_key"
    )
}

/// A sum of what the organizations of some divisions spend, to compare it before a change and after.
#[derive(Debug, QueryableByName)]
struct Spent {
    #[diesel(sql_type = Text)]
    division_code: String,
    #[diesel(sql_type = Integer)]
    fiscal_year: i32,
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    group_kind: String,
    #[diesel(sql_type = Text)]
    group_key: String,
    #[diesel(sql_type = BigInt)]
    projects: i64,
    #[diesel(sql_type = BigInt)]
    initial: i64,
    #[diesel(sql_type = BigInt)]
    adjusted: i64,
    #[diesel(sql_type = BigInt)]
    executed: i64,
}

type Key = (String, i32, String, String, String);

impl Connection {
    /// Adds a published score to what statistics show.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_score(&mut self, id: &str) -> Result<()> {
        self.run_each(&add_score(""), id)
    }

    /// Takes a score away that is in force no longer, before it is noted as superseded or after.
    ///
    /// # Errors
    /// When the database fails.
    pub fn discount_score(&mut self, id: &str) -> Result<()> {
        self.run_each(&add_score("-"), id)
    }

    /// The budget lines of a project's year change: those of its organization are added up again.
    pub fn funds_changed(&mut self, fiscal_year: i32, project_id: &str) {
        self.stale.funds_of_projects.insert((fiscal_year, project_id.to_owned()));
    }

    /// What belongs to an organization in a year changes in a way that moves its budget lines.
    pub fn funds_of_organization_changed(&mut self, fiscal_year: i32, organization_id: &str) {
        self.stale.funds.insert((fiscal_year, organization_id.to_owned()));
    }

    /// What a division's sums are grouped by changes: all of them are counted anew.
    pub fn grouping_changed(&mut self, division_code: &str) {
        self.stale.divisions.insert(division_code.to_owned());
    }

    /// Brings the sums up to what the transaction has changed. A rolled back part of it costs a recount, and changes
    /// nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub fn keep_sums(&mut self) -> Result<()> {
        let Stale { mut funds, funds_of_projects, divisions } = std::mem::take(&mut self.stale);
        let mut by_year: BTreeMap<i32, Vec<String>> = BTreeMap::new();
        funds_of_projects.into_iter().for_each(|(year, project)| by_year.entry(year).or_default().push(project));
        for (year, projects) in by_year {
            for organization in self.organizations_of(&projects)? {
                funds.insert((year, organization));
            }
        }
        let mut by_year: BTreeMap<i32, Vec<String>> = BTreeMap::new();
        funds.into_iter().for_each(|(year, organization)| by_year.entry(year).or_default().push(organization));
        for (year, organizations) in by_year {
            for chunk in organizations.chunks(CHUNK) {
                self.add_up(year, chunk)?;
            }
        }
        divisions.into_iter().try_for_each(|division| self.recount(&division))
    }

    /// Counts all sums of a division anew.
    ///
    /// # Errors
    /// When the database fails.
    pub fn recount(&mut self, division_code: &str) -> Result<()> {
        for table in ["score_sums", "score_counts", "row_counts", "execution_sums", "division_execution_sums"] {
            self.run_each(&[format!("DELETE FROM {table} WHERE division_code = $1")], division_code)?;
        }
        self.run_each(&recount_scores(), division_code)?;
        let of_lists = format!(
            "INSERT INTO row_counts ({KEY_OF_LISTS}, count) SELECT {KEY_OF_LISTS}, COUNT(*) FROM row_count_contributions \
             WHERE division_code = $1 GROUP BY {KEY_OF_LISTS}"
        );
        self.run_each(&[of_lists], division_code)?;
        let of_organizations = format!(
            "INSERT INTO execution_sums ({OF_ORGANIZATION}) SELECT {OF_ORGANIZATION} FROM execution_contributions \
             WHERE division_code = $1"
        );
        self.run_each(&[of_organizations, recount_execution()], division_code)
    }

    /// Compares the kept sums with a full recount: how many rows of each table differ.
    ///
    /// # Errors
    /// When the database fails.
    pub fn differing_sums(&mut self) -> Result<Vec<(&'static str, i64)>> {
        #[derive(QueryableByName)]
        struct Differing {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        let sums = ADDED.map(|name| format!("CAST(SUM({name}) AS BIGINT)")).join(", ");
        let in_force = "WHERE superseded_at IS NULL";
        let tables = [
            (
                "score_sums",
                format!("SELECT {KEY}, count, {} FROM score_sums WHERE count <> 0", ADDED.join(", ")),
                format!("SELECT {KEY}, COUNT(*), {sums} FROM score_contributions {in_force} GROUP BY {KEY}"),
            ),
            (
                "score_counts",
                format!("SELECT {KEY_OF_COUNTS}, count FROM score_counts WHERE count <> 0"),
                format!(
                    "SELECT {KEY_OF_COUNTS}, COUNT(*) FROM score_count_contributions {in_force} GROUP BY {KEY_OF_COUNTS}"
                ),
            ),
            (
                "row_counts",
                format!("SELECT {KEY_OF_LISTS}, count FROM row_counts WHERE count <> 0"),
                format!("SELECT {KEY_OF_LISTS}, COUNT(*) FROM row_count_contributions GROUP BY {KEY_OF_LISTS}"),
            ),
            (
                "execution_sums",
                format!("SELECT {OF_ORGANIZATION} FROM execution_sums"),
                format!("SELECT {OF_ORGANIZATION} FROM execution_contributions"),
            ),
            (
                "division_execution_sums",
                format!("SELECT {OF_DIVISION} FROM division_execution_sums WHERE projects <> 0"),
                "SELECT division_code, fiscal_year, subject, group_kind, group_key, CAST(SUM(projects) AS BIGINT), \
                 CAST(SUM(initial) AS BIGINT), CAST(SUM(adjusted) AS BIGINT), CAST(SUM(executed) AS BIGINT) \
                 FROM division_execution_contributions \
                 GROUP BY division_code, fiscal_year, subject, group_kind, group_key"
                    .to_owned(),
            ),
        ];
        let mut found = Vec::with_capacity(tables.len());
        for (table, kept, anew) in tables {
            let beyond = |one: &str, other: &str| {
                format!(
                    "(SELECT COUNT(*) FROM (SELECT * FROM ({one}) AS one EXCEPT SELECT * FROM ({other}) AS two) AS beyond)"
                )
            };
            let text = format!("SELECT CAST({} + {} AS BIGINT) AS count", beyond(&kept, &anew), beyond(&anew, &kept));
            let differing: Differing = on!(&mut *self, c => diesel::sql_query(text).get_result(c))?;
            found.push((table, differing.count));
        }
        Ok(found)
    }

    /// Counts all sums anew, one division after the other.
    ///
    /// # Errors
    /// When the database fails.
    pub fn recount_all(&mut self) -> Result<()> {
        use super::schema::organizations as table;
        let divisions: Vec<String> =
            on!(&mut *self, c => table::table.select(table::division_code).distinct().load(c))?;
        for division in divisions {
            self.transaction(|c| {
                c.lock_division(&division)?;
                c.recount(&division)
            })?;
        }
        Ok(())
    }

    /// Runs statements that are given one text.
    fn run_each(&mut self, statements: &[String], bound: &str) -> Result<()> {
        for statement in statements {
            on!(&mut *self, c => diesel::sql_query(statement).bind::<Text, _>(bound).execute(c))?;
        }
        Ok(())
    }

    /// The organizations of some projects.
    fn organizations_of(&mut self, projects: &[String]) -> Result<BTreeSet<String>> {
        use super::schema::projects as table;
        let mut found = BTreeSet::new();
        for chunk in projects.chunks(CHUNK) {
            let rows: Vec<String> = on!(&mut *self, c => table::table
                .filter(table::id.eq_any(chunk))
                .select(table::organization_id)
                .distinct()
                .load(c))?;
            found.extend(rows);
        }
        Ok(found)
    }

    /// Adds up the budget lines of some organizations in a year, and gives the difference to their divisions.
    fn add_up(&mut self, fiscal_year: i32, organizations: &[String]) -> Result<()> {
        let places: Vec<String> = (2..organizations.len() + 2).map(|place| format!("${place}")).collect();
        let of_them = format!("fiscal_year = $1 AND organization_id IN ({})", places.join(", "));
        let before = self.spent(&of_them, fiscal_year, organizations)?;
        let anew = [
            format!("DELETE FROM execution_sums WHERE {of_them}"),
            format!(
                "INSERT INTO execution_sums ({OF_ORGANIZATION}) SELECT {OF_ORGANIZATION} FROM execution_contributions \
                 WHERE {of_them}"
            ),
        ];
        for statement in anew {
            on!(&mut *self, c => {
                let mut query = diesel::sql_query(statement).into_boxed().bind::<Integer, _>(fiscal_year);
                for organization in organizations {
                    query = query.bind::<Text, _>(organization);
                }
                query.execute(c)
            })?;
        }
        let mut differences: BTreeMap<Key, [i64; 4]> = BTreeMap::new();
        let after = self.spent(&of_them, fiscal_year, organizations)?;
        for (sums, sign) in [(before, -1), (after, 1)] {
            for one in sums {
                let key = (one.division_code, one.fiscal_year, one.subject, one.group_kind, one.group_key);
                let difference = differences.entry(key).or_default();
                let parts = [one.projects, one.initial, one.adjusted, one.executed];
                for (sum, part) in difference.iter_mut().zip(parts) {
                    *sum = sum.saturating_add(part.saturating_mul(sign));
                }
            }
        }
        let statement = format!(
            "INSERT INTO division_execution_sums ({OF_DIVISION}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (division_code, group_kind, fiscal_year, subject, group_key) DO UPDATE SET \
             projects = division_execution_sums.projects + excluded.projects, \
             initial = division_execution_sums.initial + excluded.initial, \
             adjusted = division_execution_sums.adjusted + excluded.adjusted, \
             executed = division_execution_sums.executed + excluded.executed"
        );
        for ((division, year, subject, group_kind, group_key), [projects, initial, adjusted, executed]) in differences {
            if [projects, initial, adjusted, executed] == [0; 4] {
                continue;
            }
            on!(&mut *self, c => diesel::sql_query(&statement)
                .bind::<Text, _>(&division)
                .bind::<Integer, _>(year)
                .bind::<Text, _>(&subject)
                .bind::<Text, _>(&group_kind)
                .bind::<Text, _>(&group_key)
                .bind::<BigInt, _>(projects)
                .bind::<BigInt, _>(initial)
                .bind::<BigInt, _>(adjusted)
                .bind::<BigInt, _>(executed)
                .execute(c))?;
        }
        Ok(())
    }

    /// What some organizations give to the sums of their divisions.
    fn spent(&mut self, of_them: &str, fiscal_year: i32, organizations: &[String]) -> Result<Vec<Spent>> {
        let statement = format!(
            "SELECT division_code, fiscal_year, subject, group_kind, group_key, CAST(SUM(projects) AS BIGINT) AS projects, \
             CAST(SUM(initial) AS BIGINT) AS initial, CAST(SUM(adjusted) AS BIGINT) AS adjusted, \
             CAST(SUM(executed) AS BIGINT) AS executed FROM division_execution_contributions WHERE {of_them} \
             GROUP BY division_code, fiscal_year, subject, group_kind, group_key"
        );
        Ok(on!(self, c => {
            let mut query = diesel::sql_query(statement).into_boxed().bind::<Integer, _>(fiscal_year);
            for organization in organizations {
                query = query.bind::<Text, _>(organization);
            }
            query.load(c)
        })?)
    }
}
