"""`access`: who may know of a case, the user's own conflicts of interest, and break-glass access."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from ioms_desktop.cli.command import FORMAT, CommandGroup, option
from ioms_desktop.cli.output import write_result
from ioms_desktop.cli.session import open_session
from ioms_desktop.domain.text_format import format_day, iso_date

if TYPE_CHECKING:
    from ioms_desktop.domain.access.case_access import AccessEntry
    from ioms_desktop.domain.records.workers.names import WorkerNames
    from ioms_desktop.services.access.case_access_admin import CaseAccess, ChangeCaseAccess
    from ioms_desktop.services.session import Outcome, Session

COMMANDS = CommandGroup("access", "who may know of a case")
CASE = option("ref", metavar="REF", help="the case")
USER = option("name", metavar="NAME", help="the user")


@COMMANDS.command("show", "who stands or stood on its lists, by whom and since when", FORMAT, CASE)
def access_show(options: argparse.Namespace) -> int:
    """Print who may know of a case."""
    from ioms_desktop.services.access.case_access_admin import get_case_access
    from ioms_desktop.services.access.labels import describe_case_access

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
        "\n".join([describe_case_access(found), *(_entry_line(at.names, found, each) for each in found.entries)]),
    )


@COMMANDS.command(
    "exclude",
    "keep the case from somebody, whatever else would let them know of it",
    CASE,
    USER,
    option("--message", metavar="TEXT", help="what they read in place of the case"),
)
def access_exclude(options: argparse.Namespace) -> int:
    """Keep a case from a user."""
    from ioms_desktop.services.access.case_access_admin import exclude_user

    return _change_access(exclude_user, options)


@COMMANDS.command("admit", "let somebody know of a case that is restricted or another team's", CASE, USER)
def access_admit(options: argparse.Namespace) -> int:
    """Admit a user to a case."""
    from ioms_desktop.services.access.case_access_admin import admit_user

    return _change_access(admit_user, options)


@COMMANDS.command("assign", "give somebody the case to work on, or a partner the case to see", CASE, USER)
def access_assign(options: argparse.Namespace) -> int:
    """Assign a case to a user."""
    from ioms_desktop.services.access.case_access_admin import assign_user

    return _change_access(assign_user, options)


@COMMANDS.command("release", "take somebody off every list of the case", CASE, USER)
def access_release(options: argparse.Namespace) -> int:
    """Take a user off every list of a case."""
    from ioms_desktop.services.access.case_access_admin import remove_from_access_lists

    return _change_access(remove_from_access_lists, options)


def _change_access(change: Callable[[Session, ChangeCaseAccess], Outcome], options: argparse.Namespace) -> int:
    from uuid import uuid4

    from ioms_desktop.services.access.case_access_admin import ChangeCaseAccess

    message = getattr(options, "message", None) or ""
    entry = ChangeCaseAccess(request=str(uuid4()), case_ref=options.ref, name=options.name, message=message)
    with open_session(options) as at:
        print(change(at, entry).notice)
    return 0


@COMMANDS.command("unrestrict", "lift the restriction", CASE, restricted=False)
@COMMANDS.command(
    "restrict",
    "only those admitted may know of the case (shared databases only)",
    CASE,
    option("--message", metavar="TEXT", help="what others who know the reference read in its place"),
    restricted=True,
)
def access_restrict(options: argparse.Namespace) -> int:
    """Restrict a case to those admitted, or lift that."""
    from uuid import uuid4

    from ioms_desktop.services.access.case_access_admin import SetCaseRestriction, set_case_restriction

    message = getattr(options, "message", None)
    entry = SetCaseRestriction(
        request=str(uuid4()), case_ref=options.ref, restricted=options.restricted, message=message
    )
    with open_session(options) as at:
        print(set_case_restriction(at, entry).notice)
    return 0


@COMMANDS.command(
    "team",
    "whose case it is: others need to be assigned",
    CASE,
    option("team", metavar="TEAM", help='the team; "" for every team'),
)
def access_team(options: argparse.Namespace) -> int:
    """Set the team of a case."""
    from uuid import uuid4

    from ioms_desktop.services.access.case_access_admin import SetCaseRestriction, set_case_restriction

    with open_session(options) as at:
        print(
            set_case_restriction(
                at, SetCaseRestriction(request=str(uuid4()), case_ref=options.ref, team=options.team)
            ).notice
        )
    return 0


@COMMANDS.command(
    "declare",
    "declare your own conflict of interest: the case closes to you at once",
    CASE,
    option("--message", metavar="TEXT", help="why, for yourself and the supervisor"),
)
def access_declare(options: argparse.Namespace) -> int:
    """Declare the user's own conflict of interest."""
    from uuid import uuid4

    from ioms_desktop.services.access.case_access_admin import DeclareConflict, declare_conflict

    entry = DeclareConflict(request=str(uuid4()), case_ref=options.ref, message=options.message or "")
    with open_session(options) as at:
        print(declare_conflict(at, entry).notice)
    return 0


