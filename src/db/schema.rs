//! The tables, as diesel sees them on both databases.

#![expect(
    missing_docs,
    reason = "diesel makes a module of each table and a type of each column; the migrations document them"
)]

pub use super::schema_of_servers::{blobs, feed_epochs, feed_secrets, leases, signing_keys};
pub use super::schema_of_sums::{division_execution_sums, execution_sums, row_counts, score_counts, score_sums};
pub use super::schema_of_webhooks::{webhook_cursors, webhook_deliveries, webhook_receivers, webhook_subscriptions};

diesel::table! {
    organizations (id) {
        id -> Text,
        version -> BigInt,
        code -> Text,
        name -> Text,
        kind -> Text,
        parent_id -> Nullable<Text>,
        division_code -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    organization_ancestors (ancestor_code, organization_id) {
        ancestor_code -> Text,
        organization_id -> Text,
    }
}

diesel::table! {
    division_ancestors (ancestor_code, division_code) {
        ancestor_code -> Text,
        division_code -> Text,
    }
}

diesel::table! {
    projects (id) {
        id -> Text,
        version -> BigInt,
        division_code -> Text,
        fiscal_year -> Integer,
        code -> Text,
        name -> Text,
        organization_id -> Text,
        overall_goal -> Nullable<Text>,
        annual_goal -> Nullable<Text>,
        basis_documents -> Text,
        implementation_plan -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        subject -> Text,
    }
}

diesel::table! {
    budget_lines (id) {
        id -> Text,
        version -> BigInt,
        project_id -> Text,
        fiscal_year -> Integer,
        funding_source -> Text,
        economic_category -> Text,
        initial_amount -> BigInt,
        adjusted_amount -> BigInt,
        executed_amount -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        government_level -> Nullable<Text>,
        fund_nature -> Nullable<Text>,
        division_code -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::values::exact::ExactSql;

    indicators (id) {
        id -> Text,
        version -> BigInt,
        project_id -> Text,
        fiscal_year -> Integer,
        position -> Integer,
        level1 -> Text,
        level2 -> Nullable<Text>,
        name -> Text,
        measure -> Text,
        comparison -> Nullable<Text>,
        weight -> Nullable<BigInt>,
        target_text -> Nullable<Text>,
        target_value -> Nullable<ExactSql>,
        target_upper -> Nullable<ExactSql>,
        target_unit -> Nullable<Text>,
        target_is_approximate -> Bool,
        target_deadline -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        explanation -> Nullable<Text>,
        scoring_standard -> Nullable<Text>,
        data_source -> Nullable<Text>,
        is_core -> Nullable<Bool>,
        division_code -> Text,
    }
}

diesel::table! {
    self_assessments (id) {
        id -> Text,
        version -> BigInt,
        project_id -> Text,
        fiscal_year -> Integer,
        kind -> Text,
        revision -> Integer,
        status -> Text,
        rule_profile_code -> Text,
        rule_profile_version -> Integer,
        declared_total -> Nullable<BigInt>,
        declared_grade_text -> Nullable<Text>,
        declared_indicator_count -> Nullable<Integer>,
        declared_initial_amount -> Nullable<BigInt>,
        declared_adjusted_amount -> Nullable<BigInt>,
        declared_executed_amount -> Nullable<BigInt>,
        deviation_reason -> Nullable<Text>,
        content_hash -> Nullable<Text>,
        submitted_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        narrative -> Text,
        goal_completion -> Nullable<Text>,
        division_code -> Text,
    }
}

diesel::table! {
    assessment_results (assessment_id, indicator_id) {
        assessment_id -> Text,
        indicator_id -> Text,
        actual_text -> Nullable<Text>,
        achievement -> Nullable<Text>,
        declared_score -> Nullable<BigInt>,
        deviation_reason -> Nullable<Text>,
        reviewed_score -> Nullable<BigInt>,
        review_reason -> Nullable<Text>,
        status -> Nullable<Text>,
        division_code -> Text,
        fiscal_year -> Integer,
    }
}

diesel::table! {
    assessment_transitions (id) {
        id -> Text,
        assessment_id -> Text,
        revision -> Integer,
        action -> Text,
        from_status -> Text,
        to_status -> Text,
        comment -> Nullable<Text>,
        subject -> Text,
        organization_code -> Text,
        content_hash -> Nullable<Text>,
        reviewed_scores -> Text,
        created_at -> Timestamp,
        division_code -> Text,
        fiscal_year -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::values::exact::ExactSql;

    scores (id) {
        id -> Text,
        assessment_id -> Text,
        project_id -> Text,
        organization_id -> Text,
        fiscal_year -> Integer,
        project_code -> Text,
        project_name -> Text,
        organization_code -> Text,
        organization_name -> Text,
        kind -> Text,
        revision -> Integer,
        rule_profile_code -> Text,
        rule_profile_version -> Integer,
        declared_total -> Nullable<BigInt>,
        computed_total -> BigInt,
        final_total -> BigInt,
        grade -> Text,
        adjusted_amount -> BigInt,
        executed_amount -> BigInt,
        execution_rate -> Nullable<ExactSql>,
        levels -> Text,
        content_hash -> Text,
        supersedes_id -> Nullable<Text>,
        published_at -> Timestamp,
        superseded_at -> Nullable<Timestamp>,
        reviewed_total -> Nullable<BigInt>,
        division_code -> Text,
    }
}

diesel::table! {
    imports (id) {
        id -> Text,
        version -> BigInt,
        organization_code -> Text,
        subject -> Text,
        kind -> Text,
        mode -> Text,
        status -> Text,
        fiscal_year -> Nullable<Integer>,
        create_missing -> Bool,
        file_name -> Nullable<Text>,
        content_hash -> Nullable<Text>,
        content_bytes -> Nullable<BigInt>,
        fingerprint -> Nullable<Text>,
        duplicate_of -> Nullable<Text>,
        created_rows -> BigInt,
        updated_rows -> BigInt,
        unchanged_rows -> BigInt,
        rejected_rows -> BigInt,
        notes -> Text,
        problem -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        committed_at -> Nullable<Timestamp>,
        expires_at -> Timestamp,
        clears_empty -> Bool,
        run -> Nullable<Text>,
    }
}

diesel::table! {
    idempotency_keys (caller, key) {
        caller -> Text,
        key -> Text,
        fingerprint -> Text,
        status -> Integer,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Text,
        created_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    organizations,
    organization_ancestors,
    division_ancestors,
    projects,
    budget_lines,
    indicators,
    self_assessments,
    assessment_results,
    assessment_transitions,
    scores,
    imports,
    exports,
    webhook_subscriptions,
    webhook_cursors,
    webhook_receivers,
    webhook_deliveries,
    change_heads,
    frozen_contents,
    score_documents,
    row_counts,
);
diesel::joinable!(projects -> organizations (organization_id));
diesel::joinable!(budget_lines -> projects (project_id));
diesel::joinable!(indicators -> projects (project_id));
diesel::joinable!(self_assessments -> projects (project_id));
diesel::joinable!(frozen_contents -> self_assessments (assessment_id));

diesel::table! {
    change_heads (division_code) {
        division_code -> Text,
        position -> BigInt,
        forgotten -> BigInt,
        begun -> BigInt,
    }
}

diesel::table! {
    changes (division_code, position) {
        division_code -> Text,
        position -> BigInt,
        #[sql_name = "type"]
        change_type -> Text,
        resource_id -> Text,
        version -> BigInt,
        organization_code -> Text,
        audience -> Text,
        natural_key -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    exports (id) {
        id -> Text,
        version -> BigInt,
        organization_code -> Text,
        subject -> Text,
        kind -> Text,
        format -> Text,
        status -> Text,
        filters -> Text,
        manifest -> Nullable<Text>,
        signature -> Nullable<Text>,
        problem -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        expires_at -> Timestamp,
        run -> Nullable<Text>,
    }
}

diesel::table! {
    score_levels (score_id, level1) {
        score_id -> Text,
        level1 -> Text,
        weight -> BigInt,
        computed -> BigInt,
        #[sql_name = "final"]
        final_points -> BigInt,
        division_code -> Text,
        fiscal_year -> Integer,
    }
}

diesel::table! {
    frozen_contents (assessment_id, revision) {
        assessment_id -> Text,
        revision -> Integer,
        form -> Integer,
        content -> Binary,
        shown -> Nullable<Binary>,
        division_code -> Text,
        fiscal_year -> Integer,
    }
}

diesel::table! {
    score_documents (score_id) {
        score_id -> Text,
        document -> Nullable<Text>,
        division_code -> Text,
        fiscal_year -> Integer,
    }
}
