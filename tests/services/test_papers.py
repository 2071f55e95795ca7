"""Every copy that leaves is in the register, with what makes it evidence; nobody changes an entry or forges one."""

import json
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.errors import Duplicate, NotAllowed, Refused
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import Recipient, make_print_id
from ioms_desktop.domain.printing.print_facts import PaperForm
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.services.database.code_decisions import DecideCode, decide_on_code
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries
from ioms_desktop.services.printing.papers import (
    PaperRow,
    PaperState,
    first_paper_rows,
    list_papers,
    paper_ids,
    paper_rows,
    rows_of,
)
from ioms_desktop.services.printing.sharing_log import list_disclosures
from ioms_desktop.services.printing.summaries import preview_summary
from ioms_desktop.services.records.recalls import RecallResult
from ioms_desktop.services.session import Session
from ioms_desktop.storage.printing.papers import RECALL, PaperEntry, papers_of_cases, register_paper
from paper_prints import printed_pdf, printer_stopped, save_papers
from reports.reading import pages_of
from services.access_bureau import Bureau
from sessions import TODAY, Given, given_to, request
from shared_people import Office

PARTNER, REASON = Audience.PARTNER, "CASE_CONFERENCE"
HOUSING = given_to("Turning Point")
READERS = roles_with(Right.READ_PAPERS)


def printed(session: Session, case_ref: str = "PHX-1", given: Given = HOUSING, **wanted: Any) -> bytes:  # noqa: ANN401
    return printed_pdf(session, case_ref, **{"audience": PARTNER, "reason_code": REASON, **given, **wanted})


def listed(session: Session, words: str = "", **asked: Any) -> list[PaperRow]:  # noqa: ANN401 - of a list query
    ids = paper_ids(session, ListQuery(text=words, **asked))
    by_id = {row.id: row for row in paper_rows(session, ids)}
    return [by_id[each] for each in ids]


def test_every_copy_is_registered_with_the_digest_of_its_bytes_and_found_again(bureau: Bureau) -> None:
    supervisor, officer = bureau.session("supervisor"), bureau.session("officer")
    wanted: dict[str, Any] = {"audience": PARTNER, "reason_code": REASON, **HOUSING}
    (done,) = print_summaries(supervisor, [SummaryTarget(case_ref="PHX-1")], copies=3, **wanted)
    bytes_of = done.pdfs
    preview_summary(supervisor, "PHX-1", **wanted)  # the control: what is only looked at does not leave
    kept = printed(officer, "IOM-1", {"given_to": None, "power": ""}, audience=Audience.FULL, reason_text="Tuesday")
    rows = listed(supervisor)
    assert [(row.case_ref, row.copy, row.digest) for row in rows] == [
        ("IOM-1", "1 of 1", sha256(kept).hexdigest()),
        *(("PHX-1", f"{n} of 3", sha256(bytes_of[n - 1]).hexdigest()) for n in (3, 2, 1)),
    ]
    assert len({row.print_id for row in rows}) == len(rows)
    for row, pdf in zip(rows, (kept, *reversed(bytes_of)), strict=True):
        assert row.print_id in " ".join(pages_of(pdf))
    mine, given = rows[0], rows[1]
    assert (mine.is_given, mine.power, mine.reason) == (False, "", "Case conference: Tuesday")
    assert mine.recipient.startswith("full copy, carried by ")
    assert (given.recipient, given.power) == (
        "Jo Reid, officer, Turning Point",
        "Crime and Disorder Act 1998 s115",
    )
    assert (given.name, mine.workstation) == ("MARLOW, Jayden", officer.workstation)
    searches: dict[str, int] = {"turning": 3, "marlow": 3, "IOM-1": 1, rows[0].print_id: 1, "nobody": 0, "15 Oct": 4}
    if not bureau.shared:  # a server's clock is its own
        assert {words: len(listed(supervisor, words)) for words in searches} == searches
    assert len(listed(supervisor, "turning point")) == len(listed(supervisor, filters=(("held", "given"),))) == 3
    assert [row.case_ref for row in listed(supervisor, filters=(("held", "kept"), ("period", "today")))] == ["IOM-1"]
    assert [row.case_ref for row in listed(supervisor, sort="case_ref")] == ["IOM-1", *["PHX-1"] * 3]
    assert first_paper_rows(supervisor, ListQuery()) == rows
    today = rows[0].at.date()
    assert list_papers(supervisor, "marlow", today, today) == rows[1:]
    assert list_papers(supervisor, "marlow", first=today + timedelta(days=1)) == []


