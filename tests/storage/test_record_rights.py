"""The tables of a freshly migrated database hold to the rights declared on the record types, and to nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.util import load_python_file
from sqlalchemy import Connection, Engine, insert, inspect, select, text

from instances import for_each
from ioms_desktop.domain.access.record_rights import Keeper
from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.records.cases import Case, Referral
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Order, Person
from ioms_desktop.domain.records.person_sets.current_values import SET_TYPES
from ioms_desktop.domain.records.protection import MappaPeriod, VictimContact
from ioms_desktop.domain.records.record import Record, columns_naming, columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.paths import migrations
from ioms_desktop.storage.engine import engine_for
from ioms_desktop.storage.queries.partner_cases import PartnerCaseHeader
from ioms_desktop.storage.records.case_stream import FACT_COLUMNS
from ioms_desktop.storage.schema import record_migrations, tables
from ioms_desktop.storage.schema.read_functions import LISTED_BY_FUNCTION
from ioms_desktop.storage.schema.record_tables import free_text_columns
from ioms_desktop.storage.schema.views import FACT_VIEWS
from sessions import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ioms_desktop.storage.store import Store
    from postgres_cluster import Server

SYSTEM = {"id", "revision", "recorded_at", "recorded_by"}
ALL = frozenset(RECORD_TYPE_BY_TABLE)
MADE_ALIKE = sorted(ALL - {"people", "cases"})
"""Every other policy begins with what is known of people and cases, so that these two are made by hand."""

BY_HAND = {
    ("ioms_audit_owner", "cases"): "an entry of the audit names the person of a case",
    ("ioms_reader", "cases"): "views of facts ask which cases are known",
    ("ioms_reader", "offences"): "retention reviews read offences through a view of their own",
    ("ioms_reader", "mappa"): "retention reviews read MAPPA through a view of their own",
    ("ioms_reader", "group_responses"): "Today reads the days of retaliation through a view of its own",
    ("ioms_reader", "group_memberships"): "Today reads the days of a membership through a view of its own",
    ("ioms_reader", "associates"): "Today reads the days of links to be reviewed through a view of its own",
}
"""Who else reads a record table, apart from what is declared, and why."""
OPENER = "ioms_opener"
"""Owns the functions through which people read what they have opened."""
TO_CHANGE_A_ROW = {"id", "revision"}
"""What of a table of content people may read in the table itself."""
BESIDE_RECORDS = ("document_content", "document_key", "former_version")
"""Content that is no record."""
POLICIES_BY_HAND = {
    ("cases", "asked_alike"),
    *(("cases", "known"), ("cases", "trace"), ("offences", "known"), ("mappa", "known")),
    ("group_memberships", "known"),
    ("group_responses", "known"),
    ("associates", "known"),
    ("actions", "in_use"),
    *((record_type.table, "added_new") for record_type in SET_TYPES),
}
MORE_BY_HAND = re.compile(
    r"ix_contacts_missed|ix_appointments_waiting|ix_associates_review_on|ix_actions_due_on|ix_person_numbers_form"
    r"|ix_actions_open|ix_actions_ended|ix_custody_released_on"
    r"|\w+_guard|\w+_agree|decisions_confirmed|added_new|in_use|\w+_marks_(?:insert|update|delete)"
)
"""Indexes, triggers and policies that one record type alone has, or those of a person's dated sets or of the rules."""

WHERE = (
    "The server differs from `{name}.rights` in domain/records. If the declaration is right, write a migration that "
    'changes the server (docs/design.md, "Two kinds of database"); if the server is right, correct the '
    "declaration: {found}"
)


@pytest.fixture(scope="module")
def operations_v1() -> Any:  # noqa: ANN401 - a module loaded from a file
    return load_python_file(str(migrations()), "record_tables_v1.py")


@pytest.fixture(scope="module")
def migrated(postgres_server: Server, _shared_template: str) -> Iterator[Engine]:
    """Return a freshly migrated server, which the tests of this module leave as it is."""
    engine = engine_for(postgres_server.create("record_rights", _shared_template))
    yield engine
    engine.dispose()
    postgres_server.drop("record_rights")


@pytest.fixture
def server(migrated: Engine) -> Iterator[Connection]:
    """Return a connection of whoever keeps the server; nothing that is done there stays."""
    with migrated.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql("SET LOCAL search_path = public, ioms_private")  # as migrations run
        yield connection
        transaction.rollback()


def columns(record_type: type[Record]) -> set[str]:
    return set(tables.table_of(record_type).columns.keys())


def declared_grants(record_type: type[Record]) -> set[tuple[str, str, str]]:
    """Who may do what with which column, by the declaration alone."""
    rights, every = record_type.rights, columns(record_type)
    if record_type is Case:
        open_ = every - {rights.masked}
        whole = {f"ioms_{role}" for role in roles_with(Right.READ_INTELLIGENCE)}
        grants = {(OPENER, "SELECT", column) for column in ("case_ref", "person_ref")}
    else:
        open_, whole, grants = TO_CHANGE_A_ROW, {OPENER}, set()
    grants |= {(f"ioms_{role}", "SELECT", column) for role in roles_with(Right.READ_CASES) for column in open_}
    grants |= {(role, "SELECT", column) for role in whole for column in every}
    grants |= {(f"ioms_{role}", "INSERT", column) for role in roles_with(rights.add) for column in every - {"id"}}
    grants |= {
        (f"ioms_{role}", "UPDATE", column) for role in roles_with(rights.change_right) for column in every - {"id"}
    }
    if rights.partner_columns:
        partner = {*rights.partner_columns, *SYSTEM}
        grants |= {(f"ioms_{role}", "SELECT", column) for role in roles_with(Right.READ_ASSIGNED) for column in partner}
    if rights.facts:
        grants |= {("ioms_reader", "SELECT", column) for column in every}
    by_hand = [role for role, name in BY_HAND if name == record_type.table]
    return grants | {(role, "SELECT", column) for role in by_hand for column in every}


