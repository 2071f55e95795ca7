"""Checks of a server's settings before it may hold records; each fault is a sentence that says what to set."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, select, text

from ioms_desktop.domain.dates.instants import CLOCK_TOLERANCE
from ioms_desktop.domain.errors import UnsafeDatabase
from ioms_desktop.storage.schema.tables import meta

TRIAL_META_KEY = "trial"
"""The key in the table `meta` of a trial database, which may be on a server with any settings."""
MIN_SERVER_VERSION_NUM = 150000
_MUST_BE_ON = {
    "fsync": "a power cut could lose or damage what was saved. Set fsync = on in postgresql.conf and reload.",
    "full_page_writes": (
        "a power cut could leave half-written pages. Set full_page_writes = on in postgresql.conf and reload."
    ),
    "data_checksums": (
        "damage on its disk would go unseen. Stop the server and run pg_checksums --enable on its data folder."
    ),
}
_NOT_ENCRYPTED = (
    "The connection is not encrypted. Set ssl = on with a certificate in postgresql.conf, write hostssl for host in "
    "pg_hba.conf and connect with sslmode=verify-full."
)
_PLANS_LOGGED = (
    "debug_print_plan is on: the log would hold the plans of statements, with the values that were asked for. Whoever "
    "works with psql reads no records. Set debug_print_plan = off in postgresql.conf, and by ALTER DATABASE where it "
    "is set for the database."
)
_SET_FOR_ALL = text("""
SELECT split_part(its, '=', 2)::boolean FROM pg_catalog.pg_db_role_setting AS s, unnest(s.setconfig) AS its
WHERE s.setrole = 0 AND lower(its) ~ '^debug_print_plan='
  AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
ORDER BY s.setdatabase
""")
_SET_IN_FILES = text(
    "SELECT setting::boolean FROM pg_catalog.pg_file_settings WHERE applied AND name = 'debug_print_plan'"
)
SHOWN_NAMES = 3
"""How many of the views and functions that everybody sees are named."""
_RUN_STATISTICS = "Have a superuser run migrations/sql/0089_statistics.sql on this database."
_RUN_LOGINS = "Have a superuser run migrations/sql/0100_logins.sql on this database."
_SHOWN_TO_ALL = text(r"""
SELECT c.oid::regclass::text AS name FROM pg_catalog.pg_class AS c
WHERE c.relkind = 'v' AND has_table_privilege('public', c.oid, 'SELECT')
  AND (c.relnamespace = 'pg_catalog'::regnamespace AND c.relname ~ '^pg_(stat(io)?_|locks$)'
    AND c.relname NOT IN ('pg_stat_activity', 'pg_stat_ssl', 'pg_stat_gssapi', 'pg_stat_archiver')
    OR c.relname = 'pg_stat_statements')
UNION ALL
SELECT p.proname || '()' FROM pg_catalog.pg_proc AS p
WHERE has_function_privilege('public', p.oid, 'EXECUTE')
  AND (p.pronamespace = 'pg_catalog'::regnamespace AND (
      p.proname ~ '^pg_stat_get_' AND p.proname !~ '^pg_stat_get_(activity|archiver|backend_)'
      OR p.proname IN ('pg_lock_status', 'pg_stat_get_backend_io', 'pg_stat_get_backend_wal'))
    OR p.proname = 'pg_stat_statements')
ORDER BY name
""")
"""What migrations/sql/0089_statistics.sql keeps to the server's keepers, where everybody sees it."""
_KEPT_BY_OTHERS = text("""
SELECT u.name FROM users AS u JOIN pg_catalog.pg_roles AS r ON r.rolname = u.name
WHERE current_setting('server_version_num')::integer >= 160000 AND NOT r.rolsuper AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_auth_members AS m
  WHERE m.roleid = r.oid AND m.member = 'ioms_accounts'::regrole AND m.admin_option)
ORDER BY u.name
""")
"""The logins that migrations/sql/0100_logins.sql gives to the program to look after, where it may not."""
_WITHOUT_REFUSAL = text("""
SELECT count(*) FROM pg_catalog.pg_policy AS too WHERE too.polname = 'unexplained_too' AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_policy AS refuses
  WHERE refuses.polrelid = too.polrelid AND refuses.polname = 'unexplained')
""")
_SETTING_NAMES = (*_MUST_BE_ON, "synchronous_commit", "password_encryption", "server_encoding", "server_version_num")


