//! Whose a code is. Tokens name organizations by their codes: a division that could register any code below itself would
//! take another one's, and would be acted for by the other one's tokens.
//!
//! A code that begins with that of a registered division, or with the six digits of an administrative division
//! (行政区划代码, GB/T 2260), belongs to that division. Any other may be registered by whoever comes first, unless the
//! installation says whose codes are: then that alone counts, and the divisions' own codes.

use std::str::FromStr;
use std::sync::Arc;

use super::model::{Organization, OrganizationKind};
use super::store;
use crate::db::Connection;
use crate::http::error::{Code, FieldError, Message, Result};
use crate::values::{FromText, NaturalCode};

/// Codes that the installation gives to a division, beside those that begin with the division's own: `341702=219`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRange {
    division_code: NaturalCode,
    /// What the codes begin with; empty for all that no other division has.
    prefix: String,
}

impl FromStr for CodeRange {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<CodeRange, String> {
        let wrong = || format!("{text} is no DIVISION=PREFIX such as 341702=219, or 341702=* for all other codes");
        let (division, prefix) = text.split_once('=').ok_or_else(wrong)?;
        let division_code = NaturalCode::from_text(division.trim()).map_err(|_| wrong())?;
        match prefix.trim() {
            "*" => Ok(CodeRange { division_code, prefix: String::new() }),
            prefix => NaturalCode::from_text(prefix)
                .map(|prefix| CodeRange { division_code, prefix: prefix.to_string() })
                .map_err(|_| wrong()),
        }
    }
}

/// All ranges of an installation, separated by commas: `341702=219,341703=*`.
#[derive(Debug, Clone, Default)]
pub struct CodeRanges(Arc<[CodeRange]>);

impl FromStr for CodeRanges {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<CodeRanges, String> {
        let mut ranges: Vec<CodeRange> = Vec::new();
        for range in text.split(',') {
            let range: CodeRange = range.parse()?;
            if let Some(other) = ranges.iter().find(|other| other.prefix == range.prefix) {
                let prefix = if range.prefix.is_empty() { "*" } else { &range.prefix };
                let (one, two) = (&other.division_code, &range.division_code);
                return Err(format!("{prefix} is given to {one} and to {two}; give it to one of them"));
            }
            ranges.push(range);
        }
        Ok(CodeRanges(ranges.into()))
    }
}

impl CodeRanges {
    /// Whether an organization may have its code: as a division, or below one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn allow(&self, c: &mut Connection, organization: &Organization) -> Result<bool> {
        match &organization.parent_id {
            None => self.may_be_root(c, &organization.code),
            Some(parent) => {
                let above = store::find(c, parent)?.division_code;
                self.belongs(c, organization.kind, &organization.code, &above)
            }
        }
    }

    /// Whether a new code may stand below a division: of all that claim it the division has the longest beginning, or
    /// nobody claims it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn belongs(
        &self,
        c: &mut Connection,
        kind: OrganizationKind,
        code: &NaturalCode,
        division_code: &NaturalCode,
    ) -> Result<bool> {
        let claims = |range: &&CodeRange| code.as_str().starts_with(&range.prefix);
        let longest = |is_own: bool| {
            let ranges = self.0.iter().filter(claims);
            let ranges = ranges.filter(|range| (range.division_code == *division_code) == is_own);
            ranges.map(|range| range.prefix.len()).max()
        };
        let beginning = match kind {
            OrganizationKind::Division => beginning_of_divisions_below(division_code.as_str()),
            _ => division_code.as_str(),
        };
        let by_its_code = code.as_str().starts_with(beginning).then_some(beginning.len());
        let own = longest(true).max(by_its_code);
        if longest(false).is_some_and(|other| Some(other) >= own) {
            return Ok(false);
        }
        if own.is_none() && (!self.0.is_empty() || is_of_a_division(code.as_str())) {
            return Ok(false);
        }
        // Codes are ASCII, so every length is one of a beginning.
        let lengths = own.map_or(1, |own| own + 1)..=code.as_str().len();
        let longer: Vec<&str> = lengths.filter_map(|end| code.as_str().get(..end)).collect();
        Ok(!store::any_division(c, &longer, division_code)?)
    }

    /// Whether a new division may have a code: not one that belongs below another division.
    ///
    /// # Errors
    /// When the database fails.
    pub fn may_be_root(&self, c: &mut Connection, code: &NaturalCode) -> Result<bool> {
        let claims = |range: &CodeRange| {
            range.division_code != *code && !range.prefix.is_empty() && code.as_str().starts_with(&range.prefix)
        };
        let beginnings: Vec<&str> = (1..code.as_str().len()).filter_map(|end| code.as_str().get(..end)).collect();
        Ok(!self.0.iter().any(claims) && !store::any_division(c, &beginnings, code)?)
    }

    /// What is said of a code that is no division's.
    pub const NO_ROOT: (&str, &str) = (
        "该代码以已登记区划的代码开头，属于该区划；由该区划登记在其下",
        "the code begins with that of a registered division and belongs to it, which registers it below itself",
    );

    /// What is said of a code that does not belong below a division.
    pub fn refused(code: &NaturalCode, division_code: &NaturalCode) -> FieldError {
        let detail = Message::new(
            format!(
                "{code}属于另一区划；{division_code}之下的单位代码以{division_code}开头。\
                 另有编码规则的，由系统管理员以JIXIAO_ORGANIZATION_CODES设定，例如{division_code}=219"
            ),
            format!(
                "{code} belongs to another division; codes below {division_code} begin with {division_code}. Where codes are \
                 otherwise, the operator says so by JIXIAO_ORGANIZATION_CODES, for example {division_code}=219"
            ),
        );
        FieldError::new("/code", Code::NotAllowedHere, detail)
    }
}

/// Provinces, the first two digits of every administrative division (GB/T 2260).
const PROVINCES: &[&str] = &[
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
];

/// Provinces with counties of their own, whose third and fourth digits are 90.
const WITH_COUNTIES: &[&str] = &["41", "42", "46", "65"];

/// With what the codes of the divisions below another begin: those of counties with the first four digits of their
/// prefecture 410100, and those of prefectures with the first two of their province 410000 (GB/T 2260).
fn beginning_of_divisions_below(division_code: &str) -> &str {
    match division_code.len() == 6 && is_of_a_division(division_code) {
        true => division_code.trim_end_matches("0000").trim_end_matches("00"),
        false => division_code,
    }
}

/// Whether a code begins with that of an administrative division. Prefectures have the digits 01 to 70 (GB/T 2260); so
/// 219001, a unit of the department 219, is of none.
fn is_of_a_division(code: &str) -> bool {
    let digits = code.get(..6).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let Some((province, prefecture)) = digits.and_then(|digits| digits.get(..2).zip(digits.get(2..4))) else {
        return false;
    };
    let is_prefecture = prefecture <= "70" || prefecture == "90" && WITH_COUNTIES.contains(&province);
    PROVINCES.contains(&province) && is_prefecture
}
