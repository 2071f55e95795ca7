"""What a line of a list leads to: the case is read, as one that is opened, and the dialog for the job shown."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.case_lists import CaseRow
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.cases.search import SearchHit, find_people_and_cases
from ioms_desktop.services.recording.actions import get_visible_action
from ioms_desktop.services.recording.decisions import DecisionPage, decision_page
from ioms_desktop.services.retention.retention import DueReview, get_certificate, get_review
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.forms.picker import PickerMatch
from ioms_desktop.ui.screen import WindowServices

if TYPE_CHECKING:
    from ioms_desktop.domain.figures.publication import Edition
    from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
    from ioms_desktop.ui.recording.case_subject import CaseChoice, CaseFinder, CaseSubject


def show(shell: WindowServices, dialog: "CommandDialog", case_ref: str = "") -> None:
    """Show a dialog over the window; what it sends is taken by the window, and what it raised is told.

    Args:
        shell: The window.
        dialog: What to show.
        case_ref: The case it is about, where it is about one.
    """

    def sent(outcome: Outcome) -> None:
        shell.handle_outcome(outcome)
        if outcome.raised:
            tell_raised(shell, outcome, case_ref)

    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.completed.connect(sent)
    dialog.open()


def with_case(shell: WindowServices, case_ref: str, then: Callable[[CaseView], None]) -> None:
    """Read a case off the interface thread, on record as opened, and go on with it."""
    shell.tasks.run(shell.window, partial(open_case, shell.session, case_ref), then, shell.show_problem)


def find_cases(session: Session) -> "CaseFinder":
    """Give the function by which a picker finds cases."""
    from ioms_desktop.ui.recording.case_subject import CaseChoice  # noqa: PLC0415 - dialogs load when one is first opened

    def choice(hit: SearchHit) -> "CaseChoice":
        born = f"born {format_day(hit.born_on)}"
        return CaseChoice(hit.id, hit.case_ref or "", hit.name, f"{born} · {hit.case_ref}")

    def search(text: str) -> "Sequence[CaseChoice]":
        return [
            choice(hit) for hit in find_people_and_cases(session, text) if hit.case_ref is not None and not hit.closed
        ]

    return search


def record_contact(shell: WindowServices, subject: "CaseSubject | None" = None) -> None:
    """Record a contact; without a subject the dialog asks for whom."""
    from ioms_desktop.ui.recording.record_contact import RecordContactDialog  # noqa: PLC0415 - as above

    dialog = RecordContactDialog(
        shell.session, shell.tasks, subject, find=find_cases(shell.session), parent=shell.window
    )
    show(shell, dialog, subject.case_ref if subject is not None else "")


def publish_figures(shell: WindowServices, editions: "Sequence[Edition]") -> None:
    """Ask which quarter is to be published."""
    from ioms_desktop.ui.figures.publish_figures import PublishFiguresDialog  # noqa: PLC0415 - as above

    show(shell, PublishFiguresDialog(shell.session, shell.tasks, editions, shell.window))


def record_contact_for(shell: WindowServices, case_ref: str) -> None:
    """Record a contact on one case, with its offers at hand."""
    from ioms_desktop.ui.recording.case_subject import subject_of  # noqa: PLC0415 - as above

    with_case(shell, case_ref, lambda view: record_contact(shell, subject_of(shell.session, view)))


def record_contact_of(shell: WindowServices, rows: Sequence[CaseRow]) -> None:
    """Record one contact for the people of some rows at once."""
    if len(rows) == 1:
        record_contact_for(shell, rows[0].case_ref)
        return
    from ioms_desktop.ui.recording.case_subject import CaseChoice  # noqa: PLC0415 - as above
    from ioms_desktop.ui.recording.record_contact import RecordContactDialog  # noqa: PLC0415 - as above

    dialog = RecordContactDialog(shell.session, shell.tasks, None, find=find_cases(shell.session), parent=shell.window)
    for row in rows:
        detail = f"born {format_day(row.born_on)} · {row.case_ref}"
        dialog.choices_by_id[row.id] = CaseChoice(row.id, row.case_ref, row.name, detail)
        if dialog.who is not None:
            dialog.who.choose(PickerMatch(row.id, row.name, detail))
    dialog.form.mark_clean()
    show(shell, dialog)


def set_rag(shell: WindowServices, case_ref: str) -> None:
    """Review the RAG of a case."""
    from ioms_desktop.ui.recording.rag import RagDialog  # noqa: PLC0415 - as above

    def then(view: CaseView) -> None:
        show(shell, RagDialog(shell.session, shell.tasks, view, shell.window), case_ref)

    with_case(shell, case_ref, then)


def serve_notice(shell: WindowServices, case_ref: str) -> None:
    """Record that the notice was served to the person."""
    from ioms_desktop.ui.recording.notice import NoticeServedDialog  # noqa: PLC0415 - as above

    def then(view: CaseView) -> None:
        show(shell, NoticeServedDialog(shell.session, shell.tasks, view, shell.window), case_ref)

    with_case(shell, case_ref, then)


def plan_release(shell: WindowServices, case_ref: str) -> None:
    """Record that the release was planned."""
    from ioms_desktop.ui.recording.notice import ReleasePlanDialog  # noqa: PLC0415 - as above

    def then(view: CaseView) -> None:
        show(shell, ReleasePlanDialog(shell.session, shell.tasks, view, shell.window), case_ref)

    with_case(shell, case_ref, then)


def finish_action(shell: WindowServices, case_ref: str | None, action_ref: str) -> None:
    """Tick an action off; one that belongs to no case is finished without opening any."""
    from ioms_desktop.ui.recording.case_subject import subject_of  # noqa: PLC0415 - as above
    from ioms_desktop.ui.recording.finish_action import FinishActionDialog  # noqa: PLC0415 - as above

    def gather() -> tuple[Action, CaseView | None]:
        view = None if case_ref is None else open_case(shell.session, case_ref)
        return get_visible_action(shell.session, action_ref), view

    def then(found: tuple[Action, CaseView | None]) -> None:
        action, view = found
        subject = None if view is None else subject_of(shell.session, view)
        show(shell, FinishActionDialog(shell.session, shell.tasks, subject, action, shell.window), case_ref or "")

    shell.tasks.run(shell.window, gather, then, shell.show_problem)


def answer_offer(shell: WindowServices, case_ref: str, offer_ref: str) -> None:
    """Record what was said to an offer."""
    from ioms_desktop.ui.recording.case_subject import subject_of  # noqa: PLC0415 - as above
    from ioms_desktop.ui.recording.offer import AnswerOfferDialog  # noqa: PLC0415 - as above

    def then(view: CaseView) -> None:
        offer = next((offer for offer in view.offers if offer.offer_ref == offer_ref), None)
        if offer is None:
            shell.show_problem("This offer is no longer there. Reload the list; someone may have changed it.")
            return
        subject = subject_of(shell.session, view)
        show(shell, AnswerOfferDialog(shell.session, shell.tasks, subject, offer, shell.window), case_ref)

    with_case(shell, case_ref, then)


def decide(shell: WindowServices, case_ref: str, rule: str | None) -> None:
    """Propose a decision on the trigger of a rule."""
    from ioms_desktop.ui.recording.decision import DecisionDialog  # noqa: PLC0415 - as above

    def gather() -> tuple[CaseView, DecisionPage]:
        return open_case(shell.session, case_ref), decision_page(shell.session, case_ref, rule)

    def then(found: tuple[CaseView, DecisionPage]) -> None:
        show(shell, DecisionDialog(shell.session, shell.tasks, *found, shell.window), case_ref)

    shell.tasks.run(shell.window, gather, then, shell.show_problem)


def answer_proposal(shell: WindowServices, case_ref: str, proposal_ref: str) -> None:
    """Authorise or refuse a proposal, or withdraw one's own."""
    from ioms_desktop.ui.recording.answer_proposal import AnswerProposalDialog  # noqa: PLC0415 - as above

    def then(view: CaseView) -> None:
        waiting = (each for each in view.proposals if each.proposal_ref == proposal_ref)
        proposal = next(waiting, None)
        if proposal is None or proposal.status != "PROPOSED":
            shell.show_problem(
                "This proposal was answered in the meantime. Nothing was changed; the list is read again."
            )
            return
        show(shell, AnswerProposalDialog(shell.session, shell.tasks, view, proposal, shell.window), case_ref)

    with_case(shell, case_ref, then)


