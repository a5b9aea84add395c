//! How each resource is named in the feed: its events, whose it is, and its natural key.

use crate::assessments::model::AssessmentRow;
use crate::budgets::BudgetLine;
use crate::db::journal::{ChangeType, NaturalKey, Place, Recorded, Subject};
use crate::exports::model::ExportRow;
use crate::imports::model::ImportRow;
use crate::indicators::model::IndicatorRow;
use crate::organizations::Organization;
use crate::projects::model::ProjectRow;
use crate::scores::model::ScoreRow;
use crate::webhooks::model::SubscriptionRow;

macro_rules! recorded {
    ($($row:ty: $created:ident, $updated:ident, $deleted:ident, $place:expr, $key:expr;)+) => {$(
        impl Recorded for $row {
            const CREATED: ChangeType = ChangeType::$created;
            const UPDATED: ChangeType = ChangeType::$updated;
            const DELETED: ChangeType = ChangeType::$deleted;

            fn subject(&self) -> Subject {
                let place: fn(&$row) -> Place = $place;
                let key: fn(&$row) -> NaturalKey = $key;
                Subject { id: self.id.to_string(), version: self.version, place: place(self), key: key(self) }
            }
        }
    )+};
}

recorded! {
    Organization: OrganizationCreated, OrganizationUpdated, OrganizationDeleted,
        |row| Place::Organization(row.id.to_string()),
        |_| NaturalKey::default();
    ProjectRow: ProjectCreated, ProjectUpdated, ProjectDeleted,
        |row| Place::Organization(row.organization_id.to_string()),
        |row| NaturalKey {
            fiscal_year: Some(row.fiscal_year),
            project_code: Some(row.code.to_string()),
            ..NaturalKey::default()
        };
    BudgetLine: BudgetLineCreated, BudgetLineUpdated, BudgetLineDeleted,
        |row| Place::Project(row.project_id.to_string()),
        |row| NaturalKey {
            funding_source: Some(row.funding_source.as_str().to_owned()),
            economic_category: Some(row.economic_category.to_string()),
            ..NaturalKey::default()
        };
    IndicatorRow: IndicatorCreated, IndicatorUpdated, IndicatorDeleted,
        |row| Place::Project(row.project_id.to_string()),
        |row| NaturalKey {
            level1: Some(row.level1.to_string()),
            level2: row.level2.as_ref().map(ToString::to_string),
            name: Some(row.name.to_string()),
            ..NaturalKey::default()
        };
    AssessmentRow: SelfAssessmentCreated, SelfAssessmentUpdated, SelfAssessmentDeleted,
        |row| Place::Project(row.project_id.to_string()),
        |row| NaturalKey {
            kind: Some(row.kind.as_str().to_owned()),
            revision: Some(row.revision),
            ..NaturalKey::default()
        };
    ImportRow: ImportCreated, ImportUpdated, ImportDeleted,
        |row| Place::Code(row.organization_code.to_string()),
        |row| NaturalKey { kind: Some(row.kind.as_str().to_owned()), ..NaturalKey::default() };
    ExportRow: ExportCreated, ExportUpdated, ExportDeleted,
        |row| Place::Code(row.organization_code.clone()),
        |row| NaturalKey { kind: Some(row.kind.as_str().to_owned()), ..NaturalKey::default() };
    SubscriptionRow: WebhookSubscriptionCreated, WebhookSubscriptionUpdated, WebhookSubscriptionDeleted,
        |row| Place::Code(row.organization_code.clone()),
        |row| NaturalKey { name: Some(row.name.to_string()), ..NaturalKey::default() };
}

impl ScoreRow {
    /// How the feed names it. It is never changed, so it has one version.
    pub fn subject(&self) -> Subject {
        Subject {
            id: self.id.to_string(),
            version: 1,
            place: Place::Organization(self.organization_id.to_string()),
            key: NaturalKey {
                fiscal_year: Some(self.fiscal_year),
                project_code: Some(self.project_code.to_string()),
                kind: Some(self.kind.as_str().to_owned()),
                revision: Some(self.revision),
                ..NaturalKey::default()
            },
        }
    }
}
