"""The records about a person when a case begins: offences as suspect and victim, scores, needs, orders, referrals."""

from datetime import date

from ioms_desktop.demo.book import LAST_DAY, PRACTITIONERS, CaseWriter, workday
from ioms_desktop.domain.dates.calendar import ADULT_AGE, DAY

NEIGHBOURHOOD_OFFENCES = (
    ("BURGLARY", "Burglary dwelling", "Imprisonment"),
    ("BURGLARY", "Burglary dwelling", "Imprisonment"),
    ("BURGLARY", "Burglary other than dwelling", "Imprisonment"),
    ("VEHICLE_CRIME", "Theft from a motor vehicle", "Imprisonment"),
    ("VEHICLE_CRIME", "Theft of a motor vehicle", "Imprisonment"),
    ("THEFT_PERSON", "Theft from the person", "Imprisonment"),
    ("ROBBERY", "Robbery", "Imprisonment"),
)
DOMESTIC_OFFENCES = (
    ("VIOLENCE", "Controlling or coercive behaviour", "Suspended sentence order"),
    ("VIOLENCE", "Assault occasioning actual bodily harm", "Imprisonment"),
)
EARLIER_OFFENCES = (
    ("THEFT_OTHER", "Theft from a shop", "Fine"),
    ("THEFT_OTHER", "Theft from a shop", "Community order"),
    ("DRUG_POSSESSION", "Possession of a class A drug", "Caution"),
    ("VEHICLE_CRIME", "Interference with a motor vehicle", "Community order"),
    ("CRIMINAL_DAMAGE", "Criminal damage", "Conditional discharge"),
    ("MOTORING", "Driving while disqualified", "Community order"),
)
PHOENIX_INDEX_OFFENCES = (
    ("WEAPONS", "Possession of a bladed article"),
    ("WEAPONS", "Possession of an offensive weapon"),
    ("VIOLENCE", "Wounding"),
    ("VIOLENCE", "Violent disorder"),
    ("ROBBERY", "Robbery"),
    ("DRUG_SUPPLY", "Possession with intent to supply, class B"),
    ("DRUG_SUPPLY", "Being concerned in the supply of a class A drug"),
)
INVESTIGATION_OUTCOMES = (
    "Released under investigation",
    "NFA (outcome 15)",
    "Community resolution",
    "Awaiting charging decision",
)
VICTIM_OFFENCES = (
    ("VIOLENCE", "Assault occasioning actual bodily harm", "NFA (outcome 16)"),
    ("ROBBERY", "Robbery of personal property", "Undetected"),
    ("VIOLENCE", "Wounding", "Under investigation"),
)
IOM_NEEDS = (
    "ACCOMMODATION",
    "DRUGS_ALCOHOL",
    "DRUGS_ALCOHOL",
    "EDUCATION_TRAINING_EMPLOYMENT",
    "FINANCE_BENEFIT_DEBT",
    "HEALTH",
    "ATTITUDES_THINKING_BEHAVIOUR",
    "CHILDREN_FAMILIES",
)
PHOENIX_NEEDS = (
    "EDUCATION_TRAINING_EMPLOYMENT",
    "CHILDREN_FAMILIES",
    "ATTITUDES_THINKING_BEHAVIOUR",
    "HEALTH",
    "ACCOMMODATION",
)
HIGH_SCORE, VERY_HIGH_SCORE = 75, 90
IOM_REFERRALS = (
    ("SUBSTANCE_MISUSE_TEAM", "Drug use at adoption; treatment wanted"),
    ("ACCOMMODATION_PROVIDER", "No settled address after release"),
    ("ETE_PROVIDER", "Looking for work; CSCS card"),
)
REFERRAL_NOTES = {
    "ACCEPTED": "First appointment in the week after; they ring us if it is missed.",
    "COMPLETED": "Work finished; they will take a new referral at any time.",
    "DECLINED": "Outside what they offer; they named another service.",
}
"""What a unit said to a referral, and what comes next."""
PHOENIX_REFERRALS = (
    ("YOUTH_SCHOOL_ENGAGEMENT", "Timetable and return to school"),
    ("ETE_PROVIDER", "College place or apprenticeship"),
    ("MASH", "Safety and MASH check"),
)


def write_nominal_background(case: CaseWriter, on: date, order: str) -> None:
    """Write the offences, order, score, needs and a referral of a person adopted on a day."""
    rng = case.rng
    group, offence, outcome = rng.choice(
        DOMESTIC_OFFENCES if case.row.get("cohort") == "FREE" else NEIGHBOURHOOD_OFFENCES
    )
    _write_offence(case, on - DAY * rng.randint(150, 400), (group, offence, outcome), "CONVICTED")
    for number, earlier in enumerate(rng.sample(EARLIER_OFFENCES, rng.randint(1, 3)), start=1):
        _write_offence(case, on - DAY * (380 + 70 * number + rng.randint(0, 60)), earlier, "CONVICTED")
    _write_order(case, on, order)
    score = rng.randint(52, 74) if case.row.get("cohort") != "FIXED" else rng.randint(75, 94)
    for assessed in (on - DAY * rng.randint(1, 20), on + DAY * rng.randint(170, 200)):
        if assessed <= LAST_DAY:
            _write_score(case, assessed, score)
        score += rng.choice((-6, -3, 0, 2))
    _write_needs(case, on, IOM_NEEDS)
    _write_referral(case, on, IOM_REFERRALS)


