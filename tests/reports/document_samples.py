"""Facts of every kind of document: empty, ordinary and long."""

from dataclasses import replace
from datetime import date

from ioms_desktop.domain.letters.letter import Letter
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.pack import Pack
from ioms_desktop.domain.printing.plain_copy import (
    HANDLING,
    OFFER_STAYS,
    CallLine,
    PlainCopy,
    complaint_lines,
    describe_expectations,
    describe_next_look,
    describe_offer,
    describe_programme,
)
from ioms_desktop.domain.printing.plain_words import THE_PERSON, Addressee
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
    expected=(*describe_expectations("IOM", THE_PERSON), OFFER_STAYS),
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
    expected=(*describe_expectations("PHOENIX", _PARENT), OFFER_STAYS),
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
    paragraphs=("This is an agreement.", "I come to the gym.\nI stay away from the park.", OFFER_STAYS),
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
