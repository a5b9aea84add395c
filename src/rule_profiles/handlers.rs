//! The operations on rule profiles.

use crate::http::api::Api;
use crate::http::language::Reader;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse, get};

use super::model::{RuleProfile, RuleProfileList};
use crate::auth::{Permit, ReadProjects};
use crate::http::error::{Error, Result};
use crate::http::etag::{self, ETag};
use crate::scoring::Profile;

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("rule profiles", "评分规则: versioned scoring settings with their sources")],
    schemas: |_| {},
};

/// The operations on rule profiles.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(list_rule_profiles).service(get_rule_profile);
}

/// All rule profiles, in every version.
#[utoipa::path(tag = "rule profiles", security(("token" = ["projects:read"])), responses((status = 200, body = RuleProfileList)))]
#[get("/rule-profiles")]
pub async fn list_rule_profiles(
    request: HttpRequest,
    _caller: Permit<ReadProjects>,
    Reader(language): Reader,
) -> Result<HttpResponse> {
    let items: Vec<RuleProfile> = Profile::shipped().iter().map(|profile| RuleProfile::of(profile, language)).collect();
    let list = RuleProfileList { items };
    let bytes = serde_json::to_vec(&list).map_err(|cause| Error::internal(&cause))?;
    etag::read(&request, &ETag::of_bytes(&bytes), &list)
}

/// One version of a rule profile, with the source of every setting.
#[utoipa::path(tag = "rule profiles", security(("token" = ["projects:read"])),
    params(("code" = String, Path, min_length = 1, pattern = "^[0-9A-Za-z._-]+$"), ("version" = u32, Path, minimum = 1)),
    responses((status = 200, body = RuleProfile)))]
#[get("/rule-profiles/{code}/versions/{version}")]
pub async fn get_rule_profile(
    request: HttpRequest,
    _caller: Permit<ReadProjects>,
    Reader(language): Reader,
    path: Path<(String, u32)>,
) -> Result<HttpResponse> {
    let (code, version) = path.into_inner();
    let profile = Profile::find(&code, version).ok_or_else(Error::not_found)?;
    let etag = ETag::version(i64::from(version)).with(language.as_str());
    etag::read(&request, &etag, &RuleProfile::of(profile, language))
}
