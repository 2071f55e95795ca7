"""What one does to the case on screen: which dialog opens for which act, and what may be done about a record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Slot

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.concerns_and_decisions import Decision, Proposal
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.services.access.case_access_admin import get_case_access
from ioms_desktop.services.case_access import READ_ONLY_MESSAGE
from ioms_desktop.services.cases.cases import INTELLIGENCE_RULE
from ioms_desktop.services.recording.actions import is_access_review
from ioms_desktop.services.recording.decisions import DecisionPage, decision_page
from ioms_desktop.ui.cases.record_details import RecordDetailsDialog
from ioms_desktop.ui.recording.answer_proposal import AnswerProposalDialog, DecisionServedDialog
from ioms_desktop.ui.recording.case_subject import CaseFinder, CaseSubject, is_offer_open, subject_of
from ioms_desktop.ui.recording.concern import ConcernDialog
from ioms_desktop.ui.recording.decision import DecisionDialog
from ioms_desktop.ui.recording.finish_action import FinishActionDialog
from ioms_desktop.ui.recording.offer import AnswerOfferDialog, EndOfferDialog, MakeOfferDialog
from ioms_desktop.ui.recording.rag import RagDialog
from ioms_desktop.ui.recording.rating import RatingDialog
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.recording.trigger_raised import TriggersRaisedDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog, QWidget

    from ioms_desktop.domain.records.record import Record
    from ioms_desktop.services.access.case_access_admin import CaseAccess
    from ioms_desktop.services.cases.cases import CaseView
    from ioms_desktop.services.session import Outcome, RaisedTrigger, Session
    from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
    from ioms_desktop.ui.tasks import Tasks
    from ioms_desktop.ui.widgets.widgets import MessageBar

Acts = Sequence[tuple[str, Callable[[], object]]]


class CaseScreenProtocol(Protocol):
    """A screen that shows a case, as far as the acts need to know it."""

    session: Session
    tasks: Tasks
    case_ref: str
    view: CaseView | None
    message: MessageBar

    @property
    def is_live(self) -> bool:
        """Whether the case is shown as of today."""

    def handle_outcome(self, outcome: Outcome) -> None:
        """Take what a dialog sent."""

    def open_dialog(self, dialog: QDialog) -> None:
        """Open a dialog over the screen."""

    def show_triggers(self) -> None:
        """Go to the triggers."""


class CaseActions(QObject):
    """Opens dialogs over one case screen."""

    def __init__(self, screen: CaseScreenProtocol, window: QWidget, find: CaseFinder | None) -> None:
        """Serve one screen.

        Args:
            screen: What shows the case.
            window: The same, as the widget over which dialogs open.
            find: Finds further cases; None where there is no search.
        """
        super().__init__(window)
        self._screen, self._window, self._find = screen, window, find

    def _ready(self, right: Right) -> CaseView | None:
        """Give the case when an act may be done to it now, else say why not."""
        screen = self._screen
        if screen.view is None or not may(screen.session.role, right):
            return None
        if not screen.is_live:
            screen.message.caution("The case is shown as of a past day. Go back to today to record something.")
            return None
        if self._under_glass():
            return None
        return screen.view

    def _open(self, dialog: CommandDialog) -> None:
        dialog.completed.connect(self._screen.handle_outcome)
        self._screen.open_dialog(dialog)

    def _subject(self, view: CaseView) -> CaseSubject:
        return subject_of(self._screen.session, view)

    @Slot()
    def record_contact(self) -> None:
        """Record a contact."""
        view = self._ready(Right.RECORD_ENGAGEMENT)
        if view is not None:
            screen = self._screen
            subject = self._subject(view)
            self._open(RecordContactDialog(screen.session, screen.tasks, subject, find=self._find, parent=self._window))

    @Slot()
    def offer(self) -> None:
        """Make an offer."""
        view = self._ready(Right.RECORD_ENGAGEMENT)
        if view is not None:
            self._open(MakeOfferDialog(self._screen.session, self._screen.tasks, self._subject(view), self._window))

    @Slot()
    def concern(self) -> None:
        """Record a concern."""
        view = self._ready(Right.RECORD_CONCERN)
        if view is not None:
            self._open(ConcernDialog(self._screen.session, self._screen.tasks, self._subject(view), self._window))

    @Slot()
    def rate(self) -> None:
        """Rate a week."""
        view = self._ready(Right.RECORD_ENGAGEMENT)
        if view is not None:
            self._open(RatingDialog(self._screen.session, self._screen.tasks, self._subject(view), self._window))

    @Slot()
    def rag(self) -> None:
        """Set the RAG."""
        view = self._ready(Right.SET_RAG)
        if view is not None:
            self._open(RagDialog(self._screen.session, self._screen.tasks, view, self._window))

    @Slot()
    def print(self) -> None:
        """Print a summary; a past day may be printed too."""
        screen = self._screen
        if screen.view is not None and may(screen.session.role, Right.PRINT) and not self._under_glass():
            from ioms_desktop.ui.printing.print_cases import PrintCasesDialog  # noqa: PLC0415 - slow to import: loads when first needed

            as_of = None if screen.is_live else screen.view.as_of
            refs = (screen.case_ref,)
            screen.open_dialog(PrintCasesDialog(screen.session, screen.tasks, refs, self._window, as_of=as_of))

    # Who may know -------------------------------------------------------------------------------

    def _under_glass(self) -> bool:
        """Whether the case can only be read, which is then said."""
        view = self._screen.view
        if view is None or view.break_glass_access is None:
            return False
        self._screen.message.caution(READ_ONLY_MESSAGE.format(view.case.case_ref, view.break_glass_access.closing_time))
        return True

    @Slot()
    def show_knowing(self) -> None:
        """Show who may know of the case."""
        view = self._ready(Right.SET_CASE_ACCESS)
        if view is not None:
            screen = self._screen
            work = partial(get_case_access, screen.session, screen.case_ref)
            screen.tasks.latest(self, "knowing", work, self._show_known, screen.message.problem)

    def _show_known(self, known: CaseAccess) -> None:
        screen = self._screen
        if screen.view is not None:
            from ioms_desktop.ui.access.case_access import CaseAccessDialog  # noqa: PLC0415 - few ask

            line = self._subject(screen.view).summary
            dialog = CaseAccessDialog(screen.session, screen.tasks, known, line, self._window)
            dialog.access_changed.connect(screen.handle_outcome)
            screen.open_dialog(dialog)

    @Slot()
    def declare_conflict(self) -> None:
        """Declare one's own conflict of interest; also on a past day, and under broken glass."""
        screen = self._screen
        if screen.view is not None:
            from ioms_desktop.ui.access.access_entry import DeclareConflictDialog  # noqa: PLC0415 - few declare one

            line = self._subject(screen.view).summary
            self._open(DeclareConflictDialog(screen.session, screen.tasks, screen.case_ref, line, self._window))

    @Slot()
    def break_glass(self) -> None:
        """Break the glass of a case that does not open."""
        screen = self._screen
        if may(screen.session.role, Right.BREAK_GLASS):
            from ioms_desktop.ui.access.break_glass import BreakGlassDialog  # noqa: PLC0415 - nobody should often

            self._open(BreakGlassDialog(screen.session, screen.tasks, screen.case_ref, self._window))

    # Decisions ----------------------------------------------------------------------------------

    @Slot(str)
    def decide(self, rule: str) -> None:
        """Gather what is needed to decide on a rule's trigger, then open the dialog; no rule for none."""
        view = self._ready(Right.PROPOSE)
        if view is None:
            return
        screen = self._screen
        work = partial(decision_page, screen.session, screen.case_ref, rule or None)
        screen.tasks.latest(self, "decision", work, self._decide_with, screen.message.problem)

    def _decide_with(self, page: DecisionPage) -> None:
        screen = self._screen
        if screen.view is not None:
            self._open(DecisionDialog(screen.session, screen.tasks, screen.view, page, self._window))

    @Slot(object)
    def answer(self, proposal: Proposal) -> None:
        """Answer a proposal."""
        view = self._ready(Right.PROPOSE)
        if view is not None:
            self._open(AnswerProposalDialog(self._screen.session, self._screen.tasks, view, proposal, self._window))

    def tell_raised(self, raised: Sequence[RaisedTrigger]) -> None:
        """Say which triggers a record has just raised."""
        screen = self._screen
        may_decide = may(screen.session.role, Right.PROPOSE)
        dialog = TriggersRaisedDialog(screen.session, raised, may_decide=may_decide, parent=self._window)
        dialog.decision_requested.connect(self.decide)
        screen.open_dialog(dialog)

    # Records ------------------------------------------------------------------------------------

    @Slot(str, str)
    def open_item(self, kind: str, ref: str) -> None:
        """Open what a mark of the timeline or an item of evidence stands for."""
        view = self._screen.view
        if view is None:
            return
        if kind == "trigger":
            self._screen.show_triggers()
            return
        record = find_record(view, kind, ref)
        if record is None:
            self._screen.message.caution("Your role does not open this record. A supervisor can say more.")
        else:
            self.show_record(record)

    def show_record(self, record: Record) -> None:
        """Show a record whole, with what may be done about it."""
        screen = self._screen
        screen.open_dialog(RecordDetailsDialog(screen.session, record, self._acts_on(record), self._window))

    def _acts_on(self, record: Record) -> Acts:
        screen, view = self._screen, self._screen.view
        if view is None or not screen.is_live or view.break_glass_access is not None:
            return ()
        role = screen.session.role
        if isinstance(record, Offer) and may(role, Right.RECORD_ENGAGEMENT) and is_offer_open(record, view.as_of):
            subject = self._subject(view)
            answer = partial(AnswerOfferDialog, screen.session, screen.tasks, subject, record, self._window)
            end = partial(EndOfferDialog, screen.session, screen.tasks, subject, record, self._window)
            return (
                ("Record &answer", lambda: self._open(answer())),
                ("&End offer", lambda: self._open(end())),
            )
        if isinstance(record, Action) and may(role, Right.RECORD_ENGAGEMENT):
            finished = record.done_on is not None or record.cancelled_on is not None
            finished |= is_access_review(record) and not may(role, Right.SET_CASE_ACCESS)
            finish = partial(
                FinishActionDialog, screen.session, screen.tasks, self._subject(view), record, self._window
            )
            return () if finished else (("&Done…", lambda: self._open(finish())),)
        if isinstance(record, Decision) and may(role, Right.PROPOSE) and record.actioned_on is None:
            serve = partial(DecisionServedDialog, screen.session, screen.tasks, view, record, self._window)
            return (("Record as &served", lambda: self._open(serve())),)
        if isinstance(record, Proposal) and may(role, Right.PROPOSE) and record.status == "PROPOSED":
            return (("A&nswer", lambda: self.answer(record)),)
        return ()


def find_record(view: CaseView, kind: str, ref: str) -> Record | None:
    """Find what a kind and a reference name among what this user may see; None where it is not there."""
    last = ref.rpartition("/")[2]
    found: dict[str, Callable[[], Sequence[Record]]] = {
        "contact": lambda: [each for each in view.contacts if each.contact_ref == ref],
        "offer": lambda: [each for each in view.offers if each.offer_ref == ref],
        "concern": lambda: [each for each in view.concerns if each.concern_ref == ref],
        "decision": lambda: [
            each
            for each in view.decisions
            if each.decision_ref == ref and (view.sees_intelligence or each.rule != INTELLIGENCE_RULE)
        ],
        "rating": lambda: [each for each in view.ratings if each.week_commencing.isoformat() == last],
        "rag": lambda: [each for each in view.rag if each.set_on.isoformat() == last],
        "custody": lambda: [each for each in view.custody if each.received_on.isoformat() == last],
        "notification": lambda: [each for each in view.notifications if each.outcome.startswith("DELIVERED_")],
    }
    records = found[kind]() if kind in found else ()
    return records[0] if records else None
