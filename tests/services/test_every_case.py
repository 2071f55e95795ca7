"""Every case on every core: with other processes the same is found as without, whatever becomes of those."""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from functools import partial
from multiprocessing import active_children
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import pytest

import half_a_message
from evaluated_cases import evaluate_caseload
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import FileUnreadable
from ioms_desktop.domain.policy.build_facts import counted_facts
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.measures import Tally, tally_measures
from ioms_desktop.domain.policy.triggers import Evidence, Trigger
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.garbage_collection import garbage_collection_paused
from ioms_desktop.services.cases import rule_runs
from ioms_desktop.services.cases.rule_runs import count_measures, list_triggers
from ioms_desktop.services.documents.apart import FileProcess
from ioms_desktop.services.every_case import other_process, shares
from ioms_desktop.services.every_case.histories import iter_histories
from ioms_desktop.services.every_case.other_process import OtherProcess, ReadHistories, ShareWork
from ioms_desktop.services.every_case.shares import for_every_case
from ioms_desktop.services.process_isolation import ServingProcess
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.cases_asked import CasesAsked
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.same_view import describe_view
from services.access_bureau import Bureau
from sessions import TODAY

REFS = ("IOM-1", "PHX-1", "PHX-C")
TESTS = Path(__file__).parents[1]
EARLIER = TODAY - timedelta(days=10)


def miss(session: Session, case_ref: str, *days_ago: int) -> None:
    """Put missed contacts on record, each of which may raise something."""
    with session.store.begin(session.command_context()) as tx:
        tx.open_case(case_ref, "CASE_WORK", "test")
        for back in days_ago:
            at = DayTime(TODAY - timedelta(days=back))
            tx.add(
                Contact(
                    contact_ref=f"{case_ref}-{back}",
                    case_ref=case_ref,
                    occurred_at=at,
                    planned=True,
                    contact_type="OFFICE",
                    outcome="FAILED_TO_ATTEND",
                )
            )


def triggers_on(session: Session, as_of: date = TODAY) -> tuple[ReadHistories, ShareWork[list[Trigger]]]:
    policies = session.policy_timeline
    work = partial(rule_runs._list_triggers_of, policies=policies, role=session.role, as_of=as_of)  # noqa: SLF001 - what is sent
    return partial(iter_histories, policies=policies, asked=CasesAsked(counted=counted_facts(policies))), work


def made_ready(other: OtherProcess[Any]) -> OtherProcess[Any]:
    """Wait until a process may have shares, or has ended."""
    while not other.is_free and not other.has_ended:
        wait([other.pipe])
        other.take()
    return other


def arguments(process_id: int) -> str:
    """Return what everybody may see of a process, where the system says it in a file."""
    shown = Path(f"/proc/{process_id}/cmdline")
    told = shown.read_text() if shown.exists() else "multiprocessing"
    assert "multiprocessing" in told or not told, "the control; nothing is told of one that has ended"
    return told


def found_by_both(
    session: Session, reading: Reading, as_of: date = TODAY, hinder: Callable[[int], None] = lambda _: None
) -> tuple[list[Trigger], list[str]]:
    """Share the cases out one by one; returns what was found, and the cases that this process had to work on."""
    own: list[str] = []
    read, work = triggers_on(session, as_of)

    def read_here(*, among: Sequence[str] | None) -> Iterator[Sequence[CaseFacts]]:
        own.extend(among or ())
        return read(reading, among=among)

    reading.extend_timeouts()
    view = describe_view(session.store, reading)
    assert view is not None
    secret = view.key.hex() if view.key else view.password
    with OtherProcess(view, read, work) as other:
        run = shares.SharedOut(read_here, work, [[ref] for ref in REFS], [made_ready(other)])
        assert secret
        assert secret not in f"{arguments(other.process.pid)} {[*os.environ.values()]} {view}"
        hinder(other.process.pid)
        found = [*run.results()]
    assert other.process.exitcode is not None
    return [each for share in found for each in share], own


