-- The score itself as JSON, apart from what it was made of, which is many times as long: so that the documents lie side by
-- side, and an export reads nothing else. Every score has its row; one that is older than the documents has none in it.
CREATE TABLE score_documents (
    score_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES scores (id),
    document TEXT COLLATE "C"
);
INSERT INTO score_documents (score_id, document) SELECT score_id, document FROM score_contents;
ALTER TABLE score_contents DROP COLUMN document;
