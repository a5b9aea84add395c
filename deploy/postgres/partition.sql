-- Spreads the tables that grow with the years over partitions, one a fiscal year, and puts year and division into every
-- key of theirs: psql -v ON_ERROR_STOP=1 -f partition.sql, with the service stopped, once, after `jixiao migrate`.
--
-- It is one transaction and writes every row anew: it needs the tables' size once more, and time as a restore does. The
-- service and later migrations see the same tables as before. Run it as the role of the service, which owns the tables, and
-- grant other roles again what they may. Postgres 15 or later. Why: docs/decisions/0066.
BEGIN;
DO $$ BEGIN
    IF current_setting('server_version_num')::INT < 150000 THEN
        RAISE EXCEPTION 'partitions need Postgres 15 or later: before, a row whose foreign key others hold cannot move';
    END IF;
    IF (SELECT relowner::REGROLE::TEXT <> quote_ident(current_user) FROM pg_class WHERE oid = 'projects'::REGCLASS) THEN
        RAISE EXCEPTION 'run this as the owner of the tables, which the service connects as';
    END IF;
END $$;
-- A server of a version before may have written parts without their place.
UPDATE assessment_results r SET division_code = w.division_code, fiscal_year = w.fiscal_year
    FROM self_assessments w WHERE w.id = r.assessment_id AND r.fiscal_year = 0;
UPDATE assessment_transitions r SET division_code = w.division_code, fiscal_year = w.fiscal_year
    FROM self_assessments w WHERE w.id = r.assessment_id AND r.fiscal_year = 0;
UPDATE frozen_contents r SET division_code = w.division_code, fiscal_year = w.fiscal_year
    FROM self_assessments w WHERE w.id = r.assessment_id AND r.fiscal_year = 0;
UPDATE score_levels r SET division_code = w.division_code, fiscal_year = w.fiscal_year
    FROM scores w WHERE w.id = r.score_id AND r.fiscal_year = 0;
UPDATE score_documents r SET fiscal_year = w.fiscal_year FROM scores w WHERE w.id = r.score_id AND r.fiscal_year = 0;

-- What grows: its parent, by which column, and its key without year and division.
CREATE TEMPORARY TABLE spread (place INT, name TEXT, parent TEXT, link TEXT, keys TEXT[]) ON COMMIT DROP;
INSERT INTO spread VALUES
    (1, 'projects', NULL, NULL, '{id}'),
    (2, 'budget_lines', 'projects', 'project_id', '{id}'),
    (3, 'indicators', 'projects', 'project_id', '{id}'),
    (4, 'self_assessments', 'projects', 'project_id', '{id}'),
    (5, 'scores', 'projects', 'project_id', '{id}'),
    (6, 'assessment_results', 'self_assessments', 'assessment_id', '{assessment_id,indicator_id}'),
    (7, 'assessment_transitions', 'self_assessments', 'assessment_id', '{id}'),
    (8, 'frozen_contents', 'self_assessments', 'assessment_id', '{assessment_id,revision}'),
    (9, 'score_levels', 'scores', 'score_id', '{score_id,level1}'),
    (10, 'score_documents', 'scores', 'score_id', '{score_id}');

-- A row that changes its year leaves one partition and comes to another, which only triggers of single rows see.
CREATE FUNCTION one_row_counted() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    one JSONB := CASE TG_OP WHEN 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
BEGIN
    INSERT INTO row_counts (division_code, organization_id, resource, fiscal_year, kind, state, count)
    SELECT one ->> 'division_code', place, TG_ARGV[0], (one ->> 'fiscal_year')::INT, one ->> TG_ARGV[1],
        coalesce(one ->> 'grade', ''), CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END
    FROM (VALUES (one ->> 'organization_id'), ('')) AS places (place)
    ON CONFLICT (division_code, organization_id, resource, fiscal_year, kind, state)
        DO UPDATE SET count = row_counts.count + excluded.count;
    RETURN NULL;
END $$;

DO $$
DECLARE
    one RECORD;
    part RECORD;
    saved TEXT;
    keys TEXT;
    own CONSTANT TEXT := 'fiscal_year, division_code';
    this_year CONSTANT INT := extract(year FROM now());
    triggers TEXT[] := '{}';
    indexes TEXT[] := '{}';
    views TEXT[] := '{}';
    names TEXT;
