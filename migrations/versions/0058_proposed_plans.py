"""Let nobody take out the plan of a transition that was proposed, or take back another supervisor's confirmation of it.

Two people stand behind a plan that was confirmed. A server let a supervisor alone strike it out, make another kind of
leaving of it or move it to another case, and empty who confirmed it. They still correct what it says, with a reason.
"""

from alembic import op

revision, down_revision = "0058", "0057"

PLAN = """
    CREATE FUNCTION guard_proposed_plan() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp AS $$
    BEGIN
      -- A disposal removes the whole record; what is struck out says so in its removal, which no user writes by hand.
      IF my_role() IS NOT NULL AND OLD.kind = 'TRANSITION'
         AND ((TG_OP = 'DELETE' AND coalesce(current_setting('ioms.removal', true), '') LIKE 'Entered in error:%')
              OR (TG_OP = 'UPDATE' AND (NEW.kind, NEW.case_ref) IS DISTINCT FROM (OLD.kind, OLD.case_ref)))
         AND EXISTS (SELECT FROM cases WHERE case_ref = OLD.case_ref AND transition_proposed_on IS NOT NULL) THEN
        RAISE EXCEPTION 'permission denied: the plan of a proposal stands as long as it does' USING ERRCODE = '42501';
      END IF;
      RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    ALTER FUNCTION guard_proposed_plan() OWNER TO ioms_owner;
    REVOKE ALL ON FUNCTION guard_proposed_plan() FROM PUBLIC;
    CREATE TRIGGER exits_proposed_guard BEFORE UPDATE OR DELETE ON exits
      FOR EACH ROW EXECUTE FUNCTION guard_proposed_plan();
    CREATE FUNCTION guard_confirmation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp AS $$
    BEGIN
      IF my_role() IS NOT NULL AND NOT importing() AND OLD.transition_confirmed_by <> session_user
         AND (NEW.transition_confirmed_on, NEW.transition_confirmed_by)
             IS DISTINCT FROM (OLD.transition_confirmed_on, OLD.transition_confirmed_by) THEN
        RAISE EXCEPTION 'permission denied: who confirmed it takes that back' USING ERRCODE = '42501';
      END IF;
      RETURN NEW;
    END $$;
    ALTER FUNCTION guard_confirmation() OWNER TO ioms_owner;
    REVOKE ALL ON FUNCTION guard_confirmation() FROM PUBLIC;
    CREATE TRIGGER cases_confirmation_guard BEFORE UPDATE ON cases
      FOR EACH ROW EXECUTE FUNCTION guard_confirmation();
"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute(PLAN)


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _execute("DROP TRIGGER cases_confirmation_guard ON cases; DROP FUNCTION guard_confirmation()")
        _execute("DROP TRIGGER exits_proposed_guard ON exits; DROP FUNCTION guard_proposed_plan()")


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
