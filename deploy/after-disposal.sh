#!/bin/sh
# after-disposal.sh: take what was disposed of out of the server's own files. A removed row stays in the files of its
# table, in the log, and in the samples that the server keeps to plan with, until they are written anew. To be run as the
# account postgres on the evening of a disposal, or weekly: each table is locked while it is written. Says in one line
# what it did; answers 1, with a line that says why, when it could not.
#
#   IOMS_DATABASE_NAME  the database (default ioms)
#   PGBIN               where PostgreSQL's programs are (default: where pg_config says, or Debian's newest)
# The server is named by PGHOST, PGPORT and PGUSER, as for every program of PostgreSQL.
set -eu

database="${IOMS_DATABASE_NAME:-ioms}"
if [ -z "${PGBIN:-}" ]; then
    PGBIN="$(dirname "$(find /usr/lib/postgresql -path '*/bin/initdb' 2> /dev/null | sort -V | tail -n 1)")"
    [ -x "$PGBIN/psql" ] || PGBIN="$(pg_config --bindir)"
fi

fail() {
    echo "IOMS after disposal: $1" >&2
    exit 1
}
ask() {
    "$PGBIN/psql" -X -q -A -t -v ON_ERROR_STOP=1 -d "$database" "$@"
}

began="$(date +%s)"
# The samples go first, because a table that is empty now would keep its old ones; then the tables are written anew with
# their indexes and sampled anew; then what the samples themselves left behind goes.
ask > /dev/null <<'SQL' || fail "a table could not be written anew; somebody may hold it. Run this again."
SET statement_timeout = 0;
SET lock_timeout = '5min';
DELETE FROM pg_catalog.pg_statistic WHERE starelid IN (
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'ioms_audit', 'ioms_private'));
SELECT format('VACUUM (FULL, ANALYZE) %I.%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname IN ('public', 'ioms_audit', 'ioms_private') ORDER BY 1
\gexec
VACUUM FULL pg_catalog.pg_statistic;
VACUUM FULL pg_catalog.pg_statistic_ext_data;
SQL

# The log: finished pieces are removed and not used again, and what was in the newest is left behind by new ones.
restore() {
    ask -c "ALTER SYSTEM RESET wal_recycle" -c "SELECT pg_reload_conf()" > /dev/null || true
}
trap restore EXIT
ask -c "ALTER SYSTEM SET wal_recycle = off" -c "SELECT pg_reload_conf()" > /dev/null \
    || fail "the log could not be told to go. The tables are done; run this again."
for _ in 1 2 3; do
    ask -c "SELECT pg_switch_wal()" -c "CHECKPOINT" > /dev/null || fail "the log could not be ended. Run this again."
done
echo "IOMS after disposal: $database written anew in $(($(date +%s) - began)) seconds. Copies made before, and the kept" \
    "pieces of the log, still hold what was disposed of until backup.sh lets them go."
