"""Records of a person's other numbers, carers, warnings, needs and social care, and of the checks for a child's safety.

As in 0036 the columns of people stay as the current value, `migrate` makes the first entries, and a server refuses what
writes a column or a set so that both no longer agree. The number of another agency is refused for a second person; two
that are there already, or that an import brings, stay.
"""

import re
from pathlib import Path

from alembic import op

revision, down_revision = "0043", "0042"

SQL = Path(__file__).resolve().parent.parent / "sql"
ALL = "officer navigator supervisor coordinator"
SETS = ("person_numbers", "carers", "person_warnings", "person_needs", "care_statuses", "safeguarding_checks")
AGREEING = SETS[1:]
"""Those of which a column of people has the current value."""


def upgrade() -> None:
    op.create_record_table(
        "person_numbers",
        "number_ref:ref# person_ref:people! kind! number! from_on:date to_on:date source",
        add=ALL,
        free_text="number source",
    )
    op.create_record_table(
        "carers",
        "carer_ref:ref# person_ref:people! name! relation phone responsible:yes_no may_be_told:yes_no told_note "
        "from_on:date to_on:date source",
        add=ALL,
        free_text="name relation phone told_note source",
    )
    op.create_record_table(
        "person_warnings",
        "warning_ref:ref# person_ref:people! marker! words from_on:date review_on:date to_on:date source",
        add=ALL,
        free_text="marker words source",
    )
    op.create_record_table(
        "person_needs",
        "person_need_ref:ref# person_ref:people! kind! words! from_on:date to_on:date source",
        add=ALL,
        free_text="words source",
    )
    op.create_record_table(
        "care_statuses",
        "care_status_ref:ref# person_ref:people! status! social_worker from_on:date to_on:date source",
        add=ALL,
        free_text="social_worker source",
    )
    op.create_record_table(
        "safeguarding_checks",
        "check_ref:ref# person_ref:people! kind! from_on:date checked_by answer:yes_no adult event reasons "
        "nrm_status referred_on:date grounds_due_on:date grounds_on:date conclusive_on:date to_on:date source",
        add=ALL,
        free_text="checked_by adult event reasons source",
    )
    if op.get_context().dialect.name != "postgresql":
        return
    _execute((SQL / "0043_person_care.sql").read_text(encoding="utf-8"))
    _execute("ALTER FUNCTION guard_number() OWNER TO ioms_owner; REVOKE ALL ON FUNCTION guard_number() FROM PUBLIC")
    for name in SETS:  # whoever adds a person adds what is known of them in the same act
        _execute(
            f"CREATE POLICY added_new ON {name} FOR INSERT TO {', '.join(f'ioms_{role}' for role in ALL.split())} "
            "WITH CHECK (saved_now(person_ref, ''))"
        )
    for name in AGREEING:
        _execute(
            f"CREATE CONSTRAINT TRIGGER {name}_current_guard AFTER INSERT OR UPDATE OR DELETE ON {name} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unlike_sets()"
        )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("""
            DROP TRIGGER people_added_guard ON people;
            DROP TRIGGER people_current_guard ON people;
            DROP TRIGGER person_numbers_guard ON person_numbers;
            DROP FUNCTION guard_number();
        """)
        for file, name in (
            ("0036_person_sets.sql", "ioms_private.unlike_their_sets"),
            ("0036_person_sets.sql", "saved_now"),
            ("0023_intake.sql", "ioms_private.same_numbers"),
        ):
            _execute(_function(file, name))
        made = (SQL / "0036_person_sets.sql").read_text(encoding="utf-8")
        _execute(
            made[
                made.index("CREATE CONSTRAINT TRIGGER people_added") : made.index("CREATE CONSTRAINT TRIGGER person_n")
            ]
        )
        _execute("CREATE OR REPLACE " + made[made.index("VIEW ioms_private.entries_of_people") :])
    for name in reversed(SETS):
        op.drop_record_table(name)


def _function(file: str, name: str) -> str:
    """Return the statement that makes a function as a former migration made it."""
    text = (SQL / file).read_text(encoding="utf-8")
    made = re.search(
        rf"^CREATE (?:OR REPLACE )?(FUNCTION {re.escape(name)}\(.*?^(?:END )?\$\$;)", text, re.DOTALL | re.MULTILINE
    )
    if made is None:
        raise RuntimeError(name)
    return f"CREATE OR REPLACE {made[1]}"


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
