"""What a server keeps of its audit itself: by two people alone are entries emptied and seals declared lost."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own

from typing import Any

import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege, LockNotAvailable

from shared_people import ANOTHER, Office, login_of

PROPOSE = "SELECT propose_disposal('DS-1', 'P-JM', 'RRD 14', 'six clear years')"
EMPTY = "SELECT emptied FROM empty_entries('{}', '{}', ARRAY['{}', '{}'])"
LOST = f"7:{'a' * 64} 8:{'b' * 64}"


def emptied(owner: psycopg.Connection, actor: str, *said: str) -> int:
    """Empty entries as whoever keeps the server can, in anybody's name."""
    with owner.transaction():
        owner.execute(f"SET LOCAL ioms.actor = '{actor}'".encode())
        row = owner.execute(EMPTY.format(*said).encode()).fetchone()
    return row[0] if row else 0


def test_entries_are_emptied_by_a_sealed_disposal_of_two_alone_and_once(office: Office) -> None:
    with office.owner() as owner:
        owner.execute("UPDATE cases SET closed_on = '2026-10-01', revision = revision + 1 WHERE case_ref = 'PHX-1'")
    with office.raw("supervisor") as psql:
        assert psql.execute(PROPOSE.encode()).fetchone() == (True,)
    one, other = login_of("supervisor"), login_of(ANOTHER)
    whole = ("DS-1", "P-JM", "P-JM", "PHX-1")
    with office.owner() as owner:
        for actor, said in (
            (other, ("DS-2", "P-JM", "P-JM", "PHX-1")),
            (one, whole),
            (other, ("DS-1", "P-JM", "P-JM", "IOM-1")),
            (other, ("DS-1", "P-CH", "P-CH", "IOM-1")),
        ):
            with pytest.raises(psycopg.Error, match=r"two people alone|not sealed yet"):
                emptied(owner, actor, *said)
        assert emptied(owner, other, *whole) > 0, "the control"
        with pytest.raises(InsufficientPrivilege):
            emptied(owner, other, *whole)
    count = "SELECT count(*) FROM ioms_audit.redaction"
    for role in ("officer", "supervisor", "administrator", "partner"):
        with pytest.raises(InsufficientPrivilege):
            asked(office, role, count)
    assert asked(office, "auditor", count) > 0, "the control: whoever verifies reads the digests"


def asked(office: Office, role: str, statement: str) -> Any:  # noqa: ANN401 - whatever is asked
    with office.raw(role) as psql:
        row = psql.execute(statement.encode()).fetchone()
    return row[0] if row else None


def test_an_epoch_is_proposed_by_one_administrator_and_opened_by_another(office: Office) -> None:
    head = asked(office, "administrator", "SELECT seal_audit()")
    sealed = asked(office, "administrator", f"SELECT n || ':' || hash FROM seal WHERE n = {head}")
    propose = "SELECT propose_epoch('restored from Monday', '{}')"
    for role in ("officer", "supervisor", "auditor", "partner"):
        with pytest.raises(InsufficientPrivilege):
            asked(office, role, propose.format(LOST))
    for wrong in ("1", "1:zz", f"0:{'a' * 64}", f"{LOST} ", sealed):
        with pytest.raises(CheckViolation):
            asked(office, "administrator", propose.format(wrong))
    for nothing in ("NULL", "' '"):
        with pytest.raises(CheckViolation):
            asked(office, "administrator", f"SELECT propose_epoch({nothing}, '')")
    asked(office, "administrator", propose.format(LOST))
    entry = asked(office, "administrator", "SELECT entry FROM proposed_epoch()")
    with pytest.raises(InsufficientPrivilege):
        asked(office, "administrator", f"SELECT confirm_epoch({entry})")
    with pytest.raises(CheckViolation):
        asked(office, "administrator", f"SELECT confirm_epoch({entry - 1})")
    with pytest.raises(psycopg.errors.UndefinedFunction):
        asked(office, "administrator", "SELECT open_epoch('restored', 1, 2000000000)")
    assert asked(office, "administrator", "SELECT count(*) FROM epoch") == 1
    with office.owner() as owner:
        owner.execute("SET ioms.actor = 'second'")
        assert owner.execute(f"SELECT confirm_epoch({entry})".encode()).fetchone() == (2,)
        opened = owner.execute("SELECT proposed_by, opened_by, superseded FROM epoch WHERE number = 2").fetchone()
    assert opened == (login_of("administrator"), "second", LOST)
    assert asked(office, "administrator", "SELECT count(*) FROM proposed_epoch()") == 0


def test_a_proposal_is_not_withdrawn_with_another_that_its_withdrawer_could_not_see(office: Office) -> None:
    propose = f"SELECT propose_epoch('restored from Monday', '{LOST}')"
    asked(office, "administrator", propose)
    entry = asked(office, "administrator", "SELECT entry FROM proposed_epoch()")
    withdraw = f"SELECT withdraw_epoch({entry}, 'it was another server')"
    with office.raw("administrator") as psql, office.raw("administrator") as other:
        other.execute("SET lock_timeout = '20ms'")
        with psql.transaction():
            psql.execute(propose.encode())
            for act in (propose, withdraw):
                with pytest.raises(LockNotAvailable):
                    other.execute(act.encode())
        with pytest.raises(CheckViolation, match="no such epoch"):
            other.execute(withdraw.encode())
        other.execute("SET default_transaction_isolation = 'repeatable read'")
        for act in (propose, withdraw, f"SELECT confirm_epoch({entry})"):
            with pytest.raises(InsufficientPrivilege, match="old view"):
                other.execute(act.encode())
        other.execute("RESET default_transaction_isolation")
        again = asked(office, "administrator", "SELECT entry FROM proposed_epoch()")
        assert again > entry
        other.execute(withdraw.replace(str(entry), str(again)).encode())  # the control
    assert asked(office, "administrator", "SELECT count(*) FROM proposed_epoch()") == 0


def test_a_proposal_that_was_withdrawn_is_confirmed_by_nobody(office: Office) -> None:
    propose = f"SELECT propose_epoch('restored from Monday', '{LOST}')"
    asked(office, "administrator", propose)
    entry = asked(office, "administrator", "SELECT entry FROM proposed_epoch()")
    withdraw = f"SELECT withdraw_epoch({entry}, 'it was another server')"
    for role in ("officer", "supervisor", "auditor", "partner"):
        with pytest.raises(InsufficientPrivilege):
            asked(office, role, withdraw)
    for wrong in (f"SELECT withdraw_epoch({entry}, ' ')", f"SELECT withdraw_epoch({entry - 1}, 'wrong')"):
        with pytest.raises(CheckViolation):
            asked(office, "administrator", wrong)
    asked(office, "administrator", withdraw)
    with office.owner() as owner:
        owner.execute("SET ioms.actor = 'second'")
        with pytest.raises(CheckViolation, match="no such epoch"):
            owner.execute(f"SELECT confirm_epoch({entry})".encode())
        asked(office, "administrator", propose)
        again = asked(office, "administrator", "SELECT entry FROM proposed_epoch()")
        assert owner.execute(f"SELECT confirm_epoch({again})".encode()).fetchone() == (2,), "the control"
    kept = "SELECT count(*) FROM audit WHERE object_ref = 'epoch 2 withdrawn' AND reason_text = 'it was another server'"
    assert asked(office, "auditor", kept.replace("FROM audit", "FROM audit_trail")) == 1
