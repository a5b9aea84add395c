//! Tokens that were verified before: a client sends the same one with every request, and verifying
//! it anew costs as much as a query.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use super::Caller;

/// How many are kept; when there are more, all are forgotten and verified anew.
const KEPT: usize = 1024;

/// Callers by their whole token, so that a forged signature is never found here.
#[derive(Default)]
pub struct Verified(RwLock<HashMap<String, (Caller, i64)>>);

impl Verified {
    /// The caller of a token that was verified and has not expired since.
    pub fn get(&self, token: &str) -> Option<Caller> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(token).filter(|(_, expires)| now() <= *expires).map(|(caller, _)| caller.clone())
    }

    /// Remembers a token until it expires, in seconds since 1970.
    pub fn put(&self, token: &str, caller: &Caller, expires: i64) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(token.to_owned(), (caller.clone(), expires));
    }

    /// Forgets all: the keys have changed.
    pub fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Seconds since 1970; a clock before that trusts no token for longer.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
