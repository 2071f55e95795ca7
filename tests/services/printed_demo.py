"""The summaries of a caseload for every reader, held against what pages must keep."""

from datetime import date
from typing import Any

from evaluated_cases import evaluate_caseload
from ioms_desktop.domain.errors import NotToldYet
from ioms_desktop.domain.printing.audiences import Audience, available_audiences
from ioms_desktop.domain.printing.decide_lines import ToDecideLine
from ioms_desktop.domain.printing.print_facts import PaperForm, PrintFacts
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.printing.many_summaries import TOGETHER
from ioms_desktop.services.printing.summaries import preview_summary
from ioms_desktop.services.printing.summary_facts import gather_for_reader
from ioms_desktop.services.session import Session
from ioms_desktop.storage.printing.read_ahead import ReadAhead
from ioms_desktop.storage.records.read import Reading
from reports.matterhorn import failed_checkpoints
from reports.page_checks import faults_of
from reports.reading import pages_of

PARTNER = "HMPPS_PROBATION"


def faults_of_summaries(session: Session, as_of: date, every: int = 1) -> tuple[int, list[str]]:
    """Print every so many cases for each audience; return how many papers there are, and what is wrong with them."""
    printed, faults = 0, list[str]()
    refs = [each.history[-1].case_ref for each in evaluate_caseload(session, as_of)]
    for ref in refs[::every]:
        for audience in available_audiences(sees_intelligence=True):
            try:
                paper = preview_summary(
                    session, ref, audience=audience, agency=PARTNER, reason_code="CASE_WORK", as_of=as_of
                ).pdf
            except NotToldYet:  # there is no copy for them or their family
                continue
            printed += 1
            faults += [
                f"{ref}, {audience}, on one page: {fault}"
                for fault in _faults_of_one_page(session, ref, audience, as_of)
            ]
            faults += [f"{ref}, {audience}: {fault}" for fault in (*faults_of(paper), *failed_checkpoints(paper))]
    return printed, faults


def compared_readings(session: Session, as_of: date) -> tuple[int, int, list[str]]:
    """Read every other case together with others and by itself.

    Returns:
        Of how many types there were records, how many former versions there were, and what was read otherwise.
    """
    with session.store.read() as reading:
        every = [each.history[-1].case_ref for each in evaluate_caseload(session, as_of)]
        cases = [reading.get(Case, ref) for ref in every[::2]]
        found, corrections, different = set[type[Record]](), 0, list[str]()
        for start in range(0, len(cases), TOGETHER):
            part = cases[start : start + TOGETHER]
            ahead = ReadAhead(reading, [each.case_ref for each in part])
            for case in part:
                together, alone = (_everything_of(each, case) for each in (ahead, reading))
                different += [f"{case.case_ref}: {name}" for name, said in alone.items() if together[name] != said]
                found |= together["types"]
                corrections += together["corrections"]
    return len(found), corrections, different


def _everything_of(reading: Reading, case: Case) -> dict[str, Any]:
    owners = {"case_ref": case.case_ref, "person_ref": case.person_ref}
    types = tuple(each for each in RECORD_TYPE_BY_TABLE.values() if each.subject in owners)
    return {
        "types": reading.types_with_records(types, **owners),
        "person": reading.find(Person, case.person_ref),
        "corrected": reading.tables_with_former_versions(**owners),
        "corrections": reading.count_former_versions(**owners),
        **{each.table: reading.list_records(each, **{each.subject: owners[each.subject]}) for each in types},
    }


def _faults_of_one_page(session: Session, ref: str, audience: Audience, as_of: date) -> list[str]:
    """Return what is wrong with the form of one page: another page, or something to decide that it leaves out."""
    if audience.is_plain:
        return []
    paper = preview_summary(
        session,
        ref,
        audience=audience,
        agency=PARTNER,
        form=PaperForm.ONE_PAGE,
        reason_code="CASE_WORK",
        as_of=as_of,
    ).pdf
    pages, about = pages_of(paper), PrintFacts(audience=audience)
    with session.store.read() as reading:
        facts = gather_for_reader(session, reading, open_case(session, ref, as_of=as_of), about, PARTNER)
    lacking = [row.text for row in facts.to_decide or () if not {row.text, row.clock} <= set(_found(pages[0], row))]
    return [*faults_of(paper), *([] if len(pages) == 1 else [f"{len(pages)} pages"]), *lacking]


def _found(page: str, row: ToDecideLine) -> list[str]:
    return [text for text in (row.text, row.clock) if text in page]
