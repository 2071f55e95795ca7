"""Random fictional caseloads for published figures: cases of both programmes over some quarters, many groups small."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.figures.figure_counts import CountedCase, FigureCounts, count_figures
from ioms_desktop.domain.figures.figure_tables import TablePlan
from ioms_desktop.domain.policy.case_facts import CaseFacts, ContactFact, DecisionFact, OfferFact, RagFact
from rulebook import default_policy

FIRST = Quarter(2025, 4)
SPAN = (date(2025, 4, 1), date(2026, 9, 30))
STEPS = ("L0", "L1", "L2", "L3", "L4W", "L9", "L10", "PARALLEL")
OFFERS = ("MENTORING", "ETE", "HOUSING", "GYM", "SPORT_ARTS")
STATUSES = {
    "IOM": ("ACTIVE", "ACTIVE", "ACTIVE", "SUSPENDED", "ACCEPTED"),
    "PHOENIX": ("ENGAGED", "ENGAGED", "OFFERED", "NOTIFIED", "DISENGAGED", "LOST_CONTACT"),
}


def quarters(number: int) -> list[Quarter]:
    """Return consecutive quarters."""
    found = [FIRST]
    while len(found) < number:
        found.append(found[-1].next)
    return found


def book(random: Random, size: int) -> list[CountedCase]:
    """Generate cases."""
    return [_case(random, f"C-{number}") for number in range(size)]


def counted(plan: TablePlan, cases: Sequence[CountedCase], number: int) -> dict[Quarter, FigureCounts]:
    """Count consecutive quarters."""
    return {quarter: count_figures(plan, default_policy(), cases, quarter) for quarter in quarters(number)}


def _day(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=random.randrange(max(1, (last - first).days)))


def _case(random: Random, ref: str) -> CountedCase:
    programme = random.choice(("IOM", "IOM", "PHOENIX"))
    starts = _day(random, *SPAN) if random.random() < 0.93 else None
    begins = starts or SPAN[0]
    closed = _day(random, begins, SPAN[1]) if random.random() < 0.25 else None
    last = closed or SPAN[1]
    offers = tuple(_offer(random, f"{ref}-O{n}", begins, last) for n in range(random.choice((0, 1, 1, 2, 3))))
    decisions = tuple(_decision(random, f"{ref}-D{n}", begins, last) for n in range(random.choice((0, 0, 1, 1, 2))))
    contacts = tuple(_contact(random, f"{ref}-K{n}", begins, last) for n in range(random.randrange(14)))
    case = CaseFacts(
        case_ref=ref,
        programme=programme,
        starts_on=starts,
        closed_on=closed,
        trial_arm="CONTROL" if programme == "PHOENIX" and random.random() < 0.05 else None,
        offers=offers,
        decisions=decisions,
        contacts=contacts,
        rag=(RagFact(begins, random.choice(("RED", "AMBER", "AMBER", "GREEN", "BLUE")), ""),),
    )
    return CountedCase(
        history=(case,),
        status=random.choice(STATUSES[programme]),
        born_on=_day(random, date(1985, 1, 1), date(2011, 12, 31)),
        sex=random.choice(("MALE",) * 8 + ("FEMALE", "FEMALE", None)),
        ethnicity=random.choice(("W1",) * 6 + ("A1", "A2", "B1", "B2", "M1", "O9", "NS", None)),
        offer_types={offer.ref: random.choice(OFFERS) for offer in offers},
    )


def _offer(random: Random, ref: str, first: date, last: date) -> OfferFact:
    offered = _day(random, first, last)
    response = random.choice(("ACCEPTED", "ACCEPTED", "PARTLY", "DECLINED", None))
    answered = offered + timedelta(days=random.randrange(40)) if response else None
    ended = offered + timedelta(days=60 + random.randrange(200)) if random.random() < 0.4 else None
    return OfferFact(ref, offered, response, answered, ended)


def _decision(random: Random, ref: str, first: date, last: date) -> DecisionFact:
    on = _day(random, first, last)
    decision = random.choice(("ESCALATE", "ESCALATE", "HOLD", "ALTERNATIVE", "DE_ESCALATE"))
    step = random.choice(STEPS) if decision == "ESCALATE" else None
    rule = random.choice(("missed_contacts", None))
    return DecisionFact(ref, on, rule, decision, step, on + timedelta(days=random.randrange(12)))


def _contact(random: Random, ref: str, first: date, last: date) -> ContactFact:
    outcome = random.choice(("SEEN", "FAILED_TO_ATTEND", "UNACCEPTABLE_ABSENCE"))
    return ContactFact(ref, DayTime(_day(random, first, last)), True, outcome, 30)
