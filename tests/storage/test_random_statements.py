"""Hundreds of random statements each, over every table and view: who reads no record of a person gets none.

The statements come from a small grammar and a printed seed. The same statements in the owner's hand are the control:
there they show the people that they must not show to others.
"""

# ruff: noqa: S608, S311 - statements as somebody would type them, at random
from collections import Counter
from collections.abc import Iterator
from random import Random

import psycopg
import pytest

from postgres_cluster import Server
from sampling import so_many
from shared_people import Office, furnish, login_of

SEED = 20261126
EACH = so_many(400, 1000)
OWN = ("PHX-1", "P-JM", "Marlow", "Jayden")
"""The case that the partner is assigned to, and whose it is."""
OTHERS = ("IOM-1", "P-CH", "Harker", "Callum", "PHX-C", "P-XX", "Okafor", "SECRET SOURCE")
NAMING = {"person_ref", "case_ref", "subject_ref", "contact_ref"}
"""A table or view with one of these columns is of people."""
Columns = dict[str, list[str]]
SYSTEM: Columns = {
    "pg_stats": ["tablename", "attname", "most_common_vals", "histogram_bounds"],
    "pg_stats_ext": ["tablename", "most_common_vals"],
    "pg_stat_activity": ["usename", "query"],
    "pg_prepared_statements": ["statement"],
}
"""Where the server itself keeps something of what the tables hold, or of what others asked."""


@pytest.fixture(scope="module")
def office(postgres_server: Server, _shared_template: str) -> Iterator[Office]:
    made = furnish(postgres_server.create("statements", _shared_template))
    with made.raw("supervisor") as psql:
        psql.execute("SELECT set_access('PHX-1', %s, 'ASSIGNED', true)", (login_of("partner"),))
    with made.owner() as owner:
        owner.execute("ANALYZE")  # what the planner keeps of values could give them away
    yield made
    made.close()
    postgres_server.drop("statements")
    postgres_server.forget_logins()


@pytest.fixture(scope="module")
def catalogue(office: Office) -> Columns:
    """Every table and view of ours, with its columns."""
    query = """
        SELECT n.nspname || '.' || c.relname, array_agg(a.attname::text ORDER BY a.attnum)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname IN ('public', 'ioms_audit', 'ioms_private') AND c.relkind IN ('r', 'v', 'p', 'm')
        GROUP BY 1 ORDER BY 1"""
    with office.owner() as owner:
        return dict(owner.execute(query).fetchall())


class Grammar:
    """Writes statements that read, half of them from what may be read at least in part, half from what has rows."""

    def __init__(self, seed: int, columns: Columns, readable: list[str], filled: list[str]) -> None:
        self._random, self._columns = Random(seed), columns
        self._names = (tuple(filled), tuple(readable))

    def statement(self) -> str:
        """Write one."""
        pick = self._random.random()
        if pick < 0.12:
            joined = self._random.choice(("UNION ALL", "UNION", "EXCEPT", "INTERSECT"))
            one, two = (f"SELECT {self._row(name)} FROM {self._table(name)}" for name in "ab")
            return f"{one} {joined} {two}"
        if pick < 0.24:
            return f"WITH seen AS ({self._select()}) SELECT to_json(seen)::text, count(*) OVER () FROM seen"
        if pick < 0.3:
            return f"SELECT (SELECT string_agg({self._row('a')}, ',') FROM {self._table('a')})"
        if pick < 0.36:
            return f"TABLE {self._name()}"
        return self._select()

    def _select(self) -> str:
        name, other = self._name(), self._name()
        a, b = self._columns_of(name), self._columns_of(other)
        one, two = (f"a.{self._random.choice(a)}", f"b.{self._random.choice(b)}")
        shown = self._random.choice(
            (one, "a.*", "to_jsonb(a)::text", "a::text", f"{one}, {two}", "count(*)",
             f"min({one}::text), max({one}::text)",
             f"string_agg({one}::text, ';'), count(DISTINCT {one})", f"array_agg({one}::text)::text",
             f"md5({one}::text), length({one}::text), {one}::text",
             f"query_to_xml('TABLE {name}', true, true, '')::text")
        )  # fmt: skip
        joined = self._random.choice(
            ("", "", f"CROSS JOIN {other} AS b", f"LEFT JOIN {other} AS b ON {one}::text = {two}::text",
             f"JOIN LATERAL (SELECT * FROM {other} WHERE {one} IS NOT NULL LIMIT 3) AS b ON true")
        )  # fmt: skip
        if "b." in shown and not joined:
            joined = f"CROSS JOIN {other} AS b"
        condition = self._random.choice(
            ("", f"WHERE {one}::text LIKE '%{self._random.choice((*OWN, *OTHERS))}%'", f"WHERE {one} IS NOT NULL",
             f"WHERE EXISTS (SELECT FROM {other} AS c WHERE c::text LIKE '%' || {one}::text || '%')",
             f"WHERE {one}::text > '{self._random.choice('0AHMP')}'",
             f"WHERE length({one}::text) = 1 / (length({one}::text) - 5)")
        )  # fmt: skip
        grouped = "GROUP BY 1" if shown == one and self._random.random() < 0.4 else ""
        return f"SELECT {shown} FROM {name} AS a {joined} {condition} {grouped} LIMIT 40"

    def _name(self) -> str:
        return self._random.choice(self._random.choice(self._names))

    def _columns_of(self, name: str) -> list[str]:
        return self._columns[name]

    def _table(self, alias: str) -> str:
        return f"{self._name()} AS {alias}"

    def _row(self, alias: str) -> str:
        return self._random.choice((f"{alias}::text", f"to_jsonb({alias})::text", f"row_to_json({alias})::text"))


