"""`access`: who may know of a case, one's own conflict of interest, and breaking the glass."""

import argparse
from uuid import uuid4

from ioms_desktop.cli.session import answer, desk
from ioms_desktop.domain.access.case_access import AccessEntry
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass
from ioms_desktop.services.access.case_access_admin import (
    DeclareConflict,
    KeepCase,
    Knowing,
    NameSomebody,
    admit,
    assign,
    declare_conflict,
    exclude,
    keep_case,
    release,
    who_may_know,
)
from ioms_desktop.services.access.labels import known_to_words, list_words

NAMING = {"exclude": exclude, "admit": admit, "assign": assign, "release": release}


def show(options: argparse.Namespace) -> int:
    """Say who may know of a case."""
    with desk(options) as at:
        found = who_may_know(at, options.ref)
    payload = {
        "case_ref": found.case_ref,
        "restricted": found.standing.restricted,
        "team": found.standing.team,
        "message": found.standing.message,
        "kept_by": "server" if found.shared else "services",
        "entries": [_row(found, entry) for entry in found.entries],
    }
    return answer(options, payload, "\n".join([known_to_words(found), *(_line(found, each) for each in found.entries)]))


def name(options: argparse.Namespace) -> int:
    """Put somebody on a list of a case, or take them off."""
    message = getattr(options, "message", None) or ""
    entry = NameSomebody(request=str(uuid4()), case_ref=options.ref, name=options.name, message=message)
    with desk(options) as at:
        print(NAMING[options.act](at, entry).notice)
    return 0


def restrict(options: argparse.Namespace) -> int:
    """Restrict a case to those admitted, or lift that."""
    message = getattr(options, "message", None)
    entry = KeepCase(request=str(uuid4()), case_ref=options.ref, restricted=options.restricted, message=message)
    with desk(options) as at:
        print(keep_case(at, entry).notice)
    return 0


def team(options: argparse.Namespace) -> int:
    """Say whose team's a case is."""
    with desk(options) as at:
        print(keep_case(at, KeepCase(request=str(uuid4()), case_ref=options.ref, team=options.team)).notice)
    return 0


def declare(options: argparse.Namespace) -> int:
    """Declare one's own conflict of interest."""
    entry = DeclareConflict(request=str(uuid4()), case_ref=options.ref, message=options.message or "")
    with desk(options) as at:
        print(declare_conflict(at, entry).notice)
    return 0


def glass(options: argparse.Namespace) -> int:
    """Break the glass of a case."""
    entry = BreakGlass(request=str(uuid4()), case_ref=options.ref, reason=options.reason)
    with desk(options) as at:
        print(break_glass(at, entry).notice)
    return 0


def _row(found: Knowing, entry: AccessEntry) -> dict[str, object]:
    return {
        "name": entry.user_name,
        "list": entry.kind.value,
        "standing": found.stands(entry),
        "since": entry.begins_at.isoformat(),
        "until": None if entry.ends_at is None else entry.ends_at.isoformat(),
        "set_by": entry.set_by,
        "message": entry.message,
    }


def _line(found: Knowing, entry: AccessEntry) -> str:
    since = format_day(entry.begins_at.astimezone(LONDON).date())
    until = "" if entry.ends_at is None else f" until {format_day(entry.ends_at.astimezone(LONDON).date())}"
    state = "" if found.stands(entry) else "  (no longer)"
    said = f"  {entry.message}" if entry.message else ""
    return f"{entry.user_name}  {list_words(entry.kind)}  since {since}{until}, by {entry.set_by}{state}{said}"
