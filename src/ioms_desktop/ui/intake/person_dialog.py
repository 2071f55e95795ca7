"""The form of a person, made from their declaration, with those on record who may be meant beside it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.identifiers import canonical_identifier
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.search.near_people import EnteredPerson
from ioms_desktop.domain.text_format import format_day, format_name
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.intake.near_people import NearPerson, NearSearch, find_near_people
from ioms_desktop.services.intake.people import AddPerson, ChangePerson, add_person, change_person
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.command_dialog import DIALOG_WIDTH_PX, CommandDialog
from ioms_desktop.ui.forms.field import Field
from ioms_desktop.ui.forms.record_form import fill_form, read_form, record_fields
from ioms_desktop.ui.intake.near_panel import LOOKING, PANEL_WIDTH_PX, NearPeoplePanel
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.layouts import fit_to_screen

SEARCH_PAUSE_MS = 250  # length of the pause since the last key after which people are looked for
DIALOG_HEIGHT_PX = 620
WIDE_PX = 860
LOW_PX = 400
"""From this width on, the list stands beside the form; in a narrower dialog it stands above."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Who": ("family_name", "given_names", "known_as", "date_of_birth"),
    "Numbers": Person.identifiers,
    "About the person": ("sex", "gender_identity", "ethnicity_self", "ethnicity_officer"),
    "How to reach them": ("phone", "address", "postcode", "languages", "communication_needs"),
    "Care and safety": (
        *("parent_or_carer", "social_care_status", "children_at_risk", "exploitation", "warning_markers"),
    ),
}
"""The fields of the form by group; whatever else is declared of a person stands in a last group."""
OTHER_GROUP = "Other details"


def grouped_columns() -> dict[str, tuple[str, ...]]:
    """Return every column of a person that is filled in, by group."""
    placed = {name for names in GROUPS.values() for name in names} | {"person_ref"}
    others = tuple(column.name for column in columns_of(Person) if column.name not in placed)
    return {**GROUPS, **({OTHER_GROUP: others} if others else {})}


