"""Turns the description of a document into a tagged PDF by Platypus. The same description gives the same bytes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageBreak, PageTemplate, Spacer
from typing_extensions import override

from ioms_desktop.reports.document.description import PaperDocument
from ioms_desktop.reports.layout.canvas import PaperCanvas
from ioms_desktop.reports.layout.fonts import REPLACEMENT_CHAR, register_fonts, to_printable
from ioms_desktop.reports.layout.page import CONTENT_WIDTH_PT, LEFT, PAGE_HEIGHT, PAGE_WIDTH, FramedPage
from ioms_desktop.reports.layout.story import StoryBuilder, texts_of
from ioms_desktop.reports.layout.tags import StructureElement

REPLACED_CHARS_NOTE = f"A letter that cannot be printed here is shown as {REPLACEMENT_CHAR}; the record keeps it."


def render_pdf(document: PaperDocument, out: BinaryIO | Path) -> int:
    """Write a document as PDF.

    Args:
        document: What it says.
        out: Where the PDF goes.

    Returns:
        The number of pages.

    Raises:
        OSError: The file cannot be written.
    """
    document, root = fit_to_page(document), StructureElement("Document")
    sheets = [_Sheets.of(document, root)]
    sheets += [_Sheets.of(part, root.add("Part"), number) for number, part in enumerate(document.parts, 1)]
    return _PaperTemplate(document, sheets, root, out).write()


def fit_to_page(document: PaperDocument, part: int = 0) -> PaperDocument:
    """Return a document and its parts, each in the first of its wordings that fits on one page, where it has several.

    Args:
        document: What it says.
        part: Which part of another document it is, from 1; 0 where it stands alone.
    """
    register_fonts()
    blocks = document.blocks
    for shorter in document.shorter:
        sheets = _Sheets.of(replace(document, blocks=blocks), StructureElement("Document"), part)
        if _height_of(sheets.story) <= sheets.page.room:
            break
        blocks = shorter
    parts = tuple(fit_to_page(each, number) for number, each in enumerate(document.parts, 1))
    return replace(document, blocks=blocks, shorter=(), parts=parts)


def _height_of(story: Sequence[Any]) -> float:
    """Return how high flowables are one below the other, in points."""
    height = below = 0.0
    for each in story:
        above = max(below, each.getSpaceBefore()) if height else 0.0
        height += above + each.wrap(CONTENT_WIDTH_PT, PAGE_HEIGHT)[1]
        below = each.getSpaceAfter()
    return height


class _Sheets(NamedTuple):
    """The pages of a document, or of one part of it: what stands around them and what flows through them."""

    page: FramedPage
    story: Sequence[Any]

    @classmethod
    def of(cls, document: PaperDocument, root: StructureElement, part: int = 0) -> Self:
        replaced = any(REPLACEMENT_CHAR in to_printable(text) for text in texts_of(document.blocks))
        is_in_pack = bool(part or document.parts)
        page = FramedPage(document.frame, REPLACED_CHARS_NOTE if replaced else "", is_in_pack=is_in_pack)
        builder = StoryBuilder(root, CONTENT_WIDTH_PT, page.room, part)
        return cls(page, builder.flowables(document.blocks) or [Spacer(0, 1)])

    def template(self, number: int) -> PageTemplate:
        """Return where on a page the content flows."""
        frame = Frame(LEFT, self.page.bottom, CONTENT_WIDTH_PT, self.page.room, 0, 0, 0, 0, id="content")
        return PageTemplate(str(number), [frame])


class _PaperTemplate(BaseDocTemplate):
    """One page after another with the content in one frame; what stands around it is drawn when all are counted."""

    _doSave = 0  # noqa: N815 - ReportLab's name; it is saved when its structure is written

    def __init__(
        self, document: PaperDocument, sheets: Sequence[_Sheets], root: StructureElement, out: BinaryIO | Path
    ) -> None:
        super().__init__(
            str(out) if isinstance(out, Path) else out,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            pageTemplates=[each.template(number) for number, each in enumerate(sheets)],
            invariant=1,
            lang=document.language,
        )
        self._document, self._sheets, self._root = document, sheets, root
        self._part_of_page: list[int] = []

    def write(self) -> int:
        """Lay out the content, then draw what stands around it, and save."""
        story: list[Any] = [*self._sheets[0].story]
        for number, each in enumerate(self._sheets[1:], 1):
            story += [NextPageTemplate(str(number)), PageBreak(), *each.story]
        self.build(story, canvasmaker=PaperCanvas)
        canvas: Any = self.canv
        parts = self._part_of_page
        first, pages = [parts.index(number) for number in range(len(self._sheets))], Counter(parts)
        for number, (part, continued) in enumerate(zip(parts, canvas.continued, strict=True)):
            of_pack = f"Pack page {number + 1} of {len(parts)}" if self._document.parts else ""
            within = number - first[part] + 1
            self._sheets[part].page.draw(canvas, within, pages[part], continued, of_pack)
            canvas.put_beneath(number + 1, canvas._code)  # noqa: SLF001 - ReportLab has no other way to a finished page
            canvas._code = []  # noqa: SLF001 - as above
        canvas.write_page_numbers([page + 1 for page in first])
        canvas.finish_structure()
        canvas.set_properties(self._document)
        canvas.save()
        return len(parts)

    @override
    def afterPage(self) -> None:
        self._part_of_page.append(int(self.pageTemplate.id or 0))

    @override
    def beforeDocument(self) -> None:
        canvas: Any = self.canv
        canvas.tags.root = self._root
