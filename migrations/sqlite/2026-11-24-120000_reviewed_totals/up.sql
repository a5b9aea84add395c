-- 复核总分, where a reviewer set scores; of scores that were published before, where that shows.
ALTER TABLE scores ADD COLUMN reviewed_total BIGINT;
UPDATE scores SET reviewed_total = final_total WHERE final_total <> computed_total;
