"""`init`, `demo`, `migrate`, `check` and `user`: the database and who may sign in."""

import argparse

from ioms_desktop.cli.doors import answer, desk, location, new_password, note
from ioms_desktop.services.databases import check_database, create_database, migrate_database
from ioms_desktop.services.session import add_user, disable_user, list_users


def init(options: argparse.Namespace) -> int:
    """Create a database with its first administrator."""
    where = location(options)
    if options.trial:
        note("For trying only: how the server is set up is not looked at. Keep no real records in this database.")
    password = new_password(options.admin, fallback=True)
    print(create_database(where, options.admin, password, lenient=options.trial))
    return 0


def demo(options: argparse.Namespace) -> int:
    """Build fictional data, say how to sign in, open the window."""
    from ioms_desktop.services.demo import build_demo  # noqa: PLC0415 - only this command needs it
    from ioms_desktop.services.places import data_folder  # noqa: PLC0415 - as above

    folder = data_folder()
    where = options.database or str(folder / "demo.ioms")
    if not options.database:
        folder.mkdir(parents=True, exist_ok=True)
    for line in build_demo(where, cases=options.cases, seed=options.seed):
        print(line)
    return 0 if options.no_window else int(options.pictures.open_window(where, None))


def migrate(options: argparse.Namespace) -> int:
    """Bring a database to the newest schema."""
    print(migrate_database(location(options)))
    return 0


def check(options: argparse.Namespace) -> int:
    """Prove a database whole."""
    where = location(options)
    report = check_database(where)
    faults = [fault.what for fault in report.faults]
    payload = {"ok": not faults, "checked": list(report.checked), "faults": faults}
    verdict = "The database is whole." if not faults else "The database is not whole; restore a backup."
    answer(options, payload, "\n".join([*(f"Looked at {what}." for what in report.checked), *faults]))
    note(verdict)
    return 1 if faults else 0


def user_add(options: argparse.Namespace) -> int:
    """Let somebody sign in."""
    with desk(options) as at:
        print(add_user(at, options.name, options.role, new_password(options.name)))
    return 0


def user_disable(options: argparse.Namespace) -> int:
    """Let somebody no longer sign in."""
    with desk(options) as at:
        print(disable_user(at, options.name))
    return 0


def user_list(options: argparse.Namespace) -> int:
    """Say who may sign in."""
    with desk(options) as at:
        found = list_users(at)
    rows = [{"name": u.name, "role": u.role, "active": u.active, "created_at": u.created_at.isoformat()} for u in found]
    text = "\n".join(f"{u.name}  {u.role}  {'may sign in' if u.active else 'disabled'}" for u in found)
    return answer(options, {"users": rows}, text)
