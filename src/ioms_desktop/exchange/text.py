"""Cleans text cells, and guards them with an apostrophe against being run as formulas in a spreadsheet."""

import re
import unicodedata

MAX_TEXT_CHARS = 2_000
MAX_LONG_TEXT_CHARS = 100_000

# East Asian keyboards type the full-width forms, which spreadsheets read like the normal ones.
FORMULA_STARTS = frozenset("=+-@\t\uff1d\uff0b\uff0d\uff20")

# Characters with the property Bidi_Control change the order in which the surrounding text is displayed.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]")


# A zero-width space, a word joiner and a byte order mark mean nothing at the ends of a text; joiners of letters do.
_INVISIBLE_ENDS = "\u200b\u2060\ufeff"


class InvalidCell(ValueError):  # noqa: N818 - it is the cell that is wrong
    """A cell that is not accepted; its message says why, and what would be, in one sentence."""


def clean_text(raw: str, limit: int = MAX_TEXT_CHARS) -> str:
    """Clean a text for storage: NFC, trimmed, without an apostrophe before a formula character.

    Args:
        raw: The cell as sent.
        limit: The greatest number of characters kept.

    Raises:
        InvalidCell: It holds a control character other than newline and tab, changes the direction of writing, or is
            too long.
    """
    if raw.isascii() and raw.isprintable():
        text = raw.strip()
    else:
        for refused, name in ((_CONTROL, "control character"), (_BIDI, "invisible direction mark")):
            found = refused.search(raw)
            if found is not None:
                raise InvalidCell(f"This holds the {name} U+{ord(found.group()):04X}; take it out.")
        text = _trimmed(unicodedata.normalize("NFC", raw))
    while text.startswith("'") and unguard_formula(text) != text:
        text = unguard_formula(text)
    if len(text) > limit:
        raise InvalidCell(f"This has {len(text):,} characters; at most {limit:,} are accepted.")
    return text


def _trimmed(text: str) -> str:
    """Trim blanks and what is not seen, in whichever order they come."""
    before = ""
    while text != before:
        before, text = text, text.strip().strip(_INVISIBLE_ENDS)
    return text


def guard_formula(text: str) -> str:
    """Prepare a text for export: add an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" ")[:1] in FORMULA_STARTS else text


def unguard_formula(text: str) -> str:
    """Remove one apostrophe where a formula character follows it; leave any other text unchanged."""
    if text.startswith("'") and text[1:].lstrip(" ")[:1] in FORMULA_STARTS:
        return text[1:].strip()
    return text
