//! Suggestions for a wrong name or code: the most similar registered ones.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::auth::Caller;
use crate::db::Connection;
use crate::http::error::Result;
use crate::{organizations, projects};

/// The most names that are searched.
const LOOKED_AT: i64 = 5_000;
/// The most suggestions for one file, so that a file full of wrong names does not take an hour.
const SUGGESTIONS: usize = 2_000;
/// The least similarity for a suggestion, in hundredths.
const ALIKE: usize = 50;

/// Codes and names.
type Names = Vec<(String, String)>;

/// A cache of the names, each list of which is read once.
#[derive(Default)]
pub struct Near {
    projects: HashMap<i32, Names>,
    organizations: Option<Names>,
    given: usize,
}

impl Near {
    /// Projects of the year whose code or name is similar.
    pub fn projects(&mut self, c: &mut Connection, caller: &Caller, year: i32, wanted: &str) -> Result<Vec<String>> {
        if let Entry::Vacant(free) = self.projects.entry(year) {
            free.insert(projects::store::names(c, caller, year, LOOKED_AT)?);
        }
        self.given += 1;
        let names = self.projects.get(&year).filter(|_| self.given <= SUGGESTIONS);
        Ok(names.map(|names| nearest(names, wanted)).unwrap_or_default())
    }

    /// Organizations whose code or name is similar.
    pub fn organizations(&mut self, c: &mut Connection, caller: &Caller, wanted: &str) -> Result<Vec<String>> {
        if self.organizations.is_none() {
            self.organizations = Some(organizations::store::names(c, caller, LOOKED_AT)?);
        }
        self.given += 1;
        let names = self.organizations.as_ref().filter(|_| self.given <= SUGGESTIONS);
        Ok(names.map(|names| nearest(names, wanted)).unwrap_or_default())
    }
}

/// The three most similar, as `code name`.
fn nearest(names: &Names, wanted: &str) -> Vec<String> {
    let mut found: Vec<(usize, &(String, String))> = names
        .iter()
        .map(|one| (likeness(&one.0, wanted).max(likeness(&one.1, wanted)), one))
        .filter(|(alike, _)| *alike >= ALIKE)
        .collect();
    found.sort_by_key(|(alike, one)| (std::cmp::Reverse(*alike), one.0.clone()));
    found.into_iter().take(3).map(|(_, (code, name))| format!("{code} {name}")).collect()
}

/// The similarity of two texts in hundredths: 100 minus the share of characters that must be changed.
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
