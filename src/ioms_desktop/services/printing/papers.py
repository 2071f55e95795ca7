"""The register of papers: every copy that left, for whom, under which power, and what became of it."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from ioms_desktop.domain.access.roles import Right, Role, may, visible_programmes
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import MalformedValue
from ioms_desktop.domain.letters.template import describe_paper
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import read_print_id
from ioms_desktop.domain.printing.print_facts import PaperForm
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.search.text_filter import TextFilter
from ioms_desktop.domain.text_format import format_day, format_name
from ioms_desktop.services.cases.case_lists import FIRST_PAGE_ROWS
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.printing.sharing_log import describe_version, name_of_form
from ioms_desktop.services.records.copy_entries import DOCUMENT_DETAIL, is_about, unmade_by
from ioms_desktop.services.records.recalls import RECALL_WORDS, RecallResult, copy_ref, read_copies_to_recall
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.leaving import POWER_LIST
from ioms_desktop.storage.printing.papers import (
    PAPER,
    RECALL,
    PaperLine,
    PaperScope,
    RegisteredPaper,
    first_papers,
    paper_lines,
    papers_by_id,
    papers_of_cases,
    papers_of_code,
)
from ioms_desktop.storage.queries.today import today_case_headers
from ioms_desktop.storage.records.read import Reading

PERIOD_DAYS = {"today": 0, "week": 6, "month": 27}
"""The periods by which the register is narrowed: how many days before today are in each."""
LAST = datetime.max.replace(tzinfo=UTC)
DEFAULT_SORT = "at"
SORTS: dict[str, Callable[[PaperLine], Any]] = {
    "at": lambda line: line.at,
    "recipient": lambda line: fold(line.recipient or ""),
    "case_ref": lambda line: line.case_ref,
    "print_id": lambda line: line.print_id,
}


class PaperState(StrEnum):
    """What became of a copy."""

    OUT = "OUT"
    REPLACED = "REPLACED"
    RECALLED = "RECALLED"
    TOLD = "TOLD"
    NOT_PRINTED = "NOT_PRINTED"


SAME_KIND: Mapping[str, Any] = {
    "audience": None,
    "given_to": None,
    DOCUMENT_DETAIL: None,
    "agency": "",
    "form": PaperForm.FULL,
    "as_of": None,
}
"""What a copy and the one that takes its place have in common, each with what stands for it where nothing is said."""
HELD = frozenset({PaperState.OUT, PaperState.REPLACED})
"""The states of a copy about which nothing was done."""
STATE_WORDS = {
    PaperState.OUT: "Out",
    PaperState.REPLACED: "Replaced by a later copy",
    PaperState.RECALLED: RECALL_WORDS[RecallResult.RECALLED],
    PaperState.TOLD: RECALL_WORDS[RecallResult.TOLD],
    PaperState.NOT_PRINTED: "Not made",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A copy as the register lists it.

    Attributes:
        at: When it left (UTC).
        name: Whose case it is; empty for who does not read cases.
        what: What it is: `Case summary, partner copy`.
        recipient: Who has it.
        power: The power under which it was given, in words; empty where it was kept.
        reason: Why, in words.
        printed_by: Who printed it, as they read to others.
        digest: The SHA-256 of its bytes; empty where it is not kept.
        replaced_by: The code of the later copy for the same recipient; empty where there is none.
        may_recall: Whether this user may put on record that it is back, or that its recipient was told.
    """

    id: int
    at: datetime
    print_id: str
    case_ref: str
    name: str
    what: str
    audience: str
    copy: str
    recipient: str
    is_given: bool
    power: str
    reason: str
    printed_by: str
    workstation: str
    digest: str
    state: PaperState
    state_on: date | None
    replaced_by: str = ""
    may_recall: bool = False

    @property
    def ref(self) -> str:
        """What names this copy among all with the same code."""
        return copy_ref(self.print_id, self.id)

    @property
    def state_words(self) -> str:
        """What became of it, with the day."""
        words = STATE_WORDS[self.state]
        return words if self.state_on is None else f"{words}, {format_day(self.state_on)}"


