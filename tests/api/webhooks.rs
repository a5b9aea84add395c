//! Webhooks: signed messages of what happens, at least once, to allowed receivers and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jixiao::db::{Database, Limits};
use jixiao::webhooks::work::{self, Worker};
use jixiao::webhooks::{Targets, signature};
use serde_json::{Value, json};

use crate::support::build::{id, items, made, project, text};
use crate::support::client::{BUREAU, Client, STRANGER, UNIT};
use crate::support::receiver::{Received, Receiver};
use crate::support::{App, Kind, Program, With, cases};

cases![
    a_message_is_signed_and_names_its_event,
    a_subscription_gets_its_types_of_its_subtree,
    each_message_names_the_one_before_it,
    below_a_division_messages_name_the_one_before_by_its_id,
    a_secret_is_told_once_and_changed_over,
    a_message_is_sent_again_until_it_is_taken,
    a_message_that_is_never_taken_is_a_dead_letter_until_it_is_replayed,
    a_receiver_that_fails_for_long_is_disabled_and_misses_nothing,
    a_receiver_that_is_gone_is_disabled_and_a_redirect_is_not_followed,
    a_receiver_is_left_alone_as_long_as_it_asks,
    a_subscription_that_wants_more_gets_it_from_where_it_is_replayed,
    receivers_that_hang_leave_room_for_the_others,
    slow_receivers_of_one_organization_do_not_delay_another,
    an_organization_has_so_many_subscriptions_and_no_more,
    what_happens_during_a_pause_is_sent_afterwards,
    events_are_replayed_from_a_number_on,
    a_ping_tries_the_receiver,
    private_targets_are_refused_when_they_are_named,
    private_targets_are_refused_when_they_are_looked_up,
    what_is_wrong_is_said_at_its_place,
    others_see_no_subscription_and_no_delivery,
    old_messages_are_forgotten_and_waiting_ones_are_not,
    a_feed_that_was_forgotten_shows_in_the_next_message,
    an_organization_that_is_registered_later_misses_nothing,
    two_servers_send_each_message_once,
    a_server_that_is_killed_leaves_no_message_unsent,
];

const SUBSCRIPTIONS: &str = "/api/v1/webhook-subscriptions";
const DELIVERIES: &str = "/api/v1/webhook-deliveries";

fn admin(app: &App, organization: &str) -> Client {
    app.client(organization, "webhooks:admin projects:read projects:write changes:read org:admin")
}

fn local() -> Targets {
    Targets::new(vec!["127.0.0.0/8".parse().expect("a network")])
}

/// Sends what there is to send, with these pauses in milliseconds.
pub fn work_on(app: &App, pauses: &[u64]) {
    let pauses = pauses.iter().copied().map(Duration::from_millis).collect();
    actix_web::rt::spawn(Worker::new(app.db.clone(), local(), pauses).run());
}

async fn subscribe(client: &Client, receiver: &Receiver, types: &[&str]) -> Value {
    let new = json!({"name": "数据交换", "url": receiver.url, "types": types});
    client.post(SUBSCRIPTIONS, &new).await.json(201)
}

fn of(subscription: &Value, part: &str) -> String {
    format!("{SUBSCRIPTIONS}/{}{part}", id(subscription))
}

async fn deliveries(client: &Client, query: &str) -> Vec<Value> {
    items(&client.get(&format!("{DELIVERIES}?{query}")).await.json(200))
}

