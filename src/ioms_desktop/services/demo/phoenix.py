"""Courses of Phoenix cases, as a navigator meets them."""

from collections.abc import Callable
from datetime import date

from ioms_desktop.services.demo.book import CHECKS, DAY, GILLICK, LAST, CaseBook, monday

OFFERS = (
    ("MENTORING", "Ingeus"),
    ("ETE", "Leicestershire Cares"),
    ("SPORT_ARTS", "Ingeus"),
    ("FAMILY_SUPPORT", "Leicester City Council"),
    ("MENTAL_HEALTH", "NHS"),
    ("SCHOOL_RETURN", "Leicester City Council"),
)
SESSION_NOTES = ("Session.", "Walk and talk.", "Helped with ID.", "")
ADULT, GILLICK_UNDER = 18, 16


def _notify(case: CaseBook, on: date, status: str = "ENGAGED", **cells: object) -> None:
    rng = case.book.rng
    case.open(
        status=status,
        referred_on=on - DAY * rng.randint(12, 40),
        referred_by="Selection panel",
        notified_on=on,
        trial_arm=cells.pop("trial_arm", rng.choice(("INTERVENTION", "INTERVENTION", "NOT_RANDOMISED", "PRE_TRIAL"))),
        **cells,
    )
    if rng.random() < 0.4:  # noqa: PLR2004 - a first attempt often finds nobody
        _attempt(case, on - DAY * 3, 1, "NOT_FOUND")
        _attempt(case, on, 2, "DELIVERED_UNDECIDED")
    else:
        _attempt(case, on, 1, "DELIVERED_ACCEPTED")
    case.book.add(
        "offences",
        person_ref=case.who.ref,
        offence_on=on - DAY * rng.randint(30, 200),
        offence_group=rng.choice(("WEAPONS", "VIOLENCE", "DRUG_SUPPLY")),
        offence="Possession of a bladed article",
        role="SUSPECT",
        outcome="Released under investigation",
    )
    if rng.random() < 0.35:  # noqa: PLR2004 - many have been harmed themselves
        case.book.add(
            "offences",
            person_ref=case.who.ref,
            offence_on=on - DAY * rng.randint(20, 300),
            offence_group="VIOLENCE",
            offence="Wounding",
            role="VICTIM",
            outcome="Undetected",
        )
    case.book.add("needs", case_ref=case.ref, pathway="EDUCATION_TRAINING_EMPLOYMENT", assessed_on=on, level=2,
                  status="SUPPORT_REQUIRED")  # fmt: skip


def _attempt(case: CaseBook, on: date, attempt: int, outcome: str) -> None:
    case.book.add(
        "notifications",
        case_ref=case.ref,
        attempted_on=on,
        attempt=attempt,
        outcome=outcome,
        delivered_by="Police, navigator and community voice",
        mode="Home visit",
    )


def _offers(case: CaseBook, on: date, response: str = "ACCEPTED", count: int = 2) -> None:
    for kind, provider in case.book.rng.sample(OFFERS, count):
        answered = on + DAY * case.book.rng.randint(1, 9)
        case.offer(on, kind, provider, response=response, responded_on=answered,
                   started_on=answered + DAY * 3 if response == "ACCEPTED" else None)  # fmt: skip


def _sessions(case: CaseBook, first: date, last: date, levels: tuple[int, ...]) -> None:
    """Write a session and a rating every week."""
    week, number = monday(first), 0
    while week <= min(last, LAST):
        on = week + DAY * case.book.rng.randint(1, 3)
        if first <= on <= last:
            case.contact(
                on, kind="OTHER", note=case.book.rng.choice(("Session.", "Walk and talk.", "Helped with ID.", ""))
            )
        case.rate(week, levels[min(number, len(levels) - 1)])
        week, number = week + DAY * 7, number + 1


def _checks(case: CaseBook, on: date) -> str | None:
    born = date.fromisoformat(case.who.row["date_of_birth"])
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return None if age >= ADULT else CHECKS + (GILLICK if age < GILLICK_UNDER else "")


def engaged(case: CaseBook, on: date) -> None:
    """Takes the offer and grows with it."""
    _notify(case, on)
    _offers(case, on + DAY)
    _sessions(case, on + DAY * 4, LAST, (2, 3, 3, 4, 4, 4, 5))


def wavering(case: CaseBook, on: date) -> None:
    """Misses three, is warned in time with the offer restated, and comes back."""
    _notify(case, on)
    _offers(case, on + DAY)
    gap = on + DAY * 49
    _sessions(case, on + DAY * 4, gap - DAY * 7, (2, 3, 3, 4, 3))
    missed = [monday(gap) + DAY * n for n in (1, 4, 9)]
    for day in missed:
        case.contact(day, "FAILED_TO_ATTEND", note="Did not come; no message.")
    case.decide(missed[-1], "missed_contacts", "ESCALATE", "Three missed; re-offer with adjusted times", step="L1",
                child_checks=_checks(case, missed[-1]),
                told_participant="We want you back; nothing closes")  # fmt: skip
    _sessions(case, missed[-1] + DAY * 5, LAST, (3, 3, 4, 4, 4))


