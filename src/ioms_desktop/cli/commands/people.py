"""`people`: who is found by what somebody would type into the window."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import FORMAT, CommandGroup, option
from ioms_desktop.cli.output import write_result
from ioms_desktop.cli.session import open_session
from ioms_desktop.domain.text_format import format_day

if TYPE_CHECKING:
    from ioms_desktop.services.cases.search import SearchHit

COMMANDS = CommandGroup("people", "people on record")


@COMMANDS.command(
    "find",
    "people and their cases by name, date of birth or reference; records whom it showed",
    FORMAT,
    option(
        "text", nargs="+", metavar="TEXT", help="words in any order; names nearly spelt so come last, with the reason"
    ),
)
def people_find(options: argparse.Namespace) -> int:
    """Print the people found."""
    from ioms_desktop.services.cases.search import search_people

    query = " ".join(options.text)
    with open_session(options) as at:
        hits = search_people(at, query)
    payload = {"query": query, "hits": [_hit_json(hit) for hit in hits]}
    return write_result(options, payload, "\n".join(map(_hit_line, hits)) or f"Nobody is found by “{query}”.")


def _hit_json(hit: SearchHit) -> dict[str, Any]:
    return {
        "person_ref": hit.person_ref,
        "name": hit.name,
        "date_of_birth": hit.born_on.isoformat(),
        "case_ref": hit.case_ref,
        "programme": hit.programme,
        "status": hit.status,
        "closed": hit.closed if hit.case_ref else None,
        "match": hit.match.likeness.name,
        "reason": hit.match.reason or None,
    }


def _hit_line(hit: SearchHit) -> str:
    state = "" if hit.case_ref is None else f"  {hit.programme}  {hit.status}{'  closed' if hit.closed else ''}"
    why = f"  ({hit.match.reason})" if hit.match.reason else ""
    return f"{hit.name}  born {format_day(hit.born_on)}  {hit.case_ref or hit.person_ref}{state}{why}"
