"""A partner's cases: those assigned to their agency, of which they see the header and nothing else."""

from dataclasses import replace
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.calendar import age_on
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.services.cases.partner_cases import PartnerCaseHeader, assigned_ids, assigned_rows, open_header
from ioms_desktop.services.exchange.copied_rows import copy_rows
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.ui import labels
from ioms_desktop.ui.actions.access_actions import DECLARE_CONFLICT_AS_PARTNER
from ioms_desktop.ui.actions.dialog_action import Target
from ioms_desktop.ui.actions.launcher import DialogLauncher
from ioms_desktop.ui.actions.loaders import SUMMARY
from ioms_desktop.ui.cases.case_header import FactsGrid
from ioms_desktop.ui.cases.header_facts import Fact
from ioms_desktop.ui.forms.date_parsing import format_date
from ioms_desktop.ui.lists.register import ColumnStyle, Filter, ListColumn, Register
from ioms_desktop.ui.screens.register_screen import RegisterScreen
from ioms_desktop.ui.widgets.widgets import button, label

RECORD_CLOSED_TEXT = (
    "The record itself is not open to partner agencies: no contact, note, concern or decision is shown here, and none "
    "was read. Ask the OM or navigator of the case, or a supervisor, for what you need; what you are told is then on "
    "record."
)


class PartnerCasesScreen(RegisterScreen[PartnerCaseHeader]):
    """The list of assigned cases, and the page of one of them."""

    title: ClassVar[str] = "My cases"
    explanation: ClassVar[str] = (
        "The cases assigned to your agency, and of each what your agency may see: who it is, on which programme and "
        "where the case stands. Enter opens a case; that you looked is on record. Escape goes back to the list.\n\n"
        "The record itself is not open to partner agencies. Whoever has a conflict of interest declares it on the page "
        "of the case, which closes it at once."
    )
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.CASES, Topic.PEOPLE})

    row_type = PartnerCaseHeader

    @override
    def body(self) -> QWidget:
        self.page = PartnerCasePage(self.services.session)
        self.page.back_requested.connect(self._back)
        self.page.conflict_requested.connect(self._declare)
        self.pages = QStackedWidget()
        for part in (self.view, self.page):
            self.pages.addWidget(part)
        return self.pages

    @override
    def register(self) -> Register[PartnerCaseHeader]:
        session = self.services.session
        return Register(
            title=self.title,
            noun=("case", "cases"),
            columns=partner_case_columns(session),
            query_ids=partial(assigned_ids, session),
            fetch_rows=partial(assigned_rows, session),
            open_row=self._open,
            filters=(Filter("open", "Cases", (("open", "open"), ("closed", "closed"))),),
            initial_query=ListQuery(sort="name"),
            placeholder="Name or reference",
            empty_message="No case is assigned to you. A supervisor assigns cases to partner agencies.",
            copy=partial(copy_rows, session),
        )

    def _open(self, record: int) -> None:
        for row in self.rows([record]):
            self.show_case(row.case_ref)

    def show_case(self, case_ref: str) -> None:
        """Read the header of a case and show it."""
        work = partial(open_header, self.services.session, case_ref)
        self.services.tasks.latest(self, "header", work, self._show, self._refused)

    def _show(self, header: PartnerCaseHeader) -> None:
        self.page.show_case(header)
        self.pages.setCurrentWidget(self.page)
        self.page.back_button.setFocus()

    def _refused(self, sentence: str) -> None:
        self._back()
        self.services.show_problem(sentence)

    @Slot()
    def _back(self) -> None:
        self.services.tasks.drop(self, "header")
        self.pages.setCurrentWidget(self.view)
        self.view.table.setFocus()

    @Slot(str, str)
    def _declare(self, case_ref: str, about: str) -> None:
        over_list = replace(self.services.dialogs.context, handle_outcome=self._declared)
        given = {SUMMARY: about}  # a partner may not open the case, from which it is otherwise read
        DialogLauncher(over_list).launch(DECLARE_CONFLICT_AS_PARTNER, Target(case_ref=case_ref), given=given)

    def _declared(self, outcome: Outcome) -> None:
        self._back()
        self.services.handle_outcome(outcome)

    @override
    def refresh(self) -> None:
        super().refresh()
        if self.pages.currentWidget() is self.page:
            self.show_case(self.page.case_ref)

    @override
    def take_focus(self) -> None:
        if self.pages.currentWidget() is self.page:
            self.page.back_button.setFocus()
        else:
            super().take_focus()


