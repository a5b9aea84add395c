//! Where a reader stands in the feeds of the divisions that it sees.
//!
//! One division is one dense sequence, and a number says it all. Who sees several follows each of them, so its position
//! holds a number of each. It is opaque and short: codes of neighbours begin alike, and their numbers lie close.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::sealed::{self, Numbering, Sealed};
use crate::http::error::{Code, Error};
use crate::values::{FromText, Misread, shortened, text_json};

/// The form of an opaque position, in its first byte.
const FORM: u8 = 1;

/// The id of an event: its division, and its number as a reader was shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventId {
    /// The division.
    pub division_code: String,
    position: Position,
}

impl EventId {
    /// The event's number.
    ///
    /// # Errors
    /// 410 when this reader was never shown it so.
    pub fn number(&self, numbering: &Numbering) -> crate::http::error::Result<i64> {
        self.position.number(&self.division_code, numbering)
    }
}

/// Where a reader stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// In the feed of its own division.
    Number(i64),
    /// In that feed, as a reader below the division is shown it.
    Sealed(Sealed),
    /// In the feeds of several.
    Several(Positions),
}

/// A number of each of several divisions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Positions {
    /// The number of each division, by its code.
    pub numbers: BTreeMap<String, i64>,
    /// The division that is read first, so that none waits for a busy one.
    pub first: Option<String>,
}

impl Position {
    /// The number of a division, if the reader has one of it; `own` is the reader's.
    pub fn of(&self, division: &str, own: &str) -> Option<i64> {
        match self {
            Position::Number(number) => Some(*number).filter(|_| division == own),
            Position::Sealed(_) => None,
            Position::Several(positions) => positions.numbers.get(division).copied(),
        }
    }

    /// The number in a division's feed that a reader was shown, or 0 to begin.
    ///
    /// # Errors
    /// 410 for a number that is sealed for this reader, and for what was sealed for others.
    pub fn number(&self, division: &str, numbering: &Numbering) -> crate::http::error::Result<i64> {
        let number = match self {
            Position::Number(number) => Some(*number).filter(|number| *number == 0 || numbering.is_plain()),
            Position::Sealed(sealed) => numbering.open(division, sealed),
            Position::Several(_) => None,
        };
        number.ok_or_else(unknown)
    }

    /// The division to read first.
    pub fn first(&self) -> Option<&str> {
        match self {
            Position::Number(_) | Position::Sealed(_) => None,
            Position::Several(positions) => positions.first.as_deref(),
        }
    }
}

/// A position that says nothing here: of another reader, another installation, or of what is no longer kept.
pub fn unknown() -> Error {
    Error::new(
        Code::SnapshotRequired,
        "该位置已不适用（不再保留、属于其他单位，或数据库由备份恢复），请重新取全量",
        "this position holds no longer here: it is no longer kept, was another reader's, or the database was restored; take a new snapshot",
    )
}

/// Appends a number in groups of seven bits, the lowest first.
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return bytes.push(low & 0x7f);
        }
        bytes.push(low | 0x80);
    }
}

/// Reads such a number off the beginning.
fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let positions = match self {
            Position::Number(number) => return number.fmt(f),
            Position::Sealed(sealed) => return sealed.fmt(f),
            Position::Several(positions) => positions,
        };
        let base = positions.numbers.values().copied().min().unwrap_or_default();
        let is_before = |code: &&String| positions.first.as_ref().is_some_and(|first| *code < first);
        let first = positions.numbers.keys().take_while(is_before).count();
        let mut bytes = vec![FORM];
        for number in [first, positions.numbers.len()] {
            write_number(&mut bytes, u64::try_from(number).unwrap_or_default());
        }
        write_number(&mut bytes, base.unsigned_abs());
        let mut before: &[u8] = &[];
        for (code, number) in &positions.numbers {
            let code = code.as_bytes();
            let shared = code.iter().zip(before).take_while(|(one, other)| one == other).count();
            let (_, rest) = code.split_at(shared);
            for length in [shared, rest.len()] {
                write_number(&mut bytes, u64::try_from(length).unwrap_or_default());
            }
            bytes.extend_from_slice(rest);
            write_number(&mut bytes, number.abs_diff(base));
            before = code;
        }
        URL_SAFE_NO_PAD.encode(bytes).fmt(f)
    }
}

