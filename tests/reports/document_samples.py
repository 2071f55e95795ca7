"""Facts of every kind of document: empty, ordinary and long."""

from dataclasses import replace

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.redaction import redact_for_audience
from ioms_desktop.domain.printing.summary import Basis, CaseSummary, ConcernLine, NoteLine
from reports.sample import CALLUM_FULL, JAYDEN_FULL

HOSTILE = "<script>alert(1)</script> & \"quotes\" 'single' \\ ]]> <!-- --> %00 \u202e\u0007\ud800 & a\nline"
_LONG = replace(
    CALLUM_FULL,
    notes=tuple(NoteLine(text=f"Note {number}. {HOSTILE} " * 9, basis=Basis.FACT) for number in range(30)),
    concerns=tuple(ConcernLine(label=f"Concern {number}", summary="words " * (number % 40)) for number in range(60)),
)
DOCUMENT_SAMPLES: dict[type, tuple[object, ...]] = {
    CaseSummary: (
        CaseSummary(),
        *(
            redact_for_audience(replace(summary, about=replace(summary.about, told=True)), audience, "HMPPS_PROBATION")
            for summary in (CALLUM_FULL, JAYDEN_FULL, _LONG)
            for audience in Audience
            if audience.is_available and not audience.is_plain
        ),
    )
}