def signal_to(sent: signal.Signals, process_id: int) -> None:
    os.kill(process_id, sent)


def test_another_process_finds_what_this_one_would_in_the_same_view_and_with_the_same_rights(bureau: Bureau) -> None:
    session, act = bureau.session("officer"), bureau.session("supervisor")
    for ref in REFS[:2]:
        miss(act, ref, 20, 15, 12)
    everything = list_triggers(session, TODAY)
    bureau.restrict("supervisor", "IOM-1")
    alone = list_triggers(session, TODAY)
    assert {each.case_ref for each in everything} > {each.case_ref for each in alone} > set(), "the control"
    assert alone == [each for case in evaluate_caseload(session, TODAY) for each in case.triggers]
    with session.store.read(facts_only=True) as reading:
        found, own = found_by_both(session, reading)
        assert (found, REFS[0] in own) == (alone, False), "the first was the other's"
        named = {(type(each), *map(type, each.evidence)) for each in found}
        assert {kind for kinds in named for kind in kinds} == {Trigger, Evidence}, "though sent by column"
        miss(act, "PHX-1", 3, 2, 1)
        found, own = found_by_both(session, reading)
        assert found == alone, "what was recorded since this reading began is not in it"
        assert (REFS[0] in own) != bureau.shared, "a file cannot be read as it was: nobody else reads it"
    assert list_triggers(session, TODAY) != alone, "the control"


@pytest.mark.posix("a process cannot be stopped in the middle elsewhere")
@pytest.mark.parametrize("bureau", ["sqlite"], indirect=True)
def test_a_process_that_is_killed_or_stopped_loses_nothing_and_none_is_left(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "LOOKS_FOR_AN_ANSWER", 2)
    session = bureau.session("navigator")
    miss(bureau.session("supervisor"), "PHX-1", 20, 15, 12)
    alone = list_triggers(session, EARLIER)
    assert alone

    with session.store.read(facts_only=True) as reading:
        found, own = found_by_both(session, reading, EARLIER, partial(signal_to, signal.SIGINT))
        assert (found, REFS[0] in own) == (alone, False), "a key that stops a command is not the other's to answer"
        for sent in (signal.SIGSTOP, signal.SIGKILL):
            found, own = found_by_both(session, reading, EARLIER, partial(signal_to, sent))
            assert (found, sorted(own)) == (alone, [*REFS])
    assert not active_children()


