"""The audit as lines of JSON, with all that is needed to verify it elsewhere; what records hold is not among it."""

import json
from collections.abc import Iterator
from typing import Any

from ioms_desktop.domain.audit.entries import ENTRY_FIELDS, format_instant
from ioms_desktop.storage.audit import imported_audit, sealing
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import epoch, seal

EXPORT_FORMAT = 3


def audit_lines(reading: Reading) -> Iterator[str]:
    """Iterate over the lines: the database, its epochs, seals and redactions, then the entries in sealing order.

    After them come the audits of other databases that are kept beside it.
    """
    yield _line("database", id=database_id(reading), format=EXPORT_FORMAT)
    for each in sealing.epochs(reading):
        said = {name: getattr(each, name) for name in epoch.columns.keys()}  # noqa: SIM118 - columns by name
        yield _line("epoch", **said | {"opened_at": format_instant(each.opened_at)})
    for sealed in sealing.seals(reading):
        said = {name: getattr(sealed, name) for name in seal.columns.keys()}  # noqa: SIM118 - as above
        yield _line("seal", **said | {"at": format_instant(sealed.at)})
    for emptied in sealing.redactions(reading):
        yield _line("redaction", **emptied._asdict())
    for entry in sealing.audit_entries(reading):
        yield _line(
            "entry",
            **dict(zip(ENTRY_FIELDS, entry.fields, strict=True)),
            hash=entry.row_hash,
            about_salt=entry.about_salt,
            words_digest=entry.words_digest,
            words_salt=entry.words_salt,
            detail=entry.detail,
        )

    for kept in imported_audit.kept_lines(reading):
        yield _line(**kept)


def _line(part: str, **said: Any) -> str:  # noqa: ANN401 - texts and numbers
    return json.dumps({"part": part, **said}) + "\n"
