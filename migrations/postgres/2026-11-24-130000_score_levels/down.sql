DROP TABLE score_levels;
