//! Reading the keys again beside the requests.

use std::sync::Arc;

use actix_web::{rt, web};

use super::Keys;

/// Reads the keys again from time to time, as long as the service runs.
pub async fn refresh_regularly(keys: Arc<Keys>) {
    loop {
        rt::time::sleep(keys.read_again_every()).await;
        let again = keys.clone();
        if let Err(cause) = web::block(move || again.refresh()).await {
            log::warn!("the keys are not read again: {cause}");
        }
    }
}
