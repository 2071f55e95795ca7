"""The summaries of a caseload for every reader, held against what pages must keep."""

from datetime import date

from ioms_desktop.domain.errors import NotToldYet
from ioms_desktop.domain.printing.audiences import available_audiences
from ioms_desktop.services.cases.rule_runs import evaluate_caseload
from ioms_desktop.services.printing.summaries import case_summary_pdf
from ioms_desktop.services.session import Session
from reports.page_checks import faults_of

PARTNER = "HMPPS_PROBATION"


def faults_of_summaries(session: Session, as_of: date, every: int = 1) -> tuple[int, list[str]]:
    """Print every so many cases for each audience; return how many papers there are, and what is wrong with them."""
    printed, faults = 0, list[str]()
    refs = [each.history[-1].case_ref for each in evaluate_caseload(session, as_of)]
    for ref in refs[::every]:
        for audience in available_audiences(sees_intelligence=True):
            try:
                paper = case_summary_pdf(
                    session, ref, audience=audience, agency=PARTNER, reason_code="CASE_WORK", as_of=as_of, preview=True
                )
            except NotToldYet:  # there is no copy for them or their family
                continue
            printed += 1
            faults += [f"{ref}, {audience}: {fault}" for fault in faults_of(paper)]
    return printed, faults
