"""Every document that the program makes: from its facts to its description, and from there to PDF or HTML.

A new document is a module that turns its facts into a `PaperDocument`, and one line here.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ioms_desktop.domain.letters.letter import Letter
from ioms_desktop.domain.printing.packs.certificates import AuditReport, DisposalCertificate
from ioms_desktop.domain.printing.packs.office_papers import ActionSheet, CaseReview, DisclosureRecord
from ioms_desktop.domain.printing.packs.pack import Pack
from ioms_desktop.domain.printing.plain_copy import PlainCopy
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.reports.case_summary.case_summary import describe_case_summary
from ioms_desktop.reports.case_summary.pack import describe_pack
from ioms_desktop.reports.document.description import PaperDocument
from ioms_desktop.reports.document.html_twin import render_html
from ioms_desktop.reports.layout.pdf import fit_to_page, render_pdf
from ioms_desktop.reports.letters.letter import describe_letter
from ioms_desktop.reports.office_papers.action_sheet import describe_action_sheet
from ioms_desktop.reports.office_papers.audit_report import describe_audit_report
from ioms_desktop.reports.office_papers.case_review import describe_case_review
from ioms_desktop.reports.office_papers.disclosure_record import describe_disclosure_record
from ioms_desktop.reports.office_papers.disposal_certificate import describe_disposal_certificate
from ioms_desktop.reports.plain_copy.plain_copy import describe_plain_copy


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document.

    Attributes:
        name: Its name for programs and files.
        title: Its name for people.
        facts: The kind of facts it is made from; no two documents share it.
        describe: Turns the facts, as its reader may have them, into the document.
    """

    name: str
    title: str
    facts: type
    describe: Callable[[Any], PaperDocument]


DOCUMENT_KINDS = (
    DocumentKind("case-summary", "Case summary", CaseSummary, describe_case_summary),
    DocumentKind("pack", "Pack of case summaries", Pack, describe_pack),
    DocumentKind("plain-copy", "Copy in plain English", PlainCopy, describe_plain_copy),
    DocumentKind("action-sheet", "Action sheet", ActionSheet, describe_action_sheet),
    DocumentKind("supervisor-review", "Supervisor's review", CaseReview, describe_case_review),
    DocumentKind("disclosure-record", "Disclosure record", DisclosureRecord, describe_disclosure_record),
    DocumentKind("disposal-certificate", "Certificate of disposal", DisposalCertificate, describe_disposal_certificate),
    DocumentKind("audit-report", "Audit report", AuditReport, describe_audit_report),
    DocumentKind("letter", "Letter", Letter, describe_letter),
)
"""All of them; `tests/reports/test_documents.py` holds each to what every document must keep."""

_BY_FACTS = {kind.facts: kind for kind in DOCUMENT_KINDS}


def describe_document(facts: object) -> PaperDocument:
    """Return the document that is made from facts.

    Raises:
        KeyError: There is no document of such facts.
    """
    return _BY_FACTS[type(facts)].describe(facts)


def document_pdf(facts: object) -> bytes:
    """Return the document that is made from facts as PDF; the same facts give the same bytes."""
    out = io.BytesIO()
    render_pdf(describe_document(facts), out)
    return out.getvalue()


def see_document(facts: object) -> SeenPaper:
    """Return the document that is made from facts as it is looked at before it leaves."""
    document = fit_to_page(describe_document(facts))
    out = io.BytesIO()
    render_pdf(document, out)
    return SeenPaper(out.getvalue(), render_html(document, style=""))


def document_html(facts: object) -> str:
    """Return the document that is made from facts as HTML; the same facts give the same page."""
    return render_html(fit_to_page(describe_document(facts)))
