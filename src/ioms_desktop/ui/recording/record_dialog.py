"""The dialog that adds or changes a record; its form is made from the declaration of the record type."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.compliance.conditions import OrderCondition
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_naming, columns_of, record_label
from ioms_desktop.services.compliance.supervision import record_condition
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.entries.authors import KnownAuthor
from ioms_desktop.services.labels import format_value
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.choice_fields import Option
from ioms_desktop.ui.forms.field import Field, FieldOptions
from ioms_desktop.ui.forms.record_form import Clock, FieldMaker, begin_form, fill_form, read_form, record_fields
from ioms_desktop.ui.network.person_field import PersonField
from ioms_desktop.ui.recording.case_subject import CaseSubject
from ioms_desktop.ui.tasks import Tasks

ADD_COMMANDS: Mapping[type[Record], Callable[[Session, AddRecord], Outcome]] = {OrderCondition: record_condition}
"""The commands that add a record and note something else with it."""


class RecordDialog(AutoHeightDialog):
    """Adds or changes a record."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject,
        record_type: type[Record],
        record: Record | None = None,
        known: KnownAuthor | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who records it.
            tasks: Runs the command.
            subject: The case to which the record belongs.
            record_type: The type of the record.
            record: The record to change, as it was read; None to add one.
            known: What is known of who recorded it; None where nothing depends on that.
            parent: The Qt parent.
        """
        name = record_label(record_type)
        super().__init__(
            tasks,
            title=f"Add {name}" if record is None else f"Change {name}",
            verb="&Save",
            discard="&Discard this entry",
            about=subject.summary,
            intro="" if record is None else describe_key(session, record),
            parent=parent,
        )
        self.session, self.subject = session, subject
        self.record_type, self.record, self._known, self._person_tasks = record_type, record, known, tasks
        self.enable_autosave(session, _origin(subject, record_type, record))
        only = None if known is None else known.columns_open(record_type)
        for field in record_fields(
            record_type,
            session.lists,
            session.local_now,
            changing=record is not None,
            only=only,
            named=_named(subject, record_type, record),
            makers=self.field_makers(),
        ):
            self.form.add(field)
        if record is None:
            begin_form(self.form, record_type)
        else:
            fill_form(self.form, record)
        self.finish_layout()
        self.form.changed.connect(self._ask_why)

    def field_makers(self) -> Mapping[str, FieldMaker]:
        """Return what makes the field of a column, where its kind alone does not say: people are searched for."""
        people = (column.name for column in columns_naming(self.record_type, Person.table))
        return dict.fromkeys(people, self._person_field)

    def _person_field(self, column: Column, _lists: CodeLists, _now: Clock, options: "FieldOptions[Any]") -> Field[Any]:
        known = self.subject.named_people
        return PersonField(
            column.name, column.label, session=self.session, tasks=self._person_tasks, known=known, **options
        )

    @Slot()
    def _ask_why(self) -> None:
        """Ask for the reason of a change as soon as it needs one."""
        if self.record is None or self._known is None:
            return
        wanted = replace(self.record, **read_form(self.form, self.record_type))
        self.change_reason.ask(self._known.sentence, shown=self._known.asks_why(self.record, wanted))

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values, case_ref = read_form(self.form, self.record_type), self.subject.case_ref
        if self.record is None:
            # The references are filled in where the record is stored.
            references: Any = {each.name: "" for each in columns_of(self.record_type) if each.kind is ColumnKind.REF}
            added = self.record_type(**references, **values)
            add = ADD_COMMANDS.get(self.record_type, add_record_by_form)
            return partial(add, self.session, AddRecord(request=self.request, case_ref=case_ref, record=added))
        entry = ChangeRecord(
            request=self.request,
            case_ref=case_ref,
            record=replace(self.record, **values),
            revision=self.revision,
        )
        return PendingEdit(change_record_by_form, self.session, entry)


def _named(subject: CaseSubject, record_type: type[Record], record: Record | None) -> Mapping[str, Sequence[Option]]:
    """Return what the columns of a record may name; what one names already is always among it."""
    found = dict(subject.named())
    for column in columns_of(record_type):
        held = None if record is None or not column.names else column.value_of(record)
        if held and held not in {option.code for option in found.get(column.names, ())}:
            found[column.names] = (*found.get(column.names, ()), Option(held, held))
    return found


def describe_key(session: Session, record: Record) -> str:
    """Describe which record is changed, by the parts of its key that are not references."""
    columns = (each for each in columns_of(type(record)) if each.name in record.key and each.kind is not ColumnKind.REF)
    told = ((each.label, format_value(session, each, each.value_of(record))) for each in columns)
    return " ".join(f"{label}: {words}." for label, words in told if words)


def _origin(subject: CaseSubject, record_type: type[Record], record: Record | None) -> Origin:
    if record is None:
        return Origin(f"add_{record_type.table}", subject.case_ref)
    return Origin(f"change_{record_type.table}", subject.case_ref, record.key_text, record.revision)
