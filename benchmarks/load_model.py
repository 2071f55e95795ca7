"""The load model of docs/scale.md: what each act of a working day asks of a server, and what three sizes of it need.

Run `python benchmarks/load_model.py --cases 5000 20000`. It does each act once in a real session on a server of its own
with a book of that size, records the statements that the program sends, makes a script of them for pgbench that takes
another case each time, runs each script, and multiplies what an act took of the server's processors by how often people
do it. `--keep FOLDER` keeps the scripts, to be run against another server with that book. Because the scripts are made
from what is sent, they cannot say anything that the program no longer does.
"""

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from books import PASSWORD
from floors import seconds
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.results import read_rule_work
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from postgres_cluster import Cluster
from rights_floor import fill_server, first
from scale import server

USER, CONTACTS, CLIENTS, SECONDS = "officer0", 10, 2, 10
REQUEST = "load-model"
SIZES = (("a force", 5_000, 150), ("a region", 50_000, 1_500), ("England and Wales", 400_000, 20_000))
"""Each with its cases and its people."""
HOURS = 1_600
"""Hours that somebody works in a year."""
HALF = 0.5
"""The share of a server's processors that is to be in use at most, so that a busy minute finds room."""
CASE, PERSON = "C0000002", "P0000002"
"""The case that is recorded, and its person; others end with 2, are as open, and restricted to nobody."""
MOVED = {CASE: "('C' || lpad(':n', 7, '0'))", PERSON: "('P' || lpad(':n', 7, '0'))"}


@dataclass(frozen=True, slots=True)
class Act:
    """Something that people do.

    Attributes:
        name: In words.
        do: Does it once.
        hourly: How often somebody does it in an hour at work. What a window reads by itself is counted too.
    """

    name: str
    do: Callable[[Session], object]
    hourly: float


def _contact(session: Session) -> None:
    open_case(session, CASE)  # without which the server takes nothing for it
    entry = RecordContact(
        request=REQUEST,
        entries=(ContactEntry(case_ref=CASE, outcome="SEEN", note="As planned."),),
        occurred_at=DayTime(session.today()),
        planned=True,
        contact_type="OFFICE",
    )
    record_contact(session, entry)


ACTS = (
    Act("open a case", lambda session: open_case(session, CASE), 6),
    Act("first screen of the caseload", first, 12),
    Act("quick search, one word", lambda session: find_people_and_cases(session, "thackl"), 15),
    Act("open a case and record a contact", _contact, 6),
    Act("Today, read again", read_rule_work, 12),
)
"""An assumption, on the high side: a contact every ten minutes, a look at something every minute or so."""


# From a session to a script -------------------------------------------------------------------------------------------


@contextmanager
def recorded() -> Iterator[list[tuple[int, str]]]:
    """Return a list to which each statement that is sent is added, as it reads there, with its connection."""
    said: list[tuple[int, str]] = []

    def add(connection: Connection, statement: str) -> None:
        said.append((id(connection.connection.dbapi_connection), statement))

    def sent(connection: Connection, cursor: object, statement: Any, values: Any, *_: object) -> None:  # noqa: ANN401 - the driver's
        driver: Any = connection.connection.dbapi_connection
        add(connection, psycopg.ClientCursor(driver).mogrify(statement, values))
        del cursor

    told: dict[str, Callable[..., None]] = {
        "begin": lambda connection: add(connection, "BEGIN"),
        "commit": lambda connection: add(connection, "COMMIT"),
        "rollback": lambda connection: add(connection, "ROLLBACK"),
        "before_cursor_execute": sent,
    }
    for name, listener in told.items():
        event.listen(Engine, name, listener)
    try:
        yield said
    finally:
        for name, listener in told.items():
            event.remove(Engine, name, listener)


def script(said: list[tuple[int, str]], cases: int, fresh: dict[str, str]) -> str:
    """Write a script of recorded statements for pgbench.

    A transaction over a second connection within one, the opening of a case, is put before it, for a client of pgbench
    has one connection; it commits by itself, which ends as a rollback of nothing. What is sent to the driver without a
    transaction commits by itself, too.

    Args:
        said: The statements, each with its connection.
        cases: How many cases the book has; each run takes another.
        fresh: What must be another value in each run, with what stands in its place.
    """
    begun: dict[int, list[str]] = {}
    lines: list[str] = []
    for connection, statement in said:
        if statement == "BEGIN":
            begun[connection] = []
        elif statement == "COMMIT":
            lines += ["BEGIN", *begun.pop(connection), "COMMIT"]
        elif statement == "ROLLBACK":
            lines += begun.pop(connection)
        else:
            begun.get(connection, lines).append(statement)
    text = "".join(f"{' '.join(each.split())};\n" for each in lines)
    for former, present in (*fresh.items(), *((f"'{ref}'", by) for ref, by in MOVED.items())):
        text = text.replace(former, present)
    return f"\\set k random(0, {cases // 10 - 1})\n\\set n 10 * :k + 2\n\\set r random(1, 1000000000000)\n{text}"


