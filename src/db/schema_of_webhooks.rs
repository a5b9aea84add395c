//! The tables of the webhooks: subscriptions, how far each has read the feeds, its receiver, and its messages.

#![expect(
    missing_docs,
    reason = "diesel makes a module of each table and a type of each column; the migrations document them"
)]

diesel::table! {
    webhook_subscriptions (id) {
        id -> Text,
        version -> BigInt,
        organization_code -> Text,
        subject -> Text,
        name -> Text,
        url -> Text,
        types -> Text,
        status -> Text,
        status_reason -> Nullable<Text>,
        secret -> Text,
        former_secret -> Nullable<Text>,
        former_secret_until -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    webhook_cursors (subscription_id, division_code) {
        subscription_id -> Text,
        division_code -> Text,
        position -> BigInt,
        last_event_position -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook_receivers (subscription_id) {
        subscription_id -> Text,
        failing_since -> Nullable<Timestamp>,
        not_before -> Nullable<Timestamp>,
        last_delivered_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> Text,
        version -> BigInt,
        subscription_id -> Text,
        organization_code -> Text,
        event_id -> Nullable<Text>,
        message_type -> Text,
        position -> BigInt,
        message -> Text,
        status -> Text,
        attempts -> Integer,
        next_attempt_at -> Timestamp,
        lease -> Nullable<Text>,
        leased_until -> Nullable<Timestamp>,
        response_status -> Nullable<Integer>,
        problem -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        delivered_at -> Nullable<Timestamp>,
    }
}
diesel::joinable!(webhook_cursors -> webhook_subscriptions (subscription_id));
diesel::joinable!(webhook_receivers -> webhook_subscriptions (subscription_id));
diesel::joinable!(webhook_deliveries -> webhook_subscriptions (subscription_id));
