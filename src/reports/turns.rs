//! Whose PDF is set now. Requests wait for their turn here and not on a thread, which others need to read.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::error::{Error, Result};

/// PDFs that may wait; each takes half a second, most often.
const WAITING: usize = 16;

/// The turns of requests for PDFs.
pub struct PdfTurns {
    places: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

/// A place in the queue, and the turn; both end with it.
pub struct PdfTurn {
    _place: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

impl Default for PdfTurns {
    fn default() -> PdfTurns {
        PdfTurns { places: Arc::new(Semaphore::new(WAITING + 1)), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl PdfTurns {
    /// Waits for a turn, in the order of the requests.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub async fn wait(&self) -> Result<PdfTurn> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Error::busy())?;
        let turn = self.turn.clone().acquire_owned().await.map_err(|cause| Error::internal(&cause))?;
        Ok(PdfTurn { _place: place, _turn: turn })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::future::join_all;

    use super::*;
    use crate::http::error::Code;

    #[actix_web::test]
    async fn one_has_the_turn_some_wait_and_more_are_sent_away() {
        let turns = PdfTurns::default();
        let first = turns.wait().await.unwrap();
        let mut waiting = Box::pin(join_all((0..WAITING).map(|_| turns.wait())));
        assert!((&mut waiting).now_or_never().is_none());
        assert_eq!(turns.wait().await.err().map(|error| error.code()), Some(Code::Busy));
        drop(first);
        assert!((&mut waiting).now_or_never().is_none(), "each still holds the turn that it got");
        drop(waiting);
        assert!(turns.wait().await.is_ok());
    }
}
