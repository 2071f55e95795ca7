"""A recovery code as a person writes it down and types it again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.recovery_code import ALPHABET, format_code, parse_code

SECRETS = st.binary(min_size=16, max_size=16)


def refused(text: str) -> str:
    with pytest.raises(Refused) as caught:
        parse_code(text)
    return caught.value.sentence


@given(SECRETS)
def test_a_code_is_seven_groups_of_four_and_reads_back(secret: bytes) -> None:
    code = format_code(secret)
    assert [len(group) for group in code.split("-")] == [4] * 7
    assert parse_code(code) == code


@given(SECRETS)
def test_a_code_may_be_typed_in_small_letters_with_other_gaps_and_letters_for_figures(secret: bytes) -> None:
    code = format_code(secret)
    typed = code.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    assert parse_code(f" {typed}\n") == code


@given(SECRETS, st.integers(0, 27), st.sampled_from(ALPHABET))
def test_one_wrong_character_always_shows(secret: bytes, place: int, instead: str) -> None:
    code = format_code(secret).replace("-", "")
    wrong = code[:place] + instead + code[place + 1 :]
    if wrong == code:
        assert parse_code(wrong)
    else:
        assert "mistyped" in refused(wrong)


@given(SECRETS, st.integers(0, 26))
def test_two_neighbours_that_changed_places_always_show(secret: bytes, place: int) -> None:
    code = format_code(secret).replace("-", "")
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if wrong == code:
        assert parse_code(wrong)
    else:
        assert "mistyped" in refused(wrong)


@pytest.mark.parametrize("text", ["", "ABCD", "0" * 27, "0" * 29, "password"])
def test_what_has_another_length_is_no_code(text: str) -> None:
    assert "not a recovery code" in refused(text)


@pytest.mark.parametrize("text", ["U" * 28, "é" * 28, "Z" * 28, "-0000" * 6 + "-00U0"])
def test_what_no_code_contains_is_mistyped(text: str) -> None:
    assert "mistyped" in refused(text)


def test_two_codes_differ() -> None:
    assert format_code(bytes(16)) == "0000-0000-0000-0000-0000-0000-0000"
    assert format_code(bytes(15) + b"\x01") != format_code(bytes(16))
