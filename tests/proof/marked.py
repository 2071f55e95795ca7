"""A person whose every field contains a unique mark, and the places that are searched for such marks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import insert

from ioms_desktop.domain.audit.evidence import PROMOTION_OBJECT_TYPE
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, INTERNAL_RECORD_TYPES
from ioms_desktop.storage.audit import imported_audit
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.documents import document_content, document_key
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext, Transaction

PERSON, CASE = "mrkperson", "mrkcase"
FIRST, LAST = date(2014, 3, 3), date(2015, 4, 4)
CLOSED = {"closed_on": LAST, "status": "DESELECTED", "close_reason": "SUSTAINED_REDUCTION", "programme": "IOM"}
PAGE, RESERVED, IV, FRAME, LOG_HEAD = 4096, 80, 16, 24, 32


class Marks:
    """Generates unique marks and records them."""

    def __init__(self) -> None:
        """Start with the marks of the references."""
        self.given = [PERSON, CASE]

    def next(self) -> str:
        """Return the next one: one word of letters, as a name may be."""
        number = len(self.given)
        self.given.append(f"mrk{chr(97 + number // 26)}{chr(97 + number % 26)}qzx")
        return self.given[-1]


def somebody(marks: Marks) -> Iterator[Record]:
    """Return a person with a closed case and a record of every kind, every text of each marked."""
    nouns: list[type[Record]] = [*EXCHANGE_RECORD_TYPES, *INTERNAL_RECORD_TYPES]
    for noun in nouns:
        fixed: dict[str, Any] = {"person_ref": PERSON, "case_ref": CASE}
        # What would have to name a record that is not there names none.
        fixed |= {column.name: None for column in columns_of(noun) if column.owner not in ("", "people", "cases")}
        fixed |= CLOSED if noun is Case else {}
        yield noun(**{c.name: fixed[c.name] if c.name in fixed else _value(c, marks) for c in columns_of(noun)})


def _value(column: Column, marks: Marks) -> Any:  # noqa: ANN401 - of any kind
    if column.kind in {ColumnKind.TEXT, ColumnKind.LONG_TEXT, ColumnKind.REF}:
        return marks.next()
    plain = {
        ColumnKind.DATE: FIRST,
        ColumnKind.DAY_TIME: DayTime(FIRST),
        ColumnKind.YES_NO: False,
        ColumnKind.WHOLE: 1,
        ColumnKind.NUMBER: "1",
    }
    return plain.get(column.kind, "OTHER")


def live_with(store: Store, marks: Marks, act: CommandContext, *, answered: bool = True) -> None:
    """Record, change, remove, search for and disclose a person's records: everything that leaves words behind."""
    stored: list[Record] = []
    with store.begin(replace(act, request="first")) as tx:
        stored.extend(tx.add(record) for record in somebody(marks))
        if answered:  # what is kept for a repeat stays where it was asked, and so does the content of a document
            _hold_content(tx, marks)
            tx.save_answer({"notice": marks.next(), "changed": [], "ref": "", "raised": []})
    with store.begin(replace(act, reason_text=marks.next())) as tx:
        for record in stored:
            long = next(
                (c.name for c in columns_of(type(record)) if c.kind in {ColumnKind.TEXT, ColumnKind.LONG_TEXT}), None
            )
            if long is not None and long not in type(record).key:
                tx.save(replace(record, **{long: marks.next()}))  # type: ignore[arg-type]  # a text by its field's name
            elif record.table in {"needs", "ratings"}:
                tx.remove(record, marks.next())
        tx.log(
            "DISCLOSURE",
            object_type="cases",
            object_ref=CASE,
            subject_ref=PERSON,
            recipient=marks.next(),
            detail={"print": marks.next()},
        )
    with store.begin(act) as tx:
        shown = {"query": marks.next(), "people": [PERSON, "P-JM"]}
        tx.log("CONSULTATION", object_type="search", object_ref="quick_search", subject_ref=None, detail=shown)
        tx.log("DISCLOSURE", object_type="people", object_ref="P-JM", subject_ref="P-JM", detail={"cases": [CASE]})


def _hold_content(tx: Transaction, marks: Marks) -> None:
    """Keep marks as the content and the key of a document: encrypted they would prove nothing."""
    (held,) = tx.list_records(Document, case_ref=CASE)
    whose = {"document_ref": held.document_ref, "case_ref": CASE}
    tx.connection.execute(insert(document_key), {**whose, "secret": marks.next().encode()})
    for number in (1, 2):
        tx.connection.execute(
            insert(document_content), {**whose, "number": number, "body": f"{marks.next()} ".encode() * 20_000}
        )


def bring(store: Store, file: Store, act: CommandContext) -> None:
    """Keep the audit of another file in which the same person was recorded, and note a case that was out with it."""
    with file.read() as reading, store.begin(act) as tx:
        kept = imported_audit.import_audit(reading, tx)
        number, detail = database_id(reading), {"entries": kept.entries}
        tx.log(
            "COMBINATION",
            object_type=PROMOTION_OBJECT_TYPE,
            object_ref=number,
            subject_ref=None,
            detail=detail,
        )
        away = {"number": "TA-1", "taken_by": "holt", "taken_at": act.at, "returned_at": act.at, "reason": "CASE_WORK"}
        settled = {"rag": {f"{CASE}/2014-03-03": 1}}
        tx.connection.execute(insert(tables.take_away).values(**away, cases=[CASE, "PHX-1"], settled=settled))


def found_in(content: bytes, marks: Iterable[str]) -> set[str]:
    """List the marks that some bytes contain, in upper or lower case."""
    # One search for all of them: they begin alike, and there are gigabytes to look through.
    wanted = "|".join(re.escape(mark) for mark in marks)
    return {mark.decode() for mark in re.findall(wanted.encode(), content.lower())} if wanted else set()


def pages(path: Path, key: bytes) -> bytes:
    """Decrypt every page of a local file, including unused pages, and every page of its log."""
    content = path.read_bytes()
    plain = [_page(content[start : start + PAGE], key, first=not start) for start in range(0, len(content), PAGE)]
    log = Path(f"{path}-wal")
    frames = log.read_bytes()[LOG_HEAD:] if log.exists() else b""
    for start in range(0, len(frames), FRAME + PAGE):
        number = int.from_bytes(frames[start : start + 4], "big")
        plain.append(_page(frames[start + FRAME : start + FRAME + PAGE], key, first=number == 1))
    return b"".join(plain)


def _page(page: bytes, key: bytes, *, first: bool) -> bytes:
    """Decrypt a page as SQLCipher 4 writes it: salt on the first, then AES-256-CBC, then its initial vector."""
    start = IV if first else 0
    body, initial = page[start : PAGE - RESERVED], page[PAGE - RESERVED : PAGE - RESERVED + IV]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(initial)).decryptor()
    return decryptor.update(body) + decryptor.finalize()
