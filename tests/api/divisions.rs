//! Divisions below one another: each has its own rows, feed and lock, and who stands above reads them all.

use serde_json::{Value, json};

use crate::support::build::{budget_line, id, indicator, items, made, organization, project, text};
use crate::support::client::{Client, every_scope};
use crate::support::receiver::Receiver;
use crate::support::{App, With, cases};

cases![
    a_county_below_a_province_is_a_division_of_its_own,
    a_division_stays_where_and_what_it_is,
    the_codes_of_a_county_are_its_own,
    the_same_code_names_a_project_in_each_division,
    who_stands_above_pages_through_all_divisions_in_one_order,
    a_list_of_a_county_is_narrowed_for_who_stands_above,
    statistics_and_reports_of_a_province_have_its_counties,
    each_division_counts_its_own_events_and_one_position_follows_them_all,
    a_page_of_events_reads_each_division_in_its_turn,
    a_number_goes_on_in_the_own_division_and_reads_those_below_from_their_beginning,
    an_event_of_a_county_wakes_who_waits_above,
    an_export_of_a_province_says_where_to_go_on_in_each_division,
    a_webhook_of_a_province_is_told_of_counties_registered_later_too,
    what_a_county_does_not_see_is_not_counted_for_it,
    a_deleted_county_is_told_above_and_goes_on_when_it_is_registered_again,
    an_import_of_a_province_leaves_the_project_of_another_county_alone,
    a_project_and_its_organization_deleted_together_leave_no_sum,
];

const PROVINCE: &str = "410000";
const COUNTIES: [&str; 3] = ["410105", "410202", "419001"];

/// A province with three counties, a unit in each, and the clients of all.
struct Land {
    province: Client,
    root: String,
    counties: Vec<Client>,
    ids: Vec<String>,
    units: Vec<String>,
}

async fn land(app: &App) -> Land {
    let province = app.client(PROVINCE, &every_scope());
    let root = json!({"code": PROVINCE, "name": "河南省", "kind": "division"});
    let root = made(&province, "/api/v1/organizations", &root).await;
    let mut land = Land { province, root, counties: vec![], ids: vec![], units: vec![] };
    for code in COUNTIES {
        add(app, &mut land, code).await;
    }
    land
}

async fn add(app: &App, land: &mut Land, code: &str) {
    let county = made(&land.province, "/api/v1/organizations", &organization(code, "division", &land.root)).await;
    let client = app.client(code, &every_scope());
    let unit = organization(&format!("{code}001"), "unit", &county);
    land.units.push(made(&client, "/api/v1/organizations", &unit).await);
    land.counties.push(client);
    land.ids.push(county);
}

/// A project of the unit of a county.
async fn project_of(land: &Land, county: usize, code: &str) -> String {
    made(&land.counties[county], "/api/v1/projects", &project(&land.units[county]).with("code", code)).await
}

async fn list(client: &Client, path: &str) -> Vec<Value> {
    items(&client.get(&format!("/api/v1/{path}")).await.json(200))
}

async fn changes(client: &Client, query: &str) -> Value {
    client.get(&format!("/api/v1/changes?{query}")).await.json(200)
}

/// The numbers of the events of each division, in the order in which they came.
fn told(events: &[Value]) -> Vec<(String, i64)> {
    let number = |event: &Value| {
        let id = text(event, "id");
        let (division, number) = id.split_once(':').unwrap();
        assert_eq!(event["sequence"], json!(number.parse::<i64>().unwrap()));
        (division.to_owned(), number.parse().unwrap())
    };
    events.iter().map(number).collect()
}

/// Everything from a position on, page by page.
async fn follow(client: &Client, after: &str, limit: usize) -> (Vec<(String, i64)>, String) {
    let (mut all, mut after) = (Vec::new(), after.to_owned());
    loop {
        let page = changes(client, &format!("after={after}&limit={limit}")).await;
        assert!(items(&page).len() <= limit);
        all.extend(told(&items(&page)));
        after = text(&page, "next");
        if page["has_more"] == json!(false) {
            return (all, after);
        }
    }
}

