"""A fictional book being written: rows of the exchange files, by table, with references that stay the same."""

from collections import Counter
from datetime import date, timedelta
from random import Random

from ioms_desktop.domain.calendar import working_days_after
from ioms_desktop.services.demo.names import Somebody

Row = dict[str, str]
DAY = timedelta(days=1)
LAST = date(2026, 11, 22)
CHECKS = (
    "NRM=yes: considered, no referral needed; YJS=yes: consulted by telephone; PARENT=yes: told at home; "
    "DIVERSION=yes: considered first; COMMUNICATION=yes: plain words, short sentences"
)
GILLICK = "; GILLICK=yes: understands what is offered"
OFFICERS = ("PC 4411 ADEYEMI", "PC 2087 HOLLIS", "PC 3150 RAI", "DC 1902 BYRNE")
PRACTITIONERS = ("J. SHAH", "M. LEWIN", "R. OSEI")
NAVIGATORS = ("N. OKORO", "T. BANKS", "S. MALIK")
SUPERVISORS = ("Insp. WRIGHT", "Sgt PATEL")


class Book:
    """The rows written so far."""

    def __init__(self, rng: Random) -> None:
        """Begin an empty book."""
        self.rng = rng
        self.tables: dict[str, list[Row]] = {}
        self._numbers: Counter[str] = Counter()

    def add(self, table: str, **cells: object) -> Row:
        """Write a row; dates, numbers and yes or no are written as the exchange files have them."""
        row = {name: _cell(value) for name, value in cells.items() if value is not None}
        self.tables.setdefault(table, []).append(row)
        return row

    def number(self, prefix: str) -> str:
        """Give the next reference of a kind."""
        self._numbers[prefix] += 1
        return f"{prefix}-{self._numbers[prefix]:05d}"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


class CaseBook:
    """One case being written: what happens on it, day by day."""

    def __init__(self, book: Book, who: Somebody, case_ref: str, programme: str) -> None:
        """Begin a case; the row itself is written by `open`."""
        self.book, self.who, self.ref, self.programme = book, who, case_ref, programme
        self.worker = book.rng.choice(OFFICERS if programme == "IOM" else NAVIGATORS)

    def open(self, **cells: object) -> Row:
        """Write the case's own row."""
        rng = self.book.rng
        workers: dict[str, object] = (
            {"police_om": self.worker, "probation_practitioner": rng.choice(PRACTITIONERS)}
            if self.programme == "IOM"
            else {"navigator": self.worker, "police_om": rng.choice(OFFICERS)}
        )
        if cells.get("trial_arm") == "CONTROL":
            workers = {}
        return self.book.add(
            "cases", case_ref=self.ref, person_ref=self.who.ref, programme=self.programme, **workers, **cells
        )

    def contact(self, on: date, outcome: str = "SEEN", kind: str = "OTHER", note: str = "", **cells: object) -> None:
        """Write a contact at a plausible time of day; nothing after the last day of the demo."""
        if on > LAST:
            return
        rng = self.book.rng
        at = f"{on.isoformat()}T{rng.randint(9, 17):02d}:{rng.choice((0, 15, 30, 45)):02d}"
        minutes = rng.choice((20, 30, 30, 45, 60)) if outcome == "SEEN" else None
        cells = {"planned": True, "minutes": minutes, "direction": "OURS", **cells}
        self.book.add(
            "contacts",
            contact_ref=self.book.number("CT"),
            case_ref=self.ref,
            occurred_at=at,
            contact_type=kind,
            outcome=outcome,
            worker=self.worker,
            agency="LEICESTERSHIRE_POLICE" if self.programme == "IOM" else "INGEUS",
            note=note or None,
            statement_basis="FACT" if note else None,
            **cells,
        )

    def visits(self, first: date, last: date, every: int, kinds: tuple[str, ...], misses: float = 0.0) -> None:
        """Write visits from one day to another, about so many days apart, some of them not at home."""
        rng, on = self.book.rng, first
        while on <= min(last, LAST):
            on = _weekday(on)
            outcome = "NOT_SEEN" if rng.random() < misses else "SEEN"
            self.contact(on, outcome, rng.choice(kinds), note=_visit_note(rng, outcome))
            on += DAY * (every + rng.randint(-2, 1))

    def rag(self, on: date, colour: str, reason: str) -> None:
        """Write a RAG entry."""
        self.book.add("rag", case_ref=self.ref, set_on=on, rag=colour, reason=reason, set_by=self.worker)

    def reviews(self, first: date, last: date, colour: str, reason: str) -> None:
        """Confirm a colour every four or five weeks."""
        on = first
        while on <= min(last, LAST):
            self.rag(on, colour, reason)
            on += DAY * self.book.rng.choice((28, 28, 35))

    def rate(self, monday: date, level: int) -> None:
        """Write the navigator's rating of a week, made on its Friday."""
        rated = monday + DAY * 4
        if rated <= LAST:
            self.book.add(
                "ratings",
                case_ref=self.ref,
                week_commencing=monday,
                rated_on=rated,
                level=level,
                rated_by=self.worker,
                role="NAVIGATOR",
            )

    def concern(self, on: date, kind: str, group: str | None = None, summary: str = "", **cells: object) -> None:
        """Write a concern."""
        self.book.add(
            "concerns",
            concern_ref=self.book.number("CN"),
            case_ref=self.ref,
            occurred_on=on,
            recorded_on=on,
            concern_type=kind,
            offence_group=group,
            summary=summary or None,
            **cells,
        )

    def offer(self, on: date, kind: str, provider: str, **cells: object) -> str:
        """Write a support offer and give its reference."""
        ref = self.book.number("OF")
        self.book.add(
            "offers",
            offer_ref=ref,
            case_ref=self.ref,
            offer_type=kind,
            provider=provider,
            offered_on=on,
            offered_by=self.worker,
            **cells,
        )
        return ref

    def decide(
        self, raised: date, rule: str | None, decision: str, reason: str, *, late: int = 0, **cells: object
    ) -> date:
        """Write a decision two working days after a trigger, or later, and give its day."""
        on = working_days_after(raised, 1 + self.book.rng.randint(0, 1) + late)
        if on > LAST:
            return on
        served = None if decision == "HOLD" else min(on + DAY * self.book.rng.randint(1, 6), LAST)
        self.book.add(
            "decisions",
            decision_ref=self.book.number("DE"),
            case_ref=self.ref,
            rule=rule,
            decided_on=on,
            decision=decision,
            reason=reason,
            proposed_by=self.worker,
            authorised_by=self.book.rng.choice(SUPERVISORS),
            actioned_on=served,
            **cells,
        )
        return on


def _weekday(on: date) -> date:
    return on + DAY * max(0, 7 - on.weekday()) if on.weekday() > 4 else on  # noqa: PLR2004 - Friday is 4


def monday(on: date) -> date:
    """Give the Monday of a day's week."""
    return on - DAY * on.weekday()


def _visit_note(rng: Random, outcome: str) -> str:
    if outcome != "SEEN":
        return rng.choice(("No answer at the door; card left.", "Not at the address; neighbour says out at work.", ""))
    return rng.choice(
        (
            "Seen at home. Talked about the week; no issues raised.",
            "Seen. Attended the job centre on Tuesday, shows the letter.",
            "Seen with his mother present. Says he is keeping away from old friends.",
            "Kept the appointment on time. Treatment continues.",
            "",
        )
    )
