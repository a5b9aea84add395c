-- The parts of an assessment and of a score carry its division and year as it does: whoever spreads tables by them can
-- spread these too.
ALTER TABLE assessment_results ADD COLUMN division_code TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE assessment_results ADD COLUMN fiscal_year INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assessment_transitions ADD COLUMN division_code TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE assessment_transitions ADD COLUMN fiscal_year INTEGER NOT NULL DEFAULT 0;
ALTER TABLE frozen_contents ADD COLUMN division_code TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE frozen_contents ADD COLUMN fiscal_year INTEGER NOT NULL DEFAULT 0;
ALTER TABLE score_levels ADD COLUMN division_code TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE score_levels ADD COLUMN fiscal_year INTEGER NOT NULL DEFAULT 0;
ALTER TABLE score_documents ADD COLUMN fiscal_year INTEGER NOT NULL DEFAULT 0;
UPDATE assessment_results SET division_code = whole.division_code, fiscal_year = whole.fiscal_year
    FROM self_assessments AS whole WHERE whole.id = assessment_results.assessment_id;
UPDATE assessment_transitions SET division_code = whole.division_code, fiscal_year = whole.fiscal_year
    FROM self_assessments AS whole WHERE whole.id = assessment_transitions.assessment_id;
UPDATE frozen_contents SET division_code = whole.division_code, fiscal_year = whole.fiscal_year
    FROM self_assessments AS whole WHERE whole.id = frozen_contents.assessment_id;
UPDATE score_levels SET division_code = whole.division_code, fiscal_year = whole.fiscal_year
    FROM scores AS whole WHERE whole.id = score_levels.score_id;
UPDATE score_documents SET fiscal_year = whole.fiscal_year FROM scores AS whole WHERE whole.id = score_documents.score_id;
