-- What statistics add up, kept by the transaction that changes it, so that they cost the same however many rows there are.
-- The rows of a whole division have no organization.

-- What each score adds, to its organization and to its division, in each grouping: the one place that says so.
CREATE VIEW score_contributions AS
SELECT score.id AS score_id, score.superseded_at AS superseded_at, score.division_code AS division_code,
    score.organization_code AS organization_code, score.fiscal_year AS fiscal_year, score.kind AS kind, project.subject AS subject,
    'all' AS group_kind, '' AS group_key, 10000 AS weight, score.computed_total AS computed, score.final_total AS reached,
    CASE WHEN score.declared_total IS NULL THEN 0 ELSE 1 END AS declared_count,
    COALESCE(score.declared_total, 0) AS declared, CASE WHEN score.grade = 'excellent' THEN 1 ELSE 0 END AS excellent,
    CASE WHEN score.grade = 'good' THEN 1 ELSE 0 END AS good, CASE WHEN score.grade = 'fair' THEN 1 ELSE 0 END AS fair,
    CASE WHEN score.grade = 'poor' THEN 1 ELSE 0 END AS poor, score.adjusted_amount AS adjusted,
    score.executed_amount AS executed
FROM scores score JOIN projects project ON project.id = score.project_id
UNION ALL
SELECT score.id AS score_id, score.superseded_at AS superseded_at, score.division_code AS division_code,
    '' AS organization_code, score.fiscal_year AS fiscal_year, score.kind AS kind, project.subject AS subject,
    'all' AS group_kind, '' AS group_key, 10000 AS weight, score.computed_total AS computed, score.final_total AS reached,
    CASE WHEN score.declared_total IS NULL THEN 0 ELSE 1 END AS declared_count,
    COALESCE(score.declared_total, 0) AS declared, CASE WHEN score.grade = 'excellent' THEN 1 ELSE 0 END AS excellent,
    CASE WHEN score.grade = 'good' THEN 1 ELSE 0 END AS good, CASE WHEN score.grade = 'fair' THEN 1 ELSE 0 END AS fair,
    CASE WHEN score.grade = 'poor' THEN 1 ELSE 0 END AS poor, score.adjusted_amount AS adjusted,
    score.executed_amount AS executed
FROM scores score JOIN projects project ON project.id = score.project_id
UNION ALL
SELECT score.id AS score_id, score.superseded_at AS superseded_at, score.division_code AS division_code,
    score.organization_code AS organization_code, score.fiscal_year AS fiscal_year, score.kind AS kind, project.subject AS subject,
    'organization_kind' AS group_kind, organization.kind AS group_key, 10000 AS weight, score.computed_total AS computed, score.final_total AS reached,
    CASE WHEN score.declared_total IS NULL THEN 0 ELSE 1 END AS declared_count,
    COALESCE(score.declared_total, 0) AS declared, CASE WHEN score.grade = 'excellent' THEN 1 ELSE 0 END AS excellent,
    CASE WHEN score.grade = 'good' THEN 1 ELSE 0 END AS good, CASE WHEN score.grade = 'fair' THEN 1 ELSE 0 END AS fair,
    CASE WHEN score.grade = 'poor' THEN 1 ELSE 0 END AS poor, score.adjusted_amount AS adjusted,
    score.executed_amount AS executed
FROM scores score JOIN projects project ON project.id = score.project_id
JOIN organizations organization ON organization.id = score.organization_id
UNION ALL
SELECT score.id AS score_id, score.superseded_at AS superseded_at, score.division_code AS division_code,
    '' AS organization_code, score.fiscal_year AS fiscal_year, score.kind AS kind, project.subject AS subject,
    'organization_kind' AS group_kind, organization.kind AS group_key, 10000 AS weight, score.computed_total AS computed, score.final_total AS reached,
    CASE WHEN score.declared_total IS NULL THEN 0 ELSE 1 END AS declared_count,
    COALESCE(score.declared_total, 0) AS declared, CASE WHEN score.grade = 'excellent' THEN 1 ELSE 0 END AS excellent,
    CASE WHEN score.grade = 'good' THEN 1 ELSE 0 END AS good, CASE WHEN score.grade = 'fair' THEN 1 ELSE 0 END AS fair,
    CASE WHEN score.grade = 'poor' THEN 1 ELSE 0 END AS poor, score.adjusted_amount AS adjusted,
    score.executed_amount AS executed
