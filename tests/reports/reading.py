"""What a reader finds in a PDF."""

import io

import pypdfium2  # type: ignore[import-untyped]  # it carries no types

from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.reports.case_summary.case_summary import render_case_summary


def printed(summary: CaseSummary) -> bytes:
    """Return the PDF of a summary."""
    out = io.BytesIO()
    render_case_summary(summary, out)
    return out.getvalue()


def pages_of(document: bytes) -> list[str]:
    """Return the text of every page as another program extracts it, line ends as spaces."""
    pdf = pypdfium2.PdfDocument(document)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    finally:
        pdf.close()


def text_of(summary: CaseSummary) -> str:
    """Return the text of a summary's pages, one after the other."""
    return " ".join(pages_of(printed(summary)))
