"""A supervisor confirms, dates or withdraws a code that rests on law, on both databases, and an update keeps that."""

from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.errors import DatesOutOfOrder, Missing, MissingReason, NotAllowed, Refused, UnknownCode
from ioms_desktop.services.database.code_decisions import DecideCode, decide_on_code, list_decidable_codes
from ioms_desktop.services.sign_in import reference_data
from ioms_desktop.storage.database.migrate import _load_reference
from ioms_desktop.storage.schema.code_decisions import code_decision
from ioms_desktop.storage.schema.tables import audit
from ioms_desktop.storage.store import Store
from services.exchange_session import session_at
from sessions import request
from shared_people import Office

PSS_ENDS = date(2026, 4, 29)


def entry(**said: Any) -> DecideCode:  # noqa: ANN401 - values by field name
    given = {"list": "statutory_status", "code": "PSS", "state": "CONFIRMED", "reason": "Legal services, 2 Dec", **said}
    return DecideCode(request=request(), **given)


def rulebook(store: Store) -> reference_data.Rulebook:
    with store.read() as reading:
        return reference_data.load_rulebook(reading)


def test_a_confirmed_day_counts_from_the_next_sign_in_and_is_kept_by_an_update(store: Store) -> None:
    session = session_at(store)
    before = rulebook(store).lists.of("statutory_status").get("PSS")
    assert before is not None
    assert (before.valid_to, before.more["confirmed"]) == (date(2026, 4, 30), False)
    outcome = decide_on_code(session, entry(valid_to=PSS_ENDS))
    assert "when they next sign in" in outcome.notice
    for _ in ("after the decision", "after the lists were loaded again"):
        decided = rulebook(store).lists.of("statutory_status").get("PSS")
        assert decided is not None
        assert (decided.valid_to, decided.more["confirmed"]) == (PSS_ENDS, True)
        with store.begin(session.command_context()) as tx:
            _load_reference(tx.connection)
    decide_on_code(session, entry(state="AS_SHIPPED"))
    again = rulebook(store).lists.of("statutory_status").get("PSS")
    assert again == before


def test_a_step_is_available_once_it_is_confirmed_and_never_once_it_is_withdrawn(store: Store) -> None:
    session = session_at(store)

    def active(code: str) -> bool:
        return next(step.active for step in rulebook(store).ladder if step.code == code)

    steps = [each for each in list_decidable_codes(session) if each.list == "enforcement_step"]
    waiting = next(each for each in steps if not each.is_available)
    standing = next(each for each in steps if each.is_available)
    for each, state in ((waiting, "CONFIRMED"), (standing, "INACTIVE")):
        was = active(each.code)
        decide_on_code(
            session,
            entry(list=each.list, code=each.code, state=state, valid_from=each.valid_from, valid_to=each.valid_to),
        )
        assert active(each.code) is not was
    (shown,) = (each for each in list_decidable_codes(session) if each.code == waiting.code)
    assert shown.decision is not None
    assert (shown.is_confirmed, shown.decision.decided_by) == (True, session.user)


def test_every_decision_is_kept_and_on_record(store: Store) -> None:
    session = session_at(store)
    decide_on_code(session, entry(valid_to=PSS_ENDS))
    decide_on_code(session, entry(valid_to=date(2026, 4, 28), reason="The force's solicitor"))
    with store.read() as reading:
        kept = reading.connection.execute(select(code_decision.c.valid_to).order_by(code_decision.c.id)).scalars()
        assert list(kept) == [PSS_ENDS, date(2026, 4, 28)]
        query = select(audit.c.actor, audit.c.after).where(audit.c.object_ref == "statutory_status/PSS")
        rows = reading.connection.execute(query.order_by(audit.c.id)).all()
    assert [row.actor for row in rows] == [session.user] * 2
    assert rows[1].after["reason"] == "The force's solicitor"


@pytest.mark.parametrize(
    ("said", "refusal", "words"),
    [
        ({"reason": " "}, MissingReason, "Say who confirmed it"),
        ({"state": "PERHAPS"}, UnknownCode, "is no state"),
        ({"code": "NOWHERE"}, Missing, "has no code"),
        ({"list": "nowhere"}, Missing, "has no code"),
        ({"list": "rag", "code": "RED"}, UnknownCode, "rests on no law"),
        ({"valid_from": date(2026, 5, 2), "valid_to": date(2026, 5, 1)}, DatesOutOfOrder, "is before the first"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_changes_nothing(
    store: Store, said: dict[str, Any], refusal: type[Refused], words: str
) -> None:
    session, before = session_at(store), rulebook(store)
    with pytest.raises(refusal, match=words):
        decide_on_code(session, entry(**said))
    assert rulebook(store) == before
    assert decide_on_code(session, entry(valid_from=date(2026, 5, 1), valid_to=date(2026, 5, 1))).ref  # the control


def test_supervisors_alone_decide(store: Store) -> None:
    session = session_at(store)
    assert set(roles_with(Right.DECIDE_CODES)) == {Role.SUPERVISOR}
    for role in set(Role) - {Role.SUPERVISOR}:
        with pytest.raises(NotAllowed):
            decide_on_code(replace(session, role=role), entry())


def test_a_server_takes_a_decision_from_a_supervisor_alone_and_changes_no_list_by_hand(office: Office) -> None:
    assert decide_on_code(office.session("supervisor"), entry(valid_to=PSS_ENDS)).ref
    call = "SELECT decide_code('statutory_status', 'PSS', 'INACTIVE', NULL, NULL, 'why')"
    for name in ("officer", "navigator", "coordinator"):
        with office.raw(name) as psql:
            assert psql.execute("SELECT count(*) FROM code_decision").fetchone() == (1,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                psql.execute(call.encode())
    with office.raw("supervisor") as psql:
        for statement in (
            "INSERT INTO code_decision SELECT 9, list, code, state, NULL, NULL, reason, 'x', now() FROM code_decision",
            "UPDATE code_decision SET reason = 'another'",
            "DELETE FROM code_decision",
            "UPDATE reference_code SET valid_to = NULL",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                psql.execute(statement.encode())
        with pytest.raises(psycopg.errors.CheckViolation):
            psql.execute(call.replace("statutory_status', 'PSS", "rag', 'RED").encode())
        psql.execute(call.encode())  # the control
        assert psql.execute("SELECT DISTINCT decided_by = session_user::text FROM code_decision").fetchone() == (True,)
