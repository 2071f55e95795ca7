"""Typical courses of IOM cases."""

from collections.abc import Callable
from datetime import date

from ioms_desktop.demo.background import write_nominal_background
from ioms_desktop.demo.book import COORDINATOR, LAST_DAY, CaseWriter, funded, workday
from ioms_desktop.demo.notes import Note
from ioms_desktop.demo.selection import (
    decide,
    write_eligibility,
    write_exit,
    write_letter,
    write_panel,
    write_screening,
)
from ioms_desktop.domain.dates.calendar import DAY

HOME_CONTACT_TYPES = ("HOME_VISIT_UNANNOUNCED", "HOME_VISIT_ANNOUNCED", "OFFICE", "JOINT_VISIT", "PHONE")
CLOSE_CONTACT_TYPES = ("HOME_VISIT_UNANNOUNCED", "HOME_VISIT_UNANNOUNCED", "OFFICE", "JOINT_VISIT")
PRISON_CONTACT_TYPES = ("PRISON_VISIT", "VIDEO", "VIDEO")
PRISONS = ("HMP Leicester", "HMP Gartree", "HMP Stocken", "HMP Five Wells")
WOMENS_PRISON = "HMP Peterborough"
REFERRERS = ("Neighbourhood officer", "Probation LLR PDU", "Prison offender manager", "Community safety, city council")
GREEN_REASONS = (
    "Settled for weeks; in work, seen every time",
    "No arrest and no concern; tenancy kept",
    "Steady, no change",
)
AMBER_REASONS = (
    "Sofa surfing; engaging, not every time",
    "Treatment restarted, one missed test",
    "Seen, rent arrears; no evidence of offending",
)
BLUE_REASONS = (
    "In custody; pre-release work to begin",
    "In custody; working, drug free",
    "In custody; address being found",
)
ACCEPTED_BECAUSE = {
    "FIXED": "Neighbourhood crime under supervision, and a high score for reoffending.",
    "FLEX": "Below the score; put in on professional judgement, because the offending comes in runs.",
    "FREE": "Local choice: the harm at home outweighs the number of offences.",
}
OFFERS = (
    ("SUBSTANCE", "DRUGS_ALCOHOL", "Treatment provider"),
    ("HOUSING", "ACCOMMODATION", "CRS provider, accommodation"),
    ("ETE", "EDUCATION_TRAINING_EMPLOYMENT", "CRS provider, ETE"),
    ("MENTAL_HEALTH", "HEALTH", "NHS mental health"),
    ("FINANCE_ID", "FINANCE_BENEFIT_DEBT", "Citizens' advice"),
)


def _adopt(
    case: CaseWriter, on: date, order: str = "LICENCE", *, cohort: str = "FIXED", notice: bool = True, **cells: object
) -> None:
    """Open a case that a panel adopted on a day, with its background and a first offer of support."""
    rng = case.rng
    licence = order == "LICENCE" and rng.random() < 0.7  # noqa: PLR2004 - most licences have the IOM condition
    cells = {"status": "ACTIVE", "statutory_status": order, "iom_licence_condition": licence, **cells}
    case.open(
        cohort=cohort,
        referred_on=workday(on - DAY * rng.randint(15, 30)),
        referred_by=rng.choice(REFERRERS),
        adopted_on=on,
        notice_served_on=on + DAY * rng.randint(1, 12) if notice else None,
        **cells,
    )
    write_panel(case, on, "ACCEPT", ACCEPTED_BECAUSE[cohort], cohort=cohort)
    write_letter(case)
    if cohort != "FIXED":  # who is fixed stands in the scores and offences of the case
        write_eligibility(case, workday(on - DAY * 7), cohort, ACCEPTED_BECAUSE[cohort], basis="JUDGEMENT")
    write_nominal_background(case, on, order)
    if rng.random() < 0.75:  # noqa: PLR2004 - the others were being helped already
        kind, pathway, provider = rng.choice(OFFERS)
        made = workday(on + DAY * rng.randint(3, 20))
        answered = workday(made + DAY * rng.randint(0, 8))
        taken = rng.choice(("ACCEPTED", "ACCEPTED", "PARTLY", "DECLINED"))
        if answered <= LAST_DAY:
            funding = funded(made, "Travel to the first appointments") if taken == "ACCEPTED" else {}
            case.offer(made, kind, provider, pathway=pathway, response=taken, responded_on=answered, **funding)


