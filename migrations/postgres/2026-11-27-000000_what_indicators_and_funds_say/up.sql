-- What forms and goals say of an indicator beside its target.
ALTER TABLE indicators ADD COLUMN explanation TEXT COLLATE "C";
ALTER TABLE indicators ADD COLUMN scoring_standard TEXT COLLATE "C";
ALTER TABLE indicators ADD COLUMN data_source TEXT COLLATE "C";
ALTER TABLE indicators ADD COLUMN is_core BOOLEAN;
-- Which level of government pays, and out of what: statistics need both.
ALTER TABLE budget_lines ADD COLUMN government_level TEXT COLLATE "C"
    CHECK (government_level IN ('central', 'provincial', 'prefecture', 'county', 'local', 'other'));
ALTER TABLE budget_lines ADD COLUMN fund_nature TEXT COLLATE "C"
    CHECK (fund_nature IN ('general_public', 'government_fund', 'state_capital', 'special_account', 'unit_funds', 'carryover',
        'other'));