/// The progress of a subscription, once it is as asked.
async fn progress(client: &Client, subscription: &Value, is_as_asked: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..600 {
        let progress = client.get(&of(subscription, "/progress")).await.json(200);
        if is_as_asked(&progress) {
            return progress;
        }
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never is: {}", client.get(&of(subscription, "/progress")).await.json(200));
}

/// The subscription, once it has that status.
async fn with_status(client: &Client, subscription: &Value, status: &str) -> Value {
    for _ in 0..600 {
        let found = client.get(&of(subscription, "")).await.json(200);
        if found["status"] == status {
            return found;
        }
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never is {status}: {}", client.get(&of(subscription, "")).await.json(200));
}

async fn projects(app: &App, unit: &str, numbers: std::ops::Range<usize>) {
    for number in numbers {
        made(&app.unit(), "/api/v1/projects", &project(unit).with("code", format!("W{number}"))).await;
    }
}

fn ids(received: &[Received]) -> BTreeSet<String> {
    received.iter().map(|one| one.header("webhook-id").to_owned()).collect()
}

async fn a_message_is_signed_and_names_its_event(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &[]).await;
    work_on(&app, &[]);
    let message = receiver.wait_for(1).await.remove(0);
    assert_eq!(message.json()["type"], "jixiao.webhook_subscription.created");
    projects(&app, &unit, 0..1).await;
    let message = receiver.wait_for(2).await.remove(1);
    let event = items(&client.get("/api/v1/changes?limit=1000").await.json(200)).pop().expect("an event");
    let body = message.json();
    assert_eq!(body["data"], event);
    assert_eq!(body["type"], event["type"]);
    assert!(body.get("position").is_none() && event.get("sequence").is_none(), "{body}");
    assert_eq!((&body["timestamp"], &body["division_code"]), (&event["time"], &json!(BUREAU)));
    assert_eq!(body["subscription_id"], id(&subscription));
    assert_eq!(message.header("content-type"), "application/json");
    let (sent, timestamp) = (message.header("webhook-id"), message.header("webhook-timestamp"));
    let timestamp: i64 = timestamp.parse().expect("seconds");
    assert!((chrono::Utc::now().timestamp() - timestamp).abs() < 60);
    let expected = signature::sign(&[&text(&subscription, "secret")], sent, timestamp, &message.body);
    assert_eq!(message.header("webhook-signature"), expected.expect("signed"));
    progress(&client, &subscription, |progress| progress["pending"] == 0).await;
    let delivery = client.get(&format!("{DELIVERIES}/{sent}")).await.json(200);
    assert_eq!((&delivery["status"], &delivery["message"]), (&json!("delivered"), &body));
    assert_eq!((&delivery["attempts"], &delivery["response_status"]), (&json!(1), &json!(204)));
    assert!(delivery.get("next_attempt_at").is_none() && delivery["delivered_at"].is_string());
}

async fn a_subscription_gets_its_types_of_its_subtree(app: App) {
    let tree = app.tree().await;
    let (of_unit, of_bureau) = (Receiver::start(), Receiver::start());
    subscribe(&admin(&app, UNIT), &of_unit, &["jixiao.project.created", "jixiao.organization.created"]).await;
    subscribe(&admin(&app, BUREAU), &of_bureau, &["jixiao.organization.created"]).await;
    work_on(&app, &[]);
    let other = crate::support::build::organization("410100-06-09", "unit", &tree.department);
    made(&app.bureau(), "/api/v1/organizations", &other).await;
    projects(&app, &tree.unit, 0..2).await;
    let received = of_unit.wait_for(2).await;
    assert_eq!(of_bureau.wait_for(1).await[0].json()["type"], "jixiao.organization.created");
    actix_web::rt::time::sleep(Duration::from_millis(600)).await;
    let types: Vec<Value> = of_unit.received().iter().map(|one| one.json()["type"].clone()).collect();
    assert_eq!((types.len(), types[0].as_str()), (2, Some("jixiao.project.created")), "{types:?}");
    assert_eq!(ids(&received).len(), 2);
    assert_eq!(of_bureau.received().len(), 1);
}

async fn each_message_names_the_one_before_it(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, BUREAU), Receiver::start());
    subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    work_on(&app, &[]);
    projects(&app, &unit, 0..12).await;
    let mut bodies: Vec<Value> = receiver.wait_for(12).await.iter().map(Received::json).collect();
    bodies.sort_by_key(|body| body["position"].as_i64());
    let positions: Vec<&Value> = bodies.iter().map(|body| &body["position"]).collect();
    let before: Vec<&Value> = bodies.iter().map(|body| &body["previous_position"]).collect();
    assert_eq!(before[0], &Value::Null);
    assert_eq!(before[1..], positions[..11]);
}

