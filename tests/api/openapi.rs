//! The document: committed as it is printed, sound by itself, and true of the service.

use std::collections::{BTreeSet, HashSet};

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::document::{Operation, document, ids, operations, subjects};
use crate::support::{App, Kind, cases};

cases![
    without_a_token_every_protected_operation_is_401,
    a_token_that_lacks_the_scopes_is_403_before_the_body_is_looked_at,
    one_of_the_scopes_is_enough,
    what_belongs_to_another_division_is_404,
    a_wrong_method_on_a_known_path_is_405_with_the_right_ones,
    a_change_without_if_match_is_428_and_a_stale_one_412,
    every_post_replays_its_answer,
    an_unknown_parameter_on_a_list_is_400,
    the_service_sends_the_document,
    an_empty_filter_is_refused_alike_and_nothing_is_included_by_an_empty_include,
    every_download_comes_as_a_file_where_that_is_asked_for;
    the_committed_document_is_the_one_that_is_printed,
    every_reference_resolves,
    operation_ids_are_unique_and_the_names_of_handlers,
    every_operation_is_described_and_has_one_success_and_problems_for_errors,
    nothing_in_it_trips_generators,
    no_list_is_required_and_no_file_is_a_list,
    the_committed_document_of_3_0_is_the_one_that_is_printed,
    both_versions_have_the_same_operations,
    nothing_of_3_1_is_left_in_3_0,
    every_operation_has_a_short_name_and_a_whole_text,
    every_enum_has_names_and_those_with_labels_have_all,
    what_is_sent_is_closed_and_what_is_answered_is_open,
    no_webhook_takes_the_tag_of_operations
];

fn the_committed_document_is_the_one_that_is_printed() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json");
    let committed = std::fs::read_to_string(path).expect("openapi/openapi.json is there");
    let printed = format!("{:#}\n", jixiao::app::document());
    assert!(committed == printed, "openapi/openapi.json is out of date: cargo run -- openapi > openapi/openapi.json");
}

fn each(value: &Value, place: &str, see: &mut impl FnMut(&str, &Value)) {
    see(place, value);
    match value {
        Value::Object(object) => object.iter().for_each(|(name, part)| each(part, &format!("{place}/{name}"), see)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, part)| each(part, &format!("{place}/{index}"), see))
        }
        _ => {}
    }
}

fn every_reference_resolves() {
    let document = document();
    let mut used = HashSet::new();
    each(document, "", &mut |place, value| {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return };
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{place}: {reference}"));
        assert!(document.pointer(pointer).is_some(), "{place}: nothing at {reference}");
        used.insert(pointer.trim_start_matches("/components/schemas/").to_owned());
    });
    let unused: Vec<&String> = document["components"]["schemas"]
        .as_object()
        .expect("schemas")
        .keys()
        .filter(|name| !used.contains(name.as_str()))
        .collect();
    assert!(unused.is_empty(), "schemas that nothing refers to: {unused:?}");
}

fn operation_ids_are_unique_and_the_names_of_handlers() {
    let mut handlers = HashSet::new();
    for entry in walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(entry).expect("a source file");
        for line in text.lines().filter_map(|line| line.strip_prefix("pub async fn ")) {
            handlers.insert(line.split('(').next().expect("a name").to_owned());
        }
    }
    let mut seen = HashSet::new();
    for operation in operations() {
        assert!(seen.insert(operation.id.clone()), "{} is there twice", operation.id);
        assert!(handlers.contains(&operation.id), "{} is no handler's name", operation.id);
        let verb = operation.id.split('_').next().expect("a verb");
        let expected: &[&str] = match operation.method {
            Method::GET => &["get", "list"],
            Method::POST => &["create"],
            Method::PUT => &["replace"],
            Method::PATCH => &["update"],
            _ => &["delete"],
        };
        assert!(expected.contains(&verb), "{} {}", operation.method, operation.id);
    }
    assert!(seen.len() > 35, "{} operations", seen.len());
}