def _custody(case: CaseWriter, received: date, kind: str, released: date | None = None) -> None:
    place = WOMENS_PRISON if case.person.row["sex"] == "FEMALE" else case.rng.choice(PRISONS)
    case.add_for_person("custody", received_on=received, released_on=released, establishment=place, kind=kind)


def quiet(case: CaseWriter, on: date) -> None:
    """Settles within weeks and stays green."""
    _adopt(case, on, cohort=case.rng.choice(("FIXED", "FIXED", "FLEX")))
    settled = workday(on + DAY * case.rng.randint(35, 56))
    case.rag(on, "AMBER", "Adopted on release; first weeks")
    case.visits(on + DAY * 4, settled, 9, HOME_CONTACT_TYPES)
    case.reviews(settled, LAST_DAY, "GREEN", GREEN_REASONS)
    case.visits(settled + DAY * 12, LAST_DAY, 20, HOME_CONTACT_TYPES)


def unsettled(case: CaseWriter, on: date) -> None:
    """Amber: seen but not always at home, no evidence of offending; one action is overdue."""
    _adopt(case, on, "COMMUNITY_ORDER", cohort="FLEX")
    case.reviews(on, LAST_DAY, "AMBER", AMBER_REASONS)
    case.visits(on + DAY * 4, LAST_DAY, 12, HOME_CONTACT_TYPES, misses=0.2)
    case.action("Chase the housing referral with the council", LAST_DAY - DAY * case.rng.randint(4, 11))
    case.action("Bring the treatment letter to the next conference", LAST_DAY + DAY * 15, COORDINATOR)


def arrested(case: CaseWriter, on: date) -> None:
    """Red after an arrest; a verbal warning in time, then quieter and stepped down."""
    _adopt(case, on)
    trouble = on + DAY * case.rng.randint(50, 75)
    group, offence, words = case.rng.choice(
        (
            ("BURGLARY", "Burglary dwelling", "Arrested on suspicion of burglary; released under investigation"),
            ("VEHICLE_CRIME", "Theft from a vehicle", "Arrested after a van was broken into; bailed with conditions"),
            ("ROBBERY", "Robbery", "Arrested on suspicion of street robbery; denies it; bailed"),
        )
    )
    case.reviews(on, trouble - DAY, "AMBER", ("Released, engaging",))
    case.visits(on + DAY * 3, trouble - DAY, 10, HOME_CONTACT_TYPES, misses=0.15)
    case.concern(trouble, "ARREST", group, words, (offence, "Under investigation"))
    case.rag(workday(trouble + DAY), "RED", "Arrested; evidence being looked at")
    decided = case.decide(trouble, "serious_concern", "ESCALATE", "Arrest within weeks of release; first response",
                          step="L1", told_participant="What we saw, that help stays open, what comes next")  # fmt: skip
    case.visits(trouble + DAY * 4, trouble + DAY * 30, 6, CLOSE_CONTACT_TYPES)
    case.reviews(trouble + DAY * 29, LAST_DAY, "AMBER", ("Seen every week, no further evidence", *AMBER_REASONS[1:]))
    case.visits(trouble + DAY * 38, LAST_DAY, 10, HOME_CONTACT_TYPES)
    down = workday(decided + DAY * 48)
    if down < LAST_DAY:
        case.decide(down - DAY, None, "DE_ESCALATE", "Six weeks without a concern, every visit kept", step="L0",
                    told_participant="Told in person")  # fmt: skip


