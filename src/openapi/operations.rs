//! What an operation of the document has by its method and path: headers, errors, media types.

use serde_json::{Value, json};

/// The media type of uploads in the document.
const FILE: &str = "application/octet-stream";
/// Those of files, of which a document cannot say more.
pub(super) const FILES: [&str; 7] = [
    FILE,
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/zip",
    "text/csv",
    "application/x-ndjson",
];

/// Single resources and lists of scores have a tag; other lists, and what has no version, have none.
fn has_tag(operation: &Value) -> bool {
    let answer = [200, 201].iter().find_map(|status| operation["responses"].get(status.to_string()));
    let json = answer.map(|answer| &answer["content"]["application/json"]);
    if json.is_none_or(Value::is_null) {
        return false;
    }
    let reference = json.and_then(|json| json["schema"]["$ref"].as_str());
    let name = reference.unwrap_or_default().trim_start_matches("#/components/schemas/");
    let untagged = [
        "Me",
        "Limits",
        "TransitionList",
        "ScorePreview",
        "ChangeList",
        "ChangeHead",
        "ScoreStatistics",
        "ExecutionStatistics",
    ];
    answer.is_some() && (name == "ScorePage" || !name.ends_with("Page")) && !untagged.contains(&name)
}

/// Files that have a tag, and this document itself.
fn is_tagged_file(path: &str) -> bool {
    let ends = ["/report", "/annotated", "/exports/{id}/content", "/roll-up", "/import-templates/{kind}"];
    path.starts_with("/openapi") || ends.iter().any(|end| path.ends_with(end))
}

