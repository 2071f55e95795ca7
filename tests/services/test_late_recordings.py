"""A trigger that people saw stays listed, whatever took it away; on both databases, import by import."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.policy.triggers import Trigger
from ioms_desktop.services.cases.case_query import query_case
from ioms_desktop.services.cases.rule_runs import list_triggers
from ioms_desktop.storage.store import Store
from services.exchange_session import decision, iom, person, phoenix, put, session_at, taken

LATER = datetime(2026, 11, 20, 12, 0, tzinfo=LONDON)
AS_OF = date(2026, 11, 6)
Row = Mapping[str, str]


def at(text: str) -> datetime:
    """Return a local time of 2026: 30 Oct 09:00."""
    return datetime.strptime(f"2026 {text}", "%Y %d %b %H:%M").replace(tzinfo=LONDON)


class Records:
    """A database that is filled import by import."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder, self.number = store, folder, 0

    def record(self, when: str, **tables: Sequence[Row]) -> None:
        """Import rows of some tables at once."""
        self.number += 1
        folder = self.folder / str(self.number)
        for table, rows in tables.items():
            put(folder, table, rows)
        taken(session_at(self.store, at=at(when)), folder)

    def seen(
        self, rule: str, as_of: date = AS_OF, known: str | None = None, role: Role = Role.SUPERVISOR
    ) -> list[Trigger]:
        """Return the triggers of a rule; one case read alone and the whole caseload give the same ones."""
        session = session_at(self.store, role, at=LATER)
        known_at = None if known is None else at(known)
        found = [t for t in list_triggers(session, as_of, known_at=known_at) if t.rule == rule]
        alone = query_case(session, "C1", as_of, known_at)["triggers"]
        assert [(t["status"], t["raised_on"]) for t in alone if t["rule"] == rule] == [
            (t.status, t.raised_on.isoformat()) for t in found
        ]
        return found

    def states(self, rule: str, as_of: date = AS_OF, known: str | None = None) -> list[str]:
        return [trigger.status for trigger in self.seen(rule, as_of, known)]


@pytest.fixture
def book(store: Store, tmp_path: Path) -> Records:
    return Records(store, tmp_path)


def missed(day: str, outcome: str = "FAILED_TO_ATTEND", **more: str) -> Row:
    return {
        "contact_ref": f"M{day}",
        "case_ref": "C1",
        "occurred_at": day,
        "planned": "yes",
        "contact_type": "OFFICE",
        "outcome": outcome,
        **more,
    }


def rated(week: str, day: str, level: str) -> Row:
    return {"case_ref": "C1", "week_commencing": week, "rated_on": day, "level": level, "role": "NAVIGATOR"}


def concern(ref: str, day: str, kind: str = "ARREST", **more: str) -> Row:
    return {
        "concern_ref": ref,
        "case_ref": "C1",
        "occurred_on": day,
        "recorded_on": day,
        "concern_type": kind,
        **more,
    }


def spell(received: str, released: str = "", **more: str) -> Row:
    return {"person_ref": "P1", "received_on": received, "released_on": released, **more}


def begin(book: Records, case: Row, **more: str) -> None:
    book.record("1 Oct 09:00", people=[person(sex="MALE", date_of_birth="2003-10-28")], cases=[{**case, **more}])


