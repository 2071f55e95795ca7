"""What a list is asked for: search text, order and filters, the same for every list on screen and in the services."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One question to a list; a plain value that may cross to another thread.

    Attributes:
        text: The search text as typed.
        sort: The sort key of a column; None for the list's own order.
        descending: Whether the order is reversed.
        filters: Pairs of a filter's name and a chosen code, in order; a filter that is absent does not narrow.
    """

    text: str = ""
    sort: str | None = None
    descending: bool = False
    filters: tuple[tuple[str, str], ...] = ()

    def chosen(self, name: str) -> frozenset[str]:
        """Return the chosen codes of a filter; an empty set means that it does not narrow."""
        return frozenset(code for known, code in self.filters if known == name)

    @property
    def is_narrowed(self) -> bool:
        """Whether there is search text or a chosen filter."""
        return bool(self.text.strip() or self.filters)
