#!/bin/sh
# archive-wal.sh PATH NAME: keep one finished piece of the server's log. Called by the server as archive_command; it
# answers 0 only when the piece is whole on the disk, and the server calls again until it does.
set -eu

to="${IOMS_BACKUPS:-/var/backups/ioms}/wal"
from="$1"
kept="$to/$2"

if [ -e "$kept" ]; then
    # After a crash the server may hand over a piece again. The same piece is fine; another of that name must never go.
    cmp -s "$from" "$kept"
    exit
fi
umask 077
cp "$from" "$kept.part"
sync "$kept.part"
mv "$kept.part" "$kept"
sync "$to"
