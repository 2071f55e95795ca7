"""Why somebody is on the programme: who referred them, what they met of its criteria, and what the panel decided."""

from collections.abc import Iterator

from ioms_desktop.domain.printing.summary import Basis, ProgrammeReason
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.selection.eligibility import INTELLIGENCE, EligibilityCriterion
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView

GROUP_CRITERIA = frozenset({"GROUP_MEMBER", "GROUP_ASSOCIATE"})
"""Criteria that say of which group somebody is said to be: an opinion that does not leave the police."""
JUDGEMENT = "JUDGEMENT"


def selection_reasons(view: CaseView, lists: CodeLists) -> tuple[ProgrammeReason, ...]:
    """Return why somebody is on, as of the day of a view."""
    case = view.case
    by = f" by {case.referred_by}" if case.referred_by else ""
    rows = [ProgrammeReason(text=f"Referred on {format_day(case.referred_on)}{by}", basis=Basis.FACT)]
    convicted = [offence for offence in view.offences if offence.role == "CONVICTED"]
    if convicted:
        index = convicted[-1]
        what = index.offence or lists.of("offence_group").label(index.offence_group)
        text = f"Index offence: {what}, {format_day(index.offence_on)}"
        rows.append(ProgrammeReason(text=text, basis=Basis.FACT))
    return (*rows, *_criteria(view, lists), *_panel(view, lists))


def _criteria(view: CaseView, lists: CodeLists) -> Iterator[ProgrammeReason]:
    """Return the criteria that are met by the latest finding of each."""
    latest: dict[str, EligibilityCriterion] = {}
    for each in sorted(view.of(EligibilityCriterion), key=lambda found: found.assessed_on):
        latest[each.criterion] = each
    for each in latest.values():
        if each.met:
            yield ProgrammeReason(
                text=lists.of("eligibility_criterion").label(each.criterion),
                detail=each.evidence,
                source=each.source,
                basis=_basis(each),
                names_group=each.criterion in GROUP_CRITERIA,
            )


def _basis(found: EligibilityCriterion) -> Basis:
    if found.basis == INTELLIGENCE or found.source_grade or found.information_grade:
        return Basis.INTELLIGENCE
    return Basis.OPINION if found.basis == JUDGEMENT else Basis.FACT


def _panel(view: CaseView, lists: CodeLists) -> Iterator[ProgrammeReason]:
    last = max(view.of(PanelDecision), key=lambda each: each.decided_on, default=None)
    if last is not None:
        decided = lists.of("panel_decision").label(last.decision)
        text = f"Panel of {format_day(last.decided_on)}: {decided[:1].lower()}{decided[1:]}"
        yield ProgrammeReason(text=text, detail=last.reason, basis=Basis.FACT)