def test_a_custody_spell_recorded_late_withdraws_what_stood_and_says_so(book: Records) -> None:
    begin(book, phoenix(notified_on="2026-10-12", referred_on="2026-10-01"))
    for when, day in (("20 Oct 17:00", "2026-10-20"), ("27 Oct 17:00", "2026-10-27")):
        book.record(when, contacts=[missed(day)])
    book.record("23 Oct 17:00", ratings=[rated("2026-10-19", "2026-10-23", "2")])
    book.record("29 Oct 17:00", contacts=[missed("2026-10-29")], ratings=[rated("2026-10-26", "2026-10-29", "2")])
    assert book.states("missed_contacts", date(2026, 10, 29)) == ["OPEN"]
    book.record("30 Oct 09:00", custody=[spell("2026-10-28", "2026-10-30", kind="REMAND")])
    for rule in ("missed_contacts", "low_ratings"):
        for as_of in (date(2026, 10, 29), date(2026, 10, 30), AS_OF):
            (trigger,) = book.seen(rule, as_of)
            assert (trigger.status, trigger.raised_on) == ("WITHDRAWN", date(2026, 10, 29))
            assert trigger.withdrawn_reason is not None
            assert "custody spell from 28 Oct 2026 to 30 Oct 2026 was recorded on 30 Oct 2026 09:00" in (
                trigger.withdrawn_reason
            )
            assert "in custody on 29 Oct 2026" in trigger.withdrawn_reason
        assert book.states(rule, date(2026, 10, 28)) == []
        assert book.states(rule, AS_OF, known="29 Oct 18:00") == ["OPEN"]
        assert book.states(rule, AS_OF, known="30 Oct 08:59") == ["OPEN"]
        assert book.states(rule, AS_OF, known="30 Oct 09:00") == ["WITHDRAWN"]
        assert book.states(rule, AS_OF, known="29 Oct 16:59") == []
    alone = query_case(session_at(book.store, at=LATER), "C1", AS_OF)["triggers"]
    assert any("he was in custody on 29 Oct 2026" in t["withdrawn_reason"] for t in alone if t["withdrawn_reason"])


def test_what_one_import_brings_never_stood_without_the_rest_of_it(book: Records) -> None:
    begin(book, phoenix(notified_on="2026-10-12", referred_on="2026-10-01"))
    contacts = [missed(f"2026-10-{day}") for day in (20, 27, 29)]
    book.record("30 Oct 09:00", contacts=contacts, custody=[spell("2026-10-28", "2026-10-30")])
    assert book.states("missed_contacts") == []


def test_what_is_recorded_before_a_case_begins_takes_nothing_away(book: Records) -> None:
    begin(book, phoenix(notified_on="", referred_on="2026-10-01"))
    book.record("2 Oct 09:00", contacts=[missed("2026-10-02", "SEEN")])
    book.record("3 Oct 09:00", custody=[spell("2026-10-01", "2026-10-02")])
    book.record("5 Oct 09:00", cases=[phoenix(notified_on="2026-10-05", referred_on="2026-10-01")])
    assert book.states("lost_contact", date(2026, 11, 1)) == []
    assert book.states("lost_contact") == ["OPEN"]


def test_what_stands_again_is_open_again_and_listed_once(book: Records) -> None:
    begin(book, phoenix(notified_on="2026-10-12", referred_on="2026-10-01"))
    book.record("29 Oct 17:00", contacts=[missed(f"2026-10-{day}") for day in (20, 27, 29)])
    book.record("30 Oct 09:00", custody=[spell("2026-10-28", "2026-10-30")])
    assert book.states("missed_contacts") == ["WITHDRAWN"]
    book.record("31 Oct 09:00", custody=[spell("2026-10-28", "2026-10-28")])  # put right: released the same day
    assert book.states("missed_contacts") == ["OPEN"]
    assert book.states("missed_contacts", known="30 Oct 12:00") == ["WITHDRAWN"]


def test_an_answer_and_an_end_recorded_late_withdraw_an_unanswered_offer(book: Records) -> None:
    begin(book, phoenix(notified_on="2026-10-05", referred_on="2026-10-01"))
    offer = {"offer_ref": "O1", "case_ref": "C1", "offer_type": "GYM", "offered_on": "2026-10-06"}
    book.record("6 Oct 17:00", offers=[offer])
    assert book.states("unanswered_offer", known="21 Oct 12:00") == ["OPEN"]  # the fifteenth day
    book.record("22 Oct 10:00", offers=[{**offer, "response": "ACCEPTED", "responded_on": "2026-10-20"}])
    (trigger,) = book.seen("unanswered_offer")
    assert trigger.status == "WITHDRAWN"
    assert "offer of 6 Oct 2026 was corrected on 22 Oct 2026 10:00" in str(trigger.withdrawn_reason)