@pytest.mark.posix("a process cannot be stopped in the middle elsewhere")
@pytest.mark.parametrize("act", ["takes a share", "gives a result"])
def test_a_process_that_stops_in_the_middle_of_a_message_is_not_waited_for(
    act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(other_process, "_serve", half_a_message.serve_shares)
    unread: Any = None
    with OtherProcess[Any](unread, unread, unread) as other:
        assert made_ready(other).is_free, "the control"
        monkeypatch.setattr(other_process, "MESSAGE_WAIT_S", 0.3)
        other.send(7, ["PHX-1" * 2_000_000 if act == "takes a share" else "PHX-1"])
        while not other.has_ended:
            wait([other.pipe])
            assert other.take() == []
        assert other.lost() == [7]


@pytest.mark.posix("only there is a program kept from beginning another")
@pytest.mark.parametrize("bureau", ["sqlite"], indirect=True)
def test_where_no_other_process_can_be_had_this_one_works_on_everything(bureau: Bureau) -> None:
    session = bureau.session("navigator")
    miss(bureau.session("supervisor"), "PHX-1", 20, 15, 12)
    alone = list_triggers(session, TODAY, processes=0)
    with no_more_files_open():
        with pytest.raises(OSError, match="open files"):
            ServingProcess(print).begin()
        assert list_triggers(session, TODAY, processes=1) == alone != []
        with pytest.raises(FileUnreadable, match="Nothing was added"):
            FileProcess("letter.pdf")
    assert not active_children()


@contextmanager
def no_more_files_open() -> Iterator[None]:
    """Let this process open nothing more, as where a user has too much open to begin another process."""
    import resource  # noqa: PLC0415 - not there on every system

    was = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, was[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, was)


@pytest.mark.posix("a process is killed by a signal")
@pytest.mark.parametrize("bureau", ["sqlite"], indirect=True)
def test_other_processes_end_when_the_one_that_began_them_is_killed_in_the_middle_of_a_share_too(
    bureau: Bureau,
) -> None:
    bureau.keeper.close()
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-m", "endless_share", bureau.location]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TESTS, env=os.environ | paths) as program:
        assert program.stdout is not None
        waiting = program.stdout.readline().split()
        other, *said = program.stdout.readline().split()
        assert (len(waiting), said) == (2, ["reads", "['IOM-1']"]), "the control: one comes to no end, two wait"
        program.kill()
        try:
            program.communicate(timeout=60)  # until none is left that may say something
        except subprocess.TimeoutExpired:
            for left in (*waiting, other):
                with suppress(ProcessLookupError):
                    os.kill(int(left), signal.SIGKILL)
            raise


@pytest.mark.parametrize("bureau", ["sqlite"], indirect=True)
def test_whoever_stops_it_waits_for_no_process(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "IN_FILE", shares.IN_FILE._replace(share=1))
    session = bureau.session("supervisor")
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int, _step: str = "") -> None:
        told.append((done, total))
        assert len(active_children()) == 1
        if done:
            raise InterruptedError

    with session.store.read(facts_only=True) as reading, pytest.raises(InterruptedError):
        list(for_every_case(session.store, reading, *triggers_on(session), progress=stop, processes=1))
    assert told[0] == (0, 3)
    assert told[-1] == (1, 3)
    assert not active_children()


@pytest.fixture
def collected() -> Iterator[None]:
    """Garbage is collected, as it no longer is in a process in which a test has opened a window."""
    was_on = gc.isenabled()
    gc.enable()
    yield
    if not was_on:
        gc.disable()


@pytest.mark.usefixtures("collected")
def test_facts_of_cases_are_freed_at_once_while_collection_is_paused(bureau: Bureau) -> None:
    session = bureau.session("supervisor")
    miss(session, "PHX-1", 20, 15, 12)
    assert list_triggers(session, TODAY)
    assert gc.isenabled()
    before = cases_in_memory()
    with suppress(InterruptedError), garbage_collection_paused():
        assert list_triggers(session, TODAY)
        assert (gc.isenabled(), cases_in_memory()) == (False, before)
        ring: list[object] = [CaseFacts("PHX-9", "PHOENIX", None)]
        ring.append(ring)
        del ring
        assert cases_in_memory() == before + 1, "the control"
        raise InterruptedError
    assert gc.isenabled()


def cases_in_memory() -> int:
    return sum(type(each) is CaseFacts for each in gc.get_objects())


def test_performance_figures_of_shares_add_up_to_those_of_all(bureau: Bureau) -> None:
    session = bureau.session("supervisor")
    for ref in REFS[:2]:
        miss(session, ref, 20, 15, 12)
    policies, first = session.policy_timeline, TODAY - timedelta(days=60)
    work = partial(tally_measures, policies, first=first, last=TODAY)
    counted = Tally(first, TODAY, TODAY)
    with session.store.read(facts_only=True) as reading:
        read = partial(iter_histories, reading, policies)
        for share in shares.SharedOut(read, work, [[ref] for ref in REFS], []).results():
            counted.add(share)
    assert counted == count_measures(session, first, TODAY) != Tally(first, TODAY, TODAY)


def test_shares_hold_every_case_once_and_the_last_are_small() -> None:
    refs = [str(number) for number in range(100_000)]
    parts = shares.parted(refs, 2, least := 500)
    assert [ref for part in parts for ref in part] == refs
    assert len(parts[0]) == 25_000
    assert len(parts[-1]) <= least <= len(parts[-2])
