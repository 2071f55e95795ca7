"""Role by operation by kind of database: the one table of rights, tried through the services on each."""

# ruff: noqa: S608 - statements of our own names
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, insert, literal, select, union_all, update

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import CustodySpell, Order
from ioms_desktop.domain.records.protection import VictimContact
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, RECORD_TYPE_BY_TABLE
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass
from ioms_desktop.services.access.case_access_admin import (
    ChangeCaseAccess,
    DeclareConflict,
    SetCaseRestriction,
    assign_user,
    declare_conflict,
    exclude_user,
    get_case_access,
    set_case_restriction,
)
from ioms_desktop.services.access.take_over import describe_dependents, list_orphaned_cases
from ioms_desktop.services.accounts.passwords import StrengthRequirement
from ioms_desktop.services.accounts.users import add_user, disable_user, list_users
from ioms_desktop.services.audit.audit import list_refusals, verify_audit
from ioms_desktop.services.cases.case_lists import case_ids, person_ids
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.partner_cases import assigned_ids
from ioms_desktop.services.cases.rule_runs import count_measures, list_triggers
from ioms_desktop.services.database.backups import back_up
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.figures.publish_figures import PublishQuarter, publish_quarter
from ioms_desktop.services.figures.read_figures import list_published_quarters
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.offline.checkout import CheckOutCases, check_out_cases
from ioms_desktop.services.printing.papers import paper_ids
from ioms_desktop.services.recording.concerns import RecordConcern, record_concern
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.decisions import (
    AnswerProposal,
    ProposeDecision,
    propose_decision,
    refuse_proposal,
)
from ioms_desktop.services.recording.offers import MakeOffer, make_offer
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from ioms_desktop.services.retention.due_reviews import list_due_reviews
from ioms_desktop.services.retention.retention import (
    AnswerDisposal,
    ProposeDisposal,
    RecordReview,
    dispose_of_record,
    propose_disposal,
    record_review,
)
from ioms_desktop.services.session import Session
from ioms_desktop.storage.postgres import logins
from ioms_desktop.storage.retention import disposals
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from keys import opened, with_users
from owed import list_owed_work
from paper_prints import printed_pdf
from postgres_cluster import Server
from raw_rows import OWNERS, ask_for_number, codes_of, insert_sql, row_of
from sessions import NOW, fill, request
from sessions import session_of as seated
from shared_people import FurnishedTemplate, Office, login_of

TODAY = date(2026, 10, 15)
LONG_OVER = Quarter(2024, 4)  # by the clock of any server
PARTNER = Audience.PARTNER
GIVEN = StrengthRequirement.MINIMAL
Operation = Callable[[Session, Path], object]


def _contact(session: Session, _: Path) -> object:
    entry = ContactEntry(case_ref="PHX-1", outcome="SEEN")
    at = DayTime(date(2026, 10, 14))
    return record_contact(
        session, RecordContact(request=request(), entries=(entry,), occurred_at=at, planned=True, contact_type="OFFICE")
    )


def _concern(session: Session, _: Path) -> object:
    return record_concern(
        session,
        RecordConcern(request=request(), case_ref="PHX-1", occurred_on=TODAY, concern_type="MISSING", summary="x"),
    )


def _offer(session: Session, _: Path) -> object:
    return make_offer(
        session, MakeOffer(request=request(), case_ref="PHX-1", offer_type="MENTORING", offered_on=TODAY, pathway=None)
    )


def _custody(session: Session, _: Path) -> object:
    # Each role writes a spell of its own: two that overlap are refused for another reason.
    on = TODAY - timedelta(days=7 * list(Role).index(session.role))
    spell = CustodySpell(person_ref="", received_on=on, released_on=on, kind="REMAND")
    return add_record_by_form(session, AddRecord(request=request(), case_ref="PHX-1", record=spell))


def _action(session: Session, _: Path) -> object:
    action = Action(action_ref="", text="ask the school", owner="school", due_on=TODAY)
    return add_record_by_form(session, AddRecord(request=request(), case_ref="PHX-1", record=action))


def _rag(session: Session, _: Path) -> object:
    return set_rag(session, SetRag(request=request(), case_ref="IOM-1", rag="GREEN", set_on=TODAY, reason="kept all"))


def _proposal(session: Session, _: Path) -> object:
    ref = propose_decision(
        session, ProposeDecision(request=request(), case_ref="PHX-1", decision="HOLD", reason="came to the next one")
    ).ref
    # On one case one proposal waits, and the next role is to try it too.
    return refuse_proposal(session, AnswerProposal(request=request(), proposal_ref=ref, revision=1, reason="no more"))


