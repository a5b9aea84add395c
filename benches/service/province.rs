//! A province with many divisions: what lies in its tables, written by the database itself.

use std::error::Error;

use diesel::connection::SimpleConnection;
use jixiao::db::{Address, Connection, Database, Limits};
use jixiao::on;

/// The province.
pub const PROVINCE: &str = "410000";
/// The units of a division.
const UNITS: usize = 10;

/// The code of a division.
pub fn division(number: usize) -> String {
    format!("D{}", 10_000 + number)
}

/// Fills a database: each division has so many projects of one year, each with a budget line, two indicators and a
/// published score.
pub fn fill(address: &Address, divisions: usize, projects: usize) -> Result<Database, Box<dyn Error>> {
    let db = Database::open(address, &Limits { connections: 2, ..Limits::default() })?;
    db.migrate()?;
    let mut connection = Connection::open(address)?;
    let (units, all) = (divisions * UNITS, divisions * projects);
    let numbers = |count: usize| {
        format!("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {} - 1)", count)
    };
    // Ids of 36 characters, as they are in life, that say of what they are and sort by number.
    let id =
        |kind: usize, number: &str| format!("'01a2000{kind}-0000-7000-8000-' || CAST(100000000000 + {number} AS TEXT)");
    let now = "'2026-03-01 08:00:00'";
    let code = "'D' || CAST(10000 + i AS TEXT)";
    let of_unit = format!("i / {UNITS}");
    let code_of_unit = format!("'D' || CAST(10000 + {of_unit} AS TEXT)");
    // Projects of a division lie apart, as they do where many divisions write at once.
    let at = format!("i % {divisions}");
    let code_of_project = format!("'D' || CAST(10000 + {at} AS TEXT)");
    let unit_of_project = format!("({at}) * {UNITS} + (i / {divisions}) % {UNITS}");
    let total = "6000 + (CAST(i AS BIGINT) * 7919) % 4001";
    let grade = format!(
        "CASE WHEN {total} >= 9000 THEN 'excellent' WHEN {total} >= 8000 THEN 'good' WHEN {total} >= 6000 THEN 'fair' ELSE 'poor' END"
    );
    let province = id(0, "0");
    let statements = [
        format!(
            "INSERT INTO organizations (id, version, code, name, kind, parent_id, division_code, created_at, updated_at) \
                 VALUES ({province}, 1, '{PROVINCE}', '某省', 'division', NULL, '{PROVINCE}', {now}, {now})"
        ),
        format!(
            "INSERT INTO organizations (id, version, code, name, kind, parent_id, division_code, created_at, updated_at) \
                 {} SELECT {}, 1, {code}, '某县', 'division', {province}, {code}, {now}, {now} FROM n",
            numbers(divisions),
            id(1, "i")
        ),
        format!(
            "INSERT INTO organizations (id, version, code, name, kind, parent_id, division_code, created_at, updated_at) \
                 {} SELECT {}, 1, {code_of_unit} || '-' || CAST(i AS TEXT), '某单位', 'unit', {}, {code_of_unit}, {now}, {now} FROM n",
            numbers(units),
            id(2, "i"),
            id(1, &of_unit)
        ),
        "INSERT INTO organization_ancestors (ancestor_code, organization_id) SELECT code, id FROM organizations"
            .to_owned(),
        format!(
            "INSERT INTO organization_ancestors (ancestor_code, organization_id) \
                 SELECT '{PROVINCE}', id FROM organizations WHERE parent_id IS NOT NULL"
        ),
        "INSERT INTO organization_ancestors (ancestor_code, organization_id) \
         SELECT division_code, id FROM organizations WHERE kind = 'unit'"
            .to_owned(),
        "INSERT INTO division_ancestors (ancestor_code, division_code) \
         SELECT code, code FROM organizations WHERE kind = 'division'"
            .to_owned(),
        format!(
            "INSERT INTO division_ancestors (ancestor_code, division_code) \
                 SELECT '{PROVINCE}', code FROM organizations WHERE kind = 'division' AND parent_id IS NOT NULL"
        ),
        format!(
            "INSERT INTO projects (id, version, division_code, fiscal_year, code, name, organization_id, basis_documents, \
                 implementation_plan, created_at, updated_at, subject) \
                 {} SELECT {}, 1, {code_of_project}, 2025, 'P' || CAST(i AS TEXT), '某项目', {}, '[]', '[]', {now}, {now}, 'project' FROM n",
            numbers(all),
            id(3, "i"),
            id(2, &unit_of_project)
        ),
        format!(
            "INSERT INTO budget_lines (id, version, project_id, fiscal_year, funding_source, economic_category, initial_amount, \
                 adjusted_amount, executed_amount, created_at, updated_at, division_code) {} SELECT {}, 1, {}, 2025, \
                 'current_appropriation', '培训费', 100000000, 100000000, 95000000, {now}, {now}, {code_of_project} FROM n",
            numbers(all),
            id(4, "i"),
            id(3, "i")
        ),
        format!(
            "INSERT INTO indicators (id, version, project_id, fiscal_year, position, level1, name, measure, weight, \
                 target_is_approximate, created_at, updated_at, division_code) {} SELECT {}, 1, {}, 2025, 1 + i % 2, '产出指标', \
                 '指标' || CAST(i AS TEXT), 'qualitative', 5000, {}, {now}, {now}, 'D' || CAST(10000 + (i / 2) % {divisions} AS TEXT) FROM n",
            numbers(all * 2),
            id(5, "i"),
            id(3, "i / 2"),
            on!(&mut connection, c => false_of(c))
        ),
        format!(
            "INSERT INTO self_assessments (id, version, project_id, fiscal_year, kind, revision, status, rule_profile_code, \
                 rule_profile_version, created_at, updated_at, narrative, division_code) {} SELECT {}, 1, {}, 2025, \
                 'unit_self_assessment', 1, 'published', 'mof-2020', 2, {now}, {now}, '{{}}', {code_of_project} FROM n",
            numbers(all),
            id(6, "i"),
            id(3, "i")
        ),
        format!(
            "INSERT INTO scores (id, assessment_id, project_id, organization_id, fiscal_year, project_code, project_name, \
                 organization_code, organization_name, kind, revision, rule_profile_code, rule_profile_version, declared_total, \
                 computed_total, final_total, grade, adjusted_amount, executed_amount, levels, content_hash, published_at, division_code) \
                 {} SELECT {}, {}, {}, {}, 2025, 'P' || CAST(i AS TEXT), '某项目', {code_of_project} || '-' || CAST({unit_of_project} AS TEXT), \
                 '某单位', 'unit_self_assessment', 1, 'mof-2020', 2, {total} + (i % 7) * 50, {total}, {total}, {grade}, 100000000, 95000000, \
                 '[]', 'x', {now}, {code_of_project} FROM n",
            numbers(all),
            id(7, "i"),
            id(6, "i"),
            id(3, "i"),
            id(2, &unit_of_project)
        ),
        format!(
            "INSERT INTO score_levels (score_id, level1, weight, computed, final, division_code, fiscal_year) {} SELECT {}, \
                 '产出指标', 5000, ({total}) / 2, ({total}) / 2, {code_of_project}, 2025 FROM n",
            numbers(all),
            id(7, "i")
        ),
    ];
    for statement in statements {
        on!(&mut connection, c => c.batch_execute(&statement)).map_err(|cause| format!("{cause}: {statement}"))?;
    }
    connection.recount_all()?;
    on!(&mut connection, c => c.batch_execute("ANALYZE"))?;
    Ok(db)
}

/// How a database writes that something is not so.
fn false_of<C: diesel::Connection>(_: &mut C) -> &'static str {
    if std::any::type_name::<C>().contains("Sqlite") { "0" } else { "FALSE" }
}
