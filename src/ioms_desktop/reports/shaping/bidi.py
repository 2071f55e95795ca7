"""The direction of each character in a line that mixes scripts (Unicode Standard Annex 9).

Controls of direction are left out before: who writes a record has no need of them, and a text that shows other than it
is stored deceives its reader. So there are neither explicit embeddings nor isolates here, which the annex allows for.
"""

import unicodedata
from collections.abc import Sequence
from itertools import groupby

RIGHT_TO_LEFT = frozenset({"R", "AL"})
NEUTRAL = frozenset({"B", "S", "WS", "ON"})
BRACKETS = {
    "(": ")",
    "[": "]",
    "{": "}",
    "\u2329": "\u232a",
    "\u3008": "\u3009",
    "\u300a": "\u300b",
    "\u300c": "\u300d",
}
MAX_OPEN_BRACKETS = 63


def base_level(text: str) -> int:
    """Return 1 where the first letter of a text is written from right to left, else 0."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return 0
        if kind in RIGHT_TO_LEFT:
            return 1
    return 0


def embedding_levels(text: str, base: int) -> list[int]:
    """Return the level of each character: even for left to right, odd for right to left.

    Args:
        text: One paragraph.
        base: Its level, 0 or 1.
    """
    original = [unicodedata.bidirectional(character) or "L" for character in text]
    kinds = _weak(original, "R" if base else "L")
    _brackets(text, original, kinds, base)
    _neutral(kinds, base)
    levels = [_implicit(kind, base) for kind in kinds]
    _trailing_spaces(original, levels, base)
    return levels


def visual_order(levels: Sequence[int]) -> list[int]:
    """Return the positions of a line's parts from left to right."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        made: list[int] = []
        for reverse, group in groupby(order, key=lambda place: levels[place] >= level):
            part = list(group)
            made += reversed(part) if reverse else part
        order = made
    return order


def _weak(original: Sequence[str], start: str) -> list[str]:
    """Resolve numbers and marks (rules W1 to W7)."""
    kinds = list(original)
    before = start
    for place, kind in enumerate(kinds):  # W1
        if kind in {"NSM", "BN"}:
            kinds[place] = before
        before = kinds[place]
    _numbers(kinds, start)
    _separators(kinds)
    _terminators(kinds)
    strong = start
    for place, kind in enumerate(kinds):  # W6 and W7
        if kind in {"ET", "ES", "CS"}:
            kinds[place] = "ON"
        elif kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[place] = "L"
    return kinds


def _numbers(kinds: list[str], start: str) -> None:
    """Tell the numbers after Arabic letters, which are then letters from right to left (rules W2 and W3)."""
    strong = start
    for place, kind in enumerate(kinds):
        if kind in {"L", "R", "AL"}:
            strong = kind
        if kind == "EN" and strong == "AL":
            kinds[place] = "AN"
        if kind == "AL":
            kinds[place] = "R"


def _separators(kinds: list[str]) -> None:
    """Join numbers with one separator between them: dates, amounts (rule W4)."""
    for place in range(1, len(kinds) - 1):
        around = kinds[place - 1], kinds[place + 1]
        if around == ("EN", "EN") and kinds[place] in {"ES", "CS"}:
            kinds[place] = "EN"
        elif around == ("AN", "AN") and kinds[place] == "CS":
            kinds[place] = "AN"


def _terminators(kinds: list[str]) -> None:
    """Join what stands beside a number with it: currency, per cent (rule W5)."""
    place = 0
    while place < len(kinds):
        end = place
        while end < len(kinds) and kinds[end] == "ET":
            end += 1
        beside = (place and kinds[place - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN")
        if beside and end > place:
            kinds[place:end] = ["EN"] * (end - place)
        place = max(end, place + 1)


def _brackets(text: str, original: Sequence[str], kinds: list[str], base: int) -> None:
    """Give a pair of brackets the direction of what stands in it (rule N0)."""
    embedding = "R" if base else "L"
    for first, last in _pairs(text, kinds):
        inside = {_strong(kind) for kind in kinds[first + 1 : last]} - {""}
        if embedding in inside:
            direction = embedding
        elif inside:
            before = next((each for each in map(_strong, reversed(kinds[:first])) if each), embedding)
            direction = before if before != embedding else embedding
        else:
            continue
        for place in (first, last):
            kinds[place] = direction
            following = place + 1
            while following < len(kinds) and original[following] == "NSM":
                kinds[following] = direction
                following += 1


def _pairs(text: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    for place, character in enumerate(text):
        if kinds[place] != "ON":
            continue
        if character in BRACKETS:
            if len(waiting) == MAX_OPEN_BRACKETS:
                break
            waiting.append((BRACKETS[character], place))
        elif any(closing == character for closing, _ in waiting):
            while waiting[-1][0] != character:
                waiting.pop()
            found.append((waiting.pop()[1], place))
    return sorted(found)


def _strong(kind: str) -> str:
    return "R" if kind in {"R", "EN", "AN"} else kind if kind == "L" else ""


def _neutral(kinds: list[str], base: int) -> None:
    """Give neutral characters the direction of both sides where they agree, else of the paragraph (N1 and N2)."""
    embedding = "R" if base else "L"
    place = 0
    before = embedding
    while place < len(kinds):
        if kinds[place] not in NEUTRAL:
            before = _strong(kinds[place]) or before
            place += 1
            continue
        end = place
        while end < len(kinds) and kinds[end] in NEUTRAL:
            end += 1
        after = _strong(kinds[end]) if end < len(kinds) else embedding
        kinds[place:end] = [before if before == after else embedding] * (end - place)
        place = end


def _implicit(kind: str, base: int) -> int:
    """Return the level of a resolved kind (I1 and I2)."""
    if base:
        return 1 if kind == "R" else 2
    return {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)


def _trailing_spaces(original: Sequence[str], levels: list[int], base: int) -> None:
    """Give spaces at the end the direction of the paragraph (rule L1)."""
    for place in range(len(levels) - 1, -1, -1):
        if original[place] not in {"WS", "S", "B", "BN"}:
            return
        levels[place] = base
