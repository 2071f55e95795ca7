"""Cases for tests of single rules, a few facts each."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.case_facts import CaseFacts, ConcernFact, ContactFact, DecisionFact, RagFact
from ioms_desktop.domain.policy.in_force import OrderFact
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.triggers import Trigger, evaluate
from rulebook import shipped_policies

CHANGE = date(2026, 11, 30)
BEFORE = date(2026, 11, 2)
AFTER = date(2026, 12, 7)
START = date(2026, 9, 1)
END = date(2027, 2, 28)
DAY = timedelta(days=1)


def iom(**facts: Any) -> CaseFacts:  # noqa: ANN401 - any facts
    return CaseFacts(case_ref="C1", programme="IOM", starts_on=START, **facts)


def phoenix(**facts: Any) -> CaseFacts:  # noqa: ANN401 - any facts
    return CaseFacts(case_ref="C1", programme="PHOENIX", starts_on=START, **facts)


def concern(on: date, kind: str, group: str | None = None, grades: str = "", ref: str = "") -> ConcernFact:
    """Return a concern; grades such as 1AP are source, information and handling."""
    source, information, handling = tuple(grades) or (None, None, None)
    return ConcernFact(ref or f"K-{on}-{kind}", on, kind, group, source, information, handling)


def missed(on: date, outcome: str = "UNACCEPTABLE_ABSENCE") -> ContactFact:
    return ContactFact(f"M-{on}", DayTime(on), planned=True, outcome=outcome, type="OFFICE")


def seen(on: date, kind: str = "OFFICE", minutes: int = 20) -> ContactFact:
    return ContactFact(f"S-{on}-{kind}", DayTime(on), planned=True, outcome="SEEN", minutes=minutes, type=kind)


def order(kind: str, made: date = START, ends: date | None = None, ended: date | None = None, ref: str = "O1") -> Any:  # noqa: ANN401 - a fact
    return OrderFact(kind, made, ends, ref, ended)


def enforced(on: date, rule: str | None = None, ref: str = "D1") -> DecisionFact:
    return DecisionFact(ref, on, rule, "ESCALATE", "L1")


def red(on: date = START) -> RagFact:
    return RagFact(on, "RED", "Arrested")


def found(case: CaseFacts, as_of: date = END, policies: Policies | None = None) -> tuple[Trigger, ...]:
    return evaluate(policies or shipped_policies(), [case], as_of)


def raised(case: CaseFacts, rule: str, as_of: date = END) -> list[date]:
    """Return the days on which a rule raised something."""
    return [trigger.raised_on for trigger in found(case, as_of) if trigger.rule == rule]


def shifted(case: CaseFacts, contacts: Iterable[ContactFact]) -> CaseFacts:
    return case._replace(contacts=tuple(contacts))