def scripts(location: str, cases: int) -> dict[str, str]:
    """Do each act once in a session, and return its script by its name."""
    session = sign_in(location, USER, PASSWORD)
    read_rule_work(session)  # the first reading of a book keeps the results of every case
    open_case(session, CASE)
    made = {}
    for act in ACTS:
        with recorded() as said:
            act.do(session)
        with psycopg.connect(location) as owner:
            refs = owner.execute("SELECT contact_ref FROM contacts ORDER BY id DESC LIMIT 1").fetchone()
            requests = [row[0] for row in owner.execute("SELECT id FROM request ORDER BY at DESC LIMIT 2")]
        assert refs is not None
        unique = {f"'{each}'": f"'load-{n}-:client_id-:r'" for n, each in enumerate((refs[0], *requests))}
        made[act.name] = script(said, cases, unique)
    session.store.close()
    return made


# Running it -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """What a script took.

    Attributes:
        cpu: Seconds of the server's processors for one act.
        latency: Seconds until one act was done, on average.
    """

    cpu: float
    latency: float


def run(cluster: Cluster, location: str, text: str, lasts: int = SECONDS) -> Taken:
    """Run a script with two clients for some seconds."""
    file = cluster.folder / "act.sql"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o644)
    name = location.partition("?")[0].rpartition("/")[2]
    before = _spent(cluster)
    code, said = cluster.run(
        *(cluster.binaries / "pgbench", "-n", "-c", str(CLIENTS), "-T", str(lasts), "-f", str(file)),
        *("-h", str(cluster.folder), "-U", USER, name),
        environment={"PGPASSWORD": PASSWORD},
    )
    assert code == 0, said
    done = int(said.partition("actually processed: ")[2].split()[0].partition("/")[0])
    assert "number of failed transactions: 0 " in said, said
    latency = float(said.partition("latency average = ")[2].split()[0]) / 1e3
    return Taken((_spent(cluster) - before) / done, latency)


def _spent(cluster: Cluster) -> float:
    """Return the seconds of processor time of every connection that has ended, which the first process keeps."""
    first_of_all = (cluster.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
    children = Path(f"/proc/{first_of_all}/task/{first_of_all}/children")
    while any(_is_ending(child) for child in children.read_text(encoding="utf-8").split()):
        time.sleep(0.01)
    fields = Path(f"/proc/{first_of_all}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    children_user, children_system = 13, 14
    return (int(fields[children_user]) + int(fields[children_system])) / 100


def _is_ending(process: str) -> bool:
    """Whether a process serves a client who has left, or has ended and is not counted yet."""
    try:
        title = Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return False
    return not title or USER in title


def measure(cases: int, keep: Path | None = None, lasts: int = SECONDS) -> dict[str, Taken]:
    """Measure each act with a book of so many cases."""
    with server() as cluster:
        location = fill_server(cluster, "load", {USER: Role.OFFICER}, cases, CONTACTS)
        made = scripts(location, cases)
        with psycopg.connect(location, autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE")
            size = owner.execute("SELECT pg_database_size(current_database())").fetchone()
        print(f"# {cases} cases with {CONTACTS} contacts each: {size[0] / 1e6:.0f} MB" if size else "")
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            for name, text in made.items():
                (keep / f"{name.replace(',', '').replace(' ', '_')}.sql").write_text(text, encoding="utf-8")
        taken = {name: run(cluster, location, text, lasts) for name, text in made.items()}
    for name, each in taken.items():
        print(f"{name}: {seconds(each.cpu)} of a processor, {seconds(each.latency)} until it is done")
    return taken


def say_sizes(found: dict[int, dict[str, Taken]]) -> None:
    """Print how many processors each size needs; what grows with the book is carried on along a straight line."""
    small, large = min(found), max(found)
    for name, cases, people in SIZES:
        total = {}
        for act in ACTS:
            low, high = found[small][act.name].cpu, found[large][act.name].cpu
            slope = max(0.0, (high - low) / (large - small)) if large > small else 0.0
            total[act.name] = people * act.hourly / 3_600 * (low + slope * (cases - small))
        cores = math.ceil(sum(total.values()) / HALF)
        most = max(total, key=lambda each: total[each])
        saves = people * next(act.hourly for act in ACTS if act.do is _contact)
        print(
            f"{name}, {cases} cases, {people} people: {sum(total.values()):.2f} processors at work, {cores} to have; "
            f"most of it: {most} ({total[most] / sum(total.values()):.0%}); {saves / 3_600:.1f} saves a second, "
            f"{saves * HOURS / 1e6:.1f} million a year; {3 * people} connections"
        )


def main() -> None:
    """Measure with the sizes that the command line names."""
    parser = argparse.ArgumentParser(description="Measure what the acts of a working day ask of a server.")
    parser.add_argument("--cases", type=int, nargs="+", default=[5_000, 20_000])
    parser.add_argument("--keep", type=Path, help="a folder for the scripts")
    given = parser.parse_args()
    say_sizes({cases: measure(cases, given.keep) for cases in given.cases})


if __name__ == "__main__":
    main()
