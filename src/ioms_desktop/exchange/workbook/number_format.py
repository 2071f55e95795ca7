"""Writes a number as a workbook shows it: a reference kept as 42 and shown as Q-0042 is Q-0042."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

GENERAL = frozenset({"", "General", "GENERAL", "general", "@"})
MAX_EXACT_NUMBER = Decimal(10) ** 15  # a spreadsheet keeps fifteen digits
SIGNIFICANT_DIGITS = 15
MAX_STORED_CHARS, MAX_FORMAT_CHARS = 40, 255

# A quoted text, an escaped character, one that leaves a gap or fills the cell, a note in brackets, anything else.
_PART = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|(.)', re.DOTALL)
_COLOUR = re.compile(r"(?:black|blue|cyan|green|magenta|red|white|yellow|color ?[0-9]+)", re.IGNORECASE)
_CURRENCY = re.compile(r"\$([^-]*)(?:-[0-9A-Fa-f]*)?")
_PLACEHOLDERS = frozenset("0#?")
_SHOWN_AS_THEY_ARE = frozenset("$-+():!^&'~{}<>= \u00a3\u20ac\u00a0")


class _Section(NamedTuple):
    """One of up to three formats: for positive numbers, negative ones, and zero.

    Attributes:
        whole: What stands before the decimal point: placeholders as `(True, "0")`, texts as `(False, "Q-")`.
        fraction: The same behind it.
        grouped: Whether thousands are set apart by commas.
        percent: Whether a hundredth is shown as 1.
    """

    whole: tuple[tuple[bool, str], ...]
    fraction: tuple[tuple[bool, str], ...]
    grouped: bool
    percent: bool


def stored_number(text: str) -> Decimal:
    """Read a number as it is stored.

    Raises:
        ValueError: No spreadsheet program stores it so.
    """
    if len(text) > MAX_STORED_CHARS or not isfinite(float(text)):
        raise ValueError(text[:MAX_STORED_CHARS])
    return Decimal(text)


def plain_number(text: str) -> str:
    """Write a stored number plainly: `42`, not `42.0`, and `0.3` where rounding left 0.30000000000000004."""
    number = Decimal(f"{stored_number(text):.{SIGNIFICANT_DIGITS}g}")
    return f"{number.normalize():f}" if number else "0"


def shown_number(text: str, number_format: str) -> str | None:
    """Write a stored number as a format shows it.

    Args:
        text: The number as it is stored.
        number_format: The format's code.

    Returns:
        What is shown; None where the format is of a kind that is not followed here.
    """
    if number_format in GENERAL:
        return plain_number(text)
    if len(number_format) > MAX_FORMAT_CHARS:
        return None
    number = stored_number(text)
    sections = _sections(number_format)
    if not sections or None in sections[:3]:
        return None
    chosen = sections[0]
    if number < 0 and len(sections) > 1:
        chosen, number = sections[1], -number
    elif number == 0 and len(sections) > 2:  # noqa: PLR2004 - positive, negative, zero
        chosen = sections[2]
    return None if chosen is None else _shown(number, chosen)


@lru_cache(maxsize=200)
def _sections(number_format: str) -> tuple[_Section | None, ...]:
    parts: list[list[tuple[bool, str]]] = [[]]
    for found in _PART.finditer(number_format):
        literal, escaped, bracket, other = found.groups()
        if other == ";":
            parts.append([])
        elif other is not None:
            parts[-1].append((True, other))
        elif bracket is not None:
            currency = _CURRENCY.fullmatch(bracket)
            if currency is not None:
                parts[-1].append((False, currency[1]))
            elif _COLOUR.fullmatch(bracket) is None:
                return ()  # a condition
        elif literal is not None or escaped is not None:
            parts[-1].append((False, literal if literal is not None else escaped))
    return tuple(_section(part) for part in parts)


def _section(parts: list[tuple[bool, str]]) -> _Section | None:
    whole: list[tuple[bool, str]] = []
    fraction: list[tuple[bool, str]] = []
    current, grouped, percent = whole, False, False
    for place, (is_code, text) in enumerate(parts):
        if not is_code or text in _SHOWN_AS_THEY_ARE:
            current.append((False, text))
        elif text in _PLACEHOLDERS:
            current.append((True, text))
        elif text == "." and current is whole:
            current = fraction
        elif text == "%":
            percent = True
            current.append((False, text))
        elif text == "," and current is whole and _is_between_placeholders(parts, place):
            grouped = True
        else:
            return None  # a fraction, an exponent, a division by thousands, a date
    if not any(is_placeholder for is_placeholder, _ in whole):
        return None  # the number is not shown
    return _Section(tuple(whole), tuple(fraction), grouped, percent)


def _is_between_placeholders(parts: list[tuple[bool, str]], place: int) -> bool:
    before, after = parts[:place][-1:], parts[place + 1 : place + 2]
    return all(found and found[0][0] and found[0][1] in _PLACEHOLDERS for found in (before, after))


def _shown(number: Decimal, section: _Section) -> str:
    places = sum(is_placeholder for is_placeholder, _ in section.fraction)
    scaled = abs(number) * (100 if section.percent else 1)
    rounded = scaled.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    digits, _, decimals = f"{rounded:f}".partition(".")
    whole = _fill_whole("" if digits == "0" else digits, section)
    fraction = _fill_fraction(decimals, section.fraction)
    point = "." if section.fraction and any(is_placeholder for is_placeholder, _ in section.fraction) else ""
    sign = "-" if number < 0 and rounded else ""
    return f"{sign}{whole}{point}{fraction}".strip()


def _fill_whole(digits: str, section: _Section) -> str:
    """Fill the placeholders from the right; the leftmost takes all digits that are left."""
    codes = [text for is_placeholder, text in section.whole if is_placeholder]
    filled = []
    for place in range(max(len(digits), len(codes))):
        code = codes[-1 - place] if place < len(codes) else ""
        digit = digits[-1 - place] if place < len(digits) else code.replace("#", "").replace("?", " ")
        filled.append(f"{digit}," if section.grouped and digit and place and place % 3 == 0 else digit)
    filled.reverse()
    beyond = max(len(digits) - len(codes), 0)
    shown = [text if not is_placeholder else "" for is_placeholder, text in section.whole]
    at = [place for place, (is_placeholder, _) in enumerate(section.whole) if is_placeholder]
    for number, place in enumerate(at):
        shown[place] = "".join(filled[: beyond + 1]) if number == 0 else filled[beyond + number]
    return "".join(shown)


def _fill_fraction(decimals: str, parts: tuple[tuple[bool, str], ...]) -> str:
    """Fill the placeholders behind the point; `#` leaves zeros at the end away."""
    digits = list(decimals)
    places = [text for is_placeholder, text in parts if is_placeholder]
    while places and places[-1] == "#" and digits and digits[-1] == "0":
        places.pop()
        digits.pop()
    filled = []
    for is_placeholder, text in parts:
        if not is_placeholder:
            filled.append(text)
        elif digits:
            filled.append(digits.pop(0))
    return "".join(filled)
