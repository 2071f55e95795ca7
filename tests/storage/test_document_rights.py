"""What a server keeps of documents itself, whatever is sent: content goes with its record, once, and to its readers."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from document_samples import pdf
from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.documents.file_types import MAX_CASE_BYTES
from raw_rows import read_row
from shared_people import ANOTHER, Office

CASE, OTHER = "PHX-1", "IOM-1"
CONTENT = "SELECT c.document_ref FROM unnest(%s::text[]) AS d, read_document_content(%s, d) AS c"
KEYS = "SELECT d FROM unnest(%s::text[]) AS d WHERE read_document_key(%s, d) IS NOT NULL"
EVERY = ["DO-TEAM", "DO-POLICE", "DO-N", "DO-M", "DO-CASE", "DO-THEIRS", "DO-KEPT"]
"""Whatever documents a test adds: the functions tell of none that is not named."""
READERS = tuple(role.value for role in roles_with(Right.READ_CASES))
ADD = (
    "INSERT INTO documents (document_ref, case_ref, title, kind, dated_on, handling, file_name, file_type, size_bytes, "
    "digest, revision, recorded_at, recorded_by) "
    "VALUES (%s, %s, 'x', 'OTHER', '2026-10-01', %s, 'a.pdf', 'PDF', %s, '0', 1, now(), 'x')"
)
KEY = "INSERT INTO document_key VALUES (%s, %s, '\\x00')"
CHUNK = "INSERT INTO document_content VALUES (%s, %s, %s, %s)"
BODY = pdf()
LINK = (
    "INSERT INTO associates (associate_ref, person_ref, kind, basis, source, other_person_ref, name, revision, "
    "recorded_at, recorded_by) VALUES (%s, 'P-JM', 'FRIEND', %s, 's', %s, 'Kai', 1, now(), 'x')"
)
CRITERION = (
    "INSERT INTO eligibility (eligibility_ref, case_ref, criterion, assessed_on, met, basis, evidence, source, "
    "revision, recorded_at, recorded_by) VALUES (%s, %s, 'FIXED', '2026-10-01', true, %s, 'x', 's', 1, now(), 'x')"
)


CHOSEN = "id = (SELECT id FROM read_documents(refs => ARRAY[%s]))"


@contextmanager
def opened(office: Office, role: str, case_ref: str = CASE) -> Iterator[psycopg.Connection]:
    """Connect as psql would, with a case open, in a transaction that the block ends."""
    with office.raw(role) as psql:
        psql.execute("SELECT open_case(%s, 'CASE_WORK')", [case_ref])
        psql.autocommit = False
        yield psql


def add(psql: psycopg.Connection, ref: str, handling: str = "TEAM", case_ref: str = CASE, size: int = 10) -> None:
    """Add a document with its key and one chunk."""
    psql.execute(ADD, [ref, case_ref, handling, size])
    psql.execute(KEY, [ref, case_ref])
    psql.execute(CHUNK, [ref, 1, case_ref, BODY])


def held(office: Office, role: str, case_ref: str = CASE) -> dict[str, set[str]]:
    """Name the documents of which a role reads the record, the content and the key, on whichever case they are."""
    with opened(office, role, case_ref) as psql:
        return {
            "documents": {row[0] for row in psql.execute("SELECT document_ref FROM read_documents()")},
            "document_content": parts_read(psql, CONTENT),
            "document_key": parts_read(psql, KEYS),
        }


def parts_read(psql: psycopg.Connection, query: str) -> set[str]:
    """Name the documents, of whichever case, of which content or key are read."""
    return {row[0] for case_ref in (CASE, OTHER) for row in psql.execute(query.encode(), [EVERY, case_ref])}


@pytest.fixture
def kept(office: Office) -> Office:
    """Return an office with a document for everybody and one for the police, both on one case."""
    with opened(office, "officer") as psql:
        add(psql, "DO-TEAM")
        add(psql, "DO-POLICE", "POLICE")
        psql.commit()
    return office


def test_content_is_read_by_those_alone_who_read_the_record(kept: Office) -> None:
    for role in READERS:
        sees_all = role in {Role.OFFICER.value, Role.SUPERVISOR.value}
        found = held(kept, role)
        assert found["documents"] == ({"DO-TEAM", "DO-POLICE"} if sees_all else {"DO-TEAM"}), role
        assert found["document_content"] == found["document_key"] == found["documents"], role
    for role in set(Role) - {Role(reader) for reader in READERS}:
        with kept.raw(role) as psql:
            for asked in (CONTENT, KEYS):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    psql.execute(asked.encode(), [EVERY, CASE])
    for role in Role:
        with kept.raw(role) as psql:
            for asked in ("count(*) FROM document_content", "secret FROM document_key", "1 FROM document_key"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    psql.execute(f"SELECT {asked}".encode())
    with kept.raw(ANOTHER) as psql:  # nothing of a case that is not open
        assert parts_read(psql, CONTENT) | parts_read(psql, KEYS) == set()
        assert psql.execute("SELECT * FROM document_sizes('PHX-1')").fetchall() == []
    with kept.owner() as owner:  # the control: the rows are there
        assert owner.execute("SELECT count(*) FROM document_content").fetchone() == (2,)


PERSONS = {"DO-CASE": ("TEAM", None), "DO-THEIRS": ("TEAM", "PERSON"), "DO-KEPT": ("POLICE", "PERSON")}
"""Documents of another case of the person: of that case alone, of the person, and of the person for the police."""
KEEPING_BACK = (
    """INSERT INTO access_entry (case_ref, user_name, kind, begins_at, set_by)
    VALUES ('IOM-1', 't_officer', 'EXCLUDED', now(), 'x')""",
    "INSERT INTO case_standing (case_ref, restricted) VALUES ('IOM-1', true)",
)


def through(office: Office, role: str, case_ref: str = CASE, *, opens: bool = True) -> dict[str, tuple[str, int]]:
    """Name what a role reads of the person's documents through a case: the case each is on, and how many parts."""
    with office.raw(role) as psql:
        if opens:
            psql.execute("SELECT open_case(%s, 'CASE_WORK')", [case_ref])
        found = psql.execute("SELECT document_ref, case_ref FROM person_documents(%s)", [case_ref]).fetchall()
        parts = psql.execute(
            "SELECT d, count(p.part) FROM unnest(%s::text[]) AS d, person_document_parts(%s, d) AS p GROUP BY d",
            [[*PERSONS, "DO-TEAM"], case_ref],
        ).fetchall()
        assert {ref for ref, _ in parts} == {ref for ref, _ in found}
        rows = parts_read(psql, CONTENT) | parts_read(psql, KEYS)
        assert not rows & {*PERSONS}, "the rows themselves name the other case"
        return {ref: (where, dict(parts)[ref]) for ref, where in found}


