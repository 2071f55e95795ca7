"""Harm weights are loaded from a published table, dated, with their source, by whoever may; never made up or mixed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from ioms_desktop.domain.errors import Duplicate, FileUnreadable, InvalidEntry, MissingValue, NotAllowed
from ioms_desktop.domain.figures.harm import WEIGHTS, HarmTable, Weight, harm_by_part
from ioms_desktop.domain.records.code_lists import CodeList, CodeLists
from ioms_desktop.domain.records.people import Offence
from ioms_desktop.services.database.code_decisions import list_decidable_codes
from ioms_desktop.services.database.harm_weights import LoadHarmWeights, load_harm_weights, preview_harm_weights
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.database.migrate import _load_reference
from ioms_desktop.storage.records.code_lists import list_documents
from services.access_bureau import Bureau
from services.written import nothing_written
from sessions import request
from shared_people import Office

FIRST, SECOND = date(2020, 1, 1), date(2023, 5, 1)
FILE = "offence,weight,comment\nRobbery,365,a\nTheft from the person,2.5,\n"
Load = Callable[..., Outcome]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def made(session: Session, text: str = FILE, **said: object) -> Outcome:
        path = tmp_path / "weights.csv"
        path.write_text(text, encoding="utf-8")
        entry = LoadHarmWeights(
            request=request(), path=path, scheme="CHI", version="2020", valid_from=FIRST, source="published table"
        )
        return load_harm_weights(session, replace(entry, **said))  # type: ignore[arg-type]  # values by field name

    return made


def table(bureau: Bureau) -> HarmTable:
    with bureau.keeper.read() as reading:
        document = list_documents(reading)[WEIGHTS]
    return HarmTable(CodeLists.from_lists([CodeList.from_document(WEIGHTS, document)]))


def offence(name: str | None, on: date, weight: str | None = None) -> Offence:
    return Offence(person_ref="P", offence_on=on, offence_group="ROBBERY", offence=name, harm_weight=weight)


def test_the_version_of_the_day_weighs_an_offence_unless_its_weight_was_given(bureau: Bureau, load: Load) -> None:
    administrator, supervisor = bureau.session("administrator"), bureau.session("supervisor")
    told = load(administrator)
    assert told.notice.startswith("Loaded two weights of CHI 2020, for offences from 1 Jan 2020.")
    load(supervisor, "offence,weight\nRobbery,400\n", version="2023", valid_from=SECOND)
    weights = table(bureau)
    for name, on, given, expected in (
        ("robbery ", FIRST, None, Weight(Decimal(365), "CHI 2020")),
        ("ROBBERY", date(2023, 4, 30), None, Weight(Decimal(365), "CHI 2020")),
        ("Robbery", SECOND, None, Weight(Decimal(400), "CHI 2023")),
        ("Theft from  the person", FIRST, None, Weight(Decimal("2.5"), "CHI 2020")),
        ("Theft from the person", SECOND, None, None),  # the table of the day names it no longer
        ("Robbery", date(2019, 12, 31), None, None),
        ("Robbery of a bank", SECOND, None, None),
        (None, SECOND, None, None),
        ("Robbery", SECOND, "12.5", Weight(Decimal("12.5"))),
    ):
        assert weights.weigh(offence(name, on, given)) == expected, (name, on)
    assert not [each for each in list_decidable_codes(supervisor) if each.list == WEIGHTS]
    loaded = [(who, ref, denied) for who, ref, denied in bureau.on_record(WEIGHTS)]
    assert loaded == [(administrator.user, "CHI/2020", False), (supervisor.user, "CHI/2023", False)]


def test_a_file_is_looked_at_before_it_is_loaded_and_nothing_is_added_up_where_nothing_weighs(
    bureau: Bureau, load: Load, tmp_path: Path
) -> None:
    supervisor = bureau.session("supervisor")
    path = tmp_path / "seen.csv"
    path.write_text("offence,weight\nTheft,2\nRobbery,365.5\nAffray,40\nAssault,100\n", encoding="utf-8")
    before = preview_harm_weights(supervisor, path)
    assert (len(before.weights), before.loaded) == (4, ())
    assert before.heaviest == (("Robbery", "365.5"), ("Assault", "100"), ("Affray", "40"))
    stolen, weighed = offence("Theft", FIRST), offence("Arson", FIRST, "5")
    nothing = table(bureau)
    assert harm_by_part([stolen], nothing) == ()
    assert [each.offences for each in harm_by_part([stolen, weighed], nothing)] == [2], "one was given its weight"
    load(supervisor)
    assert preview_harm_weights(supervisor, path).loaded == (("CHI", "2020"),)
    assert [each.unweighted for each in harm_by_part([stolen], table(bureau))] == [1], "the table does not name it"
    path.write_text("offence,weight\nTheft,much\n", encoding="utf-8")
    with pytest.raises(InvalidEntry, match="Line 2"):
        preview_harm_weights(supervisor, path)
    with pytest.raises(NotAllowed):
        preview_harm_weights(bureau.session("officer"), path)


def test_a_corrected_table_of_the_same_day_counts_whole_whatever_its_order_and_name(bureau: Bureau, load: Load) -> None:
    administrator = bureau.session("administrator")
    load(administrator, "offence,weight\nBurglary,100\nRobbery,365\nTheft,2\n", version="b")
    told = load(administrator, "offence,weight\nTheft,3\nBurglary,10\n", version="a")
    assert told.ref == "CHI/a"
    weights = table(bureau)
    assert [weights.weigh(offence(name, FIRST)) for name in ("Burglary", "Theft", "Robbery")] == [
        Weight(Decimal(10), "CHI a"),
        Weight(Decimal(3), "CHI a"),
        None,
    ]


def test_an_update_of_the_program_keeps_what_was_loaded(bureau: Bureau, load: Load) -> None:
    load(bureau.session("administrator"))
    with bureau.keeper.engine.begin() as connection:
        _load_reference(connection)
    assert table(bureau).weigh(offence("Robbery", FIRST)) == Weight(Decimal(365), "CHI 2020")


def test_a_wrong_line_a_second_scheme_and_whoever_may_not_load_nothing(bureau: Bureau, load: Load) -> None:
    administrator = bureau.session("administrator")
    for text in (
        "offence,weight\nRobbery,\n",
        "offence,weight\nRobbery,lots\n",
        "offence,weight\nRobbery,-3\n",
        "offence,weight\n,3\n",
        "offence,weight\nRobbery,3\nrobbery ,4\n",
        "offence,weight\n",
        "name,weight\nRobbery,3\n",
    ):
        with nothing_written(bureau.keeper, InvalidEntry):
            load(administrator, text)
    for said in ({"scheme": " "}, {"version": ""}, {"source": ""}):
        with nothing_written(bureau.keeper, MissingValue, field=next(iter(said))):
            load(administrator, **said)
    with nothing_written(bureau.keeper, FileUnreadable):
        load(administrator, path=Path("/nowhere/weights.csv"))
    for role in ("officer", "navigator", "coordinator", "partner", "analyst", "auditor"):
        with pytest.raises(NotAllowed):
            load(bureau.session(role))
    load(administrator)
    for said, refusal, field in (
        ({}, Duplicate, "version"),
        ({"scheme": "CSS", "version": "1"}, InvalidEntry, "scheme"),
    ):
        with nothing_written(bureau.keeper, refusal, field=field):
            load(administrator, **said)


def test_a_server_itself_lets_nobody_else_load_weights_or_wrong_ones(office: Office) -> None:
    call = "SELECT load_harm_weights(%s, '1', '2020-01-01', 'published', %s::jsonb)"
    for role in ("officer", "navigator", "coordinator", "partner", "analyst", "auditor"):
        with office.raw(role) as psql, pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql.execute(call, ("CHI", '{"Robbery": "3"}'))
    with office.raw("administrator") as psql:
        for scheme, weights in ((" ", '{"Robbery": "3"}'), ("CHI", '{"Robbery": "-3"}'), ("CHI", '{"Robbery": null}')):
            with pytest.raises(psycopg.errors.CheckViolation):
                psql.execute(call, (scheme, weights))
        psql.execute(call, ("CHI", '{"Robbery": "3"}'))
        with pytest.raises(psycopg.errors.CheckViolation):
            psql.execute(call, ("CSS", '{"Robbery": "3"}'))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql.execute("INSERT INTO reference_code (list, code, label, sort, extra) VALUES ('x', 'a', 'a', 1, '{}')")
