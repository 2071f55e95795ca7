"""Each thing that is asked about an entry, just over its bound, and the same just within it, which is not asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

import pytest

from domain.test_code_lists import LISTS
from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.cases import Case, RagEntry
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.validation.doubts import OfferDates, RagReason, find_doubts

ON = date(2026, 10, 14)
DAY = timedelta(days=1)
CONTACT = Contact(
    contact_ref="T1", case_ref="C1", occurred_at=DayTime(ON), planned=True, contact_type="OFFICE", outcome="SEEN"
)
OFFER = Offer(offer_ref="O1", case_ref="C1", offer_type="GYM", offered_on=ON - 20 * DAY)
RAG = RagEntry(case_ref="C1", set_on=ON, rag="RED", reason="Two arrests since the last review.")
CASE = Case(case_ref="C1", person_ref="P1", programme="IOM", status="ACTIVE", referred_on=ON)


@dataclass
class Facts:
    """What is known beside the record."""

    born: date | None = date(2000, 1, 2)
    spells: tuple[CustodyPeriod, ...] = ()
    made: Offer | None = None
    last_reason: str = ""
    lists: CodeLists = LISTS

    def owner(self, _case_ref: str) -> str | None:
        return "P1"

    def born_on(self, _person_ref: str) -> date | None:
        return self.born

    def custody(self, _person_ref: str) -> Sequence[CustodyPeriod]:
        return self.spells

    def offer(self, _offer_ref: str) -> OfferDates | None:
        return None if self.made is None else OfferDates.of(self.made)

    def rag_before(self, _case_ref: str, on: date) -> RagReason | None:
        return RagReason(on - 30 * DAY, self.last_reason) if self.last_reason else None


def asked(record: Record, facts: Facts) -> str:
    return " ".join(found.reason for found in find_doubts(record, facts))


def entered(record: Record, name: str) -> str:
    value = getattr(record, name)
    if isinstance(value, DayTime):
        return value.iso_text
    return value.isoformat() if isinstance(value, date) else str(value)


INSIDE = (CustodyPeriod(ON - DAY, ON + DAY),)
RELEASED = (CustodyPeriod(ON - 5 * DAY, ON),)
AT_NIGHT, IN_TIME = DayTime(ON, time(4, 59)), DayTime(ON, time(5))
PRISON = replace(CONTACT, contact_type="PRISON_VISIT")
OF_OFFER = replace(CONTACT, offer_ref="O1")
CASES: list[tuple[str, Record, Facts, str]] = [
    ("a day like any other", CONTACT, Facts(), ""),
    ("in custody", CONTACT, Facts(spells=INSIDE), "This person was in custody on 14 Oct 2026"),
    ("the day of release", CONTACT, Facts(spells=RELEASED), ""),
    ("missed in custody", replace(CONTACT, outcome="FAILED_TO_ATTEND"), Facts(spells=INSIDE), "in custody"),
    ("cancelled in custody", replace(CONTACT, outcome="CANCELLED_BY_US"), Facts(spells=INSIDE), ""),
    ("by telephone in custody", replace(CONTACT, contact_type="PHONE"), Facts(spells=INSIDE), ""),
    ("in prison", PRISON, Facts(spells=INSIDE), ""),
    ("in prison at liberty", PRISON, Facts(), "No custody of this person on 14 Oct 2026 is on record"),
    ("before birth", CONTACT, Facts(born=ON + DAY), "before the birth of this person on 15 Oct 2026"),
    ("nine years old", CONTACT, Facts(born=date(2016, 10, 15)), "was 9 on 14 Oct 2026, and nobody under 10 is on a"),
    ("ten years old", CONTACT, Facts(born=date(2016, 10, 14)), ""),
    ("a hundred and one", CONTACT, Facts(born=date(1925, 10, 14)), "was 101 on 14 Oct 2026, and that is very old"),
    ("a hundred", CONTACT, Facts(born=date(1925, 10, 15)), ""),
    ("birth unknown", CONTACT, Facts(born=None), ""),
    ("no offer", OF_OFFER, Facts(), ""),
    ("open offer", OF_OFFER, Facts(made=OFFER), ""),
    ("ended that day", OF_OFFER, Facts(made=replace(OFFER, ended_on=ON)), ""),
    ("ended before", OF_OFFER, Facts(made=replace(OFFER, ended_on=ON - DAY)), "The offer ended on 13 Oct 2026"),
    (
        "declined before",
        OF_OFFER,
        Facts(made=replace(OFFER, response="DECLINED", responded_on=ON - DAY)),
        "The offer was declined on 13 Oct 2026",
    ),
    ("made after", OF_OFFER, Facts(made=replace(OFFER, offered_on=ON + DAY)), "The offer was made on 15 Oct 2026"),
    ("at night", replace(CONTACT, occurred_at=AT_NIGHT), Facts(), "04:59 is at night"),
    ("at five", replace(CONTACT, occurred_at=IN_TIME), Facts(), ""),
    ("its own offset", replace(CONTACT, occurred_at=IN_TIME, utc_offset="UTC+01:00"), Facts(), ""),
    ("another offset", replace(CONTACT, occurred_at=IN_TIME, utc_offset="UTC+00:00"), Facts(), "London was not UTC+00"),
    ("eight hours", replace(CONTACT, minutes=480), Facts(), ""),
    ("longer", replace(CONTACT, minutes=481), Facts(), "A contact of 8 hours 1 minutes is long"),
    (
        "over midnight",
        replace(CONTACT, occurred_at=DayTime(ON, time(23, 30)), minutes=60),
        Facts(),
        "It began at 23:30 and ended at 00:30 the next day",
    ),
    ("until midnight", replace(CONTACT, occurred_at=DayTime(ON, time(23)), minutes=59), Facts(), ""),
    ("adopted the same day", replace(CASE, adopted_on=ON), Facts(), ""),
    (
        "adopted before referral",
        replace(CASE, adopted_on=ON - DAY),
        Facts(),
        "Adopted on (13 Oct 2026) is before Referred on (14 Oct 2026).",
    ),
    ("notified before referral", replace(CASE, notified_on=ON - DAY), Facts(), "Notified on (13 Oct 2026) is before"),
    ("offer ended early", replace(OFFER, ended_on=OFFER.offered_on - DAY), Facts(), "Ended on"),
    (
        "rated before the week",
        Rating(case_ref="C1", week_commencing=date(2026, 10, 12), rated_on=date(2026, 10, 11), level=3, role="POLICE"),
        Facts(),
        "Rated on",
    ),
    (
        "recorded before it happened",
        Concern(concern_ref="K", case_ref="C1", occurred_on=ON, recorded_on=ON - DAY, concern_type="ARREST"),
        Facts(),
        "is before When",
    ),
    ("a first RAG", RAG, Facts(), ""),
    ("another reason", RAG, Facts(last_reason="Two arrests before the last review."), ""),
    ("the reason of the last RAG", RAG, Facts(last_reason=RAG.reason), "The reason is that of 14 Sep 2026, word for"),
    ("the same words", RAG, Facts(last_reason="two arrests  since the last review"), "The reason is that of"),
    ("more words", RAG, Facts(last_reason=f"{RAG.reason} None since."), ""),
]


@pytest.mark.parametrize(("record", "facts", "said"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_what_is_odd_is_asked_and_what_is_usual_is_not(record: Record, facts: Facts, said: str) -> None:
    found = asked(record, facts)
    assert said in found if said else found == ""
    # A finding quotes the entry it asks about, as an import's list of warnings shows it.
    for each in find_doubts(record, facts):
        assert each.value == entered(record, each.column)
