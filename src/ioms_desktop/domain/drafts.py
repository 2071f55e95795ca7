"""Drafts: unsaved entries that survive a crash or a lock of the program."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

DRAFT_LIFETIME = timedelta(days=14)
"""The time for which a draft is kept."""
REMOVED = "[removed]"
"""What stands in a draft in place of somebody whose record is no longer there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The content of a form, and what is needed to open the same form again.

    Attributes:
        id: Its identifier, which names its file.
        form: The name of the form.
        request: The request number of the command that the form sends, so that a repeat has no effect.
        saved_at: When it was last saved (UTC).
        case_ref: The case the form belongs to; empty where there is none.
        about: The reference of the record the form edits; empty where there is none.
        revision: The revision of that record when the form was opened; 0 where there is none.
        fields: The content of every field by name, in the order of the form.
        focus: The field with the keyboard focus; empty where none had it.
        words: What was typed, under the fields' titles, readable without the form.
        cases: Further cases that the form names: several people were met, or are printed together.
    """

    id: str
    form: str
    request: str
    saved_at: datetime
    case_ref: str = ""
    about: str = ""
    revision: int = 0
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    focus: str = ""
    words: str = field(default="", repr=False)
    cases: tuple[str, ...] = ()

    def has_expired(self, at: datetime) -> bool:
        """Whether, at an instant, it is too old to be offered again."""
        return at - self.saved_at > DRAFT_LIFETIME


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowState:
    """What was open when the window was locked.

    Attributes:
        saved_at: When it was locked (UTC).
        cases: The references of the open cases, in their order.
        shown: The case that was on top; empty if a screen was.
        screen: The screen in the first tab.
    """

    saved_at: datetime
    cases: tuple[str, ...]
    shown: str = ""
    screen: str = ""


def without_people(draft: Draft, refs: Collection[str], names: Iterable[str] = ()) -> Draft:
    """Return a draft without what its form says of some people: their lines, their own fields, and their names.

    In what somebody typed, `REMOVED` takes their place, so that the rest of it stays.

    Args:
        draft: The draft; it belongs to none of them.
        refs: The references of the people and their cases, and their numbers.
        names: Their names, of which each word is looked for.
    """
    refs = frozenset(refs)
    shown = {cell for text in draft.fields.values() for line in text.splitlines() for cell in _cells_beside(line, refs)}
    words = {word for name in names for word in re.findall(r"[^\W_]+", name) if len(word) > 1}
    terms = sorted({*refs, *shown, *words}, key=len, reverse=True)
    said = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, terms))})(?![^\W_])", re.IGNORECASE)
    fields = {
        name: "" if text.strip() in refs else "\n".join(_lines_without(text, refs, said))
        for name, text in draft.fields.items()
        if not refs & set(name.split())
    }
    focus = draft.focus if draft.focus in fields else ""
    kept = tuple(ref for ref in draft.cases if ref not in refs)
    return replace(draft, fields=fields, focus=focus, words=said.sub(REMOVED, draft.words), cases=kept)


def _lines_without(text: str, refs: frozenset[str], said: re.Pattern[str]) -> Iterator[str]:
    """Leave out the lines with which a field names a case; elsewhere replace what names somebody."""
    return (said.sub(REMOVED, line) for line in text.split("\n") if not any(_cells_beside(line, refs)))


def _cells_beside(line: str, refs: frozenset[str]) -> list[str]:
    """Return the cells of a line of a field that names cases, where it is of one of these: whose, and how found."""
    cells = line.strip().split("\t")
    is_theirs = cells[0] in refs or (len(cells) > 1 and bool(refs & {*cells[-1].split(" · ")}))
    return [cell for cell in cells if cell and not cell.isdecimal()] if is_theirs else []
