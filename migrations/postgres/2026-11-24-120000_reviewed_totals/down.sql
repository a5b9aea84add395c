ALTER TABLE scores DROP COLUMN reviewed_total;
