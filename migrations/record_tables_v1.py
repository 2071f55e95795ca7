"""Operations that make a record table with its rights, version 1. Databases depend on them: never change this file.

A migration says in plain data what the program declares of a record type, and imports nothing of the program, which
goes on changing. If a table needs something else, write a version 2 beside this file. `env.py` loads the operations:

    op.create_record_table("vehicles", "person_ref:people# registration# make from_on:date", add="supervisor")
    op.drop_record_table("vehicles")

`create_record_table` makes the table with its indexes, the trigger that refuses a stale revision and, on PostgreSQL,
the triggers that write the audit and former versions, the row-level security policies, the view of facts, the grants
and the table's part in a disposal. SQLite needs none of these.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic.operations import MigrateOperation, Operations

SQL = Path(__file__).resolve().parent / "sql"
BINARY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TYPES: dict[str, Any] = {
    "text": sa.Text(),
    "date": sa.Date(),
    "day_time": sa.String(length=16),
    "yes_no": sa.Boolean(),
    "whole": sa.Integer(),
    "ref": BINARY,
}
OWN = ("revision", "recorded_at", "recorded_by")
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
INTELLIGENCE = "ioms_officer, ioms_supervisor"
SEES_ALL = "(SELECT reaches('ALL'))"

STALE_SQLITE = """
CREATE TRIGGER {table}_revision BEFORE UPDATE ON {table}
WHEN NEW.revision <> OLD.revision + 1
BEGIN SELECT RAISE(ABORT, 'stale revision'); END
"""
TRANSITIONS = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}

# An opened case comes first: it was known when it was opened and is closed when its user may no longer know of it, so
# nothing else needs to be evaluated for the case that is being read. The last test is a scalar subquery on purpose: it
# is evaluated for the rows that are read, never for all cases beforehand.
KNOWN = {
    "case_ref": (
        "(case_ref IN (SELECT opened_cases()) OR ((SELECT reaches('ALL')) AND case_ref NOT IN (SELECT hidden_cases())) "
        "OR coalesce((SELECT true FROM cases c WHERE c.case_ref = {table}.case_ref LIMIT 1), false))"
    ),
    "person_ref": (
        "(person_ref IN (SELECT opened_people()) "
        "OR ((SELECT reaches('ALL')) AND person_ref NOT IN (SELECT hidden_people())) "
        "OR coalesce((SELECT true FROM cases c WHERE c.person_ref = {table}.person_ref LIMIT 1), false))"
    ),
}
# Nobody writes about a person who is hidden from them or whom they know through break-glass access only. A new person
# is neither.
WRITABLE_PERSON = (
    "(person_ref IN (SELECT opened_people()) "
    "OR ((SELECT reaches('ALL')) AND person_ref NOT IN (SELECT hidden_people()))) "
    "AND person_ref NOT IN (SELECT glass_people())"
)
# Break-glass access is for reading only.
NOT_GLASS = "case_ref NOT IN (SELECT my_access('GLASS'))"

# Where a new table joins a disposal. It goes before the older ones, because it may refer to them.
DISPOSED = {
    "case_ref": "jsonb_build_object('former_version', rows);\n  FOREACH each IN ARRAY ARRAY[",
    "person_ref": "'retention_review', 'disposal', ",
}
SEARCHED = "SELECT * FROM (VALUES "


class Column(NamedTuple):
    """A column of a record table.

    Attributes:
        name: Its name.
        kind: One of `TYPES`, or the column that it refers to, as `people.person_ref`.
        required: Whether it always has a value.
        in_key: Whether it is part of what identifies a record.
    """

    name: str
    kind: str
    required: bool
    in_key: bool

    @property
    def refers(self) -> bool:
        """Whether it is a foreign key."""
        return "." in self.kind


@dataclass(frozen=True, kw_only=True)
class Rights:
    """The rights on one table; lists are names separated by spaces.

    Attributes:
        subject: The column that names whose record it is: `case_ref` or `person_ref`.
        optional_subject: Whether a record may be nobody's.
        add: The roles that may add a record.
        change: The roles that may change one; empty if they are the same.
        facts: The columns of the view of facts; empty for no view. With `*` a column is null there; with `!` it is an
            empty text, because the record must have one.
        masked: A column that only the roles for intelligence read.
        intelligence: A column and the code that makes a record intelligence; with `!` the column is never null.
    """

    subject: str = "case_ref"
    optional_subject: bool = False
    add: str
    change: str = ""
    facts: str = ""
    masked: str = ""
    intelligence: str = ""


@Operations.register_operation("create_record_table")
@Operations.register_operation("drop_record_table")
@Operations.register_operation("add_record_column")
@Operations.register_operation("drop_record_column")
@Operations.register_operation("secure_record_table")
@Operations.register_operation("create_facts_view")
@Operations.register_operation("create_facts_view_of_former_versions")
class RecordTables(MigrateOperation):
    """What migrations call as `op.create_record_table` and so on."""

    @classmethod
    def create_record_table(cls, operations: Any, name: str, columns: str, **declared: Any) -> None:  # noqa: ANN401 - proxied by Alembic
        """Make a record table with everything that belongs to it.

        Args:
            operations: Alembic's.
            name: The table.
            columns: Its columns, separated by spaces, each as `name`, `name:kind` with one of `TYPES`, `name:table` for
                a foreign key to the column of that name, or `name:table.column`. Behind it `!` means that a value is
                required, `#` that it is also part of the key, and `#?` that it is part of the key and may be missing.
                The first foreign key to `people` or `cases` names whose record it is.
            declared: `free_text`: the columns that a disposal searches for names. `facts`: whether lists and rules
                read records of unopened cases. `withheld`: the columns that are empty for them. The rest as in
                `Rights`.
        """
        create(operations, name, columns, **declared)

    @classmethod
    def drop_record_table(cls, operations: Any, name: str) -> None:  # noqa: ANN401 - as above
        """Undo `create_record_table`."""
        drop(operations, name)

    @classmethod
    def add_record_column(cls, operations: Any, name: str, column: str, **declared: Any) -> None:  # noqa: ANN401 - as above
        """Add a column to a record table, with its grants and its part in the view of facts and in a disposal.

        Args:
            operations: Alembic's.
            name: The table.
            column: As a column of `create_record_table` that is neither required nor part of the key: what is there
                already has no value in it.
            declared: `add` and `change` as in `Rights`. `fact`: what the view of facts shows, `yes` or `null`; empty
                if the view does not have it. `free_text`: whether a disposal searches it for names.
        """
        add_column(operations, name, column_of(column), **declared)

    @classmethod
    def drop_record_column(cls, operations: Any, name: str, column: str) -> None:  # noqa: ANN401 - as above
        """Undo `add_record_column`."""
        drop_column(operations, name, column)

    @classmethod
    def secure_record_table(cls, operations: Any, name: str, **rights: Any) -> None:  # noqa: ANN401 - as above
        """Give a PostgreSQL table its owner, policies, stamp trigger and grants; `rights` as in `Rights`."""
        secure(operations, name, Rights(**rights))

    @classmethod
    def create_facts_view(cls, operations: Any, name: str, facts: str, own: bool = True) -> None:  # noqa: ANN401, FBT002 - as above
        """Make the view `known_...` of a table; without `own` it leaves out who recorded a row, when and how often."""
        create_facts_view(operations, name, facts, own=own)

    @classmethod
    def create_facts_view_of_former_versions(
        cls,
        operations: Any,  # noqa: ANN401 - as above
        columns: str,
        tables: tuple[str, ...],
        words: tuple[str, ...],
    ) -> None:
        """Make the view of the former versions that rules read of unopened cases, or replace it by one with more.

        Args:
            operations: Alembic's.
            columns: Its columns, as `Rights.facts`.
            tables: The tables whose former versions it shows.
            words: The fields left empty, in whatever table they are; `table.field` for one that is so in that table
                alone.
        """
        create_facts_view_of_former_versions(operations, columns, tables, words)


def is_server(operations: Operations) -> bool:
    """Whether the migration runs on PostgreSQL."""
    return operations.get_context().dialect.name == "postgresql"


def execute(operations: Operations, sql: str) -> None:
    """Run statements without looking for parameters in them: they contain percent signs and colons."""
    operations.get_bind().connection.dbapi_connection.cursor().execute(sql)


def scalar(operations: Operations, sql: str, **values: str) -> Any:  # noqa: ANN401 - whatever the statement gives
    """Run a query for one value."""
    return operations.get_bind().scalar(sa.text(sql), values)


def create(
    operations: Operations,
    name: str,
    columns: str,
    *,
    free_text: str = "",
    facts: bool = False,
    withheld: str = "",
    **rights: Any,  # noqa: ANN401 - as `Rights`
) -> None:
    """Make a record table; see `RecordTables.create_record_table`."""
    listed = [column_of(each) for each in columns.split()]
    subject = next(each for each in listed if each.kind in {"people.person_ref", "cases.case_ref"})
    _create_table(operations, name, listed, subject.name)
    shown = (each.name + (("!" if each.required else "*") if each.name in withheld.split() else "") for each in listed)
    view = " ".join(["id", *shown]) if facts else ""
    if is_server(operations):
        declared = Rights(subject=subject.name, optional_subject=not subject.required, facts=view, **rights)
        _create_traces(operations, name, listed, subject.name)
        secure(operations, name, declared)
        _join_disposal(operations, name, place_of(listed), subject.name, free_text.split())
    else:
        operations.execute(STALE_SQLITE.format(table=name))
    if view:
        create_facts_view(operations, name, view)


def column_of(text: str) -> Column:
    """Read a column as `RecordTables.create_record_table` describes it."""
    name, _, kind = text.rstrip("!#?").partition(":")
    if kind and kind not in TYPES and "." not in kind:
        kind = f"{kind}.{name}"
    return Column(name, kind or "text", text.endswith(("!", "#")), "#" in text)


def _create_table(operations: Operations, name: str, columns: list[Column], subject: str) -> None:
    made = []
    for each in columns:
        links = [sa.ForeignKey(each.kind, name=f"fk_{name}_{each.name}")] if each.refers else []
        # A text of the key that may be missing is stored as empty: two nulls would count as different keys.
        filled = each.in_key and not each.required
        default = {"server_default": ""} if filled else {}
        nullable = not (each.required or filled)
        made.append(sa.Column(each.name, TYPES.get(each.kind, BINARY), *links, nullable=nullable, **default))
    key = [each.name for each in columns if each.in_key]
    operations.create_table(
        name,
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        *made,
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint(*key, name=f"uq_{name}_{'_'.join(key)}"),
    )
    dated = next((each.name for each in columns if each.kind in {"date", "day_time"} and each.required), None)
    for each in columns:
        if each.refers and key[0] != each.name:
            indexed = [each.name, *([dated] if dated and each.name == subject else [])]
            operations.create_index(f"ix_{name}_{'_'.join(indexed)}", name, indexed)


def _create_traces(operations: Operations, name: str, columns: list[Column], subject: str) -> None:
    """Let every change leave its entry in the audit and the version it ended."""
    of_person = subject == "person_ref"
    words = {
        "path": "pg_catalog, public, ioms_audit, pg_temp",
        "table": name,
        "key": " || '/' || ".join(_as_text(each) for each in columns if each.in_key),
        "subject": "r.person_ref"
        if of_person
        else "(SELECT c.person_ref FROM cases AS c WHERE c.case_ref = r.case_ref)",
        "case": "NULL" if of_person else "r.case_ref",
        "person": "r.person_ref" if of_person else "NULL",
        "missing": "".join(each.name for each in columns if each.in_key and not each.required),
    }
    script = (SQL / "0002_trace.sql").read_text(encoding="utf-8")
    for word, meaning in words.items():
        script = script.replace(f"@{word}@", meaning)
    execute(operations, script)
    execute(
        operations,
        f"""
        ALTER FUNCTION keep_trace_{name}() OWNER TO ioms_audit_owner;
        REVOKE ALL ON FUNCTION keep_trace_{name}() FROM PUBLIC;
        CREATE TRIGGER {name}_revision BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION refuse_stale_revision();
        CREATE TRIGGER {name}_trace_truncate BEFORE TRUNCATE ON {name}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
    """,
    )
    for verb, changed in TRANSITIONS.items():
        execute(
            operations,
            f"CREATE TRIGGER {name}_trace_{verb.lower()} AFTER {verb} ON {name} REFERENCING {changed} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION keep_trace_{name}()",
        )


def _as_text(column: Column) -> str:
    return f"to_char(r.{column.name}, 'YYYY-MM-DD')" if column.kind == "date" else f"r.{column.name}::text"


def secure(operations: Operations, name: str, rights: Rights) -> None:
    """Give a table its owner, its policies, the stamp of who recorded a row and when, and its grants."""
    execute(
        operations,
        f"""
        ALTER TABLE {name} OWNER TO ioms_owner;
        ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {name} FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner ON {name} TO ioms_owner USING (true) WITH CHECK (true);
    """,
    )
    if name != "cases":  # what is known of cases is where every other table's policies begin
        execute(operations, _policies(name, rights))
    _grant(operations, name, rights)


def _policies(name: str, rights: Rights) -> str:
    known = KNOWN[rights.subject].format(table=name)
    open_, book = (
        ("opened_cases()", "book_open()") if rights.subject == "case_ref" else ("opened_people()", "book_open()")
    )
    opened = f"({rights.subject} IN (SELECT {open_}) OR ((SELECT {book}) AND {known}))"
    if rights.subject == "case_ref":
        nobodys = "case_ref IS NULL OR " if rights.optional_subject else ""
        if nobodys:
            known, opened = f"({nobodys}{known})", f"({nobodys}{opened})"
        old = new = f"{known} AND ({nobodys}{NOT_GLASS})"
        also = f" AND {_unless_intelligence(rights.intelligence)}"
    else:
        old, new = f"{known} AND {WRITABLE_PERSON}", WRITABLE_PERSON
        also = f" AND {_unless_intelligence(rights.intelligence)}" if rights.intelligence else ""
    reader = f"CREATE POLICY known ON {name} FOR SELECT TO ioms_reader USING ({known}{also});" if rights.facts else ""
    return f"""
        CREATE POLICY opened ON {name} FOR SELECT TO {READERS} USING ({opened}{also});
        CREATE POLICY added ON {name} FOR INSERT TO {_roles(rights.add)} WITH CHECK ({new});
        CREATE POLICY changed ON {name} FOR UPDATE TO {_roles(rights.change or rights.add)}
          USING ({old}) WITH CHECK ({new});
        {reader}
    """


def _unless_intelligence(declared: str) -> str:
    if not declared:
        return "true"
    column, code = declared.split()
    differs = "<>" if column.endswith("!") else "IS DISTINCT FROM"
    return f"({column.rstrip('!')} {differs} '{code}' OR {SEES_ALL})"


def _roles(names: str) -> str:
    return ", ".join(f"ioms_{name}" for name in names.split())


def _grant(operations: Operations, name: str, rights: Rights) -> None:
    listed = scalar(
        operations,
        "SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = :name",
        name=name,
    ).split()
    read = ", ".join(column for column in listed if column != rights.masked)
    # By column: the row's number is the server's, and only somebody who may write a whole table may lock it.
    written = ", ".join(column for column in listed if column != "id")
    execute(
        operations,
        f"""
        REVOKE ALL ON {name} FROM PUBLIC;
        GRANT SELECT ({read}) ON {name} TO {READERS};
        {f"GRANT SELECT ON {name} TO {INTELLIGENCE};" if rights.masked else ""}
        GRANT INSERT ({written}) ON {name} TO {_roles(rights.add)};
        GRANT UPDATE ({written}) ON {name} TO {_roles(rights.change or rights.add)};
        CREATE TRIGGER {name}_stamp BEFORE INSERT OR UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION stamp_record();
    """,
    )


def create_facts_view(operations: Operations, name: str, facts: str, *, own: bool = True) -> None:
    """Make the view of a table's facts, on either database."""
    kind = "::text" if is_server(operations) else ""
    empty = {"*": "NULL", "!": "''"}
    listed = [
        f"{empty[column[-1]]}{kind} AS {column[:-1]}" if column[-1] in empty else column
        for column in (*facts.split(), *(OWN if own else ()))
    ]
    if is_server(operations):
        _create_view(operations, f"known_{name}", f"SELECT {', '.join(listed)} FROM {name}")
        execute(operations, f"GRANT SELECT ON {name} TO ioms_reader")
    else:
        operations.execute(f"CREATE VIEW known_{name} AS SELECT {', '.join(listed)} FROM {name}")


