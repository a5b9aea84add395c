//! The pace of a body: one that drips is not waited for, so that it holds no connection and no memory.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::web::{Bytes, Data};
use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, timeout_at};

use crate::http::error::{Code, Error};

/// Bytes for which a body gets a second more.
const A_SECOND_FOR: u64 = 512;

/// How long a body may stand still.
#[derive(Debug, Clone, Copy)]
pub struct Pace(pub Duration);

impl Default for Pace {
    fn default() -> Pace {
        Pace(Duration::from_secs(20))
    }
}

/// The pace that the service asks of the body of a request.
pub fn of(request: &HttpRequest) -> Pace {
    request.app_data::<Data<Pace>>().map_or_else(Pace::default, |pace| *pace.get_ref())
}

/// A body as it comes.
pub struct Paced<S> {
    body: S,
    pause: Duration,
    deadline: Instant,
}

/// Why a body has no next piece.
#[derive(Debug)]
pub enum Stopped {
    /// It came too slowly.
    Slow(Duration),
    /// It broke off, or cannot be read.
    Broken(PayloadError),
}

impl Stopped {
    /// The error of a body that came too slowly, or what `broken` makes of the other.
    pub fn or(self, broken: impl FnOnce(&dyn std::fmt::Display) -> Error) -> Error {
        match self {
            Stopped::Broken(cause) => broken(&cause),
            Stopped::Slow(pause) => Error::new(
                Code::RequestTimeout,
                format!("请求体{}秒内没有足够进展（每秒至少{A_SECOND_FOR}字节）", pause.as_secs()),
                format!(
                    "the body made too little progress within {} seconds: at least {A_SECOND_FOR} bytes a second",
                    pause.as_secs()
                ),
            ),
        }
    }
}

impl<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin> Paced<S> {
    /// A body that begins now.
    pub fn new(body: S, pace: Pace) -> Paced<S> {
        Paced { body, pause: pace.0, deadline: Instant::now() + pace.0 }
    }

    /// The next piece; none at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Stopped> {
        let piece = timeout_at(self.deadline, self.body.next()).await.map_err(|_| Stopped::Slow(self.pause))?;
        let Some(piece) = piece.transpose().map_err(Stopped::Broken)? else { return Ok(None) };
        let earned = Duration::from_millis(length(&piece).saturating_mul(1000) / A_SECOND_FOR);
        // What came quickly does not let the rest stand still for longer.
        self.deadline = (self.deadline + earned).min(Instant::now() + self.pause);
        Ok(Some(piece))
    }
}

fn length(piece: &Bytes) -> u64 {
    u64::try_from(piece.len()).unwrap_or(u64::MAX)
}
