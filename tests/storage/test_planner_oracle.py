"""What a plan tells to somebody with a login and psql: no more of records than what they are shown.

PostgreSQL tests what it holds to be harmless before it asks a policy, and EXPLAIN ANALYZE says how far it came. So the
same statements are planned and run twice, the second time after the owner changed what the role may not know.
"""

# ruff: noqa: S608, S311 - statements as somebody would type them, at random
from collections.abc import Iterator
from contextlib import ExitStack
from random import Random

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.schema.tables import table_of
from shared_people import Office

SEED = 20261129
EACH = 8
EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, COSTS, TIMING OFF, SUMMARY OFF, FORMAT JSON) "
CONTENT = {name: table_of(each) for name, each in RECORD_TYPE_BY_TABLE.items() if name != "cases"}
ASKED = ("people", "contacts", "concerns", "offers", "assessments", "rag")
KEPT_FROM = ("navigator", "coordinator", "partner")
POLICE = "note of LEICESTERSHIRE_POLICE"
SECRETS = {
    "another person's name": ("people", "P-CH", "family_name", "Harker", "Parker"),
    "another person's phone": ("people", "P-CH", "phone", "0116 111", "0116 222"),
    "what intelligence says": ("concerns", "K-2", "summary", "SECRET SOURCE", "SECRET ADVICE"),
    "how much intelligence a case has": ("concerns", "K-2", "case_ref", "PHX-1", "IOM-1"),
    "a note by the police": ("contacts", "N-1", "note", POLICE, POLICE.upper()),
}
"""What these three may not know with the case PHX-1 open: of which record, in which column, before and after."""
TOLD = tuple(value for secret in SECRETS.values() for value in secret[3:])
VALUES = (*TOLD, "INTELLIGENCE", "ARREST", "P-CH", "K-2", "N-1")
Connections = dict[str, psycopg.Connection]


