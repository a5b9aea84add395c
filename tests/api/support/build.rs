//! What cases begin with: organizations, a project, its parts, and one that can be submitted.

use serde_json::{Value, json};

use super::App;
use super::client::{BUREAU, Client, DEPARTMENT, UNIT};

/// A JSON object with other fields.
pub trait With {
    /// The same with a field set.
    fn with(self, field: &str, value: impl Into<Value>) -> Value;
    /// The same without a field.
    fn without(self, field: &str) -> Value;
}

impl With for Value {
    fn with(mut self, field: &str, value: impl Into<Value>) -> Value {
        self[field] = value.into();
        self
    }

    fn without(mut self, field: &str) -> Value {
        self.as_object_mut().expect("an object").remove(field);
        self
    }
}

/// The text of a field.
#[track_caller]
pub fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("no text {field} in {value:#}")).to_owned()
}

/// The id of a resource.
#[track_caller]
pub fn id(value: &Value) -> String {
    text(value, "id")
}

/// The items of a list.
#[track_caller]
pub fn items(list: &Value) -> Vec<Value> {
    list["items"].as_array().unwrap_or_else(|| panic!("no items in {list:#}")).clone()
}

/// The ids of the three organizations of the roles.
pub struct Tree {
    pub division: String,
    pub department: String,
    pub unit: String,
}

/// A project with a draft that has no finding of severity error.
pub struct Sound {
    pub project: String,
    pub assessment: String,
    /// The ids of its indicators, in the order of the form.
    pub indicators: Vec<String>,
}

pub fn organization(code: &str, kind: &str, parent: &str) -> Value {
    json!({"code": code, "name": format!("单位{code}"), "kind": kind, "parent_id": parent})
}

pub fn project(organization: &str) -> Value {
    json!({"fiscal_year": 2021, "code": "41010021T000000000001", "name": "企业服务活动专项经费",
           "organization_id": organization})
}

pub fn budget_line() -> Value {
    json!({"funding_source": "current_appropriation", "economic_category": "培训费",
           "initial_amount": "1000000.00", "adjusted_amount": "1000000.00", "executed_amount": "1000000.00"})
}

pub fn indicator() -> Value {
    json!({"level1": "产出", "level2": "产出数量", "name": "培训人数", "weight": "10", "target_text": "≥100人"})
}

/// Indicators whose weights add up as the ministry's profile has them, with their results.
pub fn sound_rows() -> Vec<(Value, Value)> {
    vec![
        (json!({"level1": "预算执行", "name": "预算执行率", "measure": "budget_execution", "weight": "10"}), json!({})),
        (
            json!({"level1": "产出", "level2": "产出数量", "name": "培训人数", "weight": "20", "target_text": "≥100人"}),
            json!({"actual_text": "90人", "declared_score": "18", "deviation_reason": "一期培训改为线上"}),
        ),
        (
            json!({"level1": "产出", "level2": "产出时效", "name": "完成时限", "weight": "30", "target_text": "2021年12月"}),
            json!({"actual_text": "2021年11月", "declared_score": "30"}),
        ),
        (
            json!({"level1": "效益", "level2": "社会效益", "name": "企业管理水平", "measure": "qualitative", "weight": "30",
                   "target_text": "明显提高"}),
            json!({"actual_text": "有所提高", "achievement": "achieved", "declared_score": "29",
                   "deviation_reason": "个别企业参与不足"}),
        ),
        (
            json!({"level1": "满意度", "level2": "服务对象满意度", "name": "企业满意度", "weight": "10", "target_text": "≥90%"}),
            json!({"actual_text": "95%", "declared_score": "10"}),
        ),
    ]
}

impl App {
    /// The division, its department and its unit; those that are there stay.
    pub async fn tree(&self) -> Tree {
        let bureau = self.bureau();
        let known = bureau.get("/api/v1/organizations").await.json(200);
        if let [division, department, unit, ..] = items(&known).as_slice() {
            return Tree { division: id(division), department: id(department), unit: id(unit) };
        }
        let root = json!({"code": BUREAU, "name": "郑州市", "kind": "division"});
        let division = id(&bureau.post("/api/v1/organizations", &root).await.json(201));
        let below = organization(DEPARTMENT, "department", &division);
        let department = id(&bureau.post("/api/v1/organizations", &below).await.json(201));
        let below = organization(UNIT, "unit", &department);
        let unit = id(&bureau.post("/api/v1/organizations", &below).await.json(201));
        Tree { division, department, unit }
    }

    /// A project of the unit, with nothing in it.
    pub async fn project(&self) -> String {
        let tree = self.tree().await;
        made(&self.unit(), "/api/v1/projects", &project(&tree.unit)).await
    }

    /// A project of the unit under another code.
    pub async fn project_of_code(&self, code: &str) -> String {
        let tree = self.tree().await;
        made(&self.unit(), "/api/v1/projects", &project(&tree.unit).with("code", code)).await
    }

    /// A complete project with a draft that can be submitted.
    pub async fn sound(&self) -> Sound {
        self.sound_of_code("41010021T000000000001").await
    }

    pub async fn sound_of_code(&self, code: &str) -> Sound {
        let unit = self.unit();
        let project = self.project_of_code(code).await;
        made(&unit, &format!("/api/v1/projects/{project}/budget-lines"), &budget_line()).await;
        let (mut indicators, mut results) = (Vec::new(), Vec::new());
        for (indicator, result) in sound_rows() {
            let id = made(&unit, &format!("/api/v1/projects/{project}/indicators"), &indicator).await;
            results.push(result.with("indicator_id", id.as_str()));
            indicators.push(id);
        }
        let assessment =
            made(&unit, "/api/v1/self-assessments", &json!({"project_id": project, "results": results})).await;
        Sound { project, assessment, indicators }
    }

    /// A sound project whose assessment has taken these steps, each by the role that may.
    pub async fn moved(&self, actions: &[&str]) -> Sound {
        let sound = self.sound().await;
        self.take(&sound.assessment, actions).await;
        sound
    }

    pub async fn take(&self, assessment: &str, actions: &[&str]) {
        for action in actions {
            let client = match *action {
                "submit" | "withdraw" => self.unit(),
                "review" | "return" => self.department(),
                _ => self.bureau(),
            };
            client.step(assessment, action).await.status(200);
        }
    }
}

/// Posts, and gives the id of what was made.
pub async fn made(client: &Client, path: &str, body: &Value) -> String {
    id(&client.post(path, body).await.json(201))
}
