"""Typical courses of Phoenix cases."""

from collections.abc import Callable
from datetime import date

from ioms_desktop.demo.background import write_participant_background
from ioms_desktop.demo.book import LAST_DAY, CaseWriter, Row, funded, workday
from ioms_desktop.demo.notes import FIRST_MEETING, RANG_US, Note
from ioms_desktop.demo.selection import (
    record_letter,
    told_by_age,
    write_eligibility,
    write_exit,
    write_network,
    write_panel,
    write_screening,
)
from ioms_desktop.domain.dates.calendar import ADULT_AGE, DAY, is_working_day, monday_of

OFFERS = (
    ("MENTORING", "ATTITUDES_THINKING_BEHAVIOUR", "Ingeus"),
    ("ETE", "EDUCATION_TRAINING_EMPLOYMENT", "Leicestershire Cares"),
    ("SPORT_ARTS", "HEALTH", "Ingeus"),
    ("FAMILY_SUPPORT", "CHILDREN_FAMILIES", "Leicester City Council"),
    ("MENTAL_HEALTH", "HEALTH", "NHS mental health"),
    ("FINANCE_ID", "FINANCE_BENEFIT_DEBT", "Ingeus"),
    ("TRAVEL_SAFETY", "CHILDREN_FAMILIES", "Leicester City Council"),
)
SCHOOL_OFFER = ("SCHOOL_RETURN", "EDUCATION_TRAINING_EMPLOYMENT", "Leicester City Council")
SESSION_CONTACT_TYPES = (
    *("YOUTH_SESSION", "YOUTH_SESSION", "COMMUNITY_VENUE", "SCHOOL_VISIT", "HOME_VISIT_ANNOUNCED", "PHONE"),
)
RESPONSES = {
    "DELIVERED_ACCEPTED": "Wants to hear more; navigator to ring",
    "DELIVERED_UNDECIDED": "Listened, wants to think about it",
    "DELIVERED_DECLINED": "Says no for now; letter kept",
}
NO_CONSENT: dict[str, dict[str, object]] = {
    "DELIVERED_UNDECIDED": {"consent": "NOT_YET"},
    "DELIVERED_DECLINED": {"consent": "DECLINED"},
}
"""Whose consent a delivery did not bring yet, by its outcome."""
RISING_LEVELS, VARYING_LEVELS, SLOW_LEVELS = (
    (2, 3, 3, 4, 4, 4, 5, 5, 4),
    (2, 3, 4, 3, 3, 4, 3, 2, 3, 4),
    (2, 3, 3, 3, 2, 3, 3),
)
ELIGIBLE_BECAUSE = "Associate of a group in serious violence, and arrested for it within the last year."
RULE_LOOK_BACK_DAYS = 15
WARNING_TEXT = "What we are worried about, that every offer stays open, and what comes next"


def _notify(case: CaseWriter, on: date, status: str = "ENGAGED", answer: str = "", **cells: object) -> None:
    """Open a case whose person was notified on a day."""
    rng = case.rng
    cells = {"trial_arm": rng.choice(("INTERVENTION", "INTERVENTION", "NOT_RANDOMISED", "PRE_TRIAL")), **cells}
    case.open(
        status=status,
        referred_on=workday(on - DAY * rng.randint(15, 40)),
        referred_by="Selection panel",
        notified_on=on,
        **cells,
    )
    write_panel(case, workday(on - DAY * 12), "ELIGIBLE", ELIGIBLE_BECAUSE)
    write_eligibility(case, workday(on - DAY * 14), "GROUP_ASSOCIATE", "Named with others of a group in violence",
                      basis="INTELLIGENCE", source_grade="1", information_grade="B", handling="P")  # fmt: skip
    write_network(case, workday(on - DAY * 14))
    write_eligibility(case, workday(on - DAY * 14), "SERIOUS_VIOLENCE", "Arrested for wounding within the last year")
    write_participant_background(case, on)
    attempts = rng.choice((0, 0, 0, 1, 1, 2))
    for number in range(attempts):
        _attempt(case, on - DAY * 3 * (attempts - number), number + 1, "NOT_FOUND")
    _attempt(case, on, attempts + 1, answer or rng.choice(("DELIVERED_ACCEPTED", "DELIVERED_UNDECIDED")))


