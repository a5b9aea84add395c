//! Rule profiles: the shipped ones, with the source of every setting.

use serde_json::{Value, json};

use crate::support::build::{items, text};
use crate::support::{App, cases};

cases![
    the_shipped_profiles_are_listed,
    every_setting_names_its_basis_in_both_languages,
    a_version_is_read_by_itself,
    an_unknown_profile_or_version_is_absent,
];

const PATH: &str = "/api/v1/rule-profiles";

fn setting<'a>(profile: &'a Value, name: &str) -> &'a Value {
    let settings = profile["settings"].as_array().expect("settings");
    settings.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name} in {profile:#}"))
}

async fn the_shipped_profiles_are_listed(app: App) {
    let list = items(&app.unit().get(PATH).await.json(200));
    let shown: Vec<(String, String, bool)> = list
        .iter()
        .map(|one| (text(one, "code"), text(one, "evaluation_kind"), one["is_default"].as_bool().expect("a flag")))
        .collect();
    let unit = "unit_self_assessment";
    for expected in [
        ("mof-2020", unit, true),
        ("hubei-20-80", unit, false),
        ("mof-2020-department", "department_evaluation", true),
        ("linear-inverse", unit, false),
        ("initial-budget", unit, false),
    ] {
        let (code, kind, is_default) = expected;
        assert!(shown.contains(&(code.to_owned(), kind.to_owned(), is_default)), "{expected:?} in {shown:?}");
    }
    assert_eq!(shown.len(), 13, "each in every version");
    let of = |code: &str| list.iter().find(|one| one["code"] == code).expect("listed");
    assert_eq!(of("mof-2020")["version"], 2, "the latest comes first");
    assert_eq!(setting(of("transfer-payment"), "is_scored")["value"], "false");
    assert_eq!(setting(of("mof-2020"), "denominator")["value"], "full_year");
    assert_eq!(setting(of("initial-budget"), "denominator")["value"], "initial");
    assert_eq!(setting(of("linear-inverse"), "inverse")["value"], "linear");
}

async fn every_setting_names_its_basis_in_both_languages(app: App) {
    let zh = items(&app.unit().get(PATH).await.json(200));
    let en = items(&app.unit().get(PATH).in_english().await.json(200));
    for (zh, en) in zh.iter().zip(&en) {
        assert_ne!(zh["name"], en["name"]);
        for (zh, en) in
            zh["settings"].as_array().expect("settings").iter().zip(en["settings"].as_array().expect("settings"))
        {
            assert_eq!((&zh["name"], &zh["value"]), (&en["name"], &en["value"]));
            assert!(!text(zh, "basis").is_empty() && !text(en, "basis").is_empty(), "{zh:#}");
            assert!(["published_form", "secondary", "convention"].contains(&text(zh, "confidence").as_str()), "{zh:#}");
        }
    }
}

async fn a_version_is_read_by_itself(app: App) {
    let reply = app.unit().get(&format!("{PATH}/mof-2020/versions/1")).await.status(200);
    let etag = reply.etag();
    let one = reply.json(200);
    assert_eq!((&one["code"], &one["version"]), (&json!("mof-2020"), &json!(1)));
    assert!(items(&app.unit().get(PATH).await.json(200)).contains(&one));
    app.unit().get(&format!("{PATH}/mof-2020/versions/1")).header("If-None-Match", &etag).await.status(304);
    let english = app.unit().get(&format!("{PATH}/mof-2020/versions/1")).in_english().header("If-None-Match", &etag);
    english.await.status(200);
}

async fn an_unknown_profile_or_version_is_absent(app: App) {
    for path in ["none/versions/1", "mof-2020/versions/3", "mof-2020/versions/0"] {
        app.unit().get(&format!("{PATH}/{path}")).await.problem(404, "not_found");
    }
    for path in ["mof-2020/versions/x", "mof-2020/versions/-1", "mof-2020/versions/99999999999"] {
        app.unit().get(&format!("{PATH}/{path}")).await.problem(400, "bad_path");
    }
}
