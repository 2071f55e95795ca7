"""The laws of merging, over fifteen hundred cases each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from domain import test_edit_merge as laws

CASES = 1_500
LAWS: tuple[Any, ...] = (
    laws.test_every_field_is_answered_once_and_no_change_goes_without_a_word,
    laws.test_neither_side_is_favoured,
    laws.test_merging_again_changes_nothing,
    laws.test_what_belongs_together_comes_from_one_side,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_law_holds_of_many_more_cases(law: Any) -> None:  # noqa: ANN401  a test that hypothesis has wrapped
    settings(max_examples=CASES)(given(laws.drawings)(law.hypothesis.inner_test))()
