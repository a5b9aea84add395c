-- What is packed cannot be unpacked here: the table refuses it, and nothing is lost.
CREATE TABLE packed_contents (count BIGINT NOT NULL CHECK (count = 0));
INSERT INTO packed_contents SELECT COUNT(*) FROM frozen_contents WHERE form <> 0;
DROP TABLE packed_contents;
ALTER TABLE self_assessments ADD COLUMN frozen_content TEXT;
UPDATE self_assessments SET frozen_content = (SELECT CAST(content AS TEXT) FROM frozen_contents frozen
    WHERE frozen.assessment_id = self_assessments.id AND frozen.revision = self_assessments.revision);
CREATE TABLE score_contents (
    score_id TEXT NOT NULL PRIMARY KEY REFERENCES scores (id),
    content TEXT NOT NULL
);
INSERT INTO score_contents (score_id, content) SELECT score.id, CAST(frozen.content AS TEXT) FROM scores score
JOIN frozen_contents frozen ON frozen.assessment_id = score.assessment_id AND frozen.revision = score.revision;
DROP TABLE frozen_contents;
