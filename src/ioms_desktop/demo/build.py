"""A fictional caseload of both programmes, the same for the same seed, with one user of every role.

The two people of the worked example are in `resources/demo/worked_example` as exchange files, those of the two stories
in `resources/demo/stories`; the others follow typical courses of such cases. Everything is imported, so that every rule
is enforced: two imports a month, as if a team sent its spreadsheets after each half of it, each instant of the
stories, and a further import that corrects a few records.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from random import Random
from uuid import uuid4

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.demo import iom, phoenix
from ioms_desktop.demo.appointments import write_appointments
from ioms_desktop.demo.book import LAST_DAY, CaseWriter, DemoWriter, Tables, workday
from ioms_desktop.demo.disposal import carry_out, old_record, propose_old_record
from ioms_desktop.demo.months import DemoImport, split_by_half_month
from ioms_desktop.demo.papers import print_papers, write_letters
from ioms_desktop.demo.people import birth_date_for_age
from ioms_desktop.demo.person_sets import person_set_rows
from ioms_desktop.demo.stories import STORIES, story_imports
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.dates.calendar import ADULT_AGE, DAY, age_on
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.errors import InvalidRecord, OutOfRange, Refused
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.paths import resource
from ioms_desktop.services.access.case_access_admin import ChangeCaseAccess, assign_user
from ioms_desktop.services.database.database_admin import NewUser, initialise_database
from ioms_desktop.services.database.demo_marker import DEMO_ADMINISTRATOR, DEMO_PASSWORD
from ioms_desktop.services.database.harm_weights import LoadHarmWeights, load_harm_weights
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.figures.publish_figures import PublishQuarter, publish_quarter
from ioms_desktop.services.session import Session, utc_now
from ioms_desktop.services.sign_in.sign_in import sign_in, sign_in_as_owner
from ioms_desktop.services.user_paths import data_folder, without_password
from ioms_desktop.storage.database import demo_marker

DEMO_USER_PASSWORD = DEMO_PASSWORD
SUPERVISOR, SECOND_SUPERVISOR, PARTNER = "wright", "patel", "partner"
PARTNER_CASES = ("PHX-MARLOW", "IOM-HARKER")
"""The cases assigned to the partner agency: those of the worked example, which every demo has."""
DEMO_USERS: tuple[tuple[str, Role], ...] = (
    ("adeyemi", Role.OFFICER),
    ("okoro", Role.NAVIGATOR),
    (SUPERVISOR, Role.SUPERVISOR),
    (SECOND_SUPERVISOR, Role.SUPERVISOR),
    ("holt", Role.COORDINATOR),
    (PARTNER, Role.PARTNER),
    ("analyst", Role.ANALYST),
    ("auditor", Role.AUDITOR),
    (DEMO_ADMINISTRATOR, Role.ADMINISTRATOR),
)
MIN_CASES = 2
MIN_CASES_WITH_STORIES = MIN_CASES + len(STORIES)
DISPLAY_NAMES = {
    "adeyemi": "PC 4411 ADEYEMI",
    "okoro": "N. OKORO",
    SUPERVISOR: "Insp. WRIGHT",
    SECOND_SUPERVISOR: "Sgt PATEL",
    "holt": "L. HOLT",
    PARTNER: "Ingeus, LEWIS",
    "analyst": "Analyst, ROWE",
    "auditor": "Auditor, CLARKE",
    DEMO_ADMINISTRATOR: "Administrator, NOBLE",
}
"""How the users of a demo read: the names under which its records know them already."""
YEAR_DAYS = 365
FICTIONAL_WEIGHTS = resource("demo", "harm_weights.csv")
"""Invented weights of the offences of a demo."""
CASE_CYCLE, BOTH_PROGRAMMES_AT, DUPLICATE_PERSON_AT = 60, 21, 25


def build_demo(
    location: str, *, cases: int = 60, seed: int = 1, clock: Callable[[], datetime] = utc_now
) -> Iterator[str]:
    """Build the demo at an unused location, or in place of an earlier demo.

    Args:
        location: A path, or the URL of an empty shared database.
        cases: The number of cases, the two of the worked example and, from four on, those of the stories included.
        seed: The same seed gives the same data.
        clock: Returns the current time in UTC.

    Returns:
        A report of what was done and who may sign in, line by line.

    Raises:
        Refused: There is something else at the location, or fewer than two cases were requested.
    """
    if cases < MIN_CASES:
        raise OutOfRange(f"A demo has at least {MIN_CASES} cases, those of the worked example. Ask for more.")
    demo_marker.remove_demo(location, SUPERVISOR, DEMO_USER_PASSWORD)
    built = clock()
    told = STORIES if cases >= MIN_CASES_WITH_STORIES else ()
    tables, corrected = demo_tables(cases - len(told), seed)
    sent = [*split_by_half_month(tables, built - DAY), *(each for name in told for each in story_imports(name))]
    sent.sort(key=lambda each: each.at)
    sent.insert(0, DemoImport(sent[0].at, old_record()))
    people = [NewUser(name, role, DEMO_USER_PASSWORD, DISPLAY_NAMES[name]) for name, role in DEMO_USERS]
    initialise_database(
        location, people, sent[0].at, fictional=True, lenient=True
    )  # what is invented may live anywhere
    session = sign_in_as_owner(location, SUPERVISOR, DEMO_USER_PASSWORD, clock)
    try:
        if corrected:
            sent.append(DemoImport(built, corrected))
        for each in sent:
            _import_tables(replace(session, clock=partial(_fixed_time, each.at)), each.tables)
        for case_ref in PARTNER_CASES:
            entry = ChangeCaseAccess(request=str(uuid4()), case_ref=case_ref, name=PARTNER)
            assign_user(replace(session, clock=partial(_fixed_time, sent[-1].at)), entry)
    finally:
        session.store.close()
    _load_weights(location, clock)
    _publish_quarters(location, clock)
    disposal_ref = _print_papers(location, clock)
    _dispose(location, clock, disposal_ref)
    return _describe_demo(location, len(tables["cases"]) + len(told))


def _load_weights(location: str, clock: Callable[[], datetime]) -> None:
    """Load a table of harm weights that says of itself that it is invented: a published one is its publisher's."""
    session = sign_in(location, SUPERVISOR, DEMO_USER_PASSWORD, clock=clock)
    entry = LoadHarmWeights(
        request=str(uuid4()),
        path=FICTIONAL_WEIGHTS,
        scheme="FICTIONAL",
        version="2026",
        valid_from=date(2010, 1, 1),
        source="Invented for this demonstration; published by nobody",
    )
    try:
        load_harm_weights(session, entry)
    finally:
        session.store.close()


