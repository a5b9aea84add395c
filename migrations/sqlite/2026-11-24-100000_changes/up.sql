-- Where the change feed of each division stands. The row is updated by the last statement of every writing
-- transaction, so the order of the numbers is the order of the commits, and none is missing.
CREATE TABLE change_heads (
    division_code TEXT NOT NULL PRIMARY KEY,
    -- The number of the last change.
    position BIGINT NOT NULL,
    -- Changes up to this number are no longer kept.
    forgotten BIGINT NOT NULL
);

CREATE TABLE changes (
    division_code TEXT NOT NULL,
    position BIGINT NOT NULL,
    type TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    organization_code TEXT NOT NULL,
    -- Who sees it: /CODE/CODE/CODE/, the organization and all above it, at the time.
    audience TEXT NOT NULL,
    -- The natural key, JSON.
    natural_key TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (division_code, position)
) WITHOUT ROWID;