def found_grants(server: Connection, name: str) -> set[tuple[str, str, str]]:
    query = text(
        "SELECT grantee, privilege_type, column_name FROM information_schema.column_privileges "
        "WHERE table_name = :name AND grantee <> 'ioms_owner'"
    )
    return {tuple(row) for row in server.execute(query, {"name": name})}


def differences(server: Connection, record_type: type[Record]) -> list[str]:
    """Say what the server grants and what is declared, where they are not the same."""
    name = record_type.table
    found, declared = found_grants(server, name), declared_grants(record_type)
    said = [f"{role} may {verb} {name}.{column}, undeclared" for role, verb, column in sorted(found - declared)]
    said += [f"{role} may not {verb} {name}.{column}" for role, verb, column in sorted(declared - found)]
    policies = {
        (row.policyname, row.cmd, *sorted(row.roles))
        for row in server.execute(text("SELECT * FROM pg_policies WHERE tablename = :name"), {"name": name})
        if (name, row.policyname) not in POLICIES_BY_HAND
    }
    expected = declared_policies(record_type)
    said += [f"the policy {each} is undeclared" for each in sorted(policies - expected)]
    return said + [f"the policy {each} is missing" for each in sorted(expected - policies)]


def declared_policies(record_type: type[Record]) -> set[tuple[str, ...]]:
    """Every policy of a table: its name, its command and its roles."""

    def roles(right: Right) -> list[str]:
        return sorted(f"ioms_{role}" for role in roles_with(right))

    rights = record_type.rights
    policies: set[tuple[str, ...]] = {
        ("owner", "ALL", "ioms_owner"),
        ("added", "INSERT", *roles(rights.add)),
        ("changed", "UPDATE", *roles(rights.change_right)),
        ("unexplained", "ALL", "ioms_people", "ioms_reader"),
        ("unexplained_too", "ALL", "ioms_people", "ioms_reader"),
    }
    if record_type is not Case:
        policies.add(("opened", "SELECT", OPENER))
        policies.add(("shown", "SELECT", *roles(rights.read)))
        policies.add(("changed_when_opened", "UPDATE", *roles(Right.READ_CASES)))
    if rights.facts:
        policies.add(("known", "SELECT", "ioms_reader"))
    if record_migrations.bound_arguments(record_type):
        policies.add(("added_as_read", "INSERT", *roles(Right.READ_CASES)))
        policies.add(("changed_as_read", "UPDATE", *roles(Right.READ_CASES)))
    return policies


@for_each("name", sorted(ALL))
def test_the_server_grants_what_is_declared_column_by_column_and_nothing_else(server: Connection, name: str) -> None:
    record_type = RECORD_TYPE_BY_TABLE[name]
    found = differences(server, record_type)
    assert found == [], WHERE.format(name=record_type.__name__, found=found[:10])


READ_IN_THE_TABLE = text(
    "SELECT DISTINCT a.attrelid::regclass::text, a.attname FROM pg_attribute AS a, pg_roles AS r "
    "WHERE a.attrelid = ANY(CAST(CAST(:names AS text[]) AS regclass[])) AND a.attnum > 0 AND NOT a.attisdropped "
    "AND r.rolname = ANY(:roles) AND has_column_privilege(r.oid, a.attrelid, a.attnum, 'SELECT')"
)


def read_in_the_table(server: Connection) -> set[tuple[str, str]]:
    """Return the columns of content that somebody who signs in may name in a statement."""
    names = [*sorted(ALL - {"cases"}), *BESIDE_RECORDS]
    roles = ["ioms_people", *(f"ioms_{role}" for role in Role)]
    found = server.execute(READ_IN_THE_TABLE, {"names": names, "roles": roles})
    return {(table, column) for table, column in found if column not in TO_CHANGE_A_ROW or table in BESIDE_RECORDS}


def test_nobody_who_signs_in_names_a_column_of_content(
    server: Connection,
    operations_v1: Any,  # noqa: ANN401 - a module loaded from a file
) -> None:
    """A condition on a column could be tested before the policy, and the plan would tell."""
    assert read_in_the_table(server) == set()
    operations = Operations(MigrationContext.configure(server))
    operations_v1.add_column(operations, "contacts", operations_v1.column_of("more_words"), add="officer")
    assert read_in_the_table(server) == {("contacts", "more_words")}  # the control: what adding a column grants
    load_python_file(str(migrations()), "record_tables_v7.py").fence(
        operations, "contacts", **record_migrations.reading_arguments(Contact)
    )
    assert read_in_the_table(server) == set()


