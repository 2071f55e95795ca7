"""Open the application on fictional data; without a display, put what it would show and print into out/."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"
DATABASE = OUT / "demo.ioms"
APPLICATION = (sys.executable, "-m", "ioms_desktop")
# One of the users whom `demo` creates, who may print; the password is the same for all of them and no secret.
SIGN_IN = {"IOMS_USER": "wright", "IOMS_PASSWORD": "demo"}
PRINTED = 5
"""Case summaries that are enough to see what the paper looks like."""


def main() -> int:
    """Show the demo in a window or in files."""
    if has_display():
        # A database that the user works with is named in the environment, and is not the place for a demo.
        settings = {name: value for name, value in os.environ.items() if not name.startswith("IOMS_")}
        os.execve(sys.executable, [*APPLICATION, "demo"], settings)  # noqa: S606  what follows is the application itself
    print("There is no display here, so the demo goes into out/ instead of a window.", flush=True)
    return in_files()


def has_display() -> bool:
    """Say whether a window can be shown; on Linux that needs a display server."""
    return not sys.platform.startswith("linux") or any(os.environ.get(d) for d in ("DISPLAY", "WAYLAND_DISPLAY"))


def in_files() -> int:
    """Build the demo's database, print case summaries and draw every screen."""
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob(f"{DATABASE.name}*"):
        old.unlink()
    database = ("--database", str(DATABASE))
    call("demo", "--no-window", *database)
    listed = json.loads(call("triggers", "--open", *database, "--format", "json", read=True))
    cases = list(dict.fromkeys(trigger["case_ref"] for trigger in listed["triggers"]))[:PRINTED]
    paper = ("--audience", "full", "--reason", "CASE_CONFERENCE", "--out", str(OUT / "case-summaries"))
    call("print", "case-summary", *cases, *database, *paper)
    call("screenshots", str(OUT / "screenshots"))
    print(f"{len(cases)} case summaries are in out/case-summaries, every screen is in out/screenshots.")
    return 0


def call(*arguments: str, read: bool = False) -> str:
    """Run the application without a window; its own sentence says what went wrong, if anything does.

    Args:
        arguments: What would be typed after `ioms-desktop`.
        read: Keep what it prints from the screen and give it back.
    """
    # The user's own note of the database opened last is left alone.
    own = {"QT_QPA_PLATFORM": "offscreen", "IOMS_SETTINGS": str(OUT / "settings")}
    environment = os.environ | SIGN_IN | own
    done = subprocess.run(
        [*APPLICATION, *arguments],
        check=False,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if read else None,
        text=True,
    )
    if done.returncode != 0:
        sys.exit(done.returncode)
    return done.stdout or ""


if __name__ == "__main__":
    sys.exit(main())
