"""People: everybody on record whom the user may see, with their cases."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.calendar import age_on
from ioms_desktop.services.cases import case_lists
from ioms_desktop.services.cases.case_lists import PersonRow
from ioms_desktop.services.exchange.copied_rows import copy_rows
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session, Topic
from ioms_desktop.ui import labels
from ioms_desktop.ui.actions.dialog_action import Target
from ioms_desktop.ui.actions.intake_actions import NEW_PERSON, REFER_PERSON
from ioms_desktop.ui.forms.date_parsing import format_date
from ioms_desktop.ui.lists.register import ColumnStyle, ListColumn, Register
from ioms_desktop.ui.screens.register_screen import RegisterScreen
from ioms_desktop.ui.widgets.widgets import button


class PeopleScreen(RegisterScreen[PersonRow]):
    """The list of people."""

    title: ClassVar[str] = "People"
    explanation: ClassVar[str] = (
        "Everybody on record whom you may see, with their cases in both programmes.\n\n"
        "Type to search: names in any order, also the name a person is known by; a date of birth as 3/11/2008, "
        "3 Nov 2008 or 03112008; a PNC ID or CRO number with or without slash; a postcode.\n\n"
        "Enter opens the person's latest case; of somebody without one it refers them to a programme, which opens a "
        "case. New person (Ctrl+N) shows whoever is on record already while you type."
    )
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.PEOPLE, Topic.CASES})

    settings_id: ClassVar[str] = "people"
    row_type = PersonRow

    @override
    def head_widgets(self) -> Sequence[QWidget]:
        if not NEW_PERSON.is_allowed(self.services.session):
            return ()
        launch = self.services.dialogs.launch
        return (button("&New person", partial(launch, NEW_PERSON), icon=NEW_PERSON.icon),)

    @override
    def register(self) -> Register[PersonRow]:
        session = self.services.session
        return Register(
            title=self.title,
            noun=("person", "people"),
            columns=person_columns(session),
            query_ids=partial(case_lists.person_ids, session),
            query_first_rows=partial(case_lists.first_person_rows, session),
            fetch_rows=partial(case_lists.person_rows, session),
            open_row=self._open_latest_case,
            initial_query=ListQuery(sort="name"),
            placeholder="Name, date of birth, number",
            empty_message="Nobody is on record yet. Record a new person with Ctrl+N, or import a caseload.",
            copy=partial(copy_rows, session),
        )

    def _open_latest_case(self, record: int) -> None:
        for row in self.rows([record]):
            if row.cases:
                self.services.open_case(row.cases[0].case_ref)
            elif REFER_PERSON.is_allowed(self.services.session):
                self.services.dialogs.launch(REFER_PERSON, Target(about=row.person_ref))
            else:
                self.services.show_problem(f"{row.name} has no case that you may open. Nothing was changed.")

    def search_for(self, text: str) -> None:
        """Search for a name, as if it had been typed."""
        self.view.search.setText(text)
        self.view.focus_search()


def person_columns(session: Session) -> tuple[ListColumn[PersonRow], ...]:
    """Return the columns of the list of people."""
    today = session.today()
    return (
        ListColumn("Name", text=lambda row: row.name, sort_key="name", width=220, style=ColumnStyle.NAME),
        ListColumn("Known as", text=lambda row: row.known_as or "", width=110),
        ListColumn(
            "Born", text=lambda row: format_date(row.born_on), sort_key="born", width=104, style=ColumnStyle.DATE
        ),
        ListColumn("Age", text=lambda row: str(age_on(row.born_on, today)), width=56, style=ColumnStyle.NUMBER),
        ListColumn("PNC ID", text=lambda row: row.pnc_id or "", width=124, style=ColumnStyle.QUIET),
        ListColumn(
            "Person", text=lambda row: row.person_ref, sort_key="person_ref", width=104, style=ColumnStyle.QUIET
        ),
        ListColumn("Cases", text=lambda row: describe_cases(session, row), width=280, stretch=True),
    )


def describe_cases(session: Session, row: PersonRow) -> str:
    """Name a person's cases, the latest referral first."""
    status, programmes = session.lists.of("case_status"), labels.PROGRAMME_LABELS
    described = [
        f"{case.case_ref} {programmes.get(case.programme, '')}, {status.label(case.status)}" for case in row.cases
    ]
    return "; ".join(described)
