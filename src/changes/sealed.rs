//! The numbers of events as readers below a division are shown them.
//!
//! A division sees all of its events, numbered without a gap. Who sees a part of them would learn from the same numbers
//! how much the others do, so its positions are sealed: opaque, the same for the same event, and none can be made up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::prelude::*;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::db::Connection;
use crate::db::schema::feed_secrets;
use crate::http::error::{Error, Result};
use crate::on;

/// The form of a sealed position, in its first byte.
pub const FORM: u8 = 2;

/// A sealed number: what proves it, and the number under a mask that follows from the proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    proof: [u8; 8],
    masked: [u8; 8],
}

impl Sealed {
    /// Reads the bytes after the form.
    pub fn read(bytes: &[u8]) -> Option<Sealed> {
        let (proof, masked) = bytes.split_first_chunk()?;
        Some(Sealed { proof: *proof, masked: masked.try_into().ok()? })
    }
}

impl std::fmt::Display for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [&[FORM][..], &self.proof, &self.masked].concat();
        URL_SAFE_NO_PAD.encode(bytes).fmt(f)
    }
}

/// How the numbers of events are shown to a reader.
#[derive(Debug, Clone)]
pub enum Numbering {
    /// As they are: the reader sees whole divisions.
    Plain,
    /// Sealed with the secret of the installation: the reader sees a part of a division.
    Sealed(Hmac<Sha256>),
}

impl Numbering {
    /// That of readers who see `below` alone, or whole divisions.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(c: &mut Connection, below: Option<&str>) -> Result<Numbering> {
        if below.is_none() {
            return Ok(Numbering::Plain);
        }
        let secret: String = on!(c, c => feed_secrets::table.select(feed_secrets::secret).first(c))?;
        let key = Hmac::new_from_slice(secret.as_bytes()).map_err(|cause| Error::internal(&cause))?;
        Ok(Numbering::Sealed(key))
    }

    /// Whether the reader sees the numbers.
    pub fn is_plain(&self) -> bool {
        matches!(self, Numbering::Plain)
    }

    /// A number as a field of its own; none where it is sealed.
    pub fn plain(&self, number: i64) -> Option<i64> {
        Some(number).filter(|_| self.is_plain())
    }

    /// The number of an event of a division, sealed; none where it is shown.
    pub fn seal(&self, division: &str, number: i64) -> Option<Sealed> {
        let Numbering::Sealed(key) = self else { return None };
        let number = number.to_be_bytes();
        let proof = first(key, &[b"proof", &number, division.as_bytes()]);
        Some(Sealed { proof, masked: masked(key, proof, number) })
    }

    /// The number that this numbering has sealed; none if it has not.
    pub fn open(&self, division: &str, sealed: &Sealed) -> Option<i64> {
        let Numbering::Sealed(key) = self else { return None };
        let number = i64::from_be_bytes(masked(key, sealed.proof, sealed.masked));
        self.seal(division, number).filter(|again| again == sealed).map(|_| number)
    }

    /// The id of an event: its division and its number, as the reader is shown it.
    pub fn id(&self, division: &str, number: i64) -> String {
        match self.seal(division, number) {
            Some(sealed) => format!("{division}:{sealed}"),
            None => format!("{division}:{number}"),
        }
    }
}

/// The first bytes of the HMAC of some parts.
fn first(key: &Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 8] {
    let mut mac = key.clone();
    parts.iter().for_each(|part| mac.update(part));
    let whole: [u8; 32] = mac.finalize().into_bytes().into();
    let [a, b, c, d, e, f, g, h, ..] = whole;
    [a, b, c, d, e, f, g, h]
}

/// Puts a mask over a number, or takes it off.
fn masked(key: &Hmac<Sha256>, proof: [u8; 8], number: [u8; 8]) -> [u8; 8] {
    let mask = u64::from_be_bytes(first(key, &[b"mask", &proof]));
    (u64::from_be_bytes(number) ^ mask).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbering(secret: &[u8]) -> Numbering {
        Numbering::Sealed(Hmac::new_from_slice(secret).expect("any length will do"))
    }

    #[test]
    fn what_was_sealed_is_opened_by_the_same_secret_and_division_alone() {
        let own = numbering(b"one");
        for number in [0, 1, 1842, 1_764_300_000_000_000, i64::MAX] {
            let sealed = own.seal("410100", number).expect("sealed");
            assert_eq!(own.open("410100", &sealed), Some(number));
            assert_eq!(own.open("410105", &sealed), None);
            assert_eq!(numbering(b"other").open("410100", &sealed), None);
            let forged = Sealed { masked: [sealed.masked[0] ^ 1; 8], ..sealed };
            assert_eq!(own.open("410100", &forged), None);
        }
    }

    #[test]
    fn neighbours_have_nothing_in_common() {
        let own = numbering(b"one");
        let [one, next] = [1842, 1843].map(|number| own.seal("410100", number).expect("sealed"));
        assert_ne!(one.masked[..7], next.masked[..7]);
        assert_ne!(one.proof, next.proof);
    }
}