/// The headers and errors that an operation has by its method and path.
pub(super) fn share(path: &str, method: &str, operation: &mut Value) {
    let is_versioned = path.starts_with("/api/");
    let moves = path.ends_with("/transitions");
    let changes = matches!(method, "put" | "patch" | "delete") || (method == "post" && moves);
    let has_body = operation.get("requestBody").is_some();
    let is_file = operation["requestBody"]["content"].get(FILE).is_some();
    let has_parameters = operation.get("parameters").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let in_path = path.contains('{');
    let tagged = (is_versioned && has_tag(operation)) || is_tagged_file(path);
    let has_ranges = path == "/api/v1/exports/{id}/content";
    let mut headers = Vec::new();
    if is_versioned {
        headers.push(("Accept-Language", false, "zh-CN (the default) or en", "zh-CN"));
    }
    if method == "post" {
        headers.push((
            "Idempotency-Key",
            false,
            "A retry with the same key and body gets the first answer",
            "2f1c7d1e",
        ));
    }
    if changes {
        headers.push((
            "If-Match",
            true,
            "The ETag of the resource as the caller read it, with its quotes; * takes whatever version there is",
            "\"3\"",
        ));
    }
    if method == "get" && tagged {
        headers.push(("If-None-Match", false, "An ETag that the caller has already", "\"3\""));
    }
    if has_ranges {
        headers.push(("Range", false, "Which bytes of the file", "bytes=0-99"));
        headers.push(("If-Range", false, "The ETag of the file whose rest is wanted", "\"3\""));
    }
    let parameters: Vec<Value> = headers
        .into_iter()
        .map(|(name, required, text, example)| {
            json!({"name": name, "in": "header", "required": required, "description": text,
                   "schema": {"type": "string", "minLength": 1, "pattern": r"^[ -~]+$", "examples": [example]}})
        })
        .collect();
    match operation.get_mut("parameters").and_then(Value::as_array_mut) {
        Some(known) => known.extend(parameters),
        None if parameters.is_empty() => {}
        None => operation["parameters"] = Value::Array(parameters),
    }
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        if parameter["schema"]["type"] == "array" {
            parameter["required"] = json!(false);
            // A filter without a value is refused; what is separated by commas may be nothing.
            if parameter["explode"] == true {
                parameter["schema"]["minItems"] = json!(1);
            }
        }
    }
    if let Some(content) = operation.pointer_mut("/responses/200/content").and_then(Value::as_object_mut)
        && content.keys().any(|media_type| FILES.contains(&media_type.as_str()))
    {
        // Sorted first, it is what generators take a download by, and `Accept` may ask for it: src/downloads.rs.
        content.insert(FILE.to_owned(), json!({}));
    }
    if has_body {
        // An import may get its file later.
        operation["requestBody"]["required"] = json!(!is_file || method == "put");
    }
    let text = |description: &str| json!({"description": description, "schema": {"type": "string"}});
    for status in ["200", "201"] {
        let Some(answer) = operation["responses"].get_mut(status) else { continue };
        if answer["description"].as_str().is_none_or(str::is_empty) {
            answer["description"] = json!(if status == "201" { "Made" } else { "Done" });
        }
        answer["headers"]["X-Request-Id"] = text("The request's id");
        if tagged {
            answer["headers"]["ETag"] = text("The tag of this representation");
        }
        if status == "201" {
            answer["headers"]["Location"] = text("The address of what was made");
        }
        if method == "post" {
            answer["headers"]["Idempotency-Replayed"] = text("true when this is the answer to an earlier request");
        }
    }
    if method == "get" && tagged {
        let tag = json!({"ETag": text("The tag of this representation")});
        operation["responses"]["304"] = json!({"description": "The caller has it already", "headers": tag});
    }
    if let Some(done) = operation.pointer_mut("/responses/200") {
        let json = done.pointer("/content/application~1json/schema/$ref").and_then(Value::as_str);
        if json.is_some_and(|name| name.ends_with("Page")) {
            done["headers"]["Link"] = text("The address of the next page, as rel=\"next\"; absent on the last one");
        }
        let content = done.get("content").and_then(Value::as_object);
        if content.is_some_and(|all| all.keys().any(|one| FILES.contains(&one.as_str()))) {
            done["headers"]["Content-Disposition"] = text("The name of the file");
        }
    }
    if has_ranges {
        operation["responses"]["200"]["headers"]["Accept-Ranges"] = text("bytes");
        let mut part = operation["responses"]["200"].clone();
        part["description"] = json!("The part that is asked for");
        part["headers"]["Content-Range"] = text("Which bytes these are, and of how many");
        operation["responses"]["206"] = part;
    }
    let errors = [
        (
            "400",
            has_parameters || has_body || in_path || is_versioned,
            "The path, the query, a header or the JSON is malformed",
        ),
        ("401", operation.get("security").is_some(), "No valid token"),
        ("403", operation.get("security").is_some(), "The token lacks a scope"),
        ("404", in_path, "It does not exist, or not for this caller"),
        ("404", path == "/metrics", "The caller is not in a network of the operator"),
        (
            "409",
            (method != "get" && is_versioned)
                || ["/annotated", "/exports/{id}/content", "/manifest"].iter().any(|end| path.ends_with(end)),
            "The state does not allow it, or a value is taken",
        ),
        ("410", path.starts_with("/api/v1/imports/{id}/"), "The files of the import are gone"),
        ("410", has_ranges, "The file of the export is gone"),
        (
            "410",
            path == "/api/v1/changes" || path == "/api/v1/webhook-subscriptions/{id}/replay",
            "The feed no longer reaches back so far",
        ),
        ("412", changes, "It has changed since the caller read it"),
        ("408", has_body, "The body came too slowly"),
        ("413", has_body, "The body is too large"),
        ("406", true, "No media type or encoding that is accepted can be given"),
        ("415", has_body, "The media type is not supported"),
        ("416", has_ranges, "The range lies outside the file"),
        ("422", has_body || path.ends_with("/commit") || path.ends_with("/report"), "Fields of the body are wrong"),
        ("428", changes, "If-Match is required"),
        ("429", operation.get("security").is_some(), "The organization or the token has taken its share"),
        ("500", true, "Internal error"),
        (
            "501",
            path.ends_with("/report") || path == "/api/v1/report-archive",
            "The program was built without the format: PDF",
        ),
        ("503", is_versioned || path == "/readyz", "The database does not answer, or too many writes wait"),
    ];
    for (status, applies, text) in errors {
        if applies {
            operation["responses"][status] = json!({
                "description": text,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            });
        }
    }
    let whole = |description: &str| json!({"description": description, "schema": {"type": "integer", "minimum": 0}});
    for status in ["429", "503"] {
        if let Some(answer) = operation["responses"].get_mut(status) {
            answer["headers"]["Retry-After"] = whole("After so many seconds it may be tried again");
        }
    }
    if let Some(answer) = operation["responses"].get_mut("429") {
        answer["headers"]["RateLimit"] = text("What is left, and when there is more");
        answer["headers"]["RateLimit-Policy"] = text("How much there is, and in which time");
    }
}
