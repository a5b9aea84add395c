ALTER TABLE score_contents ADD COLUMN document TEXT;
UPDATE score_contents SET document =
    (SELECT score_documents.document FROM score_documents WHERE score_documents.score_id = score_contents.score_id);
DROP TABLE score_documents;
