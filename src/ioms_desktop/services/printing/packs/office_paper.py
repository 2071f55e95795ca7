"""Papers beside the case summary leave as it does: previewed, with a code, and in the register for each case."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ioms_desktop.domain.errors import ConflictingValues, MissingValue
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.packs.office_papers import OfficeFacts
from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper
from ioms_desktop.domain.printing.papers import facts_digest, make_print_id
from ioms_desktop.domain.printing.print_facts import PaperForm, PrintFacts
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.services.cases.cases import CaseView, build_case_view
from ioms_desktop.services.printing.drawing import draw_summary, draw_to_be_seen
from ioms_desktop.services.printing.many_summaries import PrintedCase
from ioms_desktop.services.printing.packs.action_sheet import join_action_sheets, read_action_sheet
from ioms_desktop.services.printing.packs.case_review import read_case_review
from ioms_desktop.services.printing.packs.disclosure_record import read_disclosure_record
from ioms_desktop.services.printing.packs.leaving_file import (
    DrawnCopy,
    Places,
    Told,
    let_leave,
    log_look,
    nobody_told,
    read_from_now,
)
from ioms_desktop.services.printing.protection import check_passphrase
from ioms_desktop.services.printing.summaries import (
    NOTHING_PRINTED,
    WantedSummary,
    check_wanted,
    open_for_print,
    paper_entry,
    print_facts,
    require_visible_cases,
)
from ioms_desktop.services.printing.summary_facts import gather_for_reader
from ioms_desktop.services.printing.texts.copy_texts import CopyTexts
from ioms_desktop.services.printing.texts.decided import refuse_not_reviewed
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import check_folders
from ioms_desktop.storage.printing.papers import PaperEntry
from ioms_desktop.storage.records.read import Reading

Read = Callable[[Session, Reading, CaseView, CaseSummary], OfficeFacts]
_READ: dict[OfficePaper, Read] = {
    OfficePaper.ACTION_SHEET: read_action_sheet,
    OfficePaper.REVIEW: read_case_review,
    OfficePaper.DISCLOSURES: read_disclosure_record,
}
"""What reads one case for each kind of paper."""


@dataclass(frozen=True, slots=True)
class _OfficeDraft:
    """The copies of a paper, made as they are drawn, and each of its cases with what its reader may have of it."""

    copies: Iterator[OfficeFacts]
    cases: tuple[tuple[Case, CaseSummary], ...]


def preview_office_paper(
    session: Session,
    kind: OfficePaper,
    case_refs: Sequence[str],
    *,
    copies: int = 1,
    **asked: Any,  # noqa: ANN401 - passed on unchanged
) -> SeenPaper:
    """Draw the first copy of a paper that is only looked at: the look is recorded for each case, not a disclosure.

    Raises:
        Refused: As for `print_office_paper`.
    """
    wanted = replace(_check(session, kind, case_refs, **asked), is_shown_only=True)
    draft = _draft(session, kind, case_refs, wanted, copies, nobody_told)
    first = next(draft.copies)
    seen = draw_to_be_seen(first)
    log_look(session, wanted, "preview_paper", _entries(kind, draft, first, seen.pdf, wanted))
    return seen


def print_office_paper(
    session: Session,
    kind: OfficePaper,
    case_refs: Sequence[str],
    places: Places = Places(),  # noqa: B008 - it is frozen
    *,
    copies: int = 1,
    told: Told = nobody_told,
    **asked: Any,  # noqa: ANN401 - passed on unchanged
) -> PrintedCase:
    """Print a paper; it is on record for each of its cases once it is there, or not at all.

    Args:
        session: The session of the user who prints.
        kind: What is printed; a review and a disclosure record are of one case, and for the police alone.
        case_refs: The cases in order.
        places: Where the copies go.
        copies: How many numbered copies.
        told: Is told of each case that was read; what it raises stops the work.
        asked: As for `check_wanted`.

    Raises:
        NotAllowed: The user may not print, or not this copy.
        Missing: A case is not there for this user.
        Refused: A case cannot be printed, something that is asked of every copy is missing, the paper is not for this
            reader, or a file cannot be written.
    """
    wanted = read_from_now(session, _check(session, kind, case_refs, **asked))
    check_passphrase(places.passphrase, session.user)
    check_folders(places.paths)
    draft = _draft(session, kind, case_refs, wanted, copies, told)
    drawn = []
    for facts in draft.copies:
        pdf = draw_summary(facts)
        drawn.append(DrawnCopy(pdf=pdf, entries=_entries(kind, draft, facts, pdf, wanted)))
    return let_leave(session, wanted, "print_paper", drawn, places)


def _check(session: Session, kind: OfficePaper, case_refs: Sequence[str], **asked: Any) -> WantedSummary:  # noqa: ANN401 - as above
    wanted = check_wanted(session, **{**asked, "form": PaperForm.FULL})
    if wanted.audience.is_plain or (kind.is_for_police_alone and wanted.audience is not Audience.FULL):
        raise ConflictingValues(
            f"{kind.label}: there is no such copy for this reader. {NOTHING_PRINTED}; choose the police copy"
            f"{'' if kind.is_for_police_alone else ', or one for a partner, a panel or a board'}.",
            field="audience",
        )
    if not case_refs or len(set(case_refs)) != len(case_refs) or (kind.is_for_police_alone and len(case_refs) > 1):
        many = "is of one case" if kind.is_for_police_alone else "has each of its cases once, and at least one"
        raise MissingValue(f"{kind.label}: it {many}. {NOTHING_PRINTED}; choose again.", field="cases")
    require_visible_cases(session, case_refs)
    return replace(wanted, part=kind.part)


def _draft(
    session: Session, kind: OfficePaper, case_refs: Sequence[str], wanted: WantedSummary, copies: int, told: Told
) -> _OfficeDraft:
    """Read every case in one view of the database each, and return the copies with their codes."""
    parts: list[OfficeFacts] = []
    cases: list[tuple[Case, CaseSummary]] = []
    about = print_facts(session, wanted, (1, copies))
    for ref in case_refs:
        with session.store.read() as reading:
            case = open_for_print(session, reading, ref, wanted)
            view = build_case_view(session, reading, case, wanted.as_of or session.today())
            summary = _summary(session, reading, view, about, wanted)
            parts.append(_READ[kind](session, reading, view, summary))
        cases.append((case, summary))
        told(ref)
    whole = join_action_sheets(parts) if kind is OfficePaper.ACTION_SHEET else parts[0]
    about = replace(about, agency=cases[0][1].about.agency, agency_name=cases[0][1].about.agency_name)
    made = (
        _with_code(session, kind, wanted, replace(whole, about=replace(about, copy_number=number)))
        for number in range(1, copies + 1)
    )
    return _OfficeDraft(made, tuple(cases))


def _summary(
    session: Session, reading: Reading, view: CaseView, about: PrintFacts, wanted: WantedSummary
) -> CaseSummary:
    """Return what the reader may have of a case, with what became of the texts that are on the paper.

    Raises:
        NotReviewed: One was not reviewed, and the paper is to leave.
    """
    texts = CopyTexts(view, session.lists, wanted.review, wanted.part)
    summary = gather_for_reader(session, reading, view, about, wanted.agency, texts)
    if not wanted.is_shown_only:
        refuse_not_reviewed(summary.about, view.case.case_ref)
    return summary


def _with_code(session: Session, kind: OfficePaper, wanted: WantedSummary, facts: OfficeFacts) -> OfficeFacts:
    seed = "|".join((kind, session.user, wanted.reason_code, facts_digest(facts)))
    about: PrintFacts = replace(facts.about, print_id=make_print_id(seed))
    return replace(facts, about=about)


def _entries(
    kind: OfficePaper, draft: _OfficeDraft, facts: OfficeFacts, pdf: bytes, wanted: WantedSummary
) -> tuple[PaperEntry, ...]:
    """Return the entry of a copy for each of its cases: by which list it was made depends on the case."""
    copy = facts.about
    entries = []
    for case, summary in draft.cases:
        about = replace(summary.about, copy_number=copy.copy_number, copies=copy.copies, print_id=copy.print_id)
        entry = paper_entry(case, replace(summary, about=about), pdf, wanted.leaving, wanted.as_of)
        entries.append(replace(entry, more={**entry.more, "form": kind.value}))
    return tuple(entries)
