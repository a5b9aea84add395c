//! The data that is measured: a division with its departments and units, and their projects with budget
//! lines, indicators and a draft self-assessment each.

use jixiao::assessments::AssessmentId;
use jixiao::auth::{Caller, Scope};
use jixiao::db::{Address, Connection, Database, Limits};
use jixiao::http::body::typed;
use jixiao::http::error::{Code, Error};
use jixiao::indicators::model::NewIndicator;
use jixiao::indicators::target::understand;
use jixiao::organizations::OrganizationId;
use jixiao::projects::ProjectId;
use jixiao::{assessments, budgets, indicators, organizations, projects};
use serde_json::{Value, json};

/// The division's code; a token of it opens everything.
pub const DIVISION: &str = "410100";
const DEPARTMENTS: usize = 20;
const UNITS_EACH: usize = 20;
/// The fiscal years of the projects, evenly.
const YEARS: [i32; 5] = [2021, 2022, 2023, 2024, 2025];
/// The year of the lists.
pub const LISTED_YEAR: i32 = 2023;
/// Projects of one transaction.
const TOGETHER: usize = 100;

/// Targets and actuals of the kinds that forms hold; the first indicator is the budget execution rate.
const WRITTEN: [(&str, &str); 19] = [
    ("≥50个", "50"),
    ("≥5662人", "4044人"),
    ("≥100%", "97.30%"),
    ("≤5300元/户", "5830元/户"),
    ("≤90万元", "899740元"),
    ("5亿元", "6.47亿元"),
    ("343人次", "343人次"),
    ("98%以上", "97.6%"),
    ("10-15天", "17天"),
    ("=12期", "11期"),
    ("2023年12月", "2023年10月"),
    ("≥204平方米", "199.46平方米"),
    ("≥8400元", "8311元"),
    ("≥120米", "121.5米"),
    ("530元/人*月", "512元/人*月"),
    ("≤3起", "1起"),
    ("效果明显", "达成预期指标"),
    ("严格执行相关制度规定", "基本执行"),
    ("≥90%", "96.15%"),
];
const LEVELS1: [&str; 3] = ["产出指标", "效益指标", "满意度指标"];
const LEVELS2: [&str; 5] = ["数量指标", "质量指标", "时效指标", "成本指标", "社会效益"];
pub const INDICATORS_EACH: usize = WRITTEN.len() + 1;
const LINES: [(&str, usize); 3] = [("培训费", 1_345_343), ("维修(护)费", 270_000), ("委托业务费", 542_543)];
pub const LINES_EACH: usize = LINES.len();

/// What of the data the requests need.
pub struct Data {
    pub projects: Vec<ProjectId>,
    pub assessments: Vec<AssessmentId>,
    pub units: Vec<OrganizationId>,
}

/// A caller of the organization with that code.
pub fn caller(code: &str) -> Caller {
    Caller::new("bench", code, Scope::ALL.iter().copied().collect())
}

/// The code of a unit.
pub fn unit_code(unit: usize) -> String {
    format!("{DIVISION}-{:02}-{:02}", unit / UNITS_EACH + 1, unit % UNITS_EACH + 1)
}

/// A project as it is written; `number` counts all projects.
pub fn new_project(number: usize, prefix: &str, unit: &OrganizationId) -> Value {
    json!({
        "fiscal_year": YEARS[number % YEARS.len()],
        "code": format!("{prefix}{number:06}"),
        "name": format!("企业服务活动专项经费{}号第{number}期", number * 7919 % 1000),
        "organization_id": unit,
        "overall_goal": "服务全市中小企业，开展政策宣讲、培训和对接活动，提高企业满意度，促进就业和税收增长。",
        "annual_goal": "全年开展培训50期，服务企业5662人次，培训合格率达到100%，年底前完成全部活动并支付款项。",
        "basis_documents": ["关于促进中小企业发展的若干意见", "本级部门预算批复"],
        "implementation_plan": [
            { "months": "1-3", "work": "制定方案，确定承办单位" },
            { "months": "4-11", "work": "组织实施各期培训和对接活动" },
            { "months": "12", "work": "总结验收，支付尾款" },
        ],
    })
}

