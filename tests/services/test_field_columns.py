"""Columns that practitioners and inspectors look for: brought by files, and printed for those who may have them."""

from pathlib import Path

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.services.printing.summaries import case_summary_pdf
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from reports.reading import pages_of
from services.exchange_session import iom, person, put, session_at, taken

KEPT = {
    "ethnicity_officer": ("IC3", "IC3 Black"),
    "children_at_risk": ("yes", "Children at risk Yes"),
    "exploitation": ("RG_POSITIVE", "Reasonable grounds: yes"),
}
"""Columns of a person, as a file brings them and as the office copy says them; partners are not told."""


def printed(session: Session, audience: Audience) -> str:
    return " ".join(
        " ".join(pages_of(case_summary_pdf(session, "C2", audience=audience, reason_code="CASE_WORK"))).split()
    )


def test_what_is_new_of_a_person_and_their_workers_is_printed_for_the_office_and_kept_from_partners(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "people", [person(**{name: sent for name, (sent, _) in KEPT.items()})])
    put(tmp_path, "cases", [iom(yjs_case_manager="A. YATES", social_worker="S. WOOD")])
    session = session_at(store)
    taken(session, tmp_path)
    office, partners = (printed(session, each) for each in (Audience.FULL, Audience.PARTNER))
    said = [words for _, words in KEPT.values()]
    assert [words for words in said if words not in office] == []
    assert [words for words in said if words in partners] == []
    assert ("A. YATES" in office, "A. YATES" in partners) == (True, True)
    assert ("S. WOOD" in office, "S. WOOD" in partners) == (True, False)
