"""The laws of merging: everything is answered once, nothing is dropped silently, and neither side is favoured."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instances import for_each
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.edit_merge import (
    FieldGroup,
    GroupMerge,
    MergeChoice,
    Verdict,
    compare_groups,
    field_groups,
    merge_versions,
    unresolved_groups,
)
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, INTERNAL_RECORD_TYPES

CASES = 300
"""Five of each kind of record; tests_long/test_edit_merge_long.py draws twenty-five."""
ALL = (*EXCHANGE_RECORD_TYPES, *INTERNAL_RECORD_TYPES)
MIRRORED = {
    Verdict.MINE: Verdict.THEIRS,
    Verdict.THEIRS: Verdict.MINE,
    MergeChoice.MINE: MergeChoice.THEIRS,
    MergeChoice.THEIRS: MergeChoice.MINE,
}
DAY = date(2026, 11, 3)
# What nobody may lose sight of; written out here, apart from the table that is tested.
ASKED = {
    "decisions": {column.name for column in columns_of(Decision)} - {"decision_ref", "case_ref"},
    "proposals": {column.name for column in columns_of(Proposal)} - {"proposal_ref", "case_ref"},
    "concerns": {column.name for column in columns_of(Concern)} - {"concern_ref", "case_ref"},
    "rag": {"rag", "reason", "set_by"},
    "people": {"social_care_status", "warning_markers"},
    "assessments": {"value", "band", "scorer"},
}


def some(column: Column, number: int) -> object:
    """Return one of three values of a column, the third of them nothing where it need not be filled."""
    if number == 2 and not column.required:
        return None
    given: dict[ColumnKind, object] = {
        ColumnKind.DATE: DAY + timedelta(days=number),
        ColumnKind.DAY_TIME: DayTime(DAY + timedelta(days=number)),
        ColumnKind.YES_NO: number == 0,
        ColumnKind.WHOLE: number,
    }
    return given.get(column.kind, f"{column.name} {number}")


WIDEST = max(len(columns_of(noun)) for noun in ALL)
KEPT = 5  # of eight drawn changes: most fields stay as they were


class Drawn(NamedTuple):
    """What was read, what one typed and what another saved, of one noun; and how one answers what is asked."""

    base: Record
    mine: Record
    theirs: Record
    wishes: bytes

    def answers(self) -> dict[str, MergeChoice]:
        asked = [part for part in compare_groups(self.base, self.mine, self.theirs) if part.choices]
        return {
            part.group.name: part.choices[wish % len(part.choices)]
            for part, wish in zip(asked, self.wishes, strict=False)
        }


def made(noun: type[Record], numbers: bytes, wishes: bytes) -> Drawn:
    """Make three versions of a noun from one number a field; nought is nought everywhere and changed by nobody."""
    sides: list[dict[str, Any]] = [{}, {}, {}]
    for column, number in zip(columns_of(noun), numbers, strict=False):
        for side, change in zip(sides, (0, number // 3 % 8, number // 24 % 8), strict=True):
            side[column.name] = some(column, number % 3 if change < KEPT else change - KEPT)
    base, mine, theirs = (noun(id=7, revision=number, **side) for side, number in zip(sides, (1, 1, 2), strict=True))
    return Drawn(base, mine, theirs, wishes)


SOME = st.binary(min_size=WIDEST, max_size=WIDEST)
drawings = st.builds(made, st.sampled_from(ALL), SOME, SOME)


def own(record: Record) -> dict[str, Any]:
    return {column.name: getattr(record, column.name) for column in columns_of(type(record))}


def fields_of(found: tuple[GroupMerge, ...]) -> Iterator[tuple[GroupMerge, str]]:
    return ((part, name) for part in found for name in part.group.fields)


@settings(max_examples=CASES)
@given(drawings)
def test_every_field_is_answered_once_and_no_change_goes_without_a_word(drawn: Drawn) -> None:
    base, mine, theirs, _ = drawn
    found = compare_groups(base, mine, theirs)
    assert sorted(name for _, name in fields_of(found)) == sorted(own(base))
    picks = drawn.answers()
    result = own(merge_versions(base, mine, theirs, picks))
    was, typed, stands = own(base), own(mine), own(theirs)
    for part, name in fields_of(found):
        assert result[name] in (typed[name], stands[name])
        lost = [side for side in (typed, stands) if side[name] != was[name] and side[name] != result[name]]
        assert not lost or part.verdict is Verdict.CONFLICT
        if picks.get(part.group.name) is MergeChoice.BOTH:
            assert not lost


@settings(max_examples=CASES)
@given(drawings)
def test_neither_side_is_favoured(drawn: Drawn) -> None:
    base, mine, theirs, _ = drawn
    one, other = compare_groups(base, mine, theirs), compare_groups(base, theirs, mine)
    assert [MIRRORED.get(part.verdict, part.verdict) for part in one] == [part.verdict for part in other]
    picks = drawn.answers()
    swapped = {name: MergeChoice(MIRRORED.get(pick, pick)) for name, pick in picks.items()}
    assert own(merge_versions(base, mine, theirs, picks)) == own(merge_versions(base, theirs, mine, swapped))


@settings(max_examples=CASES)
@given(drawings)
def test_merging_again_changes_nothing(drawn: Drawn) -> None:
    base, mine, theirs, _ = drawn
    result = merge_versions(base, mine, theirs, drawn.answers())
    assert {part.verdict for part in compare_groups(theirs, result, result)} == {Verdict.SAME}
    assert own(merge_versions(base, result, result, {})) == own(result)
    assert (result.id, result.revision) == (theirs.id, theirs.revision)


@settings(max_examples=CASES)
@given(drawings)
def test_what_belongs_together_comes_from_one_side(drawn: Drawn) -> None:
    base, mine, theirs, _ = drawn
    was, typed, stands = own(base), own(mine), own(theirs)
    for part in compare_groups(base, mine, theirs):
        both = all(any(side[name] != was[name] for name in part.group.fields) for side in (typed, stands))
        if both and any(typed[name] != stands[name] for name in part.group.fields):
            assert part.verdict is Verdict.CONFLICT
    for part, name in fields_of(compare_groups(base, mine, theirs)):
        if name in ASKED.get(type(base).table, ()) and typed[name] != stands[name]:
            assert part.verdict is Verdict.CONFLICT


def naive(base: Record, mine: Record, theirs: Record) -> Mapping[str, Any]:
    """The control: what the last writer typed wins, field by field or whole."""
    del base, theirs
    return own(mine)


OFFER = Offer(offer_ref="OF-1", case_ref="PHX-1", offer_type="GYM", offered_on=DAY, id=1, revision=1)


def test_two_fields_of_two_people_both_stand_and_the_naive_writer_loses_one() -> None:
    mine = replace(OFFER, response="ACCEPTED", responded_on=DAY)
    theirs = replace(OFFER, provider="Riverside", revision=2)
    result = merge_versions(OFFER, mine, theirs, {})
    assert (result.response, result.provider) == ("ACCEPTED", "Riverside")
    assert naive(OFFER, mine, theirs)["provider"] is None


def test_a_start_and_an_end_are_asked_and_may_both_stand() -> None:
    mine, theirs = replace(OFFER, ended_on=DAY, end_reason="Moved."), replace(OFFER, started_on=DAY, revision=2)
    found = {part.group.name: part for part in compare_groups(OFFER, mine, theirs)}["course"]
    assert found.choices == (MergeChoice.MINE, MergeChoice.THEIRS, MergeChoice.BOTH)
    both = merge_versions(OFFER, mine, theirs, {"course": MergeChoice.BOTH})
    assert (both.started_on, both.ended_on, both.end_reason) == (DAY, DAY, "Moved.")
    assert merge_versions(OFFER, mine, theirs, {"course": MergeChoice.MINE}).started_on is None
    assert merge_versions(OFFER, mine, theirs, {"course": MergeChoice.THEIRS}).ended_on is None


def test_what_both_filled_differently_cannot_both_stand() -> None:
    mine, theirs = replace(OFFER, ended_on=DAY, end_reason="Moved."), replace(OFFER, ended_on=DAY, end_reason="Done.")
    found = {part.group.name: part for part in compare_groups(OFFER, mine, theirs)}["course"]
    assert found.choices == (MergeChoice.MINE, MergeChoice.THEIRS)
    with pytest.raises(KeyError):
        merge_versions(OFFER, mine, theirs, {"course": MergeChoice.BOTH})


def test_without_an_answer_there_is_no_merge() -> None:
    mine, theirs = replace(OFFER, response="DECLINED"), replace(OFFER, response="ACCEPTED", revision=2)
    assert unresolved_groups(compare_groups(OFFER, mine, theirs), {}) == ("answer",)
    assert unresolved_groups(compare_groups(OFFER, mine, theirs), {"answer": MergeChoice.BOTH}) == ("answer",)
    assert unresolved_groups(compare_groups(OFFER, mine, theirs), {"answer": MergeChoice.MINE}) == ()
    with pytest.raises(KeyError):
        merge_versions(OFFER, mine, theirs, {})


def test_where_nothing_was_read_what_both_filled_differently_is_asked() -> None:
    found = compare_groups(None, OFFER, replace(OFFER, offer_type="COLLEGE", offered_by="okoro"))
    told = {part.group.name: part.verdict for part in found if part.verdict is not Verdict.SAME}
    assert told == {"kind": Verdict.CONFLICT, "offered_by": Verdict.THEIRS}


def test_safeguarding_is_asked_even_where_one_alone_changed_it() -> None:
    read = Person(person_ref="P-1", family_name="Marlow", given_names="Jayden", date_of_birth=DAY)
    theirs = replace(read, warning_markers="Asthma", phone="0116 496 0000", revision=2)
    found = {part.group.name: part.verdict for part in compare_groups(read, replace(read, known_as="Jay"), theirs)}
    assert (found["warning_markers"], found["phone"], found["known_as"]) == (
        Verdict.CONFLICT,
        Verdict.THEIRS,
        Verdict.MINE,
    )


@for_each("noun", ALL)
def test_the_table_of_groups_names_fields_that_exist_each_once(noun: type[Record]) -> None:
    named = [name for group in field_groups(noun) for name in group.fields]
    assert sorted(named) == sorted(column.name for column in columns_of(noun))
    assert len({group.name for group in field_groups(noun)}) == len(field_groups(noun))


def test_the_cases_drawn_do_ask_and_do_merge() -> None:
    """Were the draws all alike, the laws above would hold of nothing."""
    seen: set[object] = set()

    @settings(max_examples=CASES, derandomize=True)
    @given(st.builds(made, st.sampled_from((Offer, Decision)), SOME, SOME))
    def look(drawn: Drawn) -> None:
        seen.update(part.verdict for part in compare_groups(drawn.base, drawn.mine, drawn.theirs))
        seen.update(drawn.answers().values())

    look()
    assert {*Verdict, MergeChoice.BOTH} <= seen


def test_a_field_that_does_not_exist_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a group declared with a field the noun does not have."""
    wrong = FieldGroup("wrong", ("responded_at", "response"))
    monkeypatch.setattr("ioms_desktop.domain.edit_merge._cached_field_groups", lambda _noun: (wrong,))
    with pytest.raises(ExceptionGroup):
        test_the_table_of_groups_names_fields_that_exist_each_once()