FROM scores score JOIN projects project ON project.id = score.project_id
JOIN organizations organization ON organization.id = score.organization_id
UNION ALL
SELECT score.id AS score_id, score.superseded_at AS superseded_at, score.division_code AS division_code,
    score.organization_code AS organization_code, score.fiscal_year AS fiscal_year, score.kind AS kind, project.subject AS subject,
    'grade' AS group_kind, score.grade AS group_key, 10000 AS weight, score.computed_total AS computed, score.final_total AS reached,
    CASE WHEN score.declared_total IS NULL THEN 0 ELSE 1 END AS declared_count,
    COALESCE(score.declared_total, 0) AS declared, CASE WHEN score.grade = 'excellent' THEN 1 ELSE 0 END AS excellent,
    CASE WHEN score.grade = 'good' THEN 1 ELSE 0 END AS good, CASE WHEN score.grade = 'fair' THEN 1 ELSE 0 END AS fair,
    CASE WHEN score.grade = 'poor' THEN 1 ELSE 0 END AS poor, score.adjusted_amount AS adjusted,
    score.executed_amount AS executed
FROM scores score JOIN projects project ON project.id = score.project_id
UNION ALL
SELECT score.id AS score_id, score.superseded_at AS superseded_at, score.division_code AS division_code,
    '' AS organization_code, score.fiscal_year AS fiscal_year, score.kind AS kind, project.subject AS subject,
    'grade' AS group_kind, score.grade AS group_key, 10000 AS weight, score.computed_total AS computed, score.final_total AS reached,
    CASE WHEN score.declared_total IS NULL THEN 0 ELSE 1 END AS declared_count,
    COALESCE(score.declared_total, 0) AS declared, CASE WHEN score.grade = 'excellent' THEN 1 ELSE 0 END AS excellent,
    CASE WHEN score.grade = 'good' THEN 1 ELSE 0 END AS good, CASE WHEN score.grade = 'fair' THEN 1 ELSE 0 END AS fair,
    CASE WHEN score.grade = 'poor' THEN 1 ELSE 0 END AS poor, score.adjusted_amount AS adjusted,
    score.executed_amount AS executed
FROM scores score JOIN projects project ON project.id = score.project_id
UNION ALL
SELECT score.id AS score_id, score.superseded_at AS superseded_at, score.division_code AS division_code,
    score.organization_code AS organization_code, score.fiscal_year AS fiscal_year, score.kind AS kind, project.subject AS subject,
    'level1' AS group_kind, level.level1 AS group_key, level.weight AS weight, level.computed AS computed, level.final AS reached,
    CASE WHEN score.declared_total IS NULL THEN 0 ELSE 1 END AS declared_count,
    COALESCE(score.declared_total, 0) AS declared, CASE WHEN score.grade = 'excellent' THEN 1 ELSE 0 END AS excellent,
    CASE WHEN score.grade = 'good' THEN 1 ELSE 0 END AS good, CASE WHEN score.grade = 'fair' THEN 1 ELSE 0 END AS fair,
    CASE WHEN score.grade = 'poor' THEN 1 ELSE 0 END AS poor, score.adjusted_amount AS adjusted,
    score.executed_amount AS executed
FROM scores score JOIN projects project ON project.id = score.project_id
JOIN score_levels level ON level.score_id = score.id
UNION ALL
SELECT score.id AS score_id, score.superseded_at AS superseded_at, score.division_code AS division_code,
    '' AS organization_code, score.fiscal_year AS fiscal_year, score.kind AS kind, project.subject AS subject,
    'level1' AS group_kind, level.level1 AS group_key, level.weight AS weight, level.computed AS computed, level.final AS reached,
    CASE WHEN score.declared_total IS NULL THEN 0 ELSE 1 END AS declared_count,
    COALESCE(score.declared_total, 0) AS declared, CASE WHEN score.grade = 'excellent' THEN 1 ELSE 0 END AS excellent,
    CASE WHEN score.grade = 'good' THEN 1 ELSE 0 END AS good, CASE WHEN score.grade = 'fair' THEN 1 ELSE 0 END AS fair,
    CASE WHEN score.grade = 'poor' THEN 1 ELSE 0 END AS poor, score.adjusted_amount AS adjusted,
    score.executed_amount AS executed
