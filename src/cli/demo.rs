//! `jixiao demo`: the service with the sample project, and what it says of it.

use std::error::Error as StdError;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use super::{serve, summary, token};
use crate::app::Shared;
use crate::assessments::model::Action;
use crate::assessments::request::NewTransition;
use crate::assessments::{self, AssessmentId, workflow};
use crate::auth::{self, Caller, Keys, Scope, Scopes};
use crate::config::{DatabaseSettings, KeySettings, ServerSettings};
use crate::db::{Address, Connection, Database};
use crate::http::body::typed;
use crate::http::error::{Error, Result};
use crate::http::etag::IfMatch;
use crate::organizations::OrganizationId;
use crate::{budgets, indicators, organizations, projects};

/// The sample: facts and figures of a real report of 2021, with texts of our own.
const SAMPLE: &str = include_str!("sample.json");
/// Where the demo keeps its data when it is not told.
pub const DATABASE: &str = "sqlite://jixiao-demo.db";

/// Start the service with the sample project, and show what it says of it
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    server: ServerSettings,
    /// The database; a file in the working directory, made anew, when left out. One that is given keeps what it has
    #[arg(long = "database", default_value = DATABASE, hide_default_value = true, value_name = "URL")]
    database: String,
}

/// Prepares the sample, prints what there is to see, and serves.
pub fn run(command: &Demo) -> std::result::Result<(), Box<dyn StdError>> {
    let settings = DatabaseSettings::of(&command.database);
    let keys = KeySettings { jwt_secret_file: None, jwks: None, issuer: "jixiao".into(), audience: "jixiao".into() };
    let address = settings.address()?;
    let listener = serve::listen(&command.server)?;
    if command.database == DATABASE
        && let Address::Sqlite(path) = &address
    {
        make_anew(Path::new(path))?;
    }
    let db = Database::open(&address, &settings.limits())?;
    db.migrate()?;
    let (secret, _) = auth::create_secret(&keys.secret_file(&address))?;
    let caller = Caller::new("demo", "410100", Scope::ALL.iter().copied().collect::<Scopes>());
    let writer = caller.clone();
    let shown = actix_web::rt::System::new().block_on(async {
        let id = db.write("410100", move |c| sample(c, &writer)).await?;
        db.read(move |c| summary::Shown::read(c, &caller, &id)).await
    })?;
    let token = token::mint(&keys, "demo", "410100", &token::every_scope(), Duration::from_secs(12 * 3600), &secret)?;
    summary::print(&shown, &format!("http://{}", listener.local_addr()?), &token);
    let keys = Keys::from_secret(&secret, &keys.issuer, &keys.audience)?;
    let signer = command.server.exports.signer(&address)?;
    let keys = Arc::new(keys);
    let shared = Shared::new(db, keys.clone(), signer, &command.server);
    serve::serve((listener, None), shared, keys, &command.server, &settings)
}

fn make_anew(path: &Path) -> std::io::Result<()> {
    for suffix in ["", "-wal", "-shm", ".secret", ".signing-key"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::remove_file(&file) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    Ok(())
}

/// Puts the sample into the database through the same actions that requests use: a draft, which it gives, and a project
/// whose score is published. What is there already stays as it is.
fn sample(c: &mut Connection, caller: &Caller) -> Result<AssessmentId> {
    let mut sample: Value = serde_json::from_str(SAMPLE).map_err(|cause| Error::internal(&cause))?;
    let mut organization_id = None;
    for mut organization in list(&mut sample, "organizations") {
        let code = organization["code"].as_str().unwrap_or_default().to_owned();
        let known = organizations::store::find_by_code(c, &code)?;
        let made = match known {
            Some(known) => known,
            None => {
                if let Some(parent) = &organization_id {
                    organization["parent_id"] = Value::from(format!("{parent}"));
                }
                organizations::store::insert(c, caller, typed(organization)?)?
            }
        };
        organization_id = Some(made.id);
    }
    let organization_id = organization_id.ok_or_else(Error::not_found)?;
    let (published, is_new) = assessment(c, caller, &organization_id, sample["published"].take())?;
    if is_new {
        for action in [Action::Submit, Action::Review, Action::Approve, Action::Publish] {
            workflow::take(c, caller, &published, &IfMatch::any(), NewTransition { action, comment: None })?;
        }
    }
    Ok(assessment(c, caller, &organization_id, sample)?.0)
}

/// A project of the sample with its assessment, and whether it was made now.
fn assessment(
    c: &mut Connection,
    caller: &Caller,
    organization_id: &OrganizationId,
    mut sample: Value,
) -> Result<(AssessmentId, bool)> {
    let code = sample["project"]["code"].as_str().unwrap_or_default().to_owned();
    if let Some(known) = projects::store::find_by_code(c, caller, 2021, &code)? {
        let known = assessments::store::of_projects(c, &[known.id])?;
        return known.into_iter().next().map(|(row, _)| (row.id, false)).ok_or_else(Error::not_found);
    }
    let mut project = sample["project"].take();
    project["organization_id"] = Value::from(organization_id.to_string());
    let project = projects::actions::create(c, caller, typed(project)?)?;
    for line in list(&mut sample, "budget_lines") {
        budgets::actions::create(c, caller, &project.id, typed(line)?)?;
    }
    let mut results = Vec::new();
    for (indicator, mut result) in list(&mut sample, "indicators").into_iter().zip(list(&mut sample, "results")) {
        let indicator = indicators::actions::create(c, caller, &project.id, typed(indicator)?)?;
        result["indicator_id"] = Value::from(indicator.id.to_string());
        results.push(result);
    }
    let assessment = serde_json::json!({
        "project_id": project.id, "rule_profile": sample["rule_profile"].take(),
        "declared": sample["declared"].take(), "narrative": sample["narrative"].take(),
        "results": results,
    });
    Ok((assessments::actions::create(c, caller, typed(assessment)?)?.id, true))
}

fn list(sample: &mut Value, name: &str) -> Vec<Value> {
    match sample[name].take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}
