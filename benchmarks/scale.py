"""What one server carries, and what PostgreSQL's own ways of growing do to it: the figures of docs/scale.md.

Run `python benchmarks/scale.py`, or name parts: writers, notices, replica, audit. Each makes a server of its own, on
which saved means on the disk, and takes it away again. Ratios mean something on any machine, times do not.
"""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from floors import in_turns, seconds
from ioms_desktop.demo.build import build_demo
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.accounts.users import add_user
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.rule_runs import count_measures
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from postgres_cluster import Cluster

SAFE = "-c listen_addresses= -c wal_level=replica -c max_connections=200 -c max_wal_senders=5 -c shared_buffers=256MB"
CASES, SECONDS, ROUNDS, ENTRIES = 300, 8, 5, 1_000_000
PASSWORD, OFFICERS = "demo", "fictional-Benchmark-71"  # of people who exist for a minute
MOST = 8
WRITER = f"import sys; sys.path[:0] = {sys.path!r}; import scale; scale.write(*sys.argv[1:])"


@contextmanager
def server() -> Iterator[Cluster]:
    """Return a server on which what was said to be saved is saved."""
    cluster = Cluster.start(SAFE, ["-k"], _let_copy)
    try:
        yield cluster
    finally:
        cluster.stop()


def _let_copy(data: Path) -> None:
    with (data / "pg_hba.conf").open("a", encoding="utf-8") as rules:
        rules.write("local replication postgres trust\n")


def filled(cluster: Cluster) -> str:
    """Return a database with the demo in it."""
    location = cluster.create("scale")
    for _ in build_demo(location, cases=CASES):
        pass
    admin = sign_in(location, "admin", PASSWORD)
    for number in range(MOST):
        add_user(admin, f"officer{number}", Role.OFFICER, OFFICERS)
    admin.store.close()
    return location


# Writers --------------------------------------------------------------------------------------------------------------


def write(location: str, user: str, case_ref: str, lasts: str) -> None:
    """Record contacts as somebody signed in, one after the other, and print how long each took."""
    session = sign_in(location, user, OFFICERS)
    open_case(session, case_ref)
    end, number = time.monotonic() + float(lasts), 0
    while time.monotonic() < end:
        number += 1
        entry = RecordContact(
            request=f"{case_ref}-{number}-{time.monotonic_ns()}",
            entries=(ContactEntry(case_ref=case_ref, outcome="SEEN", note="As planned."),),
            occurred_at=DayTime(session.today()),
            planned=True,
            contact_type="OFFICE",
        )
        start = time.perf_counter()
        record_contact(session, entry)
        print(time.perf_counter() - start)
    session.store.close()


@contextmanager
def writing(location: str, people: int) -> Iterator[list[float]]:
    """Have people record contacts, each on a case and in a program of their own; gives their times in the end."""
    with psycopg.connect(location) as connection:
        query = "SELECT case_ref FROM cases WHERE closed_on IS NULL AND programme = 'IOM' ORDER BY case_ref LIMIT %s"
        refs = [row[0] for row in connection.execute(query, (people,))]
    runners = [
        subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-c", WRITER, location, f"officer{number}", ref, str(SECONDS)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, ref in enumerate(refs)
    ]
    times: list[float] = []
    yield times
    for runner in runners:
        out, _ = runner.communicate()
        assert runner.returncode == 0
        times += map(float, out.split())


def writers() -> None:
    """How many saves a second one server takes, each with rights, row-level security, audit and notice."""
    with server() as cluster:
        location = filled(cluster)
        for people in (1, 4, MOST):
            with writing(location, people) as times:
                pass
            spread = statistics.quantiles(times, n=100)
            print(
                f"{people} people without a pause: {len(times) / SECONDS:.0f} contacts a second, "
                f"half of them within {seconds(spread[49])}, 99 of 100 within {seconds(spread[98])}"
            )


# Notices --------------------------------------------------------------------------------------------------------------


def notices() -> None:
    """What a notice costs whoever saves, and how soon fifty workstations hear it."""
    with server() as cluster:
        url = cluster.create("notices")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE saved (id bigint GENERATED ALWAYS AS IDENTITY, words text)")
        insert = "INSERT INTO saved (words) VALUES ('as planned');"
        told = f"BEGIN; {insert} SELECT pg_notify('ioms_changed', repeat('x', 120)); COMMIT;"
        rates: dict[str, list[float]] = {"without": [], "with": []}
        for _ in range(3):
            rates["without"].append(_pgbench(cluster, url, f"BEGIN; {insert} COMMIT;"))
            rates["with"].append(_pgbench(cluster, url, told))
        without, with_ = (statistics.median(rates[name]) for name in ("without", "with"))
        print(
            f"8 clients without a pause: {without:.0f} bare saves a second, {with_:.0f} with a notice each: "
            f"{with_ / without:.2f} of them"
        )
        print(f"From the save to the last of 50 listeners: {_heard_after(url)}")


