//! The operation on score previews.

use actix_web::post;
use actix_web::web::Data;

use super::model::{NewScorePreview, ScorePreview};
use crate::auth::{Permit, ReadProjects};
use crate::db::Database;
use crate::error::Result;
use crate::findings::Language;
use crate::idempotency::{Answer, Posted};

/// Scores and checks a posted assessment; nothing of it is stored.
#[utoipa::path(tag = "score previews", security(("token" = ["projects:read"])), request_body = NewScorePreview,
    responses((status = 200, body = ScorePreview)))]
#[post("/score-previews")]
pub async fn create_score_preview(
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    language: Language,
    posted: Posted<NewScorePreview>,
) -> Result<Answer> {
    posted.once_if_keyed(&db, caller.caller(), move |new| Answer::done(None, &new.score(language)?)).await
}
