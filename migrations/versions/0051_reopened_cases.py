"""Let a case say which closed case it was reopened from.

A server takes a closed case of the same person and programme that the user knows of, and no other; once it is said, an
import alone changes it. A case that was reopened stays closed: the step that closed it is not taken back.
"""

from alembic import op

revision, down_revision = "0051", "0050"

KEPT = "NEW.referred_on IS DISTINCT FROM OLD.referred_on THEN"
ALSO_KEPT = (
    "NEW.referred_on IS DISTINCT FROM OLD.referred_on\n"
    "     OR NEW.follows_case_ref IS DISTINCT FROM OLD.follows_case_ref THEN"
)
TAKEN_BACK = "    AND NOT EXISTS (SELECT FROM proposals p"
NOT_FOLLOWED = f"    AND NOT EXISTS (SELECT FROM cases c WHERE c.follows_case_ref = was.case_ref)\n{TAKEN_BACK}"
BEGUN = "  IF num_nonnulls(NEW.adopted_on"
FOLLOWING = f"""  IF NEW.follows_case_ref IS NOT NULL AND NOT EXISTS (
    SELECT FROM cases c
    WHERE c.case_ref = NEW.follows_case_ref AND c.person_ref = NEW.person_ref AND c.programme = NEW.programme
      AND c.closed_on <= NEW.referred_on AND ioms_private.knows(c.case_ref)
  ) THEN
    RAISE EXCEPTION 'permission denied: a case is reopened from a closed one of the same person and programme'
      USING ERRCODE = '42501';
  END IF;
{BEGUN}"""


def upgrade() -> None:
    op.add_record_column("cases", "follows_case_ref", add="officer navigator supervisor coordinator")
    if op.get_context().dialect.name == "postgresql":
        _edit("guard_case()", KEPT, ALSO_KEPT)
        _edit("guard_first_status()", BEGUN, FOLLOWING)
        _edit("ioms_private.takes_step_back(cases, cases)", TAKEN_BACK, NOT_FOLLOWED)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _edit("ioms_private.takes_step_back(cases, cases)", NOT_FOLLOWED, TAKEN_BACK)
        _edit("guard_first_status()", FOLLOWING, BEGUN)
        _edit("guard_case()", ALSO_KEPT, KEPT)
    op.drop_record_column("cases", "follows_case_ref")


def _edit(name: str, old: str, new: str) -> None:
    """Change a guard of cases in one place."""
    defined = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{name}'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError(name)
    _execute(defined.replace(old, new))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
