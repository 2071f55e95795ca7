"""What is known of somebody when a case begins: offences as suspect and as victim, scores, needs, orders, referrals."""

from datetime import date

from ioms_desktop.demo.book import ADULT, DAY, LAST, PRACTITIONERS, CaseBook, workday

NEIGHBOURHOOD = (
    ("BURGLARY", "Burglary dwelling", "Imprisonment"),
    ("BURGLARY", "Burglary dwelling", "Imprisonment"),
    ("BURGLARY", "Burglary other than dwelling", "Imprisonment"),
    ("VEHICLE_CRIME", "Theft from a motor vehicle", "Imprisonment"),
    ("VEHICLE_CRIME", "Theft of a motor vehicle", "Imprisonment"),
    ("THEFT_PERSON", "Theft from the person", "Imprisonment"),
    ("ROBBERY", "Robbery", "Imprisonment"),
)
AT_HOME = (
    ("VIOLENCE", "Controlling or coercive behaviour", "Suspended sentence order"),
    ("VIOLENCE", "Assault occasioning actual bodily harm", "Imprisonment"),
)
EARLIER = (
    ("THEFT_OTHER", "Theft from a shop", "Fine"),
    ("THEFT_OTHER", "Theft from a shop", "Community order"),
    ("DRUG_POSSESSION", "Possession of a class A drug", "Caution"),
    ("VEHICLE_CRIME", "Interference with a motor vehicle", "Community order"),
    ("CRIMINAL_DAMAGE", "Criminal damage", "Conditional discharge"),
    ("MOTORING", "Driving while disqualified", "Community order"),
)
ELIGIBLE = (
    ("WEAPONS", "Possession of a bladed article"),
    ("WEAPONS", "Possession of an offensive weapon"),
    ("VIOLENCE", "Wounding"),
    ("VIOLENCE", "Violent disorder"),
    ("ROBBERY", "Robbery"),
    ("DRUG_SUPPLY", "Possession with intent to supply, class B"),
    ("DRUG_SUPPLY", "Being concerned in the supply of a class A drug"),
)
INVESTIGATED = (
    "Released under investigation",
    "NFA (outcome 15)",
    "Community resolution",
    "Awaiting charging decision",
)
HARMED = (
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
HIGH, VERY_HIGH = 75, 90
IOM_REFERRALS = (
    ("SUBSTANCE_MISUSE_TEAM", "Drug use at adoption; treatment wanted"),
    ("ACCOMMODATION_PROVIDER", "No settled address after release"),
    ("ETE_PROVIDER", "Looking for work; CSCS card"),
)
PHOENIX_REFERRALS = (
    ("YOUTH_SCHOOL_ENGAGEMENT", "Timetable and return to school"),
    ("ETE_PROVIDER", "College place or apprenticeship"),
    ("MASH", "Safety and MASH check"),
)


def nominal(case: CaseBook, on: date, order: str) -> None:
    """Write the offences, order, score, needs and a referral of somebody adopted on a day."""
    rng = case.rng
    group, offence, outcome = rng.choice(AT_HOME if case.row.get("cohort") == "FREE" else NEIGHBOURHOOD)
    _offence(case, on - DAY * rng.randint(150, 400), (group, offence, outcome), "CONVICTED")
    for number, earlier in enumerate(rng.sample(EARLIER, rng.randint(1, 3)), start=1):
        _offence(case, on - DAY * (380 + 70 * number + rng.randint(0, 60)), earlier, "CONVICTED")
    _order(case, on, order)
    score = rng.randint(52, 74) if case.row.get("cohort") != "FIXED" else rng.randint(75, 94)
    for assessed in (on - DAY * rng.randint(1, 20), on + DAY * rng.randint(170, 200)):
        if assessed <= LAST:
            _score(case, assessed, score)
        score += rng.choice((-6, -3, 0, 2))
    _needs(case, on, IOM_NEEDS)
    _referral(case, on, IOM_REFERRALS)


def participant(case: CaseBook, on: date) -> None:
    """Write why a panel chose somebody, what has been done to them, their score, needs and a referral."""
    rng = case.rng
    group, offence = rng.choice(ELIGIBLE)
    _offence(case, on - DAY * rng.randint(60, 220), (group, offence, rng.choice(INVESTIGATED)), "SUSPECT")
    if rng.random() < 0.4:  # noqa: PLR2004 - many have been harmed themselves
        _offence(case, on - DAY * rng.randint(20, 300), rng.choice(HARMED), "VICTIM")
    if case.age(on) < ADULT:
        case.know(
            "assessments",
            tool="ASSETPLUS",
            version="LIKELIHOOD_OF_REOFFENDING",
            assessed_on=on - DAY * rng.randint(5, 60),
            band=rng.choice(("MEDIUM", "MEDIUM", "HIGH")),
            scorer="Leicester City YJS",
        )
        if rng.random() < 0.5:  # noqa: PLR2004 - half of the children are on an order
            _order(case, on, rng.choice(("REFERRAL_ORDER", "YRO")))
    _needs(case, on, PHOENIX_NEEDS)
    _referral(case, on, PHOENIX_REFERRALS)


def _offence(case: CaseBook, on: date, what: tuple[str, str, str], role: str) -> None:
    group, offence, outcome = what
    case.know(
        "offences",
        offence_on=on,
        recorded_on=on + DAY * case.rng.choice((0, 0, 1, 3)),
        offence_group=group,
        offence=offence,
        role=role,
        outcome=outcome,
    )


def _order(case: CaseBook, on: date, order: str) -> None:
    """Write the order or licence that goes with a status; one that serves has a licence only after release."""
    wording = {
        "LICENCE": ("Leicester Crown Court", "Standard conditions; engage with the IOM team, follow its instructions"),
        "COMMUNITY_ORDER": ("Leicester Magistrates' Court", "18 months; 20 days of rehabilitation activity"),
        "SSO": ("Leicester Crown Court", "Suspended for 24 months; building better relationships"),
        "YRO": ("Leicester Youth Court", "12 months; supervision, education"),
        "REFERRAL_ORDER": ("Leicester Youth Court", "9 months; panel agreement"),
    }
    if order not in wording:
        return
    court, conditions = wording[order]
    case.know(
        "orders",
        order_ref=case.book.number("OR"),
        order_type=order,
        made_on=on - DAY * case.rng.randint(0, 20),
        ends_on=on + DAY * case.rng.randint(380, 600),
        court=court,
        conditions=conditions,
    )


def _score(case: CaseBook, on: date, score: int) -> None:
    case.know(
        "assessments",
        tool="OGRS3",
        version="2-YEAR",
        assessed_on=on,
        value=score,
        band="VERY_HIGH" if score >= VERY_HIGH else "HIGH" if score >= HIGH else "MEDIUM",
        scorer=case.rng.choice(PRACTITIONERS),
    )


def _needs(case: CaseBook, on: date, pathways: tuple[str, ...]) -> None:
    """Write two or three needs, and how they stand some months later."""
    rng = case.rng
    for pathway in sorted(set(rng.sample(pathways, 3))):
        level = rng.choice((1, 2, 2, 3))
        case.add("needs", pathway=pathway, assessed_on=on, level=level, status="SUPPORT_REQUIRED")
        later = workday(on + DAY * rng.randint(60, 130))
        if later > LAST:
            continue
        better = rng.random() < 0.6  # noqa: PLR2004 - most get better, slowly
        level -= better
        status = rng.choice(("IN_PROGRESS", "IN_PROGRESS", "SUPPORT_DECLINED")) if level else "DONE"
        case.add("needs", pathway=pathway, assessed_on=later, level=level, status=status)


def _referral(case: CaseBook, on: date, wanted: tuple[tuple[str, str], ...]) -> None:
    rng = case.rng
    unit, reason = rng.choice(wanted)
    sent = workday(on + DAY * rng.randint(2, 20))
    if sent > LAST:
        return
    answered = workday(sent + DAY * rng.randint(3, 16))
    status = rng.choice(("ACCEPTED", "ACCEPTED", "COMPLETED", "DECLINED")) if answered <= LAST else "SENT"
    case.add(
        "referrals",
        referral_ref=case.book.number("RF"),
        direction="OUT",
        unit=unit,
        sent_on=sent,
        status=status,
        answered_on=answered if answered <= LAST else None,
        reason=reason,
    )
