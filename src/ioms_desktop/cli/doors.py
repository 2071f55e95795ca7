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
from ioms_desktop.services.desk import Desk
from ioms_desktop.services.places import last_database, remember_database
from ioms_desktop.services.session import sign_in


def location(options: argparse.Namespace) -> str:
    """Give the database named by option or environment, else the last one opened.

    Raises:
        Refused: None is named and none was opened before.
    """
    found = options.database or os.environ.get("IOMS_DATABASE") or last_database()
    if not found:
        raise Refused("No database is named. Give --database PATH-OR-URL, or set IOMS_DATABASE.")
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


def password(name: str = "IOMS_PASSWORD", *, whose: str = "") -> str:
    """Give a password from the environment or a prompt; never from an argument.

    Raises:
        Refused: There is neither.
    """
    found = os.environ.get(name)
    if found is not None:
        return found
    if not sys.stdin.isatty():
        raise Refused(f"No password is given. Set {name}, or run the command in a terminal.")
    return getpass.getpass(f"Password{' for ' + whose if whose else ''}: ")


def new_password(whose: str, *, fallback: bool = False) -> str:
    """Give the password of a new user: IOMS_NEW_PASSWORD, for the first administrator else IOMS_PASSWORD, else ask."""
    if "IOMS_NEW_PASSWORD" not in os.environ and fallback and "IOMS_PASSWORD" in os.environ:
        return os.environ["IOMS_PASSWORD"]
    return password("IOMS_NEW_PASSWORD", whose=whose)


@contextmanager
def desk(options: argparse.Namespace) -> Iterator[Desk]:
    """Sign in for one command.

    Raises:
        Refused: The database cannot be opened, or name and password do not belong together.
    """
    where, who = location(options), user(options)
    signed_in = sign_in(where, who, password(whose=who), clock=clock)
    remember_database(where)
    try:
        yield signed_in
    finally:
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
