//! The plans of the lists: no filter or sort makes a database read a whole large table.

use std::sync::{Arc, Mutex};

use diesel::Connection as _;
use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::Text;
use jixiao::assessments::frozen;
use jixiao::auth::{Caller, Scope};
use jixiao::db::{Connection, Link};
use jixiao::http::body::typed;
use jixiao::http::page::Paging;
use serde_json::{Value, json};

use crate::support::client::{BUREAU, DEPARTMENT, UNIT};
use crate::support::{App, cases};

cases![
    no_list_reads_a_whole_table_or_sorts_one,
    no_list_reads_rows_of_another_division,
    what_is_not_packed_yet_is_found_without_what_is,
];

type Statements = Arc<Mutex<Vec<String>>>;

/// What each list is asked: every sort, and the filters that people combine with it.
fn questions(sorts: &[&str], filters: &[Value]) -> Vec<Value> {
    let mut questions = Vec::new();
    for sort in sorts {
        for filter in filters {
            let mut question = filter.clone();
            question["sort"] = json!(sort);
            questions.push(question);
        }
    }
    questions
}

fn recorded(app: &App) -> (Connection, Statements) {
    let statements = Statements::default();
    let record = statements.clone();
    let listen = move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let query = query.to_string();
            let text = query.split(" -- binds:").next().unwrap_or_default();
            record.lock().unwrap().push(text.to_owned());
        }
    };
    let mut connection = Connection::open(&app.place.address).unwrap();
    match &mut connection.link {
        Link::Sqlite(c) => c.set_instrumentation(listen),
        Link::Postgres(c) => c.set_instrumentation(listen),
    }
    (connection, statements)
}

