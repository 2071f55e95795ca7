"""Which cases the rules are asked of at once, and what cannot matter to the answer."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from json import dumps
from typing import Any, NamedTuple

from sqlalchemy import Select

from ioms_desktop.domain.policy.build_facts import CountedFacts
from ioms_desktop.storage.schema.types import is_in_list


class CasesAsked(NamedTuple):
    """Which cases are asked for, and what of them; without anything said, everything of every case.

    Attributes:
        programme: Only cases of this programme.
        counted: For triggers only: what rules count, by programme. Most else is left out, as are the control arm of the
            trial, RAG and actions, of which no trigger is raised.
        known_at: Only what had been recorded by then.
        as_of: Leaves out contacts that change nothing as of a day: for triggers those of cases that begin later, as a
            withdrawal may name any that was recorded at its instant; otherwise those of later days.
        only: The only cases that are looked for, by index, in a file; on a server every case is read.
        among: The only cases: all that there are from the first of these references to the last.
    """

    programme: str | None = None
    counted: Mapping[str, CountedFacts] | None = None
    known_at: datetime | None = None
    as_of: date | None = None
    only: Collection[str] | None = None
    among: Sequence[str] | None = None

    def narrow(self, query: Select[Any], *, is_local: bool) -> Select[Any]:
        """Leave other cases than the named ones out of a query whose first column is the reference of the case."""
        ref = query.selected_columns[0]
        if self.among is not None:
            query = query.where(ref >= self.among[0], ref <= self.among[-1])
        if self.only is not None and is_local:
            query = query.where(is_in_list(ref, dumps(sorted(self.only))))
        return query


EVERY_CASE = CasesAsked()