class Statements:
    """Writes conditions on the columns of a table, and statements that ask them in every way."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def condition(self, table: str) -> str:
        """Write a condition on one column, half of them on a secret one; some are errors for some values."""
        column, value = self._random.choice([each.name for each in CONTENT[table].columns]), self._random.choice(VALUES)
        secrets = [(its, was) for of, _, its, was, _ in SECRETS.values() if of == table]
        if secrets and self._random.random() < 0.5:
            column, value = self._random.choice(secrets)
        return self._random.choice(
            (
                f"{column}::text = '{value}'",
                f"{column}::text < '{value}'",
                f"{column}::text LIKE '{value[:2]}%'",
                f"{column}::text ~ '^{value[:3]}'",
                f"{column} IS NOT NULL",
                f"length({column}::text) = 1 / (length({column}::text) - {len(value)})",
                f"{column}::text::integer > 0",
                f"id = {self._random.randint(1, 3)} AND {column}::text = '{value}'",
            )
        )

    def statement(self, table: str) -> str:
        """Write a statement about the records of a table."""
        value, number = self._random.choice(VALUES), self._random.randint(1, 4)
        narrowed = ("", f"owners => ARRAY['{value}']", f"refs => ARRAY['{value}']", f"number => {number}")
        through = f"read_{table}({self._random.choice(narrowed)})"
        return self._random.choice(
            (
                f"SELECT id FROM {through} WHERE {self.condition(table)}",
                f"SELECT count(*) FROM {through} WHERE {self.condition(table)}",
                f"SELECT r.id FROM {through} AS r JOIN {table} AS t ON t.id = r.id AND t.revision = r.revision",
                f"SELECT id FROM {table} WHERE id = {number}",
                f"SELECT id FROM {table} WHERE revision = {number} ORDER BY id DESC LIMIT 1",
                f"SELECT count(*) FROM {table}",
                f"UPDATE {table} SET revision = revision + 1 WHERE id = {number} AND revision = 1",
                f"SELECT id FROM {table} WHERE {self.condition(table)}",
                f"UPDATE {table} SET revision = revision + 1 WHERE {self.condition(table)}",
            )
        )


@pytest.fixture
def people(office: Office) -> Iterator[Connections]:
    """Return the connections of people with the case PHX-1 open, and of the owner."""
    with ExitStack() as stack:
        found = {role: stack.enter_context(office.raw(role)) for role in (*KEPT_FROM, "officer")}
        for psql in found.values():
            psql.execute("SELECT open_case('PHX-1'), set_config('ioms.reason_text', 'why', false)")
        yield found | {"owner": stack.enter_context(office.owner())}


def told(psql: psycopg.Connection, statement: str) -> str:
    """Return the plan with the rows that each of its nodes gave, and the answer, or the refusal; it is undone."""
    said = []
    # The first time a session reads pages of the catalogue. What reads content refuses to be explained.
    for sent in (f"{EXPLAIN}{statement}", f"{EXPLAIN}{statement}", statement):
        try:
            with psql.transaction(force_rollback=True):
                done = psql.execute(sent.encode())
                said.append(str(sorted(done.fetchall(), key=str) if done.description else done.rowcount))
        except psycopg.Error as refusal:
            said.append(f"{refusal.sqlstate} {refusal.diag.message_primary} {refusal.diag.message_detail}")
    return " ".join(said[1:])


def write(owner: psycopg.Connection, place: int) -> None:
    """Write what the secrets are before (3) or after (4) and nothing else of their rows, and leave no dead ones."""
    owner.execute("SET session_replication_role = replica")
    for secret in SECRETS.values():
        table, ref, column = secret[:3]
        statement = f"UPDATE {table} SET {column} = %s WHERE {RECORD_TYPE_BY_TABLE[table].key[0]} = %s"
        assert owner.execute(statement.encode(), (secret[place], ref)).rowcount == 1
    for table in ASKED:
        owner.execute(f"VACUUM (FULL, ANALYZE) {table}".encode())


def differing(people: Connections, asked: dict[str, list[str]]) -> dict[str, list[str]]:
    """Ask everybody their statements before and after the secrets change; return what is answered otherwise."""
    answers = []
    for place in (3, 4):
        write(people["owner"], place)
        answers.append({who: [told(people[who], each) for each in statements] for who, statements in asked.items()})
    before, after = answers
    return {
        who: [each for each, *two in zip(statements, before[who], after[who], strict=True) if two[0] != two[1]]
        for who, statements in asked.items()
    }


def test_plans_rows_and_errors_are_the_same_whatever_somebody_may_not_know(people: Connections) -> None:
    written = Statements(SEED)
    statements = [written.statement(table) for table in ASKED for _ in range(EACH)]
    revealing = [(table, f"{column} = '{was}'") for table, _, column, was, _ in SECRETS.values()]
    for table, condition in revealing:
        statements += [f"SELECT id FROM {table} WHERE {condition}", f"SELECT id FROM read_{table}() WHERE {condition}"]
        statements.append(f"UPDATE {table} SET revision = revision + 1 WHERE {condition}")
    control = [f"SELECT id FROM {table} WHERE {condition}" for table, condition in revealing]
    found = differing(people, {**dict.fromkeys((*KEPT_FROM, "officer"), statements), "owner": control})
    assert found.pop("owner") == control
    assert len(found.pop("officer")) > 2  # another control: an officer reads intelligence and notes
    assert found == {"navigator": [], "coordinator": [], "partner": []}
    answers = [told(people["navigator"], each) for each in statements]
    assert sum(each.endswith(",)]") for each in answers) > 5, "and they are answered"


def test_who_could_name_the_columns_would_be_told_by_the_plan(people: Connections) -> None:
    """The control of the above: with the right to read the table, plans told, and the policy `opened` to keep it."""
    for table in ("people", "concerns"):
        people["owner"].execute(
            f"GRANT SELECT ON {table} TO ioms_navigator; DROP POLICY shown ON {table};"
            f"DROP POLICY unexplained ON {table}; DROP POLICY unexplained_too ON {table};"
            f"ALTER POLICY opened ON {table} TO ioms_navigator, ioms_opener".encode()
        )
    statements = [
        "SELECT id FROM people WHERE family_name = 'Harker'",
        "SELECT id FROM people WHERE phone < '0116 2'",
        "SELECT id FROM concerns WHERE case_ref = 'PHX-1'",
    ]
    people["navigator"].execute("SET enable_seqscan = off")  # as with many rows
    assert differing(people, {"navigator": statements}) == {"navigator": statements}


def is_refused(psql: psycopg.Connection, statement: str) -> bool:
    try:
        psql.execute(statement.encode())
    except InsufficientPrivilege as refusal:
        return str(refusal).startswith("permission denied for table")
    return False


def test_no_change_is_conditional_on_what_a_column_holds(people: Connections) -> None:
    """Of every column of every table: no condition; and of the last of each, nothing given back or taken over."""
    officer = people["officer"]
    for table, stored in CONTENT.items():
        columns = [each.name for each in stored.columns if each.name not in {"id", "revision"}]
        attempts = [f"revision + 1 WHERE {column} IS NULL" for column in columns]
        attempts += [f"revision + 1 RETURNING {columns[-1]}", f"length({columns[-1]}::text)"]
        taken = [each for each in attempts if not is_refused(officer, f"UPDATE {table} SET revision = {each}")]
        assert taken == [], table
    for table in ASKED:  # the control
        assert not is_refused(officer, f"UPDATE {table} SET revision = revision + 1 WHERE id < 0 AND revision > 0")


KEPT_OF_VALUES = (
    "SELECT 1 FROM pg_stats WHERE tablename = ANY(%s)",
    "SELECT 1 FROM pg_stats_ext WHERE tablename = ANY(%s)",
    "SELECT 1 FROM pg_statistic_ext_data",
    "SELECT 1 FROM pg_statistic",
)
COUNTED = (
    "SELECT idx_tup_fetch FROM pg_stat_xact_user_tables",
    "SELECT n_live_tup FROM pg_stat_user_tables",
    "SELECT idx_tup_fetch FROM pg_stat_user_indexes",
    "SELECT heap_blks_hit FROM pg_statio_user_tables",
    "SELECT tup_fetched FROM pg_stat_database",
)


def test_neither_what_the_planner_keeps_nor_what_the_server_counts_is_told(people: Connections) -> None:
    """Who counted what a statement of their own fetched would know how many rows it did not give."""
    owner, tables = people["owner"], [list(CONTENT)]
    owner.execute("CREATE STATISTICS together ON case_ref, concern_type FROM concerns; ANALYZE")
    for role in (*KEPT_FROM, "officer"):
        for query in (*KEPT_OF_VALUES, *COUNTED):
            try:
                assert people[role].execute(query.encode(), tables if "%s" in query else None).fetchall() == [], query
            except InsufficientPrivilege:
                continue
    for query in (*KEPT_OF_VALUES, *COUNTED):  # the control
        assert owner.execute(query.encode(), tables if "%s" in query else None).fetchall(), query


def test_the_plan_of_a_function_is_told_to_nobody(people: Connections) -> None:
    """How many rows the planner expects of a case it knows from what the case has, shown or not."""
    told_of: list[str] = []
    psql = people["navigator"]
    psql.add_notice_handler(lambda told: told_of.append(told.message_primary or ""))
    psql.execute("SET client_min_messages = log; SET debug_print_plan = on")
    psql.execute("SELECT id FROM read_concerns(owners => ARRAY['PHX-1'])")
    assert told_of.count("plan:") == 1, "that of the statement itself"
    people["owner"].execute("ALTER FUNCTION read_concerns(text[], text[], integer) RESET client_min_messages")
    psql.execute("SELECT id FROM read_concerns(owners => ARRAY['PHX-1'])")
    assert told_of.count("plan:") > 2  # the control
