//! The OpenAPI document: what utoipa collects from the routes, and what every operation shares.

mod operations;
mod readers;
pub mod version_3_0;

use std::collections::BTreeSet;

use actix_web::App;
use actix_web::dev::ResourceDef;
use serde_json::{Map, Value, json};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::api::{Api, Schemas};

const DESCRIPTION: &str = "Budget performance management (预算绩效管理): projects, budgets, indicators and \
self-assessments of public units; every score is computed from the figures by a published rule, every point \
is explained, and contradictions are shown with their figures.\n\nMoney is in yuan, points and rates are exact \
decimals, all of them strings. An optional field without a value is left out. Errors are problem documents \
(RFC 9457), all errors of a request at once; /problems lists their codes.\n\nA request carries a token \
(`Authorization: Bearer …`), whose claims say which acts on whose rows. Lists come in pages: `next_cursor` is the \
`cursor` of the next one. What has a version has an ETag, and a change names the one that was read in `If-Match`. \
`/api/v1/changes` tells what happened, in order; a reader goes on from `next`. Answers may get fields and values \
that are not known yet; what is sent may not.";

/// The document of some folders and all their routes, as `/openapi.json` serves it.
pub fn document(apis: &[Api], routes: fn(&mut ServiceConfig<'_>)) -> Value {
    let (_, collected) = App::new().into_utoipa_app().configure(routes).split_for_parts();
    // What utoipa collects is made of strings, numbers and maps, which always serialize.
    let mut document = serde_json::to_value(collected).unwrap_or_default();
    document["info"] = json!({
        "title": "Jixiao", "version": env!("CARGO_PKG_VERSION"), "description": DESCRIPTION,
        "contact": {"name": "The Jixiao project"},
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    });
    let tags = apis.iter().flat_map(|api| api.tags);
    document["tags"] = tags.map(|(name, text)| json!({"name": name, "description": text})).collect();
    document["components"]["securitySchemes"] = json!({
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                  "description": "The claim scope says which acts, the claim org (organization code) on which rows."},
    });
    document["webhooks"] = json!({"message": {"post": crate::webhooks::document::message()}});
    let mut schemas = Schemas::default();
    apis.iter().for_each(|api| (api.schemas)(&mut schemas));
    for (name, schema) in schemas.into_inner() {
        document["components"]["schemas"][name] = schema;
    }
    rename_generics(&mut document);
    without_null(&mut document);
    nullable_patches(&mut document);
    each_operation(&mut document, operations::share);
    each_object(&mut document, &mut |object| {
        for (_, file) in object.iter_mut().filter(|(media_type, _)| operations::FILES.contains(&media_type.as_str())) {
            file["schema"] = json!({"type": "string", "format": "binary"});
        }
    });
    remove_unused(&mut document);
    readers::complete(&mut document);
    document
}

/// What only a patch was derived from is not part of the API, nor what that alone needed.
fn remove_unused(document: &mut Value) {
    let mut count = usize::MAX;
    loop {
        remove_unused_once(document);
        let left = document["components"]["schemas"].as_object().map_or(0, Map::len);
        if std::mem::replace(&mut count, left) == left {
            return;
        }
    }
}

fn remove_unused_once(document: &mut Value) {
    let mut used = BTreeSet::new();
    each_object(document, &mut |object| {
        if let Some(Value::String(reference)) = object.get("$ref") {
            used.insert(reference.trim_start_matches("#/components/schemas/").to_owned());
        }
    });
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.retain(|name, _| used.contains(name));
    }
}

/// `Page_Project` becomes `ProjectPage`, `ProjectPatch_NewProject` becomes `ProjectPatch`.
fn rename_generics(document: &mut Value) {
    let Value::Object(schemas) = document["components"]["schemas"].take() else { return };
    let mut names: Vec<(String, String)> = Vec::new();
    let mut renamed = Map::new();
    for (name, schema) in schemas {
        let new = match name.split_once('_') {
            Some(("Page", item)) => format!("{item}Page"),
            Some((patch, _)) if patch.ends_with("Patch") => patch.to_owned(),
            _ => name.clone(),
        };
        let mut schema = schema;
        if let Some(item) = new.strip_suffix("Page") {
            // A generic type is written out with its items; they have a name of their own.
            schema["properties"]["items"]["items"] = json!({"$ref": format!("#/components/schemas/{item}")});
        }
        names.push((name, new.clone()));
        renamed.insert(new, schema);
    }
    document["components"]["schemas"] = Value::Object(renamed);
    each_object(document, &mut |object| {
        if let Some(Value::String(reference)) = object.get_mut("$ref") {
            let name = reference.trim_start_matches("#/components/schemas/");
            if let Some((_, new)) = names.iter().find(|(old, _)| old == name) {
                *reference = format!("#/components/schemas/{new}");
            }
        }
    });
}

/// An optional field is left out, never null: generators mishandle nullable.
fn without_null(document: &mut Value) {
    each_object(document, &mut |object| {
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|one| one != "null");
            if let [single] = types.as_slice() {
                let single = single.clone();
                object.insert("type".into(), single);
            }
        }
        let Some(Value::Array(choices)) = object.get_mut("oneOf") else { return };
        choices.retain(|choice| choice["type"] != "null");
        if let [Value::Object(single)] = choices.as_slice() {
            let single = single.clone();
            object.remove("oneOf");
            object.extend(single);
        }
    });
}

/// In a merge patch null clears an optional text or number.
fn nullable_patches(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let Some(all) = document["components"]["schemas"].as_object_mut() else { return };
    for (name, patch) in all.iter_mut().filter(|(name, _)| name.ends_with("Patch")) {
        let whole = format!("New{}", name.trim_end_matches("Patch"));
        let required = schemas[&whole]["required"].clone();
        let Some(fields) = patch["properties"].as_object_mut() else { continue };
        for (field, schema) in fields.iter_mut() {
            if required.as_array().is_some_and(|names| names.iter().any(|one| one == field)) {
                continue;
            }
            if let Some(reference) = schema["$ref"].as_str() {
                let target = &schemas[reference.trim_start_matches("#/components/schemas/")];
                if target["type"] != "string" || target.get("enum").is_some() {
                    continue;
                }
                *schema = target.clone();
            }
            if let Some(kind @ ("string" | "integer")) = schema["type"].as_str() {
                schema["type"] = json!([kind, "null"]);
            }
        }
    }
}

fn each_object(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            change(object);
            object.values_mut().for_each(|value| each_object(value, change));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_object(value, change)),
        _ => {}
    }
}

fn each_operation(document: &mut Value, change: impl Fn(&str, &str, &mut Value)) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, methods) in paths {
        let Some(methods) = methods.as_object_mut() else { continue };
        for (method, operation) in methods {
            change(path, method, operation);
        }
    }
}

/// Which methods each documented path takes.
pub struct Paths(Vec<(ResourceDef, String)>);

impl Paths {
    /// The paths of a document.
    pub fn of(document: &Value) -> Paths {
        let paths = document["paths"].as_object().into_iter().flatten().map(|(path, methods)| {
            let mut names: Vec<String> =
                methods.as_object().into_iter().flat_map(Map::keys).map(|name| name.to_uppercase()).collect();
            if names.iter().any(|name| name == "GET") {
                names.push("HEAD".to_owned());
            }
            names.sort();
            (ResourceDef::new(path.as_str()), names.join(", "))
        });
        Paths(paths.collect())
    }

    /// The methods of a path; none where the path is unknown.
    pub fn methods(&self, path: &str) -> Option<String> {
        self.0.iter().find(|(known, _)| known.is_match(path)).map(|(_, methods)| methods.clone())
    }
}
