//! Scopes: which acts a token allows.

use crate::values::named_enum;

named_enum! {
    /// One act, or family of acts, that a token allows (the JWT claim `scope`).
    Scope: "An act that a token allows." {
        /// Read organizations, projects, budgets, indicators and assessments.
        ProjectsRead = "projects:read",
        /// Change projects, budget lines and indicators.
        ProjectsWrite = "projects:write",
        /// Fill in, submit and withdraw self-assessments.
        AssessmentsWrite = "assessments:write",
        /// Review and return them (主管部门).
        AssessmentsReview = "assessments:review",
        /// Approve and reopen them (财政).
        AssessmentsApprove = "assessments:approve",
        /// Read published scores.
        ScoresRead = "scores:read",
        /// Publish scores.
        ScoresPublish = "scores:publish",
        /// Upload forms and tables.
        ImportsWrite = "imports:write",
        /// Take exports.
        ExportsWrite = "exports:write",
        /// Follow the change feed.
        ChangesRead = "changes:read",
        /// Manage webhook subscriptions.
        WebhooksAdmin = "webhooks:admin",
        /// Read the audit trail.
        AuditRead = "audit:read",
        /// Manage organizations.
        OrgAdmin = "org:admin",
        /// Manage rule profiles.
        RulesAdmin = "rules:admin",
    }
}

/// The scopes of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u32);

impl Scopes {
    /// From the claim: names separated by spaces; what this service does not know grants nothing.
    pub fn from_claim(claim: &str) -> Scopes {
        claim.split_whitespace().filter_map(Scope::from_name).collect()
    }

    /// Whether `scope` is among them.
    pub fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u32) != 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |&scope| self.has(scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Scopes {
        Scopes(scopes.into_iter().fold(0, |set, scope| set | 1 << scope as u32))
    }
}

/// An act that an operation needs: any one of its scopes allows it.
pub trait Act: 'static {
    /// The scopes, one of which a token must have.
    const SCOPES: &'static [Scope];
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident: $($scope:ident)|+);+ $(;)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Act for $name {
            const SCOPES: &'static [Scope] = &[$(Scope::$scope),+];
        }
    )+};
}

acts! {
    /// Reading organizations, projects, budgets, indicators and assessments.
    ReadProjects: ProjectsRead;
    /// Changing projects, budget lines and indicators.
    WriteProjects: ProjectsWrite;
    /// Managing organizations.
    ManageOrganizations: OrgAdmin;
    /// Filling in self-assessments.
    WriteAssessments: AssessmentsWrite;
    /// Setting reviewed scores.
    ReviewAssessments: AssessmentsReview;
    /// Taking an assessment to another state; which scope it needs depends on the action.
    MoveAssessments: AssessmentsWrite | AssessmentsReview | AssessmentsApprove | ScoresPublish;
    /// Uploading forms and tables.
    WriteImports: ImportsWrite;
    /// Reading published scores.
    ReadScores: ScoresRead;
    /// Taking exports.
    WriteExports: ExportsWrite;
    /// Following the change feed.
    ReadChanges: ChangesRead;
    /// Managing webhook subscriptions.
    ManageWebhooks: WebhooksAdmin;
}
