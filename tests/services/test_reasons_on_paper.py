"""Why somebody is on their programme, as a chair and as a partner read it."""

from datetime import UTC, datetime
from pathlib import Path

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.summary import Basis
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.printing.summary_facts import gather_for_reader
from ioms_desktop.storage.store import Store
from services.exchange_session import person, phoenix, put, session_at, taken

AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
FOUND = {"case_ref": "C1", "met": "yes", "assessed_on": "2026-09-02", "source": "Niche 5000123"}


def test_what_somebody_met_and_what_the_panel_decided_is_said_and_no_group_or_intelligence_to_partners(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [phoenix(referred_by="Sgt PATEL")])
    found = [
        {**FOUND, "eligibility_ref": "E1", "criterion": "WEAPONS", "basis": "RECORD", "evidence": "a knife at school"},
        {**FOUND, "eligibility_ref": "E2", "criterion": "GROUP_MEMBER", "basis": "RECORD", "evidence": "with GRP-07"},
        {**FOUND, "eligibility_ref": "E3", "criterion": "DRUG_TRAFFICKING", "basis": "INTELLIGENCE", "evidence": "saw",
         "source_grade": "1", "information_grade": "B", "handling": "P"},
        {**FOUND, "eligibility_ref": "E4", "criterion": "SERIOUS_VIOLENCE", "basis": "JUDGEMENT", "evidence": "fights"},
        {**FOUND, "eligibility_ref": "E5", "criterion": "WEAPONS", "basis": "RECORD", "evidence": "an older finding",
         "assessed_on": "2026-08-01"},
        {**FOUND, "eligibility_ref": "E6", "criterion": "AGE_14", "basis": "RECORD", "evidence": "no", "met": "no"},
    ]  # fmt: skip
    put(tmp_path, "eligibility", found)
    panel = {"panel_decision_ref": "PD1", "case_ref": "C1", "decided_on": "2026-09-07", "agencies": "HMP"}
    put(tmp_path, "panel_decisions", [{**panel, "decision": "ELIGIBLE", "reason": "all agreed"}])
    taken(session_at(store, at=AT), tmp_path)
    session = session_at(store, at=AT)
    view = open_case(session, "C1")

    def why(audience: Audience, agency: str = "") -> dict[str, Basis]:
        with session.store.read() as reading:
            facts = gather_for_reader(session, reading, view, PrintFacts(audience=audience), agency)
        return {": ".join(filter(None, (row.text, row.detail))): row.basis for row in facts.why_on or ()}

    lists = session.lists.of("eligibility_criterion")
    full, partner = why(Audience.FULL), why(Audience.PARTNER, "LEICESTER_CITY_YJS")
    assert full[f"{lists.label('WEAPONS')}: a knife at school"] is Basis.FACT
    assert full[f"{lists.label('SERIOUS_VIOLENCE')}: fights"] is Basis.OPINION
    assert full[f"{lists.label('DRUG_TRAFFICKING')}: saw"] is Basis.INTELLIGENCE
    assert any("all agreed" in said for said in full)
    assert len(full) == 6
    accepted = session.lists.of("panel_decision").label("ELIGIBLE").lower()
    assert list(partner) == [
        "Referred on 7 Sep 2026 by Sgt PATEL",
        *(lists.label(code) for code in ("WEAPONS", "SERIOUS_VIOLENCE")),
        f"Panel of 7 Sep 2026: {accepted}",
    ]
