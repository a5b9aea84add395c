//! A lease: one run of some work, who asked for the work, and how far it is.

use std::time::Duration;

use diesel::prelude::*;

use crate::auth::{Caller, Scope, Scopes};
use crate::db::schema::leases;
use crate::findings::Language;
use crate::values::{Instant, id_type, named_enum};

id_type! {
    /// One run of some work: a server that takes it over begins another.
    RunId,
}

named_enum! {
    /// What is worked on.
    WorkKind: "What is worked on." {
        /// The check of an import.
        Import = "import",
        /// The file of an export.
        Export = "export",
        /// A commit or a revert, which ends with its server and is only shown to the others.
        Shown = "shown",
    }
}

/// How long a lease lasts, and how many an organization may have.
#[derive(Debug, Clone, Copy)]
pub struct LeaseSettings {
    /// A server that has not renewed its lease for so long is taken to be gone.
    pub duration: Duration,
    /// Whether this server is the only one: what another process has begun can then be taken over at once.
    pub is_alone: bool,
    /// Imports, and exports, of an organization at the same time, at all servers.
    pub each: u32,
}

impl Default for LeaseSettings {
    fn default() -> LeaseSettings {
        LeaseSettings { duration: Duration::from_secs(15), is_alone: false, each: 50 }
    }
}

impl LeaseSettings {
    /// How often a lease is renewed: several times before it ends, so that one that fails does no harm.
    pub fn pause(&self) -> Duration {
        self.duration / 8
    }

    /// How often a server looks for the work of servers that are gone.
    pub fn look(&self) -> Duration {
        self.duration / 3
    }
}

/// One run of some work, leased by the server that does it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = leases)]
pub struct Lease {
    /// The import or the export; of a commit or revert, what [`shown`] makes of the import.
    pub id: String,
    /// Which of them.
    pub kind: WorkKind,
    /// This run of it.
    pub run: RunId,
    /// Until then no other server takes it over.
    pub leased_until: Instant,
    /// The token's holder who asked for the work.
    pub subject: String,
    /// The organization of the token.
    pub organization_code: String,
    /// The scopes of the token, separated by spaces.
    pub scopes: String,
    /// The language of the request.
    pub language: String,
    /// The phase of the work.
    pub phase: String,
    /// Units done in this phase: rows or bytes.
    pub processed: i64,
    /// Units of this phase.
    pub total: i64,
}

/// Under which id the commit or revert of an import is shown, beside the lease of its check.
pub fn shown(import: &str) -> String {
    format!("{import}/shown")
}

impl Lease {
    /// A first run for `caller`, which ends at `leased_until` unless it is renewed.
    pub fn new(kind: WorkKind, id: &str, caller: &Caller, leased_until: Instant) -> Lease {
        let scopes: Vec<&str> = caller.scopes().iter().map(Scope::as_str).collect();
        Lease {
            id: id.to_owned(),
            kind,
            run: RunId::new(),
            leased_until,
            subject: caller.subject.clone(),
            organization_code: caller.organization_code.clone(),
            scopes: scopes.join(" "),
            language: caller.language.as_str().to_owned(),
            phase: String::new(),
            processed: 0,
            total: 0,
        }
    }

    /// Who asked for the work, with the scopes that they had then.
    pub fn caller(&self) -> Caller {
        let language = Language::ALL.iter().copied().find(|one| one.as_str() == self.language);
        let mut caller = Caller::new(&self.subject, &self.organization_code, Scopes::from_claim(&self.scopes));
        caller.language = language.unwrap_or_default();
        caller
    }
}
