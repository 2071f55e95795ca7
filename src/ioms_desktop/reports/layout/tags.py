"""Tagged PDF on a ReportLab canvas: marked content, structure tree, language and artefacts.

ReportLab does not support tags; its canvas accepts marked content as literals, and its catalogue a structure tree.
"""

from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFDocument, PDFName, PDFObject, PDFObjectReference, PDFPage
from reportlab.pdfgen.canvas import Canvas

from ioms_desktop.reports.pdf.pdf_file import pdf_text_string

NESTED = "Marked content does not nest here."


@dataclass(slots=True, eq=False)
class StructureElement:
    """A node of the structure tree.

    Attributes:
        kind: A standard structure type: Document, Sect, H1, H2, P, L, LI, LBody, Table, TR, TH, TD, Figure.
        parent: The parent node; None for the root.
        alt: The alternative text.
        scope: Column or Row for the heading of a table.
        actual_text: What it says, where its content says it in another order.
        number: Its number in the file, once it is written.
        kids: Child nodes, and marked content as (page from 0, number on the page).
    """

    kind: str
    parent: "StructureElement | None" = None
    alt: str = ""
    scope: str = ""
    box: tuple[float, float, float, float] | None = None
    actual_text: str = ""
    number: int = 0
    kids: "list[StructureElement | tuple[int, int]]" = field(default_factory=list)

    def add(self, kind: str, *, alt: str = "", scope: str = "") -> "StructureElement":
        """Add a child node at the end."""
        made = StructureElement(kind, self, alt, scope)
        self.kids.append(made)
        return made


class TagWriter:
    """Tags the content of one document and writes its structure tree."""

    def __init__(self, canvas: Canvas) -> None:
        """Begin with an empty document on a canvas."""
        self.root = StructureElement("Document")
        self._canvas: Any = canvas
        self._pages: list[list[StructureElement]] = [[]]
        self._open = False

    def begin(self, element: StructureElement) -> None:
        """Begin content of an element.

        Raises:
            ValueError: Other content is still open.
        """
        self._start()
        marked = self._pages[-1]
        element.kids.append((len(self._pages) - 1, len(marked)))
        self._write(f"/{element.kind} <</MCID {len(marked)}>> BDC")
        marked.append(element)

    def begin_artefact(self, subtype: str = "") -> None:
        """Begin an artefact, content that is not part of the text: rules, running heads, page numbers.

        Args:
            subtype: Header or Footer for what stands on every page; empty for what is mere layout.

        Raises:
            ValueError: Other content is still open.
        """
        self._start()
        kind = f"/Pagination /Subtype /{subtype}" if subtype else "/Layout"
        self._write(f"/Artifact <</Type {kind}>> BDC")

    def add_artefact(self, operators: str) -> None:
        """Draw a piece of mere layout, given as operators.

        Raises:
            ValueError: Other content is still open.
        """
        if self._open:
            raise ValueError(NESTED)
        self._write(f"/Artifact <</Type /Layout>> BDC {operators} EMC")

    def end(self) -> None:
        """End the current content.

        Raises:
            ValueError: Nothing is open.
        """
        if not self._open:
            raise ValueError("No marked content is open.")
        self._open = False
        self._write("EMC")

    def end_page(self) -> None:
        """Finish a page, before the canvas does.

        Raises:
            ValueError: Content is still open.
        """
        if self._open:
            raise ValueError("Marked content must end on its page.")
        self._pages.append([])

    def finish(self) -> None:
        """Write the structure tree into the document; call it after the last page and before saving."""
        canvas: Any = self._canvas
        document = canvas._doc  # noqa: SLF001 - ReportLab has no public door to the catalogue
        _StructureTree(document, self.root, self._pages[: document.pageCounter - 1]).write()

    def _write(self, operator: str) -> None:
        self._canvas._code.append(operator)  # noqa: SLF001 - `addLiteral` looks at each character of it

    def _start(self) -> None:
        if self._open:
            raise ValueError(NESTED)
        self._open = True


class _RawPdfObject(PDFObject):
    """A PDF object written as text."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def format(self, _document: PDFDocument) -> bytes:
        return self.text.encode("latin-1")


class _StructureTree:
    """Numbers the nodes, then writes each with the numbers of the nodes it refers to."""

    def __init__(self, document: Any, root: StructureElement, pages: list[list[StructureElement]]) -> None:  # noqa: ANN401 - PDFDocument is untyped
        self._document = document
        self._root = root
        self._pages = pages
        self._page_numbers = [document.idToObjectNumberAndVersion[f"Page{k + 1}"][0] for k in range(len(pages))]

    def write(self) -> None:
        document = self._document
        elements = _descendants(self._root)
        first = document.reserve(len(elements) + 2)
        tree, parents = first, first + 1
        for number, element in enumerate(elements, first + 2):
            element.number = number
        finished = document.finished
        for element in elements:
            finished[element.number] = self._element(element, tree)
        finished[parents] = self._parents()
        finished[tree] = (
            f"<< /Type /StructTreeRoot /K {self._root.number} 0 R /ParentTree {parents} 0 R "
            f"/ParentTreeNextKey {len(self._pages)} >>"
        )
        document.idToObjectNumberAndVersion["StructTree"] = tree, 0
        document.Catalog.StructTreeRoot = PDFObjectReference("StructTree")
        document.Catalog.MarkInfo = _RawPdfObject("<< /Marked true >>")
        for number in range(len(self._pages)):
            page = document.idToObject[f"Page{number + 1}"]
            page.__NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = number, PDFName("S")

    def _element(self, element: StructureElement, tree: int) -> str:
        above = tree if element.parent is None else element.parent.number
        own_page = next((kid[0] for kid in element.kids if isinstance(kid, tuple)), None)
        more = "" if own_page is None else f" /Pg {self._page_numbers[own_page]} 0 R"
        if element.alt:
            more += f" /Alt {pdf_text_string(element.alt)}"
        if element.actual_text:
            more += f" /ActualText {pdf_text_string(element.actual_text)}"
        if element.scope:
            more += f" /A << /O /Table /Scope /{element.scope} >>"
        if element.box is not None:
            corners = " ".join(f"{number:.2f}" for number in element.box)
            more += f" /A << /O /Layout /Placement /Block /BBox [{corners}] >>"
        kids = " ".join([self._kid(kid, own_page) for kid in element.kids])
        return f"<< /S /{element.kind} /P {above} 0 R{more} /K [{kids}] >>"

    def _kid(self, kid: StructureElement | tuple[int, int], own_page: int | None) -> str:
        if isinstance(kid, StructureElement):
            return f"{kid.number} 0 R"
        page, number = kid
        if page == own_page:
            return str(number)
        return f"<< /Type /MCR /Pg {self._page_numbers[page]} 0 R /MCID {number} >>"

    def _parents(self) -> str:
        rows = [
            f"{number} [{' '.join([f'{element.number} 0 R' for element in marked])}]"
            for number, marked in enumerate(self._pages)
        ]
        return f"<< /Nums [{' '.join(rows)}] >>"


def _descendants(root: StructureElement) -> list[StructureElement]:
    """Return an element and all below it, parents first."""
    found: list[StructureElement] = []
    waiting = [root]
    while waiting:
        element = waiting.pop()
        found.append(element)
        waiting += [kid for kid in reversed(element.kids) if isinstance(kid, StructureElement)]
    return found
