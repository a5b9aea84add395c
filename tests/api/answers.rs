//! Answers fit the schemas of the document, and have nothing that the document does not name.

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::build::{budget_line, id, indicator, items, made, organization, project};
use crate::support::client::every_scope;
use crate::support::document::{Ids, Operation, document, ids, operations, subjects};
use crate::support::{App, Reply, With, cases};

cases![
    every_read_of_the_sample_fits_its_schema,
    every_read_of_what_was_published_fits_its_schema,
    every_answer_to_a_post_fits_its_schema,
    every_answer_to_a_change_fits_its_schema,
    every_problem_fits_its_schema;
    the_strict_schema_finds_what_is_not_named
];

/// A schema of the document with its components, in which objects have only the fields that are named.
fn strict(schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["components"] = document()["components"].clone();
    close(&mut whole);
    jsonschema::validator_for(&whole).unwrap_or_else(|cause| panic!("{cause}: {schema:#}"))
}

fn close(schema: &mut Value) {
    if let Value::Object(object) = schema {
        if object.get("type") == Some(&json!("object")) && object.contains_key("properties") {
            object.entry("additionalProperties").or_insert(json!(false));
        }
        object.values_mut().for_each(close);
    } else if let Value::Array(list) = schema {
        list.iter_mut().for_each(close);
    }
}

#[track_caller]
fn fits(operation: &Operation, reply: Reply) {
    let shown = reply.to_string();
    let status = reply.status.as_u16().to_string();
    let response = &operation.spec["responses"][&status];
    assert!(response.is_object(), "{} does not document {status}:\n{shown}", operation.id);
    let Some(content) = response["content"].as_object() else {
        assert!(reply.body.is_empty(), "{} documents no body:\n{shown}", operation.id);
        return;
    };
    let media_type = reply.required("content-type").split(';').next().unwrap_or_default().to_owned();
    let described = content.get(&media_type);
    let described = described.unwrap_or_else(|| panic!("{} documents no {media_type}:\n{shown}", operation.id));
    if !media_type.ends_with("/json") && !media_type.ends_with("+json") {
        return;
    }
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_else(|_| panic!("no JSON:\n{shown}"));
    let validator = strict(&described["schema"]);
    let errors: Vec<String> =
        validator.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}: {errors:#?}\n{shown}", operation.id);
    for header in response["headers"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()) {
        let must = matches!(header, "X-Request-Id" | "Location");
        assert!(!must || reply.header(header).is_some(), "{} lacks {header}:\n{shown}", operation.id);
    }
}

async fn reads(app: &App, ids: &Ids) {
    let client = app.client("410100", &every_scope());
    for operation in operations().filter(|one| one.method == actix_web::http::Method::GET) {
        let path = Operation::concrete(&operation.path, Some(ids));
        fits(&operation, client.get(&path).await);
        fits(&operation, client.get(&path).in_english().await);
    }
    let included = format!("/api/v1/projects/{}?include=budget_lines,indicators,self_assessment", ids["projects"]);
    let operation = operations().find(|one| one.id == "get_project").expect("documented");
    fits(&operation, client.get(&included).await.status(200));
    let operation = operations().find(|one| one.id == "list_projects").expect("documented");
    let counted = "/api/v1/projects?include=budget_lines,indicators,self_assessment&count=exact&limit=1";
    fits(&operation, client.get(counted).await.status(200));
}

async fn every_read_of_the_sample_fits_its_schema(app: App) {
    let sample = app.sample().await;
    let list = async |path: &str| items(&sample.client.get(path).await.json(200));
    let ids = Ids::from([
        ("organizations", id(&list("/api/v1/organizations").await[0])),
        ("projects", sample.project.clone()),
        ("budget-lines", id(&list("/api/v1/budget-lines").await[0])),
        ("indicators", id(&list("/api/v1/indicators").await[11])),
        ("self-assessments", sample.assessment.clone()),
    ]);
    reads(&app, &ids).await;
}

async fn every_read_of_what_was_published_fits_its_schema(app: App) {
    let mut ids = ids(&app).await;
    let scores = items(&app.unit().get("/api/v1/scores").await.json(200));
    ids.insert("self-assessments", crate::support::build::text(&scores[0], "self_assessment_id"));
    reads(&app, &ids).await;
}

async fn every_answer_to_a_post_fits_its_schema(app: App) {
    let subjects = subjects(&app).await;
    let client = app.client("410100", &every_scope());
    for operation in operations().filter(|one| one.method == actix_web::http::Method::POST) {
        let (path, body) = &subjects[operation.id.as_str()];
        let request = match body {
            Value::Null => client.request(operation.method.clone(), path),
            body => client.post(path, body),
        };
        let reply = request.header("If-Match", "*").await;
        assert!(reply.status.is_success(), "{reply}");
        if let Some(content) = operation.spec["requestBody"]["content"].get("application/json") {
            let schema = &content["schema"];
            assert!(strict(schema).is_valid(body), "{}: the request does not fit its own schema", operation.id);
        }
        fits(&operation, reply);
    }
}