async fn below_a_division_messages_name_the_one_before_by_its_id(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    work_on(&app, &[]);
    projects(&app, &unit, 0..6).await;
    let bodies: Vec<Value> = receiver.wait_for(6).await.iter().map(Received::json).collect();
    let ids: BTreeSet<String> = bodies.iter().map(|body| text(&body["data"], "id")).collect();
    let before: BTreeSet<String> =
        bodies.iter().filter_map(|body| body.get("previous_id")).filter_map(Value::as_str).map(str::to_owned).collect();
    assert_eq!((ids.len(), before.len()), (6, 5), "{bodies:?}");
    assert!(before.is_subset(&ids));
    let known = json!({"position": null, "head": null});
    for told in bodies.iter().chain([&client.get(&of(&subscription, "/progress")).await.json(200)]) {
        assert_eq!((&told["position"], &told["head"]), (&known["position"], &known["head"]), "{told}");
    }
    let replay = of(&subscription, "/replay");
    let third = items(&client.get("/api/v1/changes?type=jixiao.project.created").await.json(200))[2]["id"].clone();
    client.post(&replay, &json!({"after_id": third})).await.status(200);
    assert_eq!(receiver.wait_for(9).await.len(), 9);
    let both = client.post(&replay, &json!({"after": 0, "after_id": third})).await.problem(422, "invalid_fields");
    assert_eq!(both["errors"][0]["pointer"], "/after_id");
    let number = client.post(&replay, &json!({"after": 3})).await.problem(422, "invalid_fields");
    assert_eq!(number["errors"][0]["pointer"], "/after");
    client.post(&replay, &json!({"after_id": "410100:7"})).await.problem(410, "snapshot_required");
}

async fn a_secret_is_told_once_and_changed_over(app: App) {
    app.tree().await;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let first = subscribe(&client, &receiver, &["jixiao.organization.created"]).await;
    let secret = text(&first, "secret");
    let read = client.get(&of(&first, "")).await;
    let list = client.get(SUBSCRIPTIONS).await.json(200);
    let feed = client.get("/api/v1/changes?include=data&type=jixiao.webhook_subscription.created").await.json(200);
    assert_eq!(feed["items"][0]["data"]["state"]["name"], "数据交换");
    for told in [&read.json(200), &list, &feed] {
        assert!(!told.to_string().contains("whsec_"), "{told:#}");
    }
    let second = client.post(&of(&first, "/secret"), &json!({})).without("Content-Type").await.json(200);
    assert_eq!(second["version"], 2);
    let renewed = text(&second, "secret");
    assert_ne!(renewed, secret);
    work_on(&app, &[]);
    client.request(actix_web::http::Method::POST, &of(&first, "/pings")).await.status(201);
    let message = receiver.wait_for(1).await.remove(0);
    let timestamp = message.header("webhook-timestamp").parse().expect("seconds");
    let both = signature::sign(&[&renewed, &secret], message.header("webhook-id"), timestamp, &message.body);
    assert_eq!(message.header("webhook-signature"), both.expect("signed"));
}

async fn a_message_is_sent_again_until_it_is_taken(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    receiver.answer(|count, _| (if count < 3 { 500 } else { 200 }, String::new()));
    work_on(&app, &[10, 10, 10]);
    projects(&app, &unit, 0..1).await;
    let received = receiver.wait_for(3).await;
    progress(&client, &subscription, |progress| progress["pending"] == 0).await;
    assert_eq!(ids(&received).len(), 1, "the id stays the same");
    assert_eq!(received[0].body, received[2].body);
    let delivery = deliveries(&client, "status=delivered").await.remove(0);
    assert_eq!((&delivery["attempts"], &delivery["response_status"]), (&json!(3), &json!(200)));
    assert!(delivery.get("problem").is_none(), "{delivery:#}");
}

async fn a_message_that_is_never_taken_is_a_dead_letter_until_it_is_replayed(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    // One of two is refused: the receiver works.
    receiver.answer(|_, message| (if message.body.contains("W1\"") { 400 } else { 200 }, String::new()));
    work_on(&app, &[150, 10]);
    projects(&app, &unit, 0..3).await;
    progress(&client, &subscription, |progress| progress["dead"] == 1 && progress["pending"] == 0).await;
    let dead = deliveries(&client, "status=dead").await.remove(0);
    assert_eq!((&dead["attempts"], &dead["response_status"]), (&json!(3), &json!(400)));
    assert_eq!(text(&dead, "problem"), "the receiver answered 400");
    with_status(&client, &subscription, "active").await;
    receiver.answer_always(204);
    let after = client.post(&of(&subscription, "/replay"), &json!({})).await.json(200);
    assert_eq!((&after["dead"], &after["pending"]), (&json!(0), &json!(1)));
    progress(&client, &subscription, |progress| progress["pending"] == 0).await;
    assert_eq!(client.get(&format!("{DELIVERIES}/{}", id(&dead))).await.json(200)["status"], "delivered");
    let count = receiver.received().len();
    let again = format!("{DELIVERIES}/{}/replay", id(&dead));
    assert_eq!(client.post(&again, &json!({})).await.json(200)["status"], "pending");
    assert_eq!(receiver.wait_for(count + 1).await.last().expect("one").header("webhook-id"), id(&dead));
}

