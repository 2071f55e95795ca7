"""The actions that print cases, create an offline file and import one."""

from functools import partial
from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.drafts import PRINTED_PAPERS_FORM
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.actions.actions import CASE_MENU, FILE_MENU
from ioms_desktop.ui.actions.dialog_action import (
    CaseButton,
    DialogAction,
    DialogContext,
    DutyButton,
    Gathered,
    ListButton,
    Loader,
    Menu,
    Scope,
)
from ioms_desktop.ui.actions.loaders import COPY

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.services.offline.checkout import CheckoutResult
    from ioms_desktop.services.printing.packs.printed_papers import PrintedPapers


def _printed_papers(gathered: Gathered) -> "PrintedPapers":
    from ioms_desktop.services.printing.packs.printed_papers import find_printed_papers

    return find_printed_papers(gathered.session, gathered.target.about)


PRINTED_PAPERS = Loader["PrintedPapers"](_printed_papers)
"""Papers that the user printed, by the note that asks what came out."""


def _print(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.printing.print_cases import PrintCasesDialog

    target = gathered.target
    return PrintCasesDialog(context.session, context.tasks, target.case_refs, context.parent, as_of=target.as_of)


def _print_what(what: str, context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.printing.print_cases import PrintCasesDialog

    refs, as_of = gathered.target.case_refs, gathered.target.as_of
    return PrintCasesDialog(context.session, context.tasks, refs, context.parent, as_of=as_of, what=what)


def _recall(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.printing.recall_copy import RecallCopyDialog

    return RecallCopyDialog(context.session, context.tasks, gathered[COPY], context.parent)


def _ask_what_came_out(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.printing.printed_papers import PrintedPapersDialog

    return PrintedPapersDialog(context.session, context.tasks, gathered[PRINTED_PAPERS], context.parent)


def _check_paper(context: DialogContext, _: Gathered) -> "QDialog":
    from ioms_desktop.ui.printing.check_paper import CheckPaperDialog

    return CheckPaperDialog(context.session, context.tasks, context.parent)


def _check_out(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.offline.checkout import CheckoutDialog

    return CheckoutDialog(context.session, context.tasks, gathered.target.case_refs, context.parent)


def _show_recovery_code(context: DialogContext, done: "CheckoutResult") -> None:
    from PySide6.QtCore import Qt

    from ioms_desktop.ui.sign_in.recovery import RecoveryCodeDialog

    dialog = RecoveryCodeDialog(done.sentence, done.recovery_code, context.parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(partial(context.handle_outcome, Outcome(notice=done.sentence)))
    dialog.open()


def _check_in(context: DialogContext, _: Gathered) -> "QDialog":
    from ioms_desktop.ui.offline.check_in import CheckInDialog

    dialog = CheckInDialog(context.session, context.tasks, context.parent)
    dialog.completed.connect(context.handle_outcome)
    return dialog


def _may_print_full(session: Session) -> bool:
    """Return whether the user may have the police's own copy, which has intelligence."""
    return may(session.role, Right.READ_INTELLIGENCE)


def _is_no_checkout(session: Session) -> bool:
    """Return whether the database is not itself an offline file, which allows neither action."""
    return session.checkout is None


PRINT_CASES = DialogAction(
    name="case.print",
    title="Print case summar&y",
    right=Right.PRINT,
    offered_in=(
        Menu(CASE_MENU, Scope.CASE_IF_SHOWN),
        CaseButton("&Print…", "printer"),
        ListButton("caseload", "&Print summary", "printer"),
    ),
    make=_print,
    drafts={"print_cases": "Print case summary"},
    icon="printer",
    shortcut="Ctrl+P",
    keywords="pdf paper pack case review conference summaries",
    on_past_day=True,
)
PRINT_PACK = DialogAction(
    name="case.pack",
    title="Print a pac&k…",
    right=Right.PRINT,
    offered_in=(ListButton("caseload", "Print a pac&k", "printer"),),
    make=partial(_print_what, "pack"),
    icon="printer",
    keywords="pdf paper meeting several one file contents",
    on_past_day=True,
)
PRINT_ACTION_SHEET = DialogAction(
    name="case.action_sheet",
    title="Act&ion sheet…",
    right=Right.PRINT,
    offered_in=(Menu(CASE_MENU, Scope.CASE_IF_SHOWN), ListButton("caseload", "Act&ion sheet", "printer")),
    make=partial(_print_what, OfficePaper.ACTION_SHEET.value),
    icon="printer",
    keywords="pdf paper meeting owner due outcome minutes",
    on_past_day=True,
)
PRINT_REVIEW = DialogAction(
    name="case.review",
    title="Supervisor's re&view…",
    right=Right.PRINT,
    offered_in=(Menu(CASE_MENU, Scope.CASE),),
    make=partial(_print_what, OfficePaper.REVIEW.value),
    icon="printer",
    keywords="pdf paper supervision standards clocks overdue",
    help="What a supervisor looks at on a case: standards, clocks of decisions, and what the record lacks.",
    condition=_may_print_full,
    on_past_day=True,
)
PRINT_DISCLOSURES = DialogAction(
    name="case.disclosures",
    title="Disclosure record…",
    right=Right.PRINT,
    offered_in=(Menu(CASE_MENU, Scope.CASE),),
    make=partial(_print_what, OfficePaper.DISCLOSURES.value),
    icon="printer",
    keywords="pdf paper shared with whom copies power recalled subject access SAR sharing disclosed",
    help="Every copy that left about a case: what, to whom, why, under which power, and what became of it.",
    condition=_may_print_full,
    on_past_day=True,
)
RECALL_COPY = DialogAction(
    name="copy.recall",
    title="&Recalled or told…",
    right=Right.PRINT,
    offered_in=(DutyButton(Duty.RECALL, "&Recalled or told…"),),
    make=_recall,
    needs=(COPY,),
    drafts={"recall_copy": "Copy to recall"},
    icon="printer",
)
WERE_PRINTED = DialogAction(
    name="papers.printed",
    title="What the printer made of papers…",
    right=Right.PRINT,
    offered_in=(Menu(FILE_MENU, Scope.WINDOW),),
    make=_ask_what_came_out,
    needs=(PRINTED_PAPERS,),
    drafts={PRINTED_PAPERS_FORM: "Were these papers printed?"},
    icon="printer",
    keywords="printer stopped locked jam did not come out unprinted",
    help="Puts on record which papers did not come out of the printer, where the program ended meanwhile.",
)
CHECK_PAPER = DialogAction(
    name="paper.check",
    title="Is this pa&per genuine?…",
    right=Right.READ_PAPERS,
    offered_in=(Menu(FILE_MENU, Scope.WINDOW),),
    make=_check_paper,
    icon="search",
    keywords="print code copy forged hash register",
    help="Says what was printed under the code at the foot of a page, or whether a file is what left.",
)
TAKE_CASES_AWAY = DialogAction(
    name="cases.take",
    title="&Work offline…",
    right=Right.CHECK_OUT,
    offered_in=(Menu(FILE_MENU, Scope.WINDOW), ListButton("caseload", "&Work offline…", "download")),
    make=_check_out,
    icon="download",
    keywords="file offline visit prison laptop check out",
    help="Creates an encrypted file of cases for work without the network.",
    condition=_is_no_checkout,
    administering=True,
    completed=_show_recovery_code,
)
BRING_FILE_IN = DialogAction(
    name="cases.bring",
    title="&Bring back offline work…",
    right=Right.CHECK_OUT,
    offered_in=(Menu(FILE_MENU, Scope.WINDOW),),
    make=_check_in,
    icon="upload",
    keywords="promote return merge back take over check in",
    help="A file created for work offline, or one that an office started with.",
    condition=_is_no_checkout,
    administering=True,
)
FILE_ACTIONS = (
    PRINT_CASES,
    PRINT_PACK,
    PRINT_ACTION_SHEET,
    PRINT_REVIEW,
    PRINT_DISCLOSURES,
    WERE_PRINTED,
    RECALL_COPY,
    CHECK_PAPER,
    TAKE_CASES_AWAY,
    BRING_FILE_IN,
)
