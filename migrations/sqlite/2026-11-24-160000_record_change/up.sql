-- Postgres numbers a change in a function of its own, to spare ways to the server. SQLite has no such way.
SELECT 1;