def _import(session: Session, folder: Path) -> object:
    file = folder / "people.csv"
    file.write_text("person_ref,family_name,given_names,date_of_birth\nP-NEW,Newman,Bo,2001-02-03\n", encoding="utf-8")
    return run_import(session, file)


def _backup(session: Session, folder: Path) -> object:
    if session.store.key is not None and not key_file.key_file_path(session.store.location).exists():
        keys = key_file.with_slot(
            key_file.KeyFile("", is_demo=False), key_file.PERSON, "x", "y", {1: session.store.key}
        )
        key_file.save(session.store.location, keys)
    return back_up(session, folder / "backup.ioms")


def _review(session: Session, _: Path) -> object:
    next_on = date(2031, 10, 1)  # later than today on any server that runs this
    return record_review(
        session, RecordReview(request=request(), person_ref="P-CH", result="RETAIN", reason="needed", next_on=next_on)
    )


def _propose_disposal(session: Session, _: Path) -> object:
    return propose_disposal(
        session, ProposeDisposal(request=request(), person_ref="P-CH", authority="RRD 14", reason="clear years over")
    )


def prepare(store: Store, operation: str) -> None:
    """Let cases be closed, and a disposal be proposed by somebody else, where that is tried."""
    if "dispos" not in operation:
        return
    act = CommandContext(request="", user="somebody", role="supervisor", at=NOW, workstation="session 0")
    with store.begin(act) as tx:
        for ref in ("PHX-C", "IOM-1"):
            tx.save(replace(tx.get(Case, ref), closed_on=date(2026, 10, 1)))
        assert disposals.propose_disposal(tx, "DS-M", "P-XX", "RRD 13", "clear years over")


def _take_away(session: Session, folder: Path) -> object:
    entry = CheckOutCases(
        path=folder / "away.ioms", cases=("PHX-1",), reason="CASE_WORK", password="file of a matrix", strength=GIVEN
    )
    return check_out_cases(session, entry)


def _named(session: Session) -> ChangeCaseAccess:
    name = login_of("officer") if session.store.case_gate is not None else Role.OFFICER.value
    return ChangeCaseAccess(request=request(), case_ref="PHX-1", name=name)


def _restrict(session: Session, _: Path) -> object:
    return set_case_restriction(session, SetCaseRestriction(request=request(), case_ref="PHX-1", restricted=True))


def _declare(session: Session, _: Path) -> object:
    return declare_conflict(session, DeclareConflict(request=request(), case_ref="PHX-1"))


def _glass(session: Session, _: Path) -> object:
    why = "his mother called, he is in danger"
    return break_glass(session, BreakGlass(request=request(), case_ref=HIDDEN, reason=why))


def _add_user(session: Session, _: Path) -> object:
    return add_user(session, f"new_by_{session.role}", "officer", "letters 8", strength=StrengthRequirement.MINIMAL)


def _disable(session: Session, _: Path) -> object:
    return disable_user(session, login_of(LEAVER) if session.store.case_gate is not None else LEAVER)


