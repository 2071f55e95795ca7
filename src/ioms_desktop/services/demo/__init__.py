"""A fictional caseload of both programmes, the same for the same seed, with one user of every role.

The two people of the worked example stand in `resources/demo/worked_example` as exchange files; the others follow
courses that such cases take. All of it comes in through the import, so that every rule has been kept.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from ioms_desktop.domain.access import Role
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.nouns import BY_TABLE
from ioms_desktop.domain.record import columns
from ioms_desktop.paths import resource
from ioms_desktop.services.databases import add_first_user
from ioms_desktop.services.demo import iom, phoenix
from ioms_desktop.services.demo.book import DAY, LAST, Book, CaseBook, Row
from ioms_desktop.services.demo.names import born, somebody
from ioms_desktop.services.desk import now
from ioms_desktop.services.imports import run_import
from ioms_desktop.services.passwords import protect
from ioms_desktop.services.session import sign_in
from ioms_desktop.storage import fiction
from ioms_desktop.storage.migrate import create

PASSWORD = "demo"  # noqa: S105 - fictional data, said on every screen
SUPERVISOR = "wright"
USERS: tuple[tuple[str, Role], ...] = (
    ("adeyemi", Role.OFFICER),
    ("okoro", Role.NAVIGATOR),
    (SUPERVISOR, Role.SUPERVISOR),
    ("patel", Role.SUPERVISOR),
    ("holt", Role.COORDINATOR),
    ("partner", Role.PARTNER),
    ("analyst", Role.ANALYST),
    ("auditor", Role.AUDITOR),
    ("admin", Role.ADMINISTRATOR),
)
LEAST = 2
YEAR = 365


def build_demo(location: str, *, cases: int = 60, seed: int = 1, clock: Callable[[], datetime] = now) -> Iterator[str]:
    """Build the demo where nothing is, or in place of an earlier demo.

    Args:
        location: A path, or the URL of an empty shared database.
        cases: How many cases, the two of the worked example included.
        seed: The same seed gives the same data.
        clock: What the time is, in UTC.

    Returns:
        What was done and who may sign in, line by line.

    Raises:
        Refused: Something else is there, or fewer than two cases are asked for.
    """
    if cases < LEAST:
        raise Refused(f"A demo has at least {LEAST} cases, those of the worked example. Ask for more.")
    fiction.clear_away(location)
    create(location)
    protected = protect(PASSWORD)
    for name, role in USERS:
        add_first_user(location, name, role, protected, clock())
    desk = sign_in(location, SUPERVISOR, PASSWORD, clock=clock)
    try:
        fiction.mark(desk.store, desk.act())
        first, corrected = demo_tables(cases, seed)
        for tables in (first, corrected):
            with _folder(tables) as folder:
                report = run_import(desk, folder)
            if report.rejected:
                problem = next(report.rejects())
                raise Refused(f"The demo cannot be built: {problem.file}, line {problem.line}: {problem.reason}")
    finally:
        desk.store.close()
    return _said(location, len(first["cases"]))


def _said(location: str, cases: int) -> Iterator[str]:
    yield f"Built {location}: {cases} fictional cases of both programmes. Nobody in it is real."
    yield f"Sign in with the password {PASSWORD} as:"
    for name, role in USERS:
        yield f"  {name:<10} {role}"


def demo_tables(cases: int, seed: int) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """Give the rows of the exchange files, and those that are corrected afterwards."""
    book = Book(Random(seed))  # noqa: S311 - fiction, no secret
    for table, rows in _worked_example().items():
        book.tables[table] = list(rows)
    for number in range(1, cases - LEAST + 1):
        _case(book, number)
    return book.tables, _corrections(book.tables)


def _case(book: Book, number: int) -> None:
    """Write one case of about a year: two in five on Phoenix, among them a child of 15 and one turning 18."""
    rng = book.rng
    on_phoenix = number % 5 in {1, 3}
    on = LAST - DAY * rng.randint(75, YEAR)
    if on_phoenix:
        age = {1: 15, 3: 17}.get(number, rng.choice((15, 16, 17, 17, 18, 19, 21, 24)))
        born_on = date(LAST.year - 18, LAST.month, 28) if number == 3 else born(rng, age, on)  # noqa: PLR2004 - the third turns 18
        who = somebody(rng, number, born_on, child=age < phoenix.ADULT)
        courses, ref, programme = phoenix.COURSES, f"PHX-{number:04d}", "PHOENIX"
    else:
        who = somebody(rng, number, born(rng, rng.randint(19, 46), on))
        courses, ref, programme = iom.COURSES, f"IOM-{number:04d}", "IOM"
    book.add("people", **who.row)
    course = courses[(number * 2 // 5 if on_phoenix else number * 3 // 5) % len(courses)]
    course(CaseBook(book, who, ref, programme), on)


def _corrections(tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Correct a few missed contacts that were ours: one trigger is withdrawn, a decided one is to be reviewed."""
    missed = [
        row for row in tables["contacts"] if row["outcome"] == "FAILED_TO_ATTEND" and row["contact_ref"][:3] == "CT-"
    ]
    decided = {row["case_ref"] for row in tables.get("decisions", []) if row.get("rule") == "missed_contacts"}
    chosen: list[Row] = []
    for wanted in (True, False):
        refs = sorted({row["case_ref"] for row in missed if (row["case_ref"] in decided) is wanted})
        if refs:
            last = [row for row in missed if row["case_ref"] == refs[-1]][-1]
            chosen.append({**last, "outcome": "CANCELLED_BY_US", "note": "Corrected: the navigator was ill."})
    return {"contacts": chosen}


def _worked_example() -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {}
    for path in sorted(resource("demo", "worked_example").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables


@contextmanager
def _folder(tables: dict[str, list[Row]]) -> Iterator[Path]:
    with TemporaryDirectory(prefix="ioms-demo-") as name:
        for table, rows in tables.items():
            header = [column.name for column in columns(BY_TABLE[table])]
            with Path(name, f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, header, restval="")
                writer.writeheader()
                writer.writerows(rows)
        yield Path(name)
