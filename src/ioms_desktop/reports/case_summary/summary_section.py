"""A section of a case summary under construction."""

from collections.abc import Sequence
from dataclasses import replace

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
    Words,
)


class SummarySection:
    """A section under construction; whoever composes the document says of an empty one what there is to say."""

    def __init__(self, name: str) -> None:
        """Begin a section with its name, which may be changed while it is filled."""
        self.name = name
        self._blocks: list[Block] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been added."""
        return not self._blocks

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

    def add_table(self, columns: Sequence[TableColumn], rows: Sequence[tuple[Words, ...]]) -> None:
        """Add a table, unless it has no rows."""
        if rows:
            self._blocks.append(Table(tuple(columns), tuple(rows)))

    def add_list(self, items: Sequence[str]) -> None:
        """Add a list, unless it is empty."""
        if items:
            self._blocks.append(BulletList(tuple(items)))

    def add_subheading(self, words: str) -> None:
        """Add a heading below the section's own."""
        self._blocks.append(Heading(words, 3))

    def blocks(self) -> list[Block]:
        """Return the finished section with its heading."""
        return [Heading(self.name), *self._blocks]