def test_the_register_is_read_by_who_may_and_as_far_as_they_may(bureau: Bureau) -> None:
    who = {role: bureau.session(role) for role in Role}
    for role in (Role.SUPERVISOR, Role.OFFICER, Role.NAVIGATOR, Role.COORDINATOR):
        printed(who[role])
    printed(who[Role.SUPERVISOR], "IOM-1")
    bureau.restrict("second", "IOM-1")
    for role, session in who.items():
        if role not in READERS:
            with pytest.raises(NotAllowed):
                paper_ids(session, ListQuery())
            continue
        rows = listed(session)
        assert {row.printed_by for row in rows} <= {each.names.of(each.user) for each in who.values()}
        if role is Role.AUDITOR:
            assert (len(rows), {row.name for row in rows}) == (5, {""}), "all, and no name"
        elif role is Role.SUPERVISOR:
            assert len(rows) == 4, "not that of a case which is kept from them"
        else:
            assert [row.printed_by for row in rows] == [session.names.of(session.user)], role
    assert len(listed(bureau.session("second"))) == 5, "the control: they may know of both"


WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "no role": ("recipient_role", {"given_to": Recipient(name="Jo", role=" ", organisation="NHS")}),
    "no organisation": ("recipient_organisation", {"given_to": Recipient(name="Jo", role="nurse", organisation="")}),
    "nobody": ("recipient_name", {"given_to": Recipient(name="", role="", organisation="")}),
    "hidden characters": ("recipient_name", {"given_to": Recipient(name="Jo\u202e", role="nurse", organisation="NHS")}),
    "no power": ("power", {"power": ""}),
    "no such power": ("power", {"power": "BECAUSE"}),
    "a power for nobody": ("recipient_name", {"given_to": None}),
    "a power before its day": ("power", {"power": "CARE_ACT_2014_S45"}),
    "a power withdrawn": ("power", {"power": "CONSENT"}),
    "no purpose": ("reason", {"reason_code": " "}),
    "no such purpose": ("reason", {"reason_code": "BECAUSE"}),
    "no such agency": ("agency", {"agency": "NOPE"}),
    "another agency": ("recipient_organisation", {"agency": "INGEUS", **given_to("hmpps probation")}),
    "a day to come": ("as_of", {"as_of": date(2999, 1, 1)}),
    "another form in plain English": ("form", {"audience": Audience.PARTICIPANT, "form": PaperForm.ONE_PAGE}),
    **{
        f"full for {name}": ("recipient_organisation", {"audience": Audience.FULL, **given_to(name)})
        for name in ("Jobcentre Plus", "OPCC", "HMPPS_PROBATION", "Police and Crime Commissioner", "Police, for Ingeus")
    },
}


def test_a_copy_leaves_with_a_recipient_a_purpose_and_a_power_in_force_or_not_at_all(
    bureau: Bureau, tmp_path: Path
) -> None:
    deciding = bureau.session("second")
    for code, said in {
        "CARE_ACT_2014_S45": {"state": "CONFIRMED", "valid_from": date(2999, 1, 1)},
        "CONSENT": {"state": "INACTIVE"},
    }.items():
        decide_on_code(deciding, DecideCode(request=request(), list="sharing_power", code=code, reason="x", **said))  # type: ignore[arg-type]  # values by field name
    session = bureau.session("supervisor")
    session = session if bureau.shared else _signed_in_again(bureau, session)
    for name, (field, wrong) in WRONG.items():
        with pytest.raises(Refused) as refused:
            save_papers(session, [("PHX-1", tmp_path / "x.pdf")], **_wanted(wrong))
        assert refused.value.field == field, name
        assert not list(tmp_path.glob("*.pdf")), name
    assert listed(session) == []
    save_papers(session, [("PHX-1", tmp_path / "x.pdf")], **_wanted({}))  # the control
    assert len(listed(session)) == 1
    for force in (
        "Leicestershire Police",
        "LEICESTERSHIRE_POLICE",
        "British Transport Police",
        "West Mercia Constabulary",
    ):
        printed(session, "IOM-1", given_to(force), audience=Audience.FULL)
    assert len(listed(session)) == 5