def paper_ids(session: Session, query: ListQuery) -> "array[int]":
    """Return the ids of the entries that match a query, the latest first unless it sorts them otherwise.

    Raises:
        NotAllowed: The user may not read the register.
    """
    session.require(Right.READ_PAPERS)
    typed, held = TextFilter(query.text, anywhere=True), query.chosen("held")
    with session.store.read() as reading:
        lines: Iterable[PaperLine] = paper_lines(reading, _scope(session), _since(session, query))
        if len(held) == 1:
            lines = (line for line in lines if line.is_given is ("given" in held))
        if query.text.strip():
            lines = _matching(session, reading, list(lines), typed, query.text)
        found = list(lines)
    sort = query.sort if query.sort in SORTS else DEFAULT_SORT
    found.sort(key=lambda line: (SORTS[sort](line), line.id), reverse=query.descending or query.sort is None)
    return array("q", (line.id for line in found))


def first_paper_rows(session: Session, query: ListQuery) -> list[PaperRow]:
    """Return only the rows of the first screen, quickly where nothing is asked for but the latest.

    Raises:
        NotAllowed: The user may not read the register.
    """
    session.require(Right.READ_PAPERS)
    if query.is_narrowed or query.sort not in {None, DEFAULT_SORT} or (query.sort and not query.descending):
        return _rows_in_order(session, paper_ids(session, query)[:FIRST_PAGE_ROWS])
    with session.store.read() as reading:
        ids = first_papers(reading, _scope(session), FIRST_PAGE_ROWS)
    return _rows_in_order(session, ids)


def paper_rows(session: Session, ids: Sequence[int]) -> list[PaperRow]:
    """Return the rows of some entries; those that are no longer there are left out.

    Raises:
        NotAllowed: The user may not read the register.
    """
    session.require(Right.READ_PAPERS)
    with session.store.read() as reading:
        found = papers_by_id(reading, _scope(session), ids)
        rows = list(rows_of(session, reading, found))
        if not may(session.role, Right.PRINT):
            return rows
        theirs = {each.id for each in found if session.role is Role.SUPERVISOR or each.actor == session.user}
        owed = {each.id for each in read_copies_to_recall(session, reading)}
        return [replace(row, may_recall=row.id in owed or (row.id in theirs and row.state in HELD)) for row in rows]


def list_papers(
    session: Session, words: str = "", first: date | None = None, last: date | None = None
) -> list[PaperRow]:
    """List the copies that match what is searched for, the latest first.

    Args:
        words: As for the list on screen.
        first: The first day on which they were printed; None for any.
        last: The last day, included; None for any.

    Raises:
        NotAllowed: The user may not read the register.
    """
    found = _rows_in_order(session, paper_ids(session, ListQuery(text=words)))
    return [row for row in found if (first or date.min) <= _day(row.at) <= (last or date.max)]


def _rows_in_order(session: Session, ids: Sequence[int]) -> list[PaperRow]:
    rows = {row.id: row for row in paper_rows(session, ids)}
    return [rows[each] for each in ids if each in rows]


def rows_of(
    session: Session, reading: Reading, entries: Sequence[RegisteredPaper], before: datetime = LAST
) -> Iterator[PaperRow]:
    """Return entries as they are listed, in the order given, each with what became of it before an instant."""
    of_case: dict[str, list[RegisteredPaper]] = {each.case_ref: [] for each in entries}
    for each in papers_of_cases(reading, of_case):
        if each.at < before:
            of_case[each.case_ref].append(each)
    names = _names(session, reading, of_case)
    unmade = {found[at].id: told for found in of_case.values() for at, told in unmade_by(found).items()}
    for each in entries:
        if each.act == PAPER:
            yield _row(session, each, _became(each, of_case[each.case_ref], unmade), names)


def _row(
    session: Session, paper: RegisteredPaper, became: tuple[PaperState, date | None, str], names: Mapping[str, str]
) -> PaperRow:
    said = paper.detail
    state, since, later = became
    reasons = session.lists.of("reason_code")
    words = reasons.label(paper.reason_code)
    return PaperRow(
        id=paper.id,
        at=paper.at,
        print_id=paper.print_id,
        case_ref=paper.case_ref,
        name=names.get(paper.case_ref, ""),
        what=_what(said, session.lists),
        audience=str(said.get("audience", "")),
        copy=str(said.get("copy", "")),
        recipient=paper.recipient or "",
        is_given=bool(paper.is_given),
        power=session.lists.of(POWER_LIST).label(said.get("power")),
        reason=f"{words}: {paper.reason_text}" if paper.reason_text else words,
        printed_by=session.names.of(paper.actor),
        workstation=paper.workstation,
        digest=str(said.get("sha256", "")),
        state=state,
        state_on=since,
        replaced_by=later,
    )


