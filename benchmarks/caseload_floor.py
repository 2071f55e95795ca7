"""The caseload: first screen, jump to its end, search as one types, against the raw SQL for the same answer.

Then its first screens in other orders and with other filters, which have no floor.
"""

import time
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from books import AT, OFFICER, ON, PASSWORD, keep_every_result, open_book, raw
from floors import Figure, in_turns
from ioms_desktop.services.cases.case_lists import case_ids, case_rows, first_case_rows
from ioms_desktop.services.cases.standing import list_alerts
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from stalls import longest_stall

ROUNDS = 9
SCREEN = 200
TYPED = "thackl"
OPEN = (("open", "open"),)
OWN = 40
MOST_EVALUATED = 100_000
"""Of more cases than this most take over their results, and have one contact each: the caseload reads none."""
STALL = 0.016
"""Seconds of processor time that the interface thread may take before it looks at the next key."""

INDEX = """
    SELECT c.id FROM {tables}
    WHERE (c.closed_on IS NULL OR c.closed_on > ?) {narrowed}
    ORDER BY p.name_key, c.id {limit}
"""
WALK = "people p CROSS JOIN cases c ON c.person_ref = p.person_ref"
JOIN = "cases c CROSS JOIN people p ON p.person_ref = c.person_ref"
FOUND = "AND c.person_ref IN (SELECT person_ref FROM search_key WHERE word >= ? AND word < ?)"
WINDOW = """
    SELECT c.id, c.case_ref, c.person_ref, p.family_name, p.given_names, p.date_of_birth, c.programme, c.cohort,
        c.status, c.closed_on, c.police_om, c.probation_practitioner, c.navigator,
        r.rag, r.engagement, r.step, r.last_contact_on, r.contact_due_on, r.in_custody,
        (SELECT min(due_on) FROM actions a WHERE a.case_ref = c.case_ref AND a.done_on IS NULL
            AND a.cancelled_on IS NULL)
    FROM cases c JOIN people p ON p.person_ref = c.person_ref
    LEFT JOIN case_result r ON r.case_ref = c.case_ref AND r.scope = 'ALL' WHERE c.id IN ({ids})
"""


class Raw:
    """The same questions in plain SQL."""

    def __init__(self, db: Any) -> None:  # noqa: ANN401 - the driver's own connection
        """Ask over a connection."""
        self.db = db

    def ids(self, word: str = "", limit: int | None = None) -> list[int]:
        """Return the ids of the open cases in order of the names; those under a word's beginning, or all."""
        query = INDEX.format(
            tables=WALK if limit and not word else JOIN,
            narrowed=FOUND if word else "",
            limit=f"LIMIT {limit}" if limit else "",
        )
        given = (ON.isoformat(), word, f"{word}\U0010ffff") if word else (ON.isoformat(),)
        return [number for (number,) in self.db.execute(query, given)]

    def rows(self, ids: list[int]) -> list[Any]:
        """Read what the rows of some cases show, by one question to the indexes."""
        found: list[Any] = self.db.execute(WINDOW.format(ids=",".join(map(str, ids)))).fetchall()
        return found

    def first(self) -> list[int]:
        """Return the first screen's ids, its rows read."""
        ids = self.ids(limit=SCREEN)
        self.rows(ids)
        return ids

    def end(self) -> list[int]:
        """Return every id, the last rows read."""
        ids = self.ids()
        self.rows(ids[-SCREEN:])
        return ids

    def typed(self) -> list[list[int]]:
        """Return the ids found after each letter, their rows read."""
        answers = []
        for end in range(1, len(TYPED) + 1):
            answers.append(self.ids(TYPED[:end], SCREEN))
            self.rows(answers[-1])
        return answers


