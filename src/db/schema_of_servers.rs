//! The tables of what several servers share: files, who works on what, and the keys that they sign with.

#![expect(
    missing_docs,
    reason = "diesel makes a module of each table and a type of each column; the migrations document them"
)]

diesel::table! {
    feed_epochs (base) {
        base -> BigInt,
        identity -> Nullable<Text>,
        begun_at -> Timestamp,
    }
}

diesel::table! {
    blobs (name, part) {
        name -> Text,
        part -> BigInt,
        bytes -> Binary,
        is_last -> Bool,
    }
}

diesel::table! {
    leases (id) {
        id -> Text,
        kind -> Text,
        run -> Text,
        leased_until -> Timestamp,
        subject -> Text,
        organization_code -> Text,
        scopes -> Text,
        language -> Text,
        phase -> Text,
        processed -> BigInt,
        total -> BigInt,
    }
}

diesel::table! {
    feed_secrets (secret) {
        secret -> Text,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        public_key -> Text,
        added_at -> Timestamp,
    }
}
