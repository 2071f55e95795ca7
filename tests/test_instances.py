"""A test for many instances says which of them fail, and fails where there are none."""

from collections.abc import Callable

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


@pytest.mark.parametrize("last", [None, pytest.skip, pytest.fail])
def test_what_pytest_raises_hides_no_failure(last: Callable[[str], None] | None) -> None:
    @for_each("number", [1, 2, 3])
    def refused(number: int) -> None:
        if number == 1:
            with pytest.raises(ValueError, match="1"):
                pass
        elif number == 3 and last is not None:
            last("the last")

    with pytest.raises(BaseExceptionGroup) as failed:
        refused()
    named = [note for each in failed.value.exceptions for note in each.__notes__]
    assert named == ["number: (1,)"] + ["number: (3,)"] * (last is pytest.fail)


def test_it_is_skipped_where_an_instance_is_and_the_others_hold() -> None:
    tried: list[int] = []

    @for_each("number", [1, 2])
    def skipping(number: int) -> None:
        tried.append(number)
        if number == 1:
            pytest.skip("not here")

    with pytest.raises(pytest.skip.Exception, match="not here"):
        skipping()
    assert tried == [1, 2]


def test_without_an_instance_it_fails() -> None:
    @for_each("number", [])
    def of_none(number: int) -> None:
        assert number

    with pytest.raises(AssertionError):
        of_none()
