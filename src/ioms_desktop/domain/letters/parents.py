"""Which parents or carers a letter may propose: nobody of whom it is recorded that they may not be told."""

from collections.abc import Sequence

from ioms_desktop.domain.records.person_sets.care import CARER_SEPARATORS, Carer, carer_fields
from ioms_desktop.domain.records.person_sets.current_values import split_values
from ioms_desktop.domain.search.search_terms import fold

_RELATIONS = """
    mother mum mummy mam mom stepmother stepmum grandmother grandma gran granny nan nana
    father dad daddy pa stepfather stepdad grandfather grandad granddad grandpa
    parent parents grandparent grandparents carer carers guardian guardians foster step birth
    aunt auntie uncle brother sister cousin partner wife husband his her their the both and
"""
"""The words of a name that only says who somebody is to the person: it may be any of those who are named."""
_RELATION_WORDS = frozenset(_RELATIONS.split())


def parents_to_propose(parent_or_carer: str | None, carers: Sequence[Carer]) -> list[str]:
    """Return the parents or carers of a person by name alone, for a letter to be proposed to.

    One who may not be told is often written differently in the two places, and twice in one. A name with the same
    words, more or fewer of them, counts as theirs: `Kim and Joe Marlow` has Joe Marlow in it; so does one that shares
    a word and an initial with theirs: `J. Marlow`. Where no name is wholly theirs, or one only says `Dad`, nobody is
    proposed, as any may be.

    Args:
        parent_or_carer: What the person's column says.
        carers: The entries of the person's set; former ones do not count.
    """
    said = {name: _words(name) for name in map(_name, split_values(parent_or_carer, CARER_SEPARATORS))}
    untold = [_words(_name(each.said)) for each in carers if each.to_on is None and each.may_be_told is False]
    if any(words not in said.values() for words in untold):
        return []
    if untold and any(words <= _RELATION_WORDS for words in said.values()):
        return []
    return [name for name, words in said.items() if not any(_may_be_one(words, each) for each in untold)]


def _may_be_one(words: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two names may be the same person's: one is part of the other, or a word and an initial agree."""
    if words <= others or others <= words:
        return True
    initials, of_others = ({word[:1] for word in rest} for rest in (words - others, others - words))
    return bool(words & others and initials & of_others)


def _name(said: str) -> str:
    return carer_fields(said)["name"] or ""


def _words(name: str) -> frozenset[str]:
    return frozenset(fold(name).split("-"))
