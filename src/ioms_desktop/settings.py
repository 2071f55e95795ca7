"""Settings of this machine and this start: the database, the user, and the look of the window."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ioms_desktop.services.user_paths import last_database, settings_folder

IDLE_LOCK_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one start.

    Attributes:
        database: A path or the URL of a shared database; None where none was ever opened.
        user: Who is likely to sign in; empty where nobody is named.
        window_file: Where places, columns and the theme of the window are kept.
        log_file: Where faults are written, without names or notes.
        lock_reason: Why the process before this one locked its window, and whether it kept what was typed; empty for
            none.
        idle_seconds: After how long without a key or the mouse the window is locked.
    """

    database: str | None
    user: str
    window_file: Path
    log_file: Path
    lock_reason: str = ""
    idle_seconds: float = IDLE_LOCK_SECONDS

    @classmethod
    def read(cls, database: str | None = None, user: str | None = None) -> Self:
        """Read the settings: the command line wins over the environment, which wins over the last use.

        Args:
            database: As given on the command line.
            user: As given on the command line.
        """
        folder = settings_folder()
        return cls(
            database=database or os.environ.get("IOMS_DATABASE") or last_database(),
            user=user or os.environ.get("IOMS_USER") or "",
            window_file=folder / "window.ini",
            log_file=folder / "ioms-desktop.log",
            lock_reason=os.environ.pop("IOMS_LOCKED", ""),
        )