def read_function(server: Connection, name: str) -> dict[str, Any]:
    """Describe the function through which a table is read, by what its declaration says of it."""
    query = text(
        "SELECT prosrc, proowner::regrole::text AS owner, prosecdef, proconfig, "
        "ARRAY(SELECT a.grantee::regrole::text FROM aclexplode(proacl) AS a WHERE a.grantee <> proowner "
        "ORDER BY 1) AS executed_by, "
        "ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(:name) AND attnum > 0 "
        "AND NOT attisdropped ORDER BY attnum) AS columns "
        "FROM pg_proc WHERE oid = to_regprocedure('read_' || :name || '(text[], text[], integer)')"
    )
    found = server.execute(query, {"name": name}).one()._asdict()
    code, stored = found.pop("prosrc"), found.pop("columns")
    given = set(re.findall(r"RETURN QUERY SELECT (.*) FROM (\w+) AS r", code))
    assert {table for _, table in given} == {name}
    (listed,) = {columns for columns, _ in given}
    masks = re.findall(r"CASE WHEN (.*) THEN r\.(\w+) END", listed)
    plain = re.sub(r"CASE WHEN .* THEN (r\.\w+) END", r"\1", listed)
    assert plain in {"r.*", ", ".join(f"r.{column}" for column in stored)}, f"{name} has other columns than are read"
    roles = re.search(r"reading_role\(\) = ANY \('\{(.*)\}'\)\) IS NOT TRUE", code)
    assert roles is not None
    return {
        **found,
        "roles": set(roles[1].split(",")),
        "owners": set(re.findall(r"r\.(\w+) = ANY \(owners\)", code)),
        "refs": set(re.findall(r"r\.(\w+) = ANY \(refs\)", code)),
        "settled_by": re.findall(r"owners := ioms_private\.(\w+)\(", code),
        "masks": masks,
    }


def declared_function(record_type: type[Record]) -> dict[str, Any]:
    """What the declaration says of the function through which a record type is read."""
    asked = record_migrations.reading_arguments(record_type)
    return {
        "owner": OPENER,
        "prosecdef": True,
        "proconfig": READING,
        "executed_by": sorted(f"ioms_{role}" for role in roles_with(Right.READ_CASES)),
        "roles": set(roles_with(record_type.rights.read)),
        "owners": {record_type.subject},
        "refs": {record_type.key[0]},
        "settled_by": [
            f"owners_of_{record_type.table}",
            f"shown_{'cases' if record_type.subject == 'case_ref' else 'people'}",
        ],
        "masks": [(asked["shown"], record_type.rights.masked)] if record_type.rights.masked else [],
    }


@for_each("name", sorted(ALL - {"cases"}))
def test_each_table_is_read_through_a_function_as_declared(server: Connection, name: str) -> None:
    record_type = RECORD_TYPE_BY_TABLE[name]
    advice = f"Write `op.read_settled_first(...)` into a migration, or correct `{record_type.__name__}.rights`."
    assert read_function(server, name) == declared_function(record_type), advice


def shown_otherwise(server: Connection) -> set[str]:
    """Return the tables of which a change asks otherwise whether a row is shown than the policy `opened` says."""
    server.exec_driver_sql("SET LOCAL search_path = pg_catalog")  # everything is said with its schema
    query = text(
        "SELECT tablename FROM pg_policies WHERE schemaname = 'public' AND policyname = 'opened' "
        "AND tablename = ANY(:names) AND strpos(replace(pg_get_functiondef(CAST(format("
        "'public.shows_%1$s(public.%1$s)', tablename) AS regprocedure)), tablename || '.', ''), "
        "replace(qual, tablename || '.', '')) = 0"
    )
    found = set(server.scalars(query, {"names": sorted(ALL)}))
    server.exec_driver_sql("SET LOCAL search_path = public, ioms_private")
    return found


def test_a_row_is_shown_for_a_change_where_it_is_read(server: Connection) -> None:
    """The function repeats the policy; a migration that changes the policy alone would let others change a row."""
    assert shown_otherwise(server) == set()
    server.exec_driver_sql("ALTER POLICY opened ON contacts USING (case_ref IS NOT NULL)")  # the control
    assert shown_otherwise(server) == {"contacts"}


READING = [
    *("search_path=public, pg_catalog, pg_temp", "client_min_messages=notice"),
    "plan_cache_mode=force_generic_plan",
]
"""The settings of a function that reads content: its plan is told to nobody, and made once in a session."""
LISTING = text(
    "SELECT p.proowner::regrole::text = 'ioms_reader' AND p.prosecdef "
    "AND p.proconfig = CAST(:reading AS text[]) AS is_the_readers, "
    "NOT has_any_column_privilege('ioms_officer', 'known_' || :name, 'SELECT') AS is_alone, "
    "ARRAY(SELECT (attname, atttypid, attcollation)::text FROM pg_attribute WHERE attrelid = t.typrelid "
    "AND attnum > 0 ORDER BY attnum) = ARRAY(SELECT (attname, atttypid, attcollation)::text FROM pg_attribute "
    "WHERE attrelid = to_regclass('known_' || :name) AND attnum > 0 ORDER BY attnum) AS is_as_the_view, prosrc "
    "FROM pg_proc AS p JOIN pg_type AS t ON t.oid = p.prorettype "
    "WHERE p.oid = to_regprocedure('known_' || :name || '(text[], text[])')"
)


