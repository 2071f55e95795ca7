"""`backup` and `restore`: a proved copy of a local file, and a new database from one."""

import argparse

from ioms_desktop.cli.session import clock, desk, location, note, opener
from ioms_desktop.services.database.backups import back_up, refuse_shared
from ioms_desktop.services.database.restore import refuse_no_backup, restore
from ioms_desktop.services.process_isolation import keep_memory_private


def backup(options: argparse.Namespace) -> int:
    """Back a local file up; what is strange about the backup is an alarm, and a failure to whoever planned it."""
    refuse_shared(location(options))  # before a login is asked for: whoever keeps the server has none
    with desk(options) as at:
        done = back_up(at, options.path)
    print(done.notice.removesuffix(done.alarm).strip())
    if done.alarm:
        note(done.alarm)
    return 1 if done.alarm else 0


def restore_backup(options: argparse.Namespace) -> int:
    """Bring a backup back into a new database."""
    into = location(options)
    refuse_shared(into)
    refuse_no_backup(options.path)
    who, secret = opener(options, str(options.path))
    keep_memory_private()
    done = restore(options.path, into, who, secret, reason=options.reason, clock=clock)
    print(done.notice)
    print(f"Tell the auditor: {done.auditor}")
    note(done.afterwards)
    return 0
