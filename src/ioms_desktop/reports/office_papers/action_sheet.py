"""An action sheet: the open actions of some cases by agency, the earliest due first, with room for the outcome."""

from collections.abc import Iterator, Sequence

from ioms_desktop.domain.printing.packs.office_papers import ActionSheet, SheetAction, SheetCase
from ioms_desktop.domain.text_format import format_day, number_in_words, pluralise
from ioms_desktop.reports.case_summary.case_summary import NO_NAME
from ioms_desktop.reports.case_summary.page_frame import page_frame
from ioms_desktop.reports.case_summary.phrases import format_optional_day
from ioms_desktop.reports.document.description import (
    Block,
    BulletList,
    Heading,
    LabelledValues,
    Masthead,
    PaperDocument,
    Paragraph,
    Run,
    Table,
    TableColumn,
    TextTone,
)

TITLE = "Action sheet"
NO_AGENCY = "Agency not named"
NO_ACTION = "No open action is on record for these cases."
NO_SHARED_ACTION = "No open action is on record for those of these cases whose actions are all on this copy."
LEFT_OUT = "actions are not on this copy, whether or not there are any"
OWN_OF_CASE = "only actions of the agency that this copy is for, whether or not there are others"
OWN_ALONE = "Actions of the agency that this copy is for, and of no other, whether or not there are any."
NOT_SHARED = "Actions are not on this copy, whether or not there are any."
OVERDUE = "OVERDUE"
COLUMNS = (
    TableColumn("Due", 2.5),
    TableColumn("Case", 3.2),
    TableColumn("Action", 4.8),
    TableColumn("Owner", 2.6),
    TableColumn("Outcome", 4.8, is_written_in=True),
)
HELD = (
    TableColumn("Held on", 2, is_written_in=True),
    TableColumn("Chair", 3, is_written_in=True),
    TableColumn("Outcomes noted by", 3, is_written_in=True),
)
LINES_TO_WRITE = 3


def describe_action_sheet(sheet: ActionSheet) -> PaperDocument:
    """Return the sheet as a document."""
    return PaperDocument(
        title=f"{TITLE}: {pluralise(len(sheet.cases), 'case')}",
        frame=page_frame(sheet.about, TITLE, sheet.as_of, child=any(each.child for each in sheet.cases)),
        blocks=tuple(_blocks(sheet)),
    )


def _blocks(sheet: ActionSheet) -> Iterator[Block]:
    late = sum(each.state.startswith(OVERDUE) for each in sheet.actions)
    told = pluralise(len(sheet.actions), "open action")
    if any(map(_limit_of, sheet.cases)):  # the reader may not have all of them, whether or not there are more
        told += " on this copy"
    told += f", {number_in_words(late)} overdue" if late else ""
    about = sheet.about
    whom = f"{about.audience} copy".capitalize() + (f" for {about.agency_name}" if about.agency_name else "")
    as_of = "" if sheet.as_of is None else f"as of {format_day(sheet.as_of)}"
    cases = pluralise(len(sheet.cases), "case").capitalize()
    yield Masthead(TITLE, f"{cases}: {told}", " · ".join(filter(None, (whom, as_of))))
    pairs = tuple(pair for pair in (("For", about.recipient), ("Why", about.reason)) if pair[1])
    if pairs:
        yield LabelledValues(pairs, side_by_side=False)
    yield from _tables(sheet)
    yield from _limits(sheet)
    if sheet.cases:
        yield Heading("Cases on this sheet")
        yield BulletList(tuple(_listed(sheet.cases, number) for number in range(1, len(sheet.cases) + 1)))
    yield Heading("Meeting")
    yield Table(HELD, (("", "", ""),), room=LINES_TO_WRITE)


def _tables(sheet: ActionSheet) -> Iterator[Block]:
    agencies = sorted({each.agency for each in sheet.actions}, key=lambda name: (not name, name))
    for agency in agencies:
        yield Heading(agency or NO_AGENCY)
        rows = tuple(_row(sheet, each) for each in sheet.actions if each.agency == agency)
        yield Table(COLUMNS, rows, room=LINES_TO_WRITE)


def _row(sheet: ActionSheet, action: SheetAction) -> tuple[str | tuple[Run, ...], ...]:
    tone = TextTone.STRONG if action.state.startswith(OVERDUE) else TextTone.PLAIN
    state, comma, put_off = action.state.partition(",")
    when = (Run(f"{format_optional_day(action.due_on)}\n{state}", tone), Run(f"\n{put_off.strip()}" if comma else ""))
    return when, _case(sheet.cases, action.case), action.text, action.owner, ""


def _limits(sheet: ActionSheet) -> Iterator[Block]:
    kinds = {_limit_of(each) for each in sheet.cases}
    if kinds == {LEFT_OUT}:
        yield Paragraph(NOT_SHARED)
    elif kinds == {OWN_OF_CASE}:
        yield Paragraph(OWN_ALONE, TextTone.QUIET)
    elif not sheet.actions and (not kinds or "" in kinds):
        yield Paragraph(NO_ACTION if kinds <= {""} else NO_SHARED_ACTION)


def _limit_of(case: SheetCase) -> str:
    """Say which actions of a case its reader has not; empty where they have all."""
    return LEFT_OUT if not case.is_shared else OWN_OF_CASE if case.own_alone else ""


def _listed(cases: Sequence[SheetCase], number: int) -> str:
    """Name a case in the list of all, and say which actions its reader has not, where that is not said of all."""
    limit = _limit_of(cases[number - 1]) if len({_limit_of(each) for each in cases}) > 1 else ""
    return _case(cases, number) + (f": {limit}" if limit else "")


def _case(cases: Sequence[SheetCase], number: int) -> str:
    """Name a case as the reader may know it; where they may know no name, by its place on the sheet."""
    if not 1 <= number <= len(cases):
        return ""
    case = cases[number - 1]
    return f"{number}. " + (" ".join(filter(None, (case.name, case.case_ref))) or NO_NAME)
