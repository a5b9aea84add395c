-- Whether an empty cell of a table clears what is registered.
ALTER TABLE imports ADD COLUMN clears_empty BOOLEAN NOT NULL DEFAULT FALSE;