def told(psql: psycopg.Connection, statement: str) -> str | None:
    """Return all that a statement answers, a message of refusal included; None where it is refused."""
    try:
        done = psql.execute(statement.encode())
        return " ".join(str(value) for row in done.fetchall() for value in row)
    except psycopg.Error as refused:
        said = f"{refused.diag.message_primary} {refused.diag.message_detail} {refused.diag.context}"
        assert not leaked(said, statement, (*OWN, *OTHERS)), (statement, said)
        return None


def leaked(answer: str, statement: str, markers: tuple[str, ...]) -> list[str]:
    """Name the markers in an answer that were not in the question."""
    return [marker for marker in markers if marker in answer and marker not in statement]


@pytest.mark.sampled
@pytest.mark.parametrize(("role", "theirs"), [("analyst", ()), ("partner", OWN), ("administrator", ())])
def test_random_statements_show_nobody_who_is_not_theirs(
    office: Office, catalogue: Columns, role: str, theirs: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    columns = catalogue | SYSTEM
    with office.owner() as owner:
        asked = "SELECT has_any_column_privilege(%s, %s, 'SELECT')"
        readable = [n for n in columns if owner.execute(asked, (login_of(role), n)).fetchall() == [(True,)]]
        filled = [n for n in columns if owner.execute(f"SELECT FROM {n} LIMIT 1".encode()).rowcount]
    grammar = Grammar(SEED, columns, readable, filled)
    number = EACH if role in {"analyst", "partner"} else EACH // 4
    forbidden = tuple(marker for marker in (*OWN, *OTHERS) if marker not in theirs)
    seen, wrong = Counter[str](), []
    with office.raw(role) as psql, office.owner() as owner:
        for turn in range(number):
            statement = grammar.statement()
            answer = told(psql, statement)
            seen["answered" if answer is not None else "refused"] += 1
            if answer is not None and leaked(answer, statement, forbidden):
                wrong.append(statement)
            if answer is not None and theirs and leaked(answer, statement, theirs):
                seen["theirs"] += 1
            if turn % (4 * number // EACH) == 0:  # the owner is shown everything, which takes its time: one in four
                shown = told_to_owner(owner, statement)
                seen["shown to the owner"] += bool(leaked(shown, statement, forbidden))
    with capsys.disabled():
        print(f"\nseed {SEED}, {role}: {dict(seen)}")  # noqa: T201 - whoever reads a failure needs the seed
    assert wrong == []
    assert seen["answered"] > number // 5
    assert seen["shown to the owner"] > number // 100  # the control
    assert bool(seen["theirs"]) == bool(theirs)


def told_to_owner(owner: psycopg.Connection, statement: str) -> str:
    """Return what the owner is answered; nothing where the statement makes no sense."""
    try:
        return " ".join(str(value) for row in owner.execute(statement.encode()).fetchall() for value in row)
    except psycopg.Error:
        return ""


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_of_every_table_in_the_catalogue_they_read_no_row_of_a_person(
    office: Office, catalogue: Columns, role: str
) -> None:
    """Generated from the catalogue, so that a table of tomorrow is tried too."""
    read: dict[str, int] = {}
    with office.raw(role) as psql:
        for table in catalogue:
            answer = told(psql, f"SELECT to_jsonb(t) FROM {table} AS t LIMIT 200")
            if answer:
                assert not leaked(answer, "", (*OWN, *OTHERS)), table
                read[table] = len(answer)
    of_people = {table for table, columns in catalogue.items() if NAMING & set(columns)}
    assert {f"public.{name}" for name in ("people", "cases", "contacts", "known_people", "former_version")} <= of_people
    assert not of_people & read.keys()
    assert read  # the control: what is anybody's is read
