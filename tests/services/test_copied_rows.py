"""Rows copied to the clipboard run no formula and are on record, whoever copies them and on both databases."""

from typing import Any

import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import BreakGlassReadOnly
from ioms_desktop.services.exchange.copied_rows import CopyRows, copy_rows
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from keys import opened
from services.fresh_cases import Ledger
from shared_people import Office

COMMAND = CopyRows(title="Caseload", columns=("Name", "Phone"), cells=(("Marlow", "0116"), ("Harker", "0117")))


def recorded(store: Store) -> list[Any]:
    audit = tables.audit.c
    query = select(audit.actor, audit.object_type, audit.subject_ref, audit.after).where(audit.kind == "DISCLOSURE")
    with store.read() as reading:
        return [tuple(row) for row in reading.connection.execute(query.order_by(audit.id))]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+44 116", "-5", "@home", "\uff1dSUM(A1)", "  =HYPERLINK(1)", "\t=1", "\n@x", "\uff0b1", "a\tb", "a\r\nb"],
)
def test_no_cell_is_a_formula_or_two_cells(ledger: Ledger, cell: str) -> None:
    text = copy_rows(ledger.officer(), CopyRows(title="Any", columns=("A", "B"), cells=((cell, "plain"), ("x", cell))))
    first, second = text.split("\n")
    for pasted in (*first.split("\t"), *second.split("\t")):
        assert pasted[:1] not in set("=+-@\t\uff1d\uff0b\uff0d\uff20 ")
    assert (first.count("\t"), second.count("\t")) == (1, 1)
    assert "\r" not in text


def test_everybody_in_the_rows_is_on_record_by_person_or_by_case(ledger: Ledger) -> None:
    session = ledger.officer()
    by_case, by_both = ledger.iom(), ledger.iom()
    persons = [ref.replace("CASE", "P") for ref in (by_case, by_both)]
    before = len(recorded(ledger.store))
    subjects = frozenset({(None, by_case), (persons[1], by_both)})
    text = copy_rows(session, CopyRows(title="Today", columns=("Name",), cells=(("A",), ("B",)), subjects=subjects))
    assert text == "A\nB"
    detail = {"copied": "Today", "rows": 2, "columns": ["Name"]}
    assert recorded(ledger.store)[before:] == [(session.user, "people", person, detail) for person in sorted(persons)]


def test_rows_about_nobody_are_on_record_too(ledger: Ledger) -> None:
    before = len(recorded(ledger.store))
    copy_rows(ledger.officer(), COMMAND)
    assert [row[1:3] for row in recorded(ledger.store)[before:]] == [("list", None)]


def test_what_is_seen_by_broken_glass_alone_is_not_copied(ledger: Ledger) -> None:
    session, ref = ledger.session(), ledger.iom()
    ledger.break_glass(session, ref)
    before = len(recorded(ledger.store))
    with pytest.raises(BreakGlassReadOnly):
        copy_rows(session, CopyRows(title="Any", columns=("A",), cells=(("x",),), subjects=frozenset({(None, ref)})))
    assert len(recorded(ledger.store)) == before


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_a_server_records_it_for_every_role(office: Office, role: str) -> None:
    copy_rows(office.session(role), COMMAND)
    keeper = opened(office.location)
    assert [row[0] for row in recorded(keeper)] == [f"t_{role}"]
    keeper.close()
