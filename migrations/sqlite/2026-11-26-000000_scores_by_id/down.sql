DROP INDEX scores_by_id;