def break_glass(shell: WindowServices, case_ref: str = "") -> None:
    """Break the glass of a case, and open it."""
    from ioms_desktop.ui.access.break_glass import BreakGlassDialog  # noqa: PLC0415 - as above

    def opened(outcome: Outcome) -> None:
        shell.open_case(outcome.ref)

    dialog = BreakGlassDialog(shell.session, shell.tasks, case_ref, shell.window)
    dialog.completed.connect(opened)
    show(shell, dialog)


def tell_raised(shell: WindowServices, outcome: Outcome, case_ref: str) -> None:
    """Show what a record raised, and let the user decide at once where they may."""
    from ioms_desktop.ui.recording.trigger_raised import TriggersRaisedDialog  # noqa: PLC0415 - as above

    able = bool(case_ref) and may(shell.session.role, Right.PROPOSE)
    dialog = TriggersRaisedDialog(shell.session, outcome.raised, may_decide=able, parent=shell.window)
    dialog.decision_requested.connect(partial(decide, shell, case_ref))
    dialog.open()


def review_record(shell: WindowServices, person_ref: str) -> None:
    """Review whether a person's record is kept; where a disposal of it waits, answer that."""
    from ioms_desktop.ui.retention.retention import AnswerDisposalDialog, RetentionReviewDialog  # noqa: PLC0415 - as above

    def then(review: DueReview) -> None:
        kind = RetentionReviewDialog if review.proposed_disposal is None else AnswerDisposalDialog
        dialog = kind(shell.session, shell.tasks, review, shell.window)
        if isinstance(dialog, AnswerDisposalDialog):
            dialog.completed.connect(partial(show_certificate, shell))
        show(shell, dialog)

    shell.tasks.run(shell.window, partial(get_review, shell.session, person_ref), then, shell.show_problem)


