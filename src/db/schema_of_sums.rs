//! The tables of what statistics add up.

#![expect(
    missing_docs,
    reason = "diesel makes a module of each table and a type of each column; the migrations document them"
)]

diesel::table! {
    score_sums (division_code, organization_code, group_kind, fiscal_year, kind, subject, group_key) {
        division_code -> Text,
        organization_code -> Text,
        fiscal_year -> Integer,
        kind -> Text,
        subject -> Text,
        group_kind -> Text,
        group_key -> Text,
        count -> BigInt,
        weight -> BigInt,
        computed -> BigInt,
        reached -> BigInt,
        declared_count -> BigInt,
        declared -> BigInt,
        excellent -> BigInt,
        good -> BigInt,
        fair -> BigInt,
        poor -> BigInt,
        adjusted -> BigInt,
        executed -> BigInt,
    }
}

diesel::table! {
    score_counts (division_code, organization_code, group_kind, step, fiscal_year, kind, subject, group_key, points) {
        division_code -> Text,
        organization_code -> Text,
        fiscal_year -> Integer,
        kind -> Text,
        subject -> Text,
        group_kind -> Text,
        group_key -> Text,
        step -> Integer,
        points -> BigInt,
        count -> BigInt,
    }
}

diesel::table! {
    execution_sums (organization_id, fiscal_year, subject, group_kind, group_key) {
        organization_id -> Text,
        fiscal_year -> Integer,
        subject -> Text,
        group_kind -> Text,
        group_key -> Text,
        division_code -> Text,
        projects -> BigInt,
        initial -> BigInt,
        adjusted -> BigInt,
        executed -> BigInt,
    }
}

diesel::table! {
    division_execution_sums (division_code, group_kind, fiscal_year, subject, group_key) {
        division_code -> Text,
        fiscal_year -> Integer,
        subject -> Text,
        group_kind -> Text,
        group_key -> Text,
        projects -> BigInt,
        initial -> BigInt,
        adjusted -> BigInt,
        executed -> BigInt,
    }
}

diesel::table! {
    row_counts (division_code, organization_id, resource, fiscal_year, kind, state) {
        division_code -> Text,
        organization_id -> Text,
        resource -> Text,
        fiscal_year -> Integer,
        kind -> Text,
        state -> Text,
        count -> BigInt,
    }
}