async fn a_county_below_a_province_is_a_division_of_its_own(app: App) {
    let land = land(&app).await;
    let county = land.province.get(&format!("/api/v1/organizations/{}", land.ids[0])).await.json(200);
    assert_eq!(
        (text(&county, "division_code"), text(&county, "parent_id")),
        (COUNTIES[0].to_owned(), land.root.clone())
    );
    let unit = land.counties[0].get(&format!("/api/v1/organizations/{}", land.units[0])).await.json(200);
    assert_eq!(text(&unit, "division_code"), COUNTIES[0]);
    assert_eq!(list(&land.counties[0], "organizations").await.len(), 2);
    assert_eq!(list(&land.province, "organizations").await.len(), 7);
    land.counties[1].get(&format!("/api/v1/organizations/{}", land.units[0])).await.status(404);
    let below = list(&land.province, &format!("organizations?subtree_of={}", COUNTIES[2])).await;
    assert_eq!(below.iter().map(|one| text(one, "code")).collect::<Vec<_>>(), ["419001", "419001001"]);
}

async fn a_division_stays_where_and_what_it_is(app: App) {
    let land = land(&app).await;
    let county = format!("/api/v1/organizations/{}", land.ids[0]);
    let unit = format!("/api/v1/organizations/{}", land.units[0]);
    land.province.patch(&county, "*", &json!({"parent_id": land.ids[1]})).await.field("/parent_id", "not_allowed_here");
    land.province.patch(&unit, "*", &json!({"parent_id": land.ids[1]})).await.field("/parent_id", "not_allowed_here");
    land.province.patch(&county, "*", &json!({"kind": "department"})).await.field("/kind", "cannot_change");
    land.province.patch(&unit, "*", &json!({"kind": "division"})).await.field("/kind", "cannot_change");
    land.province.patch(&county, "*", &json!({"name": "金水区"})).await.status(200);
    land.province.delete(&unit, "*").await.status(204);
    land.province.delete(&county, "*").await.status(204);
    assert_eq!(list(&land.province, "organizations").await.len(), 5);
}

async fn the_codes_of_a_county_are_its_own(app: App) {
    let land = land(&app).await;
    let path = "/api/v1/organizations";
    // Not a unit of the province, and not one of another county.
    let unit = |code: &str, parent: &str| organization(code, "unit", parent);
    land.province.post(path, &unit("410105009", &land.root)).await.field("/code", "not_allowed_here");
    land.counties[1].post(path, &unit("410105009", &land.ids[1])).await.field("/code", "not_allowed_here");
    land.province.post(path, &unit("410105009", &land.ids[0])).await.status(201);
    land.province.post(path, &unit("410000009", &land.root)).await.status(201);
    // A county of another province is none of this one's.
    let foreign = organization("420102", "division", &land.root);
    land.province.post(path, &foreign).await.field("/code", "not_allowed_here");
}

async fn the_same_code_names_a_project_in_each_division(app: App) {
    let land = land(&app).await;
    for county in 0..3 {
        project_of(&land, county, "T1").await;
    }
    let again = project(&land.units[0]).with("code", "T1");
    land.province.post("/api/v1/projects", &again).await.problem(409, "taken");
    let found = list(&land.province, "projects?code=T1").await;
    assert_eq!(found.len(), 3);
    assert_eq!(list(&land.counties[0], "projects?code=T1").await.len(), 1);
}

async fn who_stands_above_pages_through_all_divisions_in_one_order(app: App) {
    let land = land(&app).await;
    for (county, codes) in [["B", "E", "H"], ["A", "F", "G"], ["C", "D", "I"]].iter().enumerate() {
        for code in codes {
            let project = project_of(&land, county, code).await;
            let name = format!("指标{code}");
            made(
                &land.counties[county],
                &format!("/api/v1/projects/{project}/indicators"),
                &indicator().with("name", name),
            )
            .await;
            made(&land.counties[county], &format!("/api/v1/projects/{project}/budget-lines"), &budget_line()).await;
            made(&land.counties[county], "/api/v1/self-assessments", &json!({"project_id": project})).await;
        }
    }
    let all = async |path: &str, field: &str| {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = land.province.get(&format!("/api/v1/{path}&limit=2&count=exact{cursor}")).await.json(200);
            assert_eq!(page["total"], json!(9));
            found.extend(items(&page).iter().map(|one| text(one, field)));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    };
    assert_eq!(all("projects?sort=code", "code").await.concat(), "ABCDEFGHI");
    assert_eq!(all("projects?sort=-code&fiscal_year=2021", "code").await.concat(), "IHGFEDCBA");
    assert_eq!(all("indicators?sort=-name", "name").await.first().unwrap(), "指标I");
    for path in ["projects?sort=id", "indicators?sort=id", "budget-lines?sort=id", "self-assessments?sort=id"] {
        let ids = all(path, "id").await;
        let mut sorted = ids.clone();
        sorted.sort();
        assert_eq!((ids.len(), &ids), (9, &sorted), "{path}");
    }
    let moments = all("self-assessments?sort=-updated_at", "updated_at").await;
    assert!(moments.is_sorted_by(|one, other| one >= other), "{moments:?}");
}