def test_a_contact_recorded_late_withdraws_lost_contact(book: Records) -> None:
    begin(book, phoenix(notified_on="2026-10-05", referred_on="2026-10-01"))
    assert book.states("lost_contact") == ["OPEN"]  # on 2 November
    book.record("4 Nov 10:00", contacts=[missed("2026-10-20", "SEEN", contact_ref="S1")])
    (trigger,) = book.seen("lost_contact")
    assert trigger.status == "WITHDRAWN"
    assert "A contact of 20 Oct 2026 was recorded on 4 Nov 2026 10:00" in str(trigger.withdrawn_reason)


def test_an_order_changed_late_withdraws_absences(book: Records) -> None:
    begin(book, iom("C1", adopted_on="2026-10-01", referred_on="2026-10-01"))
    order = {"order_ref": "OR1", "person_ref": "P1", "order_type": "LICENCE", "made_on": "2026-10-01"}
    book.record("2 Oct 09:00", orders=[order])
    book.record("20 Oct 17:00", contacts=[missed(f"2026-10-{day}", "UNACCEPTABLE_ABSENCE") for day in (13, 20)])
    assert book.states("unacceptable_absences") == ["OPEN"]
    book.record("3 Nov 11:00", orders=[{**order, "ends_on": "2026-10-15"}])
    (trigger,) = book.seen("unacceptable_absences")
    assert trigger.status == "WITHDRAWN"
    assert "The order of 1 Oct 2026 was corrected on 3 Nov 2026 11:00" in str(trigger.withdrawn_reason)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            {"closed_on": "2026-10-19", "status": "DESELECTED", "close_reason": "SUSTAINED_REDUCTION"},
            "closing of the case on 19 Oct",
        ),
        ({"adopted_on": "2026-10-21"}, "adoption on 21 Oct 2026"),
    ],
)
def test_a_closing_and_an_adoption_recorded_late_withdraw(book: Records, change: Row, named: str) -> None:
    case = iom("C1", adopted_on="2026-10-01", referred_on="2026-10-01")
    begin(book, case)
    book.record("20 Oct 17:00", concerns=[concern("K1", "2026-10-20", offence_group="BURGLARY")])
    assert book.states("serious_concern") == ["OPEN"]
    book.record("3 Nov 11:00", cases=[{**case, **change}])
    (trigger,) = book.seen("serious_concern")
    assert trigger.status == "WITHDRAWN"
    assert named in str(trigger.withdrawn_reason)
    assert "3 Nov 2026 11:00" in str(trigger.withdrawn_reason)
    assert book.states("serious_concern", known="3 Nov 10:00") == ["OPEN"]


def test_the_arm_of_the_trial_withdraws_and_only_who_may_know_it_reads_why(book: Records) -> None:
    case = phoenix(notified_on="2026-10-05", referred_on="2026-10-01", trial_arm="PRE_TRIAL")
    begin(book, case)
    book.record("20 Oct 17:00", concerns=[concern("K1", "2026-10-20", offence_group="WEAPONS")])
    book.record("3 Nov 11:00", cases=[{**case, "trial_arm": "CONTROL"}])
    (trigger,) = book.seen("serious_concern")
    assert "arm of the trial was corrected on 3 Nov 2026 11:00" in str(trigger.withdrawn_reason)
    (trigger,) = book.seen("serious_concern", role=Role.NAVIGATOR)
    assert trigger.status == "WITHDRAWN"
    assert "arm" not in str(trigger.withdrawn_reason)


def test_a_decision_recorded_late_withdraws_what_rested_on_no_decision(book: Records) -> None:
    begin(book, iom("C1", adopted_on="2026-10-01", referred_on="2026-10-01"))
    days = ("2026-10-12", "2026-10-14", "2026-10-20")
    book.record(
        "20 Oct 17:00",
        concerns=[concern(f"K{day}", day, offence_group="BURGLARY") for day in days],
    )
    assert [len(t.evidence) for t in book.seen("serious_concern")] == [3]
    hold = {"rule": "serious_concern", "decision": "HOLD", "step": ""}
    book.record("21 Oct 09:00", decisions=[decision("D1", decided_on="2026-10-21", **hold)])
    assert book.states("serious_concern") == ["DECIDED"]
    book.record("22 Oct 09:00", decisions=[decision("D0", decided_on="2026-10-12", **hold)])
    assert [(t.status, t.raised_on.day) for t in book.seen("serious_concern")] == [("DECIDED", 12), ("DECIDED", 14)]


