"""The rights on the records of one type, declared on the record type itself.

A shared database's grants, policies and views, and the tests that hold a live server against them, are made from
these declarations. So is every list of columns that are withheld, masked or searched for names.
"""

from dataclasses import dataclass

from ioms_desktop.domain.access.roles import Right


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRights:
    """Who may add and change the records of one type, and which of their columns need special care.

    Whoever may read cases reads the records of a case once that case is open. Nobody deletes a record except
    by disposal.

    Attributes:
        add: The right needed to add a record.
        change: The right needed to change one; None if it is the same as for adding.
        facts: Whether lists and rules read records of unopened cases, through a view named `known_...`.
        fact_columns: The columns of that view; empty for all of them.
        withheld: Columns that are empty in that view, because they hold people's own words or say where somebody is.
        rules_read_history: Whether rules read former versions, too, without opening the case.
        free_text: Columns in which people write in their own words. A disposal searches them for the person's name.
        intelligence: The column and the code that make a record intelligence, which takes a right of its own to
            read; None where no record is.
        masked: A column that takes the right to read intelligence; empty for none.
        partner_columns: What a partner agency reads of the cases assigned to it.
    """

    add: Right
    change: Right | None = None
    facts: bool = False
    fact_columns: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    rules_read_history: bool = False
    free_text: tuple[str, ...] = ()
    intelligence: tuple[str, str] | None = None
    masked: str = ""
    partner_columns: tuple[str, ...] = ()

    @property
    def change_right(self) -> Right:
        """The right needed to change a record."""
        return self.change or self.add
