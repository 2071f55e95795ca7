"""Papers: the register of every copy that left, for whom, under which power, and what became of it."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.exchange.copied_rows import copy_rows
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.printing.papers import (
    STATE_WORDS,
    PaperRow,
    PaperState,
    first_paper_rows,
    paper_ids,
    paper_rows,
)
from ioms_desktop.services.session import Session, Topic
from ioms_desktop.ui.actions.dialog_action import Target
from ioms_desktop.ui.actions.file_actions import CHECK_PAPER, PRINT_CASES, PRINT_DISCLOSURES, RECALL_COPY
from ioms_desktop.ui.lists.register import ColumnStyle, Filter, ListColumn, Register, RowAction
from ioms_desktop.ui.screens.register_screen import RegisterScreen
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape
from ioms_desktop.ui.widgets.widgets import button

STATE_CHIPS = {
    PaperState.OUT: Chip("Out", Tone.NEUTRAL, Shape.RING),
    PaperState.REPLACED: Chip("Replaced", Tone.AMBER, Shape.TRIANGLE),
    PaperState.RECALLED: Chip("Back", Tone.GREEN, Shape.CIRCLE),
    PaperState.TOLD: Chip("Told", Tone.GREEN, Shape.CIRCLE),
    PaperState.NOT_PRINTED: Chip("Not printed", Tone.NEUTRAL, Shape.DIAMOND),
}
FILTERS = (
    Filter("held", "Copies", (("given", "given out"), ("kept", "kept by who printed")), allows_several=False),
    Filter(
        "period",
        "Printed",
        (("today", "today"), ("week", "last 7 days"), ("month", "last 28 days")),
        allows_several=False,
    ),
)


class PapersScreen(RegisterScreen[PaperRow]):
    """The register of papers."""

    title: ClassVar[str] = "Papers"
    explanation: ClassVar[str] = (
        "Every copy that left this program, the latest first: of which case, for whom, why and under which legal "
        "power, by whom it was printed, and what became of it. A supervisor sees the copies of the cases they may know "
        "of, an auditor all copies, others their own. Nobody can change or remove an entry.\n\n"
        "Type to search: a recipient, an organisation, a case, a name, a day such as 3 Nov 2026, or the print code at "
        "the foot of a page. Enter opens the case.\n\n"
        "Is this paper genuine says what was printed under a code, or whether a PDF file is what left.\n\n"
        "Recalled or told says what was done about a copy that went to the wrong reader, or went out with an entry "
        "found to be in error."
    )
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.CASES, Topic.PEOPLE})

    settings_id: ClassVar[str] = "papers"
    row_type = PaperRow

    @override
    def register(self) -> Register[PaperRow]:
        session = self.services.session
        reads_cases = may(session.role, Right.READ_CASES)
        return Register(
            title=self.title,
            noun=("copy", "copies"),
            columns=paper_columns(session),
            query_ids=partial(paper_ids, session),
            fetch_rows=partial(paper_rows, session),
            query_first_rows=partial(first_paper_rows, session),
            open_row=self._open_case if reads_cases else None,
            actions=self._row_actions(),
            filters=FILTERS,
            initial_query=ListQuery(sort="at", descending=True),
            placeholder="Recipient, case, day or print code",
            empty_message="No copy has left yet. Print a case summary with Ctrl+P; it is then listed here.",
            copy=partial(copy_rows, session) if reads_cases else None,
        )

    @override
    def head_widgets(self) -> Sequence[QWidget]:
        launch = self.services.dialogs.launch
        check = button("&Is this paper genuine?…", partial(launch, CHECK_PAPER), icon=CHECK_PAPER.icon)
        if not PRINT_CASES.is_allowed(self.services.session):
            return (check,)
        return (check, button("Pri&nt…", partial(launch, PRINT_CASES), icon=PRINT_CASES.icon))

    def _row_actions(self) -> tuple[RowAction[PaperRow], ...]:
        if not RECALL_COPY.is_allowed(self.services.session):
            return ()
        recall: RowAction[PaperRow] = RowAction(
            RECALL_COPY.title, self._recall, icon="printer", enabled_for=lambda row: row.may_recall
        )
        if not PRINT_DISCLOSURES.is_allowed(self.services.session):
            return (recall,)
        record: RowAction[PaperRow] = RowAction(PRINT_DISCLOSURES.title, self._print_disclosures, icon="printer")
        return (recall, record)

    def _print_disclosures(self, ids: tuple[int, ...]) -> None:
        """Print the disclosure record of each case whose copies are chosen."""
        for case_ref in dict.fromkeys(row.case_ref for row in self.rows(ids)):
            self.services.dialogs.launch(PRINT_DISCLOSURES, Target(case_ref=case_ref))

    def _open_case(self, record: int) -> None:
        for row in self.rows([record]):
            self.services.open_case(row.case_ref)

    def _recall(self, ids: tuple[int, ...]) -> None:
        for row in self.rows(ids):
            self.services.dialogs.launch(RECALL_COPY, Target(case_ref=row.case_ref, about=row.ref))


def paper_columns(session: Session) -> tuple[ListColumn[PaperRow], ...]:
    """Return the columns of the register; who reads no cases is shown no names."""
    name: ListColumn[PaperRow] = ListColumn("Name", text=lambda row: row.name, width=150, style=ColumnStyle.NAME)
    return (
        ListColumn(
            "Printed", text=lambda row: format_instant(row.at), sort_key="at", width=150, style=ColumnStyle.DATE
        ),
        *((name,) if may(session.role, Right.READ_CASES) else ()),
        ListColumn("Case", text=lambda row: row.case_ref, sort_key="case_ref", width=112, style=ColumnStyle.QUIET),
        ListColumn("State", text=lambda row: row.state_words, chip=lambda row: STATE_CHIPS[row.state], width=120,
                   tooltip=_describe_state),
        ListColumn(
            "Recipient",
            text=lambda row: row.recipient,
            sort_key="recipient",
            width=220,
            stretch=True,
            tooltip=lambda row: row.recipient,
        ),
        ListColumn("What", text=lambda row: row.what, tooltip=lambda row: row.what, width=240),
        ListColumn(
            "Why", text=lambda row: row.reason, tooltip=lambda row: row.reason, width=150, shown_by_default=False
        ),
        ListColumn(
            "Power", text=lambda row: row.power, tooltip=lambda row: row.power, width=150, shown_by_default=False
        ),
        ListColumn("Copy", text=lambda row: row.copy, width=72, shown_by_default=False),
        ListColumn("By", text=lambda row: row.printed_by, width=130, shown_by_default=False),
        ListColumn("Code", text=lambda row: row.print_id, sort_key="print_id", width=160, style=ColumnStyle.QUIET),
        ListColumn("Computer", text=lambda row: row.workstation, width=120, shown_by_default=False),
        ListColumn(
            "SHA-256", text=lambda row: row.digest, width=200, style=ColumnStyle.QUIET, shown_by_default=False
        ),
    )  # fmt: skip


def _describe_state(row: PaperRow) -> str:
    later = f" Print {row.replaced_by} took its place." if row.replaced_by else ""
    since = "" if row.state_on is None else f" on {format_day(row.state_on)}"
    return f"{STATE_WORDS[row.state]}{since}.{later}"
