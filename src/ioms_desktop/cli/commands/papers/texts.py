"""`print texts`: what people wrote in their own words on copies for a reader, to be reviewed before they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import AS_OF, FORMAT, option
from ioms_desktop.cli.commands.print import COMMANDS, refuse_agency_for_another
from ioms_desktop.cli.output import write_result
from ioms_desktop.cli.session import open_session, printing_time
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.text_format import iso_date

if TYPE_CHECKING:
    import argparse

    from ioms_desktop.domain.printing.texts.marks import Span
    from ioms_desktop.services.printing.text_review import TextToReview


@COMMANDS.command(
    "texts",
    "what people wrote in their own words on the copies of a reader, with the names of others in it",
    AS_OF,
    FORMAT,
    option("refs", nargs="+", metavar="REF"),
    option("--audience", required=True, choices=[each.value for each in Audience if not each.shows_intelligence]),
    option("--agency", default="", metavar="CODE", help="the partner's; without it, the copy says the least"),
    option("--paper", choices=("case-summary", "action-sheet"), default="case-summary", help="of which paper"),
    option("--reason", required=True, metavar="CODE", help="why, as a reason code"),
)
def print_texts(options: argparse.Namespace) -> int:
    """List the texts; that they were looked at is on record."""
    from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper
    from ioms_desktop.services.labels import agency_code
    from ioms_desktop.services.printing.text_review import list_texts_to_review

    audience = Audience(options.audience)
    refuse_agency_for_another(audience, options.agency)
    at_time = printing_time()
    with open_session(options) as at:
        found = list_texts_to_review(
            at,
            list(dict.fromkeys(options.refs)),
            OfficePaper.ACTION_SHEET if options.paper == OfficePaper.ACTION_SHEET else None,
            audience=audience,
            agency=options.agency,
            reason_code=options.reason,
            as_of=options.as_of,
            printed_at=at_time,
        )
        agency = agency_code(at.lists, options.agency)
    said = {"audience": audience.value, "agency": agency or None, "texts": [_json(each) for each in found]}
    text = "\n\n".join(f"{each.case_ref}  {each.what}, {iso_date(each.on) or 'no day'}\n{each.text}" for each in found)
    return write_result(options, said, text or "These copies contain no text in people's own words.")


def _json(text: TextToReview) -> dict[str, Any]:
    return {
        "case_ref": text.case_ref,
        "ids": list(text.ids),
        "what": text.what,
        "on": iso_date(text.on),
        "text": text.text,
        "suggested": _places(text.suggested),
        "earlier": None if text.earlier is None else _places(text.earlier),
        "remove": None,
    }


def _places(spans: tuple[Span, ...]) -> list[list[int]]:
    return [list(each) for each in spans]
