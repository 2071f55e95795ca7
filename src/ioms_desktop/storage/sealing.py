"""The audit as what is proved: its entries with the texts that were hashed, its seals, its epochs."""

from collections.abc import Generator
from typing import Any, NamedTuple

from sqlalchemy import Text, cast, func, select

from ioms_desktop.domain.seals import FIELDS
from ioms_desktop.storage.store import Reading
from ioms_desktop.storage.tables import audit

AT_ONCE = 2_000
INSTANT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


class Entry(NamedTuple):
    """An entry of the audit as it is proved.

    Attributes:
        fields: What its hash covers, as text, in the order of `domain.seals.FIELDS`.
        row_hash: The hash it carries.
    """

    fields: tuple[str | None, ...]
    row_hash: str | None


def entries(reading: Reading) -> Generator[Entry, None, None]:
    """Give every entry in the order in which entries are sealed, without holding many at a time."""
    texts = [_as_text(reading, name) for name in FIELDS]
    query = select(*texts, audit.c.row_hash).order_by(audit.c.mark, audit.c.id)
    with reading.connection.execute(query, execution_options={"yield_per": AT_ONCE}) as rows:
        for row in rows:
            *fields, row_hash = row
            yield Entry(tuple(fields), row_hash)


def _as_text(reading: Reading, name: str) -> Any:  # noqa: ANN401 - an expression
    """The text of a column as it was hashed; the form of an instant is each database's own."""
    column = audit.c[name]
    if name != "at":
        return cast(column, Text)
    if reading.connection.dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", column), INSTANT)
    return func.replace(cast(column, Text), " ", "T").concat("Z")