def persisting(case: CaseWriter, on: date) -> None:
    """Warned after an arrest and named again twice: a written warning, decided late."""
    _adopt(case, on)
    trouble = on + DAY * 70
    case.reviews(on, trouble - DAY, "AMBER", ("Released, engaging",))
    case.visits(on + DAY * 3, trouble - DAY, 10, HOME_CONTACT_TYPES, misses=0.15)
    case.concern(trouble, "ARREST", "VEHICLE_CRIME", "Arrested near cars with smashed windows; glass on {his} sleeve",
                 ("Theft from a vehicle", "Under investigation"))  # fmt: skip
    case.rag(workday(trouble + DAY), "RED", "Arrested for theft from vehicles")
    decided = case.decide(trouble, "serious_concern", "ESCALATE", "Arrest; verbal warning first", step="L1",
                          told_participant="What we saw and that help stays open")  # fmt: skip
    case.concern(decided + DAY * 8, "ASB_REPORT", None, "Seen trying car doors; caller did not want to be named")
    again = decided + DAY * 19
    case.concern(again, "OTHER", None, "Found at night with tools {he} could not account for")
    case.decide(again, "persisting_concern", "ESCALATE", "Two concerns after the warning; warning put in writing",
                late=3, step="L2", told_participant="The letter, read out; every offer stays open")  # fmt: skip
    case.reviews(
        workday(trouble + DAY * 29),
        LAST_DAY,
        "RED",
        ("Concerns go on", "Quieter, too early to change", "Seen weekly; one more quiet month wanted"),
    )
    case.visits(trouble + DAY * 3, LAST_DAY, 6, CLOSE_CONTACT_TYPES, misses=0.1)


def wanted(case: CaseWriter, on: date) -> None:
    """Active offending: triggers open and late, visits refused."""
    _adopt(case, on)
    trouble = LAST_DAY - DAY * case.rng.randint(12, 30)
    case.reviews(on, trouble - DAY, "AMBER", ("Released, engaging", *AMBER_REASONS))
    case.visits(on + DAY * 3, trouble - DAY * 16, 11, HOME_CONTACT_TYPES, misses=0.2)
    case.contact(workday(trouble - DAY * 12), "UNACCEPTABLE_ABSENCE", "OFFICE")
    case.contact(workday(trouble - DAY * 4), "REFUSED_ENTRY", "HOME_VISIT_ANNOUNCED")
    case.concern(trouble, "SUSPECTED", "VEHICLE_CRIME", "Named as suspect for two thefts from vehicles",
                 ("Theft from a vehicle", "Under investigation"))  # fmt: skip
    case.rag(workday(trouble + DAY), "RED", "Suspected of vehicle crime, refuses visits")
    case.concern(LAST_DAY - DAY * case.rng.randint(2, 9), "INTELLIGENCE", None, "Said to be selling tools from vans",
                 source_grade="1", information_grade="B", handling="P")  # fmt: skip
    case.contact(workday(trouble + DAY * 3), "NOT_SEEN", "HOME_VISIT_UNANNOUNCED")
    case.action("Hot spot patrol to pass the address", workday(LAST_DAY - DAY * 5), done_on=workday(LAST_DAY - DAY * 6))


def informed(case: CaseWriter, on: date) -> None:
    """Credible intelligence, considered in time without further action; the reason is recorded."""
    _adopt(case, on, cohort="FLEX")
    heard = workday(LAST_DAY - DAY * case.rng.randint(40, 70))
    case.reviews(on, LAST_DAY, "AMBER", AMBER_REASONS)
    case.visits(on + DAY * 4, LAST_DAY, 10, HOME_CONTACT_TYPES, misses=0.1)
    case.concern(heard, "INTELLIGENCE", None, "Said to be driven about at night by an older associate",
                 source_grade="1", information_grade="A", handling="P")  # fmt: skip
    case.decide(heard, "credible_intelligence", "HOLD",
                "One report and no offence; visits go on as planned, looked at again at conference")  # fmt: skip


