"""What a superuser, or the holder of a file's key, does to a sealed audit to hide something, with every trigger off.

Each takes the connection and the number of a disposal that emptied entries. Whoever forges also recomputes what can be
recomputed: the hash of the entry, the hash of the seal, the digest of a redaction.
"""

# ruff: noqa: S608 - statements with names and numbers of our own
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, text

from ioms_desktop.domain.audit.entries import AuditEntry, first_version_hash
from ioms_desktop.domain.audit.evidence import redactions_digest
from ioms_desktop.domain.audit.seals import Epoch, seal_hash
from ioms_desktop.storage.audit.sealing import audit_entries, epochs, redactions, seals
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from tampering import rebuild_seals, rehash, set_field

Manipulation = Callable[[Connection, str], None]
MANIPULATIONS: list[Manipulation] = []
LOOK = "kind = 'CONSULTATION' AND object_type = 'cases' AND object_ref = 'PHX-1'"
SECOND, FIRST = "salt IS NOT NULL", "salt IS NULL"


def manipulation(act: Manipulation) -> Manipulation:
    """List a manipulation."""
    MANIPULATIONS.append(act)
    return act


def _number(connection: Connection, where: str) -> int:
    """The first entry of which something is so."""
    number = connection.scalar(text(f"SELECT min(id) FROM audit WHERE {where}"))
    assert number is not None, where
    return int(number)


def _entry(connection: Connection, number: int) -> AuditEntry:
    return next(each for each in audit_entries(Reading(connection)) if each.fields[0] == str(number))


def _append(connection: Connection, **said: Any) -> int:  # noqa: ANN401 - of any column
    """Add an entry behind all others, with the hash that the program would give it."""
    number, mark = (connection.scalar(text(f"SELECT max({name}) + 1 FROM audit")) for name in ("id", "mark"))
    salt, at = "0123456789abcdef" * 4, connection.scalar(text("SELECT CAST(max(at) AS TEXT) FROM audit"))
    values = {"id": number, "mark": mark, "salt": salt, "kind": "ALTERATION", "actor": "holt", "actor_role": ""}
    values |= {"workstation": "", **said}
    names = ", ".join(f'"{name}"' for name in values)
    given = ", ".join(f":{name}" for name in values)
    moment = f"CAST('{at}' AS timestamptz)" if connection.dialect.name == "postgresql" else f"'{at}'"
    if "after" in values and connection.dialect.name == "postgresql":
        given = given.replace(":after", "CAST(:after AS json)")
    connection.execute(text(f"INSERT INTO audit (at, {names}) VALUES ({moment}, {given})"), values)
    rehash(connection, number or 0)
    return number or 0


def _changes(name: str, value: object, where: str = f"{LOOK} AND {SECOND}", *, hashed: bool) -> None:
    """List the change of one field of a sealed entry, with or without its hash."""

    def act(connection: Connection, _: str) -> None:
        number = _number(connection, where)
        set_field(connection, number, name, value)
        if not hashed:
            return
        entry = _entry(connection, number)
        fresh = first_version_hash(entry.fields) if entry.is_first_version else entry.present_hash
        set_field(connection, number, "row_hash", fresh)

    version = "of_version_1" if FIRST in where else "of_version_2"
    act.__name__ = f"change_{name}_{version}_{'and_its_hash' if hashed else 'alone'}"
    manipulation(act)


for _name, _value in (
    ("actor", "nobody"),
    ("actor_role", "auditor"),
    ("workstation", "elsewhere"),
    ("object_type", "people"),
    ("object_ref", "IOM-1"),
    ("subject_ref", "P-XX"),
    ("reason_code", "COURT"),
    ("reason_text", "a reason"),
    ("recipient", "a court"),
    ("request", "another"),
    ("kind", "DISCLOSURE"),
    ("after", '{"denied": true}'),
    ("at", "2026-01-01 09:00:00.000000"),
    ("salt", "0" * 64),
):
    _changes(_name, _value, hashed=_name != "salt")
_changes("actor", "nobody", hashed=False)
_changes("actor", "nobody", f"{LOOK} AND {FIRST}", hashed=True)
_changes("object_ref", "IOM-1", f"{LOOK} AND {FIRST}", hashed=True)


@manipulation
def delete_an_entry(connection: Connection, _: str) -> None:
    connection.execute(text(f"DELETE FROM audit WHERE id = {_number(connection, LOOK)}"))


