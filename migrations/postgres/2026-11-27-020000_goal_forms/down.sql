DELETE FROM imports WHERE kind = 'goal_forms';
ALTER TABLE imports ADD CONSTRAINT imports_kind_check CHECK (kind IN
    ('self_assessment_forms', 'organizations', 'projects', 'budget_lines', 'indicators', 'results'));
