DROP TABLE signing_keys;
ALTER TABLE exports DROP COLUMN run;
ALTER TABLE imports DROP COLUMN run;
DROP TABLE leases;
DROP TABLE blobs;
