-- Some forms print points at level 1 only: what they do not say is not 0.
ALTER TABLE indicators ALTER COLUMN weight DROP NOT NULL;
