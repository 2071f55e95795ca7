"""The whole book for the rules, on both kinds of database."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.rules import counted_outcomes
from ioms_desktop.domain.records.cases import Action, RagEntry
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.services.case_history import get_case_history
from ioms_desktop.storage.records.case_stream import stream_case_facts
from rulebook import default_policy
from stored_samples import CASE, PERSON, act

if TYPE_CHECKING:
    from ioms_desktop.storage.store import Store

DAY = date(2026, 2, 3)


def _filled(store: Store) -> None:
    with store.begin(act()) as tx:
        tx.add(PERSON)
        tx.add(CASE)
        for at, outcome in (("2026-02-03T10:30", "UNACCEPTABLE_ABSENCE"), ("2026-02-04", "SEEN")):
            tx.add(
                Contact(
                    contact_ref=outcome,
                    case_ref="C1",
                    occurred_at=DayTime.parse(at),
                    planned=True,
                    contact_type="OFFICE",
                    outcome=outcome,
                )
            )
        tx.add(CustodySpell(person_ref="P1", received_on=DAY))
        tx.add(RagEntry(case_ref="C1", set_on=DAY, rag="RED", reason="Arrested"))
        tx.add(Action(action_ref="A1", case_ref="C1", text="Telephone", owner="ADEYEMI", due_on=DAY))


def test_the_streamed_book_gives_a_case_as_reading_it_alone_does(store: Store) -> None:
    _filled(store)
    with store.read(facts_only=True) as reading:
        assert [(case,) for case in stream_case_facts(reading)] == [get_case_history(reading, "C1")]


def test_read_for_triggers_alone_the_book_leaves_out_what_no_rule_counts(store: Store) -> None:
    _filled(store)
    with store.read() as reading:
        (case,) = stream_case_facts(reading, counted_outcomes=counted_outcomes(default_policy()))
    assert [contact.ref for contact in case.contacts] == ["UNACCEPTABLE_ABSENCE"]
    assert case.custody
    assert not case.rag
    assert not case.actions
