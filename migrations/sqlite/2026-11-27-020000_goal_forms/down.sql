DELETE FROM imports WHERE kind = 'goal_forms';
DROP INDEX imports_by_kind;
ALTER TABLE imports ADD COLUMN listed_kind TEXT NOT NULL DEFAULT 'organizations' CHECK (listed_kind IN
    ('self_assessment_forms', 'organizations', 'projects', 'budget_lines', 'indicators', 'results'));
UPDATE imports SET listed_kind = kind;
ALTER TABLE imports DROP COLUMN kind;
ALTER TABLE imports RENAME COLUMN listed_kind TO kind;
CREATE INDEX imports_by_kind ON imports (kind, id);
