//! The workflow of an assessment: draft → submitted → reviewed → approved → published, and back.

use super::content::{Content, Identity, Judged, Summary};
use super::finding::FindingView;
use super::frozen::{self, Shown};
use super::guard::{self, Write};
use super::loaded::{Loaded, load};
use super::model::{Action, AssessmentId, BlockedAction, SelfAssessment, Status, Total, Transition, TransitionId};
use super::narrative::Particulars;
use super::request::NewTransition;
use super::result::{ActualValue, ResultView};
use super::{actions, reviews, store};
use crate::auth::{Caller, Scope};
use crate::db::Connection;
use crate::db::journal::ChangeType;
use crate::findings::{Finding, Language};
use crate::http::error::{Code, Error, Result};
use crate::http::etag::IfMatch;
use crate::rule_profiles::model::RuleProfileRef;
use crate::scoring::{Row, RowScore, RowStatus};
use crate::values::{Instant, Points, Stored};
use crate::{organizations, scores};

/// One step: from which states, to which, and which of the scopes allow it.
struct Step {
    action: Action,
    from: &'static [Status],
    to: Status,
    scopes: &'static [Scope],
    /// The type of its event in the feed.
    told: ChangeType,
}

/// The whole workflow. A step that is not listed here is not allowed.
const STEPS: &[Step] = &[
    Step {
        action: Action::Submit,
        from: &[Status::Draft],
        to: Status::Submitted,
        scopes: &[Scope::AssessmentsWrite],
        told: ChangeType::SelfAssessmentSubmitted,
    },
    Step {
        action: Action::Withdraw,
        from: &[Status::Submitted],
        to: Status::Draft,
        scopes: &[Scope::AssessmentsWrite],
        told: ChangeType::SelfAssessmentWithdrawn,
    },
    Step {
        action: Action::Review,
        from: &[Status::Submitted],
        to: Status::Reviewed,
        scopes: &[Scope::AssessmentsReview],
        told: ChangeType::SelfAssessmentReviewed,
    },
    Step {
        action: Action::Return,
        from: &[Status::Submitted, Status::Reviewed],
        to: Status::Draft,
        scopes: &[Scope::AssessmentsReview, Scope::AssessmentsApprove],
        told: ChangeType::SelfAssessmentReturned,
    },
    Step {
        action: Action::Approve,
        from: &[Status::Reviewed],
        to: Status::Approved,
        scopes: &[Scope::AssessmentsApprove],
        told: ChangeType::SelfAssessmentApproved,
    },
    Step {
        action: Action::Publish,
        from: &[Status::Approved],
        to: Status::Published,
        scopes: &[Scope::ScoresPublish],
        told: ChangeType::SelfAssessmentPublished,
    },
    Step {
        action: Action::Reopen,
        from: &[Status::Published],
        to: Status::Draft,
        scopes: &[Scope::AssessmentsApprove],
        told: ChangeType::SelfAssessmentReopened,
    },
];

/// Whether an assessment of this status allows the action, whoever takes it.
pub fn allows(action: Action, status: Status) -> bool {
    match action {
        Action::Edit | Action::Delete => status == Status::Draft,
        Action::SetReviewedScores => status == Status::Submitted,
        _ => STEPS.iter().any(|step| step.action == action && step.from.contains(&status)),
    }
}

/// 409: the state does not allow the action.
pub fn not_allowed(action: Action, status: Status) -> Error {
    let (action, status) = (action.as_str(), status.as_str());
    Error::new(
        Code::ActionNotAllowed,
        format!("状态为{status}时不能{action}"),
        format!("an assessment that is {status} does not allow {action}"),
    )
}

fn touched(loaded: &Loaded) -> bool {
    loaded.results.values().any(|result| result.reviewed_score.is_some())
}

/// The actions that the caller may take on an assessment now, and those that are blocked, with the reason.
fn actions_now(loaded: &Loaded, caller: &Caller, summary: &Summary) -> (Vec<Action>, Vec<BlockedAction>) {
    let status = loaded.row.status;
    let has = |scope: Scope| caller.scopes().has(scope);
    let (mut allowed, mut blocked) = (Vec::new(), Vec::new());
    if allows(Action::Edit, status) && has(Scope::AssessmentsWrite) {
        allowed.push(Action::Edit);
        if loaded.row.revision == 1 {
            allowed.push(Action::Delete);
        }
    }
    if allows(Action::SetReviewedScores, status) && has(Scope::AssessmentsReview) {
        allowed.push(Action::SetReviewedScores);
    }
    for step in STEPS {
        if !step.from.contains(&status) || !step.scopes.iter().any(|&scope| has(scope)) {
            continue;
        }
        let obstacle = match step.action {
            Action::Submit if summary.finding_counts.error > 0 => Some(Code::FindingsBlockSubmission),
            Action::Withdraw if touched(loaded) => Some(Code::ActionNotAllowed),
            _ => None,
        };
        match obstacle {
            None => allowed.push(step.action),
            Some(code) => blocked.push(BlockedAction { action: step.action, code: code.as_str() }),
        }
    }
    (allowed, blocked)
}

