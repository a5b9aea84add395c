-- What only people can write of an assessment, JSON.
ALTER TABLE self_assessments ADD COLUMN narrative TEXT COLLATE "C" NOT NULL DEFAULT '{}';
