//! The operations on statistics.

use super::model::{
    Deviation, ExecutionGroup, ExecutionGrouping, ExecutionStatistics, ExecutionStatisticsQuery, ScoreGroup,
    ScoreGrouping, ScoreStatistics, ScoreStatisticsQuery,
};
use crate::http::api::Api;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use super::{kept, store};
use crate::auth::{Permit, ReadProjects, ReadScores};
use crate::db::Database;
use crate::http::error::Result;
use crate::http::filter::Query;

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("statistics", "统计: scores and budget execution, counted and summed")],
    schemas: |schemas| {
        schemas.add::<ScoreGrouping>();
        schemas.add::<ExecutionGrouping>();
    },
};

/// The operations on statistics.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(get_score_statistics).service(get_execution_statistics);
}

/// Published scores in force, by group: counts, mean, median, grades, amounts and rates; and the scores whose declared
/// totals lie furthest from what counts.
#[utoipa::path(tag = "statistics", security(("token" = ["scores:read"])), params(ScoreStatisticsQuery),
    responses((status = 200, body = ScoreStatistics)))]
#[get("/statistics/scores")]
pub async fn get_score_statistics(
    caller: Permit<ReadScores>,
    db: Data<Database>,
    Query(query): Query<ScoreStatisticsQuery>,
) -> Result<HttpResponse> {
    let group_by = query.group_by.unwrap_or(ScoreGrouping::FiscalYear);
    let (sums, deviations) = db
        .read_many(caller.organization_code.clone(), move |c| {
            c.snapshot(|c| match query.as_of {
                Some(_) => Ok((store::scores(c, &caller, &query, group_by)?, store::deviations(c, &caller, &query)?)),
                None => Ok((kept::scores(c, &caller, &query, group_by)?, kept::deviations(c, &caller, &query)?)),
            })
        })
        .await?;
    let items = sums.into_iter().map(|sums| ScoreGroup::of(sums, group_by)).collect();
    let top_deviations = deviations.into_iter().map(Deviation::from).collect();
    Ok(HttpResponse::Ok().json(ScoreStatistics { group_by, items, top_deviations }))
}

/// Budget execution by group: amounts summed first, then the rate.
#[utoipa::path(tag = "statistics", security(("token" = ["projects:read"])), params(ExecutionStatisticsQuery),
    responses((status = 200, body = ExecutionStatistics)))]
#[get("/statistics/execution")]
pub async fn get_execution_statistics(
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    Query(query): Query<ExecutionStatisticsQuery>,
) -> Result<HttpResponse> {
    let group_by = query.group_by.unwrap_or(ExecutionGrouping::FiscalYear);
    let sums =
        db.read_many(caller.organization_code.clone(), move |c| kept::execution(c, &caller, &query, group_by)).await?;
    let items = sums.into_iter().map(ExecutionGroup::from).collect();
    Ok(HttpResponse::Ok().json(ExecutionStatistics { group_by, items }))
}
