//! Tokens that were verified before: a client sends the same one with every request, and verifying
//! it anew costs as much as a query.

use std::time::{SystemTime, UNIX_EPOCH};

use quick_cache::sync::Cache;

use super::Caller;

/// How many are kept; beyond them, those that were not asked for lately are verified anew.
const KEPT: usize = 1024;

/// Callers by their whole token, so that a forged signature is never found here; each until its token expires, in seconds
/// since 1970.
pub struct Verified(Cache<String, (Caller, i64)>);

impl Default for Verified {
    fn default() -> Self {
        Verified(Cache::new(KEPT))
    }
}

impl Verified {
    /// The caller of a token that was verified and has not expired since.
    pub fn get(&self, token: &str) -> Option<Caller> {
        self.0.get(token).filter(|(_, expires)| now() <= *expires).map(|(caller, _)| caller)
    }

    /// Remembers a token until it expires, in seconds since 1970.
    pub fn put(&self, token: &str, caller: &Caller, expires: i64) {
        self.0.insert(token.to_owned(), (caller.clone(), expires));
    }

    /// Forgets all: the keys have changed.
    pub fn clear(&self) {
        self.0.clear();
    }
}

/// Seconds since 1970; a clock before that trusts no token for longer.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
