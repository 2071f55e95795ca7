"""Two databases that differ only in what somebody may not know, and statements at random that ask both the same."""

# ruff: noqa: S608, S311 - statements as somebody would type them, at random
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from select import select

import psycopg

from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.schema.tables import metadata
from raw_rows import insert_sql, row_of
from shared_people import ANOTHER, Office, login_of

CASE, PERSON = "HID-1", "P-HID"
"""A case that is restricted to one supervisor, and whose it is."""
REFS = (CASE, PERSON, "IOM-1", "P-CH", "K-2", "SECRET SOURCE", "PHX-1", "P-JM", "NONE", "HID-contacts", "hidden")
VALUES: dict[str, tuple[str, ...]] = {
    "text": tuple(f"'{each}'" for each in (*REFS, "ARREST", "INTELLIGENCE", "ACTIVE")),
    "integer": ("1", "2", "4", "7"),
    "bigint": ("1", "4"),
    "boolean": ("true", "false"),
    "date": ("'2026-10-05'", "'2026-09-20'"),
    "timestamp with time zone": ("'2026-10-05'",),
    "text[]": tuple(f"ARRAY['{each}']" for each in REFS),
    "integer[]": ("ARRAY[1, 2, 4]",),
    "json": ("'{}'",),
    "jsonb": ("""'{"PNC": "X"}'""",),
}
"""Values of each type, as they are written."""
NOT_ASKED = ("draft_secret", "seal_audit", "dispose")
"""Functions whose answer is of their database or of the moment."""
EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF)"
LOCKED = "relation, page, tuple FROM pg_locks WHERE mode = 'SIReadLock'"
TO_XML = r'U&"c\0075rsor_to_xml"'
"""A function that takes a cursor, its name in escapes."""
WAYS: dict[str, tuple[str, ...]] = {
    "answer": ("{0}",),
    "plan": ("EXPLAIN (VERBOSE) {0}",),
    "run": (f"{EXPLAIN} {{0}}",),
    "kept plan": ("PREPARE s AS {0}", "EXECUTE s", "EXPLAIN EXECUTE s"),
    "kept plan, run": ("PREPARE s AS {0}", "EXECUTE s", f"{EXPLAIN} EXECUTE s"),
    "general plan": ("PREPARE s AS {0}", "EXECUTE s", "EXPLAIN (GENERIC_PLAN) EXECUTE s"),
    "logged plan": ("SET LOCAL client_min_messages = log", "SET LOCAL debug_print_plan = on", "{0}"),
    "locks": ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "{0}", f"SELECT {LOCKED}"),
    "run, prepared by a message": (f"PARSE {EXPLAIN} {{0}}", "EXECUTE s"),
    "run, begun by a message": (f"BIND {EXPLAIN} {{0}}", "FETCH ALL FROM p"),
    "run, begun by a message, as XML": (f"BIND {EXPLAIN} {{0}}", f"SELECT {TO_XML}('p', 9, true, true, '')"),
    "without pruning": ("PREPARE s AS {0}", "SET LOCAL enable_partition_pruning = off", "EXPLAIN EXECUTE s"),
}
"""Ways to ask a statement; the last line of each is the question. PARSE and BIND are messages of the protocol."""
MOMENT = re.compile(r"datetime\.datetime\(2026, 1[12],[^)]*\)+|'?_?pg3_\w+")
"""The present, in an answer."""
PAGES = re.compile(r"shared(?: hit=(\d+))?(?: read=(\d+))?(?: dirtied=\d+)?(?: written=\d+)?")
"""The pages that were looked at: which of them were in memory, and which the reading marked, is of the moment, too."""
Columns = dict[str, list[tuple[str, str]]]


