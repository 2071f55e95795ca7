"""The three questions lead to the outcome a careful colleague would have chosen."""

from itertools import product

import pytest

from ioms_desktop.domain.policy.case_facts import CANCELLED_OUTCOMES, MISSED_OUTCOMES
from ioms_desktop.ui.recording.contact_questions import Answers, Why, note_of, outcome_of


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        (Answers(happened=True), "SEEN"),
        (Answers(happened=False, came=False, why=Why.OURS), "CANCELLED_BY_US"),
        (Answers(happened=False, came=False, why=Why.THEIRS, acceptable=True), "CANCELLED_BY_PERSON_ACCEPTABLE"),
        (Answers(happened=False, came=False, why=Why.THEIRS, acceptable=False), "UNACCEPTABLE_ABSENCE"),
        (Answers(happened=False, came=True, why=Why.THEIRS, acceptable=False), "REFUSED_ENTRY"),
        (Answers(happened=False, came=True, why=Why.NONE), "REFUSED_ENTRY"),
        (Answers(happened=False, came=False, why=Why.NONE, arranged=True, contact_type="OFFICE"), "FAILED_TO_ATTEND"),
        (Answers(happened=False, came=False, why=Why.NONE, arranged=False, contact_type="OFFICE"), "NOT_SEEN"),
        (Answers(happened=False, came=False, why=Why.NONE, arranged=True, contact_type="PHONE"), "NO_REPLY"),
        (Answers(happened=False, came=False, why=Why.MOVED), "MOVED"),
    ],
)
def test_each_way_a_contact_goes_has_its_outcome(answers: Answers, outcome: str) -> None:
    assert outcome_of(answers) == outcome


@pytest.mark.parametrize(
    "answers",
    [
        Answers(),
        Answers(happened=False),
        Answers(happened=False, came=False),
        Answers(happened=False, came=False, why=Why.THEIRS),
        Answers(happened=False, came=False, why=Why.NONE),
    ],
)
def test_an_open_question_leaves_the_outcome_open(answers: Answers) -> None:
    assert outcome_of(answers) is None


def test_what_we_could_not_deliver_never_counts_against_the_person() -> None:
    choices = product((True, False, None), (True, False, None), (True, False, None), ("OFFICE", "PHONE", None))
    for came, acceptable, arranged, kind in choices:
        answers = Answers(
            happened=False, came=came, why=Why.OURS, acceptable=acceptable, arranged=arranged, contact_type=kind
        )
        assert outcome_of(answers) in CANCELLED_OUTCOMES


def test_an_accepted_reason_never_counts_as_missed() -> None:
    for came, arranged in product((True, False), (True, False)):
        answers = Answers(happened=False, came=came, why=Why.THEIRS, acceptable=True, arranged=arranged)
        assert outcome_of(answers) not in MISSED_OUTCOMES


def test_every_part_of_the_note_stands_under_its_own_word() -> None:
    assert note_of(done="Met at the gym.", response="Talked a lot.") == (
        "Met at the gym.\nHow they responded: Talked a lot."
    )
    assert note_of(done="", reason="Hospital") == "Their reason: Hospital"
    assert note_of(done="  ") == ""
