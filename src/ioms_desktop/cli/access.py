"""`access`: who may know of a case, one's own conflict of interest, and breaking the glass."""

import argparse
from uuid import uuid4

from ioms_desktop.cli.session import open_session, write_result
from ioms_desktop.domain.access.case_access import AccessEntry
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.text_format import format_day, iso_date
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass
from ioms_desktop.services.access.case_access_admin import (
    CaseAccess,
    ChangeCaseAccess,
    DeclareConflict,
    SetCaseRestriction,
    admit_user,
    assign_user,
    declare_conflict,
    exclude_user,
    get_case_access,
    remove_from_access_lists,
    set_case_restriction,
)
from ioms_desktop.services.access.labels import access_list_label, describe_case_access

ACCESS_LIST_COMMANDS = {
    "exclude": exclude_user,
    "admit": admit_user,
    "assign": assign_user,
    "release": remove_from_access_lists,
}


def access_show(options: argparse.Namespace) -> int:
    """Say who may know of a case."""
    with open_session(options) as at:
        found = get_case_access(at, options.ref)
    payload = {
        "case_ref": found.case_ref,
        "restricted": found.restriction.restricted,
        "team": found.restriction.team,
        "message": found.restriction.message,
        "kept_by": "server" if found.shared else "services",
        "entries": [_entry_json(found, entry) for entry in found.entries],
    }
    return write_result(
        options,
        payload,
        "\n".join([describe_case_access(found), *(_entry_line(found, each) for each in found.entries)]),
    )


def access_change(options: argparse.Namespace) -> int:
    """Put somebody on a list of a case, or take them off."""
    message = getattr(options, "message", None) or ""
    entry = ChangeCaseAccess(request=str(uuid4()), case_ref=options.ref, name=options.name, message=message)
    with open_session(options) as at:
        print(ACCESS_LIST_COMMANDS[options.act](at, entry).notice)
    return 0


def access_restrict(options: argparse.Namespace) -> int:
    """Restrict a case to those admitted, or lift that."""
    message = getattr(options, "message", None)
    entry = SetCaseRestriction(
        request=str(uuid4()), case_ref=options.ref, restricted=options.restricted, message=message
    )
    with open_session(options) as at:
        print(set_case_restriction(at, entry).notice)
    return 0


def access_team(options: argparse.Namespace) -> int:
    """Say whose team's a case is."""
    with open_session(options) as at:
        print(
            set_case_restriction(
                at, SetCaseRestriction(request=str(uuid4()), case_ref=options.ref, team=options.team)
            ).notice
        )
    return 0


def access_declare(options: argparse.Namespace) -> int:
    """Declare one's own conflict of interest."""
    entry = DeclareConflict(request=str(uuid4()), case_ref=options.ref, message=options.message or "")
    with open_session(options) as at:
        print(declare_conflict(at, entry).notice)
    return 0


def access_break_glass(options: argparse.Namespace) -> int:
    """Break the glass of a case."""
    entry = BreakGlass(request=str(uuid4()), case_ref=options.ref, reason=options.reason)
    with open_session(options) as at:
        print(break_glass(at, entry).notice)
    return 0


def _entry_json(found: CaseAccess, entry: AccessEntry) -> dict[str, object]:
    return {
        "name": entry.user_name,
        "list": entry.kind.value,
        "standing": found.is_current(entry),
        "since": entry.begins_at.isoformat(),
        "until": iso_date(entry.ends_at),
        "set_by": entry.set_by,
        "message": entry.message,
    }


def _entry_line(found: CaseAccess, entry: AccessEntry) -> str:
    since = format_day(entry.begins_at.astimezone(LONDON).date())
    until = "" if entry.ends_at is None else f" until {format_day(entry.ends_at.astimezone(LONDON).date())}"
    state = "" if found.is_current(entry) else "  (no longer)"
    said = f"  {entry.message}" if entry.message else ""
    return f"{entry.user_name}  {access_list_label(entry.kind)}  since {since}{until}, by {entry.set_by}{state}{said}"
