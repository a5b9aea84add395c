//! The same API in OpenAPI 3.0, for generators and gateways that read nothing newer.

use serde_json::{Map, Value, json};

use super::{each_object, remove_unused};

/// The document of 3.1 in 3.0: what 3.0 has other words for, without what it has none for.
pub fn document(mut document: Value) -> Value {
    document["openapi"] = json!("3.0.3");
    if let Some(all) = document.as_object_mut() {
        all.remove("webhooks");
    }
    document["info"]["license"] = json!({"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"});
    each_object(&mut document, &mut nullable);
    each_object(&mut document, &mut one_example);
    each_object(&mut document, &mut alone);
    each_object(&mut document, &mut |object| {
        // Which names a map may have, 3.0 cannot say.
        if object.contains_key("additionalProperties") {
            object.remove("propertyNames");
        }
        // Generators of 3.0 know JSON by this name alone.
        if let Some(patch) = object.remove("application/merge-patch+json") {
            object.insert("application/json".to_owned(), patch);
        }
    });
    // What the webhooks alone need.
    remove_unused(&mut document);
    document
}

/// `type: [string, null]` is `type: string, nullable: true`.
fn nullable(object: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = object.get("type") else { return };
    let kind = types.iter().find(|one| *one != "null").cloned().unwrap_or_default();
    object.insert("type".to_owned(), kind);
    object.insert("nullable".to_owned(), json!(true));
}

/// A schema has one example; a list of them is a thing of 3.1. Those of a media type have names, and stay.
fn one_example(object: &mut Map<String, Value>) {
    if let Some(Value::Array(examples)) = object.get("examples") {
        let first = examples.first().cloned();
        object.remove("examples");
        object.extend(first.map(|first| ("example".to_owned(), first)));
    }
}

/// Beside a reference 3.0 reads nothing.
fn alone(object: &mut Map<String, Value>) {
    if object.len() > 1
        && let Some(reference) = object.remove("$ref")
    {
        object.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
}
