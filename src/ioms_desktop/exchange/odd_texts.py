"""Finds texts that a program has probably changed on their way here: they are kept, with a warning."""

import re
from collections.abc import Callable, Mapping, Sequence

from ioms_desktop.domain.records.record import Column, ColumnKind

_TEXT_KINDS = frozenset({ColumnKind.TEXT, ColumnKind.LONG_TEXT, ColumnKind.REF})
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"

# Every pattern is one whole line, since the texts of a column are searched together.
_SHORTENED_NUMBER = r"[+-]?[0-9](?:[.,][0-9]+)?E\+[0-9]{1,3}"
_TRUE_OR_FALSE = "TRUE|FALSE"
_ERROR_VALUE = r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|BUSY!|#+)"
_DATE = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9:]{5,8})?|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|"
    rf"(?:[0-9]{{1,2}}-)?(?:{_MONTHS})-[0-9]{{2,4}}|[0-9]{{1,2}}-(?:{_MONTHS})"
)
_LOST_ZERO = "[1-9][0-9]{9}"

# A letter of UTF-8 read as Windows-1252 is two to four characters: one of these, and then ones from 0x80 to 0xBF.
_CONTINUING = (
    "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f"
    "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178\xa0-\xbf"
)
_MISREAD = re.compile(
    f"[\u00c2-\u00df][{_CONTINUING}]|[\u00e0-\u00ef][{_CONTINUING}]{{2}}|[\u00f0-\u00f4][{_CONTINUING}]{{3}}"
)
_BYTE_OF_CHARACTER = {bytes([byte]).decode("cp1252", "ignore") or chr(byte): byte for byte in range(256)}
# People write these after a capital letter, as in a name in capitals with an apostrophe.
_USUAL_AFTER_CAPITAL = frozenset("\u2019\u2018\u201d\u201c\u2026\u2013\u2014\xbb")
_TELLTALE_CAPITALS = frozenset("\u00c2\u00c3\u00c4\u00c5")
_LOST_LETTER = "\ufffd"

Warnings = dict[int, str]


class OddTexts:
    """Looks for odd texts in the cells of one column."""

    def __init__(self, column: Column) -> None:
        """Prepare the patterns that count in a column."""
        kinds = {
            _SHORTENED_NUMBER: "is a number that a spreadsheet has shortened, so that digits are missing",
            _TRUE_OR_FALSE: "may be a word that a spreadsheet took for true or false",
            _ERROR_VALUE: "is an error of a spreadsheet and no text",
        }
        if column.kind is not ColumnKind.LONG_TEXT:
            kinds[_DATE] = "may be a word or number that a spreadsheet took for a date"
        if column.name == "phone":
            kinds[_LOST_ZERO] = "has ten digits, and may have lost a 0 at its beginning"
        self.is_needed = column.kind in _TEXT_KINDS
        self._reasons: Mapping[str, str] = {f"g{number}": reason for number, reason in enumerate(kinds.values())}
        groups = "|".join(f"(?P<g{number}>{pattern})" for number, pattern in enumerate(kinds))
        self._any = re.compile(f"^(?:{groups})$", re.MULTILINE)

    def find(self, texts: Sequence[str | None]) -> Warnings:
        """Find the odd texts among the cells of a chunk, by position."""
        together = "\n".join(filter(None, texts))
        found: Warnings = {}
        if self._any.search(together) is not None:
            _look(texts, self._changed_by_spreadsheet, found)
        if not together.isascii() and (_LOST_LETTER in together or _MISREAD.search(together) is not None):
            _look(texts, _misread, found)
        return found

    def _changed_by_spreadsheet(self, text: str) -> str:
        match = self._any.fullmatch(text)
        return "" if match is None else f"{text} {self._reasons[match.lastgroup or '']}; it is kept as it was sent."


def _look(texts: Sequence[str | None], judge: Callable[[str], str], found: Warnings) -> None:
    for place, text in enumerate(texts):
        if text and place not in found and (warning := judge(text)):
            found[place] = warning


def _misread(text: str) -> str:
    """Say whether letters were read in another encoding than they were written in, or lost."""
    if _LOST_LETTER in text:
        return f"{text} has lost a letter on its way here; it is kept as it was sent."
    found = _MISREAD.findall(text)
    if len(found) == 1 and found[0][0] not in _TELLTALE_CAPITALS and found[0][1] in _USUAL_AFTER_CAPITAL:
        return ""
    meant = _MISREAD.sub(_meant, text)
    if meant == text:
        return ""
    return f"{text} looks like {meant} read in the wrong encoding; it is kept as it was sent."


def _meant(found: re.Match[str]) -> str:
    text = found.group()
    try:
        return bytes(_BYTE_OF_CHARACTER[letter] for letter in text).decode("utf-8")
    except UnicodeDecodeError:
        return text
