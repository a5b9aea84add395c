-- For exports: which scores a caller sees of a year, in the order of their ids, without a look at the scores themselves.
CREATE INDEX scores_by_id ON scores (id) INCLUDE (organization_id, fiscal_year);