@COMMANDS.command(
    "break-glass",
    "open a case that is kept from you: one case, 60 minutes, to read only; supervisors and auditors are notified at "
    "once, and a supervisor reviews it within two working days",
    CASE,
    option("--reason", required=True, metavar="TEXT", help="why, in 20 characters at least"),
)
def access_break_glass(options: argparse.Namespace) -> int:
    """Take break-glass access to a case."""
    from uuid import uuid4

    from ioms_desktop.services.access.break_glass import BreakGlass, break_glass

    entry = BreakGlass(request=str(uuid4()), case_ref=options.ref, reason=options.reason)
    with open_session(options) as at:
        print(break_glass(at, entry).notice)
    return 0


@COMMANDS.command(
    "orphaned", "restricted cases whose last supervisor has left, and who has asked to take one over", FORMAT
)
def access_orphaned(options: argparse.Namespace) -> int:
    """Print the cases that two supervisors can take over."""
    from ioms_desktop.services.access.take_over import list_orphaned_cases

    with open_session(options) as at:
        found = list_orphaned_cases(at)
    cases = [
        {
            "case_ref": each.case_ref,
            "asked_by": each.asked_by,
            "asked_at": None if each.asked_at is None else each.asked_at.isoformat(),
            "reason": each.reason,
        }
        for each in found
    ]
    lines = [
        each.case_ref
        if each.asked_by is None
        else f"{each.case_ref}  asked for by {at.names.of(each.asked_by)}: {each.reason}"
        for each in found
    ]
    return write_result(options, {"cases": cases}, "\n".join(lines) or "Every restricted case has a supervisor.")


@COMMANDS.command(
    "take-over",
    "take over a restricted case whose last supervisor has left: the first supervisor asks, a second one completes it",
    CASE,
    option("--reason", required=True, metavar="TEXT", help="why, in 20 characters at least"),
)
def access_take_over(options: argparse.Namespace) -> int:
    """Ask to take over an orphaned case, or complete another supervisor's request."""
    from uuid import uuid4

    from ioms_desktop.services.access.take_over import TakeOverCase, take_over_case

    entry = TakeOverCase(request=str(uuid4()), case_ref=options.ref, reason=options.reason)
    with open_session(options) as at:
        print(take_over_case(at, entry).notice)
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


def _entry_line(names: WorkerNames, found: CaseAccess, entry: AccessEntry) -> str:
    from ioms_desktop.domain.dates.calendar import LONDON
    from ioms_desktop.services.access.labels import access_list_label

    since = format_day(entry.begins_at.astimezone(LONDON).date())
    until = "" if entry.ends_at is None else f" until {format_day(entry.ends_at.astimezone(LONDON).date())}"
    state = "" if found.is_current(entry) else "  (no longer)"
    suffix = f"  {entry.message}" if entry.message else ""
    who, by = names.with_login(entry.user_name), names.with_login(entry.set_by)
    return f"{who}  {access_list_label(entry.kind)}  since {since}{until}, by {by}{state}{suffix}"
