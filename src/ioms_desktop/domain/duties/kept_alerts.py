"""A trigger as it is kept in the result of its case: written as text, and read back the same."""

import json
from datetime import date
from typing import Any

from ioms_desktop.domain.policy.triggers import Evidence, NoFurtherAction, Trigger

_DAYS = frozenset({"raised_on", "decision_due", "decided_on", "action_due", "actioned_on"})
_LEFT_OUT = ("case_ref", "evidence", "withdrawn_by", "no_further_action")
_PLAIN = tuple(name for name in Trigger._fields if name not in _LEFT_OUT)


_AS_TEXT = json.JSONEncoder(default=date.isoformat).encode


class UnreadableResultError(ValueError):
    """What is kept of a case is not as this program writes it: it is worked out anew."""


def write_trigger(trigger: Trigger) -> str:
    """Write a trigger without its case, which stands beside it."""
    said: dict[str, Any] = {name: getattr(trigger, name) for name in _PLAIN}
    said["evidence"] = list(trigger.evidence)
    said["withdrawn_by"] = sorted(trigger.withdrawn_by)
    said["no_further_action"] = list(trigger.no_further_action)
    return _AS_TEXT({name: value for name, value in said.items() if value})


def read_trigger(case_ref: str, text: str) -> Trigger:
    """Read a trigger of a case back.

    Raises:
        UnreadableResultError: It is none that `write_trigger` wrote.
    """
    try:
        said = json.loads(text)
        plain: dict[str, Any] = {name: _plain(name, said[name]) for name in _PLAIN if name in said}
        found = Trigger(
            case_ref=case_ref,
            **plain,
            evidence=tuple(
                Evidence(str(kind), str(ref), date.fromisoformat(on), bool(joined))
                for kind, ref, on, joined in said["evidence"]
            ),
            withdrawn_by=frozenset(map(str, said.get("withdrawn_by", ()))),
            no_further_action=tuple(_ended(*each) for each in said.get("no_further_action", ())),
        )
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as wrong:
        raise UnreadableResultError(case_ref) from wrong
    if all(each.joined for each in found.evidence):
        raise UnreadableResultError(case_ref)
    return found


def _plain(name: str, value: Any) -> date | str | bool:  # noqa: ANN401 - as it was written
    return date.fromisoformat(value) if name in _DAYS else value if value is True else str(value)


def _ended(kind: str, occurred: str, ended: str, behind: str | None) -> NoFurtherAction:
    before = None if behind is None else date.fromisoformat(behind)
    return NoFurtherAction(str(kind), date.fromisoformat(occurred), date.fromisoformat(ended), before)
