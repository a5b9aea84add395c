//! What is frozen: kept once and packed, and read the same as it was by whatever version packed it.

use std::process::{Command, Output};

use diesel::prelude::*;
use jixiao::assessments::frozen;
use jixiao::db::schema::frozen_contents as contents;
use jixiao::on;
use serde_json::{Value, json};

use crate::databases::{number, open};
use crate::support::build::{id, items};
use crate::support::{App, Sound, cases, sha256};

cases![
    a_content_is_kept_once_and_packed,
    what_was_frozen_before_is_read_and_packed_with_its_hash,
    what_has_not_its_hash_is_left_and_told,
    a_reopened_assessment_leaves_what_was_published,
    a_withdrawn_assessment_leaves_nothing;
    what_the_first_dictionary_packed_is_read_for_ever,
    whatever_is_packed_comes_back_the_same
];

async fn published(app: &App, code: &str) -> Sound {
    let sound = app.sound_of_code(code).await;
    app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    sound
}

fn kept(app: &App) -> i64 {
    number(&mut open(app), "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM frozen_contents")
}

fn plain(app: &App) -> i64 {
    number(&mut open(app), "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM frozen_contents WHERE form = 0")
}

/// What every reader sees of an assessment and its score.
async fn seen(app: &App, sound: &Sound) -> Vec<Value> {
    let assessment = format!("/api/v1/self-assessments/{}", sound.assessment);
    let mut found = Vec::new();
    for part in ["", "/derivation", "/findings", "/content"] {
        found.push(app.unit().get(&format!("{assessment}{part}")).await.json(200));
    }
    for score in items(&app.unit().get("/api/v1/scores").await.json(200)) {
        for part in ["", "/derivation", "/content"] {
            found.push(app.unit().get(&format!("/api/v1/scores/{}{part}", id(&score))).await.json(200));
        }
    }
    found
}

/// Puts what is frozen back into the form that it had before contents were packed.
async fn unpack(app: &App, sound: &Sound) {
    let path = format!("/api/v1/self-assessments/{}/content", sound.assessment);
    let text = app.unit().get(&path).await.status(200).body;
    let before = (contents::form.eq(0), contents::content.eq(text), contents::shown.eq(None::<Vec<u8>>));
    let of_one = contents::table.filter(contents::assessment_id.eq(&sound.assessment));
    let mut c = open(app);
    let count = on!(&mut c, c => diesel::update(of_one).set(before).execute(c)).expect("it is written");
    assert_eq!(count, 1);
}

async fn migrate(app: &App) -> Output {
    let url = app.place.address.url();
    let run = move || Command::new(env!("CARGO_BIN_EXE_jixiao")).args(["migrate", "--database", &url]).output();
    actix_web::web::block(run).await.expect("it ends").expect("it runs")
}

async fn a_content_is_kept_once_and_packed(app: App) {
    let sound = published(&app, "A").await;
    let content = app.unit().get(&format!("/api/v1/self-assessments/{}/content", sound.assessment)).await.status(200);
    assert_eq!(kept(&app), 1, "for the assessment and its score");
    let packed =
        number(&mut open(&app), "SELECT CAST(LENGTH(content) + LENGTH(shown) AS BIGINT) AS value FROM frozen_contents");
    let whole = i64::try_from(content.body.len()).expect("a length");
    assert!(packed * 3 < whole, "{packed} bytes of {whole}");
}

async fn what_was_frozen_before_is_read_and_packed_with_its_hash(app: App) {
    let sounds = [published(&app, "A").await, published(&app, "B").await];
    let mut before = Vec::new();
    for sound in &sounds {
        before.push(seen(&app, sound).await);
        unpack(&app, sound).await;
    }
    assert_eq!(plain(&app), 2);
    for (sound, before) in sounds.iter().zip(&before) {
        assert_eq!(&seen(&app, sound).await, before, "it is read as it is");
    }
    let done = migrate(&app).await;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && said.contains("packed 2 frozen contents, each with its hash"), "{done:?}");
    assert_eq!((plain(&app), kept(&app)), (0, 2));
    for (sound, before) in sounds.iter().zip(&before) {
        assert_eq!(&seen(&app, sound).await, before);
    }
}

async fn what_has_not_its_hash_is_left_and_told(app: App) {
    let sounds = [published(&app, "A").await, published(&app, "B").await];
    for sound in &sounds {
        unpack(&app, sound).await;
    }
    let mut c = open(&app);
    let of_one = contents::table.filter(contents::assessment_id.eq(&sounds[0].assessment));
    on!(&mut c, c => diesel::update(of_one).set(contents::content.eq(b"{}".to_vec())).execute(c))
        .expect("it is written");
    let done = migrate(&app).await;
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(
        !done.status.success() && said.contains(&sounds[0].assessment) && said.contains("1 frozen contents"),
        "{said}"
    );
    assert_eq!(plain(&app), 1, "the other is packed");
    app.unit().get(&format!("/api/v1/self-assessments/{}", sounds[1].assessment)).await.status(200);
}

async fn a_reopened_assessment_leaves_what_was_published(app: App) {
    let sound = published(&app, "A").await;
    let score = items(&app.unit().get("/api/v1/scores").await.json(200)).remove(0);
    let path = format!("/api/v1/scores/{}/content", id(&score));
    let before = app.unit().get(&path).await.status(200).body;
    app.take(&sound.assessment, &["reopen"]).await;
    assert_eq!(app.unit().get(&path).await.status(200).body, before);
    assert_eq!(json!(sha256(&before)), score["content_hash"]);
    app.unit().get(&format!("/api/v1/self-assessments/{}/content", sound.assessment)).await.problem(404, "not_found");
    app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    assert_eq!(app.unit().get(&path).await.status(200).body, before, "the first revision stays");
    assert_eq!(kept(&app), 2);
}

async fn a_withdrawn_assessment_leaves_nothing(app: App) {
    let sound = app.moved(&["submit"]).await;
    assert_eq!(kept(&app), 1);
    app.take(&sound.assessment, &["withdraw"]).await;
    assert_eq!(kept(&app), 0);
}

/// What was packed when the form was new, and the hash of what it was.
fn what_the_first_dictionary_packed_is_read_for_ever() {
    let packed = include_bytes!("fixtures/frozen-1.zst").to_vec();
    let text = frozen::unpack_text(1, packed).expect("it is sound");
    assert_eq!(sha256(text.as_bytes()), "edc815685ff6f9ea01c2e2eae11ab218517ac57ea387a7054005f277a5942ed0");
    let dictionary = include_bytes!("../../src/assessments/frozen/dictionaries/1.zdict");
    let told = "a dictionary never changes: another one is another form";
    assert_eq!(sha256(dictionary), "fc289d6145c3991dc995eae52fbe5b8ae9eaeaa60903f7f621c68ff1f0520db4", "{told}");
}

fn whatever_is_packed_comes_back_the_same() {
    for text in ["", "{}", "得分计算过程", &"培训人数".repeat(100_000)] {
        let packed = frozen::pack(text.as_bytes()).expect("it is packed");
        assert_eq!(frozen::unpack_text(frozen::FORM, packed.clone()).expect("it is sound"), text);
        let mut cut = packed.clone();
        cut.pop();
        assert!(frozen::unpack(frozen::FORM, cut).is_err(), "a piece of it is none");
        assert!(frozen::unpack(9, packed).is_err(), "a form that nobody knows");
    }
    assert!(frozen::unpack(frozen::FORM, b"{}".to_vec()).is_err());
}