@manipulation
def swap_two_entries(connection: Connection, _: str) -> None:
    one, other = _number(connection, LOOK), _number(connection, "object_ref = 'quick_search'")
    for name in ("object_ref", "row_hash"):
        first, second = (connection.scalar(text(f"SELECT {name} FROM audit WHERE id = {n}")) for n in (one, other))
        set_field(connection, one, name, second)
        set_field(connection, other, name, first)


@manipulation
def repeat_an_entry(connection: Connection, _: str) -> None:
    number = _number(connection, f"{LOOK} AND {SECOND}")
    names = "at, mark, kind, actor, actor_role, workstation, object_type, object_ref, subject_ref, salt, row_hash"
    copied = f"SELECT (SELECT max(id) + 1 FROM audit), {names} FROM audit WHERE id = {number}"
    connection.execute(text(f"INSERT INTO audit (id, {names}) {copied}"))
    rehash(connection, connection.scalar(text("SELECT max(id) FROM audit")) or 0)


@manipulation
def move_an_entry_behind_another(connection: Connection, _: str) -> None:
    number = _number(connection, f"{LOOK} AND {SECOND}")
    set_field(connection, number, "mark", connection.scalar(text("SELECT max(mark) FROM audit")))
    rehash(connection, number)


@manipulation
def add_an_entry_of_version_1(connection: Connection, _: str) -> None:
    number = _append(connection, object_type="cases", object_ref="IOM-1", kind="CONSULTATION")
    set_field(connection, number, "salt", None)
    set_field(connection, number, "row_hash", first_version_hash(_entry(connection, number).fields))


@manipulation
def begin_version_2_anew(connection: Connection, _: str) -> None:
    _append(connection, object_type="audit", object_ref="version 2", after='{"entries": 0, "root": ""}')


def _reseal(connection: Connection, n: str, **changed: Any) -> None:  # noqa: ANN401 - of any column
    """Change a seal, with its own hash."""
    reading = Reading(connection)
    number = connection.scalar(text(f"SELECT {n} FROM seal"))
    made = next(each for each in seals(reading) if each.n == number)
    made = replace(made, **changed)
    for name, value in changed.items():
        connection.execute(text(f"UPDATE seal SET {name} = :value WHERE n = {made.n}"), {"value": value})
    hashed = seal_hash(made, database_id(reading))
    connection.execute(text(f"UPDATE seal SET hash = :hash WHERE n = {made.n}"), {"hash": hashed})


@manipulation
def change_the_hash_of_a_seal(connection: Connection, _: str) -> None:
    connection.execute(text("UPDATE seal SET hash = prev WHERE n = 2"))


@manipulation
def count_one_entry_less_in_a_seal(connection: Connection, _: str) -> None:
    _reseal(connection, "max(n)", rows=1)


@manipulation
def let_a_seal_follow_another(connection: Connection, _: str) -> None:
    _reseal(connection, "max(n)", prev="0" * 64)


@manipulation
def date_the_last_seal_back(connection: Connection, _: str) -> None:
    connection.execute(text("UPDATE seal SET at = (SELECT at FROM seal WHERE n = 1) WHERE n > 1"))


@manipulation
def let_the_last_seal_cover_no_epoch(connection: Connection, _: str) -> None:
    _reseal(connection, "max(n)", epochs=None)


@manipulation
def take_a_seal_away(connection: Connection, _: str) -> None:
    connection.execute(text("DELETE FROM seal WHERE n = 2"))


@manipulation
def take_the_last_seal_away(connection: Connection, _: str) -> None:
    connection.execute(text("DELETE FROM seal WHERE n = (SELECT max(n) FROM seal)"))


@manipulation
def cut_the_end_off(connection: Connection, _: str) -> None:
    connection.execute(text("DELETE FROM audit WHERE mark >= (SELECT max(from_mark) FROM seal)"))
    take_the_last_seal_away(connection, _)


@manipulation
def write_the_whole_anew(connection: Connection, _: str) -> None:
    set_field(connection, number := _number(connection, f"{LOOK} AND {SECOND}"), "actor", "nobody")
    rehash(connection, number)
    rebuild_seals(connection)


@manipulation
def give_the_database_another_number(connection: Connection, _: str) -> None:
    connection.execute(text("UPDATE meta SET value = 'another' WHERE name = 'database_id'"))


