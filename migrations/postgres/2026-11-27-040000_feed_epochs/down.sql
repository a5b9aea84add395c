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
    INSERT INTO change_heads AS h (division_code, position, forgotten) VALUES (division, 1, 0)
        ON CONFLICT (division_code) DO UPDATE SET position = h.position + 1 RETURNING h.position INTO number;
    INSERT INTO changes (division_code, position, type, resource_id, version, organization_code, audience, natural_key, created_at)
        VALUES (division, number, what, resource, resource_version, code, seen_by, resource_key, moment);
    RETURN number || ':' || division;
END
$$;

DROP TABLE feed_epochs;
