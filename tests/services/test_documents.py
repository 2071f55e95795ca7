"""Documents of a case: added whole or not at all, read on record, handed out on record, and gone with the person."""

import os
import pickle
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread, stack_size
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, select, update

import half_a_message
from document_samples import HOSTILE, harmless, pdf, pdf_form, png
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.documents.file_types import CHUNK_BYTES, FileType
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.errors import (
    BuiltUpon,
    DatabaseDamaged,
    FileExists,
    FileRefused,
    InvalidRecord,
    Missing,
    MissingReason,
    MissingValue,
    NotAllowed,
    OutOfRange,
    Refused,
    UnknownCode,
    WrongFile,
)
from ioms_desktop.domain.records.documents.document import FIXED_COLUMNS, OF_PERSON, Document
from ioms_desktop.services.audit.audit import who_looked
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.documents import apart
from ioms_desktop.services.documents.apart import MAX_ANSWER_BYTES, FileProcess
from ioms_desktop.services.documents.documents import (
    AddDocument,
    ChosenFile,
    SaveDocumentCopy,
    add_document,
    open_document,
    read_chosen_file,
    save_document_copy,
)
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.offline.check_in import check_in
from ioms_desktop.services.offline.checkout import CheckOutCases, check_out_cases
from ioms_desktop.services.printing.sharing_log import list_disclosures
from ioms_desktop.services.recording.corrections import (
    RestoreStruckOut,
    StrikeOut,
    list_struck_out,
    restore_struck_out,
    strike_out,
)
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.records.history import read_history
from ioms_desktop.services.records.recalls import list_copies_to_recall, printed_copies
from ioms_desktop.services.session import Outcome, Session, Undo, UndoneAct
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.documents.content import add_content, content_digest, new_key, read_content
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.documents import CONTENT_TABLES, document_content, document_key
from ioms_desktop.storage.schema.tables import audit
from ioms_desktop.storage.store import Store
from services.access_bureau import Bureau
from sessions import TODAY, Clock, fill, given_to, request, session_of
from shared_people import Office

CASE = "PHX-1"
LETTER = ChosenFile(name="letter.pdf", content=pdf(words="Dear Jayden"))


@pytest.fixture
def wright(store: Store) -> Session:
    fill(store)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


def entry(file: ChosenFile = LETTER, **values: object) -> AddDocument:
    said: dict[str, object] = {"title": "Letter of the court", "kind": "LETTER", "handling": "TEAM", "dated_on": TODAY}
    return AddDocument(request=request(), case_ref=CASE, file=file, **(said | values))  # type: ignore[arg-type]  # as said


def add(session: Session, file: ChosenFile = LETTER, **values: object) -> Outcome:
    return add_document(session, entry(file, **values))


def the_one(session: Session) -> Document:
    (found,) = open_case(session, CASE).of(Document)
    return found


def rows(store: Store) -> list[int]:
    with store.read() as reading:
        return [len(reading.connection.execute(select(table)).all()) for table in CONTENT_TABLES]


def store_directly(session: Session, content: bytes, **values: object) -> Document:
    """Add a document as the service does, without looking at the file in a process of its own."""
    key = new_key()
    described = Document(
        document_ref=f"DO-{request()}",
        case_ref=CASE,
        title="Scan",
        kind="OTHER",
        dated_on=TODAY,
        handling="TEAM",
        file_name="scan.txt",
        file_type="TXT",
        size_bytes=len(content),
        digest=content_digest(key, content),
    )
    open_case(session, CASE)
    with session.store.begin(session.command_context()) as tx:
        made = tx.add(replace(described, **values))  # type: ignore[arg-type]  # fields by name
        add_content(tx, made, key, content)
    return made


