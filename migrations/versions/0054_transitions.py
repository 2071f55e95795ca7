"""Let a case say who proposed, and which supervisor confirmed, a transition to adult services at 18.

On a server nobody proposes or confirms in another's name, and who proposed it does not confirm it; a
plan that was confirmed is changed by a supervisor alone. Neither says
anything about who may know of a case.
"""

from alembic import op

revision, down_revision = "0054", "0053"

ALL = "officer navigator supervisor coordinator"
STEPPING = "'revision', 'recorded_at', 'recorded_by'"
TRANSITION = "'transition_proposed_on', 'transition_proposed_by', 'transition_confirmed_on', 'transition_confirmed_by'"
GUARD = """
    CREATE FUNCTION guard_transition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp AS $$
    DECLARE
      mine text := my_role();
    BEGIN
      IF mine IS NULL OR importing() THEN
        RETURN NEW;
      END IF;
      IF TG_OP = 'INSERT' THEN
        IF num_nonnulls(NEW.transition_proposed_on, NEW.transition_proposed_by, NEW.transition_confirmed_on,
                        NEW.transition_confirmed_by) > 0 THEN
          RAISE EXCEPTION 'permission denied: a case begins without a transition' USING ERRCODE = '42501';
        END IF;
        RETURN NEW;
      END IF;
      IF num_nonnulls(NEW.transition_proposed_on, NEW.transition_proposed_by) = 1
         OR num_nonnulls(NEW.transition_confirmed_on, NEW.transition_confirmed_by) = 1
         OR (NEW.transition_confirmed_by IS NOT NULL AND NEW.transition_proposed_by IS NULL)
         OR NEW.transition_confirmed_on < NEW.transition_proposed_on THEN
        RAISE EXCEPTION 'permission denied: a proposal and its confirmation have a day and a name, in this order'
          USING ERRCODE = '42501';
      END IF;
      IF (NEW.transition_confirmed_on, NEW.transition_confirmed_by)
         IS DISTINCT FROM (OLD.transition_confirmed_on, OLD.transition_confirmed_by)
         AND (mine <> 'supervisor' OR coalesce(NEW.transition_confirmed_by, session_user) <> session_user
              OR (NEW.transition_confirmed_by IS NOT NULL AND NEW.transition_proposed_by = session_user)) THEN
        RAISE EXCEPTION 'permission denied: another supervisor confirms a proposal' USING ERRCODE = '42501';
      END IF;
      IF (NEW.transition_proposed_on, NEW.transition_proposed_by)
         IS DISTINCT FROM (OLD.transition_proposed_on, OLD.transition_proposed_by)
         AND (coalesce(NEW.transition_proposed_by, session_user) <> session_user
              OR OLD.transition_confirmed_by IS NOT NULL
              OR OLD.transition_proposed_by <> session_user) THEN
        RAISE EXCEPTION 'permission denied: nobody proposes in the name of another, or in their place'
          USING ERRCODE = '42501';
      END IF;
      RETURN NEW;
    END $$;
    ALTER FUNCTION guard_transition() OWNER TO ioms_owner;
    REVOKE ALL ON FUNCTION guard_transition() FROM PUBLIC;
    CREATE TRIGGER cases_transition_guard BEFORE INSERT OR UPDATE ON cases
      FOR EACH ROW EXECUTE FUNCTION guard_transition();
    CREATE FUNCTION guard_confirmed_plan() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp AS $$
    BEGIN
      -- A supervisor corrects it with a reason, and redacts what it says of somebody else.
      IF my_role() IS DISTINCT FROM 'supervisor' AND my_role() IS NOT NULL
         AND (coalesce(OLD.kind = 'TRANSITION', false) OR coalesce(NEW.kind = 'TRANSITION', false))
         AND EXISTS (
           SELECT FROM cases c
           WHERE c.case_ref = coalesce(NEW.case_ref, OLD.case_ref) AND c.transition_confirmed_on IS NOT NULL
         ) THEN
        RAISE EXCEPTION 'permission denied: a plan that was confirmed stays as it is' USING ERRCODE = '42501';
      END IF;
      RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    ALTER FUNCTION guard_confirmed_plan() OWNER TO ioms_owner;
    REVOKE ALL ON FUNCTION guard_confirmed_plan() FROM PUBLIC;
    CREATE TRIGGER exits_plan_guard BEFORE INSERT OR UPDATE OR DELETE ON exits
      FOR EACH ROW EXECUTE FUNCTION guard_confirmed_plan();
"""
COLUMNS = {
    "transition_proposed_on:date": "transition_proposed_on",
    "transition_proposed_by": "transition_proposed_by",
    "transition_confirmed_on:date": "transition_confirmed_on",
    "transition_confirmed_by": "transition_confirmed_by",
}


def upgrade() -> None:
    for column in COLUMNS:
        op.add_record_column("cases", column, add=ALL)
    if op.get_context().dialect.name == "postgresql":
        _execute(GUARD)
        _edit_guard(STEPPING, f"{TRANSITION}, {STEPPING}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _edit_guard(f"{TRANSITION}, {STEPPING}", STEPPING)
        _execute("DROP TRIGGER exits_plan_guard ON exits; DROP FUNCTION guard_confirmed_plan()")
        _execute("DROP TRIGGER cases_transition_guard ON cases; DROP FUNCTION guard_transition()")
    for name in reversed(COLUMNS.values()):
        op.drop_record_column("cases", name)


def _edit_guard(old: str, new: str) -> None:
    """Change what every role that takes a case further may write beside its status."""
    defined = op.get_bind().exec_driver_sql("SELECT pg_get_functiondef('guard_case()'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError("guard_case()")
    _execute(defined.replace(old, new))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
