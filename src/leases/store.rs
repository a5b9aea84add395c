//! Every query of the leases.

use std::time::Duration;

use diesel::prelude::*;

use super::model::{Lease, LeaseSettings, RunId, WorkKind};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::bulk::CHUNK;
use crate::db::schema::leases;
use crate::http::error::{Code, Error, Result};
use crate::on;

/// How long whoever has too much work under way is asked to wait.
const PAUSE: Duration = Duration::from_secs(2);

/// Begins a first run of some work, in place of any other run of it.
///
/// # Errors
/// 429 when so much work of the kind is under way for the caller's organization as may be.
pub fn take(c: &mut Connection, kind: WorkKind, id: &str, caller: &Caller, settings: LeaseSettings) -> Result<Lease> {
    let others = leases::table.filter(leases::kind.eq(kind).and(leases::id.ne(id)));
    let others = others.filter(leases::organization_code.eq(&caller.organization_code));
    let under_way: i64 = on!(&mut *c, c => others.count().get_result(c))?;
    let each = settings.each;
    if under_way >= i64::from(each) {
        let (zh, name) = if kind == WorkKind::Export { ("导出", "exports") } else { ("导入", "imports") };
        return Err(Error::new(
            Code::TooManyRequests,
            format!("该单位同时最多进行{each}个{zh}，请等其中一个完成后重试"),
            format!("this organization may have {each} {name} under way; try again when one of them has ended"),
        )
        .retry_after(PAUSE));
    }
    let duration = settings.duration;
    // The clock is the database's: that of another server may be behind.
    let lease = Lease::new(kind, id, caller, c.now()?.after(duration));
    on!(c, c => diesel::insert_into(leases::table)
        .values(&lease)
        .on_conflict(leases::id)
        .do_update()
        .set(&lease)
        .execute(c))?;
    Ok(lease)
}

/// Shows a commit or a revert, unless another one of the same import is shown already; false then.
pub fn show(c: &mut Connection, lease: &Lease, duration: Duration) -> Result<bool> {
    let now = c.now()?;
    // What a server that is gone has shown.
    let over = leases::table.find(&lease.id).filter(leases::leased_until.lt(now));
    on!(&mut *c, c => diesel::delete(over).execute(c))?;
    let lease = Lease { leased_until: now.after(duration), ..lease.clone() };
    let shown = on!(c, c => diesel::insert_into(leases::table).values(&lease).on_conflict_do_nothing().execute(c))?;
    Ok(shown > 0)
}

/// Renews a run and says how far it is; false if it is no longer the run of its work.
pub fn renew(c: &mut Connection, lease: &Lease, duration: Duration) -> Result<bool> {
    let until = c.now()?.after(duration);
    let renewed = on!(c, c => diesel::update(leases::table.find(&lease.id))
        .filter(leases::run.eq(&lease.run))
        .set((
            leases::leased_until.eq(until),
            leases::phase.eq(&lease.phase),
            leases::processed.eq(lease.processed),
            leases::total.eq(lease.total),
        ))
        .execute(c))?;
    Ok(renewed > 0)
}

/// How much work of a kind is under way, at all servers.
pub fn count(c: &mut Connection, kind: WorkKind) -> Result<i64> {
    Ok(on!(c, c => leases::table.filter(leases::kind.eq(kind)).count().get_result(c))?)
}

/// Ends a run; false if it is no longer the run of its work, whose result then counts for nothing.
pub fn end(c: &mut Connection, id: &str, run: &RunId) -> Result<bool> {
    Ok(on!(c, c => diesel::delete(leases::table.find(id)).filter(leases::run.eq(run)).execute(c))? > 0)
}

/// Forgets some work: whoever does it stops.
pub fn forget(c: &mut Connection, id: &str) -> Result<()> {
    on!(c, c => diesel::delete(leases::table.find(id)).execute(c))?;
    Ok(())
}

/// The leases of some work.
pub fn of(c: &mut Connection, ids: &[&str]) -> Result<Vec<Lease>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        found.extend(on!(&mut *c, c => leases::table
            .filter(leases::id.eq_any(chunk))
            .select(Lease::as_select())
            .load::<Lease>(c))?);
    }
    Ok(found)
}

/// The work of servers that are gone: its leases have ended. With `is_all`, also what has not ended yet.
pub fn abandoned(c: &mut Connection, kind: WorkKind, is_all: bool) -> Result<Vec<Lease>> {
    let now = c.now()?;
    Ok(on!(c, c => {
        let mut found = leases::table.filter(leases::kind.eq(kind)).into_boxed();
        if !is_all {
            found = found.filter(leases::leased_until.lt(now));
        }
        found.order(leases::id).select(Lease::as_select()).load(c)
    })?)
}

/// Takes work over from the server that `former` was leased by; none if another server was faster, or it goes on.
pub fn take_over(c: &mut Connection, former: &Lease, duration: Duration) -> Result<Option<Lease>> {
    let lease = Lease { run: RunId::new(), leased_until: c.now()?.after(duration), ..former.clone() };
    let taken = on!(c, c => diesel::update(leases::table.find(&former.id))
        .filter(leases::run.eq(&former.run))
        .filter(leases::leased_until.eq(former.leased_until))
        .set((leases::run.eq(&lease.run), leases::leased_until.eq(lease.leased_until)))
        .execute(c))?;
    Ok((taken > 0).then_some(lease))
}
