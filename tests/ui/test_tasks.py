import threading
from collections.abc import Callable
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.errors import Refused, Stale
from ioms_desktop.ui.errors import fault_reporter, report_fault
from ioms_desktop.ui.tasks import ProgressStep, TaskProgress, Tasks
from ui.hands import show


def refusing(error: Refused) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def test_work_leaves_the_interface_thread_and_its_result_comes_back_to_it(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[tuple[int, bool]] = []
    here = QThread.currentThread()
    tasks.run(tasks, threading.get_ident, lambda there: seen.append((there, QThread.currentThread() is here)))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0] != threading.get_ident()
    assert seen[0][1]


def test_nobody_is_told_when_the_owner_is_gone(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[int] = []
    gate = threading.Event()
    owner = QObject()
    tasks.run(owner, gate.wait, lambda _: told.append(1))
    shiboken6.delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert told == []


def test_a_refusal_comes_as_its_sentence(qtbot: QtBot, tasks: Tasks) -> None:
    said: list[str] = []
    tasks.run(tasks, refusing(Stale("Someone else saved this.")), lambda _: None, said.append)
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["Someone else saved this."]


def test_a_refusal_nobody_waits_for_goes_to_the_message_bar(qtbot: QtBot, tasks: Tasks) -> None:
    with qtbot.waitSignal(tasks.refused) as heard:
        tasks.run(tasks, refusing(Refused("Not today.")), lambda _: None)
    assert heard.args == ["Not today."]


def test_a_fault_is_logged_shown_once_and_told(qtbot: QtBot, tasks: Tasks, caplog: pytest.LogCaptureFixture) -> None:
    references: list[str] = []

    def work() -> None:
        raise ZeroDivisionError

    tasks.run(tasks, work, lambda _: None, failed=references.append)
    tasks.run(tasks, work, lambda _: None, failed=references.append)
    qtbot.waitUntil(lambda: len(references) == 2)
    qtbot.waitUntil(lambda: fault_reporter().dialog is not None)
    dialog = fault_reporter().dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: all(reference in dialog.reference.text() for reference in references))
    assert all(reference in caplog.text for reference in references)
    assert "ZeroDivisionError" in caplog.text
    dialog.reject()
    qtbot.waitUntil(lambda: fault_reporter().dialog is None)


def test_a_fault_after_the_work_goes_to_whoever_waits_and_never_says_that_the_work_failed(
    qtbot: QtBot, tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[str, str]] = []

    def shows(_: None) -> None:
        raise ZeroDivisionError

    def hears(what: str) -> Callable[[str], None]:
        return lambda reference: told.append((what, reference))

    def ended() -> None:
        told.append(("ended", ""))

    with qtbot.captureExceptions() as raised:
        tasks.run(tasks, lambda: None, shows, hears("refused"), hears("not saved"))
        qtbot.waitUntil(lambda: len(raised) == 1)
        assert told == []
        tasks.run(tasks, lambda: None, shows, hears("refused"), hears("not saved"), then_failed=hears("not shown"))
        qtbot.waitUntil(lambda: len(raised) == 2)
        tasks.run_long(tasks, lambda _: None, shows, None, ended, then_failed=hears("not shown"))
        qtbot.waitUntil(lambda: len(raised) == 3)
        tasks.latest(tasks, "read", lambda: None, shows, hears("refused"), hears("not read"))
        qtbot.waitUntil(lambda: len(raised) == 4)
        owner = QObject()

        def closes(_: None) -> None:
            shiboken6.delete(owner)
            raise ZeroDivisionError

        tasks.run(owner, lambda: None, closes, then_failed=hears("gone"))
        qtbot.waitUntil(lambda: len(raised) == 5)
    assert [what for what, _ in told] == ["not shown", "not shown", "ended", "not read"]
    for _, fault, _ in raised:
        report_fault(fault)  # as the handler of what a slot raises does
    references = [reference for _, reference in told if reference]
    assert [caplog.text.count(reference) for reference in references] == [1, 1, 1], "each is reported once"
    assert caplog.text.count("ioms_desktop.faults") == 5


