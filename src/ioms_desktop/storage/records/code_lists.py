"""A database's identifier, code lists and policy versions."""

from typing import Any

from sqlalchemy import select

from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import meta, policy, reference_code, reference_list


def database_id(reading: Reading) -> str:
    """Return the identifier that a database was given when it was created."""
    return reading.connection.scalar(select(meta.c.value).where(meta.c.name == "database_id")) or ""


def list_documents(reading: Reading) -> dict[str, dict[str, Any]]:
    """Return every code list by name, in the form of the shipped documents."""
    lists = {
        row.name: {"title": row.title, "source": row.source, "open": row.open, "code": []}
        for row in reading.connection.execute(select(reference_list))
    }
    codes = select(reference_code).order_by(reference_code.c.list, reference_code.c.sort, reference_code.c.id)
    for row in reading.connection.execute(codes):
        valid = {name: day for name, day in (("valid_from", row.valid_from), ("valid_to", row.valid_to)) if day}
        lists[row.list]["code"].append({**row.extra, **valid, "code": row.code, "label": row.label})
    return lists


def policy_documents(reading: Reading) -> list[dict[str, Any]]:
    """Return every approved policy version, earliest first."""
    query = select(policy.c.document).where(policy.c.status == "APPROVED").order_by(policy.c.effective_from)
    return list(reading.connection.scalars(query))
