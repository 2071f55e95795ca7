"""A file that was taken away comes back: what only one side changed, what both did, and what is refused."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from desks import NOW, desk_of, fill, request
from ioms_desktop.domain.access import Role
from ioms_desktop.domain.enforcement import Decision
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.merging import Pick
from ioms_desktop.domain.moments import Moment
from ioms_desktop.domain.support import Contact, Offer
from ioms_desktop.services.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.decisions import AnswerProposal, ProposeDecision, authorise, propose
from ioms_desktop.services.desk import Desk
from ioms_desktop.services.incoming import Fate
from ioms_desktop.services.offers import AnswerOffer, MakeOffer, answer_offer, make_offer
from ioms_desktop.services.promoting import promote
from ioms_desktop.services.rag import SetRag, set_rag
from ioms_desktop.services.session import sign_in
from ioms_desktop.services.taking_away import TakeAway, take_away
from ioms_desktop.storage import tables
from ioms_desktop.storage.store import Act, Store
from keys import opened
from shared_people import ANOTHER, PASSWORD as LOGIN, Office, login_of

PASSWORD = "another four plain words"
TODAY = date(2026, 10, 15)


@dataclass
class Place:
    """Where cases are kept, of either kind, and who works there."""

    keeper: Store
    desk: Desk
    other: Desk
    folder: Path
    files: list[Desk] = field(default_factory=list)

    def take(self, *refs: str, desk: Desk | None = None) -> Desk:
        """Take cases away and open the file."""
        who = desk or self.desk
        path = self.folder / f"away-{len(self.files)}.ioms"
        take_away(who, TakeAway(path=path, cases=refs, reason="CASE_WORK", password=PASSWORD))
        self.files.append(sign_in(str(path), who.user, PASSWORD, clock=lambda: NOW))
        return self.files[-1]

    def everything(self) -> dict[str, list[Any]]:
        """Every row of every table but what says that somebody looked, or that a file is out."""
        with self.keeper.read() as reading:
            return {
                name: sorted(map(repr, reading.connection.execute(select(table)).all()))
                for name, table in tables.metadata.tables.items()
                if name not in {"take_away", "seal", "request"}
            }


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "postgres":
        office: Office = request.getfixturevalue("office")
        other = sign_in(office.location, login_of(ANOTHER), LOGIN, clock=lambda: NOW)
        made = Place(opened(office.location), office.desk("officer"), other, tmp_path)
    else:
        store = opened(request.getfixturevalue("local_location"))
        fill(store)
        with store.begin(Act(request="", user="holt", role="coordinator", at=NOW, workstation="0")) as tx:
            tx.add(Offer(offer_ref="O-1", case_ref="PHX-1", offer_type="MENTORING", offered_on=date(2026, 9, 18)))
        people = [desk_of(store, name, role, lambda: NOW) for name, role in PEOPLE]
        made = Place(store, *people, tmp_path)
    yield made
    for desk in (*made.files, made.other):
        desk.store.close()
    made.keeper.close()


PEOPLE = (("adeyemi", Role.OFFICER), ("wright", Role.SUPERVISOR))


def contact(desk: Desk, on: date = TODAY) -> str:
    entry = ContactEntry(case_ref="PHX-1", outcome="SEEN", note="seen in prison")
    at = Moment(on)
    return record_contact(
        desk, RecordContact(request=request(), entries=(entry,), occurred_at=at, planned=True, contact_type="OFFICE")
    ).ref


def answered(desk: Desk, response: str, on: date = date(2026, 10, 1)) -> None:
    with desk.store.read() as reading:
        reading.open_case("PHX-1", "CASE_WORK", "")
    with desk.store.read() as reading:
        offer = reading.get(Offer, "O-1")
    answer_offer(
        desk,
        AnswerOffer(request=request(), offer_ref="O-1", revision=offer.revision, response=response, responded_on=on),
    )


def test_taking_every_case_and_bringing_it_back_unchanged_writes_nothing(place: Place) -> None:
    file = place.take("PHX-1", "IOM-1", "PHX-C")
    before = place.everything()
    report = promote(place.desk, file)
    assert not report.written
    assert place.everything() == before
    assert "Nothing in this file is new" in report.sentence


def test_what_was_recorded_away_comes_back_once(place: Place) -> None:
    file = place.take("PHX-1")
    ref = contact(file)
    answered(file, "ACCEPTED")
    dry = promote(place.desk, file, dry_run=True)
    assert (dry.count(Fate.ADDED), dry.count(Fate.UPDATED), dry.questions, dry.written) == (1, 1, (), False)
    report = promote(place.desk, file)
    assert report.written
    with place.keeper.read() as reading:
        assert reading.get(Contact, ref).note == "seen in prison"
        assert reading.get(Offer, "O-1").response == "ACCEPTED"
        assert reading.get(Offer, "O-1").revision == 2
    before = place.everything()
    assert not promote(place.desk, file).written or place.everything() == before
    assert place.everything() == before
