"""`backup` and `restore`: a verified copy of a local file, and a new database from one."""

from __future__ import annotations

import argparse
from pathlib import Path

from ioms_desktop.cli.command import CommandGroup, option
from ioms_desktop.cli.output import write_message
from ioms_desktop.cli.session import clock, get_file_credentials, get_location, open_session

COMMANDS = CommandGroup()


@COMMANDS.command(
    "backup",
    "a verified copy of a local file, while it is in use",
    option("path", type=Path, metavar="PATH", help="a new name, or a folder of dated backups"),
)
def backup(options: argparse.Namespace) -> int:
    """Back up a local file; a suspicious backup prints an alarm and fails, so that a scheduler notices."""
    from ioms_desktop.services.database.backups import back_up, refuse_shared_database

    refuse_shared_database(get_location(options))  # before a login is asked for: whoever keeps the server has none
    with open_session(options) as at:
        done = back_up(at, options.path)
    print(done.notice.removesuffix(done.alarm).strip())
    if done.alarm:
        write_message(done.alarm)
    return 1 if done.alarm else 0


@COMMANDS.command(
    "restore",
    "a new database (--database) from a backup",
    option("path", type=Path, metavar="PATH", help="the backup; its key file lies beside it"),
    option("--reason", default="", metavar="TEXT", help="what happened, for the audit"),
)
def restore_backup(options: argparse.Namespace) -> int:
    """Restore a backup into a new database."""
    from ioms_desktop.services.database.backups import refuse_shared_database
    from ioms_desktop.services.database.restore import require_backup, restore_database
    from ioms_desktop.services.process_isolation import keep_memory_private

    into = get_location(options)
    refuse_shared_database(into)
    require_backup(options.path)
    who, secret = get_file_credentials(options, str(options.path))
    keep_memory_private()
    done = restore_database(options.path, into, who, secret, reason=options.reason, clock=clock)
    print(done.notice)
    print(f"Tell the auditor: {done.auditor_message}")
    write_message(done.advice)
    return 0