fn written_indicators() -> Result<Vec<NewIndicator>, Box<dyn std::error::Error>> {
    let execution =
        json!({ "level1": "预算执行率", "name": "预算执行率", "measure": "budget_execution", "weight": "10" });
    let rows = WRITTEN.iter().enumerate().map(|(index, (target, _))| {
        json!({
            "level1": LEVELS1[index / 8],
            "level2": LEVELS2[index / 4],
            "name": format!("培训服务完成情况指标{index}"),
            "weight": if index < 14 { "5" } else { "4" },
            "target_text": target,
        })
    });
    std::iter::once(execution).chain(rows).map(|row| Ok(typed(row)?)).collect()
}

/// Makes the organizations and the projects in a database that is empty.
pub fn load(address: &Address, count: usize) -> Result<Data, Box<dyn std::error::Error>> {
    Database::open(address, &Limits::default())?.migrate()?;
    let mut connection = Connection::open(address)?;
    let caller = caller(DIVISION);
    let units = connection.transaction(|c| organizations(c, &caller))?;
    let written = written_indicators()?;
    let mut data = Data { projects: Vec::with_capacity(count), assessments: Vec::with_capacity(count), units };
    let numbers: Vec<usize> = (0..count).collect();
    for together in numbers.chunks(TOGETHER) {
        // Postgres plans a connection's statements once, for tables of the size they have by then.
        let mut connection = Connection::open(address)?;
        connection.transaction(|c| {
            for &number in together {
                // Each unit has projects of every year.
                let unit = &data.units[number / YEARS.len() % data.units.len()];
                let (project, assessment) = project(c, &caller, number, unit, &written)?;
                data.projects.push(project);
                data.assessments.push(assessment);
            }
            Ok(())
        })?;
    }
    Ok(data)
}

fn organizations(c: &mut Connection, caller: &Caller) -> jixiao::http::error::Result<Vec<OrganizationId>> {
    let mut make = |code: &str, kind: &str, parent: Option<&OrganizationId>| {
        let mut new = json!({ "code": code, "name": format!("单位{code}"), "kind": kind });
        if let Some(parent) = parent {
            new["parent_id"] = json!(parent);
        }
        organizations::store::insert(c, caller, typed(new)?).map(|made| made.id)
    };
    let division = make(DIVISION, "division", None)?;
    let mut units = Vec::new();
    for department in 0..DEPARTMENTS {
        let above = make(&format!("{DIVISION}-{:02}", department + 1), "department", Some(&division))?;
        for _ in 0..UNITS_EACH {
            units.push(make(&unit_code(units.len()), "unit", Some(&above))?);
        }
    }
    Ok(units)
}

fn project(
    c: &mut Connection,
    caller: &Caller,
    number: usize,
    unit: &OrganizationId,
    written: &[NewIndicator],
) -> jixiao::http::error::Result<(ProjectId, AssessmentId)> {
    let project = projects::store::insert(c, typed(json!(DIVISION))?, typed(new_project(number, "P", unit))?)?;
    for (category, yuan) in LINES {
        let yuan = yuan + number;
        let line = typed(json!({
            "funding_source": "current_appropriation", "economic_category": category,
            "initial_amount": yuan.to_string(), "adjusted_amount": yuan.to_string(),
            "executed_amount": (yuan * 9 / 10).to_string(),
        }))?;
        budgets::store::insert(c, &project, line)?;
    }
    let mut rows = Vec::with_capacity(written.len());
    for (position, new) in (1..).zip(written) {
        let understood = understand(new, "").map_err(|errors| Error::fields(Code::InvalidFields, errors))?;
        rows.push(new.clone().row(understood, &project, position, None));
    }
    indicators::store::insert_all(c, &rows)?;
    let actuals = std::iter::once(None).chain(WRITTEN.iter().map(|(_, actual)| Some(actual)));
    let results = rows.iter().zip(actuals).map(|(row, actual)| {
        let mut result = json!({ "indicator_id": row.id, "declared_score": row.weight });
        if let Some(actual) = actual {
            result["actual_text"] = json!(actual);
        }
        result
    });
    let new = json!({ "project_id": project.id, "results": results.collect::<Value>() });
    let assessment = assessments::actions::create(c, caller, typed(new)?)?;
    Ok((project.id, assessment.id))
}
