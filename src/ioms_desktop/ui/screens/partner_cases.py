"""A partner's cases: those assigned to their agency, and of each the header and nothing else."""

from functools import partial
from typing import ClassVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.calendar import age_on
from ioms_desktop.services.cases.partner_cases import PartnerCaseHeader, assigned_ids, assigned_rows, open_header
from ioms_desktop.services.session import Desk, Topic
from ioms_desktop.ui import labels
from ioms_desktop.ui.actions import open_dialogs
from ioms_desktop.ui.cases.case_header import Fact, FactsGrid
from ioms_desktop.ui.forms.date_parsing import short
from ioms_desktop.ui.lists.register import Column, Filter, Register, Sought, Style
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.screen import Screen, Shell
from ioms_desktop.ui.screens.caseload import asked
from ioms_desktop.ui.widgets.widgets import button, label

CLOSED = (
    "The record itself is not open to partner agencies: no contact, note, concern or decision is shown here, and none "
    "was read. Ask the worker of the case, or a supervisor, for what you need; what you are told is then on record."
)


class AssignedScreen(Screen):
    """The assigned cases, and the page of one."""

    title: ClassVar[str] = "My cases"
    explanation: ClassVar[str] = (
        "The cases assigned to your agency, and of each what your agency may see: who it is, on which programme and "
        "where the case stands. Enter opens a case; that you looked is on record. Escape goes back to the list.\n\n"
        "The record itself is not open to partner agencies. Whoever has a conflict of interest declares it on the page "
        "of the case, which closes it at once."
    )
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.CASES, Topic.PEOPLE})

    def __init__(self, shell: Shell) -> None:
        """Ask for the assigned cases."""
        super().__init__(shell)
        self.view = RegisterView(self.register(), shell.tasks)
        self.page = HeaderPage(shell.desk)
        self.pages = QStackedWidget()
        for part in (self.view, self.page):
            self.pages.addWidget(part)
        self.page.left.connect(self._back)
        self.page.declared.connect(self._declare)
        self.column.addWidget(self.heading)
        self.column.addWidget(self.pages, 1)

    def register(self) -> Register[PartnerCaseHeader]:
        """Describe the list."""
        desk = self.shell.desk
        return Register(
            title=self.title,
            noun=("case", "cases"),
            columns=columns(desk),
            index=lambda sought: assigned_ids(desk, asked(sought)),
            window=lambda ids: assigned_rows(desk, ids),
            open=self._open,
            filters=(Filter("open", "Cases", (("open", "open"), ("closed", "closed"))),),
            first=Sought(sort="name"),
            placeholder="Name or reference",
            empty="No case is assigned to you. A supervisor assigns cases to partner agencies.",
        )

    def _open(self, record: int) -> None:
        for row in self.view.model.records([record], PartnerCaseHeader):
            self.show_case(row.case_ref)

    def show_case(self, case_ref: str) -> None:
        """Show what may be seen of a case."""
        work = partial(open_header, self.shell.desk, case_ref)
        self.shell.tasks.latest(self, "header", work, self._show, self._refused)

    def _show(self, header: PartnerCaseHeader) -> None:
        self.page.show_case(header)
        self.pages.setCurrentWidget(self.page)
        self.page.back.setFocus()

    def _refused(self, sentence: str) -> None:
        self._back()
        self.shell.trouble(sentence)

    @Slot()
    def _back(self) -> None:
        self.pages.setCurrentWidget(self.view)
        self.view.table.setFocus()

    @Slot(str, str)
    def _declare(self, case_ref: str, about: str) -> None:
        from ioms_desktop.ui.access.access_entry import ConflictDialog  # noqa: PLC0415 - few declare one

        shell = self.shell
        dialog = ConflictDialog(shell.desk, shell.tasks, case_ref, about, shell.window)
        dialog.sent.connect(self._back)
        open_dialogs.show(shell, dialog)

    @override
    def refresh(self) -> None:
        self.view.refresh()
        if self.pages.currentWidget() is self.page:
            self.show_case(self.page.case_ref)

    @override
    def take_focus(self) -> None:
        if self.pages.currentWidget() is self.page:
            self.page.back.setFocus()
        else:
            self.view.focus_search()