def hide(owner: psycopg.Connection) -> None:
    """Add a case of which none but one may know, with records of every type, former versions and search words."""
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")  # the audit, which all may count, says nothing
        for number, (name, record_type) in enumerate(RECORD_TYPE_BY_TABLE.items()):
            row = row_of(record_type, "HID", "holt")
            row |= {column: ref for column, ref in (("case_ref", CASE), ("person_ref", PERSON)) if column in row}
            if name == "people":
                row["name_key"] = "hidden"
            owner.execute(insert_sql(record_type, row).encode(), row)
            owner.execute(
                "INSERT INTO former_version (table_name, record_id, record_key, revision, case_ref, person_ref, "
                "current_from, current_to, changed_by, ended, data) "
                "VALUES (%s, %s, 'HID', 1, %s, %s, '2026-10-01', '2026-10-02', 'holt', 'CHANGED', '{}')",
                (name, 9000 + number, CASE, PERSON),
            )
        owner.execute("INSERT INTO case_standing (case_ref, restricted) VALUES (%s, true)", (CASE,))
        owner.execute(
            "INSERT INTO access_entry (case_ref, user_name, kind, begins_at, set_by) "
            "VALUES (%s, %s, 'ADMITTED', '2026-10-01', 'holt')",
            (CASE, login_of(ANOTHER)),
        )
        owner.execute("INSERT INTO search_key (word, person_ref, case_ref) VALUES ('hidden', %s, '')", (PERSON,))


def forget(owner: psycopg.Connection, case: str, person: str) -> None:
    """Take out whatever is of a case or a person, as if it had never been there."""
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        for name, table in metadata.tables.items():
            for column, ref in (("case_ref", case), ("person_ref", person)):
                if column in table.columns and name != "audit":
                    owner.execute(f"DELETE FROM {name} WHERE {column} = %s".encode(), (ref,))


class Statements:
    """Writes statements that a role may send, over whatever it may read, change or call."""

    def __init__(self, owner: psycopg.Connection, role: str, seed: int) -> None:
        """Look into the catalogue for what there is."""
        self._random = Random(f"{seed} {role}")
        self.relations = readable(owner, role)
        self.functions = functions(owner, role)

    def statement(self) -> str:
        """Write one."""
        if self._random.random() < 0.3:
            return self._call()
        name = self._random.choice([*self.relations])
        column, kind = self._random.choice(self.relations[name])
        where = f"WHERE {self._condition(name)}"
        other = self._random.choice([*self.relations])
        its = self._random.choice(self.relations[other])[0]
        return self._random.choice(
            (
                f"SELECT count(*) FROM {name} {where}",
                f"SELECT {column} FROM {name} {where}",
                f"SELECT {column} FROM {name} {where} AND {self._condition(name)}",
                f"SELECT {column} FROM {name} ORDER BY 1 DESC LIMIT 3",
                f"SELECT count(*) FROM {name} AS a JOIN {other} AS b ON a.{column}::text = b.{its}::text",
                f"SELECT EXISTS (SELECT FROM {name} {where})",
                f"UPDATE {name} SET {column} = {column} {where}",
                f"DELETE FROM {name} {where}",
                f"INSERT INTO {name} ({column}) VALUES ({self._value(kind)})",
            )
        )

    def _call(self) -> str:
        name, kinds = self._random.choice(self.functions)
        return f"SELECT * FROM {name}({', '.join(map(self._value, kinds))})"

    def _value(self, kind: str) -> str:
        return self._random.choice(VALUES.get(kind, ("NULL",)))

    def _condition(self, name: str) -> str:
        column, kind = self._random.choice(self.relations[name])
        value = self._value(kind)
        text = value.strip("'")
        return self._random.choice(
            (
                f"{column} = {value}",
                f"{column} < {value}",
                f"{column} IN ({value}, {self._value(kind)})",
                f"{column} IS NOT NULL",
                f"{column}::text LIKE '{text[:2]}%'",
                f"{column}::text::integer > 5",
                f"length({column}::text) = 1 / (length({column}::text) - {len(text)})",
            )
            if kind in VALUES and kind not in {"json", "jsonb"}
            else (f"{column} IS NULL", f"{column}::text < 'H'")
        )


def readable(owner: psycopg.Connection, role: str) -> Columns:
    """Return the columns that a role may name in a statement, by table or view."""
    query = """
        SELECT c.oid::regclass::text, array_agg(ARRAY[a.attname::text, format_type(a.atttypid, NULL)] ORDER BY a.attnum)
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'v', 'p') AND has_column_privilege(%s, c.oid, a.attnum, 'SELECT')
          AND c.relnamespace IN ('public'::regnamespace, 'ioms_audit'::regnamespace)
          AND a.attname !~ '(hash|salt|mark)$'  -- of each database its own
        GROUP BY 1 ORDER BY 1"""
    return {name: [(each, kind) for each, kind in found] for name, found in owner.execute(query, (f"ioms_{role}",))}