FROM scores score JOIN projects project ON project.id = score.project_id
JOIN score_levels level ON level.score_id = score.id;

CREATE TABLE score_sums (
    division_code TEXT NOT NULL,
    organization_code TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    group_kind TEXT NOT NULL,
    group_key TEXT NOT NULL,
    count BIGINT NOT NULL,
    weight BIGINT NOT NULL,
    computed BIGINT NOT NULL,
    reached BIGINT NOT NULL,
    declared_count BIGINT NOT NULL,
    declared BIGINT NOT NULL,
    excellent BIGINT NOT NULL,
    good BIGINT NOT NULL,
    fair BIGINT NOT NULL,
    poor BIGINT NOT NULL,
    adjusted BIGINT NOT NULL,
    executed BIGINT NOT NULL,
    PRIMARY KEY (division_code, organization_code, group_kind, fiscal_year, kind, subject, group_key)
);
INSERT INTO score_sums (division_code, organization_code, fiscal_year, kind, subject, group_kind, group_key, count, weight,
    computed, reached, declared_count, declared, excellent, good, fair, poor, adjusted, executed)
SELECT division_code, organization_code, fiscal_year, kind, subject, group_kind, group_key, COUNT(*), SUM(weight),
    SUM(computed), SUM(reached), SUM(declared_count), SUM(declared), SUM(excellent), SUM(good), SUM(fair), SUM(poor),
    SUM(adjusted), SUM(executed)
FROM score_contributions WHERE superseded_at IS NULL
GROUP BY division_code, organization_code, fiscal_year, kind, subject, group_kind, group_key;

-- How many scores reach each hundredth of a point, for medians; of a whole division also how many reach each whole point, so
-- that only the hundredths of one point are read of many divisions.
CREATE TABLE score_counts (
    division_code TEXT NOT NULL,
    organization_code TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    group_kind TEXT NOT NULL,
    group_key TEXT NOT NULL,
    -- 1 or 100 hundredths
    step INTEGER NOT NULL,
    points BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (division_code, organization_code, group_kind, step, fiscal_year, kind, subject, group_key, points)
);
CREATE VIEW score_count_contributions AS
SELECT score_id, superseded_at, division_code, organization_code, fiscal_year, kind, subject, group_kind, group_key,
    1 AS step, reached AS points FROM score_contributions
UNION ALL
SELECT score_id, superseded_at, division_code, organization_code, fiscal_year, kind, subject, group_kind, group_key,
    100, reached / 100 * 100 FROM score_contributions WHERE organization_code = '';
INSERT INTO score_counts (division_code, organization_code, fiscal_year, kind, subject, group_kind, group_key, step, points, count)
SELECT division_code, organization_code, fiscal_year, kind, subject, group_kind, group_key, step, points, COUNT(*)
FROM score_count_contributions WHERE superseded_at IS NULL
GROUP BY division_code, organization_code, fiscal_year, kind, subject, group_kind, group_key, step, points;

-- The scores in force whose declared totals lie furthest from what counts.
CREATE INDEX scores_by_deviation ON scores (division_code, fiscal_year, (ABS(declared_total - final_total)) DESC, id)
    WHERE superseded_at IS NULL AND declared_total <> final_total;

-- What the budget lines of an organization's year add up to, in each grouping.
CREATE VIEW execution_contributions AS
SELECT project.division_code AS division_code, project.organization_id AS organization_id,
    line.fiscal_year AS fiscal_year, project.subject AS subject, 'all' AS group_kind, '' AS group_key,
    CAST(COUNT(DISTINCT line.project_id) AS BIGINT) AS projects, CAST(SUM(line.initial_amount) AS BIGINT) AS initial,
    CAST(SUM(line.adjusted_amount) AS BIGINT) AS adjusted, CAST(SUM(line.executed_amount) AS BIGINT) AS executed
