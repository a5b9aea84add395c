//! Published scores: what they say, their content and hash, filters, and what was in force when.

use serde_json::{Value, json};

use crate::support::build::{id, items, text};
use crate::support::{App, Sound, With, cases, sha256, snapshot};

cases![
    a_score_says_what_was_published,
    the_content_hash_is_the_sha_256_of_the_content,
    a_derivation_is_the_one_that_was_frozen,
    filters_narrow_the_list,
    as_of_gives_what_was_in_force,
    the_list_is_not_sent_again_unchanged,
    scores_of_another_division_are_absent,
    a_score_keeps_the_names_that_were_published,
    a_name_that_looks_like_a_member_stays_whole_in_the_list,
    a_score_of_before_is_listed_from_its_row,
];

async fn published(app: &App, code: &str) -> Sound {
    let sound = app.sound_of_code(code).await;
    app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    sound
}

async fn scores(app: &App, query: &str) -> Vec<Value> {
    items(&app.unit().get(&format!("/api/v1/scores{query}")).await.json(200))
}

async fn a_score_says_what_was_published(app: App) {
    published(&app, "A").await;
    let score = scores(&app, "?include=levels").await.remove(0);
    let read = app.unit().get(&format!("/api/v1/scores/{}", id(&score))).await.status(200);
    assert_eq!(read.etag(), "\"1\"");
    assert_eq!(read.json(200), score);
    let short = scores(&app, "").await.remove(0);
    assert_eq!(short, score.clone().without("levels"), "a list has them where they are asked for");
    let mut shown = score;
    shown["levels"] = json!([shown["levels"][1]]);
    snapshot!(shown, {".id" => "[id]", ".project_id" => "[id]", ".self_assessment_id" => "[id]", ".organization_id" => "[id]",
        ".content_hash" => "[hash]", ".published_at" => "[instant]"}, @r#"
    {
      "adjusted_amount": "1000000.00",
      "computed_total": "97.00",
      "content_hash": "[hash]",
      "executed_amount": "1000000.00",
      "execution_rate": "1.000000",
      "final_total": "97.00",
      "fiscal_year": 2021,
      "grade": "excellent",
      "id": "[id]",
      "kind": "unit_self_assessment",
      "levels": [
        {
          "computed": "48.00",
          "declared": "48.00",
          "final": "48.00",
          "level1": "产出",
          "level2": [
            {
              "computed": "18.00",
              "declared": "18.00",
              "final": "18.00",
              "level2": "产出数量",
              "weight": "20.00"
            },
            {
              "computed": "30.00",
              "declared": "30.00",
              "final": "30.00",
              "level2": "产出时效",
              "weight": "30.00"
            }
          ],
          "weight": "50.00"
        }
      ],
      "organization_code": "410100-06-01",
      "organization_id": "[id]",
      "organization_name": "单位410100-06-01",
      "project_code": "A",
      "project_id": "[id]",
      "project_name": "企业服务活动专项经费",
      "published_at": "[instant]",
      "revision": 1,
      "rule_profile": {
        "code": "mof-2020",
        "version": 2
      },
      "self_assessment_id": "[id]"
    }
    "#);
}

async fn the_content_hash_is_the_sha_256_of_the_content(app: App) {
    published(&app, "A").await;
    published(&app, "B").await;
    let scores = scores(&app, "").await;
    for score in &scores {
        let content = app.unit().get(&format!("/api/v1/scores/{}/content", id(score))).await.status(200);
        assert_eq!(sha256(&content.body), text(score, "content_hash"));
        let parsed: Value = serde_json::from_slice(&content.body).expect("JSON");
        assert_eq!(serde_json_canonicalizer::to_string(&parsed).expect("JSON").as_bytes(), content.body, "canonical");
    }
    assert_ne!(scores[0]["content_hash"], scores[1]["content_hash"], "the same figures of two projects");
}

async fn a_derivation_is_the_one_that_was_frozen(app: App) {
    let sound = published(&app, "A").await;
    let score = scores(&app, "").await.remove(0);
    let path = format!("/api/v1/scores/{}/derivation", id(&score));
    let of_assessment = format!("/api/v1/self-assessments/{}/derivation", sound.assessment);
    let frozen = app.unit().get(&path).await.json(200);
    assert_eq!(app.unit().get(&of_assessment).await.json(200), frozen);
    app.take(&sound.assessment, &["reopen"]).await;
    app.unit()
        .put(&format!("/api/v1/self-assessments/{}/results", sound.assessment), "*", &json!([]))
        .await
        .status(200);
    assert_ne!(app.unit().get(&of_assessment).await.json(200), frozen);
    assert_eq!(app.unit().get(&path).await.json(200), frozen);
    let english = app.unit().get(&path).in_english().await.json(200);
    assert_ne!(english["rows"][0]["explanation"], frozen["rows"][0]["explanation"]);
}

async fn filters_narrow_the_list(app: App) {
    published(&app, "A").await;
    published(&app, "B").await;
    for (query, count) in [
        ("fiscal_year=2021", 2),
        ("fiscal_year=2020", 0),
        ("fiscal_year=2020&fiscal_year=2021", 2),
        ("organization=410100-06-01", 2),
        ("organization=410100-06", 0),
        ("project_code=A", 1),
        ("grade=excellent", 2),
        ("grade=good&grade=poor", 0),
        ("kind=unit_self_assessment", 2),
        ("kind=department_evaluation", 0),
        ("score_gte=97", 2),
        ("score_gte=97.01", 0),
        ("score_lte=97.00", 2),
        ("score_lte=96.99", 0),
        ("published_since=2000-01-01T00:00:00Z", 2),
        ("published_since=2100-01-01T00:00:00%2B08:00", 0),
    ] {
        assert_eq!(scores(&app, &format!("?{query}")).await.len(), count, "{query}");
    }
}

async fn as_of_gives_what_was_in_force(app: App) {
    let sound = published(&app, "A").await;
    let first = scores(&app, "").await.remove(0);
    // Instants are kept to the millisecond: the revision must not fall into that of the first score.
    std::thread::sleep(std::time::Duration::from_millis(5));
    app.take(&sound.assessment, &["reopen", "submit", "review", "approve", "publish"]).await;
    let second = scores(&app, "?sort=-published_at").await.remove(0);
    let at = async |instant: &str| scores(&app, &format!("?as_of={instant}")).await.iter().map(id).collect::<Vec<_>>();
    assert_eq!(at(&text(&first, "published_at")).await, [id(&first)]);
    assert_eq!(at(&text(&second, "published_at")).await, [id(&second)]);
    assert_eq!(at("2100-01-01T00:00:00Z").await, [id(&second)]);
    assert!(at("2000-01-01T00:00:00Z").await.is_empty());
}

async fn the_list_is_not_sent_again_unchanged(app: App) {
    published(&app, "A").await;
    let etag = app.unit().get("/api/v1/scores").await.status(200).etag();
    let reply = app.unit().get("/api/v1/scores").header("If-None-Match", &etag).await.status(304);
    assert!(reply.body.is_empty());
    published(&app, "B").await;
    app.unit().get("/api/v1/scores").header("If-None-Match", &etag).await.status(200);
}

async fn scores_of_another_division_are_absent(app: App) {
    published(&app, "A").await;
    let score = id(&scores(&app, "").await[0]);
    for part in ["", "/derivation", "/content"] {
        app.stranger().get(&format!("/api/v1/scores/{score}{part}")).await.problem(404, "not_found");
    }
    assert!(items(&app.stranger().get("/api/v1/scores").await.json(200)).is_empty());
    assert_eq!(items(&app.department().get("/api/v1/scores").await.json(200)).len(), 1);
}

async fn a_score_keeps_the_names_that_were_published(app: App) {
    let sound = published(&app, "A").await;
    let before = scores(&app, "").await;
    let tree = app.tree().await;
    app.unit().patch(&format!("/api/v1/projects/{}", sound.project), "*", &json!({"name": "改名"})).await.status(200);
    app.bureau()
        .patch(&format!("/api/v1/organizations/{}", tree.unit), "*", &json!({"name": "改名"}))
        .await
        .status(200);
    assert_eq!(scores(&app, "").await, before);
}

async fn a_name_that_looks_like_a_member_stays_whole_in_the_list(app: App) {
    let sound = app.sound_of_code("A").await;
    let name = "\",\"levels\":[],\"content_hash\":\"专项";
    let path = format!("/api/v1/projects/{}", sound.project);
    app.unit().patch(&path, "*", &json!({"name": name})).await.status(200);
    app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    let (short, whole) = (scores(&app, "").await.remove(0), scores(&app, "?include=levels").await.remove(0));
    assert_eq!(text(&short, "project_name"), name);
    assert_eq!(short, whole.without("levels"));
}

async fn a_score_of_before_is_listed_from_its_row(app: App) {
    for code in ["A", "B", "C"] {
        published(&app, code).await;
    }
    let (before, whole) = (scores(&app, "").await, scores(&app, "?include=levels").await);
    app.execute("UPDATE score_documents SET document = NULL WHERE score_id = (SELECT MIN(id) FROM scores)");
    assert_eq!(scores(&app, "").await, before);
    assert_eq!(scores(&app, "?include=levels").await, whole);
}
