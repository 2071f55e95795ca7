"""The three questions lead to the outcome a careful colleague would have chosen."""

from itertools import product

import pytest

from ioms_desktop.domain.policy.case_facts import CANCELLED_OUTCOMES, MISSED_OUTCOMES
from ioms_desktop.ui.recording.contact_questions import ContactAnswers, MissedReason, compose_note, outcome_of


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        (ContactAnswers(happened=True), "SEEN"),
        (ContactAnswers(happened=False, came=False, missed_reason=MissedReason.OURS), "CANCELLED_BY_US"),
        (
            ContactAnswers(happened=False, came=False, missed_reason=MissedReason.THEIRS, acceptable=True),
            "CANCELLED_BY_PERSON_ACCEPTABLE",
        ),
        (
            ContactAnswers(happened=False, came=False, missed_reason=MissedReason.THEIRS, acceptable=False),
            "UNACCEPTABLE_ABSENCE",
        ),
        (
            ContactAnswers(happened=False, came=True, missed_reason=MissedReason.THEIRS, acceptable=False),
            "REFUSED_ENTRY",
        ),
        (ContactAnswers(happened=False, came=True, missed_reason=MissedReason.NONE), "REFUSED_ENTRY"),
        (
            ContactAnswers(
                happened=False, came=False, missed_reason=MissedReason.NONE, arranged=True, contact_type="OFFICE"
            ),
            "FAILED_TO_ATTEND",
        ),
        (
            ContactAnswers(
                happened=False, came=False, missed_reason=MissedReason.NONE, arranged=False, contact_type="OFFICE"
            ),
            "NOT_SEEN",
        ),
        (
            ContactAnswers(
                happened=False, came=False, missed_reason=MissedReason.NONE, arranged=True, contact_type="PHONE"
            ),
            "NO_REPLY",
        ),
        (ContactAnswers(happened=False, came=False, missed_reason=MissedReason.MOVED), "MOVED"),
        # Nobody opened: an attempt, but an arranged visit at which nobody is there is one that was missed.
        (
            ContactAnswers(
                happened=False,
                came=False,
                missed_reason=MissedReason.NO_REPLY,
                arranged=False,
                contact_type="HOME_VISIT_UNANNOUNCED",
            ),
            "NO_REPLY",
        ),
        (
            ContactAnswers(
                happened=False,
                came=False,
                missed_reason=MissedReason.NO_REPLY,
                arranged=True,
                contact_type="HOME_VISIT_ANNOUNCED",
            ),
            "FAILED_TO_ATTEND",
        ),
        (ContactAnswers(happened=False, came=True, missed_reason=MissedReason.NO_REPLY, arranged=False), "NO_REPLY"),
    ],
)
def test_each_way_a_contact_goes_has_its_outcome(answers: ContactAnswers, outcome: str) -> None:
    assert outcome_of(answers) == outcome


@pytest.mark.parametrize(
    "answers",
    [
        ContactAnswers(),
        ContactAnswers(happened=False),
        ContactAnswers(happened=False, came=False),
        ContactAnswers(happened=False, came=False, missed_reason=MissedReason.THEIRS),
        ContactAnswers(happened=False, came=False, missed_reason=MissedReason.NONE),
    ],
)
def test_an_open_question_leaves_the_outcome_open(answers: ContactAnswers) -> None:
    assert outcome_of(answers) is None


def test_what_we_could_not_deliver_never_counts_against_the_person() -> None:
    choices = product((True, False, None), (True, False, None), (True, False, None), ("OFFICE", "PHONE", None))
    for came, acceptable, arranged, kind in choices:
        answers = ContactAnswers(
            happened=False,
            came=came,
            missed_reason=MissedReason.OURS,
            acceptable=acceptable,
            arranged=arranged,
            contact_type=kind,
        )
        assert outcome_of(answers) in CANCELLED_OUTCOMES


def test_an_accepted_reason_never_counts_as_missed() -> None:
    for came, arranged in product((True, False), (True, False)):
        answers = ContactAnswers(
            happened=False, came=came, missed_reason=MissedReason.THEIRS, acceptable=True, arranged=arranged
        )
        assert outcome_of(answers) not in MISSED_OUTCOMES


def test_every_part_of_the_note_stands_under_its_own_word() -> None:
    assert compose_note(done="Met at the gym.", response="Talked a lot.") == (
        "Met at the gym.\nHow they responded: Talked a lot."
    )
    assert compose_note(done="", reason="Hospital") == "Their reason: Hospital"
    assert compose_note(done="  ") == ""