def recalled(case: CaseWriter, on: date) -> None:
    """Recalled to prison; blue, with a release in sight and no plan yet."""
    rng = case.rng
    back = workday(LAST_DAY - DAY * rng.randint(40, 52))
    _adopt(case, on, expected_release_on=back + DAY * 56)
    case.reviews(on, back - DAY * 3, "AMBER", ("Released, engaging", *AMBER_REASONS))
    case.visits(on + DAY * 3, back - DAY * 4, 11, HOME_CONTACT_TYPES, misses=0.2)
    case.concern(back - DAY * 2, "RECALL", None, "Fixed-term recall of 56 days after appointments missed elsewhere")
    case.decide(back - DAY * 2, "breach", "HOLD", "Probation has recalled; nothing to add", late=rng.randint(0, 2))
    for taken, what, cells in (
        (back - DAY * 12, "Missed the office twice without a word", {"step": "WARNING", "warning_level": "FINAL"}),
        (back - DAY * 2, "Missed again after the warning", {"step": "RECALLED", "recall_type": "FIXED_TERM"}),
    ):
        case.add("compliance_steps", compliance_ref=case.writer.next_ref("CP"), taken_on=taken, reason=what,
                 taken_by="J. SHAH", agency="HMPPS_PROBATION", **cells)  # fmt: skip
    _custody(case, back, "RECALL")
    case.reviews(back, LAST_DAY, "BLUE", ("In custody on recall", *BLUE_REASONS[1:]))
    case.visits(back + DAY * 18, LAST_DAY, 25, PRISON_CONTACT_TYPES, misses=0)
    case.action("Release plan to the conference", LAST_DAY + DAY * rng.randint(1, 5), case.worker)


def back_and_forth(case: CaseWriter, on: date) -> None:
    """Remanded and released again, then settling."""
    _adopt(case, on)
    taken = workday(on + DAY * 45)
    out = workday(taken + DAY * case.rng.randint(20, 34))
    case.rag(on, "AMBER", "Released, engaging")
    case.visits(on + DAY * 3, taken - DAY, 11, HOME_CONTACT_TYPES)
    case.concern(taken, "CHARGE", "BURGLARY", "Charged with burglary of a shed; remanded",
                 ("Burglary other than a dwelling", "Charged"))  # fmt: skip
    case.decide(taken, "serious_concern", "ALTERNATIVE", "Remanded; treatment in custody offered instead")
    _custody(case, taken, "REMAND", out)
    case.rag(taken, "BLUE", "Remanded in custody")
    case.contact(workday(taken + DAY * 12), kind="VIDEO")
    case.contact(out, kind="GATE_PICKUP", note=Note("Met at the gate, taken to probation and to the hostel."))
    case.reviews(out, LAST_DAY, "AMBER", ("Released on bail after plea; hostel place", *AMBER_REASONS[1:]))
    case.visits(out + DAY * 5, LAST_DAY, 10, HOME_CONTACT_TYPES, misses=0.1)


def at_large(case: CaseWriter, on: date) -> None:
    """Recalled days ago and not found: red, with days unlawfully at large."""
    gone = workday(LAST_DAY - DAY * case.rng.randint(6, 10))
    _adopt(case, on)
    case.reviews(on, gone - DAY, "AMBER", ("Released, engaging", *AMBER_REASONS))
    case.visits(on + DAY * 3, gone - DAY * 7, 11, HOME_CONTACT_TYPES, misses=0.15)
    case.concern(gone, "RECALL", None, "Recalled after leaving the approved address")
    case.concern(gone, "UNLAWFULLY_AT_LARGE", None, "Not at the address when officers called")
    case.rag(workday(gone + DAY), "RED", "Recalled and unlawfully at large")
    case.contact(
        workday(gone + DAY * 2), "NOT_SEEN", "HOME_VISIT_UNANNOUNCED", Note("Mother's address visited; not there.")
    )
    case.action("Arrest attempts: three addresses, in turn", LAST_DAY + DAY * 1)


