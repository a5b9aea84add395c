-- How many rows lists count, kept by the statement that adds or takes them: of each organization, and with the empty id of the
-- whole division. A project counts by what it stands for, a score by its kind and grade.
CREATE TABLE row_counts (
    division_code TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL,
    resource TEXT COLLATE "C" NOT NULL,
    fiscal_year INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (division_code, organization_id, resource, fiscal_year, kind, state)
);
CREATE VIEW row_count_contributions AS
SELECT division_code, organization_id, 'projects' AS resource, fiscal_year, subject AS kind, '' AS state FROM projects
UNION ALL
SELECT division_code, '', 'projects', fiscal_year, subject, '' FROM projects
UNION ALL
SELECT division_code, organization_id, 'scores', fiscal_year, kind, grade FROM scores
UNION ALL
SELECT division_code, '', 'scores', fiscal_year, kind, grade FROM scores;
INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
SELECT division_code, organization_id, resource, fiscal_year, kind, state, COUNT(*) FROM row_count_contributions
GROUP BY division_code, organization_id, resource, fiscal_year, kind, state;

-- Of many rows together, in the order of their keys, so that one transaction writes each count once a statement.
CREATE FUNCTION projects_counted() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'INSERT' THEN
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    SELECT division_code, place, 'projects', fiscal_year, subject, '', COUNT(*)
    FROM added CROSS JOIN LATERAL (VALUES (organization_id), ('')) AS places (place)
    GROUP BY division_code, place, fiscal_year, subject ORDER BY 1, 2, 4, 5, 6
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = row_counts.count + excluded.count;
    ELSE
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    SELECT division_code, place, 'projects', fiscal_year, subject, '', -COUNT(*)
    FROM taken CROSS JOIN LATERAL (VALUES (organization_id), ('')) AS places (place)
    GROUP BY division_code, place, fiscal_year, subject ORDER BY 1, 2, 4, 5, 6
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = row_counts.count + excluded.count;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER projects_counted AFTER INSERT ON projects
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION projects_counted();
CREATE TRIGGER projects_discounted AFTER DELETE ON projects
    REFERENCING OLD TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION projects_counted();
CREATE FUNCTION projects_counted_elsewhere() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    SELECT OLD.division_code, place, 'projects', OLD.fiscal_year, OLD.subject, '', -1
    FROM (VALUES (OLD.organization_id), ('')) AS places (place)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = row_counts.count + excluded.count;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    SELECT NEW.division_code, place, 'projects', NEW.fiscal_year, NEW.subject, '', 1
    FROM (VALUES (NEW.organization_id), ('')) AS places (place)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = row_counts.count + excluded.count;
    RETURN NULL;
END $$;
CREATE TRIGGER projects_counted_elsewhere AFTER UPDATE OF division_code, organization_id, fiscal_year, subject ON projects FOR EACH ROW
    WHEN (OLD.division_code <> NEW.division_code OR OLD.organization_id <> NEW.organization_id OR OLD.fiscal_year <> NEW.fiscal_year OR OLD.subject <> NEW.subject)
    EXECUTE FUNCTION projects_counted_elsewhere();
CREATE FUNCTION scores_counted() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'INSERT' THEN
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    SELECT division_code, place, 'scores', fiscal_year, kind, grade, COUNT(*)
    FROM added CROSS JOIN LATERAL (VALUES (organization_id), ('')) AS places (place)
    GROUP BY division_code, place, fiscal_year, kind, grade ORDER BY 1, 2, 4, 5, 6
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = row_counts.count + excluded.count;
    ELSE
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    SELECT division_code, place, 'scores', fiscal_year, kind, grade, -COUNT(*)
    FROM taken CROSS JOIN LATERAL (VALUES (organization_id), ('')) AS places (place)
    GROUP BY division_code, place, fiscal_year, kind, grade ORDER BY 1, 2, 4, 5, 6
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = row_counts.count + excluded.count;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER scores_counted AFTER INSERT ON scores
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION scores_counted();
CREATE TRIGGER scores_discounted AFTER DELETE ON scores
    REFERENCING OLD TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION scores_counted();
CREATE FUNCTION scores_counted_elsewhere() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    SELECT OLD.division_code, place, 'scores', OLD.fiscal_year, OLD.kind, OLD.grade, -1
    FROM (VALUES (OLD.organization_id), ('')) AS places (place)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = row_counts.count + excluded.count;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    SELECT NEW.division_code, place, 'scores', NEW.fiscal_year, NEW.kind, NEW.grade, 1
    FROM (VALUES (NEW.organization_id), ('')) AS places (place)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = row_counts.count + excluded.count;
    RETURN NULL;
END $$;
CREATE TRIGGER scores_counted_elsewhere AFTER UPDATE OF division_code, organization_id, fiscal_year, kind, grade ON scores FOR EACH ROW
    WHEN (OLD.division_code <> NEW.division_code OR OLD.organization_id <> NEW.organization_id OR OLD.fiscal_year <> NEW.fiscal_year OR OLD.kind <> NEW.kind OR OLD.grade <> NEW.grade)
    EXECUTE FUNCTION scores_counted_elsewhere();
