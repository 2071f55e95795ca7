"""Is this paper genuine? What was printed is told, by code or bytes, to who may read the case and to nobody else."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from ioms_desktop.domain.access.roles import Right, Role, may, roles_with
from ioms_desktop.domain.errors import FileNotFound, MalformedValue, Missing, NotAllowed, Refused
from ioms_desktop.domain.printing.papers import make_print_id
from ioms_desktop.services.printing.genuine import FILE_NOT_KNOWN, NOT_KNOWN, check_code, check_file, lines_of
from ioms_desktop.services.printing.papers import PaperState
from ioms_desktop.storage.printing.papers import cases_of_paper, papers_of_code
from ioms_desktop.storage.schema.tables import audit
from keys import opened
from paper_prints import printer_stopped
from services.access_bureau import Bureau
from services.test_papers import listed, printed
from sessions import given_to


def test_a_code_tells_what_was_printed_to_who_may_read_the_case_and_nothing_to_others(bureau: Bureau) -> None:
    printed(bureau.session("second"), "IOM-1")
    (row,) = listed(bureau.session("second"))
    bureau.restrict("second", "IOM-1")
    nobody_s = make_print_id("of nothing")
    answered = set()
    for role in (*Role, "second"):
        session = bureau.session(role)
        if role != "second" and not may(Role(role), Right.READ_PAPERS):
            with pytest.raises(NotAllowed):
                check_code(session, row.print_id)
            continue
        with pytest.raises(Missing) as unknown:
            check_code(session, nobody_s)
        assert unknown.value.sentence == NOT_KNOWN
        typed = row.print_id.lower().replace("-", " ")
        if role not in {"second", Role.AUDITOR}:
            with pytest.raises(Missing) as refused:
                check_code(session, typed)
            assert refused.value.sentence == NOT_KNOWN, "the same as of a code that nobody knows"
            continue
        found = check_code(session, typed)
        answered.add(role)
        said = " ".join(lines_of(found.papers[0]))
        assert row.print_id in said
        assert "Jo Reid, officer, Turning Point" in said
        assert ("HARKER" in said) is (role == "second"), "an auditor is told no name"
        assert found.is_genuine
    assert answered == {"second", Role.AUDITOR}
    with bureau.keeper.read() as reading:
        query = select(audit.c.actor).where(audit.c.kind == "CONSULTATION", audit.c.object_ref == "IOM-1")
        askers = [
            actor
            for actor, detail in reading.connection.execute(query.add_columns(audit.c.after))
            if (detail or {}).get("paper") == row.print_id
        ]
    assert sorted(askers) == sorted(bureau.session(who).user for who in answered), "that they asked is on record"
    with bureau.keeper.read() as reading:
        unknown_asked = reading.connection.execute(
            select(audit.c.actor, audit.c.object_ref).where(audit.c.object_type == "paper")
        ).all()
    asking = [bureau.session(each).user for each in (*roles_with(Right.READ_PAPERS), "second")]
    assert sorted(who for who, code in unknown_asked if code == nobody_s) == sorted(asking), "of what is not known too"
    assert {who for who, code in unknown_asked if code == row.print_id} == set(asking) - {
        bureau.session(each).user for each in answered
    }
    with pytest.raises(MalformedValue) as wrong:
        check_code(bureau.session("second"), f"{row.print_id[:-1]}{'0' if row.print_id[-1] != '0' else '1'}")
    assert wrong.value.field == "code"


def test_a_paper_that_was_replaced_or_not_printed_is_said_to_be_so(bureau: Bureau) -> None:
    session = bureau.session("supervisor")
    printed(session)
    printed(session, reason_text="anew")
    later, first = listed(session)
    found = check_code(session, first.print_id)
    assert found.papers[0].state is PaperState.REPLACED
    assert later.print_id in " ".join(found.sentences)
    printer_stopped(session, "PHX-1")
    assert not check_code(session, later.print_id).is_genuine
    assert check_code(session, first.print_id).papers[0].state is PaperState.OUT, "what replaced it does not exist"


def test_a_file_is_what_left_or_is_said_to_be_changed(bureau: Bureau, tmp_path: Path) -> None:
    session, other = bureau.session("supervisor"), bureau.session("navigator")
    pdf = printed(session, "IOM-1", given_to("HMPPS"))
    paper, changed, foreign = tmp_path / "paper.pdf", tmp_path / "changed.pdf", tmp_path / "foreign.pdf"
    paper.write_bytes(pdf)
    changed.write_bytes(pdf + b"\n% one line more\n")
    foreign.write_bytes(b"%PDF-1.4 nothing of ours")
    same, not_same = check_file(session, paper), check_file(session, changed)
    assert (same.is_same_file, same.is_genuine, not_same.is_same_file, not_same.is_genuine) == (
        True,
        True,
        False,
        False,
    )
    assert same.papers[0].print_id == not_same.papers[0].print_id
    tried: list[tuple[Path, type[Refused]]] = [(foreign, Missing), (tmp_path / "gone.pdf", FileNotFound)]
    for path, kind in tried:
        with pytest.raises(kind):
            check_file(session, path)
    for path in (paper, changed):  # a case of the other programme
        with pytest.raises(Missing) as refused:
            check_file(other, path)
        assert refused.value.sentence == FILE_NOT_KNOWN
    with bureau.keeper.read() as reading:
        asked = reading.connection.scalars(select(audit.c.object_ref).where(audit.c.object_type == "paper_file")).all()
    assert set(asked) == {sha256(path.read_bytes()).hexdigest() for path in (foreign, paper, changed)}


def test_a_file_finds_a_paper_by_an_index_however_many_were_printed(local_location: str) -> None:
    asked: list[tuple[str, Any]] = []
    with opened(local_location).read() as reading:
        listening = event.listens_for(reading.connection, "before_cursor_execute")
        listening(lambda _connection, _cursor, sql, values, *_: asked.append((sql, values)))
        assert not cases_of_paper(reading, "P-1", "0a")
        assert not papers_of_code(reading, "P-1", "0a", of=["IOM-1"])
        explained = [(f"EXPLAIN QUERY PLAN {sql}", values) for sql, values in asked]
        plans = [[row.detail for row in reading.connection.exec_driver_sql(*each)] for each in explained]
    indexes = ("ix_audit_print_id", "ix_audit_pack", "ix_audit_paper_digest") * 2
    assert [plan[0].split(" (")[0] for plan in plans] == [f"SEARCH audit USING INDEX {name}" for name in indexes]
    assert [len(plan) for plan in plans] == [1] * len(plans)