async fn a_receiver_that_fails_for_long_is_disabled_and_misses_nothing(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    receiver.answer_always(503);
    work_on(&app, &[10]);
    projects(&app, &unit, 0..3).await;
    let disabled = with_status(&client, &subscription, "disabled").await;
    assert!(text(&disabled, "status_reason").contains("the receiver answered 503"), "{disabled}");
    let told = client.get("/api/v1/changes?limit=1000").await.json(200);
    assert_eq!(items(&told).last().expect("one")["type"], "jixiao.webhook_subscription.updated");
    let count = receiver.received().len();
    assert!(count < 6, "nothing is sent to who has failed for long: {count}");
    projects(&app, &unit, 3..5).await;
    client.post(&of(&subscription, "/pings"), &json!({})).await.problem(409, "action_not_allowed");
    client.post(&of(&subscription, "/replay"), &json!({})).await.problem(409, "action_not_allowed");
    receiver.answer_always(204);
    let active = client.patch(&of(&subscription, ""), "*", &json!({"status": "active"})).await.json(200);
    assert_eq!((&active["status"], active.get("status_reason")), (&json!("active"), None));
    client.post(&of(&subscription, "/replay"), &json!({})).await.status(200);
    progress(&client, &subscription, |progress| progress["pending"] == 0 && progress["is_behind"] == false).await;
    let taken = deliveries(&client, "status=delivered").await;
    let codes: BTreeSet<String> =
        taken.iter().map(|one| text(&one["message"]["data"]["data"], "project_code")).collect();
    assert_eq!(codes.len(), 5, "{codes:?}");
}

async fn a_receiver_that_is_gone_is_disabled_and_a_redirect_is_not_followed(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver, elsewhere) = (admin(&app, UNIT), Receiver::start(), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    let location = format!("Location: {}\r\n", elsewhere.url);
    receiver.answer(move |count, _| if count == 1 { (307, location.clone()) } else { (410, String::new()) });
    work_on(&app, &[10, 10_000]);
    projects(&app, &unit, 0..1).await;
    let disabled = with_status(&client, &subscription, "disabled").await;
    assert_eq!(text(&disabled, "status_reason"), "the receiver answered 410: it wants no more messages");
    assert_eq!(elsewhere.received().len(), 0);
    assert_eq!(receiver.received().len(), 2);
    assert_eq!(deliveries(&client, "").await[0]["status"], "pending", "it is not lost");
}

async fn a_receiver_is_left_alone_as_long_as_it_asks(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    receiver.answer(|_, _| (429, "Retry-After: 3600\r\n".to_owned()));
    work_on(&app, &[10]);
    projects(&app, &unit, 0..1).await;
    progress(&client, &subscription, |progress| progress["failing_since"].is_string()).await;
    let delivery = deliveries(&client, "").await.remove(0);
    let next = chrono::DateTime::parse_from_rfc3339(&text(&delivery, "next_attempt_at")).expect("an instant");
    assert!(next.timestamp() - chrono::Utc::now().timestamp() > 3500, "{next}");
    // That holds for all that waits, not for the one message alone.
    projects(&app, &unit, 1..12).await;
    actix_web::rt::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(receiver.received().len(), 1);
}

async fn a_subscription_that_wants_more_gets_it_from_where_it_is_replayed(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.score.published"]).await;
    work_on(&app, &[]);
    projects(&app, &unit, 0..3).await;
    // The worker has looked at them in vain by then.
    actix_web::rt::time::sleep(Duration::from_millis(800)).await;
    let bureau = admin(&app, BUREAU);
    let position = bureau.get(&of(&subscription, "/progress")).await.json(200)["position"].clone();
    client.patch(&of(&subscription, ""), "*", &json!({"types": ["jixiao.project.created"]})).await.status(200);
    bureau.post(&of(&subscription, "/replay"), &json!({"after": position})).await.status(200);
    assert_eq!(ids(&receiver.wait_for(3).await).len(), 3);
}

