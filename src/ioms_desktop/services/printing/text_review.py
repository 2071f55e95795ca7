"""What a reviewer is shown before copies leave: each text in people's own words, and what may have to be removed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper
from ioms_desktop.domain.printing.texts.marks import NOBODY_REVIEWED, Span, TextsState, joined_spans
from ioms_desktop.domain.printing.texts.names import find_names
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.services.cases.cases import build_case_view
from ioms_desktop.services.printing.summaries import WantedSummary, act_of_print, check_wanted, gather_paper
from ioms_desktop.services.printing.texts.copy_texts import OwnText
from ioms_desktop.services.printing.texts.suggestions import names_of_others
from ioms_desktop.services.session import Session
from ioms_desktop.storage.printing.papers import PAPER, papers_of_cases
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToReview:
    """A text that a copy would carry.

    Attributes:
        ids: Which it is; several where the same words stand in several records.
        what: What it is, in words.
        on: The day of its record, the latest of several.
        suggested: Where somebody else is named.
        earlier: What was removed from it on the latest copy for the same reader that has it; None where nothing was,
            or where it has changed since.
    """

    case_ref: str
    ids: tuple[str, ...]
    what: str
    on: date | None
    text: str
    suggested: tuple[Span, ...] = ()
    earlier: tuple[Span, ...] | None = None


def list_texts_to_review(
    session: Session,
    case_refs: Sequence[str],
    paper: OfficePaper | None = None,
    **asked: Any,  # noqa: ANN401 - passed on unchanged
) -> tuple[TextToReview, ...]:
    """List the texts that copies of some cases would carry to their reader; that they were looked at is on record.

    Args:
        session: Who prints.
        case_refs: The cases in order.
        paper: What is printed; None for summaries.
        asked: As for `check_wanted`.

    Raises:
        NotAllowed: The user may not print, or not this copy.
        Missing: A case is not there for this user.
        Refused: Something that is asked of every copy is missing, or there is no such copy of a case.
    """
    part = "" if paper is None else paper.part
    wanted = replace(check_wanted(session, **asked), review=NOBODY_REVIEWED, is_shown_only=True, part=part)
    return tuple(text for ref in case_refs for text in _of_case(session, ref, wanted))


def _of_case(session: Session, case_ref: str, wanted: WantedSummary) -> list[TextToReview]:
    with session.store.begin(act_of_print(session, wanted), "review_texts") as tx:
        case, _, texts = gather_paper(session, tx, case_ref, wanted)
        if wanted.audience.shows_intelligence or not texts.carried:
            return []
        _log_look(tx, case, wanted)
        view = build_case_view(session, tx, case, wanted.as_of or session.today()).with_display_names(session.names)
        earlier = _removed_before(tx, case_ref, wanted)
    names = names_of_others(session, view, (each.text for each in texts.carried))
    return _grouped(case_ref, texts.carried, names, earlier)


def _grouped(
    case_ref: str, carried: Sequence[OwnText], names: frozenset[str], earlier: dict[str, tuple[Span, ...]]
) -> list[TextToReview]:
    """Return each text once, with every record in which it stands."""
    same: dict[tuple[str, str], list[OwnText]] = {}
    for each in carried:
        same.setdefault((each.what, each.text), []).append(each)
    return [
        TextToReview(
            case_ref=case_ref,
            ids=tuple(each.id for each in group),
            what=what,
            on=max((each.on for each in group if each.on is not None), default=None),
            text=text,
            suggested=find_names(text, names),
            earlier=next((joined_spans(text, earlier[each.id]) for each in group if each.id in earlier), None),
        )
        for (what, text), group in same.items()
    ]


def _removed_before(reading: Reading, case_ref: str, wanted: WantedSummary) -> dict[str, tuple[Span, ...]]:
    """Return what was removed from each text that is as it was, on the latest copy for the same reader that has it."""
    found: dict[str, tuple[Span, ...]] = {}
    for paper in papers_of_cases(reading, [case_ref]):
        said = paper.detail
        if paper.act != PAPER or (said.get("audience"), said.get("agency", "")) != (wanted.audience, wanted.agency):
            continue
        if said.get("texts") == TextsState.REVIEWED and "as_of" not in said:
            # What it has and does not name was kept; an action sheet has the texts of actions alone.
            only = f"{Action.table}:" if said.get("form") == OfficePaper.ACTION_SHEET else ""
            found = {text: spans for text, spans in found.items() if not text.startswith(only)}
        for each in said.get("removed", ()):
            found[str(each["text"])] = tuple((int(first), int(end)) for first, end in each["spans"])
    return found


def _log_look(tx: Transaction, case: Case, wanted: WantedSummary) -> None:
    tx.log(
        "CONSULTATION",
        object_type=Case.table,
        object_ref=case.case_ref,
        subject_ref=case.person_ref,
        detail={"texts_for": wanted.audience.value, **({"agency": wanted.agency} if wanted.agency else {})},
    )