def listing_faults(server: Connection, record_type: type[Record]) -> list[str]:
    """Say how the function through which facts are listed differs from what is declared."""
    found = server.execute(LISTING, {"name": record_type.table, "reading": READING}).one()._asdict()
    code = found.pop("prosrc")
    faults = [said for said, is_so in found.items() if not is_so]
    asked = re.findall(r"v\.(\w+) = ANY \((\w+)\)", code)
    return faults + [str(each) for each in {*asked} ^ {(record_type.key[0], "refs"), (record_type.subject, "owners")}]


@for_each("name", sorted(LISTED_BY_FUNCTION))
def test_what_is_kept_back_of_a_known_case_is_listed_through_a_function(server: Connection, name: str) -> None:
    assert listing_faults(server, RECORD_TYPE_BY_TABLE[name]) == []


def test_a_wrong_listing_is_noticed(
    server: Connection,
    operations_v1: Any,  # noqa: ANN401 - a module loaded from a file
) -> None:
    """The controls, and what makes it right again after a column was added."""
    assert {"concerns", "decisions", "proposals"} <= LISTED_BY_FUNCTION
    operations = Operations(MigrationContext.configure(server))
    column = operations_v1.column_of("more_words")
    operations_v1.add_column(operations, "concerns", column, add="officer", fact="yes")
    assert listing_faults(server, Concern) == ["is_alone", "is_as_the_view"]
    fence = load_python_file(str(migrations()), "record_tables_v8.py").fence
    fence(operations, "concerns", "concern_ref", "case_ref")
    assert listing_faults(server, Concern) == []
    fence(operations, "concerns", "concern_type", "case_ref")
    assert listing_faults(server, Concern) != []


def test_a_wrong_read_function_is_noticed(
    server: Connection,
    operations_v1: Any,  # noqa: ANN401 - a module loaded from a file
) -> None:
    """The controls of the test above."""
    wrong = (
        "ALTER FUNCTION read_contacts(text[], text[], integer) OWNER TO ioms_owner",
        "ALTER FUNCTION read_contacts(text[], text[], integer) SECURITY INVOKER",
        "ALTER FUNCTION read_contacts(text[], text[], integer) RESET search_path",
        "ALTER FUNCTION read_contacts(text[], text[], integer) RESET client_min_messages",
        "GRANT EXECUTE ON FUNCTION read_contacts(text[], text[], integer) TO ioms_partner",
    )
    for statement in wrong:
        with server.begin_nested() as savepoint:
            server.exec_driver_sql(statement)
            assert read_function(server, "contacts") != declared_function(Contact), statement
            savepoint.rollback()
    operations = Operations(MigrationContext.configure(server))
    fence = load_python_file(str(migrations()), "record_tables_v7.py").fence
    for otherwise in ({"ref": "case_ref"}, {"subject": "offer_ref"}, {"shown": "true"}, {"masked": "", "shown": ""}):
        with server.begin_nested() as savepoint:
            fence(operations, "contacts", **record_migrations.reading_arguments(Contact) | otherwise)
            assert read_function(server, "contacts") != declared_function(Contact), otherwise
            savepoint.rollback()
    operations_v1.add_column(operations, "contacts", operations_v1.column_of("more_words"), add="officer")
    with pytest.raises(AssertionError, match="other columns than are read"):
        read_function(server, "contacts")


READ_CASE = """
    #variable_conflict use_column
    DECLARE
      mine text := ioms_private.reading_role();
      case_open boolean := of_case IN (SELECT ioms_private.opened_among(ARRAY[of_case]));
      person_open boolean := (case_open AND EXISTS (  -- opened with the case
        SELECT FROM ioms_private.look AS l
        WHERE l.who = session_user AND l.case_ref = of_case AND l.person_ref = of_person))
        OR of_person IN (SELECT opened_people());
      -- Of an open book all that decides is worked out before a row is looked for: what is hidden takes no longer.
      book boolean := NOT (case_open AND person_open) AND book_open();
      case_in_book boolean := book AND ioms_private.knows(of_case);
      person_in_book boolean := book AND NOT ioms_private.hides_person(of_person)
        AND EXISTS (SELECT FROM people AS p WHERE p.person_ref = of_person);
      just_added boolean := NOT person_open AND EXISTS (  -- which says nothing of any case
        SELECT FROM people AS p WHERE p.person_ref = of_person
          AND p.recorded_by = session_user::text AND p.recorded_at = transaction_timestamp());
      has_rows boolean[];
    BEGIN
      IF NOT (case_open OR case_in_book) THEN
        of_case := NULL;  -- no row is looked for
      END IF;
      IF NOT (person_open OR person_in_book OR just_added) THEN
        of_person := NULL;
      END IF;
      IF of_case IS NULL AND of_person IS NULL THEN
        RETURN;
      END IF;
      has_rows := ARRAY[ ];
"""
"""How the function begins: of what is not open nothing is looked up, so that it takes as long as what is not there."""
HAS_ROWS = r"mine = ANY \('\{([\w,]+)\}'\) AND EXISTS \(SELECT FROM (\w+) AS r WHERE r\.(\w+_ref) = of_(\w+)\)"
CASE_FUNCTION = text(
    "SELECT prosrc, proowner::regrole::text AS owner, prosecdef, proconfig, "
    "ARRAY(SELECT a.grantee::regrole::text FROM aclexplode(proacl) AS a WHERE a.grantee <> proowner "
    "ORDER BY 1) AS executed_by FROM pg_proc WHERE oid = to_regprocedure('read_case(text, text)')"
)


