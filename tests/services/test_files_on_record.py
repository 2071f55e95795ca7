"""A file that leaves is whole and on record, or not there: whatever stands in its way, and on both databases."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.errors import FileUnwritable, Missing, NotAllowed, NotPossibleNow, Refused
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.workers.names import is_same_user
from ioms_desktop.file_access import others_may_use
from ioms_desktop.services.appointments.calendar_export import export_calendar
from ioms_desktop.services.audit.export_audit import AUDIT_FILE, export_audit
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.letters.letters import WriteLetter, read_letter_facts, write_letter
from ioms_desktop.services.offline.check_in_answers import write_questions
from ioms_desktop.services.offline.checkout import CheckOutCases, check_out_cases, list_open_checkouts
from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries
from ioms_desktop.services.printing.packs.audit_report import WantedReport, print_audit_report
from ioms_desktop.services.printing.packs.leaving_file import Places
from ioms_desktop.services.printing.packs.pack import print_pack
from ioms_desktop.services.printing.papers import PaperState, list_papers
from ioms_desktop.services.printing.sharing_log import record_never_made
from ioms_desktop.services.printing.summaries import require_visible_cases
from ioms_desktop.services.records.letter_copies import STAYS_GIVEN
from ioms_desktop.services.records.recalls import get_copies_to_recall
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import NOT_MADE, NotInPlace, StillOnRecord
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.tables import audit
from ioms_desktop.storage.store import Store
from listening import answer_of_commit_lost, before_commit, statements_of
from paper_prints import save_papers
from services.access_bureau import Bureau
from sessions import TODAY, Clock, fill, request, session_of

Way = Callable[[Session, Path], object]
CASE = "IOM-1"
FULL_DISK_BYTES = 100  # less than the smallest file here


def _print(session: Session, folder: Path) -> None:
    save_papers(session, [(CASE, folder / "summary.pdf")], reason_code="CASE_WORK")


def _take_away(session: Session, folder: Path) -> None:
    path = folder / "visit.ioms"
    check_out_cases(
        session, CheckOutCases(path=path, cases=(CASE,), reason="CASE_WORK", password="plum Kettle 47 rain")
    )


WAYS: dict[str, tuple[Way, str]] = {
    "print": (_print, "summary.pdf"),
    "export to a folder": (lambda session, folder: export_records(session, folder, reason="CASE_WORK"), "rag.csv"),
    "export to a workbook": (
        lambda session, folder: export_records(session, folder / "all.xlsx", reason="CASE_WORK"),
        "all.xlsx",
    ),
    "take away": (_take_away, "visit.ioms"),
}


def _as_auditor(session: Session) -> Session:
    return replace(session, role=Role.AUDITOR)


def _pack(session: Session, folder: Path) -> None:
    places = Places(paths=(folder / "pack.pdf",))
    print_pack(session, [CASE, "PHX-1"], places, audience=Audience.FULL, reason_code="CASE_WORK", as_of=TODAY)


FURTHER_WAYS: dict[str, tuple[Way, str]] = {
    "pack": (_pack, "pack.pdf"),
    "calendar": (
        lambda session, folder: export_calendar(session, folder / "a.ics", TODAY, TODAY, reason="CASE_WORK"),
        "a.ics",
    ),
    "questions": (lambda session, folder: write_questions(session, folder / "asked.json", ()), "asked.json"),
    "audit": (lambda session, folder: export_audit(_as_auditor(session), folder), AUDIT_FILE),
    "audit report": (
        lambda session, folder: print_audit_report(
            _as_auditor(session), WantedReport(ref="PHX-1"), folder / "report.pdf"
        ),
        "report.pdf",
    ),
}
"""Every other kind; of copies of documents and letters see their own tests."""


@pytest.fixture
def session(store: Store) -> Session:
    fill(store)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


def disclosures(session: Session) -> int:
    query = select(func.count()).where(tables.audit.c.kind == "DISCLOSURE")
    with session.store.read() as reading:
        return reading.connection.scalar(query) or 0


def contents(folder: Path) -> dict[str, object]:
    return {
        path.name: path.readlink() if path.is_symlink() else None if path.is_dir() else path.read_bytes()
        for path in folder.iterdir()
    }


@contextmanager
def full_disk() -> Iterator[None]:
    """Let this process write no file beyond some bytes, as on a disk that has no more left."""
    import resource  # noqa: PLC0415 - there is none on Windows

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_DISK_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def a_folder_in_the_way(path: Path) -> None:
    path.mkdir()


def a_link_in_the_way(path: Path) -> None:
    other = path.with_name("somebody else's")
    other.write_bytes(b"untouched")
    path.symlink_to(other)


@pytest.mark.parametrize(
    "obstacle",
    [a_folder_in_the_way, pytest.param(a_link_in_the_way, marks=pytest.mark.posix("a link needs a right of its own"))],
)
def test_what_cannot_be_put_in_place_changes_nothing_and_is_not_on_record(
    session: Session, tmp_path: Path, obstacle: Callable[[Path], None]
) -> None:
    for way, (leave, name) in WAYS.items():
        folder = folder_for(tmp_path, way)
        obstacle(folder / name)
        before, recorded = contents(folder), disclosures(session)
        with pytest.raises(Refused):
            leave(session, folder)
        assert contents(folder) == before
        assert disclosures(session) == recorded
        assert list_open_checkouts(session) == []
        (folder / name).unlink() if (folder / name).is_symlink() else (folder / name).rmdir()
        leave(session, folder)  # the control
        assert disclosures(session) > recorded
        assert not others_may_use(folder / name)
        assert not list(folder.glob(".*"))


@pytest.mark.posix("the limit of a process on what it writes")
@pytest.mark.parametrize("way", ["print", "export to a folder", "export to a workbook"])
def test_a_full_disk_leaves_the_former_file_and_no_disclosure(shared_location: str, tmp_path: Path, way: str) -> None:
    from keys import opened  # noqa: PLC0415 - as in the fixture `store`

    store = opened(shared_location)  # a server writes its own files, which the limit does not reach
    fill(store)
    session = session_of(store, "wright", Role.SUPERVISOR, Clock())
    leave, name = WAYS[way]
    folder = tmp_path / "out"
    folder.mkdir()
    leave(session, folder)
    before, recorded = contents(folder), disclosures(session)
    with full_disk(), pytest.raises(FileUnwritable, match="unchanged"):
        leave(session, folder)
    assert contents(folder) == before
    assert disclosures(session) == recorded > 0
    assert len((folder / name).read_bytes()) > 0
    store.close()


def test_no_file_of_any_kind_is_there_before_it_is_on_record_nor_when_it_cannot_be(
    shared_location: str, tmp_path: Path
) -> None:
    from keys import opened  # noqa: PLC0415 - as in the fixture `store`

    store = opened(shared_location)
    fill(store)
    session = session_of(store, "wright", Role.SUPERVISOR, Clock())
    with store.begin(session.command_context()) as tx:
        # The server refuses the entry only when the transaction is committed: every file is written by then.
        tx.connection.exec_driver_sql(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NEW.kind = 'DISCLOSURE' THEN RAISE EXCEPTION 'no' USING ERRCODE = '53100'; END IF; RETURN NULL; END $$"
        )
        tx.connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON audit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
            "EXECUTE FUNCTION refuse()"
        )
    for way, (leave, name) in {**WAYS, **FURTHER_WAYS}.items():
        folder = folder_for(tmp_path, way)
        before, at_commit = contents(folder), list[list[str]]()
        with before_commit(store.engine, partial(see_files, folder, at_commit)), pytest.raises(Refused):
            leave(session, folder)
        assert at_commit, way
        assert {*chain(*at_commit)} == {"people.csv"}, way
        assert contents(folder) == before, way
        assert name not in before
    assert disclosures(session) == 0
    assert list_open_checkouts(session) == []
    store.close()


def folder_for(place: Path, way: str) -> Path:
    """Make a folder in which there was an export before."""
    (folder := place / way).mkdir()
    (folder / "people.csv").write_bytes(b"a former export")
    return folder


def see_files(folder: Path, seen: list[list[str]]) -> None:
    """Note which files have their names once some are written under temporary ones."""
    if [*folder.glob("*.part")]:
        seen.append([each.name for each in folder.iterdir() if ".part" not in each.name])


def test_a_file_of_any_kind_that_is_on_record_and_finds_no_place_is_told_and_on_record_as_not_made(
    bureau: Bureau, tmp_path: Path
) -> None:
    for way, (leave, name) in {**WAYS, **FURTHER_WAYS}.items():
        session = bureau.session("auditor" if "audit" in way else "supervisor")
        folder = folder_for(tmp_path, way)

        before = len(unmade(bureau))
        with name_taken_at_commit(session, folder / name), pytest.raises(NotInPlace) as refused:
            leave(session, folder)
        assert type(refused.value) is NotInPlace, refused.value.sentence
        assert "on record that the" in refused.value.sentence, way
        assert ".part" not in refused.value.sentence, "the file is named, not the temporary one"
        assert contents(folder) == {"people.csv": b"a former export", name: None}, way
        assert len(unmade(bureau)) > before, way
        (folder / name).rmdir()
        leave(session, folder)  # the control
        assert (folder / name).is_file(), way
    assert len(list_open_checkouts(bureau.session("supervisor"))) == 1, "nobody waits for a file that was not made"
    session, folder = bureau.session("supervisor"), folder_for(tmp_path, "lost")
    lost = answer_of_commit_lost(session.store.engine, "file_not_made", is_saved=False, then_answers=True)

    with name_taken_at_commit(session, folder / "rag.csv"), lost, pytest.raises(StillOnRecord, match="still says"):
        export_records(session, folder, reason="CASE_WORK")


@contextmanager
def name_taken_at_commit(session: Session, path: Path) -> Iterator[None]:
    """Put a folder in a file's place at the last moment, when the transaction that puts it on record is committed."""
    engine = session.store.engine
    with statements_of(engine) as heard:

        def take() -> None:
            if any(each.startswith("INSERT INTO request") for each in heard) and [*path.parent.glob("*.part")]:
                path.mkdir(exist_ok=True)
            heard.clear()  # as after a reading, in which the files are written

        with before_commit(engine, take):
            yield


