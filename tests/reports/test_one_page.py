"""A case summary on one page."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.decide_lines import ToDecideLine
from ioms_desktop.domain.printing.print_facts import PaperForm
from ioms_desktop.domain.printing.redaction import redact_for_audience
from ioms_desktop.domain.printing.summary import ActionLine, CaseSummary, ContactLine, OfferLine, ScoreLine
from ioms_desktop.reports.case_summary.case_summary import describe_case_summary
from ioms_desktop.reports.case_summary.one_page import BREVITIES, NO_TIMELINE
from ioms_desktop.reports.document.description import Figure
from ioms_desktop.reports.layout.pdf import fit_to_page, render_pdf
from reports.reading import pages_of, printed
from reports.sample import CALLUM_FULL, JAYDEN_FULL


def short(summary: CaseSummary, **more: object) -> CaseSummary:
    about = replace(summary.about, form=PaperForm.ONE_PAGE, told=True)
    return replace(summary, about=about, **more)  # type: ignore[arg-type]  # fields of a summary by name


@pytest.mark.parametrize("whole", [CALLUM_FULL, JAYDEN_FULL])
@pytest.mark.parametrize("audience", [Audience.FULL, Audience.PARTNER, Audience.PANEL, Audience.BOARD])
def test_an_ordinary_case_takes_one_page_that_holds_everything_to_be_decided(
    whole: CaseSummary, audience: Audience
) -> None:
    summary = redact_for_audience(short(whole), audience, "HMPPS_PROBATION")
    (page,) = pages_of(printed(summary))
    for row in summary.to_decide or ():
        assert row.text in page
        assert row.clock in page
    assert page.count("offer of support remains open") == 1
    assert len(pages_of(printed(short(whole)))) < len(pages_of(printed(whole))), "the control"


def test_a_list_that_is_cut_says_how_many_more_there_are() -> None:
    usual, *_, briefest, _ = BREVITIES
    assert usual.shorten(["a", "b"], 2) == "a; b"
    assert usual.shorten(["a", "", "b", "c", "d"], 2) == "a; b; and 2 more"
    assert briefest.shorten(["a", "", "b", "c", "d"], 2) == "a; and 3 more"
    assert usual.shorten(["word " * 40], 1).endswith("…")
    (page,) = pages_of(printed(short(CALLUM_FULL, **MANY)))
    for said in ("and 28 more", "and 27 more"):
        assert said in page


MANY = {
    "contacts": tuple(ContactLine(contact_type=f"Visit {number}", outcome="Seen") for number in range(30)),
    "offers": tuple(OfferLine(label=f"Offer {number}", open=True) for number in range(30)),
    "scores": tuple(ScoreLine(tool=f"Tool {number}", assessed_on=date(2026, 9, 1)) for number in range(30)),
}


def test_the_more_is_to_be_decided_the_briefer_is_the_rest_so_that_one_page_holds_it() -> None:
    chosen: list[int] = []
    for number in (5, 6, 7, 12, 40):
        rows = tuple(ToDecideLine(what="Action", text=f"Action {each}", clock="late") for each in range(number))
        document = describe_case_summary(short(CALLUM_FULL, to_decide=rows, **MANY))
        wordings = (document.blocks, *document.shorter)
        pages = [render_pdf(replace(document, blocks=each, shorter=()), io.BytesIO()) for each in wordings]
        chosen.append(wordings.index(fit_to_page(document).blocks))
        assert chosen[-1] == (pages.index(1) if 1 in pages else len(pages) - 1), "the first that has room"
    assert chosen == sorted(chosen)
    assert (chosen[0], len(set(chosen))) == (0, 5)
    (page,) = pages_of(printed(short(CALLUM_FULL, to_decide=rows[:12], **MANY)))
    assert NO_TIMELINE in page, "the picture goes before a second page comes"
    unknown = describe_case_summary(short(CALLUM_FULL, to_decide=rows[:12], timeline=None, **MANY))
    for blocks in (unknown.blocks, *unknown.shorter):
        assert "imeline" not in repr(blocks), "nobody is told of a timeline that no summary of theirs has"
    assert any(isinstance(each, Figure) for each in wordings[chosen[-1]]), "on a second page it has room"


def test_what_is_to_be_decided_is_never_cut_even_where_it_takes_another_page() -> None:
    rows = tuple(
        ToDecideLine(what="Action", text=f"Action number {number} " + "x" * 90, clock="9 days late")
        for number in range(70)
    )
    text = " ".join(pages_of(printed(short(CALLUM_FULL, to_decide=rows))))
    assert all(f"Action number {number} " in text for number in range(70))


def test_an_action_stands_once_and_one_that_is_not_late_stands_below() -> None:
    late = ActionLine(text="Late action", owner="L. HOLT", due_on=date(2026, 11, 23), state="OVERDUE")
    later = ActionLine(text="Later action", owner="L. HOLT", due_on=date(2026, 12, 23), state="Open")
    (page,) = pages_of(printed(short(CALLUM_FULL, actions=(late, later))))
    assert "Later action (L. HOLT, 23 Dec 2026)" in page
    assert "Late action" not in page, "what is to be decided names it"
    (board,) = pages_of(printed(redact_for_audience(short(CALLUM_FULL, actions=(later,)), Audience.BOARD)))
    assert "Open actions due 23 Dec 2026" in " ".join(board.split())
    assert not re.search(r"\( *[,)]|, *\)", board)
