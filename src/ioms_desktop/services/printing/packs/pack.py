"""A pack: the summaries of several cases for one reader as one file, in the order that was chosen.

Each summary has its own code on its pages and its own entry in the register, so that what was taken out of the pack is
checked and recalled by itself; each entry names the code of the pack, and the bytes that left are those of the whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ioms_desktop.domain.errors import ConflictingValues, MissingValue, NotPossibleNow, Refused
from ioms_desktop.domain.printing.packs.pack import Pack
from ioms_desktop.domain.printing.papers import PACK_DETAIL, facts_digest, make_print_id
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.services.printing.drawing import DrawingProcesses, draw_to_be_seen
from ioms_desktop.services.printing.many_summaries import PrintedCase
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
    paper_entry,
    print_facts,
    read_summary,
    require_visible_cases,
)
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import check_folders
from ioms_desktop.storage.printing.papers import PaperEntry


class NotInPack(NotPossibleNow):
    """A case cannot be printed, so that the pack would not be what was asked for."""


@dataclass(frozen=True, slots=True)
class _DraftPack:
    """A pack that is about to be drawn, with the case of each of its papers."""

    pack: Pack
    cases: tuple[Case, ...]


def preview_pack(
    session: Session,
    case_refs: Sequence[str],
    *,
    copies: int = 1,
    **asked: Any,  # noqa: ANN401 - passed on unchanged
) -> SeenPaper:
    """Draw the first copy of a pack that is only looked at: the look is recorded for each case, not a disclosure.

    Raises:
        Refused: As for `print_pack`.
    """
    wanted = replace(_check_pack(session, case_refs, **asked), is_shown_only=True)
    draft = next(_read_pack(session, case_refs, wanted, copies, nobody_told))
    seen = draw_to_be_seen(draft.pack)
    log_look(session, wanted, "preview_pack", _entries(draft, seen.pdf, wanted))
    return seen


def print_pack(
    session: Session,
    case_refs: Sequence[str],
    places: Places = Places(),  # noqa: B008 - it is frozen
    *,
    copies: int = 1,
    told: Told = nobody_told,
    **asked: Any,  # noqa: ANN401 - passed on unchanged
) -> PrintedCase:
    """Print a pack; every case of it is on record once it is there, or nothing is.

    Args:
        session: The session of the user who prints.
        case_refs: The cases in the order of the pack.
        places: Where the copies go.
        copies: How many numbered copies of the whole.
        told: Is told of each case that was read; what it raises stops the work.
        asked: As for `check_wanted`.

    Returns:
        The pack, as what was printed of its first case and the others.

    Raises:
        NotAllowed: The user may not print, or not this copy.
        Missing: A case is not there for this user.
        NotInPack: A case cannot be printed.
        Refused: Something that is asked of every copy is missing; it is a copy in plain English; the pages are not
            those that were looked at; or a file cannot be written.
    """
    wanted = read_from_now(session, _check_pack(session, case_refs, **asked))
    check_passphrase(places.passphrase, session.user)
    check_folders(places.paths)
    with DrawingProcesses(len(case_refs) * copies) as drawing:
        drafts = _read_pack(session, case_refs, wanted, copies, told)
        waiting = [(draft, drawing.draw(draft.pack)) for draft in drafts]
        drawn_copies = [
            DrawnCopy(pdf=(pdf := drawn()), entries=_entries(draft, pdf, wanted)) for draft, drawn in waiting
        ]
    return let_leave(session, wanted, "print_pack", drawn_copies, places)


def _check_pack(session: Session, case_refs: Sequence[str], **asked: Any) -> WantedSummary:  # noqa: ANN401 - as above
    wanted = check_wanted(session, **asked)
    if wanted.audience.is_plain:
        raise ConflictingValues(
            f"A copy in plain English is for one person only, and cannot go into a pack. {NOTHING_PRINTED}; print "
            "each case separately.",
            field="audience",
        )
    if not case_refs or len(set(case_refs)) != len(case_refs):
        raise MissingValue(f"A pack needs at least one case, and each case only once. {NOTHING_PRINTED}; choose again.")
    require_visible_cases(session, case_refs)
    return wanted


def _read_pack(
    session: Session, case_refs: Sequence[str], wanted: WantedSummary, copies: int, told: Told
) -> Iterator[_DraftPack]:
    """Read every case once, each in one view of the database, and yield the copies of the pack as they are wanted."""
    cases: list[Case] = []
    papers: list[CaseSummary] = []
    for ref in case_refs:
        case, paper = _read(session, ref, wanted, copies)
        cases.append(case)
        papers.append(paper)
        told(ref)
    for number in range(1, copies + 1):
        yield _DraftPack(_number(session, wanted, papers, number, copies), tuple(cases))


def _read(session: Session, ref: str, wanted: WantedSummary, copies: int) -> tuple[Case, CaseSummary]:
    try:
        with session.store.read() as reading:
            case, paper = read_summary(session, reading, ref, wanted, (1, copies))
    except Refused as refused:
        raise NotInPack(
            f"Case {ref}: {refused.sentence} The pack was not made without it; take the case out, or put it right."
        ) from refused
    if not isinstance(paper, CaseSummary):
        raise TypeError(type(paper))
    return case, paper


def _number(session: Session, wanted: WantedSummary, papers: Sequence[CaseSummary], number: int, copies: int) -> Pack:
    """Return a copy of the pack with its code, from which follow those of its papers: each is of this pack alone."""
    first = papers[0].about
    pack = Pack(
        about=replace(
            print_facts(session, wanted, (number, copies)), agency=first.agency, agency_name=first.agency_name
        ),
        as_of=wanted.as_of or session.today(),
        papers=tuple(replace(each, about=replace(each.about, copy_number=number)) for each in papers),
    )
    code = make_print_id("|".join((session.user, wanted.reason_code, facts_digest(pack))))
    coded = (
        replace(each, about=replace(each.about, print_id=make_print_id(f"{code}|{place}")))
        for place, each in enumerate(pack.papers, 1)
    )
    return replace(pack, about=replace(pack.about, print_id=code), papers=tuple(coded))


def _entries(draft: _DraftPack, pdf: bytes, wanted: WantedSummary) -> tuple[PaperEntry, ...]:
    code = draft.pack.about.print_id
    entries = (
        paper_entry(case, paper, pdf, wanted.leaving, wanted.as_of)
        for case, paper in zip(draft.cases, draft.pack.papers, strict=True)
    )
    return tuple(replace(each, more={**each.more, PACK_DETAIL: code}) for each in entries)
