"""Code lists: the codes a column may hold, each with its label, its source and the days on which it is in use."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ioms_desktop.domain.errors import InvalidReferenceData

LAW_KEYS = frozenset({"confirmed", "active", "valid_from", "valid_to", "source"})
"""What an entry says that rests on law, or on somebody else's list; only such a code may be decided on.

A decision may add any of them to an entry of whatever list.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One entry of a code list.

    Attributes:
        code: What is stored and exchanged; case-sensitive.
        label: The words for it on screen and in print.
        description: A longer explanation, where the label is not enough.
        valid_from: The first day it is in use, included; None for no beginning.
        valid_to: The last day it is in use, included; None for no end.
        offered: Whether screens offer it; a code that is not offered is still accepted in files.
        programmes: The programmes that use it; empty for all.
        synonym_of: The code that it is another way to write, which is shown, counted and filtered in its place; empty
            for a code of its own. A synonym is never offered, and is kept as sent.
        closes: Whether a case with this status is closed.
        next: The codes that may follow it, for a list of statuses.
        more: The entry's other keys, which particular lists define.
    """

    code: str
    label: str
    description: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    offered: bool = True
    programmes: frozenset[str] = frozenset()
    synonym_of: str = ""
    closes: bool = False
    next: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def valid_on(self, on: date) -> bool:
        """Whether it is in use on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def used_by(self, programme: str) -> bool:
        """Whether a programme uses it."""
        return not self.programmes or programme in self.programmes

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> "Code":
        """Build a code from one `[[code]]` table of a document.

        Raises:
            KeyError: The entry lacks its code or its label.
        """
        known = {key: value for key, value in entry.items() if key in _CODE_FIELDS}
        known["programmes"] = frozenset(known.get("programmes", ()))
        known["next"] = tuple(known.get("next", ()))
        known["offered"] = known.get("offered", True) and "synonym_of" not in entry
        more = {key: value for key, value in entry.items() if key not in _CODE_FIELDS}
        return cls(**{"code": entry["code"], "label": entry["label"], **known}, more=more)


_CODE_FIELDS = frozenset(Code.__dataclass_fields__) - {"more"}


_NEVER_LISTED = {"enforcement_lever": "School exclusion is never a lever."}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """One code list.

    Attributes:
        name: The name columns refer to it by.
        title: Its name on screen.
        source: Where its codes come from.
        codes: Its entries, in the order in which screens offer them.
        open: Whether its source has no complete list, so that other values are accepted and stored unchanged.
    """

    name: str
    title: str
    source: str
    codes: tuple[Code, ...]
    open: bool = False
    _by_code: Mapping[str, Code] = field(init=False, repr=False, compare=False)
    _by_label: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _spellings: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the entries by code and by label, and the ways to write each."""
        by_label = {each.label.casefold(): each.code for each in reversed(self.codes)}  # of several the first counts
        object.__setattr__(self, "_by_label", by_label)
        object.__setattr__(self, "_by_code", {code.code: code for code in self.codes})
        spellings: dict[str, set[str]] = {}
        for code in self.codes:
            spellings.setdefault(code.synonym_of or code.code, set()).add(code.code)
        object.__setattr__(self, "_spellings", {code: frozenset(each) for code, each in spellings.items()})

    @property
    def never(self) -> str:
        """What is left out of the list on purpose, in a sentence; empty for nothing."""
        return _NEVER_LISTED.get(self.name, "")

    def __contains__(self, code: str) -> bool:
        """Whether it has an entry of this code, in use or not."""
        return code in self._by_code

    def __iter__(self) -> Iterator[Code]:
        """Iterate over its entries in order."""
        return iter(self.codes)

    def get(self, code: str, on: date | None = None) -> Code | None:
        """Return the entry of a code; None if there is none, or if it is not in use on the day given."""
        found = self._by_code.get(code)
        return None if found is None or (on is not None and not found.valid_on(on)) else found

    def canonical(self, code: str) -> str:
        """Return the code that a value stands for: itself unless it is a synonym."""
        found = self._by_code.get(code)
        return code if found is None else found.synonym_of or code

    def spellings(self, codes: Iterable[str]) -> frozenset[str]:
        """Return every value that stands for one of some codes, as a filter on stored values needs them."""
        wanted = {self.canonical(code) for code in codes}
        return frozenset().union(wanted, *(self._spellings.get(code, ()) for code in wanted))

    def label(self, code: str | None, on: date | None = None) -> str:
        """Return the label of what a code stands for: the code itself if the list lacks it, an empty text for none.

        Args:
            code: The code, or another way to write it.
            on: The day that it is said of; then the label says what had taken the place of the code by that day.
        """
        found = self._by_code.get(self.canonical(code or ""))
        if found is None:
            return code or ""
        since = found.more.get("superseded_from")
        if on is None or since is None or str(since) > on.isoformat():
            return found.label
        return f"{found.label} (superseded by {self.label(found.more['superseded_by'])})"

    def code_labelled(self, label: str) -> str:
        """Return the first code of a label, in whatever case it is written; empty where there is none."""
        return self._by_label.get(label.casefold(), "")

    def offered(self, on: date | None = None, programme: str | None = None) -> tuple[Code, ...]:
        """Return the entries a screen offers on a day for a programme; None for either stands for any."""
        return tuple(
            code
            for code in self.codes
            if code.offered and (on is None or code.valid_on(on)) and (programme is None or code.used_by(programme))
        )

    def leads_to(self, present: str, wanted: str) -> bool:
        """Whether a code may follow another, directly or through others, since a file may omit those in between."""
        reached: set[str] = set()
        waiting = [present]
        while waiting:
            code = waiting.pop()
            if code in self._by_code and code not in reached:
                reached.add(code)
                waiting.extend(self._by_code[code].next)
        return wanted in reached

    @classmethod
    def from_document(cls, name: str, document: Mapping[str, Any]) -> "CodeList":
        """Build a list from its document.

        Raises:
            Refused: The document lacks a part, contains a code twice, or a synonym of what is no code of its own.
        """
        try:
            labels = {entry["code"]: entry["label"] for entry in document["code"] if "synonym_of" not in entry}
            codes = tuple(
                Code.from_entry({"label": labels[entry.get("synonym_of", entry["code"])], **entry})
                for entry in document["code"]
            )
            built = cls(
                name=name,
                title=document["title"],
                source=document["source"],
                codes=codes,
                open=bool(document.get("open", False)),
            )
        except (KeyError, TypeError) as wrong:
            raise InvalidReferenceData(
                f"The code list {name} cannot be read: {wrong} is missing or wrong. Correct it first."
            ) from wrong
        if len(built._by_code) != len(codes):
            raise InvalidReferenceData(f"The code list {name} has a code twice. Correct it first.")
        return built


@dataclass(frozen=True, slots=True)
class CodeLists:
    """Every code list by name."""

    lists: Mapping[str, CodeList]

    def of(self, name: str) -> CodeList:
        """Return the list of a name.

        Raises:
            KeyError: There is none: a column names a list that is not supplied with the program.
        """
        return self.lists[name]

    def __iter__(self) -> Iterator[CodeList]:
        """Iterate over the lists in order of their names."""
        return (self.lists[name] for name in sorted(self.lists))

    @classmethod
    def from_lists(cls, lists: Iterable[CodeList]) -> "CodeLists":
        """Index lists by name."""
        return cls({each.name: each for each in lists})
