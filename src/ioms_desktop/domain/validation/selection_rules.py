"""The rules that span several columns of what precedes a panel and of what it decided."""

from collections.abc import Iterator
from datetime import date

from ioms_desktop.domain.dates.calendar import ADULT_AGE, age_on
from ioms_desktop.domain.records.cases import Notification
from ioms_desktop.domain.records.record import parts_of
from ioms_desktop.domain.records.selection.eligibility import GRADES, INTELLIGENCE, EligibilityCriterion
from ioms_desktop.domain.records.selection.notification import DELIVERED_PREFIX, IOM_LETTER, SERVED
from ioms_desktop.domain.records.selection.panel import ACCEPT, PanelDecision
from ioms_desktop.domain.records.selection.screening import KNOWN, ScreeningCheck
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.validation.findings import Finding

IOM = "IOM"
OWN_CONSENT_AGE = 16
"""From this age on a person consents for themselves; below it where they are competent (Gillick), or a parent does."""
PARENTAL = frozenset({"PARENT", "PARENT_AND_OWN"})


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


def check_notification(told: Notification, programme: str | None, born_on: date | None) -> Iterator[Finding]:
    """Find what a notification or an IOM letter contradicts itself in, and consent that is not theirs to give.

    Args:
        told: The record.
        programme: That of the case; None where the case is not known.
        born_on: The person's date of birth; None where it is not known.
    """
    is_letter = told.kind == IOM_LETTER
    if is_letter and programme not in {IOM, None}:
        yield Finding("kind", IOM_LETTER, "The IOM letter is for IOM; a participant is notified.")
    if told.outcome == SERVED and not is_letter:
        yield Finding("outcome", SERVED, "Only an IOM letter is served; a notification is delivered.")
    if is_letter and told.outcome.startswith(DELIVERED_PREFIX):
        yield Finding("outcome", told.outcome, "A notification is delivered; an IOM letter is served.")
    if told.consent == "OWN_GILLICK" and not told.gillick:
        yield Finding("gillick", "", "Say who assessed it, when, and on what basis.")
    if told.consent is None or born_on is None:
        return
    age = age_on(born_on, told.attempted_on)
    if told.consent == "OWN" and age < OWN_CONSENT_AGE:
        yield Finding(
            "consent",
            told.consent,
            f"The person is {age} on {format_day(told.attempted_on)}; under {OWN_CONSENT_AGE} their own consent needs "
            "a Gillick assessment, or a parent or carer consents.",
        )
    if told.consent in PARENTAL and age >= ADULT_AGE:
        yield Finding(
            "consent",
            told.consent,
            f"The person is {age} on {format_day(told.attempted_on)} and consents for themselves.",
        )


SCORED = ("tool", "score", "scored_on", "index_offence")
"""What the fixed cohort rests on."""


def check_eligibility(found: EligibilityCriterion) -> Iterator[Finding]:
    """Find intelligence without its grades, grades of what is none, and a fixed cohort without score and offence."""
    is_intelligence = found.basis == INTELLIGENCE
    for name in GRADES:
        given = getattr(found, name)
        if is_intelligence and not given:
            yield Finding(name, "", "Intelligence needs its source grade, information grade and handling code.")
        if given and not is_intelligence:
            yield Finding(name, str(given), "Only intelligence is graded. Leave it empty, or say that it is some.")
    if found.score is not None and not (found.tool and found.tool_version and found.scored_on):
        missing = next(name for name in ("tool", "tool_version", "scored_on") if not getattr(found, name))
        yield Finding(missing, "", "A score is kept with its tool, version and day.")
    if found.criterion == "FIXED" and found.met:
        for name in SCORED:
            if not getattr(found, name):
                yield Finding(name, "", "The fixed cohort rests on a score and an index offence; say which.")
