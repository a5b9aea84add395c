-- The files that any server may be asked for, in pieces of 1 MiB.
CREATE TABLE blobs (
    name TEXT COLLATE "C" NOT NULL,
    part BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    -- Without it a file is not whole.
    is_last BOOLEAN NOT NULL,
    PRIMARY KEY (name, part)
);
-- Which server works on what, until when another may take it over, and how far it is.
CREATE TABLE leases (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('import', 'export', 'shown')),
    run TEXT COLLATE "C" NOT NULL,
    leased_until TIMESTAMP NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    organization_code TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    phase TEXT COLLATE "C" NOT NULL,
    processed BIGINT NOT NULL,
    total BIGINT NOT NULL
);
CREATE INDEX leases_by_end ON leases (kind, leased_until);
-- The run of the work whose files count; none where they were made before there were runs.
ALTER TABLE imports ADD COLUMN run TEXT COLLATE "C";
ALTER TABLE exports ADD COLUMN run TEXT COLLATE "C";
-- What is under way while the program is replaced begins anew.
INSERT INTO leases
    SELECT id, 'import', id, created_at, subject, organization_code, '', 'zh-CN', '', 0, 0
    FROM imports WHERE status = 'validating';
INSERT INTO leases
    SELECT id, 'export', id, created_at, subject, organization_code, '', 'zh-CN', '', 0, 0
    FROM exports WHERE status = 'running';
-- The public keys of all servers that sign exports.
CREATE TABLE signing_keys (
    kid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    public_key TEXT COLLATE "C" NOT NULL,
    added_at TIMESTAMP NOT NULL
);