async fn receivers_that_hang_leave_room_for_the_others(app: App) {
    let unit = app.tree().await.unit;
    let client = admin(&app, UNIT);
    let hanging: Vec<Receiver> = (0..6).map(|_| Receiver::start()).collect();
    for receiver in &hanging {
        receiver.answer(|_, _| {
            std::thread::sleep(Duration::from_secs(3));
            (500, String::new())
        });
        subscribe(&client, receiver, &["jixiao.project.created"]).await;
    }
    let good = Receiver::start();
    subscribe(&client, &good, &["jixiao.project.created"]).await;
    projects(&app, &unit, 0..30).await;
    work_on(&app, &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    let started = std::time::Instant::now();
    good.wait_for(30).await;
    assert!(started.elapsed() < Duration::from_secs(45));
}

async fn slow_receivers_of_one_organization_do_not_delay_another(app: App) {
    let tree = app.tree().await;
    let (unit, bureau) = (admin(&app, UNIT), admin(&app, crate::support::client::BUREAU));
    let slow: Vec<Receiver> = (0..12).map(|_| Receiver::start()).collect();
    for receiver in &slow {
        receiver.answer(|_, _| {
            std::thread::sleep(Duration::from_secs(4));
            (200, String::new())
        });
        for _ in 0..3 {
            subscribe(&unit, receiver, &["jixiao.project.created"]).await;
        }
    }
    let good = Receiver::start();
    subscribe(&bureau, &good, &["jixiao.project.created"]).await;
    projects(&app, &tree.unit, 0..5).await;
    work_on(&app, &[]);
    let started = std::time::Instant::now();
    good.wait_for(5).await;
    // Were the 36 slow ones to take all the places, each message would wait for seconds.
    assert!(started.elapsed() < Duration::from_secs(12), "it took {:?}", started.elapsed());
}

async fn an_organization_has_so_many_subscriptions_and_no_more(app: App) {
    app.tree().await;
    let client = admin(&app, UNIT);
    let receiver = Receiver::start();
    for _ in 0..50 {
        subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    }
    let one_more = json!({"name": "one more", "url": receiver.url, "types": ["jixiao.project.created"]});
    client.post("/api/v1/webhook-subscriptions", &one_more).await.problem(409, "limit_reached");
    let other = admin(&app, crate::support::client::BUREAU);
    subscribe(&other, &receiver, &["jixiao.project.created"]).await;
}

async fn what_happens_during_a_pause_is_sent_afterwards(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    client.patch(&of(&subscription, ""), "*", &json!({"status": "paused"})).await.status(200);
    work_on(&app, &[]);
    projects(&app, &unit, 0..2).await;
    actix_web::rt::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(receiver.received().len(), 0);
    client.patch(&of(&subscription, ""), "*", &json!({"status": "active"})).await.status(200);
    assert_eq!(ids(&receiver.wait_for(2).await).len(), 2);
}

async fn events_are_replayed_from_a_number_on(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, BUREAU), Receiver::start());
    projects(&app, &unit, 0..2).await;
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    work_on(&app, &[]);
    projects(&app, &unit, 2..4).await;
    let first = receiver.wait_for(2).await;
    progress(&client, &subscription, |progress| progress["pending"] == 0).await;
    client.post(&of(&subscription, "/replay"), &json!({"after": 0})).await.status(200);
    let all = receiver.wait_for(6).await;
    assert_eq!(ids(&all).len(), 4, "those before the subscription are new, the others keep their ids");
    assert!(ids(&all).is_superset(&ids(&first)));
    client.post(&of(&subscription, "/replay"), &json!({"after": 999})).await.problem(410, "snapshot_required");
    client.post(&of(&subscription, "/replay"), &json!({"after": -1})).await.field("/after", "out_of_range");
}

async fn a_ping_tries_the_receiver(app: App) {
    app.tree().await;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.score.published"]).await;
    work_on(&app, &[]);
    let reply = client.post(&of(&subscription, "/pings"), &json!({})).await;
    let location = reply.required("location");
    let message = receiver.wait_for(1).await.remove(0);
    assert_eq!((&message.json()["type"], &message.json()["data"]), (&json!("jixiao.ping"), &json!({})));
    progress(&client, &subscription, |progress| progress["pending"] == 0).await;
    assert_eq!(client.get(&location).await.json(200)["status"], "delivered");
}

