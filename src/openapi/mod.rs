//! The OpenAPI document: what utoipa collects from the routes, and what every operation shares.

mod operations;

use std::collections::BTreeSet;

use actix_web::App;
use actix_web::dev::ResourceDef;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa_actix_web::AppExt;

use crate::app;
use crate::assessments::model::AssessmentSort;
use crate::budgets::model::BudgetLineSort;
use crate::changes::model::ChangeInclude;
use crate::db::journal::ChangeType;
use crate::error::{Problem, ProblemField};
use crate::exports::manifest::Manifest;
use crate::exports::model::{ExportKind, ExportSort, ExportStatus};
use crate::imports::model::{ImportKind, ImportMode, ImportStatus, Outcome};
use crate::imports::request::{ImportSort, TemplateFormat};
use crate::indicators::model::IndicatorSort;
use crate::organizations::model::OrganizationSort;
use crate::page::Count;
use crate::projects::model::{Include, ProjectSort};
use crate::reports::model::{ReportFormat, ReportLanguage};
use crate::scores::model::ScoreSort;
use crate::statistics::model::{ExecutionGrouping, ScoreGrouping};
use crate::webhooks::delivery::{WebhookDeliverySort, WebhookDeliveryStatus, WebhookMessage};
use crate::webhooks::model::{WebhookSubscriptionSort, WebhookSubscriptionStatus};

const DESCRIPTION: &str = "Budget performance management (预算绩效管理): projects, budgets, indicators and \
self-assessments of public units; every score is computed from the figures by a published rule, every point \
is explained, and contradictions are shown with their figures.\n\nMoney is in yuan, points and rates are exact \
decimals, all of them strings. An optional field without a value is left out. Errors are problem documents \
(RFC 9457), all errors of a request at once; /problems lists their codes.";

const TAGS: &[(&str, &str)] = &[
    ("organizations", "单位: the tree of divisions, departments and units"),
    ("projects", "项目: a project in one fiscal year"),
    ("budgets", "项目资金: funding lines and their sum"),
    ("indicators", "绩效指标: what is to be reached, with weight and target"),
    ("rule profiles", "评分规则: versioned scoring settings with their sources"),
    ("self-assessments", "绩效自评 and 部门评价: from draft to publication"),
    ("score previews", "试算: the engine on a posted assessment"),
    ("scores", "评价得分: published, immutable"),
    ("reports", "绩效自评报告: the statutory report, from the data"),
    ("imports", "批量导入: forms and tables of many units, checked, committed as a whole, undone"),
    ("statistics", "统计: scores and budget execution, counted and summed"),
    ("exports", "数据导出: all rows of a kind as one signed file, taken in one snapshot"),
    ("changes", "变更: what happened, in one dense sequence per division"),
    ("webhooks", "推送: what happens, posted to those who asked for it, signed and at least once"),
    // Not that of the operations: generators make a class of each tag, and this one would replace theirs.
    ("webhook messages", "推送消息: what a receiver of webhooks serves, and the service calls"),
    ("service", "The service itself"),
];

/// The document, as `/openapi.json` serves it.
pub fn document() -> Value {
    let (_, collected) = App::new().into_utoipa_app().configure(app::routes).split_for_parts();
    // What utoipa collects is made of strings, numbers and maps, which always serialize.
    let mut document = serde_json::to_value(collected).unwrap_or_default();
    document["info"] = json!({
        "title": "Jixiao", "version": env!("CARGO_PKG_VERSION"), "description": DESCRIPTION,
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    });
    document["tags"] = TAGS.iter().map(|(name, text)| json!({"name": name, "description": text})).collect();
    document["components"]["securitySchemes"] = json!({
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                  "description": "The claim scope says which acts, the claim org (organization code) on which rows."},
    });
    document["webhooks"] = json!({"message": {"post": crate::webhooks::document::message()}});
    let schemas = &mut document["components"]["schemas"];
    add_schema::<Problem>(schemas);
    add_schema::<ProblemField>(schemas);
    // utoipa does not see the types of query parameters.
    add_schema::<Count>(schemas);
    add_schema::<Include>(schemas);
    add_schema::<OrganizationSort>(schemas);
    add_schema::<ProjectSort>(schemas);
    add_schema::<BudgetLineSort>(schemas);
    add_schema::<IndicatorSort>(schemas);
    add_schema::<AssessmentSort>(schemas);
    add_schema::<ScoreSort>(schemas);
    add_schema::<ImportSort>(schemas);
    add_schema::<TemplateFormat>(schemas);
    add_schema::<ImportKind>(schemas);
    add_schema::<ImportMode>(schemas);
    add_schema::<ImportStatus>(schemas);
    add_schema::<Outcome>(schemas);
    add_schema::<ChangeType>(schemas);
    add_schema::<ChangeInclude>(schemas);
    add_schema::<ExportKind>(schemas);
    add_schema::<ExportStatus>(schemas);
    add_schema::<ExportSort>(schemas);
    add_schema::<Manifest>(schemas);
    add_schema::<WebhookSubscriptionStatus>(schemas);
    add_schema::<WebhookSubscriptionSort>(schemas);
    add_schema::<WebhookDeliveryStatus>(schemas);
    add_schema::<WebhookDeliverySort>(schemas);
    add_schema::<WebhookMessage>(schemas);
    add_schema::<ReportFormat>(schemas);
    add_schema::<ReportLanguage>(schemas);
    add_schema::<ScoreGrouping>(schemas);
    add_schema::<ExecutionGrouping>(schemas);
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
    document
}

fn add_schema<T: ToSchema>(schemas: &mut Value) {
    schemas[T::name().as_ref()] = serde_json::to_value(T::schema()).unwrap_or_default();
}

/// What only a patch was derived from is not part of the API.
fn remove_unused(document: &mut Value) {
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
