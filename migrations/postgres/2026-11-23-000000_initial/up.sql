CREATE TABLE organizations (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    code TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('division', 'department', 'unit')),
    parent_id TEXT COLLATE "C" REFERENCES organizations (id),
    division_code TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX organizations_by_parent ON organizations (parent_id);
CREATE INDEX organizations_by_code ON organizations (code, id);
CREATE INDEX organizations_by_name ON organizations (name, id);
CREATE INDEX organizations_by_kind ON organizations (kind, id);
CREATE INDEX organizations_by_kind_and_code ON organizations (kind, code, id);
CREATE INDEX organizations_by_kind_and_name ON organizations (kind, name, id);

-- Each organization below each of its ancestors, itself included: one look-up decides what a caller may see.
CREATE TABLE organization_ancestors (
    ancestor_code TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    PRIMARY KEY (ancestor_code, organization_id)
);
CREATE INDEX organization_ancestors_by_organization ON organization_ancestors (organization_id);

CREATE TABLE projects (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    division_code TEXT COLLATE "C" NOT NULL,
    fiscal_year INTEGER NOT NULL CHECK (fiscal_year BETWEEN 2000 AND 2100),
    code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    overall_goal TEXT COLLATE "C",
    annual_goal TEXT COLLATE "C",
    basis_documents TEXT COLLATE "C" NOT NULL,
    implementation_plan TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (division_code, fiscal_year, code)
);
CREATE INDEX projects_by_organization ON projects (organization_id, id);
CREATE INDEX projects_by_year ON projects (fiscal_year, id);
CREATE INDEX projects_by_code ON projects (code, id);
CREATE INDEX projects_by_name ON projects (name, id);
CREATE INDEX projects_by_update ON projects (updated_at, id);
CREATE INDEX projects_by_year_and_name ON projects (fiscal_year, name, id);
CREATE INDEX projects_by_year_and_code ON projects (fiscal_year, code, id);
CREATE INDEX projects_by_year_and_update ON projects (fiscal_year, updated_at, id);

CREATE TABLE budget_lines (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    fiscal_year INTEGER NOT NULL,
    funding_source TEXT COLLATE "C" NOT NULL
        CHECK (funding_source IN ('current_appropriation', 'carryover', 'special_account', 'other')),
    economic_category TEXT COLLATE "C" NOT NULL,
    initial_amount BIGINT NOT NULL,
    adjusted_amount BIGINT NOT NULL,
    executed_amount BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (project_id, funding_source, economic_category)
);
CREATE INDEX budget_lines_by_project ON budget_lines (project_id, id);
CREATE INDEX budget_lines_by_category ON budget_lines (economic_category, id);
CREATE INDEX budget_lines_by_source ON budget_lines (funding_source, id);
CREATE INDEX budget_lines_by_source_and_category ON budget_lines (funding_source, economic_category, id);
CREATE INDEX budget_lines_by_year ON budget_lines (fiscal_year, id);
CREATE INDEX budget_lines_by_year_and_category ON budget_lines (fiscal_year, economic_category, id);

CREATE TABLE indicators (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    fiscal_year INTEGER NOT NULL,
    position INTEGER NOT NULL,
    level1 TEXT COLLATE "C" NOT NULL,
    level2 TEXT COLLATE "C",
    name TEXT COLLATE "C" NOT NULL,
    measure TEXT COLLATE "C" NOT NULL CHECK (measure IN ('budget_execution', 'number', 'deadline', 'qualitative')),
    comparison TEXT COLLATE "C" CHECK (comparison IN ('at_least', 'at_most', 'equal', 'between')),
    weight BIGINT NOT NULL,
    target_text TEXT COLLATE "C",
    target_value NUMERIC,
    target_upper NUMERIC,
    target_unit TEXT COLLATE "C",
    target_is_approximate BOOLEAN NOT NULL,
    target_deadline TEXT COLLATE "C",
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX indicators_by_project ON indicators (project_id, position, id);
CREATE INDEX indicators_by_name ON indicators (name, id);
CREATE INDEX indicators_by_level1 ON indicators (level1, id);
CREATE INDEX indicators_by_level1_and_name ON indicators (level1, name, id);
CREATE INDEX indicators_by_measure ON indicators (measure, id);
CREATE INDEX indicators_by_measure_and_name ON indicators (measure, name, id);
CREATE INDEX indicators_by_year ON indicators (fiscal_year, id);
CREATE INDEX indicators_by_year_and_name ON indicators (fiscal_year, name, id);

CREATE TABLE self_assessments (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
    fiscal_year INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('unit_self_assessment', 'department_evaluation')),
    revision INTEGER NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('draft', 'submitted', 'reviewed', 'approved', 'published')),
    rule_profile_code TEXT COLLATE "C" NOT NULL,
    rule_profile_version INTEGER NOT NULL,
    declared_total BIGINT,
    declared_grade_text TEXT COLLATE "C",
    declared_indicator_count INTEGER,
    declared_initial_amount BIGINT,
    declared_adjusted_amount BIGINT,
    declared_executed_amount BIGINT,
    deviation_reason TEXT COLLATE "C",
    frozen_content TEXT COLLATE "C",
    content_hash TEXT COLLATE "C",
    submitted_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (project_id, kind)
);
-- One open self-assessment per project.
CREATE UNIQUE INDEX self_assessments_open ON self_assessments (project_id) WHERE status <> 'published';
CREATE INDEX self_assessments_by_status ON self_assessments (status, id);
CREATE INDEX self_assessments_by_status_and_update ON self_assessments (status, updated_at, id);
CREATE INDEX self_assessments_by_kind ON self_assessments (kind, id);
CREATE INDEX self_assessments_by_kind_and_update ON self_assessments (kind, updated_at, id);
CREATE INDEX self_assessments_by_year ON self_assessments (fiscal_year, id);
CREATE INDEX self_assessments_by_year_and_update ON self_assessments (fiscal_year, updated_at, id);
CREATE INDEX self_assessments_by_update ON self_assessments (updated_at, id);

