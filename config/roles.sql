-- Roles, default rights and the database: everything that needs a PostgreSQL superuser, and nothing else.
--
-- Run by psql, once, on a new cluster, by the embedded PostgreSQL and by the compose file alike. From the environment:
--   MULIN_OWNER_PASSWORD, MULIN_APP_PASSWORD  passwords of the two roles
--   MULIN_DATABASE                            name of the database, "mulin" when not set
\set ON_ERROR_STOP on
\set database mulin
\getenv database MULIN_DATABASE
\getenv owner_password MULIN_OWNER_PASSWORD
\getenv app_password MULIN_APP_PASSWORD
SET log_statement = 'none';
SET log_min_error_statement = 'panic';

-- Superusers and BYPASSRLS roles escape row-level security, so neither role is one. The owner migrates;
-- the app role serves pages and tasks and can neither alter tables nor empty them.
CREATE ROLE mulin_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'owner_password';
CREATE ROLE mulin_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'app_password';

-- In template1, so that every database made later, the tests' too, is born with the same rights.
\connect template1
-- Extensions that only a superuser may create go here (none is needed today).
ALTER DEFAULT PRIVILEGES FOR ROLE mulin_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mulin_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mulin_owner GRANT USAGE ON SEQUENCES TO mulin_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mulin_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE mulin_owner GRANT EXECUTE ON FUNCTIONS TO mulin_app;

\connect postgres
CREATE DATABASE :"database" OWNER mulin_owner TEMPLATE template1;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO mulin_app;
