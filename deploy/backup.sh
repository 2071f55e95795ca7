#!/bin/sh
# backup.sh: copy the whole server, prove the copy, and let the oldest copies go. To be run nightly as the account
# postgres. Says in one line what it did, and answers 1, with a line that says why, when a copy is not to be relied on.
#
#   IOMS_BACKUPS      where (default /var/backups/ioms: a disk of its own, encrypted, copied off this machine)
#   IOMS_KEEP_DAYS    on how many days copies all stay (default 7); as far back the server can be brought to any moment
#   IOMS_KEEP_WEEKS   beyond them, the newest copy of each of so many weeks (default 4)
#   IOMS_KEEP_MONTHS  beyond them, the newest copy of each of so many months (default 6)
#   PGBIN             where PostgreSQL's programs are (default: where pg_config says, or Debian's newest)
# The server is named by PGHOST, PGPORT and PGUSER, as for every program of PostgreSQL.
set -eu

backups="${IOMS_BACKUPS:-/var/backups/ioms}"
days="${IOMS_KEEP_DAYS:-7}"
weeks="${IOMS_KEEP_WEEKS:-4}"
months="${IOMS_KEEP_MONTHS:-6}"
if [ -z "${PGBIN:-}" ]; then
    PGBIN="$(dirname "$(find /usr/lib/postgresql -path '*/bin/initdb' 2> /dev/null | sort -V | tail -n 1)")"
    [ -x "$PGBIN/psql" ] || PGBIN="$(pg_config --bindir)"
fi

fail() {
    echo "IOMS backup: $1" >&2
    exit 1
}

stamp() {
    date -u +%Y%m%dT%H%M%SZ-%GW%V
}

# The copies dated up to a time, oldest first; those of a clock that was ahead are left out.
copies_until() {
    find "$backups/base" -mindepth 1 -maxdepth 1 -type d ! -name '*.part' | sort |
        awk -F / -v last="$1" '$NF "" <= last ""'
}

umask 077
mkdir -p "$backups/base" "$backups/wal"
part="$backups/base/new.part"
# The copy that the new one is held against: the last nobody was warned of, so that the warning comes every night until
# somebody has found out why. Whoever accepts the smaller size removes the file `trusted`.
before="$backups/base/$(cat "$backups/trusted" 2> /dev/null || true)"
[ -d "$before/data" ] || before="$(copies_until "$(stamp)" | tail -n 1)"
rm -rf "$part"
mkdir -p "$part/settings"

"$PGBIN/pg_basebackup" --pgdata="$part/data" --checkpoint=fast --wal-method=stream \
    --manifest-checksums=SHA256 --no-password || {
    rm -rf "$part"
    fail "the copy was not made. The former copies are untouched."
}
"$PGBIN/pg_verifybackup" --quiet "$part/data" \
    || fail "the copy does not verify and was left in $part. The former copies are untouched; look at the disk."

# Debian keeps the settings outside the data folder, where a copy of the data misses them. Keys stay behind.
"$PGBIN/psql" -X -A -t -d postgres -c "SELECT sourcefile FROM pg_settings WHERE sourcefile IS NOT NULL
    UNION SELECT setting FROM pg_settings WHERE name IN ('config_file', 'hba_file', 'ident_file')" |
    while read -r file; do
        [ ! -r "$file" ] || cp "$file" "$part/settings/"
    done
sync
# When it was finished, and in which week: names sort by age and say to which day, week and month a copy belongs.
new="$backups/base/$(stamp)"
mv "$part" "$new"

size="$(du -sk "$new/data" | cut -f 1)"
if [ -n "$before" ]; then
    former="$(du -sk "$before/data" | cut -f 1)"
    [ $((size * 2)) -ge "$former" ] \
        || fail "$new is less than half as large as ${before##*/} ($size of $former KB). No copy was let go; ask why, and remove $backups/trusted if that is right."
fi

# What stays: all of the last days, then the newest of each week, then of each month. Read from the newest to the oldest.
# A copy dated later than this one was made while the clock was ahead: it stays, and no other goes in its place.
copies_until "${new##*/}" | sort -r | {
    n_days=0 n_weeks=0 n_months=0 last_day='' last_week='' last_month='' oldest=''
    while read -r copy; do
        name="${copy##*/}"
        day="${name%%T*}" month="$(echo "$name" | cut -c 1-6)" week="${name##*-}" stays=''
        [ "$day" = "$last_day" ] || n_days=$((n_days + 1))
        if [ "$n_days" -le "$days" ]; then
            stays=yes oldest="$copy"
        elif [ "$week" != "$last_week" ] && [ "$n_weeks" -lt "$weeks" ]; then
            n_weeks=$((n_weeks + 1)) stays=yes
        elif [ "$month" != "$last_month" ] && [ "$n_weeks" -ge "$weeks" ] && [ "$n_months" -lt "$months" ]; then
            n_months=$((n_months + 1)) stays=yes
        fi
        last_day="$day" last_week="$week" last_month="$month"
        [ -n "$stays" ] || rm -rf "$copy"
    done
    # The log is needed from the start of the oldest daily copy on; weekly and monthly copies carry their own piece.
    if [ -n "$oldest" ]; then
        first="$(sed -n 's/^START WAL LOCATION: .* (file \([0-9A-F]*\))$/\1/p' "$oldest/data/backup_label")"
        [ -z "$first" ] || "$PGBIN/pg_archivecleanup" "$backups/wal" "$first"
    fi
}

echo "${new##*/}" > "$backups/trusted"
date -u +%Y-%m-%dT%H:%M:%SZ > "$backups/last-good"
ahead="$(($(find "$backups/base" -mindepth 1 -maxdepth 1 -type d ! -name '*.part' | wc -l) - $(copies_until "${new##*/}" | wc -l)))"
[ "$ahead" -eq 0 ] || echo "IOMS backup: copies dated later than now: $ahead. Check the clock; they are left alone." >&2
echo "IOMS backup: $new, $size KB, verified; $(find "$backups/base" -mindepth 1 -maxdepth 1 -type d | wc -l) copies kept."