def test_a_document_is_added_listed_opened_changed_taken_out_and_put_back(wright: Session) -> None:
    done = add(wright, source="HMCTS", scanned_by="Gateway")
    assert done.notice == "letter.pdf added."
    made = the_one(wright)
    assert (made.file_type, made.size_bytes, made.added_by) == ("PDF", len(LETTER.content), "wright")
    assert made.digest not in str(LETTER.content)
    opened = open_document(wright, CASE, made.document_ref)
    assert (opened.content, opened.file_type) == (LETTER.content, FileType.PDF)
    change_record_by_form(
        replace(wright, change_reason="its day was wrong"),
        ChangeRecord(request=request(), case_ref=CASE, record=replace(made, dated_on=TODAY - timedelta(1)), revision=1),
    )
    assert open_document(wright, CASE, made.document_ref).content == LETTER.content
    wrong: dict[str, Any] = {"file_type": "TXT", "size_bytes": 1, "digest": "0"}
    assert set(FIXED_COLUMNS) == {"case_ref", *wrong}
    for name, value in (*wrong.items(), ("file_name", "letter.txt"), ("file_name", "a/letter.pdf")):
        other: Any = {name: value}
        wanted = ChangeRecord(request=request(), case_ref=CASE, record=replace(the_one(wright), **other), revision=2)
        with pytest.raises(InvalidRecord, match=r"add another document|ends in \.pdf") as refused:
            change_record_by_form(replace(wright, change_reason="another file"), wanted)
        assert refused.value.field == name
    renamed = replace(the_one(wright), file_name="statement.PDF")  # what a disposal asks for, where it names somebody
    change = ChangeRecord(request=request(), case_ref=CASE, record=renamed, revision=2)
    change_record_by_form(replace(wright, change_reason="names somebody else"), change)
    assert open_document(wright, CASE, made.document_ref).document.file_name == "statement.PDF"
    told = {line.label for each in read_history(wright, CASE, Document).versions for line in each.changes}
    assert {"Size in bytes", "Day of the document"} <= told
    assert "Digest" not in told
    again = add(wright)
    assert again.undo is not None
    undone = undo_act(wright, UndoAct(request=request(), case_ref=CASE, done=again.undo))
    assert undone.notice.startswith("Undone.")
    with pytest.raises(Missing, match="no longer there"):
        open_document(wright, CASE, again.ref)
    assert the_one(wright).document_ref == made.document_ref


def test_what_is_not_kept_leaves_nothing_behind(wright: Session, subtests: pytest.Subtests) -> None:
    name, content, words = HOSTILE["PDF with a script"]
    refused: dict[str, tuple[AddDocument, type[Refused], str]] = {
        "file": (entry(ChosenFile(name=name, content=content)), FileRefused, words),
        "description": (entry(handling="EVERYBODY"), InvalidRecord, "EVERYBODY"),
    }
    for what, (wrong, kind, said) in refused.items():
        with subtests.test(what):
            with pytest.raises(kind, match=said):
                add_document(wright, wrong)
            assert rows(wright.store) == [0, 0]
    with pytest.raises(NotAllowed):  # a description without a file is not added by the form of other records
        add_record_by_form(wright, AddRecord(request=request(), case_ref=CASE, record=a_description()))


def a_description() -> Document:
    return Document(
        document_ref="", case_ref=CASE, title="x", kind="OTHER", dated_on=TODAY, handling="TEAM",
        file_name="a.txt", file_type="TXT", size_bytes=1, digest="0",
    )  # fmt: skip


