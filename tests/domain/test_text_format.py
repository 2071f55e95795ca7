"""Sentences read from left to right whatever the script of the name that they begin with."""

import unicodedata

import pytest

from ioms_desktop.domain.text_format import begin_at_left, titled


@pytest.mark.parametrize(
    ("name", "changes"),
    [("Jayden MARLOW", False), ("欧阳娜娜", False), ("محمد عبد الرحمن", True), ("דוד כהן", True), ("2 (محمد)", True)],
)
def test_a_sentence_begins_at_the_left_and_says_the_same(name: str, *, changes: bool) -> None:
    sentence = f"{name}, born 28 Oct 2008 (age 18)."
    shown = begin_at_left(sentence)
    first = next(kind for each in shown if (kind := unicodedata.bidirectional(each)) in {"L", "R", "AL"})
    assert first == "L"
    assert (shown != sentence) == changes
    assert shown.endswith(sentence)
    assert begin_at_left(shown) == shown


def test_what_answers_a_question_follows_its_mark() -> None:
    assert titled("Did it take place?", "yes") == "Did it take place? Yes"
    assert titled("Note", "seen at home") == "Note: seen at home"
