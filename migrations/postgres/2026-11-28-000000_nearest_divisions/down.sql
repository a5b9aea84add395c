-- A subscription of several divisions follows that of its organization alone again.
ALTER TABLE webhook_cursors RENAME TO latter_webhook_cursors;
CREATE TABLE webhook_cursors (
    subscription_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES webhook_subscriptions (id) ON DELETE CASCADE,
    division_code TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    last_event_position BIGINT,
    failing_since TIMESTAMP,
    not_before TIMESTAMP,
    last_delivered_at TIMESTAMP
);
INSERT INTO webhook_cursors (subscription_id, division_code, position, last_event_position, failing_since, not_before, last_delivered_at)
SELECT one.subscription_id, one.division_code, one.position, one.last_event_position, receiver.failing_since, receiver.not_before, receiver.last_delivered_at
FROM latter_webhook_cursors one JOIN webhook_receivers receiver ON receiver.subscription_id = one.subscription_id
JOIN webhook_subscriptions subscription ON subscription.id = one.subscription_id
LEFT JOIN organizations maker ON maker.code = subscription.organization_code
WHERE one.division_code = COALESCE(maker.division_code, one.division_code);
DROP TABLE latter_webhook_cursors;
DROP TABLE webhook_receivers;
DROP INDEX budget_lines_by_division;
DROP INDEX budget_lines_by_category;
DROP INDEX budget_lines_by_source;
DROP INDEX budget_lines_by_source_and_category;
DROP INDEX budget_lines_by_year;
DROP INDEX budget_lines_by_year_and_category;
DROP INDEX indicators_by_division;
DROP INDEX indicators_by_name;
DROP INDEX indicators_by_year;
DROP INDEX indicators_by_year_and_name;
DROP INDEX self_assessments_by_division;
DROP INDEX self_assessments_by_status;
DROP INDEX self_assessments_by_status_and_update;
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
DROP INDEX organizations_by_division;
DROP INDEX organizations_by_code;
DROP INDEX organizations_by_name;
DROP INDEX organizations_by_kind;
DROP INDEX organizations_by_kind_and_code;
DROP INDEX organizations_by_kind_and_name;
DROP INDEX scores_by_division;
DROP INDEX score_documents_by_division;
CREATE INDEX budget_lines_by_category ON budget_lines (economic_category, id);
CREATE INDEX budget_lines_by_source ON budget_lines (funding_source, id);
CREATE INDEX budget_lines_by_source_and_category ON budget_lines (funding_source, economic_category, id);
CREATE INDEX budget_lines_by_year ON budget_lines (fiscal_year, id);
CREATE INDEX budget_lines_by_year_and_category ON budget_lines (fiscal_year, economic_category, id);
CREATE INDEX indicators_by_name ON indicators (name, id);
CREATE INDEX indicators_by_level1 ON indicators (level1, id);
CREATE INDEX indicators_by_level1_and_name ON indicators (level1, name, id);
CREATE INDEX indicators_by_measure ON indicators (measure, id);
CREATE INDEX indicators_by_measure_and_name ON indicators (measure, name, id);
CREATE INDEX indicators_by_year ON indicators (fiscal_year, id);
CREATE INDEX indicators_by_year_and_name ON indicators (fiscal_year, name, id);
CREATE INDEX self_assessments_by_status ON self_assessments (status, id);
CREATE INDEX self_assessments_by_status_and_update ON self_assessments (status, updated_at, id);
CREATE INDEX self_assessments_by_kind ON self_assessments (kind, id);
CREATE INDEX self_assessments_by_kind_and_update ON self_assessments (kind, updated_at, id);
CREATE INDEX self_assessments_by_year ON self_assessments (fiscal_year, id);
CREATE INDEX self_assessments_by_year_and_update ON self_assessments (fiscal_year, updated_at, id);
CREATE INDEX self_assessments_by_update ON self_assessments (updated_at, id);
CREATE INDEX scores_by_project_code ON scores (project_code, id);
CREATE INDEX scores_by_year ON scores (fiscal_year, id);
CREATE INDEX scores_by_year_and_total ON scores (fiscal_year, final_total, id);
CREATE INDEX scores_by_year_and_publication ON scores (fiscal_year, published_at, id);
CREATE INDEX scores_by_organization_code ON scores (organization_code, id);
CREATE INDEX scores_by_grade ON scores (grade, id);
CREATE INDEX scores_by_grade_and_total ON scores (grade, final_total, id);
CREATE INDEX scores_by_grade_and_publication ON scores (grade, published_at, id);
CREATE INDEX scores_by_total ON scores (final_total, id);
CREATE INDEX scores_by_publication ON scores (published_at, id);
CREATE INDEX organizations_by_code ON organizations (code, id);
CREATE INDEX organizations_by_name ON organizations (name, id);
CREATE INDEX organizations_by_kind ON organizations (kind, id);
CREATE INDEX organizations_by_kind_and_code ON organizations (kind, code, id);
CREATE INDEX organizations_by_kind_and_name ON organizations (kind, name, id);
CREATE INDEX scores_by_id ON scores (id) INCLUDE (organization_id, fiscal_year);
ALTER TABLE budget_lines DROP COLUMN division_code;
ALTER TABLE indicators DROP COLUMN division_code;
ALTER TABLE self_assessments DROP COLUMN division_code;
ALTER TABLE scores DROP COLUMN division_code;
ALTER TABLE score_documents DROP COLUMN division_code;
-- The one change of a transaction, of something of an organization: finds who sees it, takes its number and writes it, in one
-- way to the server; gives the number and the division as NUMBER:DIVISION. The plans of its statements are kept.
CREATE OR REPLACE FUNCTION record_change(
    what TEXT, resource TEXT, resource_version BIGINT, organization TEXT, resource_key TEXT, moment TIMESTAMP
) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    division TEXT;
    code TEXT;
    seen_by TEXT;
    number BIGINT;
