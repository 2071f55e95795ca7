"""What the policy of 30 November 2026 asks of a step holds on screens and for files alike, in the same words."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.recording.decisions import ProposeDecision, decision_page, propose_decision
from ioms_desktop.storage.store import Store
from services.exchange_session import Rows, decision, iom, person, phoenix, put, reasons, session_at, taken

MONDAY = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
SUNDAY = "2026-11-29"
TODAY = "2026-11-30"
ADULT = {"date_of_birth": "1990-01-01"}
NOS = "NRM=no;YJS=no;PARENT=no;DIVERSION=no;COMMUNICATION=no;GILLICK=no"
CONVICTED = {"person_ref": "P1", "offence_on": "2026-10-01", "offence_group": "VIOLENCE", "role": "CONVICTED"}


def refused(store: Store, folder: Path, row: dict[str, str], **others: Rows) -> str:
    """Return the words with which a file's decision is refused, and hold that a screen's are the same."""
    session = session_at(store, at=MONDAY)
    for table, rows in others.items():
        put(folder / "others", table, rows)
    taken(session, folder / "others")
    told = reasons(session, put(folder / "it", "decisions", [row]))
    proposal = ProposeDecision(
        request=str(uuid4()),
        case_ref="C1",
        decision="ESCALATE",
        reason="Invented",
        step=row["step"],
        child_checks=row.get("child_checks") or None,
        conviction_court=row.get("conviction_court") or None,
        lever=row.get("lever") or None,
    )
    with pytest.raises(Refused) as refusal:
        propose_decision(replace(session, user="okoro"), proposal)
    assert [problem[4] for problem in told] == [refusal.value.sentence]
    return refusal.value.sentence


def test_bare_noes_are_refused_by_screen_and_file(store: Store, tmp_path: Path) -> None:
    child = [person(date_of_birth="2011-03-03")]
    row = decision(decided_on=TODAY, step="L3", child_checks=NOS)
    told = refused(store, tmp_path, row, people=child, cases=[phoenix()])
    assert "exploitation and the National Referral Mechanism considered (NRM)" in told
    assert "reason after a colon" in told
    # The day before they were accepted.
    taken(session_at(store, at=MONDAY), put(tmp_path / "old", "decisions", [{**row, "decided_on": SUNDAY}]))
    given = NOS.replace("=no", "=no: asked, none")
    taken(
        session_at(store, at=MONDAY),
        put(tmp_path / "new", "decisions", [{**row, "decision_ref": "D2", "child_checks": given}]),
    )


def test_a_criminal_behaviour_order_without_a_conviction_is_refused_by_screen_and_file(
    store: Store, tmp_path: Path
) -> None:
    row = decision(decided_on=TODAY, step="L6")
    suspected = [
        {**CONVICTED, "role": "SUSPECT"},
        {**CONVICTED, "offence_on": "2026-09-01", "outcome_on": "2026-12-01"},
    ]
    told = refused(store, tmp_path, row, people=[person(**ADULT)], cases=[iom("C1")], offences=suspected)
    assert "needs a conviction on record by 30 Nov 2026, or the conviction named" in told
    session = session_at(store, at=MONDAY)
    named = {"conviction_court": "Leicester Crown Court", "convicted_on": SUNDAY}
    taken(session, put(tmp_path / "named", "decisions", [{**row, **named, "decision_ref": "D2"}]))
    # A conviction that comes in the same folder, or is on record already.
    put(tmp_path / "together", "offences", [{**CONVICTED, "offence_on": "2026-10-02"}])
    put(tmp_path / "together", "decisions", [{**row, "decision_ref": "D3"}])
    taken(session, tmp_path / "together")
    taken(session, put(tmp_path / "stored", "decisions", [{**row, "decision_ref": "D4"}]))
    propose_decision(
        replace(session, user="okoro"),
        ProposeDecision(request=str(uuid4()), case_ref="C1", decision="ESCALATE", reason="Convicted", step="L6"),
    )


@pytest.mark.parametrize("lever", ["", "SCHOOL_EXCLUSION"])
def test_school_exclusion_is_refused_by_screen_and_file(store: Store, tmp_path: Path, lever: str) -> None:
    session = session_at(store, at=MONDAY)
    put(tmp_path, "people", [person(**ADULT)])
    put(tmp_path, "cases", [iom("C1")])
    taken(session, tmp_path)
    row = decision(decided_on=TODAY, step="L11", lever=lever, reason="School exclusion")
    (told,) = (problem[4] for problem in reasons(session, put(tmp_path / "it", "decisions", [row])))
    entry = ProposeDecision(
        request=str(uuid4()), case_ref="C1", decision="ESCALATE", reason="School exclusion", step="L11", lever=lever
    )
    with pytest.raises(Refused) as refusal:
        propose_decision(replace(session, user="okoro"), entry)
    assert "School exclusion is not in it and is never a lever" in refusal.value.sentence
    # A file's cell is looked up in the list before the rules are asked; both say why it is not there.
    assert told == refusal.value.sentence or (lever and "School exclusion is never a lever" in told)
    taken(session, put(tmp_path / "ok", "decisions", [{**row, "lever": "TENANCY"}]))
    propose_decision(replace(session, user="okoro"), replace(entry, request=str(uuid4()), lever="TENANCY"))


@pytest.mark.parametrize("step", ["L5c", "L5d", "L5e", "L6c"])
def test_a_step_that_is_not_confirmed_is_refused_by_screen_and_file(store: Store, tmp_path: Path, step: str) -> None:
    row = decision(decided_on=TODAY, step=step)
    told = refused(store, tmp_path, row, people=[person(**ADULT)], cases=[iom("C1")])
    assert "not in use until the force's legal services confirm it" in told


@pytest.mark.parametrize("kind", ["BAIL_CONDITIONAL", "REMAND", "RUI", "PSS", "CIVIL_ORDER_ONLY"])
def test_a_breach_of_what_is_no_order_is_refused_by_screen_and_file(store: Store, tmp_path: Path, kind: str) -> None:
    order = {"order_ref": "O1", "person_ref": "P1", "order_type": kind, "made_on": "2026-09-01"}
    row = decision(decided_on=TODAY, step="L10")
    told = refused(store, tmp_path, row, people=[person(**ADULT)], cases=[iom("C1")], orders=[order])
    assert "needs an order or a licence in force on 30 Nov 2026" in told


@pytest.mark.parametrize(("ended_on", "stands"), [(TODAY, True), (SUNDAY, False)])
def test_an_order_that_was_revoked_is_in_force_up_to_that_day_on_the_page_and_in_a_file(
    store: Store, tmp_path: Path, ended_on: str, *, stands: bool
) -> None:
    session = session_at(store, at=MONDAY, role=Role.SUPERVISOR)
    put(tmp_path, "people", [person(**ADULT)])
    put(tmp_path, "cases", [iom("C1")])
    ended = {"order_ref": "O1", "person_ref": "P1", "order_type": "SSO", "made_on": "2026-09-01", "ended_on": ended_on}
    put(tmp_path, "orders", [ended])
    taken(session, tmp_path)
    (breach,) = (s for s in decision_page(session, "C1").steps if s.step.code == "L10")
    assert breach.available is stands
    path = put(tmp_path / "it", "decisions", [decision(decided_on=TODAY, step="L10")])
    if stands:
        taken(session, path)
    else:
        assert "needs an order or a licence in force on 30 Nov 2026" in reasons(session, path)[0][4]


def test_a_licence_that_the_case_had_on_a_past_day_counts_for_a_file_of_that_day(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person(**ADULT)])
    put(tmp_path, "cases", [iom("C1", statutory_status="LICENCE")])
    taken(session_at(store, at=MONDAY), tmp_path)
    later = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)
    taken(session_at(store, at=later), put(tmp_path / "2", "cases", [iom("C1", statutory_status="NONE")]))
    session = session_at(store, at=later)
    taken(session, put(tmp_path / "3", "decisions", [decision(decided_on="2026-12-01", step="L10")]))
    refusal = reasons(session, put(tmp_path / "4", "decisions", [decision("D2", decided_on="2026-12-10", step="L10")]))
    assert "needs an order or a licence in force on 10 Dec 2026" in refusal[0][4]
