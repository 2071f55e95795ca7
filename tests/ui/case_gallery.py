"""Pictures of the Case screen and of every dialog opened from it, drawn from the records of a session."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QEvent, QThread
from PySide6.QtWidgets import QApplication, QWidget

from ioms_desktop.domain.records.concerns_and_decisions import Decision, Proposal
from ioms_desktop.screenshots.dialog_samples import sample_comparison
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.cases.rule_runs import list_triggers
from ioms_desktop.services.recording.decisions import decision_page
from ioms_desktop.services.session import RaisedTrigger, Session
from ioms_desktop.ui.cases.case_screen import CaseScreen
from ioms_desktop.ui.cases.record_details import RecordDetailsDialog
from ioms_desktop.ui.custody.release_dates import ReleasePlanDialog
from ioms_desktop.ui.dialogs.merge_page import MergeDialog
from ioms_desktop.ui.printing.print_cases import PrintCasesDialog
from ioms_desktop.ui.recording.answer_proposal import AnswerProposalDialog, DecisionServedDialog
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.concern import ConcernDialog
from ioms_desktop.ui.recording.decision import DecisionDialog
from ioms_desktop.ui.recording.finish_action import FinishActionDialog
from ioms_desktop.ui.recording.notice import NoticeServedDialog
from ioms_desktop.ui.recording.offer import AnswerOfferDialog, EndOfferDialog, MakeOfferDialog
from ioms_desktop.ui.recording.rag import RagDialog
from ioms_desktop.ui.recording.rating import RatingDialog
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.recording.trigger_raised import TriggersRaisedDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.apply import apply_theme
from ioms_desktop.ui.theme.tokens import Theme

SCREEN_SIZE_PX = (1366, 720)
IDLE_TIMEOUT_MS = 60_000


@dataclass(frozen=True, slots=True)
class GalleryCase:
    """The case of which pictures are drawn, and the rule of its open trigger."""

    session: Session
    tasks: Tasks
    view: CaseView
    rule: str | None


def _contact_kept(shown: GalleryCase) -> QWidget:
    dialog = RecordContactDialog(shown.session, shown.tasks, subject_of(shown.session, shown.view))
    dialog.happened.set_value("yes")
    dialog.when.edit.setText("1430-1515")
    return dialog


def _contact_missed(shown: GalleryCase) -> QWidget:
    dialog = RecordContactDialog(shown.session, shown.tasks, subject_of(shown.session, shown.view))
    for question, answer in ((dialog.happened, "no"), (dialog.came, "no"), (dialog.why, "none")):
        question.set_value(answer)
    dialog.arranged.set_value("yes")
    return dialog


def _concern(shown: GalleryCase) -> QWidget:
    return ConcernDialog(shown.session, shown.tasks, subject_of(shown.session, shown.view))


def _decision(shown: GalleryCase) -> QWidget:
    page = decision_page(shown.session, shown.view.case.case_ref, shown.rule)
    dialog = DecisionDialog(shown.session, shown.tasks, shown.view, page)
    dialog.decision.set_value("ESCALATE")
    return dialog


def _proposal(shown: GalleryCase) -> Proposal:
    waiting = [each for each in shown.view.proposals if each.status == "PROPOSED"]
    if waiting:
        return waiting[0]
    return Proposal(
        proposal_ref="",
        case_ref=shown.view.case.case_ref,
        rule=shown.rule,
        proposed_on=shown.session.today(),
        decision="HOLD",
        reason="Support was changed this week; see how it goes first.",
        proposed_by="A colleague",
        status="PROPOSED",
    )


def _served(shown: GalleryCase) -> QWidget:
    decision = Decision(
        decision_ref="",
        case_ref=shown.view.case.case_ref,
        decided_on=shown.session.today(),
        decision="ESCALATE",
        step="L1",
        reason="",
        proposed_by="",
    )
    found = [each for each in shown.view.decisions if each.actioned_on is None]
    return DecisionServedDialog(shown.session, shown.tasks, shown.view, found[0] if found else decision)


def _raised(shown: GalleryCase) -> QWidget:
    explained = [each for each in shown.view.triggers if each.trigger.rule == shown.rule]
    ref, whom = shown.view.case.case_ref, shown.view.person.full_name
    raised = [
        RaisedTrigger(each.trigger.rule, each.sentence, each.trigger.decision_due, ref, whom) for each in explained[-1:]
    ]
    return TriggersRaisedDialog(
        shown.session,
        raised or [RaisedTrigger("missed_contacts", "", shown.session.today(), ref, whom)],
        may_decide=True,
    )


def _offer(kind: type[AnswerOfferDialog] | type[EndOfferDialog]) -> Callable[[GalleryCase], QWidget | None]:
    def make(shown: GalleryCase) -> QWidget | None:
        if not shown.view.offers:
            return None
        return kind(shown.session, shown.tasks, subject_of(shown.session, shown.view), shown.view.offers[0])

    return make


def _merge(shown: GalleryCase) -> QWidget | None:
    if not shown.view.offers:
        return None
    return MergeDialog(sample_comparison(shown.session, shown.view.offers[0]))


def _action(shown: GalleryCase) -> QWidget | None:
    waiting = [each for each in shown.view.actions if each.done_on is None and each.cancelled_on is None]
    if not waiting:
        return None
    return FinishActionDialog(shown.session, shown.tasks, subject_of(shown.session, shown.view), waiting[0])


def _details(shown: GalleryCase) -> QWidget | None:
    contacts = shown.view.contacts
    return RecordDetailsDialog(shown.session, contacts[-1]) if contacts else None


def _printing(shown: GalleryCase) -> QWidget:
    dialog = PrintCasesDialog(shown.session, shown.tasks, (shown.view.case.case_ref,))
    dialog.resize(*SCREEN_SIZE_PX)
    dialog.form.audience.set_value("partner")
    dialog.form.reason.set_value("CASE_CONFERENCE")
    dialog.form.recipient.held.set_value("kept")
    dialog.preview()
    return dialog


def _screen(shown: GalleryCase) -> CaseScreen:
    screen = CaseScreen(shown.session, shown.tasks, shown.view.case.case_ref)
    screen.resize(*SCREEN_SIZE_PX)
    return screen


def _screen_before(shown: GalleryCase) -> QWidget:
    screen = _screen(shown)
    screen.show_as_of(shown.session.today() - timedelta(days=28))
    return screen


PICTURES: tuple[tuple[str, Callable[[GalleryCase], QWidget | None]], ...] = (
    ("case", _screen),
    ("case-as-of", _screen_before),
    ("contact", _contact_kept),
    ("contact-missed", _contact_missed),
    ("offer", lambda s: MakeOfferDialog(s.session, s.tasks, subject_of(s.session, s.view))),
    ("offer-answer", _offer(AnswerOfferDialog)),
    ("offer-end", _offer(EndOfferDialog)),
    ("merge", _merge),
    ("concern", _concern),
    ("rating", lambda s: RatingDialog(s.session, s.tasks, subject_of(s.session, s.view))),
    ("rag", lambda s: RagDialog(s.session, s.tasks, s.view)),
    ("raised", _raised),
    ("decision", _decision),
    ("answer-proposal", lambda s: AnswerProposalDialog(s.session, s.tasks, s.view, _proposal(s))),
    ("served", _served),
    ("action", _action),
    ("notice", lambda s: NoticeServedDialog(s.session, s.tasks, s.view)),
    ("release-plan", lambda s: ReleasePlanDialog(s.session, s.tasks, s.view)),
    ("details", _details),
    ("print", _printing),
)
"""Every picture by its name; a picture for which the case has no record is left out."""


def draw_gallery(folder: Path, session: Session, look: Theme) -> list[Path]:
    """Draw the Case screen and every dialog.

    Args:
        folder: Where the PNG files are written; created if it is missing.
        session: A supervisor's, who may open every dialog. The case is opened, so access to it is logged.
        look: The theme.

    Returns:
        The files; none if no case has an open trigger.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError(app)
    folder.mkdir(parents=True, exist_ok=True)
    apply_theme(app, look)
    return list(_draw_pictures(app, folder, session, look))


def _draw_pictures(app: QApplication, folder: Path, session: Session, look: Theme) -> Iterator[Path]:
    triggers = list_triggers(session, session.today(), only_open=True)
    if not triggers:
        return
    first = triggers[0]
    tasks = Tasks()
    shown = GalleryCase(session, tasks, open_case(session, first.case_ref), first.rule)
    for name, make in PICTURES:
        widget = make(shown)
        if widget is None:
            continue
        widget.show()
        wait_idle(app, tasks)
        path = folder / f"{name}-{look.name}.png"
        widget.grab().save(str(path))
        widget.hide()
        widget.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        yield path
    tasks.close()


def wait_idle(app: QApplication, tasks: Tasks) -> None:
    """Wait until no task is running and everything has been painted."""
    deadline = QDeadlineTimer(IDLE_TIMEOUT_MS)
    app.processEvents()
    while not deadline.hasExpired():
        app.processEvents()
        if not tasks.is_busy:
            app.processEvents()
            if not tasks.is_busy:
                return
        QThread.msleep(1)  # asked without a pause, the task would wait for this thread instead