def _attempt(case: CaseWriter, on: date, attempt: int, outcome: str) -> None:
    told = outcome in RESPONSES
    case.add(
        "notifications",
        attempted_on=on,
        attempt=attempt,
        outcome=outcome,
        delivered_by=f"{case.row.get('police_om', 'Police')}; {case.worker}; community voice",
        present=case.person.row.get("parent_or_carer") if told and case.age(on) < ADULT_AGE else None,
        mode="HOME",
        response=RESPONSES.get(outcome),
        note="Plain-language letter and list of services left" if told else "Nobody in; no letter left",
        **{**told_by_age(case.age(on)), **NO_CONSENT.get(outcome, {})} if told else {},
    )
    record_letter(case, on, is_told=told)


def _offers(case: CaseWriter, on: date, response: str = "ACCEPTED", count: int = 2) -> list[str]:
    """Make the first offers the day after the notification; the first to be taken up begins within days."""
    rng, refs = case.rng, list[str]()
    choices = (*OFFERS, SCHOOL_OFFER) if case.age(on) < ADULT_AGE else OFFERS
    for kind, pathway, provider in (OFFERS[0], *rng.sample(choices[1:], count - 1)):
        answered = min(workday(on + DAY * rng.randint(1, 9)), LAST_DAY)
        started = workday(answered + DAY * rng.randint(1, 6))
        ended = workday(started + DAY * rng.randint(70, 130))
        taken = response == "ACCEPTED" and started <= LAST_DAY
        over = taken and ended <= LAST_DAY and refs and rng.random() < 0.5  # noqa: PLR2004 - half of the courses have an end
        refs.append(
            case.offer(
                on,
                kind,
                provider,
                pathway=pathway,
                response=response,
                responded_on=answered,
                started_on=started if taken else None,
                ended_on=ended if over else None,
                end_reason=rng.choice(("Course finished", "Moved on to college", "Place ended")) if over else None,
                **(funded(answered, "Kit and travel for the first month") if taken and not refs else {}),
            )
        )
    return refs


def _sessions(case: CaseWriter, first: date, last: date, levels: tuple[int, ...], offer: str) -> None:
    """Write one session a week, sometimes two, and the rating of the week."""
    week, number = monday_of(first), 0
    while week <= min(last, LAST_DAY):
        for on in sorted(case.rng.sample([week + DAY * n for n in range(1, 4)], case.rng.choice((1, 1, 1, 2)))):
            if first <= on <= min(last, LAST_DAY) and is_working_day(on):
                _session(case, on, offer, safe=on <= last - DAY * RULE_LOOK_BACK_DAYS)
        case.rate(week, levels[min(number, len(levels) - 1)])
        week, number = week + DAY * 7, number + 1


def _session(case: CaseWriter, on: date, offer: str, *, safe: bool) -> None:
    """Write a session; some are postponed or missed, but only where that cannot raise a trigger later."""
    rng = case.rng
    chance = rng.random()
    if chance < 0.03:  # noqa: PLR2004 - now and then the session is put off
        case.contact(on, rng.choice(("CANCELLED_BY_US", "CANCELLED_BY_PERSON_ACCEPTABLE")), offer_ref=offer)
    elif chance < 0.08:  # noqa: PLR2004 - or the person rings first
        case.contact(on, kind="PHONE", note=rng.choice(RANG_US), planned=False, direction="THEIRS", offer_ref=offer)
    elif chance < 0.13 and safe and case.may_miss(on):  # noqa: PLR2004 - or does not come, once in a while
        case.contact(on, "FAILED_TO_ATTEND", offer_ref=offer)
    else:
        case.contact(on, kind=rng.choice(SESSION_CONTACT_TYPES), offer_ref=offer)


def _begin(case: CaseWriter, on: date, last: date, levels: tuple[int, ...] = VARYING_LEVELS, offers: int = 2) -> str:
    """Make the offers, meet for the first time and go on week by week; give the mentoring offer's reference."""
    mentoring = _offers(case, on + DAY, count=offers)[0]
    first = workday(on + DAY * 4)
    case.contact(first, note=case.rng.choice(FIRST_MEETING), minutes=60, offer_ref=mentoring)
    _sessions(case, first + DAY, last, levels, mentoring)
    return mentoring


def _misses(case: CaseWriter, days: tuple[date, ...]) -> list[Row]:
    return [case.contact(day, "FAILED_TO_ATTEND") for day in days]


def engaged(case: CaseWriter, on: date) -> None:
    """Takes the offer and grows with it."""
    _notify(case, on)
    _begin(case, on, LAST_DAY, case.rng.choice((RISING_LEVELS, VARYING_LEVELS)), offers=3)


