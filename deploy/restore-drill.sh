#!/bin/sh
# restore-drill.sh [TIME]: bring the newest copy back beside the running server, to its newest moment or to TIME
# (2026-11-24 10:41:59+00), ask it questions, and take it away again. To be run weekly as the account postgres: a
# backup that was never restored is a hope. Answers 1, with a line that says why, when it did not come back.
#
#   IOMS_BACKUPS   where the copies are (default /var/backups/ioms)
#   IOMS_DRILL     an empty folder with room for the data (default: a new one under TMPDIR or /var/tmp)
#   IOMS_DATABASE_NAME, IOMS_QUESTION   what is asked (default ioms, and how many records of each kind there are)
#   IOMS_COPY      which copy, by its name (default: the newest that is old enough for TIME)
#   IOMS_KEEP      yes: leave the restored server where it is, also when it did not come back, and say how to reach it
#   PGBIN          where PostgreSQL's programs are
set -eu

backups="${IOMS_BACKUPS:-/var/backups/ioms}"
wanted="${1:-}"
database="${IOMS_DATABASE_NAME:-ioms}"
question="${IOMS_QUESTION:-SELECT 'people ' || count(*) FROM people UNION ALL SELECT 'cases ' || count(*) FROM cases
    UNION ALL SELECT 'contacts ' || count(*) FROM contacts UNION ALL SELECT 'audit ' || count(*) FROM ioms_audit.audit}"
if [ -z "${PGBIN:-}" ]; then
    PGBIN="$(dirname "$(find /usr/lib/postgresql -path '*/bin/initdb' 2> /dev/null | sort -V | tail -n 1)")"
    [ -x "$PGBIN/psql" ] || PGBIN="$(pg_config --bindir)"
fi

fail() {
    echo "IOMS restore drill: $1" >&2
    exit 1
}

began="$(date +%s)"
place="${IOMS_DRILL:-$(mktemp -d "${TMPDIR:-/var/tmp}/ioms-drill.XXXXXX")}"
umask 077
[ -d "$place" ] || mkdir -p "$place"
[ -z "$(ls -A "$place")" ] || fail "$place is not empty. Nothing was touched."

# The newest copy that had ended before the moment that is wanted.
pick() {
    last=''
    for copy in "$backups"/base/*Z-*; do
        [ -d "$copy/data" ] || continue
        ended="$(echo "${copy##*/}" | sed 's/^\(....\)\(..\)\(..\)T\(..\)\(..\)\(..\)Z.*/\1-\2-\3 \4:\5:\6+00/')"
        [ -z "$wanted" ] || [ "$(date -d "$ended" +%s)" -le "$(date -d "$wanted" +%s)" ] || continue
        last="$copy"
    done
    echo "$last"
}
copy="${IOMS_COPY:+$backups/base/$IOMS_COPY}"
[ -n "$copy" ] || copy="$(pick)"
[ -d "$copy/data" ] || fail "there is no copy in $backups/base from before ${wanted:-now}."

cp -a "$copy/data" "$place/data"
# A server that replays must allow at least what the server allowed that wrote; its own settings may lie elsewhere.
target=''
[ -z "$wanted" ] || target="recovery_target_time = '$wanted'"
allowed() {
    "$PGBIN/pg_controldata" "$place/data" | sed -n "s/^$1 setting: *//p"
}
cat > "$place/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$place'
archive_mode = off
max_connections = $(allowed max_connections)
max_worker_processes = $(allowed max_worker_processes)
max_wal_senders = $(allowed max_wal_senders)
max_prepared_transactions = $(allowed max_prepared_xacts)
max_locks_per_transaction = $(allowed max_locks_per_xact)
restore_command = 'cp "$backups/wal/%f" "%p"'
recovery_target_action = 'promote'
recovery_target_timeline = 'latest'
$target
SETTINGS
: > "$place/data/postgresql.auto.conf"
echo 'local all all peer map=drill' > "$place/data/pg_hba.conf"
echo "drill $(id -un) postgres" > "$place/data/pg_ident.conf"
: > "$place/data/recovery.signal"

stop() {
    [ "${IOMS_KEEP:-}" != yes ] || return 0
    "$PGBIN/pg_ctl" -D "$place/data" -m immediate -w stop > /dev/null 2>&1 || true
    # What was restored are records of people: they never stay behind. A log of what went wrong does.
    rm -rf "$place/data"
    [ "$1" != 0 ] || rm -rf "$place"
}
trap 'stop $?' EXIT

"$PGBIN/pg_ctl" -D "$place/data" -l "$place/log" -w -t 3600 start > /dev/null \
    || fail "the copy $copy did not start. Its log is $place/log."
ask() {
    "$PGBIN/psql" -X -A -t -v ON_ERROR_STOP=1 -h "$place" -U postgres -d "$1" -c "$2"
}
tries=0
while [ "$(ask postgres 'SELECT pg_is_in_recovery()')" = t ]; do
    tries=$((tries + 1))
    [ "$tries" -le 3600 ] || fail "the copy $copy is still replaying after an hour. Its log is $place/log."
    sleep 1
done
answer="$(ask "$database" "$question")" || fail "the restored server did not answer. Its log is $place/log."
echo "$answer"
echo "IOMS restore drill: ${copy##*/} to ${wanted:-the newest moment} in $(($(date +%s) - began)) seconds."
[ "${IOMS_KEEP:-}" != yes ] || echo "It runs on the socket in $place; stop it with $PGBIN/pg_ctl -D $place/data stop."
