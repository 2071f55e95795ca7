"""Which parents or carers a letter may propose: nobody of whom it is recorded that they may not be told."""

from collections.abc import Sequence

from ioms_desktop.domain.records.person_sets.care import CARER_SEPARATORS, Carer, carer_fields
from ioms_desktop.domain.records.person_sets.current_values import split_values
from ioms_desktop.domain.search.search_terms import fold


def parents_to_propose(parent_or_carer: str | None, carers: Sequence[Carer]) -> list[str]:
    """Return the parents or carers of a person by name alone, for a letter to be proposed to.

    One who may not be told is often written differently in the two places. A name with the same words, more or fewer
    of them, counts as theirs: `Kim and Joe Marlow` has Joe Marlow in it. Where no name is wholly theirs, nobody is
    proposed, as any may be.

    Args:
        parent_or_carer: What the person's column says.
        carers: The entries of the person's set; former ones do not count.
    """
    said = {name: _words(name) for name in map(_name, split_values(parent_or_carer, CARER_SEPARATORS))}
    untold = [_words(_name(each.said)) for each in carers if each.to_on is None and each.may_be_told is False]
    if any(words not in said.values() for words in untold):
        return []
    return [name for name, words in said.items() if not any(words <= each or each <= words for each in untold)]


def _name(said: str) -> str:
    return carer_fields(said)["name"] or ""


def _words(name: str) -> frozenset[str]:
    return frozenset(fold(name).split("-"))
