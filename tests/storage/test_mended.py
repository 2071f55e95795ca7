"""What one login could do to others: stop every disposal, hold a lock, or read and decide by what is not theirs."""

import json

import psycopg
import pytest

from shared_people import ANOTHER, Office, login_of

PROPOSE = "SELECT propose_disposal('DS-1', 'P-JM', 'RRD 14', 'six clear years')"
DISPOSE = "SELECT dispose('DS-1', current_date + 10)"
LOG = "SELECT log_audit('CONSULTATION', %s, 'x', NULL, NULL, %s)"
LOG_OF_PEOPLE = "SELECT log_audit_of_people('CONSULTATION', ARRAY['x'], %s)"
TAKE = "INSERT INTO take_away (number, taken_by, taken_at, reason, cases) VALUES ('T', session_user, now(), 'x', %s)"
KEEP = (
    "INSERT INTO kept_trail (database_id, kept_by, part, n, fields, kept_at) "
    "VALUES ('x', session_user, %s, 1, %s, now())"
)
ENTRY = (
    "INSERT INTO ioms_audit.audit (at, kind, actor, actor_role, workstation, object_type, object_ref, after) "
    "VALUES (now(), 'CONSULTATION', 'x', '', '', %s, 'x', %s)"
)
REFUSED = (psycopg.errors.DataError, psycopg.errors.CheckViolation)
UNREADABLE = ('{"a": "\\u0000"}', '{"a": "\\ud800"}', '{"a": 1e999999}')

DEEP = "[" * 40 + "]" * 40
"""What is nested as deep as a server can just read is read in one place and not in another."""


@pytest.fixture
def closed(office: Office) -> Office:
    """Return a shared database on which the case of P-JM has closed, so that nothing is in the way of a disposal."""
    with office.owner() as owner:
        owner.execute("UPDATE cases SET closed_on = '2026-10-01', revision = revision + 1 WHERE case_ref = 'PHX-1'")
    return office


def asked(office: Office, role: str, statement: str) -> object:
    """Send a statement as psql would; give what it answers."""
    with office.raw(role) as psql:
        found = psql.execute(statement.encode()).fetchone()
    return None if found is None else found[0]


def sent(office: Office, role: str, statement: str, *values: object) -> None:
    """Send a statement that answers nothing."""
    with office.raw(role) as psql:
        psql.execute(statement.encode(), values)


def test_what_cannot_be_read_again_is_taken_nowhere_and_a_disposal_is_done(closed: Office) -> None:
    for bad in (*UNREADABLE, "[]", '"P-JM"', "null", f'{{"a": {DEEP}}}'):
        for statement, values in ((LOG, ("CONSULTATION", bad)), (LOG_OF_PEOPLE, (bad,)), (LOG, ("search", bad))):
            with pytest.raises(REFUSED):
                sent(closed, "officer", statement, *values)
    for bad in ('["\\u0000"]', '{"a": 1}', '"PHX-1"', "null", DEEP):
        with pytest.raises(REFUSED):
            sent(closed, "navigator", TAKE, bad)
    for part, bad in (
        *(("ENTRY", '"P-JM" no json'), ("ENTRY", '"P-JM"'), ("ENTRY", '["P-JM", "\\u0000"]'), ("ENTRY", "{}")),
        *(("ENTRY", DEEP), ("SEAL", '{"n": {"n": 1}}'), ("EPOCH", "no json")),
    ):
        with pytest.raises(REFUSED):
            sent(closed, "officer", KEEP, part, bad)
    sent(closed, "navigator", TAKE, "[]")
    for bad in (UNREADABLE[0], DEEP):
        with pytest.raises(REFUSED):
            sent(closed, "navigator", "UPDATE take_away SET settled = %s", bad)
    # The control: the same statements are taken where they can be read.
    sent(closed, "officer", LOG, "search", '{"query": "P-JM"}')
    sent(closed, "officer", LOG, "search", None)
    sent(closed, "officer", LOG_OF_PEOPLE, '{"a": 1}')
    sent(closed, "navigator", "UPDATE take_away SET settled = %s", '{"rag": {"PHX-1/2026-10-01": 1}}')
    for part, good in (("ENTRY", '["P-JM"]'), ("SEAL", '{"n": 1}'), ("EPOCH", '{"number": 1}')):
        sent(closed, "officer", KEEP, part, good)
    assert asked(closed, "supervisor", PROPOSE) is True
    assert asked(closed, ANOTHER, DISPOSE) is not None


