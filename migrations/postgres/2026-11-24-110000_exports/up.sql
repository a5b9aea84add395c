CREATE TABLE exports (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    organization_code TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL
        CHECK (kind IN ('scores', 'projects', 'budget_lines', 'indicators', 'results', 'findings')),
    format TEXT COLLATE "C" NOT NULL CHECK (format IN ('ndjson', 'csv', 'xlsx')),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('running', 'ready', 'failed')),
    -- What is exported, JSON.
    filters TEXT COLLATE "C" NOT NULL,
    -- What the file is, canonical JSON, and the signature of it.
    manifest TEXT COLLATE "C",
    signature TEXT COLLATE "C",
    problem TEXT COLLATE "C",
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX exports_by_organization ON exports (organization_code, id);
CREATE INDEX exports_by_kind ON exports (kind, id);
CREATE INDEX exports_by_status ON exports (status, id);
CREATE INDEX exports_by_expiry ON exports (expires_at);
