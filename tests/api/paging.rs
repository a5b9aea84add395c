//! Lists by keyset: every row once under each sort of each list, cursors bound to their question.

use std::collections::BTreeSet;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::build::{id, indicator, items, made, organization, project, text};
use crate::support::client::every_scope;
use crate::support::document::{document, operations};
use crate::support::{App, With, cases};

cases![
    a_query_that_is_no_utf_8_is_refused,
    every_row_comes_once_under_each_sort_of_each_list,
    a_descending_sort_is_the_ascending_one_reversed,
    the_link_leads_to_the_next_page_with_its_filters,
    the_last_page_has_no_next_one,
    a_cursor_of_another_question_is_refused,
    a_cursor_with_a_nul_is_refused_by_every_list,
    a_row_that_comes_or_goes_moves_no_other,
    the_total_is_counted_on_request_only,
    a_total_is_what_a_walk_finds,
    a_limit_lies_between_1_and_200,
    a_parameter_that_does_not_parse_is_refused_by_name,
    every_wrong_parameter_is_named_at_once,
];

const LISTS: [&str; 10] = [
    "organizations",
    "projects",
    "budget-lines",
    "indicators",
    "self-assessments",
    "scores",
    "imports",
    "exports",
    "webhook-subscriptions",
    "webhook-deliveries",
];

/// Seven of each, with equal names, codes in no order, and two years.
async fn filled(app: &App) {
    let tree = app.tree().await;
    let (bureau, unit) = (app.bureau(), app.unit());
    let everyone = app.client("410100", &every_scope());
    for _ in 0..5 {
        everyone.request(Method::POST, "/api/v1/imports?kind=projects").await.status(201);
        let export = made(&everyone, "/api/v1/exports", &json!({"kind": "projects"})).await;
        everyone.get(&format!("/api/v1/exports/{export}?wait=30")).await.status(200);
        let new = json!({"name": "x", "url": "http://127.0.0.1:9/"});
        let subscription = made(&everyone, "/api/v1/webhook-subscriptions", &new).await;
        made(&everyone, &format!("/api/v1/webhook-subscriptions/{subscription}/pings"), &json!({})).await;
    }
    for index in [3, 1, 4, 2] {
        let new = organization(&format!("410100-1{index}"), "unit", &tree.division).with("name", "同名单位");
        made(&bureau, "/api/v1/organizations", &new).await;
    }
    for (index, name) in [(5, "乙"), (2, "甲"), (7, "甲"), (1, "丙"), (6, "甲"), (3, "乙"), (4, "丁")] {
        let code = format!("P{index}");
        let sound = app.sound_of_code(&code).await;
        let patch = json!({"name": name, "fiscal_year": 2020 + index % 2});
        unit.patch(&format!("/api/v1/projects/{}", sound.project), "*", &patch).await.status(200);
        if index < 6 {
            app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
        }
    }
}

fn sorts(list: &str) -> Vec<String> {
    let path = format!("/api/v1/{list}");
    let parameters = document()["paths"][&path]["get"]["parameters"].as_array().expect("parameters");
    let sort = parameters.iter().find(|parameter| parameter["name"] == "sort").expect("a sort");
    let schema = match sort["schema"]["$ref"].as_str() {
        Some(reference) => document().pointer(reference.trim_start_matches('#')).expect("a schema"),
        None => &sort["schema"],
    };
    schema["enum"].as_array().expect("sorts").iter().map(|sort| sort.as_str().expect("a sort").to_owned()).collect()
}

