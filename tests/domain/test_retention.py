"""When records are due: 5,000 invented people, read a second time from the text; every period comes from data (T21)."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.code_lists import CodeList
from ioms_desktop.domain.retention import (
    CasePeriod,
    OffenceFact,
    RetentionFacts,
    RetentionGroups,
    ReviewDue,
    ReviewFact,
    due_bounds,
    is_named_in,
    latest_next_review_on,
    may_be_due,
    next_review_due,
    review_turns_on,
)
from ioms_desktop.paths import resource

TODAY = date(2026, 10, 15)
BORN = date(1980, 2, 29)
DOCUMENT = tomllib.loads((resource("reference") / "retention_group.toml").read_text(encoding="utf-8"))
CODES = CodeList.from_document("retention_group", DOCUMENT).codes
GROUPS = RetentionGroups.in_force_on(CODES, TODAY)
HELD = RetentionFacts(born_on=BORN, recorded_on=date(2020, 1, 1))
PEOPLE = 5_000
YEARS = 90


def closed(on: date) -> CasePeriod:
    return CasePeriod(on - timedelta(days=400), on)


@pytest.mark.parametrize(
    ("held", "on", "group", "words"),
    [
        (HELD, date(2026, 1, 1), "GROUP_4", "Six clear years after first being recorded on 1 Jan 2020"),
        (replace(HELD, cases=(closed(date(2018, 3, 1)),)), date(2024, 3, 1), "GROUP_4", "the closing of the last case"),
        (
            replace(HELD, offences=(OffenceFact(date(2019, 5, 5), "BURGLARY", "CONVICTED"),)),
            date(2025, 5, 5),
            "GROUP_3",
            "the last offence on 5 May 2019",
        ),
        (
            replace(HELD, offences=(OffenceFact(date(2019, 5, 5), "ROBBERY", None),)),
            date(2029, 5, 5),
            "GROUP_2",
            "Ten clear years",
        ),
        (
            replace(HELD, offences=(OffenceFact(date(2019, 5, 5), "ROBBERY", "VICTIM"),)),
            date(2025, 5, 5),
            "GROUP_4",
            "",
        ),
        (
            replace(HELD, cases=(CasePeriod(date(2018, 3, 1), None),)),
            date(2023, 3, 1),
            "GROUP_4",
            "while a case is open",
        ),
        (
            replace(HELD, reviews=(ReviewFact(date(2026, 1, 1), "RETAIN", "GROUP_1", date(2036, 1, 1)),)),
            date(2036, 1, 1),
            "GROUP_1",
            "The review of 1 Jan 2026",
        ),
        (
            replace(HELD, reviews=(ReviewFact(date(2079, 1, 1), "RETAIN", "GROUP_1", date(2089, 1, 1)),)),
            date(2080, 2, 29),
            "GROUP_1",
            "100th birthday",
        ),
        (replace(HELD, born_on=date(2009, 6, 1)), date(2021, 1, 1), "GROUP_4", "every 12 months"),
        (replace(HELD, born_on=date(2002, 6, 1)), date(2020, 6, 1), "GROUP_4", "18th birthday"),
    ],
)
def test_a_record_is_due_on_a_day_with_its_reason(held: RetentionFacts, on: date, group: str, words: str) -> None:
    found = next_review_due(GROUPS, held, date(2079, 6, 1))
    assert (found.on, found.group.code) == (on, group)
    assert words in found.reason


def test_group_1_is_proposed_for_who_was_managed_under_mappa_and_a_reviewer_may_choose_another() -> None:
    managed = replace(HELD, in_mappa=True, offences=(OffenceFact(date(2019, 5, 5), "BURGLARY", "CONVICTED"),))
    assert next_review_due(GROUPS, managed, TODAY).group.code == "GROUP_1"
    chosen = ReviewFact(date(2026, 1, 5), "RETAIN_RECATEGORISE", "GROUP_3", date(2030, 1, 5))
    assert next_review_due(GROUPS, replace(managed, reviews=(chosen,)), TODAY).group.code == "GROUP_3"
    assert next_review_due(GROUPS, replace(managed, in_mappa=False), TODAY).group.code == "GROUP_3"  # the control


def test_what_comes_later_counts_for_nothing_as_of_a_day() -> None:
    later = replace(HELD, offences=(OffenceFact(date(2025, 5, 5), "ROBBERY", "CONVICTED"),))
    assert next_review_due(GROUPS, later, date(2025, 5, 4)) == next_review_due(GROUPS, HELD, date(2025, 5, 4))
    assert next_review_due(GROUPS, later, date(2025, 5, 5)).on == date(2035, 5, 5)


def invented(chance: Random) -> RetentionFacts:
    """Invent somebody: most with closed cases, some open, some children, some never seen again."""
    born = date(1940, 1, 1) + timedelta(days=chance.randrange(70 * 365))
    start = max(born + timedelta(days=10 * 365 + chance.randrange(4000)), date(2010, 1, 1))
    days = sorted(start + timedelta(days=chance.randrange(2000)) for _ in range(chance.randrange(6)))
    cases = tuple(
        CasePeriod(day, None if chance.random() < 0.2 else day + timedelta(days=chance.randrange(900)))
        for day in days[:2]
    )
    kinds = ("BURGLARY", "ROBBERY", "FRAUD", "SEXUAL")
    roles = ("SUSPECT", "CONVICTED", "VICTIM", None)
    offences = tuple(OffenceFact(day, chance.choice(kinds), chance.choice(roles)) for day in days[2:4])
    return RetentionFacts(
        born_on=born,
        recorded_on=start,
        cases=cases,
        offences=offences,
        events=tuple((day, "the last contact") for day in days[4:]),
    )


def deadline(held: RetentionFacts, as_of: date) -> date:
    """Read the text again, naively: the day by which somebody must have looked at a record that nobody reviewed."""
    periods = {code["code"]: code for code in DOCUMENT["code"]}
    suspected = {o.group for o in held.offences if o.role != "VICTIM" and o.on <= as_of}
    serious = suspected & {"SEXUAL", "VIOLENCE", "WEAPONS", "ROBBERY"}
    group = periods["GROUP_2" if serious else "GROUP_3" if suspected else "GROUP_4"]
    dated = [day for day, _ in held.events] + [o.on for o in held.offences] + [c.referred_on for c in held.cases]
    dated += [c.closed_on for c in held.cases if c.closed_on]
    begun = min([held.recorded_on, *(c.referred_on for c in held.cases)])
    seen = [c for c in held.cases if c.referred_on <= as_of]
    if any(c.closed_on is None or c.closed_on > as_of for c in seen):
        ends = plus(begun, group["every_years"])
    else:
        ends = plus(max([day for day in dated if day <= as_of] or [held.recorded_on]), group["clear_years"])
    if begun < plus(held.born_on, 18):
        ends = min(ends, plus(held.born_on, 18), plus(begun, 1))
    return ends


def plus(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def test_no_record_passes_its_day_without_a_task_whatever_the_clock_says() -> None:
    chance = Random(20261015)  # noqa: S311 - people to try it with
    people = [invented(chance) for _ in range(PEOPLE)]
    late, children, tasks = 0, 0, 0
    for n, held in enumerate(people):
        for year in (n % 7, 20 + n % 11, YEARS):
            as_of = plus(TODAY, year)
            found = next_review_due(GROUPS, held, as_of)
            assert found.on == deadline(held, as_of), held
            tasks += found.on <= as_of
            late += deadline(held, as_of) <= as_of < found.on
        first = next_review_due(GROUPS, held, TODAY)
        adult = next_review_due(GROUPS, replace(held, born_on=held.born_on.replace(year=1900, day=1)), TODAY)
        children += first.on < adult.on
        assert first.on <= adult.on, held
    assert late == 0
    assert children > 500
    assert tasks > PEOPLE
    # Left alone for 90 years, every one of them waits for somebody, and says so.
    assert all(next_review_due(GROUPS, held, plus(TODAY, YEARS)).on <= plus(TODAY, YEARS) for held in people)


def test_who_is_left_out_before_events_and_offences_are_read_is_not_due() -> None:
    chance = Random(12)  # noqa: S311 - people to try it with
    told = set()
    for number in range(PEOPLE):
        held = invented(chance)
        on, as_of = (held.recorded_on + timedelta(days=chance.randrange(years * 365)) for years in (8, 12))
        if number % 3 == 0:
            found = next_review_due(GROUPS, held, on)
            latest = latest_next_review_on(found.group, held.born_on, on)
            held = replace(held, reviews=(ReviewFact(on, "RETAIN", found.group.code, latest),))
        first = as_of - chance.choice((0, 7, 400)) * DAY
        may_be = may_be_due(due_bounds(GROUPS, as_of), replace(held, events=(), offences=()), first)
        days = (first + back * DAY for back in range((as_of - first).days + 1)) if number % 20 == 0 else (first, as_of)
        told.add((number % 3 == 0, may_be, any(next_review_due(GROUPS, held, day).on <= day for day in days)))
    assert told == {
        (reviewed, *each) for reviewed in (True, False) for each in ((True,) * 2, (True, False), (False,) * 2)
    }


def test_up_to_the_day_on_which_a_review_turns_it_is_as_it_was() -> None:
    chance, turned = Random(29), 0  # noqa: S311 - people to try it with
    for _ in range(PEOPLE // 5):
        held = invented(chance)
        as_of = held.recorded_on + chance.randrange(4000) * DAY
        later = [day for day in (*(on for on, _ in held.events), *(each.on for each in held.offences)) if day > as_of]
        due = next_review_due(GROUPS, held, as_of)
        turns = review_turns_on(replace(held, later_on=min(later, default=None)), due, as_of)
        last = as_of + 4000 * DAY if turns is None else turns - DAY
        for day in (as_of + (last - as_of) // 2, last):
            assert next_review_due(GROUPS, held, day) == due, (held, day)
            assert (due.on <= day) == (due.on <= as_of)
        turned += turns is not None and next_review_due(GROUPS, held, turns) != due
    assert turned > PEOPLE // 20, "the control: on its day it often is another"


def test_reviewed_each_time_a_record_stays_for_ever_and_is_never_late() -> None:
    """Whoever reviews on the day it is due and keeps the record is asked again, for 90 years; nothing else happens."""
    chance = Random(3)  # noqa: S311 - people to try it with
    for _ in range(200):
        held, asked = invented(chance), 0
        found = next_review_due(GROUPS, held, TODAY)
        while max(found.on, TODAY) < plus(TODAY, YEARS):
            on = max(found.on, TODAY) if not held.reviews else found.on
            review = ReviewFact(on, "RETAIN", found.group.code, latest_next_review_on(found.group, held.born_on, on))
            held, asked = replace(held, reviews=(*held.reviews, review)), asked + 1
            following = next_review_due(GROUPS, held, on)
            assert on < following.on <= plus(on, found.group.every_years)
            found = following
        assert asked >= YEARS // 10


def test_nothing_the_rules_answer_can_remove_anything() -> None:
    """The whole answer is a day and why: there is no field that says that a record goes."""
    assert set(ReviewDue.__dataclass_fields__) == {
        "on",
        "group",
        "reason",
        "has_open_case",
        "on_legal_hold",
        "last_event_on",
        "kept_until",
    }


def test_periods_are_the_datas_and_what_makes_no_sense_is_refused() -> None:
    longer = [replace(code, more={**code.more, "clear_years": 7}) for code in CODES]
    assert next_review_due(RetentionGroups.in_force_on(longer, TODAY), HELD, TODAY).on == date(2027, 1, 1)
    later = [replace(code, valid_from=date(2030, 1, 1)) for code in longer]
    assert next_review_due(RetentionGroups.in_force_on([*CODES, *later], TODAY), HELD, TODAY).on == date(2026, 1, 1)
    for wrong in ({"every_years": 0}, {"every_years": "5"}, {"surprise": 1}):
        with pytest.raises(Refused, match="GROUP_1"):
            RetentionGroups.in_force_on([replace(CODES[0], more={**CODES[0].more, **wrong}), *CODES[1:]], TODAY)
    with pytest.raises(Refused, match="everybody else"):
        RetentionGroups.in_force_on(CODES[:3], TODAY)


def test_a_group_that_was_decided_on_is_read_and_nobody_is_left_in_none_when_it_ends() -> None:
    decided = {"confirmed": True, "active": True, "source": "Records manager"}
    ended = [replace(code, valid_to=TODAY, more={**code.more, **decided}) for code in CODES[2:]]
    codes, after = [*CODES[:2], *ended], TODAY + timedelta(days=1)
    assert RetentionGroups.in_force_on(codes, TODAY) == GROUPS
    beyond = RetentionGroups.in_force_on(codes, after)
    assert [group.code for group in beyond.groups] == ["GROUP_1", "GROUP_2", "GROUP_4"]
    assert next_review_due(beyond, HELD, after).on == date(2026, 1, 1)
    follows = replace(CODES[3], code="GROUP_5", valid_from=after)
    for begun, stands in ((follows, "GROUP_5"), (replace(follows, valid_from=date.max), "GROUP_4")):
        assert RetentionGroups.in_force_on([begun, *codes], after).for_facts((), in_mappa=False).code == stands


@pytest.mark.parametrize(
    ("said", "named"),
    [("Callum", True), ("CALLUM's", True), ("see p-ch", True), ("Calluming", False), ("six clear years", False)],
)
def test_a_text_that_stays_is_read_for_names_and_numbers(said: str, named: bool) -> None:
    assert is_named_in(said, ("Harker", "Callum John", None), ("P-CH", None)) is named