def test_adding_can_be_stopped_at_any_step_and_sent_twice_is_done_once(wright: Session) -> None:
    file = ChosenFile(name="long.txt", content=b"word " * (CHUNK_BYTES // 2))
    steps: list[tuple[int, int]] = []
    wanted = entry(file)
    add_document(wright, wanted, lambda done, total, _="": steps.append((done, total)))
    add_document(wright, wanted)
    assert rows(wright.store) == [3, 1]
    assert [each for each in steps if each[1]] == [(0, 3), (1, 3), (2, 3), (3, 3)]

    def stop(done: int, _total: int, _step: str = "") -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add_document(wright, entry(file), stop)
    assert rows(wright.store) == [3, 1]
    assert open_document(wright, CASE, the_one(wright).document_ref).content == file.content


def test_nothing_of_a_document_is_readable_in_its_tables_and_no_chunk_is_exchanged(store: Store) -> None:
    fill(store)
    wright = session_of(store, "wright", Role.SUPERVISOR, Clock())
    secret = b"a word that nobody may find " * 20_000
    first, second = store_directly(wright, secret), store_directly(wright, secret)
    with store.read() as reading:
        bodies = [bytes(each) for each in reading.connection.scalars(select(document_content.c.body))]
        trail = str(reading.connection.execute(select(audit.c.before, audit.c.after)).all())
    assert len(bodies) == 6
    assert len(set(bodies)) == 6
    assert not any(b"nobody may find" in body for body in bodies)
    assert "nobody may find" not in trail
    of_first = document_content.c.document_ref == first.document_ref
    chunk, another = document_content.c.number == 1, document_content.c.number == 2
    body = select(document_content.c.body)
    with store.engine.connect() as connection:
        swapped = connection.scalar(body.where(of_first, another))
        foreign = connection.scalar(body.where(document_content.c.document_ref == second.document_ref, chunk))
    changed = [
        update(document_content).where(of_first, chunk).values(body=swapped),
        update(document_content).where(of_first, chunk).values(body=foreign),
        delete(document_content).where(of_first, document_content.c.number == 3),
        update(document_key).where(document_key.c.document_ref == first.document_ref).values(secret=new_key()),
    ]
    assert open_document(wright, CASE, first.document_ref).content == secret
    for statement in changed:
        with store.engine.connect() as connection, connection.begin():
            connection.execute(statement)
            with pytest.raises(DatabaseDamaged, match="does not fit"):
                read_content(Reading(connection), first)
            connection.rollback()
    with store.engine.begin() as connection:
        connection.execute(delete(document_key).where(document_key.c.document_ref == second.document_ref))
    with pytest.raises(Missing, match="not in this database"):
        open_document(wright, CASE, second.document_ref)


def test_a_case_has_room_for_so_much_and_no_more(wright: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = store_directly(wright, b"x" * CHUNK_BYTES, handling="POLICE")
    monkeypatch.setattr("ioms_desktop.services.documents.documents.MAX_CASE_BYTES", CHUNK_BYTES + 10)
    made = store_directly(wright, b"x" * CHUNK_BYTES)
    for handling in ("TEAM", "POLICE"):
        with pytest.raises(OutOfRange, match="are kept") as refused:
            add(wright, handling=handling)
        assert refused.value.field == "file"
    out = StrikeOut(
        request=request(), case_ref=CASE, table="documents", key_text=hidden.document_ref, revision=1, reason="x"
    )
    strike_out(wright, out)
    with pytest.raises(OutOfRange):
        add(wright, handling="POLICE")  # it is still there
    strike_out(wright, replace(out, request=request(), key_text=made.document_ref))
    with pytest.raises(OutOfRange):
        add(wright)
    monkeypatch.setattr("ioms_desktop.services.documents.documents.MAX_CASE_BYTES", CHUNK_BYTES + len(LETTER.content))
    add(wright)  # the control: what is for the police alone takes no room of others
    assert the_one(wright).file_name == LETTER.name


def test_a_copy_leaves_on_record_for_its_owner_alone_and_replaces_nothing_unasked(
    wright: Session, tmp_path: Path
) -> None:
    made = store_directly(wright, b"words", file_name="note.txt")
    wanted = SaveDocumentCopy(
        case_ref=CASE, document_ref=made.document_ref, path=tmp_path / "copy", reason="CASE_WORK", **given_to("HMPPS")
    )
    written = save_document_copy(wright, wanted)
    assert (written.name, written.read_bytes()) == ("copy.txt", b"words")
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    written.write_bytes(b"mine")
    wrong: dict[type[Refused], SaveDocumentCopy] = {
        FileExists: wanted,
        MissingReason: replace(wanted, reason=" "),
        UnknownCode: replace(wanted, reason="BECAUSE"),
        MissingValue: replace(wanted, power=""),
        WrongFile: replace(wanted, path=tmp_path / "copy.exe"),
        Missing: replace(wanted, document_ref="DO-9"),
    }
    for kind, each in wrong.items():
        with pytest.raises(kind):
            save_document_copy(wright, each)
    assert [each.name for each in tmp_path.iterdir() if not each.name.startswith("cases")] == ["copy.txt"]
    assert written.read_bytes() == b"mine"
    save_document_copy(wright, replace(wanted, overwrite=True))
    assert written.read_bytes() == b"words"
    with wright.store.read() as reading:
        told = reading.connection.execute(
            select(audit.c.object_ref, audit.c.recipient, audit.c.reason_code).where(audit.c.kind == "DISCLOSURE")
        ).all()
    assert [tuple(each) for each in told] == [(CASE, "Jo Reid, officer, HMPPS", "CASE_WORK")] * 2


def test_a_copy_of_a_document_is_in_the_sharing_log_recalled_and_stops_undo(bureau: Bureau, tmp_path: Path) -> None:
    officer, supervisor = bureau.session("officer"), bureau.session("supervisor")
    made = [store_directly(officer, b"words", handling=each) for each in ("TEAM", "POLICE")]
    bureau.clock.now += timedelta(minutes=1)
    for at, each in enumerate(made):
        wanted = SaveDocumentCopy(
            case_ref=CASE, document_ref=each.document_ref, path=tmp_path / f"{at}.txt", reason="CASE_WORK"
        )
        save_document_copy(officer, wanted)
    other = store_directly(officer, b"of another copy")
    with officer.store.read() as reading:
        reading.open_case(CASE, "CASE_WORK", "test")
        told = list_disclosures(reading, CASE, TODAY + timedelta(400), officer.lists)
        details = [row.detail for row in printed_copies(reading, CASE, officer.clock() + timedelta(400))]
    assert [each.what for each in told] == [f"Document {each.document_ref}, a copy of the file" for each in made]
    assert [each and each.get("file") for each in details] == ["0.txt", None]  # others read this of what is not theirs
    for each in (made[0], other):
        undo = UndoAct(request=request(), case_ref=CASE, done=Undo(act=UndoneAct.ADDED, record=each))
        with suppress(BuiltUpon):
            undo_act(officer, undo)
    kept = {each.document_ref for each in open_case(officer, CASE).of(Document)}
    assert kept == {each.document_ref for each in made}  # the control: no copy went out of the other
    assert list_copies_to_recall(supervisor) == ()
    bureau.clock.now += timedelta(minutes=1)
    strike_out(
        officer,
        StrikeOut(
            request=request(), case_ref=CASE, table="documents", key_text=made[0].document_ref, revision=1, reason="x"
        ),
    )
    (owed,) = list_copies_to_recall(supervisor)
    assert (owed.print_id, owed.printed_by) == (details[0] and details[0]["print_id"], officer.user)


def test_a_file_is_read_from_where_it_lies_or_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    for path, words in ((tmp_path, "is a folder"), (tmp_path / "none.pdf", "no file"), (tmp_path / "a.txt", "10 MiB")):
        with pytest.raises(FileRefused, match=words):
            read_chosen_file(path)


def test_a_file_is_looked_at_in_a_process_of_its_own_that_ends_with_what_it_cannot_read() -> None:
    files = harmless("Visit")
    with FileProcess("letter.pdf") as process:
        assert process.inspect(files["letter.pdf"]) is FileType.PDF
        page = process.page(0, 200)
        assert (page.width, len(page.pixels), page.text) == (199, 199 * page.height * 3, "Visit")
        forms = []
        for is_filled_in in (False, True):
            process.hold(FileType.PDF, pdf_form(is_filled_in=is_filled_in))
            forms.append(process.page(0, 200))
        assert sum(forms[1].pixels) < sum(forms[0].pixels), "what was filled in is drawn"
        told = [form.text.splitlines() for form in forms]
        assert told == [["Hello"], ["Hello", "child: JAYDEN", "consent: ticked"]]
        process.hold(FileType.JPEG, files["photo.jpeg"])
        assert (process.page(0, 100).width, process.page_count()) == (6, 1)
        process.hold(FileType.DOCX, files["report.docx"])
        assert process.text() == "Visit"
        for kind, wrong in (("png", png().replace(b"IDAT", b"IDOT")), ("pdf", b"%PDF-1.4 %%EOF")):
            process.hold(FileType(kind.upper()), wrong)  # what its structure does not show is found when it is drawn
            with pytest.raises(WrongFile, match="damaged"):
                process.page(0, 100)
        process.hold(FileType.PDF, files["letter.pdf"])
        with pytest.raises(FileRefused, match="could not be read"):  # any fault ends the process, and only that
            process.page(99, 100)


def test_a_process_that_ended_before_it_took_over_its_pipe_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with FileProcess("letter.pdf") as process:
        process.process.kill()  # as a virus scanner does
        ours, its_end = Pipe()  # on Windows that end stays open then
        monkeypatch.setattr(process, "pipe", ours)
        with its_end, pytest.raises(FileRefused, match="could not be read"):
            process.inspect(bytes(1_000_000))


@pytest.mark.posix("a process cannot be stopped in the middle elsewhere")
@pytest.mark.parametrize("act", ["takes a file", "gives a page"])
def test_a_process_that_stops_in_the_middle_of_a_message_is_not_waited_for(
    act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_serve", half_a_message.serve)
    with FileProcess("letter.pdf") as process:
        process.text()
        monkeypatch.setattr(apart, "MAX_WAIT_S", 0.5)
        with pytest.raises(FileRefused, match="could not be read"):
            process.inspect(bytes(10_000_000)) if act == "takes a file" else process.page(0, 200)


def test_an_answer_that_comes_late_is_not_taken_as_that_to_the_next_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_serve", half_a_message.serve_late)
    for stops in (False, True):
        with FileProcess("letter.pdf") as process:
            assert process.text() == "first", "the control"
            if stops:
                with pytest.raises(KeyboardInterrupt):
                    process.inspect(b"", check=_stop)
            else:
                with monkeypatch.context() as patched:
                    patched.setattr(apart, "MAX_WAIT_S", 0.2)
                    with pytest.raises(FileRefused, match="could not be read"):
                        process.text()
            with pytest.raises(FileRefused, match="could not be read"):
                process.text()


@pytest.mark.posix("elsewhere no thread is refused for the memory that it wants")
def test_where_no_thread_can_be_had_that_would_end_the_process_the_file_is_refused() -> None:
    with FileProcess("letter.pdf") as process:
        process.hold(FileType.TXT, b"Hello")
        assert process.text() == "Hello", "the control"
        was = stack_size(2**46)
        try:
            with pytest.raises(FileRefused, match="could not be read"):
                process.text()
        finally:
            stack_size(was)


def _stop() -> None:
    raise KeyboardInterrupt


@pytest.mark.posix("Windows has no such limits")
def test_the_process_that_reads_files_writes_none_knows_no_password_and_leaves_stopping_to_the_command(
    tmp_path: Path,
) -> None:
    program = (
        "import os, signal, sys; from ioms_desktop.services.documents.limits import limit_this_process; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); {limit}; "  # a shell's background job ignores it
        "print(os.environ.get('IOMS_PASSWORD'), signal.getsignal(signal.SIGINT) == signal.SIG_IGN, flush=True); "
        "open(sys.argv[1], 'wb').write(b'plain')"
    )
    environment = os.environ | {"IOMS_PASSWORD": "secret words", "PYTHONPATH": os.pathsep.join(sys.path)}
    found = {}
    for name, limit in (("limited", "limit_this_process()"), ("control", "pass")):
        path = tmp_path / name
        command = [sys.executable, "-c", program.format(limit=limit), str(path)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        found[name] = (run.stdout.strip(), path.read_bytes())
    assert found == {"limited": ("None True", b""), "control": ("secret words False", b"plain")}


NO_ANSWERS = {
    "a pickle": pickle.dumps(("", "3")),
    "nothing": b"",
    "too few": b'["3", "", 1]\n',
    "another kind": b'["3", "", "1", 1]\n',
    "a mapping": b'{"words": "3"}\n',
    "too much": b'["3", "", 0, 0]\n' + bytes(MAX_ANSWER_BYTES),
}


def test_from_a_process_that_a_file_took_over_words_come_back_and_nothing_that_runs(
    monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    with FileProcess("letter.pdf") as process, monkeypatch.context() as patched:
        process.hold(FileType.TXT, b"Hello")
        patched.setattr(process, "end", int)  # each answer is judged by itself, of a process that goes on
        for what, sent in {**NO_ANSWERS, "the control": b'["3", "", 0, 0]\n'}.items():
            ours, theirs = Pipe()
            patched.setattr(process, "pipe", ours)
            answering = Thread(target=_send, args=(theirs, sent))
            answering.start()
            with subtests.test(what):
                if what == "the control":
                    assert process.page_count() == 3
                else:
                    with pytest.raises(FileRefused, match="could not be read"):
                        process.page_count()
            ours.close()
            answering.join()
            theirs.close()


def _send(pipe: Connection, sent: bytes) -> None:
    with suppress(OSError):  # the other end closes before it has read what is too much
        pipe.send_bytes(sent)


def test_an_import_changes_what_is_said_of_a_document_but_never_its_file(
    bureau: Bureau, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    supervisor = bureau.session("supervisor")
    for ref in ("DO-1", "DO-2"):
        store_directly(supervisor, b"hello", title="Open", document_ref=ref)
    export_records(supervisor, tmp_path / "out", reason="CASE_WORK")
    lines = (tmp_path / "out" / "documents.csv").read_text().splitlines()
    open_case(supervisor, CASE)
    wrong = StrikeOut(request=request(), case_ref=CASE, table="documents", key_text="DO-2", revision=1, reason="wrong")
    strike_out(supervisor, wrong)
    digest = the_one(supervisor).digest
    changes = {"case_ref": (CASE, "IOM-1"), "digest": (digest, "a" * 64), "size_bytes": (",5,", ",6,"),
               "file_name": ("scan.txt", "scan.pdf")}  # fmt: skip
    for name, (old, new) in changes.items():
        for kept in ("DO-1", "DO-2"):
            folder = tmp_path / f"{name} {kept}"
            folder.mkdir()
            rows = [lines[0], *(each for each in lines[1:] if kept in each)]
            before = re.search("[0-9a-f]{64}", rows[1])
            text = "\n".join(rows).replace(before[0] if before and name == "digest" else old, new)
            (folder / "documents.csv").write_text(text)
            with subtests.test(folder.name):
                done = run_import(supervisor, folder, accept_partial=True)
                (report,) = done.files
                assert [found.column for each in report.findings.values() for found in each] == [name]
                assert open_document(supervisor, CASE, "DO-1").content == b"hello"
    (tmp_path / "right").mkdir()
    (tmp_path / "right" / "documents.csv").write_text("\n".join(lines[:2]).replace("Open", "Opened"))
    run_import(supervisor, tmp_path / "right")  # the control
    opened = open_document(supervisor, CASE, "DO-1")
    assert (opened.document.title, opened.content) == ("Opened", b"hello")


@pytest.fixture
def chunks_at_once() -> Iterator[list[int]]:
    """Return how many chunks were in memory for each statement that stored some."""
    found: list[int] = []

    def note(_connection: object, _cursor: object, statement: str, given: Any, _context: object, many: bool) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        if "INSERT INTO document_content" in statement:
            found.append(len(given) if many else 1)

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def test_documents_go_offline_with_their_case_and_new_ones_come_back(
    bureau: Bureau, tmp_path: Path, chunks_at_once: list[int]
) -> None:
    officer, path = bureau.session("officer"), tmp_path / "away.ioms"
    store_directly(officer, b"for everybody", title="Open")
    store_directly(officer, b"for the police", title="Kept", handling="POLICE")
    words = "four plain words here"
    navigator = bureau.session("navigator")
    for who, titles in ((navigator, {"Open"}), (officer, {"Open", "Kept", "New"})):
        place = path.with_name(f"{who.role}.ioms")
        check_out_cases(who, CheckOutCases(path=place, cases=(CASE,), reason="CASE_WORK", password=words))
        away = sign_in(str(place), who.user, words, clock=bureau.clock)
        there = {each.title: each for each in open_case(away, CASE).of(Document)}
        assert set(there) == titles
        assert open_document(away, CASE, there["Open"].document_ref).content == b"for everybody"
        assert rows(away.store) == [len(titles)] * 2
        store_directly(away, b"written away", title="New", document_ref=f"DO-{who.role}")
        assert check_in(who, away).written
        assert open_document(who, CASE, f"DO-{who.role}").content == b"written away"
        away.store.close()
    assert len(open_case(officer, CASE).of(Document)) == 4  # both came back
    assert set(chunks_at_once) == {1}


def test_a_document_taken_out_at_home_is_told_of_offline_and_comes_back_with_its_content(
    bureau: Bureau, tmp_path: Path
) -> None:
    supervisor, place, words = bureau.session("supervisor"), tmp_path / "away.ioms", "four plain words here"
    for ref in ("DO-1", "DO-2"):
        store_directly(supervisor, ref.encode(), document_ref=ref)
    out = StrikeOut(request=request(), case_ref=CASE, table="documents", key_text="DO-1", revision=1, reason="wrong")
    strike_out(supervisor, out)
    check_out_cases(supervisor, CheckOutCases(path=place, cases=(CASE,), reason="CASE_WORK", password=words))
    away = sign_in(str(place), supervisor.user, words, clock=bureau.clock)
    (gone,) = list_struck_out(away, CASE)
    back = RestoreStruckOut(request=request(), case_ref=CASE, table="documents", record_id=gone.record.id)
    restore_struck_out(away, back)
    with pytest.raises(Missing, match="not taken along"):
        open_document(away, CASE, "DO-1")
    wanted = SaveDocumentCopy(case_ref=CASE, document_ref="DO-1", path=tmp_path / "a.txt", reason="CASE_WORK")
    with pytest.raises(Missing, match="not taken along"):
        save_document_copy(away, wanted)
    second = next(each for each in open_case(away, CASE).of(Document) if each.document_ref == "DO-2")
    change_record_by_form(
        replace(away, change_reason="its title was wrong"),
        ChangeRecord(request=request(), case_ref=CASE, record=replace(second, title="Right"), revision=1),
    )
    open_case(supervisor, CASE)
    strike_out(supervisor, replace(out, request=request(), key_text="DO-2"))
    asked = check_in(supervisor, away)
    assert not asked.written
    assert check_in(supervisor, away, {each.id: MergeChoice.MINE for each in asked.questions}).written
    away.store.close()
    open_case(supervisor, CASE)
    for ref in ("DO-1", "DO-2"):
        assert open_document(supervisor, CASE, ref).content == ref.encode()


def test_a_document_of_the_person_is_in_their_other_case_on_record_and_recalled(bureau: Bureau, tmp_path: Path) -> None:
    officer, navigator, supervisor = (bureau.session(who) for who in ("officer", "navigator", "supervisor"))
    with bureau.keeper.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cases SET person_ref = 'P-JM', revision = 2 WHERE case_ref = 'IOM-1'")
    open_case(supervisor, "IOM-1")
    made = {
        title: store_directly(supervisor, title.encode(), case_ref="IOM-1", title=title, **said)
        for title, said in {
            "of the case": {},
            "theirs": {"belongs_to": OF_PERSON},
            "for the police": {"belongs_to": OF_PERSON, "handling": "POLICE"},
        }.items()
    }
    theirs = made["theirs"].document_ref
    shown = {who.role: open_case(who, CASE).person_documents for who in (navigator, officer)}
    assert [(each.title, each.case_ref) for each in shown[navigator.role]] == [("theirs", "")]
    assert {(each.title, each.case_ref) for each in shown[officer.role]} == {
        ("theirs", "IOM-1"),
        ("for the police", "IOM-1"),
    }
    assert open_case(navigator, CASE).of(Document) == ()
    assert open_case(navigator, CASE, as_of=TODAY - timedelta(1)).person_documents == ()
    assert open_document(navigator, CASE, theirs).content == b"theirs"
    for ref in (made["of the case"].document_ref, made["for the police"].document_ref):
        with pytest.raises(Missing):
            open_document(navigator, CASE, ref)
    assert (f"documents {theirs}", navigator.user) in {
        (each.what, each.who) for each in who_looked(bureau.session("auditor"), "P-JM")
    }
    bureau.clock.now += timedelta(minutes=1)
    wanted = SaveDocumentCopy(case_ref=CASE, document_ref=theirs, path=tmp_path / "a.txt", reason="CASE_WORK")
    assert save_document_copy(officer, wanted).read_bytes() == b"theirs"
    save_document_copy(
        officer, replace(wanted, document_ref=made["for the police"].document_ref, path=tmp_path / "b.txt")
    )
    bureau.clock.now += timedelta(minutes=1)
    out = StrikeOut(request=request(), case_ref="IOM-1", table="documents", key_text=theirs, revision=1, reason="x")
    strike_out(supervisor, out)
    owed = list_copies_to_recall(supervisor)
    assert [(each.case_ref, [error.what for error in each.errors]) for each in owed] == [(CASE, ["Document"])]
    assert open_case(navigator, CASE).person_documents == ()
    assert len(list_copies_to_recall(officer)) == 1
    bureau.restrict("supervisor")
    assert open_case(officer, CASE).person_documents == ()
    assert len(open_case(supervisor, CASE).person_documents) == 1  # the control: who is admitted
    assert len(list_copies_to_recall(supervisor)) == 1
    assert list_copies_to_recall(officer) == ()  # what keeps the case from them keeps what became of its documents


def test_windows_on_every_case_of_a_person_are_told_of_a_document_of_theirs(wright: Session) -> None:
    with wright.store.begin(wright.command_context()) as tx:
        made = tx.add(replace(a_description(), document_ref="DO-1"))
        assert tx.changed_case_refs == {CASE}
        made = tx.save(replace(made, belongs_to=OF_PERSON))
        assert tx.changed_case_refs == {CASE, None}
    with wright.store.begin(wright.command_context()) as tx:
        tx.save(replace(made, belongs_to=None))
        assert tx.changed_case_refs == {CASE, None}, "it is gone from the others"


@pytest.fixture
def shared(office: Office) -> Office:
    officer = office.session("officer")
    store_directly(officer, b"for everybody", title="Open")
    store_directly(officer, b"for the police", title="Kept", handling="POLICE")
    return office


def test_what_is_for_the_police_alone_is_theirs_and_who_looked_is_told(shared: Office) -> None:
    officer, navigator = shared.session("officer"), shared.session("navigator")
    both = {each.title: each for each in open_case(officer, CASE).of(Document)}
    assert [each.title for each in open_case(navigator, CASE).of(Document)] == ["Open"]
    assert open_document(navigator, CASE, both["Open"].document_ref).content == b"for everybody"
    with pytest.raises(Missing):
        open_document(navigator, CASE, both["Kept"].document_ref)
    with pytest.raises(NotAllowed):
        add(navigator, handling="POLICE")
    assert open_document(officer, CASE, both["Kept"].document_ref).content == b"for the police"
    looked = [
        (each.who, each.what) for each in who_looked(shared.session("auditor"), "P-JM") if "documents" in each.what
    ]
    assert ("t_navigator", f"documents {both['Open'].document_ref}") in looked
    assert ("t_officer", f"documents {both['Kept'].document_ref}") in looked
    assert not any(who == "t_navigator" and both["Kept"].document_ref in what for who, what in looked)
