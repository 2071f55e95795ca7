"""Registers a copy that leaves, and reads the register: it is the audit, so that nobody changes or deletes an entry."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from json import dumps
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, func, literal, literal_column, or_, select, text

from ioms_desktop.domain.errors import Duplicate, NotPossibleNow
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import PACK_DETAIL, PrintOfCase, Recipient
from ioms_desktop.domain.printing.texts.marks import TextsState
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.storage.db_errors import ANOTHER_PAPER
from ioms_desktop.storage.postgres import transaction_context
from ioms_desktop.storage.records.bulk_read import batches
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.schema.views import papers
from ioms_desktop.storage.transaction import Transaction

ROWS_PER_FETCH = 1_000
_pack_code = papers.c.detail[PACK_DETAIL].as_string()
OUTSIDE = frozenset(each.value for each in Audience if not each.shows_intelligence)
DECIDED = frozenset({TextsState.NONE.value, TextsState.REVIEWED.value, TextsState.LEFT_OUT.value})
NOT_REVIEWED = (
    "A copy for a reader outside is registered once each text in it was reviewed or left out. Nothing was printed."
)
PAPER, RECALL, STOPPED = "PAPER", "RECALL", "STOPPED"
COPY_FOR_DETAIL = "copy_for"
"""The key by which an entry about a copy that was not printed says whose copy, where others of the paper were."""
READ_AT_DETAIL = "read_at"
"""The key by which an entry says when the record was read that is on the pages, where that was before it was made."""
RUN_DETAIL = "run"
"""The key by which an entry of a copy for a printer says in which run it was printed, as the note of that run does."""
CASES_OF_PAPER_SQL = text("SELECT cases_of_paper(:code, :digest)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEntry:
    """A copy that leaves, as it is registered.

    Attributes:
        case: The case it is about.
        print_id: The code at its foot.
        audience: For whom it is made, as a code.
        copy: Which copy of how many: `1 of 3`.
        digest: The SHA-256 of the exact bytes that leave; empty where it would confirm a guess at what others may not
            read.
        given_to: Who receives it; None where who prints it keeps it.
        power: The power under which it is given, as a code; empty where it is kept.
        kept_by: How who prints it reads, where it is kept.
        more: What else is known of it.
    """

    case: Case
    print_id: str
    audience: str
    copy: str
    digest: str
    given_to: Recipient | None = None
    power: str = ""
    kept_by: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def recipient(self) -> str:
        """Who has the copy, in words."""
        return self.given_to.describe() if self.given_to else f"{self.audience} copy, carried by {self.kept_by}"

    def detail(self) -> dict[str, Any]:
        """Return what the audit keeps of it."""
        given = self.given_to
        return {
            "print_id": self.print_id,
            "audience": self.audience,
            "copy": self.copy,
            **({"sha256": self.digest} if self.digest else {}),
            **self.more,
            **({} if given is None else {"given_to": _person_of(given), "power": self.power}),
        }


class RegisteredPaper(NamedTuple):
    """An entry of the register.

    Attributes:
        act: `PAPER` for a copy that left, `RECALL` for what was done about one, `STOPPED` for one that was not printed.
        is_given: Whether somebody else received it.
    """

    id: int
    at: datetime
    actor: str
    actor_role: str
    workstation: str
    recipient: str | None
    reason_code: str | None
    reason_text: str | None
    case_ref: str
    person_ref: str | None
    print_id: str
    act: str
    is_given: bool
    detail: dict[str, Any]


_COLUMNS = tuple(papers.c[name] for name in RegisteredPaper._fields)


class PaperLine(NamedTuple):
    """As much of an entry as a search or an order of the whole register needs."""

    id: int
    at: datetime
    actor: str
    recipient: str | None
    case_ref: str
    print_id: str
    is_given: bool


def register_paper(tx: Transaction, entry: PaperEntry) -> None:
    """Put a copy that leaves on record; a server asks for recipient, purpose and power once more.

    Raises:
        Duplicate: Its code is that of another paper.
        Refused: A server does not take it.
    """
    if tx.server_enforces_access:
        tx.connection.execute(
            transaction_context.REGISTER_PAPER_SQL,
            {"case_ref": entry.case.case_ref, "detail": dumps(entry.detail())},
        )
        return
    if entry.audience in OUTSIDE and entry.more.get("texts") not in DECIDED:
        raise NotPossibleNow(NOT_REVIEWED)
    if not tx.is_local:  # a file refuses by its own trigger, which finds the codes without reading every entry
        _refuse_used_code(tx, entry)
    tx.log(
        "DISCLOSURE",
        object_type=Case.table,
        object_ref=entry.case.case_ref,
        subject_ref=entry.case.person_ref,
        recipient=entry.recipient,
        detail=entry.detail(),
    )


def _refuse_used_code(tx: Transaction, entry: PaperEntry) -> None:
    codes = [code for code in (entry.print_id, entry.more.get(PACK_DETAIL)) if code]
    known = or_(papers.c.print_id.in_(codes), _pack_code.in_(codes))
    for row in tx.connection.execute(select(papers.c.actor, papers.c.detail).where(known, papers.c.act == PAPER)):
        if row.actor != tx.command.user or row.detail.get("sha256", "") != entry.digest:
            raise Duplicate(ANOTHER_PAPER)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperScope:
    """Which entries are listed; a server leaves out besides what the user may not know of.

    Attributes:
        of: Only what one user printed; empty for everybody's.
        programmes: Only of cases of these; None for any.
        is_all: Whether also of cases that are kept from the user, as an auditor reads it.
    """

    of: str = ""
    programmes: frozenset[str] | None = None
    is_all: bool = False


def paper_lines(reading: Reading, scope: PaperScope, since: datetime | None = None) -> Iterator[PaperLine]:
    """Walk through the register, the latest first.

    Args:
        reading: Where to read.
        scope: Which entries.
        since: Only those from an instant on.
    """
    query = _narrowed(reading, select(*(papers.c[name] for name in PaperLine._fields)), scope)
    if since is not None:
        query = query.where(papers.c.at >= since)
    found = reading.connection.execute(query, execution_options={"yield_per": ROWS_PER_FETCH})
    return (PaperLine(*row) for part in found.partitions() for row in part)


def first_papers(reading: Reading, scope: PaperScope, limit: int) -> "array[int]":
    """Return the ids of the latest entries alone."""
    query = _narrowed(reading, select(papers.c.id), scope).limit(limit)
    return array("q", reading.connection.scalars(query))


def papers_by_id(reading: Reading, scope: PaperScope, ids: Sequence[int]) -> list[RegisteredPaper]:
    """Return some entries, in no particular order; those that a disposal emptied meanwhile are left out."""
    query = _narrowed(reading, select(*_COLUMNS), scope)
    parts = (query.where(papers.c.id.in_(part)) for part in batches(list(ids)))
    return [RegisteredPaper(*row) for part in parts for row in reading.connection.execute(part)]


def papers_of_cases(reading: Reading, case_refs: Iterable[str]) -> list[RegisteredPaper]:
    """Return every entry about some cases, the earliest first."""
    return sorted(_entries(reading, [papers.c.case_ref.in_(part) for part in batches(sorted(set(case_refs)))]))


def acts_of(reading: Reading, ids: Sequence[int]) -> dict[int, str]:
    """Say of entries of the audit which act about a paper each is; others are left out."""
    query = select(papers.c.id, papers.c.act)
    parts = (query.where(papers.c.id.in_(part)) for part in batches(list(ids)))
    return {row.id: row.act for part in parts for row in reading.connection.execute(part)}


def has_print(tx: Transaction, wanted: PrintOfCase) -> bool:
    """Whether the user made a print that came out: more of its code left than were stopped."""
    mine = papers.c.actor == tx.command.user, papers.c.case_ref == wanted.case_ref, papers.c.print_id == wanted.print_id
    acts = Counter(tx.connection.scalars(select(papers.c.act).where(*mine, papers.c.act.in_((PAPER, STOPPED)))))
    return acts[PAPER] > acts[STOPPED]


def cases_of_paper(reading: Reading, code: str, digest: str = "") -> list[str]:
    """Return the cases of a paper or pack of this code, or of these bytes, that the user may know of."""
    if reading.server_enforces_access:
        found = set(reading.connection.scalars(CASES_OF_PAPER_SQL, {"code": code, "digest": digest or None}))
    else:
        each = (select(papers.c.case_ref).where(told) for told in _tells_of(reading, code, digest))
        found = {ref for query in each for ref in reading.connection.scalars(query)}
    return sorted(found)


def papers_of_code(
    reading: Reading, code: str, digest: str = "", *, of: Iterable[str] | None = None
) -> list[RegisteredPaper]:
    """Return the entries of a paper or pack of this code, or of these bytes, the earliest first.

    There is one a case for each time it was printed, and one for each thing that was done about it.

    Args:
        reading: Where to read.
        code: The code of the paper, or of the pack on whose cover it stands.
        digest: The SHA-256 of the bytes; empty for none.
        of: Only of these cases; None for any.
    """
    conditions = _tells_of(reading, code, digest)
    refs = None if of is None else frozenset(of)
    if refs is not None and not reading.is_local:  # a server finds the cases, and then what is asked about them
        conditions = [papers.c.case_ref.in_(part) & each for part in batches(sorted(refs)) for each in conditions]
    found = {each.id: each for each in _entries(reading, conditions) if refs is None or each.case_ref in refs}
    return [found[number] for number in sorted(found)]


def _tells_of(reading: Reading, code: str, digest: str) -> list[ColumnElement[bool]]:
    """Return the conditions of which one is true of each entry of a paper.

    In a file each has an index, with whose expression it must agree to the letter, and joined by OR they have none.
    """
    if not reading.is_local:
        of_code = or_(papers.c.print_id == code, _pack_code == code)
        return [or_(of_code, papers.c.detail["sha256"].as_string() == digest) if digest else of_code]
    said = ((papers.c.print_id, code), (_said_in_file(PACK_DETAIL), code), (_said_in_file("sha256"), digest))
    return [column == literal(asked) for column, asked in said if asked]


def _said_in_file(name: str) -> ColumnElement[Any]:
    return func.json_extract(papers.c.detail, literal_column(f"'$.{name}'"), type_=String())


def _entries(reading: Reading, conditions: Iterable[ColumnElement[bool]]) -> list[RegisteredPaper]:
    query = select(*_COLUMNS)
    return [
        RegisteredPaper(*row) for condition in conditions for row in reading.connection.execute(query.where(condition))
    ]


def _narrowed(reading: Reading, query: Select[Any], scope: PaperScope) -> Select[Any]:
    if scope.of:
        query = query.where(papers.c.actor == scope.of)
    if scope.programmes is not None or not (scope.is_all or reading.server_enforces_access):
        theirs = select(cases.c.case_ref)  # in a file without those that are kept from the user
        if scope.programmes is not None:
            theirs = theirs.where(cases.c.programme.in_(sorted(scope.programmes)))
        query = query.where(papers.c.case_ref.in_(theirs))
    return query.where(papers.c.act == PAPER).order_by(papers.c.id.desc())


def _person_of(recipient: Recipient) -> dict[str, str]:
    return {"name": recipient.name, "role": recipient.role, "organisation": recipient.organisation}