def case_function(server: Connection) -> dict[str, Any]:
    """Describe the function through which a case is read: of each table its readers, its owner and what it lists."""
    found = server.execute(CASE_FUNCTION).one()._asdict()
    part = (
        r"IF has_rows\[(\d+)\] THEN\s+RETURN QUERY SELECT '(\w+)'::text, to_json\(ROW\(s\.\*\)::\2\) "
        r"FROM \((SELECT .* FROM \2 AS r WHERE r\.(\w+_ref) = of_(\w+))\s+AND \(((?s:.*?))\)\) AS s;\s+END IF;"
    )
    code = found.pop("prosrc")
    asked, read = re.findall(HAS_ROWS, code), re.findall(part, code)
    besides = " ".join(re.sub(part, "", re.sub(rf"{HAS_ROWS}(,\s+)?", "", code)).split())
    assert besides.startswith(" ".join(READ_CASE.split())), "it begins otherwise"
    assert besides.count("RETURN QUERY") == len(("previous versions", "as others know them", "documents")), besides
    assert [(str(number), *each[1:]) for number, each in enumerate(asked, start=1)] == [
        (number, name, owner, of) for number, name, _, owner, of, _ in read
    ]
    return {
        **found,
        "tables": {name: (set(roles.split(",")), owner, of) for roles, name, owner, of in asked},
        "conditions": {name: " ".join(condition.split()) for _, name, _, _, _, condition in read},
        "masks": re.findall(r"CASE WHEN (.*) THEN r\.(\w+) END", code),
    }


CASE_IS_OPEN = "r.case_ref IN (SELECT opened_cases())"


def policy_conditions(server: Connection) -> dict[str, str]:
    """Return what the policy of each table asks of a row that a user has opened, in the words of that function."""
    server.execute(text("SET LOCAL search_path = pg_catalog"))
    found = server.execute(text("SELECT tablename, qual FROM pg_policies WHERE policyname = 'opened'")).all()
    server.execute(text("SET LOCAL search_path = public, ioms_private"))
    opened = "({0}_ref IN ( SELECT public.opened_{1}() AS opened_{1}))".format
    replaced = {opened("case", "cases"): "case_open", opened("person", "people"): "person_open"}
    conditions = {}
    for name, condition in found:
        said = condition
        for policys, functions in replaced.items():
            said = said.replace(policys, functions)
        conditions[name] = " ".join(said.split())
    return conditions


def test_a_case_is_read_at_once_as_declared(
    server: Connection,
    operations_v1: Any,  # noqa: ANN401 - a module loaded from a file
) -> None:
    of_contacts = declared_function(Contact)
    declared = {name: of_contacts[name] for name in ("prosecdef", "proconfig", "executed_by")}
    declared["owner"] = "ioms_owner"
    declared["masks"] = [(said.replace(CASE_IS_OPEN, "case_open"), name) for said, name in of_contacts["masks"]]
    declared["tables"] = {
        name: (set(roles_with(each.rights.read)), each.subject, each.subject.removesuffix("_ref"))
        for name, each in RECORD_TYPE_BY_TABLE.items()
        if each is not Case
    }
    advice = "Write `op.read_settled_first(...)` into a migration, or correct the declaration."
    found, policies = case_function(server), policy_conditions(server)
    conditions = found.pop("conditions")
    assert found == declared, advice
    assert conditions == {name: policies[name] for name in conditions}, advice
    create(operations_v1, Operations(MigrationContext.configure(server)), "ordersx", Order)  # the control
    assert case_function(server)["tables"] == declared["tables"] | {"ordersx": declared["tables"]["orders"]}


def test_a_case_is_read_at_once_as_the_policies_say(server: Connection) -> None:
    """The owner reads it, whom no policy stops; a migration that changes a policy alone would change nothing there."""
    server.exec_driver_sql("ALTER POLICY opened ON contacts USING (case_ref IS NOT NULL)")  # the control
    said, policies = case_function(server)["conditions"], policy_conditions(server)
    assert {name for name, condition in said.items() if condition != policies[name]} == {"contacts"}


def test_nobody_deletes_locks_or_empties_a_record_table(server: Connection) -> None:
    query = text(
        "SELECT grantee, table_name, privilege_type FROM information_schema.table_privileges "
        "WHERE table_name = ANY(:names) AND grantee <> 'ioms_owner' AND privilege_type <> 'SELECT'"
    )
    assert server.execute(query, {"names": sorted(ALL)}).all() == []


def declared_entry_rules() -> dict[str, tuple[str, list[str], list[str], dict[str, Any] | None]]:
    """Whose the entries of each table are and how they go on, where they are not simply the team's."""
    rules = {}
    for name, record_type in RECORD_TYPE_BY_TABLE.items():
        released = [column.name for column in columns_of(record_type) if column.released]
        rights, progress = record_type.rights, record_type.rights.progress
        steps = None if progress is None else json.loads(json.dumps(asdict(progress)))
        rules[name] = (rights.kept_by.value, list(rights.carried_on), released, steps)
    return {name: rule for name, rule in rules.items() if rule != ("TEAM", [], [], None)}