def _pgbench(cluster: Cluster, url: str, script: str) -> float:
    file = cluster.folder / "script.sql"
    file.write_text(script.replace("; ", ";\n"), encoding="utf-8")
    file.chmod(0o644)
    name = url.partition("?")[0].rpartition("/")[2]
    command = [
        "-n",
        "-c",
        "8",
        "-j",
        "2",
        "-T",
        "5",
        "-f",
        str(file),
        "-h",
        str(cluster.folder),
        "-U",
        "postgres",
        name,
    ]
    code, said = cluster.run(cluster.binaries / "pgbench", *command)
    assert code == 0, said
    return float(said.partition("tps = ")[2].split()[0])


def _heard_after(url: str) -> str:
    ears = [psycopg.connect(url, autocommit=True) for _ in range(50)]
    for ear in ears:
        ear.execute("LISTEN ioms_changed")
    took = []
    with psycopg.connect(url, autocommit=True) as teller:
        for _ in range(50):
            start = time.perf_counter()
            teller.execute("SELECT pg_notify('ioms_changed', 'x')")
            for ear in ears:
                assert list(ear.notifies(timeout=10, stop_after=1))
            took.append(time.perf_counter() - start)
    for ear in ears:
        ear.close()
    return f"half within {seconds(statistics.median(took))}, the slowest of 50 {seconds(max(took))}"


# A replica ------------------------------------------------------------------------------------------------------------


def replica() -> None:
    """A second server that follows: measures read there, what that spares the first, and how far behind it is."""
    with server() as cluster:
        location = filled(cluster)
        follower = cluster.folder / "follower"
        code, said = cluster.run(
            *(cluster.binaries / "pg_basebackup", "-D", follower, "-R", "-X", "stream", "-c", "fast"),
            *("-h", str(cluster.folder), "-U", "postgres"),
        )
        assert code == 0, said
        control = (cluster.binaries / "pg_ctl", "-D", follower, "-w")
        options = f"-k {cluster.folder} -c port=5433 -c listen_addresses= {SAFE}"
        code, _ = cluster.run(*control, "-l", follower / "log", "-o", options, "start", said=subprocess.DEVNULL)
        assert code == 0
        try:
            _compare(location, location.replace("?host=", "?port=5433&host="))
        finally:
            cluster.run(*control, "-m", "fast", "stop", said=subprocess.DEVNULL)


def _compare(first: str, second: str) -> None:
    here, there = (sign_in(place, "wright", PASSWORD) for place in (first, second))
    officer = sign_in(second, "officer0", OFFICERS)

    def measures(session: Session) -> Callable[[], object]:
        return lambda: count_measures(session, date(2026, 7, 1), date(2026, 9, 30))

    assert measures(here)() == measures(there)(), "both answer alike"
    ours, floor = in_turns([measures(there), measures(here)], ROUNDS)
    print(f"Measures of a quarter, {CASES} cases: {seconds(ours)} on the replica, {seconds(floor)} on the first server")
    try:
        open_case(officer, "IOM-HARKER")
    except Refused as refused:
        print(f"To open a case there is refused: {refused.sentence}")
    for place, asking in (("nowhere", None), ("on the first server", here), ("on the replica", there)):
        with writing(first, 1) as times:
            end = time.monotonic() + SECONDS
            while asking is not None and time.monotonic() < end:
                measures(asking)()
        spread = statistics.quantiles(times, n=100)
        print(
            f"Measures {place} all the time: {len(times) / SECONDS:.0f} contacts a second, "
            f"half within {seconds(spread[49])}, 99 of 100 within {seconds(spread[98])}"
        )
    for session in (here, there, officer):
        session.store.close()
    print(f"From a save to its being read on the replica: {_behind(first, second)}")


def _behind(first: str, second: str) -> str:
    took = []
    with psycopg.connect(first, autocommit=True) as here, psycopg.connect(second, autocommit=True) as there:
        here.execute("CREATE TABLE written (id int)")
        while there.execute("SELECT to_regclass('written') IS NOT NULL").fetchone() != (True,):
            time.sleep(0.01)
        for number in range(100):
            start = time.perf_counter()
            here.execute("INSERT INTO written VALUES (%s)", (number,))
            while there.execute("SELECT count(*) FROM written").fetchone() == (number,):
                pass
            took.append(time.perf_counter() - start)
    return (
        f"half within {seconds(statistics.median(took))}, the slowest of 100 {seconds(max(took))}, its commit included"
    )


# The audit by month ---------------------------------------------------------------------------------------------------

COLUMNS = """(id bigint NOT NULL, at timestamptz NOT NULL, kind text NOT NULL, actor text NOT NULL,
    actor_role text NOT NULL, workstation text NOT NULL, request text, object_type text NOT NULL,
    object_ref text NOT NULL, subject_ref text, recipient text, reason_code text, reason_text text, before json,
    after json, mark bigint, row_hash text)"""
