"""Run the long tests: the same proofs as every day's, many more times; what was measured is the last thing said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2


def main() -> int:
    """Run them and answer as pytest did."""
    command = [sys.executable, "-m", "pytest", "-n", str(WORKERS), "tests_long", *sys.argv[1:]]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(command, check=False, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main())
