DROP INDEX frozen_contents_unpacked;
CREATE INDEX frozen_contents_unpacked ON frozen_contents (assessment_id) WHERE form = 0;