async fn private_targets_are_refused_when_they_are_named(app: App) {
    let tree = app.tree().await;
    let client = admin(&app, BUREAU);
    // The service of the cases allows 127.0.0.0/16 and no more.
    for url in [
        "http://127.1.0.1/",
        "https://10.0.0.1/",
        "https://192.168.0.1/x",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "http://8.8.8.8/",
        "https://2130771969/",
        "https://100.64.1.1/",
    ] {
        let new = json!({"name": "x", "url": url});
        client.post(SUBSCRIPTIONS, &new).await.field("/url", "target_refused");
    }
    let allowed = json!({"name": "x", "url": "http://127.0.3.4:9/"});
    let subscription = client.post(SUBSCRIPTIONS, &allowed).await.json(201);
    client
        .patch(&of(&subscription, ""), "*", &json!({"url": "https://10.1.1.1/"}))
        .await
        .field("/url", "target_refused");
    client.patch(&of(&subscription, ""), "*", &json!({"url": "https://8.8.8.8/"})).await.status(200);
    drop(tree);
}

async fn private_targets_are_refused_when_they_are_looked_up(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    // What was allowed when it was named is not any more: the name stands for another address now.
    let worker = Worker::new(app.db.clone(), Targets::default(), vec![Duration::from_secs(60)]);
    actix_web::rt::spawn(worker.run());
    projects(&app, &unit, 0..1).await;
    progress(&client, &subscription, |progress| progress["failing_since"].is_string()).await;
    let delivery = deliveries(&client, "").await.remove(0);
    assert!(text(&delivery, "problem").contains("127.0.0.1 is private or local"), "{delivery}");
    assert_eq!(receiver.received().len(), 0);
}

async fn what_is_wrong_is_said_at_its_place(app: App) {
    app.tree().await;
    let client = admin(&app, UNIT);
    let wrong = json!({"name": " ", "url": "ftp://x", "types": ["jixiao.project.made"], "status": "on"});
    let fields = client.post(SUBSCRIPTIONS, &wrong).await.fields(422, "invalid_fields");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(at, code)| (at.as_str(), code.as_str())).collect();
    assert_eq!(
        fields,
        [("/name", "blank"), ("/status", "unknown_value"), ("/types/0", "unknown_value"), ("/url", "invalid_url")]
    );
    let disabled = json!({"name": "x", "url": "http://127.0.0.1:9/", "status": "disabled"});
    client.post(SUBSCRIPTIONS, &disabled).await.field("/status", "not_allowed_here");
    let made = client.post(SUBSCRIPTIONS, &disabled.with("status", "paused")).await.json(201);
    client.patch(&of(&made, ""), "\"9\"", &json!({"name": "y"})).await.problem(412, "stale");
    client.patch(&of(&made, ""), "\"1\"", &json!({"status": "disabled"})).await.field("/status", "not_allowed_here");
    let changed = client.patch(&of(&made, ""), "\"1\"", &json!({"name": "y"})).await.json(200);
    assert_eq!((&changed["name"], &changed["status"], &changed["version"]), (&json!("y"), &json!("paused"), &json!(2)));
    client.delete(&of(&made, ""), "\"2\"").await.status(204);
    client.get(&of(&made, "")).await.problem(404, "not_found");
}

async fn others_see_no_subscription_and_no_delivery(app: App) {
    app.tree().await;
    let (client, receiver) = (admin(&app, BUREAU), Receiver::start());
    let subscription = subscribe(&client, &receiver, &[]).await;
    work_on(&app, &[]);
    receiver.wait_for(1).await;
    let delivery = deliveries(&client, "").await.remove(0);
    for other in [admin(&app, STRANGER), admin(&app, UNIT)] {
        assert_eq!(items(&other.get(SUBSCRIPTIONS).await.json(200)).len(), 0);
        assert_eq!(deliveries(&other, "").await.len(), 0);
        for part in ["", "/progress"] {
            other.get(&of(&subscription, part)).await.problem(404, "not_found");
        }
        for part in ["/secret", "/pings", "/replay"] {
            other.post(&of(&subscription, part), &json!({})).await.problem(404, "not_found");
        }
        other.get(&format!("{DELIVERIES}/{}", id(&delivery))).await.problem(404, "not_found");
        other.post(&format!("{DELIVERIES}/{}/replay", id(&delivery)), &json!({})).await.problem(404, "not_found");
    }
    app.bureau().get(SUBSCRIPTIONS).await.problem(403, "scope_missing");
    let of_unit = subscribe(&admin(&app, UNIT), &receiver, &[]).await;
    client.get(&of(&of_unit, "")).await.status(200);
}