def wavering(case: CaseWriter, on: date) -> None:
    """Misses three sessions, is warned in time with the offer restated, and returns."""
    _notify(case, on)
    gap = monday_of(on + DAY * 49)
    mentoring = _begin(case, on, gap - DAY * 3, SLOW_LEVELS)
    missed = [workday(gap + DAY * n) for n in (1, 4, 9)]
    _misses(case, tuple(missed))
    case.decide(missed[-1], "missed_contacts", "ESCALATE", "Three missed in a row; re-offered with later times",
                step="L1", told_participant=WARNING_TEXT)  # fmt: skip
    _sessions(case, missed[-1] + DAY * 5, LAST_DAY, (3, 3, 4, 4, 4), mentoring)


def misjudged(case: CaseWriter, on: date) -> None:
    """Is warned for three missed sessions, one of which turns out to have been cancelled by the service."""
    _notify(case, on)
    gap = monday_of(LAST_DAY - DAY * 45)
    mentoring = _begin(case, on, gap - DAY * 3, SLOW_LEVELS)
    missed = [workday(gap + DAY * n) for n in (1, 3, 8)]
    last = _misses(case, tuple(missed))[-1]
    case.decide(missed[-1], "missed_contacts", "ESCALATE", "Three missed; warned in person, offer restated",
                step="L1", told_participant=WARNING_TEXT)  # fmt: skip
    _sessions(case, missed[-1] + DAY * 5, LAST_DAY, (3, 3, 4), mentoring)
    case.writer.correct(
        "contacts", last, outcome="CANCELLED_BY_US", note="Corrected: the navigator was off sick that day."
    )


def excused(case: CaseWriter, on: date) -> None:
    """Seems to miss three; the last had been cancelled in time, so the trigger is withdrawn."""
    _notify(case, on)
    mentoring = _begin(case, on, LAST_DAY - DAY * 15)
    *_, last = _misses(case, tuple(workday(LAST_DAY - DAY * days) for days in (13, 9, 4)))
    case.contact(workday(LAST_DAY - DAY * 4), kind="PHONE", planned=False, direction="THEIRS", offer_ref=mentoring)
    case.writer.correct(
        "contacts", last, outcome="CANCELLED_BY_PERSON_ACCEPTABLE", note="Corrected: rang ahead, hospital."
    )


def missing_now(case: CaseWriter, on: date) -> None:
    """Has just missed the third; the decision is waiting."""
    _notify(case, on)
    _begin(case, on, LAST_DAY - DAY * 16, SLOW_LEVELS)
    _misses(case, tuple(LAST_DAY - DAY * days for days in (11, 6, 2)))
    case.rate(monday_of(LAST_DAY - DAY * 7), 3)
    case.rate(monday_of(LAST_DAY), 2)


def low_ratings(case: CaseWriter, on: date) -> None:
    """Two weeks of avoiding; support is changed instead of a sanction, not always in time."""
    _notify(case, on)
    dip = monday_of(on + DAY * 42)
    mentoring = _begin(case, on, dip - DAY * 3, (2, 3, 3, 3, 3, 3))
    case.rate(dip, 2)
    case.rate(dip + DAY * 7, 1)
    case.contact(
        dip + DAY * 8, kind="PHONE", note=Note("Short call; would not say what is wrong."), offer_ref=mentoring
    )
    case.decide(dip + DAY * 11, "low_ratings", "ALTERNATIVE", "Does not get on with the mentor; mentor changed",
                late=case.rng.randint(0, 4))  # fmt: skip
    _sessions(case, dip + DAY * 15, LAST_DAY, (3, 3, 3, 4, 4), mentoring)


def sinking(case: CaseWriter, on: date) -> None:
    """Attends but avoids every question: two low weekly ratings, and the decision is late."""
    _notify(case, on, "DISENGAGED")
    dip = monday_of(LAST_DAY - DAY * 14)
    mentoring = _begin(case, on, dip - DAY * 3)
    _sessions(case, dip, LAST_DAY, (2, 1, 2), mentoring)


def unanswered(case: CaseWriter, on: date) -> None:
    """An offer is still unanswered."""
    _notify(case, on, "OFFERED")
    _begin(case, on, LAST_DAY, (2, 3, 3, 3))
    case.offer(LAST_DAY - DAY * case.rng.randint(18, 26), "TRAUMA_THERAPY", "NHS mental health", pathway="HEALTH")


