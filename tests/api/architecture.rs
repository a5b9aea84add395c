//! The rules of the house that can be read off the source: who may import whom, and where.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::openapi::walk;
use crate::support::cases;

cases![
    ;
    handlers_contain_no_diesel,
    handlers_write_as_their_caller,
    stores_actions_and_models_contain_no_actix,
    a_library_within_depends_on_what_it_needs_alone,
    the_core_touches_no_clock_and_no_floating_point,
    no_resource_imports_the_handlers_of_another,
    stores_import_no_handlers_and_no_actions,
    models_touch_no_connection,
    only_the_database_folder_names_the_two_databases,
    nothing_below_the_commands_imports_them,
    a_file_begins_with_a_sentence_and_has_one_subject,
    every_resource_has_the_same_files,
    every_decision_is_listed_in_contributing,
    lints_are_silenced_with_a_reason
];

/// Files over 400 lines, with the reason why they are one.
const LONG: &[(&str, &str)] = &[];

/// Folders that are resources: those with operations, but for what is no resource of its own.
static RESOURCES: LazyLock<Vec<String>> = LazyLock::new(|| {
    const OTHERS: [&str; 2] = ["auth", "service"];
    let folders = std::fs::read_dir(root()).expect("the sources").flatten();
    let names = folders.map(|folder| folder.file_name().to_string_lossy().into_owned());
    names.filter(|name| root().join(name).join("handlers.rs").exists() && !OTHERS.contains(&name.as_str())).collect()
});

struct Source {
    /// Its path below `src`, or `crates/NAME/…` of a library within.
    path: String,
    text: String,
}

