ALTER TABLE budget_lines DROP COLUMN fund_nature;
ALTER TABLE budget_lines DROP COLUMN government_level;
ALTER TABLE indicators DROP COLUMN is_core;
ALTER TABLE indicators DROP COLUMN data_source;
ALTER TABLE indicators DROP COLUMN scoring_standard;
ALTER TABLE indicators DROP COLUMN explanation;