def test_a_decided_trigger_that_a_late_spell_takes_the_ground_of_stays_decided_and_is_flagged(book: Records) -> None:
    begin(book, phoenix(notified_on="2026-10-12", referred_on="2026-10-01"))
    book.record("29 Oct 17:00", contacts=[missed(f"2026-10-{day}") for day in (20, 27, 29)])
    held = {"rule": "missed_contacts", "decision": "HOLD", "step": ""}
    book.record("29 Oct 18:00", decisions=[decision("D1", decided_on="2026-10-29", **held)])
    book.record("30 Oct 09:00", custody=[spell("2026-10-28", "2026-10-30")])
    (trigger,) = book.seen("missed_contacts")
    assert (trigger.status, trigger.needs_review, trigger.decision) == ("DECIDED", True, "HOLD")
    assert [(e.on.day, e.joined) for e in trigger.evidence] == [(20, False), (27, False), (29, False)]
    assert [(t.status, t.needs_review) for t in book.seen("missed_contacts", known="29 Oct 19:00")] == [
        ("DECIDED", False)
    ]


def test_late_intelligence_takes_away_in_words_that_do_not_give_it_away(book: Records) -> None:
    begin(book, iom("C1", adopted_on="2026-10-01", referred_on="2026-10-01"))
    book.record("2 Oct 09:00", decisions=[decision("D1", decided_on="2026-10-02")])
    asb = [concern(f"K{day}", f"2026-10-{day}", "ASB_REPORT") for day in (14, 20)]
    book.record("20 Oct 17:00", concerns=asb)
    graded = {"source_grade": "1", "information_grade": "A", "handling": "P"}
    book.record("21 Oct 17:00", concerns=[concern("KI", "2026-10-12", "INTELLIGENCE", **graded)])
    (withdrawn,) = (t for t in book.seen("persisting_concern") if t.status == "WITHDRAWN")
    assert "concern of 12 Oct 2026 was recorded on 21 Oct 2026 17:00" in str(withdrawn.withdrawn_reason)
    (withdrawn,) = book.seen("persisting_concern", role=Role.COORDINATOR)
    assert (withdrawn.status, withdrawn.raised_on) == ("WITHDRAWN", date(2026, 10, 20))
    assert "concern" not in str(withdrawn.withdrawn_reason)


def test_an_arrest_that_ended_by_its_offence_is_said_where_the_record_is_open(book: Records) -> None:
    begin(book, phoenix(notified_on="2026-10-05", referred_on="2026-10-01"))
    days = ("2026-12-07", "2026-12-14", "2026-12-16")
    kinds = ("ARREST", "ASB_REPORT", "OTHER")
    book.record("17 Nov 09:00", people=[person(sex="MALE", date_of_birth="2003-10-28")])
    taken_at = datetime(2026, 12, 20, 9, tzinfo=LONDON)
    session = session_at(book.store, at=taken_at)
    folder = book.folder / "december"
    rows = [
        concern(f"K{day}", day, kind, **({"offence_group": "WEAPONS"} if kind == "ARREST" else {}))
        for day, kind in zip(days, kinds, strict=True)
    ]
    put(folder, "concerns", rows)
    step = {"rule": "serious_concern", "decided_on": "2026-12-09"}
    put(folder, "decisions", [decision("D1", **step)])
    ended = {"person_ref": "P1", "offence_on": "2026-12-07", "offence_group": "WEAPONS", "outcome": "NFA"}
    put(folder, "offences", [{**ended, "outcome_on": "2026-12-18", "concern_ref": "K2026-12-07"}])
    taken(session, folder)
    for as_of, told in ((date(2026, 12, 17), False), (date(2026, 12, 18), True)):
        (found,) = (t for t in query_case(session, "C1", as_of)["triggers"] if t["rule"] == "persisting_concern")
        words = "the arrest of 7 Dec 2026, behind the enforcement decision of 9 Dec 2026, ended without further action"
        assert (words in found["explanation"]) is told
