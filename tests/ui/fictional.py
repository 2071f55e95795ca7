"""A fictional register and form for the tests of the kit and for its gallery."""

import threading
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from typing_extensions import override

from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.forms.choice_fields import ChoiceField, CodeField, Option
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import format_date
from ioms_desktop.ui.forms.fields import CheckBoxField, LongTextField, NumberField, TextField
from ioms_desktop.ui.forms.picker import PickerField, PickerMatch
from ioms_desktop.ui.lists.register import ColumnStyle, Filter, ListColumn, Register, RowAction
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.chips import deadline_chip, rag_chip

TODAY = date(2026, 11, 23)
SURNAMES = ("Ashworth", "Bello", "Chowdhury", "Donnelly", "Eze", "Fairclough", "Gill", "Hussain", "Ivanova", "Jarvis")
FORENAMES = ("Jordan", "Aaliyah", "Kai", "Tyrone", "Mia", "Callum", "Zara", "Reece")
RAGS = ("RED", "AMBER", "GREEN", "BLUE")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One row of the fictional caseload."""

    id: int
    surname: str
    forename: str
    rag: str
    days_left: int
    contacts: int
    worker: str

    @property
    def next_on(self) -> date:
        """The day of the next contact."""
        return TODAY + timedelta(days=self.days_left)


def case_row(number: int) -> CaseRow:
    """Make the row of an id."""
    return CaseRow(
        id=number,
        surname=SURNAMES[number * 7 % len(SURNAMES)],
        forename=FORENAMES[number * 3 % len(FORENAMES)],
        rag=RAGS[number * 5 % len(RAGS)],
        days_left=number * 11 % 9 - 2,
        contacts=number * 13 % 240,
        worker=f"{FORENAMES[number % 5]} {SURNAMES[(number + 4) % 10]}",
    )


@dataclass
class Cabinet:
    """A source of fictional cases that records which threads read it."""

    size: int
    gone: set[int] = field(default_factory=set)
    asked_for: list[ListQuery] = field(default_factory=list)
    windows: list[int] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    fault: Exception | None = None
    window_fault: Exception | None = None

    def index(self, query: ListQuery) -> Sequence[int]:
        """Return the ids that match."""
        self.threads.add(threading.get_ident())
        self.asked_for.append(query)
        if self.fault is not None:
            raise self.fault
        ids = array("q", range(1, self.size + 1))
        rags = query.chosen("rag")
        if query.is_narrowed:
            words = query.text.casefold()
            rows = (case_row(number) for number in ids)
            rows = (row for row in rows if row.surname.casefold().startswith(words) and (not rags or row.rag in rags))
            ids = array("q", [row.id for row in rows])
        return ids[::-1] if query.descending else ids

    def first_rows(self, query: ListQuery) -> Sequence[CaseRow]:
        """Return the first rows that match."""
        return self.window(self.index(query)[:200])

    def window(self, ids: Sequence[int]) -> list[CaseRow]:
        """Return the rows of a range."""
        self.threads.add(threading.get_ident())
        self.windows.append(len(ids))
        if self.window_fault is not None:
            raise self.window_fault
        return [case_row(number) for number in ids if number not in self.gone]


def nothing(*_: object) -> None:
    """Do nothing."""


def caseload(
    cabinet: Cabinet, *, opened: Callable[[int], None] = nothing, with_first_rows: bool = False
) -> Register[CaseRow]:
    """Describe the fictional caseload."""
    return Register(
        title="Caseload",
        noun=("case", "cases"),
        columns=(
            ListColumn("Surname", text=lambda row: row.surname, sort_key="surname", width=150),
            ListColumn("Forename", text=lambda row: row.forename, sort_key="forename", width=120),
            ListColumn("RAG", text=lambda row: row.rag, sort_key="rag", chip=lambda row: rag_chip(row.rag), width=96),
            ListColumn(
                "Contact",
                text=lambda row: deadline_chip(row.days_left).text,
                chip=lambda row: deadline_chip(row.days_left),
                width=132,
            ),
            ListColumn(
                "Next contact",
                text=lambda row: format_date(row.next_on),
                sort_key="next_on",
                style=ColumnStyle.DATE,
                width=110,
            ),
            ListColumn("Contacts", text=lambda row: f"{row.contacts:,}", style=ColumnStyle.NUMBER, width=84),
            ListColumn("Worker", text=lambda row: row.worker, style=ColumnStyle.QUIET, stretch=True),
            ListColumn("Reference", text=lambda row: f"C{row.id:06}", shown_by_default=False),
        ),
        query_ids=cabinet.index,
        fetch_rows=cabinet.window,
        query_first_rows=cabinet.first_rows if with_first_rows else None,
        open_row=opened,
        actions=(
            RowAction("&Record contact", callback=nothing, icon="calendar-plus", shortcut="Ctrl+R"),
            RowAction(
                "&Print",
                callback=nothing,
                icon="printer",
                allows_several=True,
                enabled_for=lambda row: row.rag != "BLUE",
            ),
        ),
        filters=(
            Filter("rag", "RAG", tuple((rag, rag) for rag in RAGS)),
            Filter("mine", "Mine only", (("yes", "yes"),)),
        ),
        initial_query=ListQuery(sort="surname"),
        placeholder="Search name, date of birth, reference",
        empty_message="No case yet. Adopt one from a referral, or import a caseload.",
        export=nothing,
        print=nothing,
    )


class ContactDialog(CommandDialog):
    """A fictional dialog with every kind of field."""

    def __init__(self, tasks: Tasks, answer: Callable[[], object] | None = None) -> None:
        """Fill the form."""
        super().__init__(
            tasks,
            title="Record contact",
            verb="&Record contact",
            discard="&Discard this contact",
            intro="For Jordan Ashworth, born 3 Nov 2008. A contact we could not deliver never counts against a person.",
        )
        self.answer = answer or (lambda: "done")
        add = self.form.add
        self.who = add(PickerField("who", "&Who", find=self.found_by, tasks=tasks, many=True))
        self.came = add(ChoiceField("came", "Did they c&ome?", required=True))
        self.on = add(DateField("on", "&Date", today=lambda: TODAY, required=True, rule=not_ahead))
        kinds = [Option("HOME", "Home visit"), Option("OFFICE", "Office visit")]
        kinds.append(Option("CPN", "Community Protection Notice", "16 or over; she is 15 on 19 Oct 2026"))
        self.kind = add(CodeField("kind", "&Kind", kinds, required=True, help="Where and how you met."))
        self.minutes = add(NumberField("minutes", "&Minutes", unit="minutes", maximum=600))
        self.place_ = add(TextField("place", "&Place", placeholder="Town or venue"))
        self.note = add(LongTextField("note", "&Note", limit=200))
        self.told = add(CheckBoxField("told", "Told", "The parent or carer was told"))
        self.finish_layout()

    def found_by(self, text: str) -> Sequence[PickerMatch]:
        """Find fictional people."""
        people = [PickerMatch(1, "Jordan Ashworth", "3 Nov 2008"), PickerMatch(2, "Kai Bello", "9 Jan 2007")]
        return [found for found in people if found.title.casefold().startswith(text.casefold())]

    @override
    def build_command(self) -> Callable[[], object]:
        return partial(_answer, self.answer)


def _answer(answer: Callable[[], object]) -> object:
    return answer()


def not_ahead(day: date) -> str:
    """Reject a future date."""
    return "A contact cannot be recorded before it happens." if day > TODAY else ""


def refuse() -> object:
    """Raise a refusal, as a service does."""
    raise Refused("Someone else recorded this contact. Your text is still here; compare the two.")
