"""Run the long tests: the same proofs as every day's, many more times, and then what is tried on Windows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2


def main() -> int:
    """Run them; with arguments for pytest, the long tests alone."""
    command = [sys.executable, "-m", "pytest", "-n", str(WORKERS), "tests_long", *sys.argv[1:]]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, check=False, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL).returncode
    if sys.argv[1:]:
        return done
    windows = [sys.executable, "-m", "tools.check_windows"]
    return subprocess.run(windows, check=False, cwd=ROOT, stdin=subprocess.DEVNULL).returncode or done


if __name__ == "__main__":
    sys.exit(main())