/// All rows of a list, page by page.
async fn walk(app: &App, path: &str) -> Vec<Value> {
    let client = app.client("410100", &every_scope());
    let (mut rows, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(path) = next {
        let reply = client.get(&path).await.status(200);
        let link = reply.header("link").map(str::to_owned);
        let page = reply.json(200);
        rows.extend(items(&page));
        assert_eq!(link.is_some(), page.get("next_cursor").is_some());
        next = link.map(|link| link.trim_start_matches('<').split('>').next().expect("an address").to_owned());
        assert!(rows.len() < 1000, "{path} does not end");
    }
    rows
}

async fn every_row_comes_once_under_each_sort_of_each_list(app: App) {
    filled(&app).await;
    for list in LISTS {
        let all: BTreeSet<String> = walk(&app, &format!("/api/v1/{list}?limit=200")).await.iter().map(id).collect();
        assert!(all.len() >= 5, "{list}: {}", all.len());
        for sort in sorts(list) {
            for limit in [1, 3] {
                let rows = walk(&app, &format!("/api/v1/{list}?sort={sort}&limit={limit}")).await;
                let ids: Vec<String> = rows.iter().map(id).collect();
                let unique: BTreeSet<String> = ids.iter().cloned().collect();
                assert_eq!(ids.len(), all.len(), "{list} by {sort}, {limit} a page");
                assert_eq!(unique, all, "{list} by {sort}, {limit} a page");
            }
        }
    }
    let listed: BTreeSet<String> = operations()
        .filter(|one| one.id.starts_with("list_") && !one.path.contains('{'))
        .filter(|one| {
            one.spec["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "cursor"))
        })
        .map(|one| one.path.trim_start_matches("/api/v1/").to_owned())
        .collect();
    assert_eq!(listed, LISTS.map(str::to_owned).into_iter().collect(), "a list that is not walked here");
}

async fn a_descending_sort_is_the_ascending_one_reversed(app: App) {
    filled(&app).await;
    for list in LISTS {
        for sort in sorts(list).iter().filter(|sort| !sort.starts_with('-')) {
            let up: Vec<String> = walk(&app, &format!("/api/v1/{list}?sort={sort}")).await.iter().map(id).collect();
            let mut down: Vec<String> =
                walk(&app, &format!("/api/v1/{list}?sort=-{sort}&limit=2")).await.iter().map(id).collect();
            down.reverse();
            assert_eq!(up, down, "{list} by {sort}");
        }
    }
    let codes: Vec<String> =
        walk(&app, "/api/v1/projects?sort=code&limit=2").await.iter().map(|one| text(one, "code")).collect();
    assert_eq!(codes, ["P1", "P2", "P3", "P4", "P5", "P6", "P7"]);
}

async fn the_link_leads_to_the_next_page_with_its_filters(app: App) {
    let path = format!("/api/v1/projects/{}/indicators", app.project().await);
    for name in ["一 个&两=个", "一 个&两=个", "三"] {
        made(&app.unit(), &path, &indicator().with("name", name)).await;
    }
    let first =
        "/api/v1/indicators?name=%E4%B8%80+%E4%B8%AA%26%E4%B8%A4%3D%E4%B8%AA&measure=number&measure=deadline&limit=1";
    let reply = app.unit().get(first).await.status(200);
    let link = reply.required("link");
    let (address, rel) = link.split_once(">; ").expect("an address and a rel");
    assert_eq!(rel, "rel=\"next\"");
    let address = address.trim_start_matches('<');
    for part in ["limit=1", "measure=number", "measure=deadline", "%26", "%3D", "cursor="] {
        assert!(address.contains(part), "{part}: {address}");
    }
    let second = app.unit().get(address).await.status(200);
    assert_eq!(second.header("link"), None);
    let second = second.json(200);
    assert_eq!(items(&second).len(), 1);
    assert_ne!(items(&second)[0]["id"], items(&reply.json(200))[0]["id"]);
}

async fn the_last_page_has_no_next_one(app: App) {
    app.tree().await;
    for (limit, more) in [(2, true), (3, false), (4, false)] {
        let page = app.bureau().get(&format!("/api/v1/organizations?limit={limit}")).await.json(200);
        assert_eq!(page.get("next_cursor").is_some(), more, "{limit}: {page:#}");
    }
}

async fn a_cursor_of_another_question_is_refused(app: App) {
    app.tree().await;
    let client = app.bureau();
    let page = client.get("/api/v1/organizations?limit=1").await.json(200);
    let cursor = text(&page, "next_cursor");
    client.get(&format!("/api/v1/organizations?limit=2&count=exact&cursor={cursor}")).await.status(200);
    for other in ["sort=-id&", "sort=code&", "kind=unit&", "code=410100&"] {
        client.get(&format!("/api/v1/organizations?{other}cursor={cursor}")).await.problem(400, "bad_cursor");
    }
    for broken in ["x", "%00", "AAAA", &cursor[1..], &format!("{cursor}A")] {
        client.get(&format!("/api/v1/organizations?cursor={broken}")).await.problem(400, "bad_cursor");
    }
    client.get("/api/v1/organizations?cursor=").await.status(400);
    for list in LISTS.iter().skip(1) {
        let all = app.client("410100", &every_scope());
        all.get(&format!("/api/v1/{list}?cursor={cursor}")).await.problem(400, "bad_cursor");
    }
}

async fn a_row_that_comes_or_goes_moves_no_other(app: App) {
    let tree = app.tree().await;
    let unit = app.unit();
    let mut ids = Vec::new();
    for code in ["B", "C", "D", "E"] {
        ids.push(made(&unit, "/api/v1/projects", &project(&tree.unit).with("code", code)).await);
    }
    let page = unit.get("/api/v1/projects?sort=code&limit=2").await.json(200);
    let cursor = text(&page, "next_cursor");
    made(&unit, "/api/v1/projects", &project(&tree.unit).with("code", "A")).await;
    unit.delete(&format!("/api/v1/projects/{}", ids[1]), "*").await.status(204);
    let rest = items(&unit.get(&format!("/api/v1/projects?sort=code&limit=2&cursor={cursor}")).await.json(200));
    assert_eq!(rest.iter().map(|one| text(one, "code")).collect::<Vec<_>>(), ["D", "E"]);
}

async fn the_total_is_counted_on_request_only(app: App) {
    app.tree().await;
    let page = app.bureau().get("/api/v1/organizations?limit=1").await.json(200);
    assert!(page.get("total").is_none());
    let page = app.bureau().get("/api/v1/organizations?limit=1&count=exact").await.json(200);
    assert_eq!(page["total"], 3);
    let narrowed = app.bureau().get("/api/v1/organizations?limit=1&count=exact&kind=unit").await.json(200);
    assert_eq!(narrowed["total"], 1);
    app.bureau().get("/api/v1/organizations?count=estimated").await.fields(400, "bad_query");
}

async fn a_total_is_what_a_walk_finds(app: App) {
    let tree = app.tree().await;
    let other =
        made(&app.bureau(), "/api/v1/organizations", &organization("410100-07", "department", &tree.division)).await;
    let mut sounds = Vec::new();
    for code in ["A", "B", "C", "D"] {
        sounds.push(app.sound_of_code(code).await);
    }
    for sound in &sounds[..3] {
        app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    }
    app.take(&sounds[0].assessment, &["reopen", "submit", "review", "approve", "publish"]).await;
    // One moves to another department and year, one stands for its whole organization, one is gone.
    let everyone = app.client("410100", &every_scope());
    let whole = project(&other).with("code", "W").with("subject", "organization");
    made(&everyone, "/api/v1/projects", &whole).await;
    let gone = made(&everyone, "/api/v1/projects", &project(&other).with("code", "G")).await;
    everyone.delete(&format!("/api/v1/projects/{gone}"), "*").await.status(204);
    let moved = made(&everyone, "/api/v1/projects", &project(&tree.unit).with("code", "M")).await;
    let elsewhere = json!({"organization_id": other, "fiscal_year": 2022});
    everyone.patch(&format!("/api/v1/projects/{moved}"), "*", &elsewhere).await.status(200);
    let projects = [
        String::new(),
        "&fiscal_year=2021".to_owned(),
        "&fiscal_year=2021&fiscal_year=2022".to_owned(),
        "&fiscal_year=2030".to_owned(),
        "&subject=organization".to_owned(),
        "&subtree_of=410100-06".to_owned(),
        "&subtree_of=410100&fiscal_year=2021".to_owned(),
        format!("&organization_id={other}"),
        format!("&organization_id={other}&organization_id={}&subtree_of=410100-07", tree.unit),
        "&code=A&code=W".to_owned(),
    ];
    let scores =
        ["", "&fiscal_year=2021", "&grade=excellent", "&grade=poor", "&kind=unit_self_assessment", "&project_code=A"];
    for code in ["410100", "410100-06", "410100-07", "410100-06-01"] {
        let client = app.client(code, &every_scope());
        let lists = projects.iter().map(|query| format!("projects?count=exact{query}"));
        for list in lists.chain(scores.iter().map(|query| format!("scores?count=exact{query}"))) {
            let page = client.get(&format!("/api/v1/{list}")).await.json(200);
            assert_eq!(page["total"], items(&page).len(), "{code} {list}");
        }
    }
}

async fn a_limit_lies_between_1_and_200(app: App) {
    for limit in ["0", "201", "-1", "1.5", "ten", "", "99999999999"] {
        let fields = app.unit().get(&format!("/api/v1/projects?limit={limit}")).await.fields(400, "bad_query");
        assert_eq!(fields, [("limit".to_owned(), "out_of_range".to_owned())], "{limit}");
    }
    app.unit().get("/api/v1/projects?limit=1").await.status(200);
}

async fn a_parameter_that_does_not_parse_is_refused_by_name(app: App) {
    for (path, name, code) in [
        ("projects?sort=age", "sort", "unknown_value"),
        ("projects?fiscal_year=now", "fiscal_year", "wrong_type"),
        ("projects?organization_id=1", "organization_id", "invalid_id"),
        ("projects?updated_since=2026-01-01", "updated_since", "not_an_instant"),
        ("projects?sort=id&sort=code", "sort", "wrong_type"),
        ("projects?code=", "code", "blank"),
        ("projects?fiscal_year=", "fiscal_year", "blank"),
        ("projects?name=", "name", "blank"),
        ("scores?score_gte=90%25", "score_gte", "not_a_decimal"),
        ("scores?grade=A", "grade", "unknown_value"),
        ("self-assessments?status=open", "status", "unknown_value"),
        ("indicators?measure=length", "measure", "unknown_value"),
        ("budget-lines?funding_source=gift", "funding_source", "unknown_value"),
        ("organizations?kind=team", "kind", "unknown_value"),
    ] {
        let fields = app.unit().get(&format!("/api/v1/{path}")).await.fields(400, "bad_query");
        assert_eq!(
            fields.first().map(|(at, code)| (at.split('/').next().unwrap_or_default(), code.as_str())),
            Some((name, code)),
            "{path}: {fields:?}"
        );
    }
}

async fn every_wrong_parameter_is_named_at_once(app: App) {
    let path = "/api/v1/projects?limit=0&colour=red&sort=age&fiscal_year=x";
    let mut names: Vec<String> =
        app.unit().get(path).await.fields(400, "bad_query").into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(names, ["colour", "fiscal_year", "limit", "sort"]);
}

async fn a_cursor_with_a_nul_is_refused_by_every_list(app: App) {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    filled(&app).await;
    let everyone = app.client("410100", &every_scope());
    for list in LISTS {
        for sort in sorts(list) {
            let path = format!("/api/v1/{list}?sort={sort}&limit=1");
            let page = everyone.get(&path).await.json(200);
            let cursor = URL_SAFE_NO_PAD.decode(text(&page, "next_cursor")).expect("base64");
            let cursor: Value = serde_json::from_slice(&cursor).expect("JSON");
            for part in ["k", "id"] {
                let forged = cursor.clone().with(part, format!("\0{}", text(&cursor, part)));
                let forged = URL_SAFE_NO_PAD.encode(forged.to_string());
                everyone.get(&format!("{path}&cursor={forged}")).await.problem(400, "bad_cursor");
            }
        }
    }
}

async fn a_query_that_is_no_utf_8_is_refused(app: App) {
    for query in ["name=%FF", "name=%E7%94", "%C3%28=x"] {
        let reply = app.unit().get(&format!("/api/v1/projects?{query}")).in_english().await;
        let problem = reply.problem(400, "bad_query");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("UTF-8")), "{problem:#}");
    }
    app.unit().get("/api/v1/projects?name=%E7%94%B2").await.status(200);
}
