//! The cases: what is asked over HTTP, and the same query asked in process.

use std::error::Error;
use std::sync::Arc;

use jixiao::auth::{Claims, Scope, mint};
use jixiao::db::Connection;
use jixiao::http::body::typed;
use jixiao::http::page::Paging;
use jixiao::projects::model::{ProjectParameters, ProjectQuery};
use jixiao::projects::{self, ProjectId};
use serde_json::json;

use super::data::{DIVISION, Data, LISTED_YEAR, caller, new_project, unit_code};

/// Runs the query of a request in process.
type Query = Box<dyn Fn(&mut Connection, usize) -> jixiao::http::error::Result<()>>;

/// A read that is measured.
pub struct Case {
    pub name: &'static str,
    /// The times of the static answer that it may cost on SQLite.
    pub aim: Option<u64>,
    /// Whether each resource is asked for the first time, so that the service has kept nothing of it.
    pub is_first: bool,
    /// Requests of one round.
    pub count: usize,
    pub requests: Vec<Vec<u8>>,
    pub query: Query,
}

/// The rows that requests ask for, far apart from one to the next.
const SPREAD: usize = 7919;
const DIFFERENT: usize = 2000;
const INCLUDED: &str = "budget_lines,indicators,self_assessment";

/// A token of the organization with that code, for all acts.
pub fn token(code: &str, secret: &[u8]) -> Result<String, Box<dyn Error>> {
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let claims = Claims {
        sub: "bench".to_owned(),
        org: code.to_owned(),
        scope: scopes.join(" "),
        iss: "jixiao".to_owned(),
        aud: "jixiao".into(),
        exp: 4_102_444_800,
    };
    Ok(mint(&claims, secret)?)
}

fn get(path: &str, token: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    .into_bytes()
}

/// The insert of project `number`.
pub fn post(number: usize, data: &Data, token: &str) -> Vec<u8> {
    let body = new_project(number, "N", &data.units[number % data.units.len()]).to_string();
    let head = format!(
        "POST /api/v1/projects HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    format!("{head}{body}").into_bytes()
}

/// The request of the same size to the server that answers from memory.
pub fn from_memory(index: usize, token: &str) -> Vec<Vec<u8>> {
    vec![get(&format!("/{index}"), token)]
}

fn list(name: &'static str, code: &str, sort: &'static str, secret: &[u8]) -> Result<Case, Box<dyn Error>> {
    let path = format!("/api/v1/projects?fiscal_year={LISTED_YEAR}&sort={sort}&limit=50");
    let caller = caller(code);
    let parameters = json!({ "fiscal_year": LISTED_YEAR.to_string(), "sort": sort, "limit": "50" });
    let query: ProjectQuery = typed(parameters)?;
    let paging = Paging::new(&query, query.limit, None)?;
    Ok(Case {
        name,
        aim: (code == DIVISION).then_some(9),
        is_first: false,
        count: 1000,
        requests: vec![get(&path, &token(code, secret)?)],
        query: Box::new(move |c, _| {
            let page = projects::store::list(c, &caller, &query, &paging)?;
            projects::actions::rows(c, &page.items).map(drop)
        }),
    })
}

/// The reads.
pub fn reads(data: &Data, secret: &[u8]) -> Result<Vec<Case>, Box<dyn Error>> {
    let token = token(DIVISION, secret)?;
    let spread = |index: usize| index * SPREAD % data.projects.len();
    let project_ids: Vec<_> = (0..DIFFERENT).map(|index| data.projects[spread(index)].clone()).collect();
    let of_projects = |suffix: &str| -> Vec<Vec<u8>> {
        project_ids.iter().map(|id| get(&format!("/api/v1/projects/{id}{suffix}"), &token)).collect()
    };
    let include: ProjectParameters = typed(json!({ "include": INCLUDED }))?;
    let include = Arc::new(include.include);
    let whole = |ids: Vec<ProjectId>| {
        let (caller, include) = (caller(DIVISION), include.clone());
        move |c: &mut Connection, index: usize| {
            c.snapshot(|c| {
                let row = projects::store::get(c, &caller, &ids[index % ids.len()])?;
                projects::actions::expand(c, &caller, vec![row], &include)
            })
            .map(drop)
        }
    };
    // Those that no other case asks for.
    let first: Vec<_> = (DIFFERENT..data.projects.len()).map(|index| data.projects[spread(index)].clone()).collect();
    let (one, ids) = (caller(DIVISION), project_ids.clone());
    Ok(vec![
        Case {
            name: "project by id",
            aim: Some(6),
            is_first: false,
            count: 5000,
            requests: of_projects(""),
            query: Box::new(move |c, index| projects::store::get(c, &one, &ids[index % DIFFERENT]).map(drop)),
        },
        list("50 projects of a year by name", DIVISION, "name", secret)?,
        list("50 projects of a year, last changed first", DIVISION, "-updated_at", secret)?,
        list("the same by name, a unit's token", &unit_code(137), "name", secret)?,
        Case {
            name: "project with lines, indicators, assessment",
            aim: Some(11),
            is_first: false,
            count: 1000,
            requests: of_projects(&format!("?include={INCLUDED}")),
            query: Box::new(whole(project_ids)),
        },
        Case {
            name: "the same for the first time, scored anew",
            aim: None,
            is_first: true,
            count: 1000,
            requests: first
                .iter()
                .map(|id| get(&format!("/api/v1/projects/{id}?include={INCLUDED}"), &token))
                .collect(),
            query: Box::new(whole(first)),
        },
    ])
}
