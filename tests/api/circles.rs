//! Circles of files: which file needs which, each name followed through `pub use` to the file that defines it.

use std::collections::{BTreeMap, BTreeSet};

use crate::openapi::walk;
use crate::support::cases;

cases![; no_circle_of_files_leaves_its_folder, a_circle_of_files_is_found_through_what_a_module_hands_out];

/// A module's path below the crate, for example `["db", "journal"]`.
type Module = Vec<String>;

/// The files of a crate by their modules, with what they say.
#[derive(Default)]
struct Files(BTreeMap<Module, (String, String)>);

impl Files {
    fn of(files: impl IntoIterator<Item = (String, String)>) -> Files {
        let module = |path: &str| -> Module {
            let parts = path.trim_end_matches(".rs").split('/').map(str::to_owned);
            let mut parts: Module = parts.collect();
            if parts.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib")) {
                parts.pop();
            }
            parts
        };
        let is_code = |path: &str| !path.ends_with("tests.rs") && !path.contains("/tests/") && path != "main.rs";
        let files = files.into_iter().filter(|(path, _)| is_code(path));
        Files(files.map(|(path, text)| (module(&path), (path, code(&text)))).collect())
    }

    /// The file that defines what a path names in a module.
    fn defining(&self, module: &Module, path: &[String], depth: u32) -> Option<&Module> {
        let (first, rest) = path.split_first()?;
        let mut at = module.clone();
        let mut rest = rest;
        match first.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => {
                at.pop();
                while let Some(("super", more)) = rest.split_first().map(|(first, more)| (first.as_str(), more)) {
                    at.pop();
                    rest = more;
                }
            }
            child => {
                at.push(child.to_owned());
                self.0.get(&at)?;
            }
        }
        while let Some((next, more)) = rest.split_first() {
            at.push(next.clone());
            if !self.0.contains_key(&at) {
                at.pop();
                break;
            }
            rest = more;
        }
        let (found, (_, text)) = self.0.get_key_value(&at)?;
        let handed_out = rest.first().filter(|_| depth < 8).and_then(|name| {
            let given = uses(text).into_iter().filter(|(is_public, _)| *is_public);
            let mut given = given.filter(|(_, path)| path.last() == Some(name));
            self.defining(found, &given.next()?.1, depth + 1)
        });
        // A module that is imported as such is needed where something of it is named.
        let is_named = !rest.is_empty() || found.is_empty() || !self.is_folder(found);
        handed_out.or_else(|| is_named.then_some(found))
    }

    fn is_folder(&self, module: &Module) -> bool {
        self.0.get(module).is_some_and(|(path, _)| path.ends_with("/mod.rs"))
    }

    /// Which files each file needs.
    fn needs(&self) -> BTreeMap<&Module, BTreeSet<&Module>> {
        let mut needs: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
        for (module, (_, text)) in &self.0 {
            let imported = uses(text);
            let mut paths: Vec<Vec<String>> = imported.iter().map(|(_, path)| path.clone()).collect();
            for path in written(text) {
                let Some(first) = path.first() else { continue };
                let known = imported.iter().find(|(_, known)| known.last() == Some(first));
                match (first.as_str(), known) {
                    ("crate" | "super" | "self", _) => paths.push(path),
                    (_, Some((_, known))) => paths.push([known, &path[1..]].concat()),
                    _ => {}
                }
            }
            let found = paths.iter().filter_map(|path| self.defining(module, path, 0));
            needs.entry(module).or_default().extend(found.filter(|found| *found != module));
        }
        needs
    }

    /// Files that need each other, by their paths: each circle with all files that are on one with it.
    fn circles(&self) -> Vec<BTreeSet<&str>> {
        let needs = self.needs();
        let reach = |start: &Module| {
            let mut reached: BTreeSet<&Module> = BTreeSet::new();
            let mut open: Vec<&Module> = needs.get(start).into_iter().flatten().copied().collect();
            while let Some(next) = open.pop() {
                if reached.insert(next) {
                    open.extend(needs.get(next).into_iter().flatten());
                }
            }
            reached
        };
        let reached: BTreeMap<&Module, BTreeSet<&Module>> =
            self.0.keys().map(|module| (module, reach(module))).collect();
        let mut circles = BTreeSet::new();
        for (module, far) in reached.iter().filter(|(module, far)| far.contains(*module)) {
            let back = far.iter().filter(|other| reached[**other].contains(module));
            circles.insert(back.map(|other| self.0[*other].0.as_str()).collect());
        }
        circles.into_iter().collect()
    }
}

