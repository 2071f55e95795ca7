"""Caseload: every case the user may see, to search, filter and sort, and to print or record on several at once."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import visible_programmes
from ioms_desktop.domain.policy.case_facts import NO_STEP
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases import case_lists
from ioms_desktop.services.cases.case_lists import CaseRow
from ioms_desktop.services.exchange.copied_rows import copy_rows
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import ALL_RECORD_TOPICS, Session, Topic
from ioms_desktop.ui import labels
from ioms_desktop.ui.actions.dialog_action import DialogAction, Target
from ioms_desktop.ui.actions.file_actions import PRINT_CASES
from ioms_desktop.ui.actions.loaders import CHOSEN_CASES
from ioms_desktop.ui.actions.recording_actions import RECORD_CONTACT
from ioms_desktop.ui.actions.registry import list_buttons
from ioms_desktop.ui.forms.date_parsing import format_date
from ioms_desktop.ui.lists.register import ColumnStyle, Filter, ListColumn, Register, RowAction
from ioms_desktop.ui.lists.saved_views import SavedViews
from ioms_desktop.ui.screens.register_screen import RegisterScreen
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape, deadline_chip, rag_chip

DUE_SOON_DAYS = 7
VALUE_OF_SORT: dict[str, Callable[[CaseRow], object]] = {
    "name": lambda row: row.name,
    "case_ref": lambda row: row.case_ref,
    "programme": lambda row: (row.programme, row.cohort),
    "rag": lambda row: row.rag,
    "engagement": lambda row: row.engagement,
    "step": lambda row: row.step,
    "last_contact": lambda row: row.last_contact,
    "next_due": lambda row: row.next_due,
    "status": lambda row: row.status,
}
"""What a row shows by which it is sorted; what decides the other orders is not all in a row."""
VALUE_OF_FILTER: dict[str, Callable[[CaseRow], object]] = {
    "open": lambda row: row.closed,
    "programme": lambda row: row.programme,
    "cohort": lambda row: row.cohort,
    "rag": lambda row: row.rag,
    "custody": lambda row: row.in_custody,
}
"""What a row shows by which a filter lists it; for the others the list is asked."""


class CaseloadScreen(RegisterScreen[CaseRow]):
    """The list of cases."""

    title: ClassVar[str] = "Caseload"
    explanation: ClassVar[str] = (
        "Every case you may see, one row a case: cohort, RAG, engagement, the step of the ladder, the last completed "
        "contact and what is due next.\n\n"
        "Type to search: names in any order, a date of birth like 3/11/2008, a case or PNC number. The chips filter "
        "the list; a click on a heading sorts it. Next due is the last day on which a contact keeps the "
        "standard, or the next action, whichever is first.\n\n"
        "Select several rows with Shift or Ctrl to record one contact for all of them, to print them, or to take them "
        "in an encrypted file for work without the network. A view saves search, filters, order and columns under a "
        "name.\n\n"
        "The list shows headers only. Opening a case is recorded."
    )
    topics: ClassVar[frozenset[Topic]] = ALL_RECORD_TOPICS

    settings_id: ClassVar[str] = "caseload"
    row_type = CaseRow

    @override
    def head_widgets(self) -> Sequence[QWidget]:
        self.saved_views = SavedViews(self.services.settings, self.settings_id, self.view)
        return (self.saved_views,)

    @override
    def register(self) -> Register[CaseRow]:
        session = self.services.session
        queries = case_lists.CaseQueries(session)
        return Register(
            title=self.title,
            noun=("case", "cases"),
            columns=caseload_columns(session),
            query_ids=queries.ids,
            query_first_rows=queries.first_rows,
            fetch_rows=partial(case_lists.case_rows, session),
            open_row=self._open_case,
            actions=self._row_actions(),
            filters=caseload_filters(session),
            initial_query=ListQuery(sort="name", filters=(("open", "open"),)),
            placeholder="Name, date of birth, reference",
            empty_message="No case is open. Import a caseload, or show closed cases with the chip above.",
            print=partial(self._launch, PRINT_CASES) if PRINT_CASES.is_allowed(session) else None,
            copy=partial(copy_rows, session),
        )

    @override
    def refresh_cases(self, keys: frozenset[str], key_of: Callable[[str], str]) -> None:
        found = {key_of(row.case_ref): row.id for row in self.view.model.loaded_rows(CaseRow)}
        query = self.view.model.query
        chosen = {name for name, _ in query.filters}
        if keys <= found.keys() and query.sort in VALUE_OF_SORT and chosen <= VALUE_OF_FILTER.keys():
            self.view.model.read_again([found[key] for key in keys], partial(_is_in_place, query.sort, chosen))
        else:
            self.refresh()

    @override
    def start_on_selection(self, action: DialogAction) -> bool:
        ids = self.view.selected_ids
        offered = [each for each, _ in list_buttons(self.services.session, "caseload") if each is not RECORD_CONTACT]
        if not ids or action not in offered:
            return False
        self._launch(action, ids)
        return True

    def _row_actions(self) -> tuple[RowAction[CaseRow], ...]:
        return tuple(
            RowAction(
                place.label,
                self._record_contact if action is RECORD_CONTACT else partial(self._launch, action),
                icon=place.icon,
                allows_several=True,
                enabled_for=None if place.on_closed else lambda row: not row.closed,
            )
            for action, place in list_buttons(self.services.session, "caseload")
        )

    def _open_case(self, record: int) -> None:
        for row in self.rows([record]):
            self.services.open_case(row.case_ref)

    def _record_contact(self, ids: tuple[int, ...]) -> None:
        rows = self.rows(ids)
        if len(rows) == 1:
            self.services.dialogs.launch(RECORD_CONTACT, Target(case_ref=rows[0].case_ref))
        elif rows:
            from ioms_desktop.ui.forms.picker import PickerMatch  # noqa: PLC0415 - imported when a dialog is first opened

            chosen = tuple(
                PickerMatch(row.id, row.name, f"born {format_day(row.born_on)} · {row.case_ref}", row.case_ref)
                for row in rows
            )
            self.services.dialogs.launch(RECORD_CONTACT, given={CHOSEN_CASES: chosen})

    def _launch(self, action: DialogAction, ids: tuple[int, ...]) -> None:
        self._with_references(ids, lambda refs: self.services.dialogs.launch(action, Target(cases=tuple(refs))))

    def _with_references(self, ids: tuple[int, ...], then: Callable[[list[str]], None]) -> None:
        session = self.services.session

        def references() -> list[str]:
            found = {row.id: row.case_ref for row in case_lists.case_rows(session, ids)}
            return [found[each] for each in ids if each in found]  # in the order shown: a pack is printed in it

        self.services.tasks.latest(self, "references", references, then, self.services.show_problem)


def _is_in_place(sort: str, chosen: Iterable[str], before: CaseRow, after: CaseRow) -> bool:
    """Whether a row that was read again is still listed at its place under an order and some filters."""
    values = (VALUE_OF_SORT[sort], *(VALUE_OF_FILTER[name] for name in chosen))
    return all(value(before) == value(after) for value in values)


def caseload_columns(session: Session) -> tuple[ListColumn[CaseRow], ...]:
    """Return the columns of the caseload."""
    lists = session.lists
    return (
        ListColumn("Name", text=lambda row: row.name, sort_key="name", width=160, style=ColumnStyle.NAME, stretch=True),
        ListColumn("Case", text=lambda row: row.case_ref, sort_key="case_ref", width=112, style=ColumnStyle.QUIET),
        ListColumn(
            "Born", text=lambda row: format_date(row.born_on), width=96, style=ColumnStyle.DATE, shown_by_default=False
        ),
        ListColumn(
            "Programme",
            text=lambda row: labels.describe_programme(lists, row.programme, row.cohort),
            sort_key="programme",
            width=112,
        ),
        ListColumn("RAG", text=lambda row: row.rag or "", sort_key="rag", chip=lambda row: rag_chip(row.rag), width=92),
        ListColumn(
            "Engagement",
            text=lambda row: describe_engagement(session, row),
            tooltip=lambda row: describe_engagement(session, row, full_label=True),
            sort_key="engagement",
            width=112,
        ),
        # Blank before any step: what nearly every row would say tells nobody anything.
        ListColumn(
            "Step",
            text=lambda row: "" if row.step == NO_STEP else lists.of("enforcement_step").label(row.step),
            sort_key="step",
            width=132,
        ),
        ListColumn(
            "Last contact",
            text=lambda row: format_date(row.last_contact),
            sort_key="last_contact",
            width=104,
            style=ColumnStyle.DATE,
        ),
        ListColumn(
            "Next due",
            text=lambda row: format_date(row.next_due),
            chip=lambda row: (
                next_due_chip(row, (row.next_due - session.today()).days) if row.next_due else custody_chip(row)
            ),
            tooltip=lambda row: format_date(row.next_due),
            sort_key="next_due",
            width=128,
        ),
        ListColumn("OM or navigator", text=lambda row: row.worker or "", sort_key="worker", width=132),
        ListColumn("Status", text=lambda row: lists.of("case_status").label(row.status), sort_key="status", width=136),
    )


def next_due_chip(row: CaseRow, days_left: int) -> Chip | None:
    """Return the chip of a deadline within a week; a later one is shown as a date."""
    return deadline_chip(days_left) if days_left <= DUE_SOON_DAYS else custody_chip(row)


def custody_chip(row: CaseRow) -> Chip | None:
    """Return the chip of a person in custody; None for a person at liberty."""
    return Chip("in custody", Tone.BLUE, Shape.LOCK) if row.in_custody else None


def describe_engagement(session: Session, row: CaseRow, *, full_label: bool = False) -> str:
    """Write an engagement level as number and word, or with its full label."""
    if row.engagement is None:
        return ""
    label = session.lists.of("engagement_level").label(str(row.engagement))
    return f"{row.engagement} {label if full_label else label.split(':')[0]}"


def caseload_filters(session: Session) -> tuple[Filter, ...]:
    """Return the filters of the caseload; a user who sees only one programme gets no filter of programmes."""
    seen = visible_programmes(session.role)
    lists = session.lists
    found = [
        Filter("open", "Cases", (("open", "open"), ("closed", "closed"))),
        Filter("rag", "RAG", tuple((code.code, code.code) for code in lists.of("rag"))),
        Filter("mine", "Mine", (("yes", "mine"),)),
        Filter("custody", "In custody", (("yes", "in custody"),)),
        Filter("drift", "No change", (("yes", "no change of RAG, needs or step"),)),
    ]
    if seen is None:
        cohorts = tuple((code.code, code.label.split(":")[0]) for code in lists.of("cohort"))
        found[1:1] = [
            Filter("programme", "Programme", tuple(labels.PROGRAMME_LABELS.items())),
            Filter("cohort", "Cohort", cohorts),
        ]
    return tuple(found)