def functions(owner: psycopg.Connection, role: str) -> list[tuple[str, list[str]]]:
    """Return the functions that a role may call, with the types of their arguments."""
    query = """
        SELECT p.proname::text, ARRAY(SELECT format_type(each, NULL) FROM unnest(p.proargtypes) AS each)
        FROM pg_proc AS p WHERE p.pronamespace IN ('public'::regnamespace, 'ioms_audit'::regnamespace)
          AND p.prorettype <> 'trigger'::regtype AND p.proname !~ '^shows_' AND p.proname <> ALL (%s)
          AND has_function_privilege(%s, p.oid, 'EXECUTE') ORDER BY 1, 2"""
    return owner.execute(query, (list(NOT_ASKED), f"ioms_{role}")).fetchall()


def told(psql: psycopg.Connection, way: Sequence[str], statement: str) -> str:
    """Return all that somebody is told by a statement, in one of the ways to ask it; it is undone."""
    said: list[str] = []

    def listening(notice: psycopg.errors.Diagnostic) -> None:
        said.append(f"{notice.message_primary} {notice.message_detail}")

    psql.add_notice_handler(listening)
    try:
        with psql.transaction(force_rollback=True):
            for each in way:
                done = _send(psql, each.format(statement))
            said.append(str(sorted(done.fetchall(), key=str) if done.description else done.rowcount))
    except psycopg.Error as refusal:
        diagnosis = refusal.diag
        said.append(f"{refusal.sqlstate} {diagnosis.message_primary} {diagnosis.message_detail} {diagnosis.context}")
    finally:
        psql.remove_notice_handler(listening)
        psql.execute("DEALLOCATE ALL")
    counted = PAGES.sub(lambda pages: f"{sum(int(each or 0) for each in pages.groups())} pages", " ".join(said))
    return MOMENT.sub("now", counted)


def _send(psql: psycopg.Connection, line: str) -> psycopg.Cursor:
    """Send a line of a way to ask, and return its answer; a message has none."""
    message, _, statement = line.partition(" ")
    if message in {"PARSE", "BIND"}:
        name = b"s" if message == "PARSE" else b""
        sent = _message(b"P", name + b"\0" + statement.encode() + b"\0\0\0")
        if message == "BIND":
            sent += _message(b"B", b"p\0\0" + bytes(6))
        _exchange(psql.fileno(), sent + _message(b"S", b""))
        return psql.cursor()
    return psql.execute(line.encode(), prepare=False)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def _exchange(server: int, messages: bytes) -> None:
    """Send messages past the driver, and read the answers to the last of them, which says that the server is ready."""
    os.write(server, messages)
    answers = b""
    while not answers.endswith((b"Z\0\0\0\5T", b"Z\0\0\0\5E")):  # in a transaction, or in one that failed
        select([server], [], [])
        answers += os.read(server, 8192)


@contextmanager
def both(role: str, offices: tuple[Office, Office]) -> Iterator[tuple[psycopg.Connection, psycopg.Connection]]:
    """Connect somebody to the two databases, with their case open in each."""
    with offices[0].raw(role) as one, offices[1].raw(role) as other:
        for psql in (one, other):
            psql.execute("SELECT open_case('PHX-1')")
        yield one, other


def differing(connections: tuple[psycopg.Connection, psycopg.Connection], statements: Sequence[str]) -> list[str]:
    """Return what the two databases tell otherwise, as the way to ask and the statement."""
    found = []
    for statement in statements:
        for name, way in WAYS.items():
            if statement.endswith("()") and "run" in name:
                continue  # without arguments it reads the same for all; its pages are totals, which README names
            # The first time a session reads pages of the catalogue; what it was told then is asked again.
            if all(_differs(connections, way, statement) for _ in range(2)):
                found.append(f"{name}: {statement}")
    return found


def _differs(connections: tuple[psycopg.Connection, psycopg.Connection], way: Sequence[str], statement: str) -> bool:
    one, other = (told(each, way, statement) for each in connections)
    return one != other