pub fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => files.extend(walk(&path)),
            false if path.extension().is_some_and(|extension| extension == "rs") => files.push(path),
            false => {}
        }
    }
    files.sort();
    files
}

fn every_operation_is_described_and_has_one_success_and_problems_for_errors() {
    let known: BTreeSet<&str> =
        document()["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
    for operation in operations() {
        let (spec, id) = (operation.spec, &operation.id);
        assert!(spec["description"].as_str().is_some_and(|text| text.len() > 10), "{id}");
        let tags = spec["tags"].as_array().unwrap_or_else(|| panic!("{id} has no tag"));
        assert!(tags.len() == 1 && tags.iter().all(|tag| known.contains(tag.as_str().unwrap_or_default())), "{id}");
        let responses = spec["responses"].as_object().expect("responses");
        // A part of a file is no success of its own.
        let is_success = |status: &&String| status.starts_with('2') && status.as_str() != "206";
        let successes: Vec<&String> = responses.keys().filter(is_success).collect();
        assert_eq!(successes.len(), 1, "{id}: {successes:?}");
        assert!(!responses.contains_key("default"), "{id}");
        for (status, response) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{id} {status}");
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{id} {status}");
        }
        let protected = is_protected(&operation.path);
        assert_eq!(!operation.scopes.is_empty() || id == "get_me", protected, "{id}: security");
        for parameter in spec["parameters"].as_array().into_iter().flatten() {
            let name = &parameter["name"];
            assert_ne!(parameter["in"], "cookie", "{id} {name}");
            assert!(
                parameter["in"] == "path" || parameter["description"].as_str().is_some(),
                "{id} {name}: no description"
            );
        }
        let media_types = spec["requestBody"]["content"].as_object().map_or(1, serde_json::Map::len);
        assert_eq!(media_types, 1, "{id}: one request media type");
    }
}

fn nothing_in_it_trips_generators() {
    each(document(), "", &mut |place, value| {
        let Value::Object(object) = value else { return };
        assert!(!object.contains_key("allOf"), "{place}: allOf");
        assert!(!object.values().any(Value::is_null), "{place}: null, where generators want what it is");
        let types: Vec<&str> = match object.get("type") {
            Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        assert!(!(types.contains(&"null") && object.contains_key("enum")), "{place}: a nullable enum");
    });
    for (name, schema) in document()["components"]["schemas"].as_object().expect("schemas") {
        let is_request = name.starts_with("New") || name.ends_with("Patch");
        each(schema, name, &mut |place, value| {
            assert!(!(is_request && value.get("default").is_some()), "{place}: a default in a request");
        });
    }
}

/// All of the versioned API but the document, which says how to get in.
fn is_protected(path: &str) -> bool {
    path.starts_with("/api/") && path != "/api/v1/openapi.json"
}

async fn without_a_token_every_protected_operation_is_401(app: App) {
    for operation in operations().filter(|operation| is_protected(&operation.path)) {
        let reply = operation.request(&app.anyone(), None).await;
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{reply}");
        reply.problem(401, "unauthenticated");
    }
}

async fn a_token_that_lacks_the_scopes_is_403_before_the_body_is_looked_at(app: App) {
    let all = crate::support::client::every_scope();
    for operation in operations().filter(|operation| !operation.scopes.is_empty()) {
        let others: Vec<&str> =
            all.split(' ').filter(|scope| !operation.scopes.iter().any(|one| one == scope)).collect();
        let request = operation.request(&app.client("410100", &others.join(" ")), None);
        let problem = request.body("text/plain", "this is no JSON").in_english().await.problem(403, "scope_missing");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(operation.scopes.iter().all(|scope| detail.contains(scope.as_str())), "{}: {detail}", operation.id);
    }
}

async fn one_of_the_scopes_is_enough(app: App) {
    for operation in operations() {
        for scope in &operation.scopes {
            let reply = operation.request(&app.client("410100", scope), None).await;
            assert!(!matches!(reply.status.as_u16(), 401 | 403 | 500..), "{} with {scope}: {reply}", operation.id);
        }
    }
}

async fn what_belongs_to_another_division_is_404(app: App) {
    let ids = ids(&app).await;
    let mut checked = 0;
    for operation in operations().filter(|operation| operation.path.contains("{id}")) {
        let reply = operation.request(&app.stranger(), Some(&ids)).await;
        reply.problem(404, "not_found");
        checked += 1;
    }
    assert!(checked > 25, "{checked} operations have an id in their path");
    for (subject, id) in &ids {
        let path = format!("/api/v1/{subject}/{id}");
        app.client("410100", &crate::support::client::every_scope()).get(&path).await.status(200);
    }
}

async fn a_wrong_method_on_a_known_path_is_405_with_the_right_ones(app: App) {
    let paths = document()["paths"].as_object().expect("paths");
    for (path, methods) in paths {
        let concrete = Operation::concrete(path, None);
        let mut expected: Vec<String> =
            methods.as_object().expect("methods").keys().map(|name| name.to_uppercase()).collect();
        if expected.iter().any(|name| name == "GET") {
            expected.push("HEAD".to_owned());
        }
        expected.sort();
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            if expected.iter().any(|name| name == method.as_str()) {
                continue;
            }
            let reply = app.anyone().request(method, &concrete).await;
            assert_eq!(reply.required("allow"), expected.join(", "), "{reply}");
            reply.problem(405, "method_not_allowed");
        }
    }
}