def create_facts_view_of_former_versions(
    operations: Operations, columns: str, tables: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """Make or replace the view; see `RecordTables`. SQLite keeps nothing back, so that there it never changes."""
    if not is_server(operations):
        if not scalar(operations, "SELECT name FROM sqlite_master WHERE name = 'known_former_version'"):
            create_facts_view(operations, "former_version", columns, own=False)
        return
    blank = " || ".join(_blanked(word) for word in words)
    arm = f"CASE WHEN {SEES_ALL} THEN '{{}}'::jsonb ELSE '{{\"trial_arm\": null}}'::jsonb END"
    special = {"data": f"(data::jsonb || {blank} || {arm})::json AS data", "reason*": "NULL::text AS reason"}
    listed = ", ".join(special.get(column, column) for column in columns.split())
    shown = ", ".join(f"'{name}'" for name in tables)
    _create_view(
        operations,
        "known_former_version",
        f"""
        SELECT {listed} FROM former_version WHERE table_name IN ({shown}) AND ({SEES_ALL} OR NOT (
          (table_name = 'concerns' AND data ->> 'concern_type' = 'INTELLIGENCE')
          OR (table_name = 'decisions' AND data ->> 'rule' = 'credible_intelligence')))
    """,
    )
    execute(operations, "GRANT SELECT ON former_version TO ioms_reader")


def _blanked(word: str) -> str:
    """Blank a column of people's words; `table.column` where a column of that name is no words in another table."""
    table, _, column = word.rpartition(".")
    only = f"table_name = '{table}' AND " if table else ""
    return f"CASE WHEN {only}data::jsonb ? '{column}' THEN '{{\"{column}\": \"\"}}'::jsonb ELSE '{{}}'::jsonb END"


def _create_view(operations: Operations, view: str, query: str) -> None:
    execute(
        operations,
        f"""
        CREATE OR REPLACE VIEW {view} WITH (security_barrier) AS {query};
        ALTER VIEW {view} OWNER TO ioms_reader;
        REVOKE ALL ON {view} FROM PUBLIC;
        GRANT SELECT ON {view} TO {READERS};
    """,
    )


def place_of(columns: list[Column]) -> str:
    """Name a record by its references and dates, as far as its key begins with them: the rest may be people's words."""
    key = (each for each in columns if each.in_key)
    plain = takewhile(lambda each: each.refers or each.kind in {"ref", "date"}, key)
    return " || '/' || ".join(_as_text(each).removesuffix("::text") for each in plain)


def _join_disposal(operations: Operations, name: str, place: str, subject: str, free_text: list[str]) -> None:
    """Let a disposal remove the table's records and search what others wrote in them."""
    owners = "'r.case_ref', 'NULL'" if subject == "case_ref" else "'NULL', 'r.person_ref'"
    literal = place.replace("'", "''")
    searched = "".join(f"('{name}', '{column}', '{literal}', {owners}), " for column in free_text)
    _edit_function(operations, "dispose(text, date)", DISPOSED[subject], f"{DISPOSED[subject]}'{name}', ")
    if searched:
        _edit_function(operations, "ioms_private.mentions(text)", SEARCHED, f"{SEARCHED}{searched}")


def _edit_function(operations: Operations, signature: str, old: str, new: str) -> None:
    """Change a function that names record tables, in one place; its owner and grants stay.

    Raises:
        RuntimeError: The place is not there exactly once, so that the function is not the one expected.
    """
    defined = scalar(operations, f"SELECT pg_get_functiondef('{signature}'::regprocedure)")
    if defined.count(old) != 1:
        raise RuntimeError(signature)
    execute(operations, defined.replace(old, new))


def drop(operations: Operations, name: str) -> None:
    """Undo `create`."""
    if is_server(operations):
        _edit_function(operations, "dispose(text, date)", f"'{name}', ", "")
        defined = scalar(operations, "SELECT pg_get_functiondef('ioms_private.mentions(text)'::regprocedure)")
        row = rf"\('{name}', '[^']*', '(?:[^']|'')*', '[^']*', '[^']*'\), "
        execute(operations, re.sub(row, "", defined))
    operations.execute(f"DROP VIEW IF EXISTS known_{name}")
    operations.drop_table(name)
    if is_server(operations):
        operations.execute(f"DROP FUNCTION keep_trace_{name}()")


def add_column(
    operations: Operations,
    name: str,
    column: Column,
    *,
    add: str,
    change: str = "",
    fact: str = "",
    free_text: bool = False,
) -> None:
    """Add a column; see `RecordTables.add_record_column`."""
    links = [sa.ForeignKey(column.kind, name=f"fk_{name}_{column.name}")] if column.refers else []
    operations.add_column(name, sa.Column(column.name, TYPES.get(column.kind, BINARY), *links, nullable=True))
    if is_server(operations):
        execute(
            operations,
            f"""
            GRANT SELECT ({column.name}) ON {name} TO {READERS};
            GRANT INSERT ({column.name}) ON {name} TO {_roles(add)};
            GRANT UPDATE ({column.name}) ON {name} TO {_roles(change or add)};
        """,
        )
    if fact:
        shown = column.name if fact == "yes" else f"NULL::text AS {column.name}"
        _replace_facts_view(operations, name, lambda query: re.sub(r"\s+FROM ", f", {shown} FROM ", query, count=1))
    if free_text and is_server(operations):
        searched = _searched_row(operations, name)
        row = re.sub(r"^\('\w+', '\w+'", f"('{name}', '{column.name}'", searched)
        _edit_function(operations, "ioms_private.mentions(text)", SEARCHED, f"{SEARCHED}{row}, ")


def drop_column(operations: Operations, name: str, column: str) -> None:
    """Undo `add_column`."""
    shown = rf",\s*(?:NULL(?:::text)? AS |\w+\.)?{column}(?=\s+FROM )"
    _replace_facts_view(operations, name, lambda query: re.sub(shown, "", query))
    if is_server(operations):
        defined = scalar(operations, "SELECT pg_get_functiondef('ioms_private.mentions(text)'::regprocedure)")
        execute(operations, re.sub(rf"\('{name}', '{column}', '(?:[^']|'')*', '[^']*', '[^']*'\), ", "", defined))
    operations.drop_column(name, column)


def _replace_facts_view(operations: Operations, name: str, edit: Callable[[str], str]) -> None:
    view = f"known_{name}"
    if is_server(operations):
        query = scalar(operations, "SELECT pg_get_viewdef(to_regclass(:view))", view=view)
    else:
        defined = scalar(operations, "SELECT sql FROM sqlite_master WHERE name = :view", view=view)
        query = defined and defined.partition(" AS ")[2]
    if query is None or edit(query) == query:
        return
    edited = edit(query).rstrip(";")
    operations.execute(f"DROP VIEW {view}")
    if is_server(operations):
        _create_view(operations, view, edited)
    else:
        operations.execute(f"CREATE VIEW {view} AS {edited.replace('NULL::text', 'NULL')}")


def _searched_row(operations: Operations, name: str) -> str:
    """Return a row of the columns that a disposal searches: where a record of the table is, and whose it is.

    Raises:
        RuntimeError: No column of the table is searched yet, so that there is no such row.
    """
    defined = scalar(operations, "SELECT pg_get_functiondef('ioms_private.mentions(text)'::regprocedure)")
    found = re.search(rf"\('{name}', '\w+', '(?:[^']|'')*', '[^']*', '[^']*'\)", defined)
    if found is None:
        raise RuntimeError(name)
    return found[0]
