"""The search words of the dated sets of a person: former names, aliases, phones and numbers find them too."""

from collections.abc import Iterable

from ioms_desktop.domain.records.person_sets.addresses import Address
from ioms_desktop.domain.records.person_sets.names import PersonName
from ioms_desktop.domain.records.person_sets.numbers import PersonNumber
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.search.search_terms import words_beside


def set_search_words(entries: Iterable[Record]) -> set[str]:
    """Return every word by which a person is found by entries of their dated sets, current and former ones alike."""
    names: list[str | None] = []
    numbers: list[str | None] = []
    postcodes: list[str | None] = []
    for entry in entries:
        if isinstance(entry, PersonName):
            names.append(entry.name)
        elif isinstance(entry, PersonNumber):
            numbers.append(entry.number)
        elif isinstance(entry, Address):
            postcodes.append(entry.postcode)
            if not entry.is_place:
                numbers.append(entry.address)
    return words_beside(names, numbers, postcodes)
