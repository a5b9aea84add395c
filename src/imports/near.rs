//! What a wrong name or code may have meant: the nearest of those that are there.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::auth::Caller;
use crate::db::Connection;
use crate::http::error::Result;
use crate::{organizations, projects};

/// Names that are looked through at most.
const LOOKED_AT: i64 = 5_000;
/// Suggestions at most, so that a file of wrong names does not cost an hour.
const SUGGESTIONS: usize = 2_000;
/// How much two texts must have in common, in hundredths.
const ALIKE: usize = 50;

/// Codes and names.
type Names = Vec<(String, String)>;

/// Names that were read once.
#[derive(Default)]
pub struct Near {
    projects: HashMap<i32, Names>,
    organizations: Option<Names>,
    given: usize,
}

impl Near {
    /// Projects of the year whose code or name is near.
    pub fn projects(&mut self, c: &mut Connection, caller: &Caller, year: i32, wanted: &str) -> Result<Vec<String>> {
        if let Entry::Vacant(free) = self.projects.entry(year) {
            free.insert(projects::store::names(c, caller, year, LOOKED_AT)?);
        }
        self.given += 1;
        let names = self.projects.get(&year).filter(|_| self.given <= SUGGESTIONS);
        Ok(names.map(|names| nearest(names, wanted)).unwrap_or_default())
    }

    /// Organizations whose code or name is near.
    pub fn organizations(&mut self, c: &mut Connection, caller: &Caller, wanted: &str) -> Result<Vec<String>> {
        if self.organizations.is_none() {
            self.organizations = Some(organizations::store::names(c, caller, LOOKED_AT)?);
        }
        self.given += 1;
        let names = self.organizations.as_ref().filter(|_| self.given <= SUGGESTIONS);
        Ok(names.map(|names| nearest(names, wanted)).unwrap_or_default())
    }
}

/// The three nearest, as `code name`.
fn nearest(names: &Names, wanted: &str) -> Vec<String> {
    let mut found: Vec<(usize, &(String, String))> = names
        .iter()
        .map(|one| (likeness(&one.0, wanted).max(likeness(&one.1, wanted)), one))
        .filter(|(alike, _)| *alike >= ALIKE)
        .collect();
    found.sort_by_key(|(alike, one)| (std::cmp::Reverse(*alike), one.0.clone()));
    found.into_iter().take(3).map(|(_, (code, name))| format!("{code} {name}")).collect()
}

/// What two texts have in common, in hundredths: 100 less the share of characters that must be changed.
fn likeness(one: &str, other: &str) -> usize {
    let longest = one.chars().count().max(other.chars().count()).max(1);
    100_usize.saturating_sub(strsim::levenshtein(one, other) * 100 / longest)
}

/// The end of a sentence that suggests them, in both languages.
pub fn suggestion(found: &[String]) -> (String, String) {
    match found.is_empty() {
        true => (String::new(), String::new()),
        false => (format!("；是否为：{}", found.join("、")), format!("; did you mean {}?", found.join(" or "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_come_first_and_what_is_unlike_not_at_all() {
        let names =
            [("P-001", "企业培训"), ("P-002", "道路维修"), ("X", "无关")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(nearest(&names.to_vec(), "P-003"), ["P-001 企业培训", "P-002 道路维修"]);
        assert_eq!(nearest(&names.to_vec(), "道路维护"), ["P-002 道路维修"]);
        assert!(nearest(&names.to_vec(), "完全不同的名称").is_empty());
    }
}