/// An assessment as the caller sees it.
pub fn view(loaded: &Loaded, caller: &Caller, with_results: bool) -> Result<SelfAssessment> {
    let (row, profile) = (&loaded.row, loaded.profile()?);
    let (mut summary, mut results) = match &loaded.frozen {
        Some(frozen) => (frozen.summary.clone(), if with_results { frozen.results.clone() } else { Vec::new() }),
        None => {
            let assessment = loaded.assessment();
            let judged = Judged::new(&assessment, profile);
            (judged.summary(), if with_results { results(loaded, &judged) } else { Vec::new() })
        }
    };
    if row.status == Status::Submitted && touched(loaded) {
        // During the review, final scores and totals follow the reviewed scores; what was submitted stays frozen.
        let now = Judged::new(&loaded.assessment(), profile).summary();
        (summary.final_total, summary.final_grade) = (now.final_total, now.final_grade);
        for result in &mut results {
            let reviewed = loaded.results.get(&result.indicator_id);
            result.reviewed_score = reviewed.and_then(|one| one.reviewed_score);
            result.review_reason = reviewed.and_then(|one| one.review_reason.clone());
        }
    }
    let (allowed_actions, blocked_actions) = actions_now(loaded, caller, &summary);
    Ok(SelfAssessment {
        id: row.id.clone(),
        version: row.version,
        project_id: row.project_id.clone(),
        fiscal_year: loaded.project.fiscal_year,
        subject: loaded.project.subject,
        kind: row.kind,
        revision: row.revision,
        status: row.status,
        rule_profile: RuleProfileRef::of(profile),
        declared: actions::declared(row),
        deviation_reason: row.deviation_reason.clone(),
        goal_completion: row.goal_completion.clone(),
        narrative: row.narrative.clone(),
        computed: Total::of(summary.computed_total, summary.grade),
        final_result: Total::of(summary.final_total, summary.final_grade),
        attainable_total: summary.attainable_total,
        results: with_results.then_some(results),
        execution: summary.execution,
        finding_counts: summary.finding_counts,
        allowed_actions,
        blocked_actions,
        content_hash: row.content_hash.clone(),
        submitted_at: row.submitted_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
        etag: loaded.etag(),
    })
}

fn results(loaded: &Loaded, judged: &Judged<'_>) -> Vec<ResultView> {
    let rows = judged.assessment.rows.iter().zip(judged.computed_scores()).zip(&judged.scored.rows);
    type Scored<'a> = ((&'a Row, Option<Points>), &'a RowScore);
    let of = |(indicator, ((row, computed_score), score)): (&crate::indicators::Indicator, Scored<'_>)| {
        let result = loaded.results.get(&indicator.id);
        ResultView {
            indicator_id: indicator.id.clone(),
            level1: indicator.level1.clone(),
            level2: indicator.level2.clone(),
            name: indicator.name.clone(),
            weight: indicator.weight,
            target_text: indicator.target_text.clone(),
            target: indicator.target.clone(),
            actual: row.actual.as_ref().and_then(ActualValue::of),
            actual_text: result.and_then(|result| result.actual_text.clone()),
            status: Some(row.status()).filter(|status| *status != RowStatus::Reported).map(Into::into),
            is_reached: score.is_reached,
            achievement: result.and_then(|result| result.achievement),
            declared_score: result.and_then(|result| result.declared_score),
            computed_score,
            deviation_reason: result.and_then(|result| result.deviation_reason.clone()),
            reviewed_score: result.and_then(|result| result.reviewed_score),
            review_reason: result.and_then(|result| result.review_reason.clone()),
        }
    };
    loaded.indicators.iter().zip(rows).map(of).collect()
}

