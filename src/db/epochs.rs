//! Epochs of the change feeds: a restored database begins to count above every number that was ever given out.
//!
//! Whoever follows a feed remembers the number of the last event. After a restore the same numbers would name other
//! events, and some would never be seen. In a new epoch every earlier number is below what the feed still keeps, so its
//! follower is told to take a new snapshot.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::schema::{change_heads as heads, changes, feed_epochs as epochs};
use super::{Connection, Link};
use crate::http::error::Result;
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

/// The same where a user may not read the state of the cluster.
const IDENTITY_OF_DATABASE: &str = "SELECT CONCAT_WS('/', \
     (SELECT oid FROM pg_database WHERE datname = CURRENT_DATABASE()), 'change_heads'::REGCLASS::OID) AS identity";

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
        self.transaction(|c| {
            if let Link::Postgres(c) = &mut c.link {
                // Nobody numbers a change until this is committed.
                diesel::sql_query("LOCK TABLE change_heads IN EXCLUSIVE MODE").execute(c)?;
            }
            let now = Instant::now();
            let highest: Option<i64> =
                on!(&mut *c, c => heads::table.select(diesel::dsl::max(heads::position)).first(c))?;
            let last: Option<i64> = on!(&mut *c, c => epochs::table.select(diesel::dsl::max(epochs::base)).first(c))?;
            let known = highest.max(last).unwrap_or_default();
            let base = now.seconds().saturating_mul(PER_SECOND).max(known.saturating_add(1));
            on!(&mut *c, c => diesel::delete(changes::table).execute(c))?;
            on!(&mut *c, c => diesel::update(heads::table)
                .set((heads::position.eq(base), heads::forgotten.eq(base)))
                .execute(c))?;
            begin(c, base, identity, now)?;
            Ok(base)
        })
    }

    /// On a Postgres server: begins a new epoch if the database is not the one that it was, and returns its base then.
    ///
    /// # Errors
    /// When the database fails.
    pub fn renew_feeds_if_restored(&mut self) -> Result<Option<i64>> {
        let Some(identity) = self.identity()? else { return Ok(None) };
        let known: Option<Option<String>> = on!(&mut *self, c => epochs::table
            .order(epochs::base.desc())
            .select(epochs::identity)
            .first(c)
            .optional())?;
        match known {
            Some(Some(known)) if known == identity => Ok(None),
            Some(Some(_)) => self.renew_feeds().map(Some),
            Some(None) | None => {
                // The first server that recognises the database; another may be as quick.
                let now = Instant::now();
                on!(&mut *self, c => diesel::insert_into(epochs::table)
                    .values((epochs::base.eq(0), epochs::identity.eq(&identity), epochs::begun_at.eq(now)))
                    .on_conflict_do_nothing()
                    .execute(c))?;
                Ok(None)
            }
        }
    }

    /// What the database is recognised by; none on SQLite, where `jixiao restore` is what restores.
    fn identity(&mut self) -> Result<Option<String>> {
        let Link::Postgres(c) = &mut self.link else { return Ok(None) };
        let whole: QueryResult<Identity> = diesel::sql_query(IDENTITY).get_result(c);
        let found = whole.or_else(|_| diesel::sql_query(IDENTITY_OF_DATABASE).get_result::<Identity>(c))?;
        Ok(Some(found.identity))
    }
}

fn begin(c: &mut Connection, base: i64, identity: Option<String>, now: Instant) -> Result<()> {
    on!(c, c => diesel::insert_into(epochs::table)
        .values((epochs::base.eq(base), epochs::identity.eq(identity), epochs::begun_at.eq(now)))
        .execute(c))?;
    Ok(())
}
