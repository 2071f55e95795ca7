"""The events of an invented case: contacts, ratings, offers, concerns, RAG, biased to the edge cases of the rules."""

from datetime import date, timedelta

from policy_histories.history_frame import FIRST, LAST, Frame, clamped

MISSED = ("FAILED_TO_ATTEND", "FAILED_TO_ATTEND", "UNACCEPTABLE_ABSENCE", "UNACCEPTABLE_ABSENCE", "REFUSED_ENTRY")
OTHER_OUTCOMES = ("NOT_SEEN", "NO_REPLY", "MOVED", "CANCELLED_BY_US", "CANCELLED_BY_PERSON_ACCEPTABLE")
GROUPS = (
    "VIOLENCE",
    "WEAPONS",
    "DRUG_SUPPLY",
    "DRUG_POSSESSION",
    "BURGLARY",
    "ROBBERY",
    "ROBBERY",
    "SEXUAL",
    "THEFT_PERSON",
    "VEHICLE_CRIME",
    "THEFT_OTHER",
    "PUBLIC_ORDER",
    "OTHER",
)

CONCERN_TYPES = (
    "ARREST",
    "ARREST",
    "CHARGE",
    "SUSPECTED",
    "INTELLIGENCE",
    "INTELLIGENCE",
    "BREACH",
    "RECALL",
    "ASB_REPORT",
    "MISSING",
    "MISSING",
    "OTHER",
)
REMOTE = ("PHONE", "TEXT", "TEXT", "VIDEO", "THIRD_PARTY", "THIRD_PARTY", "ADDRESS_CHECK")


def add_events(frame: Frame) -> None:
    """Add all events except decisions."""
    if frame.arm == "CONTROL":
        add_concerns(frame)
        return
    add_completed(frame)
    add_missed(frame)
    add_concerns(frame)
    if frame.programme == "PHOENIX":
        add_offers(frame)
        add_ratings(frame)
    else:
        add_rag(frame)
    if frame.rng.random() < 0.3:
        # Nothing dated outside the period is evidence.
        for offset in (-3, -1):
            add_contact(frame, frame.begin + timedelta(days=offset), "FAILED_TO_ATTEND")
        if frame.closed:
            add_contact(frame, frame.closed + timedelta(days=1), "FAILED_TO_ATTEND")
            add_concern(frame, frame.closed + timedelta(days=1), "ARREST", "VIOLENCE")
        add_concern(frame, frame.begin - timedelta(days=1), "ARREST", "WEAPONS")


def add_contact(frame: Frame, day: date, outcome: str, *, planned: bool = True) -> None:
    """Add a contact."""
    if not FIRST <= day <= LAST:
        return
    rng = frame.rng
    at = day.isoformat() if rng.random() < 0.5 else f"{day}T{rng.randint(8, 19):02d}:{rng.choice(('00', '30'))}"
    kinds: tuple[str, ...] = ("HOME_VISIT_ANNOUNCED", "OFFICE", "OTHER") if planned else ("PHONE", "STREET_STOP")
    if outcome == "REFUSED_ENTRY":
        kinds = ("HOME_VISIT_ANNOUNCED",)
    elif rng.random() < 0.25:
        kinds = REMOTE
    frame.add(
        "contacts",
        case_ref=frame.case_ref,
        occurred_at=at,
        planned="yes" if planned else "no",
        contact_type="PRISON_VISIT" if frame.in_custody(day) else rng.choice(kinds),
        outcome=outcome,
        minutes=rng.choice((10, 30, 45, 60)) if outcome == "SEEN" else "",
        worker="N. EXAMPLE",
        direction="OURS" if planned else "THEIRS",
    )


def add_completed(frame: Frame) -> None:
    """Add completed contacts with gaps that lie about the standards and the 28 days."""
    rng = frame.rng
    day = frame.begin + timedelta(days=rng.choice((0, 1, 5, 27, 28, 29)))
    for _ in range(rng.randint(0, 12)):
        if day > LAST:
            return
        add_contact(frame, day, "SEEN", planned=rng.random() < 0.8)
        if rng.random() < 0.1:
            add_contact(frame, day, "SEEN", planned=False)
        day += timedelta(days=rng.choice((1, 5, 7, 8, 14, 15, 27, 28, 28, 29, 30, 45)))