class HeaderPage(QWidget):
    """What an agency may see of one case.

    Signals:
        left: Back to the list.
        declared: A conflict of interest is to be declared; with the case and whom it is about.
    """

    left = Signal()
    declared = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        """Begin without a case."""
        super().__init__()
        self._desk = desk
        self.case_ref = self._about = ""
        self.name = label("", "title")
        self.facts = FactsGrid()
        self.back = button("&Back to the list", self.left.emit, icon="chevron-left")
        self.declaring = button("Declare a conflict of &interest…", self._declare, kind="danger")
        card = QFrame()
        card.setProperty("kind", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(20, 14, 20, 14)
        inside.setSpacing(10)
        inside.addWidget(label("What your agency may see", "small"))
        inside.addWidget(self.name)
        inside.addWidget(self.facts)
        foot = QHBoxLayout()
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self.declaring)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(card)
        column.addWidget(label(CLOSED, "quiet", wrap=True))
        column.addLayout(foot)
        column.addStretch(1)
        QShortcut(QKeySequence("Escape"), self).activated.connect(self.left)

    def show_case(self, header: PartnerCaseHeader) -> None:
        """Show a case."""
        self.case_ref = header.case_ref
        self.name.setText(case_name(header))
        self.facts.show_facts(header_facts(self._desk, header))
        self._about = f"{case_name(header)}, born {short(header.date_of_birth)}. Case {header.case_ref}."
        self.setAccessibleName(self._about)

    def _declare(self) -> None:
        self.declared.emit(self.case_ref, self._about)


def case_name(header: PartnerCaseHeader) -> str:
    """Name the person, family name first."""
    known = f", known as {header.known_as}" if header.known_as else ""
    return f"{header.family_name.upper()}, {header.given_names}{known}"


def header_facts(desk: Desk, header: PartnerCaseHeader) -> tuple[Fact, ...]:
    """Give what stands on the page."""
    age = age_on(header.date_of_birth, desk.today())
    facts = [
        Fact("Born", f"{short(header.date_of_birth)} (age {age})"),
        Fact("Case", header.case_ref),
        Fact("Programme", programme_words(desk, header)),
        Fact("Status", desk.lists.of("case_status").label(header.status)),
        Fact("Referred", short(header.referred_on)),
    ]
    for title, on in (("Adopted", header.adopted_on), ("Notified", header.notified_on), ("Closed", header.closed_on)):
        if on is not None:
            facts.append(Fact(title, short(on)))
    return tuple(facts)


def programme_words(desk: Desk, header: PartnerCaseHeader) -> str:
    """Name the programme, and the cohort where it has one."""
    programme = labels.PROGRAMMES.get(header.programme, header.programme)
    cohort = desk.lists.of("cohort").label(header.cohort).split(":")[0] if header.cohort else ""
    return f"{programme} {cohort}".strip()


def columns(desk: Desk) -> tuple[Column[PartnerCaseHeader], ...]:
    """Give the columns of the list."""
    status = desk.lists.of("case_status")
    return (
        Column("Name", text=case_name, sort="name", width=260, stretch=True),
        Column("Case", text=lambda row: row.case_ref, sort="case_ref", width=130, style=Style.QUIET),
        Column("Born", text=lambda row: short(row.date_of_birth), sort="born", width=110, style=Style.DATE),
        Column("Programme", text=lambda row: programme_words(desk, row), sort="programme", width=130),
        Column("Status", text=lambda row: status.label(row.status), sort="status", width=160),
        Column("Referred", text=lambda row: short(row.referred_on), width=110, style=Style.DATE),
        Column("Closed", text=lambda row: short(row.closed_on), width=110, style=Style.DATE),
    )
