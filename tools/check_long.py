"""Run the long tests: the same proofs as every day's, many more times, and then what is tried on Windows.

Tests of `tests/` that try a few of many instances each day (marked `sampled`) are run with all of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2


def main() -> int:
    """Run them; with arguments for pytest, the long tests alone."""
    done = run_tests("tests_long", *sys.argv[1:])
    if sys.argv[1:]:
        return done
    whole = run_tests("tests", "-m", "sampled", IOMS_TEST_THOROUGHLY="1")
    windows = [sys.executable, "-m", "tools.check_windows"]
    return subprocess.run(windows, check=False, cwd=ROOT, stdin=subprocess.DEVNULL).returncode or whole or done


def run_tests(*arguments: str, **environment: str) -> int:
    """Run pytest with arguments, and return its exit code."""
    command = [sys.executable, "-m", "pytest", "-n", str(WORKERS), *arguments]
    everything = os.environ | {"QT_QPA_PLATFORM": "offscreen"} | environment
    return subprocess.run(command, check=False, cwd=ROOT, env=everything, stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main())
