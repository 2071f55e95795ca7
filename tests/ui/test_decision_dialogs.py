"""A decision is proposed by one person and authorised by another, with everything in sight and nothing by itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.policy.decisions import parse_child_checks
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.person_sets.care import (
    ANSWER_WORDS,
    KIND_ASKED,
    SafeguardingCheck,
    latest_check,
)
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.recording.decisions import decision_page
from ioms_desktop.services.session import DecidedStep, Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.recording.answer_proposal import AnswerProposalDialog, allowed_answers
from ioms_desktop.ui.recording.decision import DecisionDialog
from ioms_desktop.ui.recording.decision_facts import (
    NO_CHECK_RECORDED,
    check_lines,
    describe_exploitation,
    format_child_checks,
    proposal_lines,
    recorded_check,
)
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import MARLOW, at, filled, session_of
from ui.hands import CTRL, press, show, write

DAY, AFTER = date(2026, 10, 16), date(2026, 10, 20)
CHECKS = ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION")


@pytest.fixture
def officer(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme.name == "light"
    store = filled(local_location)
    yield session_of(store, Role.OFFICER, today=DAY)
    store.close()


def proposing(qtbot: QtBot, session: Session, tasks: Tasks) -> DecisionDialog:
    view = open_case(session, MARLOW)
    dialog = DecisionDialog(session, tasks, view, decision_page(session, MARLOW, "missed_contacts"))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    return dialog


def answer_checks(dialog: DecisionDialog) -> None:
    for code in CHECKS:
        dialog.form.field(f"check {code}").set_value("yes")
        dialog.form.field(f"words {code}").set_value(f"Done on 16 Oct; see notes on {code}")


def filled_in(dialog: DecisionDialog, step: str) -> None:
    dialog.decision.set_value("ESCALATE")
    dialog.step.set_value(step)
    answer_checks(dialog)
    for field, words in (
        (dialog.reason, "Three missed sessions."),
        (dialog.alternatives, "Text reminders; another place."),
        (dialog.proportionality, "The least that may work."),
    ):
        write(field.edit, words)


def words_of(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def test_trigger_offers_and_the_four_promises_stand_before_the_decision(
    qtbot: QtBot, officer: Session, tasks: Tasks
) -> None:
    dialog = proposing(qtbot, officer, tasks)
    told = words_of(dialog.form)
    assert "Three planned contacts were missed on 6 Oct 2026, 13 Oct 2026 and 15 Oct 2026" in told
    assert "Mentoring" in told
    for promise in labels.ENFORCEMENT_NOTICES:
        assert promise in told


def test_a_step_that_is_not_available_is_shown_with_its_reason_and_cannot_be_chosen(
    qtbot: QtBot, officer: Session, tasks: Tasks
) -> None:
    dialog = proposing(qtbot, officer, tasks)
    dialog.decision.set_value("ESCALATE")
    listed = {dialog.step.step_list.item(row).text() for row in range(dialog.step.step_list.count())}
    assert any("KCPO: not in force in Leicestershire" in words for words in listed)
    assert any("needs a Community Protection Warning first" in words for words in listed)
    dialog.step.set_value("L7")
    assert dialog.step.value() is None


def test_for_someone_under_18_every_child_check_is_asked_and_none_may_be_left_out(
    qtbot: QtBot, officer: Session, tasks: Tasks
) -> None:
    dialog = proposing(qtbot, officer, tasks)
    dialog.decision.set_value("ESCALATE")
    dialog.step.set_value("L0")
    assert not dialog.form.field("check NRM").isVisible()
    dialog.step.set_value("L1")
    press(dialog, Qt.Key.Key_Return, CTRL)
    assert {f"check {code}" for code in CHECKS} <= set(dialog.form.problems)
    assert {f"words {code}" for code in CHECKS} <= set(dialog.form.problems)
    assert open_case(officer, MARLOW).proposals == ()
    dialog.form.mark_clean()


def test_the_latest_recorded_check_stands_beside_its_question_with_its_day_and_the_answer_refers_to_it(
    qtbot: QtBot, officer: Session, tasks: Tasks
) -> None:
    asked: dict[str, Any] = {"person_ref": "P-MARLOW", "kind": "EXPLOITATION", "answer": True}
    checks = (
        SafeguardingCheck(check_ref="SG-1", from_on=date(2026, 9, 1), reasons="First look", **asked),
        SafeguardingCheck(
            check_ref="SG-2", from_on=date(2026, 10, 2), reasons="New phone; rides", checked_by="N. OKORO", **asked
        ),
        SafeguardingCheck(check_ref="SG-3", from_on=date(2026, 10, 9), to_on=date(2026, 10, 12), **asked),
        SafeguardingCheck(check_ref="SG-4", from_on=date(2026, 10, 17), **asked),
        SafeguardingCheck(check_ref="SG-5", from_on=date(2026, 10, 16), **asked | {"person_ref": "P-HARKER"}),
    )
    assert (latest_check(checks[:2], "AA", DAY), latest_check((), "NRM", DAY)) == (None, None)
    with officer.store.begin(officer.command_context()) as tx:
        for each in checks:
            tx.add(each)
    dialog = proposing(qtbot, officer, tasks)
    assert not dialog.form.is_dirty, "what is offered was not typed"
    offered = "As recorded on 2 Oct 2026 (SG-2): signs of exploitation, New phone; rides"
    found = {code: dialog.form.field(f"words {code}").value() for code in CHECKS}
    assert found == {code: offered if code == "NRM" else None for code in CHECKS}
    filled_in(dialog, "L1")
    assert "On record: asked on 2 Oct 2026 by N. OKORO: signs of exploitation, New phone; rides." in words_of(
        dialog.form
    )
    dialog.form.field("words NRM").set_value(offered)
    with qtbot.waitSignal(dialog.completed):
        press(dialog, Qt.Key.Key_Return, CTRL)
    stored = parse_child_checks(waiting(open_case(officer, MARLOW)).child_checks)
    assert stored["NRM"].note == offered.replace(";", ",")
    view = open_case(officer, MARLOW)
    assert recorded_check(officer, view, "GILLICK", DAY) == (NO_CHECK_RECORDED, "")
    assert recorded_check(officer, view, "YJS", DAY) == ("", "")


def test_what_the_header_or_an_earlier_decision_says_of_a_child_stands_beside_the_question_unoffered(
    officer: Session,
) -> None:
    view = open_case(replace(officer, clock=lambda: at(AFTER)), MARLOW)
    assert view.decisions[-1].decided_on < AFTER, "a decision has answered it"
    decided = replace(view.decisions[-1], child_checks="NRM=yes: referred 9 Sep; AA=no: nobody free; GILLICK=yes")
    view = replace(view, decisions=(decided,), person=replace(view.person, exploitation=None))
    day = format_day(decided.decided_on)

    def known(shown: CaseView, question: str) -> str:
        sentence, words = recorded_check(officer, shown, question, AFTER)
        assert not words or "SG-" in words, "only a recorded check is offered"
        return sentence

    header = describe_exploitation(officer, view)
    assert header == f"Considered, {day}: referred 9 Sep"
    assert known(view, "NRM") == f"{NO_CHECK_RECORDED} The case header says: {header}."
    assert known(view, "AA") == f"{NO_CHECK_RECORDED} The decision of {day} says: no, nobody free."
    assert known(view, "GILLICK") == f"{NO_CHECK_RECORDED} The decision of {day} says: yes."
    given = replace(view, person=replace(view.person, exploitation="REFERRED"))
    status = officer.lists.of("nrm_status").label("REFERRED")
    assert known(given, "NRM") == f"{NO_CHECK_RECORDED} The case header says: {status}."
    for question, kind in KIND_ASKED.items():
        for answer in (True, False):
            check = SafeguardingCheck(check_ref="SG-1", person_ref="P-MARLOW", kind=kind, from_on=DAY, answer=answer)
            told = known(replace(view, plain_records={SafeguardingCheck: (check,)}), question)
            assert ANSWER_WORDS[kind][answer] in told
            assert ("The case header says" in told) is (question == "NRM")
            assert ": yes" not in told
            assert ": no." not in told


def test_a_written_warning_is_proposed_before_the_person_was_told(qtbot: QtBot, officer: Session, tasks: Tasks) -> None:
    dialog = proposing(qtbot, officer, tasks)
    filled_in(dialog, "L2")
    with qtbot.waitSignal(dialog.completed):
        press(dialog, Qt.Key.Key_Return, CTRL)
    proposal = waiting(open_case(officer, MARLOW))
    assert (proposal.step, proposal.told_participant) == ("L2", None)


def test_a_proposal_opened_on_no_trigger_asks_which_one_it_answers(
    qtbot: QtBot, officer: Session, tasks: Tasks
) -> None:
    view = open_case(officer, MARLOW)
    dialog = DecisionDialog(officer, tasks, view, decision_page(officer, MARLOW))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    write(dialog.decision.control, "n")
    write(dialog.reason.edit, "His mother was in hospital.")
    press(dialog, Qt.Key.Key_Return, CTRL)
    assert "answers" in dialog.form.problems
    assert open_case(officer, MARLOW).proposals == ()
    assert dialog.answers is not None
    dialog.answers.set_value("missed_contacts")
    with qtbot.waitSignal(dialog.completed):
        press(dialog, Qt.Key.Key_Return, CTRL)
    assert waiting(open_case(officer, MARLOW)).rule == "missed_contacts"


def test_a_proposal_may_say_that_it_answers_no_trigger(qtbot: QtBot, officer: Session, tasks: Tasks) -> None:
    dialog = DecisionDialog(officer, tasks, open_case(officer, MARLOW), decision_page(officer, MARLOW))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    write(dialog.decision.control, "n")
    write(dialog.reason.edit, "Nothing to do with the missed sessions.")
    assert dialog.answers is not None
    dialog.answers.set_value("none")
    with qtbot.waitSignal(dialog.completed):
        press(dialog, Qt.Key.Key_Return, CTRL)
    assert waiting(open_case(officer, MARLOW)).rule is None


def test_a_hold_asks_for_nothing_but_its_reason(qtbot: QtBot, officer: Session, tasks: Tasks) -> None:
    dialog = proposing(qtbot, officer, tasks)
    write(dialog.decision.control, "n")
    assert not dialog.step.isVisible()
    assert not dialog.alternatives.isVisible()
    write(dialog.reason.edit, "His mother was in hospital.")
    with qtbot.waitSignal(dialog.completed):
        press(dialog, Qt.Key.Key_Return, CTRL)
    proposal = waiting(open_case(officer, MARLOW))
    assert (proposal.decision, proposal.step, proposal.rule) == ("HOLD", None, "missed_contacts")


def test_a_power_that_an_act_changed_is_shown_as_it_is_on_the_day_of_the_decision(
    qtbot: QtBot, officer: Session, tasks: Tasks
) -> None:
    changed = tuple(
        replace(step, changes=tuple(replace(each, confirmed=True) for each in step.changes)) for step in officer.ladder
    )
    for session, hours in ((officer, "48 hours"), (replace(officer, ladder=changed), "72 hours")):
        dialog = proposing(qtbot, session, tasks)
        dialog.decision.set_value("ESCALATE")
        dialog.step.set_value("L6b")
        assert hours in dialog.step.power_label.text()
        dialog.form.mark_clean()


def test_what_only_some_steps_rest_on_is_asked_for_those_alone(qtbot: QtBot, officer: Session, tasks: Tasks) -> None:
    dialog = proposing(qtbot, officer, tasks)
    dialog.decision.set_value("ESCALATE")
    for step, asked in (("L1", set()), ("L6", {"court", "convicted"}), ("L11", {"lever"})):
        dialog.step.set_value(step)
        assert {name for name in ("court", "convicted", "lever") if dialog.form.field(name).isVisible()} == asked
    assert not dialog.dissent.isVisible()
    dialog.dissent_agency.set_value("HMPPS_PROBATION")
    assert dialog.dissent.isVisible()
    filled_in(dialog, "L11")
    dialog.lever.set_value("TENANCY")
    write(dialog.dissent.edit, "Wants a recall.")
    dialog.review.set_value(date(2026, 11, 16))
    with qtbot.waitSignal(dialog.completed):
        press(dialog, Qt.Key.Key_Return, CTRL)
    kept = waiting(open_case(officer, MARLOW))
    assert (kept.lever, kept.dissent_agency, kept.dissent) == ("TENANCY", "HMPPS_PROBATION", "Wants a recall.")
    assert kept.review_on == date(2026, 11, 16)
    told = dict(proposal_lines(officer, kept))
    assert (told["Partner lever"], told["Dissent"]) == ("Tenancy", "HMPPS Probation: Wants a recall.")


def waiting(view: CaseView) -> Proposal:
    (proposal,) = (each for each in view.proposals if each.status == "PROPOSED")
    return proposal


def test_a_proposal_decides_nothing_until_a_second_person_authorises_it(
    qtbot: QtBot, officer: Session, tasks: Tasks
) -> None:
    dialog = proposing(qtbot, officer, tasks)
    filled_in(dialog, "L1")
    write(dialog.told.edit, "We said we want him safe.")
    write(dialog.others.edit, "his mother")
    with qtbot.waitSignal(dialog.completed):
        press(dialog, Qt.Key.Key_Return, CTRL)
    before = open_case(officer, MARLOW)
    assert [told.trigger.status for told in before.triggers] == ["OPEN"]
    proposal = waiting(before)
    assert (proposal.reason, proposal.others_told) == ("Three missed sessions.", "his mother")
    assert len(check_lines(proposal.child_checks)) == len(CHECKS)
    assert [choice.code for choice in allowed_answers(officer, proposal)] == ["withdraw"]

    supervisor = session_of(officer.store, Role.SUPERVISOR, today=DAY)
    answering = AnswerProposalDialog(supervisor, tasks, open_case(supervisor, MARLOW), proposal)
    qtbot.addWidget(answering)
    show(qtbot, answering)
    told = words_of(answering.form)
    for part in ("Three missed sessions", "Text reminders", "We said we want him safe", "Youth justice service"):
        assert part in told
    write(answering.answer.control, "a")
    assert answering.primary.accessibleName() == "Authorise"
    with qtbot.waitSignal(answering.completed) as done:
        press(answering, Qt.Key.Key_Return, CTRL)
    after = open_case(supervisor, MARLOW)
    assert isinstance(done.args, list)
    assert done.args[0].decided == DecidedStep(MARLOW, after.decisions[-1].decision_ref, "L1")
    assert [told.trigger.status for told in after.triggers] == ["DECIDED"]
    still_open = [[offer.open_on(DAY) for offer in view.history[-1].offers] for view in (before, after)]
    assert still_open[0] == still_open[1]


def test_a_refusal_needs_its_reason(qtbot: QtBot, officer: Session, tasks: Tasks) -> None:
    dialog = proposing(qtbot, officer, tasks)
    write(dialog.decision.control, "n")
    write(dialog.reason.edit, "Wait a week.")
    with qtbot.waitSignal(dialog.completed):
        press(dialog, Qt.Key.Key_Return, CTRL)
    supervisor = session_of(officer.store, Role.SUPERVISOR, today=DAY)
    view = open_case(supervisor, MARLOW)
    answering = AnswerProposalDialog(supervisor, tasks, view, waiting(view))
    qtbot.addWidget(answering)
    show(qtbot, answering)
    write(answering.answer.control, "r")
    press(answering, Qt.Key.Key_Return, CTRL)
    assert answering.form.problems == {"reason": "Say why."}
    write(answering.reason.edit, "The clock has run.")
    with qtbot.waitSignal(answering.completed):
        press(answering, Qt.Key.Key_Return, CTRL)
    assert [p.status for p in open_case(officer, MARLOW).proposals] == ["REFUSED"]


def test_an_officer_may_not_answer_a_written_warning(officer: Session) -> None:
    proposal = Proposal(
        proposal_ref="P",
        case_ref=MARLOW,
        proposed_on=DAY,
        decision="ESCALATE",
        step="L2",
        reason="",
        proposed_by="somebody else",
        status="PROPOSED",
    )
    assert allowed_answers(officer, proposal) == ()
    assert len(allowed_answers(session_of(officer.store, Role.SUPERVISOR, today=DAY), proposal)) == 2


def test_a_semicolon_in_a_reason_does_not_cut_a_child_check_short() -> None:
    text = format_child_checks({"NRM": ("yes", "referred; accepted"), "YJS": ("no", "")})
    assert text == "NRM=yes: referred, accepted; YJS=no"
    assert len(check_lines(text)) == 2