async fn a_change_without_if_match_is_428_and_a_stale_one_412(app: App) {
    let ids = ids(&app).await;
    let everyone = app.client("410100", &crate::support::client::every_scope());
    let mut checked = 0;
    for operation in operations().filter(Operation::needs_if_match) {
        let bare = operation.request(&everyone, Some(&ids)).without("If-Match").await;
        bare.problem(428, "precondition_required");
        for stale in ["\"999999\"", "W/\"999999\"", "\"999999\", \"888888\""] {
            let reply = operation.request(&everyone, Some(&ids)).without("If-Match").header("If-Match", stale).await;
            reply.problem(412, "stale");
        }
        let malformed = operation.request(&everyone, Some(&ids)).without("If-Match").header("If-Match", "3").await;
        malformed.problem(400, "bad_header");
        checked += 1;
    }
    assert!(checked >= 12, "{checked} changes");
    let unmarked: Vec<String> = operations()
        .filter(|one| matches!(one.method, Method::PUT | Method::PATCH | Method::DELETE) && !one.needs_if_match())
        .map(|one| one.id)
        .collect();
    assert!(unmarked.is_empty(), "changes without If-Match in the document: {unmarked:?}");
}

async fn every_post_replays_its_answer(app: App) {
    let subjects = subjects(&app).await;
    for operation in operations().filter(|operation| operation.method == Method::POST) {
        let (path, body) =
            subjects.get(operation.id.as_str()).unwrap_or_else(|| panic!("no body for {}", operation.id));
        let everyone = app.client("410100", &crate::support::client::every_scope());
        let send = async || {
            let request = match body {
                Value::Null => everyone.request(Method::POST, path),
                body => everyone.post(path, body),
            };
            request.header("If-Match", "*").header("Idempotency-Key", &operation.id).await
        };
        let first = send().await;
        assert!(first.status.is_success(), "{first}");
        assert_eq!(first.header("idempotency-replayed"), None, "{first}");
        let again = send().await;
        assert_eq!(again.status, first.status, "{again}");
        assert_eq!(again.header("idempotency-replayed"), Some("true"), "{again}");
        assert_eq!((again.header("etag"), again.header("location")), (first.header("etag"), first.header("location")));
        assert_eq!(again.body, first.body);
        let parameters = operation.spec["parameters"].as_array().expect("parameters");
        assert!(parameters.iter().any(|one| one["name"] == "Idempotency-Key"), "{}", operation.id);
    }
}

