"""Papers that were printing when the program ended are asked about, and no others, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ioms_desktop.domain.errors import Missing
from ioms_desktop.services.drafts import list_drafts, save_draft
from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries
from ioms_desktop.services.printing.packs.pack import print_pack
from ioms_desktop.services.printing.packs.printed_papers import (
    find_printed_papers,
    note_of_papers,
    record_what_was_printed,
)
from ioms_desktop.services.printing.papers import PaperState, list_papers
from services.access_bureau import Bureau
from services.test_many_summaries import REFS, asked


def test_papers_that_were_printing_when_the_program_ended_are_asked_about_and_no_later_ones(bureau: Bureau) -> None:
    session = replace(bureau.session("supervisor"), draft_key=bytes(32))

    def printed() -> list[SummaryTarget]:
        targets = [SummaryTarget(case_ref=ref) for ref in REFS]
        assert not any(each.error for each in print_summaries(session, targets, processes=0, **asked(session)))
        bureau.clock.now += timedelta(minutes=1)
        return targets

    printed()
    save_draft(session, note_of_papers(session, REFS))
    assert list_drafts(session).entries == (), "nothing of it is on record yet"
    printed()
    (entry,) = list_drafts(session).entries
    assert (entry.asks_of_print, entry.can_reopen) == (True, True)
    bureau.clock.now += timedelta(minutes=1)
    printed()
    papers = find_printed_papers(session, entry.draft.about)
    assert [[each.case_ref for each in copy] for copy in papers.copies] == [[ref] for ref in REFS]
    record_what_was_printed(session, papers, 1)
    of_runs = [each.state for each in reversed(list_papers(session))]
    unmade = [False] * 3 + [False, True, True] + [False] * 3
    assert [state is PaperState.NOT_PRINTED for state in of_runs] == unmade
    assert list_drafts(session).entries == ()
    with pytest.raises(Missing, match="under Papers"):
        find_printed_papers(session, "")
    save_draft(session, note_of_papers(session, REFS))
    print_pack(session, REFS, copies=2, **asked(session))
    packs = find_printed_papers(session, "")
    assert [{each.case_ref for each in copy} for copy in packs.copies] == [{*REFS}] * 2, "a copy with all of its cases"
    record_what_was_printed(session, packs, 2)
    assert list_drafts(session).entries == ()
    assert [each.state for each in list_papers(session)][:6].count(PaperState.NOT_PRINTED) == 0