def _what(said: Mapping[str, Any], lists: CodeLists) -> str:
    letter = describe_paper(said)
    if letter:
        return letter
    if DOCUMENT_DETAIL in said:
        return f"Document {said[DOCUMENT_DETAIL]}, a copy of the file"
    known = {each.value: each.label for each in Audience}
    audience = str(said.get("audience", ""))
    return f"{name_of_form(said)}, {known.get(audience, audience)}{describe_version(said, lists)}"


def _became(
    paper: RegisteredPaper, beside: Sequence[RegisteredPaper], unmade: Mapping[int, RegisteredPaper]
) -> tuple[PaperState, date | None, str]:
    """Say what became of a copy, since when, and by which later one it was replaced."""
    if paper.id in unmade:
        return PaperState.NOT_PRINTED, _day(unmade[paper.id].at), ""
    after = [each for each in beside if each.id > paper.id]
    for each in reversed(after):
        counts = each.actor == paper.actor or each.actor_role == Role.SUPERVISOR
        if each.act == RECALL and counts and is_about(each, paper):
            told = each.detail.get("result") == RecallResult.TOLD
            return PaperState.TOLD if told else PaperState.RECALLED, _day(each.at), ""
    for each in after:
        if _is_for_the_same(paper, each) and each.id not in unmade:
            return PaperState.REPLACED, _day(each.at), each.print_id
    return PaperState.OUT, None, ""


def _is_for_the_same(paper: RegisteredPaper, later: RegisteredPaper) -> bool:
    """Whether a later entry is of another paper of the same kind, for the same recipient."""
    return (
        later.act == PAPER
        and later.print_id != paper.print_id
        and bool(paper.is_given)
        and later.detail.get("copy") == paper.detail.get("copy")
        and all(later.detail.get(name, other) == paper.detail.get(name, other) for name, other in SAME_KIND.items())
    )


def _scope(session: Session) -> PaperScope:
    """Say which entries a user may list: an auditor and a supervisor everybody's, others their own."""
    if session.role is Role.AUDITOR:
        return PaperScope(is_all=True)
    own = "" if session.role is Role.SUPERVISOR else session.user
    return PaperScope(of=own, programmes=visible_programmes(session.role))


def _since(session: Session, query: ListQuery) -> datetime | None:
    chosen = [PERIOD_DAYS[each] for each in query.chosen("period") if each in PERIOD_DAYS]
    if not chosen:
        return None
    first = session.today() - timedelta(days=max(chosen))
    return datetime.combine(first, datetime.min.time(), LONDON)


def _matching(
    session: Session, reading: Reading, lines: Sequence[PaperLine], typed: TextFilter, text: str
) -> list[PaperLine]:
    names = _names(session, reading, {line.case_ref for line in lines})
    coded = _of_code(reading, text)
    return [line for line in lines if line.id in coded or typed.matches(_text(session, line, names))]


def _of_code(reading: Reading, text: str) -> set[int]:
    """Return the entries of the paper or pack whose code was typed; none where it is no code."""
    with suppress(MalformedValue):
        return {each.id for each in papers_of_code(reading, read_print_id(text))}
    return set()


def _text(session: Session, line: PaperLine, names: Mapping[str, str]) -> str:
    by, day = session.names.of(line.actor), format_day(_day(line.at))
    return f"{line.print_id} {line.case_ref} {names.get(line.case_ref, '')} {line.recipient or ''} {by} {day}"


def _names(session: Session, reading: Reading, case_refs: Iterable[str]) -> dict[str, str]:
    """Return whose cases they are; an auditor reads no names."""
    if session.role is Role.AUDITOR:
        return {}
    heads = today_case_headers(reading, case_refs)
    return {ref: format_name(each.family_name, each.given_names) for ref, each in heads.items()}


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()
