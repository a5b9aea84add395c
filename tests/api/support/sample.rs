//! The sample of the demo, put in through the API.

use serde_json::{Value, json};

use super::build::{id, items, made};
use super::client::{Client, every_scope};
use super::{App, With};

/// The sample project and its assessment.
pub struct Sample {
    pub client: Client,
    pub project: String,
    pub assessment: String,
}

impl App {
    /// The facts of `jixiao demo`, each part by its own request.
    pub async fn sample(&self) -> Sample {
        let sample: Value = serde_json::from_str(include_str!("../../../src/cli/sample.json")).expect("JSON");
        let client = self.client("410100", &every_scope());
        let list = |name: &str| sample[name].as_array().expect("a list").clone();
        let mut above: Option<String> = None;
        for organization in list("organizations") {
            let organization = match &above {
                Some(parent) => organization.with("parent_id", parent.as_str()),
                None => organization,
            };
            above = Some(made(&client, "/api/v1/organizations", &organization).await);
        }
        let project = sample["project"].clone().with("organization_id", above);
        let project = made(&client, "/api/v1/projects", &project).await;
        for line in list("budget_lines") {
            made(&client, &format!("/api/v1/projects/{project}/budget-lines"), &line).await;
        }
        let path = format!("/api/v1/projects/{project}/indicators");
        let set = client.put(&path, "*", &sample["indicators"]).await.json(200);
        let results: Vec<Value> = items(&set)
            .iter()
            .zip(list("results"))
            .map(|(indicator, result)| result.with("indicator_id", id(indicator)))
            .collect();
        let assessment = json!({"project_id": project, "rule_profile": sample["rule_profile"],
                                "declared": sample["declared"], "narrative": sample["narrative"], "results": results});
        let assessment = made(&client, "/api/v1/self-assessments", &assessment).await;
        Sample { client, project, assessment }
    }
}
