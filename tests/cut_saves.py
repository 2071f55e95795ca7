"""A save through a line that is cut at one message after another: done once and answered rightly, wherever that was."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cutting_proxy import CuttingProxy
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Unreachable
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.services.commands import find_outcome
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.transaction import CommandContext
from keys import opened
from sessions import NOW, Clock, fill, request, session_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ioms_desktop.storage.store import Store

COMMIT = b"COMMIT\0"


@contextmanager
def cutting_proxy(url: str) -> Iterator[CuttingProxy]:
    """Open a line to a server's database that can be cut."""
    # A socket's path may not be long, so it does not lie among the folders of the test.
    with TemporaryDirectory(prefix="ioms-") as folder, CuttingProxy(Path(folder), url) as proxy:
        yield proxy


def filled(location: str) -> Store:
    store = opened(location)
    fill(store)
    return store


def number_on_a_new_case(store: Store) -> str:
    """Number a command on a case that has nothing on it, so that each save sends as many messages as the last."""
    number = request()
    case = Case(
        case_ref=f"PHX-{number}", person_ref="P-JM", programme="PHOENIX", status="ENGAGED", referred_on=NOW.date()
    )
    with store.begin(
        CommandContext(request="", user="holt", role="coordinator", at=NOW, workstation="session 0")
    ) as tx:
        tx.add(case)
    return number


def contact(number: str) -> RecordContact:
    entry = ContactEntry(case_ref=f"PHX-{number}", outcome="SEEN", note=f"Seen at home, {number}")
    return RecordContact(
        request=number, entries=(entry,), occurred_at=DayTime(NOW.date()), planned=True, contact_type="OTHER"
    )


def on_record(store: Store, number: str) -> int:
    with store.read() as reading:
        return len(reading.list_records(Contact, case_ref=f"PHX-{number}"))


def send(session: Session, number: str) -> Outcome | Unreachable:
    try:
        return record_contact(session, contact(number))
    except Unreachable as lost:
        return lost


def cut_often(shared: str, line: CuttingProxy, every: int = 1) -> Counter[str]:
    """Save with the line cut at every n-th message, and count what became of the first tries."""
    direct, through = filled(shared), open_store(line.url)
    session = session_of(through, "okoro", Role.NAVIGATOR, Clock())
    send(session, number_on_a_new_case(direct))  # the line stands, as it does in the middle of a day
    found: Counter[str] = Counter()
    for at in count(1, every):
        what = cut_once(direct, session, line, at, after=False)
        if not line.has_cut:
            break
        found[what] += 1
    # Cut after an answer of the server is cut before what follows it; after a question it is another matter.
    questions = [at for at, name in enumerate(line.passed, 1) if name in {"client Q", "client S"}]
    for at in questions[::every]:
        found[cut_once(direct, session, line, at, after=True)] += 1
    found[cut_once(direct, session, line, after=True, words=COMMIT)] += 1
    through.close()
    direct.close()
    return found


def cut_once(
    direct: Store, session: Session, line: CuttingProxy, at: int = 0, *, after: bool, words: bytes = b""
) -> str:
    """Save with a line that is cut, ask, save again; say what became of the first try."""
    number = number_on_a_new_case(direct)
    line.arm(at, words=words, after=after)
    first = send(session, number)
    line.disarm()
    passed = list(line.passed)
    here = f"{'after' if after else 'before'} message {len(passed)}, {passed[-1]}"
    outcome, done = find_outcome(session, number), on_record(direct, number)
    assert (outcome is not None) == (done == 1), here
    again = send(session, number)
    assert on_record(direct, number) == 1, here
    assert isinstance(again, Outcome), here
    assert outcome in (None, again), here
    assert first == again or isinstance(first, Unreachable), here
    return _what(first, done)


def _what(first: Outcome | Unreachable, done: int) -> str:
    if isinstance(first, Outcome):
        return "answered all the same"
    return "saved, answer lost" if done else "not saved"
