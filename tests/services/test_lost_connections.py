"""Did my save land? The line is cut at every message of the protocol; each time the save is done once, and it is known.

A file has no line: there the same question is asked while another program holds it.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

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
from ioms_desktop.storage.sqlite import engine as local
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from keys import opened
from sessions import NOW, Clock, fill, request, session_of


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


@pytest.fixture
def shared(postgres_database: Callable[..., str], _shared_template: str) -> str:
    return postgres_database(_shared_template)


@pytest.fixture
def line(shared: str) -> Iterator[CuttingProxy]:
    # A socket's path may not be long, so it does not lie among the folders of the test.
    with TemporaryDirectory(prefix="ioms-") as folder, CuttingProxy(Path(folder), shared) as proxy:
        yield proxy


def test_at_every_cut_the_save_is_done_once_and_the_answer_is_right(shared: str, line: CuttingProxy) -> None:
    direct, through = filled(shared), open_store(line.url)
    session = session_of(through, "okoro", Role.NAVIGATOR, Clock())
    send(session, number_on_a_new_case(direct))  # the line stands, as it does in the middle of a day
    found: Counter[str] = Counter()
    names: list[str] = []
    for at in count(1):
        name, what = cut_once(direct, session, line, at, after=False)
        if not line.has_cut:
            break
        names.append(name)
        found[what] += 1
    # Cut after an answer of the server is cut before what follows it; after a question it is another matter.
    for at in (at for at, name in enumerate(names, 1) if name in {"client Q", "client S"}):
        found[cut_once(direct, session, line, at, after=True)[1]] += 1
    through.close()
    direct.close()
    sys.stdout.write(f"{sum(found.values())} cut points: {dict(found)}\n")
    assert sum(found.values()) > 100
    # Both kinds of doubt were met: whoever sends again without asking does it twice, whoever does not loses it.
    assert found["saved, answer lost"] > 0
    assert found["not saved"] > 0


def cut_once(direct: Store, session: Session, line: CuttingProxy, at: int, *, after: bool) -> tuple[str, str]:
    """Save with a line that is cut, ask, save again; name the message and what became of the first try."""
    number = number_on_a_new_case(direct)
    line.arm(at, after=after)
    first = send(session, number)
    line.disarm()
    name = line.passed[-1]
    here = f"{'after' if after else 'before'} message {at}, {name}"
    outcome, done = find_outcome(session, number), on_record(direct, number)
    assert (outcome is not None) == (done == 1), here
    again = send(session, number)
    assert on_record(direct, number) == 1, here
    assert isinstance(again, Outcome), here
    assert outcome in (None, again), here
    assert first == again or isinstance(first, Unreachable), here
    return name, _what(first, done)


def _what(first: Outcome | Unreachable, done: int) -> str:
    if isinstance(first, Outcome):
        return "answered all the same"
    return "saved, answer lost" if done else "not saved"


def test_without_asking_a_save_that_landed_is_made_twice(shared: str, line: CuttingProxy) -> None:
    """The control: the naive way, a new number for each press, with a line cut right after the COMMIT."""
    direct, through = filled(shared), open_store(line.url)
    session = session_of(through, "okoro", Role.NAVIGATOR, Clock())
    send(session, number_on_a_new_case(direct))
    number = number_on_a_new_case(direct)
    line.arm(words=b"COMMIT\0", after=True)
    assert isinstance(send(session, number), Unreachable)
    line.disarm()
    assert find_outcome(session, number) is not None
    assert on_record(direct, number) == 1
    record_contact(session, replace(contact(number), request=request()))
    assert on_record(direct, number) == 2
    through.close()
    direct.close()


def test_while_the_server_is_away_nothing_is_claimed(shared: str, line: CuttingProxy) -> None:
    direct, through = filled(shared), open_store(line.url)
    session = session_of(through, "okoro", Role.NAVIGATOR, Clock())
    number = number_on_a_new_case(direct)
    line.down = True
    line.arm(1)
    assert isinstance(send(session, number), Unreachable)
    with pytest.raises(Unreachable):
        find_outcome(session, number)
    line.down = False
    assert find_outcome(session, number) is None
    assert isinstance(send(session, number), Outcome)
    assert find_outcome(session, number) is not None
    through.close()
    direct.close()


def test_a_file_that_is_held_by_another_program_is_the_same_question(
    local_location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "BUSY_TIMEOUT_S", 0.05)
    store, holder = filled(local_location), opened(local_location)
    session = session_of(store, "okoro", Role.NAVIGATOR, Clock())
    number = number_on_a_new_case(store)
    with holder.begin(session.command_context()):
        assert isinstance(send(session, number), Unreachable)
        with pytest.raises(Unreachable):
            find_outcome(session, number)
    holder.close()
    assert find_outcome(session, number) is None
    assert isinstance(send(session, number), Outcome)
    assert find_outcome(session, number) is not None
    assert on_record(store, number) == 1
    store.close()


def test_one_request_from_two_windows_at_once_is_done_once_and_answered_alike(store: Store) -> None:
    """One unsaved entry may be open twice; whoever comes second waits for the first, and is told the same."""
    fill(store)
    session = session_of(store, "okoro", Role.NAVIGATOR, Clock())
    with ThreadPoolExecutor(2) as windows:
        for _ in range(20):
            number = number_on_a_new_case(store)
            first, second = windows.map(send, (session, session), (number, number))
            assert isinstance(first, Outcome)
            assert first == second
            assert on_record(store, number) == 1
