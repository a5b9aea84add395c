//! The README's way to an installation of one's own: its lines work as they stand.

use std::path::Path;
use std::process::Command;

use crate::support::{App, Kind, Program, cases};

cases![the_lines_of_both_readmes_lead_to_a_published_score];

/// The lines of a chapter's blocks, but for the first, which serves.
fn lines(readme: &str, chapter: &str) -> String {
    let (_, rest) = readme.split_once(chapter).unwrap_or_else(|| panic!("no chapter {chapter}"));
    let chapter = rest.split("\n### ").next().expect("a chapter");
    let blocks: Vec<&str> = chapter.split("```\n").skip(1).step_by(2).collect();
    assert!(blocks.first().is_some_and(|first| first.starts_with("jixiao serve")), "{blocks:?}");
    blocks.get(1..).expect("more blocks").concat()
}

async fn the_lines_of_both_readmes_lead_to_a_published_score(app: App) {
    if app.kind == Kind::Postgres {
        // It is about the README's lines, which name no database.
        return;
    }
    let has = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !has("bash") || !has("curl") {
        println!("bash and curl are not both here: the README's lines are not run");
        return;
    }
    let program = Program::start(&app);
    let folder = app.place.folder.path();
    let binary = Path::new(env!("CARGO_BIN_EXE_jixiao")).parent().expect("a folder");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    for (index, (file, chapter)) in
        [("README.md", "## Your own installation"), ("README.zh-CN.md", "## 自己的部署")].into_iter().enumerate()
    {
        let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a README");
        let lines = lines(&readme, chapter);
        // Both languages make the same things: the second run has a division of its own.
        let other = lines.replace("410100", "420100");
        let script = if index == 0 { lines } else { other };
        let script = script.replace("http://127.0.0.1:8080", &program.base);
        let ran = Command::new("bash")
            .args(["-c", &format!("set -eu\n{script}")])
            .current_dir(folder)
            .env("PATH", &path)
            .env("JIXIAO_JWT_SECRET_FILE", folder.join("secret"))
            .output()
            .expect("bash runs");
        let (said, wrong) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{file}: {said}\n{wrong}");
        assert!(!said.contains("/problems/"), "{file}: {said}");
        let last = said.lines().last().unwrap_or_default();
        let scores: serde_json::Value =
            serde_json::from_str(last).unwrap_or_else(|cause| panic!("{file}: {cause}: {said}"));
        let score = &scores["items"][0];
        assert_eq!((&score["final_total"], &score["grade"]), (&"99.50".into(), &"excellent".into()), "{file}: {last}");
    }
}
