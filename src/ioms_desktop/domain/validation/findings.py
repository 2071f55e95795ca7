"""What is wrong with one value of a record, in words for the person who sent it."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that is wrong, or odd.

    Attributes:
        column: The column it was found in; empty where it concerns the whole row.
        value: The value found there, as it was sent.
        reason: One sentence: what is wrong and what is accepted.
    """

    column: str
    value: str
    reason: str
