"""What Tryton's server takes for a list of parties, one saved party and an import, by the Python it is installed for.

`peers.py` starts it: a folder to keep its database in and how many parties, as arguments; it prints seconds of
processor time as JSON. In one process, by Tryton's own models, without a network between.
"""

import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

NAME, ROUNDS, PAGE = "peer", 5, 200
PASSWORD = "fictional-Benchmark-71"  # noqa: S105 - of a user who exists for a minute


def make(folder: Path) -> None:
    """Make a database with the module of parties, as an administrator does."""
    settings, secret = folder / "trytond.conf", folder / "secret"
    settings.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n", encoding="utf-8")
    secret.write_text(PASSWORD, encoding="utf-8")
    with closing(connect(folder / f"{NAME}.sqlite")):
        pass  # Tryton fills a database that is there
    admin = Path(sys.executable).with_name("trytond-admin")
    subprocess.run(  # noqa: S603 - Tryton's own program
        [str(admin), "-c", str(settings), "-d", NAME, "-u", "party", "--activate-dependencies", "--email", "a@b.test"],
        env=os.environ | {"TRYTONPASSFILE": str(secret)},
        check=True,
        capture_output=True,
    )
    importlib.import_module("trytond.config").update_etc(str(settings))


def main(folder: Path, people: int) -> None:
    """Measure."""
    make(folder)
    pool_class: Any = importlib.import_module("trytond.pool").Pool
    transaction: Any = importlib.import_module("trytond.transaction").Transaction
    pool_class.start()
    pool = pool_class(NAME)
    pool.init()
    rows = [[f"{number * 7919 % people:06} Fictional"] for number in range(people)]
    taken: dict[str, list[float]] = {"import": [], "list": [], "save": []}
    for work, rounds in (("import", 1), ("list", ROUNDS), ("save", ROUNDS)):
        for _ in range(rounds):
            with transaction().start(NAME, 1) as current:
                party = pool.get("party.party")
                begun = time.process_time()
                if work == "import":
                    party.import_data(["name"], rows)
                elif work == "list":
                    found = party.search([], limit=PAGE, order=[("name", "ASC")])
                    party.read([each.id for each in found], ["name", "code", "active"])
                else:
                    party.create([{"name": "One more"}])
                current.commit()
                taken[work].append(time.process_time() - begun)
    print(json.dumps({work: statistics.median(times) for work, times in taken.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