def add_missed(frame: Frame) -> None:
    """Add bursts of missed contacts whose ends lie about the ends of the windows."""
    rng = frame.rng
    for _ in range(rng.choice((0, 1, 2, 3))):
        first = frame.any_day()
        spans = (12, 13, 14) if frame.programme == "PHOENIX" else (26, 27, 28)
        offsets = [0, rng.randint(0, 13), rng.choice(spans)]
        offsets += rng.sample((13, 14, 15, 16, 20, 27, 28, 29, 41), rng.choice((0, 1, 2, 4)))
        for offset in offsets:
            outcome = rng.choice(MISSED) if rng.random() < 0.85 else rng.choice(OTHER_OUTCOMES)
            add_contact(frame, first + timedelta(days=offset), outcome, planned=rng.random() < 0.93)
    if rng.random() < 0.3:
        # The ends of 365 days.
        day = frame.begin + timedelta(days=rng.randint(0, 20))
        for offset in (0, rng.choice((100, 200)), rng.choice((363, 364, 365))):
            add_contact(frame, day + timedelta(days=offset), "UNACCEPTABLE_ABSENCE")


def add_concern(frame: Frame, day: date, kind: str, group: str = "") -> None:
    """Add a concern."""
    if not FIRST <= day <= LAST:
        return
    rng = frame.rng
    cells: dict[str, object] = {}
    if kind == "INTELLIGENCE":
        cells = {
            "source_grade": rng.choice((1, 2, 2, 3)),
            "information_grade": rng.choice("AABBCDE"),
            "handling": rng.choice(("P", "P", "P", "C", "")),
        }
    ended = day + timedelta(days=rng.choice((1, 6, 30))) if kind in ("ARREST", "CHARGE") else None
    if ended and ended <= LAST and rng.random() < 0.4:
        cells |= {"outcome": "NFA", "outcome_on": ended}
    frame.add(
        "concerns",
        case_ref=frame.case_ref,
        occurred_on=day,
        recorded_on=clamped(day + timedelta(days=rng.choice((0, 0, 0, 1, 3)))),
        concern_type=kind,
        offence_group=group,
        summary="Invented",
        **cells,
    )


def add_concerns(frame: Frame) -> None:
    """Add concerns of every type, alone, in pairs 27 to 29 days apart, or two on one day."""
    rng = frame.rng
    for _ in range(rng.choice((0, 0, 1, 2, 3, 4))):
        day = frame.any_day()
        add_any_concern(frame, day)
        if rng.random() < 0.4:
            add_any_concern(frame, day + timedelta(days=rng.choice((0, 1, 2, 27, 28, 29))))
    for received, _released in frame.spells:
        if rng.random() < 0.4:
            away = received - timedelta(days=rng.choice((0, 1, 6)))
            if not frame.in_custody(away) or away == received:
                add_concern(frame, away, "RECALL")
                add_concern(frame, away, "UNLAWFULLY_AT_LARGE")


def add_any_concern(frame: Frame, day: date) -> None:
    """Add a concern of some type."""
    rng = frame.rng
    kind = rng.choice(CONCERN_TYPES)
    group = rng.choice(GROUPS) if kind in ("ARREST", "CHARGE", "SUSPECTED", "INTELLIGENCE") else ""
    add_concern(frame, day, kind, group)


