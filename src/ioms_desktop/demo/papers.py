"""The papers of a demo: copies of the worked example that were given out, kept, replaced and recalled."""

from typing import NamedTuple
from uuid import uuid4

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import Recipient
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries
from ioms_desktop.services.printing.papers import paper_ids, paper_rows
from ioms_desktop.services.records.recalls import MarkRecalled, RecallResult, mark_recalled
from ioms_desktop.services.session import Session

HARKER, MARLOW = "IOM-HARKER", "PHX-MARLOW"
WHY_BACK = "Handed to the wrong officer of the council, who gave it back unread."


class _Paper(NamedTuple):
    """A copy of the demo: of which case, for whom, and why; who keeps it where nobody is named."""

    case_ref: str
    audience: Audience
    reason_code: str
    recipient: Recipient | None = None
    power: str = ""
    agency: str = ""
    reason_text: str = ""


_COUNCIL = Recipient(name="R. Dunne", role="housing officer", organisation="Leicester City Council")
_PROBATION = Recipient(name="C. Byrne", role="probation practitioner", organisation="HMPPS Probation")
_YJS = Recipient(name="T. Osei", role="case manager", organisation="Leicester City YJS")
_PAPERS = (
    _Paper(HARKER, Audience.PARTNER, "CASE_CONFERENCE", _COUNCIL, "CDA_1998_S115", "LEICESTER_CITY_COUNCIL"),
    _Paper(HARKER, Audience.PARTNER, "CASE_WORK", _PROBATION, "OMA_2007_S14", "HMPPS_PROBATION"),
    _Paper(MARLOW, Audience.PANEL, "CASE_CONFERENCE"),
    _Paper(MARLOW, Audience.PARTNER, "CASE_WORK", _YJS, "CHILDREN_ACT_2004_S10_S11", "LEICESTER_CITY_YJS"),
    _Paper(HARKER, Audience.PARTNER, "CASE_WORK", _PROBATION, "OMA_2007_S14", "HMPPS_PROBATION", "for the new plan"),
    _Paper(HARKER, Audience.FULL, "SUPERVISION_REVIEW"),
)
"""The first is recalled, and the fifth takes the place of the second."""


def print_papers(session: Session) -> None:
    """Print the copies as a supervisor would, and recall the first.

    Raises:
        Refused: One of them is not printed.
    """
    for each in _PAPERS:
        (done,) = print_summaries(
            session,
            [SummaryTarget(case_ref=each.case_ref)],
            audience=each.audience,
            agency=each.agency,
            reason_code=each.reason_code,
            reason_text=each.reason_text,
            given_to=each.recipient,
            power=each.power,
            without_texts=not each.audience.shows_intelligence,
        )
        if done.error is not None:
            raise done.error
    first = paper_rows(session, paper_ids(session, ListQuery())[-1:])[0]
    entry = MarkRecalled(
        request=str(uuid4()),
        case_ref=first.case_ref,
        print_id=first.print_id,
        result=RecallResult.RECALLED,
        reason=WHY_BACK,
    )
    mark_recalled(session, entry)
