"""The file of a document: ReportLab's objects, and those of the structure tree, which are finished text already.

ReportLab looks up, registers and encodes each object by its own class; a summary has three hundred elements, and the
tree would take a sixth of the time of drawing it.
"""

from typing import Any

from reportlab.pdfbase.pdfdoc import PDFDocument, PDFFile, PDFObjectReference, PDFTrailer
from reportlab.pdfbase.pdfdoc import format as format_object
from typing_extensions import override


class PaperFile(PDFDocument):
    """A PDF with objects that are given as text; it is not encrypted here.

    Attributes:
        finished: Objects as text, by their numbers.
        bookmarks: The number of the root of the bookmarks; 0 for none.
    """

    finished: dict[int, str]
    bookmarks: int

    def reserve(self, count: int) -> int:
        """Reserve numbers for objects that are given as text, and return the first."""
        counted: Any = self
        first = int(counted.objectcounter) + 1
        counted.objectcounter += count
        return first

    @override
    def format(self) -> bytes:
        untyped: Any = self
        file: Any = PDFFile(untyped._pdfVersion)  # noqa: SLF001 - its own
        if self.bookmarks:  # ReportLab has just taken its own out, which are empty
            untyped.idToObjectNumberAndVersion["Bookmarks"] = self.bookmarks, 0
            untyped.Catalog.Outlines = PDFObjectReference("Bookmarks")
        names, objects = untyped.numberToId, untyped.idToObject
        catalogue, info = untyped.Reference(untyped.Catalog), untyped.Reference(untyped.info)
        offsets: list[int] = []
        number = 0
        while (number := number + 1) in self.finished or number in names:
            text = self.finished.get(number)
            if text is None:
                body = format_object(objects[names[number]], self, 1)
                content = b"%d 0 obj\n%b%bendobj\n" % (number, body, b"" if body.endswith(b"\n") else b"\n")
            else:
                content = f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
            offsets.append(file.add(content))
        entries = "".join([f"{offset:010d} 00000 n \n" for offset in offsets])
        start = file.add(f"xref\n0 {number}\n0000000000 65535 f \n{entries}".encode("ascii"))
        trailer: Any = PDFTrailer(startxref=start, Size=number, Root=catalogue, Info=info, ID=untyped.ID())
        file.add(trailer.format(self))
        content = file.format(self)
        return bytes(content)


def pdf_text_string(words: str) -> str:
    """Return a text as the file has it."""
    return "<feff" + words.encode("utf-16-be", "replace").hex() + ">"
