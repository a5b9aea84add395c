-- The sums of a published score by level 1, so that statistics are made in SQL.
CREATE TABLE score_levels (
    score_id TEXT NOT NULL REFERENCES scores (id) ON DELETE CASCADE,
    level1 TEXT NOT NULL,
    weight BIGINT NOT NULL,
    computed BIGINT NOT NULL,
    final BIGINT NOT NULL,
    PRIMARY KEY (score_id, level1)
);
INSERT INTO score_levels (score_id, level1, weight, computed, final)
SELECT scores.id,
       json_extract(level.value, '$.level1'),
       CAST(replace(json_extract(level.value, '$.weight'), '.', '') AS INTEGER),
       CAST(replace(json_extract(level.value, '$.computed'), '.', '') AS INTEGER),
       CAST(replace(json_extract(level.value, '$.final'), '.', '') AS INTEGER)
FROM scores, json_each(scores.levels) AS level;