def _redact(connection: Connection, number: int, name: str, value: object) -> None:
    """Change an emptied entry, say that the disposal left it so, and put that on record."""
    set_field(connection, number, name, value)
    entry = _entry(connection, number)
    was = entry.redaction
    assert was is not None
    kept = first_version_hash(entry.fields) if was.about_hash is None else entry.present_hash
    connection.execute(text(f"UPDATE redaction SET kept_hash = '{kept}' WHERE entry = {number}"))
    _put_on_record(connection, was.disposal_ref)


def _put_on_record(connection: Connection, disposal: str) -> None:
    """Let the entry that lists what a disposal emptied say what the redactions say now."""
    found = [each for each in redactions(Reading(connection)) if each.disposal_ref == disposal]
    where = f"object_type = 'redaction' AND subject_ref = '{disposal}'"
    set_field(connection, number := _number(connection, where), "object_ref", redactions_digest(disposal, found))
    entry = _entry(connection, number)
    fresh = first_version_hash(entry.fields) if entry.is_first_version else entry.present_hash
    set_field(connection, number, "row_hash", fresh)


def _emptied(connection: Connection, disposal: str, where: str) -> int:
    return _number(connection, f"id IN (SELECT entry FROM redaction WHERE disposal_ref = '{disposal}') AND {where}")


@manipulation
def put_an_emptied_entry_into_another_name(connection: Connection, disposal: str) -> None:
    _redact(connection, _emptied(connection, disposal, SECOND), "actor", "nobody")


@manipulation
def put_an_emptied_entry_of_version_1_into_another_name(connection: Connection, disposal: str) -> None:
    _redact(connection, _emptied(connection, disposal, FIRST), "actor", "nobody")


@manipulation
def put_an_entry_emptied_under_version_1_into_another_name(connection: Connection, _: str) -> None:
    _redact(connection, _emptied(connection, "DS-OLD", FIRST), "actor", "nobody")


@manipulation
def put_an_emptied_entry_about_another_case(connection: Connection, disposal: str) -> None:
    _redact(connection, _emptied(connection, disposal, SECOND), "object_ref", "PHX-1")


@manipulation
def name_a_recipient_in_an_emptied_entry(connection: Connection, disposal: str) -> None:
    _redact(connection, _emptied(connection, disposal, "object_type = 'search'"), "recipient", "a court")


@manipulation
def change_the_words_that_a_disposal_left(connection: Connection, disposal: str) -> None:
    _redact(
        connection, _emptied(connection, disposal, f"{SECOND} AND object_type = 'search'"), "after", '{"query": "x"}'
    )


@manipulation
def forget_that_an_entry_was_emptied(connection: Connection, disposal: str) -> None:
    connection.execute(text(f"DELETE FROM redaction WHERE entry = {_emptied(connection, disposal, SECOND)}"))
    _put_on_record(connection, disposal)


def _empty_by_hand(connection: Connection, disposal: str) -> None:
    """Empty an entry as a disposal would, and list it under its number."""
    number = _number(connection, f"{LOOK} AND {SECOND}")
    was = _entry(connection, number)
    statement = "UPDATE audit SET object_ref = :ref, subject_ref = NULL, after = NULL, salt = '' WHERE id = :id"
    connection.execute(text(statement), {"ref": f"{disposal}/9", "id": number})
    values = {"entry": number, "ref": disposal, "kept": _entry(connection, number).present_hash}
    values |= {"about": was.about_hash, "words": was.words_hash}
    insertion = (
        "INSERT INTO redaction (id, entry, disposal_ref, kept_hash, about_hash, words_hash) "
        "VALUES (9999, :entry, :ref, :kept, :about, :words)"
    )
    connection.execute(text(insertion), values)


def _list_emptied(connection: Connection, disposal: str, actor: str) -> None:
    found = [each for each in redactions(Reading(connection)) if each.disposal_ref == disposal]
    digest = redactions_digest(disposal, found)
    _append(connection, kind="ERASURE", object_type="redaction", object_ref=digest, subject_ref=disposal, actor=actor)


@manipulation
def empty_an_entry_without_a_disposal(connection: Connection, _: str) -> None:
    _empty_by_hand(connection, "DS-FORGED")
    _list_emptied(connection, "DS-FORGED", "holt")


@manipulation
def empty_an_entry_under_a_disposal_that_is_over(connection: Connection, disposal: str) -> None:
    _empty_by_hand(connection, disposal)
    _list_emptied(connection, disposal, "holt")


