//! What people and generators read in the document beside what utoipa collects: short names, labels and what is
//! open.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{each_object, each_operation};

/// Enums of answers that will grow: a reader takes a value that it does not know.
const OPEN: [&str; 1] = ["FindingCode"];

/// Completes the document.
pub(super) fn complete(document: &mut Value) {
    document["servers"] = json!([{"url": "/", "description": "This service"}]);
    // The errors know no findings, which are of the assessments.
    if let Some(findings) = document.pointer_mut("/components/schemas/Problem/properties/findings") {
        findings["type"] = json!("array");
        findings["items"] = json!({"$ref": "#/components/schemas/FindingView"});
    }
    name_tags(document);
    label_enums(document);
    open_enums(document);
    close_inputs(document);
    each_operation(document, |_, _, operation| name(operation));
}

/// A summary of some words, from the name of the operation, and the whole text as its description.
fn name(operation: &mut Value) {
    let texts = ["summary", "description"].map(|name| operation[name].as_str().unwrap_or_default().trim().to_owned());
    let words = operation["operationId"].as_str().unwrap_or_default().replace('_', " ");
    let mut letters = words.chars();
    let summary: String = letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
    operation["summary"] = json!(summary);
    operation["description"] = json!(texts.join("\n\n").trim());
    if operation.get("security").is_none() {
        operation["security"] = json!([]);
    }
}

/// Tags say in Chinese what they are, before a colon.
fn name_tags(document: &mut Value) {
    for tag in document["tags"].as_array_mut().into_iter().flatten() {
        let name = tag["description"].as_str().and_then(|text| text.split_once(": ")).map(|(name, _)| name.to_owned());
        if let Some(name) = name {
            tag["x-displayName"] = json!(name);
        }
    }
}

/// A name for programs of each value of an enum, and where its text says one a label in Chinese.
fn label_enums(document: &mut Value) {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for schema in schemas.into_iter().flat_map(Map::values_mut) {
        let Some(values) =
            schema["enum"].as_array().map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>())
        else {
            continue;
        };
        let names: Vec<String> = values.iter().map(|value| variable(value)).collect();
        let text = schema["description"].as_str().unwrap_or_default();
        let labels: Option<Vec<String>> = values.iter().map(|value| label(text, value)).collect();
        schema["x-enum-varnames"] = json!(names);
        if let Some(labels) = labels {
            schema["x-enum-descriptions"] = json!(labels);
        }
    }
}

/// `unit_self_assessment` is `UnitSelfAssessment`, `-final_total` is `FinalTotalDescending`.
fn variable(value: &str) -> String {
    let words = value.trim_start_matches("jixiao.").split(|letter: char| !letter.is_ascii_alphanumeric());
    let mut name: String = words
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        })
        .collect();
    if value.starts_with('-') {
        name.push_str("Descending");
    }
    name
}

/// The label that stands before or after a value in the text of its enum.
fn label(text: &str, value: &str) -> Option<String> {
    let text = text.rsplit(": ").next()?;
    let label = text.split([',', '→']).find_map(|part| match part.trim().split_once(' ') {
        Some((label, code)) if code == value => Some(label),
        Some((code, label)) if code == value => Some(label),
        _ => None,
    });
    label.filter(|label| label.chars().all(|letter| !letter.is_ascii())).map(str::to_owned)
}

fn open(schema: &mut Map<String, Value>) {
    if let Some(values) = schema.remove("enum") {
        schema.remove("x-enum-varnames");
        schema.insert("x-extensible-enum".to_owned(), values);
        let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let text = format!("{text} Others may be added: take one that you do not know as it is.");
        schema.insert("description".to_owned(), json!(text.trim()));
    }
}

/// In answers a value may come that a client was not made for.
fn open_enums(document: &mut Value) {
    let types = document["components"]["schemas"]["ChangeType"].clone();
    for (owner, field) in [("Change", "type"), ("WebhookMessage", "type")] {
        let place = format!("/components/schemas/{owner}/properties/{field}");
        let Some(Value::Object(schema)) = document.pointer_mut(&place) else { continue };
        if schema.get("$ref").is_some() {
            *schema = types.as_object().cloned().unwrap_or_default();
        }
        open(schema);
    }
    for name in OPEN {
        if let Some(Value::Object(schema)) = document.pointer_mut(&format!("/components/schemas/{name}")) {
            open(schema);
        }
    }
}

/// The schemas that are reached from a part of each operation.
fn reached(document: &Value, part: fn(&Value) -> Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<Value> = Vec::new();
    for methods in document["paths"].as_object().into_iter().flat_map(Map::values) {
        waiting.extend(methods.as_object().into_iter().flat_map(Map::values).map(part));
    }
    while let Some(mut value) = waiting.pop() {
        each_object(&mut value, &mut |object| {
            let reference = object.get("$ref").and_then(Value::as_str).unwrap_or_default();
            let name = reference.trim_start_matches("#/components/schemas/").to_owned();
            if !name.is_empty() && found.insert(name.clone()) {
                waiting.push(document["components"]["schemas"][&name].clone());
            }
        });
    }
    found
}

/// What is only sent to the service has no other fields: it refuses them. Answers may get more.
fn close_inputs(document: &mut Value) {
    let sent = reached(document, |operation| operation["requestBody"].clone());
    let answered = reached(document, |operation| operation["responses"].clone());
    for name in sent.difference(&answered) {
        let Some(schema) = document.pointer_mut(&format!("/components/schemas/{name}")) else { continue };
        if schema["type"] == "object" && schema.get("additionalProperties").is_none() {
            schema["additionalProperties"] = json!(false);
        }
    }
}
