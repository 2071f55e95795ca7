"""A referral opens a case: one open case a programme, checked as an import checks it, on both kinds of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from ioms_desktop.domain.access.roles import Right, Role, may, sees_programme
from ioms_desktop.domain.errors import Duplicate, EntryDoubtful, InvalidRecord, Missing, NotAllowed, NotOnThisProgramme
from ioms_desktop.domain.records.cases import Case, Referral
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.intake.people import AddPerson, add_person
from ioms_desktop.services.intake.referrals import ReferPerson, refer_person
from ioms_desktop.storage.schema import tables
from sessions import TODAY, request

if TYPE_CHECKING:
    from ioms_desktop.services.session import Session
    from services.access_bureau import Bureau

NEW = Person(person_ref="", family_name="Okonkwo", given_names="Chidi", date_of_birth=date(2008, 3, 11))


def new_person(session: Session, **values: object) -> str:
    return add_person(session, AddPerson(request=request(), person=replace(NEW, **values))).ref  # type: ignore[arg-type]  # by field name


def entry(person_ref: str, programme: str = "PHOENIX", **values: object) -> ReferPerson:
    made = ReferPerson(
        request=request(),
        person_ref=person_ref,
        programme=programme,
        referred_on=TODAY,
        unit="YOUTH_JUSTICE",
        reason="Arrested with a knife twice since June",
    )
    return replace(made, **values)  # type: ignore[arg-type]  # by field name


def case_count(bureau: Bureau) -> int:
    with bureau.keeper.read() as reading:
        return sum(
            reading.connection.scalar(select(func.count()).select_from(tables.table_of(each))) or 0
            for each in (Case, Referral)
        )


@pytest.mark.parametrize("role", [role for role in Role if may(role, Right.INTAKE)])
def test_a_referral_opens_a_case_that_says_who_referred_and_why(bureau: Bureau, role: Role) -> None:
    session = bureau.session(role)
    person_ref = new_person(session)
    for programme, status in (("PHOENIX", "POOL"), ("IOM", "REFERRED")):
        if not sees_programme(role, programme):
            with pytest.raises(NotOnThisProgramme):
                refer_person(session, entry(person_ref, programme))
            continue
        outcome = refer_person(session, entry(person_ref, programme, referred_by="PC 12 Bell"))
        view = open_case(session, outcome.ref)
        assert (view.case.status, view.case.referred_on, view.case.referred_by) == (status, TODAY, "PC 12 Bell")
        assert (view.case.adopted_on, view.case.notified_on, view.case.trial_arm) == (None, None, None)
        (referral,) = view.referrals
        assert (referral.direction, referral.unit, referral.sent_on) == ("IN", "YOUTH_JUSTICE", TODAY)
        assert referral.reason == "Arrested with a knife twice since June"
        assert view.person.family_name in outcome.notice.title()


def test_a_person_has_one_open_case_of_a_programme_and_comes_back_by_a_new_one(bureau: Bureau) -> None:
    officer = bureau.session("officer")
    before = case_count(bureau)
    with pytest.raises(Duplicate, match="PHX-1") as refused:
        refer_person(officer, entry("P-JM"))
    assert refused.value.field == "programme"
    assert case_count(bureau) == before
    with bureau.keeper.begin(officer.command_context()) as tx:
        tx.save(replace(tx.get(Case, "PHX-1"), status="COMPLETED", closed_on=TODAY, close_reason="COMPLETED"))
    assert refer_person(officer, entry("P-JM")).ref != "PHX-1"


def test_the_other_programme_is_asked_about(bureau: Bureau) -> None:
    asking = replace(bureau.session("coordinator"), confirmed=frozenset())
    wanted = entry("P-JM", "IOM", referred_on=TODAY - timedelta(days=1))
    with pytest.raises(EntryDoubtful, match=r"PHX-1.*only one programme can be in the lead") as asked:
        refer_person(asking, wanted)
    assert refer_person(replace(asking, confirmed=frozenset(asked.value.doubts)), wanted).ref


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"referred_on": TODAY + timedelta(days=1)}, "referred_on"),
        ({"reason": "  "}, "reason"),
        ({"unit": ""}, "unit"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_opens_nothing(
    bureau: Bureau, values: dict[str, object], field: str
) -> None:
    officer = bureau.session("officer")
    person_ref, before = new_person(officer), case_count(bureau)
    with pytest.raises(InvalidRecord) as refused:
        refer_person(officer, entry(person_ref, **values))  # type: ignore[arg-type]  # by field name
    assert refused.value.field == field
    assert case_count(bureau) == before


def test_a_child_under_ten_is_no_participant_in_the_words_of_an_import(bureau: Bureau) -> None:
    officer = bureau.session("officer")
    young = new_person(officer, date_of_birth=TODAY.replace(year=TODAY.year - 9))
    with pytest.raises(InvalidRecord, match="Phoenix is for people aged 10 or over"):
        refer_person(officer, entry(young))


def test_nobody_refers_whom_they_may_not_know_of(bureau: Bureau) -> None:
    before = case_count(bureau)
    with pytest.raises(Missing):
        refer_person(bureau.session("navigator"), entry("P-CH"))
    with pytest.raises(NotAllowed):
        refer_person(bureau.session("analyst"), entry("P-JM"))
    assert case_count(bureau) == before


def test_a_repeated_referral_opens_one_case(bureau: Bureau) -> None:
    officer = bureau.session("officer")
    wanted = entry(new_person(officer))
    first, before = refer_person(officer, wanted), case_count(bureau)
    assert (refer_person(officer, wanted), case_count(bureau)) == (first, before)