def _publish_quarters(location: str, clock: Callable[[], datetime]) -> None:
    """Publish the quarters of the fictional year that are over, the oldest first, as a supervisor would."""
    session = sign_in(location, SUPERVISOR, DEMO_USER_PASSWORD, clock=clock)
    quarter = Quarter.containing(LAST_DAY - DAY * YEAR_DAYS)
    try:
        # A server uses its own clock, by which the fictional year may not be over yet.
        with suppress(Refused):
            while quarter.is_over(min(LAST_DAY, session.today())):
                publish_quarter(session, PublishQuarter(request=str(uuid4()), quarter=quarter))
                quarter = quarter.next
    finally:
        session.store.close()


def _print_papers(location: str, clock: Callable[[], datetime]) -> str:
    """Print papers, write letters and propose a disposal, as a supervisor would; returns the number of the proposal."""
    session = sign_in(location, SUPERVISOR, DEMO_USER_PASSWORD, clock=clock)
    try:
        print_papers(session)
        write_letters(session)
        return propose_old_record(session)
    finally:
        session.store.close()


def _dispose(location: str, clock: Callable[[], datetime], disposal_ref: str) -> None:
    session = sign_in(location, SECOND_SUPERVISOR, DEMO_USER_PASSWORD, clock=clock)
    try:
        carry_out(session, disposal_ref)
    finally:
        session.store.close()


def _fixed_time(at: datetime) -> datetime:
    return at


def _import_tables(session: Session, tables: Tables) -> None:
    with _exchange_folder(session.store.location, tables) as folder:
        report = run_import(session, folder)
    if report.has_rejects:
        problem = next(report.rejects())
        raise InvalidRecord(f"The demo cannot be built: {problem.file}, line {problem.line}: {problem.reason}")


