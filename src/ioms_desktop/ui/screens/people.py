"""People: everybody on record that the user may see, with their cases."""

from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override

from ioms_desktop.domain.dates.calendar import age_on
from ioms_desktop.services.cases import case_lists
from ioms_desktop.services.cases.case_lists import ListQuery, PersonRow
from ioms_desktop.services.session import Desk, Topic
from ioms_desktop.ui import labels
from ioms_desktop.ui.forms.date_parsing import short
from ioms_desktop.ui.lists.register import Column, Register, Sought, Style
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.screen import Screen, Shell


class PeopleScreen(Screen):
    """The register of people."""

    title: ClassVar[str] = "People"
    explanation: ClassVar[str] = (
        "Everybody on record whom you may see, with their cases in both programmes.\n\n"
        "Type to search: names in any order, also the name a person is known by; a date of birth as 3/11/2008, "
        "3 Nov 2008 or 03112008; a PNC ID or CRO number with or without slash; a postcode.\n\n"
        "Enter opens the person's latest case."
    )
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.PEOPLE, Topic.CASES})

    def __init__(self, shell: Shell) -> None:
        """Ask for everybody."""
        super().__init__(shell)
        self.view = RegisterView(self.register(), shell.tasks)
        kept = shell.settings.value("people/layout")
        if isinstance(kept, str):
            self.view.restore_layout(kept)
        self.column.addWidget(self.heading)
        self.column.addWidget(self.view, 1)

    def register(self) -> Register[PersonRow]:
        """Describe the register."""
        desk = self.shell.desk
        return Register(
            title=self.title,
            noun=("person", "people"),
            columns=columns(desk),
            index=lambda sought: case_lists.person_ids(desk, _asked(sought)),
            head=lambda sought: case_lists.first_person_ids(desk, _asked(sought)),
            window=lambda ids: case_lists.person_rows(desk, ids),
            open=self._open,
            first=Sought(sort="name"),
            placeholder="Name, date of birth, number",
            empty="Nobody is on record yet. Import a caseload to begin.",
        )

    def _open(self, record: int) -> None:
        for row in self._rows([record]):
            if row.cases:
                self.shell.open_case(row.cases[0].case_ref)
            else:
                self.shell.trouble(f"{row.name} has no case that you may open. Nothing was changed.")

    def _rows(self, ids: Sequence[int]) -> list[PersonRow]:
        return self.view.model.records(ids, PersonRow)

    def seek(self, text: str) -> None:
        """Search for a name, as if it had been typed."""
        self.view.search.setText(text)
        self.view.focus_search()

    @override
    def refresh(self) -> None:
        self.view.refresh()

    @override
    def take_focus(self) -> None:
        self.view.focus_search()

    @override
    def leave(self) -> None:
        self.shell.settings.setValue("people/layout", self.view.layout_text())


def _asked(sought: Sought) -> ListQuery:
    return ListQuery(sought.text, sought.sort, sought.descending, sought.filters)


def columns(desk: Desk) -> tuple[Column[PersonRow], ...]:
    """Give the columns of the register of people."""
    today = desk.today()
    return (
        Column("Name", text=lambda row: row.name, sort="name", width=220),
        Column("Known as", text=lambda row: row.known_as or "", width=110),
        Column("Born", text=lambda row: short(row.born_on), sort="born", width=104, style=Style.DATE),
        Column("Age", text=lambda row: str(age_on(row.born_on, today)), width=56, style=Style.NUMBER),
        Column("PNC ID", text=lambda row: row.pnc_id or "", width=124, style=Style.QUIET),
        Column("Person", text=lambda row: row.person_ref, sort="person_ref", width=104, style=Style.QUIET),
        Column("Cases", text=lambda row: cases_words(desk, row), width=280, stretch=True),
    )


def cases_words(desk: Desk, row: PersonRow) -> str:
    """Name a person's cases, the latest referral first."""
    status, programmes = desk.lists.of("case_status"), labels.PROGRAMMES
    told = [f"{case.case_ref} {programmes.get(case.programme, '')}, {status.label(case.status)}" for case in row.cases]
    return "; ".join(told)
