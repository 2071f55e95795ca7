"""Which copy an entry of the audit is about: copies of one letter for several people have the same print code."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

from ioms_desktop.storage.printing.papers import COPY_FOR_DETAIL, RUN_DETAIL, RegisteredPaper, papers_of_cases
from ioms_desktop.storage.records.read import Reading

P = TypeVar("P", bound="PrintEntry")
DOCUMENT_DETAIL = "document"
"""What names, in the audit of a copy, the document of which it is."""
COPY_ENTRY_DETAIL = "copy_entry"
"""What names, in the audit of what became of a copy, the entry of that copy: one printed twice has the same code."""


class PrintEntry(Protocol):
    """An entry of the audit about a copy."""

    @property
    def id(self) -> int:
        """Its number; a later entry has a higher one."""

    @property
    def case_ref(self) -> str:
        """The case of which it is."""

    @property
    def actor(self) -> str:
        """Who printed it."""

    @property
    def recipient(self) -> str | None:
        """Who has it."""

    @property
    def detail(self) -> dict[str, Any] | None:
        """What the audit has of it."""


def is_about(told: PrintEntry, copy: PrintEntry) -> bool:
    """Whether an entry that a copy was not made, or of what was done about one, is about this copy.

    What an older entry does not say, as whose copy was not made, it says of none in particular. What is said before a
    copy left is said of another that was alike.
    """
    said, of = told.detail or {}, copy.detail or {}
    is_recall = said.get("recall_of") is not None
    code = said.get("recall_of" if is_recall else "print_of")
    whose = told.recipient if is_recall else said.get(COPY_FOR_DETAIL)
    return (
        told.id > copy.id
        and told.case_ref == copy.case_ref
        and said.get(COPY_ENTRY_DETAIL) in (None, copy.id)  # no sets: an entry from elsewhere may say a list
        and code in (None, of.get("print_id"))
        and whose in (None, copy.recipient)
        and said.get(DOCUMENT_DETAIL) in (None, of.get(DOCUMENT_DETAIL))
    )


def unmade_by(entries: Sequence[P]) -> dict[int, P]:
    """Return the entries that say that a copy was not made, by the place of that copy.

    Where one does not say which copy, it is the last of those alike.

    Args:
        entries: Copies and what is said of them, the oldest first: an entry was made before the print, and then the
            printer stopped.
    """
    unmade: dict[int, P] = {}
    for at, told in enumerate(entries):
        if not _says_unmade(told):
            continue
        before = (place for place in range(at - 1, -1, -1) if place not in unmade)
        of = next((place for place in before if _is_print_of(entries[place], told)), None)
        if of is not None:
            unmade[of] = told
    return unmade


def without_unprinted(entries: Sequence[P]) -> list[P]:
    """Leave out what did not go out, and that it did not."""
    unmade = unmade_by(entries)
    return [each for at, each in enumerate(entries) if at not in unmade and not _says_unmade(each)]


def _says_unmade(entry: PrintEntry) -> bool:
    return (entry.detail or {}).get("made") is False


def _is_print_of(entry: PrintEntry, stopped: PrintEntry) -> bool:
    """Whether an entry is of a print, and of the same case by the same user as one that was stopped."""
    is_print = not _says_unmade(entry) and (entry.detail or {}).get("recall_of") is None
    return is_print and entry.actor == stopped.actor and is_about(stopped, entry)


def copies_of_run(reading: Reading, case_refs: Iterable[str], run: str) -> list[list[RegisteredPaper]]:
    """Return the papers about cases that were printed in one run, in order, without unmade ones.

    Returns:
        For each copy, its entry for each case that it is about.
    """
    entries_by_case: dict[str, list[RegisteredPaper]] = {}
    for entry in papers_of_cases(reading, case_refs):
        entries_by_case.setdefault(entry.case_ref, []).append(entry)
    found: list[RegisteredPaper] = []
    for entries in entries_by_case.values():
        unmade = unmade_by(entries)
        found += [each for at, each in enumerate(entries) if at not in unmade and each.detail.get(RUN_DETAIL) == run]
    copies: list[list[RegisteredPaper]] = []
    for each in sorted(found, key=lambda entry: entry.id):
        former = copies[-1] if copies else []
        if former and _copy_of(former[0]) == _copy_of(each) and each.case_ref not in {one.case_ref for one in former}:
            former.append(each)
        else:
            copies.append([each])
    return copies


def _copy_of(entry: RegisteredPaper) -> tuple[object, object]:
    """Return what the entries of one copy that is about several cases have in common."""
    return entry.detail.get("sha256"), entry.detail.get("copy")
