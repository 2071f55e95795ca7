"""`init`, `demo`, `migrate`, `check` and `user`: the database and who may sign in."""

import argparse

from ioms_desktop.cli.parser import NEVER
from ioms_desktop.cli.session import (
    get_file_credentials,
    get_location,
    get_new_password,
    get_password,
    get_recovery_code,
    get_user,
    open_session,
    open_session_as,
    write_message,
    write_result,
)
from ioms_desktop.domain.errors import MissingValue, UnknownUser
from ioms_desktop.domain.text_format import iso_date
from ioms_desktop.services.access.labels import describe_account_state
from ioms_desktop.services.accounts.accounts import change_account
from ioms_desktop.services.accounts.passwords import StrengthRequirement
from ioms_desktop.services.accounts.users import (
    add_user,
    disable_user,
    enable_user,
    list_users,
    list_users_without_login,
)
from ioms_desktop.services.database.database_admin import check_database, create_database, migrate_database
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.sign_in.password_change import change_password, recover_password, set_password


def init(options: argparse.Namespace) -> int:
    """Create a database with its first administrator."""
    where = get_location(options)
    if options.trial:
        write_message(
            "For trying only: how the server is set up is not looked at. Keep no real records in this database."
        )
    known = options.without_password
    chosen, strength = (None, StrengthRequirement.FULL) if known else get_new_password(options.admin, fallback=True)
    made = create_database(where, options.admin, chosen, strength=strength, lenient=options.trial)
    print(made.sentence)
    print_recovery_code(made.recovery_code)
    return 0


def print_recovery_code(code: str) -> None:
    """Say a recovery code, which nobody can ever say again."""
    if code:
        print(f"Recovery code: {code}")
        print(
            "Write it down and lock it away, apart from this computer: it opens the file when a password is forgotten, "
            "for whoever has it. It is not shown again."
        )


def demo(options: argparse.Namespace) -> int:
    """Build fictional data, say how to sign in, open the window."""
    from ioms_desktop.demo.build import build_demo  # noqa: PLC0415 - only this command needs it
    from ioms_desktop.services.user_paths import data_folder  # noqa: PLC0415 - as above

    folder = data_folder()
    where = options.database or str(folder / "demo.ioms")
    if not options.database:
        folder.mkdir(parents=True, exist_ok=True)
    for line in build_demo(where, cases=options.cases, seed=options.seed):
        print(line)
    return 0 if options.no_window else int(options.pictures.open_window(where, None))


def migrate(options: argparse.Namespace) -> int:
    """Bring a database to the newest schema."""
    where = get_location(options)
    made = migrate_database(where, *get_file_credentials(options, where))
    print(made.sentence)
    print_recovery_code(made.recovery_code)
    return 0


def check(options: argparse.Namespace) -> int:
    """Prove a database whole."""
    where = get_location(options)
    report = check_database(where, *get_file_credentials(options, where))
    faults = [fault.description for fault in report.faults]
    last = report.backup
    kept = None if last is None else {"at": last.at.isoformat(), "path": last.path}
    payload = {"ok": not faults, "checked": list(report.checked), "faults": faults, "last_backup": kept}
    verdict = "The database is whole." if not faults else "The database is not whole; restore a backup."
    if report.audit_broken:
        verdict = "The audit is not whole. Keep this database as it is; tell the auditor."
    lines = [*(f"Looked at {what}." for what in report.checked), *faults]
    lines += [] if last is None else [f"Last backup: {format_instant(last.at)}, {last.path}"]
    write_result(options, payload, "\n".join(lines))
    write_message(verdict)
    return 1 if faults else 0


def user_add(options: argparse.Namespace) -> int:
    """Let somebody sign in."""
    with open_session(options) as at:
        chosen, strength = (
            (None, StrengthRequirement.FULL) if options.without_password else get_new_password(options.name)
        )
        until = options.expires
        print(add_user(at, options.name, options.role, chosen, strength=strength, team=options.team, until=until))
    return 0


def user_account(options: argparse.Namespace) -> int:
    """Say whose cases somebody shares, or until when they may sign in; what is not named stays as it is.

    Raises:
        Refused: There is no such user, or neither is named.
    """
    if options.team is None and options.expires is None:
        raise MissingValue("Nothing is to be changed. Give --team or --expires.")
    with open_session(options) as at:
        known = next((user for user in list_users(at) if user.name == options.name), None)
        if known is None:
            raise UnknownUser(f"There is no user {options.name}. Check the name with user list.")
        team = known.team or "" if options.team is None else options.team
        until = known.expires_on if options.expires is None else None if options.expires == NEVER else options.expires
        print(change_account(at, options.name, team=team, until=until))
    return 0


def user_password(options: argparse.Namespace) -> int:
    """Change one's own password, or give somebody else a new one."""
    where, who = get_location(options), get_user(options)
    present = get_password(user=who, location=where)
    with open_session_as(where, who, present) as at:
        chosen, strength = get_new_password(options.name)
        if options.name == who:
            print(change_password(at, present, chosen, strength=strength))
        else:
            print(set_password(at, options.name, chosen, strength=strength))
    return 0


def user_recover(options: argparse.Namespace) -> int:
    """Give somebody a new password with the recovery code."""
    where, code = get_location(options), get_recovery_code()
    chosen, strength = get_new_password(options.name)
    recovered = recover_password(where, options.name, code, chosen, strength=strength)
    print(recovered.sentence)
    print_recovery_code(recovered.recovery_code)
    return 0


def user_disable(options: argparse.Namespace) -> int:
    """Let somebody no longer sign in."""
    with open_session(options) as at:
        print(disable_user(at, options.name))
    return 0


def user_enable(options: argparse.Namespace) -> int:
    """Let somebody who was disabled sign in again."""
    with open_session(options) as at:
        print(enable_user(at, options.name))
    return 0


def user_list(options: argparse.Namespace) -> int:
    """Say who may sign in."""
    with open_session(options) as at:
        found, waiting = list_users(at), list_users_without_login(at)
        today = at.today()
    rows = [
        {
            "name": user.name,
            "role": user.role,
            "active": user.active,
            "created_at": user.created_at.isoformat(),
            "waiting": user.name in waiting,
            "team": user.team,
            "expires_on": iso_date(user.expires_on),
        }
        for user in found
    ]
    states = ("no login yet" if user.name in waiting else describe_account_state(user, today) for user in found)
    text = "\n".join(
        "  ".join(filter(None, (user.name, user.role, state, user.team)))
        for user, state in zip(found, states, strict=True)
    )
    return write_result(options, {"users": rows}, text)
