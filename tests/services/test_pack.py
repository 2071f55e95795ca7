"""A pack: several summaries as one file in the chosen order, each on record and checked by itself, or none leaves."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import psycopg
import pytest

from ioms_desktop.domain.errors import ConflictingValues, FileExists, MissingValue, Refused, Stale
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import make_print_id
from ioms_desktop.domain.records.cases import RagEntry
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass
from ioms_desktop.services.printing.genuine import check_code, check_file, lines_of
from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries
from ioms_desktop.services.printing.packs.leaving_file import Places
from ioms_desktop.services.printing.packs.pack import NotInPack, preview_pack, print_pack
from ioms_desktop.services.printing.papers import PaperState, list_papers
from ioms_desktop.services.records.recalls import (
    MarkRecalled,
    RecallResult,
    get_copies_to_recall,
    list_copies_to_recall,
    mark_recalled,
)
from paper_prints import printer_stopped
from reports.reading import pages_of
from services.access_bureau import Bureau
from services.test_many_summaries import REFS, asked
from services.test_papers import GOOD, listed
from sessions import TODAY, given_to, request
from shared_people import Office


def codes_of(pdf: bytes) -> list[str]:
    """The print code at the foot of each page."""
    return [re.findall(r"Print (P-\S+)", page)[0] for page in pages_of(pdf)]


def test_a_pack_is_one_file_in_its_order_and_each_case_is_on_record_under_its_own_code(
    bureau: Bureau, tmp_path: Path
) -> None:
    session, order, told = bureau.session("supervisor"), REFS[::-1], list[str]()
    wanted = asked(session, audience=Audience.PARTNER, agency="HMPPS_PROBATION", **given_to("HMPPS Probation"))
    seen = preview_pack(session, order, copies=2, **wanted).pdf
    assert listed(session) == [], "the control: a look is no disclosure"
    paths = (tmp_path / "pack-1.pdf", tmp_path / "pack-2.pdf")
    places = Places(paths=paths, shown=sha256(seen).hexdigest())
    done = print_pack(session, order, places, copies=2, told=told.append, **wanted)
    assert (done.case_refs, told) == (order, list(order))
    assert [path.read_bytes() for path in paths] == list(done.pdfs)
    assert done.pdfs[0] == seen
    rows = {(row.case_ref, row.copy): row for row in listed(session)}
    assert set(rows) == {(ref, f"{number} of 2") for ref in order for number in (1, 2)}
    for number, pdf in enumerate(done.pdfs, 1):
        codes = codes_of(pdf)
        own = [rows[ref, f"{number} of 2"] for ref in order]
        assert list(dict.fromkeys(codes)) == [codes[0], *(row.print_id for row in own)]
        assert {row.digest for row in own} == {sha256(pdf).hexdigest()}
    assert len({row.print_id for row in rows.values()}) == len(rows)
    for others in (order[1:], order[:1]):  # at the same instant: each paper is of its pack alone
        print_pack(session, others, **wanted)
    (by_itself,) = print_summaries(session, [SummaryTarget(case_ref=order[0])], **wanted)
    assert by_itself.error is None
    words = pages_of(done.pdfs[0])
    with pikepdf.open(BytesIO(done.pdfs[0])) as file, file.open_outline() as outline:
        (cover,) = outline.root
        titles = [str(each.title) for each in cover.children]
    assert titles[0] == "Contents"
    assert [title.split(". ", 1)[0] for title in titles[1:]] == ["1", "2", "3"]
    for title, ref in zip(titles[1:], order, strict=True):
        assert rows[ref, "1 of 2"].name.split(",")[0] in title
        first = codes_of(done.pdfs[0]).index(rows[ref, "1 of 2"].print_id)
        assert f"Pack page {first + 1} of {len(words)}" in words[first]
        assert f"Page 1 of {sum(rows[ref, '1 of 2'].print_id in page for page in words[1:])}" in words[first]
        assert f"{rows[ref, '1 of 2'].print_id} {first + 1}" in words[0], "the contents say on which page it begins"


def test_a_paper_out_of_a_pack_is_checked_recalled_and_stopped_by_itself(bureau: Bureau, tmp_path: Path) -> None:
    session, path = bureau.session("supervisor"), tmp_path / "pack.pdf"
    done = print_pack(session, REFS, Places(paths=(path,)), **asked(session))
    pack, own = codes_of(done.pdfs[0])[0], {row.case_ref: row for row in listed(session)}
    for code, refs in ((pack, set(REFS)), (own["IOM-1"].print_id, {"IOM-1"}), ("P-000000000000-00", set())):
        assert {row.case_ref for row in list_papers(session, code)} == refs, "as a search of Papers finds them"
    alone = check_code(session, own["IOM-1"].print_id)
    assert [row.case_ref for row in alone.papers] == ["IOM-1"]
    assert f"in pack {pack}," in " ".join(lines_of(alone.papers[0]))
    for found in (check_code(session, pack), check_file(session, path)):
        assert {row.case_ref for row in found.papers} == set(REFS)
        assert found.is_genuine
    assert {each.case_ref for each in get_copies_to_recall(session, pack)} == set(REFS), "the whole pack by its code"
    (harker,) = get_copies_to_recall(session, own["IOM-1"].print_id)
    recall = MarkRecalled(
        request=request(), case_ref="IOM-1", print_id=harker.print_id, result=RecallResult.RECALLED, reason="Back"
    )
    mark_recalled(session, recall)
    states = {row.case_ref: row.state for row in listed(session)}
    assert states == {"IOM-1": PaperState.RECALLED, "PHX-1": PaperState.OUT, "PHX-C": PaperState.OUT}
    printer_stopped(session, "PHX-1", "PHX-C")
    assert {row.state for row in listed(session) if row.case_ref != "IOM-1"} == {PaperState.NOT_PRINTED}
    bureau.restrict("second", "IOM-1")
    left = check_code(session, pack)
    assert {row.case_ref for row in left.papers} == {"PHX-1", "PHX-C"}, "not of a case that is kept from them"


def test_a_pack_is_recalled_for_what_was_taken_out_after_it_was_read_and_for_nothing_before(bureau: Bureau) -> None:
    session, act = bureau.session("supervisor"), bureau.session("officer")

    def write(wrong: RagEntry | None = None) -> RagEntry:
        bureau.clock.now += timedelta(seconds=3)
        with act.store.begin(act.command_context()) as tx:
            tx.open_case("IOM-1", "CASE_WORK", "test")
            if wrong is None:
                return tx.add(RagEntry(case_ref="IOM-1", set_on=TODAY, rag="RED", reason="his brother"))
            tx.strike_out(wrong, "It was his brother")
        bureau.clock.now += timedelta(seconds=3)
        return wrong

    wrong = write()

    def told(ref: str) -> None:
        if ref == "IOM-1":
            write(wrong)

    held = print_pack(session, REFS, told=told, **asked(session))
    assert "his brother" in " ".join(pages_of(held.pdfs[0]))
    (owed,) = list_copies_to_recall(session)
    (error,) = owed.errors
    assert (owed.case_ref, error.table, owed.print_id in codes_of(held.pdfs[0])) == ("IOM-1", RagEntry.table, True)
    assert error.at < owed.printed_at, "the control: by when it was put on record nobody would be told"
    print_pack(session, REFS, **asked(session))
    assert list_copies_to_recall(session) == (owed,)


def test_a_pack_is_whole_and_as_it_was_seen_or_nothing_leaves(bureau: Bureau, tmp_path: Path) -> None:
    session, path = bureau.session("supervisor"), tmp_path / "pack.pdf"
    wanted = asked(session)
    seen = Places(paths=(path,), shown=sha256(preview_pack(session, REFS, **wanted).pdf).hexdigest())
    with session.store.begin(session.command_context()) as tx:
        tx.open_case("IOM-1", "CASE_WORK", "test")
        tx.add(RagEntry(case_ref="IOM-1", set_on=TODAY, rag="RED", reason="arrested"))
    taken = tmp_path / "taken.pdf"
    taken.write_bytes(b"mine")
    refused: dict[type[Refused], tuple[tuple[str, ...], Places, dict[str, Any]]] = {
        Stale: (REFS, seen, {}),
        MissingValue: ((*REFS, "IOM-1"), Places(), {}),
        ConflictingValues: (REFS, Places(), {"audience": Audience.PARTICIPANT}),
        FileExists: (REFS, Places(paths=(taken,)), {}),
    }
    for kind, (refs, places, more) in refused.items():
        with pytest.raises(kind):
            print_pack(session, refs, places, **{**wanted, **more})
    officer = bureau.session("officer")
    bureau.restrict("second", "IOM-1")
    break_glass(officer, BreakGlass(request=request(), case_ref="IOM-1", reason="He was seen on the bridge"))
    with pytest.raises(NotInPack) as left_out:
        print_pack(officer, ["PHX-1", "IOM-1"], Places(paths=(path,)), **wanted)
    assert left_out.value.sentence.startswith("Case IOM-1: ")
    session = bureau.session("second")
    assert taken.read_bytes() == b"mine"
    assert not path.exists()
    assert list_papers(session) == []
    print_pack(session, REFS, replace(seen, shown=""), **wanted)  # the control
    assert len(list_papers(session)) == len(REFS)


def test_a_server_takes_no_pack_under_the_code_of_another_paper(office: Office) -> None:
    pack, other = make_print_id("pack"), make_print_id("other")
    register = b"SELECT register_paper('PHX-1', CAST(%s AS json))"
    tried: dict[str, dict[str, Any]] = {
        "no code": {"pack": "P-000000000000-00"},
        "no text": {"pack": ["x"]},
        "another's": {"pack": pack, "sha256": "1" * 64},
        "a paper with the code of a pack": {"print_id": pack, "sha256": "1" * 64},
        "a pack with the code of a paper": {"pack": other, "sha256": "1" * 64},
        "a document": {"pack": pack, "audience": "document", "document": "D-1", "texts": "NONE"},
    }
    with office.raw("officer") as psql:
        psql.execute(b"SELECT open_case('PHX-1'), set_config('ioms.reason_code', 'CASE_WORK', false)")
        psql.execute(register, (json.dumps({**GOOD, "print_id": other, "pack": pack}),))  # the control
        for name, said in tried.items():
            with pytest.raises(psycopg.errors.IntegrityError), psql.transaction():
                psql.execute(register, (json.dumps({**GOOD, "print_id": make_print_id(name), **said}),))
        again = {**GOOD, "print_id": make_print_id("second of the pack"), "pack": pack}
        psql.execute(register, (json.dumps(again),))  # the control: the same bytes, and another paper of the pack
        assert psql.execute(b"SELECT * FROM cases_of_paper(%s, NULL)", (pack,)).fetchall() == [("PHX-1",)]
        assert psql.execute(b"SELECT count(*) FROM papers").fetchall() == [(2,)]
