"""Records of a person's other names, addresses, phones and emails, each with its days and its source.

What people have in their columns stays there as the current value. `migrate` makes an entry of each after the last
migration, in the same transaction, with neither a first day nor anything else that nobody recorded. A server refuses
what writes a column or a set so that both no longer agree, and a file is kept right by the program.
"""

from pathlib import Path

from alembic import op

revision, down_revision = "0036", "0035"

SQL = Path(__file__).resolve().parent.parent / "sql"
ALL = "officer navigator supervisor coordinator"
FUNCTIONS = (
    "ioms_private.parts_of(text, text)",
    "ioms_private.unlike_their_sets(text)",
    "refuse_unlike_sets()",
)
SETS = ("person_names", "addresses")


def upgrade() -> None:
    op.create_record_table(
        "person_names",
        "name_ref:ref# person_ref:people! kind! name! from_on:date to_on:date source",
        add=ALL,
        facts=True,
        withheld="source",
        free_text="name source",
    )
    op.create_record_table(
        "addresses",
        "address_ref:ref# person_ref:people! kind! address postcode from_on:date to_on:date safe:yes_no source",
        add=ALL,
        free_text="address source",
    )
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0036_person_sets.sql").read_text(encoding="utf-8"))
    for name in FUNCTIONS:
        _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    _execute("ALTER VIEW ioms_private.entries_of_people OWNER TO ioms_owner")
    for name in SETS:  # whoever adds a person adds what is known of them in the same act
        _execute(
            f"CREATE POLICY added_new ON {name} FOR INSERT TO {', '.join(f'ioms_{role}' for role in ALL.split())} "
            "WITH CHECK (saved_now(person_ref, ''))"
        )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        made = (SQL / "0023_intake.sql").read_text(encoding="utf-8")
        saved_now = made[made.index("CREATE FUNCTION saved_now") :].partition("END $$;")
        _execute(f"CREATE OR REPLACE {saved_now[0].removeprefix('CREATE ')}{saved_now[1]}")
        _execute("""
            DROP VIEW ioms_private.entries_of_people;
            DROP TRIGGER people_added_guard ON people;
            DROP TRIGGER people_current_guard ON people;
        """)
    for name in reversed(SETS):
        op.drop_record_table(name)
    if op.get_context().dialect.name == "postgresql":
        for name in reversed(FUNCTIONS):
            _execute(f"DROP FUNCTION {name}")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
