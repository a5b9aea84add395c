//! A replica of the Postgres server, for reads that need not be made at the server that writes.
//!
//! A replica is moments behind. It is asked only where it has already reached what the change feeds of the caller's
//! division hold at the server that writes; so whoever has just written reads the write, at whichever server of the
//! service.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::r2d2;

use super::address::{Address, AddressError};
use super::connection::{Connection, Manager};
use super::schema::{change_heads as heads, division_ancestors as divisions, organizations};
use crate::http::error::Result;
use crate::on;

/// How long a replica that failed is left alone.
const REST: Duration = Duration::from_secs(5);
/// How long a read waits for a connection to the replica before it goes to the other server.
const PATIENCE: Duration = Duration::from_millis(250);

/// The replica of a database.
pub struct Replica {
    pub(super) address: Address,
    pool: r2d2::Pool<Manager>,
    /// Since when it is left alone.
    resting: Mutex<Option<Instant>>,
}

impl Replica {
    pub(super) fn open(address: &Address, connections: u32) -> std::result::Result<Replica, AddressError> {
        // Unlike the first server it may be away at the start.
        let pool = r2d2::Pool::builder()
            .max_size(connections)
            .min_idle(Some(0))
            .test_on_check_out(true)
            .connection_timeout(PATIENCE)
            .error_handler(Box::new(r2d2::NopErrorHandler))
            .build(Manager { address: address.clone(), cache_bytes: 0 })
            .map_err(|cause| AddressError::unreachable(address, &cause.to_string()))?;
        Ok(Replica { address: address.clone(), pool, resting: Mutex::new(None) })
    }

    /// The result of `work` at the replica; none if it is behind `head`, is away or fails.
    pub(super) fn read<T>(
        &self,
        organization_code: &str,
        head: i64,
        work: impl FnOnce(&mut Connection) -> Result<T>,
    ) -> Option<Result<T>> {
        if self.is_resting() {
            return None;
        }
        let mut connection = match self.pool.get() {
            Ok(connection) => connection,
            Err(cause) => {
                self.rest(&cause);
                return None;
            }
        };
        let has_reached = head_of(&mut connection, organization_code).map(|reached| reached >= head);
        let read = has_reached.and_then(|has_reached| match has_reached {
            true => work(&mut connection).map(Some),
            false => Ok(None),
        });
        match read {
            Err(cause) if cause.code().status().is_server_error() => {
                // A replica ends reads that would hold up what it must repeat, and may be behind a change of the schema.
                self.rest(&cause);
                None
            }
            read => read.transpose(),
        }
    }

    /// Whether a replica has reached `head`.
    pub(super) fn has_reached(&self, organization_code: &str, head: i64) -> bool {
        self.read(organization_code, head, |_| Ok(())).is_some_and(|read| read.is_ok())
    }

    fn is_resting(&self) -> bool {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        *resting = resting.filter(|since| since.elapsed() < REST);
        resting.is_some()
    }

    fn rest(&self, cause: &dyn std::fmt::Display) {
        log::warn!("the replica {} is left alone for {REST:?}: {cause}", self.address);
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

/// The last numbers of the feeds of all divisions that an organization sees, added up: none of them ever counts back.
pub(super) fn head_of(c: &mut Connection, organization_code: &str) -> Result<i64> {
    let own =
        organizations::table.filter(organizations::code.eq(organization_code)).select(organizations::division_code);
    let below =
        divisions::table.filter(divisions::ancestor_code.eq(organization_code)).select(divisions::division_code);
    let positions: Vec<i64> = on!(c, c => heads::table
        .filter(heads::division_code.eq_any(own).or(heads::division_code.eq_any(below)))
        .select(heads::position)
        .load(c))?;
    Ok(positions.into_iter().fold(0, i64::saturating_add))
}
