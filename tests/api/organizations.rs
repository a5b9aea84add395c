//! Organizations: the tree, who sees what of it, moves and deletions.

use jixiao::organizations::OrganizationKind;
use jixiao::organizations::codes::CodeRanges;
use jixiao::values::{FromText, NaturalCode};
use serde_json::json;

use crate::support::build::{id, items, made, organization, project, text};
use crate::support::client::{BUREAU, DEPARTMENT, STRANGER, UNIT, every_scope};
use crate::support::{App, With, cases, snapshot};

cases![
    the_root_is_made_by_a_token_of_its_own_code,
    a_token_of_another_code_cannot_make_a_root,
    below_the_root_an_organization_needs_a_parent_that_the_caller_sees,
    a_code_is_taken_once_in_the_installation,
    a_code_below_a_division_belongs_to_it,
    an_installation_may_say_whose_codes_are,
    an_import_registers_no_code_of_another_division,
    an_import_asks_again_whose_a_code_is_when_it_is_committed,
    each_caller_sees_its_own_subtree,
    another_division_sees_nothing_of_this_one,
    a_patch_changes_what_it_names_and_counts_the_version,
    the_code_cannot_be_changed,
    a_moved_organization_takes_its_subtree_along,
    an_organization_cannot_be_moved_below_itself_or_made_a_root,
    an_organization_with_something_below_it_cannot_be_deleted,
    a_deleted_organization_is_gone,
    a_unit_cannot_change_the_tree_above_it,
    several_wrong_fields_are_reported_together,
];

const PATH: &str = "/api/v1/organizations";