FROM budget_lines line JOIN projects project ON project.id = line.project_id
GROUP BY project.division_code, project.organization_id, line.fiscal_year, project.subject
UNION ALL
SELECT project.division_code AS division_code, project.organization_id AS organization_id,
    line.fiscal_year AS fiscal_year, project.subject AS subject, 'funding_source' AS group_kind, line.funding_source AS group_key,
    CAST(COUNT(DISTINCT line.project_id) AS BIGINT) AS projects, CAST(SUM(line.initial_amount) AS BIGINT) AS initial,
    CAST(SUM(line.adjusted_amount) AS BIGINT) AS adjusted, CAST(SUM(line.executed_amount) AS BIGINT) AS executed
FROM budget_lines line JOIN projects project ON project.id = line.project_id
GROUP BY project.division_code, project.organization_id, line.fiscal_year, project.subject, line.funding_source
UNION ALL
SELECT project.division_code AS division_code, project.organization_id AS organization_id,
    line.fiscal_year AS fiscal_year, project.subject AS subject, 'economic_category' AS group_kind, line.economic_category AS group_key,
    CAST(COUNT(DISTINCT line.project_id) AS BIGINT) AS projects, CAST(SUM(line.initial_amount) AS BIGINT) AS initial,
    CAST(SUM(line.adjusted_amount) AS BIGINT) AS adjusted, CAST(SUM(line.executed_amount) AS BIGINT) AS executed
FROM budget_lines line JOIN projects project ON project.id = line.project_id
GROUP BY project.division_code, project.organization_id, line.fiscal_year, project.subject, line.economic_category;

CREATE TABLE execution_sums (
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    fiscal_year INTEGER NOT NULL,
    subject TEXT NOT NULL,
    group_kind TEXT NOT NULL,
    group_key TEXT NOT NULL,
    division_code TEXT NOT NULL,
    projects BIGINT NOT NULL,
    initial BIGINT NOT NULL,
    adjusted BIGINT NOT NULL,
    executed BIGINT NOT NULL,
    PRIMARY KEY (organization_id, fiscal_year, subject, group_kind, group_key)
);
CREATE INDEX execution_sums_by_division ON execution_sums (division_code, group_kind, fiscal_year, subject);
INSERT INTO execution_sums (organization_id, fiscal_year, subject, group_kind, group_key, division_code, projects, initial, adjusted, executed)
SELECT organization_id, fiscal_year, subject, group_kind, group_key, division_code, projects, initial, adjusted, executed
FROM execution_contributions;

-- The same of a whole division, also by the kind of the organization.
CREATE TABLE division_execution_sums (
    division_code TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    subject TEXT NOT NULL,
    group_kind TEXT NOT NULL,
    group_key TEXT NOT NULL,
    projects BIGINT NOT NULL,
    initial BIGINT NOT NULL,
    adjusted BIGINT NOT NULL,
    executed BIGINT NOT NULL,
    PRIMARY KEY (division_code, group_kind, fiscal_year, subject, group_key)
);
CREATE VIEW division_execution_contributions AS
SELECT organization_id, division_code, fiscal_year, subject, group_kind, group_key, projects, initial, adjusted, executed
FROM execution_sums
UNION ALL
SELECT sums.organization_id, sums.division_code, sums.fiscal_year, sums.subject, 'organization_kind', organization.kind,
    sums.projects, sums.initial, sums.adjusted, sums.executed
FROM execution_sums sums JOIN organizations organization ON organization.id = sums.organization_id
WHERE sums.group_kind = 'all';
INSERT INTO division_execution_sums (division_code, fiscal_year, subject, group_kind, group_key, projects, initial, adjusted, executed)
SELECT division_code, fiscal_year, subject, group_kind, group_key, SUM(projects), SUM(initial), SUM(adjusted), SUM(executed)
FROM division_execution_contributions GROUP BY division_code, fiscal_year, subject, group_kind, group_key;