/// The code without comments and texts.
fn code(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut code = String::new();
    for line in lines {
        code.extend(line.split('"').step_by(2));
        code.push('\n');
    }
    code
}

/// The `use` declarations of a file, a path for each name; and whether it hands the name out.
fn uses(code: &str) -> Vec<(bool, Vec<String>)> {
    let mut found = Vec::new();
    for statement in code.split_inclusive([';', '{', '}']).collect::<String>().split(";\n") {
        let Some(at) = statement.rfind("use ").filter(|at| statement[..*at].ends_with(['\n', ' ']) || *at == 0) else {
            continue;
        };
        let is_public =
            statement[..at].trim_end().ends_with("pub") || statement[..at].trim_end().ends_with("pub(crate)");
        let tree: String = statement[at + 4..].split_whitespace().collect();
        for path in expanded(&tree) {
            found.push((is_public, path));
        }
    }
    found
}

/// The paths of a tree such as `a::{b, c::{self, d}}`.
fn expanded(tree: &str) -> Vec<Vec<String>> {
    let Some((head, inner)) = tree.strip_suffix('}').and_then(|tree| tree.split_once('{')) else {
        return vec![tree.split("::").filter(|part| *part != "self").map(str::to_owned).collect()];
    };
    let head: Vec<String> = head.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for char in inner.chars() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match parts.last_mut() {
            Some(last) if char != ',' || depth > 0 => last.push(char),
            _ => parts.push(String::new()),
        }
    }
    let parts = parts.iter().filter(|part| !part.is_empty());
    parts.flat_map(|part| expanded(part)).map(|path| [head.clone(), path].concat()).collect()
}

/// The paths that the code writes out, such as `store::insert`.
fn written(code: &str) -> Vec<Vec<String>> {
    let words = code.split(|char: char| !char.is_ascii_alphanumeric() && char != '_' && char != ':');
    let paths = words.filter(|word| word.contains("::") && !word.starts_with(':'));
    paths.map(|word| word.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()).collect()
}

fn no_circle_of_files_leaves_its_folder() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walk(&root).into_iter().map(|path| {
        let text = std::fs::read_to_string(&path).expect("a source file");
        (path.strip_prefix(&root).expect("below src").to_string_lossy().into_owned(), text)
    });
    let files = Files::of(files);
    assert!(files.needs().values().map(BTreeSet::len).sum::<usize>() > 500, "the files need each other");
    let folders = |circle: &BTreeSet<&str>| {
        circle.iter().map(|path| path.split('/').next().unwrap_or_default().to_owned()).collect()
    };
    let wide: Vec<BTreeSet<&str>> = files
        .circles()
        .into_iter()
        .filter(|circle| {
            <BTreeSet<String> as FromIterator<String>>::from_iter::<Vec<String>>(folders(circle)).len() > 1
        })
        .collect();
    assert!(wide.is_empty(), "Files of two folders never need each other in a circle.\n  {wide:?}");
    let widest = files.circles().iter().map(BTreeSet::len).max().unwrap_or_default();
    assert!(widest <= 10, "a circle of {widest} files: {:?}", files.circles());
}

fn a_circle_of_files_is_found_through_what_a_module_hands_out() {
    let files =
        |texts: &[(&str, &str)]| Files::of(texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let open = [
        ("lib.rs", "pub mod one;\npub mod two;\n"),
        ("one/mod.rs", "mod model;\nmod store;\npub use model::{Id, Row};\n"),
        ("one/model.rs", "pub struct Id;\npub struct Row;\n"),
        ("one/store.rs", "use super::model::Row;\nuse crate::two;\nfn f() { two::store::g() }\n"),
        ("two/mod.rs", "pub mod store;\n"),
        ("two/store.rs", "use crate::one::Id;\npub fn g() {}\n"),
    ];
    assert_eq!(files(&open).circles(), Vec::<BTreeSet<&str>>::new(), "what is handed out is its file's");
    let mut closed = open;
    closed[2].1 = "use crate::two::store::g;\npub struct Id;\n";
    assert_eq!(files(&closed).circles(), [BTreeSet::from(["one/model.rs", "two/store.rs"])]);
}
