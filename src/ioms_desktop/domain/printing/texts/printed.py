"""Which columns in people's own words are printed for readers outside the office: the one declaration.

Other columns of free text reach the full copy alone, or hold a name that is a part of its own (who is responsible, the
parent or carer, the address, a provider, a court).
"""

from collections.abc import Mapping
from types import MappingProxyType

from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Offence, Order, Person
from ioms_desktop.domain.records.record import Record

OWN_WORDS: Mapping[type[Record], tuple[str, ...]] = MappingProxyType(
    {
        Person: ("communication_needs", "warning_markers"),
        Contact: ("note",),
        Action: ("text",),
        Order: ("conditions",),
        Decision: ("told_participant",),
        Offence: ("offence", "outcome"),
    }
)
CODES_IN: Mapping[str, str] = MappingProxyType({"warning_markers": "warning_marker", "outcome": "concern_outcome"})
"""Columns that hold a code of a list where somebody chose one: a code is nobody's own words."""
SEVERAL = frozenset({"warning_markers"})
"""Columns with several values, parted by semicolons."""
