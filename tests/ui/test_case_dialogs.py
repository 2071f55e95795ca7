"""Every dialog on a case: named for a screen reader, walked in the order seen, losing nothing that was typed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.validation.column_rules import AMOUNT_MESSAGE
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.recording.concerns import RecordConcern, record_concern
from ioms_desktop.services.recording.offers import MakeOffer, make_offer
from ioms_desktop.services.session import Session
from ioms_desktop.ui.casework.fund_offer import FundOfferDialog
from ioms_desktop.ui.dialogs.change_reason import REASON_TITLE
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.labels import record_lines
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.concern import ConcernDialog, ConcernEndDialog
from ioms_desktop.ui.recording.offer import AnswerOfferDialog, EndOfferDialog, MakeOfferDialog
from ioms_desktop.ui.recording.rag import RagDialog
from ioms_desktop.ui.recording.rating import RatingDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from sessions import request
from ui.case_gallery import PICTURES, GalleryCase
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, focused, press, show, write
from ui.kit_checks import focusable, nameless, shared_mnemonics

DAY = date(2026, 10, 16)
DIALOGS = {name: make for name, make in PICTURES if not name.startswith("case")}


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme.name == "light"
    store = filled(local_location)
    yield session_of(store, Role.SUPERVISOR, today=DAY)
    store.close()


@pytest.fixture
def view(session: Session) -> CaseView:
    return open_case(session, MARLOW)


def opened(qtbot: QtBot, dialog: QWidget) -> None:
    qtbot.addWidget(dialog)
    show(qtbot, dialog)


@pytest.mark.parametrize("name", DIALOGS)
def test_every_control_of_a_dialog_has_a_name_and_letters_of_its_own(
    qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView, name: str
) -> None:
    dialog = DIALOGS[name](GalleryCase(session, tasks, view, "missed_contacts"))
    assert dialog is not None
    opened(qtbot, dialog)
    assert nameless(dialog) == []
    assert shared_mnemonics(dialog) == []
    qtbot.waitUntil(lambda: not tasks.is_busy)


@pytest.mark.parametrize("name", DIALOGS)
def test_tab_goes_through_a_dialog_in_the_order_seen(
    qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView, name: str
) -> None:
    dialog = DIALOGS[name](GalleryCase(session, tasks, view, "missed_contacts"))
    assert isinstance(dialog, QDialog)
    opened(qtbot, dialog)
    inside = dialog.form if isinstance(dialog, CommandDialog) else dialog
    qtbot.waitUntil(lambda: not tasks.is_busy)
    passed = walked(dialog)
    tops = [each.mapTo(dialog, QPoint(0, 0)).y() for each in passed if inside.isAncestorOf(each)]
    if isinstance(dialog, CommandDialog):
        assert tops == sorted(tops)
    assert len(passed) >= 1
    assert dialog.isAncestorOf(focused())


def walked(dialog: QDialog) -> list[QWidget]:
    """Press Tab until it comes round, and say where it has been."""
    first = focused()
    passed = [first]
    for _ in range(len(focusable(dialog)) + 1):
        press(focused(), Qt.Key.Key_Tab)
        if focused() is first:
            break
        passed.append(focused())
    return passed


@pytest.mark.parametrize("name", [name for name in DIALOGS if name not in {"raised", "details", "merge", "print"}])
def test_the_keyboard_begins_in_the_first_field_and_escape_asks_nothing_while_nothing_was_typed(
    qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView, name: str
) -> None:
    dialog = DIALOGS[name](GalleryCase(session, tasks, view, "missed_contacts"))
    assert isinstance(dialog, CommandDialog)
    dialog.form.mark_clean()
    opened(qtbot, dialog)
    first = dialog.form.fields[0]
    assert first is focused() or first.isAncestorOf(focused())
    press(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    "name", [name for name in DIALOGS if name not in {"raised", "details", "merge", "print", "contact"}]
)
def test_a_dialog_opens_no_larger_than_a_small_screen(
    qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView, name: str
) -> None:
    dialog = DIALOGS[name](GalleryCase(session, tasks, view, "missed_contacts"))
    assert dialog is not None
    opened(qtbot, dialog)
    assert dialog.width() <= 1366 / 1.5
    assert dialog.height() <= dialog.screen().availableSize().height()


def test_a_rating_takes_two_keys(qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView) -> None:
    dialog = RatingDialog(session, tasks, subject_of(session, view))
    opened(qtbot, dialog)
    write(focused(), "3")
    with qtbot.waitSignal(dialog.completed) as sent:
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert sent.args is not None
    assert sent.args[0].notice == "Rating 3 recorded for the week of 12 Oct 2026."
    assert [r.level for r in open_case(session, MARLOW).ratings if r.role == "POLICE"] == [3]


def test_a_rag_without_its_reason_is_not_set(qtbot: QtBot, session: Session, tasks: Tasks) -> None:
    dialog = RagDialog(session, tasks, open_case(session, HARKER))
    opened(qtbot, dialog)
    write(focused(), "a")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert dialog.form.problems == {"reason": "Why is needed."}
    assert dialog.rag.value() == "AMBER"
    write(focused(), "Keeps appointments again.")
    with qtbot.waitSignal(dialog.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    rag = open_case(session, HARKER).rag_in_force
    assert rag is not None
    assert (rag.rag, rag.reason) == ("AMBER", "Keeps appointments again.")


def check_not_from_tomorrow(field: DateField) -> None:
    """Check that a day on which something has happened is not one to come; the control is today."""
    for typed, wrong in (("tomorrow", "17 Oct 2026 is still to come. Correct the date."), ("today", "")):
        field.set_raw_text(typed)
        assert field.problem() == wrong


def test_grades_are_asked_for_intelligence_alone(qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView) -> None:
    dialog = ConcernDialog(session, tasks, subject_of(session, view))
    opened(qtbot, dialog)
    for kind, asked in (("BREACH", False), ("INTELLIGENCE", True), ("ARREST", False)):
        dialog.kind.set_value(kind)
        assert dialog.source.isVisible() is asked
        assert dialog.handling.isVisible() is asked
    assert dialog.form.field("offence_group").isVisible()


def test_a_navigator_is_not_offered_intelligence(qtbot: QtBot, session: Session, tasks: Tasks) -> None:
    navigator = session_of(session.store, Role.NAVIGATOR, today=DAY)
    dialog = ConcernDialog(navigator, tasks, subject_of(navigator, open_case(navigator, MARLOW)))
    opened(qtbot, dialog)
    words = [dialog.kind.combo.itemText(number) for number in range(dialog.kind.combo.count())]
    assert "Intelligence" not in words
    assert "Arrest" in words


def test_what_is_no_fact_is_kept_with_what_it_is(qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView) -> None:
    dialog = ConcernDialog(session, tasks, subject_of(session, view))
    opened(qtbot, dialog)
    check_not_from_tomorrow(dialog.on)
    dialog.kind.set_value("OTHER")
    dialog.basis.set_value("OPINION")
    write(dialog.summary.edit, "He seems frightened.")
    with qtbot.waitSignal(dialog.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    kept = open_case(session, MARLOW).concerns[-1]
    assert (kept.summary, kept.statement_basis) == ("He seems frightened.", "OPINION")


def test_how_an_arrest_ended_is_recorded_by_keys_and_stands_with_it(
    qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView
) -> None:
    subject = subject_of(session, view)
    entry = RecordConcern(
        request=request(), case_ref=MARLOW, occurred_on=DAY, concern_type="ARREST", offence_group="WEAPONS"
    )
    ref = record_concern(session, entry).ref
    (arrest,) = (each for each in open_case(session, MARLOW).concerns if each.concern_ref == ref)
    dialog = ConcernEndDialog(session, tasks, subject, arrest)
    opened(qtbot, dialog)
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert list(dialog.form.problems) == ["outcome"]
    check_not_from_tomorrow(dialog.on)
    dialog.outcome.set_value("NFA")
    with qtbot.waitSignal(dialog.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    (ended,) = (each for each in open_case(session, MARLOW).concerns if each.concern_ref == ref)
    assert (ended.outcome, ended.outcome_on) == ("NFA", DAY)
    assert ("How it ended", "No further action") in record_lines(session, ended)


def test_an_offer_is_made_answered_and_ended(qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView) -> None:
    subject = subject_of(session, view)
    making = MakeOfferDialog(session, tasks, subject)
    opened(qtbot, making)
    write(focused(), "Gym")
    assert not making.answered_on.isVisible()
    for field in (making.on, making.answered_on):
        check_not_from_tomorrow(field)
    with qtbot.waitSignal(making.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    answering = AnswerOfferDialog(session, tasks, subject, last_offer(session))
    opened(qtbot, answering)
    assert not any(field.isVisible() for field in answering.planned), "an offer without an answer has no plan"
    write(focused(), "p")
    assert all(field.isVisible() for field in answering.planned)
    answering.planned[1].set_raw_text("12")
    with qtbot.waitSignal(answering.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    answered = last_offer(session)
    assert (answered.response, answered.planned_sessions, answered.exit_planned_on) == ("PARTLY", 12, None)
    ending = EndOfferDialog(session, tasks, subject, last_offer(session))
    opened(qtbot, ending)
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert ending.form.problems == {"end_reason": "Why is needed."}
    write(focused(), "Moved to the college's own gym.")
    with qtbot.waitSignal(ending.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert last_offer(session).end_reason == "Moved to the college's own gym."


def test_funding_is_typed_as_money_is_written_and_a_slip_is_corrected_with_a_reason(
    qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView
) -> None:
    subject = subject_of(session, view)
    make_offer(session, MakeOffer(request="fund", case_ref=MARLOW, offer_type="GYM", offered_on=DAY))
    funding = FundOfferDialog(session, tasks, subject, last_offer(session), ())
    opened(qtbot, funding)
    write(focused(), "£1,250.505")
    funding.source.set_raw_text("Ingeus")
    funding.by.set_raw_text("B. LEAD")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert funding.form.problems == {"funding_amount": AMOUNT_MESSAGE}
    funding.amount.set_raw_text("£1,250.50")
    with qtbot.waitSignal(funding.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert last_offer(session).funding_amount == "1250.50"
    correcting = FundOfferDialog(session, tasks, subject, last_offer(session), ())
    opened(qtbot, correcting)
    correcting.amount.set_raw_text("125")
    correcting.on.set_value(last_offer(session).funding_authorised_on)
    with qtbot.waitSignal(correcting.refused):
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert last_offer(session).funding_amount == "1250.50"
    correcting.activateWindow()
    qtbot.waitUntil(correcting.isActiveWindow)
    assert focused().accessibleName() == REASON_TITLE
    write(focused(), "A nought too many.")
    with qtbot.waitSignal(correcting.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert last_offer(session).funding_amount == "125"


def last_offer(session: Session) -> Offer:
    """Return the offer made last."""
    return max(open_case(session, MARLOW).offers, key=lambda offer: offer.id)


def test_someone_else_s_answer_in_the_meantime_is_said_and_nothing_typed_is_lost(
    qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView
) -> None:
    subject, offer = subject_of(session, view), view.offers[0]
    with session.store.begin(session.command_context(), "unanswered") as tx:
        offer = tx.save(replace(offer, response=None, responded_on=None))
    first, second = (AnswerOfferDialog(session, tasks, subject, offer) for _ in range(2))
    opened(qtbot, first)
    first.answer.set_value("DECLINED")
    with qtbot.waitSignal(first.completed):
        press(first, Qt.Key.Key_Return, CTRL)
    opened(qtbot, second)
    second.answer.set_value("DECLINED")
    press(second, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: second.conflict_handler.page is not None)
    assert second.isVisible()
    assert second.answer.value() == "DECLINED"


def test_a_record_is_told_whole_and_in_words(session: Session, view: CaseView) -> None:
    told = dict(record_lines(session, view.contacts[0]))
    assert told["When"] == "23 Sep 2026"
    assert told["Outcome"] == "Seen"
    assert "_" not in " ".join(told)
    assert "Recorded" in told
    with session.store.begin(session.command_context(), "right") as tx:
        changed = tx.save(replace(view.contacts[0], minutes=30))
    told = dict(record_lines(session, changed))
    assert told["Changed"].endswith("; version 2"), "that it was changed is seen without its history"
    assert "Recorded" not in told
