"""Compare the open cases with the list of another system, both ways: who is missing here, who there, what differs."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import FileUnreadable, Refused
from ioms_desktop.domain.records.identifiers import canonical_cro_number, canonical_pnc_id
from ioms_desktop.domain.records.references import reference_likeness
from ioms_desktop.domain.search.search_terms import (
    REFERENCE_MARK,
    birth_date_words,
    fold,
    reference_words,
    whole_reference,
)
from ioms_desktop.exchange.cells import parse_date_of_birth
from ioms_desktop.exchange.name_lists import NUMBERS, REFERENCES, ListRow, read_name_list
from ioms_desktop.services.session import Session
from ioms_desktop.storage.bulk.write import log_people
from ioms_desktop.storage.queries.reconcile import ListedCase, open_cases, people_by_word


@dataclass(frozen=True, slots=True)
class Difference:
    """A detail of somebody that the list and the record say differently."""

    line: int
    case_ref: str
    column: str
    listed: str
    recorded: str


@dataclass(slots=True)
class Reconciliation:
    """What a comparison found; a line is that of the file, its header being line 1.

    Attributes:
        programme: The programme whose open cases were compared; empty for both.
        rows: How many rows the file has.
        matched: How many of them name somebody who has an open case here.
        not_here: The rows that name nobody with an open case here.
        not_listed: The open cases that no row names.
        differences: What is said differently of somebody who was matched.
        by_name: The rows that were matched by name and date of birth alone, though they give a number; with the case.
        unclear: The rows that fit several people, with the cases.
        unreadable: The rows that cannot be read, with the reason.
        ignored: The columns that nothing was compared with.
    """

    file: str
    as_of: date
    programme: str = ""
    rows: int = 0
    matched: int = 0
    not_here: list[ListRow] = field(default_factory=list)
    not_listed: list[ListedCase] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    by_name: list[tuple[int, str]] = field(default_factory=list)
    unclear: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    ignored: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "file": self.file,
            "as_of": self.as_of.isoformat(),
            "programme": self.programme or None,
            "rows": self.rows,
            "matched": self.matched,
            "not_here": [{"line": row.line, **row.cells} for row in self.not_here],
            "not_listed": [
                {
                    "case_ref": case.case_ref,
                    "name": case.name,
                    "date_of_birth": case.date_of_birth.isoformat(),
                    "programme": case.programme,
                    "status": case.status,
                }
                for case in self.not_listed
            ],
            "differences": [
                {
                    "line": each.line,
                    "case_ref": each.case_ref,
                    "column": each.column,
                    "listed": each.listed,
                    "recorded": each.recorded,
                }
                for each in self.differences
            ],
            "by_name_alone": [{"line": line, "case_ref": ref} for line, ref in self.by_name],
            "unclear": [{"line": line, "case_refs": list(refs)} for line, refs in self.unclear],
            "unreadable": [{"line": line, "reason": reason} for line, reason in self.unreadable],
            "ignored_columns": list(self.ignored),
        }


def reconcile_list(session: Session, path: Path, programme: str = "") -> Reconciliation:
    """Compare a CSV file with the open cases of today, and put on record whom the answer names.

    Args:
        session: Who asks.
        path: The list of another system.
        programme: The programme to compare; empty for both.

    Raises:
        NotAllowed: The user may not compare.
        FileUnreadable: The file cannot be read, or names nobody.
    """
    session.require(Right.RECONCILE)
    try:
        listed = read_name_list(path)
    except OSError as error:
        raise FileUnreadable(f"{path} cannot be read: {error.strerror}. Nothing was compared.") from error
    programmes = frozenset({programme} if programme else {"IOM", "PHOENIX"})
    found = Reconciliation(
        file=path.name, as_of=session.today(), programme=programme, rows=len(listed.rows), ignored=listed.ignored
    )
    with session.store.read() as reading:
        cases = open_cases(reading, session.today(), programmes)
        by_word = people_by_word(reading, (word for row in listed.rows for word in _words(row, session.today())))
    named = _Matcher(cases, by_word, session.today()).compare(listed.rows, found)
    with session.store.begin(session.command_context(reason_code="CASE_WORK"), "reconcile") as tx:
        detail = {"compared_with": path.name, "rows": found.rows, "programme": programme or None}
        tx.log("CONSULTATION", object_type="list", object_ref="reconcile", subject_ref=None, detail=detail)
        if named:
            log_people(tx, "CONSULTATION", detail, named)
    return found


def _words(row: ListRow, today: date) -> set[str]:
    """Return the words by which somebody with a number of a row is found."""
    numbers = ((column, row.cells[column]) for column in NUMBERS if column in row.cells)
    return {word for column, text in numbers for word in _number_words(column, text, today)}


def _number_words(column: str, text: str, today: date) -> set[str]:
    """Return the words that are a number as a whole: with the mark of one that could be a date, and without."""
    number = text
    with suppress(Refused):  # what is no number of its kind is looked for as it is written
        if column == "pnc_id":
            number = canonical_pnc_id(text, today.year)
        elif column == "cro_number":
            number = canonical_cro_number(text)
    whole = whole_reference(number)
    return {whole, whole.removeprefix(REFERENCE_MARK)} & reference_words(number)


def _plain(name: str) -> str:
    """Return a name without what other systems leave out: accents, capitals, hyphens, apostrophes and blanks."""
    return fold(name).replace("-", "")


class _Matcher:
    """Finds the open case that a row of a list is about."""

    def __init__(self, cases: Sequence[ListedCase], by_word: dict[str, set[str]], today: date) -> None:
        self._cases, self._by_word, self._today = cases, by_word, today
        self._by_ref: dict[str, list[ListedCase]] = defaultdict(list)
        self._by_person: dict[str, list[ListedCase]] = defaultdict(list)
        self._by_name: dict[tuple[str, date], list[ListedCase]] = defaultdict(list)
        for case in cases:
            for ref in (case.case_ref, case.person_ref):
                self._by_ref[reference_likeness(ref)].append(case)
            self._by_person[case.person_ref].append(case)
            self._by_name[_plain(case.family_name), case.date_of_birth].append(case)

    def compare(self, rows: Sequence[ListRow], found: Reconciliation) -> set[str]:
        """Sort the rows into what was found, and return the people whom that names."""
        seen: set[str] = set()
        named: set[str] = set()
        for row in rows:
            if row.reason:
                found.unreadable.append((row.line, row.reason))
                continue
            cases, by_name_alone = self._find(row)
            people = {case.person_ref for case in cases}
            seen |= people
            if not people:
                found.not_here.append(row)
            elif len(people) > 1:
                found.unclear.append((row.line, tuple(case.case_ref for case in cases)))
                named |= people
            else:
                found.matched += 1
                differences = list(self._differences(row, cases[0]))
                found.differences += differences
                if by_name_alone:
                    found.by_name.append((row.line, cases[0].case_ref))
                if differences or by_name_alone:
                    named |= people
        found.not_listed = [case for case in self._cases if case.person_ref not in seen]
        return named | {case.person_ref for case in found.not_listed}

    def _find(self, row: ListRow) -> tuple[list[ListedCase], bool]:
        """Return the open cases of whom a row names, and whether name and date of birth alone did, against a number."""
        refs = (reference_likeness(row.cells[column]) for column in REFERENCES if column in row.cells)
        owners = {case.person_ref for ref in refs for case in self._by_ref.get(ref, ())}
        for word in _words(row, self._today):
            owners |= {owner for owner in self._by_word.get(word, ()) if not self._is_born_on(owner, word)}
        cases = [case for owner in sorted(owners) for case in self._by_person.get(owner, ())]
        born = self._born_on(row)
        if cases or born is None or "family_name" not in row.cells:
            return cases, False
        cases = self._by_name.get((_plain(row.cells["family_name"]), born), [])
        return cases, not row.cells.keys().isdisjoint({*REFERENCES, *NUMBERS})

    def _is_born_on(self, owner: str, word: str) -> bool:
        """Whether a word is somebody's date of birth, written as a number may be."""
        return any(word in birth_date_words(case.date_of_birth) for case in self._by_person.get(owner, ()))

    def _differences(self, row: ListRow, case: ListedCase) -> Sequence[Difference]:
        made = [
            Difference(row.line, case.case_ref, column, row.cells[column], getattr(case, column))
            for column in ("family_name", "given_names")
            if column in row.cells and _plain(row.cells[column]) != _plain(getattr(case, column))
        ]
        born = self._born_on(row)
        if born is not None and born != case.date_of_birth:
            recorded = case.date_of_birth.isoformat()
            made.append(Difference(row.line, case.case_ref, "date_of_birth", born.isoformat(), recorded))
        return made

    def _born_on(self, row: ListRow) -> date | None:
        try:
            return parse_date_of_birth(row.cells["date_of_birth"], self._today)
        except (KeyError, ValueError):
            return None