def _certify(connection: Connection, proposer: str, authoriser: str, *, proposed: bool) -> None:
    ref = "DS-FORGED"
    told = json.dumps({"proposed_by": proposer, "authorised_by": authoriser})
    if proposed:
        _append(connection, object_type="disposal", object_ref=f"{ref}/1", subject_ref=ref, actor=proposer)
    _empty_by_hand(connection, ref)
    _list_emptied(connection, ref, authoriser)
    of = {"object_type": "disposal", "object_ref": ref, "subject_ref": ref}
    _append(connection, kind="ERASURE", **of, actor=authoriser, after=told)


@manipulation
def empty_an_entry_by_a_disposal_of_one(connection: Connection, _: str) -> None:
    _certify(connection, "holt", "holt", proposed=True)


@manipulation
def empty_an_entry_by_a_disposal_that_nobody_proposed(connection: Connection, _: str) -> None:
    _certify(connection, "wright", "holt", proposed=False)


@manipulation
def empty_an_entry_by_two_who_were_written_at_once(connection: Connection, _: str) -> None:
    _certify(connection, "wright", "holt", proposed=True)


@manipulation
def change_the_base_of_an_epoch(connection: Connection, _: str) -> None:
    connection.execute(text("UPDATE epoch SET base = 5 WHERE number = 1"))


@manipulation
def let_an_epoch_supersede_more(connection: Connection, _: str) -> None:
    head = connection.execute(text("SELECT n, hash FROM seal ORDER BY n DESC LIMIT 1")).one()
    connection.execute(text("UPDATE epoch SET superseded = :lost WHERE number = 3"), {"lost": f"{head.n}:{head.hash}"})


@manipulation
def let_an_epoch_of_version_1_supersede_every_seal(connection: Connection, _: str) -> None:
    connection.execute(text("UPDATE epoch SET superseded_from = 1, superseded_to = 2000000000 WHERE number = 2"))


@manipulation
def take_the_last_epoch_away(connection: Connection, _: str) -> None:
    connection.execute(text("DELETE FROM epoch WHERE number = 3"))


def open_epoch(connection: Connection, *, on_record: bool, lost: str, **changed: Any) -> None:  # noqa: ANN401 - of any column
    """Open an epoch behind the last, in one name."""
    last = epochs(Reading(connection))[-1]
    values = {"number": last.number + 1, "opened_by": "holt", "reason": "restored", "superseded": lost, **changed}
    made: Epoch = replace(last, proposed_by=None, superseded_from=None, superseded_to=None)
    made = replace(made, **values)
    names = [name for name in Epoch.__dataclass_fields__ if name != "opened_at"]
    said = {name: getattr(made, name) for name in names}
    copied = f"SELECT opened_at, {', '.join(f':{name}' for name in names)} FROM epoch WHERE number = {last.number}"
    connection.execute(text(f"INSERT INTO epoch (opened_at, {', '.join(names)}) {copied}"), said)
    if on_record:
        detail = json.dumps({"epoch": made.hash})
        _append(connection, object_type="audit", object_ref=f"epoch {made.number}", after=detail)


@manipulation
def open_an_epoch_that_supersedes_every_number(connection: Connection, _: str) -> None:
    open_epoch(connection, on_record=False, lost="", superseded_from=1, superseded_to=2_000_000_000)


@manipulation
def supersede_a_seal_of_the_chain_by_a_forged_epoch(connection: Connection, _: str) -> None:
    head = connection.execute(text("SELECT n, hash FROM seal ORDER BY n DESC LIMIT 1")).one()
    open_epoch(connection, on_record=True, lost=f"{head.n}:{head.hash}")


@manipulation
def cut_the_end_off_and_supersede_it_by_a_forged_epoch(connection: Connection, _: str) -> None:
    """In two names, all on record: nobody but the auditor, who holds the anchor, can tell that there was no restore."""
    head = connection.execute(text("SELECT n, hash FROM seal ORDER BY n DESC LIMIT 1")).one()
    cut_the_end_off(connection, _)
    lost = f"{head.n}:{head.hash}"
    number = epochs(Reading(connection))[-1].number + 1
    detail = json.dumps({"superseded": lost})
    of = {"object_type": "audit", "object_ref": f"epoch {number} proposed"}
    _append(connection, **of, actor="wright", after=detail)
    open_epoch(connection, on_record=True, lost=lost, proposed_by="wright")
