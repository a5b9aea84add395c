-- What is not packed yet is found by the whole of its key: by a part of it the planner reads all that is packed instead.
DROP INDEX frozen_contents_unpacked;
CREATE INDEX frozen_contents_unpacked ON frozen_contents (assessment_id, revision) WHERE form = 0;
