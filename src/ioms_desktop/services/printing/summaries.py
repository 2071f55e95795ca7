"""Printing a case summary: gather the facts, redact them for the audience, render, audit the disclosure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import ConflictingValues, FutureDate, MissingReason, NotAllowed, UnknownCode
from ioms_desktop.domain.printing.agency_lists import is_police_force
from ioms_desktop.domain.printing.allow_lists import allow_list_of
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import Recipient, facts_digest, make_print_id
from ioms_desktop.domain.printing.print_facts import PaperForm, PrintFacts
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.domain.printing.texts.marks import NOBODY_REVIEWED, TextReview
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.text_format import format_day, format_name
from ioms_desktop.services.case_access import AccessCheck
from ioms_desktop.services.cases.cases import build_case_view
from ioms_desktop.services.commands import clean_entry, get_visible_case, open_case_checked
from ioms_desktop.services.labels import agency_code
from ioms_desktop.services.printing.drawing import PaperFacts, draw_to_be_seen
from ioms_desktop.services.printing.summary_facts import gather_for_reader
from ioms_desktop.services.printing.summary_plain import gather_plain_copy
from ioms_desktop.services.printing.texts.copy_texts import CopyTexts
from ioms_desktop.services.printing.texts.decided import (
    ReviewForReader,
    checked_review,
    refuse_not_reviewed,
    texts_on_record,
)
from ioms_desktop.services.reason_codes import refuse_training_reason, refuse_unknown_reason
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.leaving import Leaving, check_leaving
from ioms_desktop.storage.printing.papers import (
    READ_AT_DETAIL,
    RUN_DETAIL,
    PaperEntry,
    register_paper,
)
from ioms_desktop.storage.queries.today import today_case_headers
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import CommandContext, Transaction

NOTHING_PRINTED = "Nothing was printed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSummary:
    """What is wanted of every summary of a print, as it was checked.

    Attributes:
        agency: The code of the partner agency; empty where none was named, whose copy says the least.
        form: Everything, or one page.
        at: The time of printing (UTC), which is on every page.
        review: What was decided of the texts in people's own words.
        is_shown_only: Whether the pages do not leave, so that a text that nobody reviewed stands in nobody's way.
        read_at: When the reading of what is on the pages began, by the clock that dates what is recorded; None where it
            is read and put on record in one transaction.
        part: The field of the summary that alone is printed, as of an action sheet; empty for all of it.
        run: The number by which a note finds what was printed; empty where none is kept, as of a file.
    """

    audience: Audience
    agency: str
    form: PaperForm
    reason_code: str
    reason_text: str
    leaving: Leaving
    as_of: date | None
    at: datetime
    review: TextReview = NOBODY_REVIEWED
    is_shown_only: bool = False
    read_at: datetime | None = None
    part: str = ""
    run: str = ""


def check_wanted(  # noqa: PLR0913 - each is a field of the print dialog
    session: Session,
    *,
    audience: Audience = Audience.FULL,
    agency: str = "",
    form: PaperForm = PaperForm.FULL,
    reason_code: str,
    reason_text: str = "",
    given_to: Recipient | None = None,
    power: str = "",
    as_of: date | None = None,
    printed_at: datetime | None = None,
    review: ReviewForReader | None = None,
    without_texts: bool = False,
    run: str = "",
) -> WantedSummary:
    """Check what is wanted, before any case is looked at; as for `print_summaries`.

    Raises:
        NotAllowed: The user may not print, or not this copy.
        Refused: Something is missing or does not go together.
    """
    session.require(Right.PRINT)
    if audience.shows_intelligence:
        session.require(Right.READ_INTELLIGENCE)
    _check_purpose(session, reason_code)
    if form is not PaperForm.FULL and audience.is_plain:
        raise ConflictingValues(
            f"A copy in plain English has one form. {NOTHING_PRINTED}; leave the form out.", field="form"
        )
    if as_of is not None and as_of > session.today():
        raise FutureDate(
            f"A summary cannot be of a day still to come, and {format_day(as_of)} is. {NOTHING_PRINTED}.", field="as_of"
        )
    code = _checked_agency(session, agency) if audience is Audience.PARTNER else ""
    leaving = check_leaving(session, given_to, power)
    _check_reader(session, audience, code, leaving.given_to)
    return WantedSummary(
        audience=audience,
        agency=code,
        form=form,
        reason_code=reason_code,
        reason_text=clean_entry(reason_text, "reason_text"),
        leaving=leaving,
        as_of=as_of,
        at=printed_at or session.clock(),
        review=checked_review(audience, code, review, without_texts=without_texts),
        run=run,
    )


def preview_summary(
    session: Session,
    case_ref: str,
    *,
    copy: tuple[int, int] = (1, 1),
    **asked: Any,  # noqa: ANN401 - passed on unchanged
) -> SeenPaper:
    """Draw a summary that is only looked at: the look is recorded, not a disclosure.

    Args:
        copy: Which copy of how many.
        asked: As for `check_wanted`: for whom, why, who receives it under which power, as of when.

    Returns:
        The pages and their text; the same data, user, reason and time give the same bytes.

    Raises:
        NotAllowed: The user may not print, or not the full copy, which carries intelligence.
        Missing: The case is not there for this user.
        Refused: The reason is missing, is no reason code, or is not one for live records; recipient and power do not go
            together; or there is no copy for the person or their family yet, or for the parent of an adult.
    """
    wanted = replace(check_wanted(session, **asked), is_shown_only=True)
    with session.store.begin(act_of_print(session, wanted), "print_case_summary") as tx:
        case, summary = read_summary(session, tx, case_ref, wanted, copy)
        seen = draw_to_be_seen(summary)
        _log_preview(tx, case, summary, seen.pdf)
    return seen


def act_of_print(session: Session, wanted: WantedSummary) -> CommandContext:
    """Return who prints and why, for a transaction."""
    return session.command_context(reason_code=wanted.reason_code, reason_text=wanted.reason_text)


def open_for_print(
    session: Session, reading: Reading, case_ref: str, wanted: WantedSummary, access: AccessCheck | None = None
) -> Case:
    """Open a case that the user may print.

    Args:
        session: Who prints.
        reading: Where it is opened.
        case_ref: The case.
        wanted: What is wanted of it.
        access: What the lists say of it, for a caller who asks more of them in the same transaction.

    Raises:
        Missing: The case is not there for this user.
        Refused: The reason is not one for live records, or the case is open by break-glass access alone.
    """
    refuse_training_reason(session, reading, wanted.reason_code)
    access = access or AccessCheck(session, reading, case_ref)
    case = open_case_checked(session, reading, access, case_ref, wanted.reason_code)
    access.refuse_under_break_glass()
    return case


def read_summary(
    session: Session, reading: Reading, case_ref: str, wanted: WantedSummary, copy: tuple[int, int] = (1, 1)
) -> tuple[Case, PaperFacts]:
    """Read a case and return what is to be drawn, with the code of the paper.

    Raises:
        Missing: The case is not there for this user.
        NotReviewed: It carries a text that nobody reviewed, and is to leave.
        Refused: It is not printed.
    """
    case, facts, _ = gather_paper(session, reading, case_ref, wanted, copy)
    if not wanted.is_shown_only:
        refuse_not_reviewed(facts.about, case_ref)
    return case, _with_print_id(session, case, facts, wanted.reason_code)


def gather_paper(
    session: Session, reading: Reading, case_ref: str, wanted: WantedSummary, copy: tuple[int, int] = (1, 1)
) -> tuple[Case, PaperFacts, CopyTexts]:
    """Read a case and return what its reader is told, and the texts in people's own words that are in it.

    Raises:
        Missing: The case is not there for this user.
        Refused: It is not printed.
    """
    access = AccessCheck(session, reading, case_ref, with_other_cases=True)
    case = open_for_print(session, reading, case_ref, wanted, access)
    view = build_case_view(session, reading, case, wanted.as_of or session.today(), access)
    about, texts = print_facts(session, wanted, copy), CopyTexts(view, session.lists, wanted.review, wanted.part)
    if not about.audience.is_plain:
        return case, gather_for_reader(session, reading, view, about, wanted.agency, texts), texts
    plain = texts.put_back(gather_plain_copy(session, texts.view, about))
    return case, replace(plain, about=replace(plain.about, texts=texts.on_copy())), texts


def number_copy(session: Session, case: Case, summary: PaperFacts, wanted: WantedSummary, number: int) -> PaperFacts:
    """Return another copy of a summary that was read as the first of several, with a code of its own."""
    about = replace(summary.about, copy_number=number, print_id="")
    return _with_print_id(session, case, replace(summary, about=about), wanted.reason_code)


def register_summary(
    tx: Transaction, case: Case, summary: PaperFacts, pdf: bytes, wanted: WantedSummary, *, is_protected: bool = False
) -> None:
    """Put a copy on record as one that leaves.

    Raises:
        Refused: It is not taken.
    """
    entry = paper_entry(case, summary, pdf, wanted.leaving, wanted.as_of)
    register_paper(tx, as_it_leaves(entry, wanted, is_protected=is_protected))


def as_it_leaves(entry: PaperEntry, wanted: WantedSummary, *, is_protected: bool) -> PaperEntry:
    """Add to the entry of a copy when its case was read, in which run it is printed, and whether it is encrypted."""
    read = {} if wanted.read_at is None else {READ_AT_DETAIL: wanted.read_at.isoformat()}
    run = {RUN_DETAIL: wanted.run} if wanted.run else {}
    return replace(entry, more={**entry.more, **read, **run, **({"encrypted": True} if is_protected else {})})


def _checked_agency(session: Session, agency: str) -> str:
    """Return the code of the agency that was named for a copy; what somebody receives it for is no such name."""
    code = agency_code(session.lists, agency)
    if agency.strip() and not code:
        raise UnknownCode(f"The agency {agency} is not known. {NOTHING_PRINTED}; choose another one.", field="agency")
    return code


def _check_reader(session: Session, audience: Audience, agency: str, given_to: Recipient | None) -> None:
    """Refuse a copy to somebody of an organisation for which it is not made."""
    if given_to is None:
        return
    theirs = agency_code(session.lists, given_to.organisation)
    if audience.shows_intelligence and not is_police_force(theirs, given_to.organisation):
        raise NotAllowed(
            f"The full copy has intelligence and goes to the police alone, and {given_to.organisation} is not known as "
            f"a police force. {NOTHING_PRINTED}; choose another copy, or the name of the force.",
            field="recipient_organisation",
        )
    if agency and theirs and theirs != agency:
        words = session.lists.of("agency").label
        raise ConflictingValues(
            f"The copy is made for {words(agency)}, but its recipient belongs to {words(theirs)}. {NOTHING_PRINTED}; "
            "make the agency and the organisation the same.",
            field="recipient_organisation",
        )


def _check_purpose(session: Session, code: str) -> None:
    if not code.strip():
        raise MissingReason("A print needs its reason. Nothing was printed; choose one.", field="reason")
    refuse_unknown_reason(session, code, "a print", NOTHING_PRINTED)
    if session.lists.of("reason_code").get(code, session.today()) is None:
        words = f"This reason is not in use on {format_day(session.today())}. {NOTHING_PRINTED}; choose another one."
        raise UnknownCode(words, field="reason")


def print_facts(session: Session, wanted: WantedSummary, copy: tuple[int, int]) -> PrintFacts:
    """Return what a paper says about itself, as far as the case does not decide it.

    Args:
        copy: Which copy of how many.
    """
    words = session.lists.of("reason_code").label(wanted.reason_code)
    words = f"{words}: {wanted.reason_text}" if wanted.reason_text else words
    number, copies = copy
    power = wanted.leaving.power_words
    return PrintFacts(
        audience=wanted.audience,
        form=wanted.form,
        printed_by=session.names.of(session.user),
        role=session.role,
        printed_at=wanted.at.astimezone(LONDON),
        reason=f"{words}, under {power}" if power else words,
        recipient=wanted.leaving.recipient,
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
        detail=paper_entry(case, summary, pdf, Leaving(), None).detail(),
    )


def paper_entry(case: Case, summary: PaperFacts, pdf: bytes, leaving: Leaving, as_of: date | None) -> PaperEntry:
    """Return the entry of a copy in the register."""
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
        more={**_reader_of(about), **texts_on_record(about), **({} if as_of is None else {"as_of": as_of.isoformat()})},
    )


def _reader_of(about: PrintFacts) -> dict[str, str]:
    """Return what decided what is on the pages, besides the audience."""
    if about.audience.is_plain:
        return {}
    form = {"form": about.form.value}
    if about.audience is not Audience.PARTNER:
        return form
    return {**form, "agency": about.agency, "list": allow_list_of(about).name}


def name_cases(session: Session, refs: Sequence[str]) -> dict[str, str]:
    """Return whose cases some are, by reference; those that are not there for this user are left out.

    Raises:
        NotAllowed: The user may not print.
    """
    session.require(Right.PRINT)
    with session.store.read() as reading:
        heads = today_case_headers(reading, refs)
    return {ref: format_name(each.family_name, each.given_names) for ref, each in heads.items()}


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
