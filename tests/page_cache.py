"""The pages of a local file, verified once: most tests open a copy of the same file, and nothing is in its log yet."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from ioms_desktop.storage.sqlite import page_check

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from sqlalchemy import Engine


def share_verified_pages(patched: pytest.MonkeyPatch) -> None:
    """Let a file with the same bytes as one that was verified pass; whatever else it holds is verified as ever."""
    verified: set[bytes] = set()
    refuse_damaged_pages = page_check.refuse_damaged_pages

    def refuse_if_new(engine: Engine, path: Path) -> None:
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            refuse_damaged_pages(engine, path)
            return
        content = sha256(path.read_bytes()).digest()
        if content not in verified:
            refuse_damaged_pages(engine, path)
            verified.add(content)

    patched.setattr(page_check, "refuse_damaged_pages", refuse_if_new)
