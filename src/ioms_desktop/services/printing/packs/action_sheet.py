"""The open actions of cases for an action sheet, as far as its reader may have them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ioms_desktop.domain.printing.allow_lists import allow_list_of
from ioms_desktop.domain.printing.packs.office_papers import ActionSheet, OfficeFacts, SheetAction, SheetCase
from ioms_desktop.domain.printing.parts import SummaryPart as Part
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.read import Reading


def read_action_sheet(session: Session, _reading: Reading, _view: CaseView, summary: CaseSummary) -> ActionSheet:
    """Return the sheet of one case: nothing is on it that the summary of this reader has not."""
    given = allow_list_of(summary.about)
    who = summary.identity
    case = SheetCase(
        name=who.name,
        case_ref=summary.programme.case_ref,
        child=who.child,
        is_shared=given.shares(CaseSummary, "actions"),
        own_alone=not given.whole and Part.ACTIONS not in given.parts and Part.OWN_ACTIONS in given.parts,
    )
    agencies = session.lists.of("agency")
    actions = tuple(
        SheetAction(
            case=1,
            text=each.text,
            owner=each.owner,
            agency=agencies.label(each.agency),
            due_on=each.due_on,
            state=each.state,
        )
        for each in summary.actions or ()
    )
    return ActionSheet(as_of=summary.as_of, cases=(case,), actions=actions)


def join_action_sheets(sheets: Sequence[OfficeFacts]) -> ActionSheet:
    """Return the sheets of several cases as one, the action that is due first at the top."""
    single = [each for each in sheets if isinstance(each, ActionSheet)]
    actions = [replace(action, case=number) for number, each in enumerate(single, 1) for action in each.actions]
    return ActionSheet(
        as_of=single[0].as_of,
        cases=tuple(case for each in single for case in each.cases),
        actions=tuple(sorted(actions, key=lambda each: (each.due_on or date.max, each.case, each.text))),
    )
