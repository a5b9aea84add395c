-- The division (财政区划) of a row is the nearest at or above its organization: a county below a province is one of its
-- own. Every list names it, and every index of a list begins with it, so that rows of others cost nothing.

-- Each division below each organization above it, itself included.
CREATE TABLE division_ancestors (
    ancestor_code TEXT NOT NULL,
    division_code TEXT NOT NULL,
    PRIMARY KEY (ancestor_code, division_code)
);
CREATE INDEX division_ancestors_by_division ON division_ancestors (division_code);

-- What had no division of its own above it but the root now has: from the top down, one level after the other is not
-- needed, since the nearest is the one with the most ancestors.
UPDATE organizations SET division_code = (
    SELECT above.code FROM organization_ancestors link
    JOIN organizations above ON above.code = link.ancestor_code
    WHERE link.organization_id = organizations.id AND (above.kind = 'division' OR above.parent_id IS NULL)
    ORDER BY (SELECT COUNT(*) FROM organization_ancestors higher WHERE higher.organization_id = above.id) DESC
    LIMIT 1
);
INSERT INTO division_ancestors (ancestor_code, division_code)
SELECT link.ancestor_code, organizations.code FROM organizations
JOIN organization_ancestors link ON link.organization_id = organizations.id
WHERE organizations.code = organizations.division_code;
UPDATE projects SET division_code = (SELECT division_code FROM organizations WHERE organizations.id = projects.organization_id);

-- From where a feed counts: a reader above it that does not know it yet begins there.
ALTER TABLE change_heads ADD COLUMN begun BIGINT NOT NULL DEFAULT 0;
UPDATE change_heads SET begun = (SELECT COALESCE(MAX(base), 0) FROM feed_epochs);
-- What became a division of its own goes on where the feed that it was in stands: its readers are told to take a
-- snapshot unless they are there, and those above read the old feed to its end and then this one.
INSERT INTO change_heads (division_code, position, forgotten, begun)
SELECT own.code, former.position, former.position, former.position FROM organizations own
JOIN organization_ancestors link ON link.organization_id = own.id
JOIN organizations root ON root.code = link.ancestor_code AND root.parent_id IS NULL
JOIN change_heads former ON former.division_code = root.code
WHERE own.division_code = own.code AND own.parent_id IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM change_heads known WHERE known.division_code = own.code);

ALTER TABLE budget_lines ADD COLUMN division_code TEXT NOT NULL DEFAULT '';
UPDATE budget_lines SET division_code = (SELECT division_code FROM projects WHERE projects.id = budget_lines.project_id);
ALTER TABLE indicators ADD COLUMN division_code TEXT NOT NULL DEFAULT '';
UPDATE indicators SET division_code = (SELECT division_code FROM projects WHERE projects.id = indicators.project_id);
ALTER TABLE self_assessments ADD COLUMN division_code TEXT NOT NULL DEFAULT '';
UPDATE self_assessments SET division_code = (SELECT division_code FROM projects WHERE projects.id = self_assessments.project_id);
ALTER TABLE scores ADD COLUMN division_code TEXT NOT NULL DEFAULT '';
UPDATE scores SET division_code = (SELECT division_code FROM organizations WHERE organizations.id = scores.organization_id);
ALTER TABLE score_documents ADD COLUMN division_code TEXT NOT NULL DEFAULT '';
UPDATE score_documents SET division_code = (SELECT division_code FROM scores WHERE scores.id = score_documents.score_id);

-- A subscription follows the feeds of all divisions that its organization sees; how its receiver does is said once.
CREATE TABLE webhook_receivers (
    subscription_id TEXT NOT NULL PRIMARY KEY REFERENCES webhook_subscriptions (id) ON DELETE CASCADE,
    failing_since TIMESTAMP,
    -- It is left alone until then.
    not_before TIMESTAMP,
    last_delivered_at TIMESTAMP
);
INSERT INTO webhook_receivers (subscription_id, failing_since, not_before, last_delivered_at)
SELECT subscription_id, failing_since, not_before, last_delivered_at FROM webhook_cursors;
ALTER TABLE webhook_cursors RENAME TO former_webhook_cursors;
CREATE TABLE webhook_cursors (
    subscription_id TEXT NOT NULL REFERENCES webhook_subscriptions (id) ON DELETE CASCADE,
    division_code TEXT NOT NULL,
    -- Messages are made of all events up to this number.
    position BIGINT NOT NULL,
    -- The number of the last event that there is a message of.
    last_event_position BIGINT,
    PRIMARY KEY (subscription_id, division_code)
);
INSERT INTO webhook_cursors (subscription_id, division_code, position, last_event_position)
SELECT subscription_id, division_code, position, last_event_position FROM former_webhook_cursors;
DROP TABLE former_webhook_cursors;

