-- From where the feeds count. A database that was restored begins above every number that was ever given out, so that
-- nobody goes on from a number that now names something else. The last row holds.
CREATE TABLE feed_epochs (
    -- Every number of the epoch is larger.
    base BIGINT NOT NULL PRIMARY KEY,
    -- By what a server's database is recognised as the one that it was; nothing on SQLite.
    identity TEXT,
    begun_at TIMESTAMP NOT NULL
);
