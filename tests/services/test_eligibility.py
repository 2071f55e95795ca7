"""Why somebody is eligible: what a criterion rests on, and that one resting on intelligence is kept from the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.checkout import redact_for_role
from ioms_desktop.domain.errors import InvalidRecord, NotAllowed
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.records.selection.eligibility import EligibilityCriterion
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.recording.corrections import StrikeOut, list_struck_out, strike_out
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from keys import opened
from sessions import TODAY, request
from status_cases import PERSON, case_in

if TYPE_CHECKING:
    from ioms_desktop.services.session import Session
    from services.access_bureau import Bureau
    from shared_people import Office

GRADED: dict[str, Any] = {"basis": "INTELLIGENCE", "source_grade": "1", "information_grade": "B", "handling": "P"}
SCORED: dict[str, Any] = {"tool": "OGRS3", "tool_version": "3", "score": "82", "scored_on": TODAY}


def criterion(name: str, **values: Any) -> EligibilityCriterion:  # noqa: ANN401 - values by field name
    plain = {"basis": "RECORD", "evidence": "Arrested 18 Jul with a bladed article.", "source": "Niche", "met": True}
    return EligibilityCriterion(
        eligibility_ref="", case_ref="", criterion=name, assessed_on=TODAY, **{**plain, **values}
    )


def add(session: Session, found: EligibilityCriterion, ref: str = "T") -> str:
    return add_record_by_form(session, AddRecord(request=request(), case_ref=ref, record=found)).ref


@pytest.fixture
def team(bureau: Bureau) -> Bureau:
    with bureau.keeper.begin(bureau.session("supervisor").command_context(request="")) as tx:
        for record in (PERSON, case_in("PHOENIX", "POOL", "T"), case_in("IOM", "REFERRED", "S")):
            tx.add(record)
    return bureau


def seen(session: Session) -> set[str]:
    return {each.criterion for each in open_case(session, "T").of(EligibilityCriterion)}


def test_a_criterion_that_rests_on_intelligence_is_read_by_those_alone_who_may_read_it(team: Bureau) -> None:
    officer, holt, okoro = (team.session(role) for role in ("officer", "coordinator", "navigator"))
    secret = add(officer, criterion("GROUP_ASSOCIATE", **GRADED))
    add(holt, criterion("WEAPONS"))
    assert seen(officer) == {"GROUP_ASSOCIATE", "WEAPONS"}
    assert seen(holt) == {"WEAPONS"}
    assert seen(okoro) == set()
    with pytest.raises(NotAllowed):
        add(holt, criterion("GROUP_MEMBER", **GRADED))
    with pytest.raises(NotAllowed):
        add(okoro, criterion("WEAPONS"))
    (open_one,) = open_case(holt, "T").of(EligibilityCriterion)
    with pytest.raises(NotAllowed):  # what they may read does not become intelligence by their hand
        change_record_by_form(
            holt,
            ChangeRecord(request=request(), case_ref="T", record=replace(open_one, **GRADED), revision=1),
        )
    entry = StrikeOut(
        request=request(), case_ref="T", table="eligibility", key_text=secret, revision=1, reason="another's"
    )
    strike_out(officer, entry)
    assert [each.record.key_text for each in list_struck_out(officer, "T")] == [secret]
    assert list_struck_out(holt, "T") == ()
    assert list_struck_out(okoro, "T") == ()


def test_a_server_gives_the_rows_that_rest_on_intelligence_to_officers_and_supervisors_alone(office: Office) -> None:
    store = opened(office.location)
    with store.begin(office.session("supervisor").command_context(request="")) as tx:
        for number, values in enumerate(({}, GRADED)):
            tx.add(replace(criterion("WEAPONS", **values), eligibility_ref=f"EL-{number}", case_ref="PHX-1"))
    store.close()
    counted = {}
    for role in ("officer", "supervisor", "coordinator", "navigator"):
        with office.raw(role) as psql:
            psql.execute(b"SELECT open_case('PHX-1')")
            counted[role] = psql.execute(b"SELECT count(*) FROM read_eligibility()").fetchall()[0][0]
    assert counted == {"officer": 2, "supervisor": 2, "coordinator": 1, "navigator": 0}
    with office.raw("navigator") as psql:
        psql.execute(b"SELECT open_case('PHX-1')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql.execute(b"INSERT INTO eligibility (eligibility_ref) VALUES ('EL-9')")


WRONG = (
    ("T", criterion("FIXED"), "criterion"),
    ("S", criterion("WEAPONS"), "criterion"),
    ("S", criterion("FIXED"), "tool"),
    ("S", criterion("FIXED", **SCORED), "index_offence"),
    ("S", criterion("FLEX", tool="OGRS3", score="60"), "tool_version"),
    ("S", criterion("FLEX", **{**SCORED, "score": "high"}), "score"),
    ("T", criterion("WEAPONS", basis="INTELLIGENCE"), "source_grade"),
    ("T", criterion("WEAPONS", handling="P"), "handling"),
    ("T", criterion("WEAPONS", evidence=" "), "evidence"),
    ("T", criterion("WEAPONS", source=""), "source"),
    ("T", criterion("WEAPONS", basis="RUMOUR"), "basis"),
)


def test_a_criterion_is_refused_beside_its_field_and_nothing_is_stored(team: Bureau) -> None:
    officer = team.session("officer")
    for ref, wrong, field in WRONG:
        with pytest.raises(InvalidRecord) as refused:
            add(officer, wrong, ref)
        assert refused.value.field == field, wrong
    assert {open_case(officer, ref).of(EligibilityCriterion) for ref in ("S", "T")} == {()}
    add(officer, criterion("FIXED", **SCORED, index_offence="Burglary dwelling"), "S")
    add(officer, criterion("FIXED", met=False), "S")  # the control: what is not met needs no score
    assert len(open_case(officer, "S").of(EligibilityCriterion)) == 2


def test_every_type_with_intelligence_is_kept_from_a_file_taken_away() -> None:
    marked = {each for each in RECORD_TYPE_BY_TABLE.values() if each.rights.intelligence is not None}
    assert marked == {Associate, Concern, Decision, Document, Proposal, EligibilityCriterion}
    linked = Associate(
        associate_ref="A-1", person_ref="P-1", kind="FAMILY", basis="INTELLIGENCE", source="Log 7", source_grade="2"
    )
    filed = Document(
        document_ref="DO-1",
        case_ref="S",
        title="Log 7",
        kind="OTHER",
        dated_on=date(2026, 10, 1),
        handling="POLICE",
        file_name="log.txt",
        file_type="TXT",
        size_bytes=1,
        digest="0",
    )
    for secret in (criterion("WEAPONS", **GRADED), linked, filed):
        assert redact_for_role(Role.COORDINATOR, secret) is None
        assert redact_for_role(Role.OFFICER, secret) == secret
    assert redact_for_role(Role.COORDINATOR, criterion("WEAPONS")) is not None
