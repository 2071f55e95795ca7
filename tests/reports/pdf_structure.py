"""A small reader of our own PDFs: objects, page contents and the structure tree, straight from the bytes."""

import re
import zlib
from dataclasses import dataclass, field

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)endobj\n", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
PARENT = re.compile(rb"/P (\d+) 0 R")
KIDS = re.compile(rb"/K \[(.*)\]", re.DOTALL)
KID = re.compile(rb"<< /Type /MCR /Pg (\d+) 0 R /MCID (\d+) >>|(\d+) 0 R|(\d+)")
MARKED = re.compile(rb"/(\w+) <</MCID (\d+)>> BDC|/Artifact <<[^>]*>> BDC|/Span <</ActualText <\w+>>> BDC|\bEMC\b")


@dataclass(slots=True)
class Node:
    """One element of the structure tree."""

    number: int
    kind: str
    parent: int
    text: bytes
    kids: list[int] = field(default_factory=list)
    content: list[tuple[int, int]] = field(default_factory=list)


class Structure:
    """The tagged structure of one document."""

    def __init__(self, document: bytes) -> None:
        self.objects: dict[int, bytes] = {int(number): body for number, body in OBJECT.findall(document)}
        self.pages = self._pages()
        self.nodes = {number: self._node(number, body) for number, body in self.objects.items() if b"/S /" in body[:9]}

    @property
    def catalogue(self) -> bytes:
        return next(body for body in self.objects.values() if b"/Type /Catalog" in body)

    def _pages(self) -> list[int]:
        (kids,) = (body for body in self.objects.values() if b"/Type /Pages" in body)
        listed = re.search(rb"/Kids \[([^\]]*)\]", kids)
        assert listed is not None
        return [int(number) for number in re.findall(rb"(\d+) 0 R", listed[1])]

    def _node(self, number: int, body: bytes) -> Node:
        kind = re.search(rb"/S /(\w+)", body)
        parent = PARENT.search(body)
        page = re.search(rb"/Pg (\d+) 0 R", body)
        kids = KIDS.search(body)
        assert kind is not None
        assert parent is not None
        assert kids is not None
        node = Node(number, kind[1].decode(), int(parent[1]), body)
        for other_page, other_number, kid, marked in KID.findall(kids[1]):
            if kid:
                node.kids.append(int(kid))
            elif marked:
                assert page is not None
                node.content.append((self.pages.index(int(page[1])), int(marked)))
            else:
                node.content.append((self.pages.index(int(other_page)), int(other_number)))
        return node

    def content(self, page: int) -> bytes:
        """The drawing instructions of a page, from 0."""
        number = re.search(rb"/Contents (\d+) 0 R", self.objects[self.pages[page]])
        assert number is not None
        stream = STREAM.search(self.objects[int(number[1])])
        assert stream is not None
        return zlib.decompress(stream[1])

    def marked(self, page: int) -> list[tuple[str, int]]:
        """The marked content of a page in the order of drawing; raises when it does not balance."""
        found: list[tuple[str, int]] = []
        depth = 0
        for match in MARKED.finditer(self.content(page)):
            depth += -1 if match[0] == b"EMC" else 1
            # What a run of glyphs says is told inside the content of its element, and nothing else nests.
            if depth not in {0, 1} and not (depth == 2 and match[0].startswith(b"/Span")):
                raise ValueError(f"Marked content does not balance on page {page}.")
            if match[1]:
                found.append((match[1].decode(), int(match[2])))
        if depth:
            raise ValueError(f"Marked content is left open on page {page}.")
        return found

    def parents(self) -> list[list[int]]:
        """The parent tree: for every page the node of each piece of marked content."""
        (body,) = (each for each in self.objects.values() if each.startswith(b"<< /Nums"))
        return [
            [int(number) for number in re.findall(rb"(\d+) 0 R", row)] for row in re.findall(rb"\d+ \[([^\]]*)\]", body)
        ]