def missing_now(case: CaseBook, on: date) -> None:
    """Has just missed the third; the decision is waiting."""
    _notify(case, on)
    _offers(case, on + DAY)
    _sessions(case, on + DAY * 4, LAST - DAY * 16, (3, 3, 4, 3))
    for days in (11, 6, 2):
        case.contact(LAST - DAY * days, "FAILED_TO_ATTEND", note="Did not come.")


def low(case: CaseBook, on: date) -> None:
    """Two weeks of avoiding; support is changed instead of a sanction."""
    _notify(case, on, "DISENGAGED")
    _offers(case, on + DAY, "PARTLY", 1)
    dip = monday(on + DAY * 35)
    _sessions(case, on + DAY * 4, dip - DAY * 3, (2, 3, 3, 3, 3))
    case.rate(dip, 2)
    case.rate(dip + DAY * 7, 1)
    case.contact(dip + DAY * 8, "CANCELLED_BY_US", note="Navigator ill; rearranged.")
    case.decide(
        dip + DAY * 11, "low_ratings", "ALTERNATIVE", "Mentor changed at his request", late=case.book.rng.randint(0, 4)
    )
    _sessions(case, dip + DAY * 20, LAST, (3, 3, 3, 4))


def unanswered(case: CaseBook, on: date) -> None:
    """An offer hangs without an answer."""
    _notify(case, on, "OFFERED")
    _sessions(case, on + DAY * 4, LAST, (2, 3, 3, 3))
    _offers(case, on + DAY, count=1)
    case.offer(LAST - DAY * 24, "CBT", "NHS")


def lost(case: CaseBook, on: date) -> None:
    """Nobody has seen him for a month."""
    _notify(case, on, "LOST_CONTACT")
    _offers(case, on + DAY, count=1)
    _sessions(case, on + DAY * 4, LAST - DAY * 36, (2, 3, 3))
    for days in (30, 22, 9):
        case.contact(LAST - DAY * days, "NO_REPLY", "PHONE", planned=False)


def arrested(case: CaseBook, on: date) -> None:
    """Arrested for violence; a written warning, then a second worry soon after."""
    _notify(case, on, "ENFORCEMENT_ACTIVE")
    _offers(case, on + DAY)
    trouble = LAST - DAY * 52
    _sessions(case, on + DAY * 4, LAST, (3, 3, 3, 2, 3, 3))
    case.concern(trouble, "ARREST", "VIOLENCE", "Arrested on suspicion of affray; appropriate adult present")
    decided = case.decide(trouble, "serious_concern", "ESCALATE", "Arrest for violence on the programme", step="L2",
                          child_checks=_checks(case, trouble),
                          told_participant="What the letter says and that the offer stays open")  # fmt: skip
    case.concern(decided + DAY * 9, "ASB_REPORT", None, "Reported with others at a bus station")
    case.concern(decided + DAY * 21, "SUSPECTED", "WEAPONS", "Named as having carried a knife")


def declined(case: CaseBook, on: date) -> None:
    """Says no; stays invited, nothing follows from that alone."""
    _notify(case, on, "NOTIFIED")
    _offers(case, on + DAY, "DECLINED", 2)
    for days in range(10, (LAST - on).days, 21):
        case.contact(on + DAY * days, "SEEN", "HOME_VISIT_ANNOUNCED", "Says he will think about it.")


def control(case: CaseBook, on: date) -> None:
    """In the control arm: no contact, no offer."""
    case.open(status="RANDOMISED", referred_on=on - DAY * 20, referred_by="Selection panel", trial_arm="CONTROL")


def pooled(case: CaseBook, on: date) -> None:
    """In the pool, waiting for the panel."""
    case.open(status="POOL", referred_on=max(on, LAST - DAY * 30), referred_by="Analyst")


def completed(case: CaseBook, on: date) -> None:
    """Six months, goals met."""
    closed = min(on + DAY * 170, LAST - DAY * 10)
    _notify(case, on, "COMPLETED", closed_on=closed, close_reason="COMPLETED")
    _offers(case, on + DAY)
    _sessions(case, on + DAY * 4, closed - DAY, (2, 3, 4, 4, 5))


COURSES: tuple[Callable[[CaseBook, date], None], ...] = (
    engaged,
    wavering,
    unanswered,
    engaged,
    missing_now,
    low,
    arrested,
    control,
    lost,
    engaged,
    completed,
    declined,
    pooled,
    wavering,
)
