"""Finds what a PDF does by itself when it is opened, or a page of it is turned to."""

import re
from collections.abc import Iterator, Sequence

NAME = re.compile(rb"/([A-Za-z#][A-Za-z0-9#]*)")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
STARTS_ITSELF = frozenset({b"OpenAction", b"AA"})
NEXT, WEB = b"Next", b"URI"
SPACE = rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+)*+"
PASSED_OVER = re.compile(SPACE)
REFERENCE = re.compile(rb"([0-9]{1,4000}+)" + SPACE + rb"[0-9]{1,4000}+" + SPACE + rb"R")
REFERENCES = re.compile(
    SPACE + rb"\[?((?:" + SPACE + rb"[0-9]{1,4000}+" + SPACE + rb"[0-9]{1,4000}+" + SPACE + rb"R)+)"
)
OBJECT = re.compile(rb"([0-9]{1,4000}+)" + SPACE + rb"[0-9]{1,4000}+" + SPACE + rb"obj")
OBJECT_END = b"endobj"
PLACES = re.compile(rb"[\0\t\n\f\r ]*+(?:[0-9]{1,4000}+[\0\t\n\f\r ]++)+")
STEP = re.compile(rb"<<|>>|\((?:\\.|[^\\()]|\([^()]*\))*+\)", re.DOTALL)


def names_in(content: bytes) -> set[bytes]:
    """Return the names in a content, as a PDF program reads them."""
    return {plain_name(found) for found in NAME.findall(content)}


def plain_name(found: bytes) -> bytes:
    """Return a name with letters in place of their numbers."""
    return ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), found) if b"#" in found else found


def opens_web_page(content: bytes, unpacked: Sequence[bytes]) -> bool:
    """Whether a PDF calls something on the web by itself; a link that has to be clicked does not.

    Args:
        content: All of it.
        unpacked: What its object streams hold.
    """
    pieces = (content, *unpacked)
    waiting = [
        action
        for piece in pieces
        for found in NAME.finditer(piece)
        if plain_name(found[1]) in STARTS_ITSELF
        for action in _actions(piece, found.end(), plain_name(found[1]))
    ]
    objects, seen = (_objects(content, unpacked) if waiting else {}), set[bytes | int]()
    while waiting:
        action = waiting.pop()
        if action in seen:
            continue
        seen.add(action)
        for body in objects.get(action, ()) if isinstance(action, int) else (action,):
            if WEB in names_in(body):
                return True
            waiting += _following(body)
    return False


def _actions(piece: bytes, at: int, name: bytes) -> Iterator[bytes | int]:
    """Return what stands behind a name: a dictionary, the numbers of objects, or nothing where it is a place."""
    start = PASSED_OVER.match(piece, at)
    at = at if start is None else start.end()
    reference = REFERENCE.match(piece, at)
    if reference is not None:
        yield int(reference[1])
    elif piece.startswith(b"<<", at):
        body = _dictionary(piece, at)
        yield body
        if name != b"OpenAction":
            yield from (int(each) for each in REFERENCE.findall(body))


def _dictionary(piece: bytes, at: int) -> bytes:
    depth = 0
    for step in STEP.finditer(piece, at):
        depth += {b"<<": 1, b">>": -1}.get(step[0], 0)
        if not depth:
            return piece[at : step.end()]
    return piece[at:]


def _following(body: bytes) -> Iterator[int]:
    for found in NAME.finditer(body):
        after = REFERENCES.match(body, found.end()) if plain_name(found[1]) == NEXT else None
        if after is not None:
            yield from (int(each) for each in REFERENCE.findall(after[1]))


def _objects(content: bytes, unpacked: Sequence[bytes]) -> dict[int, list[bytes]]:
    """Return every object by its number: one that was changed is there more than once."""
    found: dict[int, list[bytes]] = {}
    for each in OBJECT.finditer(content):
        end = content.find(OBJECT_END, each.end())
        found.setdefault(int(each[1]), []).append(content[each.end() : len(content) if end < 0 else end])
    for piece in unpacked:
        head = PLACES.match(piece)
        if head is None:
            continue
        numbers = [int(each) for each in head[0].split()]
        starts = [head.end() + each for each in numbers[1::2]]
        for number, start, end in zip(numbers[::2], starts, [*starts[1:], len(piece)], strict=False):
            found.setdefault(number, []).append(piece[start:end])
    return found
