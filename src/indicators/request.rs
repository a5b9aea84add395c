//! What requests ask of the indicators.

use deserr::Deserr;
use serde::Serialize;
use utoipa::IntoParams;

use super::model::IndicatorSort;
use crate::http::page::{Count, Limit};
use crate::values::input::{Many, Parameter};
use crate::values::{CodedMeasure, ShortText};

/// The parameters of the lists of indicators.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct IndicatorQuery {
    /// Only those of one of these fiscal years.
    #[deserr(default)]
    #[param(value_type = Vec<i32>, explode = true)]
    pub fiscal_year: Many<Parameter<i32>>,
    /// Only those of one of these measures.
    #[deserr(default)]
    #[param(value_type = Vec<CodedMeasure>, explode = true)]
    pub measure: Many<CodedMeasure>,
    /// Only those of one of these level-1 names, as written.
    #[deserr(default)]
    #[param(value_type = Vec<ShortText>, explode = true)]
    pub level1: Many<ShortText>,
    /// Only those of exactly this name.
    #[deserr(default)]
    pub name: Option<ShortText>,
    /// The order.
    #[deserr(default)]
    pub sort: Option<IndicatorSort>,
    /// Items of the page.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    #[deserr(default)]
    pub limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    #[deserr(default)]
    pub cursor: Option<String>,
    /// Whether to count all.
    #[deserr(default)]
    pub count: Option<Count>,
}
