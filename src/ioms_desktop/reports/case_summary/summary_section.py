"""A section of a case summary under construction; an empty one says so as far as its reader may have all of it."""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from ioms_desktop.reports.document.description import (
    Block,
    BulletList,
    Heading,
    LabelledValues,
    Paragraph,
    Run,
    Table,
    TableColumn,
    TextTone,
)

NONE_RECORDED = "None recorded"
NOT_SHARED_FIELD = "not shared with this reader."
NOT_SHARED = "Not shared with this reader: anything that is for the police alone."
"""Ends a section of which a reader may not have every row, whether or not there are others."""


class Sharing(Enum):
    """How much of a section its reader may have, by what kind of reader it is and never by what is in it."""

    WHOLE = "whole"
    SOME_FIELDS = "some fields"
    SOME_ROWS = "some rows"


class SummarySection:
    """A section under construction."""

    def __init__(self, name: str, sharing: Sharing = Sharing.WHOLE) -> None:
        """Begin a section.

        Args:
            name: Its name.
            sharing: How much of it the reader may have; only a whole one says that nothing is recorded.
        """
        self._name, self._sharing = name, sharing
        self._blocks: list[Block] = []

    def add_paragraph(self, words: str, tone: TextTone = TextTone.PLAIN) -> None:
        """Add a paragraph, unless it is empty."""
        if words:
            self._blocks.append(Paragraph(words, tone))

    def add_runs(self, *runs: Run) -> None:
        """Add a paragraph in several tones."""
        self._blocks.append(Paragraph(runs))

    def add_labelled(self, label: str, words: str) -> None:
        """Add a label with a longer text beside it."""
        last = self._blocks[-1] if self._blocks else None
        if isinstance(last, LabelledValues) and not last.side_by_side:
            self._blocks[-1] = replace(last, pairs=(*last.pairs, (label, words)))
        else:
            self._blocks.append(LabelledValues(((label, words),), side_by_side=False))

    def add_pairs(self, items: Sequence[tuple[str, str]]) -> None:
        """Add labels with short values, two pairs a line where both are short; empty values are left out."""
        pairs = tuple(item for item in items if item[1])
        if pairs:
            self._blocks.append(LabelledValues(pairs))

    def add_table(self, columns: Sequence[TableColumn], rows: Sequence[tuple[str, ...]]) -> None:
        """Add a table, or a statement that it has no rows."""
        if rows:
            self._blocks.append(Table(tuple(columns), tuple(rows)))
        else:
            self.add_absence(NONE_RECORDED)

    def add_list(self, items: Sequence[str]) -> None:
        """Add a list, or a statement that it is empty."""
        if items:
            self._blocks.append(BulletList(tuple(items)))
        else:
            self.add_absence(NONE_RECORDED)

    def add_absence(self, words: str) -> None:
        """Add a statement that something is not recorded, unless it may be there and not be for this reader."""
        if self._sharing is Sharing.WHOLE:
            self.add_paragraph(words, TextTone.QUIET)

    def add_subheading(self, words: str) -> None:
        """Add a heading below the section's own."""
        self._blocks.append(Heading(words, 3))

    def blocks(self) -> list[Block]:
        """Return the finished section with its heading."""
        if self._sharing is Sharing.SOME_ROWS or (self._sharing is Sharing.SOME_FIELDS and not self._blocks):
            self.add_paragraph(NOT_SHARED, TextTone.QUIET)
        elif not self._blocks:
            self.add_paragraph(NONE_RECORDED, TextTone.QUIET)
        return [Heading(self._name), *self._blocks]
