"""People who may be the one that is being entered: how their name, date of birth and numbers compare, and the order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from functools import cached_property
from itertools import chain

from ioms_desktop.domain.search.near_matches import Explainer, Likeness, Match, like_sounding_words, near_words
from ioms_desktop.domain.search.search_query import SearchTerm, parse_search
from ioms_desktop.domain.search.search_terms import birth_date_words

DIGITS = "0123456789"
SAME_BIRTH = "same date of birth"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredPerson:
    """What is known of somebody who is being entered.

    Attributes:
        names: Their names, as far as they are typed.
        born_on: Their date of birth; None where it is not typed yet.
        numbers: Their identifiers by column, those that are typed.
        own_ref: The person's own reference, where a person on record is changed.
    """

    names: str = ""
    born_on: date | None = None
    numbers: Mapping[str, str] = field(default_factory=dict)
    own_ref: str = ""


class Nearness(IntEnum):
    """How near somebody on record is, the nearest first."""

    SAME_NUMBER = 0
    NAME_AND_BIRTH = 1
    NAME_AND_NEAR_BIRTH = 2
    PART_OF_NAME_AND_BIRTH = 3
    NAME = 4
    PART_OF_NAME_AND_NEAR_BIRTH = 5


@dataclass(frozen=True, slots=True)
class NearMatch:
    """How near somebody is, and why."""

    nearness: Nearness
    reasons: tuple[str, ...]


def birth_dates_near(on: date) -> dict[date, str]:
    """Return the dates that one wrong digit, or day and month exchanged, makes of a date, each with that reason."""
    written = f"{on:%d%m%Y}"
    typed = (
        f"{written[:place]}{digit}{written[place + 1 :]}"
        for place in range(len(written))
        for digit in DIGITS
        if digit != written[place]
    )
    found = {near: "one digit different in the date of birth" for text in typed if (near := _date_of(text)) is not None}
    exchanged = _date_of(written[2:4] + written[:2] + written[4:])
    if exchanged is not None and exchanged != on:
        found[exchanged] = "day and month of birth exchanged"
    return found


def _date_of(written: str) -> date | None:
    try:
        return date(int(written[4:]), int(written[2:4]), int(written[:2]))
    except ValueError:
        return None


class NearPeople:
    """The comparison of people on record with one who is being entered."""

    def __init__(self, entered: EnteredPerson, this_year: int) -> None:
        """Prepare the terms to search for.

        Args:
            entered: Who is being entered.
            this_year: The current year.
        """
        self.terms = parse_search(entered.names, this_year)
        self.own_ref = entered.own_ref
        self._born_on = entered.born_on
        self._whole = Explainer(self.terms)

    @cached_property
    def _births(self) -> dict[date, str]:
        return {} if self._born_on is None else birth_dates_near(self._born_on)

    @cached_property
    def _parts(self) -> list[Explainer]:
        return [Explainer((term,)) for term in self.terms]

    @property
    def near(self) -> list[frozenset[str]]:
        """For each term, the stored words that are one typing error away from it or sound like it."""
        return [near_words(term) | like_sounding_words(term) for term in self.terms]

    @property
    def birth_terms(self) -> tuple[SearchTerm, ...]:
        """The terms that find who has one of the names and was born on the day or a day near it; none without both."""
        if self._born_on is None or not self.terms:
            return ()
        days = tuple((min(birth_date_words(on)),) for on in (self._born_on, *self._births))
        return days, tuple(chain.from_iterable(self.terms))

    def compare(
        self, names: Sequence[str], known_as: str | None, born_on: date, former: Sequence[str] = ()
    ) -> NearMatch | None:
        """Say how near a person on record is, by a name they had before too; None where they are not near."""
        whole = self._whole.explain(names, known_as, former=former) if self.terms else None
        birth = SAME_BIRTH if born_on == self._born_on else self._births.get(born_on, "")
        exact = born_on == self._born_on
        if whole is not None:
            near = Nearness.NAME_AND_NEAR_BIRTH if birth else Nearness.NAME
            near = Nearness.NAME_AND_BIRTH if exact else near
            return NearMatch(near, _reasons(whole, birth))
        part = next(self._matching_parts(names, known_as, former), None)
        if part is None or not birth:
            return None
        near = Nearness.PART_OF_NAME_AND_BIRTH if exact else Nearness.PART_OF_NAME_AND_NEAR_BIRTH
        return NearMatch(near, (part, birth))

    def compare_name(self, names: Sequence[str], known_as: str | None, former: Sequence[str] = ()) -> NearMatch | None:
        """Say how near somebody is who was born on that very day; None where their name is another."""
        whole = self._whole.explain(names, known_as, former=former) if self.terms else None
        return None if whole is None else NearMatch(Nearness.NAME_AND_BIRTH, _reasons(whole, SAME_BIRTH))

    def _matching_parts(self, names: Sequence[str], known_as: str | None, former: Sequence[str]) -> Iterator[str]:
        for explainer in self._parts:
            match = explainer.explain(names, known_as, former=former)
            if match is not None:
                yield "one name the same" if match.likeness is Likeness.EXACT else f"one name alike: {match.reason}"


def _reasons(match: Match, birth: str) -> tuple[str, ...]:
    return tuple(filter(None, (match.reason or "same name", birth)))
