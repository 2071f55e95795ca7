"""Facts of every kind of document: empty, ordinary and long."""

from dataclasses import replace
from datetime import date, datetime

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.letters.letter import Letter
from ioms_desktop.domain.policy.decisions import OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.packs.certificates import (
    NO_NAMES_MARKING,
    AuditLine,
    AuditReport,
    DisposalCertificate,
)
from ioms_desktop.domain.printing.packs.office_papers import (
    ActionSheet,
    CaseReview,
    ClockLine,
    DisclosedLine,
    DisclosureRecord,
    SheetAction,
    SheetCase,
    StandardLine,
)
from ioms_desktop.domain.printing.packs.pack import Pack
from ioms_desktop.domain.printing.plain_copy import (
    HANDLING,
    THE_PERSON,
    Addressee,
    CallLine,
    PlainCopy,
    complaint_lines,
    describe_expectations,
    describe_next_look,
    describe_offer,
    describe_programme,
)
from ioms_desktop.domain.printing.print_facts import PaperForm
from ioms_desktop.domain.printing.redaction import redact_for_audience
from ioms_desktop.domain.printing.summary import Basis, CaseSummary, ConcernLine, Identity, NoteLine
from reports.sample import CALLUM_FULL, JAYDEN_FULL

HOSTILE = "<script>alert(1)</script> & \"quotes\" 'single' \\ ]]> <!-- --> %00 \u202e\u0007\ud800 & a\nline"
_LONG = replace(
    CALLUM_FULL,
    notes=tuple(NoteLine(text=f"Note {number}. {HOSTILE} " * 9, basis=Basis.FACT) for number in range(30)),
    concerns=tuple(ConcernLine(label=f"Concern {number}", summary="words " * (number % 40)) for number in range(60)),
)
_PLAIN = PlainCopy(
    about=replace(CALLUM_FULL.about, audience=Audience.PARTICIPANT, handling=HANDLING.format(who="you")),
    as_of=CALLUM_FULL.as_of,
    name="Callum",
    full_name="Callum HARKER",
    programme=describe_programme("IOM", THE_PERSON),
    offered=tuple(describe_offer(code, date(2026, 11, 18), None, None, THE_PERSON) for code in ("HOUSING", "GYM")),
    expected=(*describe_expectations("IOM", THE_PERSON), OFFER_STAYS_OPEN_NOTICE),
    upcoming=(describe_next_look(THE_PERSON),),
    calls=(
        CallLine(role="police", name="PC 4411 ADEYEMI"),
        CallLine(role="probation", name="J. SHAH", phone="0116 222 2222"),
    ),
    complaints=complaint_lines(THE_PERSON),
)
_PARENT = Addressee("Jo")
_FOR_PARENT = PlainCopy(
    about=replace(CALLUM_FULL.about, audience=Audience.PARENT, handling=HANDLING.format(who="Jo")),
    as_of=CALLUM_FULL.as_of,
    name="Jo",
    full_name="Jo EXAMPLE",
    child=True,
    programme=describe_programme("PHOENIX", _PARENT),
    offered=(describe_offer("MENTORING", date(2026, 11, 18), None, None, _PARENT),),
    expected=(*describe_expectations("PHOENIX", _PARENT), OFFER_STAYS_OPEN_NOTICE),
    upcoming=(describe_next_look(_PARENT),),
    calls=(CallLine(role="navigator", name="N. OKORO", phone="0116 222 3333"),),
    complaints=complaint_lines(_PARENT),
)
_LETTER = Letter(
    about=replace(JAYDEN_FULL.about, audience=Audience.PARTICIPANT),
    reference="PHX-1",
    dated_on=JAYDEN_FULL.as_of,
    subject="Jayden MARLOW",
    child=True,
    address=("Jayden MARLOW", "4 Example Road", "Leicester LE0 0BB"),
    greeting="Jayden",
    title="What we have agreed",
    paragraphs=("This is an agreement.", "I come to the gym.\nI stay away from the park.", OFFER_STAYS_OPEN_NOTICE),
    signed_by="PC 4411 ADEYEMI",
    phone="0116 222 2222",
    signers=("Jayden MARLOW", "Kim MARLOW, parent or carer"),
    copy_to="Kim MARLOW, parent or carer",
)


