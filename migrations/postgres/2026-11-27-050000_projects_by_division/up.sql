-- Whose the projects are comes first, so that a list reads rows of its own division alone, however many others there are.
DROP INDEX projects_by_year;
DROP INDEX projects_by_code;
DROP INDEX projects_by_name;
DROP INDEX projects_by_update;
DROP INDEX projects_by_year_and_name;
DROP INDEX projects_by_year_and_code;
DROP INDEX projects_by_year_and_update;
CREATE INDEX projects_by_year ON projects (division_code, fiscal_year, id);
CREATE INDEX projects_by_code ON projects (division_code, code, id);
CREATE INDEX projects_by_name ON projects (division_code, name, id);
CREATE INDEX projects_by_update ON projects (division_code, updated_at, id);
CREATE INDEX projects_by_year_and_name ON projects (division_code, fiscal_year, name, id);
CREATE INDEX projects_by_year_and_code ON projects (division_code, fiscal_year, code, id);
CREATE INDEX projects_by_year_and_update ON projects (division_code, fiscal_year, updated_at, id);
CREATE INDEX projects_by_division ON projects (division_code, id);
