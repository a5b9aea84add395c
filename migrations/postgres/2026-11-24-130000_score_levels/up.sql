-- The sums of a published score by level 1, so that statistics are made in SQL.
CREATE TABLE score_levels (
    score_id TEXT COLLATE "C" NOT NULL REFERENCES scores (id) ON DELETE CASCADE,
    level1 TEXT COLLATE "C" NOT NULL,
    weight BIGINT NOT NULL,
    computed BIGINT NOT NULL,
    final BIGINT NOT NULL,
    PRIMARY KEY (score_id, level1)
);
INSERT INTO score_levels (score_id, level1, weight, computed, final)
SELECT scores.id,
       level ->> 'level1',
       replace(level ->> 'weight', '.', '')::bigint,
       replace(level ->> 'computed', '.', '')::bigint,
       replace(level ->> 'final', '.', '')::bigint
FROM scores, json_array_elements(scores.levels::json) AS level;