def _wanted(said: dict[str, Any]) -> dict[str, Any]:
    return {"audience": PARTNER, "reason_code": REASON, **HOUSING, **said}


def _signed_in_again(bureau: Bureau, session: Session) -> Session:
    from ioms_desktop.services.sign_in import reference_data  # noqa: PLC0415 - beside the one place that needs it

    with bureau.keeper.read() as reading:
        return replace(session, lists=reference_data.load_rulebook(reading).lists)


def test_the_register_says_what_became_of_a_copy(bureau: Bureau) -> None:
    session = bureau.session("supervisor")
    printed(session)
    printed(session, given=given_to("Leicester City Council"))
    (other, first) = listed(session)
    assert {other.state, first.state} == {PaperState.OUT}, "the control: another recipient's replaces nothing"
    printed(session, reason_text="anew")
    states = {row.print_id: row for row in listed(session)}
    assert states[first.print_id].state is PaperState.REPLACED
    assert states[states[first.print_id].replaced_by].state is PaperState.OUT
    assert states[other.print_id].state is PaperState.OUT
    printer_stopped(session, "PHX-1")
    states = {row.print_id: row for row in listed(session)}
    assert [row.state for row in states.values()] == [PaperState.NOT_PRINTED, PaperState.OUT, PaperState.OUT]
    with session.store.begin(session.command_context()) as tx:
        recall = {"recall_of": first.print_id, "result": RecallResult.RECALLED.value, "copy": "1 of 1"}
        tx.log("DISCLOSURE", object_type="cases", object_ref="PHX-1", subject_ref="P-JM", detail=recall)
    assert {row.print_id: row for row in listed(session)}[first.print_id].state is PaperState.RECALLED
    assert len(listed(session)) == 3, "neither the recall nor the stop is a paper"
    with session.store.read() as reading:
        entries = papers_of_cases(reading, ["PHX-1"])
        assert entries[-1].act == RECALL
        then = {row.print_id: row.state for row in rows_of(session, reading, entries[:2], entries[-1].at)}
    assert then == {first.print_id: PaperState.OUT, other.print_id: PaperState.OUT}, (
        "nothing of what came later, as a record of an earlier day has it"
    )


def test_the_register_says_by_which_list_and_in_which_form_and_another_one_replaces_nothing(bureau: Bureau) -> None:
    session, probation = bureau.session("supervisor"), given_to("hmpps probation")
    whole = (TODAY - timedelta(days=1)).isoformat()
    versions: dict[str, dict[str, Any]] = {
        "for no agency that was named, list Smallest": {},
        "for HMPPS Probation, list Probation": {"agency": "HMPPS_PROBATION"},
        "for HMPPS Probation, list Probation, one page": {"agency": "hmpps probation", "form": PaperForm.ONE_PAGE},
        f"for HMPPS Probation, list Probation, as of {whole}": {
            "agency": "HMPPS_PROBATION",
            "as_of": date.fromisoformat(whole),
        },
    }
    for said in versions.values():
        printed(session, "IOM-1", probation, **said)
    rows = listed(session)
    assert [row.what for row in reversed(rows)] == [f"Case summary, Partner agency, {words}" for words in versions]
    assert {row.state for row in rows} == {PaperState.OUT}
    printed(session, "IOM-1", probation, agency="HMPPS_PROBATION", reason_text="anew")
    states = [row.state for row in reversed(listed(session))]
    assert states == [PaperState.OUT, PaperState.REPLACED, *[PaperState.OUT] * 3], "the control"
    with session.store.read() as reading:
        told = [each.what for each in list_disclosures(reading, "IOM-1", date(2999, 1, 1), session.lists)]
    assert f"Case summary, partner copy, {list(versions)[2]}" in told


