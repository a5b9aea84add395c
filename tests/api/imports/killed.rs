//! A server that is killed in the middle: all of an import is there afterwards, or nothing.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::files::{commit, indicator_row, ndjson, total, uploader};
use crate::support::{App, Program, cases};

cases![
    a_server_killed_in_the_middle_of_a_commit_leaves_all_or_nothing,
    an_upload_is_sent_by_the_command_and_sent_again
];

const ROWS: usize = 6_000;

async fn a_server_killed_in_the_middle_of_a_commit_leaves_all_or_nothing(app: App) {
    app.project().await;
    let rows: Vec<Value> = (0..ROWS).map(|at| indicator_row("41010021T000000000001", &format!("指标{at}"))).collect();
    let program = Program::start(&app);
    let import = program.post("/api/v1/imports?kind=indicators", &ndjson(&rows)).expect("an import");
    let path = format!("/api/v1/imports/{}", import["id"].as_str().expect("an id"));
    while program.get(&path)["status"] == "validating" {
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::scope(|threads| {
        let sent = threads.spawn(|| program.post(&format!("{path}/commit"), b"").is_ok());
        let mut seen = 0;
        while !sent.is_finished() && seen < 1_000 {
            let progress = &program.get(&path)["progress"];
            if progress["phase"] == "committing" {
                seen = progress["processed"].as_u64().expect("a count");
            }
        }
        program.kill();
        assert!(seen > 0 || sent.join().expect("the thread"), "the commit was neither seen under way nor finished");
    });
    drop(program);
    let client = uploader(&app);
    // Postgres notices a moment later that its client is gone.
    std::thread::sleep(Duration::from_millis(500));
    let after = client.get(&path).await.json(200);
    let count = total(&client, "indicators").await;
    let all = i64::try_from(ROWS).expect("a count");
    match after["status"].as_str() {
        Some("validated") => assert_eq!(count, 0, "nothing of what was not committed is there"),
        Some("committed") => assert_eq!(count, all),
        other => panic!("{other:?}: {after:#}"),
    }
    // Another server goes on where the killed one stopped, and a repeated commit doubles nothing.
    assert_eq!(commit(&client, &import).await.json(200)["status"], "committed");
    assert_eq!(total(&client, "indicators").await, all);
}

async fn an_upload_is_sent_by_the_command_and_sent_again(app: App) {
    app.project().await;
    let program = Program::start(&app);
    let folder = app.place.folder.path().join("tables");
    std::fs::create_dir_all(folder.join("inner")).expect("a folder");
    std::fs::write(folder.join("good.ndjson"), ndjson(&[indicator_row("41010021T000000000001", "甲")]))
        .expect("written");
    std::fs::write(folder.join("inner/bad.ndjson"), ndjson(&[indicator_row("NONE", "乙")])).expect("written");
    std::fs::write(folder.join("~$open.xlsx"), "x").expect("written");
    std::fs::write(folder.join("readme.pdf"), "x").expect("written");
    let token = app.place.folder.path().join("token");
    std::fs::write(&token, format!("{}\n", program.token)).expect("written");
    let run = |extra: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jixiao"));
        command.args(["upload", "--kind", "indicators", "--lang", "en", "--server", &program.base, "--token-file"]);
        command.arg(&token).args(extra).arg(&folder);
        let output = command.output().expect("the command runs");
        (
            output.status.code(),
            String::from_utf8(output.stdout).expect("UTF-8"),
            String::from_utf8(output.stderr).expect("UTF-8"),
        )
    };
    let (code, shown, _) = run(&["--dry-run"]);
    assert_eq!(code, Some(1));
    assert!(shown.contains("unknown_project") && shown.contains("a dry run"), "{shown}");
    let client = uploader(&app);
    assert_eq!(total(&client, "indicators").await, 0);
    for _ in 0..2 {
        let (code, shown, error) = run(&["--json"]);
        assert_eq!(code, Some(1));
        assert!(error.ends_with("jixiao: 1 of 2 files are not committed\n"), "{error}");
        assert!(error.contains("left alone: ") && error.contains("readme.pdf") && !error.contains("~$"), "{error}");
        let files: Vec<Value> = serde_json::from_str(&shown).expect("JSON");
        let states: Vec<&Value> = files.iter().map(|file| &file["import"]["status"]).collect();
        assert_eq!(states, ["committed", "validated"]);
        assert_eq!(files[1]["rejected"][0]["errors"][0]["code"], "unknown_project");
        assert_eq!(total(&client, "indicators").await, 1, "sent again, nothing is doubled");
    }
    // An old workbook is sent, so that the answer says what to do with it.
    std::fs::remove_file(folder.join("inner/bad.ndjson")).expect("removed");
    std::fs::write(folder.join("old.xls"), super::files::container("Book")).expect("written");
    let (code, shown, _) = run(&[]);
    assert_eq!(code, Some(1));
    assert!(shown.contains("old.xls") && shown.contains("xlsx"), "{shown}");
    drop(program);
}
