"""Resolve the dependencies of pyproject.toml into hashed lock files, for every system and without any address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = (
    sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
)  # fmt: skip
EVERYTHING = "requirements/dev.txt"
LOCKS = {
    # The first is the whole; the others are parts of it at the same versions.
    EVERYTHING: ("pyproject.toml", "--group", "dev"),
    "requirements/run.txt": ("pyproject.toml", "--constraint", EVERYTHING),
    "requirements/build.txt": ("--group", "build", "--constraint", EVERYTHING),
    "requirements/freeze.txt": ("--group", "freeze", "--constraint", EVERYTHING),
    "requirements/postgres-wheel.txt": ("--group", "postgres-wheel", "--constraint", EVERYTHING),
}


def main() -> None:
    """Write every lock file; versions that are locked already stay unless `--upgrade` is given."""
    for output, source in LOCKS.items():
        subprocess.run([*COMPILE, *source, "--output-file", output, *sys.argv[1:]], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