class PartnerCasePage(QWidget):
    """Shows what an agency may see of one case.

    Signals:
        back_requested: The list is to be shown again.
        conflict_requested: A conflict of interest is to be declared; with the case and whom it is about.
    """

    back_requested = Signal()
    conflict_requested = Signal(str, str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.case_ref = self._about = ""
        self.name = label("", "title")
        self.facts = FactsGrid()
        self.back_button = button("&Back to the list", self.back_requested.emit, icon="chevron-left")
        self.declare_button = button("Declare a conflict of &interest…", self._declare, kind="danger")
        card = QFrame()
        card.setProperty("kind", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(20, 14, 20, 14)
        inside.setSpacing(10)
        inside.addWidget(label("What your agency may see", "small"))
        inside.addWidget(self.name)
        inside.addWidget(self.facts)
        foot = QHBoxLayout()
        foot.addWidget(self.back_button)
        foot.addStretch(1)
        foot.addWidget(self.declare_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(card)
        column.addWidget(label(RECORD_CLOSED_TEXT, "quiet", wrap=True))
        column.addLayout(foot)
        column.addStretch(1)
        QShortcut(QKeySequence("Escape"), self).activated.connect(self.back_requested)

    def show_case(self, header: PartnerCaseHeader) -> None:
        """Show a case."""
        self.case_ref = header.case_ref
        self.name.setText(formal_case_name(header))
        self.facts.show_facts(partner_case_facts(self._session, header))
        self._about = f"{formal_case_name(header)}, born {format_date(header.date_of_birth)}. Case {header.case_ref}."
        self.setAccessibleName(self._about)

    def _declare(self) -> None:
        self.conflict_requested.emit(self.case_ref, self._about)


def formal_case_name(header: PartnerCaseHeader) -> str:
    """Write the name, family name first."""
    known = f", known as {header.known_as}" if header.known_as else ""
    return f"{format_name(header.family_name, header.given_names)}{known}"


def partner_case_facts(session: Session, header: PartnerCaseHeader) -> tuple[Fact, ...]:
    """Return the facts of the page."""
    age = age_on(header.date_of_birth, session.today())
    facts = [
        Fact("Born", f"{format_date(header.date_of_birth)} (age {age})"),
        Fact("Case", header.case_ref),
        Fact("Programme", labels.describe_programme(session.lists, header.programme, header.cohort)),
        Fact("Status", session.lists.of("case_status").label(header.status)),
        Fact("Referred", format_date(header.referred_on)),
    ]
    for title, on in (("Adopted", header.adopted_on), ("Notified", header.notified_on), ("Closed", header.closed_on)):
        if on is not None:
            facts.append(Fact(title, format_date(on)))
    return tuple(facts)


def partner_case_columns(session: Session) -> tuple[ListColumn[PartnerCaseHeader], ...]:
    """Return the columns of the list."""
    status = session.lists.of("case_status")
    return (
        ListColumn("Name", text=formal_case_name, sort_key="name", width=260, style=ColumnStyle.NAME, stretch=True),
        ListColumn("Case", text=lambda row: row.case_ref, sort_key="case_ref", width=130, style=ColumnStyle.QUIET),
        ListColumn(
            "Born", text=lambda row: format_date(row.date_of_birth), sort_key="born", width=110, style=ColumnStyle.DATE
        ),
        ListColumn(
            "Programme",
            text=lambda row: labels.describe_programme(session.lists, row.programme, row.cohort),
            sort_key="programme",
            width=130,
        ),
        ListColumn("Status", text=lambda row: status.label(row.status), sort_key="status", width=160),
        ListColumn("Referred", text=lambda row: format_date(row.referred_on), width=110, style=ColumnStyle.DATE),
        ListColumn("Closed", text=lambda row: format_date(row.closed_on), width=110, style=ColumnStyle.DATE),
    )
