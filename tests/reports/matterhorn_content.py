"""What the Matterhorn Protocol asks of the content of pages: tagged or an artefact, all of it, and in one element."""

from collections.abc import Iterator
from typing import Any

import pikepdf

SHOWS = frozenset({"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Do", "sh", "BI"})
BEGINS = frozenset({"BMC", "BDC"})


def failed_content(pdf: pikepdf.Pdf) -> Iterator[str]:
    """01: whether content is tagged or an artefact, and whether the tree and the pages agree."""
    owners = parents_of_pages(pdf)
    yield from _drawn_twice(pdf)
    for page in pdf.pages:
        marked: list[int] = []
        yield from _walk(page, marked)
        listed = owners.get(int(page.obj.get("/StructParents", -1)), [])
        if len(set(marked)) != len(marked):
            yield "01-005"
        if any(number >= len(listed) or not _owns(listed[number], page.obj, number) for number in marked):
            yield "01-005"


def _drawn_twice(pdf: pikepdf.Pdf) -> Iterator[str]:
    """30: a form that is drawn more than once, and in which there are elements."""
    drawn: list[tuple[int, int]] = []
    for page in pdf.pages:
        resources: Any = page.obj.get("/Resources", {})
        forms: Any = resources.get("/XObject", {})
        instructions: Any = pikepdf.parse_content_stream(page)
        names = [str(operands[0]) for operands, operator in instructions if str(operator) == "Do"]
        drawn += [forms[name].objgen for name in names if b"/MCID" in forms[name].read_bytes()]
    if len(set(drawn)) < len(drawn):
        yield "30-002"


def parents_of_pages(pdf: pikepdf.Pdf) -> dict[int, list[Any]]:
    """Return for each page's number the elements that its marked content belongs to."""
    root: Any = pdf.Root
    numbers: Any = root.get("/StructTreeRoot", {}).get("/ParentTree", {}).get("/Nums", [])
    listed = list(numbers)
    return {int(key): list(value) for key, value in zip(listed[::2], listed[1::2], strict=True)}


def _walk(page: Any, marked: list[int]) -> Iterator[str]:  # noqa: ANN401 - pikepdf's objects
    stack: list[str] = []
    instructions: Any = pikepdf.parse_content_stream(page)
    for operands, operator in instructions:
        name = str(operator)
        if name in BEGINS:
            kind = _kind(operands, marked)
            if kind == "artefact" and "content" in stack:
                yield "01-003"
            if kind == "content" and "artefact" in stack:
                yield "01-004"
            stack.append(kind)
        elif name == "EMC":
            if not stack:
                yield "01-005"
                return
            stack.pop()
        elif name in SHOWS and not {"artefact", "content"} & set(stack):
            yield "01-005"
    if stack:
        yield "01-005"


def _kind(operands: Any, marked: list[int]) -> str:  # noqa: ANN401 - as above
    if str(operands[0]) == "/Artifact":
        return "artefact"
    if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]:
        marked.append(int(operands[1].MCID))
        return "content"
    return "other"


def _owns(element: Any, page: Any, number: int) -> bool:  # noqa: ANN401 - as above
    kids = element.get("/K", [])
    for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
        if (
            isinstance(kid, int)
            and kid == number
            and element.get("/Pg", None) is not None
            and element.Pg.objgen == page.objgen
        ):
            return True
        if (
            isinstance(kid, pikepdf.Dictionary)
            and kid.get("/Type", "") == "/MCR"
            and number == kid.MCID
            and kid.Pg.objgen == page.objgen
        ):
            return True
    return False