def server_faults(connection: Connection) -> tuple[str, ...]:
    """List the settings that forbid keeping records on a server; none if it is set up properly.

    Args:
        connection: To the database, as any user; no special right is needed.
    """
    query = text("SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY(:names)")
    settings = {row.name: row.setting for row in connection.execute(query, {"names": list(_SETTING_NAMES)})}
    return (
        *_version_faults(settings),
        *_encryption_faults(connection),
        *_setting_faults(settings),
        *_refusing_faults(connection),
    )


def _version_faults(settings: Mapping[str, str]) -> tuple[str, ...]:
    if int(settings["server_version_num"]) >= MIN_SERVER_VERSION_NUM:
        return ()
    return (f"The server is older than PostgreSQL {MIN_SERVER_VERSION_NUM // 10000}; upgrade it.",)


def _encryption_faults(connection: Connection) -> tuple[str, ...]:
    """Find whether others on the network could read this connection; a Unix socket never leaves the machine."""
    query = text(
        "SELECT inet_client_addr() IS NULL"
        " OR coalesce((SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid()), false)"
        " OR coalesce((SELECT encrypted FROM pg_catalog.pg_stat_gssapi WHERE pid = pg_backend_pid()), false)"
    )
    return () if connection.scalar(query) else (_NOT_ENCRYPTED,)


def _setting_faults(settings: Mapping[str, str]) -> tuple[str, ...]:
    faults = [f"{name} is off: {words}" for name, words in _MUST_BE_ON.items() if settings[name] != "on"]
    if settings["synchronous_commit"] == "off":
        faults.append(
            "synchronous_commit is off: what was said to be saved could be lost. Set synchronous_commit = on in "
            "postgresql.conf and reload."
        )
    if settings["password_encryption"] != "scram-sha-256":
        faults.append(
            "Passwords would be kept in a form that can be guessed from. Set password_encryption = 'scram-sha-256' in "
            "postgresql.conf, reload, and set every password again."
        )
    if settings["server_encoding"] != "UTF8":
        faults.append(
            f"The database keeps text as {settings['server_encoding']}, which has no room for every name. Create it "
            "anew with ENCODING 'UTF8' TEMPLATE template0."
        )
    return tuple(faults)


def _refusing_faults(connection: Connection) -> tuple[str, ...]:
    """Find whether plans are logged, with which the server refuses to read records (`refuse_explain`).

    The program overrules that in its own sessions, so that it is looked for where it is set: for a database or
    everybody, and in the files of the server as far as they are shown to whoever asks.
    """
    shown = connection.scalar(text("SELECT has_table_privilege('pg_catalog.pg_file_settings', 'SELECT')"))
    queries = [_SET_IN_FILES, _SET_FOR_ALL] if shown else [_SET_FOR_ALL]
    found = [is_on for query in queries for is_on in connection.execute(query).scalars()]
    return (_PLANS_LOGGED,) if found and found[-1] else ()


def server_warnings(connection: Connection, now: datetime | None = None) -> tuple[str, ...]:
    """List what should be put right but forbids nothing.

    Args:
        connection: To the database.
        now: The time on this machine, in UTC; None for the present.
    """
    return (*_clock_warnings(connection, now), *_archive_warnings(connection), *_counter_warnings(connection))


