"""Fictional books of any size, written fast: rows straight into a database that the application has made.

The same size gives the same book, whatever the machine. Nobody in it exists.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.search.search_terms import name_sort_key
from ioms_desktop.services.cases.results import evaluate_due, result_scope
from ioms_desktop.services.database.database_admin import NewUser, initialise_database
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.cases.due_cases import list_due_cases
from ioms_desktop.storage.records.search_index import SEARCHED_FIELDS, search_keys_of
from ioms_desktop.storage.schema.case_results import case_result
from ioms_desktop.storage.sqlite.engine import CACHE_PRAGMA, connect
from ioms_desktop.storage.store import Store

ON = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PASSWORD = "fictional-Benchmark-71"  # noqa: S105 - of a user who exists for a minute
OFFICER = "ADEYEMI"
YEAR = 365
SEED = 20261123
FAMILIES = (
    *("Achterberg", "Adair", "Bellweather", "Brackwell", "Carrow", "Coldridge", "Dunmarsh", "Eastlake", "Fenwright"),
    *("Garrowby", "Hallam-Reyes", "Ingleby", "Jessop", "Kirkstead", "Lowther", "Marchbank", "Netherby", "Ormsby"),
    *("Penhallow", "Quarrie", "Ravensden", "Stainforth", "Thackley", "Underhill", "Vanstone", "Wetherall", "Yarrow"),
)
GIVEN = ("Aaron", "Bea", "Callum", "Dara", "Ellis", "Femi", "Grace", "Harun", "Imani", "Jayden", "Kit", "Leila", "Mo")
OUTCOMES = (*["SEEN"] * 39, *["FAILED_TO_ATTEND"] * 4, *["UNACCEPTABLE_ABSENCE"] * 3, *["CANCELLED_BY_US"] * 4)
OWN = ("revision", "recorded_at", "recorded_by")
MADE = (1, "2026-11-20 09:00:00.000000", OFFICER)
"""What every row carries besides its own fields."""
CONTACT_COLUMNS = ("contact_ref", "case_ref", "occurred_at", "planned", "contact_type", "outcome", "minutes")
RECORDED_ON = {
    "cases": "referred_on",
    "contacts": "occurred_at",
    "ratings": "rated_on",
    "offers": "offered_on",
    "concerns": "occurred_on",
    "decisions": "decided_on",
    "rag": "set_on",
    "notifications": "attempted_on",
    "custody": "received_on",
    "orders": "made_on",
}
"""The day on which a row was recorded, in a book that was recorded as it went; every fifth was two days late."""

WORDS_AT_ONCE = 100_000
"""People whose search words are put in order in memory, so that they are written where others are already."""

EVALUATED = 20_000
"""Cases whose results are worked out; even, and a fifth of them closed, as in every book."""
BIG_CACHE = "PRAGMA cache_size=-524288"
"""Each row is written into several indexes, all over them."""
WITHOUT_AUDIT = "DELETE FROM sqlite_stat1 WHERE tbl = 'audit'"
"""What grows from its first row was never counted."""

Values = tuple[Any, ...]


def open_book(
    location: Path, cases: int, contacts: int = 10, *, searched: bool = False, as_it_went: bool = False
) -> Session:
    """Make a book of so many cases and sign an officer in.

    Args:
        location: A file that is not there yet.
        cases: How many cases, and as many people; none for an empty database.
        contacts: How many contacts each case has.
        searched: Whether people and cases can be found by their words; costs time to write.
        as_it_went: Whether it was recorded bit by bit as things happened, and not all at one instant, as by an import.
    """
    initialise_database(str(location), [NewUser(OFFICER, Role.SUPERVISOR, PASSWORD)], AT)
    session = sign_in(str(location), OFFICER, PASSWORD, clock=lambda: AT, workstation="benchmark")
    if cases:
        fill(session.store, cases, contacts, searched=searched, as_it_went=as_it_went)
    return session


def raw(location: str | Path, key: bytes | None) -> Any:  # noqa: ANN401 - the driver's own connection
    """Connect to a database with nothing of the application between: the same library, encryption and cache."""
    db = connect(Path(location), key)
    db.execute(CACHE_PRAGMA)
    db.isolation_level = ""  # as the driver has it
    return db


def keep_every_result(session: Session) -> None:
    """Keep a result of each case that the caseload reads: the first are evaluated, and all others take theirs in turn.

    Of the others only what the caseload shows is kept. They are of the same programme and as open as those.
    """
    session = session.at_one_instant()
    scope, refs = result_scope(session), [f"C{n:07}" for n in range(EVALUATED)]
    with session.store.read(facts_only=True) as reading:
        for _ in evaluate_due(session, reading, scope, list_due_cases(reading, scope, None, refs=refs)):
            pass
    with closing(raw(session.store.location, session.store.key)) as db, db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute(BIG_CACHE)
        columns = ", ".join(column.name for column in case_result.columns if column.name != "case_ref")
        taken = f"SELECT c.case_ref, {columns.replace('scope', 'r.scope')} FROM cases AS c JOIN case_result AS r "  # noqa: S608 - our own words
        of_first = f"ON r.case_ref = printf('C%07d', substr(c.case_ref, 2) % {EVALUATED}) AND r.scope = ? "
        others = "WHERE CAST(substr(c.case_ref, 2) AS INTEGER) >= ? ORDER BY c.case_ref"
        asked = f"INSERT INTO case_result (case_ref, {columns}) {taken} {of_first} {others}"
        db.execute(asked, (scope.name, EVALUATED))
        db.execute("DELETE FROM case_mark WHERE scope = ?", (scope.name,))
        db.execute("ANALYZE")
        db.execute(WITHOUT_AUDIT)


def fill(store: Store, cases: int, contacts: int, *, searched: bool, as_it_went: bool = False) -> None:
    """Write a book into an empty database: people, cases and what the rules look at."""
    with closing(raw(store.location, store.key)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute(BIG_CACHE)
        write = partial(_write, db, as_it_went=as_it_went)
        write("people", (*person(0), "name_key"), map(_named, range(cases)))
        write("cases", tuple(_case(0)), (tuple(_case(n).values()) for n in range(cases)))
        write("contacts", CONTACT_COLUMNS, _contacts(cases, contacts))
        _facts(write, cases)
        for begin in range(0, cases if searched else 0, WORDS_AT_ONCE):
            some = range(begin, min(begin + WORDS_AT_ONCE, cases))
            rows = [row for n in some for row in (*_words(Person, person(n)), *_words(Case, _case(n)))]
            db.executemany("INSERT INTO search_key (word, person_ref, case_ref) VALUES (?, ?, ?)", sorted(rows))
        db.execute("ANALYZE")
        db.execute(WITHOUT_AUDIT)
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()  # what is asked next finds the statistics


def person(n: int) -> dict[str, Any]:
    """Return the n-th person's fields."""
    draw = random.Random(SEED + n)  # noqa: S311 - fiction, no secret
    return {
        "person_ref": f"P{n:07}",
        "family_name": f"{draw.choice(FAMILIES)}{draw.choice(('', 's', 'son', 'ton', 'field'))}",
        "given_names": draw.choice(GIVEN),
        "date_of_birth": _day(draw, date(1970, 1, 1), 14_000).isoformat(),
        "sex": draw.choice("MF"),
        "postcode": f"LE{draw.randint(1, 19)} {draw.randint(1, 9)}ZZ",
    }