async fn an_unknown_parameter_on_a_list_is_400(app: App) {
    let ids = ids(&app).await;
    let everyone = app.client("410100", &crate::support::client::every_scope());
    let mut checked = 0;
    for operation in operations().filter(|operation| operation.method == Method::GET) {
        let parameters = operation.spec["parameters"].as_array().into_iter().flatten();
        if !parameters.into_iter().any(|parameter| parameter["in"] == "query") {
            continue;
        }
        let path = Operation::concrete(&operation.path, Some(&ids));
        let fields = everyone.get(&format!("{path}?no_such=1")).await.fields(400, "bad_query");
        assert_eq!(fields, [("no_such".to_owned(), "unknown_parameter".to_owned())], "{}", operation.id);
        checked += 1;
    }
    assert!(checked >= 7, "{checked} lists");
}

async fn the_service_sends_the_document(app: App) {
    if app.kind == Kind::Postgres {
        return;
    }
    let reply = app.anyone().get("/openapi.json").await.status(200);
    let etag = reply.etag();
    assert_eq!(&reply.json(200), document());
    app.anyone().get("/openapi.json").header("If-None-Match", &etag).await.status(304);
    let mut requests = document().clone();
    assert_eq!(app.anyone().get("/api/v1/openapi.json").await.json(200), requests);
    requests.as_object_mut().expect("an object").remove("webhooks").expect("they are in it");
    for path in ["/openapi.json?webhooks=false", "/api/v1/openapi.json?webhooks=false"] {
        assert_eq!(app.anyone().get(path).await.json(200), requests);
    }
    app.anyone().get("/openapi.json?webhooks=none").await.problem(400, "bad_query");
    assert_eq!(document()["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    assert_ne!(document()["info"]["version"], json!(null));
}

fn query_lists(operation: &Operation) -> Vec<(&'static str, &'static Value)> {
    let parameters = operation.spec["parameters"].as_array().into_iter().flatten();
    let lists = parameters.filter(|one| one["in"] == "query" && one["schema"]["type"] == "array");
    lists.filter_map(|one| Some((one["name"].as_str()?, &one["schema"]))).collect()
}

fn no_list_is_required_and_no_file_is_a_list() {
    let mut lists = 0;
    for operation in operations() {
        for parameter in operation.spec["parameters"].as_array().into_iter().flatten() {
            assert!(
                parameter["schema"]["type"] != "array" || parameter["required"] == false,
                "{}: {parameter}",
                operation.id
            );
        }
        lists += query_lists(&operation).len();
        let content = operation.spec["responses"]["200"]["content"].as_object();
        let is_file = |media_type: &str| {
            !media_type.ends_with("json") && !matches!(media_type, "text/html" | "text/markdown" | "text/plain")
        };
        for (media_type, content) in content.into_iter().flatten().filter(|(media_type, _)| is_file(media_type)) {
            let binary = json!({"type": "string", "format": "binary"});
            assert_eq!(content["schema"], binary, "{} {media_type}", operation.id);
        }
        let files = content.into_iter().flatten().filter(|(media_type, _)| is_file(media_type)).count();
        let is_first =
            content.and_then(|content| content.keys().next()).is_some_and(|one| one == "application/octet-stream");
        assert!(files == 0 || is_first, "{}: generators read a file by application/octet-stream", operation.id);
    }
    assert!(lists >= 39, "{lists} lists");
}

fn no_webhook_takes_the_tag_of_operations() {
    let tags: HashSet<&str> = operations().filter_map(|operation| operation.spec["tags"][0].as_str()).collect();
    for (name, webhook) in document()["webhooks"].as_object().expect("webhooks") {
        let tag = webhook["post"]["tags"][0].as_str().expect("a tag");
        assert!(!tags.contains(tag), "{name} has the tag {tag} of operations: generators overwrite their class");
        let known = document()["tags"].as_array().expect("tags").iter().any(|one| one["name"] == tag);
        assert!(known, "{tag} is not described");
    }
}

async fn an_empty_filter_is_refused_alike_and_nothing_is_included_by_an_empty_include(app: App) {
    let ids = ids(&app).await;
    let everyone = app.client("410100", &crate::support::client::every_scope());
    let (mut filters, mut includes) = (0, 0);
    for operation in operations().filter(|operation| operation.method == Method::GET) {
        let path = Operation::concrete(&operation.path, Some(&ids));
        for (name, schema) in query_lists(&operation) {
            let request = everyone.get(&format!("{path}?{name}="));
            if schema["minItems"] == 1 {
                let fields = request.await.fields(400, "bad_query");
                assert_eq!(fields, [(name.to_owned(), "blank".to_owned())], "{}?{name}=", operation.id);
                filters += 1;
            } else {
                let (bare, empty) = (everyone.get(&path).await.json(200), request.await.json(200));
                assert_eq!(bare, empty, "{}?{name}=", operation.id);
                includes += 1;
            }
        }
    }
    assert!(filters > 35 && includes > 2, "{filters} filters, {includes} includes");
    let twice = everyone.get("/api/v1/changes?include=data,data&limit=1").await.json(200);
    assert!(twice["items"][0]["data"]["state"].is_object(), "{twice:#}");
}

async fn every_download_comes_as_a_file_where_that_is_asked_for(app: App) {
    let ids = ids(&app).await;
    let everyone = app.client("410100", &crate::support::client::every_scope());
    let mut checked = 0;
    for operation in operations().filter(|operation| operation.method == Method::GET) {
        if operation.spec["responses"]["200"]["content"].get("application/octet-stream").is_none() {
            continue;
        }
        let path = Operation::concrete(&operation.path, Some(&ids));
        let usual = everyone.get(&path).await.status(200);
        let plain = everyone.get(&path).await.status(200);
        let vary: Vec<_> = plain.headers.get_all("vary").filter_map(|value| value.to_str().ok()).collect();
        assert!(vary.join(",").to_lowercase().split(',').any(|one| one.trim() == "accept"), "{vary:?}");
        let file = everyone.get(&path).header("Accept", "application/octet-stream").await.status(200);
        assert_eq!(file.header("content-type"), Some("application/octet-stream"), "{}", operation.id);
        assert_ne!(usual.header("content-type"), file.header("content-type"), "{}", operation.id);
        assert!(operation.id == "get_report_archive" || usual.body == file.body, "{}", operation.id);
        // The Python client of openapi-generator asks for the first JSON of all answers.
        everyone.get(&path).header("Accept", "application/problem+json").await.status(200);
        checked += 1;
    }
    assert!(checked >= 7, "{checked} downloads");
}

fn version_3_0() -> Value {
    jixiao::openapi::version_3_0::document(document().clone())
}

fn the_committed_document_of_3_0_is_the_one_that_is_printed() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi-3.0.json");
    let committed = std::fs::read_to_string(path).expect("openapi/openapi-3.0.json is there");
    let told = "it is out of date: cargo run -- openapi --version 3.0 > openapi/openapi-3.0.json";
    assert!(committed == format!("{:#}\n", version_3_0()), "{told}");
}

fn both_versions_have_the_same_operations() {
    let (new, old) = (document(), version_3_0());
    assert_eq!(old["openapi"], "3.0.3");
    for operation in operations() {
        let method = operation.method.as_str().to_lowercase();
        let same = &old["paths"][&operation.path][&method];
        assert_eq!(same["operationId"], operation.id, "{} {}", operation.method, operation.path);
        let names = |parameters: &Value| -> Vec<Value> {
            parameters
                .as_array()
                .into_iter()
                .flatten()
                .map(|one| json!([one["name"], one["in"], one["required"]]))
                .collect()
        };
        assert_eq!(names(&same["parameters"]), names(&operation.spec["parameters"]), "{}", operation.id);
        let statuses = |responses: &Value| responses.as_object().map(|all| all.keys().cloned().collect::<Vec<_>>());
        assert_eq!(statuses(&same["responses"]), statuses(&operation.spec["responses"]), "{}", operation.id);
        assert_eq!(same["security"], operation.spec["security"], "{}", operation.id);
    }
    for (name, schema) in old["components"]["schemas"].as_object().expect("schemas") {
        assert_eq!(schema["required"], new["components"]["schemas"][name]["required"], "{name}");
        assert_eq!(schema["enum"], new["components"]["schemas"][name]["enum"], "{name}");
    }
}

fn nothing_of_3_1_is_left_in_3_0() {
    let document = version_3_0();
    assert!(document.get("webhooks").is_none());
    each(&document, "", &mut |place, value| {
        assert!(!value["type"].is_array(), "{place}: several types");
        assert!(!value["examples"].is_array(), "{place}: a list of examples");
        assert!(value.get("const").is_none() && value.get("contentMediaType").is_none(), "{place}");
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            assert_eq!(value.as_object().map(serde_json::Map::len), Some(1), "{place}: something beside a reference");
            let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{place}: {reference}"));
            assert!(document.pointer(pointer).is_some(), "{place}: nothing at {reference}");
        }
        assert!(value.get("application/merge-patch+json").is_none(), "{place}");
    });
}

