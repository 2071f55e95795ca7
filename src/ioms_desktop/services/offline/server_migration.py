"""Moving a local file into an empty shared database with all its history, by the server's database owner."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.audit.evidence import PROMOTION_OBJECT_TYPE
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import DatabaseInUse, NotAllowed, WrongDatabase, WrongDatabaseKind
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.text_format import capitalise, pluralise
from ioms_desktop.services.audit.audit import try_seal_audit
from ioms_desktop.services.session import Session, utc_now
from ioms_desktop.services.sign_in.sign_in import workstation_name
from ioms_desktop.storage.audit import imported_audit
from ioms_desktop.storage.bulk.write import log_people
from ioms_desktop.storage.database import demo_marker
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.offline import server_copy
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext, Rollback

NOT_OWNER_MESSAGE = (
    "Only the owner of the database on the server can take a file over with its history. Nothing was written; give "
    "the address with which the database was created, or sign in by name to import what is in the file."
)
DATABASE_IN_USE_MESSAGE = (
    "This database is in use, so a file cannot be moved into it. Nothing was written; sign in by name as a supervisor "
    "to import what is in the file; you will be asked about what differs."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerMigrationResult:
    """The result of moving a file to a server.

    Attributes:
        counts: How many rows, by table.
        users_to_invite: Names and roles of those who worked on the file; each needs a login and a password of their
            own.
        audit_entries: How many entries of the file's audit are kept beside the server's own.
        written: Whether it was written.
        sentence: What was done, and what to do.
    """

    counts: Mapping[str, int]
    users_to_invite: tuple[tuple[str, str], ...]
    audit_entries: int
    written: bool
    sentence: str


def migrate_to_server(
    file: Session,
    location: str,
    *,
    dry_run: bool = False,
    clock: Callable[[], datetime] = utc_now,
    progress: ProgressCallback = no_progress,
) -> ServerMigrationResult:
    """Move a local file into an empty shared database: every record, former version, request, code list and policy.

    The server's audit says that they came, and by whom; the file's own is kept beside it under the file's number.

    Args:
        file: The file, opened by an administrator of it.
        location: The address with which the database was created.
        dry_run: See whether it can be done, and undo it.
        clock: What the time is, in UTC.
        progress: Called with the number of rows copied; the total is not known.

    Raises:
        NotAllowed: The user is not an administrator of the file, or the address is not that of the server's keeper.
        Refused: The database is in use, or the file was taken away itself.
    """
    file.require(Right.ADMINISTER)
    if file.checkout is not None:
        raise WrongDatabase(
            f"This file was taken offline from another database ({file.checkout.source}). Nothing was written; import "
            "it there."
        )
    if not is_shared(location):
        raise WrongDatabaseKind("A file is taken over into a shared database. Nothing was written; name its address.")
    store = open_store(location)
    try:
        _refuse_unready(store, file)
        if not dry_run:
            _log_disclosure(file, store)
        return _copy_records(file, store, clock(), dry_run=dry_run, progress=progress)
    finally:
        store.close()


def _refuse_unready(store: Store, file: Session) -> None:
    with store.read() as reading, file.store.read() as held:
        if not server_copy.may_set_provenance(reading):
            raise NotAllowed(NOT_OWNER_MESSAGE)
        if server_copy.has_held_records(reading):
            raise DatabaseInUse(DATABASE_IN_USE_MESSAGE)
        if demo_marker.is_demo(reading) and not demo_marker.is_demo(held):
            raise WrongDatabase(
                "This database is for fictional people and the file is not. Nothing was written; create another."
            )


def _log_disclosure(file: Session, store: Store) -> None:
    """Audit in the file that it is being moved, before it is, and seal its audit."""
    with store.read() as reading:
        target = database_id(reading)
    with file.store.begin(file.command_context(), "promote") as tx:
        log_people(tx, "DISCLOSURE", {"promoted_to": target})
    try_seal_audit(file)


def _copy_records(
    file: Session, store: Store, at: datetime, *, dry_run: bool, progress: ProgressCallback
) -> ServerMigrationResult:
    counts: dict[str, int] = {}
    entries = 0
    act = CommandContext(
        request="", user=file.user, role=file.role, at=at, workstation=workstation_name(), reason_text="taken over"
    )
    with file.store.read() as held:
        held.extend_timeouts()
        invited = tuple(server_copy.list_active_users(held))
        with store.begin(act, "promote") as tx:
            tx.extend_timeouts()
            counts = server_copy.copy_all_rows(held, tx, progress)
            kept = imported_audit.import_audit(held, tx)
            entries = kept.entries
            if demo_marker.is_demo(held) and not demo_marker.is_demo(tx):
                demo_marker.mark_as_demo(tx.connection)
            detail = kept.detail | {
                "records": counts,
                "invite": [list(each) for each in invited],
            }
            number = database_id(held)
            tx.log(
                "COMBINATION",
                object_type=PROMOTION_OBJECT_TYPE,
                object_ref=number,
                subject_ref=None,
                detail=detail,
            )
            if dry_run:
                raise Rollback
    return ServerMigrationResult(
        counts=counts,
        users_to_invite=invited,
        audit_entries=entries,
        written=not dry_run,
        sentence=_describe_migration(counts, entries, invited, dry_run=dry_run),
    )


def _describe_migration(
    counts: Mapping[str, int], entries: int, invited: tuple[tuple[str, str], ...], *, dry_run: bool
) -> str:
    cases = pluralise(counts.get("cases", 0), "case")
    if dry_run:
        return f"Nothing was written: this was a dry run. {capitalise(cases)} would be taken over."
    people = pluralise(len(invited), "person", "people")
    return (
        f"Taken over: {cases} with all their records, former versions and times. {entries:,} entries of the file's "
        f"audit are kept beside the server's own. {capitalise(people)} worked on the file: give each a "
        "login (user add). Keep the file until you have seen that everything is there; then delete it."
    )