class PersonDialog(CommandDialog):
    """Records a person, or changes the details of one.

    Signals:
        person_chosen: Somebody on record is meant, who is to be opened instead; carries the `NearPerson`.
    """

    person_chosen = Signal(object)

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        person: Person | None = None,
        typed: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who records.
            tasks: Runs the search and the command.
            person: The person to change, as they were read; None for a new one.
            typed: A name that was searched for without success, which is filled in.
            parent: The Qt parent.
        """
        super().__init__(
            tasks,
            title="New person" if person is None else "Change person details",
            verb="&Save person" if person is None else "&Save",
            discard="&Discard this entry",
            about="" if person is None else describe_person(person),
            parent=parent,
        )
        self.session, self.person = session, person
        self._taken: dict[str, tuple[str, str]] = {}  # by column: the number that was asked about, and the answer
        self._shown_before: frozenset[str] = frozenset()
        self.panel = NearPeoplePanel()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_PAUSE_MS)
        self._pause.timeout.connect(self.look)
        self._place_panel()
        self.enable_autosave(
            session,
            Origin("add_people")
            if person is None
            else Origin("change_people", about=person.person_ref, revision=person.revision),
        )
        self._add_fields()
        if person is not None:
            fill_form(self.form, person)
        self.finish_layout()
        if typed:
            self._fill_in(typed)
        fit_to_screen(self, DIALOG_WIDTH_PX + PANEL_WIDTH_PX, DIALOG_HEIGHT_PX)
        self.form.changed.connect(self._changed)
        self.panel.person_chosen.connect(self._choose)
        self._changed()

    def _place_panel(self) -> None:
        column = self.layout()
        if not isinstance(column, QVBoxLayout):
            raise TypeError(column)
        place = column.indexOf(self.scroll_area)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setContentsMargins(0, 0, 0, 0)
        around = QVBoxLayout()
        around.setContentsMargins(0, 8, 24, 12)
        around.addWidget(self.panel, 0, Qt.AlignmentFlag.AlignTop)
        self._around = around
        self._beside.addWidget(self.scroll_area, 3)
        self._beside.addLayout(around, 2)
        column.insertLayout(place, self._beside, 1)

    def _add_fields(self) -> None:
        fields = {each.name: each for each in record_fields(Person, self.session.lists, self.session.local_now)}
        for title, names in grouped_columns().items():
            self.form.section(title)
            for name in names:
                field = self.form.add(fields[name])
                if name in Person.identifiers:
                    field.rule = partial(self._number_problem, field)

    def _fill_in(self, typed: str) -> None:
        """Take a name that was typed elsewhere: `Family, Given`, or the family name last."""
        if any(sign.isdigit() for sign in typed):
            return
        family, comma, given = typed.partition(",")
        if not comma:
            given, _, family = typed.strip().rpartition(" ")
        self.form.field("family_name").set_value(family.strip().title())
        self.form.field("given_names").set_value(given.strip().title())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = event.size().width() >= WIDE_PX
        self._beside.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.BottomToTop)
        self._around.setContentsMargins(0 if wide else 24, 8 if wide else 0, 24, 12 if wide else 4)
        self._beside.setStretch(0, 3 if wide else 1)
        self._beside.setStretch(1, 2 if wide else 0)
        self.panel.set_compact(compact=not wide, low=not wide and event.size().height() < LOW_PX)
        super().resizeEvent(event)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = read_form(self.form, Person)
        if self.person is None:
            entry = AddPerson(request=self.request, person=Person(person_ref="", **values))
            return partial(add_person, self.session, entry)
        change = ChangePerson(request=self.request, person=replace(self.person, **values), revision=self.revision)
        return PendingEdit(change_person, self.session, change)

    def entered(self) -> EnteredPerson:
        """Return what is typed so far, as far as it can be searched for."""
        values = self.form.values()
        names = f"{values['given_names'] or ''} {values['family_name'] or ''}".strip()
        numbers = {name: number for name in Person.identifiers if (number := (values[name] or "").strip())}
        own = "" if self.person is None else self.person.person_ref
        return EnteredPerson(names=names, born_on=values["date_of_birth"], numbers=numbers, own_ref=own)

    @Slot()
    def _changed(self) -> None:
        entered = self.entered()
        if entered.names or entered.numbers:
            self.panel.show_state(LOOKING)
            self._pause.start()
        else:
            self._pause.stop()
            self._tasks.drop(self, "near_people")
            self.panel.clear()

    @Slot()
    def look(self) -> None:
        """Look for whoever may be meant, off the interface thread."""
        entered = self.entered()
        self._tasks.latest(
            self,
            "near_people",
            partial(find_near_people, self.session, entered, self._shown_before),
            partial(self._show_found, entered),
            self._not_found,
            lambda reference: self._not_found(f"The search failed. The reference is {reference}."),
        )

    def _show_found(self, entered: EnteredPerson, found: NearSearch) -> None:
        if entered != self.entered():
            return
        self._shown_before |= {each.person.person_ref for each in found.people}
        self.panel.show_people(found.people)
        self._taken = {name: (entered.numbers[name], sentence) for name, sentence in found.taken.items()}
        for name in Person.identifiers:
            field = self.form.field(name)
            problem = self._number_problem(field, field.value() or "") if field.value() else ""
            taken = problem if name in found.taken else ""
            self.form.show_problem(name, taken)

    def _not_found(self, sentence: str) -> None:
        self.panel.show_state(
            f"{sentence} Somebody already on record may be missing from this list; you can still save."
        )

    def _number_problem(self, field: Field[Any], number: str) -> str:
        """Say what is wrong with an identifier: its form, or whose it is already."""
        written = number.strip()
        try:
            canonical_identifier(field.name, written, self.session.today().year)
        except Refused as wrong:
            return wrong.sentence
        asked, sentence = self._taken.get(field.name, ("", ""))
        return sentence if asked == written else ""

    @Slot(object)
    def _choose(self, found: NearPerson) -> None:
        """Open somebody on record instead; what was typed is kept."""
        self.person_chosen.emit(found)
        if self.form.is_dirty and self.autosave is not None and self.autosave.can_save:
            self.keep_for_later()
        else:
            self.discard()


def describe_person(person: Person) -> str:
    """Describe a person in one line above a form."""
    name = format_name(person.family_name, person.given_names)
    return f"{name}, born {format_day(person.date_of_birth)}. Person {person.person_ref}."
