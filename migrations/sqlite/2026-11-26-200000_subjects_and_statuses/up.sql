-- What a project stands for: itself, or all that its organization spends (部门整体支出).
ALTER TABLE projects ADD COLUMN subject TEXT NOT NULL DEFAULT 'project' CHECK (subject IN ('project', 'organization'));
-- 实际完成情况 of the goal, beside 预期目标.
ALTER TABLE self_assessments ADD COLUMN goal_completion TEXT;
-- What became of a row, where it is stated; otherwise the words of its actual say it.
ALTER TABLE assessment_results ADD COLUMN status TEXT
    CHECK (status IN ('reported', 'not_done', 'not_applicable', 'not_yet_available', 'no_survey'));
