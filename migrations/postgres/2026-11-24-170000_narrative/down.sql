ALTER TABLE self_assessments DROP COLUMN narrative;
