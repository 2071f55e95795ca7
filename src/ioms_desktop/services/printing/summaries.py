"""Printing a case summary: gather the facts, redact them for the audience, render, audit the disclosure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import FileNotFound, FileUnwritable, MissingReason, UnknownCode
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import Recipient, facts_digest, make_print_id
from ioms_desktop.domain.printing.plain_copy import PlainCopy
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.case_access import refuse_under_break_glass
from ioms_desktop.services.cases.cases import CaseView, build_case_view
from ioms_desktop.services.commands import clean_entry, get_visible_case
from ioms_desktop.services.printing.summary_facts import gather_for_reader
from ioms_desktop.services.printing.summary_plain import gather_plain_copy
from ioms_desktop.services.reason_codes import refuse_training_reason, refuse_unknown_reason
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.leaving import Leaving, check_leaving
from ioms_desktop.storage.printing.papers import PaperEntry, last_print_of, register_paper
from ioms_desktop.storage.transaction import Transaction

PaperFacts = CaseSummary | PlainCopy
NOTHING_PRINTED = "Nothing was printed"
NOT_PRINTED = "nobody: the printer stopped"


def case_summary_pdf(  # noqa: PLR0913 - each is a field of the print dialog
    session: Session,
    case_ref: str,
    *,
    audience: Audience = Audience.FULL,
    agency: str = "",
    reason_code: str,
    reason_text: str = "",
    given_to: Recipient | None = None,
    power: str = "",
    as_of: date | None = None,
    printed_at: datetime | None = None,
    copy: tuple[int, int] = (1, 1),
    preview: bool = False,
    keep: Callable[[bytes], None] | None = None,
) -> bytes:
    """Render one case summary.

    Args:
        audience: For whom, which decides what is on it.
        agency: The code of the partner agency that it is for; empty for that of the recipient. An
            agency that is not known receives the least.
        reason_code: Why, as a code; a preview too has its reason.
        reason_text: Why, in words.
        given_to: Who receives it; None where who prints it keeps it.
        power: The legal power under which it is given, as a code; only for a copy that is given out.
        as_of: Only events dated on or before this day count; None for today.
        printed_at: The time of printing, in UTC; None for now.
        copy: Which copy of how many.
        preview: Whether it is only looked at: then the look is recorded, not a disclosure.
        keep: Puts the PDF where it is to be, as the last step before the disclosure is recorded for good: if it fails,
            nothing is on record.

    Returns:
        The PDF; the same data, user, reason and time give the same bytes.

    Raises:
        NotAllowed: The user may not print, or not the full copy, which carries intelligence.
        Missing: The case is not there for this user.
        Refused: The reason is missing, is no reason code, or is not one for live records; recipient and power do not go
            together; or there is no copy for the person or their family yet, or for the parent of an adult.
    """
    session.require(Right.PRINT)
    if audience.shows_intelligence:
        session.require(Right.READ_INTELLIGENCE)
    _check_purpose(session, reason_code)
    leaving = check_leaving(session, given_to, power)
    reason_text = clean_entry(reason_text, "reason_text")
    at = printed_at or session.clock()
    act = session.command_context(reason_code=reason_code, reason_text=reason_text)
    with session.store.begin(act, "print_case_summary") as tx:
        refuse_training_reason(session, tx, reason_code)
        case = get_visible_case(session, tx, case_ref, reason_code)
        refuse_under_break_glass(session, tx, case_ref)
        view = build_case_view(session, tx, case, as_of or session.today())
        about = _print_facts(session, audience, reason_code, reason_text, leaving, at, copy)
        whose = agency or ("" if given_to is None else given_to.organisation)
        facts = _gather(session, tx, view, about, whose)
        summary = _with_print_id(session, case, facts, reason_code)
        pdf = _render_pdf(summary)
        if preview:
            _log_preview(tx, case, summary, pdf)
        else:
            register_paper(tx, _paper_entry(case, summary, pdf, leaving, as_of))
        if keep is not None:
            keep(pdf)
    return pdf


def save_case_summaries(
    session: Session,
    targets: Sequence[tuple[str, Path]],
    **wanted: Any,  # noqa: ANN401 - passed on unchanged
) -> Iterator[Path]:
    """Write case summaries, one file a case; each is recorded as a disclosure once its file is there.

    Args:
        targets: The cases with their files, in order; the folders exist.
        wanted: As for `case_summary_pdf`.

    Yields:
        Each file once it is written and on record.

    Raises:
        NotAllowed: As for `case_summary_pdf`.
        Missing: A case is not there for this user; nothing was written.
        Refused: As for `case_summary_pdf`; or a file cannot be written: it is as it was and not on record.
    """
    require_visible_cases(session, [ref for ref, _ in targets])
    for _, path in targets:
        if not path.parent.is_dir():
            raise FileNotFound(f"There is no folder {path.parent}. Nothing left the application; choose another place.")
    for number, (ref, path) in enumerate(targets):
        try:
            with NewFiles() as new:
                case_summary_pdf(session, ref, **wanted, keep=partial(_put_in_place, new, path))
        except OSError as failed:
            raise FileUnwritable(_describe_failed_file(path, failed, number)) from failed
        yield path


def _put_in_place(new: NewFiles, path: Path, pdf: bytes) -> None:
    new.write(path, pdf)
    new.put_in_place()


def _describe_failed_file(path: Path, failed: OSError, written: int) -> str:
    before = (
        f" {written} of the files before it {'is' if written == 1 else 'are'} there and on record." if written else ""
    )
    return (
        f"{path} could not be written: {failed.strerror or 'the place does not take it'}. A file that was there is as "
        f"it was, and this print is not on record.{before} Choose another place."
    )


def record_unfinished_prints(session: Session, case_refs: Sequence[str], *, reason_code: str) -> None:
    """Record that summaries which are on record as printed were not: the printer stopped.

    Raises:
        Refused: The database cannot be written.
    """
    with session.store.begin(session.command_context(reason_code=reason_code), "print_not_made") as tx:
        for ref in case_refs:
            case = get_visible_case(session, tx, ref, reason_code)
            tx.log(
                "DISCLOSURE",
                object_type=Case.table,
                object_ref=case.case_ref,
                subject_ref=case.person_ref,
                recipient=NOT_PRINTED,
                detail={"made": False, "print_of": last_print_of(tx, case.case_ref)},
            )


def _gather(session: Session, tx: Transaction, view: CaseView, about: PrintFacts, agency: str) -> PaperFacts:
    """Gather what the reader is told: a summary, or a copy in plain English."""
    if about.audience.is_plain:
        return gather_plain_copy(session, view, about)
    return gather_for_reader(session, tx, view, about, agency)


def _render_pdf(summary: PaperFacts) -> bytes:
    from ioms_desktop.reports.documents import document_pdf  # noqa: PLC0415 - slow to import: loads when first needed

    return document_pdf(summary)


def _check_purpose(session: Session, code: str) -> None:
    if not code.strip():
        raise MissingReason("A print needs its reason. Nothing was printed; choose one.", field="reason")
    refuse_unknown_reason(session, code, "a print", NOTHING_PRINTED)
    if session.lists.of("reason_code").get(code, session.today()) is None:
        words = f"This reason is not in use on {format_day(session.today())}. {NOTHING_PRINTED}; choose another one."
        raise UnknownCode(words, field="reason")


def _print_facts(
    session: Session,
    audience: Audience,
    reason_code: str,
    reason_text: str,
    leaving: Leaving,
    at: datetime,
    copy: tuple[int, int],
) -> PrintFacts:
    words = session.lists.of("reason_code").label(reason_code)
    words = f"{words}: {reason_text}" if reason_text else words
    number, copies = copy
    return PrintFacts(
        audience=audience,
        printed_by=session.names.of(session.user),
        role=session.role,
        printed_at=at.astimezone(LONDON),
        reason=f"{words}, under {leaving.power_words}" if leaving.power_words else words,
        recipient=leaving.recipient,
        copy_number=number,
        copies=copies,
    )


def _with_print_id(session: Session, case: Case, facts: PaperFacts, reason_code: str) -> PaperFacts:
    """Give a summary its code, which follows from everything on it, who prints it and why."""
    seed = "|".join((case.case_ref, session.user, reason_code, facts_digest(facts)))
    return replace(facts, about=replace(facts.about, print_id=make_print_id(seed)))


def _log_preview(tx: Transaction, case: Case, summary: PaperFacts, pdf: bytes) -> None:
    tx.log(
        "CONSULTATION",
        object_type=Case.table,
        object_ref=case.case_ref,
        subject_ref=case.person_ref,
        detail=_paper_entry(case, summary, pdf, Leaving(), None).detail(),
    )


def _paper_entry(case: Case, summary: PaperFacts, pdf: bytes, leaving: Leaving, as_of: date | None) -> PaperEntry:
    about = summary.about
    return PaperEntry(
        case=case,
        print_id=about.print_id,
        audience=about.audience,
        copy=f"{about.copy_number} of {about.copies}",
        digest=sha256(pdf).hexdigest(),
        given_to=leaving.given_to,
        power=leaving.power,
        kept_by=about.printed_by,
        more={} if as_of is None else {"as_of": as_of.isoformat()},
    )


def require_visible_cases(session: Session, refs: Sequence[str]) -> None:
    """Refuse to print several cases, before the first page, where one of them is not visible to the user.

    Raises:
        NotAllowed: The user may not print.
        Missing: A case is not there for this user; the sentence names it.
    """
    session.require(Right.PRINT)
    with session.store.read() as reading:
        for ref in refs:
            get_visible_case(session, reading, ref)