fn ask_all(c: &mut Connection, organization: &str) {
    let caller = Caller::new("test", organization, Scope::ALL.iter().copied().collect());
    macro_rules! ask {
        ($questions:expr, $query:ty, |$c:ident, $caller:ident, $asked:ident, $paging:ident| $list:expr) => {
            for question in $questions {
                let $asked: $query = typed(question).unwrap();
                let $paging = Paging::new(&$asked, None, None).unwrap();
                let ($c, $caller) = (&mut *c, &caller);
                $list.unwrap();
            }
        };
    }
    let id = "0193a5b0-7c1e-7d3a-9b2f-1c2d3e4f5a6b";
    let none = json!({});
    ask!(
        questions(
            &["id", "-id", "code", "-code", "name", "-name"],
            &[none.clone(), json!({"code": "1"}), json!({"parent_id": id}), json!({"kind": "unit"})],
        ),
        jixiao::organizations::model::OrganizationQuery,
        |c, caller, query, paging| jixiao::organizations::store::list(c, caller, &query, &paging)
    );
    let filters = [
        none.clone(),
        json!({"fiscal_year": "2021"}),
        json!({"code": "1"}),
        json!({"name": "x"}),
        json!({"organization_id": id}),
    ];
    ask!(
        questions(&["id", "-id", "code", "-code", "name", "-name", "updated_at", "-updated_at"], &filters),
        jixiao::projects::model::ProjectQuery,
        |c, caller, query, paging| jixiao::projects::store::list(c, caller, &query, &paging)
    );
    let filters = [
        none.clone(),
        json!({"economic_category": "培训费"}),
        json!({"funding_source": "other"}),
        json!({"fiscal_year": "2021"}),
    ];
    ask!(
        questions(&["id", "-id", "economic_category", "-economic_category"], &filters),
        jixiao::budgets::model::BudgetLineQuery,
        |c, caller, query, paging| jixiao::budgets::store::list(c, caller, None, &query, &paging)
    );
    let filters = [
        none.clone(),
        json!({"name": "x"}),
        json!({"level1": "产出"}),
        json!({"measure": "number"}),
        json!({"fiscal_year": "2021"}),
    ];
    ask!(
        questions(&["id", "-id", "name", "-name"], &filters),
        jixiao::indicators::request::IndicatorQuery,
        |c, caller, query, paging| jixiao::indicators::store::list(c, caller, &query, &paging)
    );
    let filters =
        [none.clone(), json!({"status": "draft"}), json!({"project_id": id}), json!({"kind": "unit_self_assessment"})];
    ask!(
        questions(&["id", "-id", "updated_at", "-updated_at"], &filters),
        jixiao::assessments::request::AssessmentQuery,
        |c, caller, query, paging| jixiao::assessments::store::list(c, caller, &query, &paging)
    );
    ask!(
        questions(&["id", "-id"], &[none.clone(), json!({"subscription_id": id}), json!({"status": "dead"})]),
        jixiao::webhooks::delivery::WebhookDeliveryQuery,
        |c, caller, query, paging| jixiao::webhooks::queue::list(c, caller, &query, &paging)
    );
    let filters = [
        none,
        json!({"fiscal_year": "2021"}),
        json!({"organization": "1"}),
        json!({"grade": "good"}),
        json!({"score_gte": "90"}),
        json!({"project_code": "1"}),
    ];
    ask!(
        questions(&["id", "-id", "final_total", "-final_total", "published_at", "-published_at"], &filters),
        jixiao::scores::model::ScoreQuery,
        |c, caller, query, paging| jixiao::scores::store::list(c, caller, &query, &paging)
    );
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

async fn no_list_reads_a_whole_table_or_sorts_one(app: App) {
    let (mut connection, statements) = recorded(&app);
    ask_all(&mut connection, BUREAU);
    let asked: Vec<String> =
        statements.lock().unwrap().iter().filter(|text| text.starts_with("SELECT")).cloned().collect();
    assert!(asked.len() > 100, "{} statements", asked.len());
    let mut wrong = Vec::new();
    for statement in asked {
        let plan = plan(&mut connection, &statement);
        let plain = statement.replace('"', "`");
        let selective = SELECTIVE
            .iter()
            .any(|column| plain.contains(&format!("{column} = ?")) || plain.contains(&format!("{column} = $")));
        for step in plan.iter().filter(|step| is_whole(step) || (is_sort(step) && !selective)) {
            wrong.push(format!("{step}: {statement}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The tables whose rows are of divisions.
const OF_DIVISIONS: [&str; 5] = ["projects", "budget_lines", "indicators", "self_assessments", "scores"];

/// What leads to rows of one division alone: itself, what belongs to it, or a row by its id.
const LEADS: [&str; 4] = ["division_code", "project_id", "organization_id", "(id"];

/// Whoever asks, a step that reads one of these tables is led by its division or by what lies in it.
async fn no_list_reads_rows_of_another_division(app: App) {
    app.tree().await;
    for organization in [BUREAU, DEPARTMENT, UNIT] {
        let (mut connection, statements) = recorded(&app);
        ask_all(&mut connection, organization);
        let asked: Vec<String> =
            statements.lock().unwrap().iter().filter(|text| text.starts_with("SELECT")).cloned().collect();
        let mut wrong = Vec::new();
        for statement in asked {
            let steps = plan(&mut connection, &statement);
            for (at, step) in steps.iter().enumerate() {
                let reads = |table: &&&str| {
                    step.contains(&format!(" on {table}")) && step.contains("Scan")
                        || step.starts_with(&format!("SEARCH {table} "))
                        || step.starts_with(&format!("SCAN {table} "))
                };
                if OF_DIVISIONS.iter().find(reads).is_none() {
                    continue;
                }
                // Postgres says in a line of its own what leads an index.
                let condition = match step.contains("Scan") {
                    true => steps.get(at + 1).filter(|next| next.contains("Index Cond")).cloned().unwrap_or_default(),
                    false => step.clone(),
                };
                if !LEADS.iter().any(|lead| condition.contains(lead)) {
                    wrong.push(format!("{organization}: {step} {condition}: {statement}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// Every start asks for it, however much is packed by then.
async fn what_is_not_packed_yet_is_found_without_what_is(app: App) {
    let (mut connection, statements) = recorded(&app);
    frozen::store::unpacked(&mut connection, None, 50).unwrap();
    let asked = statements.lock().unwrap().last().cloned().expect("a statement");
    let steps = plan(&mut connection, &asked);
    assert!(steps.iter().any(|step| step.contains("frozen_contents_unpacked")), "{asked}: {steps:#?}");
    assert!(!steps.iter().any(|step| is_whole(step) || is_sort(step)), "{steps:#?}");
}

/// Columns of which one value has few rows: sorting those is cheap.
const SELECTIVE: [&str; 7] = [
    "`parent_id`",
    "`projects`.`code`",
    "`projects`.`name`",
    "`projects`.`organization_id`",
    "`project_id`",
    "`organization_code`",
    "`project_code`",
];

fn plan(connection: &mut Connection, statement: &str) -> Vec<String> {
    let steps: Vec<Step> = match &mut connection.link {
        Link::Sqlite(c) => diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(c).unwrap(),
        Link::Postgres(c) => postgres_plan(c, statement),
    };
    steps.into_iter().map(|step| step.detail).collect()
}

/// The plan by which Postgres would read large tables: without statistics of large ones it has to be
/// told that reading a whole table, or sorting, is the last resort.
fn postgres_plan(c: &mut PgConnection, statement: &str) -> Vec<Step> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
        line: String,
    }
    let parameters = (1..).take_while(|number| statement.contains(&format!("${number}"))).count();
    let nulls = vec!["NULL"; parameters].join(", ");
    for text in [
        "SET enable_seqscan = off",
        "SET enable_sort = off",
        "SET enable_bitmapscan = off",
        "SET plan_cache_mode = force_generic_plan",
        "DEALLOCATE ALL",
        &format!("PREPARE asked AS {statement}"),
    ] {
        c.batch_execute(text).unwrap();
    }
    let lines: Vec<Line> = diesel::sql_query(format!("EXPLAIN EXECUTE asked({nulls})")).load(c).unwrap();
    lines.into_iter().map(|line| Step { detail: line.line }).collect()
}

/// A step that reads a whole table in no order.
fn is_whole(step: &str) -> bool {
    (step.starts_with("SCAN") && !step.contains("INDEX")) || step.contains("Seq Scan")
}

/// A step that sorts what was read, by more than the last term.
fn is_sort(step: &str) -> bool {
    step.contains("TEMP B-TREE") || step.trim_start_matches([' ', '-', '>']).starts_with("Sort ")
}