async fn old_messages_are_forgotten_and_waiting_ones_are_not(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    receiver.answer(|_, message| (if message.body.contains("W1\"") { 500 } else { 200 }, String::new()));
    work_on(&app, &[600_000]);
    projects(&app, &unit, 0..3).await;
    progress(&client, &subscription, |progress| progress["pending"] == 1 && progress["is_behind"] == false).await;
    receiver.wait_for(3).await;
    assert_eq!(work::sweep(&app.db, 1).await.unwrap(), 0);
    actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(work::sweep(&app.db, 0).await.unwrap(), 2);
    let left = deliveries(&client, "").await;
    assert_eq!((left.len(), &left[0]["status"]), (1, &json!("pending")));
}

async fn a_feed_that_was_forgotten_shows_in_the_next_message(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    client.patch(&of(&subscription, ""), "*", &json!({"status": "paused"})).await.status(200);
    projects(&app, &unit, 0..2).await;
    actix_web::rt::time::sleep(Duration::from_millis(10)).await;
    assert!(jixiao::changes::work::sweep(&app.db, 0).await.unwrap() > 0);
    let forgotten = admin(&app, BUREAU).get("/api/v1/changes/head").await.json(200)["forgotten_position"].clone();
    client.patch(&of(&subscription, ""), "*", &json!({"status": "active"})).await.status(200);
    work_on(&app, &[]);
    projects(&app, &unit, 2..3).await;
    let message = receiver.wait_for(1).await.remove(0);
    assert!(message.json()["previous_id"].is_string(), "an event that it never got, {forgotten} of its division");
}

async fn an_organization_that_is_registered_later_misses_nothing(app: App) {
    let tree = app.tree().await;
    let (client, receiver) = (admin(&app, "410100-06-77"), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.organization.created", "jixiao.project.created"]).await;
    let new = crate::support::build::organization("410100-06-77", "unit", &tree.department);
    let unit = made(&app.bureau(), "/api/v1/organizations", &new).await;
    made(&client, "/api/v1/projects", &project(&unit)).await;
    work_on(&app, &[]);
    let mut types: Vec<String> = receiver.wait_for(2).await.iter().map(|one| text(&one.json(), "type")).collect();
    types.sort();
    assert_eq!(types, ["jixiao.organization.created", "jixiao.project.created"]);
    let progress = client.get(&of(&subscription, "/progress")).await.json(200);
    assert_eq!(progress["division_code"], BUREAU);
}

async fn two_servers_send_each_message_once(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let count = if app.kind == Kind::Sqlite { 60 } else { 200 };
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    let limits = Limits { connections: 3, connection_timeout: Duration::from_secs(20), ..Limits::default() };
    for _ in 0..2 {
        let db = Database::open(&app.place.address, &limits).expect("the database opens");
        actix_web::rt::spawn(Worker::new(db, local(), Vec::new()).run());
    }
    projects(&app, &unit, 0..count).await;
    progress(&client, &subscription, |progress| progress["pending"] == 0 && progress["is_behind"] == false).await;
    let received = receiver.wait_for(count).await;
    assert_eq!((received.len(), ids(&received).len()), (count, count));
    let events: BTreeSet<String> = received.iter().map(|one| text(&one.json()["data"], "id")).collect();
    assert_eq!(events.len(), count);
}

async fn a_server_that_is_killed_leaves_no_message_unsent(app: App) {
    let unit = app.tree().await.unit;
    let (client, receiver) = (admin(&app, UNIT), Receiver::start());
    let subscription = subscribe(&client, &receiver, &["jixiao.project.created"]).await;
    for round in 0..3 {
        let program = Program::start(&app);
        for number in 0..15 {
            let body = project(&unit).with("code", format!("K{round}-{number}"));
            program.post("/api/v1/projects", body.to_string().as_bytes()).expect("made");
        }
        receiver.wait_for(round * 15 + 3).await;
        program.kill();
    }
    // What was under way belongs to the killed server until its lease ends.
    client.get(&of(&subscription, "")).await.status(200);
    app.execute("UPDATE webhook_deliveries SET leased_until = created_at");
    let _program = Program::start(&app);
    progress(&client, &subscription, |progress| progress["pending"] == 0 && progress["is_behind"] == false).await;
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for message in receiver.received() {
        *taken.entry(text(&message.json()["data"]["data"], "project_code")).or_default() += 1;
    }
    assert_eq!(taken.len(), 45, "each event was sent at least once");
    assert_eq!(ids(&receiver.received()).len(), 45, "under one id");
}
