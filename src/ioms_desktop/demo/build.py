"""A fictional caseload of both programmes, the same for the same seed, with one user of every role.

The two people of the worked example stand in `resources/demo/worked_example` as exchange files; the others follow
courses that such cases take. All of it comes in through the import, so that every rule has been kept: one import a
month, as of a team that sends its spreadsheets when the month is over, and one more that puts a few records right.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import uuid4

from ioms_desktop.demo import iom, phoenix
from ioms_desktop.demo.book import ADULT, DAY, LAST, Book, CaseBook, Tables, workday
from ioms_desktop.demo.months import Sending, monthly
from ioms_desktop.demo.people import born
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import age_on
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.paths import resource
from ioms_desktop.services.access.case_access_admin import NameSomebody, assign
from ioms_desktop.services.database.database_admin import Newcomer, make_database
from ioms_desktop.services.database.demo_marker import DEMO_ADMINISTRATOR, DEMO_PASSWORD
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.figures.publish_figures import PublishQuarter, publish_quarter
from ioms_desktop.services.session import Desk, now
from ioms_desktop.services.sign_in.sign_in import as_keeper, sign_in
from ioms_desktop.services.user_paths import without_password
from ioms_desktop.storage.database import demo_marker

PASSWORD = DEMO_PASSWORD
SUPERVISOR, PARTNER = "wright", "partner"
ASSIGNED = ("PHX-MARLOW", "IOM-HARKER")
"""The cases that the partner may see: those of the worked example, which every demo has."""
USERS: tuple[tuple[str, Role], ...] = (
    ("adeyemi", Role.OFFICER),
    ("okoro", Role.NAVIGATOR),
    (SUPERVISOR, Role.SUPERVISOR),
    ("patel", Role.SUPERVISOR),
    ("holt", Role.COORDINATOR),
    (PARTNER, Role.PARTNER),
    ("analyst", Role.ANALYST),
    ("auditor", Role.AUDITOR),
    (DEMO_ADMINISTRATOR, Role.ADMINISTRATOR),
)
LEAST = 2
YEAR = 365
ROUND, BOTH, TWICE = 60, 21, 25


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
    demo_marker.remove_demo(location, SUPERVISOR, PASSWORD)
    built = clock()
    tables, corrected = demo_tables(cases, seed)
    sent = monthly(tables, built - DAY)
    people = [Newcomer(name, role, PASSWORD) for name, role in USERS]
    make_database(location, people, sent[0].at, fictional=True, lenient=True)  # what is invented may live anywhere
    desk = as_keeper(location, SUPERVISOR, PASSWORD, clock)
    try:
        if corrected:
            sent.append(Sending(built, corrected))
        for month in sent:
            _bring_in(replace(desk, clock=partial(_same, month.at)), month.tables)
        for case_ref in ASSIGNED:
            entry = NameSomebody(request=str(uuid4()), case_ref=case_ref, name=PARTNER)
            assign(replace(desk, clock=partial(_same, sent[-1].at)), entry)
    finally:
        desk.store.close()
    _publish(location, clock)
    return _said(location, len(tables["cases"]))


def _publish(location: str, clock: Callable[[], datetime]) -> None:
    """Publish the quarters of the fictional year that are over, as a supervisor would have, the oldest first."""
    desk = sign_in(location, SUPERVISOR, PASSWORD, clock=clock)
    quarter = Quarter.containing(LAST - DAY * YEAR)
    try:
        # A server goes by its own clock, for which the fictional year may not be over yet.
        with suppress(Refused):
            while quarter.is_over(min(LAST, desk.today())):
                publish_quarter(desk, PublishQuarter(request=str(uuid4()), quarter=quarter))
                quarter = quarter.next
    finally:
        desk.store.close()


def _same(at: datetime) -> datetime:
    return at


def _bring_in(desk: Desk, tables: Tables) -> None:
    with _folder(tables) as folder:
        report = run_import(desk, folder)
    if report.rejected:
        problem = next(report.rejects())
        raise Refused(f"The demo cannot be built: {problem.file}, line {problem.line}: {problem.reason}")


def _said(location: str, cases: int) -> Iterator[str]:
    yield f"Built {without_password(location)}: {cases} fictional cases of both programmes. Nobody in it is real."
    yield f"Sign in with the password {PASSWORD} as:"
    for name, role in USERS:
        yield f"  {name:<10} {role}"


def demo_tables(cases: int, seed: int) -> tuple[Tables, Tables]:
    """Give the rows of the exchange files, and those that are corrected afterwards."""
    book = Book(Random(seed), _worked_example())  # noqa: S311 - fiction, no secret
    number = 0
    while len(book.tables["cases"]) < cases:
        number += 1
        _case(book, number, room=cases - len(book.tables["cases"]))
    for row in book.tables["people"][LEAST + 3 : LEAST + 20 : 9]:
        book.correct("people", row, address=f"{len(row['family_name'])} Corrected Street, Leicester")
    return book.tables, book.corrections


def _case(book: Book, number: int, room: int) -> None:
    """Write the case of one person, or one in each programme: two in five are on Phoenix.

    The first is a child of 15, the third turns 18 within days, the twenty-first goes on from Phoenix to IOM,
    and the twenty-fifth is somebody written down a second time.
    """
    rng = book.rng
    both = number % ROUND == BOTH and room > 1
    if number % 5 in {1, 3}:
        course, least = phoenix.COURSES[number * 2 // 5 % len(phoenix.COURSES)]
        on = workday(LAST - DAY * rng.randint(300 if both else least, YEAR))
        born_on = _born(rng, number, on, grown=both)
        child = age_on(born_on, on) < ADULT
        case = CaseBook(book, book.people.invent(number, born_on, child=child, sentenced=False), "PHOENIX", number)
        (phoenix.completed if both else course)(case, on)
    else:
        course, least = iom.COURSES[number * 3 // 5 % len(iom.COURSES)]
        on = workday(LAST - DAY * rng.randint(least, YEAR))
        years = rng.choice((19, 22, 24, 25, 27, 29, 31, 33, 34, 36, 38, 41, 46, 52))
        who = book.people.invent(number, born(rng, years, on), child=False, sentenced=True)
        if number % ROUND == TWICE:
            who = book.people.again(number, book.tables["people"][-1])
        case = CaseBook(book, who, "IOM", number)
        course(case, on)
    book.add("people", **case.who.row)
    if both:
        iom.after_phoenix(CaseBook(book, case.who, "IOM", number), workday(LAST - DAY * 60))


def _born(rng: Random, number: int, on: date, *, grown: bool) -> date:
    """Give a participant's date of birth."""
    if number == 1:
        return born(rng, 15, LAST)
    if number == 3:  # noqa: PLR2004 - the third turns 18
        return date(LAST.year - ADULT, LAST.month, 28)
    return born(rng, 18 if grown else rng.choice((14, 15, 16, 16, 17, 17, 18, 19, 21, 24)), on)


def _worked_example() -> Tables:
    tables: Tables = {}
    for path in sorted(resource("demo", "worked_example").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables


@contextmanager
def _folder(tables: Tables) -> Iterator[Path]:
    with TemporaryDirectory(prefix="ioms-demo-") as name:
        for table, rows in tables.items():
            header = [column.name for column in columns_of(RECORD_TYPE_BY_TABLE[table])]
            with Path(name, f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, header, restval="")
                writer.writeheader()
                writer.writerows(rows)
        yield Path(name)
