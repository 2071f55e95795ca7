"""Stores how an office words its letters, and puts it on record."""

from dataclasses import asdict

from sqlalchemy import insert, select, text

from ioms_desktop.domain.letters.office_wording import OfficeWording
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.letter_wordings import letter_wording
from ioms_desktop.storage.transaction import Transaction

ADD_WORDING_SQL = text("SELECT add_letter_wording(:kind, :valid_from, :title, :paragraphs, :reason)")
_COLUMNS = (letter_wording.c.id.label("number"), *(each for each in letter_wording.c if each.name != "id"))


def list_wordings(reading: Reading) -> tuple[OfficeWording, ...]:
    """List every wording of the office, in the order in which they were decided."""
    rows = reading.connection.execute(select(*_COLUMNS).order_by(letter_wording.c.id)).mappings()
    return tuple(OfficeWording(**{**row, "paragraphs": tuple(row["paragraphs"].split("\n"))}) for row in rows)


def add_wording(tx: Transaction, wording: OfficeWording) -> int:
    """Store a wording and put it on record; a server does both by a function of its own.

    Args:
        tx: The command.
        wording: What was decided; its number is given to it here.

    Returns:
        Its number.
    """
    said = asdict(wording) | {"paragraphs": "\n".join(wording.paragraphs)}
    del said["number"]
    if tx.server_enforces_access:
        by_server = {name: said[name] for name in ("kind", "valid_from", "title", "paragraphs", "reason")}
        return int(tx.connection.execute(ADD_WORDING_SQL, by_server).scalar_one())
    number = int(tx.connection.execute(insert(letter_wording).returning(letter_wording.c.id), said).scalar_one())
    tx.log(
        "ALTERATION",
        object_type=letter_wording.name,
        object_ref=wording.kind,
        subject_ref=None,
        detail={"wording": number, "valid_from": wording.valid_from.isoformat(), "reason": wording.reason},
    )
    return number
