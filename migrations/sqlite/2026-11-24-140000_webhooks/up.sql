CREATE TABLE webhook_subscriptions (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    organization_code TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    -- The types of events that it wants, a JSON list; all where it is empty.
    types TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'disabled')),
    status_reason TEXT,
    secret TEXT NOT NULL,
    -- Signs as well until then, so that the receiver can change over.
    former_secret TEXT,
    former_secret_until TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX webhook_subscriptions_by_organization ON webhook_subscriptions (organization_code, id);
CREATE INDEX webhook_subscriptions_by_status ON webhook_subscriptions (status, id);

-- How far a subscription has come: what moves without being a change of the subscription.
CREATE TABLE webhook_cursors (
    subscription_id TEXT NOT NULL PRIMARY KEY REFERENCES webhook_subscriptions (id) ON DELETE CASCADE,
    division_code TEXT NOT NULL,
    -- Messages are made of all events up to this number.
    position BIGINT NOT NULL,
    -- The number of the last event that there is a message of.
    last_event_position BIGINT,
    failing_since TIMESTAMP,
    -- Its receiver is left alone until then.
    not_before TIMESTAMP,
    last_delivered_at TIMESTAMP
);

CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    subscription_id TEXT NOT NULL REFERENCES webhook_subscriptions (id) ON DELETE CASCADE,
    organization_code TEXT NOT NULL,
    -- The event of the feed; a ping has none.
    event_id TEXT,
    message_type TEXT NOT NULL,
    position BIGINT NOT NULL,
    -- The body as it is sent, JSON.
    message TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'dead')),
    attempts INTEGER NOT NULL,
    next_attempt_at TIMESTAMP NOT NULL,
    -- Which server is sending it, and until when nobody else does.
    lease TEXT,
    leased_until TIMESTAMP,
    response_status INTEGER,
    problem TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    delivered_at TIMESTAMP,
    UNIQUE (subscription_id, event_id)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (status, subscription_id, next_attempt_at);
CREATE INDEX webhook_deliveries_by_subscription ON webhook_deliveries (subscription_id, id);
CREATE INDEX webhook_deliveries_by_organization ON webhook_deliveries (organization_code, id);
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (status, id);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);
