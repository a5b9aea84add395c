ALTER TABLE scores ADD COLUMN content TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE scores SET content = (SELECT score_contents.content FROM score_contents WHERE score_id = scores.id);
DROP TABLE score_contents;