def test_no_paper_takes_the_code_of_another(bureau: Bureau) -> None:
    session, code = bureau.session("supervisor"), make_print_id("x")

    def registered(who: Session, case_ref: str, digest: str) -> None:
        act = who.command_context(reason_code=REASON)
        with who.store.begin(act) as tx:
            tx.open_case(case_ref, REASON, "test")
            case = tx.get(Case, case_ref)
            entry = PaperEntry(case=case, print_id=code, audience="full", copy="1 of 1", digest=digest, kept_by="x")
            register_paper(tx, entry)

    registered(session, "PHX-1", "a" * 64)
    registered(session, "PHX-1", "a" * 64)  # the same bytes once more are the same paper
    with pytest.raises(Duplicate):
        registered(session, "IOM-1", "b" * 64)
    with pytest.raises(Refused):
        registered(bureau.session("officer"), "PHX-1", "a" * 64)
    assert [(row.print_id, row.digest) for row in listed(session)] == [(code, "a" * 64)] * 2
    if not bureau.shared:
        forged = json.dumps({"print_id": code, "sha256": "c" * 64})
        with pytest.raises(DatabaseError), session.store.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO audit (at, kind, actor, actor_role, workstation, object_type, object_ref, after) "
                    "VALUES (datetime('now'), 'DISCLOSURE', 'x', 'officer', 'x', 'cases', 'PHX-1', :said)"
                ),
                {"said": forged},
            )


GOOD: dict[str, Any] = {
    "print_id": make_print_id("good"),
    "audience": "partner",
    "copy": "1 of 2",
    "sha256": "0" * 64,
    "given_to": {"name": "Jo Reid", "role": "nurse", "organisation": "NHS"},
    "power": "CDA_1998_S115",
    "run": "0f" * 16,
    "texts": "REVIEWED",
    "removed": [{"text": "contacts:1:2:note", "on": "2026-10-12", "spans": [[0, 3], [7, 12]]}],
}
NO_TEXTS = {"texts": None, "removed": None}
FORGED: dict[str, dict[str, Any]] = {
    "no code": {"print_id": None},
    "a wrong check digit": {"print_id": "P-000000000000-00"},
    "copy 3 of 2": {"copy": "3 of 2"},
    "no number of a run": {"run": "the run of Jo Reid"},
    "no copy": {"copy": ""},
    "no digest": {"sha256": None},
    "half a digest": {"sha256": "0" * 63},
    "no audience": {"audience": " "},
    "no name": {"given_to": {"name": " ", "role": "nurse", "organisation": "NHS"}},
    "a recipient in one word": {"given_to": "Jo Reid"},
    "no power": {"power": None},
    "no such power": {"power": "BECAUSE"},
    "no such audience": {"audience": "friends"},
    "a document without one": {"audience": "document"},
    "a document that is not there, without a digest": {"audience": "document", "document": "D-1", "sha256": None},
    "a document that is not there": {"audience": "document", "document": "D-1"},
    "a summary with a document": {"document": "D-1"},
    "a letter without its kind": {"audience": "letter", "document": "D-1"},
    "what nobody knows of a paper": {"more": "x"},
    "a part that is no text": {"as_of": ["2026-10-15"]},
    "100 KB": {"file": "x" * 100_000},
    "a recipient of 100 KB": {"given_to": {"name": "x" * 100_000, "role": "nurse", "organisation": "NHS"}},
    "a recipient with more": {"given_to": {"name": "x", "role": "nurse", "organisation": "NHS", "more": "x"}},
    "no word of its texts": {**NO_TEXTS},
    "a text that waits": {"texts": "PENDING", "removed": None},
    "texts left out, and words removed": {"texts": "LEFT_OUT"},
    "the full copy with words removed": {"audience": "full", "given_to": None, "power": None},
    **{
        f"removed: {said}": {"removed": said}
        for said in (
            "Kim",
            [],
            ["Kim"],
            [{"text": "Kim", "spans": [[0, 3]]}],
            [{"text": "contacts:1:2:note"}],
            [{"text": "contacts:1:2:note", "spans": []}],
            [{"text": "contacts:1:2:note", "spans": ["Kim"]}],
            [{"text": "contacts:1:2:note", "spans": [[0, 3]], "words": "Kim"}],
            [{"text": "contacts:1:2:note", "spans": [[0, 3]], "on": "Kim"}],
        )
    },
    **{
        f"the full copy for {other}": {
            **NO_TEXTS,
            "audience": "full",
            "given_to": {"name": "Jo Reid", "role": "coach", "organisation": other},
        }
        for other in ("Jobcentre Plus", "JOBCENTRE", "Turning Point", "Police and Crime Commissioner", "police")
    },
}
POLICE = {"audience": "full", "given_to": {"name": "Jo Reid", "role": "officer", "organisation": "Gwent  Police"}}
FULL: dict[str, Any] = {
    key: part for key, part in {**GOOD, **NO_TEXTS, **POLICE, "print_id": make_print_id("full")}.items() if part
}


