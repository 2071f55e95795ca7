"""Is the database whole? Its pages, its schema, its links, its search words."""

from dataclasses import dataclass

from sqlalchemy import func, inspect, select, text

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record_types import NOUNS, WORKING
from ioms_desktop.storage.audit.sealing import newest_fault
from ioms_desktop.storage.engine import HEAD, noted_schema
from ioms_desktop.storage.postgres.server_checks import for_trying, server_faults, server_warnings
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be, in words."""

    what: str


def check_store(reading: Reading) -> tuple[tuple[str, ...], tuple[Fault, ...]]:
    """Look at everything that can be proved.

    Returns:
        What was looked at, in words, and what is wrong.
    """
    reading.patiently()
    checked: list[str] = []
    faults: list[Fault] = []
    server = reading.connection.dialect.name == "postgresql"
    for look, what in (
        (_server, "how the server is set up") if server else (_pages, "every page of the file"),
        (_schema, "every table and column"),
        (_version, "the migrations' own note of the schema"),
        (_links, "every link between records"),
        (_revisions, "every record's number of saves"),
        (_words, "every person's search words"),
        (_seal, "the newest seal of the audit"),
    ):
        faults.extend(look(reading))
        checked.append(what)
    return tuple(checked), tuple(faults)


def _pages(reading: Reading) -> list[Fault]:
    # The first proves that nobody changed a page of an encrypted file, the second that the pages fit together.
    changed = reading.connection.execute(text("PRAGMA cipher_integrity_check")).scalars().all()
    if changed:
        return [Fault(f"The file is damaged: {line}.") for line in changed[:20]]
    said = reading.connection.execute(text("PRAGMA integrity_check(20)")).scalars().all()
    return [] if said == ["ok"] else [Fault(f"The file is damaged: {line}.") for line in said]


def _server(reading: Reading) -> list[Fault]:
    connection = reading.connection
    if for_trying(connection):
        return []
    return [Fault(what) for what in (*server_faults(connection), *server_warnings(connection))]


def _schema(reading: Reading) -> list[Fault]:
    inspector = inspect(reading.connection)
    present = set(inspector.get_table_names())
    faults = [Fault(f"The table {name} is missing.") for name in tables.metadata.tables if name not in present]
    for name, table in tables.metadata.tables.items():
        if name in present:
            there = {column["name"] for column in inspector.get_columns(name)}
            faults += [Fault(f"{name} lacks the column {c.name}.") for c in table.columns if c.name not in there]
    return faults


def _version(reading: Reading) -> list[Fault]:
    """The migrations keep their own note of the schema, beside the program's."""
    noted = noted_schema(reading.connection)
    if noted == (HEAD,):
        return []
    found = " and ".join(noted) or "none"
    return [Fault(f"The note of the migrations says schema {found}, and the database is at {HEAD}.")]


def _seal(reading: Reading) -> list[Fault]:
    present = set(inspect(reading.connection).get_table_names())
    if not {tables.audit.name, tables.seal.name} <= present:
        return []  # said to be missing already
    fault = newest_fault(reading)
    return [Fault(fault.reason)] if fault else []


def _links(reading: Reading) -> list[Fault]:
    faults = []
    for table in tables.metadata.tables.values():
        for link in table.foreign_keys:
            owner = link.column
            held = link.parent
            orphans = (
                select(func.count())
                .select_from(table.outerjoin(owner.table, held == owner))
                .where(held.is_not(None), owner.is_(None))
            )
            count = reading.connection.scalar(orphans) or 0
            if count:
                faults.append(Fault(f"{count} rows of {table.name} refer to {owner.table.name} that are not there."))
    return faults


def _revisions(reading: Reading) -> list[Fault]:
    """A record saved n times has n - 1 former versions since the last removal of one with its number.

    A local file gives the number of a removed record to the next one, where it was the newest.
    """
    faults = []
    former = tables.former_version
    for noun in (*NOUNS, *WORKING):
        table = tables.table_of(noun)
        removed = (
            select(former.c.record_id, func.max(former.c.id).label("last"))
            .where(former.c.table_name == noun.table, former.c.ended == "DELETED")
            .group_by(former.c.record_id)
            .subquery()
        )
        kept = (
            select(former.c.record_id, func.count().label("kept"))
            .select_from(former.outerjoin(removed, removed.c.record_id == former.c.record_id))
            .where(former.c.table_name == noun.table, former.c.id > func.coalesce(removed.c.last, 0))
            .group_by(former.c.record_id)
            .subquery()
        )
        wrong = (
            select(func.count())
            .select_from(table.outerjoin(kept, kept.c.record_id == table.c.id))
            .where(table.c.revision - 1 != func.coalesce(kept.c.kept, 0))
        )
        count = reading.connection.scalar(wrong) or 0
        if count:
            faults.append(Fault(f"{count} rows of {noun.table} lack former versions."))
    return faults


def _words(reading: Reading) -> list[Fault]:
    people, keys = tables.table_of(Person), tables.search_key
    unfound = select(func.count()).where(people.c.person_ref.not_in(select(keys.c.person_ref)))
    count = reading.connection.scalar(unfound) or 0
    return [Fault(f"{count} people have no search words.")] if count else []