CREATE TABLE assessment_results (
    assessment_id TEXT COLLATE "C" NOT NULL REFERENCES self_assessments (id) ON DELETE CASCADE,
    indicator_id TEXT COLLATE "C" NOT NULL REFERENCES indicators (id) ON DELETE CASCADE,
    actual_text TEXT COLLATE "C",
    achievement TEXT COLLATE "C" CHECK (achievement IN ('achieved', 'partial', 'not_achieved')),
    declared_score BIGINT,
    deviation_reason TEXT COLLATE "C",
    reviewed_score BIGINT,
    review_reason TEXT COLLATE "C",
    PRIMARY KEY (assessment_id, indicator_id)
);
CREATE INDEX assessment_results_by_indicator ON assessment_results (indicator_id);

CREATE TABLE assessment_transitions (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    assessment_id TEXT COLLATE "C" NOT NULL REFERENCES self_assessments (id) ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    from_status TEXT COLLATE "C" NOT NULL,
    to_status TEXT COLLATE "C" NOT NULL,
    comment TEXT COLLATE "C",
    subject TEXT COLLATE "C" NOT NULL,
    organization_code TEXT COLLATE "C" NOT NULL,
    content_hash TEXT COLLATE "C",
    reviewed_scores TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX assessment_transitions_by_assessment ON assessment_transitions (assessment_id, id);

CREATE TABLE scores (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    assessment_id TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organizations (id),
    fiscal_year INTEGER NOT NULL,
    project_code TEXT COLLATE "C" NOT NULL,
    project_name TEXT COLLATE "C" NOT NULL,
    organization_code TEXT COLLATE "C" NOT NULL,
    organization_name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    revision INTEGER NOT NULL,
    rule_profile_code TEXT COLLATE "C" NOT NULL,
    rule_profile_version INTEGER NOT NULL,
    declared_total BIGINT,
    computed_total BIGINT NOT NULL,
    final_total BIGINT NOT NULL,
    grade TEXT COLLATE "C" NOT NULL CHECK (grade IN ('excellent', 'good', 'fair', 'poor')),
    adjusted_amount BIGINT NOT NULL,
    executed_amount BIGINT NOT NULL,
    execution_rate NUMERIC,
    levels TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    content_hash TEXT COLLATE "C" NOT NULL,
    supersedes_id TEXT COLLATE "C" REFERENCES scores (id),
    published_at TIMESTAMP NOT NULL,
    superseded_at TIMESTAMP
);
CREATE UNIQUE INDEX scores_by_assessment ON scores (assessment_id, revision);
CREATE INDEX scores_by_supersedes ON scores (supersedes_id);
CREATE INDEX scores_by_project ON scores (project_id);
CREATE INDEX scores_by_project_code ON scores (project_code, id);
CREATE INDEX scores_by_year ON scores (fiscal_year, id);
CREATE INDEX scores_by_year_and_total ON scores (fiscal_year, final_total, id);
CREATE INDEX scores_by_year_and_publication ON scores (fiscal_year, published_at, id);
CREATE INDEX scores_by_organization ON scores (organization_id, id);
CREATE INDEX scores_by_organization_code ON scores (organization_code, id);
CREATE INDEX scores_by_grade ON scores (grade, id);
CREATE INDEX scores_by_grade_and_total ON scores (grade, final_total, id);
CREATE INDEX scores_by_grade_and_publication ON scores (grade, published_at, id);
CREATE INDEX scores_by_total ON scores (final_total, id);
CREATE INDEX scores_by_publication ON scores (published_at, id);

-- The answer to a POST, kept so that a retry gets the same one.
CREATE TABLE idempotency_keys (
    caller TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    status INTEGER NOT NULL,
    location TEXT COLLATE "C",
    etag TEXT COLLATE "C",
    body TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