def _clock_warnings(connection: Connection, now: datetime | None) -> tuple[str, ...]:
    there: datetime = connection.scalar(text("SELECT clock_timestamp()")) or datetime.now(UTC)
    apart = abs(there - (now or datetime.now(UTC)))
    if apart <= CLOCK_TOLERANCE:
        return ()
    words = (
        f"The clocks of this computer and of the server are {int(apart.total_seconds() // 60)} minutes apart. The "
        "server dates what is saved, and this computer counts what is due; set both clocks by the network."
    )
    return (words,)


def _archive_warnings(connection: Connection) -> tuple[str, ...]:
    """Find whether the server failed to archive its newest WAL segment; the age of the copies cannot be queried."""
    query = text("SELECT last_failed_time > coalesce(last_archived_time, '-infinity') FROM pg_catalog.pg_stat_archiver")
    if not connection.scalar(query):
        return ()
    words = (
        "The server could not keep the newest piece of its log: what was saved since is on its own disks alone. Look "
        "at archive_command and at the room where the pieces go; deploy/README.md, section 8."
    )
    return (words,)


def _counter_warnings(connection: Connection) -> tuple[str, ...]:
    """Find whether everybody sees what statements cost or locked: as after an upgrade, or with an extension."""
    shown = connection.execute(_SHOWN_TO_ALL).scalars().all() if _is_of_this_program(connection) else []
    if not shown:
        return ()
    named = ", ".join(shown[:SHOWN_NAMES]) + (f" and {len(shown) - SHOWN_NAMES} more" if shown[SHOWN_NAMES:] else "")
    words = (
        "The server lets everybody see how many rows and pages each statement read or what it locked, and so what was "
        f"kept from whoever sent it: {named}. {_RUN_STATISTICS}"
    )
    return (words,)


def missing_rights(connection: Connection) -> tuple[str, ...]:
    """List what the program's own roles lack since the server was upgraded or another database took it away."""
    if not _is_of_this_program(connection):
        return ()
    faults = []
    if not connection.scalar(text("SELECT pg_has_role('ioms_accounts', 'pg_read_all_stats', 'USAGE')")):
        faults.append(f"Nobody who is held up is told by whom: a right of ioms_accounts is missing. {_RUN_STATISTICS}")
    if kept := connection.execute(_KEPT_BY_OTHERS).scalars().all():
        faults.append(
            "Nobody can disable these logins, let them run out or give them a new password, as the server does not let "
            f"the program look after them: {', '.join(kept)}. {_RUN_LOGINS}"
        )
    return tuple(faults)


def missing_policies(connection: Connection) -> tuple[str, ...]:
    """Find whether tables tell query plans to whoever reads them: a restore may have lost what refuses that."""
    bare = connection.scalar(_WITHOUT_REFUSAL) or 0
    if not bare:
        return ()
    words = (
        f"{'One table has' if bare == 1 else f'{bare} tables have'} lost the policy that refuses query plans, which "
        "tell of what is kept from whoever asks. The database was not restored whole: restore the copy again, and read "
        "what the server reports as it does so."
    )
    return (words,)


def _is_of_this_program(connection: Connection) -> bool:
    """Whether the database has been brought to the schema that keeps counters, locks and holders to a few."""
    return connection.scalar(text("SELECT to_regprocedure('sealing_held_up_by()') IS NOT NULL")) or False


def refuse_unsafe_server(connection: Connection, consequence: str) -> None:
    """Refuse a server that is not set up to hold records.

    Args:
        connection: To the database.
        consequence: What was not done, as a sentence.

    Raises:
        Refused: It names every fault at once, so that all can be put right together.
    """
    faults = server_faults(connection)
    if faults:
        raise UnsafeDatabase(f"This server is not ready to hold records. {consequence} {' '.join(faults)}")


def is_trial(connection: Connection) -> bool:
    """Whether this is a trial database, so that its server may have any settings."""
    return connection.scalar(select(meta.c.value).where(meta.c.name == TRIAL_META_KEY)) == "yes"


def extend_timeouts(connection: Connection) -> None:
    """Allow this transaction ten minutes instead of seconds: a migration, an import, reading all cases."""
    for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(text(f"SET LOCAL {name} = '10min'"))
