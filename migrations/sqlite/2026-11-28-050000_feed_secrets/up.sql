-- What the numbers of events are sealed with for readers below a division: one secret of the installation.
CREATE TABLE feed_secrets (
    secret TEXT NOT NULL PRIMARY KEY
);
INSERT INTO feed_secrets (secret) VALUES (lower(hex(randomblob(32))));