/// Takes one step.
pub fn take(
    c: &mut Connection,
    caller: &Caller,
    id: &AssessmentId,
    if_match: &IfMatch,
    new: NewTransition,
) -> Result<SelfAssessment> {
    let mut loaded = load(c, caller, id)?;
    let before = loaded.row.clone();
    let from = loaded.row.status;
    let step = STEPS.iter().find(|step| step.action == new.action).ok_or_else(|| {
        let names: Vec<&str> = STEPS.iter().map(|step| step.action.as_str()).collect();
        let misread = crate::values::input::Misread::unknown_value(new.action.as_str(), &names);
        Error::fields(Code::InvalidFields, vec![misread.at("/action")])
    })?;
    caller.may(step.scopes)?;
    if_match.check(&loaded.etag())?;
    guard::check(c, Write::Assessment(id.clone(), step.action))?;
    if matches!(step.action, Action::Return | Action::Reopen) && new.comment.is_none() {
        return Err(Error::field(
            "/comment",
            Code::MissingField,
            "退回和重启须说明原因",
            "a return and a reopening need a reason",
        ));
    }
    let mut transition = Transition {
        id: TransitionId::new(),
        assessment_id: id.clone(),
        revision: loaded.row.revision,
        action: step.action,
        from_status: from,
        to_status: step.to,
        comment: new.comment,
        subject: c.author().subject.clone(),
        organization_code: caller.organization_code.clone(),
        content_hash: None,
        reviewed_scores: Stored::new(&reviews::reviewed(&loaded))?,
        created_at: Instant::now(),
    };
    match step.action {
        Action::Submit => submit(c, &mut loaded)?,
        Action::Review => freeze(c, &mut loaded)?,
        Action::Withdraw if touched(&loaded) => {
            return Err(Error::new(
                Code::ActionNotAllowed,
                "审核方已设定复核得分，不能撤回",
                "a reviewer has set scores; it can no longer be withdrawn",
            ));
        }
        Action::Publish => scores::actions::publish(c, &loaded)?,
        _ => {}
    }
    transition.content_hash.clone_from(&loaded.row.content_hash);
    if step.action == Action::Reopen {
        // First, since what is frozen of the revision before is what was published.
        loaded.row.revision += 1;
    }
    if step.to == Status::Draft {
        thaw(c, &mut loaded)?;
    }
    loaded.row.status = step.to;
    actions::save(c, &before, &mut loaded.row, step.told)?;
    store::record(c, &transition)?;
    view(&loaded, caller, true)
}

fn submit(c: &mut Connection, loaded: &mut Loaded) -> Result<()> {
    let (assessment, ids) = (loaded.assessment(), loaded.ids());
    let judged = Judged::new(&assessment, loaded.profile()?);
    let blocking: Vec<Finding> = judged.blocking().cloned().collect();
    if !blocking.is_empty() {
        let count = blocking.len();
        let error = Error::new(
            Code::FindingsBlockSubmission,
            format!("有{count}个错误级疑点"),
            format!("{count} findings of severity error"),
        );
        return Err(error.with_findings(move |language: Language| {
            let views: Vec<FindingView> = blocking.iter().map(|one| FindingView::new(one, &ids, language)).collect();
            // Findings are strings and numbers, which always serialize.
            serde_json::to_value(views).unwrap_or_default()
        }));
    }
    loaded.row.submitted_at = Some(Instant::now());
    freeze(c, loaded)
}

/// The content of an assessment as the rule computes it now, with all that its report needs.
///
/// # Errors
/// When the database fails.
pub fn content(c: &mut Connection, loaded: &Loaded) -> Result<Content> {
    let assessment = loaded.assessment();
    let (row, project) = (&loaded.row, &loaded.project);
    let organization = organizations::store::find(c, &project.organization_id)?;
    let above = organization.parent_id.as_ref().map(|id| organizations::store::find(c, id)).transpose()?;
    // If a department carries a project out itself, it is also the department of the project.
    let department = std::iter::once(&organization)
        .chain(&above)
        .find(|one| one.kind == organizations::OrganizationKind::Department);
    let department = department.map(|one| one.name.to_string());
    let identity = Identity {
        self_assessment_id: row.id.to_string(),
        revision: row.revision,
        project_id: project.id.to_string(),
        fiscal_year: project.fiscal_year,
        project_code: project.code.to_string(),
        project_name: project.name.to_string(),
        organization_id: organization.id.to_string(),
        organization_code: organization.code.to_string(),
        organization_name: organization.name.to_string(),
        declared: serde_json::to_value(actions::declared(row)).map_err(|cause| Error::internal(&cause))?,
    };
    let particulars = Particulars::of(project, &loaded.lines, row, department)?;
    let judged = Judged::new(&assessment, loaded.profile()?);
    judged.content((identity, particulars), results(loaded, &judged), &loaded.ids())
}

/// Freezes the current content, including the reviewed scores.
fn freeze(c: &mut Connection, loaded: &mut Loaded) -> Result<()> {
    let content = content(c, loaded)?;
    let (text, hash) = content.freeze()?;
    let shown = Shown::from(content);
    frozen::store::freeze(c, &loaded.row, &text, &shown)?;
    loaded.frozen = Some(shown);
    loaded.row.content_hash = Some(hash);
    Ok(())
}

/// Turns an assessment back into a draft. The reviewed scores are removed, because they belong to figures that will
/// change; the record of the step keeps them.
fn thaw(c: &mut Connection, loaded: &mut Loaded) -> Result<()> {
    frozen::store::unfreeze(c, &loaded.row)?;
    loaded.frozen = None;
    loaded.row.content_hash = None;
    loaded.row.submitted_at = None;
    reviews::set_reviewed(loaded, Vec::new());
    reviews::write_results(c, loaded)
}
