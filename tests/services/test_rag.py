"""A RAG: a colour from a day on with its reason, one for each day; the one it replaces is kept."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.errors import (
    BreakGlassReadOnly,
    CaseClosed,
    FutureDate,
    Missing,
    MissingReason,
    NotAllowed,
    NotOnThisProgramme,
)
from ioms_desktop.domain.records.cases import Action, RagEntry
from ioms_desktop.services.edit_conflicts import ConflictResolution, EditConflict
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Topic
from ioms_desktop.storage import users
from services.fresh_cases import BEGAN, OFFICER, SUPERVISOR, Entry, Ledger
from sessions import TODAY, request

DAY = timedelta(days=1)
CHANGED = frozenset({Topic.RAG})


def a_rag(case_ref: str, on: date = TODAY, **said: Any) -> SetRag:  # noqa: ANN401 - values by field name
    """Write a RAG down."""
    plain: dict[str, Any] = {"rag": "RED", "reason": "Arrested", **said}
    return SetRag(request=request(), case_ref=case_ref, set_on=on, **plain)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR])
def test_no_rag_is_set_on_phoenix(ledger: Ledger, role: Role) -> None:
    case = ledger.phoenix()
    session = ledger.session("somebody", role)
    with ledger.nothing_written(), pytest.raises(NotOnThisProgramme, match="no RAG"):
        set_rag(session, a_rag(case))
    assert set_rag(session, a_rag(ledger.iom())).ref, "the control: on IOM the same is taken"


def colours(ledger: Ledger, case_ref: str) -> list[tuple[date, str, str, str | None, int]]:
    """List the RAGs of a case."""
    return [(each.set_on, each.rag, each.reason, each.set_by, each.revision) for each in ledger.of(RagEntry, case_ref)]


def test_a_rag_is_kept_with_its_day_its_reason_and_who_set_it(ledger: Ledger) -> None:
    case = ledger.iom()
    entry = a_rag(case, date(2026, 10, 14), reason="  Arrested on Monday ", revision=0)
    outcome = set_rag(ledger.officer(), entry)
    assert (outcome.notice, outcome.changed, outcome.ref) == ("RAG set to RED.", CHANGED, case)
    assert outcome.raised == ()
    assert colours(ledger, case) == [(date(2026, 10, 14), "RED", "Arrested on Monday", OFFICER, 1)]
    assert ledger.audit_of(entry.request) == [
        Entry(
            kind="COLLECTION",
            actor=OFFICER,
            actor_role="officer",
            workstation="session of adeyemi",
            request=entry.request,
            object_type="rag",
            object_ref=f"{case}/2026-10-14",
            subject_ref=case.replace("CASE", "P"),
        )
    ]


@pytest.mark.parametrize("revision", [1, None])
def test_a_second_rag_on_a_day_replaces_the_first_which_is_kept_as_history(
    ledger: Ledger, revision: int | None
) -> None:
    case = ledger.iom()
    set_rag(ledger.officer(), a_rag(case))
    entry = a_rag(case, rag="BLUE", reason=" Recalled ", revision=revision)
    outcome = set_rag(ledger.session("wright", Role.SUPERVISOR), entry)
    assert (outcome.notice, outcome.changed, outcome.ref) == ("RAG set to BLUE.", CHANGED, case)
    assert colours(ledger, case) == [(TODAY, "BLUE", "Recalled", "wright", 2)]
    (former,) = ledger.former(RagEntry, case)
    assert (former.rag, former.reason, former.set_by) == ("RED", "Arrested", OFFICER)
    assert [each.kind for each in ledger.audit_of(entry.request)] == ["ALTERATION"]


def test_a_rag_on_another_day_is_another_rag(ledger: Ledger) -> None:
    case = ledger.iom()
    for on in (TODAY - DAY, TODAY):
        set_rag(ledger.officer(), a_rag(case, on))
    assert [(on, revision) for on, *_, revision in colours(ledger, case)] == [(TODAY - DAY, 1), (TODAY, 1)]


@pytest.mark.parametrize("read", [0, 1])
def test_a_rag_that_somebody_set_since_is_compared_first(ledger: Ledger, read: int) -> None:
    case = ledger.iom()
    set_rag(ledger.session("wright", Role.SUPERVISOR), a_rag(case))
    if read:
        set_rag(ledger.session("wright", Role.SUPERVISOR), a_rag(case, rag="AMBER"))
    entry = a_rag(case, rag="GREEN", revision=read)
    with ledger.nothing_written(), pytest.raises(EditConflict) as caught:
        set_rag(ledger.officer(), entry)
    assert caught.value.comparison.current_revision == read + 1
    settled = ConflictResolution(base_revision=read, picks={"rag": MergeChoice.MINE})
    set_rag(ledger.officer(), replace(entry, revision=read + 1, resolution=settled))
    assert colours(ledger, case) == [(TODAY, "GREEN", "Arrested", OFFICER, read + 2)]


def test_a_rag_sent_twice_is_set_once_and_answered_alike(ledger: Ledger) -> None:
    entry = a_rag(ledger.iom())
    first = set_rag(ledger.officer(), entry)
    with ledger.nothing_written():
        assert set_rag(ledger.officer(), entry) == first


@pytest.mark.parametrize("reason", ["", " \n "])
def test_a_rag_without_a_reason_is_refused(ledger: Ledger, reason: str) -> None:
    case = ledger.iom()
    with ledger.nothing_written(), pytest.raises(MissingReason) as caught:
        set_rag(ledger.officer(), a_rag(case, reason=reason))
    assert caught.value.field == "reason"


def test_a_rag_of_tomorrow_is_refused_and_one_of_today_is_not(ledger: Ledger) -> None:
    case = ledger.iom()
    with ledger.nothing_written(), pytest.raises(FutureDate):
        set_rag(ledger.officer(), a_rag(case, TODAY + DAY))
    assert set_rag(ledger.officer(), a_rag(case, TODAY)).ref


def test_a_rag_after_its_case_closed_is_refused_and_one_on_that_day_is_not(ledger: Ledger) -> None:
    closed = date(2026, 10, 13)
    case = ledger.iom(closed_on=closed)
    with ledger.nothing_written(), pytest.raises(CaseClosed):
        set_rag(ledger.officer(), a_rag(case, closed + DAY))
    for on in (closed, closed - DAY):
        assert set_rag(ledger.officer(), a_rag(case, on)).ref


def test_no_rag_is_set_on_a_case_that_is_not_there_or_behind_glass(ledger: Ledger) -> None:
    case = ledger.iom()
    with ledger.nothing_written(), pytest.raises(Missing):
        set_rag(ledger.officer(), a_rag("CASE-NONE"))
    breaker = ledger.session("breaker", Role.OFFICER)
    ledger.break_glass(breaker, case)
    with ledger.nothing_written(), pytest.raises(BreakGlassReadOnly):
        set_rag(breaker, a_rag(case))


@pytest.mark.parametrize("role", list(Role))
def test_a_rag_is_set_by_officers_and_supervisors(ledger: Ledger, role: Role) -> None:
    case = ledger.iom()
    if role in {Role.OFFICER, Role.SUPERVISOR}:
        assert set_rag(ledger.session("somebody", role), a_rag(case)).ref
        return
    with ledger.nothing_written(), pytest.raises(NotAllowed, match="set a RAG"):
        set_rag(ledger.session("somebody", role), a_rag(case))


def with_accounts(ledger: Ledger) -> None:
    """Return the people of these tests accounts, by which a supervisor is known as one."""
    with ledger.store.begin(ledger.session("admin", Role.ADMINISTRATOR).command_context()) as tx:
        for name, role in ((SUPERVISOR, Role.SUPERVISOR), (OFFICER, Role.OFFICER), ("lee", Role.OFFICER)):
            if users.find_user(tx, name) is None:  # the ledger is shared by the tests of this module
                users.add_user(tx, name, role, "", at=BEGAN)


def tasks(ledger: Ledger, case_ref: str) -> list[tuple[str, str, date]]:
    return [(each.owner, each.text, each.due_on) for each in ledger.of(Action, case_ref)]


def test_a_supervisor_is_told_when_an_officers_rag_replaces_theirs(ledger: Ledger) -> None:
    with_accounts(ledger)
    case, boss = ledger.iom(), ledger.session(SUPERVISOR, Role.SUPERVISOR)
    set_rag(boss, a_rag(case, TODAY - 3 * DAY))
    set_rag(ledger.officer(), a_rag(case, TODAY - DAY))  # confirmed: the supervisor's own entry stands
    assert tasks(ledger, case) == []
    set_rag(boss, a_rag(case, TODAY - DAY, rag="AMBER"))
    outcome = set_rag(ledger.officer(), a_rag(case, rag="GREEN", reason="In work"))
    assert outcome.notice == "RAG set to GREEN. wright, who set the colour before, is told."
    assert Topic.ACTIONS in outcome.changed
    words = "adeyemi set RAG to GREEN on 15 Oct 2026 in place of your AMBER of 14 Oct 2026: In work"
    assert tasks(ledger, case) == [("wright", words, date(2026, 10, 16))]


def test_an_entry_of_the_same_day_is_replaced_and_told_whatever_its_colour(ledger: Ledger) -> None:
    with_accounts(ledger)
    case = ledger.iom()
    set_rag(ledger.session(SUPERVISOR, Role.SUPERVISOR), a_rag(case))
    set_rag(ledger.officer(), a_rag(case, reason="For another reason"))
    assert [owner for owner, _, _ in tasks(ledger, case)] == [SUPERVISOR]


def test_nobody_is_told_of_their_own_rag_an_officers_or_a_supervisors(ledger: Ledger) -> None:
    with_accounts(ledger)
    case, boss = ledger.iom(), ledger.session(SUPERVISOR, Role.SUPERVISOR)
    set_rag(ledger.session("lee", Role.OFFICER), a_rag(case, TODAY - 3 * DAY))
    set_rag(ledger.officer(), a_rag(case, TODAY - 2 * DAY, rag="AMBER"))
    set_rag(boss, a_rag(case, TODAY - DAY, rag="GREEN"))
    set_rag(boss, a_rag(case, rag="RED"))
    assert tasks(ledger, case) == []