def show_certificate(shell: WindowServices, outcome: Outcome) -> None:
    """Show what was removed, and where copies may remain; nothing where nothing was removed."""
    from ioms_desktop.ui.retention.retention import DisposalCertificateDialog  # noqa: PLC0415 - as above

    def then(told: Mapping[str, Any]) -> None:
        DisposalCertificateDialog(told, shell.window).open()

    if outcome.ref:
        shell.tasks.run(shell.window, partial(get_certificate, shell.session, outcome.ref), then, shell.show_problem)


def take_away(shell: WindowServices, case_refs: Sequence[str]) -> None:
    """Take some cases away in a file of their own; its recovery code is shown once it is made."""
    from ioms_desktop.services.offline.checkout import CheckoutResult  # noqa: PLC0415 - dialogs load when one is first opened
    from ioms_desktop.ui.offline.checkout import CheckoutDialog  # noqa: PLC0415 - as above
    from ioms_desktop.ui.sign_in.recovery import RecoveryCodeDialog  # noqa: PLC0415 - as above

    def taken(done: CheckoutResult) -> None:
        told = RecoveryCodeDialog(done.sentence, done.recovery_code, shell.window)
        told.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        told.accepted.connect(lambda: shell.handle_outcome(Outcome(notice=done.sentence)))
        told.open()

    dialog = CheckoutDialog(shell.session, shell.tasks, case_refs, shell.window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.completed.connect(taken)
    dialog.open()


def bring_back(shell: WindowServices) -> None:
    """Bring a file in: one that was taken away, or one with which an office began."""
    from ioms_desktop.ui.offline.check_in import CheckInDialog  # noqa: PLC0415 - as above

    dialog = CheckInDialog(shell.session, shell.tasks, shell.window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.completed.connect(shell.handle_outcome)
    dialog.open()


def print_cases(shell: WindowServices, case_refs: Sequence[str]) -> None:
    """Print the summaries of some cases, their pages in front of one."""
    from ioms_desktop.ui.printing.print_cases import PrintCasesDialog  # noqa: PLC0415 - as above

    dialog = PrintCasesDialog(shell.session, shell.tasks, tuple(case_refs), shell.window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
