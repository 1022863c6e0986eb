-- Runs once, when the volume is new: the database and the role of the program, which is no superuser and may make
-- neither databases nor roles. The image runs it with psql, as the superuser postgres.
\set password `cat /run/secrets/parley_password`
CREATE ROLE parley LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE parley OWNER parley;
REVOKE ALL ON DATABASE parley FROM PUBLIC;
