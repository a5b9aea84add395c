//! May this be written now? Every rule that can refuse a change of a project or of its assessments is decided here, in
//! one function, which requests, plans of imports, their commit and their revert all ask. It takes many writes at once,
//! so that an import asks once a batch.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::model::{Action, AssessmentId, Status};
use super::workflow;
use crate::db::Connection;
use crate::db::bulk::CHUNK;
use crate::db::schema::self_assessments as assessments;
use crate::http::error::{Code, Error, Message, Result};
use crate::on;
use crate::organizations::OrganizationId;
use crate::projects::ProjectId;

/// What someone is about to change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Write {
    /// Something of a fiscal year (预算年度) of an organization that no assessment rests on: a project is added,
    /// deleted, renamed or handed to another organization, which is then asked about as well. Nothing refuses it so far.
    InYear(i32, OrganizationId),
    /// An assessment of a project is opened. Nothing refuses it so far; a project that the same batch adds has asked by
    /// itself.
    Opening(ProjectId),
    /// Figures of a project: its year, code and goals, its budget lines, its indicators.
    Figures(ProjectId),
    /// An assessment, by an action: what is declared in it ([`Action::Edit`]), its reviewed scores, a step of its
    /// workflow.
    Assessment(AssessmentId, Action),
}

/// Why a write is refused: the status of an assessment stands against it.
#[derive(Debug, Clone, Copy)]
pub struct Refusal {
    /// The action that the status does not allow; none where figures are written on which an assessment rests.
    action: Option<Action>,
    status: Status,
}

impl Refusal {
    /// The code of the error of an import's row.
    pub fn code(&self) -> Code {
        Code::FiguresLocked
    }

    /// The reason, as the error of an import's row or of its revert gives it.
    pub fn message(&self) -> Message {
        let status = self.status.as_str();
        Message::new(
            format!("该项目的自评处于{status}状态；请先撤回、退回或重启"),
            format!("the project's assessment is {status}; have it withdrawn, returned or reopened first"),
        )
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        match refusal.action {
            Some(action) => workflow::not_allowed(action, refusal.status),
            None => Error::of(Code::FiguresLocked),
        }
    }
}

/// Passes when the write may be made.
///
/// # Errors
/// 409 with the reason, or when the database fails.
pub fn check(c: &mut Connection, write: Write) -> Result<()> {
    match refusals(c, &[write])?.pop().flatten() {
        Some(refusal) => Err(refusal.into()),
        None => Ok(()),
    }
}

/// Of each write, in their order, why it is refused; none where it may be made.
///
/// Figures may not change while an assessment of their project is under review, nor after it was published, unless
/// another is a draft. An assessment allows the actions of its status ([`workflow::allows`]).
///
/// # Errors
/// When the database fails.
pub fn refusals(c: &mut Connection, writes: &[Write]) -> Result<Vec<Option<Refusal>>> {
    let projects: HashSet<&ProjectId> = writes.iter().filter_map(Write::project).collect();
    let projects: Vec<&ProjectId> = projects.into_iter().collect();
    let mut of_projects: HashMap<ProjectId, Vec<Status>> = HashMap::new();
    for chunk in projects.chunks(CHUNK) {
        let found: Vec<(ProjectId, Status)> = on!(&mut *c, c => assessments::table
            .filter(assessments::project_id.eq_any(chunk.iter().copied()))
            .select((assessments::project_id, assessments::status))
            .load(c))?;
        for (id, status) in found {
            of_projects.entry(id).or_default().push(status);
        }
    }
    let ids: HashSet<&AssessmentId> = writes.iter().filter_map(Write::assessment).collect();
    let ids: Vec<&AssessmentId> = ids.into_iter().collect();
    let mut of_assessments: HashMap<AssessmentId, Status> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        of_assessments.extend(on!(&mut *c, c => assessments::table
            .filter(assessments::id.eq_any(chunk.iter().copied()))
            .select((assessments::id, assessments::status))
            .load::<(AssessmentId, Status)>(c))?);
    }
    let refused = |write: &Write| match write {
        Write::InYear(..) | Write::Opening(_) => None,
        Write::Figures(project) => {
            let statuses = of_projects.get(project).map(Vec::as_slice).unwrap_or_default();
            locking(statuses).map(|status| Refusal { action: None, status })
        }
        Write::Assessment(id, action) => {
            // One that is not there yet is written as a draft.
            let status = of_assessments.get(id).copied().unwrap_or(Status::Draft);
            (!workflow::allows(*action, status)).then_some(Refusal { action: Some(*action), status })
        }
    };
    Ok(writes.iter().map(refused).collect())
}

impl Write {
    fn project(&self) -> Option<&ProjectId> {
        match self {
            Write::Figures(id) => Some(id),
            Write::Assessment(..) | Write::InYear(..) | Write::Opening(_) => None,
        }
    }

    fn assessment(&self) -> Option<&AssessmentId> {
        match self {
            Write::Assessment(id, _) => Some(id),
            Write::Figures(_) | Write::InYear(..) | Write::Opening(_) => None,
        }
    }
}

/// Of the statuses of a project's assessments, the one that locks its figures.
fn locking(statuses: &[Status]) -> Option<Status> {
    let under_review = statuses.iter().find(|status| !matches!(status, Status::Draft | Status::Published));
    let published = || statuses.iter().find(|&&status| status == Status::Published);
    match under_review {
        Some(status) => Some(*status),
        None if statuses.contains(&Status::Draft) => None,
        None => published().copied(),
    }
}
