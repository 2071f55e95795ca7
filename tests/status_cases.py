"""Cases in every status, with everything on record that a step may need."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from ioms_desktop.domain.access.roles import Role, sees_programme
from ioms_desktop.domain.errors import Missing, NotAllowed, Refused, StatusNotNext
from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.records.selection.screening import NEEDED_CHECKS, ScreeningCheck
from ioms_desktop.domain.records.status_table import FIRST_STATUS, STATUS_RULES, status_rule
from ioms_desktop.services.intake.steps import ChangeStatus, change_status
from ioms_desktop.storage.transaction import CommandContext
from sessions import NOW, TODAY, request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ioms_desktop.services.session import Session
    from ioms_desktop.storage.store import Store
    from services.access_bureau import Bureau

VALUES: dict[str, Any] = {
    "adopted_on": TODAY,
    "cohort": "FIXED",
    "notified_on": TODAY,
    "closed_on": TODAY,
    "close_reason": "OTHER",
}
"""What is asked with steps, all of it."""
STATUSES = {
    programme: sorted({rule.status for rule in STATUS_RULES if rule.programme == programme} | {"REFERRED_BACK"})
    if programme == "IOM"
    else sorted(rule.status for rule in STATUS_RULES if rule.programme == programme)
    for programme in FIRST_STATUS
}


PERSON = Person(person_ref="P-S", family_name="Steps", given_names="Ada", date_of_birth=date(2001, 2, 3))


class StatusPair(NamedTuple):
    """A step that is tried."""

    programme: str
    before: str
    after: str


WrongStep = tuple[StatusPair, type[Refused] | None]
"""A step with what refused it, where the table says otherwise."""


def every_pair() -> Iterator[StatusPair]:
    """Return every pair of different statuses of each programme."""
    for programme, statuses in STATUSES.items():
        yield from (StatusPair(programme, one, two) for one in statuses for two in statuses if one != two)


def case_in(programme: str, status: str, ref: str = "") -> Case:
    """Return a case in a status."""
    return Case(
        case_ref=ref or f"{programme}-{status}",
        person_ref="P-S",
        programme=programme,
        status=status,
        referred_on=date(2026, 9, 1),
    )


def add_cases(store: Store, cases: Iterable[Case]) -> None:
    """Add cases of one person, each with everything on record that a step may need."""
    act = CommandContext(request="", user="holt", role="coordinator", at=NOW, workstation="session 0")
    with store.begin(act) as tx:
        if tx.find(Person, PERSON.person_ref) is None:
            tx.add(PERSON)
        for made in cases:
            ref = made.case_ref
            tx.add(made)
            tx.add(Notification(case_ref=ref, attempted_on=TODAY, attempt=1, outcome="DELIVERED_ACCEPTED"))
            for check in NEEDED_CHECKS:
                tx.add(
                    ScreeningCheck(
                        case_ref=ref, check_type=check, answered_on=TODAY, answer="NOTHING_KNOWN", answered_by="x"
                    )
                )
            for decision in ("ACCEPT", "ELIGIBLE", "DESELECT"):
                tx.add(
                    PanelDecision(
                        panel_decision_ref=f"{decision}-{ref}",
                        case_ref=ref,
                        decided_on=TODAY,
                        decision=decision,
                        agencies="HMP",
                        reason="x",
                    )
                )
            for kind in ("SUSPENDED", "TRANSFERRED_OUT"):
                tx.add(CaseExit(exit_ref=f"{kind}-{ref}", case_ref=ref, kind=kind, left_on=TODAY, reason="x", plan="x"))
            tx.add(Offer(offer_ref=f"O-{ref}", case_ref=ref, offer_type="GYM", offered_on=TODAY))
            tx.add(
                Decision(
                    decision_ref=f"D-{ref}",
                    case_ref=ref,
                    decided_on=TODAY,
                    decision="ESCALATE",
                    step="L1",
                    reason="x",
                    proposed_by="a",
                    authorised_by="b",
                )
            )


def expected_refusal(role: Role, pair: StatusPair) -> type[Refused] | None:
    """Say by the table how the service answers; None where the step is taken."""
    rule = status_rule(*pair)
    if not sees_programme(role, pair.programme):
        return Missing
    if rule is None:
        return StatusNotNext
    return None if role in rule.by else NotAllowed


def take_step(session: Session, ref: str, status: str) -> type[Refused] | None:
    """Take a step through the service; say what refused it."""
    try:
        change_status(session, ChangeStatus(request=request(), case_ref=ref, revision=1, status=status, **VALUES))
    except Missing:
        return Missing  # a file and a server word it differently
    except Refused as refused:
        return type(refused)
    return None


def wrong_steps(
    bureau: Bureau, role: Role, pairs: Iterable[StatusPair]
) -> list[tuple[StatusPair, type[Refused] | None]]:
    """Try steps in a role, each on a case of its own, and give those that the service answers otherwise."""
    tried = {f"{role}-{number}": pair for number, pair in enumerate(pairs)}
    add_cases(bureau.keeper, (case_in(pair.programme, pair.before, ref) for ref, pair in tried.items()))
    session = bureau.session(role)
    wrong: list[WrongStep] = []
    for ref, pair in tried.items():
        found = take_step(session, ref, pair.after)
        if found is not expected_refusal(role, pair):
            wrong.append((pair, found))
    return wrong