def on_order(case: CaseWriter, on: date) -> None:
    """Under a community order; two unacceptable absences within the year, decided late."""
    _adopt(case, on, "COMMUNITY_ORDER", cohort="FLEX")
    second = workday(LAST_DAY - DAY * case.rng.randint(20, 45))
    first = workday(second - DAY * 50)
    case.reviews(on, LAST_DAY, "AMBER", AMBER_REASONS)
    for begin, end in (
        (on + DAY * 3, first - DAY * 2),
        (first + DAY * 4, second - DAY * 2),
        (second + DAY * 5, LAST_DAY),
    ):
        case.visits(begin, end, 10, HOME_CONTACT_TYPES, misses=0)
    for day in (first, second):
        case.contact(day, "UNACCEPTABLE_ABSENCE", "OFFICE")
    case.decide(second, "order_failures", "ALTERNATIVE", "Probation takes the breach; we move visits to evenings",
                late=case.rng.randint(1, 4))  # fmt: skip


def serving(case: CaseWriter, on: date) -> None:
    """Serving a long sentence; remains on the cohort, contacted by telephone."""
    _adopt(case, on, "SERVING", expected_release_on=LAST_DAY + DAY * case.rng.randint(160, 300))
    _custody(case, on - DAY * case.rng.randint(30, 90), "SENTENCE")
    case.reviews(on, LAST_DAY, "BLUE", ("In custody; release a long way off", *BLUE_REASONS[1:2]))
    case.visits(on + DAY * 15, LAST_DAY, 70, PRISON_CONTACT_TYPES, misses=0)


def going_home(case: CaseWriter, on: date) -> None:
    """Released within days, with a plan."""
    release = LAST_DAY + DAY * case.rng.randint(4, 17)
    _adopt(case, on, "SERVING", expected_release_on=release, release_plan_on=workday(LAST_DAY - DAY * 12))
    received = on - DAY * case.rng.randint(60, 120)
    _custody(case, received, "SENTENCE")
    if case.person.row["sex"] != "FEMALE":
        near = "HMP Leicester"  # moved near home before release, as resettlement prisons do
        moved = workday(received + DAY * 40)
        case.add_for_person("custody_transfers", moved_on=moved, establishment=near, reason="Resettlement")
    case.reviews(on, LAST_DAY, "BLUE", BLUE_REASONS)
    case.visits(on + DAY * 10, LAST_DAY, 26, PRISON_CONTACT_TYPES, misses=0)
    case.action("Gate pickup on the day of release", release)
    case.action("Approved address confirmed with probation", LAST_DAY - DAY * 9, done_on=LAST_DAY - DAY * 10)


def forgotten(case: CaseWriter, on: date) -> None:
    """Neglected for weeks: review, notice and contact are overdue."""
    _adopt(case, on, "SSO", cohort="FREE", notice=False)
    case.rag(on, "GREEN", "Adopted on professional judgement, quiet")
    case.visits(on + DAY * 8, LAST_DAY - DAY * case.rng.randint(40, 60), 20, HOME_CONTACT_TYPES)


def deselected(case: CaseWriter, on: date) -> None:
    """De-selected after sustained change."""
    closed = workday(LAST_DAY - DAY * case.rng.randint(15, 60))
    _adopt(case, on, status="DESELECTED", closed_on=closed, close_reason="SUSTAINED_REDUCTION")
    case.reviews(on, closed - DAY, "GREEN", (*GREEN_REASONS, "Six months without arrest, in work: exit plan agreed"))
    case.visits(on + DAY * 5, closed - DAY * 3, 22, HOME_CONTACT_TYPES)
    decide(case, closed, "DESELECT", "GREEN for six months without arrest, in work; exit plan agreed.")
    write_exit(
        case,
        "DESELECTED",
        closed,
        "Six months without arrest or intelligence, in work since the spring.",
        plan="Neighbourhood team calls in a month; probation keeps the order to its end.",
        services="Turning Point, 0116 496 0330, on Thursdays.",
        agencies_told="HMPPS_PROBATION",
        agencies_told_on=closed,
    )


