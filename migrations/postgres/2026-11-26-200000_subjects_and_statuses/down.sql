ALTER TABLE assessment_results DROP COLUMN status;
ALTER TABLE self_assessments DROP COLUMN goal_completion;
ALTER TABLE projects DROP COLUMN subject;
