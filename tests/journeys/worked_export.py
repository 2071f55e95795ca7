"""Whether what was lived in the window is exported, and judged, as the worked example has it."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING, Any

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.services.exchange.exports import export_records
from services.exchange_session import session_at
from stories.asked import AFTERWARDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from ioms_desktop.storage.store import Store
    from policy_histories.exchange_columns import Row, Tables

MADE_HERE = {"explanation", "ref", "open_refs"}
"""What a figure says in words, and references, which the window makes up."""


def without_references(found: Any) -> Any:  # noqa: ANN401 - JSON
    """Return figures of a case without references and words, each list in one order."""
    if isinstance(found, dict):
        kept = {key: value for key, value in found.items() if key not in MADE_HERE and not key.endswith("_ref")}
        return {key: without_references(value) for key, value in kept.items()}
    if isinstance(found, list):
        return sorted((without_references(each) for each in found), key=str)
    return found


def told_supervisors(store: Store, case_ref: str) -> dict[str, str]:
    """Return the text of each action by which the program told a supervisor that somebody replaced their colour.

    Nobody gave them, and the example has none. They are given where its supervisor is a user, as on a server.
    """
    with store.read() as reading:
        actions = reading.list_records(Action, case_ref=case_ref)
    return {each.action_ref: each.text for each in actions if each.given_by is None}


def unlike(
    store: Store,
    folder: Path,
    case_ref: str,
    imported: Tables,
    *,
    besides: Mapping[str, Collection[str]],
    more: AbstractSet[str],
) -> list[str]:
    """Export a case, and list every row that the export or the example has and the other has not.

    References and times of day are left out, what the example leaves empty, and the columns of `besides` by table.
    `more` names tables of which the export may have more rows, or which of their rows: `referrals: direction=IN`.
    """
    session = session_at(store, role=Role.SUPERVISOR, at=AFTERWARDS)
    export_records(session, folder, [case_ref], reason="CASE_CONFERENCE")
    found = []
    for table, wanted in imported.items():
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            exported = list(csv.DictReader(file))
        columns = [
            name for name in (wanted or [{}])[0] if not name.endswith("_ref") and name not in besides.get(table, ())
        ]
        said = {name for name in columns if any(row[name] for row in wanted)}
        ours, theirs = (Counter(_reduced(row, sorted(said)) for row in rows) for rows in (exported, wanted))
        added = [row for row in (ours - theirs).elements() if not more & {table, *(f"{table}: {cell}" for cell in row)}]
        found += [f"{table}: only exported {row}" for row in added]
        found += [f"{table}: only in the example {row}" for row in (theirs - ours).elements()]
    return found


def _reduced(row: Row, columns: list[str]) -> tuple[str, ...]:
    cells = {name: row[name].replace("; ", ";") for name in columns}
    return tuple(f"{name}={cell.partition('T')[0] if name == 'occurred_at' else cell}" for name, cell in cells.items())
