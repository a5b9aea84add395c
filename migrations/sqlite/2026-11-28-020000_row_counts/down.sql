DROP TRIGGER projects_counted;
DROP TRIGGER projects_discounted;
DROP TRIGGER projects_counted_elsewhere;
DROP TRIGGER scores_counted;
DROP TRIGGER scores_discounted;
DROP TRIGGER scores_counted_elsewhere;
DROP VIEW row_count_contributions;
DROP TABLE row_counts;
