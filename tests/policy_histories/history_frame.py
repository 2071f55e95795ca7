"""The frame of one invented case: person, period, custody and orders; all other events depend on its days."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from policy_histories.exchange_columns import Row, Tables, full_row, merged, no_rows

FIRST = date(2026, 2, 2)
LAST = date(2027, 2, 21)
NOVEMBER = date(2026, 11, 30)
"""The day from which version 2026-11-30 is in force: every history that does not end before crosses it."""
NO_ORDERS = ("CIVIL_ORDER_ONLY", "BAIL_CONDITIONAL", "PSS", "REMAND")
FAMILY_NAMES = ("ARDEN", "BEAUMONT", "CROFT", "DANE", "EVERARD", "FOSSE", "GROBY", "HUNCOTE", "ISLEY", "KIRBY")
GIVEN_NAMES = ("Alex", "Billie", "Charlie", "Dana", "Eden", "Frankie", "Glenn", "Harper", "Indra", "Jules")


@dataclass
class Frame:
    """One case while it is being invented."""

    rng: Random
    number: int
    programme: str
    born: date
    start: date | None
    closed: date | None
    arm: str
    spells: list[tuple[date, date | None]] = field(default_factory=list)
    tables: Tables = field(default_factory=no_rows)

    @property
    def case_ref(self) -> str:
        """The case."""
        return f"{self.programme}-{self.number:04d}"

    @property
    def person_ref(self) -> str:
        """The person."""
        return f"P-{self.number:04d}"

    @property
    def begin(self) -> date:
        """The first day on which anything happens."""
        return self.start or FIRST + timedelta(days=30)

    @property
    def end(self) -> date:
        """The last day of the period in which the rules run."""
        return self.closed or LAST

    def add(self, table: str, **cells: object) -> Row:
        """Add a row of this case."""
        row = full_row(table, **cells)
        self.tables[table].append(row)
        return row

    def any_day(self) -> date:
        """Return a day of the period, often one of its edges, of a custody spell's or of the version's."""
        edges = [self.begin, self.begin + timedelta(days=1), self.end]
        for received, released in self.spells:
            edges += [received - timedelta(days=1), received]
            if released is not None:
                edges += [released - timedelta(days=1), released, released + timedelta(days=1)]
        if self.rng.random() < 0.3:
            return clamped(self.rng.choice(edges))
        if self.begin < NOVEMBER < self.end and self.rng.random() < 0.2:
            return clamped(NOVEMBER + timedelta(days=self.rng.randint(-28, 28)))
        span = max((self.end - self.begin).days, 0)
        return self.begin + timedelta(days=self.rng.randint(0, span))

    def in_custody(self, day: date) -> bool:
        """Return whether a day is a custody day."""
        return any(received <= day and (released is None or day < released) for received, released in self.spells)


def clamped(day: date) -> date:
    """Return the day, or the nearest one that lies within the year."""
    return min(max(day, FIRST), LAST)


def born_on(rng: Random, programme: str, start: date) -> date:
    """Return a date of birth, often one that makes someone 16 or 18 within the case."""
    kind = rng.random()
    if programme == "PHOENIX" and kind < 0.15:
        return rng.choice((date(2008, 2, 29), date(2012, 2, 29)))
    if kind < (0.55 if programme == "PHOENIX" else 0.1):
        turning = rng.choice((16, 18)) if programme == "PHOENIX" else 18
        birthday = start + timedelta(days=rng.randint(5, 150))
        return date(birthday.year - turning, birthday.month, min(birthday.day, 28))
    age = rng.randint(14, 30) if programme == "PHOENIX" else rng.randint(19, 45)
    return date(start.year - age, rng.randint(1, 12), rng.randint(1, 28))


def new_frame(rng: Random, number: int) -> Frame:
    """Return a case with its person, period, custody and orders."""
    programme = rng.choice(("IOM", "PHOENIX", "PHOENIX"))
    start = FIRST + timedelta(days=rng.randint(0, 220))
    closed = clamped(start + timedelta(days=rng.randint(30, 250))) if rng.random() < 0.25 else None
    arm = "" if programme == "IOM" else rng.choice(("INTERVENTION",) * 7 + ("NOT_RANDOMISED",) * 4 + ("CONTROL",))
    begun = None if rng.random() < 0.04 else start
    born = born_on(rng, programme, start)
    frame = Frame(rng, number, programme, born, begun, closed if begun else None, arm)
    add_custody(frame)
    add_person_and_case(frame)
    add_orders(frame)
    return frame


def add_custody(frame: Frame) -> None:
    """Add spells that do not overlap; some begin and end on one day, some follow each other at once."""
    rng = frame.rng
    day = frame.begin + timedelta(days=rng.randint(-40, 60))
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        length = rng.choice((0, 1, 2, 10, 14, 15, 28, 40))
        released: date | None = day + timedelta(days=length)
        if released is not None and (released > LAST or rng.random() < 0.12):
            released = None
        if not FIRST <= day <= LAST:
            break
        frame.spells.append((day, released))
        frame.add(
            "custody",
            person_ref=frame.person_ref,
            received_on=day,
            released_on=released or "",
            establishment="HMP Leicester",
            kind=rng.choice(("REMAND", "SENTENCE", "RECALL")),
        )
        if released is None:
            break
        # A second reception of one day would share the first one's key; the next spell starts later than this one.
        day = max(released, day + timedelta(days=1)) + timedelta(days=rng.choice((0, 1, 2, 13, 27, 28, 60)))


def add_person_and_case(frame: Frame) -> None:
    """Add the person and the case."""
    rng, iom = frame.rng, frame.programme == "IOM"
    frame.add(
        "people",
        person_ref=frame.person_ref,
        family_name=rng.choice(FAMILY_NAMES),
        given_names=rng.choice(GIVEN_NAMES),
        date_of_birth=frame.born,
    )
    statuses = ("DESELECTED", "ACTIVE", "PANEL_PENDING") if iom else ("COMPLETED", "ENGAGED", "NOTIFY_DUE")
    status = statuses[0] if frame.closed else statuses[1] if frame.start else statuses[2]
    cells: dict[str, object] = {
        "case_ref": frame.case_ref,
        "person_ref": frame.person_ref,
        "programme": frame.programme,
        "status": status,
        "referred_on": frame.begin - timedelta(days=rng.randint(5, 30)),
        "closed_on": frame.closed or "",
    }
    if frame.closed:
        cells["close_reason"] = "SUSTAINED_REDUCTION" if iom else "OTHER"
    if iom:
        cells |= iom_cells(frame)
    else:
        cells["trial_arm"] = frame.arm
        cells["notified_on"] = frame.start or ""
        if frame.arm == "CONTROL":
            cells["status"] = "RANDOMISED"
    frame.add("cases", **cells)
    if not iom and frame.arm != "CONTROL":
        add_notifications(frame)


def iom_cells(frame: Frame) -> dict[str, object]:
    """Return the columns that only an IOM case has."""
    rng, adopted = frame.rng, frame.start
    cells: dict[str, object] = {
        "cohort": rng.choice(("FIXED", "FLEX", "FREE", "FREE")),
        "adopted_on": adopted or "",
        "statutory_status": rng.choice(("NONE", "NONE", "LICENCE", "COMMUNITY_ORDER", "SERVING")),
        "iom_licence_condition": rng.choice(("no", "no", "yes")),
    }
    if adopted and rng.random() < 0.7:
        cells["notice_served_on"] = clamped(adopted + timedelta(days=rng.choice((0, 7, 14, 15, 20))))
    if frame.spells and frame.spells[-1][1] is None:
        expected = LAST + timedelta(days=rng.choice((5, 27, 28, 29, 60, 91, 92, 120)))
        cells["expected_release_on"] = expected
        if rng.random() < 0.4:
            cells["release_plan_on"] = LAST - timedelta(days=rng.randint(0, 30))
    return cells


def add_notifications(frame: Frame) -> None:
    """Add the attempts to notify, the delivered one on the day of notification."""
    attempts = frame.rng.choice((1, 1, 2, 3))
    if frame.start is None:
        frame.add("notifications", case_ref=frame.case_ref, attempted_on=frame.begin, attempt=1, outcome="NOT_FOUND")
        return
    for attempt in range(1, attempts + 1):
        last = attempt == attempts
        outcome = frame.rng.choice(("DELIVERED_ACCEPTED", "DELIVERED_UNDECIDED", "DELIVERED_DECLINED"))
        frame.add(
            "notifications",
            case_ref=frame.case_ref,
            attempted_on=frame.start - timedelta(days=2 * (attempts - attempt)),
            attempt=attempt,
            outcome=outcome if last else frame.rng.choice(("NOT_FOUND", "REFUSED_TO_MEET")),
        )


def add_orders(frame: Frame) -> None:
    """Add orders, some of which are revoked and replaced at once, never a youth and an adult one together."""
    rng = frame.rng
    child = (frame.begin - frame.born).days < 18 * 365
    kinds: tuple[str, ...] = ("YRO", "YRO", "REFERRAL_ORDER", "BAIL_CONDITIONAL")
    if not child:
        kinds = ("COMMUNITY_ORDER", "COMMUNITY_ORDER", "SSO", "LICENCE", *NO_ORDERS)
    day = frame.begin + timedelta(days=rng.randint(-60, 60))
    if rng.random() < 0.4:
        day = NOVEMBER + timedelta(days=rng.randint(-120, 20))
    for number in range(rng.choice((0, 0, 1, 1, 2, 2, 3))):
        ends = day + timedelta(days=rng.choice((20, 60, 180))) if rng.random() < 0.7 else None
        ended = day + timedelta(days=rng.choice((1, 10, 30, 59, 60, 61))) if rng.random() < 0.5 else None
        ended = None if ended is None or ended > LAST else ended
        frame.add(
            "orders",
            order_ref=f"O-{frame.number:04d}-{rng.choice('ABC')}{number + 1}",
            person_ref=frame.person_ref,
            order_type=rng.choice(kinds),
            made_on=day,
            ends_on=ends or "",
            ended_on=ended or "",
            end_reason=rng.choice(("REVOKED", "COMPLETED")) if ended else "",
        )
        # As often as not the next order replaces this one.
        replaced = ended is not None and rng.random() < 0.6
        day = ended + timedelta(days=rng.choice((0, 1))) if ended and replaced else day
        day += timedelta(days=0 if replaced else rng.choice((0, 10, 60, 61)))


def renumbered(tables: Tables, case_ref: str) -> Tables:
    """Return the rows of a case references that follow their dates, so that order by reference is order in time."""
    keys = {
        "contacts": ("contact_ref", "occurred_at", "C"),
        "concerns": ("concern_ref", "occurred_on", "K"),
        "offers": ("offer_ref", "offered_on", "F"),
        "decisions": ("decision_ref", "decided_on", "D"),
    }
    for table, (ref, when, letter) in keys.items():
        tables[table].sort(key=lambda row, when=when: row[when])  # type: ignore[misc]  # bound by default argument
        for number, row in enumerate(tables[table], start=1):
            row[ref] = f"{case_ref}-{letter}{number:03d}"
    return merged(tables)