def write_participant_background(case: CaseWriter, on: date) -> None:
    """Write the offences for which a panel chose a person and those against them, a score, needs and a referral."""
    rng = case.rng
    group, offence = rng.choice(PHOENIX_INDEX_OFFENCES)
    _write_offence(
        case, on - DAY * rng.randint(60, 220), (group, offence, rng.choice(INVESTIGATION_OUTCOMES)), "SUSPECT"
    )
    if rng.random() < 0.4:  # noqa: PLR2004 - many have been harmed themselves
        _write_offence(case, on - DAY * rng.randint(20, 300), rng.choice(VICTIM_OFFENCES), "VICTIM")
    if case.age(on) < ADULT_AGE:
        case.add_for_person(
            "assessments",
            tool="ASSETPLUS",
            version="LIKELIHOOD_OF_REOFFENDING",
            assessed_on=on - DAY * rng.randint(5, 60),
            band=rng.choice(("MEDIUM", "MEDIUM", "HIGH")),
            scorer="Leicester City YJS",
        )
        if rng.random() < 0.5:  # noqa: PLR2004 - half of the children are on an order
            _write_order(case, on, rng.choice(("REFERRAL_ORDER", "YRO")))
    _write_needs(case, on, PHOENIX_NEEDS)
    _write_referral(case, on, PHOENIX_REFERRALS)


def _write_offence(case: CaseWriter, on: date, what: tuple[str, str, str], role: str) -> None:
    group, offence, outcome = what
    case.add_for_person(
        "offences",
        offence_on=on,
        recorded_on=on + DAY * case.rng.choice((0, 0, 1, 3)),
        offence_group=group,
        offence=offence,
        role=role,
        outcome=outcome,
    )


def _write_order(case: CaseWriter, on: date, order: str) -> None:
    """Write the order or licence that matches a status; a serving prisoner gets a licence only on release."""
    wording = {
        "LICENCE": ("Leicester Crown Court", _licence_conditions(case)),
        "COMMUNITY_ORDER": ("Leicester Magistrates' Court", "18 months; 20 days of rehabilitation activity"),
        "SSO": ("Leicester Crown Court", "Suspended for 24 months; building better relationships"),
        "YRO": ("Leicester Youth Court", "12 months; supervision, education"),
        "REFERRAL_ORDER": ("Leicester Youth Court", "9 months; panel agreement"),
    }
    if order not in wording:
        return
    court, conditions = wording[order]
    order_ref, made_on = case.writer.next_ref("OR"), on - DAY * case.rng.randint(0, 20)
    for category in _categories(case, order):
        case.add_for_person(
            "order_conditions",
            condition_ref=case.writer.next_ref("CD"),
            category=category,
            from_on=made_on,
            order_ref=order_ref,
        )
    case.add_for_person(
        "orders",
        order_ref=order_ref,
        order_type=order,
        made_on=made_on,
        ends_on=on + DAY * case.rng.randint(380, 600),
        court=court,
        conditions=conditions,
    )


def _categories(case: CaseWriter, order: str) -> tuple[str, ...]:
    """Return the categories of conditions that an order is recorded with, as its wording says."""
    if order == "LICENCE":
        iom = ("IOM_TEAM",) if case.row.get("iom_licence_condition") == "yes" else ()
        return ("STANDARD", *iom)
    return {"COMMUNITY_ORDER": ("REHABILITATION_ACTIVITY",), "SSO": ("PROGRAMMES_OR_ACTIVITIES",)}.get(order, ())


def _licence_conditions(case: CaseWriter) -> str:
    """Word a licence as the case says: the IOM condition stands in it only where there is one."""
    if case.row.get("iom_licence_condition") == "yes":
        return "Standard conditions; engage with the IOM team, follow its instructions"
    return "Standard conditions; keep in touch with probation, reside as approved"


def _write_score(case: CaseWriter, on: date, score: int) -> None:
    case.add_for_person(
        "assessments",
        tool="ARP",
        version="OGRS4",
        assessed_on=on,
        value=score,
        band="VERY_HIGH" if score >= VERY_HIGH_SCORE else "HIGH" if score >= HIGH_SCORE else "MEDIUM",
        scorer=case.rng.choice(PRACTITIONERS),
    )


def _write_needs(case: CaseWriter, on: date, pathways: tuple[str, ...]) -> None:
    """Write two or three needs, and their levels some months later."""
    rng = case.rng
    for pathway in sorted(set(rng.sample(pathways, 3))):
        level = rng.choice((1, 2, 2, 3))
        case.add("needs", pathway=pathway, assessed_on=on, level=level, status="SUPPORT_REQUIRED")
        later = workday(on + DAY * rng.randint(60, 130))
        if later > LAST_DAY:
            continue
        better = rng.random() < 0.6  # noqa: PLR2004 - most get better, slowly
        level -= better
        status = rng.choice(("IN_PROGRESS", "IN_PROGRESS", "SUPPORT_DECLINED")) if level else "DONE"
        case.add("needs", pathway=pathway, assessed_on=later, level=level, status=status)


def _write_referral(case: CaseWriter, on: date, wanted: tuple[tuple[str, str], ...]) -> None:
    rng = case.rng
    unit, reason = rng.choice(wanted)
    sent = workday(on + DAY * rng.randint(2, 20))
    if sent > LAST_DAY:
        return
    answered = workday(sent + DAY * rng.randint(3, 16))
    status = rng.choice(("ACCEPTED", "ACCEPTED", "COMPLETED", "DECLINED")) if answered <= LAST_DAY else "SENT"
    case.add(
        "referrals",
        referral_ref=case.writer.next_ref("RF"),
        direction="OUT",
        unit=unit,
        sent_on=sent,
        status=status,
        answered_on=answered if answered <= LAST_DAY else None,
        reason=reason,
        answered_by="Duty desk" if status in REFERRAL_NOTES else None,
        answer_note=REFERRAL_NOTES.get(status),
    )
