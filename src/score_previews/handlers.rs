//! The operation on score previews.

use crate::http::api::Api;
use crate::http::language::Reader;
use actix_web::post;
use actix_web::web::Data;

use super::model::{NewScorePreview, ScorePreview};
use crate::auth::{Permit, ReadProjects};
use crate::db::Database;
use crate::http::error::Result;
use crate::http::idempotency::{Answer, Posted};

/// What this folder adds to the API.
pub const API: Api =
    Api { routes, tags: &[("score previews", "试算: the engine on a posted assessment")], schemas: |_| {} };

/// The operation.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(create_score_preview);
}

/// Scores and checks a posted assessment; nothing of it is stored.
#[utoipa::path(tag = "score previews", security(("token" = ["projects:read"])), request_body = NewScorePreview,
    responses((status = 200, body = ScorePreview)))]
#[post("/score-previews")]
pub async fn create_score_preview(
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    Reader(language): Reader,
    posted: Posted<NewScorePreview>,
) -> Result<Answer> {
    posted.once_if_keyed(&db, caller.caller(), move |new| Answer::done(None, &new.score(language)?)).await
}