def test_a_fault_is_shown_after_the_window_under_the_last_one_was_closed(qtbot: QtBot) -> None:
    first = QWidget()
    show(qtbot, first)
    fault_reporter().reported.emit("AAAA-BBBB")
    qtbot.waitUntil(lambda: fault_reporter().dialog is not None)
    with qtbot.waitSignal(first.destroyed):
        first.deleteLater()
    assert fault_reporter().dialog is None
    fault_reporter().reported.emit("CCCC-DDDD")
    qtbot.waitUntil(lambda: fault_reporter().dialog is not None)
    dialog = fault_reporter().dialog
    assert dialog is not None
    assert dialog.reference.text() == "CCCC-DDDD"
    dialog.reject()
    qtbot.waitUntil(lambda: fault_reporter().dialog is None)


def test_a_new_request_drops_the_answer_to_the_old_one(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[str] = []
    gate = threading.Event()

    def slow() -> str:
        gate.wait()
        return "old"

    tasks.latest(tasks, "search", slow, told.append)
    tasks.latest(tasks, "search", lambda: "new", told.append)
    qtbot.waitUntil(lambda: told == ["new"])
    gate.set()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert told == ["new"]


def test_a_fault_of_an_old_request_is_logged_and_does_not_take_the_place_of_the_new_answer(
    qtbot: QtBot, tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    gate = threading.Event()

    def faulty() -> None:
        gate.wait()
        raise ZeroDivisionError

    tasks.latest(tasks, "read", faulty, lambda _: None, told.append, told.append)
    tasks.latest(tasks, "read", lambda: "new", told.append)
    qtbot.waitUntil(lambda: told == ["new"])
    gate.set()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert told == ["new"]
    assert "ZeroDivisionError" in caplog.text


def test_what_was_dropped_is_told_no_more(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[str] = []
    gate = threading.Event()
    for key in ("dropped", "wanted"):
        tasks.latest(tasks, key, lambda key=key: gate.wait() and key, told.append)  # type: ignore[misc]  # bound now
    tasks.in_steps(tasks, "steps", [lambda: told.append("first"), lambda: told.append("second")], told.append)
    for key in ("dropped", "steps", "never asked for"):
        tasks.drop(tasks, key)
    assert [tasks.awaits(tasks, key) for key in ("dropped", "steps", "wanted")] == [False, False, True]
    gate.set()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert told == ["first", "wanted"]
    assert not tasks.awaits(tasks, "wanted")


def test_whoever_is_told_of_a_refusal_sees_that_one_and_not_a_later_one(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[tuple[str, object]] = []
    gate = threading.Event()
    first, second = Stale("The first."), Refused("The second.")

    def refused_late() -> None:
        gate.wait()
        raise first

    def see(sentence: str) -> None:
        seen.append((sentence, tasks.refusal))

    tasks.run(tasks, refused_late, lambda _: None, see)
    tasks.run(tasks, refusing(second), lambda _: None, see)
    qtbot.waitUntil(lambda: len(seen) == 1)
    gate.set()
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [("The second.", second), ("The first.", first)]
    assert tasks.refusal is None


def test_what_is_delivered_while_a_refusal_is_told_has_nothing_to_do_with_it(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[object] = []
    refusal = Refused("Not today.")

    def see(_: object) -> None:
        seen.append(tasks.refusal)

    def told(sentence: str) -> None:
        tasks.run_long(tasks, lambda _: sentence, see, ended=lambda: see(None))
        qtbot.waitUntil(lambda: len(seen) == 2)  # as a dialog that is opened does
        see(sentence)

    tasks.run(tasks, refusing(refusal), see, told)
    qtbot.waitUntil(lambda: len(seen) == 3)
    assert seen == [None, None, refusal]
    assert tasks.refusal is None


def test_a_request_overtaken_before_it_began_never_runs(qtbot: QtBot, tasks: Tasks) -> None:
    ran: list[int] = []
    gate = threading.Event()
    for _ in range(4):
        tasks.run(tasks, gate.wait, lambda _: None)
    for number in range(20):
        tasks.latest(tasks, "search", lambda number=number: ran.append(number), lambda _: None)  # type: ignore[misc]  # a default binds it
    gate.set()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert ran == [19]


def test_requests_of_other_owners_and_keys_are_left_alone(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[str] = []
    owner = QObject()
    for who, key in ((tasks, "a"), (tasks, "b"), (owner, "a")):
        tasks.latest(who, key, lambda key=key: key, told.append)  # type: ignore[misc]  # a default binds it
    qtbot.waitUntil(lambda: sorted(told) == ["a", "a", "b"])


def test_long_work_reports_its_steps_and_ends(qtbot: QtBot, tasks: Tasks) -> None:
    steps: list[ProgressStep] = []
    ends: list[str] = []

    def work(progress: TaskProgress) -> str:
        for done in range(3):
            progress.report(done, 3, f"page {done + 1}")
        return "written"

    tasks.run_long(tasks, work, ends.append, steps.append, lambda: ends.append("ended"))
    qtbot.waitUntil(lambda: ends == ["written", "ended"])
    assert steps == [ProgressStep(0, 3, "page 1"), ProgressStep(1, 3, "page 2"), ProgressStep(2, 3, "page 3")]


def test_cancelled_work_stops_at_its_next_look_and_says_only_that_it_ended(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[str] = []
    looked = threading.Event()
    gate = threading.Event()

    def work(progress: TaskProgress) -> str:
        looked.set()
        gate.wait()
        progress.report(1, 2)
        return "never"

    task = tasks.run_long(tasks, work, told.append, None, lambda: told.append("ended"))
    looked.wait()
    task.cancel()
    gate.set()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert told == ["ended"]


def test_long_work_that_was_done_before_it_could_stop_is_told_and_not_called_stopped(
    qtbot: QtBot, tasks: Tasks
) -> None:
    told: list[str] = []
    looked, gate = threading.Event(), threading.Event()

    def work(progress: TaskProgress) -> str:
        progress.report(1, 2)
        looked.set()
        gate.wait()
        return "written"

    task = tasks.run_long(tasks, work, told.append, None, lambda: told.append(f"stopped: {task.was_cancelled}"))
    looked.wait()
    task.cancel()
    gate.set()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert told == ["written", "stopped: False"]


def test_closing_waits_for_what_runs_and_tells_nobody(qtbot: QtBot) -> None:
    tasks = Tasks()
    begun = threading.Event()
    finished: list[str] = []
    told: list[None] = []

    def work(progress: TaskProgress) -> None:
        begun.set()
        while not progress.cancelled:
            pass
        finished.append("finished")

    tasks.run_long(tasks, work, told.append)
    begun.wait()
    tasks.close()
    assert finished == ["finished"]
    late = tasks.run(tasks, lambda: None, told.append)
    qtbot.waitUntil(lambda: late.progress.cancelled)
    assert told == []


def test_busy_is_said_at_the_first_and_at_the_last(qtbot: QtBot, tasks: Tasks) -> None:
    said: list[bool] = []
    tasks.busy_changed.connect(said.append)
    tasks.run(tasks, lambda: None, lambda _: None)
    tasks.run(tasks, lambda: None, lambda _: None)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert said == [True, False]


def test_steps_are_done_one_a_turn_until_something_newer_is_asked_for(qtbot: QtBot, tasks: Tasks) -> None:
    done: list[str] = []

    def steps(name: str) -> list[Callable[[], None]]:
        return [lambda each=each: done.append(f"{name}{each}") for each in range(3)]  # type: ignore[misc]  # bound now

    failed: list[str] = []
    tasks.in_steps(tasks, "shown", steps("a"), failed.append)
    tasks.in_steps(tasks, "other", steps("b"), failed.append)
    assert done == ["a0", "b0"]
    assert tasks.is_busy
    tasks.latest(tasks, "shown", lambda: None, lambda _: tasks.in_steps(tasks, "shown", steps("c"), failed.append))
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert [each for each in done if each[0] in "ac"] == ["a0", "c0", "c1", "c2"]
    assert [each for each in done if each[0] == "b"] == ["b0", "b1", "b2"]
    tasks.in_steps(tasks, "shown", steps("f"), failed.append)
    tasks.in_steps(tasks, "shown", steps("g"), failed.append)
    asks = partial(tasks.latest, tasks, "other", lambda: None, lambda _: None)
    tasks.in_steps(tasks, "other", [asks, *steps("h")], failed.append)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert [each for each in done if each[0] in "fgh"] == ["f0", "g0", "g1", "g2"]
    owner = QObject()
    tasks.in_steps(owner, "gone", steps("d"), failed.append)
    shiboken6.delete(owner)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert done[-1] == "d0"
    assert failed == []
    first, _, last = steps("e")
    tasks.in_steps(tasks, "faulty", [first, lambda: 1 / len(failed), last], failed.append)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert done[-1] == "e0", "what comes after a fault is not done"
    assert len(failed) == 1, "it is told, so that nobody waits for it"
