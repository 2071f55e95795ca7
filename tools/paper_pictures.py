"""Draw every document for every reader into docs/screens, in colour and, beside it, in greyscale.

Run it as `python -m tools.paper_pictures`; look at what it writes before committing it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2  # type: ignore[import-untyped]  # it carries no types
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screens"
SCALE = 1.05
COLOURS = 128
MAX_PAGES = 2
USUAL_FORM = "full"
EMPTY = 1  # samples of a kind begin with one that says nothing


def main() -> None:
    """Write a picture for each document and reader."""
    from ioms_desktop.reports.documents import document_pdf  # noqa: PLC0415 - after the path is set

    TARGET.mkdir(parents=True, exist_ok=True)
    for name, facts in pictured():
        path = TARGET / f"{name}.png"
        _picture(document_pdf(facts)).save(path, optimize=True)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def pictured() -> Iterator[tuple[str, object]]:
    """Give each document and reader with its name and the first sample that says something."""
    sys.path.insert(0, str(ROOT / "tests"))
    from ioms_desktop.reports.documents import DOCUMENT_KINDS  # noqa: PLC0415 - as above
    from reports.document_samples import DOCUMENT_SAMPLES  # noqa: PLC0415 - found once the tests are on the path

    for kind in DOCUMENT_KINDS:
        seen: set[str] = set()
        for facts in DOCUMENT_SAMPLES[kind.facts][EMPTY:]:
            about = getattr(facts, "about", None)
            form = str(getattr(about, "form", ""))
            told = (kind.name, str(getattr(about, "audience", "")), "" if form == USUAL_FORM else form)
            name = "-".join(part for part in told if part)
            if name not in seen:
                seen.add(name)
                yield name, facts


def _picture(pdf: bytes) -> Image.Image:
    """Put the first pages in colour above the same in greyscale."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [document[at].render(scale=SCALE).to_pil() for at in range(min(MAX_PAGES, len(document)))]
    finally:
        document.close()
    width, height = sum(page.width for page in pages), pages[0].height
    whole = Image.new("RGB", (width, 2 * height), "white")
    left = 0
    for page in pages:
        whole.paste(page, (left, 0))
        whole.paste(page.convert("L"), (left, height))
        left += page.width
    return whole.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


if __name__ == "__main__":
    main()