def test_the_server_keeps_whose_entries_are_whose_as_declared(
    server: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = server.execute(
        text("SELECT table_name, kept_by, carried_on, released, progress FROM ioms_private.entry_rule")
    )
    kept = {row.table_name: (row.kept_by, row.carried_on, row.released, row.progress) for row in rows}
    advice = "Write `op.declare_entry_rule(...)` into a migration, or correct `rights` in domain/records."
    assert kept == declared_entry_rules(), advice
    monkeypatch.setattr(Contact, "rights", replace(Contact.rights, kept_by=Keeper.TEAM))  # the controls
    assert kept != declared_entry_rules()
    monkeypatch.undo()
    monkeypatch.setattr(Referral, "rights", replace(Referral.rights, progress=None))
    assert kept != declared_entry_rules()


@pytest.mark.parametrize(
    ("record_type", "wrong"),
    [
        (Contact, {"change": Right.IMPORT}),
        (Order, {"add": Right.RECORD_ENGAGEMENT}),
        (Order, {"facts": False}),
        (VictimContact, {"read": Right.READ_CASES}),
        (Case, {"partner_columns": ("case_ref",)}),
        (Case, {"masked": ""}),
        (Person, {"facts": False}),
    ],
)
def test_a_wrong_declaration_is_noticed(
    server: Connection, monkeypatch: pytest.MonkeyPatch, record_type: type[Record], wrong: dict[str, Any]
) -> None:
    """The control of the test above."""
    assert differences(server, record_type) == []
    monkeypatch.setattr(record_type, "rights", replace(record_type.rights, **wrong))
    assert differences(server, record_type) != []


CATALOGUE = (
    "SELECT policyname, cmd, roles::text, qual, with_check FROM pg_policies WHERE tablename = '{0}'",
    "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = '{0}'::regclass AND NOT tgisinternal",
    """SELECT proname, pg_get_functiondef(oid), proowner::regrole::text, proacl::text FROM pg_proc
    WHERE proname IN ('keep_trace_{0}', 'read_{0}', 'shows_{0}', 'owners_of_{0}')""",
    """SELECT relname, relowner::regrole::text, relrowsecurity, relforcerowsecurity, reloptions::text, relacl::text,
    pg_get_viewdef(oid) FROM pg_class WHERE relname IN ('{0}', 'known_{0}')""",
    """SELECT attname, attnotnull, atttypid::regtype::text, atttypmod, attcollation, attacl::text FROM pg_attribute
    WHERE attrelid = '{0}'::regclass AND attnum > 0""",
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{0}'::regclass",
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = '{0}'",
)
"""Everything that a server keeps of a table."""


def create(operations_v1: Any, operations: Operations, name: str, record_type: type[Record]) -> None:  # noqa: ANN401 - as above
    """Make a table as a migration would for a record type."""
    columns = record_migrations.columns_argument(record_type)
    operations_v1.create(operations, name, columns, **record_migrations.rights_arguments(record_type))
    if record_type.rights.read is not Right.READ_CASES:
        readers = " ".join(roles_with(record_type.rights.read))
        load_python_file(str(migrations()), "record_tables_v2.py").restrict(operations, name, readers)
    for column in columns_naming(record_type, Person.table):
        load_python_file(str(migrations()), "record_tables_v4.py").hide(operations, name, column.name)
    bound = record_migrations.bound_arguments(record_type)
    if bound:
        bind = load_python_file(str(migrations()), "record_tables_v4.py").bind_writers
        bind(operations, name, bound.get("intelligence", ""), bound.get("named", ""))
    load_python_file(str(migrations()), "record_tables_v5.py").hold(operations, name)
    load_python_file(str(migrations()), "record_tables_v6.py").bound(
        operations, name, **record_migrations.bounds_arguments(record_type)
    )
    load_python_file(str(migrations()), "record_tables_v7.py")
    load_python_file(str(migrations()), "record_tables_v9.py")
    load_python_file(str(migrations()), "record_tables_v11.py")
    load_python_file(str(migrations()), "record_tables_v16.py")
    load_python_file(str(migrations()), "record_tables_v17.py")
    operations.read_settled_first(name, **record_migrations.reading_arguments(record_type))  # type: ignore[attr-defined]  # made by what was loaded
    if record_type.table in LISTED_BY_FUNCTION:
        list_by_function = load_python_file(str(migrations()), "record_tables_v8.py").fence
        list_by_function(operations, name, record_type.key[0], record_type.subject)
    load_python_file(str(migrations()), "record_tables_v13.py").refuse(operations, name)
    for version in (12, 14):
        load_python_file(str(migrations()), f"record_tables_v{version}.py").look_up(operations, name)
    load_python_file(str(migrations()), "record_tables_v15.py").ask(operations, name)


def catalogue(server: Connection, name: str, called: str) -> list[list[str]]:
    """Describe a table as if it were called otherwise."""
    found = []
    for query in CATALOGUE:
        rows = server.exec_driver_sql(query.format(name)).all()
        said = [re.sub(rf"\b(\w*?){name}(?=_|\b)", rf"\g<1>{called}", str(tuple(row))) for row in rows]
        found.append(sorted(map(_in_any_order, said)))
    return found


ONE_LISTED = r"CASE WHEN [^,]* END|r\.\w+"
LISTED = re.compile(rf"(?<=RETURN QUERY SELECT )(?:{ONE_LISTED})(?:, (?:{ONE_LISTED}))+(?= FROM)")


OWN_VIEW = re.compile(r"\('known[_']")
"""The view of a table that has one of its own, and the policy by which that reads."""


def _in_any_order(said: str) -> str:
    """Put the columns of a view or function in order of their names: one that was added later stands last."""
    said = LISTED.sub(lambda found: ", ".join(sorted(re.findall(ONE_LISTED, found[0]))), said)
    head, *rest = re.split(r"""(?<=['"]) SELECT """, said, maxsplit=1)
    if not rest:
        return said
    listed, table, end = rest[0].partition("\\n   FROM ")
    return f"{head}{sorted(re.split(r',(?:.n)? +', listed))}{table}{end}"


@pytest.mark.parametrize("name", MADE_ALIKE)
def test_a_new_table_with_the_same_declaration_has_the_same_policies_triggers_view_and_grants(
    server: Connection,
    operations_v1: Any,  # noqa: ANN401 - a module loaded from a file
    name: str,
) -> None:
    record_type, again = RECORD_TYPE_BY_TABLE[name], f"{name}x"
    operations = Operations(MigrationContext.configure(server))
    create(operations_v1, operations, again, record_type)
    for kept, made in zip(catalogue(server, name, name), catalogue(server, again, name), strict=True):
        alike = [each for each in kept if not MORE_BY_HAND.search(each)]
        if name in {name for role, name in BY_HAND if role == "ioms_reader"} - {
            "cases"
        }:  # they have views of their own
            alike = [each.replace(",ioms_reader=r/ioms_owner", "") for each in alike if not OWN_VIEW.match(each)]
        assert made == alike, WHERE.format(name=record_type.__name__, found=set(alike) ^ set(made))


def test_a_record_table_is_made_and_dropped_on_both_databases(
    store: Store,
    operations_v1: Any,  # noqa: ANN401 - a module loaded from a file
) -> None:
    def described(connection: Connection) -> dict[str, Any]:
        looked = inspect(connection)
        functions = (
            connection.exec_driver_sql("SELECT prosrc FROM pg_proc WHERE proname IN ('dispose', 'mentions')").all()
            if connection.dialect.name == "postgresql"
            else []
        )
        return {
            "tables": sorted(looked.get_table_names()),
            "views": sorted(looked.get_view_names()),
            "functions": sorted(str(each) for each in functions),
        }

    with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL search_path = public, ioms_private")
        operations = Operations(MigrationContext.configure(connection))
        before = described(connection)
        for name in ("ordersx", "ordersy"):
            create(operations_v1, operations, name, Order)
        looked = inspect(connection)
        columns_of_both = (
            sorted(looked.get_columns(name), key=lambda each: each["name"]) for name in ("orders", "ordersy")
        )
        for kept, made in zip(*columns_of_both, strict=True):  # one that was added later stands last
            assert {**made, "type": str(made["type"]), "default": ""} == {
                **kept,
                "type": str(kept["type"]),
                "default": "",
            }
        for each in ("get_indexes", "get_unique_constraints", "get_foreign_keys"):
            kept, made = getattr(looked, each)("orders"), getattr(looked, each)("ordersy")
            assert str(made).replace("ordersy", "orders") == str(kept)
        assert {"ordersx", "ordersy"} <= set(described(connection)["tables"])
        for name in ("ordersx", "ordersy"):
            load_python_file(str(migrations()), "record_tables_v7.py").unfence(operations, name, "")
            operations_v1.drop(operations, name)
        assert described(connection) == before


def test_a_new_table_takes_part_in_a_disposal(
    server: Connection,
    operations_v1: Any,  # noqa: ANN401 - a module loaded from a file
) -> None:
    operations = Operations(MigrationContext.configure(server))
    for name in ("orders", "contacts"):
        create(operations_v1, operations, f"{name}x", RECORD_TYPE_BY_TABLE[name])
        place = {"orders": "r.order_ref", "contacts": "r.contact_ref"}[name]
        owners = {"orders": "'NULL', 'r.person_ref'", "contacts": "'r.case_ref', 'NULL'"}[name]
        searched = f"('{name}x', '{free_text_columns()[name][0]}', '{place}', {owners})"
        assert searched in source(server, "mentions")
        assert f"'{name}x'" in source(server, "dispose")
    pattern = server.exec_driver_sql("SELECT count(*) FROM ioms_private.mentions('marlow')").scalar()
    assert pattern == 0


@for_each("name", sorted(free_text_columns()))
def test_a_disposal_names_a_record_as_the_migrations_do(
    server: Connection,
    operations_v1: Any,  # noqa: ANN401 - a module loaded from a file
    name: str,
) -> None:
    columns = record_migrations.columns_argument(RECORD_TYPE_BY_TABLE[name]).split()
    place = operations_v1.place_of([operations_v1.column_of(each) for each in columns]).replace("'", "''")
    for column in free_text_columns()[name]:
        assert f"('{name}', '{column}', '{place}', " in source(server, "mentions")


def source(server: Connection, function: str) -> str:
    found = server.execute(text("SELECT prosrc FROM pg_proc WHERE proname = :name"), {"name": function})
    return str(found.scalar_one())


def _words_of(name: str, shown: list[str]) -> set[str]:
    """Return a table's columns of people's words, with the table where another one has a fact of that name."""
    kept = {
        column.name
        for other in shown
        for column in columns_of(RECORD_TYPE_BY_TABLE[other])
        if column.name not in RECORD_TYPE_BY_TABLE[other].rights.withheld
    }
    return {f"{name}.{word}" if word in kept else word for word in RECORD_TYPE_BY_TABLE[name].rights.withheld}


@pytest.mark.parametrize(
    "name", [name for name, found in RECORD_TYPE_BY_TABLE.items() if found.rights.rules_read_history]
)
def test_the_view_of_former_versions_empties_the_words_of_a_table_and_nothing_else(
    server: Connection, name: str
) -> None:
    record_type = RECORD_TYPE_BY_TABLE[name]
    data = {column.name: f"said in {column.name}" for column in columns_of(record_type)}
    server.execute(
        insert(tables.former_version).values(
            table_name=name,
            record_id=987,
            record_key="K",
            revision=1,
            current_from=datetime(2026, 10, 1, tzinfo=UTC),
            current_to=datetime(2026, 10, 2, tzinfo=UTC),
            changed_by="HOLT",
            ended="CHANGED",
            data=data,
        )
    )
    view = FACT_VIEWS["former_version"]
    seen = server.execute(select(view.c.data).where(view.c.record_id == 987, view.c.table_name == name)).scalar_one()
    emptied = {column for column in data if seen[column] != data[column]}
    assert emptied - {"trial_arm"} == set(record_type.rights.withheld)


def test_the_view_of_former_versions_shows_the_record_types_whose_history_rules_read(server: Connection) -> None:
    shown = [name for name, found in RECORD_TYPE_BY_TABLE.items() if found.rights.rules_read_history]
    words = {word for name in shown for word in RECORD_TYPE_BY_TABLE[name].rights.withheld}
    view = server.exec_driver_sql("SELECT pg_get_viewdef('known_former_version'::regclass)").scalar_one()
    listed = re.search(r"table_name = ANY \(ARRAY\[(.*?)\]\)", view)
    assert listed is not None
    named = tuple(sorted(word for name in shown for word in _words_of(name, shown)))
    add = f"A migration must call op.create_facts_view_of_former_versions(..., {tuple(shown)}, {named})."
    assert set(re.findall(r"'(\w+)'::text", listed[1])) == set(shown), add
    assert set(re.findall(r" \? '(\w+)'::text", view)) == words, add
    assert set(FACT_COLUMNS) == set(shown), "The rules read other tables than `rules_read_history` declares."


def test_a_partner_reads_what_is_declared_and_no_more() -> None:
    of_person = set(Person.rights.fact_columns) - {"person_ref"}
    assert set(PartnerCaseHeader._fields) - of_person - {"id"} == set(Case.rights.partner_columns)


@for_each("name", sorted(ALL))
def test_a_declaration_names_columns_that_are_there(name: str) -> None:
    record_type = RECORD_TYPE_BY_TABLE[name]
    rights, own = record_type.rights, {column.name for column in columns_of(record_type)}
    special = {*([rights.masked] if rights.masked else ()), *(rights.intelligence or ())[:1]}
    assert {*rights.fact_columns, *rights.withheld, *rights.free_text, *rights.partner_columns, *special} <= own
    assert set(roles_with(rights.change_right)) <= set(Role)


def test_the_tool_writes_a_migration_of_at_most_sixteen_lines() -> None:
    """Of a plain record type that lists do not know; each further part of its declaration is one line more."""
    written = record_migrations.migration_text(MappaPeriod, "0008", "0007")
    compile(written, "0008_mappa.py", "exec")
    assert 'op.create_record_table(\n        "mappa", "person_ref:people# ' in written
    assert len([line for line in written.splitlines() if line]) <= 16


@pytest.mark.parametrize(("name", "fact", "shown"), [("contacts", "null", None), ("contacts", "yes", "in his words")])
def test_a_column_is_added_with_its_part_in_facts_and_disposals_and_dropped_again(
    store: Store,
    operations_v1: Any,  # noqa: ANN401 - a module loaded from a file
    name: str,
    fact: str,
    shown: str | None,
) -> None:
    fill(store)
    with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL search_path = public, ioms_private")
        operations = Operations(MigrationContext.configure(connection))
        before = described_table(connection, name)
        column = operations_v1.column_of("more_words")
        operations_v1.add_column(operations, name, column, add="officer supervisor", fact=fact, free_text=True)
        connection.execute(text(f"UPDATE {name} SET more_words = 'in his words', revision = revision + 1"))  # noqa: S608 - our own name
        assert set(connection.scalars(text(f"SELECT more_words FROM known_{name}"))) == {shown}  # noqa: S608 - as above
        if connection.dialect.name == "postgresql":
            granted = {(role, verb) for role, verb, each in found_grants(connection, name) if each == "more_words"}
            assert {role for role, verb in granted if verb == "UPDATE"} == {"ioms_officer", "ioms_supervisor"}
            found = connection.exec_driver_sql("SELECT place FROM ioms_private.mentions('in his words')").scalars()
            assert any("more_words" in place for place in found)
        operations_v1.drop_column(operations, name, "more_words")
        assert described_table(connection, name) == before


def described_table(connection: Connection, name: str) -> list[object]:
    looked = inspect(connection)
    columns_now = [[each["name"] for each in looked.get_columns(table)] for table in (name, f"known_{name}")]
    mentions = "SELECT prosrc FROM pg_proc WHERE proname = 'mentions'"
    on_server = connection.dialect.name == "postgresql"
    return [columns_now, connection.exec_driver_sql(mentions).scalar() if on_server else ""]
