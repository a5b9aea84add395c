ALTER TABLE imports DROP COLUMN clears_empty;
