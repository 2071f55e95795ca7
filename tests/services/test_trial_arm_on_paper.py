"""Nobody can tell from a paper in which arm of the trial a participant is."""

from datetime import UTC, datetime
from pathlib import Path

from ioms_desktop.domain.errors import NotToldYet
from ioms_desktop.domain.printing.agency_lists import LIST_BY_AGENCY
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.printing.summaries import preview_summary
from ioms_desktop.services.printing.summary_facts import gather_for_reader
from ioms_desktop.services.printing.summary_plain import gather_plain_copy
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from reports.reading import pages_of
from services.exchange_session import person, phoenix, put, session_at, taken

AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
OTHERS = [each for each in Audience if each.is_available and not each.shows_intelligence]
READERS = [
    *((audience, "") for audience in OTHERS if audience is not Audience.PARTNER),
    *((Audience.PARTNER, agency) for agency in ("", *LIST_BY_AGENCY)),
]


def participants(folder: Path, arm: str) -> Path:
    """Write a participant who was notified, with what raises alerts, and one who was randomised and not notified."""
    put(folder, "people", [person("P1"), person("P2"), person("P3")])
    put(
        folder,
        "cases",
        [
            phoenix("C1", "P1", trial_arm=arm, navigator="N. OKORO", police_om="PC 4411 ADEYEMI"),
            phoenix("C2", "P2", trial_arm=arm, status="RANDOMISED", notified_on="", police_om="PC 4411 ADEYEMI"),
            phoenix("C3", "P3", status="NOTIFY_DUE", notified_on="", navigator="N. OKORO", police_om="PC 4411 ADEYEMI"),
        ],
    )
    missed = {"case_ref": "C1", "planned": "yes", "contact_type": "OFFICE", "outcome": "FAILED_TO_ATTEND"}
    days = ("2026-11-10", "2026-11-13", "2026-11-17")
    put(folder, "contacts", [{**missed, "contact_ref": f"T{day}", "occurred_at": day} for day in days])
    arrest = {"concern_type": "ARREST", "offence_group": "VIOLENCE", "recorded_on": "2026-11-20"}
    put(
        folder,
        "concerns",
        [
            {**arrest, "concern_ref": f"K{ref}", "case_ref": ref, "occurred_on": "2026-11-20"}
            for ref in ("C1", "C2", "C3")
        ],
    )
    return folder


PRINTED = ((Audience.PARTNER, "LEICESTER_CITY_YJS"), (Audience.PARTNER, ""), (Audience.PANEL, ""))
"""The readers whose pages are compared to the byte; of the others the facts are, of which the pages are made."""


def papers(session: Session, ref: str) -> dict[tuple[Audience, str], object]:
    """Return the facts of the copy of a case for every reader, and the pages for some."""
    view = open_case(session, ref)
    given: dict[tuple[Audience, str], object] = {}
    with session.store.read() as reading:
        for audience, agency in READERS:
            about = PrintFacts(audience=audience, printed_at=AT)
            try:
                given[audience, agency] = (
                    gather_plain_copy(session, view, about)
                    if audience.is_plain
                    else gather_for_reader(session, reading, view, about, agency)
                )
            except NotToldYet as refused:
                given[audience, agency] = str(refused)
    for audience, agency in PRINTED:
        given[audience, f"{agency}, pages"] = preview_summary(
            session, ref, audience=audience, agency=agency, reason_code="CASE_WORK", printed_at=AT
        )
    return given


def full(session: Session, ref: str) -> SeenPaper:
    return preview_summary(session, ref, reason_code="CASE_WORK", printed_at=AT)


def test_changing_only_the_arm_changes_no_byte_of_any_copy_but_the_full_one(store: Store, tmp_path: Path) -> None:
    taken(session_at(store, at=AT), participants(tmp_path / "before", "NOT_RANDOMISED"))
    session = session_at(store, at=AT)
    before = {ref: papers(session, ref) for ref in ("C1", "C2")}
    whole = full(session, "C1")
    taken(session_at(store, at=AT), participants(tmp_path / "after", "CONTROL"))
    for ref in ("C1", "C2"):
        after = papers(session_at(store, at=AT), ref)
        different = [reader for reader, paper in after.items() if paper != before[ref][reader]]
        assert different == [], ref
    assert full(session_at(store, at=AT), "C1") != whole, "the control: it raises nothing, as the policy has it"


def test_who_waits_to_be_notified_and_who_is_never_notified_have_the_same_copy(store: Store, tmp_path: Path) -> None:
    taken(session_at(store, at=AT), participants(tmp_path, "CONTROL"))
    session = session_at(store, at=AT)
    waiting, control = papers(session, "C3"), papers(session, "C2")
    for reader in waiting:
        texts = [said(each[reader]) for each in (waiting, control)]
        assert not [text for text in texts if "andomis" in text or "Notification due" in text], reader
        if reader[0] is Audience.PARTNER:
            assert texts[0].replace("C3", "C2") == texts[1], reader


def said(paper: object) -> str:
    """Return what a copy says but for its code, which follows from the case."""
    text = " ".join([*pages_of(paper.pdf), paper.html]) if isinstance(paper, SeenPaper) else repr(paper)
    return " ".join(word for word in text.split() if not word.startswith("P-"))
