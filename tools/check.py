"""Run every check, then every test; the tests come last so that their count is the last thing said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE = (sys.executable, "-m")
CHECKS = {
    "format": (*MODULE, "ruff", "format", "--check", "--quiet", "."),
    "ruff": (*MODULE, "ruff", "check", "--quiet", "."),
    "types": (*MODULE, "mypy"),
    "layers": (str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"),
}
WORKERS = 2


def main() -> int:
    """Run them all, even after a failure, and say which failed."""
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    if failed:
        print(f"\nThese checks failed, see above: {', '.join(failed)}", flush=True)
    tests = (*MODULE, "pytest", "-n", str(WORKERS), *sys.argv[1:])
    return 0 if passes("tests", tests) and not failed else 1


def passes(name: str, command: tuple[str, ...]) -> bool:
    """Run one check with its words on screen."""
    print(f"\n--- {name}", flush=True)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(command, check=False, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
