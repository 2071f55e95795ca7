"""A test for many instances says which of them fail, and fails where there are none."""

import pytest

from instances import for_each


def test_every_instance_is_tried_and_all_that_fail_are_named() -> None:
    tried: list[tuple[int, str]] = []

    @for_each("number, word", [(1, "one"), (2, "zwei"), (3, "drei")])
    def in_english(fixed: str, number: int, word: str) -> None:
        tried.append((number, word))
        assert word in {fixed, "two", "three"}

    with pytest.raises(ExceptionGroup) as failed:
        in_english(fixed="one")
    assert [each.__notes__ for each in failed.value.exceptions] == [
        ["number, word: (2, 'zwei')"],
        ["number, word: (3, 'drei')"],
    ]
    assert [number for number, _ in tried] == [1, 2, 3]


def test_without_an_instance_it_fails() -> None:
    @for_each("number", [])
    def of_none(number: int) -> None:
        assert number

    with pytest.raises(AssertionError):
        of_none()