def moved_away(case: CaseWriter, on: date) -> None:
    """Moved to another force's area and handed over."""
    closed = workday(on + DAY * case.rng.randint(80, 130))
    _adopt(case, on, status="TRANSFERRED_OUT", closed_on=closed, close_reason="MOVED_AREA")
    write_exit(
        case,
        "TRANSFERRED_OUT",
        closed,
        "Moved to family in Derby.",
        goes_to="Derbyshire IOM",
        plan="Derbyshire sees them within a week of the move; our file was sent with the case summary.",
    )
    case.reviews(on, closed - DAY, "AMBER", ("Released, engaging", "Moving to family in Derby; handover begun"))
    case.visits(on + DAY * 5, closed - DAY * 3, 11, HOME_CONTACT_TYPES)


def suspended(case: CaseWriter, on: date) -> None:
    """In hospital for weeks: the case is suspended."""
    ill = workday(LAST_DAY - DAY * 33)
    _adopt(case, on, cohort="FLEX", status="SUSPENDED")
    write_exit(case, "SUSPENDED", ill, "In hospital until further notice.")
    case.reviews(on, LAST_DAY, "AMBER", (*AMBER_REASONS, "In hospital; suspended until discharge"))
    case.visits(on + DAY * 4, ill, 11, HOME_CONTACT_TYPES)
    case.visits(ill + DAY * 12, LAST_DAY, 12, ("PHONE",), misses=0)


def proposed(case: CaseWriter, on: date) -> None:
    """Referred and waiting for the panel."""
    asked = workday(max(on, LAST_DAY - DAY * case.rng.randint(6, 20)))
    case.open(cohort="FLEX", status="PANEL_PENDING", referred_on=asked, referred_by=case.rng.choice(REFERRERS))
    write_screening(case, workday(asked + DAY * 2))
    case.action("Panel papers to core members", asked + DAY * 21, COORDINATOR)


def not_accepted(case: CaseWriter, on: date) -> None:
    """Considered by the panel and not accepted."""
    case.open(status="NOT_ACCEPTED", referred_on=on, referred_by=case.rng.choice(REFERRERS),
              closed_on=workday(on + DAY * 24), close_reason="NOT_ACCEPTED")  # fmt: skip
    write_panel(case, workday(on + DAY * 24), "NOT_ACCEPT", "One offence in three years; probation alone is enough.",
                dissenting="LEICESTER_CITY_COUNCIL", dissent="Neighbours expect more burglaries.")  # fmt: skip


def after_phoenix(case: CaseWriter, on: date) -> None:
    """Adopted after Phoenix, because the offending had changed from violence to theft."""
    _adopt(case, on, "COMMUNITY_ORDER", cohort="FLEX")
    case.reviews(on, LAST_DAY, "AMBER", ("Came from Phoenix with {his} mentor; theft from vans", *AMBER_REASONS[1:]))
    case.visits(on + DAY * 4, LAST_DAY, 10, HOME_CONTACT_TYPES, misses=0.1)


COURSES: tuple[tuple[Callable[[CaseWriter, date], None], int], ...] = (
    (quiet, 90),
    (unsettled, 75),
    (arrested, 140),
    (recalled, 110),
    (quiet, 150),
    (wanted, 90),
    (informed, 120),
    (serving, 90),
    (persisting, 150),
    (forgotten, 110),
    (deselected, 280),
    (quiet, 75),
    (going_home, 80),
    (on_order, 150),
    (back_and_forth, 130),
    (proposed, 75),
    (at_large, 90),
    (unsettled, 120),
    (moved_away, 200),
    (suspended, 120),
    (arrested, 100),
    (not_accepted, 90),
)
"""The courses that a case may take, each with the fewest days it needs."""