def test_what_is_said_to_be_the_persons_is_read_through_their_other_case_and_nothing_else(kept: Office) -> None:
    with kept.owner() as owner:
        owner.execute("UPDATE cases SET person_ref = 'P-JM', revision = revision + 1 WHERE case_ref = 'IOM-1'")
    with opened(kept, "officer", OTHER) as psql:
        for ref, (handling, belongs_to) in PERSONS.items():
            add(psql, ref, handling, OTHER)
            said = f"UPDATE documents SET belongs_to = %s, revision = 2 WHERE {CHOSEN}"
            psql.execute(said.encode(), [belongs_to, ref])
        psql.commit()
    with kept.owner() as owner:  # the look with which they were added would show the rows themselves
        owner.execute("DELETE FROM look")
    assert through(kept, "navigator") == {"DO-THEIRS": ("", 2)}  # of the other case not even its reference
    assert through(kept, "officer") == {"DO-THEIRS": (OTHER, 2), "DO-KEPT": (OTHER, 2)}  # the control
    assert through(kept, ANOTHER, opens=False) == {}
    assert through(kept, "navigator", OTHER) == {}
    with opened(kept, "navigator") as psql:
        psql.execute("SELECT set_config('ioms.reason_text', 'tidied', false)")
        changed = psql.execute("UPDATE documents SET title = 'y', belongs_to = 'PERSON', revision = revision + 1")
        assert changed.rowcount == 1, "their own case's alone"
        psql.rollback()
    for role in set(Role) - {Role(reader) for reader in READERS}:
        with kept.raw(role) as psql, pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql.execute("SELECT * FROM person_documents('PHX-1')")
    for statement in KEEPING_BACK:
        with kept.owner() as owner:
            owner.execute(statement.encode())
            assert through(kept, "officer") == {}
            owner.execute("DELETE FROM access_entry; DELETE FROM case_standing")
    assert through(kept, "officer").keys() == {"DO-THEIRS", "DO-KEPT"}


