"""No paper prints a code or a login in the place of words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from domain.test_code_lists import bundled
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.summary_texts import in_words
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.labels import describe_version
from ioms_desktop.services.printing.summary_facts import gather_summary
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from services.exchange_session import session_at, taken
from services.test_exports import full_folder

AT = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)
A_CODE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
LOGIN, SHOWN = "t4711", "PC 4711 TAYLOR"
AT_ONCE = 4
"""Of a list of records, so many stand on one paper, each with other codes."""
FOR_ONE = 12
"""More papers, for the codes of what there is one of, as the case and the person."""
FOR_THE_PROGRAM = {"ref", "decision_ref", "agency", "part", "programme"}


def with_codes(shown: Any, lists: CodeLists, number: int) -> Any:  # noqa: ANN401 - of whatever a view holds
    """Return what a view holds with the code of a number in every column of codes, and a login as every author."""
    if isinstance(shown, Record):
        given: dict[str, Any] = {}
        for column in columns_of(type(shown)):
            codes = lists.of(column.codes).codes if column.codes else ()
            if codes and column.name not in {"programme", "rag"}:
                given[column.name] = codes[number % len(codes)].code
            elif column.is_worker:
                given[column.name] = LOGIN
            elif column.says_users:
                given[column.name] = f"Review: {LOGIN} opened this case by restricted record access"
        return replace(shown, **given)
    if isinstance(shown, tuple) and shown and isinstance(shown[0], Record):
        return tuple(with_codes(shown[0], lists, number * AT_ONCE + each) for each in range(AT_ONCE))
    if isinstance(shown, Mapping):
        return {key: with_codes(each, lists, number) for key, each in shown.items()}
    return shown


def every_code(view: CaseView, lists: CodeLists) -> Iterator[CaseView]:
    """Return a case as often as the longest list has codes, each time with others."""
    held = {each.name: getattr(view, each.name) for each in fields(view)}
    used = {each.codes for kind in RECORD_TYPE_BY_TABLE.values() for each in columns_of(kind) if each.codes}
    for number in range(max(len(lists.of(each).codes) for each in used) // AT_ONCE + FOR_ONE):
        yield CaseView(**{name: with_codes(each, lists, number) for name, each in held.items()})


def texts_of(value: Any, name: str = "") -> Iterator[str]:  # noqa: ANN401 - of whatever a summary is made
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from texts_of(getattr(value, each.name), each.name)
    elif isinstance(value, tuple):
        for row in value:
            yield from texts_of(row, name)
    elif type(value) is str and name not in FOR_THE_PROGRAM:
        yield value


def gathered(session: Session, view: CaseView) -> Iterator[str]:
    with session.store.read() as reading:
        yield from texts_of(gather_summary(session, reading, view, PrintFacts()))


def test_every_code_of_every_list_is_printed_as_its_words_and_every_login_as_a_name(
    store: Store, tmp_path: Path
) -> None:
    session = session_at(store, at=AT)
    taken(session, full_folder(tmp_path, session.lists))
    named = replace(session, names=WorkerNames({LOGIN: SHOWN}))
    seen = set[str]()
    one, other = (open_case(named, ref, as_of=date(2026, 12, 14)) for ref in ("C1", "C2"))
    plain = {kind: (*rows, *one.plain_records[kind]) for kind, rows in other.plain_records.items()}
    lists = ("offers", "contacts", "ratings", "concerns", "decisions", "notifications", "actions", "workers")
    both = replace(other, plain_records=plain, **{name: getattr(one, name) for name in lists})
    for view in every_code(both, session.lists):
        seen.update(gathered(named, view))
    raw = {text for text in seen if A_CODE.search(text)}
    assert raw == set()
    assert not [text for text in seen if LOGIN in text]
    said = "\n".join(seen)
    assert SHOWN in said, "the control: the authors are there"
    for name in ("contact_type", "contact_outcome", "offer_type", "concern_type", "statutory_status", "risk_tool"):
        labels = {each.label for each in session.lists.of(name) if not each.synonym_of}
        assert [label for label in labels if label not in said] == [], name


def test_a_code_that_no_list_knows_is_printed_as_words() -> None:
    assert in_words("NOT_IN_ANY_LIST") == "Not in any list"
    for kept in ("RED", "GRP-07", "PC 4411 ADEYEMI", "He wrote A_B in it", "2C", ""):
        assert in_words(kept) == kept
    assert describe_version(bundled(), "LIKELIHOOD_OF_REOFFENDING") == "Likelihood of reoffending"
