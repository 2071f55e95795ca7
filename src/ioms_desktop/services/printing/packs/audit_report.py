"""A report from the audit as a paper: who did and looked at what about a case, a person, or in a period."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.audit.seals import spoken_digits
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import Missing, OutOfRange
from ioms_desktop.domain.printing.packs.certificates import AuditLine, AuditReport
from ioms_desktop.domain.printing.print_facts import MARKING
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.text_format import capitalise, pluralise
from ioms_desktop.services.printing.packs.plain_file import check_paper_path, let_file_leave, plain_print_facts
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.audit import sealing
from ioms_desktop.storage.audit.audit import ReportScope, find_subject, report_log
from ioms_desktop.storage.printing.papers import RECALL, STOPPED, acts_of
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

AUDIT_REASON = "AUDIT"
MAX_ENTRIES = 5_000
"""The most entries of one report: more is no paper that anybody reads."""
DID = {
    "CONSULTATION": "Looked at",
    "DISCLOSURE": "Passed on",
    "COMBINATION": "Combined",
    "COLLECTION": "Recorded",
    "ALTERATION": "Changed",
    "ERASURE": "Erased",
}
ABOUT_A_COPY = {RECALL: "Followed up a copy", STOPPED: "Noted a copy as not printed"}
"""What was done about a paper that was passed on earlier: such an entry passes nothing on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedReport:
    """What a report is about.

    Attributes:
        ref: A case or a person; empty for every entry of the period.
        first: The first day; None for from the beginning.
        last: The last day, included; None for to now.
    """

    ref: str = ""
    first: date | None = None
    last: date | None = None


def print_audit_report(session: Session, wanted: WantedReport, path: Path, *, overwrite: bool = False) -> Outcome:
    """Print a report into a file; that it was asked for and that it left are on record.

    Raises:
        NotAllowed: The user may not read the audit.
        Missing: The audit knows no such person or case.
        OutOfRange: The days are not in order, there are too many entries, or neither a case nor a period is named.
        FileRefused: The file cannot be written.
    """
    session.require(Right.READ_AUDIT)
    check_paper_path(path)
    facts, person = read_audit_report(session, wanted)

    def note(tx: Transaction, known: dict[str, Any]) -> None:
        days = {"from": _iso(wanted.first), "to": _iso(wanted.last), "entries": len(facts.lines)}
        tx.log(
            "DISCLOSURE",
            object_type="audit",
            object_ref=wanted.ref or "report",
            subject_ref=person,
            recipient=f"carried by {facts.about.printed_by}",
            detail={**days, **known},
        )

    let_file_leave(session, "print_audit_report", path, facts, note, reason_code=AUDIT_REASON, overwrite=overwrite)
    count = pluralise(len(facts.lines), "entry", "entries")
    notice = f"Audit report with {count} saved as {path}, and put on record."
    return Outcome(notice=notice, changed=frozenset(), ref=wanted.ref)


def read_audit_report(session: Session, wanted: WantedReport) -> tuple[AuditReport, str | None]:
    """Read what a report is drawn from, and whom it is about; the query is audited.

    Raises:
        As for `print_audit_report`.
    """
    session.require(Right.READ_AUDIT)
    _check_days(session, wanted)
    with session.store.begin(session.command_context(reason_code=AUDIT_REASON), "audit_report") as tx:
        person, is_case = find_subject(tx, wanted.ref) or (None, False) if wanted.ref else (None, False)
        if wanted.ref and person is None:
            raise Missing(f"The audit knows no person or case {wanted.ref}. Check the reference.", field="ref")
        scope = ReportScope(
            person_ref=person or "",
            case_ref=wanted.ref if is_case else "",
            since=_midnight(wanted.first),
            until=_midnight(None if wanted.last is None else wanted.last + timedelta(days=1)),
        )
        rows = report_log(tx, scope, MAX_ENTRIES + 1)
        if len(rows) > MAX_ENTRIES:
            raise OutOfRange(
                f"There are more than {MAX_ENTRIES:,} entries. Nothing was printed; choose fewer days.", field="last"
            )
        acts = acts_of(tx, [row.id for row in rows if row.kind == "DISCLOSURE"])
        seal = _seal(tx)
        tx.log("CONSULTATION", object_type="audit", object_ref=wanted.ref or "report", subject_ref=person)
    report = AuditReport(
        about=plain_print_facts(session, AUDIT_REASON, MARKING),
        subject="" if not wanted.ref else f"{'Case' if is_case else 'Person'} {wanted.ref}",
        first=wanted.first,
        last=wanted.last,
        lines=tuple(_line(session, row, acts.get(row.id, ""), wanted.ref) for row in rows),
        seal=seal,
    )
    return report, person


def _check_days(session: Session, wanted: WantedReport) -> None:
    if not wanted.ref and wanted.first is None:
        raise OutOfRange(
            "A report is about a case, a person or a period. Nothing was printed; name one of them.", field="first"
        )
    last = wanted.last or session.today()
    if wanted.first is not None and wanted.first > last:
        raise OutOfRange("The first day is after the last. Nothing was printed; choose the days again.", field="last")


def _line(session: Session, row: Any, act: str, about: str) -> AuditLine:  # noqa: ANN401 - a row of the audit
    known = RECORD_TYPE_BY_TABLE.get(row.object_type)
    kind = known.label if known is not None else capitalise(row.object_type.replace("_", " "))
    words = session.lists.of("reason_code").label(row.reason_code)
    copy = f", copy of {row.recipient}" if act == RECALL and row.recipient else ""
    return AuditLine(
        at=row.at.astimezone(LONDON),
        who=session.names.with_login(row.actor),
        role=row.actor_role,
        workstation=row.workstation,
        did=ABOUT_A_COPY.get(act) or DID.get(row.kind, capitalise(row.kind.lower())),
        what=f"{kind} {_named(row, about)}{copy}",
        recipient="" if act in ABOUT_A_COPY else row.recipient or "",
        reason=": ".join(filter(None, (words, row.reason_text))),
        is_refused=bool(row.refused),
    )


def _named(row: Any, about: str) -> str:  # noqa: ANN401 - a row of the audit
    """Return a reference without what the record says: a key of several columns goes on with an offence, or a need."""
    known, ref = RECORD_TYPE_BY_TABLE.get(row.object_type), str(row.object_ref)
    if known is None or len(known.key) == 1:
        return ref
    return about if about and ref.startswith(f"{about}/") else ref.partition("/")[0]


def _seal(reading: Reading) -> str:
    head = sealing.chain_head(reading)
    return "" if head is None else f"Newest seal when it was printed: {head.n}, to compare {spoken_digits(head.hash)}."


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, datetime.min.time(), LONDON)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
