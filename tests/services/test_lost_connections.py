"""Did my save land? The line is cut at every message of the protocol; each time the save is done once, and it is known.

A file has no line: there the same question is asked while another program holds it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cut_saves import COMMIT, contact, cut_often, cutting_proxy, filled, number_on_a_new_case, on_record, send
from cutting_proxy import CuttingProxy
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Unreachable
from ioms_desktop.services.commands import find_outcome
from ioms_desktop.services.recording.contacts import record_contact
from ioms_desktop.services.session import Outcome
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.sqlite import engine as local
from ioms_desktop.storage.store import Store
from keys import opened
from sessions import Clock, fill, request, session_of


@pytest.fixture
def shared(postgres_database: Callable[..., str], _shared_template: str) -> str:
    return postgres_database(_shared_template)


@pytest.fixture
def line(shared: str) -> Iterator[CuttingProxy]:
    with cutting_proxy(shared) as proxy:
        yield proxy


def test_at_every_fourth_cut_the_save_is_done_once_and_the_answer_is_right(shared: str, line: CuttingProxy) -> None:
    """The long tests cut at every message."""
    found = cut_often(shared, line, every=4)
    assert sum(found.values()) > 20
    # Both kinds of doubt were met: whoever sends again without asking does it twice, whoever does not loses it.
    assert found["saved, answer lost"] > 0
    assert found["not saved"] > 0


def test_without_asking_a_save_that_landed_is_made_twice(shared: str, line: CuttingProxy) -> None:
    """The control: the naive way, a new number for each press, with a line cut right after the COMMIT."""
    direct, through = filled(shared), open_store(line.url)
    session = session_of(through, "okoro", Role.NAVIGATOR, Clock())
    send(session, number_on_a_new_case(direct))
    number = number_on_a_new_case(direct)
    line.arm(words=COMMIT, after=True)
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
