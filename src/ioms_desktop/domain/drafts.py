"""Drafts: unsaved entries that survive a crash or a lock of the program."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

DRAFT_LIFETIME = timedelta(days=14)
"""The time for which a draft is kept."""
PRINTED_LETTER_FORM = "letter_printed"
"""The form that asks what a printer made of a letter. Its draft is kept from before the letter is written until that is
known, and `about` is the number of the command that writes it: where that was not done, there is nothing to ask."""
PRINTED_PAPERS_FORM = "papers_printed"
"""The form that asks what a printer made of papers about cases, which are the draft's. Its `about` is the number
of the run in which they were printed, which is on record of each."""
NOTE_FORMS = frozenset({PRINTED_LETTER_FORM, PRINTED_PAPERS_FORM})
"""The forms that ask what a printer made of something."""
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
        """Whether, at an instant, it is too old to be offered again; what is to be answered never is."""
        return self.form not in NOTE_FORMS and at - self.saved_at > DRAFT_LIFETIME


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


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """What somebody is called, to find them in what others typed.

    A single name is a word as well ("Green", "Will"), which may say something of somebody else: alone it is looked for
    only where a draft names them for certain, and then only the family name, as names are written.

    Attributes:
        family: The family name.
        firsts: The given names, and whatever else stands before the family name.
        others: Further names as they are written, of two words or more.
    """

    family: str = ""
    firsts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, family: str, given: str, further: Iterable[str | None] = ()) -> "KnownNames":
        """Collect the names of a person: family and given names, and what else they are or were known as."""
        known = [name.strip() for name in further if name and name.strip()]
        firsts = dict.fromkeys(filter(None, (given.strip(), *given.split()[:1], *known)))
        return cls(family=family.strip(), firsts=tuple(firsts), others=tuple(name for name in known if " " in name))

    def families(self) -> set[str]:
        """Return the family name as it is written."""
        return _as_written(self.family)

    def full(self) -> set[str]:
        """Return every full name as it is written: family name last, and first before a comma."""
        firsts = {form for first in self.firsts for form in _as_written(first)}
        pairs = [(first, family) for first in firsts for family in self.families() if family]
        both = {full for first, family in pairs for full in (f"{first} {family}", f"{family}, {first}")}
        return both | {form for name in self.others for form in _as_written(name)}


def without_people(draft: Draft, refs: Collection[str], names: KnownNames | None = None) -> Draft:
    """Return a draft without what its form says of somebody: their lines, their own fields, and their names.

    In what was typed, `REMOVED` takes their place, so that the rest of it stays. The rest is about other people: what
    only looks like a name stays, and so do codes.

    Args:
        draft: The draft; it does not belong to them.
        refs: The references of the people and their cases, and their numbers.
        names: What the person is called; None where the references alone are looked for.
    """
    refs, names = frozenset(refs), names or KnownNames()
    shown = {cell for text in draft.fields.values() for line in text.splitlines() for cell in _cells_beside(line, refs)}
    known = re.compile(rf"(?<![^\W_])(?:{_either(refs)})(?![^\W_])", re.IGNORECASE)
    everything = "\n".join((*draft.cases, *draft.fields, *draft.fields.values(), draft.words))
    if known.search(everything):
        said = [_names({*names.full(), *shown}, re.IGNORECASE), known, _names(names.families())]
    else:
        said = [_names(names.full())]
    fields = {
        name: "" if text.strip() in refs else "\n".join(_lines_without(text, refs, said))
        for name, text in draft.fields.items()
        if not refs & set(name.split())
    }
    focus = draft.focus if draft.focus in fields else ""
    kept = tuple(ref for ref in draft.cases if ref not in refs)
    return replace(draft, fields=fields, focus=focus, words=_remove(draft.words, said), cases=kept)


def _names(names: Collection[str], flags: int = 0) -> re.Pattern[str]:
    """Return a pattern for any of some names as whole words, which a part of a double name is not."""
    return re.compile(rf"(?<!\w)(?<!\w-)(?:{_either(names)})(?!-?\w)", flags)


def _either(terms: Collection[str]) -> str:
    longest_first = sorted(filter(None, terms), key=len, reverse=True)
    return "|".join(r"\s+".join(map(re.escape, term.split())) for term in longest_first) or "(?!)"


def _as_written(name: str) -> set[str]:
    """Return a name as it is written: as it is recorded, with capitals where that has none, and in capitals alone."""
    return {name.title() if name.islower() or name.isupper() else name, name.upper()}


def _remove(text: str, said: Iterable[re.Pattern[str]]) -> str:
    for pattern in said:
        text = pattern.sub(REMOVED, text)
    return text


def _lines_without(text: str, refs: frozenset[str], said: Collection[re.Pattern[str]]) -> Iterator[str]:
    """Leave out the lines with which a field names a case; elsewhere replace what names somebody, except in codes."""
    for line in text.split("\n"):
        if not any(_cells_beside(line, refs)):
            yield line if _CODES.fullmatch(text.strip()) else _remove(line, said)


def _cells_beside(line: str, refs: frozenset[str]) -> list[str]:
    """Return the cells of a line of a field that names cases, where it is of one of these: whose, and how found."""
    cells = line.strip().split("\t")
    is_theirs = cells[0] in refs or (len(cells) > 1 and bool(refs & {*cells[-1].split(" · ")}))
    return [cell for cell in cells if cell and not cell.isdecimal()] if is_theirs else []


_CODES = re.compile(r"[A-Z0-9_;]+")
"""What a field of codes holds."""
