"""The caseload: first screen, jump to its end, search as one types, against the raw SQL for the same answer."""

import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from books import ON, open_book, raw
from floors import Figure, in_turns
from ioms_desktop.services.cases.case_lists import case_ids, case_rows, first_case_rows
from ioms_desktop.services.cases.standing import list_alerts
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from stalls import longest_stall

ROUNDS = 9
SCREEN = 200
TYPED = "thackl"
OPEN = (("open", "open"),)
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


def measure(cases: int, contacts: int = 10, rounds: int = ROUNDS) -> list[Figure]:
    """Measure a caseload of so many cases."""
    with TemporaryDirectory() as folder:
        session = open_book(Path(folder) / "book.ioms", cases, contacts, searched=True)
        try:
            with closing(raw(session.store.location, session.store.key)) as db:
                ours, floor_of = Ours(session), Raw(db)
                pairs = (
                    (f"Caseload of {cases:,}: first screen (CPU time)", ours.first, floor_of.first, 2),
                    ("Caseload: jump to the end (CPU time)", ours.end, floor_of.end, 3),
                    (f"Caseload: search, {len(TYPED)} letters typed (CPU time)", ours.typed, floor_of.typed, 1.7),
                )
                list_alerts(session, session.today())  # every case is evaluated once, and its result kept
                figures = []
                for name, mine, bare, target in pairs:
                    took, floor = in_turns([mine, bare], rounds, clock=time.process_time)
                    figures.append(
                        Figure(name=name, floor_name="raw SQL, same rows", ours=took, floor=floor, target=target)
                    )
            stall = longest_stall(session, TYPED)
        finally:
            session.store.close()
    name = "Caseload: longest stall of the interface thread (CPU time)"
    return [*figures, Figure(name=name, floor_name="none", ours=stall, floor=None, target=STALL)]
