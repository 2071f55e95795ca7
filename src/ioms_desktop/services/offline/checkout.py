"""Checking cases out into an encrypted file for offline work, which is on record when it has its name."""

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.checkout import Checkout, redact_for_role
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import (
    CaseNotFound,
    CheckedOut,
    FileExists,
    FileNotFound,
    FileUnwritable,
    MissingValue,
    PastDate,
)
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.text_format import capitalise, format_day, iso_date, join_words, pluralise
from ioms_desktop.services.accounts.passwords import StrengthRequirement, refuse_weak_password
from ioms_desktop.services.case_access import may_know_those_named, refuse_under_break_glass
from ioms_desktop.services.commands import get_visible_case
from ioms_desktop.services.database.database_admin import NewUser, initialise_database
from ioms_desktop.services.reason_codes import refuse_training_reason, refuse_unknown_reason
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import log_unmade_file, put_on_record
from ioms_desktop.services.user_paths import without_password
from ioms_desktop.storage.bulk.write import log_people
from ioms_desktop.storage.database.demo_marker import is_demo
from ioms_desktop.storage.database.file_copy import part_file
from ioms_desktop.storage.offline import checkout
from ioms_desktop.storage.offline.checkout import RegisteredCheckout
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.sqlite.key_file import key_file_path
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext

__all__ = ["CheckOutCases", "CheckoutResult", "RegisteredCheckout", "check_out_cases", "list_open_checkouts"]

