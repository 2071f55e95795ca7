"""What the person and a parent or carer read on their copy."""

from datetime import date, time

import pytest

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.letters.reading_age import MAX_READING_AGE, reading_age
from ioms_desktop.domain.printing import plain_copy as plain
from ioms_desktop.domain.printing.plain_copy import THE_PERSON, Addressee

DAY = date(2026, 11, 25)
NAMES = ("Jayden", "Okoro", "Phoenix", "Information Commissioner", "November", "Licence")


def sentences_for(to: Addressee) -> list[str]:
    """Return everything that a copy can say, in every form."""
    said = [line for code in ("IOM", "PHOENIX") for line in plain.describe_programme(code, to)]
    said += [line for code in ("IOM", "PHOENIX") for line in plain.describe_expectations(code, to)]
    said += [line for code in ("IOM", "PHOENIX") for line in plain.describe_ending(code, DAY, to)]
    said.append(plain.describe_help_later(to))
    said += [
        plain.describe_offer(code, DAY, answer, ended, to)
        for code in (*plain.OFFER_WORDS, "ONE_OF_LATER")
        for answer in ("ACCEPTED", "PARTLY", "DECLINED", None)
        for ended in (None, DAY)
    ]
    said += [
        plain.describe_order(code, ends, to) for code in (*plain.ORDER_WORDS, "ONE_OF_LATER") for ends in (None, DAY)
    ]
    said += [
        plain.describe_meeting(DayTime(DAY, at), worker, how, to)
        for at in (None, time(14, 5))
        for worker in ("", "Okoro")
        for how in sorted({*plain.MEETING_WORDS.values()})
    ]
    said += [plain.describe_served(step, DAY, to) for step in (*plain.STEP_WORDS, "L10", "PARALLEL")]
    return [*said, plain.describe_release(DAY, to), plain.describe_next_look(to), *plain.complaint_lines(to)]


@pytest.mark.parametrize("to", [THE_PERSON, Addressee("Jayden")], ids=["the person", "a parent"])
def test_every_sentence_of_a_plain_copy_is_read_at_eleven(to: Addressee) -> None:
    too_hard = {said: age for said in sentences_for(to) if (age := reading_age(said, NAMES)) > MAX_READING_AGE}
    assert too_hard == {}


def test_the_control_a_sentence_for_the_team_is_too_hard() -> None:
    hard = "Non-compliance with statutory supervision requirements necessitates consideration of enforcement activity."
    assert reading_age(hard) > MAX_READING_AGE


def test_no_offer_of_the_list_is_left_without_its_words_and_private_ones_are_on_the_list() -> None:
    assert plain.OFFER_WORDS.keys() > plain.OFFERS_PARENTS_ARE_TOLD_OF
    assert plain.ORDER_WORDS.keys() > plain.ORDERS_AT_LIBERTY
    words = [said for to in (THE_PERSON, Addressee("Jayden")) for said in sentences_for(to)]
    assert not [said for said in words if "_" in said or "None" in said or "{" in said]
