//! Epochs of the change feeds: a restored database begins to count above every number that was ever given out.
//!
//! Whoever follows a feed remembers the number of the last event. After a restore the same numbers would name other
//! events, and some would never be seen. In a new epoch every earlier number is below what the feed still keeps, so its
//! follower is told to take a new snapshot.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::schema::{change_heads as heads, changes, feed_epochs as epochs};
use super::{Connection, Link};
use crate::http::error::{Error, Result};
use crate::on;
use crate::values::Instant;

/// Numbers of a second: an epoch that begins later begins higher than any feed can have counted, with fewer changes than
/// this a second. The numbers stay below 2⁵³, up to which JSON readers are exact, until the year 2255.
const PER_SECOND: i64 = 1_000_000;

/// What a Postgres database is recognised by: its cluster with the history that it follows, the database and the table
/// of the feeds. A dump that is restored has other ones.
const IDENTITY: &str = "SELECT CONCAT_WS('/', (SELECT system_identifier FROM pg_control_system()), \
     (SELECT timeline_id FROM pg_control_checkpoint()), \
     (SELECT oid FROM pg_database WHERE datname = CURRENT_DATABASE()), 'change_heads'::REGCLASS::OID) AS identity";

/// The same where a user may not read the state of the cluster; it is told from the other by its beginning.
const IDENTITY_OF_DATABASE: &str = "SELECT CONCAT_WS('/', 'database', \
     (SELECT oid FROM pg_database WHERE datname = CURRENT_DATABASE()), 'change_heads'::REGCLASS::OID) AS identity";

/// Whether the state of the cluster may be read.
const MAY_IDENTIFY: &str = "SELECT CASE WHEN HAS_FUNCTION_PRIVILEGE('pg_control_system()', 'EXECUTE') \
     AND HAS_FUNCTION_PRIVILEGE('pg_control_checkpoint()', 'EXECUTE') THEN 'yes' ELSE 'no' END AS identity";

#[derive(QueryableByName)]
struct Identity {
    #[diesel(sql_type = Text)]
    identity: String,
}

impl Connection {
    /// Begins a new epoch of all feeds, and returns its base.
    ///
    /// # Errors
    /// When the database fails.
    pub fn renew_feeds(&mut self) -> Result<i64> {
        let identity = self.identity()?;
        let renewed = self.renew_feeds_if(identity, |_| true)?;
        renewed.ok_or_else(|| Error::internal(&"the feeds were not renewed"))
    }

    /// The same if `is_due` says so of the last epoch's identity, once nobody else renews.
    fn renew_feeds_if(
        &mut self,
        identity: Option<String>,
        is_due: impl FnOnce(Option<&str>) -> bool,
    ) -> Result<Option<i64>> {
        self.transaction(|c| {
            if let Link::Postgres(c) = &mut c.link {
                // Nobody numbers a change until this is committed.
                diesel::sql_query("LOCK TABLE change_heads IN EXCLUSIVE MODE").execute(c)?;
            }
            if !is_due(known_identity(c)?.as_deref()) {
                return Ok(None);
            }
            let highest: Option<i64> =
                on!(&mut *c, c => heads::table.select(diesel::dsl::max(heads::position)).first(c))?;
            let last: Option<i64> = on!(&mut *c, c => epochs::table.select(diesel::dsl::max(epochs::base)).first(c))?;
            let known = highest.max(last).unwrap_or_default();
            let base = Instant::now().seconds().saturating_mul(PER_SECOND).max(known.saturating_add(1));
            on!(&mut *c, c => diesel::delete(changes::table).execute(c))?;
            on!(&mut *c, c => diesel::update(heads::table)
                .set((heads::position.eq(base), heads::forgotten.eq(base), heads::begun.eq(base)))
                .execute(c))?;
            begin(c, base, identity)?;
            Ok(Some(base))
        })
    }

    /// On a Postgres server: begins a new epoch if the database is not the one that it was, and returns its base then.
    ///
    /// # Errors
    /// When the database fails.
    pub fn renew_feeds_if_restored(&mut self) -> Result<Option<i64>> {
        let Some(identity) = self.identity()? else { return Ok(None) };
        if known_identity(self)?.is_some() {
            let is_due = |known: Option<&str>| known.is_some_and(|known| is_another(known, &identity));
            return self.renew_feeds_if(Some(identity.clone()), is_due);
        }
        // The first server that recognises the database; another may be as quick.
        begin(self, 0, Some(identity))?;
        Ok(None)
    }

    /// What the database is recognised by; none on SQLite, where `jixiao restore` is what restores.
    fn identity(&mut self) -> Result<Option<String>> {
        let Link::Postgres(c) = &mut self.link else { return Ok(None) };
        let may: Identity = diesel::sql_query(MAY_IDENTIFY).get_result(c)?;
        let by = if may.identity == "yes" { IDENTITY } else { IDENTITY_OF_DATABASE };
        let found: Identity = diesel::sql_query(by).get_result(c)?;
        Ok(Some(found.identity))
    }
}

/// Whether an identity is another one. What a right that was granted or revoked lets be seen is compared with nothing.
fn is_another(known: &str, identity: &str) -> bool {
    let is_short = |text: &str| text.starts_with("database/");
    is_short(known) == is_short(identity) && known != identity
}

/// By what the database was recognised when its last epoch began; nothing if there is no epoch, or on SQLite.
fn known_identity(c: &mut Connection) -> Result<Option<String>> {
    let last = epochs::table.order(epochs::base.desc()).select(epochs::identity);
    Ok(on!(c, c => last.first::<Option<String>>(c).optional())?.flatten())
}

/// Writes down an epoch, unless there is one from that base.
fn begin(c: &mut Connection, base: i64, identity: Option<String>) -> Result<()> {
    let epoch = (epochs::base.eq(base), epochs::identity.eq(identity), epochs::begun_at.eq(Instant::now()));
    on!(c, c => diesel::insert_into(epochs::table).values(epoch).on_conflict_do_nothing().execute(c))?;
    Ok(())
}
