"""An offer is funded only with whoever authorised it, who may; and its sessions stand beside those planned."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import psycopg

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import FutureDate, InvalidRecord, NotAllowed, ReasonToChange
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.oversight import describe_dose, describe_funding
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.exchange.imports import plan_import
from ioms_desktop.services.printing.summaries import preview_summary
from ioms_desktop.services.recording.offers import FundOffer, MakeOffer, fund_offer, make_offer
from ioms_desktop.services.recording.records import ChangeRecord, change_record_by_form
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.cases.case_section import ShownCase
from ioms_desktop.ui.cases.support_sections import OFFERS
from raw_rows import read_row
from reports.reading import pages_of
from services.access_bureau import Bureau
from services.written import nothing_written, put
from sessions import TODAY, request
from shared_people import Office, login_of

DAY = timedelta(days=1)
CASE = "PHX-1"
PASSPORT: dict[str, Any] = {
    "amount": "82.5",
    "funded_by": "Ingeus",
    "authorised_by": "A. Manager",
    "authorised_on": TODAY,
    "funded_for": "a passport",
}


def offered(session: Session) -> Offer:
    made = MakeOffer(request=request(), case_ref=CASE, offer_type="GYM", offered_on=TODAY - DAY)
    return the(session, make_offer(session, made).ref)


def the(session: Session, ref: str) -> Offer:
    return next(each for each in open_case(session, CASE).offers if each.offer_ref == ref)


def fund(session: Session, offer: Offer, **said: Any) -> Outcome:  # noqa: ANN401 - values by field name
    entry = {"request": request(), "offer_ref": offer.offer_ref, "revision": offer.revision, **PASSPORT, **said}
    return fund_offer(session, FundOffer(**entry))


def test_funding_is_told_undone_and_reaches_the_office_copy_alone(bureau: Bureau) -> None:
    navigator, supervisor = bureau.session("navigator"), bureau.session("supervisor")
    offer = offered(navigator)
    done = fund(navigator, offer)
    assert done.notice == "Funding recorded: £82.50."
    words = "£82.50 for a passport from Ingeus, authorised by A. Manager on 15 Oct 2026"
    rows = OFFERS.rows(ShownCase(navigator, open_case(navigator, CASE)))
    row = next(each for each in rows if each.record.offer_ref == offer.offer_ref)
    assert next(column.text(row) for column in OFFERS.columns if column.title == "Funding") == words
    earlier = open_case(navigator, CASE, as_of=TODAY - DAY).offers
    before = next(each for each in earlier if each.offer_ref == offer.offer_ref)
    assert describe_funding(navigator, before) == ""

    def printed(audience: Audience) -> str:
        return " ".join(
            pages_of(
                preview_summary(
                    supervisor,
                    CASE,
                    audience=audience,
                    agency="HMPPS_PROBATION",
                    reason_code="CASE_CONFERENCE",
                ).pdf
            )
        )

    assert "82.50 for a passport" in printed(Audience.FULL)
    assert "82.50" not in printed(Audience.PARTNER)
    assert done.undo is not None
    undo_act(navigator, UndoAct(request=request(), case_ref=CASE, done=done.undo))
    assert the(navigator, offer.offer_ref).funding_amount is None


def test_funding_without_an_authoriser_who_may_is_refused_by_its_field(bureau: Bureau) -> None:
    navigator = bureau.session("navigator")
    offer = offered(navigator)
    for said, field in (
        ({"authorised_by": " "}, "funding_authorised_by"),
        ({"authorised_by": navigator.user}, "funding_authorised_by"),
        ({"authorised_by": f" {login_of('coordinator').upper()}"}, "funding_authorised_by"),
        ({"funded_by": ""}, "funded_by"),
        ({"amount": "0"}, "funding_amount"),
        ({"amount": "-5"}, "funding_amount"),
        ({"amount": "eighty"}, "funding_amount"),
        ({"amount": "82.505"}, "funding_amount"),
        ({"amount": "12,50"}, "funding_amount"),
        ({"amount": ""}, "funding_amount"),
    ):
        with nothing_written(bureau.keeper, InvalidRecord, field=field):
            fund(navigator, offer, **said)
    with nothing_written(bureau.keeper, FutureDate):
        fund(navigator, offer, authorised_on=TODAY + DAY)
    with nothing_written(bureau.keeper, NotAllowed):
        fund(bureau.session("coordinator"), offer)
    alone = replace(offer, funding_amount="5")
    with nothing_written(bureau.keeper, InvalidRecord, field="funded_by"):
        change_record_by_form(
            navigator, ChangeRecord(request=request(), case_ref=CASE, record=alone, revision=offer.revision)
        )
    for role in ("officer", "supervisor"):  # the control: who may authorise is named, by whoever records it
        fund(navigator, the(navigator, offer.offer_ref), authorised_by=login_of(role))
    told = [
        fund(navigator, the(navigator, offer.offer_ref), amount=typed, authorised_by=f"MANAGER {number}").notice
        for number, typed in enumerate(("£82.50", "1,250", "£ 1,250.5", "82"))
    ]
    assert told == [f"Funding recorded: {said}." for said in ("£82.50", "£1,250.00", "£1,250.50", "£82.00")]
    assert the(navigator, offer.offer_ref).funding_amount == "82"


def test_another_amount_is_not_put_under_the_former_authorisation(bureau: Bureau) -> None:
    """The controls are a change authorised anew, and a correction by the author or a supervisor who says why."""
    author, other = bureau.session("navigator"), bureau.session("officer")
    offer = offered(author)
    fund(other, offer, amount="50")
    for said in ({"amount": "5000"}, {"amount": "40"}, {"amount": "50", "funded_by": "the force"}):
        funded = the(author, offer.offer_ref)
        with nothing_written(
            bureau.keeper, InvalidRecord, "£50.00 from Ingeus was authorised", field="funding_authorised_on"
        ):
            fund(replace(other, change_reason="it costs more"), funded, **said)
        with nothing_written(bureau.keeper, ReasonToChange, "not what was authorised", "why_changed"):
            fund(author, funded, **said)
        raised = replace(funded, funding_amount="5000")
        with nothing_written(bureau.keeper, InvalidRecord, field="funding_authorised_on"):
            change_record_by_form(
                other, ChangeRecord(request=request(), case_ref=CASE, record=raised, revision=funded.revision)
            )
    for session in (author, bureau.session("supervisor")):
        done = fund(replace(session, change_reason="a nought too few"), the(author, offer.offer_ref), amount="500")
        assert the(author, offer.offer_ref).funding_amount == "500"
        assert done.undo is not None
        undo_act(session, UndoAct(request=request(), case_ref=CASE, done=done.undo))
    fund(other, the(author, offer.offer_ref), amount="601", authorised_by="B. LEAD")
    done = fund(other, the(author, offer.offer_ref), amount="602", authorised_by="B. LEAD", authorised_on=TODAY - DAY)
    assert done.undo is not None
    undo_act(other, UndoAct(request=request(), case_ref=CASE, done=done.undo))
    assert the(author, offer.offer_ref).funding_amount == "601"


def test_an_import_refuses_funding_without_its_authoriser_too(bureau: Bureau, tmp_path: Path) -> None:
    supervisor = bureau.session("supervisor")
    heading = "offer_ref,case_ref,offer_type,offered_on,funding_amount,funded_by,funding_authorised_by,"
    rows = {"bad": "OF-1,PHX-1,GYM,2026-10-01,50,Ingeus,,", "good": "OF-1,PHX-1,GYM,2026-10-01,50,Ingeus,B. LEAD,"}
    taken = {}
    for name, row in rows.items():
        folder = tmp_path / name
        folder.mkdir()
        day = "2026-10-02" if name == "good" else ""
        (folder / "offers.csv").write_text(f"{heading}funding_authorised_on\n{row}{day}\n", encoding="utf-8")
        taken[name] = plan_import(supervisor, folder).has_rejects
    assert taken == {"bad": True, "good": False}


def test_the_next_session_of_an_offer_is_the_first_that_is_arranged_and_waits(bureau: Bureau) -> None:
    navigator = bureau.session("navigator")
    offer, other = offered(navigator), offered(navigator)
    assert describe_dose(navigator.lists, open_case(navigator, CASE), offer) == ""
    days = ((-2, offer, None), (1, offer, TODAY), (5, offer, None), (3, offer, None), (2, other, None))
    for number, (after, of, cancelled) in enumerate(days):
        made = Appointment(
            appointment_ref=f"AP-{number}",
            case_ref=CASE,
            starts_at=DayTime(TODAY + after * DAY, time(14)),
            contact_type="OFFICE",
            offer_ref=of.offer_ref,
            cancelled_on=cancelled,
            cancelled_by="US" if cancelled else None,
        )
        put(bureau.keeper, made)
    assert describe_dose(navigator.lists, open_case(navigator, CASE), offer) == "next session on 18 Oct 2026"


def is_taken(office: Office, role: str, offer: Offer, values: str, why: str = "") -> bool:
    statement = f"UPDATE offers SET {values}, revision = revision + 1 WHERE {read_row('offers', offer.offer_ref)}"  # noqa: S608 - our own words
    with office.raw(role) as psql:
        psql.execute(b"SELECT open_case('PHX-1'), set_config('ioms.reason_text', %s, false)", (why,))
        try:
            with psql.transaction(force_rollback=True):
                return psql.execute(statement.encode()).rowcount == 1
        except (psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege):
            return False


def test_a_server_itself_takes_no_amount_without_one_who_may_authorise_it(office: Office) -> None:
    offer = offered(office.session("navigator"))
    full = "funding_amount = '50', funded_by = 'Ingeus', funding_authorised_on = '2026-10-15', funding_authorised_by = "
    refused = ("funding_amount = '50'", f"{full}' '", f"{full}'{login_of('navigator')}'", f"{full}'T_Coordinator'")
    accepted = (f"{full}'B. LEAD'", f"{full}'{login_of('officer')}'")
    for role in ("officer", "navigator", "supervisor"):
        for values in (*refused, *accepted):
            assert is_taken(office, role, offer, values) == (values in accepted), (role, values)


def test_a_server_itself_puts_no_other_amount_under_the_former_authorisation(office: Office) -> None:
    offer = offered(office.session("navigator"))
    fund(office.session("navigator"), offer)
    for role in ("officer", "navigator", "supervisor"):
        may_correct = role != "officer"  # the navigator recorded it
        for values in ("funding_amount = '5000'", "funded_by = 'the force'"):
            assert not is_taken(office, role, offer, values, " "), (role, values)
            assert is_taken(office, role, offer, values, "a nought too few") == may_correct, (role, values)
        for anew in ("funding_authorised_on = '2026-10-14'", "funding_authorised_by = 'B. LEAD'"):
            assert is_taken(office, role, offer, f"funding_amount = '5000', {anew}"), (role, anew)
