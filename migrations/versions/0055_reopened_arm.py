"""Refuse support offers on a case that was reopened from one in the control arm of the trial, and on what follows that.

A server asked for the arm of the case alone, which a reopened case has not.
"""

from alembic import op

revision, down_revision = "0055", "0054"

GUARD = """
    CREATE OR REPLACE FUNCTION guard_offer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp AS $$
    BEGIN
      IF my_role() IS NOT NULL
         AND {found} THEN
        RAISE EXCEPTION 'no offer on this case' USING ERRCODE = '42501';
      END IF;
      RETURN NEW;
    END $$;
"""
ON_THE_CASE = "EXISTS (SELECT FROM cases WHERE case_ref = NEW.case_ref AND trial_arm = 'CONTROL')"
ALONG_THE_CASES = """EXISTS (
           WITH RECURSIVE line AS (
             SELECT c.case_ref, c.follows_case_ref, c.trial_arm FROM cases c WHERE c.case_ref = NEW.case_ref
             UNION
             SELECT c.case_ref, c.follows_case_ref, c.trial_arm
             FROM cases c JOIN line ON c.case_ref = line.follows_case_ref
           )
           SELECT FROM line WHERE trial_arm = 'CONTROL'
         )"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(GUARD.format(found=ALONG_THE_CASES))


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(GUARD.format(found=ON_THE_CASE))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