def _describe_demo(location: str, cases: int) -> Iterator[str]:
    yield f"Built {without_password(location)}: {cases} fictional cases of both programmes. Nobody in it is real."
    yield f"Sign in with the password {DEMO_USER_PASSWORD} as:"
    for name, role in DEMO_USERS:
        yield f"  {name:<10} {role}"


def demo_tables(cases: int, seed: int) -> tuple[Tables, Tables]:
    """Return the rows of the exchange files, and those that are corrected afterwards."""
    book = DemoWriter(Random(seed), _worked_example())  # noqa: S311 - fiction, no secret
    number = 0
    while len(book.tables["cases"]) < cases:
        number += 1
        _write_case(book, number, room=cases - len(book.tables["cases"]))
    for row in book.tables["people"][MIN_CASES + 3 : MIN_CASES + 20 : 9]:
        book.correct("people", row, address=f"{len(row['family_name'])} Corrected Street, Leicester")
    write_appointments(book)
    return book.tables, {**book.corrections, **person_set_rows(book.tables["people"][MIN_CASES:])}


def _write_case(writer: DemoWriter, number: int, room: int) -> None:
    """Write the case of one person, or one in each programme: two in five are on Phoenix.

    The first is a child of 15, the third turns 18 within days, the twenty-first moves from Phoenix to IOM, and the
    twenty-fifth is a duplicate of another person.
    """
    rng = writer.rng
    both = number % CASE_CYCLE == BOTH_PROGRAMMES_AT and room > 1
    if number % 5 in {1, 3}:
        course, least = phoenix.COURSES[number * 2 // 5 % len(phoenix.COURSES)]
        on = workday(LAST_DAY - DAY * rng.randint(300 if both else least, YEAR_DAYS))
        born_on = _participant_birth_date(rng, number, on, grown=both)
        child = age_on(born_on, on) < ADULT_AGE
        case = CaseWriter(
            writer, writer.people.invent(number, born_on, child=child, sentenced=False), "PHOENIX", number
        )
        (phoenix.completed if both else course)(case, on)
    else:
        course, least = iom.COURSES[number * 3 // 5 % len(iom.COURSES)]
        on = workday(LAST_DAY - DAY * rng.randint(least, YEAR_DAYS))
        years = rng.choice((19, 22, 24, 25, 27, 29, 31, 33, 34, 36, 38, 41, 46, 52))
        who = writer.people.invent(number, birth_date_for_age(rng, years, on), child=False, sentenced=True)
        if number % CASE_CYCLE == DUPLICATE_PERSON_AT:
            who = writer.people.duplicate(number, writer.tables["people"][-1])
        case = CaseWriter(writer, who, "IOM", number)
        course(case, on)
    writer.add("people", **case.person.row)
    if both:
        iom.after_phoenix(CaseWriter(writer, case.person, "IOM", number), workday(LAST_DAY - DAY * 60))


def _participant_birth_date(rng: Random, number: int, on: date, *, grown: bool) -> date:
    """Return a participant's date of birth."""
    if number == 1:
        return birth_date_for_age(rng, 15, LAST_DAY)
    if number == 3:  # noqa: PLR2004 - the third turns 18
        return date(LAST_DAY.year - ADULT_AGE, LAST_DAY.month, 28)
    return birth_date_for_age(rng, 18 if grown else rng.choice((14, 15, 16, 16, 17, 17, 18, 19, 21, 24)), on)


def _worked_example() -> Tables:
    tables: Tables = {}
    for path in sorted(resource("demo", "worked_example").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables


@contextmanager
def _exchange_folder(location: str, tables: Tables) -> Iterator[Path]:
    """Write tables to files beside a local database, or where this user's data is kept; removed at the end."""
    beside = data_folder() / "demo" if is_shared(location) else Path(location)
    beside.parent.mkdir(parents=True, exist_ok=True)
    with NewFiles() as new:
        folder = new.scratch_folder(beside)
        for table, rows in tables.items():
            header = [column.name for column in columns_of(RECORD_TYPE_BY_TABLE[table])]
            with Path(folder, f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, header, restval="")
                writer.writeheader()
                writer.writerows(rows)
        yield folder
