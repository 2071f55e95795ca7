"""A shared database lets nobody change another's entry, and nobody an entry that stands without saying why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from raw_rows import read_row
from shared_people import login_of

if TYPE_CHECKING:
    from shared_people import Office

DENIED = psycopg.errors.InsufficientPrivilege
REASON = "SELECT set_config('ioms.reason_text', %s, false)"
ENTRIES = (
    ("contacts", "A-1", "outcome = 'NO_REPLY'", "minutes = 20"),
    ("offers", "A-1", "provider = 'another'", "pathway = 'HEALTH'"),
    ("concerns", "A-1", "summary = 'another'", "offence_group = 'DRUG_SUPPLY'"),
    ("own_words", "A-1", "strengths = 'another'", "said_to = 'her'"),
)
"""An author's entry, a change of what it said, and a value where there was none."""
CARRIED_ON = (
    ("offers", "A-1", "response = 'ACCEPTED'"),
    ("concerns", "A-1", "outcome = 'NO_FURTHER_ACTION'"),
)
RECORDED = """
    INSERT INTO contacts (
      contact_ref, case_ref, occurred_at, planned, contact_type, outcome, revision, recorded_at, recorded_by)
    VALUES ('A-1', 'PHX-1', '2026-10-01', true, 'OFFICE', 'SEEN', 1, now(), '');
    INSERT INTO offers (
      offer_ref, case_ref, offer_type, provider, offered_on, revision, recorded_at, recorded_by)
    VALUES ('A-1', 'PHX-1', 'MENTORING', 'the club', '2026-10-01', 1, now(), '');
    INSERT INTO concerns (
      concern_ref, case_ref, occurred_on, recorded_on, concern_type, summary, revision, recorded_at, recorded_by)
    VALUES ('A-1', 'PHX-1', '2026-10-01', '2026-10-01', 'ARREST', 'x', 1, now(), '');
    INSERT INTO own_words (own_words_ref, case_ref, said_on, strengths, revision, recorded_at, recorded_by)
    VALUES ('A-1', 'PHX-1', '2026-10-01', 'football', 1, now(), '');
    INSERT INTO needs (case_ref, pathway, assessed_on, level, revision, recorded_at, recorded_by)
    VALUES ('PHX-1', 'HEALTH', '2026-10-01', 2, 1, now(), '');
"""


def record_entries(office: Office, hours_ago: int) -> None:
    """Record one entry of each type as the officer; some hours ago by the server's clock."""
    with office.raw("officer") as psql:
        psql.execute(b"SELECT open_case('PHX-1')")
        psql.execute(RECORDED.encode())
    age(office, hours_ago)


