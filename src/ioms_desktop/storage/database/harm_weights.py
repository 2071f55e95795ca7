"""Stores the harm weights that an office loads, as codes of a list, and puts that on record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select, text

from ioms_desktop.domain.figures.harm import WEIGHTS
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import reference_code
from ioms_desktop.storage.transaction import Transaction

LOAD_SQL = text("SELECT load_harm_weights(:scheme, :version, :valid_from, :source, CAST(:weights AS jsonb))")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightTable:
    """One version of a published table.

    Attributes:
        valid_from: The first day of offences for which it holds, included.
        weights: The weight of each offence, as it was written.
    """

    scheme: str
    version: str
    valid_from: date
    source: str
    weights: Mapping[str, str]


def loaded_versions(reading: Reading) -> frozenset[tuple[str, str]]:
    """Return the schemes and versions that are loaded."""
    rows = reading.connection.scalars(select(reference_code.c.extra).where(reference_code.c.list == WEIGHTS))
    return frozenset((extra["scheme"], extra["version"]) for extra in rows)


def load_weights(tx: Transaction, table: WeightTable) -> None:
    """Store a version and put it on record; a server does both by a function of its own."""
    named: dict[str, str | int] = {"scheme": table.scheme, "version": table.version, "source": table.source}
    if tx.server_enforces_access:
        said = {**named, "valid_from": table.valid_from, "weights": json.dumps(dict(table.weights))}
        tx.connection.execute(LOAD_SQL, said)
        return
    named["loaded"] = len(loaded_versions(tx)) + 1
    rows = [
        {
            "list": WEIGHTS,
            "code": f"{table.scheme}/{table.version}/{offence}",
            "label": offence,
            "sort": sort,
            "valid_from": table.valid_from,
            "valid_to": None,
            "extra": {**named, "weight": weight, "offered": False},
        }
        for sort, (offence, weight) in enumerate(table.weights.items())
    ]
    tx.connection.execute(insert(reference_code), rows)
    tx.log(
        "ALTERATION",
        object_type=WEIGHTS,
        object_ref=f"{table.scheme}/{table.version}",
        subject_ref=None,
        detail={"rows": len(rows), "valid_from": table.valid_from.isoformat(), "source": table.source},
    )
