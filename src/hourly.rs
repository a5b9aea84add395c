//! What is swept every hour, as long as the service runs.

use std::fmt::Display;
use std::time::Duration;

use actix_web::rt;

use crate::http::error::Result;

const HOUR: Duration = Duration::from_secs(3600);

/// Sweeps every hour; `what` names those that `work` removes and counts.
pub async fn sweep<N: Default + PartialEq + Display>(what: &str, work: impl AsyncFn() -> Result<N>) {
    loop {
        match work().await {
            Ok(count) if count == N::default() => {}
            Ok(count) => log::info!("{count} {what} were removed"),
            Err(cause) => log::warn!("{what} cannot be removed: {cause}"),
        }
        rt::time::sleep(HOUR).await;
    }
}
