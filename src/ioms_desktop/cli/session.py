"""How a command signs in and answers: location, name and password from options and environment; text or JSON out."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.accounts.passwords import Strength, weakness
from ioms_desktop.services.audit.audit import seal_quietly
from ioms_desktop.services.process_isolation import keep_memory_private
from ioms_desktop.services.session import Desk
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.services.user_paths import is_address, last_database, remember_database, without_password

READ_BY_OTHERS = (
    "Every program on this computer can read the password in this address while the command runs. Take it out; set "
    "PGPASSWORD, or write it into the file that PGPASSFILE names."
)


def location(options: argparse.Namespace) -> str:
    """Give the database named by option or environment, else the last one opened.

    Raises:
        Refused: None is named and none was opened before.
    """
    found = options.database or os.environ.get("IOMS_DATABASE") or last_database()
    if not found:
        raise Refused("No database is named. Give --database PATH-OR-URL, or set IOMS_DATABASE.")
    if options.database and without_password(found) != found:
        note(READ_BY_OTHERS)
    return str(found)


def user(options: argparse.Namespace) -> str:
    """Give the user named by option or environment.

    Raises:
        Refused: None is named.
    """
    found = options.user or os.environ.get("IOMS_USER")
    if not found:
        raise Refused("No user is named. Give --user NAME, or set IOMS_USER.")
    return str(found)


def password(name: str = "IOMS_PASSWORD", *, whose: str = "", where: str = "") -> str:
    """Give a password from the environment or a prompt; never from an argument.

    Args:
        name: The variable of the environment.
        whose: The user, for the prompt.
        where: The database that is signed in to. A server may know somebody by a ticket or a certificate: without a
            terminal none is given then, and the server says so where it asks for one.

    Raises:
        Refused: There is neither.
    """
    found = os.environ.get(name)
    if found is not None:
        return found
    optional = is_address(where)
    if not sys.stdin.isatty():
        if optional:
            return ""
        raise Refused(f"No password is given. Set {name}, or run the command in a terminal.")
    hint = " (empty for Kerberos or a certificate)" if optional else ""
    return getpass.getpass(f"Password{' for ' + whose if whose else ''}{hint}: ")


def new_password(whose: str, *, fallback: bool = False) -> tuple[str, Strength]:
    """Give a new password, and what is asked of it.

    It comes from IOMS_NEW_PASSWORD, for the first administrator else IOMS_PASSWORD, else a prompt. One that is typed is
    somebody's own choice; a weak one from a job is taken, and said to be weak.

    Args:
        whose: The user.
        fallback: Whether IOMS_PASSWORD will do.

    Raises:
        Refused: There is none, or the two typed ones differ.
    """
    found = os.environ.get("IOMS_NEW_PASSWORD", os.environ.get("IOMS_PASSWORD") if fallback else None)
    if found is not None:
        said = weakness(found, (whose,)) if found else ""
        if said:
            note(f"{said} It was taken, because it does not come from a prompt.")
        return found, Strength.GIVEN
    typed = password("IOMS_NEW_PASSWORD", whose=whose)
    if getpass.getpass("The same again: ") != typed:
        raise Refused("The two passwords differ. Nothing was changed; type the same one twice.")
    return typed, Strength.OWN


def recovery_code() -> str:
    """Give the recovery code from IOMS_RECOVERY_CODE or a prompt; never from an argument.

    Raises:
        Refused: There is neither.
    """
    found = os.environ.get("IOMS_RECOVERY_CODE")
    if found is not None:
        return found
    if not sys.stdin.isatty():
        raise Refused("No recovery code is given. Set IOMS_RECOVERY_CODE, or run the command in a terminal.")
    return getpass.getpass("Recovery code: ")


def opener(options: argparse.Namespace, where: str) -> tuple[str, str]:
    """Give who opens a local file, for a command that needs nobody on a shared database.

    Returns:
        Name and password; both empty for a shared database. A demo's password is on every screen, so that nobody need
        be named for one.

    Raises:
        Refused: Nobody is named, or no password is given.
    """
    from ioms_desktop.services.database.database_admin import needs_password  # noqa: PLC0415 - few commands need it
    from ioms_desktop.services.database.demo_marker import DEMO_ADMINISTRATOR, DEMO_PASSWORD, is_fictional  # noqa: PLC0415 - as above

    if not needs_password(where):
        return "", ""
    if not (options.user or os.environ.get("IOMS_USER")) and is_fictional(where):
        return DEMO_ADMINISTRATOR, DEMO_PASSWORD
    who = user(options)
    return who, password(whose=who)


@contextmanager
def desk(options: argparse.Namespace) -> Iterator[Desk]:
    """Sign in for one command.

    Raises:
        Refused: The database cannot be opened, or name and password do not belong together.
    """
    where, who = location(options), user(options)
    with desk_of(where, who, password(whose=who, where=where)) as signed_in:
        yield signed_in


@contextmanager
def desk_of(where: str, who: str, secret: str) -> Iterator[Desk]:
    """Sign somebody in whose password is at hand.

    Raises:
        Refused: The database cannot be opened, or name and password do not belong together.
    """
    keep_memory_private()
    signed_in = sign_in(where, who, secret, clock=clock)
    for each in signed_in.warnings:
        note(each)
    remember_database(where)
    try:
        yield signed_in
    finally:
        seal_quietly(signed_in)
        signed_in.store.close()


def clock() -> datetime:
    """Tell the time of the audit, which is always the real one."""
    return datetime.now(UTC)


def printing_time() -> datetime:
    """Tell the time of printing: SOURCE_DATE_EPOCH where it is set, else now.

    Raises:
        Refused: SOURCE_DATE_EPOCH is no number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return clock()
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Refused("SOURCE_DATE_EPOCH is no number of seconds since 1970. Unset it, or correct it.") from error


def answer(options: argparse.Namespace, payload: Mapping[str, Any], text: str) -> int:
    """Write a result: JSON for a program, text for a person."""
    if options.format == "json":
        print(json.dumps(payload, ensure_ascii=False, indent=2))
    else:
        print(text)
    return 0


def note(sentence: str) -> None:
    """Write a message, which is not the result."""
    print(sentence, file=sys.stderr)