OPERATIONS: dict[str, tuple[Right, Operation]] = {
    "list cases": (Right.READ_CASES, lambda session, _: case_ids(session, ListQuery())),
    "list people": (Right.READ_CASES, lambda session, _: person_ids(session, ListQuery())),
    "list triggers": (Right.READ_CASES, lambda session, _: list_triggers(session, TODAY)),
    "list what is owed": (Right.READ_CASES, lambda session, _: list_owed_work(session)),
    "open a case": (Right.READ_CASES, lambda session, _: open_case(session, "PHX-1")),
    "record a contact": (Right.RECORD_ENGAGEMENT, _contact),
    "make an offer": (Right.RECORD_ENGAGEMENT, _offer),
    "record a concern": (Right.RECORD_CONCERN, _concern),
    "record custody": (Right.RECORD_BACKGROUND, _custody),
    "record an action": (Right.RECORD_ACTIONS, _action),
    "set a RAG": (Right.SET_RAG, _rag),
    "propose a decision": (Right.PROPOSE, _proposal),
    "print": (
        Right.PRINT,
        lambda session, _: printed_pdf(session, "PHX-1", audience=PARTNER, reason_code="CASE_WORK"),
    ),
    "print with intelligence": (
        Right.READ_INTELLIGENCE,
        lambda session, _: printed_pdf(session, "PHX-1", reason_code="CASE_WORK"),
    ),
    "read the register of papers": (Right.READ_PAPERS, lambda session, _: paper_ids(session, ListQuery())),
    "export": (Right.EXPORT, lambda session, folder: export_records(session, folder / "out", reason="CASE_WORK")),
    "import": (Right.IMPORT, _import),
    "take cases away": (Right.CHECK_OUT, _take_away),
    "count measures from the record": (
        Right.COUNT_MEASURES,
        lambda session, _: count_measures(session, date(2026, 9, 1), TODAY),
    ),
    "read published figures": (Right.VIEW_MEASURES, lambda session, _: list_published_quarters(session)),
    "publish figures": (
        Right.PUBLISH,
        lambda session, _: publish_quarter(session, PublishQuarter(request=request(), quarter=LONG_OVER)),
    ),
    "verify the audit": (Right.READ_AUDIT, lambda session, _: verify_audit(session)),
    "list what was refused": (Right.READ_AUDIT, lambda session, _: list_refusals(session)),
    "list orphaned cases": (Right.SET_CASE_ACCESS, lambda session, _: list_orphaned_cases(session)),
    "say what depends on somebody": (Right.ADMINISTER, lambda session, _: describe_dependents(session, "chief")),
    "list reviews due": (Right.MANAGE_RETENTION, lambda session, _: list_due_reviews(session)),
    "record a review": (Right.MANAGE_RETENTION, _review),
    "propose a disposal": (Right.MANAGE_RETENTION, _propose_disposal),
    "dispose": (
        Right.MANAGE_RETENTION,
        lambda session, _: dispose_of_record(session, AnswerDisposal(request=request(), disposal_ref="DS-M")),
    ),
    "list users": (Right.ADMINISTER, lambda session, _: list_users(session)),
    "back up": (Right.ADMINISTER, _backup),
    "exclude somebody": (Right.SET_CASE_ACCESS, lambda session, _: exclude_user(session, _named(session))),
    "assign somebody": (Right.SET_CASE_ACCESS, lambda session, _: assign_user(session, _named(session))),
    "restrict a case": (Right.SET_CASE_ACCESS, _restrict),
    "read who may know of a case": (Right.SET_CASE_ACCESS, lambda session, _: get_case_access(session, "PHX-1")),
    "declare a conflict": (Right.READ_CASES, _declare),
    "list assigned cases": (Right.READ_ASSIGNED, lambda session, _: assigned_ids(session, ListQuery())),
    "break the glass": (Right.BREAK_GLASS, _glass),
    "add a user": (Right.ADMINISTER, _add_user),
    "disable a user": (Right.ADMINISTER, _disable),
}
ONLY_SHARED = {"restrict a case"}
"""What no role may do in a file, because a file could not keep it."""
KEPT_BACK = {
    ("administrator", "back up"),  # the server's keepers do, who alone can copy every record
}
"""What a role may do, and a server does not let it yet."""
STANDING = (
    *(noun.table for noun in EXCHANGE_RECORD_TYPES),
    *("proposals", "users", "request", "retention_review", "disposal", "figure_edition", "figure_cell"),
    *("access_entry", "case_standing"),
)
HIDDEN = "IOM-1"
"""A case of a team to which no user belongs, for break-glass access."""
LEAVER = "leaver"
READING = {
    operation
    for operation in OPERATIONS
    if operation.startswith(("list ", "open ", "print", "count ", "read ", "verify ", "say "))
}
"""What changes nothing but the audit, so that one office serves all of them."""
OF_ACCOUNTS = frozenset({"exclude somebody", "assign somebody", "add a user", "disable a user"})
"""What needs people with accounts in a file, where the sessions of these tests are without."""


COUNTS = union_all(
    *(select(literal(name), func.count()).select_from(tables.metadata.tables[name]) for name in STANDING)
)


def records(store: Store) -> dict[str, int]:
    """How many rows there are, as whoever keeps the database counts them."""
    with store.read() as reading:
        return {name: number for name, number in reading.connection.execute(COUNTS)}  # noqa: C416 - for its type


@pytest.mark.parametrize("operation", OPERATIONS)
def test_in_a_file_the_services_keep_the_rights(local_location: str, tmp_path: Path, operation: str) -> None:
    if operation in OF_ACCOUNTS:
        with_users(local_location, {LEAVER: Role.OFFICER, "officer": Role.OFFICER, "chief": Role.ADMINISTRATOR}, "x")
    store = opened(local_location)
    fill(store)
    prepare(store, operation)
    keep_one_hidden(store, operation)
    wrong = [role for role in Role if not agrees(seated(store, role, role, lambda: NOW), store, operation, tmp_path)]
    store.close()
    assert wrong == []


