-- What is frozen of an assessment, once for the assessment and the score that is made of it: canonical JSON, packed by the
-- program. What was frozen before is taken over as it is, and packed by the program afterwards.
CREATE TABLE frozen_contents (
    assessment_id TEXT COLLATE "C" NOT NULL REFERENCES self_assessments (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    -- How both are packed: 0 not at all, n by the dictionary n
    form INTEGER NOT NULL,
    content BYTEA NOT NULL,
    -- Its totals and results, which are read most often; absent where it is not packed
    shown BYTEA,
    PRIMARY KEY (assessment_id, revision)
);
CREATE INDEX frozen_contents_unpacked ON frozen_contents (assessment_id) WHERE form = 0;
INSERT INTO frozen_contents (assessment_id, revision, form, content)
SELECT score.assessment_id, score.revision, 0, convert_to(made_of.content, 'UTF8')
FROM score_contents made_of JOIN scores score ON score.id = made_of.score_id;
DROP TABLE score_contents;
INSERT INTO frozen_contents (assessment_id, revision, form, content)
SELECT id, revision, 0, convert_to(frozen_content, 'UTF8') FROM self_assessments WHERE frozen_content IS NOT NULL
ON CONFLICT (assessment_id, revision) DO NOTHING;
ALTER TABLE self_assessments DROP COLUMN frozen_content;
