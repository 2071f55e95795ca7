"""The form of a plain record: made from its declaration, with what is wrong beside the field it is in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import ClassVar

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right, Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.cases import Need, Referral
from ioms_desktop.domain.records.people import Assessment
from ioms_desktop.domain.records.record import (
    Record,
    code,
    columns_of,
    day,
    day_time,
    decimal_number,
    long_text,
    ref,
    short_text,
    whole_number,
    yes_no,
)
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from ioms_desktop.services.session import Session
from ioms_desktop.ui.dialogs.merge_page import MergeDialog
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.record_form import fill_form, form_columns, read_form, record_fields
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import MARLOW, filled, session_of
from ui.entries import KEY
from ui.hands import CTRL, focused, press, show, write
from ui.kit_checks import nameless

DAY = date(2026, 10, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryKind(Record):
    """A record with a column of every kind, stored nowhere."""

    table: ClassVar[str] = "every_kind"
    key: ClassVar[tuple[str, ...]] = ("own_ref",)
    label: ClassVar[str] = "Every kind"
    rights: ClassVar[RecordRights] = RecordRights(add=Right.IMPORT)

    own_ref: str = ref(prefix="EK")
    case_ref: str = ref("cases")
    short: str = short_text(required=True, help="In a few words.")
    long: str | None = long_text()
    begins: date = day(required=True)  # noqa: RUF009 - declares a field, as dataclasses.field does
    ends: date | None = day(future=True, not_before="begins", label="To")  # noqa: RUF009 - declares a field, as dataclasses.field does
    at: DayTime = day_time()  # noqa: RUF009 - declares a field, as dataclasses.field does
    sure: bool | None = yes_no()
    count: int | None = whole_number(1, 12)
    weight: str | None = decimal_number()
    unit: str | None = code("unit")


FULL = EveryKind(
    own_ref="EK-1",
    case_ref=MARLOW,
    short="Text",
    long="Two\nlines",
    begins=date(2026, 10, 1),
    ends=date(2026, 12, 1),
    at=DayTime.parse("2026-10-02T14:30"),
    sure=False,
    count=12,
    weight="12.50",
    unit="MACE",
)


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme.name == "light"
    made = replace(session_of(filled(local_location), Role.SUPERVISOR, today=DAY), draft_key=KEY)
    yield made
    made.store.close()


def form_of(session: Session, qtbot: QtBot, record_type: type[Record] = EveryKind) -> Form:
    form = Form()
    qtbot.addWidget(form)
    for field in record_fields(record_type, session.lists, lambda: datetime.combine(DAY, time(12))):
        form.add(field)
    return form


def dialog_of(
    session: Session, tasks: Tasks, qtbot: QtBot, record_type: type[Record], record: Record | None = None
) -> RecordDialog:
    dialog = RecordDialog(session, tasks, subject_of(session, open_case(session, MARLOW)), record_type, record)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    return dialog


def test_a_form_asks_for_every_column_but_the_references(session: Session, qtbot: QtBot) -> None:
    form = form_of(session, qtbot)
    assert [field.name for field in form.fields] == [
        *("short", "long", "begins", "ends", "at", "sure", "count", "weight", "unit"),
    ]
    assert form.field("ends").plain_title == "To"
    assert (form.field("short").help, form.field("short").required) == ("In a few words.", True)


@pytest.mark.parametrize("name", sorted(RECORD_TYPE_BY_TABLE))
def test_every_record_type_has_a_form_that_can_be_operated_with_a_screen_reader(
    session: Session, qtbot: QtBot, name: str
) -> None:
    record_type = RECORD_TYPE_BY_TABLE[name]
    form = form_of(session, qtbot, record_type)
    assert nameless(form) == []
    assert {field.name for field in form.fields} == {column.name for column in form_columns(record_type)}


def test_what_a_record_holds_comes_out_of_its_form_as_it_went_in(session: Session, qtbot: QtBot) -> None:
    form = form_of(session, qtbot)
    fill_form(form, FULL)
    assert form.validate(), form.problems
    values = read_form(form, EveryKind)
    assert replace(FULL, **values) == FULL
    assert set(values) == {column.name for column in columns_of(EveryKind)} - {"own_ref", "case_ref"}


def test_a_code_as_sent_is_shown_as_what_it_stands_for_and_kept_until_another_is_chosen(
    session: Session, qtbot: QtBot
) -> None:
    form = form_of(session, qtbot, Referral)
    field = form.field("unit")
    field.set_value("ASB_SUPPORT")
    assert (field.raw_text(), field.value(), field.parse_problem()) == ("ASB support team", "ASB_SUPPORT", "")
    field.set_raw_text("MASH")
    assert field.value() == "MASH"
    field.set_value("ASB_SUPPORT_TEAM")
    assert (field.raw_text(), field.value()) == ("ASB support team", "ASB_SUPPORT_TEAM")


@pytest.mark.parametrize(
    ("name", "typed", "problem"),
    [
        ("short", "", "Short is needed."),
        ("begins", "17/10/2026", "17 Oct 2026 is still to come."),
        ("begins", "no day", "is not a date"),
        ("ends", "30/9/2026", "To cannot be before Begins (1 Oct 2026)."),
        ("at", "31/10/2026 9.00", "31 Oct 2026 is still to come."),
        ("count", "13", "from 1 to 12"),
        ("count", "0", "from 1 to 12"),
        ("weight", "12,5", "This is not a number"),
        ("unit", "nowhere at all", "is not in the list"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    session: Session, qtbot: QtBot, name: str, typed: str, problem: str
) -> None:
    form = form_of(session, qtbot)
    fill_form(form, FULL)
    form.field(name).set_raw_text(typed)
    assert not form.validate()
    assert list(form.problems) == [name]
    assert problem in form.problems[name]


def test_a_record_is_added_by_keys_alone(session: Session, tasks: Tasks, qtbot: QtBot) -> None:
    dialog = dialog_of(session, tasks, qtbot, Referral)
    assert dialog.form.values() | {"direction": "OUT", "status": "SENT"} == dialog.form.values(), "as it begins"
    assert not dialog.form.is_dirty
    for text in ("mace", "yesterday", "agreed at the meeting"):
        write(focused(), text)
        press(focused(), Qt.Key.Key_Tab)
    with qtbot.waitSignal(dialog.completed) as done:
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert done.args is not None
    assert done.args[0].notice == "Referral recorded."
    (referral,) = [each for each in open_case(session, MARLOW).referrals if each.referral_ref == done.args[0].ref]
    assert (referral.direction, referral.unit, referral.sent_on) == ("OUT", "MACE", date(2026, 10, 15))
    assert referral.status == "SENT"
    assert referral.reason == "agreed at the meeting"


def test_a_wrong_entry_stays_in_the_form_and_nothing_is_sent(session: Session, tasks: Tasks, qtbot: QtBot) -> None:
    dialog = dialog_of(session, tasks, qtbot, Need)
    dialog.form.field("pathway").set_value("ACCOMMODATION")
    dialog.form.field("assessed_on").set_raw_text("31/12/2026")
    dialog.form.field("level").set_raw_text("5")
    dialog.accept()
    assert set(dialog.form.problems) == {"assessed_on", "level"}
    assert dialog.isVisible()
    assert open_case(session, MARLOW).needs == ()


def test_a_second_record_of_one_key_is_refused_above_the_form_which_keeps_its_entry(
    session: Session, tasks: Tasks, qtbot: QtBot
) -> None:
    need = Need(case_ref="", pathway="ACCOMMODATION", assessed_on=date(2026, 10, 1), level=3)
    add_record_by_form(session, AddRecord(request="first", case_ref=MARLOW, record=need))
    dialog = dialog_of(session, tasks, qtbot, Need)
    fill_form(dialog.form, need)
    dialog.accept()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert "such a record already" in dialog.banner.text_label.text()
    assert read_form(dialog.form, Need)["level"] == 3


def test_a_change_shows_its_key_and_asks_for_the_rest(session: Session, tasks: Tasks, qtbot: QtBot) -> None:
    added = Assessment(person_ref="", tool="OGRS4", assessed_on=date(2026, 10, 1), value="0.4")
    add_record_by_form(session, AddRecord(request="first", case_ref=MARLOW, record=added))
    (read,) = open_case(session, MARLOW).assessments
    dialog = dialog_of(session, tasks, qtbot, Assessment, read)
    assert [field.name for field in dialog.form.fields] == ["value", "band", "scorer"]
    dialog.form.field("value").set_raw_text("0.6")
    with qtbot.waitSignal(dialog.completed):
        dialog.accept()
    (changed,) = open_case(session, MARLOW).assessments
    assert (changed.value, changed.assessed_on, changed.revision) == ("0.6", date(2026, 10, 1), 2)


def test_a_colleagues_change_meanwhile_opens_the_page_that_compares(
    session: Session, tasks: Tasks, qtbot: QtBot
) -> None:
    added = Assessment(person_ref="", tool="OGRS4", assessed_on=date(2026, 10, 1), value="0.4")
    add_record_by_form(session, AddRecord(request="first", case_ref=MARLOW, record=added))
    (read,) = open_case(session, MARLOW).assessments
    dialog = dialog_of(session, tasks, qtbot, Assessment, read)
    with session.store.begin(session.command_context()) as tx:
        tx.save(replace(read, value="0.9"))
    dialog.form.field("value").set_raw_text("0.6")
    dialog.accept()
    qtbot.waitUntil(lambda: dialog.conflict_handler.page is not None)
    page = dialog.conflict_handler.page
    assert isinstance(page, MergeDialog)
    assert page.comparison.record_label == "Assessment"
    dialog.conflict_handler.close_page()


def test_what_is_typed_is_kept_as_a_draft_of_its_record_type(session: Session, tasks: Tasks, qtbot: QtBot) -> None:
    dialog = dialog_of(session, tasks, qtbot, Need)
    dialog.form.field("level").set_raw_text("2")
    assert dialog.autosave is not None
    draft = dialog.autosave.current_draft()
    assert (draft.form, draft.case_ref, draft.about) == ("add_needs", MARLOW, "")
    again = dialog_of(session, tasks, qtbot, Need)
    again.restore(draft)
    assert again.form.field("level").value() == 2
    assert again.request == dialog.request
