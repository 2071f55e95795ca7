"""The rules that span several columns of what precedes a panel and of what it decided."""

from collections.abc import Iterator

from ioms_desktop.domain.records.record import parts_of
from ioms_desktop.domain.records.selection.panel import ACCEPT, PanelDecision
from ioms_desktop.domain.records.selection.screening import KNOWN, ScreeningCheck
from ioms_desktop.domain.validation.findings import Finding

IOM = "IOM"


def check_screening(check: ScreeningCheck) -> Iterator[Finding]:
    """Find a check that says something is known and not what."""
    if check.answer == KNOWN and not check.note:
        yield Finding("note", "", "Say what is known, in brief.")


def check_panel_decision(made: PanelDecision, programme: str | None) -> Iterator[Finding]:
    """Find what a decision of a panel contradicts itself in.

    Args:
        made: The decision.
        programme: That of the case; None where the case is not known, which another rule refuses.
    """
    if made.decision == ACCEPT and programme == IOM and made.cohort is None:
        yield Finding("cohort", "", "Say into which cohort the panel accepts the person.")
    if made.cohort is not None and (made.decision != ACCEPT or programme not in {IOM, None}):
        yield Finding("cohort", made.cohort, "Only somebody accepted for IOM is put into a cohort; leave it empty.")
    present, dissenting = parts_of(made.agencies), parts_of(made.dissenting)
    absent = [each for each in dissenting if each not in present]
    if absent:
        yield Finding(
            "dissenting", absent[0], "An agency that dissents was present; add it there, or take it out here."
        )
    if dissenting and not made.dissent:
        yield Finding("dissent", "", "Say why they dissent.")
    if made.dissent and not dissenting:
        yield Finding("dissenting", "", "Say which agency dissents, or leave the reason empty.")
