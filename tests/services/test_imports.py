"""What an import takes, what it refuses, in which words, and that it is all or nothing."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import event, inspect, select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import FileChanged, InvalidText, NotAllowed
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.exchange.import_report import RowOutcome
from ioms_desktop.services.exchange.imports import plan_import, run_import
from ioms_desktop.storage.bulk import write as bulk_write
from ioms_desktop.storage.bulk.write import BULK_THRESHOLD_RECORDS
from ioms_desktop.storage.records.search_rebuild import count_wrong_search_words
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from services.exchange_session import counts, person, phoenix, put, reasons, rows_of, session_at, taken

NO_OUTCOME = (
    "This is not a code of the list Outcome of a contact; accepted are SEEN, NOT_SEEN, REFUSED_ENTRY, "
    "FAILED_TO_ATTEND, CANCELLED_BY_US, CANCELLED_BY_PERSON_ACCEPTABLE, UNACCEPTABLE_ABSENCE, NO_REPLY or MOVED."
)
TEN_WRONG = {
    "people.csv": (
        "person_ref;family_name;given_names;date_of_birth;sex;pnc_id\r\n"
        "P1;Harker;Zo\u00eb;14/02/1994;FEMALE;12/52494Q\r\n"
        "P2;Marlow;Jayden;28/10/2008;MALE;\r\n"
        "P3;Cr\u00e8me;Ren\u00e9;31/02/1990;MALE;\r\n"
        "P4;Wrong;Letter;01/01/1990;MALE;12/52494A\r\n"
    ).encode("cp1252"),
    "cases.csv": (
        "case_ref,person_ref,programme,cohort,status,referred_on,adopted_on,notified_on,trial_arm\n"
        "C1,P1,IOM,FIXED,ACTIVE,01/09/2026,07/09/2026,,\n"
        "C2,P2,PHOENIX,,ENGAGED,07/09/2026,,17/09/2026,INTERVENTION\n"
        "C3,P9,IOM,FLEX,ACTIVE,01/09/2026,07/09/2026,,\n"
        "C4,P2,PHOENIX,FREE,NOTIFIED,07/09/2026,,17/09/2026,CONTROL\n"
    ).encode("utf-8-sig"),
    "contacts.csv": (
        b"contact_ref;case_ref;occurred_at;planned;contact_type;outcome;minutes;note\n"
        b'T1;C2;06/10/2026 14:30;yes;OFFICE;SEEN;45;"said ""yes"";\nthen left"\n'
        b"T2;C2;2026-10-07;perhaps;OFFICE;SEEN;;\n"
        b"T3;C2;2026-10-08;no;OFFICE;SAW;2000;\n"
        b"T4;C3;2026-10-09;no;OFFICE;SEEN;;\n"
    ),
    "ratings.csv": (
        b"case_ref,week_commencing,rated_on,level,role\n"
        b"C2,05/10/2026,11/10/2026,4,NAVIGATOR\n"
        b"C2,06/10/2026,12/10/2026,4,NAVIGATOR\n"
        b",12/10/2026,18/10/2026,4,NAVIGATOR\n"
    ),
}


def ten_wrong(folder: Path) -> Path:
    folder.mkdir()
    for name, content in TEN_WRONG.items():
        (folder / name).write_bytes(content)
    return folder


def test_a_folder_as_people_save_it_is_rejected_with_every_wrong_cell_in_its_place(
    store: Store, tmp_path: Path
) -> None:
    report = run_import(session_at(store), ten_wrong(tmp_path / "in"), rejects_path=tmp_path / "out")
    assert [problem[:5] for problem in report.rejects()] == [
        (
            "people.csv",
            4,
            "date_of_birth",
            "31/02/1990",
            "There is no such day; write it as YYYY-MM-DD or DD/MM/YYYY.",
        ),
        (
            "people.csv",
            5,
            "pnc_id",
            "12/52494A",
            "The check letter of this PNC ID should be Q, not A; compare it with its source.",
        ),
        ("cases.csv", 4, "person_ref", "P9", "There is no person P9 in this import or in the database."),
        ("cases.csv", 5, "cohort", "FREE", "Only IOM cases have a cohort; leave it empty for Phoenix."),
        ("contacts.csv", 4, "planned", "perhaps", "This is neither yes nor no; write yes or no."),
        (
            "contacts.csv",
            5,
            "outcome",
            "SAW",
            NO_OUTCOME,
        ),
        ("contacts.csv", 5, "minutes", "2000", "This must be a whole number from 0 to 1440."),
        (
            "contacts.csv",
            6,
            "case_ref",
            "C3",
            "The case C3 is itself rejected (line 4 of cases.csv); correct that row too.",
        ),
        (
            "ratings.csv",
            3,
            "week_commencing",
            "2026-10-06",
            "A week commences on a Monday; 6 Oct 2026 is a Tuesday.",
        ),
        ("ratings.csv", 4, "case_ref", "", "case_ref is empty and must have a value."),
    ]
    assert not report.written
    assert counts(store)["people"] == 0


def test_mending_the_rejects_brings_everything_in_and_importing_again_changes_nothing(
    store: Store, tmp_path: Path
) -> None:
    folder, out = ten_wrong(tmp_path / "in"), tmp_path / "out"
    first = run_import(session_at(store), folder, accept_partial=True, rejects_path=out)
    assert first.written
    assert first.count(RowOutcome.REJECTED) == 9
    mended = {
        "31/02/1990": "28/02/1990",
        "12/52494A": "12/52494Q",
        "P9": "P1",
        "FREE": "",
        "perhaps": "yes",
        "SAW": "SEEN",
        "2000": "200",
        "06/10/2026": "12/10/2026",
        "12/10/2026": "26/10/2026",
        "18/10/2026": "01/11/2026",
    }
    for path in sorted(out.iterdir()):
        rows = rows_of(path)
        assert rows[0][-1] == "reject_reason"
        assert all(row[-1] for row in rows[1:])
        fixed = [[mended.get(cell, cell) for cell in row] for row in rows]
        if path.name == "ratings.csv":
            fixed[2][0] = "C2"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(fixed)
    taken(session_at(store), out)
    before = counts(store)
    assert (before["people"], before["cases"], before["contacts"]) == (4, 4, 4)
    again = run_import(session_at(store), out)
    assert again.written
    assert again.count(RowOutcome.UNCHANGED) == 9
    assert counts(store) == before


def test_an_identifier_is_kept_in_its_canonical_form(store: Store, tmp_path: Path) -> None:
    taken(session_at(store), put(tmp_path, "people", [person(pnc_id=" 12/52494q", cro_number="265416/21g")]))
    with store.read() as reading:
        stored = reading.get(Person, "P1")
    assert (stored.pnc_id, stored.cro_number) == ("2012/0052494Q", "265416/21G")


def test_what_is_imported_is_on_record_like_what_is_typed(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person(known_as="Jay")])
    put(tmp_path, "cases", [phoenix()])
    contact = {
        "contact_ref": "T1",
        "case_ref": "C1",
        "occurred_at": "2026-10-06T14:30",
        "planned": "yes",
        "contact_type": "OFFICE",
        "outcome": "SEEN",
    }
    put(tmp_path, "contacts", [contact])
    taken(session_at(store), tmp_path)
    with store.read() as reading:
        audit = tables.audit
        entries = reading.connection.execute(
            select(audit.c.kind, audit.c.object_type, audit.c.object_ref, audit.c.subject_ref, audit.c.actor)
        ).all()
        words = set(reading.connection.scalars(select(tables.search_key.c.word)))
        stored = reading.get(Contact, "T1")
    assert [tuple(entry) for entry in entries] == [
        ("COLLECTION", "people", "P1", "P1", "HOLT"),
        ("COLLECTION", "person_names", entries[1].object_ref, "P1", "HOLT"),  # of what they are known as
        ("COLLECTION", "cases", "C1", "P1", "HOLT"),
        ("COLLECTION", "contacts", "T1", "P1", "HOLT"),
    ]
    assert {"marlow", "jay", "28102008", "c1"} <= words
    assert (stored.revision, stored.recorded_by) == (1, "HOLT")


def test_many_people_at_once_are_stored_like_one_and_the_search_keeps_its_indexes(store: Store, tmp_path: Path) -> None:
    def indexes() -> set[str]:
        return {str(index["name"]) for index in inspect(store.engine).get_indexes("search_key")}

    before = indexes()
    folder = tmp_path / "in"
    put(folder, "people", [person(f"P{n:05}", family_name=f"Name{n}") for n in range(BULK_THRESHOLD_RECORDS + 1)])
    put(folder, "cases", [phoenix(f"C{n:05}", f"P{n:05}") for n in range(10)])
    taken(session_at(store), folder)
    assert indexes() == before
    with store.read() as reading:
        key = tables.search_key.c
        assert (
            reading.connection.scalar(select(key.person_ref).where(key.word == f"name{BULK_THRESHOLD_RECORDS}"))
            == f"P{BULK_THRESHOLD_RECORDS:05}"
        )
        assert reading.connection.scalar(select(key.person_ref).where(key.case_ref == "C00009")) == "P00009"
    assert counts(store)["audit"] == BULK_THRESHOLD_RECORDS + 11


@pytest.mark.parametrize(("known", "dropped"), [([], True), ([person("K1", family_name="Okoro")], False)])
def test_the_search_keeps_its_indexes_while_known_people_change(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: list[dict[str, str]], *, dropped: bool
) -> None:
    """Without them every change of a name would read the words of everybody."""
    monkeypatch.setattr(bulk_write, "BULK_THRESHOLD_RECORDS", 10)
    session = session_at(store)
    taken(session, put(tmp_path / "1", "people", [person("K1"), person("K2", family_name="Osei")]))
    said: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda _conn, _cursor, sql, *_: said.append(sql))
    same = person("K2", family_name="Osei", phone="07700900123")
    many = [person(f"P{n:05}") for n in range(12)]
    taken(session, put(tmp_path / "2", "people", [*known, *([same] if known else []), *many]))
    server = store.engine.dialect.name == "postgresql"
    assert any(sql.strip().startswith("DROP INDEX") for sql in said) == (dropped and not server)
    with store.read() as reading:
        key = tables.search_key.c
        words = reading.connection.execute(select(key.word, key.person_ref).where(key.word.in_(("okoro", "osei"))))
        assert sorted(map(tuple, words)) == [*([("okoro", "K1")] if known else []), ("osei", "K2")]
        assert count_wrong_search_words(reading.connection) == 0


def test_a_row_with_a_known_key_updates_it_and_its_former_version_is_kept(store: Store, tmp_path: Path) -> None:
    taken(session_at(store), put(tmp_path / "1", "people", [person(), person("P2")]))
    report = run_import(session_at(store), put(tmp_path / "2", "people", [person(family_name="Okoro"), person("P2")]))
    assert report.files[0].to_dict() == {
        "file": "people.csv",
        "table": "people",
        "read": 2,
        "created": 0,
        "updated": 1,
        "unchanged": 1,
        "rejected": 0,
    }
    with store.read() as reading:
        (former,) = reading.list_former_versions(Person, person_ref="P1")
        assert reading.get(Person, "P1").revision == 2
        words = set(
            reading.connection.scalars(select(tables.search_key.c.word).where(tables.search_key.c.person_ref == "P1"))
        )
        kinds = list(reading.connection.scalars(select(tables.audit.c.kind)))
    assert former.record.family_name == "Marlow"
    assert "okoro" in words
    assert "marlow" not in words
    assert kinds == ["COLLECTION", "COLLECTION", "ALTERATION"]


def test_two_different_rows_of_one_key_are_both_rejected(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "people", [person(), person("P2"), person(known_as="Jay")])
    assert reasons(session_at(store), path) == [
        (
            "people.csv",
            2,
            "person_ref",
            "P1",
            "Another row has the same person_ref and other values (line 4); keep one.",
        ),
        (
            "people.csv",
            4,
            "person_ref",
            "P1",
            "Another row has the same person_ref and other values (line 2); keep one.",
        ),
    ]


def test_of_a_key_of_several_columns_a_rejected_row_shows_the_cell_of_the_column_it_names(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [phoenix()])
    red = {"case_ref": "C1", "set_on": "2026-10-01", "rag": "RED", "reason": "Arrested"}
    put(tmp_path, "rag", [red, {**red, "rag": "GREEN", "reason": "Settled"}])
    said = [(line, column, value) for file, line, column, value, _ in reasons(session_at(store), tmp_path)]
    assert said == [(2, "case_ref", "C1"), (3, "case_ref", "C1")]


def test_a_row_said_twice_in_the_same_words_counts_once(store: Store, tmp_path: Path) -> None:
    report = run_import(session_at(store), put(tmp_path, "people", [person(), person()]))
    assert report.written
    assert (report.count(RowOutcome.CREATED), report.count(RowOutcome.UNCHANGED)) == (1, 1)


def test_tables_may_come_in_any_order_and_refer_to_what_is_stored(store: Store, tmp_path: Path) -> None:
    taken(session_at(store), put(tmp_path / "1", "people", [person()]))
    put(tmp_path / "2", "cases", [phoenix()])
    put(
        tmp_path / "2",
        "actions",
        [{"action_ref": "A1", "case_ref": "C1", "text": "t", "owner": "o", "due_on": "2026-12-24"}],
    )
    taken(session_at(store), tmp_path / "2")
    actions = [{"action_ref": "A2", "case_ref": "", "text": "t", "owner": "o", "due_on": "2026-12-24"}]
    taken(session_at(store), put(tmp_path / "3", "actions", actions))


def test_a_day_still_to_come_is_taken_with_a_warning_and_a_due_day_without(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [phoenix(expected_release_on="2027-01-01", release_plan_on="2026-12-01")])
    report = run_import(session_at(store), tmp_path)
    assert report.written
    assert [problem[:5] for problem in report.warnings()] == [
        ("cases.csv", 2, "release_plan_on", "2026-12-01", "1 Dec 2026 is still to come; it is kept as it was sent.")
    ]


def test_a_plan_says_what_each_row_will_do_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    taken(session_at(store), put(tmp_path / "1", "people", [person()]))
    before = counts(store)
    path = put(tmp_path / "2", "people", [person(), person("P2"), person("P3", date_of_birth="")])
    plan = plan_import(session_at(store), path)
    assert [(row.line, row.key, row.outcome) for row in plan.files[0].rows()] == [
        (2, "P1", RowOutcome.UNCHANGED),
        (3, "P2", RowOutcome.CREATED),
        (4, "P3", RowOutcome.REJECTED),
    ]
    assert plan.files[0].rows(2)[0].reasons == ("date_of_birth is empty and must have a value.",)
    assert counts(store) == before


def test_a_plan_no_longer_holds_when_the_file_has_changed(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "people", [person()])
    plan = plan_import(session_at(store), path)
    put(tmp_path, "people", [person(), person("P2")])
    with pytest.raises(FileChanged):
        run_import(session_at(store), plan)
    assert run_import(session_at(store), plan_import(session_at(store), path)).written


def test_a_dry_run_writes_nothing_but_the_rejects(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "people", [person(), person("P2", sex="FEMALE", date_of_birth="x")])
    report = run_import(session_at(store), path, dry_run=True, accept_partial=True, rejects_path=tmp_path / "r.csv")
    assert (report.dry_run, report.written) == (True, False)
    assert (tmp_path / "r.csv").exists()
    assert counts(store)["people"] == 0


def test_an_answer_has_the_keys_of_the_interface(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "people", [person(date_of_birth="x")])
    answer = run_import(session_at(store), path, dry_run=True).to_dict()
    assert list(answer) == ["dry_run", "written", "files", "rejects", "warnings"]
    assert set(answer["rejects"][0]) == {"file", "line", "column", "value", "reason", "table"}


def test_the_longest_texts_come_in_or_are_refused_in_a_sentence_that_is_true(store: Store, tmp_path: Path) -> None:
    # No text of one letter: PostgreSQL packs those into its index.
    scattered = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(2_000))
    taken(session_at(store), put(tmp_path / "1", "people", [person(address=scattered, known_as=scattered)]))
    path = put(tmp_path / "2", "people", [person(family_name=scattered)])
    if store.engine.dialect.name == "postgresql":
        with pytest.raises(InvalidText):
            run_import(session_at(store), path)
    else:
        taken(session_at(store), path)


def test_a_table_without_rows_is_taken_with_a_warning(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("person_ref,family_name,given_names,date_of_birth\n", "utf-8")
    report = run_import(session_at(store), path)
    assert [problem.reason for problem in report.warnings()] == ["There are no rows below the header."]


@pytest.mark.parametrize("stopped_at", [(2, 0), (1, 2), (2, 2)], ids=["reading", "writing", "written"])
def test_an_import_that_is_stopped_leaves_nothing_behind(
    store: Store, tmp_path: Path, stopped_at: tuple[int, int]
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [phoenix()])

    class Stopped(Exception):  # noqa: N818 - the user's wish, no error
        pass

    def stop(rows: int, total: int, _step: str = "") -> None:
        if (rows, total) == stopped_at:
            raise Stopped

    with pytest.raises(Stopped):
        run_import(session_at(store), tmp_path, progress=stop)
    assert counts(store)["people"] == 0


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_only_a_supervisor_imports(store: Store, tmp_path: Path, role: Role) -> None:
    path = put(tmp_path, "people", [person()])
    with pytest.raises(NotAllowed):
        run_import(session_at(store, role), path)
    with pytest.raises(NotAllowed):
        plan_import(session_at(store, role), path)
