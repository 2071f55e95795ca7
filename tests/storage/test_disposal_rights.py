"""What a server keeps of a disposal itself: two logins, closed cases, no hold, once; by services and by raw SQL."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own

import psycopg
import pytest
from sqlalchemy import Table

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Missing, NotAllowed, Refused
from ioms_desktop.domain.records.record import ColumnKind, columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.services.audit.audit import verify_audit, who_looked
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.retention.due_reviews import list_due_reviews
from ioms_desktop.services.retention.retention import (
    AnswerDisposal,
    ProposeDisposal,
    dispose_of_record,
    get_certificate,
    get_review,
    propose_disposal,
)
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.case_results import RESULT_TABLES
from ioms_desktop.storage.schema.record_tables import free_text_columns
from sessions import request
from shared_people import ANOTHER, Office, login_of

PROPOSE = "SELECT propose_disposal('DS-1', 'P-JM', 'RRD 14', 'six clear years')"
DISPOSE = "SELECT dispose('DS-1', current_date + 10)"
RECORDS = (*RECORD_TYPE_BY_TABLE, "former_version", "search_key", "disposal", "retention_review")
COUSIN = """
    WITH said AS (
      UPDATE people SET warning_markers = 'Jayden''s cousin', revision = 2 WHERE person_ref = 'P-CH')
    INSERT INTO person_warnings (warning_ref, person_ref, marker, revision, recorded_at, recorded_by)
    VALUES ('WM-1', 'P-CH', 'Jayden''s cousin', 1, now(), 'x')