class Ours:
    """The questions as the register asks them."""

    def __init__(self, session: Session) -> None:
        """Query through a session."""
        self.session = session

    def first(self) -> list[int]:
        """Return the first screen's ids, its rows made."""
        return [row.id for row in first_case_rows(self.session, ListQuery(filters=OPEN))]

    def end(self) -> list[int]:
        """Return every id, the last rows made."""
        ids = case_ids(self.session, ListQuery(filters=OPEN))
        case_rows(self.session, ids[-SCREEN:])
        return list(ids)

    def typed(self) -> list[list[int]]:
        """Return the ids found after each letter, their rows made."""
        typed = (TYPED[:end] for end in range(1, len(TYPED) + 1))
        return [[row.id for row in first_case_rows(self.session, ListQuery(text=text, filters=OPEN))] for text in typed]


OTHERS = {
    "by the next day due": ListQuery(sort="next_due", filters=OPEN),
    "by the next day due, the last first": ListQuery(sort="next_due", descending=True, filters=OPEN),
    "by RAG": ListQuery(sort="rag", filters=OPEN),
    "by last contact": ListQuery(sort="last_contact", filters=OPEN),
    f"one's own {OWN} cases": ListQuery(filters=(("mine", "yes"),)),
    "in custody, a hundredth of them": ListQuery(filters=(("custody", "yes"),)),
    "with a colour that nobody has": ListQuery(filters=(("rag", "RED"),)),
    "with a cohort that nobody has": ListQuery(filters=(("cohort", "FIXED"),)),
    "a reference": ListQuery(text="C0005000"),
    "what every reference begins with": ListQuery(text="C00", filters=OPEN),
}
"""Filters and orders whose first screen is not to grow with the book."""


def measure(cases: int, contacts: int = 10, rounds: int = ROUNDS, kept: Path | None = None) -> list[Figure]:
    """Measure a caseload of so many cases; one in a folder is used again, and left there."""
    with TemporaryDirectory() as folder:
        session = _book(kept or Path(folder), cases, contacts if cases <= MOST_EVALUATED else 1)
        try:
            with closing(raw(session.store.location, session.store.key)) as db:
                ours, floor_of = Ours(session), Raw(db)
                pairs = (
                    (f"Caseload of {cases:,}: first screen (CPU time)", ours.first, floor_of.first, 2),
                    ("Caseload: jump to the end (CPU time)", ours.end, floor_of.end, 3),
                    (f"Caseload: search, {len(TYPED)} letters typed (CPU time)", ours.typed, floor_of.typed, 1.7),
                )
                figures = []
                for name, mine, bare, target in pairs:
                    took, floor = in_turns([mine, bare], rounds, clock=time.process_time)
                    figures.append(
                        Figure(name=name, floor_name="raw SQL, same rows", ours=took, floor=floor, target=target)
                    )
            works = [partial(first_case_rows, session, query) for query in OTHERS.values()]
            others = zip(OTHERS, in_turns(works, rounds, clock=time.process_time), strict=True)
            stall = longest_stall(session, TYPED)
        finally:
            session.store.close()
    figures += [_timed(f"Caseload: first screen, {said} (CPU time)", took) for said, took in others]
    return [*figures, _timed("Caseload: longest stall of the interface thread (CPU time)", stall, STALL)]


def _timed(name: str, took: float, target: float | None = None) -> Figure:
    return Figure(name=name, floor_name="none", ours=took, floor=None, target=target)


def _book(folder: Path, cases: int, contacts: int) -> Session:
    """Make a book in which a few cases are the officer's own and some people are in custody, with every result kept."""
    path = folder / f"caseload-{cases}.ioms"
    if path.exists():
        return sign_in(str(path), OFFICER, PASSWORD, clock=lambda: AT, workstation="benchmark")
    session = open_book(path, cases, contacts, searched=True)
    with closing(raw(path, session.store.key)) as db, db:
        own = "UPDATE cases SET police_om = ?, revision = revision + 1 WHERE id % ? = 0"
        db.execute(own, (f"PC 71 {OFFICER}", max(1, cases // OWN)))
        db.execute("UPDATE custody SET released_on = NULL, revision = revision + 1 WHERE id % 10 = 0")
    if cases > MOST_EVALUATED:
        keep_every_result(session)
    else:
        list_alerts(session, session.today())  # every case is evaluated once, and its result kept
    return session
