"""Many summaries at once: drawn elsewhere to the same bytes, each on record or not there, and a failure named alone."""

import os
import signal
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from itertools import chain, count, repeat
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select

from ioms_desktop.domain.errors import FileExists, Stale, WeakPassword
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.cases import RagEntry
from ioms_desktop.services.printing.drawing import (
    ANSWER_WAIT_S,
    LOOK_EVERY_S,
    DrawingProcesses,
    NoLongerWanted,
    NotDrawn,
    draw_summary,
    never,
)
from ioms_desktop.services.printing.many_summaries import (
    FailedByFault,
    PrintedCase,
    SummaryTarget,
    paper_stem,
    print_in_parts,
    print_summaries,
    unused_path,
)
from ioms_desktop.services.printing.papers import PaperState, list_papers
from ioms_desktop.services.printing.protection import make_passphrase
from ioms_desktop.services.printing.summaries import check_wanted, preview_summary, read_summary
from ioms_desktop.services.records.recalls import list_copies_to_recall
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import OutcomeNotKnown, StillOnRecord
from ioms_desktop.storage.schema.tables import audit
from listening import answer_of_commit_lost, before_commit, statements_of
from services.access_bureau import Bureau
from sessions import TODAY, given_to

REFS = ("PHX-1", "IOM-1", "PHX-C")
UNTAKEN = 6
"""Summaries whose pages are more than a pipe holds: the last of them are lost with the process that drew them."""


