"""A paper as it is looked at before it leaves."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SeenPaper:
    """Two views of a paper, made from one description.

    Attributes:
        pdf: Its pages.
        html: What they say, in the same order, to be read as text; it has no style of its own.
    """

    pdf: bytes = field(repr=False)
    html: str = field(repr=False)
