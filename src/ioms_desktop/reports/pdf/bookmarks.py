"""The bookmarks of a document: its headings, each with its page and place, as a tree."""

from dataclasses import dataclass, field
from typing import Any

from ioms_desktop.reports.pdf.pdf_file import pdf_text_string


@dataclass(slots=True, eq=False)
class Bookmark:
    """A heading among the bookmarks.

    Attributes:
        words: Its words.
        level: Its level, from 0.
        page: Its page, from 1.
        top: Its upper end in points.
        number: Its number in the file, once it is written.
        kids: The bookmarks below it.
    """

    words: str
    level: int
    page: int
    top: float
    number: int = 0
    kids: "list[Bookmark]" = field(default_factory=list)


def write_bookmarks(document: Any, bookmarks: list[Bookmark]) -> None:  # noqa: ANN401 - PDFDocument is untyped
    """Write bookmarks, given in their order, into a document; none where there are none."""
    if not bookmarks:
        return
    first = document.reserve(len(bookmarks) + 1)
    root = Bookmark("", -1, 0, 0.0, first)
    path = [root]
    for number, bookmark in enumerate(bookmarks, first + 1):
        bookmark.number = number
        while path[-1].level >= bookmark.level:
            path.pop()
        path[-1].kids.append(bookmark)
        path.append(bookmark)
    for parent in (root, *bookmarks):
        _write_kids(document, parent)
    document.finished[first] = f"<< /Type /Outlines{_ends(root)} >>"
    document.bookmarks = first


def _write_kids(document: Any, parent: Bookmark) -> None:  # noqa: ANN401 - as above
    for place, each in enumerate(parent.kids):
        beside = "" if place == 0 else f" /Prev {parent.kids[place - 1].number} 0 R"
        if place + 1 < len(parent.kids):
            beside += f" /Next {parent.kids[place + 1].number} 0 R"
        page = document.idToObjectNumberAndVersion[f"Page{each.page}"][0]
        document.finished[each.number] = (
            f"<< /Title {pdf_text_string(each.words)} /Parent {parent.number} 0 R{beside}{_ends(each)} "
            f"/Dest [{page} 0 R /XYZ 0 {each.top:.2f} 0] >>"
        )


def _ends(bookmark: Bookmark) -> str:
    """Say which are the first and last below a bookmark, and that they are shown."""
    if not bookmark.kids:
        return ""
    first, last = bookmark.kids[0], bookmark.kids[-1]
    return f" /First {first.number} 0 R /Last {last.number} 0 R /Count {_shown(bookmark)}"


def _shown(bookmark: Bookmark) -> int:
    return sum(1 + _shown(kid) for kid in bookmark.kids)
