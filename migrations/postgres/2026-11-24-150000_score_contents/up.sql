-- What a score was made of, and the score itself as JSON, as every answer shows it: neither changes. They are kept apart, so
-- that lists read short rows. Scores of before have no document yet; it is written from the row then.
CREATE TABLE score_contents (
    score_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES scores (id),
    document TEXT COLLATE "C",
    content TEXT COLLATE "C" NOT NULL
);
INSERT INTO score_contents (score_id, content) SELECT id, content FROM scores;
ALTER TABLE scores DROP COLUMN content;
