"""Two people on one record, in the real dialogs with real keys: nothing typed is lost, and what must be is asked."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Action, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Decision, Proposal
from ioms_desktop.domain.records.engagement import Offer, Rating
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.recording.decisions import AnswerProposal, refuse_proposal
from ioms_desktop.services.recording.offers import EndOffer, end_offer
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Session
from ioms_desktop.ui.custody.release_dates import ExpectedReleaseDialog, ReleasePlanDialog
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.dialogs.merge_page import MergeDialog
from ioms_desktop.ui.recording.answer_proposal import AnswerProposalDialog, DecisionServedDialog
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.finish_action import FinishActionDialog
from ioms_desktop.ui.recording.notice import NoticeServedDialog
from ioms_desktop.ui.recording.offer import AnswerOfferDialog, EndOfferDialog
from ioms_desktop.ui.recording.rag import RagDialog
from ioms_desktop.ui.recording.rating import RatingDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, click, focused, press, show, write

DAY = date(2026, 10, 16)
DAY_AHEAD = date(2026, 12, 15)
OFFER = Offer(offer_ref="OF-NEW", case_ref=MARLOW, offer_type="GYM", offered_on=date(2026, 10, 1))
ACTION = Action(action_ref="AC-NEW", case_ref=MARLOW, text="Ring the college", owner="N. OKORO", due_on=DAY)


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme.name == "light"
    store = filled(local_location)
    made = session_of(store, Role.SUPERVISOR, today=DAY)
    with store.begin(made.command_context()) as tx:
        tx.add(OFFER)
        tx.add(ACTION)
    yield made
    store.close()


@pytest.fixture
def other(session: Session) -> Session:
    return session_of(session.store, Role.SUPERVISOR, today=DAY, user="L. HOLT")


@pytest.fixture
def view(session: Session) -> CaseView:
    return open_case(session, MARLOW)


def offer(session: Session) -> Offer:
    with session.store.read() as reading:
        return reading.get(Offer, "OF-NEW")


def altered(session: Session, noun: type[Record], *key: object, **values: object) -> None:
    with session.store.begin(session.command_context(), "altered") as tx:
        tx.save(replace(tx.get(noun, *key), **values))  # type: ignore[arg-type]  # values by field name


def answering(qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView) -> AnswerOfferDialog:
    dialog = AnswerOfferDialog(session, tasks, subject_of(session, view), offer(session))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    return dialog


def page_of(qtbot: QtBot, dialog: CommandDialog) -> MergeDialog:
    """Send the form and wait for the page."""
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: dialog.conflict_handler.page is not None and dialog.conflict_handler.page.isActiveWindow())
    page = dialog.conflict_handler.page
    assert page is not None
    return page


def words_on(page: MergeDialog) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel) if label.isVisible()]


def ended_by(other: Session) -> None:
    end_offer(
        other,
        EndOffer(
            request="ended", offer_ref="OF-NEW", revision=1, ended_on=date(2026, 10, 14), end_reason="The gym closed."
        ),
    )


def test_different_fields_are_merged_shown_and_saved_by_one_key(
    qtbot: QtBot, session: Session, other: Session, tasks: Tasks, view: CaseView
) -> None:
    dialog = answering(qtbot, session, tasks, view)
    ended_by(other)
    write(focused(), "a")
    page = page_of(qtbot, dialog)
    assert page.fields == ()
    assert "Ended on: 14 Oct 2026 (saved by L. HOLT)" in words_on(page)
    assert "Answer: Accepted (yours)" in words_on(page)
    assert offer(session).response is None
    with qtbot.waitSignal(dialog.completed) as sent:
        press(focused(), Qt.Key.Key_Return)
    assert sent.args is not None
    assert sent.args[0].notice == "Answer recorded. Kept as L. HOLT saved it: Ended on and Why it ended."
    assert (offer(session).response, offer(session).end_reason) == ("ACCEPTED", "The gym closed.")
    qtbot.waitUntil(lambda: not dialog.isVisible())


def test_the_same_field_is_asked_without_a_default_and_answered_by_a_key(
    qtbot: QtBot, session: Session, other: Session, tasks: Tasks, view: CaseView
) -> None:
    dialog = answering(qtbot, session, tasks, view)
    altered(other, Offer, "OF-NEW", response="DECLINED", responded_on=date(2026, 10, 5))
    write(focused(), "a")
    page = page_of(qtbot, dialog)
    (asked,) = page.fields
    assert asked.value() is None
    assert asked.isAncestorOf(focused())
    assert "it was not filled; yours is Accepted; L. HOLT saved Declined." in asked.control.accessibleDescription()
    press(focused(), Qt.Key.Key_Return, CTRL)
    press(focused(), Qt.Key.Key_Return)
    assert page.banner.text_label.text() == "Choose what is saved as Answer and Answered on."
    assert offer(session).response == "DECLINED"
    write(focused(), "y")
    assert not page.banner.isVisible()
    with qtbot.waitSignal(dialog.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert (offer(session).response, offer(session).responded_on) == ("ACCEPTED", DAY)


def test_what_stands_may_be_kept_and_the_notice_says_so(
    qtbot: QtBot, session: Session, other: Session, tasks: Tasks, view: CaseView
) -> None:
    dialog = answering(qtbot, session, tasks, view)
    altered(other, Offer, "OF-NEW", response="DECLINED", responded_on=date(2026, 10, 5))
    write(focused(), "a")
    page_of(qtbot, dialog)
    write(focused(), "t")
    with qtbot.waitSignal(dialog.completed) as sent:
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert sent.args is not None
    assert sent.args[0].notice == "Nothing of yours was saved: what L. HOLT saved stays as it is."
    assert offer(session).revision == 2


def test_escape_goes_back_to_the_form_with_everything_still_there(
    qtbot: QtBot, session: Session, other: Session, tasks: Tasks, view: CaseView
) -> None:
    dialog = answering(qtbot, session, tasks, view)
    ended_by(other)
    write(focused(), "p")
    dialog.started.edit.setText("12 Oct")
    page = page_of(qtbot, dialog)
    write(focused(), "b")
    press(page, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: dialog.conflict_handler.page is None and dialog.isActiveWindow())
    assert (dialog.answer.value(), dialog.started.edit.text()) == ("PARTLY", "12 Oct")
    assert "L. HOLT saved this meanwhile. Nothing is saved yet." in dialog.banner.text_label.text()
    assert dialog.primary.isEnabled()
    assert dialog.form.isEnabled()
    assert offer(session).response is None
    again = page_of(qtbot, dialog)
    assert [field.name for field in again.fields] == ["course"]


def test_saved_once_more_while_the_page_is_open_it_is_shown_again_with_the_answers_that_still_hold(
    qtbot: QtBot, session: Session, other: Session, tasks: Tasks, view: CaseView
) -> None:
    dialog = answering(qtbot, session, tasks, view)
    altered(other, Offer, "OF-NEW", response="DECLINED", responded_on=date(2026, 10, 5))
    write(focused(), "a")
    page = page_of(qtbot, dialog)
    write(focused(), "y")
    altered(other, Offer, "OF-NEW", provider="Riverside")
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: page.comparison.current_revision == 3)
    assert dialog.conflict_handler.page is page
    assert "Saved again by L. HOLT" in page.banner.text_label.text()
    assert page.fields[0].value() == "mine"
    with qtbot.waitSignal(dialog.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert (offer(session).response, offer(session).provider) == ("ACCEPTED", "Riverside")


def test_a_refusal_is_said_on_the_page_and_its_answers_stay(
    qtbot: QtBot, session: Session, other: Session, tasks: Tasks, view: CaseView
) -> None:
    dialog = answering(qtbot, session, tasks, view)
    altered(other, Offer, "OF-NEW", offered_on=date(2026, 10, 15), response="PARTLY", responded_on=DAY)
    dialog.answer.set_value("ACCEPTED")
    dialog.on.set_value(date(2026, 10, 3))
    page = page_of(qtbot, dialog)
    write(focused(), "y")
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(page.banner.isVisible)
    assert "cannot be answered before" in page.banner.text_label.text()
    assert page.fields[0].value() == "mine"
    assert page.primary.isEnabled()


def test_a_record_removed_meanwhile_leaves_the_words_to_be_copied(
    qtbot: QtBot, session: Session, other: Session, tasks: Tasks, view: CaseView
) -> None:
    dialog = EndOfferDialog(session, tasks, subject_of(session, view), offer(session))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    with other.store.begin(other.command_context(), "removed") as tx:
        tx.remove(tx.get(Offer, "OF-NEW"), "entered twice")
    write(dialog.reason.edit, "Moved to Coalville.")
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(dialog.banner.isVisible)
    assert "L. HOLT removed this record on 16 Oct 2026, 11:00 (entered twice)." in dialog.banner.text_label.text()
    assert dialog.conflict_handler.page is None
    press(focused(), Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "Copied." in dialog.banner.text_label.text())
    assert QApplication.clipboard().text() == "Ended on: 16 Oct 2026\nWhy: Moved to Coalville."
    assert dialog.reason.value() == "Moved to Coalville."


def test_an_answered_proposal_is_shown_and_nothing_can_be_chosen(
    qtbot: QtBot, session: Session, other: Session, tasks: Tasks, view: CaseView
) -> None:
    proposal = Proposal(
        proposal_ref="PR-NEW",
        case_ref=MARLOW,
        proposed_on=DAY,
        decision="HOLD",
        reason="See how it goes.",
        proposed_by="PC 4411 ADEYEMI",
        status="PROPOSED",
    )
    with session.store.begin(session.command_context()) as tx:
        proposal = tx.add(proposal)
    refuse_proposal(other, AnswerProposal(request="refused", proposal_ref="PR-NEW", revision=1, reason="Visit first."))
    dialog = AnswerProposalDialog(session, tasks, view, proposal)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    write(dialog.answer.control, "a")
    page = page_of(qtbot, dialog)
    assert page.fields == ()
    assert not page.primary.isVisible()
    assert any("already answered by L. HOLT" in words for words in words_on(page))
    assert "Visit first." in words_on(page)
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert page.isVisible()
    click(page.back_button)
    qtbot.waitUntil(dialog.isActiveWindow)
    assert dialog.answer.value() == "authorise"
    with session.store.read() as reading:
        assert reading.get(Proposal, "PR-NEW").status == "REFUSED"


def test_a_rag_set_by_another_for_the_same_day_is_asked(
    qtbot: QtBot, session: Session, other: Session, tasks: Tasks
) -> None:
    dialog = RagDialog(session, tasks, open_case(session, HARKER))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    set_rag(other, SetRag(request="red", case_ref=HARKER, rag="RED", set_on=DAY, reason="Arrested today.", revision=0))
    write(focused(), "g")
    write(focused(), "Keeps appointments.")
    page = page_of(qtbot, dialog)
    assert [field.name for field in page.fields] == ["rag"]
    write(focused(), "t")
    with qtbot.waitSignal(dialog.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    rag = open_case(session, HARKER).rag_in_force
    assert rag is not None
    assert (rag.rag, rag.reason) == ("RED", "Arrested today.")


def test_a_dialog_closed_after_its_page_leaves_none_behind(
    qtbot: QtBot, session: Session, other: Session, tasks: Tasks, view: CaseView
) -> None:
    dialog = answering(qtbot, session, tasks, view)
    ended_by(other)
    write(focused(), "a")
    page_of(qtbot, dialog)
    with qtbot.waitSignal(dialog.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert dialog.conflict_handler.page is None
    qtbot.waitUntil(lambda: not dialog.findChildren(MergeDialog))


def _ended(dialog: CommandDialog) -> None:
    dialog.form.field("end_reason").set_value("Moved.")


def _rag(dialog: CommandDialog) -> None:
    dialog.form.field("rag").set_value("RED")
    dialog.form.field("reason").set_value("Arrested.")


DECISION = Decision(
    decision_ref="DE-NEW", case_ref=MARLOW, decided_on=DAY, decision="HOLD", reason="Wait.", proposed_by="PC 4411"
)
PROPOSAL = Proposal(
    proposal_ref="PR-2",
    case_ref=MARLOW,
    proposed_on=DAY,
    decision="HOLD",
    reason="Wait.",
    proposed_by="PC 4411",
    status="PROPOSED",
)
Made = Callable[[Session, Tasks, CaseView], CommandDialog]
EDITING: dict[str, tuple[Made, Callable[[CommandDialog], None]]] = {
    "answer an offer": (
        lambda d, t, v: AnswerOfferDialog(d, t, subject_of(d, v), OFFER),
        lambda dialog: dialog.form.field("response").set_value("ACCEPTED"),
    ),
    "end an offer": (lambda d, t, v: EndOfferDialog(d, t, subject_of(d, v), OFFER), _ended),
    "finish an action": (lambda d, t, v: FinishActionDialog(d, t, subject_of(d, v), ACTION), lambda _: None),
    "notice served": (NoticeServedDialog, lambda _: None),
    "release planned": (
        ReleasePlanDialog,
        lambda dialog: dialog.form.field("expected_on").set_value(date(2026, 12, 15)),
    ),
    "release expected": (ExpectedReleaseDialog, lambda _: None),
    "answer a proposal": (
        lambda d, t, v: AnswerProposalDialog(d, t, v, PROPOSAL),
        lambda dialog: dialog.form.field("answer").set_value("authorise"),
    ),
    "record as served": (lambda d, t, v: DecisionServedDialog(d, t, v, DECISION), lambda _: None),
    "set a RAG": (RagDialog, _rag),
    "rate a week": (
        lambda d, t, v: RatingDialog(d, t, subject_of(d, v)),
        lambda dialog: dialog.form.field("level").set_value("3"),
    ),
}


@pytest.mark.parametrize("name", EDITING)
def test_every_dialog_that_changes_a_record_sends_what_can_be_settled(
    qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView, name: str
) -> None:
    make, fill = EDITING[name]
    dialog = make(session, tasks, view)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    fill(dialog)
    sent = dialog.build_command()
    assert isinstance(sent, PendingEdit)
    assert sent.entry.revision is not None
    qtbot.waitUntil(lambda: not tasks.is_busy)


@pytest.mark.parametrize(
    ("make", "noun"),
    [
        (EDITING["answer an offer"][0], Offer),
        (EDITING["end an offer"][0], Offer),
        (EDITING["set a RAG"][0], RagEntry),
        (EDITING["rate a week"][0], Rating),
    ],
)
def test_the_page_names_fields_as_the_forms_do(
    qtbot: QtBot, session: Session, tasks: Tasks, view: CaseView, make: Made, noun: type[Record]
) -> None:
    dialog = make(session, tasks, view)
    qtbot.addWidget(dialog)
    named = {column.name: column.label for column in columns_of(noun)}
    shared = [field for field in dialog.form.fields if field.name in named]
    assert shared
    assert all(named[field.name].startswith(field.plain_title) for field in shared)
