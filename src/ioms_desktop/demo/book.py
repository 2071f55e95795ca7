"""Writers of a fictional caseload: they collect the rows of the exchange files by table, with stable references."""

from collections import Counter
from datetime import date
from itertools import cycle
from random import Random

from ioms_desktop.demo.notes import Note, notes_for
from ioms_desktop.demo.people import DemoPerson, PeopleGenerator
from ioms_desktop.domain.dates.calendar import ADULT_AGE, DAY, age_on, is_working_day, working_days_after
from ioms_desktop.domain.policy.decisions import GILLICK_MAX_AGE

Row = dict[str, str]
Tables = dict[str, list[Row]]
LAST_DAY = date(2026, 11, 22)
OFFICERS = ("PC 4411 ADEYEMI", "PC 2087 HOLLIS", "PC 3150 RAI", "DC 1902 BYRNE")
PRACTITIONERS = ("J. SHAH", "M. LEWIN", "R. OSEI")
NAVIGATORS = ("N. OKORO", "T. BANKS", "S. MALIK")
SUPERVISORS = ("Insp. WRIGHT", "Sgt PATEL")
COORDINATOR = "L. HOLT"
FRIDAY = 4
CONCERN_RULES = frozenset({"serious_concern", "credible_intelligence", "breach", "persisting_concern"})
MISSES_APART_DAYS = 36
"""Days between incidental missed appointments: more than any rule's window, so that they raise no trigger."""


class DemoWriter:
    """The rows written so far, and those to be corrected afterwards."""

    def __init__(self, rng: Random, tables: Tables) -> None:
        """Start from existing rows."""
        self.rng, self.tables = rng, tables
        self.people = PeopleGenerator(rng, tables["people"])
        self.corrections: Tables = {}
        self._numbers: Counter[str] = Counter()

    def add(self, table: str, **cells: object) -> Row:
        """Add a row; dates, numbers and yes or no are written in the format of the exchange files."""
        row = {name: _cell(value) for name, value in cells.items() if value is not None}
        self.tables.setdefault(table, []).append(row)
        return row

    def correct(self, table: str, row: Row, **cells: object) -> None:
        """Correct a row by a second import, so that it has a previous version."""
        changed = {name: _cell(value) for name, value in cells.items()}
        self.corrections.setdefault(table, []).append({**row, **changed})

    def next_ref(self, prefix: str) -> str:
        """Return the next reference of a kind."""
        self._numbers[prefix] += 1
        return f"{prefix}-{self._numbers[prefix]:05d}"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


