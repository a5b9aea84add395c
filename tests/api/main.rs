//! The API tests: in process, without a port, each case once on SQLite and once on Postgres.
//!
//! A case is an `async fn` whose name is a sentence, listed in its file's `cases!`; one that is not listed
//! is dead code, which the compiler reports. Postgres comes from TEST_DATABASE_URL, or is started
//! from what is installed; `REQUIRE_POSTGRES=1` makes its absence a failure.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets the unexpected stops, and says what it met"
)]

mod answers;
mod architecture;
mod assessments;
mod auth;
mod backups;
mod bodies;
mod budgets;
mod changes;
mod check;
mod circles;
mod databases;
mod divisions;
mod errors;
mod etag;
mod exports;
mod feed_killed;
mod following;
mod frozen;
mod idempotency;
mod imports;
mod indicators;
mod locks;
#[cfg(feature = "s3")]
mod objects;
mod openapi;
mod organizations;
mod paging;
mod partitions;
mod plans;
mod postgres_servers;
mod projects;
mod proxies;
mod puller;
mod readme;
mod regressions;
mod reports;
mod representations;
mod rule_profiles;
mod sample;
mod score_previews;
mod scores;
mod servers;
mod service;
mod serving;
mod statistics;
mod support;
mod tables;
mod webhooks;
mod workflow;
mod writes;

use std::process::ExitCode;
use std::rc::Rc;

use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use support::{Case, Kind, Place, Run, Setting, postgres};

fn files() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("answers", answers::all()),
        ("architecture", architecture::all()),
        ("circles", circles::all()),
        ("assessments", assessments::all()),
        ("auth", auth::all()),
        ("backups", backups::all()),
        ("bodies", bodies::all()),
        ("budgets", budgets::all()),
        ("changes", changes::all()),
        ("check", check::all()),
        ("databases", databases::all()),
        ("divisions", divisions::all()),
        ("errors", errors::all()),
        ("exports", exports::all()),
        ("feed_killed", feed_killed::all()),
        ("frozen", frozen::all()),
        ("following", following::all()),
        ("etag", etag::all()),
        ("idempotency", idempotency::all()),
        ("imports", imports::all()),
        ("indicators", indicators::all()),
        ("locks", locks::all()),
        #[cfg(feature = "s3")]
        ("objects", objects::all()),
        ("openapi", openapi::all()),
        ("organizations", organizations::all()),
        ("paging", paging::all()),
        ("partitions", partitions::all()),
        ("plans", plans::all()),
        ("postgres_servers", postgres_servers::all()),
        ("projects", projects::all()),
        ("proxies", proxies::all()),
        ("puller", puller::all()),
        ("readme", readme::all()),
        ("regressions", regressions::all()),
        ("reports", reports::all()),
        ("representations", representations::all()),
        ("rule_profiles", rule_profiles::all()),
        ("sample", sample::all()),
        ("score_previews", score_previews::all()),
        ("scores", scores::all()),
        ("servers", servers::all()),
        ("service", service::all()),
        ("serving", serving::all()),
        ("statistics", statistics::all()),
        ("tables", tables::all()),
        ("webhooks", webhooks::all()),
        ("writes", writes::all()),
        ("workflow", workflow::all()),
    ]
}

/// Cases that are about the memory of one server, and why they do not run on two.
const OF_ONE_SERVER: &[(&str, &str)] = &[
    ("an_exhausted_pool_is_answered_unavailable", "the other server has a pool of its own"),
    ("an_organization_has_so_many_long_polls_and_no_more", "the other server counts for itself"),
    ("an_organization_that_fills_its_queue_does_not_hold_up_another", "it is about one server's queues"),
    ("a_full_queue_of_writes_is_answered_busy", "the other server has a queue of its own"),
    ("a_long_check_shows_its_progress_and_is_cancelled", "the other server shows what the lease said, moments ago"),
];

fn trials(postgres_is_there: bool) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (file, cases) in files() {
        for case in cases {
            match case.run {
                Run::Alone(test) => trials.push(Trial::test(format!("program::{file}::{}", case.name), move || {
                    test();
                    Ok(())
                })),
                Run::Servers(test) => {
                    let name = format!("postgres::{file}::{}", case.name);
                    let trial = Trial::test(name, move || {
                        actix_web::rt::System::new().block_on(test());
                        Ok(())
                    });
                    trials.push(trial.with_ignored_flag(!postgres::can_start()));
                }
                Run::On(test) => {
                    for setting in Setting::ALL {
                        if setting == Setting::TwoServers && OF_ONE_SERVER.iter().any(|(name, _)| *name == case.name) {
                            continue;
                        }
                        let name = format!("{}::{file}::{}", setting.name(), case.name);
                        let trial = Trial::test(name, move || run(setting, test));
                        trials.push(trial.with_ignored_flag(setting.kind() == Kind::Postgres && !postgres_is_there));
                    }
                }
            }
        }
    }
    trials
}

fn run(setting: Setting, test: support::Test) -> Result<(), Failed> {
    let place = Rc::new(Place::new(setting)?);
    actix_web::rt::System::new().block_on(async { test(support::App::start(place.clone()).await).await });
    sums_are_kept(&place)
}

/// Whatever a case did, the kept sums are those of its rows; but for a case that breaks its database.
fn sums_are_kept(place: &Place) -> Result<(), Failed> {
    let differing = jixiao::db::Connection::open(&place.address).ok().and_then(|mut c| c.differing_sums().ok());
    let differing: Vec<_> = differing.into_iter().flatten().filter(|(_, count)| *count > 0).collect();
    match differing.is_empty() {
        true => Ok(()),
        false => Err(format!("the kept sums are not those of the rows: {differing:?}").into()),
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let there = postgres::is_there();
    if !there {
        eprintln!(
            "Postgres is not tested: TEST_DATABASE_URL names no server, and no initdb and postgres are installed."
        );
        if std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1") {
            eprintln!("REQUIRE_POSTGRES=1 asks for it, so this is a failure.");
            return ExitCode::FAILURE;
        }
    }
    let conclusion: Conclusion = libtest_mimic::run(&arguments, trials(there));
    postgres::stop();
    conclusion.exit_code()
}