def _pack(audience: Audience, *summaries: CaseSummary) -> Pack:
    """A pack for a reader, each summary as they may have it and with a code of its own."""
    agency = "HMPPS_PROBATION"
    papers = []
    for number, each in enumerate(summaries, 1):
        code = f"P-DDDDDDDDD{number:03X}-DD"  # of the widest digits
        about = replace(each.about, told=True, agency_name="HMPPS Probation", print_id=code, copies=2)
        papers.append(redact_for_audience(replace(each, about=about), audience, agency))
    about = replace(
        papers[0].about, print_id="P-0123456789AB-CD", recipient="Supt. GRANT, chair, Leicestershire Police"
    )
    return Pack(about=about, as_of=CALLUM_FULL.as_of, papers=tuple(papers))


PLAIN_ABOUT = replace(CALLUM_FULL.about, marking=NO_NAMES_MARKING)
_SHEET = ActionSheet(
    about=replace(CALLUM_FULL.about, recipient="Supt. GRANT, Leicestershire Police", print_id="P-0123456789AB-CD"),
    as_of=CALLUM_FULL.as_of,
    cases=(
        SheetCase(name="Callum HARKER", case_ref="IOM-0001"),
        SheetCase(name="Jayden MARLOW", case_ref="PHX-0001", child=True),
        SheetCase(name="Dean EXAMPLE", case_ref="IOM-0002"),
    ),
    actions=(
        SheetAction(
            case=1, text="A5 housing interview", owner="L. HOLT", agency="Leicester City Council",
            due_on=date(2026, 11, 23), state="OVERDUE, put off once from 16 Nov 2026",
        ),
        SheetAction(
            case=2, text="Ask the gym for a weekly place, and tell his mother the day", owner="N. OKORO",
            agency="Ingeus", due_on=date(2026, 12, 1), state="Open",
        ),
        SheetAction(
            case=1, text="Joint visit to the hostel", owner="PC 4411 ADEYEMI", due_on=date(2026, 12, 2), state="Open",
        ),
    ),
)  # fmt: skip
_REVIEW = CaseReview(
    about=replace(CALLUM_FULL.about, print_id="P-0123456789AB-CD", reason="Supervision review"),
    summary=CALLUM_FULL,
    standards=(
        StandardLine(
            what="Contact", text="The next contact that meets the standard is due by then.", due_on=date(2026, 12, 12)
        ),
        StandardLine(
            what="RAG review", text="The RAG review was due on 24 Nov 2026 and is not recorded.",
            due_on=date(2026, 11, 24), is_late=True,
        ),
        StandardLine(what="IOM letter", text="Served on 10 Sep 2026.", due_on=date(2026, 9, 21)),
    ),
    clocks=(
        ClockLine(
            alert="Breach", raised_on=date(2026, 10, 14), decision="Open, 40 days late", decision_late=True,
        ),
        ClockLine(
            alert="Serious concern", raised_on=date(2026, 10, 13), decision="Open, 41 days late", decision_late=True,
        ),
    ),
    lacks=(
        "Not recorded: ethnicity as the person says it.",
        "Of two notes of the last three months it is not said whether it is fact or opinion.",
    ),
)  # fmt: skip
_RECORD = DisclosureRecord(
    about=replace(CALLUM_FULL.about, print_id="P-0123456789AB-CD", reason="Subject access request"),
    as_of=CALLUM_FULL.as_of,
    name="Callum HARKER",
    case_ref="IOM-0001",
    lines=(
        DisclosedLine(
            at=datetime(2026, 11, 25, 9, 30, tzinfo=LONDON),
            what="Case summary, Partner agency, for Leicester City Council, list Council",
            copy="1 of 1", print_id="P-DDDDDDDDDDDD-DD", recipient="R. Dunne, housing officer, Leicester City Council",
            reason="Case conference", power="Crime and Disorder Act 1998 s115", by="PC 4411 ADEYEMI",
            became="Back or destroyed, 26 Nov 2026",
        ),
        DisclosedLine(
            at=datetime(2026, 11, 26, 14, 5, tzinfo=LONDON), what="Case summary, Police, full", copy="1 of 2",
            print_id="P-0123456789AB-CD", is_given=False, reason="Case conference: tactical meeting",
            by="Insp. WRIGHT", became="Out",
        ),
    ),
)  # fmt: skip
_CERTIFICATE = DisposalCertificate(
    about=replace(PLAIN_ABOUT, reason="Review, retention and disposal"),
    number="DS-2026-000017",
    disposed_on=date(2026, 11, 25),
    authority="RRD decision 2026/41",
    reason="Review period ended and nothing further is on record.",
    proposed_by="Insp. WRIGHT",
    authorised_by="Supt. GRANT",
    removed=(("Case", 1), ("Contact", 41), ("Former version", 118), ("Offer of support", 3), ("Person", 1)),
    emptied=312,
    tasks=("A-88", "A-91"),
    copies=("Backups made before 25 Nov 2026 keep the record until they are deleted.",),
)
_AUDIT = AuditReport(
    about=replace(PLAIN_ABOUT, reason="Audit"),
    subject="Case IOM-0001",
    first=date(2026, 11, 1),
    last=date(2026, 11, 25),
    seal="Newest seal when it was printed: 214, to compare 4821 9930 1174.",
    lines=(
        AuditLine(
            at=datetime(2026, 11, 2, 9, 14, 5, tzinfo=LONDON), who="PC 4411 ADEYEMI", role="officer",
            workstation="LEI-0417", did="Looked at", what="Case IOM-0001", reason="Case work",
        ),
        AuditLine(
            at=datetime(2026, 11, 25, 9, 30, tzinfo=LONDON), who="Insp. WRIGHT", role="supervisor",
            workstation="LEI-0420", did="Passed on", what="Case IOM-0001", reason="Case conference",
            recipient="R. Dunne, housing officer, Leicester City Council",
        ),
        AuditLine(
            at=datetime(2026, 11, 25, 11, 2, 40, tzinfo=LONDON), who="N. OKORO", role="navigator",
            workstation="LEI-0333", did="Looked at", what="Case IOM-0001", is_refused=True,
        ),
    ),
)  # fmt: skip
DOCUMENT_SAMPLES: dict[type, tuple[object, ...]] = {
    CaseSummary: (
        CaseSummary(),
        *(
            redact_for_audience(
                replace(summary, about=replace(summary.about, told=True, agency_name="HMPPS Probation")),
                audience,
                "HMPPS_PROBATION",
            )
            for summary in (CALLUM_FULL, JAYDEN_FULL, _LONG)
            for audience in Audience
            if audience.is_available and not audience.is_plain
        ),
        *(
            replace(summary, about=replace(summary.about, form=PaperForm.ONE_PAGE))
            for summary in (CALLUM_FULL, JAYDEN_FULL, _LONG)
        ),
    ),
    Pack: (
        Pack(),
        *(_pack(each, CALLUM_FULL, JAYDEN_FULL) for each in (Audience.FULL, Audience.PARTNER, Audience.BOARD)),
        _pack(Audience.PANEL, JAYDEN_FULL, *(CaseSummary(identity=Identity(family_name=HOSTILE, child=True)),) * 30),
    ),
    ActionSheet: (
        ActionSheet(),
        _SHEET,
        replace(
            _SHEET,
            about=replace(_SHEET.about, audience=Audience.PARTNER, agency_name="Leicester City Council"),
            actions=tuple(each for each in _SHEET.actions if each.agency == "Leicester City Council"),
            cases=tuple(replace(each, own_alone=True) for each in _SHEET.cases),
        ),
        replace(
            _SHEET,
            about=replace(_SHEET.about, audience=Audience.PARTNER, agency_name="Ingeus"),
            cases=(SheetCase(name=HOSTILE, case_ref="X", own_alone=True), SheetCase(is_shared=False)),
            actions=tuple(replace(_SHEET.actions[number % 3], text=HOSTILE * (number % 5)) for number in range(60)),
        ),
        replace(_SHEET, actions=(), cases=(SheetCase(is_shared=False),)),
    ),
    CaseReview: (
        CaseReview(),
        _REVIEW,
        replace(_REVIEW, summary=JAYDEN_FULL, standards=(), lacks=(HOSTILE,) * 40, clocks=_REVIEW.clocks * 30),
    ),
    DisclosureRecord: (
        DisclosureRecord(),
        _RECORD,
        replace(_RECORD, child=True, lines=_RECORD.lines * 30 + (DisclosedLine(recipient=HOSTILE * 3),)),
    ),
    DisposalCertificate: (
        DisposalCertificate(),
        _CERTIFICATE,
        replace(_CERTIFICATE, reason=HOSTILE, removed=_CERTIFICATE.removed * 20, copies=(HOSTILE,) * 30),
    ),
    AuditReport: (
        AuditReport(),
        _AUDIT,
        replace(_AUDIT, subject="", lines=_AUDIT.lines * 30 + (AuditLine(who=HOSTILE, reason=HOSTILE),)),
    ),
    PlainCopy: (
        PlainCopy(),
        _PLAIN,
        _FOR_PARENT,
        replace(
            _FOR_PARENT, offered=_FOR_PARENT.offered * 80, calls=(CallLine(role="police", name=HOSTILE, phone="0116"),)
        ),
    ),
    Letter: (Letter(), _LETTER, replace(_LETTER, greeting=HOSTILE, paragraphs=(f"{HOSTILE} " * 9,) * 14, signers=())),
}