async fn the_root_is_made_by_a_token_of_its_own_code(app: App) {
    let root = json!({"code": BUREAU, "name": "郑州市", "kind": "division"});
    let reply = app.bureau().post(PATH, &root).await.status(201);
    let location = reply.required("location");
    assert_eq!(reply.etag(), "\"1\"");
    let made = reply.json(201);
    assert_eq!(location, format!("{PATH}/{}", id(&made)));
    snapshot!(made, {".id" => "[id]", ".created_at" => "[instant]", ".updated_at" => "[instant]"}, @r#"
    {
      "code": "410100",
      "created_at": "[instant]",
      "division_code": "410100",
      "id": "[id]",
      "kind": "division",
      "name": "郑州市",
      "updated_at": "[instant]",
      "version": 1
    }
    "#);
    let me = app.bureau().get("/api/v1/me").await.json(200);
    assert_eq!(me["organization"]["id"], made["id"], "the token's organization is registered now: {me:#}");
}

async fn a_token_of_another_code_cannot_make_a_root(app: App) {
    let root = json!({"code": BUREAU, "name": "郑州市", "kind": "division"});
    let problem = app.stranger().post(PATH, &root).in_english().await.problem(403, "organization_out_of_reach");
    assert!(text(&problem, "detail").contains(STRANGER), "{problem:#}");
}

async fn below_the_root_an_organization_needs_a_parent_that_the_caller_sees(app: App) {
    let tree = app.tree().await;
    let foreign = organization("420100-01", "department", &tree.division);
    app.stranger().post(PATH, &foreign).await.field("/parent_id", "unknown_reference");
    let own = app.bureau().post(PATH, &organization("410100-07", "department", &tree.division)).await.json(201);
    assert_eq!(own["division_code"], BUREAU);
    assert_eq!(own["parent_id"], tree.division);
}

async fn a_code_is_taken_once_in_the_installation(app: App) {
    let tree = app.tree().await;
    let again = organization(UNIT, "unit", &tree.division);
    let fields = app.bureau().post(PATH, &again).await.fields(409, "taken");
    assert_eq!(fields, [("/code".to_owned(), "taken".to_owned())]);
    let root = json!({"code": BUREAU, "name": "又一个", "kind": "division"});
    app.bureau().post(PATH, &root).await.problem(409, "taken");
}

async fn a_code_below_a_division_belongs_to_it(app: App) {
    // A division whose code goes on from another one's, which comes later, has what begins with its own.
    let county = app.client("41010033", "projects:read org:admin");
    let root = json!({"code": "41010033", "name": "某县", "kind": "division"});
    let county_root = id(&county.post(PATH, &root).await.json(201));
    let tree = app.tree().await;
    let bureau = app.bureau();
    let post = |code: &str| bureau.post(PATH, &organization(code, "unit", &tree.division)).in_english();
    for foreign in ["420100", "420100-01", "110000", "65010033T1"] {
        let fields = post(foreign).await.fields(422, "invalid_fields");
        assert_eq!(fields, [("/code".to_owned(), "not_allowed_here".to_owned())], "{foreign}");
    }
    // The other division comes after the attempt, and all of its codes are free.
    let stranger = app.stranger();
    let root =
        id(&stranger.post(PATH, &json!({"code": STRANGER, "name": "武汉市", "kind": "division"})).await.json(201));
    stranger.post(PATH, &organization("420100-01", "department", &root)).await.status(201);
    post("41010033-01").await.field("/code", "not_allowed_here");
    county.post(PATH, &organization("41010033-01", "unit", &county_root)).await.status(201);
    post("41010034").await.status(201);
    // A code without a division's digits is nobody's, until a division begins so.
    post("TRAIN-1").await.status(201);
    let camp = app.client("CAMP", "projects:read org:admin");
    camp.post(PATH, &json!({"code": "CAMP", "name": "某开发区", "kind": "division"})).await.status(201);
    // What belongs below a division does not become one by a token of its own.
    let department = app.client("410100-77", &every_scope());
    let root = json!({"code": "410100-77", "name": "某局", "kind": "division"});
    department.post(PATH, &root).await.problem(403, "organization_out_of_reach");
    let upload = department
        .request(actix_web::http::Method::POST, "/api/v1/imports?kind=organizations&mode=valid_rows&commit=true");
    let import = upload.body("application/x-ndjson", root.to_string()).await.json(201);
    assert_eq!(import["rows"]["rejected"], 1, "{import:#}");
    post("CAMP-1").await.field("/code", "not_allowed_here");
}

async fn an_installation_may_say_whose_codes_are(app: App) {
    app.tree().await;
    let ranges: CodeRanges = "410100=219,420100=2190,420100=*,430100=7".parse().expect("ranges");
    let none = CodeRanges::default();
    let mut c = crate::databases::open(&app);
    let code = |text: &str| NaturalCode::from_text(text).expect("a code");
    for (division, text, belongs, without) in [
        ("410100", "219101", true, true),
        ("410100", "210101", false, false),
        ("410100", "219001", false, true),
        ("420100", "219001", true, true),
        ("420100", "419001", true, false),
        ("410100", "410100-5", true, true),
        ("410100", "X1", false, true),
        ("420100", "X1", true, true),
        ("420100", "7X", false, true),
        ("430100", "7X", true, true),
        ("420100", "410100-5", false, false),
    ] {
        let found = [&ranges, &none]
            .map(|one| one.belongs(&mut c, OrganizationKind::Unit, &code(text), &code(division)).expect("an answer"));
        assert_eq!(found, [belongs, without], "{division} {text}");
    }
    for wrong in ["", "410100", "=219", "410100=", "有=1", "410100=有", "410100=1,", "410100=*,420100=*"] {
        assert!(wrong.parse::<CodeRanges>().is_err(), "{wrong}");
    }
}

async fn an_import_registers_no_code_of_another_division(app: App) {
    app.tree().await;
    let everyone = app.client(BUREAU, &every_scope());
    let rows = ["420100-01", "410100-77"]
        .map(|code| json!({"code": code, "name": "某单位", "kind": "unit", "parent_code": DEPARTMENT}).to_string());
    let upload = everyone
        .request(actix_web::http::Method::POST, "/api/v1/imports?kind=organizations&mode=valid_rows&commit=true");
    let import = upload.body("application/x-ndjson", rows.join("\n")).await.json(201);
    assert_eq!(import["rows"]["created"], 1, "{import:#}");
    let rejected = everyone.get(&format!("/api/v1/imports/{}/rows?outcome=rejected", id(&import))).await.json(200);
    assert_eq!(rejected["items"][0]["errors"][0]["code"], "not_allowed_here", "{rejected:#}");
    assert_eq!(rejected["items"][0]["key"], "420100-01", "{rejected:#}");
}

async fn an_import_asks_again_whose_a_code_is_when_it_is_committed(app: App) {
    app.tree().await;
    let everyone = app.client(BUREAU, &every_scope());
    let row = json!({"code": "CAMP-1", "name": "某单位", "kind": "unit", "parent_code": DEPARTMENT}).to_string();
    let upload = everyone.request(actix_web::http::Method::POST, "/api/v1/imports?kind=organizations");
    let import = upload.body("application/x-ndjson", row).await.json(201);
    assert_eq!(import["rows"]["created"], 1, "{import:#}");
    let camp = app.client("CAMP", "projects:read org:admin");
    camp.post(PATH, &json!({"code": "CAMP", "name": "某开发区", "kind": "division"})).await.status(201);
    let commit = everyone.post(&format!("/api/v1/imports/{}/commit", id(&import)), &json!({})).await;
    commit.problem(409, "import_outdated");
}

async fn each_caller_sees_its_own_subtree(app: App) {
    let tree = app.tree().await;
    let codes = |list: serde_json::Value| items(&list).iter().map(|one| text(one, "code")).collect::<Vec<_>>();
    let all = app.bureau().get(PATH).await.json(200);
    assert_eq!(codes(all), [BUREAU, DEPARTMENT, UNIT]);
    assert_eq!(codes(app.department().get(PATH).await.json(200)), [DEPARTMENT, UNIT]);
    assert_eq!(codes(app.unit().get(PATH).await.json(200)), [UNIT]);
    app.unit().get(&format!("{PATH}/{}", tree.department)).await.problem(404, "not_found");
    app.department().get(&format!("{PATH}/{}", tree.unit)).await.status(200);
    let below = app.bureau().get(&format!("{PATH}?subtree_of={DEPARTMENT}")).await.json(200);
    assert_eq!(codes(below), [DEPARTMENT, UNIT]);
    let above = app.unit().get(&format!("{PATH}?subtree_of={BUREAU}")).await.json(200);
    assert_eq!(codes(above), [UNIT], "a filter never widens what the caller sees");
}

async fn another_division_sees_nothing_of_this_one(app: App) {
    let tree = app.tree().await;
    let stranger = app.stranger();
    assert!(items(&stranger.get(PATH).await.json(200)).is_empty());
    let path = format!("{PATH}/{}", tree.unit);
    stranger.get(&path).await.problem(404, "not_found");
    stranger.patch(&path, "*", &json!({"name": "改名"})).await.problem(404, "not_found");
    stranger.delete(&path, "*").await.problem(404, "not_found");
    let counted = stranger.get(&format!("{PATH}?count=exact")).await.json(200);
    assert_eq!(counted["total"], 0);
}

async fn a_patch_changes_what_it_names_and_counts_the_version(app: App) {
    let tree = app.tree().await;
    let path = format!("{PATH}/{}", tree.unit);
    let before = app.bureau().get(&path).await.json(200);
    let reply = app.bureau().patch(&path, "\"1\"", &json!({"name": "企业服务中心"})).await.status(200);
    assert_eq!(reply.etag(), "\"2\"");
    let after = reply.json(200);
    assert_eq!(after["name"], "企业服务中心");
    assert_eq!(after["version"], 2);
    for kept in ["id", "code", "kind", "parent_id", "division_code", "created_at"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    let read = app.bureau().get(&path).await.json(200);
    assert_eq!(read, after);
}

async fn the_code_cannot_be_changed(app: App) {
    let tree = app.tree().await;
    let patch = json!({"code": "410100-99"});
    let path = format!("{PATH}/{}", tree.unit);
    app.bureau().patch(&path, "*", &patch).await.field("/code", "cannot_change");
}

async fn a_moved_organization_takes_its_subtree_along(app: App) {
    let tree = app.tree().await;
    let bureau = app.bureau();
    let other = made(&bureau, PATH, &organization("410100-07", "department", &tree.division)).await;
    let office = made(&bureau, PATH, &organization("410100-06-01-1", "unit", &tree.unit)).await;
    let moved = bureau.patch(&format!("{PATH}/{}", tree.unit), "\"1\"", &json!({"parent_id": other})).await.json(200);
    assert_eq!(moved["parent_id"], other);
    let of_other = app.client("410100-07", "projects:read");
    of_other.get(&format!("{PATH}/{office}")).await.status(200);
    app.department().get(&format!("{PATH}/{office}")).await.problem(404, "not_found");
    app.department().get(&format!("{PATH}/{}", tree.unit)).await.problem(404, "not_found");
    app.unit().get(&format!("{PATH}/{office}")).await.status(200);
    bureau.get(&format!("{PATH}/{office}")).await.status(200);
}

async fn an_organization_cannot_be_moved_below_itself_or_made_a_root(app: App) {
    let tree = app.tree().await;
    let bureau = app.bureau();
    let department = format!("{PATH}/{}", tree.department);
    bureau.patch(&department, "*", &json!({"parent_id": tree.unit})).await.field("/parent_id", "not_allowed_here");
    bureau
        .patch(&department, "*", &json!({"parent_id": tree.department}))
        .await
        .field("/parent_id", "not_allowed_here");
    bureau.patch(&department, "*", &json!({"parent_id": null})).await.field("/parent_id", "not_allowed_here");
    let root = format!("{PATH}/{}", tree.division);
    bureau.patch(&root, "*", &json!({"parent_id": tree.unit})).await.field("/parent_id", "not_allowed_here");
}

async fn an_organization_with_something_below_it_cannot_be_deleted(app: App) {
    let tree = app.tree().await;
    let bureau = app.bureau();
    bureau.delete(&format!("{PATH}/{}", tree.department), "*").await.problem(409, "in_use");
    made(&app.unit(), "/api/v1/projects", &project(&tree.unit)).await;
    bureau.delete(&format!("{PATH}/{}", tree.unit), "*").await.problem(409, "in_use");
    bureau.get(&format!("{PATH}/{}", tree.unit)).await.status(200);
}

async fn a_deleted_organization_is_gone(app: App) {
    let tree = app.tree().await;
    let path = format!("{PATH}/{}", tree.unit);
    let reply = app.bureau().delete(&path, "\"1\"").await.status(204);
    assert!(reply.body.is_empty());
    app.bureau().get(&path).await.problem(404, "not_found");
    app.bureau().delete(&path, "*").await.problem(404, "not_found");
    made(&app.bureau(), PATH, &organization(UNIT, "unit", &tree.department)).await;
}

async fn a_unit_cannot_change_the_tree_above_it(app: App) {
    let tree = app.tree().await;
    let admin_of_unit = app.client(UNIT, "projects:read org:admin");
    let rename = json!({"name": "改名"});
    admin_of_unit.patch(&format!("{PATH}/{}", tree.department), "*", &rename).await.problem(404, "not_found");
    admin_of_unit
        .patch(&format!("{PATH}/{}", tree.unit), "*", &json!({"parent_id": tree.division}))
        .await
        .field("/parent_id", "unknown_reference");
    app.unit().patch(&format!("{PATH}/{}", tree.unit), "*", &rename).await.problem(403, "scope_missing");
}

async fn several_wrong_fields_are_reported_together(app: App) {
    app.tree().await;
    let wrong = json!({"code": "有中文", "name": "  ", "kind": "bureau", "parent": "x"}).with("parent_id", "no id");
    let mut fields = app.bureau().post(PATH, &wrong).await.fields(422, "invalid_fields");
    fields.sort();
    let expected = [
        ("/code", "invalid_code"),
        ("/kind", "unknown_value"),
        ("/name", "blank"),
        ("/parent", "unknown_field"),
        ("/parent_id", "invalid_id"),
    ];
    assert_eq!(fields, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
}
