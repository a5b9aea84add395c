-- Some forms print points at level 1 only: what they do not say is not 0. SQLite cannot take NOT NULL off a column, and
-- making the table anew would take its results along.
ALTER TABLE indicators ADD COLUMN optional_weight BIGINT;
UPDATE indicators SET optional_weight = weight;
ALTER TABLE indicators DROP COLUMN weight;
ALTER TABLE indicators RENAME COLUMN optional_weight TO weight;