def test_a_server_takes_an_entry_from_nobody_s_own_statement(office: Office) -> None:
    """Raw statements: what is missing, another's case, another role, and the ways round the function."""

    def tried(psql: psycopg.Connection, statement: str, *values: str) -> bool:
        try:
            with psql.transaction():
                psql.execute("SELECT set_config('ioms.reason_code', 'CASE_WORK', true)")
                psql.execute(statement.encode(), values)
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityError):
            return False
        return True

    register = "SELECT register_paper(%s, CAST(%s AS json))"
    with office.raw("officer") as psql:
        assert not tried(psql, register, "PHX-1", json.dumps(GOOD)), "the case is not open"
        psql.execute(b"SELECT open_case('PHX-1')")
        for name, said in FORGED.items():
            entry = {key: part for key, part in {**GOOD, **said}.items() if part is not None}
            assert not tried(psql, register, "PHX-1", json.dumps(entry)), name
        assert not tried(psql, register, "IOM-1", json.dumps(GOOD)), "another case"
        log = "SELECT log_audit('DISCLOSURE', 'cases', 'PHX-1', 'P-JM', 'x', CAST(%s AS json))"
        assert not tried(psql, log, json.dumps(GOOD)), "round the function"
        assert tried(psql, log, json.dumps({"recall_of": "P-1"})), "the control"
        with pytest.raises(psycopg.errors.IntegrityError), psql.transaction():
            psql.execute(register.encode(), ("PHX-1", json.dumps(GOOD)))  # no purpose was said
        twice = json.dumps({**GOOD, "copy": "2 of 2"})[:-1] + " " * 5000 + ', "copy": "1 of 2"}'
        assert tried(psql, register, "PHX-1", twice), "the control"
        written = "SELECT CAST(after AS text) FROM audit WHERE after ->> 'print_id' = %s"
        with office.owner() as owner:
            (said,) = owner.execute(written.encode(), (GOOD["print_id"],)).fetchone() or ("",)
        assert said.count('"copy"') == 1
        assert json.loads(said) == GOOD
        assert tried(psql, register, "PHX-1", json.dumps(FULL)), "the control: the police may have it"
        for change in ("DELETE FROM ioms_audit.audit", "UPDATE ioms_audit.audit SET recipient = 'x'"):
            assert not tried(psql, change)
        assert psql.execute(b"SELECT count(*) FROM papers").fetchall() == [(3,)], "with the recall"
    with office.raw("partner") as psql:
        for statement in ("SELECT count(*) FROM papers", "SELECT cases_of_paper('x', NULL)"):
            assert not tried(psql, statement)
        assert not tried(psql, register, "PHX-1", json.dumps(GOOD))
    with office.raw("coordinator") as psql:
        assert psql.execute(b"SELECT count(*) FROM papers WHERE act = 'PAPER'").fetchall() == [(0,)], "not others'"
        psql.execute(b"SELECT open_case('PHX-1')")
        assert psql.execute(b"SELECT count(*) FROM papers WHERE act = 'PAPER'").fetchall() == [(2,)], "of an open case"
        own = {**FULL, "print_id": make_print_id("own")}
        assert not tried(psql, register, "PHX-1", json.dumps(own)), "they read no intelligence"
        assert tried(psql, register, "PHX-1", json.dumps({**own, "audience": "partner", "texts": "NONE"})), (
            "the control"
        )
        told = set()
        psql.execute(b"SELECT set_config('ioms.reason_code', 'CASE_WORK', false)")
        for code in (GOOD["print_id"], "P-000000000000-00", "x", make_print_id("full")):
            other = json.dumps({**GOOD, "sha256": "1" * 64, "print_id": code})
            with pytest.raises(psycopg.errors.IntegrityError) as refused:
                psql.execute(register.encode(), ("PHX-1", other))
            told.add((refused.value.sqlstate, refused.value.diag.message_primary))
        assert len(told) == 1, "under another's code: it is not said that there is one"