DROP INDEX budget_lines_by_category;
DROP INDEX budget_lines_by_source;
DROP INDEX budget_lines_by_source_and_category;
DROP INDEX budget_lines_by_year;
DROP INDEX budget_lines_by_year_and_category;
DROP INDEX indicators_by_name;
DROP INDEX indicators_by_level1;
DROP INDEX indicators_by_level1_and_name;
DROP INDEX indicators_by_measure;
DROP INDEX indicators_by_measure_and_name;
DROP INDEX indicators_by_year;
DROP INDEX indicators_by_year_and_name;
DROP INDEX self_assessments_by_status;
DROP INDEX self_assessments_by_status_and_update;
DROP INDEX self_assessments_by_kind;
DROP INDEX self_assessments_by_kind_and_update;
DROP INDEX self_assessments_by_year;
DROP INDEX self_assessments_by_year_and_update;
DROP INDEX self_assessments_by_update;
DROP INDEX scores_by_project_code;
DROP INDEX scores_by_year;
DROP INDEX scores_by_year_and_total;
DROP INDEX scores_by_year_and_publication;
DROP INDEX scores_by_organization_code;
DROP INDEX scores_by_grade;
DROP INDEX scores_by_grade_and_total;
DROP INDEX scores_by_grade_and_publication;
DROP INDEX scores_by_total;
DROP INDEX scores_by_publication;
DROP INDEX organizations_by_code;
DROP INDEX organizations_by_name;
DROP INDEX organizations_by_kind;
DROP INDEX organizations_by_kind_and_code;
DROP INDEX organizations_by_kind_and_name;
DROP INDEX scores_by_id;

CREATE INDEX budget_lines_by_division ON budget_lines (division_code, id);
CREATE INDEX budget_lines_by_category ON budget_lines (division_code, economic_category, id);
CREATE INDEX budget_lines_by_source ON budget_lines (division_code, funding_source, id);
CREATE INDEX budget_lines_by_source_and_category ON budget_lines (division_code, funding_source, economic_category, id);
CREATE INDEX budget_lines_by_year ON budget_lines (division_code, fiscal_year, id);
CREATE INDEX budget_lines_by_year_and_category ON budget_lines (division_code, fiscal_year, economic_category, id);
CREATE INDEX indicators_by_division ON indicators (division_code, id);
CREATE INDEX indicators_by_name ON indicators (division_code, name, id);
CREATE INDEX indicators_by_year ON indicators (division_code, fiscal_year, id);
CREATE INDEX indicators_by_year_and_name ON indicators (division_code, fiscal_year, name, id);
CREATE INDEX self_assessments_by_division ON self_assessments (division_code, id);
CREATE INDEX self_assessments_by_status ON self_assessments (division_code, status, id);
CREATE INDEX self_assessments_by_status_and_update ON self_assessments (division_code, status, updated_at, id);
CREATE INDEX self_assessments_by_year ON self_assessments (division_code, fiscal_year, id);
CREATE INDEX self_assessments_by_year_and_update ON self_assessments (division_code, fiscal_year, updated_at, id);
CREATE INDEX self_assessments_by_update ON self_assessments (division_code, updated_at, id);
CREATE INDEX scores_by_project_code ON scores (division_code, project_code, id);
CREATE INDEX scores_by_year ON scores (division_code, fiscal_year, id);
CREATE INDEX scores_by_year_and_total ON scores (division_code, fiscal_year, final_total, id);
CREATE INDEX scores_by_year_and_publication ON scores (division_code, fiscal_year, published_at, id);
CREATE INDEX scores_by_organization_code ON scores (division_code, organization_code, id);
CREATE INDEX scores_by_grade ON scores (division_code, grade, id);
CREATE INDEX scores_by_grade_and_total ON scores (division_code, grade, final_total, id);
CREATE INDEX scores_by_grade_and_publication ON scores (division_code, grade, published_at, id);
CREATE INDEX scores_by_total ON scores (division_code, final_total, id);
CREATE INDEX scores_by_publication ON scores (division_code, published_at, id);
CREATE INDEX organizations_by_division ON organizations (division_code, id);
CREATE INDEX organizations_by_code ON organizations (division_code, code, id);
CREATE INDEX organizations_by_name ON organizations (division_code, name, id);
CREATE INDEX organizations_by_kind ON organizations (division_code, kind, id);
CREATE INDEX organizations_by_kind_and_code ON organizations (division_code, kind, code, id);
CREATE INDEX organizations_by_kind_and_name ON organizations (division_code, kind, name, id);
CREATE INDEX scores_by_division ON scores (division_code, id, organization_id, fiscal_year);
CREATE INDEX score_documents_by_division ON score_documents (division_code, score_id);
