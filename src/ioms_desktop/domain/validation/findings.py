"""Problems found in a record's values, in words for the person who sent it."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One problem, or oddity.

    Attributes:
        column: The column; empty where it concerns the whole row.
        value: The value as it was sent.
        reason: One sentence: what is wrong and what is accepted.
    """

    column: str
    value: str
    reason: str