BEGIN
    IF EXISTS (SELECT FROM pg_partitioned_table) THEN
        RAISE EXCEPTION 'the tables are partitioned already';
    END IF;
    SELECT array_agg(format('CREATE VIEW %I AS %s', relname, pg_get_viewdef(oid))), string_agg(quote_ident(relname), ', ')
        INTO views, names FROM pg_class v WHERE relkind = 'v' AND relnamespace = 'public'::REGNAMESPACE
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::REGCLASS AND d.objid = v.oid AND d.deptype = 'e');
    EXECUTE 'DROP VIEW ' || names;
    FOR part IN SELECT k.conrelid::REGCLASS AS name, k.conname FROM pg_constraint k
        JOIN spread s ON k.conrelid = s.name::REGCLASS WHERE k.contype = 'f' LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', part.name, part.conname);
    END LOOP;
    FOR one IN SELECT * FROM spread ORDER BY place LOOP
        FOR part IN SELECT pg_get_indexdef(indexrelid) AS definition, indisunique FROM pg_index
                WHERE indrelid = one.name::REGCLASS AND NOT indisprimary LOOP
            saved := part.definition;
            IF part.indisunique AND saved NOT LIKE '%fiscal_year%' THEN
                saved := regexp_replace(saved, 'btree \(([^)]*)\)', 'btree (\1, ' || own || ')');
            END IF;
            indexes := indexes || saved;
        END LOOP;
        FOR part IN SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger
                WHERE tgrelid = one.name::REGCLASS AND NOT tgisinternal AND tgtype & 1 = 1 LOOP
            triggers := triggers || part.definition;
        END LOOP;
        EXECUTE format('ALTER TABLE %I RENAME TO %I', one.name, one.name || '_before');
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE) PARTITION BY LIST (fiscal_year)',
            one.name, one.name || '_before');
        FOR year IN this_year - 12 .. this_year + 8 LOOP
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%s)', one.name || '_' || year, one.name, year);
        END LOOP;
        EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', one.name || '_others', one.name);
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO names FROM pg_attribute
            WHERE attrelid = one.name::REGCLASS AND attnum > 0 AND NOT attisdropped;
        EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM %I', one.name, names, names, one.name || '_before');
    END LOOP;
    FOR one IN SELECT * FROM spread ORDER BY place DESC LOOP
        EXECUTE format('DROP TABLE %I', one.name || '_before');
    END LOOP;
    FOR one IN SELECT * FROM spread ORDER BY place LOOP
        keys := array_to_string(one.keys, ', ') || ', ' || own;
        EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (%s)', one.name, keys);
        IF one.parent IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %I ADD FOREIGN KEY (%I, %s) REFERENCES %I (id, %s) ON UPDATE CASCADE %s DEFERRABLE', one.name, one.link,
                own, one.parent, own, CASE WHEN one.name IN ('self_assessments', 'scores', 'score_documents') THEN '' ELSE 'ON DELETE CASCADE' END);
        END IF;
    END LOOP;
    FOREACH saved IN ARRAY indexes || triggers LOOP
        EXECUTE saved;
    END LOOP;
    -- A view may use another: those that cannot be made yet wait for the next round.
    WHILE array_length(views, 1) > 0 LOOP
        saved := views[1];
        views := views[2:];
        BEGIN
            EXECUTE saved;
        EXCEPTION WHEN undefined_table THEN
            views := views || saved;
        END;
    END LOOP;
END $$;

ALTER TABLE projects ADD FOREIGN KEY (organization_id) REFERENCES organizations (id);
ALTER TABLE scores ADD FOREIGN KEY (organization_id) REFERENCES organizations (id),
    ADD FOREIGN KEY (supersedes_id, fiscal_year, division_code) REFERENCES scores (id, fiscal_year, division_code);
ALTER TABLE assessment_results ADD FOREIGN KEY (indicator_id, fiscal_year, division_code)
    REFERENCES indicators (id, fiscal_year, division_code) ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE;

CREATE TRIGGER row_counted AFTER INSERT OR DELETE ON projects FOR EACH ROW EXECUTE FUNCTION one_row_counted('projects', 'subject');
CREATE TRIGGER row_counted AFTER INSERT OR DELETE ON scores FOR EACH ROW EXECUTE FUNCTION one_row_counted('scores', 'kind');
COMMIT;
-- Nothing analyzes the whole of a partitioned table by itself: repeat this as the data grows.
ANALYZE projects, budget_lines, indicators, self_assessments, scores, assessment_results, assessment_transitions,
    frozen_contents, score_levels, score_documents;
