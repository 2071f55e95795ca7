"""Scripts that run in forks of one program, which has imported everything and knows the keys of some passwords."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ioms_desktop.storage import envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def script_runner(*passwords: str) -> Iterator[Callable[..., int]]:
    """Return a way to run a script in a process of its own: `run(script, *arguments) -> exit code`."""
    with subprocess.Popen(
        [sys.executable, "-m", "forked_scripts", *known(*passwords)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        tell, said = program.stdin, program.stdout

        def run(script: str, *arguments: str) -> int:
            tell.write(json.dumps([script, ["", *arguments]]) + "\n")
            tell.flush()
            return int(said.readline())

        yield run
        tell.close()


def known(*passwords: str) -> list[str]:
    """Return the arguments from which `know` derives, in another program, the keys that this one derives."""
    return [envelope.new_salt().hex(), *passwords]


def know(arguments: list[str]) -> None:
    """Derive the keys of passwords once for every fork to come, under the salt of the run's envelopes (conftest)."""
    salt = bytes.fromhex(arguments[0])
    envelope.derive_key = cache(envelope.derive_key)
    envelope.new_salt = lambda: salt
    for password in arguments[1:]:
        envelope.derive_key(password, salt, envelope.MIN_ARGON2_PARAMS)


def _serve() -> None:
    import ioms_desktop.services.database.database_admin  # noqa: PLC0415  what the scripts import, once for all

    assert ioms_desktop
    know(sys.argv[1:])
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            script, sys.argv = json.loads(line)
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what it prints is no answer
            exec(script, {"__name__": "__main__"})  # noqa: S102  the tests' own scripts
            os._exit(0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