def _named(n: int) -> Values:
    fields = person(n)
    return (*fields.values(), name_sort_key(fields["family_name"], fields["given_names"]))


def _case(n: int) -> dict[str, Any]:
    draw = random.Random(SEED - n)  # noqa: S311 - as above
    begun = _day(draw, ON - timedelta(days=2 * YEAR), YEAR)
    phoenix = n % 2 == 1
    return {
        "case_ref": f"C{n:07}",
        "person_ref": f"P{n:07}",
        "programme": "PHOENIX" if phoenix else "IOM",
        "status": "NOTIFIED" if phoenix else "ACTIVE",
        "referred_on": (begun - timedelta(days=20)).isoformat(),
        "adopted_on": None if phoenix else begun.isoformat(),
        "notified_on": begun.isoformat() if phoenix else None,
        "closed_on": (ON - timedelta(days=draw.randint(1, 200))).isoformat() if n % 5 == 4 else None,
        "statutory_status": "COMMUNITY_ORDER" if n % 6 == 0 else "NONE",
        "police_om": draw.choice(FAMILIES),
        "navigator": draw.choice(FAMILIES) if phoenix else None,
        "trial_arm": draw.choice(("TREATMENT", "CONTROL")) if phoenix and n % 10 == 1 else None,
    }


def _contacts(cases: int, each: int) -> Iterator[Values]:
    for n in range(cases):
        draw = random.Random(SEED * 2 + n)  # noqa: S311 - as above
        days = sorted(draw.randrange(YEAR) for _ in range(each))
        for k, back in enumerate(reversed(days)):
            at = f"{ON - timedelta(days=back)}T{9 + k % 8:02}:30"
            outcome = draw.choice(OUTCOMES)
            yield f"CT{n:07}-{k}", f"C{n:07}", at, draw.random() < 0.9, "OFFICE", outcome, 30