def test_an_entry_that_is_there_already_and_cannot_be_read_stops_no_disposal(closed: Office) -> None:
    said = json.dumps({"query": "Marlow", "found": ["P-JM", "P-CH"]})
    hidden = said.replace("P-JM", "P\\u002dJM")
    details = (*UNREADABLE, said[:-1] + ', "b": "\\u0000"}', '["P-JM"]', '"P-JM"', said, hidden)
    with closed.owner() as owner:
        for detail in details:
            for object_type in ("search", "cases"):
                owner.execute(ENTRY.encode(), (object_type, detail))
    assert asked(closed, "supervisor", PROPOSE) is True
    assert asked(closed, ANOTHER, DISPOSE) is not None
    with closed.owner() as owner:
        rows = owner.execute("SELECT object_type, after::text FROM audit WHERE object_ref = 'x' ORDER BY id").fetchall()
    assert [text for _, text in rows if "P-JM" in text or "u002d" in text] == []
    assert [text for kind, text in rows if kind == "search" and "Marlow" in text] == []
    assert sum("DS-1" in text for kind, text in rows if kind == "cases") == 5
    assert sum("P-CH" in text for kind, text in rows if kind == "cases") == 3


def test_nothing_is_decided_of_somebody_known_only_by_a_broken_glass(closed: Office) -> None:
    with closed.owner() as owner:
        owner.execute("INSERT INTO case_standing VALUES ('PHX-1', true, NULL)")
    assert asked(closed, "supervisor", "SELECT break_glass('PHX-1', 'there is a threat to life right now')") is True
    review = "SELECT record_review('P-JM', 'RETAIN', 'GROUP_3', 'x', current_date + 9)"
    assert [asked(closed, "supervisor", each) for each in (PROPOSE, review)] == [False, False]
    with closed.owner() as owner:
        owner.execute("UPDATE access_entry SET ends_at = begins_at")
        owner.execute("UPDATE case_standing SET restricted = false")
    assert [asked(closed, "supervisor", each) for each in (PROPOSE, review)] == [True, True]


@pytest.mark.parametrize("call", [DISPOSE, "SELECT refuse_disposal('DS-1')"])
def test_who_may_not_dispose_locks_nobody_out(closed: Office, call: str) -> None:
    assert asked(closed, "supervisor", PROPOSE) is True
    locked = [
        f"SELECT FROM {table} WHERE person_ref = 'P-JM' FOR UPDATE NOWAIT" for table in ("disposal", "people", "cases")
    ]
    with closed.owner() as owner, closed.raw("analyst") as psql, psql.transaction(force_rollback=True):
        psql.execute(call.encode())
        for each in locked:
            owner.execute(each.encode())
    # The control: who may does lock it.
    with closed.owner() as owner, closed.raw(ANOTHER) as psql, psql.transaction(force_rollback=True):
        psql.execute(call.encode())
        with pytest.raises(psycopg.errors.LockNotAvailable):
            owner.execute(locked[0].encode())


def test_a_supervisor_sees_what_is_out_but_no_case_that_is_kept_from_them(closed: Office) -> None:
    sent(closed, "officer", TAKE, '["PHX-1", "IOM-1", "emptied"]')
    with closed.owner() as owner:
        owner.execute("INSERT INTO case_standing VALUES ('IOM-1', true, NULL)")
    query = "SELECT count(*) FROM take_away WHERE taken_by <> session_user"
    assert asked(closed, "supervisor", query) == 0
    with closed.owner() as owner:
        owner.execute("UPDATE case_standing SET restricted = false")
    assert asked(closed, "supervisor", query) == 1


def test_an_auditor_reads_what_was_disposed_of_and_nothing_proposed(closed: Office) -> None:
    assert asked(closed, "supervisor", PROPOSE) is True
    assert asked(closed, "auditor", "SELECT count(*) FROM disposal") == 0
    assert asked(closed, ANOTHER, DISPOSE) is not None
    assert asked(closed, "auditor", "SELECT answered_by FROM disposal") == login_of(ANOTHER)
