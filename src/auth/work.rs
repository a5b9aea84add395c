//! Reading the keys again beside the requests.

use std::sync::Arc;

use actix_web::{rt, web};

use super::Keys;
use super::keys::WITHDRAWN_WITHIN;

/// Reads the JWKS again every few minutes, as long as the service runs.
pub async fn refresh_regularly(keys: Arc<Keys>) {
    loop {
        rt::time::sleep(WITHDRAWN_WITHIN).await;
        let again = keys.clone();
        if let Err(cause) = web::block(move || again.refresh()).await {
            log::warn!("the keys are not read again: {cause}");
        }
    }
}
