"""What a process of its own does with the content of a foreign file: checks it, and makes pictures and text of it."""

from collections.abc import Callable, Iterator
from ctypes import c_ushort
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from ioms_desktop.domain.documents.file_types import IMAGE_TYPES, MAX_PIXELS, FileType, refuse_damaged
from ioms_desktop.domain.documents.inspection import document_text, inspect_file

MAX_SIDE_PX = 4_000
MAX_TEXT_CHARS = 1_000_000
CUT_WORDS = "\n\n(Here the text is cut: it is longer than is shown. Save a copy to read the rest.)"
BYTES_PER_PIXEL = 3


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page or picture as pixels: red, green and blue, one byte each, without space between lines.

    Attributes:
        text: What a PDF has as text on it, for a screen reader; empty for a picture.
    """

    pixels: bytes
    width: int
    height: int
    text: str = ""


class ContentReader:
    """Holds one file and reads it."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._name, self._type, self._content = "", FileType.TXT, b""
        self._pdf: Any = None  # the library has no type hints

    def inspect(self, name: str, content: bytes) -> FileType:
        """Say which kind a file is.

        Raises:
            Refused: It is not kept as a document.
        """
        found = inspect_file(name, content)
        self.hold(name, found, content)
        if found is FileType.PDF:
            self._open_pdf()
        elif found in IMAGE_TYPES:
            self.page(0, 1)  # what cannot be shown is not taken: decoding finds what the structure does not
        return found

    def hold(self, name: str, file_type: FileType, content: bytes) -> None:
        """Take a file that was checked when it was added."""
        self._name, self._type, self._content, self._pdf = name, file_type, content, None

    def page_count(self) -> int:
        """Return how many pages there are; 1 for a picture."""
        return len(self._open_pdf()) if self._type is FileType.PDF else 1

    def text(self) -> str:
        """Return the text of a file that is shown as text."""
        found = document_text(self._name, self._type, self._content)
        return found if len(found) <= MAX_TEXT_CHARS else found[:MAX_TEXT_CHARS] + CUT_WORDS

    def page(self, number: int, width: int) -> PageImage:
        """Return a page, or the picture, at most so many pixels wide."""
        wanted = min(width, MAX_SIDE_PX)
        return self._pdf_page(number, wanted) if self._type is FileType.PDF else self._picture(wanted)

    def _open_pdf(self) -> Any:  # noqa: ANN401 - the library has no type hints
        if self._pdf is None:
            # The library has no type hints, and is slow to import.
            from pypdfium2 import PdfDocument, PdfiumError  # type: ignore[import-untyped]  # noqa: PLC0415

            try:
                self._pdf = PdfDocument(self._content)
                self._pdf.init_forms()  # before any page is read, or what was filled in is not drawn
                len(self._pdf)
            except PdfiumError as error:
                raise refuse_damaged(self._name) from error
            if not len(self._pdf):
                raise refuse_damaged(self._name)
        return self._pdf

    def _pdf_page(self, number: int, width: int) -> PageImage:
        page = self._open_pdf()[number]
        across, down = page.get_size()
        scale = min((width - 1) / max(across, 1), (MAX_SIDE_PX - 1) / max(down, 1))  # a part of a pixel counts as one
        bitmap = page.render(scale=scale, rev_byteorder=True, force_bitmap_format=2, may_draw_forms=True)
        rows = bytes(bitmap.buffer)
        line = bitmap.width * BYTES_PER_PIXEL
        pixels = b"".join(rows[at : at + line] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride))
        words = "\n".join((page.get_textpage().get_text_bounded(), *_filled_in(page))).strip()
        return PageImage(pixels, bitmap.width, bitmap.height, words)

    def _picture(self, width: int) -> PageImage:
        from PIL import Image, ImageOps  # noqa: PLC0415 - slow to import: loads when first needed

        Image.MAX_IMAGE_PIXELS = MAX_PIXELS
        try:
            with Image.open(BytesIO(self._content), formats=("PNG", "JPEG")) as opened:
                opened.load()
                turned = ImageOps.exif_transpose(opened).convert("RGBA")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise refuse_damaged(self._name) from error
        turned.thumbnail((width, MAX_SIDE_PX))
        paper = Image.new("RGB", turned.size, "white")
        paper.paste(turned, mask=turned.getchannel("A"))
        return PageImage(paper.tobytes(), paper.width, paper.height)


def _filled_in(page: Any) -> Iterator[str]:  # noqa: ANN401 - the library has no type hints
    """Return what the fields of a form hold on a page, each with its name: it is no part of the page's own text."""
    from pypdfium2 import raw  # noqa: PLC0415 - slow to import: loads when first needed

    if page.formenv is None:
        return
    boxes = {raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON}
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        field = raw.FPDFPage_GetAnnot(page, number)
        if field and raw.FPDFAnnot_GetSubtype(field) == raw.FPDF_ANNOT_WIDGET:
            if raw.FPDFAnnot_GetFormFieldType(page.formenv, field) in boxes:
                value = "ticked" if raw.FPDFAnnot_IsChecked(page.formenv, field) else ""
            else:
                value = _words_of(raw.FPDFAnnot_GetFormFieldValue, page.formenv, field)
            if value:
                yield f"{_words_of(raw.FPDFAnnot_GetFormFieldName, page.formenv, field)}: {value}"
        raw.FPDFPage_CloseAnnot(field)


def _words_of(read: Callable[..., int], formenv: Any, field: Any) -> str:  # noqa: ANN401 - the library has no type hints
    """Return words of a field, which the library writes as UTF-16 with a zero at the end."""
    size = read(formenv, field, None, 0)
    held = (c_ushort * (size // 2 + 1))()
    read(formenv, field, held, size)
    return bytes(held)[: max(size - 2, 0)].decode("utf-16-le", errors="replace").strip()
