"""Keep who worked on a case over time, and let a co-ordinator say who takes over.

Whoever a case names now becomes the first holder of the role, from a day that nobody said. On a server the columns of a
case and its history of workers agree whenever somebody commits. An officer or a navigator names the first holder of a
role; who takes over from somebody is for a supervisor or a co-ordinator. None of it says who may know of a case.
"""

from alembic import op

revision = "0042"
down_revision = "0041"

COLUMNS = {
    "POLICE_OM": "police_om",
    "PROBATION_PRACTITIONER": "probation_practitioner",
    "NAVIGATOR": "navigator",
    "YJS_CASE_MANAGER": "yjs_case_manager",
    "SOCIAL_WORKER": "social_worker",
}
STEPPING = "'revision', 'recorded_at', 'recorded_by'"
NAMED = ", ".join(COLUMNS.values())
REPLACED = " OR ".join(
    f"(OLD.{name} IS NOT NULL AND NEW.{name} IS DISTINCT FROM OLD.{name})" for name in COLUMNS.values()
)
HOLDERS = ", ".join(f"('{role}', c.{name})" for role, name in COLUMNS.items())
SERVER = f"""
    CREATE FUNCTION guard_named_workers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp AS $$
    BEGIN
      IF ({REPLACED}) AND my_role() NOT IN ('supervisor', 'coordinator') THEN
        RAISE EXCEPTION 'permission denied: who takes over a case is for a supervisor or a co-ordinator'
          USING ERRCODE = '42501';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER cases_workers_guard BEFORE UPDATE OF {NAMED} ON cases
      FOR EACH ROW EXECUTE FUNCTION guard_named_workers();

    CREATE FUNCTION guard_case_worker() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp AS $$
    BEGIN
      IF my_role() IS NULL OR (my_role() = 'supervisor' AND book_open()) THEN
        RETURN NEW;
      END IF;
      IF TG_OP = 'UPDATE' THEN
        IF (NEW.case_ref, NEW.worker_role, NEW.case_worker_ref)
           IS DISTINCT FROM (OLD.case_ref, OLD.worker_role, OLD.case_worker_ref) THEN
          RAISE EXCEPTION 'permission denied: case and role of a worker stay' USING ERRCODE = '42501';
        END IF;
      ELSIF my_role() NOT IN ('supervisor', 'coordinator') AND (NEW.ended_on IS NOT NULL OR EXISTS (
        SELECT FROM case_workers w
        WHERE w.case_ref = NEW.case_ref AND w.worker_role = NEW.worker_role AND w.ended_on IS NULL
      )) THEN
        RAISE EXCEPTION 'permission denied: who takes over a case is for a supervisor or a co-ordinator'
          USING ERRCODE = '42501';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER case_workers_guard BEFORE INSERT OR UPDATE ON case_workers
      FOR EACH ROW EXECUTE FUNCTION guard_case_worker();

    CREATE FUNCTION workers_agree() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp AS $$
    DECLARE
      ref text := CASE WHEN TG_OP = 'DELETE' THEN OLD.case_ref ELSE NEW.case_ref END;
    BEGIN
      IF my_role() IS NOT NULL AND EXISTS (
        SELECT FROM cases c, LATERAL (VALUES {HOLDERS}) AS named (worker_role, worker)
        WHERE c.case_ref = ref AND ARRAY[named.worker::text] IS DISTINCT FROM coalesce((
          SELECT array_agg(w.worker::text) FROM case_workers w
          WHERE w.case_ref = ref AND w.worker_role = named.worker_role AND w.ended_on IS NULL
        ), ARRAY[NULL::text])
      ) THEN
        RAISE EXCEPTION 'permission denied: a case and its history name different workers' USING ERRCODE = '42501';
      END IF;
      RETURN NULL;
    END $$;
    -- For whoever disables an account: on how many cases somebody works, and on none of them which.
    CREATE FUNCTION cases_worked_on(names text[]) RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = public, pg_catalog, pg_temp AS $$
    BEGIN
      IF my_role() IS DISTINCT FROM 'administrator' AND NOT ioms_private.is_keeper() THEN
        RETURN 0;
      END IF;
      RETURN (
        SELECT count(DISTINCT w.case_ref) FROM case_workers w JOIN cases c ON c.case_ref = w.case_ref
        WHERE w.ended_on IS NULL AND (c.closed_on IS NULL OR c.closed_on > current_date)
          AND (lower(trim(w.worker)) IN (SELECT lower(trim(n)) FROM unnest(names) AS n) OR w.user_name = ANY (names)));
    END $$;
    CREATE CONSTRAINT TRIGGER cases_workers_agree AFTER INSERT OR UPDATE OF {NAMED} ON cases
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION workers_agree();
    CREATE CONSTRAINT TRIGGER case_workers_agree AFTER INSERT OR UPDATE OR DELETE ON case_workers
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION workers_agree();
"""
FUNCTIONS = ("guard_named_workers()", "guard_case_worker()", "workers_agree()", "cases_worked_on(text[])")
FILL = """
    INSERT INTO case_workers
      (case_worker_ref, case_ref, worker_role, worker, user_name, revision, recorded_at, recorded_by)
    SELECT 'CW-' || c.case_ref || '-{role}-1', c.case_ref, '{role}', c.{column},
      (SELECT min(u.name) FROM users AS u WHERE lower(u.name) = lower(trim(c.{column}))),
      1, c.recorded_at, c.recorded_by
    FROM cases AS c WHERE c.{column} IS NOT NULL ORDER BY c.case_ref
"""


def upgrade() -> None:
    op.create_record_table(
        "case_workers",
        "case_worker_ref:ref# case_ref:cases! worker_role! worker! user_name agency phone email started_on:date "
        "ended_on:date change_reason",
        add="officer navigator supervisor coordinator",
        change="supervisor coordinator",
        facts=True,
        withheld="phone email change_reason",
        free_text="change_reason",
    )
    server = op.get_context().dialect.name == "postgresql"
    if server:
        _execute("ALTER TABLE case_workers DISABLE TRIGGER USER")
    for role, column in COLUMNS.items():
        _execute(FILL.format(role=role, column=column))
    if server:
        _execute("ALTER TABLE case_workers ENABLE TRIGGER USER")
        _execute(SERVER)
        for name in FUNCTIONS:
            _execute(f"ALTER FUNCTION {name} OWNER TO ioms_owner; REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        _execute("GRANT EXECUTE ON FUNCTION cases_worked_on(text[]) TO ioms_people")
        _edit_guard(STEPPING, f"{STEPPING}, {_quoted()}")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        _edit_guard(f"{STEPPING}, {_quoted()}", STEPPING)
        _execute("DROP TRIGGER cases_workers_guard ON cases; DROP TRIGGER cases_workers_agree ON cases;")
    op.drop_record_table("case_workers")
    if op.get_context().dialect.name == "postgresql":
        _execute("; ".join(f"DROP FUNCTION {name}" for name in FUNCTIONS))


def _quoted() -> str:
    return ", ".join(f"'{name}'" for name in COLUMNS.values())


def _edit_guard(old: str, new: str) -> None:
    """Change what every role that takes a case further may write beside its status."""
    bound = op.get_bind()
    defined = bound.exec_driver_sql("SELECT pg_get_functiondef('guard_case()'::regprocedure)").scalar_one()
    if defined.count(old) != 1:
        raise RuntimeError("guard_case()")
    _execute(defined.replace(old, new))


def _execute(sql: str) -> None:
    """Run statements as they are: a percent sign or a colon in them is no parameter."""
    op.get_bind().connection.dbapi_connection.cursor().execute(sql)
