-- What the numbers of events are sealed with for readers below a division: one secret of the installation.
CREATE TABLE feed_secrets (
    secret TEXT COLLATE "C" NOT NULL PRIMARY KEY
);
INSERT INTO feed_secrets (secret) VALUES (replace(gen_random_uuid()::TEXT || gen_random_uuid()::TEXT, '-', ''));
