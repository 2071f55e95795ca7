"""The code at the foot of a paper tells a mistyped digit."""

from itertools import pairwise

import pytest

from ioms_desktop.domain.errors import MalformedValue, MissingValue
from ioms_desktop.domain.printing.papers import Recipient, make_print_id, read_print_id

CODES = [make_print_id(f"paper {number}") for number in range(40)]


@pytest.mark.parametrize("code", CODES[:4])
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    letters = code.replace("-", "").removeprefix("P")
    spaced = " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))
    for typed in (code, code.lower(), f" {code} ", spaced, f"p {spaced}", letters.replace("0", "O").replace("1", "l")):
        assert read_print_id(typed) == code, typed
    former = code[:-3]
    assert read_print_id(former) == former, "papers from before there were check digits"


def test_every_wrong_digit_and_every_two_that_changed_places_are_noticed() -> None:
    for code in CODES:
        places = [place for place, letter in enumerate(code) if place > 1 and letter != "-"]
        wrong = {code[:place] + other + code[place + 1 :] for place in places for other in "0123456789ABCDEF"}
        for first, second in pairwise(places):
            changed = list(code)
            changed[first], changed[second] = code[second], code[first]
            wrong.add("".join(changed))
        for typed in wrong - {code}:
            with pytest.raises(MalformedValue):
                read_print_id(typed)
    for typed in ("", "P-", "P-12", "page 1 of 2", "P-ZZZZZZZZZZZZ-00"):
        with pytest.raises(MalformedValue) as refused:
            read_print_id(typed)
        assert refused.value.field == "code"


def test_a_recipient_is_named_whole_or_not_at_all() -> None:
    assert Recipient.of(" ", "", "") is None
    found = Recipient.of("Jo Reid ", "housing officer", "Turning Point")
    assert found is not None
    assert found.describe() == "Jo Reid, housing officer, Turning Point"
    for given, field in (
        (("Jo Reid", "", "Turning Point"), "recipient_role"),
        (("", "nurse", "NHS"), "recipient_name"),
        (("Jo Reid", "nurse", " "), "recipient_organisation"),
    ):
        with pytest.raises(MissingValue) as refused:
            Recipient.of(*given)
        assert refused.value.field == field
