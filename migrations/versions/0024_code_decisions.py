"""What supervisors decide on a code of a list: that it is confirmed, from and to which day, or that it is inactive.

The lists are loaded again with every version of the program, so a decision stands beside them and is kept. Nothing is
decided in what is there already. On a server a function takes a decision, from supervisors alone and on a code that
rests on law, and puts it on record.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

READERS = "ioms_people, ioms_reader, ioms_accounts"
SERVER = f"""
    ALTER TABLE code_decision OWNER TO ioms_owner;
    ALTER TABLE code_decision ENABLE ROW LEVEL SECURITY;
    ALTER TABLE code_decision FORCE ROW LEVEL SECURITY;
    CREATE POLICY owner ON code_decision TO ioms_owner USING (true) WITH CHECK (true);
    CREATE POLICY everybody ON code_decision FOR SELECT TO {READERS} USING (true);
    GRANT SELECT ON code_decision TO {READERS};
    CREATE FUNCTION decide_code(its_list text, its_code text, is_to_be text, first_day date, last_day date, why text)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, ioms_audit, pg_catalog, pg_temp AS $$
    BEGIN
      IF my_role() IS DISTINCT FROM 'supervisor' THEN
        RAISE EXCEPTION 'permission denied: a supervisor decides on a code' USING ERRCODE = '42501';
      END IF;
      IF NOT EXISTS (
        SELECT FROM reference_code c WHERE c.list = its_list AND c.code = its_code
          AND (c.valid_from IS NOT NULL OR c.valid_to IS NOT NULL
               OR c.extra::jsonb ?| ARRAY['confirmed', 'active', 'source'])
      ) THEN
        RAISE EXCEPTION 'no such code rests on law' USING ERRCODE = '23514';
      END IF;
      INSERT INTO code_decision (list, code, state, valid_from, valid_to, reason, decided_by, decided_at)
      VALUES (its_list, its_code, is_to_be, first_day, last_day, why, session_user, clock_timestamp());
      PERFORM write_audit('ALTERATION', 'code_decision', its_list || '/' || its_code, NULL, NULL,
                          json_build_object('state', is_to_be, 'valid_from', first_day, 'valid_to', last_day,
                                            'reason', why));
    END $$;
    ALTER FUNCTION decide_code(text, text, text, date, date, text) OWNER TO ioms_owner;
    REVOKE ALL ON FUNCTION decide_code(text, text, text, date, date, text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION decide_code(text, text, text, date, date, text) TO ioms_people;
"""


def upgrade() -> None:
    op.create_table(
        "code_decision",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('CONFIRMED', 'INACTIVE', 'AS_SHIPPED')", name=op.f("ck_code_decision_state")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_code_decision_dates")),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_code_decision_reason")),
        sa.ForeignKeyConstraint(["list"], ["reference_list.name"], name=op.f("fk_code_decision_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_decision")),
    )
    if op.get_context().dialect.name == "postgresql":
        _execute(SERVER)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP FUNCTION decide_code(text, text, text, date, date, text)")
    op.drop_table("code_decision")


def _execute(sql: str) -> None:
    raw = op.get_bind().connection.dbapi_connection
    raw.cursor().execute(sql)