impl Source {
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    fn folder(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// What its code says, without comments.
    fn code(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter(|line| !line.trim_start().starts_with("//"))
    }

    /// Its `use` declarations, each on one line.
    fn uses(&self) -> Vec<String> {
        let mut uses = Vec::new();
        let mut open: Option<String> = None;
        for line in self.code().map(str::trim) {
            let start =
                line.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ").trim_start_matches("pub ");
            match &mut open {
                Some(text) => text.push_str(line),
                None if start.starts_with("use ") => open = Some(start.to_owned()),
                None => continue,
            }
            if open.as_ref().is_some_and(|text| text.ends_with(';')) {
                uses.extend(open.take());
            }
        }
        uses
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources() -> Vec<Source> {
    let of = |folder: PathBuf, prefix: String| {
        let files = walk(&folder).into_iter();
        files.map(move |path| Source {
            text: std::fs::read_to_string(&path).expect("a source file"),
            path: format!("{prefix}{}", path.strip_prefix(&folder).expect("below it").to_string_lossy()),
        })
    };
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let names = std::fs::read_dir(&crates).expect("crates").map(|entry| entry.expect("an entry").file_name());
    let libraries: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    let libraries = libraries.iter().flat_map(|name| of(crates.join(name).join("src"), format!("crates/{name}/")));
    of(root(), String::new()).chain(libraries).collect()
}

/// Fails with the rule and every place that breaks it.
#[track_caller]
fn holds(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}

/// Lines of the code of some files that name one of these.
fn naming(files: impl Fn(&Source) -> bool, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| files(source)) {
        for line in source.code().filter(|line| words.iter().any(|word| line.contains(word))) {
            found.push(format!("{}: {}", source.path, line.trim()));
        }
    }
    found
}

/// `use` declarations of some files that name one of these.
fn importing(files: impl Fn(&Source) -> bool, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| files(source)) {
        for line in source.uses().iter().filter(|line| words.iter().any(|word| line.contains(word))) {
            found.push(format!("{}: {line}", source.path));
        }
    }
    found
}

fn handlers_contain_no_diesel() {
    let files = |source: &Source| source.name() == "handlers.rs";
    assert!(sources().iter().filter(|source| files(source)).count() >= 9);
    holds("Handlers translate: they contain no diesel.", naming(files, &["diesel", "schema::", " on!(", "crate::on"]));
}

fn handlers_write_as_their_caller() {
    let files = |source: &Source| source.name() == "handlers.rs";
    let mut writes = naming(files, &[".write(", ".write_as("]);
    assert!(writes.len() >= 15, "{writes:?}");
    writes.retain(|line| !line.contains("(author, ") && !line.contains("(caller.author(), "));
    holds("A change made for a request is its caller's: Database::write takes the author.", writes);
}

fn stores_actions_and_models_contain_no_actix() {
    let files = |source: &Source| matches!(source.name(), "store.rs" | "actions.rs" | "model.rs" | "workflow.rs");
    assert!(sources().iter().filter(|source| files(source)).count() >= 18);
    holds("Stores, actions and models know no HTTP: they contain no actix.", naming(files, &["actix"]));
}

fn a_library_within_depends_on_what_it_needs_alone() {
    let libraries: [(&str, &[&str]); 3] = [
        ("scoring", &["chrono", "rust_decimal", "strum"]),
        (
            "forms",
            &[
                "calamine",
                "cfb",
                "chrono",
                "encoding_rs",
                "html5gum",
                "jixiao-scoring",
                "quick-xml",
                "rust_decimal",
                "zip",
            ],
        ),
        (
            "reports",
            &["jixiao-scoring", "serde_json", "typst", "typst-layout", "typst-pdf", "unicode-properties", "zip"],
        ),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    assert_eq!(std::fs::read_dir(&folder).expect("crates").count(), libraries.len(), "each library is listed here");
    for (library, allowed) in libraries {
        let manifest = std::fs::read_to_string(folder.join(library).join("Cargo.toml")).expect("a manifest");
        let (_, rest) = manifest.split_once("[dependencies]").expect("dependencies");
        let own = rest.split("\n[").next().unwrap_or_default().lines();
        let own: Vec<&str> = own.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
        assert_eq!(own, *allowed, "{library}");
        assert!(folder.join(library).join("README.md").exists(), "{library} has a page of its own");
    }
}

fn the_core_touches_no_clock_and_no_floating_point() {
    let core = |source: &Source| source.path.starts_with("crates/scoring/") && !source.path.contains("/tests/");
    assert!(sources().iter().filter(|source| core(source)).count() >= 50);
    let impure =
        ["SystemTime", "Utc::now", "Local::now", "log::", "println!", "std::fs", "std::net", "std::env", "f64", "f32"];
    holds("scoring and findings touch no clock, log, file, network or floating point.", naming(core, &impure));
}

fn no_resource_imports_the_handlers_of_another() {
    let mut broken = Vec::new();
    for source in sources() {
        for line in source.code().filter(|line| line.contains("::handlers")) {
            let own = format!("crate::{}::handlers", source.folder());
            if !line.contains(&own) && !line.contains("super::handlers") && line.contains("crate::") {
                broken.push(format!("{}: {}", source.path, line.trim()));
            }
        }
    }
    holds("No resource imports another's handlers.", broken);
}

fn stores_import_no_handlers_and_no_actions() {
    let words = ["::actions", "::handlers", "::workflow", "crate::scoring::score", "crate::findings::check"];
    let files = |source: &Source| source.name() == "store.rs";
    holds("Stores query: they import neither actions nor handlers, and score nothing.", importing(files, &words));
}

fn models_touch_no_connection() {
    let files = |source: &Source| source.name() == "model.rs";
    let words = ["Connection", "Database", "::store", "::actions", "::handlers", " on!(", "crate::on"];
    holds("Models are shapes: they touch neither a connection nor a store.", naming(files, &words));
}

fn only_the_database_folder_names_the_two_databases() {
    // Values say how each database keeps them.
    let files = |source: &Source| !matches!(source.folder(), "db" | "values") && source.folder() != "config";
    let mut named = naming(
        files,
        &[
            "SqliteConnection",
            "PgConnection",
            "diesel::sqlite",
            "diesel::pg",
            "Connection::Sqlite",
            "Connection::Postgres",
            "Address::Sqlite",
            "Address::Postgres",
        ],
    );
    named.retain(|place| !place.contains("check_for_backend"));
    // The demo makes its own file anew.
    named.retain(|place| !place.starts_with("cli/demo.rs"));
    holds("Only src/db, and src/values of their columns, know which database it is.", named);
}

fn nothing_below_the_commands_imports_them() {
    let files = |source: &Source| source.folder() != "cli" && source.path != "main.rs";
    holds("The commands are on top: nothing imports cli.", importing(files, &["crate::cli"]));
    let resources = |source: &Source| RESOURCES.iter().any(|name| name == source.folder()) || source.folder() == "db";
    holds(
        "Resources and the database import neither app nor openapi.",
        importing(resources, &["crate::app", "crate::openapi", "crate::config::Server"]),
    );
}

fn a_file_begins_with_a_sentence_and_has_one_subject() {
    let mut broken = Vec::new();
    for source in sources() {
        let first = source.text.lines().next().unwrap_or_default();
        if !first.starts_with("//! ") || first.len() < 12 {
            broken.push(format!("{}: begins with {first:?}", source.path));
        }
        let lines = source.text.lines().count();
        let excepted = LONG.iter().any(|(path, _)| *path == source.path);
        if lines > 400 && !excepted {
            broken.push(format!("{}: {lines} lines; split it by subject", source.path));
        }
        if excepted && lines <= 400 {
            broken.push(format!("{}: {lines} lines; it needs no exception any more", source.path));
        }
    }
    let known: BTreeSet<String> = sources().into_iter().map(|source| source.path).collect();
    broken.extend(LONG.iter().filter(|(path, _)| !known.contains(*path)).map(|(path, _)| format!("{path}: is gone")));
    holds("A file has one subject, says it in its first line, and has at most 400 lines.", broken);
}

fn every_resource_has_the_same_files() {
    let mut broken = Vec::new();
    for resource in RESOURCES.iter() {
        for file in ["mod.rs", "model.rs", "handlers.rs"] {
            if !root().join(resource).join(file).exists() {
                broken.push(format!("{resource} has no {file}"));
            }
        }
        let text = |file: &str| std::fs::read_to_string(root().join(resource).join(file)).unwrap_or_default();
        if !text("handlers.rs").contains("pub const API: Api") {
            broken.push(format!("{resource}/handlers.rs does not say what it adds to the API"));
        }
        if text("mod.rs").contains("fn ") {
            broken.push(format!("{resource}/mod.rs does more than to hand out types"));
        }
    }
    holds("Every resource folder has mod.rs, model.rs and handlers.rs, with what it adds to the API.", broken);
}

fn every_decision_is_listed_in_contributing() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = std::fs::read_to_string(top.join("CONTRIBUTING.md")).expect("CONTRIBUTING.md");
    let pages = std::fs::read_dir(top.join("docs/decisions")).expect("the decisions");
    let names = pages.map(|page| page.expect("a page").file_name().to_string_lossy().into_owned());
    holds("CONTRIBUTING leads to every decision.", names.filter(|name| !list.contains(name)).collect());
}

fn lints_are_silenced_with_a_reason() {
    let mut broken = naming(|_| true, &["#[allow(", "#![allow("]);
    for source in sources() {
        for (at, _) in source.text.match_indices("[expect(") {
            let end = source.text[at..].find(")]").map_or(source.text.len(), |end| at + end);
            if !source.text[at..end].contains("reason =") {
                broken.push(format!("{}: {}", source.path, &source.text[at..end]));
            }
        }
    }
    holds("A lint is silenced by #[expect(…, reason = \"…\")] only.", broken);
}