HASH_BLOCK_BYTES = 1 << 20
NESTED_CHECKOUT_MESSAGE = (
    "This is an offline file itself. Nothing was written; take cases offline from the main database."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutCases:
    """Which cases are checked out, where to, why and until when.

    Attributes:
        path: The new file.
        cases: The references.
        reason: Why, as a reason code.
        password: What the new file is opened with; never kept.
        until: The day by which it should be back, that day included; None for none.
        strength: What is asked of the password.
    """

    path: Path
    cases: tuple[str, ...]
    reason: str
    password: str
    until: date | None = None
    strength: StrengthRequirement = StrengthRequirement.FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutResult:
    """The result of checking cases out.

    Attributes:
        sentence: What was done, and what to do.
        recovery_code: The recovery code of the new file, said once.
        checkout: What the file says of itself.
        file_hash: The SHA-256 of the file as it was handed over.
        records: How many records are in it.
    """

    sentence: str
    recovery_code: str
    checkout: Checkout
    file_hash: str
    records: int


def check_out_cases(session: Session, entry: CheckOutCases) -> CheckoutResult:
    """Write cases, with all of them that the user may read, to a new encrypted file for that user only.

    What is read is read as the user: on a server each case is opened first, on record, and what their role may not
    read is never there to be written. The file is finished under a temporary name; it gets its own once the transaction
    that records the disclosure is committed.

    Raises:
        NotAllowed: The user may not take cases away, or sees one by break-glass access only.
        Missing: A case is not there for this user; nothing was taken.
        Refused: The reason, the day, the password or the place will not do; nothing was taken.
    """
    session.require(Right.CHECK_OUT)
    _check_request(session, entry)
    with session.store.read() as reading:
        refuse_training_reason(session, reading, entry.reason)
        closed = [ref for ref in entry.cases if not reading.open_case(ref, entry.reason, session.workstation)]
    if closed:
        raise CaseNotFound(
            f"There is no case {join_words(closed, 'or')} that you may open. Nothing was taken; check "
            "the reference or ask "
            "a supervisor."
        )
    mark = _describe_file(session, entry)
    with part_file(entry.path) as part:
        with session.store.read() as reading:
            reading.extend_timeouts()
            luggage = checkout.gather_checkout(
                reading, _get_cases(session, reading, entry), partial(_redact, session, reading)
            )
            code = _write_checkout_file(session, entry, part, mark, luggage, reading)
        file_hash = _hash_of(part)
        _hand_over(session, entry, part, mark, {"sha256": file_hash, "records": len(luggage.records)})
    return CheckoutResult(
        sentence=_describe_checkout(entry, len(luggage.records)),
        recovery_code=code,
        checkout=mark,
        file_hash=file_hash,
        records=len(luggage.records),
    )


def list_open_checkouts(session: Session) -> list[RegisteredCheckout]:
    """List open checkouts: the user's own, or everybody's for a supervisor; oldest first.

    Raises:
        NotAllowed: The user may not take cases away.
    """
    session.require(Right.CHECK_OUT)
    with session.store.read() as reading:
        return [each for each in checkout.list_checkouts(reading) if each.returned_at is None]


def _check_request(session: Session, entry: CheckOutCases) -> None:
    if session.checkout is not None:
        raise CheckedOut(NESTED_CHECKOUT_MESSAGE)
    if not entry.cases:
        raise MissingValue("No case is named. Nothing was taken; name those you need.", field="cases")
    refuse_unknown_reason(session, entry.reason, "working offline", "Nothing was taken")
    if entry.until is not None and entry.until < session.today():
        raise PastDate(
            f"{format_day(entry.until)} has passed. Nothing was taken; give the day by which the file is back.",
            field="until",
        )
    refuse_weak_password(entry.password, entry.strength, (session.user,))
    _refuse_place(entry.path)


def _refuse_place(path: Path) -> None:
    from ioms_desktop.storage.sqlite import key_file  # noqa: PLC0415 - only where a local file is made

    if is_shared(str(path)):
        raise MissingValue("Cases are taken offline in a file. Nothing was taken; name one.", field="path")
    if path.exists():
        raise FileExists(f"There is a file at {path} already. Nothing was taken; choose another name.", field="path")
    if not path.parent.is_dir():
        raise FileNotFound(f"There is no folder {path.parent}. Nothing was taken; choose another place.", field="path")
    key_file.refuse_existing_key_file(str(path))


def _describe_file(session: Session, entry: CheckOutCases) -> Checkout:
    with session.store.begin(replace(session.command_context(), request=""), "take_away") as tx:
        return Checkout(
            number=str(uuid4()),
            database_id=database_id(tx),
            source=_source_label(session),
            by=session.user,
            at=tx.command.at,
            until=entry.until,
            reason=entry.reason,
            cases=entry.cases,
        )


def _hand_over(
    session: Session, entry: CheckOutCases, part: Path, mark: Checkout, contents: dict[str, str | int]
) -> None:
    """Register a finished file and give it its name: its key file first, so that no database is without one."""
    act = session.command_context(reason_code=entry.reason)
    try:
        with (
            NewFiles() as new,
            put_on_record(session, new, act, "take_away", partial(_close, session, act, mark)) as tx,
        ):
            new.take_over(key_file_path(part), key_file_path(entry.path))
            new.take_over(part, entry.path)
            persons = {case.person_ref for case in _get_cases(session, tx, entry)}
            checkout.register_checkout(tx, mark)
            checkout.record_file_hash(tx, mark.number, str(contents["sha256"]))
            until = iso_date(entry.until)
            detail = {"take_away": mark.number, "file": entry.path.name, "cases": list(entry.cases), "until": until}
            log_people(tx, "DISCLOSURE", detail, persons)
            tx.log(
                "DISCLOSURE", object_type="take_away", object_ref=mark.number, subject_ref=None, detail=dict(contents)
            )
    except FileExistsError as there:
        raise FileExists(
            f"There is a file at {there.filename or entry.path} by now. It was left as it is, and nothing was taken; "
            "choose another name.",
            field="path",
        ) from there
    except OSError as failed:
        raise FileUnwritable(
            f"No file can be made at {entry.path}: {failed.strerror}. Nothing was taken; choose another place.",
            field="path",
        ) from failed


def _close(session: Session, act: CommandContext, mark: Checkout) -> None:
    """Put on record that a file was not made, so that nobody waits for its return."""
    with session.store.begin(replace(act, request=str(uuid4())), "file_not_made") as tx:
        checkout.record_return(tx, mark.number, {})
        log_unmade_file(tx, act, mark.number)


def _redact(session: Session, reading: Reading, record: Record) -> Record | None:
    """Return a record as the user may take it away; None where they may not know that it exists."""
    return redact_for_role(session.role, record) if may_know_those_named(session, reading, record) else None


def _get_cases(session: Session, reading: Reading, entry: CheckOutCases) -> list[Case]:
    cases = [get_visible_case(session, reading, ref, entry.reason) for ref in entry.cases]
    for case in cases:
        refuse_under_break_glass(session, reading, case.case_ref)
    hidden = [case.case_ref for case in cases if redact_for_role(session.role, case) is None]
    if hidden:
        raise CaseNotFound(
            f"There is no case {join_words(hidden, 'or')} that you may open. Nothing was taken; check "
            "the reference or ask "
            "a supervisor."
        )
    return cases


def _source_label(session: Session) -> str:
    location = without_password(session.store.location)
    return location.rsplit("@", 1)[-1].split("://", 1)[-1].split("?", 1)[0] if is_shared(location) else location


def _write_checkout_file(
    session: Session,
    entry: CheckOutCases,
    part: Path,
    mark: Checkout,
    contents: checkout.CheckoutContents,
    reading: Reading,
) -> str:
    """Write the file under its temporary name; a partial one is removed."""

    def fill(store: Store) -> None:
        with store.begin(session.command_context(reason_code=entry.reason), "take_away") as tx:
            checkout.fill_checkout_file(reading, tx, contents, mark)

    people = (NewUser(session.user, session.role, entry.password, session.names.all_of(session.user)[-1]),)
    return initialise_database(str(part), people, mark.at, fictional=is_demo(reading), fill=fill)


def _hash_of(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(HASH_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _describe_checkout(entry: CheckOutCases, records: int) -> str:
    back = "" if entry.until is None else f" by {format_day(entry.until)}"
    what = f"{pluralise(len(entry.cases), 'case')} with {pluralise(records, 'record')}"
    return (
        f"{capitalise(what)} taken offline in {entry.path}, encrypted and on record. Its key file lies beside it; keep "
        f"the two together. Import them again{back}, then delete them."
    )