async fn a_list_of_a_county_is_narrowed_for_who_stands_above(app: App) {
    let land = land(&app).await;
    for county in 0..3 {
        project_of(&land, county, &format!("P{county}")).await;
    }
    let codes = async |query: &str| {
        let found = list(&land.province, &format!("projects?sort=code&{query}")).await;
        found.iter().map(|one| text(one, "code")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(codes("subtree_of=410202").await, "P1");
    assert_eq!(codes("subtree_of=410202001").await, "P1");
    assert_eq!(codes("subtree_of=410000").await, "P0 P1 P2");
    assert_eq!(codes("subtree_of=999999").await, "");
    assert_eq!(codes(&format!("organization_id={}&organization_id={}", land.units[0], land.units[2])).await, "P0 P2");
    let unit = app.client("410202001", &every_scope());
    assert_eq!(list(&unit, "projects").await.len(), 1);
}

async fn statistics_and_reports_of_a_province_have_its_counties(app: App) {
    let land = land(&app).await;
    for county in 0..2 {
        let project = project_of(&land, county, "P").await;
        made(&land.counties[county], &format!("/api/v1/projects/{project}/budget-lines"), &budget_line()).await;
    }
    let sums = |found: &Value| items(found).iter().map(|one| text(one, "adjusted_amount")).collect::<Vec<_>>();
    let path = "/api/v1/statistics/execution?group_by=fiscal_year";
    assert_eq!(sums(&land.province.get(path).await.json(200)), ["2000000.00"]);
    assert_eq!(sums(&land.counties[1].get(path).await.json(200)), ["1000000.00"]);
    land.province.get("/api/v1/roll-up?fiscal_year=2021").await.status(200);
}

async fn each_division_counts_its_own_events_and_one_position_follows_them_all(app: App) {
    let land = land(&app).await;
    for county in [0, 1, 0, 2, 0] {
        project_of(&land, county, &format!("P{}", list(&land.province, "projects").await.len())).await;
    }
    let (events, next) = follow(&land.province, "0", 1000).await;
    let of = |division: &str| {
        events.iter().filter(|(of, _)| of == division).map(|(_, number)| *number).collect::<Vec<i64>>()
    };
    // Itself, its unit, and its projects; the province itself is in its own.
    assert_eq!(of(PROVINCE), [1]);
    assert_eq!(
        [of(COUNTIES[0]), of(COUNTIES[1]), of(COUNTIES[2])],
        [vec![1, 2, 3, 4, 5], vec![1, 2, 3], vec![1, 2, 3]]
    );
    for (code, county) in COUNTIES.iter().zip(&land.counties) {
        let page = changes(county, "after=0").await;
        let expected = of(code);
        assert_eq!((&page["head"], &page["next_after"]), (&json!(expected.len()), &json!(expected.len())));
        assert_eq!(text(&page, "next"), expected.len().to_string());
        assert_eq!(told(&items(&page)).into_iter().map(|(_, number)| number).collect::<Vec<_>>(), expected);
    }
    project_of(&land, 2, "LATER").await;
    let page = changes(&land.province, &format!("after={next}")).await;
    assert_eq!(told(&items(&page)), [(COUNTIES[2].to_owned(), 4)]);
    assert!(page["head"].is_null() && page["next_after"].is_null(), "one number would not say where it stands");
    let head = land.province.get("/api/v1/changes/head").await.json(200);
    assert_eq!(text(&head, "next"), text(&page, "next"));
    assert_eq!(head["divisions"].as_array().unwrap().len(), 4);
    land.province.get("/api/v1/changes?after=AQxyz").await.problem(400, "bad_query");
}

async fn a_page_of_events_reads_each_division_in_its_turn(app: App) {
    let land = land(&app).await;
    for number in 0..12 {
        project_of(&land, 0, &format!("BUSY{number}")).await;
    }
    let (whole, end) = follow(&land.province, "0", 1000).await;
    for limit in [1, 2, 3, 5] {
        let (mut pieces, at) = follow(&land.province, "0", limit).await;
        assert_eq!(at, end);
        for division in [PROVINCE, COUNTIES[0], COUNTIES[1], COUNTIES[2]] {
            let numbers: Vec<i64> = pieces.iter().filter(|(of, _)| of == division).map(|(_, number)| *number).collect();
            assert!(numbers.iter().copied().eq(1..=i64::try_from(numbers.len()).unwrap()), "{division}: {numbers:?}");
        }
        // The last county is not behind all that the busy one has.
        let of_last = pieces.iter().position(|(of, _)| of == COUNTIES[2]).unwrap();
        assert!(of_last < 12, "{limit}: {of_last}");
        pieces.sort();
        let mut sorted = whole.clone();
        sorted.sort();
        assert_eq!(pieces, sorted);
    }
}

async fn a_number_goes_on_in_the_own_division_and_reads_those_below_from_their_beginning(app: App) {
    let mut land = land(&app).await;
    let page = changes(&land.province, "after=1").await;
    assert_eq!(told(&items(&page)).len(), 6, "two of each county, and none of its own");
    let next = text(&page, "next");
    add(&app, &mut land, "411402").await;
    let page = changes(&land.province, &format!("after={next}")).await;
    assert_eq!(told(&items(&page)), [("411402".to_owned(), 1), ("411402".to_owned(), 2)]);
    land.province.get("/api/v1/changes?after=7").await.problem(410, "snapshot_required");
}

async fn an_event_of_a_county_wakes_who_waits_above(app: App) {
    let land = land(&app).await;
    let next = text(&land.province.get("/api/v1/changes/head").await.json(200), "next");
    let (page, _) = futures_util::future::join(changes(&land.province, &format!("after={next}&wait=20")), async {
        actix_web::rt::time::sleep(std::time::Duration::from_millis(300)).await;
        project_of(&land, 1, "WAKES").await
    })
    .await;
    assert_eq!(told(&items(&page)), [(COUNTIES[1].to_owned(), 3)]);
}

async fn an_export_of_a_province_says_where_to_go_on_in_each_division(app: App) {
    let land = land(&app).await;
    for county in [2, 0, 1, 0] {
        project_of(&land, county, &format!("P{}", list(&land.province, "projects").await.len())).await;
    }
    for (client, rows) in [(&land.province, 4), (&land.counties[0], 2)] {
        let export = made(client, "/api/v1/exports", &json!({"kind": "projects"})).await;
        let export = client.get(&format!("/api/v1/exports/{export}?wait=20")).await.json(200);
        let manifest = &export["manifest"];
        assert_eq!(manifest["rows"], json!(rows));
        let after = text(manifest, "next");
        let events = changes(client, &format!("after={after}&type=jixiao.project.created")).await;
        assert_eq!(items(&events), Vec::<Value>::new());
    }
    let export = made(&land.province, "/api/v1/exports", &json!({"kind": "projects", "subtree_of": COUNTIES[0]})).await;
    let export = land.province.get(&format!("/api/v1/exports/{export}?wait=20")).await.json(200);
    assert_eq!(export["manifest"]["rows"], json!(2));
}

async fn a_webhook_of_a_province_is_told_of_counties_registered_later_too(app: App) {
    let mut land = land(&app).await;
    let receiver = Receiver::start();
    let subscription = json!({"name": "省级平台", "url": receiver.url, "types": ["jixiao.project.created"]});
    let subscription = made(&land.province, "/api/v1/webhook-subscriptions", &subscription).await;
    add(&app, &mut land, "411402").await;
    project_of(&land, 0, "OLD").await;
    project_of(&land, 3, "NEW").await;
    crate::webhooks::work_on(&app, &[]);
    let mut found: Vec<(String, i64)> = receiver
        .wait_for(2)
        .await
        .iter()
        .map(|one| (text(&one.json(), "division_code"), one.json()["position"].as_i64().unwrap()))
        .collect();
    found.sort();
    assert_eq!(found, [(COUNTIES[0].to_owned(), 3), ("411402".to_owned(), 3)]);
    let path = format!("/api/v1/webhook-subscriptions/{subscription}/progress");
    let progress = land.province.get(&path).await.json(200);
    assert_eq!(progress["division_code"], json!(PROVINCE));
    assert_eq!(progress["divisions_below"].as_array().unwrap().len(), 4);
}

async fn what_a_county_does_not_see_is_not_counted_for_it(app: App) {
    let land = land(&app).await;
    for county in 0..3 {
        project_of(&land, county, "P").await;
    }
    for (path, total) in [("projects", 1), ("organizations", 2)] {
        let page = land.counties[1].get(&format!("/api/v1/{path}?count=exact")).await.json(200);
        assert_eq!(page["total"], json!(total), "{path}");
    }
    let page = land.province.get("/api/v1/projects?count=exact").await.json(200);
    assert_eq!(page["total"], json!(3));
    let id_of_other = id(&list(&land.counties[0], "projects").await[0]);
    land.counties[1].get(&format!("/api/v1/projects/{id_of_other}")).await.status(404);
    land.province.get(&format!("/api/v1/projects/{id_of_other}")).await.status(200);
}

async fn a_deleted_county_is_told_above_and_goes_on_when_it_is_registered_again(app: App) {
    let mut land = land(&app).await;
    let next = text(&land.province.get("/api/v1/changes/head").await.json(200), "next");
    land.province.delete(&format!("/api/v1/organizations/{}", land.units[2]), "*").await.status(204);
    land.province.delete(&format!("/api/v1/organizations/{}", land.ids[2]), "*").await.status(204);
    let page = changes(&land.province, &format!("after={next}")).await;
    let code = COUNTIES[2].to_owned();
    assert_eq!(told(&items(&page)), [(code.clone(), 3), (code.clone(), 4)]);
    let next = text(&page, "next");
    add(&app, &mut land, COUNTIES[2]).await;
    let page = changes(&land.province, &format!("after={next}")).await;
    assert_eq!(told(&items(&page)), [(code.clone(), 5), (code, 6)]);
}

async fn an_import_of_a_province_leaves_the_project_of_another_county_alone(app: App) {
    let land = land(&app).await;
    let other = project_of(&land, 1, "X").await;
    let row = json!({"fiscal_year": 2021, "code": "X", "name": "新的项目", "organization_code": "410105001"});
    let import = land.province.request(actix_web::http::Method::POST, "/api/v1/imports?kind=projects&commit=true");
    let import = import.body("application/x-ndjson", format!("{row}\n")).await.json(201);
    assert_eq!((&import["status"], &import["rows"]["created"]), (&json!("committed"), &json!(1)), "{import:#}");
    let untouched = land.province.get(&format!("/api/v1/projects/{other}")).await.json(200);
    assert_eq!(
        (text(&untouched, "name"), text(&untouched, "organization_id")),
        ("企业服务活动专项经费".to_owned(), land.units[1].clone())
    );
    assert_eq!(text(&list(&land.counties[0], "projects").await[0], "name"), "新的项目");
    // Of a code that its own division has not, and several others have, a row has to name the unit.
    let row = json!({"fiscal_year": 2021, "code": "X", "name": "又一名称"});
    let import = land.province.request(actix_web::http::Method::POST, "/api/v1/imports?kind=projects");
    let import = import.body("application/x-ndjson", format!("{row}\n")).await.json(201);
    assert_eq!(import["rows"]["rejected"], json!(1), "{import:#}");
}

async fn a_project_and_its_organization_deleted_together_leave_no_sum(app: App) {
    let land = land(&app).await;
    let project = project_of(&land, 0, "P").await;
    let county = &land.counties[0];
    made(county, &format!("/api/v1/projects/{project}/budget-lines"), &budget_line()).await;
    let (project, unit) = (format!("/api/v1/projects/{project}"), format!("/api/v1/organizations/{}", land.units[0]));
    // They may share a transaction; the sums are looked at after the case.
    let (one, other) = futures_util::future::join(async { county.delete(&project, "*").await }, async {
        county.delete(&unit, "*").await
    })
    .await;
    one.status(204);
    assert!([204, 409].contains(&other.status.as_u16()));
}
