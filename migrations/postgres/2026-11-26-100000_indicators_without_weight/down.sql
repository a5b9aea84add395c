UPDATE indicators SET weight = 0 WHERE weight IS NULL;
ALTER TABLE indicators ALTER COLUMN weight SET NOT NULL;
