"""How an arrest ended stands with the arrest and with its offence, whichever of them it was recorded on."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.endings import Ending, concern_ending, offence_ending
from ioms_desktop.domain.records.people import Offence

ON = date(2026, 8, 21)
ENDED = date(2026, 8, 27)
AFTER = date(2026, 9, 4)
ARREST = Concern(
    concern_ref="K1",
    case_ref="IOM-1",
    occurred_on=ON,
    recorded_on=ON,
    concern_type="ARREST",
    offence_group="VEHICLE_CRIME",
)
OFFENCE = Offence(person_ref="P1", offence_on=ON, offence_group="VEHICLE_CRIME", role="SUSPECT")
NFA = Ending("NFA", ENDED)


def test_an_outcome_of_the_offence_stands_with_its_arrest_and_the_other_way_round() -> None:
    ended = replace(OFFENCE, outcome="NFA", outcome_on=ENDED)
    assert concern_ending(ARREST, [ended], AFTER) == NFA
    arrest = replace(ARREST, outcome="NFA", outcome_on=ENDED)
    assert offence_ending(OFFENCE, [arrest], AFTER) == NFA
    assert concern_ending(ARREST, [OFFENCE], AFTER) is None
    assert offence_ending(OFFENCE, [ARREST], AFTER) is None


@pytest.mark.parametrize(
    ("changed", "linked"),
    [
        ({"concern_ref": "K1", "offence_on": ON - timedelta(days=3), "offence_group": "OTHER"}, True),
        ({"concern_ref": "K2"}, False),  # of another arrest on the same day
        ({"offence_on": ON + timedelta(days=1)}, False),
        ({"offence_group": "BURGLARY"}, False),
        ({"role": "VICTIM"}, False),
        ({"role": None}, True),
    ],
)
def test_an_offence_is_that_of_the_arrest_it_names_or_of_its_day_and_group(
    changed: dict[str, object], *, linked: bool
) -> None:
    offence = replace(OFFENCE, outcome="NFA", outcome_on=ENDED, **changed)  # type: ignore[arg-type]  # columns by name
    assert (concern_ending(ARREST, [offence], AFTER) is not None) is linked


def test_an_outcome_is_not_known_before_its_day_and_ones_own_comes_first() -> None:
    own = replace(ARREST, outcome="CHARGE", outcome_on=ENDED)
    other = replace(OFFENCE, outcome="NFA", outcome_on=ON)
    assert concern_ending(own, [other], ENDED) == Ending("CHARGE", ENDED)
    assert concern_ending(own, [other], ENDED - timedelta(days=1)) == Ending("NFA", ON)
    assert concern_ending(own, [], ENDED - timedelta(days=1)) is None
    assert concern_ending(replace(ARREST, outcome="NFA"), [], ON) == Ending("NFA", None)


def test_a_concern_without_a_group_is_no_offences_by_the_day_alone() -> None:
    other = replace(OFFENCE, outcome="NFA", outcome_on=ENDED)
    assert concern_ending(replace(ARREST, concern_type="OTHER", offence_group=None), [other], AFTER) is None


def test_of_several_the_one_that_ended_says_how_it_ended() -> None:
    ended = replace(OFFENCE, outcome="NFA", outcome_on=ENDED)
    for offences in ([OFFENCE, ended], [ended, OFFENCE], [OFFENCE, OFFENCE, ended]):
        assert concern_ending(ARREST, offences, AFTER) == NFA
    arrest = replace(ARREST, outcome="NFA", outcome_on=ENDED)
    for arrests in ([ARREST, arrest], [arrest, ARREST]):
        assert offence_ending(OFFENCE, arrests, AFTER) == NFA
