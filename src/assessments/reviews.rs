//! Reviewed scores (复核得分): set as a whole while an assessment is submitted, each with its reason.

use super::actions::{misnamed, read, save};
use super::guard::{self, Write};
use super::loaded::{Loaded, load};
use super::model::{Action, AssessmentId, SelfAssessment};
use super::request::ReviewedScore;
use super::result::ResultRow;
use super::store;
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::journal::ChangeType;
use crate::http::error::{Code, Error, Result};
use crate::http::etag::IfMatch;
use crate::indicators::Indicator;
use crate::values::input::Misread;

/// Replaces the reviewed scores of a submitted assessment.
pub fn replace_reviewed_scores(
    c: &mut Connection,
    caller: &Caller,
    id: &AssessmentId,
    if_match: &IfMatch,
    new: Vec<ReviewedScore>,
) -> Result<SelfAssessment> {
    let mut loaded = load(c, caller, id)?;
    let before = loaded.row.clone();
    if_match.check(&loaded.etag())?;
    guard::check(c, Write::Assessment(id.clone(), Action::SetReviewedScores))?;
    let mut errors = misnamed(&loaded.indicators, new.iter().map(|score| &score.indicator_id), "");
    for (index, score) in new.iter().enumerate() {
        let weight = loaded.indicators.iter().find(|one| one.id == score.indicator_id).and_then(|one| one.weight);
        if let Some(weight) = weight.filter(|&weight| score.reviewed_score > weight) {
            let misread = Misread::new(
                Code::OutOfRange,
                format!("复核得分须在0到分值{weight}之间；收到{}", score.reviewed_score),
                format!("a reviewed score lies between 0 and the weight {weight}; got {}", score.reviewed_score),
            );
            errors.push(misread.at(format!("/{index}/reviewed_score")));
        }
    }
    if !errors.is_empty() {
        return Err(Error::fields(Code::InvalidFields, errors));
    }
    set_reviewed(&mut loaded, new);
    write_results(c, &loaded)?;
    save(c, &before, &mut loaded.row, ChangeType::SelfAssessmentUpdated)?;
    read(c, caller, id)
}

/// Replaces the reviewed scores in memory.
pub fn set_reviewed(loaded: &mut Loaded, new: Vec<ReviewedScore>) {
    for result in loaded.results.values_mut() {
        result.reviewed_score = None;
        result.review_reason = None;
    }
    for score in new {
        let result = loaded
            .results
            .entry(score.indicator_id.clone())
            .or_insert_with(|| ResultRow::empty(loaded.row.id.clone(), score.indicator_id));
        result.reviewed_score = Some(score.reviewed_score);
        result.review_reason = Some(score.review_reason);
    }
}

/// The existing reviewed scores, in the order of the form.
pub fn reviewed(loaded: &Loaded) -> Vec<ReviewedScore> {
    let of = |indicator: &Indicator| {
        let result = loaded.results.get(&indicator.id)?;
        Some(ReviewedScore {
            indicator_id: indicator.id.clone(),
            reviewed_score: result.reviewed_score?,
            review_reason: result.review_reason.clone()?,
        })
    };
    loaded.indicators.iter().filter_map(of).collect()
}

/// Writes the results as they are in memory.
pub fn write_results(c: &mut Connection, loaded: &Loaded) -> Result<()> {
    let rows: Vec<ResultRow> = loaded.results.values().cloned().collect();
    store::replace_results(c, &loaded.row.id, &rows)
}