def asked(session: Session, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as a print takes them
    wanted = {
        "audience": Audience.FULL,
        "reason_code": "CASE_CONFERENCE",
        "printed_at": session.clock(),
        "as_of": TODAY,
    }
    return {**wanted, **given_to("Leicestershire Police"), **more}


def targets(folder: Path, copies: int = 1) -> list[SummaryTarget]:
    return [
        SummaryTarget(case_ref=ref, paths=tuple(folder / f"{ref}-{number}.pdf" for number in range(1, copies + 1)))
        for ref in REFS
    ]


def on_record(session: Session) -> set[tuple[str, str]]:
    return {(row.case_ref, row.copy) for row in list_papers(session)}


def test_a_case_is_read_for_a_paper_without_asking_anything_twice(bureau: Bureau) -> None:
    session = bureau.session("supervisor")
    wanted = check_wanted(session, **asked(session))
    with statements_of(session.store.engine) as heard, session.store.read() as reading:
        read_summary(session, reading, "IOM-1", wanted)
    said = [each for each in heard if each.startswith("SELECT")]
    assert len(said) > 2, said
    assert len(said) == len(set(said)), [each for each in set(said) if said.count(each) > 1]


def test_what_is_drawn_elsewhere_is_the_same_and_a_failure_is_named_alone(bureau: Bureau, tmp_path: Path) -> None:
    session = bureau.session("supervisor")
    wanted = asked(session)
    alone = {
        (ref, number): preview_summary(session, ref, copy=(number, 2), **wanted).pdf
        for ref in REFS
        for number in (1, 2)
    }
    (tmp_path / "IOM-1-2.pdf").mkdir()  # in the way of the second copy
    done = list(print_summaries(session, targets(tmp_path, 2), copies=2, overwrite=True, processes=1, **wanted))
    assert [each.case_ref for each in done] == list(REFS)
    failed = done[1]
    assert "IOM-1-1.pdf" in failed.sentence or "IOM-1-2.pdf" in failed.sentence
    assert [bool(each.error) for each in done] == [False, True, False]
    assert not (tmp_path / "IOM-1-1.pdf").exists(), "all copies of a case, or none"
    for each in (done[0], done[2]):
        for number, (path, pdf) in enumerate(zip(each.paths, each.pdfs, strict=True), 1):
            assert path.read_bytes() == pdf == alone[each.case_ref, number]
    assert on_record(session) == {(ref, f"{number} of 2") for ref in ("PHX-1", "PHX-C") for number in (1, 2)}
    assert len({row.print_id for row in list_papers(session)}) == 4, "each copy has a code of its own"


def test_a_strange_entry_stops_no_paper_and_a_fault_of_one_case_stops_no_other(bureau: Bureau, tmp_path: Path) -> None:
    session = bureau.session("supervisor")
    earlier = replace(session.command_context(), at=session.clock() - timedelta(days=3))
    strange: tuple[dict[str, Any], ...] = ({"recall_of": "P-1"}, {"recall_of": 3, "result": "BURNT"}, {"power": []})
    with session.store.begin(earlier) as tx:
        tx.open_case("IOM-1", "CASE_WORK", "test")
        for detail in strange:
            tx.log(
                "DISCLOSURE", object_type="cases", object_ref="IOM-1", subject_ref="P-CH", recipient="x", detail=detail
            )
    faulty = SummaryTarget(case_ref="IOM-1", paths=(tmp_path / "a.pdf", tmp_path / "b.pdf"))  # and one copy
    first, _, last = targets(tmp_path)
    done = list(print_summaries(session, (first, faulty, last), **asked(session)))
    assert [type(each.error) for each in done] == [type(None), FailedByFault, type(None)]
    assert "ValueError" in done[1].sentence
    assert on_record(session) == {("PHX-1", "1 of 1"), ("PHX-C", "1 of 1")}
    assert not list(tmp_path.glob("[ab].pdf"))
    for audience in (Audience.FULL, Audience.PANEL):
        (printed,) = print_summaries(session, [SummaryTarget(case_ref="IOM-1")], **asked(session, audience=audience))
        assert printed.error is None, printed.sentence
    assert {paper_stem(each, "IOM-1", 7) for each in Audience} == {"IOM-1", "CASE-7"}
    assert paper_stem(Audience.BOARD, "IOM-1", 7) == "CASE-7"


def test_what_is_printed_is_what_was_shown_and_no_file_is_replaced_unasked(bureau: Bureau, tmp_path: Path) -> None:
    session = bureau.session("supervisor")
    wanted = asked(session)

    shown = {(ref, 1): sha256(preview_summary(session, ref, **wanted).pdf).hexdigest() for ref in REFS}
    with session.store.begin(session.command_context()) as tx:
        tx.open_case("IOM-1", "CASE_WORK", "test")
        tx.add(RagEntry(case_ref="IOM-1", set_on=TODAY - timedelta(days=1), rag="RED", reason="arrested"))
    taken = tmp_path / "PHX-C-1.pdf"
    taken.write_bytes(b"mine")
    first, changed, kept = print_summaries(session, targets(tmp_path), shown=shown, **wanted)
    assert first.error is None
    assert isinstance(changed.error, Stale)
    assert isinstance(kept.error, FileExists)
    assert taken.read_bytes() == b"mine"
    assert on_record(session) == {("PHX-1", "1 of 1")}
    again: list[PrintedCase] = list(print_summaries(session, targets(tmp_path)[:1], shown=shown, **wanted))
    assert again[0].error is None, "the very same bytes are there already"
    free = {unused_path(taken, set()).name, unused_path(taken, {taken.with_name("PHX-C-1 (2).pdf")}).name}
    assert free == {"PHX-C-1 (2).pdf", "PHX-C-1 (3).pdf"}


def test_what_is_taken_out_while_papers_are_drawn_is_on_none_and_no_other_case_is_read_twice(bureau: Bureau) -> None:
    session, act = bureau.session("supervisor"), bureau.session("officer")
    with act.store.begin(act.command_context()) as tx:
        tx.open_case("IOM-1", "CASE_WORK", "test")
        wrong = tx.add(RagEntry(case_ref="IOM-1", set_on=TODAY - timedelta(days=1), rag="RED", reason="his brother"))
    wanted = asked(session)
    with_it = preview_summary(session, "IOM-1", **wanted).pdf
    with statements_of(session.store.engine) as heard:
        printing = print_summaries(session, [SummaryTarget(case_ref=ref) for ref in REFS], processes=0, **wanted)
        first = next(printing)  # the others are read, and wait: bytes leave one after the other
        bureau.clock.now += timedelta(seconds=3)
        with act.store.begin(act.command_context()) as tx:
            tx.open_case("IOM-1", "CASE_WORK", "test")
            tx.strike_out(wrong, "It was his brother")
        bureau.clock.now += timedelta(seconds=3)
        done = [first, *printing]
    assert [each.error for each in done] == [None] * 3
    assert [list(each.pdfs) == [preview_summary(session, each.case_ref, **wanted).pdf] for each in done] == [True] * 3
    assert done[1].pdfs != (with_it,)
    asking = [each for each in heard if "count(" in each and "former_version" in each]
    read = len(done) if bureau.shared else 1
    assert len(asking) == read + len(done) + 2, "once as it is read, in a file of all together, and once as it leaves"
    assert list_copies_to_recall(session) == ()


def test_who_stops_keeps_what_is_done_and_no_more_is_printed(bureau: Bureau, tmp_path: Path) -> None:
    session = bureau.session("supervisor")
    printing = print_in_parts(session, targets(tmp_path), together=2, **asked(session))
    assert [each.case_ref for each in next(printing)] == [*REFS[:2]]
    printing.close()
    assert [path.name for path in sorted(tmp_path.glob("*.pdf"))] == ["IOM-1-1.pdf", "PHX-1-1.pdf"]
    assert on_record(session) == {(ref, "1 of 1") for ref in REFS[:2]}
    bytes_alone = print_in_parts(session, [SummaryTarget(case_ref=ref) for ref in REFS], **asked(session))
    assert [each.case_ref for each in next(bytes_alone)] == [REFS[0]], "what is not asked for has not left"
    bytes_alone.close()
    assert len(list_papers(session)) == 3


def test_what_left_is_told_to_who_stops_while_another_is_drawn_anew(bureau: Bureau, tmp_path: Path) -> None:
    session, act = bureau.session("supervisor"), bureau.session("officer")
    wanted, corrected = asked(session), list[str]()
    with act.store.begin(act.command_context()) as tx:
        tx.open_case("IOM-1", "CASE_WORK", "test")
        wrong = tx.add(RagEntry(case_ref="IOM-1", set_on=TODAY - timedelta(days=1), rag="RED", reason="his brother"))

    def is_stopped() -> bool:
        if not corrected:  # all are read, and none is drawn
            corrected.append("IOM-1")
            bureau.clock.now += timedelta(seconds=3)
            with act.store.begin(act.command_context()) as tx:
                tx.open_case("IOM-1", "CASE_WORK", "test")
                tx.strike_out(wrong, "It was his brother")
            bureau.clock.now += timedelta(seconds=3)
        return any(tmp_path.glob("*.pdf"))

    done = [*print_in_parts(session, targets(tmp_path), processes=0, is_stopped=is_stopped, **wanted)]
    assert [[(each.case_ref, each.error) for each in part] for part in done] == [[("PHX-1", None), ("PHX-C", None)]]
    assert {path.name for path in tmp_path.glob("*.pdf")} == {"PHX-1-1.pdf", "PHX-C-1.pdf"}
    assert on_record(session) == {(ref, "1 of 1") for ref in ("PHX-1", "PHX-C")}
    with session.store.read() as reading:
        _, summary = read_summary(session, reading, "PHX-1", check_wanted(session, **wanted))
    begun: list[str] = []
    noted = replace(summary, notes=filter(begun.append, ("its user stops it now",)))  # type: ignore[arg-type]  # no notes
    with DrawingProcesses(1, 0, is_stopped=lambda: bool(begun)) as drawing:
        assert drawing.draw(noted)().startswith(b"%PDF"), "what is drawn leaves"
        with pytest.raises(NoLongerWanted):
            drawing.draw(summary)()


def test_files_leave_in_one_transaction_and_by_themselves_where_one_of_them_cannot(
    bureau: Bureau, tmp_path: Path
) -> None:
    session = bureau.session("supervisor")
    wanted = asked(session)
    for name, in_the_way, transactions in (("sound", False, 1), ("taken", True, 4)):
        (folder := tmp_path / name).mkdir()
        if in_the_way:
            (folder / "IOM-1-1.pdf").write_bytes(b"mine")
        before = len(list_papers(session))
        with statements_of(session.store.engine) as heard:
            (done,) = print_in_parts(session, targets(folder), **wanted)
        assert [bool(each.error) for each in done] == [False, in_the_way, False]
        assert [each.case_ref for each in done] == [*REFS]
        registered = [each.case_ref for each in reversed(list_papers(session))][before:]
        assert registered == (["PHX-1", "PHX-C"] if in_the_way else sorted(REFS)), "in one order, whoever prints them"
        for each in done:
            assert each.error is not None or each.paths[0].read_bytes() == each.pdfs[0]
        assert len(list_papers(session)) - before == len([each for each in done if each.error is None])
        assert len([each for each in heard if each.startswith("INSERT INTO request")]) == transactions
        counted = len([each for each in heard if "count(" in each and "former_version" in each])
        assert counted == (6 if bureau.shared else 2) + (3 if in_the_way else 0), "of all together, and of each alone"


@pytest.mark.parametrize(
    ("is_saved", "then_answers", "printed"),
    [(True, True, 3), (False, True, 3), (True, False, 0)],
)
def test_what_was_saved_is_not_printed_twice_where_the_answer_was_lost(
    bureau: Bureau, tmp_path: Path, is_saved: bool, then_answers: bool, printed: int
) -> None:
    session = bureau.session("supervisor")
    how, lost = asked(session), {"is_saved": is_saved, "then_answers": then_answers}
    with answer_of_commit_lost(session.store.engine, "print_case_summary", **lost):
        (done,) = print_in_parts(session, targets(tmp_path), **how)
    assert [each.case_ref for each in done] == [*REFS]
    assert len([each for each in done if each.error is None]) == len([*tmp_path.glob("*.pdf")]) == printed
    assert len(list_papers(session)) == 3, "each once, and where nobody can say so, none is tried again"
    assert {type(each.error) for each in done} == {type(None) if then_answers else OutcomeNotKnown}


@pytest.mark.parametrize(("takes_a_name", "left", "unmade"), [(False, 3, 0), (True, 2, 3)])
def test_files_are_on_record_before_they_are_there_and_what_then_fails_is_on_record_too(
    bureau: Bureau, tmp_path: Path, takes_a_name: bool, left: int, unmade: int
) -> None:
    session = bureau.session("supervisor")
    at_commit: list[list[Path]] = []

    def see_folder() -> None:
        if [*tmp_path.glob(".*.part")]:  # the files are written: it is the commit that puts them on record
            at_commit.append([*tmp_path.glob("*.pdf")])
            if takes_a_name:
                tmp_path.joinpath("IOM-1-1.pdf").touch()

    with before_commit(session.store.engine, see_folder):
        (done,) = print_in_parts(session, targets(tmp_path), **asked(session))
    assert at_commit[0] == [], "a machine that stops here leaves an entry about no file, and no file without an entry"
    assert [bool(each.error) for each in done] == [False, takes_a_name, False]
    assert "is already there" in done[1].sentence or not takes_a_name, "as it says when it is tried by itself"
    assert [path.name for path in sorted(tmp_path.glob("*.pdf")) if path.stat().st_size] == sorted(
        path.name for each in done if each.error is None for path in each.paths
    )
    states = Counter(each.state for each in list_papers(session))
    assert (states[PaperState.OUT], states[PaperState.NOT_PRINTED]) == (left, unmade)


def test_papers_that_the_record_still_calls_given_are_not_put_on_record_again(bureau: Bureau, tmp_path: Path) -> None:
    session = bureau.session("supervisor")

    def take_a_name() -> None:
        if [*tmp_path.glob(".*.part")]:
            tmp_path.joinpath("IOM-1-1.pdf").touch()

    lost = answer_of_commit_lost(session.store.engine, "print_not_made", is_saved=False, then_answers=True)
    with before_commit(session.store.engine, take_a_name), lost:
        (done,) = print_in_parts(session, targets(tmp_path), **asked(session))
    assert {type(each.error) for each in done} == {StillOnRecord}
    assert ["never made" in each.sentence for each in done] == [True] * 3
    assert [path.name for path in tmp_path.glob("*.pdf") if path.stat().st_size] == []
    assert [(each.case_ref, each.state) for each in reversed(list_papers(session))] == [
        (ref, PaperState.OUT) for ref in sorted(REFS)
    ], "each once, so that somebody says of it in Papers that it was never made"


def test_a_summary_that_cannot_be_drawn_or_ends_its_process_fails_by_itself(bureau: Bureau) -> None:
    session = bureau.session("supervisor")
    with session.store.read() as reading:
        _, summary = read_summary(session, reading, "PHX-1", check_wanted(session, **asked(session)))
    broken = replace(summary, identity=None)  # type: ignore[arg-type]  # what no service gives
    ends_it = replace(summary, notes=map(os._exit, (1,)))  # type: ignore[arg-type]  # ends what reads the lines
    for processes in (0, 1):
        with DrawingProcesses(1, processes, draws_here=False) as drawing:
            waiting = [drawing.draw(each) for each in (summary, broken, summary)]
            assert waiting[0]() == waiting[2]() == draw_summary(summary)
            with pytest.raises(NotDrawn):
                waiting[1]()
            if processes:
                (drawer,) = drawing._drawers  # noqa: SLF001 - it ends without this process taking what it drew
                ended = drawer.process
                waiting = [drawing.draw(each) for each in (*[summary] * UNTAKEN, ends_it, *[summary] * UNTAKEN)]
                ended.join()
                drawing.draws_here = True  # but nothing that may end this process
                assert {drawn() for drawn in waiting[:UNTAKEN]} == {draw_summary(summary)}
                with pytest.raises(NotDrawn):
                    waiting[UNTAKEN]()
                drawing.draws_here = False
                drawer.process.kill()
                drawer.process.join()
                assert drawing.draw(summary)() == draw_summary(summary), "in this process, as nothing was lost in that"
                assert {drawn() for drawn in waiting[UNTAKEN + 1 :]} == {draw_summary(summary)}
    assert not drawer.process.is_alive()
    with DrawingProcesses(1, 1, draws_here=False) as drawing:
        (drawer,) = drawing._drawers  # noqa: SLF001 - it ends before it has taken over its end of the pipe, which stays
        drawer.pipe.close()
        drawer.pipe, its_end = Pipe()
        drawer.process.kill()
        with its_end:
            assert drawing.draw(summary)() == draw_summary(summary)


@pytest.mark.posix("a process that is stopped and has not ended")
def test_a_process_that_is_stopped_keeps_nobody_waiting_and_stands_in_no_users_way(bureau: Bureau) -> None:
    session = bureau.session("supervisor")
    with session.store.read() as reading:
        _, summary = read_summary(session, reading, "PHX-1", check_wanted(session, **asked(session)))
    with DrawingProcesses(1, 1, draws_here=False) as drawing:
        (drawer,) = drawing._drawers  # noqa: SLF001 - the process is stopped from outside, as by a debugger
        os.kill(drawer.process.pid, signal.SIGSTOP)  # it has not said yet that it is ready
        drawing.answer_wait_s = 0.1
        alone = drawing.draw(summary)()
    with DrawingProcesses(1, 1, draws_here=False) as drawing:
        assert drawing.draw(summary)() == alone
        (drawer,) = drawing._drawers  # noqa: SLF001 - as above
        stopped = drawer.process
        os.kill(stopped.pid, signal.SIGINT)
        assert drawing.draw(summary)() == alone
        assert drawer.process is stopped, "a key that stops the command is not the other's to answer"
        os.kill(stopped.pid, signal.SIGSTOP)
        first, second = (drawing.draw(summary) for _ in range(2))
        asked_here = count(1)
        drawing.is_stopped = lambda: next(asked_here) < 0  # never
        drawing.answer_wait_s = 1.5 * LOOK_EVERY_S
        with pytest.raises(NotDrawn, match="gave no answer"):
            first()
        assert next(asked_here) > 3, "before it waited, at the first look, however late that came, and at the end"
        drawing.is_stopped, drawing.answer_wait_s = never, ANSWER_WAIT_S
        assert second() == alone
        assert not stopped.is_alive()
        os.kill(drawer.process.pid, signal.SIGSTOP)
        heavy = replace(summary, identity="more than a pipe holds" * 100_000)  # type: ignore[arg-type]  # not drawn
        drawing.is_stopped = partial(next, chain((False, False), repeat(True)))
        with pytest.raises(NoLongerWanted):
            drawing.draw(heavy)()
    printing = print_in_parts(
        session, [SummaryTarget(case_ref=ref) for ref in REFS], is_stopped=lambda: True, **asked(session)
    )
    assert [*printing] == []
    assert list_papers(session) == []


def test_an_encrypted_file_opens_with_its_passphrase_alone_and_is_the_same_paper(
    bureau: Bureau, tmp_path: Path
) -> None:
    session, words = bureau.session("supervisor"), make_passphrase()
    wanted = asked(session)
    plain = preview_summary(session, "PHX-1", **wanted).pdf
    with pytest.raises(WeakPassword):
        next(print_summaries(session, targets(tmp_path), passphrase="1234", **wanted))
    assert not list(tmp_path.glob("*.pdf"))
    (done,) = print_summaries(session, targets(tmp_path)[:1], passphrase=words, **wanted)
    locked = done.paths[0].read_bytes()
    for wrong in ("", f"{words}x"):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(BytesIO(locked), password=wrong)
    with pikepdf.open(BytesIO(locked), password=words) as opened:
        method = opened.encryption
        assert (method.R, method.bits, "aesv3" in str(method.stream_method)) == (6, 256, True)
        assert len(opened.pages) == len(pikepdf.open(BytesIO(plain)).pages)
    assert b"MARLOW" not in locked
    (row,) = list_papers(session)
    assert row.digest == sha256(locked).hexdigest()
    assert words not in str(locked)
    with bureau.keeper.read() as reading:
        kept = [str(each) for each in reading.connection.execute(select(audit)).all()]
    assert not any(words in each for each in kept), "the passphrase is kept nowhere"
    assert len({make_passphrase() for _ in range(20)}) == 20