async fn every_answer_to_a_change_fits_its_schema(app: App) {
    let tree = app.tree().await;
    let sound = app.sound().await;
    let client = app.client("410100", &every_scope());
    let line =
        made(&client, &format!("/api/v1/projects/{}/budget-lines", app.project_of_code("X").await), &budget_line())
            .await;
    let leaf = made(&client, "/api/v1/organizations", &organization("410100-08", "unit", &tree.division)).await;
    let spare = made(&client, "/api/v1/projects", &project(&tree.unit).with("code", "SPARE")).await;
    let path = format!("/api/v1/projects/{}/indicators", sound.project);
    let gone = made(&client, &path, &indicator()).await;
    let other = made(&client, "/api/v1/self-assessments", &json!({"project_id": spare})).await;
    let ids = Ids::from([
        ("organizations", leaf),
        ("projects", sound.project.clone()),
        ("budget-lines", line),
        ("indicators", gone),
        ("self-assessments", sound.assessment.clone()),
    ]);
    let reviewed = json!([{"indicator_id": sound.indicators[1], "reviewed_score": "10", "review_reason": "佐证不足"}]);
    // In this order: what a later one needs is still there.
    for (operation_id, body) in [
        ("update_organization", json!({"name": "新名"})),
        ("update_project", json!({"annual_goal": "目标"})),
        ("update_budget_line", json!({"executed_amount": "5"})),
        ("update_indicator", json!({"weight": "1"})),
        ("delete_indicator", Value::Null),
        ("update_self_assessment", json!({"declared": {"total": "97"}})),
        ("replace_results", results(&sound.indicators)),
        ("create_transition", json!({"action": "submit"})),
        ("replace_reviewed_scores", reviewed),
        ("delete_budget_line", Value::Null),
        ("delete_organization", Value::Null),
    ] {
        let operation = operations().find(|one| one.id == operation_id).expect("documented");
        let mut request = operation.request(&client, Some(&ids));
        if let Some((media_type, content)) =
            operation.spec["requestBody"]["content"].as_object().and_then(|body| body.iter().next())
        {
            assert!(strict(&content["schema"]).is_valid(&body), "{operation_id}: {body:#} does not fit its schema");
            request = request.body(media_type, body.to_string());
        }
        let reply = request.await;
        assert!(reply.status.is_success(), "{operation_id}: {reply}");
        fits(&operation, reply);
    }
    let set = operations().find(|one| one.id == "replace_indicators").expect("documented");
    let reply = client.put(&format!("/api/v1/projects/{spare}/indicators"), "*", &json!([indicator()])).await;
    fits(&set, reply.status(200));
    for (operation_id, path) in [
        ("delete_self_assessment", format!("self-assessments/{other}")),
        ("delete_project", format!("projects/{spare}")),
    ] {
        let operation = operations().find(|one| one.id == operation_id).expect("documented");
        fits(&operation, client.delete(&format!("/api/v1/{path}"), "*").await.status(204));
    }
}

fn results(indicators: &[String]) -> Value {
    let results = crate::support::build::sound_rows().into_iter().map(|(_, result)| result).zip(indicators);
    results.map(|(result, id)| result.with("indicator_id", id.as_str())).collect()
}

async fn every_problem_fits_its_schema(app: App) {
    let sample = app.sample().await;
    let schema = strict(&json!({"$ref": "#/components/schemas/Problem"}));
    for reply in [
        app.anyone().get("/api/v1/projects").await,
        app.unit().get("/api/v1/projects?limit=x&y=z").await,
        app.unit().get("/nothing").await,
        app.unit().post("/api/v1/projects", &json!({"a": 1})).await,
        sample.client.step(&sample.assessment, "submit").await,
    ] {
        let problem: Value = serde_json::from_slice(&reply.body).expect("JSON");
        let errors: Vec<String> = schema.iter_errors(&problem).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{reply}");
    }
}

fn the_strict_schema_finds_what_is_not_named() {
    let schema = strict(&json!({"$ref": "#/components/schemas/ProblemField"}));
    let fits = json!({"pointer": "/a", "code": "blank", "detail": "x"});
    assert!(schema.is_valid(&fits));
    let mut more = fits.clone();
    more["extra"] = json!(1);
    assert!(!schema.is_valid(&more));
    let mut less = fits;
    less.as_object_mut().expect("an object").remove("code");
    assert!(!schema.is_valid(&less));
}
