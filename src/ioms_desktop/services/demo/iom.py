"""Courses of IOM cases, as an IOM team meets them."""

from collections.abc import Callable
from datetime import date

from ioms_desktop.services.demo.book import DAY, LAST, CaseBook

HOME = ("HOME_VISIT_UNANNOUNCED", "HOME_VISIT_ANNOUNCED", "OFFICE", "JOINT_VISIT")
PRISON = ("PRISON_VISIT", "VIDEO", "PHONE")
PRISONS = ("HMP Leicester", "HMP Gartree", "HMP Stocken", "HMP Five Wells")
SEEN_ENOUGH = 30


def _adopt(case: CaseBook, on: date, cohort: str = "FIXED", *, notice: bool = True, **cells: object) -> None:
    rng = case.book.rng
    case.open(
        cohort=cohort,
        status=cells.pop("status", "ACTIVE"),
        referred_on=on - DAY * rng.randint(14, 30),
        referred_by=rng.choice(("Neighbourhood officer", "Probation LLR PDU", "Prison offender manager")),
        adopted_on=on,
        notice_served_on=on + DAY * rng.randint(1, 12) if notice else None,
        statutory_status=cells.pop("statutory_status", "LICENCE"),
        iom_licence_condition=cells.pop("iom_licence_condition", rng.random() < 0.6),  # noqa: PLR2004 - most licences have it
        **cells,
    )
    _background(case, on)


def _background(case: CaseBook, on: date) -> None:
    """Write the index offence, a licence, a score and the needs found at adoption."""
    book, rng = case.book, case.book.rng
    group = rng.choice(("BURGLARY", "BURGLARY", "ROBBERY", "VEHICLE_CRIME", "THEFT_PERSON"))
    offence = {"BURGLARY": "Burglary dwelling", "ROBBERY": "Robbery", "VEHICLE_CRIME": "Theft from vehicle"}
    book.add(
        "offences",
        person_ref=case.who.ref,
        offence_on=on - DAY * rng.randint(200, 500),
        offence_group=group,
        offence=offence.get(group, "Theft from the person"),
        role="CONVICTED",
        outcome="Imprisonment",
    )
    book.add(
        "orders",
        order_ref=book.number("OR"),
        person_ref=case.who.ref,
        order_type="LICENCE",
        made_on=on - DAY * rng.randint(0, 5),
        ends_on=on + DAY * rng.randint(300, 600),
        court="Leicester Crown Court",
        conditions="Standard determinate; engage with the IOM team and follow its instructions",
    )
    score = rng.randint(66, 93)
    book.add(
        "assessments",
        person_ref=case.who.ref,
        tool="OGRS3_2YR",
        version="3",
        assessed_on=on - DAY * rng.randint(1, 20),
        value=score,
        band="VERY_HIGH" if score >= 90 else "HIGH" if score >= 75 else "MEDIUM",  # noqa: PLR2004 - OGRS3's own cuts
        scorer=rng.choice(("J. SHAH", "M. LEWIN")),
    )
    for pathway in rng.sample(("ACCOMMODATION", "DRUGS_ALCOHOL", "EDUCATION_TRAINING_EMPLOYMENT", "HEALTH"), 2):
        status = rng.choice(("SUPPORT_REQUIRED", "IN_PROGRESS", "NOT_STARTED"))
        book.add("needs", case_ref=case.ref, pathway=pathway, assessed_on=on, level=rng.randint(1, 3), status=status)


def quiet(case: CaseBook, on: date) -> None:
    """Settles within weeks and stays green."""
    _adopt(case, on)
    case.rag(on, "AMBER", "Released, first weeks")
    case.reviews(on + DAY * 42, LAST, "GREEN", "No offending, in work, keeps every appointment")
    case.visits(on + DAY * 5, on + DAY * 42, 10, HOME)
    case.visits(on + DAY * 50, LAST, 22, HOME)


def unsettled(case: CaseBook, on: date) -> None:
    """Amber: seen, not always at home, no evidence of offending."""
    _adopt(case, on, "FLEX")
    case.reviews(on, LAST, "AMBER", "Unstable accommodation; engaging, not every time")
    case.visits(on + DAY * 4, LAST, 11, HOME, misses=0.2)
    case.book.add(
        "actions",
        action_ref=case.book.number("AC"),
        case_ref=case.ref,
        text="Housing referral to be chased",
        owner=case.worker,
        due_on=LAST - DAY * 6,
    )


