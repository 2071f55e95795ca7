"""The information sharing log: what was disclosed to whom about a case, and what of it was not made."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import Missing, MissingReason
from ioms_desktop.domain.letters.template import describe_paper
from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper
from ioms_desktop.domain.printing.papers import PACK_DETAIL, PrintOfCase
from ioms_desktop.domain.printing.print_facts import PaperForm
from ioms_desktop.domain.printing.summary import DisclosureLine
from ioms_desktop.domain.printing.texts.marks import TextsState
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.text_format import join_words, pluralise
from ioms_desktop.services.commands import get_visible_case, run_command
from ioms_desktop.services.records.copy_entries import COPY_ENTRY_DETAIL, DOCUMENT_DETAIL
from ioms_desktop.services.records.letter_copies import copies_out
from ioms_desktop.services.records.recalls import (
    RECALL_TOPICS,
    RECALL_WORDS,
    CopyToRecall,
    get_copy_to_recall,
    printed_copies,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.services.sharing.files_on_record import NOT_MADE
from ioms_desktop.services.sharing.leaving import POWER_LIST
from ioms_desktop.storage.printing.papers import COPY_FOR_DETAIL, RegisteredPaper, has_print
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

NOT_REGISTERED = (
    "The register of papers has no such copy printed by you, or already says that it was not printed. Nothing was "
    "recorded."
)


def list_disclosures(reading: Reading, case_ref: str, before: date, lists: CodeLists) -> tuple[DisclosureLine, ...]:
    """List the disclosures of a case before a local day, that day not included, whatever their entries lack."""
    midnight = datetime.combine(before, time(), LONDON)
    rows = printed_copies(reading, case_ref, midnight)
    return tuple(
        DisclosureLine(
            on=row.at.astimezone(LONDON).date(),
            recipient=row.recipient,
            what=_what(row.detail or {}, lists),
            power=_power(row.detail or {}, lists) or lists.of("reason_code").label(row.reason_code),
        )
        for row in rows
    )


def record_unfinished_prints(
    session: Session, prints: Sequence[PrintOfCase], *, reason_code: str = "", reason_text: str = ""
) -> None:
    """Record that copies which are on record were not made: the printer stopped, or no file could be put in place.

    Each is recorded by itself: a case that was restricted or closed to the user since keeps no other copy from it.

    Args:
        session: Who printed them.
        prints: What the register has of them. Where it is not said which of several of one code, it is the last.
        reason_code: Why they were printed.
        reason_text: How it is known, where it is said later.

    Raises:
        Missing: Of some, which are named, nothing was recorded: the case is not there for this user, or the register
            has no such print of theirs that came out. The others were recorded.
        Refused: The database cannot be written; nothing was recorded.
    """
    unrecorded: dict[str, str] = {}
    why = session.command_context(reason_code=reason_code, reason_text=reason_text)
    with session.store.begin(why, "print_not_made") as tx:
        for each in prints:
            try:
                case = get_visible_case(session, tx, each.case_ref, reason_code)
                if not has_print(tx, each):
                    raise Missing(NOT_REGISTERED)  # noqa: TRY301 - as a case that is not there
            except Missing as missing:
                unrecorded[each.print_id] = missing.sentence
                continue
            which = {} if each.entry is None else {COPY_ENTRY_DETAIL: each.entry}
            _log_unmade(tx, case, {"print_of": each.print_id, **which})
    if unrecorded:
        raise Missing(_describe_unrecorded(unrecorded, len(prints)))


def record_never_made(session: Session, copy: CopyToRecall, reason: str, request: str) -> Outcome:
    """Record of a copy of the user's, later on, that it was never made: it was cut short, or no file of it is there.

    Others of the same paper are left as they are. A repeated request records nothing more.

    Raises:
        MissingReason: It is not said how that is known.
        Missing: The case is not there for this user, or the register has no such copy of theirs that is out.
        Refused: The database cannot be written; nothing was recorded.
    """
    if not reason.strip():
        raise MissingReason("Say how you know that it was not made. Your entry is kept.", field="reason")

    def do(tx: Transaction) -> Outcome:
        case = get_visible_case(session, tx, copy.case_ref)
        out = get_copy_to_recall(session, tx, copy.ref, case.case_ref)
        if out.printed_by != session.user:
            raise Missing(NOT_REGISTERED)
        _log_unmade(tx, case, _which(out, out.document))
        return Outcome(notice=f"Print {out.print_id}: it is on record that it was not made.", changed=RECALL_TOPICS)

    return run_command(session, "print_not_made", Right.PRINT, request, do, reason_text=reason.strip())


def record_unfinished_letter(
    session: Session, case_ref: str, document_ref: str, *, whole: int, reason_code: str
) -> None:
    """Record which copies of a letter that the user wrote did not come out.

    Args:
        session: Who printed it.
        case_ref: The case.
        document_ref: The document as which the letter is kept, which says which letter it is.
        whole: How many copies came out, in their order: the letter first.
        reason_code: Why it was printed.

    Raises:
        Missing: The register has no entry of this user's of such a copy, or each is on record as not printed already;
            nothing was recorded.
        Refused: The database cannot be written.
    """
    with session.store.begin(session.command_context(reason_code=reason_code), "print_not_made") as tx:
        case = get_visible_case(session, tx, case_ref, reason_code)
        out = copies_out(tx, session.user, case_ref, document_ref)
        unmade = [each for place, each in out if place >= whole]
        if not unmade:
            raise Missing(NOT_REGISTERED)
        for each in unmade:
            _log_unmade(tx, case, _which(each, document_ref))


def _describe_unrecorded(why: Mapping[str, str], of: int) -> str:
    """Say which prints could not be put on record as not made, by their codes, and why the first could not."""
    first = next(iter(why.values()))
    return first if of == 1 else f"{join_words(list(why))}: {first} The other {of - len(why)} of {of} are on record."


def _which(copy: CopyToRecall | RegisteredPaper, document: str) -> dict[str, Any]:
    """Say which copy was not made, among all with the same code."""
    which = {"print_of": copy.print_id, COPY_FOR_DETAIL: copy.recipient or "", COPY_ENTRY_DETAIL: copy.id}
    return {**which, DOCUMENT_DETAIL: document} if document else which


def _log_unmade(tx: Transaction, case: Case, which: dict[str, Any]) -> None:
    tx.log(
        "DISCLOSURE",
        object_type=Case.table,
        object_ref=case.case_ref,
        subject_ref=case.person_ref,
        recipient=NOT_MADE,
        detail={"made": False, **which},
    )


def name_of_form(detail: Mapping[str, Any]) -> str:
    """Say what kind of paper about a case an entry is of."""
    form = str(detail.get("form", ""))
    return OfficePaper(form).label if form in set(OfficePaper) else "Case summary"


def describe_version(detail: Mapping[str, Any], lists: CodeLists) -> str:
    """Say for which agency a summary was made, by which list and in which form; nothing where it is not known."""
    parts = []
    if "agency" in detail:
        parts.append(f"for {lists.of('agency').label(str(detail['agency'])) or 'no agency that was named'}")
    if "list" in detail:
        parts.append(f"list {detail['list']}")
    if detail.get("form") == PaperForm.ONE_PAGE:
        parts.append("one page")
    if "as_of" in detail:
        parts.append(f"as of {detail['as_of']}")
    removed = detail.get("removed")
    if isinstance(removed, list):
        parts.append(f"words removed from {pluralise(len(removed), 'text')}")
    if detail.get("texts") == TextsState.LEFT_OUT:
        parts.append("texts left out")
    if PACK_DETAIL in detail:
        parts.append(f"in pack {detail[PACK_DETAIL]}")
    return "".join(f", {each}" for each in parts)


def _power(detail: Mapping[str, Any], lists: CodeLists) -> str:
    power = detail.get("power")
    return lists.of(POWER_LIST).label(power) if isinstance(power, str) else ""


def _what(detail: Mapping[str, Any], lists: CodeLists) -> str:
    """Say what went out: a copy of the case or of a document, or word that a copy was wrong."""
    recalled = detail.get("recall_of")
    letter = describe_paper(detail)
    if letter:
        return letter
    if DOCUMENT_DETAIL in detail and recalled is None:
        return f"Document {detail[DOCUMENT_DETAIL]}, a copy of the file"
    if recalled is None:
        return f"{name_of_form(detail)}, {detail.get('audience', '')} copy{describe_version(detail, lists)}"
    done = {each.value: words.lower() for each, words in RECALL_WORDS.items()}
    return f"Print {recalled}: {done.get(str(detail.get('result')), 'what was done is not recorded')}"