def unmade(bureau: Bureau) -> list[str]:
    """Return what is on record as not made."""
    query = select(audit.c.object_ref).where(audit.c.recipient == NOT_MADE)
    with bureau.keeper.read() as reading:
        return [*reading.connection.scalars(query)]


def test_of_several_papers_those_that_are_there_are_on_record(session: Session, tmp_path: Path) -> None:
    refs = ["IOM-1", "PHX-1"]
    (tmp_path / "2.pdf").mkdir()
    targets = [SummaryTarget(case_ref=ref, paths=(tmp_path / f"{number}.pdf",)) for number, ref in enumerate(refs, 1)]
    there, refused = print_summaries(session, targets, overwrite=True, reason_code="CASE_WORK")
    assert there.error is None
    assert "could not be written" in refused.sentence
    assert "this print is not on record" in refused.sentence
    assert (tmp_path / "1.pdf").read_bytes().startswith(b"%PDF")
    assert disclosures(session) == 1


@pytest.mark.posix("a pipe with a name in a folder")
def test_what_goes_to_a_pipe_goes_through_and_is_on_record(session: Session, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        save_papers(session, [(CASE, pipe)], reason_code="CASE_WORK")
        assert os.read(reader, 5) == b"%PDF-"
    finally:
        os.close(reader)
    assert disclosures(session) == 1


@pytest.mark.posix("a device that is always full")
def test_what_is_on_record_and_cannot_be_written_is_on_record_as_not_made(session: Session) -> None:
    with pytest.raises(NotInPlace, match=r"on record that the copy was not made"):
        save_papers(session, [(CASE, Path("/dev/full"))], reason_code="CASE_WORK")
    (paper,) = list_papers(session)
    assert paper.state is PaperState.NOT_PRINTED


def test_a_file_that_cannot_be_taken_back_is_not_on_record_as_not_made(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "1.pdf", tmp_path / "2.pdf"
    unlink, target = Path.unlink, SummaryTarget(case_ref=CASE, paths=(first, second))

    def keep_first(path: Path, *, missing_ok: bool = False) -> None:
        if path == first:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        unlink(path, missing_ok=missing_ok)

    def take_the_name() -> None:
        if [*tmp_path.glob(".*.part")]:
            second.touch()

    for error, state, is_there in ((NotInPlace, PaperState.NOT_PRINTED, False), (StillOnRecord, PaperState.OUT, True)):
        if is_there:
            second.unlink()
            monkeypatch.setattr(Path, "unlink", keep_first)
        with before_commit(session.store.engine, take_the_name):
            (done,) = print_summaries(session, [target], copies=2, reason_code="CASE_WORK")
        assert (type(done.error), first.exists()) == (error, is_there)
        assert ("1.pdf could not be taken back" in done.sentence) is is_there
        assert [each.state for each in list_papers(session)[:2]] == [state] * 2


def test_a_letter_that_took_no_place_is_saved_again_and_is_never_out_while_it_stands_as_not_made(
    session: Session, tmp_path: Path
) -> None:
    facts = read_letter_facts(session, open_case(session, "PHX-1"), LetterKind.OFFER)
    said = {"om": "Sam Adeyemi", "phone": "0116", "offer": "boxing", **facts.values}
    wanted = WriteLetter(
        request=request(), case_ref="PHX-1", kind=LetterKind.OFFER, values=said, address="1 High Street"
    )
    name, again, later = (tmp_path / f"{each}.pdf" for each in ("taken", "again", "later"))

    def take_the_name() -> None:
        if [*tmp_path.glob(".*.part")]:
            name.touch()

    with before_commit(session.store.engine, take_the_name), pytest.raises(NotInPlace) as refused:
        write_letter(session, wanted, name)
    assert STAYS_GIVEN in refused.value.sentence
    assert "Papers" not in refused.value.sentence, "to call it unmade would make the next try untrue"
    papers = list_papers(session)
    assert write_letter(session, wanted, again).pdf == again.read_bytes(), "the control: nobody called it unmade"
    assert [(each.state, each.ref) for each in list_papers(session)] == [(PaperState.OUT, papers[0].ref)]
    record_never_made(session, get_copies_to_recall(session, papers[0].ref)[0], "The stick failed", request())
    for path in (later, None):
        with pytest.raises(NotPossibleNow, match="save a copy of it there"):
            write_letter(session, wanted, path)
    assert not later.exists()


@pytest.mark.parametrize("role", list(Role))
def test_whether_somebody_may_print_is_asked_before_any_case(session: Session, role: Role) -> None:
    seated, case = replace(session, role=role), open_case(session, "PHX-1")
    named = {case.case.police_om, case.case.navigator, *(each.worker for each in case.workers)}
    assert not any(is_same_user(name or "", session.user) for name in named), "nobody who prints is assigned"
    if may(role, Right.PRINT):
        require_visible_cases(seated, ["PHX-1"])
        with pytest.raises(Missing, match="NOBODY"):
            require_visible_cases(seated, ["PHX-1", "NOBODY"])
        return
    for cases in ([], ["PHX-1"], ["NOBODY"]):
        with pytest.raises(NotAllowed):
            require_visible_cases(seated, cases)
