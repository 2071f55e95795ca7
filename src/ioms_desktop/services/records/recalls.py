"""Copies that went out: which are to be recalled, because an entry was later found to be in error, and which were.

Any copy may be recalled, as one that went to the wrong reader. It is listed as one to recall if an entry in
error stood on the record of its case when that was read for it. The register of prints does not have what was on a
page, so that the copy may hold the entry and need not; where it is not known, it is listed. A recall is a disclosure of
its own, so that the information sharing log tells it, too.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any, NamedTuple

from ioms_desktop.domain.access.roles import Right, Role, sees_programme
from ioms_desktop.domain.errors import Missing, MissingReason
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.record import Record, day_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.text_format import format_day, format_name, join_words
from ioms_desktop.services.case_access import may_know_those_named
from ioms_desktop.services.commands import get_visible_case, run_command
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.records.copy_entries import COPY_ENTRY_DETAIL, DOCUMENT_DETAIL, is_about, without_unprinted
from ioms_desktop.services.records.moved_entries import as_told, is_moved
from ioms_desktop.services.records.readable import may_read
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.audit.audit import list_disclosures
from ioms_desktop.storage.printing.papers import READ_AT_DETAIL, papers_of_code
from ioms_desktop.storage.queries.recalls import (
    DisclosureEntry,
    KnownStrikeOut,
    known_copies,
    known_strike_outs,
    known_strike_outs_elsewhere,
)
from ioms_desktop.storage.queries.today import TodayCaseHeader, today_case_headers
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import from_json_fields
from ioms_desktop.storage.transaction import Transaction

RECALL_TOPICS = frozenset({Topic.CASES})
MAY_HOLD = "It went out while the entry stood on record, so it may hold it."


class PrintedCopy(NamedTuple):
    """An entry of the audit about a copy, or about its recall."""

    id: int
    case_ref: str
    at: datetime
    actor: str
    recipient: str
    reason_code: str | None
    detail: dict[str, Any] | None


class RecallResult(StrEnum):
    """What was done about a copy."""

    RECALLED = "RECALLED"
    TOLD = "TOLD"


RECALL_WORDS = {
    RecallResult.RECALLED: "Back or destroyed",
    RecallResult.TOLD: "Recipient told",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryInError:
    """What was wrong about a copy.

    Attributes:
        what: The entry: `Contact of 12 Oct 2026`.
        is_moved: Whether it belonged to somebody else.
        at: When it was taken out or moved (UTC).
        reason: Why; empty where this user is not told.
    """

    table: str
    key_text: str
    what: str
    is_moved: bool
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyToRecall:
    """A copy that went out and about which nothing was done yet, or that may hold what is in error.

    Attributes:
        id: Its entry in the register.
        print_id: The number on its pages, which is that of every copy of a letter.
        document: The document of which it is; empty for a copy of the case.
        copy: Which of how many: `1 of 3`.
        printed_at: When it went out (UTC).
        errors: What was wrong, the latest first; empty where nothing is known to be.
    """

    id: int
    case_ref: str
    name: str
    programme: str
    print_id: str
    document: str
    audience: str
    copy: str
    recipient: str
    printed_by: str
    printed_at: datetime
    errors: tuple[EntryInError, ...]

    @property
    def ref(self) -> str:
        """What names this copy among all with the same number."""
        return copy_ref(self.print_id, self.id)

    @property
    def found_at(self) -> datetime:
        """When the latest error was found (UTC); when it went out where there is none."""
        return max((each.at for each in self.errors), default=self.printed_at)

    def describe(self) -> str:
        """Say what is to be recalled from whom, and why."""
        wrong = join_words([f"{each.what} ({'moved' if each.is_moved else 'taken out'})" for each in self.errors])
        return (
            f"Copy {self.copy} of print {self.print_id}, {self.recipient}, {format_instant(self.printed_at)}: {wrong}. "
            f"{MAY_HOLD}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRecalled:
    """What was done about a copy, and how.

    Attributes:
        print_id: The copy, as its `ref` names it, and no other; the number alone will do where one recipient has the
            paper, and means each that was printed of it.
    """

    request: str
    case_ref: str
    print_id: str
    result: RecallResult
    reason: str


def list_copies_to_recall(session: Session) -> tuple[CopyToRecall, ...]:
    """List the copies that are to be recalled, the latest error first: a supervisor's all, others' their own prints.

    Raises:
        NotAllowed: The user may not print.
    """
    session.require(Right.PRINT)
    with session.store.read() as reading:
        return read_copies_to_recall(session, reading)


def get_copies_to_recall(session: Session, code: str, case_ref: str = "") -> tuple[CopyToRecall, ...]:
    """Return those of a paper or pack that the user may recall, whether or not they are to be recalled, a case each.

    Args:
        session: The session of the user who recalls.
        code: The code of the paper, or of the pack that they are in; or a single copy, as its `ref` names it.
        case_ref: Only that of one case; empty for any.

    Raises:
        NotAllowed: The user may not print.
        Missing: There is none, or each is back or its recipient was told; or several recipients have the paper.
    """
    session.require(Right.PRINT)
    with session.store.read() as reading:
        return _copies_of(session, reading, code, case_ref)


def read_copies_to_recall(
    session: Session, reading: Reading, refs: Collection[str] | None = None
) -> tuple[CopyToRecall, ...]:
    """List the same in a transaction that is under way, of all cases or some."""
    wrong = _known_errors(reading, refs)
    listed = [each for each in _copies_out(session, reading, wrong, wrong) if each.errors]
    return tuple(sorted(listed, key=lambda each: (each.found_at, each.print_id), reverse=True))


def get_copy_to_recall(session: Session, reading: Reading, code: str, case_ref: str) -> CopyToRecall:
    """Return the same of one case in a transaction that is under way."""
    (copy,) = _copies_of(session, reading, code, case_ref)
    return copy


def copy_ref(print_id: str, entry: int) -> str:
    """Return what names a copy by its entry in the register: others of the paper have the same number."""
    return f"{print_id}/{entry}"


def _copies_of(session: Session, reading: Reading, code: str, case_ref: str) -> tuple[CopyToRecall, ...]:
    code, _, entry = code.partition("/")
    of = {each.case_ref: each.print_id for each in papers_of_code(reading, code) if case_ref in {"", each.case_ref}}
    listed = _copies_out(session, reading, of, _known_errors(reading))
    found = [each for each in listed if each.print_id == of[each.case_ref] and entry in {"", str(each.id)}]
    alike = {(each.case_ref, each.recipient, each.document): each for each in found}  # the last of those alike
    if not alike:
        raise Missing(
            "This copy does not have to be recalled (any more), or you may not recall it: only the person who printed "
            "it or a supervisor may. Nothing was changed; reload the list."
        )
    if len({each.case_ref for each in alike.values()}) < len(alike):
        named = join_words([f"{each.ref} is that of {each.recipient}" for each in alike.values()])
        raise Missing(
            f"This paper has several copies, and it does not say whose is meant. Nothing was changed; {named}."
        )
    return tuple(alike.values())


def _known_errors(reading: Reading, refs: Collection[str] | None = None) -> dict[str, list[KnownStrikeOut]]:
    wrong: dict[str, list[KnownStrikeOut]] = {}
    for each in chain(known_strike_outs(reading, refs), known_strike_outs_elsewhere(reading, refs)):
        wrong.setdefault(each.case_ref, []).append(each)
    return wrong


def _copies_out(
    session: Session, reading: Reading, case_refs: Iterable[str], wrong: Mapping[str, Sequence[KnownStrikeOut]]
) -> list[CopyToRecall]:
    """Return the copies of some cases that this user may recall, each with what is in error since it was dealt with."""
    entries = known_copies(reading, case_refs, session.user, everybodys=session.role is Role.SUPERVISOR)
    copies, recalls = _sorted_out(session, entries)
    heads = today_case_headers(reading, {each.case_ref for each in copies})
    told = {
        ref: [each for each in wrong.get(ref, ()) if _is_told(session, reading, each)]
        for ref in {each.case_ref for each in copies}
    }
    found = (_to_recall(session, each, told[each.case_ref], recalls, heads) for each in copies)
    return [each for each in found if each is not None and sees_programme(session.role, each.programme)]


def mark_recalled(session: Session, entry: MarkRecalled) -> Outcome:
    """Record that a copy is back or destroyed, or that its recipient was told; the duty then ends.

    Raises:
        NotAllowed: The user may not print.
        MissingReason: It is not said how.
        Missing: The case is not there for this user; or the copy is not to be recalled, or not by them: who printed it
            or a supervisor does that.
    """
    if not entry.reason.strip():
        raise MissingReason("Say what was done, and with whom. Your entry is kept.", field="reason")

    def do(tx: Transaction) -> Outcome:
        case = get_visible_case(session, tx, entry.case_ref)
        copy = get_copy_to_recall(session, tx, entry.print_id, case.case_ref)
        tx.log(
            "DISCLOSURE",
            object_type=Case.table,
            object_ref=case.case_ref,
            subject_ref=case.person_ref,
            recipient=copy.recipient,
            detail={
                "recall_of": copy.print_id,
                "result": entry.result.value,
                "copy": copy.copy,
                **({DOCUMENT_DETAIL: copy.document} if copy.document else {}),
                **({COPY_ENTRY_DETAIL: copy.id} if entry.print_id == copy.ref else {}),
            },
        )
        notice = f"Print {copy.print_id}: {RECALL_WORDS[entry.result].lower()}. It is on record."
        return Outcome(notice=notice, changed=RECALL_TOPICS, ref=copy.print_id)

    return run_command(session, "mark_recalled", Right.PRINT, entry.request, do, reason_text=entry.reason.strip())


def printed_copies(reading: Reading, case_ref: str, until: datetime) -> list[PrintedCopy]:
    """List what went out of a case before an instant, and the recalls of it, the oldest first."""
    rows = list_disclosures(reading, case_ref, until)
    return without_unprinted(
        [
            PrintedCopy(row.id, case_ref, row.at, row.actor, row.recipient or "", row.reason_code, row.after)
            for row in rows
        ]
    )


def was_printed(
    reading: Reading, case_ref: str, since: datetime, until: datetime, records: Iterable[Record] = ()
) -> bool:
    """Whether a copy of a case, or of a document among some records, went out after an instant and before another."""
    known = {(each.table, each.key_text) for each in records}
    copies = printed_copies(reading, case_ref, until)
    out = (each.detail or {} for each in copies if each.at > since)
    return any("print_id" in said and _document_of(said) in {None, *known} for said in out)


def _sorted_out(
    session: Session, entries: Sequence[DisclosureEntry]
) -> tuple[list[DisclosureEntry], dict[tuple[str, str], list[DisclosureEntry]]]:
    """Part the copies that went out from the recalls; a recall counts by who printed the copy or a supervisor."""
    printed = [each for each in entries if (each.detail or {}).get("recall_of") is None]
    copies = [each for each in without_unprinted(printed) if (each.detail or {}).get("print_id")]
    mine = {(each.case_ref, _print_id(each)): each.actor for each in copies}
    recalls: dict[tuple[str, str], list[DisclosureEntry]] = {}
    for each in entries:
        of = (each.case_ref, str((each.detail or {}).get("recall_of")))
        if of in mine and (each.is_supervisors or each.actor == mine[of]):
            recalls.setdefault(of, []).append(each)
    own = session.role is not Role.SUPERVISOR
    return [each for each in copies if not own or each.actor == session.user], recalls


def _to_recall(
    session: Session,
    copy: DisclosureEntry,
    wrong: Iterable[KnownStrikeOut],
    recalls: Mapping[tuple[str, str], Sequence[DisclosureEntry]],
    heads: Mapping[str, TodayCaseHeader],
) -> CopyToRecall | None:
    head = heads.get(copy.case_ref)
    about = (each.at for each in recalls.get((copy.case_ref, _print_id(copy)), ()) if is_about(each, copy))
    settled = max(about, default=None)
    held = _document_of(copy.detail or {})
    read_at = _read_at(copy)
    during = (each for each in wrong if each.began <= copy.at and read_at < each.ended and _may_hold(held, each))
    open_ = [each for each in during if (settled is None or settled < each.ended)]
    if head is None or not (open_ or settled is None):
        return None
    said = copy.detail or {}
    return CopyToRecall(
        id=copy.id,
        case_ref=copy.case_ref,
        name=format_name(head.family_name, head.given_names),
        programme=head.programme,
        print_id=_print_id(copy),
        document=str(said.get(DOCUMENT_DETAIL, "")),
        audience=str(said.get("audience", "")),
        copy=str(said.get("copy", "")),
        recipient=copy.recipient or "",
        printed_by=copy.actor,
        printed_at=copy.at,
        errors=tuple(sorted(_errors(session, open_), key=lambda each: each.at, reverse=True)),
    )


def _may_hold(held: tuple[str, str] | None, wrong: KnownStrikeOut) -> bool:
    """Whether a copy may hold an entry: of a document nothing else, of a case whatever stood on it."""
    return not wrong.is_elsewhere if held is None else held == (wrong.table_name, wrong.record_key)


def _is_told(session: Session, reading: Reading, wrong: KnownStrikeOut) -> bool:
    """Whether this user is told of an entry at all; of one without its words a server has said so."""
    if wrong.data is None:
        return True
    record = from_json_fields(RECORD_TYPE_BY_TABLE[wrong.table_name], wrong.data)
    return may_read(session, record) and may_know_those_named(session, reading, record)


def _errors(session: Session, wrong: Iterable[KnownStrikeOut]) -> Iterator[EntryInError]:
    for each in wrong:
        record_type = RECORD_TYPE_BY_TABLE[each.table_name]
        record = None if each.data is None else from_json_fields(record_type, each.data)
        reason = each.reason or ""
        told, why, withheld = (None, "", False) if record is None else as_told(session, record, reason)
        yield EntryInError(
            table=each.table_name,
            key_text=each.record_key,
            what=_what(record_type, None if withheld else told),
            is_moved=is_moved(reason),
            at=each.ended,
            by=session.names.of(each.by_whom),
            reason=why,
        )


def _what(record_type: type[Record], record: Record | None) -> str:
    on = None if record is None else day_of(record)
    return record_type.label if on is None else f"{record_type.label} of {format_day(on)}"


def _document_of(detail: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the table and key of the document of which a copy is, which holds nothing else; None for a case's."""
    ref = detail.get(DOCUMENT_DETAIL)
    return None if ref is None else (Document.table, str(ref))


def _read_at(copy: DisclosureEntry) -> datetime:
    """Return when the record was read that is on a copy: what was found to be in error before is not on it."""
    said = (copy.detail or {}).get(READ_AT_DETAIL)
    try:
        return copy.at if said is None else min(copy.at, datetime.fromisoformat(said))
    except (TypeError, ValueError):  # an entry from elsewhere may say anything
        return copy.at


def _print_id(copy: DisclosureEntry) -> str:
    return str((copy.detail or {}).get("print_id"))
