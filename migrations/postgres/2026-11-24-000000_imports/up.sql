-- Bulk uploads. Their rows, their plan and their report are files; this says what became of them.
CREATE TABLE imports (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    organization_code TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN
        ('self_assessment_forms', 'organizations', 'projects', 'budget_lines', 'indicators', 'results')),
    mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('atomic', 'valid_rows')),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN
        ('awaiting_content', 'validating', 'validated', 'failed', 'committed', 'reverted', 'duplicate')),
    fiscal_year INTEGER,
    create_missing BOOLEAN NOT NULL,
    file_name TEXT COLLATE "C",
    content_hash TEXT COLLATE "C",
    content_bytes BIGINT,
    -- The same file for the same scope is the same import; what failed or was reverted has none.
    fingerprint TEXT COLLATE "C" UNIQUE,
    duplicate_of TEXT COLLATE "C",
    created_rows BIGINT NOT NULL,
    updated_rows BIGINT NOT NULL,
    unchanged_rows BIGINT NOT NULL,
    rejected_rows BIGINT NOT NULL,
    notes TEXT COLLATE "C" NOT NULL,
    problem TEXT COLLATE "C",
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    committed_at TIMESTAMP,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX imports_by_organization ON imports (organization_code, id);
CREATE INDEX imports_by_status ON imports (status, id);
CREATE INDEX imports_by_kind ON imports (kind, id);
