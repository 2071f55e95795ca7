"""The rights on the records of one type, declared on the record type itself.

The grants, policies and views of a shared database are generated from these declarations, as are the tests that compare
a live server with them, and every list of columns that are withheld, masked or searched for names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ioms_desktop.domain.access.roles import Right


class Keeper(StrEnum):
    """Whose the entries of a record type are: who may change what they say (`domain/access/authorship.py`)."""

    AUTHOR = "AUTHOR"
    TEAM = "TEAM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How what a record tells of goes on: a column takes a value that may follow, and nothing that was said was wrong.

    Attributes:
        column: The column that says how far it is.
        steps: Which values may follow which.
        told: The columns that are told anew with each step: when, by whom.
    """

    column: str
    steps: Mapping[str, tuple[str, ...]]
    told: tuple[str, ...] = ()

    def is_step(self, was: str | None, becomes: str | None) -> bool:
        """Whether one value may follow another."""
        return becomes in self.steps.get(was or "", ())

    def covers(self, column: str) -> bool:
        """Whether a column changes with a step."""
        return column == self.column or column in self.told


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRights:
    """Who may add and change the records of one type, and which of their columns are protected further.

    Users who may read cases can read the records of a case once they have opened it. Records leave their
    table only by disposal, or when they are struck out as entered in error (services/recording/corrections.py).

    Attributes:
        add: The right needed to add a record.
        change: The right needed to change one; None if it is the same as for adding.
        read: The right needed to read one of an opened case. A server shows others no record of this type, and neither
            do screens and files taken away.
        facts: Whether lists and rules may read the records of unopened cases, through a view named `known_...`.
        fact_columns: The columns of that view; empty for all of them.
        withheld: Columns that are empty in that view, because they contain free text or say where somebody is.
        rules_read_history: Whether the rules also read previous versions, without opening the case.
        free_text: Columns of free text, which a disposal searches for the person's name.
        intelligence: The column and the code that make a record intelligence, which only users with the right to read
            intelligence may read; None if no record of this type is intelligence.
        masked: A column that only users with the right to read intelligence may read; empty for none.
        partner_columns: The columns that a partner agency may read of the cases assigned to it.
        kept_by: Whose an entry is. What one person saw, did or judged is its author's; the rest is the team's.
        carried_on: Columns of an author's entry that are the team's all the same, because others carry it on: the
            answer to an offer, say.
        authorised: Columns that say what somebody authorised, the amount of funding, say. Each is changed together with
            one of `authorised_by`, or else as a correction: by the author or a supervisor, with a reason at any time.
        authorised_by: The columns that say who authorised it, and when.
        progress: How what it tells of goes on; a step is no correction. None where nothing does.
    """

    add: Right
    change: Right | None = None
    read: Right = Right.READ_CASES
    facts: bool = False
    fact_columns: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    rules_read_history: bool = False
    free_text: tuple[str, ...] = ()
    intelligence: tuple[str, str] | None = None
    masked: str = ""
    partner_columns: tuple[str, ...] = ()
    kept_by: Keeper = Keeper.TEAM
    carried_on: tuple[str, ...] = ()
    authorised: tuple[str, ...] = ()
    authorised_by: tuple[str, ...] = ()
    progress: Progress | None = None

    @property
    def change_right(self) -> Right:
        """The right needed to change a record."""
        return self.change or self.add
