"""Reference data built once for all databases of the same content: to build it takes as long as many a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ioms_desktop.services.sign_in import reference_data, sign_in

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pytest

    from ioms_desktop.services.sign_in.reference_data import Rulebook
    from ioms_desktop.storage.records.read import Reading

CONTENT = (
    "SELECT name, title, source, open FROM reference_list ORDER BY name",
    "SELECT list, code, label, sort, valid_from, valid_to, CAST(extra AS text) FROM reference_code ORDER BY list, id",
    "SELECT list, code, state, valid_from, valid_to FROM code_decision ORDER BY id",
    "SELECT version, status, CAST(document AS text) FROM policy ORDER BY version",
)


def cache_by_content(patch: pytest.MonkeyPatch) -> None:
    """Let sign-in, and whoever asks the module itself, build the reference data once for the same rows."""
    build = reference_data.load_rulebook
    built: dict[Hashable, Rulebook] = {}

    def cached(reading: Reading) -> Rulebook:
        content = tuple(
            tuple(tuple(row) for row in reading.connection.exec_driver_sql(query).fetchall()) for query in CONTENT
        )
        if content not in built:
            built[content] = build(reading)
        return built[content]

    for module in (reference_data, sign_in):
        patch.setattr(module, "load_rulebook", cached)