class CaseWriter:
    """Writes the events of one case, day by day."""

    def __init__(self, writer: DemoWriter, person: DemoPerson, programme: str, number: int) -> None:
        """Start a case; `open` writes its own row."""
        self.writer, self.person, self.programme = writer, person, programme
        self.ref = f"{'IOM' if programme == 'IOM' else 'PHX'}-{number:04d}"
        self.rng = writer.rng
        self.worker = self.rng.choice(OFFICERS if programme == "IOM" else NAVIGATORS)
        self._unused_notes: dict[tuple[Note, ...], list[Note]] = {}
        self._missed = date.min
        self.row: Row = {}

    def open(self, **cells: object) -> None:
        """Write the case's own row; a case in the control arm has no worker."""
        workers: dict[str, object] = (
            {"police_om": self.worker, "probation_practitioner": self.rng.choice(PRACTITIONERS)}
            if self.programme == "IOM"
            else {"navigator": self.worker, "police_om": self.rng.choice(OFFICERS)}
        )
        if cells.get("trial_arm") == "CONTROL":
            workers = {}
        self.row = self.writer.add(
            "cases", case_ref=self.ref, person_ref=self.person.ref, programme=self.programme, **workers, **cells
        )

    def add(self, table: str, **cells: object) -> Row:
        """Write a row that belongs to the case."""
        return self.writer.add(table, case_ref=self.ref, **cells)

    def add_for_person(self, table: str, **cells: object) -> Row:
        """Write a row that belongs to the person."""
        return self.writer.add(table, person_ref=self.person.ref, **cells)

    def age(self, on: date) -> int:
        """Return the person's age in whole years on a day."""
        return age_on(self.person.born_on, on)

    def contact(
        self, on: date, outcome: str = "SEEN", kind: str = "OTHER", note: Note | None = None, **cells: object
    ) -> Row:
        """Write a contact at a plausible time of day, with a note that was not used recently on this case."""
        rng = self.rng
        said = (
            note.for_person(self.person)
            if note is not None
            else self._draw_note(notes_for(self.programme, kind, outcome, self.age(on)))
        )
        minutes = (
            rng.choice((5, 10, 10, 15) if kind == "PHONE" else (20, 30, 30, 45, 60)) if outcome == "SEEN" else None
        )
        cells = {
            "occurred_at": f"{on.isoformat()}T{rng.randint(9, 17):02d}:{rng.choice((0, 10, 15, 30, 40, 45)):02d}",
            "planned": kind != "HOME_VISIT_UNANNOUNCED",
            "minutes": minutes,
            "direction": "OURS",
            **cells,
        }
        return self.add(
            "contacts",
            contact_ref=self.writer.next_ref("CT"),
            contact_type=kind,
            outcome=outcome,
            worker=self.worker,
            agency="LEICESTERSHIRE_POLICE" if self.programme == "IOM" else "INGEUS",
            note=said.text if said else None,
            statement_basis=said.basis if said else None,
            **cells,
        )

    def _draw_note(self, pool: tuple[Note, ...]) -> Note | None:
        if not pool or self.rng.random() < 0.08:  # noqa: PLR2004 - now and then nobody writes anything
            return None
        deck = self._unused_notes.setdefault(pool, [])
        if not deck:
            deck.extend(self.rng.sample(pool, len(pool)))
        return deck.pop().for_person(self.person)

    def visits(self, first: date, last: date, every: int, kinds: tuple[str, ...], misses: float = 0.05) -> None:
        """Write visits from one day to another, about so many days apart; at some of them the person is not seen."""
        on = workday(first)
        while on <= min(last, LAST_DAY):
            kind = self.rng.choice(kinds)
            self.contact(on, self._choose_outcome(on, kind, misses), kind)
            on = workday(on + DAY * max(1, every + self.rng.randint(-2, 1)))

    def _choose_outcome(self, on: date, kind: str, misses: float) -> str:
        chance = self.rng.random()
        if chance < misses:
            if kind == "PHONE":
                return "NO_REPLY"
            if kind.startswith("HOME") or kind == "JOINT_VISIT":
                return "NOT_SEEN"
            if kind == "OFFICE" and self.may_miss(on):
                return "FAILED_TO_ATTEND"
        if chance > 0.96 and kind != "HOME_VISIT_UNANNOUNCED":  # noqa: PLR2004 - about one in 25 is put off
            return self.rng.choice(("CANCELLED_BY_US", "CANCELLED_BY_PERSON_ACCEPTABLE"))
        return "SEEN"

    def may_miss(self, on: date) -> bool:
        """Whether enough days have passed to miss an appointment incidentally; if so, count it as missed."""
        apart = on - self._missed >= DAY * MISSES_APART_DAYS
        if apart:
            self._missed = on
        return apart

    def rag(self, on: date, colour: str, reason: str) -> None:
        """Write a RAG entry."""
        self.add("rag", set_on=on, rag=colour, reason=self.person.with_pronouns(reason), set_by=self.worker)

    def reviews(self, first: date, last: date, colour: str, reasons: tuple[str, ...]) -> None:
        """Confirm a colour every four or five weeks; the first reason is used once, then the others in turn."""
        on, rest = workday(first), cycle(reasons[1:] or reasons)
        reason = reasons[0]
        while on <= min(last, LAST_DAY):
            self.rag(on, colour, reason)
            on, reason = workday(on + DAY * self.rng.choice((26, 28, 33))), next(rest)

    def rate(self, monday: date, level: int) -> None:
        """Write the navigator's rating of a week, made on its Friday."""
        rated = monday + DAY * FRIDAY
        if rated <= LAST_DAY:
            self.add(
                "ratings", week_commencing=monday, rated_on=rated, level=level, rated_by=self.worker, role="NAVIGATOR"
            )

    def concern(
        self,
        on: date,
        kind: str,
        group: str | None = None,
        summary: str = "",
        offence: tuple[str, str] | None = None,
        **cells: object,
    ) -> None:
        """Write a concern, recorded on its day or the day after.

        Args:
            on: When it happened.
            kind: What it is.
            group: The offence group, where it is one.
            summary: What happened, in words.
            offence: The offence it is about, and how far that is; it is written among the person's offences too.
            cells: Its other columns.
        """
        ref = self.writer.next_ref("CN")
        if offence is not None:
            self.add_for_person("offences", offence_on=on, recorded_on=on, offence_group=group, offence=offence[0],
                                role="SUSPECT", outcome=offence[1], concern_ref=ref)  # fmt: skip
        self.add(
            "concerns",
            concern_ref=ref,
            occurred_on=on,
            recorded_on=min(on + DAY * self.rng.choice((0, 0, 1)), LAST_DAY),
            concern_type=kind,
            offence_group=group,
            summary=self.person.with_pronouns(summary) or None,
            **cells,
        )

    def offer(self, on: date, kind: str, provider: str, **cells: object) -> str:
        """Write a support offer and give its reference."""
        ref = self.writer.next_ref("OF")
        cells = {"offered_by": self.worker, **cells}
        self.add("offers", offer_ref=ref, offer_type=kind, provider=provider, offered_on=on, **cells)
        return ref

    def decide(
        self, raised: date, rule: str | None, decision: str, reason: str, *, late: int = 0, **cells: object
    ) -> date:
        """Write a decision one or two working days after a trigger, or later, and give its day.

        Child checks are written if the step needs them. Decisions based on a concern are proposed by the police,
        because a navigator may not read intelligence.
        """
        on = working_days_after(raised, self.rng.choice((1, 2, 2)) if not late else 2 + late)
        if on > LAST_DAY:
            return on
        served = None if decision == "HOLD" else min(on + DAY * self.rng.randint(1, 6), LAST_DAY)
        young = self.age(on) < ADULT_AGE and decision == "ESCALATE"
        self.add(
            "decisions",
            decision_ref=self.writer.next_ref("DE"),
            rule=rule,
            decided_on=on,
            decision=decision,
            reason=self.person.with_pronouns(reason),
            proposed_by=self.row["police_om"] if rule in CONCERN_RULES else self.worker,
            authorised_by=self.rng.choice(SUPERVISORS),
            child_checks=self._child_checks(on) if young else None,
            actioned_on=served,
            **cells,
        )
        return on

    def _child_checks(self, on: date) -> str:
        rng = self.rng
        answers = [
            rng.choice(("NRM=yes: considered, no referral needed", "NRM=yes: referred, answer awaited")),
            "YJS=yes: consulted by telephone",
            rng.choice(("PARENT=yes: told at home", "PARENT=no: asked us not to, social worker told")),
            "DIVERSION=yes: considered first",
            "COMMUNICATION=yes: plain words, short sentences, read out",
        ]
        if self.age(on) < GILLICK_MAX_AGE:
            answers.append("GILLICK=yes: understands what is offered and asked")
        return "; ".join(answers)

    def action(self, text: str, due: date, owner: str | None = None, **cells: object) -> None:
        """Write an action of a conference or a panel."""
        self.add(
            "actions", action_ref=self.writer.next_ref("AC"), text=text, owner=owner or self.worker, due_on=due, **cells
        )


def funded(on: date, what: str) -> dict[str, object]:
    """Return the cells that say what an offer is funded with, from a budget that there is not."""
    return {
        "funding_amount": "60",
        "funding_for": what,
        "funded_by": "Fictional support fund",
        "funding_authorised_by": SUPERVISORS[0],
        "funding_authorised_on": on,
    }


def workday(on: date) -> date:
    """Return the day itself, or the next working day after a weekend or a bank holiday."""
    return on if is_working_day(on) else working_days_after(on, 1)