def refused(psql: psycopg.Connection, statement: str, values: list[object]) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)):
        psql.execute(statement.encode(), values)
    psql.rollback()


def test_nobody_changes_or_adds_what_they_do_not_read(kept: Office, subtests: pytest.Subtests) -> None:
    """An UPDATE without WHERE is not held to what its user reads, unless the policy for changes says so, too."""
    with opened(kept, "officer") as psql:
        psql.execute(LINK, ["AS-1", "INTELLIGENCE", None])
        psql.execute(LINK, ["AS-2", "FACT", "P-CH"])
        psql.execute(LINK, ["AS-3", "FACT", None])
        psql.execute(CRITERION, ["EL-1", CASE, "INTELLIGENCE"])
        psql.execute(CRITERION, ["EL-2", CASE, "RECORD"])
        psql.commit()
    blind = {
        "documents": ("handling = 'TEAM'", {"navigator", "coordinator"}, 1),
        "associates": ("basis = 'FACT', other_person_ref = NULL", {"navigator"}, 1),
        "eligibility": ("basis = 'RECORD'", {"coordinator"}, 1),
    }
    for table, (changes, roles, own) in blind.items():
        for role in (*sorted(roles), "officer"):  # the officer is the control
            with subtests.test(table, role=role), opened(kept, role) as psql:
                psql.execute("SELECT set_config('ioms.reason_text', 'tidied', false)")
                changed = psql.execute(f"UPDATE {table} SET {changes}, revision = 2".encode())
                assert (changed.rowcount == own) is (role != "officer"), changed.rowcount
                psql.rollback()
    added: dict[str, tuple[str, str, list[object]]] = {
        "a link": ("navigator", LINK, ["AS-N", "INTELLIGENCE", None]),
        "a link to somebody": ("navigator", LINK, ["AS-N", "FACT", "P-CH"]),
        "a criterion": ("coordinator", CRITERION, ["EL-N", CASE, "INTELLIGENCE"]),
        "a document": ("coordinator", ADD, ["DO-N", CASE, "POLICE", 10]),
    }
    for what, (role, statement, values) in added.items():
        with subtests.test(what):
            with opened(kept, role) as psql:
                refused(psql, statement, values)
            with opened(kept, "officer") as psql:
                psql.execute(statement.encode(), values)
                psql.rollback()


