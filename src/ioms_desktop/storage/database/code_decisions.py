"""Stores what a supervisor decides on a code of a list, and puts it on record."""

from sqlalchemy import insert, text

from ioms_desktop.storage.records.code_lists import CodeDecision
from ioms_desktop.storage.schema.code_decisions import code_decision
from ioms_desktop.storage.transaction import Transaction


def decide_code(tx: Transaction, decision: CodeDecision) -> None:
    """Store a decision and put it on record; a server does both by a function of its own, for supervisors alone."""
    said = {"state": decision.state, "valid_from": decision.valid_from, "valid_to": decision.valid_to}
    names = {"list": decision.list, "code": decision.code, "reason": decision.reason}
    if tx.server_enforces_access:
        call = text("SELECT decide_code(:list, :code, :state, :valid_from, :valid_to, :reason)")
        tx.connection.execute(call, {**names, **said})
        return
    decided = {"decided_by": decision.decided_by, "decided_at": decision.decided_at}
    tx.connection.execute(insert(code_decision), {**names, **said, **decided})
    days = {name: None if value is None else str(value) for name, value in said.items()}
    tx.log(
        "ALTERATION",
        object_type=code_decision.name,
        object_ref=f"{decision.list}/{decision.code}",
        subject_ref=None,
        detail={**days, "reason": decision.reason},
    )