/// Reads an opaque position.
fn read(text: &str) -> Option<Position> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    match bytes.split_first()? {
        (&FORM, rest) => read_several(rest).map(Position::Several),
        (&sealed::FORM, rest) => Sealed::read(rest).map(Position::Sealed),
        _ => None,
    }
}

/// Reads the numbers of several divisions, after their form.
fn read_several(mut rest: &[u8]) -> Option<Positions> {
    let mut next = || read_number(&mut rest);
    let (first, count, base) = (usize::try_from(next()?).ok()?, next()?, i64::try_from(next()?).ok()?);
    let mut positions = Positions::default();
    let mut code: Vec<u8> = Vec::new();
    for _ in 0..count {
        let (shared, length) =
            (usize::try_from(read_number(&mut rest)?).ok()?, usize::try_from(read_number(&mut rest)?).ok()?);
        let (own, others) = rest.split_at_checked(length)?;
        rest = others;
        if shared > code.len() {
            return None;
        }
        code.truncate(shared);
        code.extend_from_slice(own);
        // Codes are what was written here; anything else names no division.
        let text = String::from_utf8(code.clone()).ok().filter(|text| !text.contains('\0'))?;
        let number = base.checked_add_unsigned(read_number(&mut rest)?)?;
        positions.numbers.insert(text, number);
    }
    positions.first = positions.numbers.keys().nth(first).filter(|_| first > 0).cloned();
    rest.is_empty().then_some(positions)
}

impl FromText for Position {
    const PATTERN: &'static str = "^[A-Za-z0-9_-]+$";
    const EXAMPLE: &'static str = "1842";

    fn from_text(text: &str) -> Result<Position, Misread> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = Some(text).filter(|_| is_number).and_then(|text| text.parse().ok()).map(Position::Number);
        // An opaque one begins with its form, so it is never all digits.
        number.or_else(|| read(text).filter(|_| !is_number)).ok_or_else(|| {
            let text = shortened(text);
            Misread::new(
                Code::OutOfRange,
                format!("须为变更序号（不小于0的整数），或上一页的next；收到\"{text}\""),
                format!("must be a number of the feed, 0 or more, or `next` of a page before; got \"{text}\""),
            )
        })
    }
}

text_json!(Position);

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.division_code, self.position)
    }
}

impl FromText for EventId {
    const PATTERN: &'static str = "^[^:]+:[A-Za-z0-9_-]+$";
    const EXAMPLE: &'static str = "410100:1842";

    fn from_text(text: &str) -> Result<EventId, Misread> {
        let parts = text.rsplit_once(':').filter(|(division, _)| !division.is_empty() && !division.contains('\0'));
        let read = parts.and_then(|(division, number)| Some((division, Position::from_text(number).ok()?)));
        match read {
            Some((division, position)) => Ok(EventId { division_code: division.to_owned(), position }),
            None => {
                let text = shortened(text);
                Err(Misread::new(
                    Code::OutOfRange,
                    format!("须为事件的id，如410100:1842；收到\"{text}\""),
                    format!("must be the id of an event, such as 410100:1842; got \"{text}\""),
                ))
            }
        }
    }
}

text_json!(EventId);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_position_reads_back_as_it_was_written(
            numbers in prop::collection::btree_map("[0-9A-Za-z-]{1,12}", 0..i64::MAX, 1..200),
            first in any::<prop::sample::Index>(),
        ) {
            let first = Some(first.index(numbers.len())).filter(|first| *first > 0);
            let first = first.and_then(|first| numbers.keys().nth(first).cloned());
            let position = Position::Several(Positions { numbers, first });
            prop_assert_eq!(Position::from_text(&position.to_string()).unwrap(), position);
        }

        #[test]
        fn whatever_is_sent_is_a_position_or_an_error(text in ".{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            drop(Position::from_text(&text));
            drop(EventId::from_text(&text));
            for form in [FORM, sealed::FORM] {
                drop(Position::from_text(&URL_SAFE_NO_PAD.encode([&[form], bytes.as_slice()].concat())));
            }
        }
    }

    #[test]
    fn a_province_of_150_counties_fits_into_an_address() {
        let numbers = (0..150).map(|county| (format!("41{county:04}"), 1_790_000_000_000_000 + county * 977)).collect();
        let text = Position::Several(Positions { numbers, first: None }).to_string();
        assert!(text.len() < 1500, "{}", text.len());
        assert!(text.starts_with('A'), "never all digits: {text}");
    }
}
