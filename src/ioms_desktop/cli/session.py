"""How a command signs in: the database, the name and the password, from its options, the environment or a prompt.

Services are imported inside the functions, because every start of the program imports this module.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ioms_desktop.cli.output import write_message
from ioms_desktop.domain.errors import MalformedValue, MissingValue, WeakPassword
from ioms_desktop.secret_variables import given_secret

if TYPE_CHECKING:
    from ioms_desktop.services.accounts.passwords import StrengthRequirement
    from ioms_desktop.services.session import Session


PASSWORD_IN_ADDRESS_MESSAGE = (
    "Every program on this computer can read the password in this address while the command runs. Take it out; set "
    "PGPASSWORD, or write it into the file that PGPASSFILE names."
)


def get_location(options: argparse.Namespace) -> str:
    """Return the database named by option or environment, else the last one opened.

    Raises:
        Refused: None is named and none was opened before.
    """
    from ioms_desktop.services.user_paths import last_database, without_password

    found = options.database or os.environ.get("IOMS_DATABASE") or last_database()
    if not found:
        raise MissingValue("No database is named. Give --database PATH-OR-URL, or set IOMS_DATABASE.")
    if options.database and without_password(found) != found:
        write_message(PASSWORD_IN_ADDRESS_MESSAGE)
    return str(found)


def get_user(options: argparse.Namespace) -> str:
    """Return the user named by option or environment.

    Raises:
        Refused: None is named.
    """
    found = options.user or os.environ.get("IOMS_USER")
    if not found:
        raise MissingValue("No user is named. Give --user NAME, or set IOMS_USER.")
    return str(found)


def get_password(variable: str = "IOMS_PASSWORD", *, user: str = "", location: str = "") -> str:
    """Return a password from the environment or a prompt; never from an argument.

    Args:
        variable: The variable of the environment.
        user: The user, for the prompt.
        location: The database that is signed in to. A server may know somebody by a ticket or a certificate: without a
            terminal none is given then, and the server says so where it asks for one.

    Raises:
        Refused: There is neither.
    """
    from ioms_desktop.domain.database_location import is_address

    found = given_secret(variable)
    if found is not None:
        return found
    optional = is_address(location)
    if not sys.stdin.isatty():
        if optional:
            return ""
        raise MissingValue(f"No password is given. Set {variable}, or run the command in a terminal.")
    hint = " (empty for Kerberos or a certificate)" if optional else ""
    return getpass.getpass(f"Password{' for ' + user if user else ''}{hint}: ")


def get_new_password(user: str, *, fallback: bool = False) -> tuple[str, StrengthRequirement]:
    """Return a new password, and how strong it has to be.

    It comes from IOMS_NEW_PASSWORD, for the first administrator else IOMS_PASSWORD, else a prompt. One that is typed is
    somebody's own choice; a weak one from a job is taken, and said to be weak, unless it is no password at all.

    Args:
        fallback: Whether IOMS_PASSWORD will do.

    Raises:
        Refused: There is none, or the two typed ones differ.
    """
    from ioms_desktop.services.accounts.passwords import StrengthRequirement, describe_triviality, describe_weakness

    found = given_secret("IOMS_NEW_PASSWORD")
    if found is None and fallback:
        found = given_secret("IOMS_PASSWORD")
    if found is not None:
        weakness = describe_weakness(found, (user,))
        if weakness and not describe_triviality(found, (user,)):  # which the service refuses
            write_message(f"{weakness} It was taken, because it does not come from a prompt.")
        return found, StrengthRequirement.MINIMAL
    typed = get_password("IOMS_NEW_PASSWORD", user=user)
    if getpass.getpass("The same again: ") != typed:
        raise WeakPassword("The two passwords differ. Nothing was changed; type the same one twice.")
    return typed, StrengthRequirement.FULL


def get_recovery_code() -> str:
    """Return the recovery code from IOMS_RECOVERY_CODE or a prompt; never from an argument.

    Raises:
        Refused: There is neither.
    """
    found = given_secret("IOMS_RECOVERY_CODE")
    if found is not None:
        return found
    if not sys.stdin.isatty():
        raise MissingValue("No recovery code is given. Set IOMS_RECOVERY_CODE, or run the command in a terminal.")
    return getpass.getpass("Recovery code: ")


def get_file_credentials(options: argparse.Namespace, location: str) -> tuple[str, str]:
    """Return the name and password for a local file, for a command that a shared database lets anybody run.

    Returns:
        Name and password; both empty for a shared database. A demo's password is on every screen, so that nobody need
        be named for one.

    Raises:
        Refused: Nobody is named, or no password is given.
    """
    from ioms_desktop.services.database.database_admin import needs_password
    from ioms_desktop.services.database.demo_marker import DEMO_ADMINISTRATOR, DEMO_PASSWORD, is_demo_database

    if not needs_password(location):
        return "", ""
    if not (options.user or os.environ.get("IOMS_USER")) and is_demo_database(location):
        return DEMO_ADMINISTRATOR, DEMO_PASSWORD
    who = get_user(options)
    return who, get_password(user=who)


def get_check_credentials(options: argparse.Namespace, location: str) -> tuple[str, str]:
    """Return the name and password with which a database is checked.

    Returns:
        Name and password; both empty for a shared database that is checked by whoever keeps its server: on the server
        itself, or under the name in the address. Never the account of this computer, which a server elsewhere does not
        know.

    Raises:
        Refused: Somebody has to be named and nobody is, or no password is given.
    """
    from ioms_desktop.services.database.database_admin import names_nobody, needs_password

    if needs_password(location):
        return get_file_credentials(options, location)
    if not options.user and not names_nobody(location):
        return "", ""
    who = get_user(options)
    return who, get_password(user=who, location=location)


@contextmanager
def open_session(options: argparse.Namespace) -> Iterator[Session]:
    """Sign in for one command.

    Raises:
        Refused: The database cannot be opened, or name and password do not belong together.
    """
    where, who = get_location(options), get_user(options)
    with open_session_as(where, who, get_password(user=who, location=where)) as signed_in:
        yield signed_in


@contextmanager
def open_session_as(location: str, user: str, password: str) -> Iterator[Session]:
    """Sign in with a password that was read already.

    Raises:
        Refused: The database cannot be opened, or name and password do not belong together.
    """
    from ioms_desktop.services.audit.audit import try_seal_audit
    from ioms_desktop.services.process_isolation import keep_memory_private
    from ioms_desktop.services.sign_in.sign_in import sign_in
    from ioms_desktop.services.user_paths import remember_database

    keep_memory_private()
    signed_in = sign_in(location, user, password, clock=clock)
    for each in signed_in.warnings:
        write_message(each)
    remember_database(location)
    try:
        yield signed_in
    finally:
        try_seal_audit(signed_in)
        signed_in.store.close()


def clock() -> datetime:
    """Return the time for the audit, which is always the real one."""
    return datetime.now(UTC)


def printing_time() -> datetime:
    """Return the time of printing: SOURCE_DATE_EPOCH where it is set, else now.

    Raises:
        Refused: SOURCE_DATE_EPOCH is no number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return clock()
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise MalformedValue(
            "SOURCE_DATE_EPOCH is not a number of seconds since 1970. Unset it, or correct it."
        ) from error
