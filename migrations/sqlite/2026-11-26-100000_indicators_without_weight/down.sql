ALTER TABLE indicators ADD COLUMN required_weight BIGINT NOT NULL DEFAULT 0;
UPDATE indicators SET required_weight = weight WHERE weight IS NOT NULL;
ALTER TABLE indicators DROP COLUMN weight;
ALTER TABLE indicators RENAME COLUMN required_weight TO weight;
