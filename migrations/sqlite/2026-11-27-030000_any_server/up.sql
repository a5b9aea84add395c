-- The files that any server may be asked for, in pieces of 1 MiB.
CREATE TABLE blobs (
    name TEXT NOT NULL,
    part BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    -- Without it a file is not whole.
    is_last BOOLEAN NOT NULL,
    PRIMARY KEY (name, part)
);
-- Which server works on what, until when another may take it over, and how far it is.
CREATE TABLE leases (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('import', 'export', 'shown')),
    run TEXT NOT NULL,
    leased_until TIMESTAMP NOT NULL,
    subject TEXT NOT NULL,
    organization_code TEXT NOT NULL,
    scopes TEXT NOT NULL,
    language TEXT NOT NULL,
    phase TEXT NOT NULL,
    processed BIGINT NOT NULL,
    total BIGINT NOT NULL
);
CREATE INDEX leases_by_end ON leases (kind, leased_until);
-- The run of the work whose files count; none where they were made before there were runs.
ALTER TABLE imports ADD COLUMN run TEXT;
ALTER TABLE exports ADD COLUMN run TEXT;
-- What is under way while the program is replaced begins anew.
INSERT INTO leases
    SELECT id, 'import', id, created_at, subject, organization_code, '', 'zh-CN', '', 0, 0
    FROM imports WHERE status = 'validating';
INSERT INTO leases
    SELECT id, 'export', id, created_at, subject, organization_code, '', 'zh-CN', '', 0, 0
    FROM exports WHERE status = 'running';
-- The public keys of all servers that sign exports.
CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    public_key TEXT NOT NULL,
    added_at TIMESTAMP NOT NULL
);
