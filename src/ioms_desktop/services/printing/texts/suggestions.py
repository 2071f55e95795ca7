"""Names that a text may have to lose: of everybody whom the record of the case knows besides the person it is about."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import pairwise
from typing import Any

from ioms_desktop.domain.printing.texts.names import composed
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.care import Carer
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.session import Session

NAMES_IN: Mapping[type[Record], tuple[str, ...]] = {
    Associate: ("name",),
    Carer: ("name",),
    Person: ("parent_or_carer",),
}
"""Columns with the name of somebody; besides them stand those that name who did something."""
MAX_LOOKED_UP = 40
"""The most pairs of words of one case that are looked up among all people on record."""
WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
NO_NAMES = frozenset({"and", "the", "his", "her", "mother", "father", "brother", "sister", "not", "police", "team"})


def names_of_others(session: Session, view: CaseView, texts: Iterable[str]) -> frozenset[str]:
    """Return names of people besides the person: the network, family, victims' contacts, whoever worked with them.

    Args:
        session: Who reviews; a name is suggested only where they may know of the person.
        view: The case with the names of users.
        texts: In these two words that begin with capitals are looked up among all people.
    """
    known = {*_named(view), *(each.name for each in view.named_people.values()), *_on_record(session, texts)}
    own = {fold(part) for name in _own(view) for part in name.split()}
    parts = {part.strip(",.;:()") for name in known for part in composed(name).split()}
    kept = (each for each in parts if fold(each) not in own and each.casefold() not in NO_NAMES)
    return frozenset(each for each in kept if WORD.fullmatch(each) and each[:1].upper() == each[:1])


def _own(view: CaseView) -> tuple[str, ...]:
    who = view.person
    return who.family_name, who.given_names, who.known_as or ""


def _named(view: CaseView) -> Iterator[str]:
    for record in _records(getattr(view, each.name) for each in fields(view)):
        workers = (each.name for each in columns_of(type(record)) if each.is_worker)
        for name in (*NAMES_IN.get(type(record), ()), *workers):
            value = getattr(record, name)
            if isinstance(value, str):
                yield value


def _records(held: Iterable[Any]) -> Iterator[Record]:
    for each in held:
        if isinstance(each, Record):
            yield each
        elif isinstance(each, Mapping):
            yield from _records(each.values())
        elif isinstance(each, tuple):
            yield from _records(each)


def _on_record(session: Session, texts: Iterable[str]) -> Iterator[str]:
    """Yield the names of people on record that stand in texts as two words beside each other."""
    pairs = dict.fromkeys(
        f"{one[0]} {other[0]}"
        for text in texts
        for one, other in pairwise(WORD.finditer(text))
        if one[0][0].isupper() and other[0][0].isupper() and not text[one.end() : other.start()].strip()
    )
    for pair in list(pairs)[:MAX_LOOKED_UP]:
        wanted = set(fold(pair).split("-"))
        for hit in find_people_and_cases(session, pair):
            if wanted <= set(fold(hit.name).split("-")):
                yield pair
                break
