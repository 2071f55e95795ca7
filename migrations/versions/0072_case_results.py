"""Keep what the rules find on each case, so that a list of what is owed need not evaluate the whole book.

Derived data: every case begins without a result, and whoever reads first works it out. Each statement on what the rules
read marks the cases that it touches, in its own transaction and whoever sends it. On a server a mark is a row of its
own, because two people who save something of one case, or an import, must not wait for each other's rows.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0072", "0071"

SQL = Path(__file__).resolve().parent.parent / "sql"
BINARY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
READERS = "ioms_officer, ioms_navigator, ioms_supervisor, ioms_coordinator"
SCOPES = ("ALL", "WITHOUT_INTELLIGENCE")
VIEWS = {
    "known_case_result": "case_result",
    "known_case_duty": "case_duty",
    "known_case_mark": "case_mark",
}
OF_CASE = ("cases", "contacts", "ratings", "offers", "concerns", "decisions", "rag", "notifications", "actions")
OF_PERSON = ("people", "custody", "orders")
"""People for their names, which stand beside what is owed."""
FORMER = ", ".join(f"'{name}'" for name in (*OF_CASE, *OF_PERSON))
WITHOUT = {
    "concerns": "r.concern_type <> 'INTELLIGENCE'",
    "decisions": "r.rule IS DISTINCT FROM 'credible_intelligence'",
    "former_version": (
        "NOT (r.table_name = 'concerns' AND r.data ->> 'concern_type' = 'INTELLIGENCE') "
        "AND NOT (r.table_name = 'decisions' AND (r.data ->> 'rule') IS NOT DISTINCT FROM 'credible_intelligence')"
    ),
}
"""Which rows of a server somebody sees who may read no intelligence: the others change nothing of what they are shown,
and a mark would tell them that there is something."""
EVENTS = {
    "INSERT": ("NEW TABLE AS new_rows", ("NEW",)),
    "UPDATE": ("OLD TABLE AS old_rows NEW TABLE AS new_rows", ("OLD", "NEW")),
    "DELETE": ("OLD TABLE AS old_rows", ("OLD",)),
}
KNOWN_CASE = (
    "(case_ref IN (SELECT opened_cases()) OR ((SELECT reaches('ALL')) AND case_ref NOT IN (SELECT hidden_cases())) "
    "OR coalesce((SELECT true FROM cases c WHERE c.case_ref = {table}.case_ref LIMIT 1), false))"
)
OWN_SCOPE = "(scope = 'WITHOUT_INTELLIGENCE' OR (SELECT reaches('ALL')))"


def upgrade() -> None:
    _create_tables()
    server = op.get_context().dialect.name == "postgresql"
    if server:
        _execute((SQL / "0072_case_results.sql").read_text(encoding="utf-8"))
        _execute(
            "ALTER FUNCTION keep_case_results(text, json) OWNER TO ioms_owner; "
            "REVOKE ALL ON FUNCTION keep_case_results(text, json) FROM PUBLIC; "
            f"GRANT EXECUTE ON FUNCTION keep_case_results(text, json) TO {READERS}"
        )
    for table in (*OF_CASE, *OF_PERSON, "former_version"):
        if server:
            _execute(_marks_of_a_server(table))
        else:
            for event, (_, rows) in EVENTS.items():
                _mark_in_a_file(table, event, rows)
    for view, table in VIEWS.items():
        if server:
            _execute(_rights_of(view, table))
        else:
            op.execute(f"CREATE VIEW {view} AS SELECT * FROM {table}")


def _create_tables() -> None:
    scope_words = ", ".join(f"'{scope}'" for scope in SCOPES)

    def columns(table: str) -> tuple[sa.Column[str], sa.Column[str]]:
        scope = sa.CheckConstraint(f"scope IN ({scope_words})", name=op.f(f"ck_{table}_scope"))
        return sa.Column("case_ref", BINARY, nullable=False), sa.Column("scope", sa.Text(), scope, nullable=False)

    def of_case(table: str) -> sa.ForeignKeyConstraint:
        name = op.f(f"fk_{table}_case_ref")
        return sa.ForeignKeyConstraint(["case_ref"], ["cases.case_ref"], name=name, ondelete="CASCADE")

    op.create_table(
        "case_result",
        *columns("case_result"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("next_change_on", sa.Date(), nullable=True),
        sa.Column("policy_key", sa.Text(), nullable=False),
        sa.Column("computed_by", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        of_case("case_result"),
        sa.PrimaryKeyConstraint("case_ref", "scope", name=op.f("pk_case_result")),
    )
    op.create_table(
        "case_duty",
        *columns("case_duty"),
        sa.Column("place", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=True),
        of_case("case_duty"),
        sa.PrimaryKeyConstraint("case_ref", "scope", "place", name=op.f("pk_case_duty")),
        sqlite_with_rowid=False,
    )
    # In a file, where one writes at a time, one row counts the changes; on a server each change has its own.
    numbered = ("number",) if op.get_context().dialect.name == "postgresql" else ()
    op.create_table(
        "case_mark",
        *columns("case_mark"),
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        of_case("case_mark"),
        sa.PrimaryKeyConstraint("case_ref", "scope", *numbered, name=op.f("pk_case_mark")),
        sqlite_with_rowid=False,
    )


def _mark_in_a_file(table: str, event: str, rows: tuple[str, ...]) -> None:
    """Mark in a file by counting: many rows of one case, as an import has them, cost little more than one."""
    listed = {name: ", ".join(f"{row}.{name}" for row in rows) for name in ("case_ref", "person_ref")}
    by_person = f"SELECT case_ref FROM cases WHERE person_ref IN ({listed['person_ref']})"
    touched, when = f"({listed['case_ref']})", ""
    if table in OF_PERSON:
        touched = f"({by_person})"
    elif table == "former_version":
        touched = f"({by_person} UNION SELECT case_ref FROM cases WHERE case_ref IN ({listed['case_ref']}))"
        when = f"WHEN {rows[0]}.table_name IN ({FORMER})"
    if table == "cases" and event == "DELETE":
        return  # its marks go with it
    op.execute(f"""
        CREATE TRIGGER {table}_marks_{event.lower()} AFTER {event} ON {table} {when}
        BEGIN
          INSERT INTO case_mark (case_ref, scope, number)
          SELECT c.case_ref, s.scope, 1
          FROM cases AS c, (SELECT '{SCOPES[0]}' AS scope UNION ALL SELECT '{SCOPES[1]}') AS s
          WHERE c.case_ref IN {touched}
          ON CONFLICT (case_ref, scope) DO UPDATE SET number = number + 1;
        END
    """)


def _marks_of_a_server(table: str) -> str:
    owner, counted = "c", "true"
    if table == "former_version":
        owner, counted = "r", f"r.table_name IN ({FORMER})"

    def marks(rows: str) -> str:
        source = f"{rows} AS r JOIN cases AS c ON c.case_ref = r.case_ref"
        if table in OF_PERSON:
            source = f"{rows} AS r JOIN cases AS c ON c.person_ref = r.person_ref"
        elif table == "former_version":  # two joins, because one on either reference would go through all cases
            source = f"""(
                SELECT o.table_name, o.data, c.case_ref FROM {rows} AS o JOIN cases AS c ON c.case_ref = o.case_ref
                UNION ALL
                SELECT o.table_name, o.data, c.case_ref FROM {rows} AS o JOIN cases AS c ON c.person_ref = o.person_ref
              ) AS r"""
        return f"""
            INSERT INTO case_mark (case_ref, scope, number)
            SELECT touched.case_ref, s.scope, nextval('case_mark_number')
            FROM (
              SELECT {owner}.case_ref, bool_or({WITHOUT.get(table, "true")}) AS is_seen
              FROM {source} WHERE {counted} GROUP BY {owner}.case_ref
            ) AS touched, (VALUES ('{SCOPES[0]}'), ('{SCOPES[1]}')) AS s (scope)
            WHERE s.scope = '{SCOPES[0]}' OR touched.is_seen;"""

    triggers = "".join(
        f"CREATE TRIGGER {table}_marks_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION mark_results_of_{table}();\n"
        for event, (rows, _) in EVENTS.items()
    )
    return f"""
        CREATE FUNCTION mark_results_of_{table}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, pg_catalog, pg_temp AS $$
        BEGIN
          IF TG_OP <> 'DELETE' THEN {marks("new_rows")}
          END IF;
          IF TG_OP <> 'INSERT' THEN {marks("old_rows")}
          END IF;
          RETURN NULL;
        END $$;
        ALTER FUNCTION mark_results_of_{table}() OWNER TO ioms_owner;
        REVOKE ALL ON FUNCTION mark_results_of_{table}() FROM PUBLIC;
        {triggers}
    """


def _rights_of(view: str, table: str) -> str:
    return f"""
        ALTER TABLE {table} OWNER TO ioms_owner;
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY owner ON {table} TO ioms_owner USING (true) WITH CHECK (true);
        CREATE POLICY known ON {table} FOR SELECT TO ioms_reader
          USING ({OWN_SCOPE} AND {KNOWN_CASE.format(table=table)});
        REVOKE ALL ON {table} FROM PUBLIC;
        GRANT SELECT ON {table} TO ioms_reader;
        CREATE VIEW {view} WITH (security_barrier) AS SELECT * FROM {table};
        ALTER VIEW {view} OWNER TO ioms_reader;
        REVOKE ALL ON {view} FROM PUBLIC;
        GRANT SELECT ON {view} TO {READERS};
    """


def downgrade() -> None:
    server = op.get_context().dialect.name == "postgresql"
    for view in VIEWS:
        op.execute(f"DROP VIEW {view}")
    for table in (*OF_CASE, *OF_PERSON, "former_version"):
        if server:
            _execute(f"DROP FUNCTION mark_results_of_{table}() CASCADE")
            continue
        for event in EVENTS:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_marks_{event.lower()}")
    if server:
        _execute("DROP FUNCTION keep_case_results(text, json)")
    for table in reversed(VIEWS.values()):
        op.drop_table(table)


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