"""
IDENTITY = {"family_name", "given_names", "known_as", "phone", "postcode", "languages", "language"}
NAMED = {
    "document_ref",
    "goal_ref",
    "offer_ref",
    "order_ref",
    "pnc_id",
    "cro_number",
    "crn",
    "prison_number",
    "niche_id",
    "establishment",
    "court",
    "agency",
    "meeting_ref",
    "contact_ref",
    "funded_by",
    "reviewed_by",
    "digest",
}
WORKERS = {
    *("police_om", "probation_practitioner", "navigator", "set_by", "offered_by", "worker", "rated_by", "proposed_by"),
    *(
        "authorised_by",
        "answered_by",
        "delivered_by",
        "told_by",
        "transition_proposed_by",
        "transition_confirmed_by",
        "yjs_case_manager",
        "social_worker",
        "owner",
        "scorer",
        "given_by",
        "funding_authorised_by",
        "liaison",
        "added_by",
    ),
    *("user_name", "email", "replaces_ref", "decision_ref", "concern_ref", "follows_case_ref"),
    *("version", "tool_version", "value", "mode"),
}


@pytest.fixture
def closed(office: Office) -> Office:
    """Return a shared database on which the case of P-JM has closed, everything recorded on it."""
    with office.owner() as owner:
        owner.execute("UPDATE cases SET closed_on = '2026-10-01', revision = revision + 1 WHERE case_ref = 'PHX-1'")
        owner.execute(COUSIN.encode())
    return office


def asked(office: Office, role: str, *statements: str) -> object:
    """Send statements as psql would, each on its own; give what the last one answers."""
    with office.raw(role) as psql:
        for statement in statements:
            found = psql.execute(statement.encode()).fetchone()
    return None if found is None else found[0]


def kept(office: Office) -> dict[str, int]:
    """Count the rows of every table, as whoever keeps the server does."""
    with office.owner() as owner:
        counted = {name: owner.execute(f"SELECT count(*) FROM {name}".encode()).fetchone() for name in RECORDS}
    return {name: row[0] for name, row in counted.items() if row is not None}


def denied(office: Office) -> list[tuple[str, str]]:
    with office.owner() as owner:
        return owner.execute(
            "SELECT object_type, actor FROM audit WHERE after::jsonb = '{\"denied\": true}' ORDER BY id"
        ).fetchall()


def test_two_supervisors_dispose_by_their_own_logins_and_who_looked_stays(closed: Office) -> None:
    wright, holt, auditor = closed.session("supervisor"), closed.session(ANOTHER), closed.session("auditor")
    open_case(wright, "PHX-1")
    assert verify_audit(auditor).ok
    looked = len(who_looked(auditor, "P-JM"))
    before = kept(closed)
    entry = ProposeDisposal(request=request(), person_ref="P-JM", authority="RRD 14", reason="six clear years")
    ref = propose_disposal(wright, entry).ref
    with pytest.raises(NotAllowed, match="alone"):
        dispose_of_record(wright, AnswerDisposal(request=request(), disposal_ref=ref))
    dispose_of_record(holt, AnswerDisposal(request=request(), disposal_ref=ref))
    told = get_certificate(holt, ref)
    assert (told["proposed_by"], told["authorised_by"]) == (login_of("supervisor"), login_of(ANOTHER))
    gone = {name: count for name, count in told["removed"].items() if count and name in before}
    now = kept(closed)
    assert {name: before[name] - now[name] for name in gone if name != "actions"} == gone
    assert (now["people"], now["contacts"], now["former_version"]) == (2, 0, 1)
    (task,) = told["tasks_to_redact"]
    with closed.owner() as owner:
        (words,) = owner.execute("SELECT text FROM actions WHERE action_ref = %s", (task,)).fetchall()
    assert words[0].endswith("people P-CH, warning_markers (at 1); person_warnings WM-1, marker (at 1)")
    report = verify_audit(auditor)
    assert (report.ok, report.reason) == (True, "")
    assert len(who_looked(auditor, ref)) >= looked
    with pytest.raises(Missing):
        who_looked(auditor, "P-JM")


def test_one_login_never_gives_both_parts(closed: Office) -> None:
    before = kept(closed)
    assert asked(closed, "supervisor", PROPOSE) is True
    assert asked(closed, "supervisor", DISPOSE) is None
    forged = "UPDATE disposal SET proposed_by = 'somebody'"
    with closed.raw("supervisor") as psql, pytest.raises(psycopg.errors.InsufficientPrivilege):
        psql.execute(forged.encode())
    with closed.owner() as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("UPDATE disposal SET status = 'DONE', answered_by = proposed_by")
    assert kept(closed) == {**before, "disposal": 1}
    assert denied(closed) == [("disposal", login_of("supervisor"))]


def test_an_open_case_a_hold_and_what_is_kept_from_somebody_stay(closed: Office) -> None:
    before = kept(closed)
    assert asked(closed, "supervisor", "SELECT propose_disposal('DS-2', 'P-CH', 'RRD 14', 'why')") is False
    assert asked(closed, "supervisor", PROPOSE) is True
    hold = "SELECT record_review('P-JM', '{}', 'GROUP_3', 'inquiry', current_date + 90)"
    assert asked(closed, "supervisor", hold.format("LEGAL_HOLD")) is True
    assert asked(closed, ANOTHER, DISPOSE) is None
    assert asked(closed, ANOTHER, hold.format("RETAIN")) is True
    with closed.owner() as owner:
        owner.execute("INSERT INTO case_standing VALUES ('PHX-1', true, NULL)")
    assert asked(closed, ANOTHER, DISPOSE) is None
    assert asked(closed, ANOTHER, "SELECT refuse_disposal('DS-1')") is False
    assert asked(closed, ANOTHER, "SELECT count(*) FROM disposal") == 0
    with closed.owner() as owner:
        owner.execute("DELETE FROM case_standing")
        owner.execute("UPDATE cases SET closed_on = NULL, revision = revision + 1 WHERE case_ref = 'PHX-1'")
    assert asked(closed, ANOTHER, DISPOSE) is None
    assert kept(closed)["people"] == before["people"]
    with closed.owner() as owner:
        owner.execute("UPDATE cases SET closed_on = '2026-10-01', revision = revision + 1 WHERE case_ref = 'PHX-1'")
    # The control: with nothing in the way the same call does it.
    assert asked(closed, ANOTHER, DISPOSE) is not None
    assert kept(closed)["people"] == before["people"] - 1


def test_a_second_call_finds_nothing_and_leaves_no_name(closed: Office) -> None:
    assert asked(closed, "supervisor", PROPOSE) is True
    assert asked(closed, ANOTHER, DISPOSE) is not None
    after = kept(closed)
    assert asked(closed, "supervisor", DISPOSE) is None
    assert asked(closed, ANOTHER, DISPOSE) is None
    assert asked(closed, "supervisor", PROPOSE) is False
    assert kept(closed) == after
    with closed.owner() as owner:
        named = "SELECT count(*) FROM audit WHERE audit::text LIKE '%P-JM%' OR audit::text LIKE '%PHX-1%'"
        assert owner.execute(named.encode()).fetchone() == (0,)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_nobody_but_a_supervisor_gives_a_part(closed: Office, role: str) -> None:
    assert asked(closed, "supervisor", PROPOSE) is True
    before = kept(closed)
    assert asked(closed, role, "SELECT propose_disposal('DS-2', 'P-JM', 'RRD 14', 'why')") is False
    assert asked(closed, role, DISPOSE) is None
    assert asked(closed, role, "SELECT refuse_disposal('DS-1')") is False
    assert asked(closed, role, "SELECT record_review('P-JM', 'RETAIN', 'GROUP_3', 'x', current_date + 9)") is False
    assert kept(closed) == before
    for act in (list_due_reviews, lambda session: get_review(session, "P-JM")):
        with pytest.raises(NotAllowed):
            act(closed.session(role))


@pytest.mark.parametrize(
    ("its_result", "group", "why", "days"),
    [("RETAIN", "GROUP_9", "x", 9), ("DISPOSE", "GROUP_3", "x", 9), ("RETAIN", "GROUP_3", " ", 9)]
    + [("RETAIN", "GROUP_3", "x", days) for days in (0, 5 * 366 + 1)],
)
def test_a_review_that_makes_no_sense_is_refused_by_the_server(
    closed: Office, its_result: str, group: str, why: str, days: int
) -> None:
    call = f"SELECT record_review('P-JM', '{its_result}', '{group}', '{why}', current_date + {days})"
    assert asked(closed, "supervisor", call) is False


def test_a_reason_that_names_the_person_is_refused_by_the_server(closed: Office) -> None:
    for words in ("for Jayden", "see phx-1", "MARLOW, closed"):
        call = f"SELECT propose_disposal('DS-3', 'P-JM', 'RRD 14', '{words}')"
        assert asked(closed, "supervisor", call) is False


def test_services_say_in_words_what_the_server_would_refuse(closed: Office) -> None:
    wright = closed.session("supervisor")
    with pytest.raises(Refused, match="open"):
        propose_disposal(wright, ProposeDisposal(request=request(), person_ref="P-CH", authority="R", reason="w"))
    assert [each.person_ref for each in list_due_reviews(wright)] == []


def test_every_column_in_which_people_write_is_looked_through_for_mentions_on_both_homes(closed: Office) -> None:
    looked = {(name, column) for name, words in free_text_columns().items() for column in words}
    texts = {
        (name, column.name)
        for name, noun in RECORD_TYPE_BY_TABLE.items()
        for column in columns_of(noun)
        if column.kind in {ColumnKind.TEXT, ColumnKind.LONG_TEXT} and not column.codes
    } | {("person_warnings", "marker")}  # what a column of the person says in words has no code
    left = {(name, column) for name, column in texts - looked if column not in IDENTITY | NAMED | WORKERS}
    add = "Add it to `free_text` of the record type's `rights`, or above to the columns that are no place for words."
    assert (left, looked - texts) == (set(), set()), add
    with closed.owner() as owner:
        (source,) = owner.execute("SELECT prosrc FROM pg_proc WHERE proname = 'mentions'").fetchall()
    unsearched = [(name, column) for name, column in looked if f"('{name}', '{column}'," not in source[0]]
    assert unsearched == [], "A migration must add these to `ioms_private.mentions`; see docs/design.md."
    assert source[0].count("'r.") >= len(looked)


def test_the_functions_list_of_tables_is_every_table_that_says_whose_it_is(closed: Office) -> None:
    """A new table with a person or a case in it would otherwise be left behind."""
    with closed.owner() as owner:
        (source,) = owner.execute("SELECT prosrc FROM pg_proc WHERE proname = 'dispose'").fetchall()

    def owned(table: Table) -> bool:  # what the rules found goes with its case
        return table not in RESULT_TABLES and bool({"person_ref", "case_ref"} & set(table.columns.keys()))

    forgotten = [name for name, table in tables.metadata.tables.items() if owned(table) and name not in source[0]]
    assert forgotten == [], "A migration must add these to `dispose`; `op.create_record_table` does."


def test_who_keeps_a_proposal_from_being_sealed_is_named_to_whoever_carries_it_out(closed: Office) -> None:
    with closed.raw("officer") as held, held.transaction():
        held.execute("SELECT log_audit('CONSULTATION', 'search', 'x', NULL, NULL, '{}')")
        asked(closed, "supervisor", PROPOSE)
        with pytest.raises(psycopg.Error, match="not sealed yet") as refused:
            asked(closed, ANOTHER, DISPOSE)
        assert (refused.value.diag.message_detail or "").startswith(f"{login_of('officer')} since 20")
    assert asked(closed, ANOTHER, DISPOSE) is not None, "the control"


def test_a_link_to_somebody_who_was_disposed_of_is_shown_and_redacted(closed: Office) -> None:
    link = (
        "INSERT INTO associates (associate_ref, person_ref, kind, basis, source, other_person_ref, name, revision, "
        "recorded_at, recorded_by) VALUES ('{}', 'P-CH', 'FRIEND', 'FACT', 's', '{}', 'Jayden', 1, now(), 'x')"
    )
    asked(closed, "officer", "SELECT open_person('P-CH')", link.format("AS-1", "P-JM") + " RETURNING id")
    asked(closed, "supervisor", PROPOSE)
    verify_audit(closed.session("auditor"))  # seals the proposal
    asked(closed, "officer", 'SELECT ask_numbers(\'{"crn": "X1"}\')')
    assert asked(closed, ANOTHER, DISPOSE) is not None
    with closed.owner() as owner:
        assert owner.execute("SELECT * FROM ioms_private.number_asked").fetchall() == [], "what was asked meanwhile"
    with closed.raw("officer") as psql:
        assert psql.execute("SELECT may_be_named('P-NON'), open_person('P-CH')").fetchall() == [(False, True)]
        shown = psql.execute("SELECT other_person_ref FROM read_associates(refs => ARRAY['AS-1'])").fetchall()
        assert shown == [("P-JM",)]
        psql.execute("SELECT set_config('ioms.reason_text', 'redacted', false)")
        change = "UPDATE associates SET other_person_ref = {}, name = '', revision = 2"
        for refused in (change.format("'P-NON'"), link.format("AS-2", "P-NON")):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                psql.execute(refused.encode())
        assert psql.execute(change.format("NULL").encode()).rowcount == 1
