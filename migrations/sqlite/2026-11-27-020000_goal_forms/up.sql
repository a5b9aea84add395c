-- What kinds of uploads there are is known by the program, which checks each that it writes: a list here has to be changed
-- with every kind that it learns.
DROP INDEX imports_by_kind;
ALTER TABLE imports ADD COLUMN any_kind TEXT NOT NULL DEFAULT '';
UPDATE imports SET any_kind = kind;
ALTER TABLE imports DROP COLUMN kind;
ALTER TABLE imports RENAME COLUMN any_kind TO kind;
CREATE INDEX imports_by_kind ON imports (kind, id);
