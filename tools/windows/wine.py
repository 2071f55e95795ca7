"""Wine: a Windows of the project's own in a folder, and programs run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.set_up import apt_install

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WINE = (Path("/usr/lib/wine/wine64"), Path("/usr/bin/wine64"))
"""Not Debian's script `wine`, which wants the 32-bit half as well."""
PROGRAMS = {
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64",
}
"""What is needed beside Wine, and Debian's package for each."""
OWN_RIGHTS = 0o077
"""Files are made as in a Windows user's own folder, where no other account is let in."""
KEPT_FROM_WINDOWS = ("QT_", "TEMP", "TMP")
"""Variables that Wine passes on under a name that begins with WINE, because they mean something to its own system."""
SHARE_DRIVE = "N:\\"
"""A drive letter that Windows is told leads to a share."""


class WineMissingError(Exception):
    """There is no Wine here and none can be installed; the message says what is missing."""


def find_wine() -> Path:
    """Find Wine, or install it where that is allowed.

    Raises:
        WineMissingError: There is none.
    """
    if missing() and not apt_install(["wine", "wine64", "xauth", *PROGRAMS.values()]):
        names = " ".join(["wine64", *PROGRAMS.values()])
        raise WineMissingError(
            f"{', '.join(missing())} cannot be installed here; on Debian as root: apt-get install {names}"
        )
    if missing():
        raise WineMissingError(f"{', '.join(missing())} is not where Debian's packages put it")
    return next(each for each in WINE if each.exists())


def missing() -> list[str]:
    """Name the programs that are not there."""
    wine = [] if any(each.exists() for each in WINE) else ["wine64"]
    return wine + [name for name in PROGRAMS if shutil.which(name) is None]


@dataclass(frozen=True)
class Windows:
    """A Windows in a folder.

    Attributes:
        wine: The program that runs it.
        folder: Where everything is kept: the drive C:, Windows' Python, downloads, results.
        display: The X display it draws on.
    """

    wine: Path
    folder: Path
    display: str

    @property
    def prefix(self) -> Path:
        """The folder of the registry and the drives."""
        return self.folder / "prefix"

    @property
    def python(self) -> Path:
        """The folder of Windows' Python."""
        return self.folder / "python"

    @property
    def site(self) -> Path:
        """Where that Python's packages are."""
        return self.python / "Lib" / "site-packages"

    @property
    def system(self) -> Path:
        """The folder of the system's libraries."""
        return self.prefix / "drive_c" / "windows" / "system32"

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a program: nothing of the user's own settings of this program."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("IOMS_", "PYTHON", "QT_"))}
        given = {f"WINE{name}" if name.startswith(KEPT_FROM_WINDOWS) else name: value for name, value in more.items()}
        return kept | {
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
            "DISPLAY": self.display,
            "PYTHONDONTWRITEBYTECODE": "1",
            **given,
        }

    def start(self, program: str | Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start a program; Wine 8 takes no stream but a pipe."""
        return subprocess.Popen(
            [str(self.wine), str(program), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=self.environment(more),
            umask=OWN_RIGHTS,
        )

    def run(self, program: str | Path, *arguments: str, seconds: float = 120, **more: str) -> tuple[int, str]:
        """Run a program to its end, and give its exit status and all it wrote."""
        with self.start(program, *arguments, **more) as started:
            try:
                said, _ = started.communicate("", timeout=seconds)
            except subprocess.TimeoutExpired:
                started.kill()
                return 124, f"It had not ended after {seconds:.0f} seconds."
        return started.returncode, said

    def run_python(self, *arguments: str, seconds: float = 120, **more: str) -> tuple[int, str]:
        """Run Windows' Python."""
        return self.run(self.python / "python.exe", *arguments, seconds=seconds, **more)

    def lines(self, *arguments: str, seconds: float, **more: str) -> Iterator[str]:
        """Run Windows' Python and give each line as it is written; the last is its exit status alone."""
        with self.start(self.python / "python.exe", *arguments, **more) as started:
            watch = threading.Timer(seconds, started.kill)
            watch.start()
            try:
                if started.stdin is not None and started.stdout is not None:
                    started.stdin.close()
                    yield from (line.rstrip() for line in started.stdout)
            finally:
                watch.cancel()
        yield str(started.returncode)


def windows_path(path: Path) -> str:
    """Name a file of this system as Windows does: Wine shows the root as drive Z."""
    return "Z:" + str(path).replace("/", "\\")


def start_display(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start an X server of our own on a free display, which it chooses itself."""
    told, tells = os.pipe()
    server = subprocess.Popen(
        [shutil.which("Xvfb") or "Xvfb", "-displayfd", str(tells), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=[tells],
        stdout=subprocess.DEVNULL,
        stderr=(folder / "display.log").open("w"),
    )
    os.close(tells)
    with os.fdopen(told) as number:
        return server, f":{number.readline().strip()}"
