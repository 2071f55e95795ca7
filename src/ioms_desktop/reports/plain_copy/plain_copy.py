"""The copy for the person, or for a parent or carer: short sections in plain English."""

from collections.abc import Sequence

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.plain_copy import POLICE_OM, ROLE_WORDS, CallLine, PlainCopy
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.reports.case_summary.page_frame import page_frame
from ioms_desktop.reports.document.description import (
    Block,
    BulletList,
    Heading,
    Masthead,
    PaperDocument,
    Paragraph,
    Table,
    TableColumn,
    TextTone,
)

NO_OFFER_TO_PARENTS = "Ask us what help there is."
"""A parent is not told of every offer, so that their copy cannot say that there was none."""
NO_OFFER = "We have not offered help yet. Ask us what there is."
THE_TEAM = "the offender management team"
NOBODY_TO_CALL = f"Call 101 and ask for {THE_TEAM}."
IN_DANGER = "If someone is in danger now, call 999."
NO_NUMBER = "101, ask for {whom}"
"""The number of the police, which reaches nobody who works elsewhere: whom to ask for them is an officer."""
NO_NUMBER_ELSEWHERE = "Ask {whom} for it, on 101"


def describe_plain_copy(copy: PlainCopy) -> PaperDocument:
    """Return the copy as a document."""
    is_parent = copy.about.audience is Audience.PARENT
    as_of = "" if copy.as_of is None else format_day(copy.as_of)
    whom = f"For a parent or carer of {copy.name}" if is_parent else "This paper is for you"
    return PaperDocument(
        title=f"{whom}: {copy.full_name}" if is_parent else f"For {copy.full_name}",
        frame=page_frame(copy.about, copy.full_name, copy.as_of, child=copy.child),
        blocks=(
            Masthead(copy.full_name, whom, as_of),
            *_section("What this is", copy.programme),
            *_section("What we have offered", copy.offered or (NO_OFFER_TO_PARENTS if is_parent else NO_OFFER,)),
            *_section("What we ask", copy.expected),
            *_section("What has happened", copy.happened),
            *_section("What happens next", copy.upcoming),
            *_calls(copy),
            *_section("If you are not happy", copy.complaints),
        ),
    )


def _section(name: str, sentences: Sequence[str]) -> list[Block]:
    if len(sentences) == 1:
        return [Heading(name), Paragraph(sentences[0])]
    return [Heading(name), BulletList(tuple(sentences))] if sentences else []


def _calls(copy: PlainCopy) -> list[Block]:
    columns = (TableColumn("Who", 2), TableColumn("Name", 3), TableColumn("Number", 3))
    rows = tuple((each.role.capitalize(), each.name, each.phone or _without_number(copy, each)) for each in copy.calls)
    known: Block = Table(columns, rows) if rows else Paragraph(NOBODY_TO_CALL)
    return [Heading("Who to call"), known, Paragraph(IN_DANGER, TextTone.STRONG)]


def _without_number(copy: PlainCopy, line: CallLine) -> str:
    """Say how somebody is reached of whom no number is recorded."""
    if line.role == ROLE_WORDS[POLICE_OM]:
        return NO_NUMBER.format(whom=line.name or line.role)
    officers = [each.name for each in copy.calls if each.role == ROLE_WORDS[POLICE_OM] and each.name]
    return NO_NUMBER_ELSEWHERE.format(whom=officers[0] if officers else THE_TEAM)