@pytest.fixture(scope="module")
def reading_office(postgres_server: Server, _furnished_template: FurnishedTemplate) -> Iterator[Office]:
    """Return a database for all operations that only read, with one user of every role."""
    made = _furnished_template.copied(partial(postgres_server.create, "read"))
    yield made
    made.close()
    postgres_server.drop("read")


@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if operation in READING])
def test_on_a_server_services_and_server_keep_the_rights_to_read(
    reading_office: Office, tmp_path: Path, operation: str
) -> None:
    keeper = opened(reading_office.location)
    wrong = [role for role in Role if not agrees(reading_office.session(role), keeper, operation, tmp_path)]
    keeper.close()
    assert wrong == []


@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if operation not in READING])
def test_on_a_server_services_and_server_keep_them(office: Office, tmp_path: Path, operation: str) -> None:
    keeper = opened(office.location)
    prepare(keeper, operation)
    keep_one_hidden(keeper, operation)
    if operation == "disable a user":
        with keeper.engine.begin() as connection:
            logins.add_login(connection, login_of(LEAVER), Role.OFFICER, "x")
    wrong = [role for role in Role if not agrees(office.session(role), keeper, operation, tmp_path)]
    keeper.close()
    assert wrong == []


def keep_one_hidden(keeper: Store, operation: str) -> None:
    """Return a case to a team to which no user belongs, if break-glass access is to be tried."""
    if operation == "break the glass":
        with keeper.engine.begin() as connection:
            connection.execute(insert(tables.case_standing).values(case_ref=HIDDEN, restricted=False, team="South"))
            if keeper.key is not None:
                columns = {"password_hash": "", "active": True, "created_at": NOW, "failed": 0}
                accounts = [{"name": role.value, "role": role.value, **columns} for role in Role]
                connection.execute(insert(tables.users), accounts)
            connection.execute(update(tables.users).values(team="North"))


def agrees(session: Session, keeper: Store, operation: str, folder: Path) -> bool:
    """Whether a role does what it may and nothing else; what is refused leaves every table as it was."""
    right, act = OPERATIONS[operation]
    expected = may(session.role, right) and not (
        session.store.case_gate is not None and (session.role, operation) in KEPT_BACK
    )
    expected = expected and (session.store.case_gate is not None or operation not in ONLY_SHARED)
    if operation == "print with intelligence":
        expected = expected and may(session.role, Right.PRINT)
    place = folder / session.role
    place.mkdir()
    before = records(keeper)
    try:
        act(session, place)
    except Refused:
        return not expected and records(keeper) == before
    return expected


GUARDED = {("decisions", "add"): "a decision takes two people", ("proposals", "change"): "no such answer"}
"""What a trigger refuses whoever has the right: a decision without a proposal, a change of one that is no answer."""
OTHERS_PROGRAMME = {("navigator", "cases", "add"): "permission denied: a case begins with its first status"}
"""What a role is refused that has the right: the case that is added here is of IOM, which navigators begin none of."""


DENIALS = ("permission denied for table", "permission denied for function")


def done(psql: psycopg.Connection, sql: str, row: dict[str, object]) -> str:
    """Try a statement and undo it: `done`, `denied` for want of a privilege, or what a policy or trigger answered."""
    try:
        with psql.transaction(force_rollback=True):
            return "done" if psql.execute(sql.encode(), row).rowcount else "no row"
    except psycopg.errors.InsufficientPrivilege as refusal:
        message = refusal.diag.message_primary or ""
        return "denied" if message.startswith(DENIALS) else message


