"""Papers beside the summary: each reader has what their summary has, and each leaves on record for all of its cases."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ioms_desktop.domain.errors import ConflictingValues, Missing, MissingValue, NotAllowed, Refused
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.people import Order
from ioms_desktop.services.printing.genuine import check_code, check_file
from ioms_desktop.services.printing.packs.leaving_file import Places
from ioms_desktop.services.printing.packs.office_paper import preview_office_paper, print_office_paper
from ioms_desktop.services.printing.papers import PaperState
from ioms_desktop.services.printing.texts.decided import NotReviewed
from ioms_desktop.services.records.recalls import MarkRecalled, RecallResult, get_copies_to_recall, mark_recalled
from ioms_desktop.services.session import Session
from paper_prints import read_through
from reports.reading import pages_of
from services.access_bureau import Bureau
from services.test_many_summaries import REFS, asked
from services.test_papers import listed
from sessions import TODAY, given_to, request

SHEET, REVIEW, RECORD = OfficePaper
OWED = {
    "IOM-1": (("HMPPS_PROBATION", "Ask about the tag"), ("HMP", "Bring the licence"), ("", "Call Mr Harker's sister")),
    "PHX-1": (("INGEUS", "Meet him at the gym"),),
}


def owe_actions(session: Session) -> None:
    for ref, actions in OWED.items():
        with session.store.begin(session.command_context()) as tx:
            tx.open_case(ref, "CASE_WORK", "test")
            for number, (agency, text) in enumerate(actions):
                due = TODAY + timedelta(days=number - 1)
                tx.add(Action(action_ref=f"A-{ref}-{number}", case_ref=ref, text=text, owner="x", agency=agency or None,
                              due_on=due))  # fmt: skip
            done = TODAY - timedelta(days=3)
            tx.add(Action(action_ref=f"A-{ref}-D", case_ref=ref, text="Done long ago", owner="x", agency="HMP",
                          due_on=done, done_on=done))  # fmt: skip
            tx.add(Order(order_ref=f"O-{ref}", person_ref=tx.get(Case, ref).person_ref, order_type="COMMUNITY_ORDER",
                         made_on=done, conditions="Live at his aunt's"))  # fmt: skip


def test_an_action_sheet_has_of_each_reader_the_actions_that_their_summary_has(bureau: Bureau) -> None:
    session = bureau.session("supervisor")
    owe_actions(session)
    everybodys = [text for actions in OWED.values() for _, text in actions]

    more: dict[str, tuple[int, dict[str, Any]]] = {}

    def sheet(audience: Audience, agency: str = "", organisation: str = "Gwent Police") -> str:
        wanted = asked(session, audience=audience, agency=agency, **given_to(organisation))
        if not audience.shows_intelligence:
            if agency:
                with pytest.raises(NotReviewed):
                    print_office_paper(session, SHEET, REFS, **wanted)
            unread = " ".join(pages_of(preview_office_paper(session, SHEET, REFS, **wanted).pdf))
            assert [text for text in everybodys if text in unread] == [], "not before it was reviewed"
            wanted["review"] = read_through(session, REFS, SHEET, **wanted)
            marked = {each.partition(":")[0] for each in wanted["review"].marks}
            assert marked <= {"actions"}, "nobody reads what is not on the sheet"
            whole = read_through(session, REFS, **wanted)
            assert set(wanted["review"].marks) <= set(whole.marks)
            more[agency] = len(whole.marks) - len(wanted["review"].marks), wanted
        return " ".join(pages_of(preview_office_paper(session, SHEET, REFS, **wanted).pdf))

    full = sheet(Audience.FULL)
    assert [text for text in everybodys if text not in full] == []
    assert "four open actions, two overdue" in full
    assert "on this copy" not in full, "it has all of them"
    assert full.index("Ask about the tag") < full.index("Agency not named"), "by agency, and unnamed ones last"
    assert "Ask about the tag" in sheet(Audience.PARTNER, "HMPPS_PROBATION", "HMPPS Probation")
    prison = sheet(Audience.PARTNER, "HMP", "HMP")
    assert [text for text in everybodys if text in prison] == ["Bring the licence"]
    assert "whether or not there are any" in prison
    for audience in (Audience.PANEL, Audience.BOARD):
        assert "harker" not in sheet(audience).lower(), audience
    nobody = sheet(Audience.PARTNER, "", "Somebody")
    assert [text for text in everybodys if text in nobody] == []
    assert "Actions are not on this copy" in nobody
    assert "no open actions on this copy" in nobody, "and not that there are none"
    navigator = sheet(Audience.PARTNER, "INGEUS", "Ingeus")
    assert [text for text in everybodys if text in navigator] == ["Meet him at the gym"]
    assert "actions are not on this copy" in navigator, "of the case on IOM, and not of the sheet"
    assert "Actions are not on this copy" not in navigator
    assert listed(session) == [], "the control: a look is no disclosure"
    beyond, wanted = more["HMPPS_PROBATION"]
    assert beyond > 0, "the control: the summary has texts that are not on the sheet"
    assert print_office_paper(session, SHEET, REFS, **wanted).error is None


def test_each_paper_is_registered_under_its_name_for_each_case_and_recalled_by_case(
    bureau: Bureau, tmp_path: Path
) -> None:
    session = bureau.session("supervisor")
    path = tmp_path / "sheet.pdf"
    print_office_paper(session, SHEET, REFS, Places(paths=(path,)), **asked(session))
    for kind in (REVIEW, RECORD):
        print_office_paper(session, kind, ["IOM-1"], copies=2, **asked(session))
    rows = listed(session)
    assert sorted((row.case_ref, row.what.split(",")[0], row.copy) for row in rows) == sorted(
        [(ref, SHEET.label, "1 of 1") for ref in REFS]
        + [("IOM-1", kind.label, f"{number} of 2") for kind in (REVIEW, RECORD) for number in (1, 2)]
    )
    (code,) = {row.print_id for row in rows if row.what.startswith(SHEET.label)}
    for found in (check_code(session, code), check_file(session, path)):
        assert {row.case_ref for row in found.papers} == set(REFS)
    recall = MarkRecalled(request=request(), case_ref="IOM-1", print_id=code, result=RecallResult.TOLD, reason="Rang")
    mark_recalled(session, recall)
    states = {row.case_ref: row.state for row in listed(session) if row.print_id == code}
    assert states == {"IOM-1": PaperState.TOLD, "PHX-1": PaperState.OUT, "PHX-C": PaperState.OUT}
    assert {each.case_ref for each in get_copies_to_recall(session, code)} == set(REFS) - {"IOM-1"}
    record = asked(session, as_of=None, printed_at=None)
    told = " ".join(pages_of(print_office_paper(session, RECORD, ["IOM-1"], **record).pdfs[0]))
    for row in listed(session):
        if row.case_ref == "IOM-1" and not row.what.startswith(RECORD.label):
            assert row.print_id in told, "every copy of the case is in its disclosure record"
    assert "Recipient told" in told
    assert "Crime and Disorder Act 1998 s115" in told


def test_a_paper_is_for_its_readers_and_its_printers_alone(bureau: Bureau) -> None:
    supervisor, navigator = bureau.session("supervisor"), bureau.session("navigator")
    partner = {"audience": Audience.PARTNER, "agency": "HMPPS_PROBATION", **given_to("HMPPS Probation")}
    refused: list[tuple[type[Refused], Session, OfficePaper, tuple[str, ...], dict[str, object]]] = [
        (ConflictingValues, supervisor, SHEET, REFS, {"audience": Audience.PARTICIPANT}),
        (ConflictingValues, supervisor, REVIEW, ("IOM-1",), partner),
        (ConflictingValues, supervisor, RECORD, ("IOM-1",), partner),
        (MissingValue, supervisor, REVIEW, REFS, {}),
        (MissingValue, supervisor, SHEET, (), {}),
        (NotAllowed, navigator, REVIEW, ("PHX-1",), {}),
        (Missing, navigator, SHEET, ("IOM-1",), partner),
        (NotAllowed, bureau.session("analyst"), SHEET, REFS, partner),
    ]
    for kind, session, paper, refs, more in refused:
        with pytest.raises(kind):
            print_office_paper(session, paper, refs, **{**asked(session), **more})
    assert listed(supervisor) == []
    print_office_paper(navigator, SHEET, ["PHX-1"], **{**asked(navigator), **partner})  # the control
    assert [row.what.split(",")[0] for row in listed(supervisor)] == [SHEET.label]