fn every_operation_has_a_short_name_and_a_whole_text() {
    for operation in operations() {
        let summary = operation.spec["summary"].as_str().unwrap_or_default();
        assert!((1..=5).contains(&summary.split(' ').count()) && summary.len() <= 80, "{}: {summary}", operation.id);
        let description = operation.spec["description"].as_str().unwrap_or_default();
        assert!(description.len() > summary.len() && description != summary, "{}: {description}", operation.id);
        assert!(operation.spec["security"].is_array(), "{}: it says whether it needs a token", operation.id);
    }
    for tag in document()["tags"].as_array().expect("tags") {
        let name = tag["x-displayName"].as_str().unwrap_or_default();
        assert!(!name.is_ascii(), "{tag}: it has a name in Chinese");
    }
}

fn every_enum_has_names_and_those_with_labels_have_all() {
    let mut labelled = 0;
    for (name, schema) in document()["components"]["schemas"].as_object().expect("schemas") {
        let Some(values) = schema["enum"].as_array() else { continue };
        let names = schema["x-enum-varnames"].as_array().unwrap_or_else(|| panic!("{name} has no names"));
        let distinct: BTreeSet<&str> = names.iter().filter_map(Value::as_str).collect();
        assert_eq!((names.len(), distinct.len()), (values.len(), values.len()), "{name}");
        let is_name = |text: &&str| text.chars().all(|letter| letter.is_ascii_alphanumeric());
        assert!(distinct.iter().all(is_name), "{name}: {names:?}");
        if let Some(labels) = schema["x-enum-descriptions"].as_array() {
            labelled += 1;
            assert_eq!(labels.len(), values.len(), "{name}");
        }
    }
    assert!(labelled >= 8, "{labelled} enums have labels in Chinese");
    let grade = &document()["components"]["schemas"]["Grade"];
    assert_eq!(grade["x-enum-descriptions"], json!(["优", "良", "中", "差"]));
}

fn what_is_sent_is_closed_and_what_is_answered_is_open() {
    let schemas = &document()["components"]["schemas"];
    for name in ["NewProject", "NewIndicator", "ProjectPatch", "NewTransition", "NewExport"] {
        assert_eq!(schemas[name]["additionalProperties"], json!(false), "{name}");
    }
    for name in ["Project", "Score", "Change", "Problem"] {
        assert!(schemas[name].get("additionalProperties").is_none(), "{name}");
    }
    let shown = &schemas["Change"]["properties"]["type"];
    assert!(shown.get("enum").is_none() && shown.get("$ref").is_none(), "{shown:#}");
    assert_eq!(shown["x-extensible-enum"], schemas["ChangeType"]["enum"], "a filter by type is closed");
}
