"""Papers that were printing when the program ended are asked about, and no others, on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ioms_desktop.domain.drafts import Draft
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


def test_papers_that_were_printing_when_the_program_ended_are_asked_about_and_no_others(
    bureau: Bureau, tmp_path: Path
) -> None:
    session = replace(bureau.session("supervisor"), draft_key=bytes(32))
    at = session.clock()

    def noted() -> Draft:
        return save_draft(session, note_of_papers(session, REFS))

    def left(refs: Sequence[str], run: str = "", *paths: Path) -> None:
        targets = [SummaryTarget(case_ref=ref, paths=paths) for ref in refs]
        wanted = asked(session, printed_at=at)  # what is printed once more has the same code
        assert not any(each.error for each in print_summaries(session, targets, processes=0, run=run, **wanted))
        bureau.clock.now += timedelta(minutes=1)

    left(REFS)
    note, _never_begun = noted(), noted()
    assert list_drafts(session).entries == (), "nothing of it is on record yet"
    left(REFS[:1], note.about)
    (entry,) = list_drafts(session).entries  # as another window of the same user does, while this one prints
    assert (entry.asks_of_print, entry.can_reopen) == (True, True)
    left(REFS[1:], note.about)
    left(REFS[2:], "", tmp_path / "saved.pdf")
    left(REFS)
    papers = find_printed_papers(session, entry.draft.about)
    assert [[each.case_ref for each in copy] for copy in papers.copies] == [[ref] for ref in REFS]
    record_what_was_printed(session, papers, 1)
    of_runs = [each.state for each in reversed(list_papers(session))]
    unmade = [False] * 3 + [False, True, True] + [False] * 4
    assert [state is PaperState.NOT_PRINTED for state in of_runs] == unmade
    assert list_drafts(session).entries == ()
    with pytest.raises(Missing, match="under Papers"):
        find_printed_papers(session, "")
    print_pack(session, REFS, copies=2, run=noted().about, **asked(session))
    packs = find_printed_papers(session, "")
    assert [{each.case_ref for each in copy} for copy in packs.copies] == [{*REFS}] * 2, "a copy with all of its cases"
    record_what_was_printed(session, packs, 2)
    assert list_drafts(session).entries == ()
    assert [each.state for each in list_papers(session)][:6].count(PaperState.NOT_PRINTED) == 0