def contact_rows(cases: int, each: int) -> Iterator[dict[str, Any]]:
    """Iterate over the contacts of so many cases as an exchange file has them."""
    for row in _contacts(cases, each):
        fields = dict(zip(CONTACT_COLUMNS, row, strict=True))
        yield {**fields, "planned": "yes" if fields["planned"] else "no"}


def _facts(write: Callable[[str, tuple[str, ...], Iterable[Values]], None], cases: int) -> None:
    draw = random.Random(SEED * 3)  # noqa: S311 - as above
    refs = [f"C{n:07}" for n in range(cases)]

    def days(back: int = YEAR) -> str:
        return (ON - timedelta(days=draw.randrange(1, back))).isoformat()

    def some(share: float) -> list[str]:
        return [ref for ref in refs if draw.random() < share]

    weeks = [ON - timedelta(days=ON.weekday() + 7 * k) for k in range(1, 5)]
    ratings = [
        (ref, week.isoformat(), (week + timedelta(days=4)).isoformat(), draw.choice((1, 2, 3, 3, 4)), "NAVIGATOR")
        for ref in some(0.5)
        for week in weeks
    ]
    write("ratings", ("case_ref", "week_commencing", "rated_on", "level", "role"), ratings)
    offers = [(f"OF{ref}", ref, "HOUSING", days(), draw.choice((None, "ACCEPTED", "DECLINED"))) for ref in some(0.4)]
    write("offers", ("offer_ref", "case_ref", "offer_type", "offered_on", "response"), offers)
    kinds = (("ARREST", "BURGLARY"), ("SUSPECTED", "VIOLENCE"), ("ASB_REPORT", None))
    concerns = [(f"CO{ref}", ref, days(), ON.isoformat(), *draw.choice(kinds)) for ref in some(0.2)]
    told_of = ("concern_ref", "case_ref", "occurred_on", "recorded_on", "concern_type", "offence_group")
    write("concerns", told_of, concerns)
    taken = ("missed_contacts", "ESCALATE", "L1", "Not seen", OFFICER)
    decisions = [(f"DE{ref}", ref, days(120), *taken) for ref in some(0.1)]
    decided = ("decision_ref", "case_ref", "decided_on", "rule", "decision", "step", "reason", "proposed_by")
    write("decisions", decided, decisions)
    write("rag", ("case_ref", "set_on", "rag", "reason"), [(r, days(), "AMBER", "Begun") for r in some(0.9)])
    told = [(ref, days(), 1, "DELIVERED_ACCEPTED") for ref in some(0.4)]
    write("notifications", ("case_ref", "attempted_on", "attempt", "outcome"), told)
    actions = [(f"AC{ref}", ref, "Telephone", OFFICER, ON.isoformat()) for ref in some(0.2)]
    write("actions", ("action_ref", "case_ref", "text", "owner", "due_on"), actions)
    persons = [f"P{ref[1:]}" for ref in some(0.1)]
    write("custody", ("person_ref", "received_on", "released_on"), [(p, days(), ON.isoformat()) for p in persons])
    orders = [(f"OR{ref}", f"P{ref[1:]}", "COMMUNITY_ORDER", days()) for ref in some(0.2)]
    write("orders", ("order_ref", "person_ref", "order_type", "made_on"), orders)


def _write(db: Any, table: str, columns: tuple[str, ...], rows: Iterable[Values], *, as_it_went: bool) -> None:  # noqa: ANN401 - the driver's own connection
    names = (*columns, *OWN)
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - ours
    dated = columns.index(RECORDED_ON[table]) if as_it_went and table in RECORDED_ON else None

    def made(number: int, row: Values) -> Values:
        if dated is None:
            return MADE
        on = date.fromisoformat(row[dated][:10]) + timedelta(days=0 if number % 5 else 2)
        return (1, f"{on} 17:00:00.000000", OFFICER)

    db.executemany(statement, ((*row, *made(number, row)) for number, row in enumerate(rows)))


def _words(noun: type[Person | Case], fields: dict[str, Any]) -> list[tuple[str, str, str]]:
    record = {**fields, "date_of_birth": date.fromisoformat(fields.get("date_of_birth", "2000-01-01"))}
    return search_keys_of(noun, [record.get(name) for name in SEARCHED_FIELDS[noun]])


def _day(draw: random.Random, first: date, within: int) -> date:
    return first + timedelta(days=draw.randrange(within))