BEGIN
    SELECT o.division_code, o.code INTO STRICT division, code FROM organizations o WHERE o.id = organization;
    SELECT '/' || string_agg(a.ancestor_code, '/' ORDER BY a.ancestor_code) || '/' INTO seen_by
        FROM organization_ancestors a WHERE a.organization_id = organization;
    INSERT INTO change_heads AS h (division_code, position, forgotten) SELECT division, epoch.base + 1, epoch.base FROM (SELECT COALESCE(MAX(base), 0) AS base FROM feed_epochs) epoch
        ON CONFLICT (division_code) DO UPDATE SET position = h.position + 1 RETURNING h.position INTO number;
    INSERT INTO changes (division_code, position, type, resource_id, version, organization_code, audience, natural_key, created_at)
        VALUES (division, number, what, resource, resource_version, code, seen_by, resource_key, moment);
    RETURN number || ':' || division;
END
$$;
-- What happened in a division below a root is not in the root's feed: its readers are told to take a snapshot.
UPDATE change_heads SET position = (SELECT MAX(other.position) + 1 FROM change_heads other)
WHERE EXISTS (SELECT 1 FROM division_ancestors below WHERE below.ancestor_code = change_heads.division_code
    AND below.division_code <> change_heads.division_code);
DELETE FROM changes WHERE EXISTS (SELECT 1 FROM division_ancestors below
    WHERE below.ancestor_code = changes.division_code AND below.division_code <> changes.division_code);
UPDATE change_heads SET forgotten = position
WHERE EXISTS (SELECT 1 FROM division_ancestors below WHERE below.ancestor_code = change_heads.division_code
    AND below.division_code <> change_heads.division_code);
ALTER TABLE change_heads DROP COLUMN begun;
-- One division for each root, as before. Where two divisions of one root have given a code in a year each, this
-- fails, and nothing is changed: rename one of the projects first.
UPDATE organizations SET division_code = (
    SELECT above.code FROM organization_ancestors link JOIN organizations above ON above.code = link.ancestor_code
    WHERE link.organization_id = organizations.id AND above.parent_id IS NULL
);
UPDATE projects SET division_code = (SELECT division_code FROM organizations WHERE organizations.id = projects.organization_id);
DROP TABLE division_ancestors;
