"""What Tryton's server takes for a list of parties, one saved party and an import, by the Python it is installed for.

`peers.py` starts it, with a folder to keep its database in and how many parties as arguments, and says when to do what.
A user without administration rights signs in, to whose group the access lists let parties and
addresses. What Tryton's own client would send for it goes through the server's dispatcher, in the process and without
a network: a session that is checked, rights that are checked, JSON in both directions. For the list that is the search
and the columns of the list's view, with what the client asks besides (whether each may be changed or removed); it
leaves out the count, which the client asks for too where there are more. For the save it is the creation alone, without
the default values before and the reading after it. Of itself Tryton syncs a file at its checkpoints only. Here it does
so at each commit, as ours does, so that what either says is saved is on the disk.
"""

import base64
import importlib
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

from peer_turns import serve

NAME, PAGE = "peer", 200
PASSWORD = "fictional-Benchmark-71"  # noqa: S105 - of a user who exists for a minute
COLUMNS = ("code", "name", "lang", "lang.rec_name", "rec_name", "_timestamp", "_write", "_delete")
POSTCODE = "LE1 1ZZ"


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


def sync_each_commit() -> None:
    """Have every connection to the database's file wait for the disk at each commit."""
    database: Any = importlib.import_module("trytond.backend.sqlite.database").Database
    connect = database.connect

    def connect_durably(self: Any) -> Any:  # noqa: ANN401 - Tryton's own
        is_new = self._conn is None
        connect(self)
        if is_new:
            self._conn.execute("PRAGMA synchronous = FULL")
        return self

    database.connect = connect_durably


def add_officer() -> None:
    """Let a user in whose group may read and write parties and their addresses, and nobody else."""
    pool_class: Any = importlib.import_module("trytond.pool").Pool
    transaction: Any = importlib.import_module("trytond.transaction").Transaction
    pool_class.start()
    pool = pool_class(NAME)
    pool.init()
    with transaction().start(NAME, 1) as current:
        (group,) = pool.get("res.group").create([{"name": "Officers"}])
        pool.get("ir.model.access").create(
            [
                {"model": model, "group": of, **dict.fromkeys(("perm_read", "perm_write", "perm_create"), may)}
                for model in ("party.party", "party.address")
                for of, may in ((None, False), (group.id, True))
            ]
        )
        officer = {"name": "Officer", "login": "officer", "password": PASSWORD, "groups": [("add", [group.id])]}
        pool.get("res.user").create([officer])
        current.commit()


class Client:
    """Calls the server as its client does, and reads the answers."""

    def __init__(self) -> None:
        """Sign in."""
        importlib.import_module("trytond.protocols.dispatcher")
        self._json: Any = importlib.import_module("trytond.protocols.jsonrpc")
        self._client = importlib.import_module("werkzeug.test").Client(importlib.import_module("trytond.wsgi").app)
        self._headers = {"Content-Type": "application/json"}
        user, session, *_ = self._call("common.db.login", "officer", {"password": PASSWORD}, "en")
        signed = base64.b64encode(f"officer:{user}:{session}".encode()).decode()
        self._headers["Authorization"] = f"Session {signed}"
        self._context = self._call("model.res.user.get_preferences", True, {})

    def ask(self, method: str, *given: object) -> Any:  # noqa: ANN401 - whatever the method gives
        """Call a method of parties."""
        return self._call(f"model.party.party.{method}", *given, self._context)

    def _call(self, method: str, *given: object) -> Any:  # noqa: ANN401 - as above
        asked = json.dumps({"id": 1, "method": method, "params": given}, cls=self._json.JSONEncoder)
        answer = self._client.post(f"/{NAME}/rpc/", data=asked, headers=self._headers)
        return json.loads(answer.text, object_hook=self._json.JSONDecoder())["result"]


def main(folder: Path, people: int) -> None:
    """Serve the jobs."""
    make(folder)
    sync_each_commit()
    add_officer()
    client = Client()
    rows = [[f"{number * 7919 % people:06} Fictional", POSTCODE] for number in range(people)]
    person = {"name": "One more", "addresses": [["create", [{"postal_code": POSTCODE}]]]}

    def first_page() -> None:
        found = client.ask("search", [], 0, PAGE, [["name", "ASC"]])
        client.ask("read", found, COLUMNS)

    serve(
        {
            "import": lambda: client.ask("import_data", ["name", "addresses/postal_code"], rows),
            "list": first_page,
            "save": lambda: client.ask("create", [person]),
        }
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