def arrested(case: CaseBook, on: date) -> None:
    """Red after an arrest; a verbal warning in time, then quieter and stepped down."""
    _adopt(case, on)
    case.rag(on, "AMBER", "Released, engaging")
    trouble = on + DAY * 60
    case.visits(on + DAY * 3, trouble, 10, HOME, misses=0.15)
    case.concern(trouble, "ARREST", "BURGLARY", "Arrested on suspicion of burglary; released under investigation")
    case.rag(trouble + DAY, "RED", "Arrested for burglary")
    decided = case.decide(trouble, "serious_concern", "ESCALATE", "Arrest within nine weeks of release", step="L1",
                          told_participant="What we saw, that help stays open, what comes next")  # fmt: skip
    case.reviews(trouble + DAY * 29, LAST, "AMBER", "No further evidence; seen every week")
    case.visits(trouble + DAY * 4, LAST, 7, HOME, misses=0.05)
    if decided + DAY * 45 < LAST:
        case.decide(decided + DAY * 40, None, "DE_ESCALATE", "Six weeks without a concern, every visit kept", step="L0",
                    told_participant="Told in person")  # fmt: skip


def wanted(case: CaseBook, on: date) -> None:
    """Active offending: triggers open and late, visits refused."""
    _adopt(case, on)
    case.rag(on, "AMBER", "Released, engaging")
    trouble = LAST - DAY * case.book.rng.randint(12, 30)
    case.visits(on + DAY * 3, trouble - DAY * 14, 12, HOME, misses=0.3)
    case.contact(trouble - DAY * 10, "UNACCEPTABLE_ABSENCE", "OFFICE", "Did not attend; no reason given.")
    case.contact(trouble - DAY * 3, "REFUSED_ENTRY", "HOME_VISIT_UNANNOUNCED", "Came to the door, would not talk.")
    case.concern(trouble, "SUSPECTED", "VEHICLE_CRIME", "Named as suspect for two thefts from vehicles")
    heard = LAST - DAY * case.book.rng.randint(2, 9)
    case.concern(heard, "INTELLIGENCE", None, "Said to be selling tools from vans", source_grade="1",
                 information_grade="B", handling="P")  # fmt: skip
    case.rag(trouble + DAY, "RED", "Suspected of vehicle crime, refuses visits")


def recalled(case: CaseBook, on: date) -> None:
    """Recalled to prison; blue, with a release in sight and no plan yet."""
    back = LAST - DAY * case.book.rng.randint(60, 120)
    release = LAST + DAY * case.book.rng.randint(8, 24)
    _adopt(case, on, expected_release_on=release, statutory_status="SERVING")
    case.rag(on, "AMBER", "Released, engaging")
    case.visits(on + DAY * 3, back - DAY, 12, HOME, misses=0.25)
    case.concern(back - DAY * 2, "RECALL", None, "Recalled by probation after missed appointments")
    case.decide(
        back - DAY * 2, "breach", "HOLD", "Probation has recalled; nothing to add", late=case.book.rng.randint(0, 3)
    )
    case.book.add(
        "custody", person_ref=case.who.ref, received_on=back, establishment=PRISONS[back.day % 4], kind="RECALL"
    )
    case.reviews(back, LAST, "BLUE", "In custody on recall")
    case.visits(back + DAY * 20, LAST, 28, PRISON)


def serving(case: CaseBook, on: date) -> None:
    """Serving a long sentence; stays on the list, contacted by telephone."""
    _adopt(case, on, statutory_status="SERVING", expected_release_on=LAST + DAY * 260, iom_licence_condition=False)
    case.book.add(
        "custody", person_ref=case.who.ref, received_on=on - DAY * 40, establishment="HMP Gartree", kind="SENTENCE"
    )
    case.reviews(on, LAST, "BLUE", "Serving; release next year")
    case.visits(on + DAY * 20, LAST, 75, PRISON)


def forgotten(case: CaseBook, on: date) -> None:
    """Nobody looked for weeks: review, notice and contact are overdue."""
    _adopt(case, on, "FREE", notice=False)
    case.rag(on, "GREEN", "Adopted on professional judgement, quiet")
    case.visits(on + DAY * 8, LAST - DAY * 55, 20, HOME)


def deselected(case: CaseBook, on: date) -> None:
    """De-selected after sustained change."""
    closed = LAST - DAY * case.book.rng.randint(15, 60)
    _adopt(case, on, status="DESELECTED", closed_on=closed, close_reason="SUSTAINED_REDUCTION")
    case.reviews(on, closed - DAY, "GREEN", "Six months without arrest, in work")
    case.visits(on + DAY * 5, closed - DAY * 3, 24, HOME)


COURSES: tuple[Callable[[CaseBook, date], None], ...] = (
    quiet,
    unsettled,
    arrested,
    recalled,
    quiet,
    wanted,
    unsettled,
    serving,
    arrested,
    forgotten,
    deselected,
    quiet,
)
