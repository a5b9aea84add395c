-- Where the change feed of each division stands. The row is updated by the last statement of every writing
-- transaction, so the order of the numbers is the order of the commits, and none is missing.
CREATE TABLE change_heads (
    division_code TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- The number of the last change.
    position BIGINT NOT NULL,
    -- Changes up to this number are no longer kept.
    forgotten BIGINT NOT NULL
);

CREATE TABLE changes (
    division_code TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    organization_code TEXT COLLATE "C" NOT NULL,
    -- Who sees it: /CODE/CODE/CODE/, the organization and all above it, at the time.
    audience TEXT COLLATE "C" NOT NULL,
    -- The natural key, JSON.
    natural_key TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (division_code, position)
);
