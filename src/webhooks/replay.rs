//! Sending again: the dead letters, or all events after one.

use super::actions::{cursors, must_be_active, progress};
use super::delivery::{DeliveryRow, WebhookDeliveryId};
use super::model::{NewWebhookReplay, WebhookProgress, WebhookSubscriptionId};
use super::{queue, store};
use crate::auth::Caller;
use crate::changes;
use crate::changes::sealed::Numbering;
use crate::db::Connection;
use crate::http::error::{Code, Error, Result};

/// The most dead letters that one replay sends again.
const REPLAYED: i64 = 10_000;

/// Sends again: the dead letters, or all events after a number.
///
/// # Errors
/// 404, 409 when nothing is sent now, and 410 when the feed does not reach back so far.
pub fn replay(
    c: &mut Connection,
    caller: &Caller,
    id: &WebhookSubscriptionId,
    replay: &NewWebhookReplay,
) -> Result<WebhookProgress> {
    let row = store::get(c, caller, id)?;
    must_be_active(&row)?;
    let numbering = changes::store::views(c, &caller.organization_code)?.numbering;
    // The ids in its messages are as the subscription's own organization is shown them.
    let views = changes::store::views(c, &row.organization_code)?;
    match begin(replay, &numbering, &views.numbering)? {
        Some((after, division)) => {
            let (own, others) = cursors(c, &row, &views.own)?;
            let mut cursor = match division {
                None => own,
                Some(code) => {
                    let mut all = std::iter::once(own).chain(others);
                    all.find(|one| one.division_code == code).ok_or_else(|| {
                        Error::field(
                            "/division_code",
                            Code::NotAllowedHere,
                            format!("该订阅不跟随区划{code}的变更"),
                            format!("the subscription does not follow the feed of the division {code}"),
                        )
                    })?
                }
            };
            let head = changes::store::head(c, &cursor.division_code)?;
            changes::reading::check_reach(after, head, &numbering)?;
            let former = cursor.position;
            cursor.position = after;
            cursor.last_event_position = None;
            store::move_cursor(c, &cursor, former)?;
        }
        None => {
            let now = c.now()?;
            for mut row in queue::dead(c, id, REPLAYED)? {
                row.send_again(now);
                queue::save(c, &row)?;
            }
        }
    }
    progress(c, caller, id)
}

/// After which number, and of which division's feed, a replay begins; none where it is of the dead letters.
fn begin<'a>(
    replay: &'a NewWebhookReplay,
    numbering: &Numbering,
    of_messages: &Numbering,
) -> Result<Option<(i64, Option<&'a str>)>> {
    let division = replay.division_code.as_ref().map(|code| code.as_str());
    match (replay.after, &replay.after_id) {
        (None, None) => Ok(None),
        (Some(0), None) => Ok(Some((0, division))),
        (Some(after), None) if after < 0 => {
            Err(Error::field("/after", Code::OutOfRange, "须为不小于0的整数", "must be 0 or more"))
        }
        (Some(after), None) if numbering.is_plain() => Ok(Some((after, division))),
        (Some(_), None) => Err(Error::field(
            "/after",
            Code::NotAllowedHere,
            "本单位看不到区划的序号：请用after_id指定事件",
            "the numbers of the division are not shown to this organization: name an event by after_id",
        )),
        (None, Some(id)) => {
            let after = id.number(numbering).or_else(|_| id.number(of_messages))?;
            if division.is_some_and(|division| division != id.division_code) {
                let (zh, en) = ("事件不属于该区划", "the event is of another division");
                return Err(Error::field("/division_code", Code::NotAllowedHere, zh, en));
            }
            Ok(Some((after, Some(&id.division_code))))
        }
        (Some(_), Some(_)) => Err(Error::field(
            "/after_id",
            Code::NotAllowedHere,
            "after与after_id只能给出一个",
            "give after or after_id, not both",
        )),
    }
}

/// Sends one message again, whatever became of it.
///
/// # Errors
/// 404, and 409 when nothing is sent now.
pub fn replay_one(c: &mut Connection, caller: &Caller, id: &WebhookDeliveryId) -> Result<DeliveryRow> {
    let mut row = queue::get(c, caller, id)?;
    must_be_active(&store::get(c, caller, &row.subscription_id)?)?;
    row.send_again(c.now()?);
    queue::save(c, &row)?;
    Ok(row)
}