def test_content_comes_with_its_record_alone_and_is_never_changed(kept: Office, subtests: pytest.Subtests) -> None:
    later: dict[str, tuple[str, list[object]]] = {
        "a further chunk": (CHUNK, ["DO-TEAM", 2, CASE, BODY]),
        "a chunk of nothing": (CHUNK, ["DO-9", 1, CASE, BODY]),
        "another key": (KEY, ["DO-9", CASE]),
        "other content": ("UPDATE document_content SET body = %s", [BODY]),
        "another key in place": ("UPDATE document_key SET secret = %s", [BODY]),
        "no content": ("DELETE FROM document_content WHERE number = %s", [1]),
        "another file": (
            f"UPDATE documents SET size_bytes = %s, revision = 2 WHERE {read_row('documents', 'DO-TEAM')}", [11]),
        "another ending": (
            f"UPDATE documents SET file_name = %s, revision = 2 WHERE {read_row('documents', 'DO-TEAM')}", ["a.txt"]),
        "another digest": (
            f"UPDATE documents SET digest = %s, revision = 2 WHERE {read_row('documents', 'DO-TEAM')}", ["1"]),
    }  # fmt: skip
    for what, (statement, values) in later.items():
        with subtests.test(what), opened(kept, "officer") as psql:
            refused(psql, statement, values)
    changed = f"UPDATE documents SET title = 'y', revision = revision + 1 WHERE {CHOSEN}"
    with opened(kept, "officer") as psql:
        psql.execute(ADD, ["DO-BARE", CASE, "TEAM", 10])
        psql.commit()
    after_a_change: dict[str, tuple[str, str, list[object]]] = {
        "a chunk before the first": ("DO-TEAM", CHUNK, ["DO-TEAM", 0, CASE, BODY]),
        "the chunk after": ("DO-TEAM", CHUNK, ["DO-TEAM", 2, CASE, BODY]),
        "a key for a description": ("DO-BARE", KEY, ["DO-BARE", CASE]),
    }
    for what, (ref, statement, values) in after_a_change.items():
        with subtests.test(what), opened(kept, "navigator") as psql:
            psql.execute("SELECT set_config('ioms.reason_text', 'tidied', false)")
            assert psql.execute(changed.encode(), [ref]).rowcount == 1
            refused(psql, statement, values)
    for what in ("another file", "another ending", "another digest"):
        with subtests.test(f"{what}, by an import"), kept.raw("supervisor") as psql:
            psql.execute("SELECT open_book('IMPORT')")
            psql.autocommit = False
            tidied = f"UPDATE documents SET title = 'y', revision = 2 WHERE {read_row('documents', 'DO-TEAM')}"
            assert psql.execute(tidied.encode()).rowcount == 1  # the control
            psql.rollback()
            refused(psql, *later[what])
    at_once: dict[str, list[tuple[str, list[object]]]] = {
        "without a key": [(CHUNK, ["DO-N", 1, CASE, BODY])],
        "a chunk before the first": [(KEY, ["DO-N", CASE]), (CHUNK, ["DO-N", 0, CASE, BODY])],
        "more than it has": [(KEY, ["DO-N", CASE]), (CHUNK, ["DO-N", 2, CASE, BODY])],
        "for another case": [(KEY, ["DO-N", CASE]), (CHUNK, ["DO-N", 1, OTHER, BODY])],
        "too large a chunk": [(KEY, ["DO-N", CASE]), (CHUNK, ["DO-N", 1, CASE, bytes(262_161)])],
    }
    for what, statements in at_once.items():
        with subtests.test(what), opened(kept, "officer") as psql:
            psql.execute(ADD, ["DO-N", CASE, "TEAM", 10])
            for statement, values in statements[:-1]:
                psql.execute(statement.encode(), values)
            refused(psql, *statements[-1])
    with opened(kept, "navigator") as psql:
        refused(psql, ADD, ["DO-N", CASE, "POLICE", 10])
    with opened(kept, "officer") as psql:
        refused(psql, ADD, ["DO-N", CASE, "TEAM", 10 * 1024 * 1024 + 1])
    with opened(kept, "navigator") as psql:  # the control: what is as it should be is taken
        add(psql, "DO-N")
        psql.commit()
    assert held(kept, "navigator")["document_content"] == {"DO-TEAM", "DO-N"}


def test_a_case_has_room_for_so_much(kept: Office) -> None:
    less = 1_000_000
    room = less - (len(BODY) - 16)
    with kept.owner() as owner:
        (told,) = owner.execute("SELECT pg_get_functiondef('guard_document_room()'::regprocedure)").fetchone() or ("",)
        assert told.count(str(MAX_CASE_BYTES)) == 1
        owner.execute(told.replace(str(MAX_CASE_BYTES), str(less)).encode())
    with opened(kept, "officer") as psql:
        for handling in ("TEAM", "POLICE"):
            psql.execute(ADD, ["DO-N", CASE, handling, room + 1])
            refused(psql, KEY, ["DO-N", CASE])
        its_id = psql.execute("SELECT id FROM read_documents(refs => ARRAY['DO-POLICE'])").fetchone() or (0,)
        psql.execute("SELECT strike_out_record('documents', %s, 1, 'of somebody else')", its_id)
        psql.commit()
        psql.execute(ADD, ["DO-M", CASE, "POLICE", room + 1])
        refused(psql, KEY, ["DO-M", CASE])
    with opened(kept, "navigator") as psql:  # what is for the police alone takes no room that others could miss
        add(psql, "DO-N", size=room)
        psql.commit()


def test_who_took_a_document_out_reads_its_content_no_longer_and_again_when_it_is_put_back(kept: Office) -> None:
    with kept.owner() as owner:
        (its_id,) = owner.execute("SELECT id FROM documents WHERE document_ref = 'DO-TEAM'").fetchone() or (0,)
    with opened(kept, "officer") as psql:
        psql.execute("SELECT strike_out_record('documents', %s, 1, 'of somebody else')", [its_id])
        psql.commit()
    assert held(kept, "officer")["document_content"] == {"DO-POLICE"}
    with kept.owner() as owner:
        (number,) = owner.execute("SELECT id FROM former_version WHERE table_name = 'documents'").fetchone() or (0,)
    with opened(kept, "officer") as psql:
        psql.execute("SELECT restore_struck_out(%s)", [number])
        psql.commit()
    assert held(kept, "officer")["document_content"] == {"DO-POLICE", "DO-TEAM"}