INDEXES = ("(id)", "(subject_ref, id)", "(object_type, object_ref, id)", "(at, id)", "(mark, id)")
ROW = """g, timestamptz '2025-12-01Z' + g * interval '31 seconds', 'CONSULTATION', 'officer' || g % 50, 'officer',
    'session', NULL, 'cases', 'IOM-' || g * 7919 % 20000, 'P-' || g * 7919 % 20000, NULL, 'CASE_WORK', NULL, NULL,
    '{"on": "2026-10-15"}'::json, g, encode(sha256(g::text::bytea), 'hex')"""


JUNE = "at >= '2026-06-01Z' AND at < '2026-07-01Z'"
QUESTIONS = (
    ("who looked at a person", "SELECT * FROM {} WHERE subject_ref = 'P-77' ORDER BY id"),
    ("who looked at a person since October", "SELECT * FROM {} WHERE subject_ref = 'P-77' AND at >= '2026-10-01Z'"),
    ("entries of a day", "SELECT count(*) FROM {} WHERE at >= '2026-06-15Z' AND at < '2026-06-16Z'"),
    ("looks of a month, by officer", "SELECT actor, count(*) FROM {} WHERE " + JUNE + " GROUP BY actor"),  # noqa: S608
    ("entries to be sealed", "SELECT count(*) FROM {} WHERE mark >= 999000 AND mark < 1000000"),
)


def audit() -> None:
    """A million entries in one table and in a table for each month."""
    with server() as cluster, psycopg.connect(cluster.create("audit"), autocommit=True) as connection:
        for name in ("whole", "parted"):
            _entries(connection, name)
        for name, query in QUESTIONS:
            _ask(connection, name, query)
        later = f"INSERT INTO {{}} SELECT {ROW} FROM generate_series({ENTRIES}::bigint - 2000, {ENTRIES}) g"  # noqa: S608
        parted, whole = in_turns([_sending(connection, later, name) for name in ("parted", "whole")], ROUNDS)
        print(f"2,000 new entries: {seconds(parted)} by month, {seconds(whole)} in one table: {parted / whole:.2f}")
        _let_go(connection)


def _sending(connection: psycopg.Connection, query: str, table: str) -> Callable[[], object]:
    statement = query.replace("{}", table).encode()

    def send() -> object:
        cursor = connection.execute(statement)
        return sorted(map(str, cursor.fetchall())) if cursor.description else None

    return send


def _entries(connection: psycopg.Connection, name: str) -> None:
    parted = name == "parted"
    connection.execute(f"CREATE TABLE {name} {COLUMNS} {'PARTITION BY RANGE (at)' if parted else ''}".encode())
    for number in range(13 if parted else 0):
        begin, end = (f"{2025 + (11 + each) // 12}-{(11 + each) % 12 + 1:02}-01Z" for each in (number, number + 1))
        part = f"CREATE TABLE parted_{number} PARTITION OF parted FOR VALUES FROM ('{begin}') TO ('{end}')"
        connection.execute(part.encode())
    connection.execute(f"INSERT INTO {name} SELECT {ROW} FROM generate_series(1, {ENTRIES}::bigint) g".encode())  # noqa: S608
    for columns in INDEXES:
        connection.execute(f"CREATE INDEX ON {name} {columns}".encode())
    connection.execute(f"VACUUM ANALYZE {name}".encode())


def _ask(connection: psycopg.Connection, name: str, query: str) -> None:
    ours, floor = (_sending(connection, query, table) for table in ("parted", "whole"))
    assert ours() == floor(), "both answer alike"
    parted, whole = in_turns([ours, floor], ROUNDS)
    plan = "".join(row[0] for row in connection.execute(f"EXPLAIN {query.format('parted')}".encode()))
    touched = len(set(re.findall(r"on (parted_\d+)", plan)))
    print(
        f"{name}: {seconds(parted)} by month ({touched} of 13 parts), {seconds(whole)} in one table: "
        f"{parted / whole:.2f}"
    )


def _let_go(connection: psycopg.Connection) -> None:
    start = time.perf_counter()
    connection.execute("DROP TABLE parted_6")
    dropped = time.perf_counter() - start
    start = time.perf_counter()
    connection.execute(f"DELETE FROM whole WHERE {JUNE}".encode())  # noqa: S608 - our own words
    connection.execute("VACUUM whole")
    print(f"To let a month go: {seconds(dropped)} by month, {seconds(time.perf_counter() - start)} in one table")


PARTS = {"writers": writers, "notices": notices, "replica": replica, "audit": audit}


def main() -> None:
    """Measure what the command line names."""
    for name in sys.argv[1:] or PARTS:
        print(f"# {name}", flush=True)
        PARTS[name]()


if __name__ == "__main__":
    main()
