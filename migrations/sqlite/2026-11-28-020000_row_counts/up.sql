-- How many rows lists count, kept by the statement that adds or takes them: of each organization, and with the empty id of the
-- whole division. A project counts by what it stands for, a score by its kind and grade.
CREATE TABLE row_counts (
    division_code TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
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

CREATE TRIGGER projects_counted AFTER INSERT ON projects BEGIN
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (NEW.division_code, NEW.organization_id, 'projects', NEW.fiscal_year, NEW.subject, '', 1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count + 1;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (NEW.division_code, '', 'projects', NEW.fiscal_year, NEW.subject, '', 1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER projects_discounted AFTER DELETE ON projects BEGIN
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (OLD.division_code, OLD.organization_id, 'projects', OLD.fiscal_year, OLD.subject, '', -1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count - 1;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (OLD.division_code, '', 'projects', OLD.fiscal_year, OLD.subject, '', -1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count - 1;
END;
CREATE TRIGGER projects_counted_elsewhere AFTER UPDATE OF division_code, organization_id, fiscal_year, subject ON projects
WHEN OLD.division_code <> NEW.division_code OR OLD.organization_id <> NEW.organization_id OR OLD.fiscal_year <> NEW.fiscal_year OR OLD.subject <> NEW.subject
BEGIN
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (OLD.division_code, OLD.organization_id, 'projects', OLD.fiscal_year, OLD.subject, '', -1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count - 1;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (OLD.division_code, '', 'projects', OLD.fiscal_year, OLD.subject, '', -1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count - 1;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (NEW.division_code, NEW.organization_id, 'projects', NEW.fiscal_year, NEW.subject, '', 1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count + 1;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (NEW.division_code, '', 'projects', NEW.fiscal_year, NEW.subject, '', 1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER scores_counted AFTER INSERT ON scores BEGIN
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (NEW.division_code, NEW.organization_id, 'scores', NEW.fiscal_year, NEW.kind, NEW.grade, 1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count + 1;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (NEW.division_code, '', 'scores', NEW.fiscal_year, NEW.kind, NEW.grade, 1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER scores_discounted AFTER DELETE ON scores BEGIN
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (OLD.division_code, OLD.organization_id, 'scores', OLD.fiscal_year, OLD.kind, OLD.grade, -1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count - 1;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (OLD.division_code, '', 'scores', OLD.fiscal_year, OLD.kind, OLD.grade, -1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count - 1;
END;
CREATE TRIGGER scores_counted_elsewhere AFTER UPDATE OF division_code, organization_id, fiscal_year, kind, grade ON scores
WHEN OLD.division_code <> NEW.division_code OR OLD.organization_id <> NEW.organization_id OR OLD.fiscal_year <> NEW.fiscal_year OR OLD.kind <> NEW.kind OR OLD.grade <> NEW.grade
BEGIN
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (OLD.division_code, OLD.organization_id, 'scores', OLD.fiscal_year, OLD.kind, OLD.grade, -1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count - 1;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (OLD.division_code, '', 'scores', OLD.fiscal_year, OLD.kind, OLD.grade, -1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count - 1;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (NEW.division_code, NEW.organization_id, 'scores', NEW.fiscal_year, NEW.kind, NEW.grade, 1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count + 1;
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    VALUES (NEW.division_code, '', 'scores', NEW.fiscal_year, NEW.kind, NEW.grade, 1)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state) DO UPDATE SET count = count + 1;
END;
