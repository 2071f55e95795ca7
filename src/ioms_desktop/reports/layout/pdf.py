"""Turns the description of a document into a tagged PDF by Platypus. The same description gives the same bytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Spacer
from typing_extensions import override

from ioms_desktop.reports.document.description import PaperDocument
from ioms_desktop.reports.layout.canvas import PaperCanvas
from ioms_desktop.reports.layout.fonts import REPLACEMENT_CHAR, register_fonts, to_printable
from ioms_desktop.reports.layout.page import CONTENT_WIDTH_PT, LEFT, PAGE_HEIGHT, PAGE_WIDTH, TOP, FramedPage
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
    register_fonts()
    replaced = any(REPLACEMENT_CHAR in to_printable(text) for text in texts_of(document.blocks))
    page = FramedPage(document.frame, REPLACED_CHARS_NOTE if replaced else "")
    root = StructureElement("Document")
    story = StoryBuilder(root, CONTENT_WIDTH_PT, TOP - page.bottom).flowables(document.blocks)
    return _PaperTemplate(document, page, root, out).write(story)


class _PaperTemplate(BaseDocTemplate):
    """One page after another with the content in one frame; what stands around it is drawn when all are counted."""

    _doSave = 0  # noqa: N815 - ReportLab's name; it is saved when its structure is written

    def __init__(self, document: PaperDocument, page: FramedPage, root: StructureElement, out: BinaryIO | Path) -> None:
        frame = Frame(LEFT, page.bottom, CONTENT_WIDTH_PT, TOP - page.bottom, 0, 0, 0, 0, id="content")
        super().__init__(
            str(out) if isinstance(out, Path) else out,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            pageTemplates=[PageTemplate("page", [frame])],
            invariant=1,
            lang=document.language,
        )
        self._document, self._framed, self._root = document, page, root

    def write(self, story: Sequence[Any]) -> int:
        """Lay out the content, then draw what stands around it, and save."""
        self.build(list(story) or [Spacer(0, 1)], canvasmaker=PaperCanvas)
        canvas: Any = self.canv
        pages = len(canvas.continued)
        for number, continued in enumerate(canvas.continued, 1):
            self._framed.draw(canvas, number, pages, continued)
            canvas.put_beneath(number, canvas._code)  # noqa: SLF001 - ReportLab has no other way to a finished page
            canvas._code = []  # noqa: SLF001 - as above
        canvas.finish_structure()
        canvas.set_properties(self._document)
        canvas.save()
        return pages

    @override
    def beforeDocument(self) -> None:
        canvas: Any = self.canv
        canvas.tags.root = self._root
