"""What Today says of links to other people: which are to be reviewed; never to whom they lead."""

from collections.abc import Collection, Iterator
from datetime import date

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.duties.case_duties import LOOK_AHEAD, Duty, TimedWork, WorklistItem, first_turn
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.session import Session
from ioms_desktop.storage.network.link_reviews import list_link_reviews
from ioms_desktop.storage.records.read import Reading


def list_links_due(
    session: Session, reading: Reading, until: date, refs: Collection[str] | None = None
) -> Iterator[TimedWork]:
    """List the links to be reviewed by a day, included, of all cases or some; those of later than a week are not owed.

    A link may rest on intelligence, so that nothing is listed to whoever may not read any.
    """
    if not may(session.role, Right.READ_INTELLIGENCE):
        return
    today = session.today()
    for each in list_link_reviews(reading, today, until, refs):
        due = "was to be reviewed on" if each.review_on < today else "is to be reviewed on"
        turns = first_turn(today, each.review_on - LOOK_AHEAD, each.review_on + DAY, each.to_on)
        item = WorklistItem(
            duty=Duty.LINK,
            description=f"A link to family or an associate {due} {format_day(each.review_on)}; confirm it, or end it.",
            due_on=each.review_on,
            case_ref=each.case_ref,
            ref=f"{Associate.table}/{each.id}",
        )
        yield TimedWork(each.case_ref, item if each.review_on <= today + LOOK_AHEAD else None, turns)