def add_offers(frame: Frame) -> None:
    """Add offers answered about the 15th day, some of whose days fall into custody."""
    rng = frame.rng
    for _ in range(rng.choice((0, 1, 2, 3, 4))):
        offered = frame.any_day()
        if frame.spells and rng.random() < 0.4:
            received, released = rng.choice(frame.spells)
            aim = rng.choice((received - timedelta(days=1), received, (released or received) - timedelta(days=1)))
            offered = clamped(aim - timedelta(days=15))
        wait = rng.choice((0, 3, 13, 14, 15, 16, 25, 60, None, None, None))
        answered = offered + timedelta(days=wait) if wait is not None else None
        if answered and answered > LAST:
            answered = None
        if answered is None and rng.random() < 0.2 and frame.spells and frame.spells[-1][1]:
            # An answer on or next to the day of release.
            release = frame.spells[-1][1] + timedelta(days=rng.choice((-1, 1)))
            answered = release if offered < release <= LAST else None
        ended = (answered or offered) + timedelta(days=rng.randint(20, 90)) if rng.random() < 0.3 else None
        frame.add(
            "offers",
            case_ref=frame.case_ref,
            offer_type=rng.choice(("MENTORING", "ETE", "MEDIATION", "HOUSING", "GYM")),
            provider="A provider",
            offered_on=offered,
            response=rng.choice(("ACCEPTED", "ACCEPTED", "PARTLY", "DECLINED")) if answered else "",
            responded_on=answered or "",
            ended_on=ended if ended and ended <= LAST else "",
            end_reason="Finished" if ended and ended <= LAST else "",
        )


def add_ratings(frame: Frame) -> None:
    """Add weekly ratings, low ones in runs, with gaps; the police rate some weeks too."""
    rng = frame.rng
    week = frame.begin - timedelta(days=frame.begin.weekday())
    level = rng.randint(0, 5)
    while week <= LAST - timedelta(days=7):
        if rng.random() < 0.85:
            level = min(max(level + rng.choice((-2, -1, 0, 0, 1, 2)), 0), 5)
            add_rating(frame, week, week + timedelta(days=rng.choice((4, 4, 4, 5, 6, 7))), level, "NAVIGATOR")
        if rng.random() < 0.1:
            add_rating(frame, week, week + timedelta(days=4), rng.randint(1, 2), "POLICE")
        week += timedelta(days=7)
        if frame.closed and week > frame.closed + timedelta(days=7):
            return


def add_rating(frame: Frame, week: date, rated: date, level: int, role: str) -> None:
    """Add a rating."""
    frame.add(
        "ratings",
        case_ref=frame.case_ref,
        week_commencing=week,
        rated_on=rated,
        level=level,
        rated_by="N. EXAMPLE",
        role=role,
    )


def add_rag(frame: Frame) -> None:
    """Add RAG entries 34 to 36 days apart, BLUE where the day is in custody."""
    rng = frame.rng
    day = frame.begin + timedelta(days=rng.choice((0, 0, 0, 3)))
    for _ in range(rng.randint(0, 10)):
        if day > frame.end:
            return
        colour = "BLUE" if frame.in_custody(day) else rng.choice(("RED", "AMBER", "GREEN"))
        frame.add("rag", case_ref=frame.case_ref, set_on=day, rag=colour, reason="Invented", set_by="L. EXAMPLE")
        day += timedelta(days=rng.choice((1, 10, 34, 35, 36, 50)))


def add_work(frame: Frame) -> None:
    """Add actions, referrals, needs and assessments: they take part in no rule."""
    rng = frame.rng
    for number in range(rng.choice((0, 1, 3))):
        due = frame.any_day()
        end = clamped(due + timedelta(days=rng.choice((-2, 0, 1, 5))))
        done, cancelled = rng.choice(((True, False), (False, True), (False, False)))
        frame.add(
            "actions",
            action_ref=f"{frame.case_ref}-A{number + 1}",
            case_ref=frame.case_ref,
            text="Invented",
            owner="L. EXAMPLE",
            due_on=due,
            done_on=end if done else "",
            cancelled_on=end if cancelled else "",
            cancel_reason="No longer needed" if cancelled else "",
        )
    if rng.random() < 0.3:
        frame.add(
            "referrals",
            referral_ref=f"{frame.case_ref}-R1",
            case_ref=frame.case_ref,
            direction="OUT",
            unit="SUBSTANCE_MISUSE_TEAM",
            sent_on=frame.any_day(),
            status="SENT",
        )
        frame.add(
            "needs",
            case_ref=frame.case_ref,
            pathway="DRUGS_ALCOHOL",
            assessed_on=frame.begin,
            level=2,
            status="SUPPORT_REQUIRED",
        )
        frame.add(
            "assessments",
            person_ref=frame.person_ref,
            tool="OGRS3",
            version="2-YEAR",
            assessed_on=frame.begin,
            value=80,
            band="HIGH",
            scorer="J. EXAMPLE",
        )