def wrong_cells(office: Office) -> list[tuple[str, str, str, str]]:
    """Try to read, add, change and delete a record of every type in every role; give the cells that differ."""
    wrong = []
    for role in Role:
        with office.raw(role) as psql:
            psql.execute("SELECT open_case('PHX-1')")
            for table, record_type in RECORD_TYPE_BY_TABLE.items():
                rights, key = record_type.rights, record_type.key[0]
                row = row_of(record_type, "NEW", login_of(role)) | {record_type.key[-1]: _another(record_type)}
                subject = f"{record_type.subject} = %(subject)s"
                source, chosen = f"{table} WHERE {subject}", subject
                if record_type is not Case:
                    source = f"read_{table}(owners => ARRAY[%(subject)s])"
                    chosen = f"id IN (SELECT id FROM {source})"
                cells: dict[str, tuple[str, Right | None]] = {
                    "read": (f"SELECT {key} FROM {source}", Right.READ_CASES),
                    "add": (insert_sql(record_type, row), rights.add),
                    "change": (
                        f"UPDATE {table} SET revision = revision + 1 WHERE {chosen}",
                        rights.change_right,
                    ),
                    "delete": (f"DELETE FROM {table} WHERE {chosen}", None),
                }
                if record_type is not Case:
                    cells["read in the table"] = (f"SELECT FROM {table} WHERE {subject}", None)
                if may(role, Right.INTAKE):
                    ask_for_number(psql, row)
                for act, (sql, right) in cells.items():
                    found = done(psql, sql, {**row, "subject": OWNERS[SUBJECTS[record_type.subject]]})
                    allowed = right is not None and may(role, right)
                    allowed |= act == "read" and bool(rights.partner_columns) and may(role, Right.READ_ASSIGNED)
                    guarded = OTHERS_PROGRAMME.get((role.value, table, act)) or GUARDED.get((table, act), "done")
                    expected = guarded if allowed else "denied"
                    if act == "read" and allowed and may(role, Right.READ_CASES) and not may(role, rights.read):
                        expected = "no row"  # of a type that not everybody reads, others see an empty table
                    if found != expected:
                        wrong.append((role.value, act, table, found))
    return wrong


SUBJECTS = {"person_ref": "people", "case_ref": "cases"}


def _another(record_type: type[Record]) -> object:
    """Return the last part of a key that no record has yet."""
    (column,) = (column for column in columns_of(record_type) if column.name == record_type.key[-1])
    if column.kind is ColumnKind.CODE:
        return codes_of(column.codes)[1]
    return {ColumnKind.DATE: date(2026, 10, 6), ColumnKind.WHOLE: 2}.get(column.kind, "NEW")


@pytest.fixture
def furnished(office: Office) -> Office:
    """Return an office with a record of every type on the case PHX-1 and its person, which is a partner's too."""
    with office.owner() as owner:
        # One record of each type, whatever the columns of the person and the case say: that is another test's.
        owner.execute("SET session_replication_role = replica")
        for record_type in RECORD_TYPE_BY_TABLE.values():
            if record_type.table not in OWNERS:
                row = row_of(record_type, "OLD", "somebody")
                owner.execute(insert_sql(record_type, row).encode(), row)
    with office.raw("supervisor") as boss:
        boss.execute(f"SELECT set_access('PHX-1', '{login_of('partner')}', 'ASSIGNED', true)".encode())
    return office


def test_on_a_server_every_role_reads_adds_and_changes_the_record_types_it_may(furnished: Office) -> None:
    """The matrix of every record type, as declared in its `rights`, tried in each role with statements of one's own."""
    assert wrong_cells(furnished) == []


def test_a_wrong_declaration_of_rights_shows_in_the_matrix(furnished: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above."""
    monkeypatch.setattr(Order, "rights", replace(Order.rights, add=Right.RECORD_ENGAGEMENT))
    monkeypatch.setattr(Contact, "rights", replace(Contact.rights, change=Right.IMPORT))
    monkeypatch.setattr(VictimContact, "rights", replace(VictimContact.rights, read=Right.READ_CASES))
    assert {cell[:3] for cell in wrong_cells(furnished)} == {
        ("navigator", "add", "orders"),
        ("navigator", "change", "orders"),
        ("officer", "change", "contacts"),
        ("navigator", "change", "contacts"),
        ("navigator", "read", "victim_contacts"),
        ("coordinator", "read", "victim_contacts"),
    }


@pytest.mark.parametrize("table", ["figure_edition", "figure_cell"])
def test_published_figures_are_read_by_whom_they_are_for_and_written_by_nobody(office: Office, table: str) -> None:
    wrong = []
    for role in Role:
        with office.raw(role) as psql:
            asked = "SELECT has_any_column_privilege(%s, 'SELECT'), has_any_column_privilege(%s, 'INSERT'), "
            asked += "has_any_column_privilege(%s, 'UPDATE'), has_table_privilege(%s, 'DELETE')"
            (said,) = psql.execute(asked.encode(), (table,) * 4).fetchall()
        if said != (may(role, Right.VIEW_MEASURES), False, False, False):
            wrong.append((role, said))
    assert wrong == []