def lost_contact(case: CaseWriter, on: date) -> None:
    """Nobody has seen the person for a month."""
    _notify(case, on, "LOST_CONTACT")
    _begin(case, on, LAST_DAY - DAY * 36, SLOW_LEVELS)
    for days in (32, 24, 13, 6):
        case.contact(workday(LAST_DAY - DAY * days), "NO_REPLY", "PHONE", planned=False)
    case.action("Ask school and the youth centre; visit with the neighbourhood officer", LAST_DAY + DAY * 4)


def arrested(case: CaseWriter, on: date) -> None:
    """Arrested for violence; a written warning, then a second concern soon after."""
    _notify(case, on, "ENFORCEMENT_ACTIVE")
    trouble = LAST_DAY - DAY * case.rng.randint(48, 58)
    _begin(case, on, LAST_DAY, (3, 3, 3, 2, 3, 3, 4, 3))
    child = case.age(trouble) < ADULT_AGE
    case.concern(trouble, "ARREST", "VIOLENCE",
                 "Arrested on suspicion of affray" + ("; appropriate adult present" if child else ""),
                 ("Affray", "Released under investigation"))  # fmt: skip
    weighed = "Arrest for violence; contract and injunction considered, not proportionate on one arrest"
    decided = case.decide(trouble, "serious_concern", "ESCALATE", weighed, step="L2", told_participant=WARNING_TEXT)
    case.concern(decided + DAY * 9, "ASB_REPORT", None, "Reported with others at a bus station")
    case.concern(decided + DAY * 21, "SUSPECTED", "WEAPONS", "Named as having carried a knife",
                 ("Possession of a bladed article", "Under investigation"))  # fmt: skip


def contracted(case: CaseWriter, on: date) -> None:
    """A written warning after an arrest, a contract after two more concerns, then a de-escalation."""
    _notify(case, on)
    trouble = workday(on + DAY * 50)
    mentoring = _begin(case, on, trouble, SLOW_LEVELS)
    case.concern(trouble, "ARREST", "WEAPONS", "Arrested with a lock knife in {his} bag; community resolution",
                 ("Possession of a bladed article", "Community resolution"))  # fmt: skip
    decided = case.decide(trouble, "serious_concern", "ESCALATE", "Knife found; warning in writing", step="L2",
                          told_participant=WARNING_TEXT)  # fmt: skip
    case.concern(decided + DAY * 6, "ASB_REPORT", None, "Reported with others in the shopping centre")
    again = decided + DAY * 20
    case.concern(again, "MISSING", None, "Reported missing overnight by {his} family; back in the morning")
    signed = case.decide(again, "persisting_concern", "ESCALATE", "Agreement wanted by {him} and the family",
                         step="L3", told_participant=WARNING_TEXT)  # fmt: skip
    _sessions(case, trouble + DAY * 7, LAST_DAY, (3, 3, 3, 4, 4, 4, 4), mentoring)
    down = signed + DAY * 40
    if down < LAST_DAY:
        case.decide(down, None, "DE_ESCALATE", "Forty days of keeping the agreement", step="L0",
                    told_participant="Told in person")  # fmt: skip


def protected(case: CaseWriter, on: date) -> None:
    """Intelligence suggests that others exploit the person: safeguarding beside the ladder, and no sanction."""
    _notify(case, on)
    heard = workday(LAST_DAY - DAY * 34)
    _begin(case, on, LAST_DAY, VARYING_LEVELS, offers=3)
    case.concern(heard, "INTELLIGENCE", "DRUG_SUPPLY", "Said to be sent out of the county by older associates",
                 source_grade="1", information_grade="B", handling="P")  # fmt: skip
    case.decide(heard, "credible_intelligence", "ESCALATE", "Signs of exploitation: referred, no enforcement",
                step="PARALLEL")  # fmt: skip
    case.add("referrals", referral_ref=case.writer.next_ref("RF"), direction="OUT", unit="MACE",
             sent_on=workday(heard + DAY), status="ACCEPTED", answered_on=workday(heard + DAY * 6),
             reason="Possible exploitation")  # fmt: skip
    case.offer(workday(heard + DAY * 3), "NRM_SUPPORT", "Leicester City Council", pathway="CHILDREN_FAMILIES",
               response="ACCEPTED", responded_on=workday(heard + DAY * 5))  # fmt: skip


def declined(case: CaseWriter, on: date) -> None:
    """Declines; the invitation remains open and there is no sanction for declining."""
    _notify(case, on, "NOTIFIED", "DELIVERED_DECLINED")
    _offers(case, on + DAY, "DECLINED")
    for days in range(10, (LAST_DAY - on).days, 21):
        case.contact(workday(on + DAY * days), kind="HOME_VISIT_ANNOUNCED",
                     note=Note("Says {he} will think about it.", "PARTICIPANT_SAYS"))  # fmt: skip


