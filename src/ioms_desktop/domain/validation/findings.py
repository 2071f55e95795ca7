"""Problems found in a record's values, worded for the person who entered or sent them."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One problem, or something unusual that is accepted.

    Attributes:
        column: The column; empty where it concerns the whole row.
        value: The value as it was sent.
        reason: One sentence: what is wrong and what is accepted.
    """

    column: str
    value: str
    reason: str