def age(office: Office, hours: int) -> None:
    """Let what is recorded be older than it is, as whoever keeps the server may."""
    with office.owner() as owner:
        for table in ("contacts", "offers", "concerns", "own_words", "needs"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            owner.execute(f"UPDATE {table} SET recorded_at = now() - interval '{hours} hours'".encode())  # noqa: S608 - our own names
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
        owner.execute(b"ALTER TABLE audit DISABLE TRIGGER USER")
        owner.execute(f"UPDATE audit SET at = now() - interval '{hours} hours' WHERE kind = 'COLLECTION'".encode())  # noqa: S608 - our own words
        owner.execute(b"ALTER TABLE audit ENABLE TRIGGER USER")


def is_changed(psql: psycopg.Connection, table: str, ref: str, values: str) -> bool:
    """Whether a statement of one's own changes a row; what it did is undone."""
    statement = f"UPDATE {table} SET {values}, revision = revision + 1 WHERE {read_row(table, ref)}"  # noqa: S608 - our own words
    try:
        with psql.transaction(force_rollback=True):
            done = psql.execute(statement.encode())
            assert done.rowcount == 1, (table, ref)
    except (DENIED, psycopg.errors.CheckViolation):
        return False
    return True


def test_statements_of_ones_own_change_an_authors_entry_only_as_its_author_or_a_supervisor(office: Office) -> None:
    # reason, role, and for each age whether it is changed
    expected = {
        ("officer", ""): {1: True, 25: False, -2: False},
        ("officer", " \n"): {1: True, 25: False, -2: False},
        ("officer", "misheard"): {1: True, 25: True, -2: True},
        ("navigator", ""): {1: False, 25: False, -2: False},
        ("navigator", "misheard"): {1: False, 25: False, -2: False},
        ("supervisor", ""): {1: False, 25: False, -2: False},
        ("supervisor", "misheard"): {1: True, 25: True, -2: True},
    }
    record_entries(office, 1)
    for hours in (1, 25, -2):
        age(office, hours)
        for (role, reason), changed in expected.items():
            with office.raw(role) as psql:
                psql.execute(b"SELECT open_case('PHX-1')")
                psql.execute(REASON.encode(), (reason,))
                for table, ref, another, more in ENTRIES:
                    tried = (table, role, reason, hours)
                    assert is_changed(psql, table, ref, another) is changed[hours], tried
                    assert is_changed(psql, table, ref, more) is changed[hours], tried
                for table, ref, filled in CARRIED_ON:
                    assert is_changed(psql, table, ref, filled), "the control: others carry it on"
                by_team = hours == 1 or bool(reason.strip())
                assert is_changed(psql, "needs", "PHX-1", "level = 1") is by_team
                assert is_changed(psql, "needs", "PHX-1", "status = 'DONE'"), "what was empty is filled in"


def test_the_period_the_rules_and_the_reasons_are_nobodys_to_write_by_hand(office: Office) -> None:
    record_entries(office, 25)
    call = "SELECT decide_setting('author_hours', 48, 'long shifts')"
    for role in ("officer", "navigator", "coordinator", "partner", "analyst", "auditor"):
        with office.raw(role) as psql:
            for statement in (
                call,
                "INSERT INTO office_setting VALUES (1, 'author_hours', 336, 'x', 'y', now())",
                "UPDATE ioms_private.entry_rule SET kept_by = 'TEAM'",
                "SELECT ioms_private.refuse_change('contacts', '{}', '{}')",
                "UPDATE former_version SET reason = 'none'",
            ):
                with pytest.raises(psycopg.Error):
                    psql.execute(statement.encode())
    for role, hours in (("administrator", 48), ("supervisor", 12)):
        with office.raw(role) as psql:
            for statement, wrong in (
                (call.replace("48", "337"), psycopg.errors.CheckViolation),
                (call.replace("long shifts", " "), psycopg.errors.CheckViolation),
                (call.replace("author_hours", "other"), psycopg.errors.CheckViolation),
                ("UPDATE office_setting SET value = 1", DENIED),
            ):
                with pytest.raises(wrong):
                    psql.execute(statement.encode())
            psql.execute(call.replace("48", str(hours)).encode())
        with office.raw("officer") as psql:
            psql.execute(b"SELECT open_case('PHX-1')")
            assert is_changed(psql, "contacts", "A-1", "minutes = 20") is (hours == 48)


def test_the_reason_stays_with_the_version_and_in_the_audit(office: Office) -> None:
    record_entries(office, 25)
    with office.raw("officer") as psql:
        psql.execute(b"SELECT open_case('PHX-1')")
        psql.execute(REASON.encode(), ("misheard",))
        psql.execute(f"UPDATE contacts SET minutes = 20, revision = 2 WHERE {read_row('contacts', 'A-1')}".encode())  # noqa: S608 - our own names
        query = b"SELECT reason, changed_by FROM read_former_version(keys => ARRAY['A-1'], of_table => 'contacts')"
        kept = psql.execute(query).fetchone()
        assert kept == ("misheard", login_of("officer"))
        told = psql.execute(b"SELECT is_own FROM first_recording('contacts', (SELECT id FROM contacts LIMIT 1))")
        assert told.fetchone() is not None
    with office.owner() as owner:
        query = b"SELECT reason_text FROM audit WHERE object_ref = 'A-1' AND kind = 'ALTERATION'"
        assert owner.execute(query).fetchone() == ("misheard",)
    with office.raw("navigator") as psql:  # nothing is told of a case that is not open
        assert psql.execute(b"SELECT * FROM first_recording('contacts', 1)").fetchone() is None