def detained(case: CaseWriter, on: date) -> None:
    """Remanded; the navigator continues to visit."""
    taken = workday(LAST_DAY - DAY * case.rng.randint(30, 50))
    _notify(case, on, "IN_CUSTODY")
    mentoring = _begin(case, on, taken - DAY * 2)
    case.concern(taken, "CHARGE", "VIOLENCE", "Charged with wounding; remanded", ("Wounding", "Charged"))
    case.decide(taken, "serious_concern", "HOLD", "The court has remanded; nothing to add, visits go on")
    case.add_for_person("custody", received_on=taken, kind="REMAND",
              establishment="HMYOI Wetherby" if case.age(taken) < ADULT_AGE else "HMP Leicester")  # fmt: skip
    for days in range(9, (LAST_DAY - taken).days, 9):
        case.contact(workday(taken + DAY * days), kind=case.rng.choice(("VIDEO", "PRISON_VISIT")), offer_ref=mentoring)


def control(case: CaseWriter, on: date) -> None:
    """In the control arm: no contact, no offer."""
    case.open(status="RANDOMISED", referred_on=on - DAY * 20, referred_by="Selection panel", trial_arm="CONTROL")
    case.add_for_person("offences", offence_on=on - DAY * 80, recorded_on=on - DAY * 80, offence_group="VIOLENCE",
              offence="Violent disorder", role="SUSPECT", outcome="NFA (outcome 15)")  # fmt: skip


def pooled(case: CaseWriter, on: date) -> None:
    """In the pool, waiting for the panel."""
    case.open(status="POOL", referred_on=max(on, LAST_DAY - DAY * 30), referred_by="Analyst")
    write_screening(case, workday(LAST_DAY - DAY * 12), awaited=("EXPLOITATION", "SAFEGUARDING"))


def not_yet_found(case: CaseWriter, on: date) -> None:
    """Selected, but not found at the first two attempts to notify."""
    since = max(on, LAST_DAY - DAY * 25)
    case.open(status="NOTIFY_DUE", referred_on=since, referred_by="Selection panel", trial_arm="INTERVENTION")
    write_panel(case, workday(since + DAY * 8), "ELIGIBLE", ELIGIBLE_BECAUSE)
    for number, days in enumerate((10, 4), start=1):
        _attempt(case, workday(LAST_DAY - DAY * days), number, "NOT_FOUND")


def completed(case: CaseWriter, on: date) -> None:
    """Six months, goals met."""
    closed = workday(min(on + DAY * 170, LAST_DAY - DAY * 10))
    _notify(case, on, "COMPLETED", closed_on=closed, close_reason="GOALS_MET")
    write_exit(
        case,
        "COMPLETED",
        closed,
        "Goals met, and theirs to end.",
        plan="The college mentor goes on until the summer; they ring the navigator if anything changes.",
        services="Leicestershire Cares, 0116 496 0275.",
    )
    _begin(case, on, closed - DAY, RISING_LEVELS, offers=3)


def withdrew(case: CaseWriter, on: date) -> None:
    """Withdraws voluntarily, and may return."""
    closed = workday(on + DAY * case.rng.randint(60, 75))
    _notify(case, on, "WITHDRAWN", closed_on=closed, close_reason="PARTICIPANT_CHOICE")
    _begin(case, on, closed - DAY * 9, SLOW_LEVELS)
    case.contact(closed, kind="PHONE", direction="THEIRS", planned=False,
                 note=Note("Rang: has found work and wants to stop. Told the door stays open."))  # fmt: skip


COURSES: tuple[tuple[Callable[[CaseWriter, date], None], int], ...] = (
    (engaged, 80),
    (wavering, 110),
    (unanswered, 75),
    (engaged, 150),
    (missing_now, 75),
    (low_ratings, 110),
    (arrested, 100),
    (control, 75),
    (completed, 200),
    (protected, 90),
    (excused, 75),
    (lost_contact, 85),
    (contracted, 150),
    (sinking, 75),
    (misjudged, 100),
    (declined, 90),
    (engaged, 75),
    (detained, 110),
    (pooled, 75),
    (not_yet_found, 75),
    (withdrew, 100),
    (wavering, 140),
)
"""The courses that a case may take, each with the fewest days it needs."""
