"""Retention reviews: keep a record with a reason and a date, or propose its disposal; a second person answers that."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.retention import RetentionGroups, ReviewResult, latest_next_review_on
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.printing.packs.certificate import print_certificate
from ioms_desktop.services.retention.due_reviews import DueReview
from ioms_desktop.services.retention.labels import CERTIFICATE_TITLE, certificate_text
from ioms_desktop.services.retention.retention import (
    AnswerDisposal,
    ProposeDisposal,
    RecordReview,
    dispose_of_record,
    propose_disposal,
    record_review,
    refuse_disposal,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, code_options
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import LongTextField, TextField
from ioms_desktop.ui.forms.path_field import file_dialog
from ioms_desktop.ui.forms.scale_field import ScaleField
from ioms_desktop.ui.opening_guard import OpeningGuard
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.layouts import fit_to_screen
from ioms_desktop.ui.widgets.widgets import MessageBar, button, label

MAX_REASON_CHARS = 2000
PROPOSE = "PROPOSE"
AUTHORISE, REFUSE, WITHDRAW = "authorise", "refuse", "withdraw"
PERMANENT_TEXT_WARNING = "It stays when the record is gone: name nobody, and no number of theirs."
RESULT_CHOICES = (
    Choice(ReviewResult.RETAIN, "Retain: it is still needed, and accurate", "r"),
    Choice(ReviewResult.RETAIN_RECATEGORISE, "Retain in another group", "g"),
    Choice(ReviewResult.LEGAL_HOLD, "Legal hold: nothing is removed until a later review lifts it", "l"),
)
DISPOSE_CHOICE = Choice(PROPOSE, "Propose disposal: nothing is removed until another supervisor authorises it", "d")
DISPOSAL_CONSEQUENCES = (
    "Everything of this person is removed: the cases and all that is recorded on them, former versions, search words.",
    "The audit's words of them go too; who did what, and when, stays under a number.",
    "Others' records stay as they are; where they mention this person, somebody gets the task to redact it.",
    "It cannot be undone. Backups made before keep the record until they are deleted.",
)


def describe_subject(review: DueReview) -> str:
    """Describe whom a record is about, in one line above a form."""
    cases = f" Cases {', '.join(review.case_refs)}." if review.case_refs else " No case."
    return f"{review.name}, born {format_day(review.born_on)}. Record {review.person_ref}.{cases}"


def due_reason_card(review: DueReview) -> Card:
    """Show when and why the record is due for review, and what prevents its disposal."""
    due = review.due
    lines = [
        due.reason,
        f"Due on {format_day(due.on)}. The last thing that counts was on {format_day(due.last_event_on)}.",
    ]
    if due.kept_until is not None:
        lines.append(f"Its group keeps it to {format_day(due.kept_until)}.")
    if due.has_open_case:
        lines.append("A case is open: the record is reviewed, and its disposal has to wait.")
    if due.on_legal_hold:
        lines.append("It is on legal hold: this review can lift it, and no disposal is possible before.")
    return Card("Why it is due", tuple(lines))


class RetentionReviewDialog(AutoHeightDialog):
    """Asks for the result of a review."""

    def __init__(self, session: Session, tasks: Tasks, review: DueReview, parent: QWidget | None = None) -> None:
        """Create the form.

        Args:
            session: The reviewer's session.
            tasks: Runs the command.
            review: When and why the record is due for review.
            parent: The Qt parent.
        """
        super().__init__(
            tasks,
            title="Review a record",
            verb="&Save review",
            discard="&Discard this review",
            about=describe_subject(review),
            parent=parent,
        )
        self.session, self.review = session, review
        self.groups = RetentionGroups.in_force_on(session.lists.of("retention_group"), session.today())
        self.enable_autosave(session, Origin("retention_review", next(iter(review.case_refs), ""), review.person_ref))
        self.form.place(due_reason_card(review))
        held = review.due.has_open_case or review.due.on_legal_hold
        choices = RESULT_CHOICES if held else (*RESULT_CHOICES, DISPOSE_CHOICE)
        self.outcome = self.form.add(ScaleField("result", "&It comes to", choices, required=True))
        offered = [
            each for each in code_options(session.lists.of("retention_group")) if each.code != self._current_group
        ]
        self.group = self.form.add(CodeField("group", "&Group", offered, required=True))
        self.next_on = self.form.add(
            DateField(
                "next_on",
                "&Next review",
                today=session.today,
                bias=DateBias.AHEAD,
                required=True,
                help="The latest day its group allows stands here first; an earlier one is taken.",
            )
        )
        self.authority = self.form.add(
            TextField(
                "authority", "&Authority", required=True, help=f"The decision's own number. {PERMANENT_TEXT_WARNING}"
            )
        )
        why = "For whoever reviews it next. In a proposal of disposal name nobody: it stays when the record is gone."
        self.reason = self.form.add(
            LongTextField("reason", "&Why", lines=3, limit=MAX_REASON_CHARS, required=True, help=why)
        )
        self._proposed_text = ""
        self._show_what_applies()
        self.outcome.changed.connect(self._show_what_applies)
        self.group.changed.connect(self._propose_latest_day)
        self.finish_layout()

    @property
    def _current_group(self) -> str:
        return self.review.due.group.code

    @Slot()
    def _show_what_applies(self) -> None:
        result = self.outcome.value()
        proposes, moves = result == PROPOSE, result == ReviewResult.RETAIN_RECATEGORISE
        self.form.set_field_visible("group", moves)
        self.form.set_field_visible("next_on", result is not None and not proposes)
        self.form.set_field_visible("authority", proposes)
        verb = "&Propose disposal" if proposes else "&Save review"
        self.primary.setText(verb)
        self.primary.setAccessibleName(verb.replace("&", ""))
        self._propose_latest_day()

    @Slot()
    def _propose_latest_day(self) -> None:
        """Fill in the latest date that the retention group allows for the next review, unless another was typed."""
        moves = self.outcome.value() == ReviewResult.RETAIN_RECATEGORISE
        group = self.groups.get((self.group.value() or "") if moves else self._current_group)
        if group is not None and self.next_on.raw_text() in {"", self._proposed_text}:
            self.next_on.set_value(latest_next_review_on(group, self.review.born_on, self.session.today()))
            self._proposed_text = self.next_on.raw_text()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        result, reason = self.outcome.value(), self.reason.value() or ""
        who = self.review.person_ref
        if result == PROPOSE:
            proposal = ProposeDisposal(
                request=self.request, person_ref=who, authority=self.authority.value() or "", reason=reason
            )
            return partial(propose_disposal, self.session, proposal)
        next_on = self.next_on.value()
        if result is None or next_on is None:
            raise MissingValue("A review needs its result and the day of the next one. Your entry is kept.")
        moves = result == ReviewResult.RETAIN_RECATEGORISE
        entry = RecordReview(
            request=self.request,
            person_ref=who,
            result=result,
            reason=reason,
            next_on=next_on,
            group=(self.group.value() or "") if moves else "",
        )
        return partial(record_review, self.session, entry)


class AnswerDisposalDialog(AutoHeightDialog):
    """Asks for the second person's answer to a proposed disposal; the proposer may only withdraw it."""

    def __init__(self, session: Session, tasks: Tasks, review: DueReview, parent: QWidget | None = None) -> None:
        """Create the form.

        Args:
            session: The session of the user who answers.
            tasks: Runs the command.
            review: The record with its proposed disposal.
            parent: The Qt parent.
        """
        job = review.proposed_disposal
        if job is None:
            raise TypeError(review)
        own = job.proposed_by == session.user
        super().__init__(
            tasks,
            title="Withdraw a disposal" if own else "Answer a disposal",
            verb="&Withdraw" if own else "&Answer",
            discard="&Discard this answer",
            about=describe_subject(review),
            danger=not own,
            parent=parent,
        )
        self.session, self.disposal = session, job
        self.enable_autosave(session, Origin("answer_disposal", next(iter(review.case_refs), ""), review.person_ref))
        self.form.place(due_reason_card(review))
        when = format_day(job.proposed_at.astimezone(LONDON).date())
        said = (f"{session.names.of(job.proposed_by)} on {when}, as {job.disposal_ref}.", f"Authority: {job.authority}")
        self.form.place(Card("Proposed", (*said, f"Reason: {job.reason}")))
        if own:
            choices: tuple[Choice, ...] = (Choice(WITHDRAW, "Withdraw", "w"),)
        else:
            self.form.place(Card("What authorising does", DISPOSAL_CONSEQUENCES, kind="bar-caution"))
            choices = (Choice(AUTHORISE, "Authorise and remove", "a"), Choice(REFUSE, "Refuse", "r"))
        self.answer = self.form.add(ChoiceField("answer", "A&nswer", choices, required=True))
        if own:
            self.answer.set_value(WITHDRAW)
        self._show_verb()
        self.answer.changed.connect(self._show_verb)
        self.finish_layout()

    @Slot()
    def _show_verb(self) -> None:
        words = {AUTHORISE: "&Carry out the disposal", REFUSE: "&Refuse", WITHDRAW: "&Withdraw"}
        verb = words.get(self.answer.value() or "", "&Answer")
        self.primary.setText(verb)
        self.primary.setAccessibleName(verb.replace("&", ""))

    @override
    def build_command(self) -> Callable[[], Outcome]:
        entry = AnswerDisposal(request=self.request, disposal_ref=self.disposal.disposal_ref)
        return partial(dispose_of_record if self.answer.value() == AUTHORISE else refuse_disposal, self.session, entry)


class DisposalCertificateDialog(QDialog):
    """Shows a certificate of disposal, to be copied into the office's register."""

    def __init__(
        self, session: Session, tasks: Tasks, disposal_certificate: Mapping[str, Any], parent: QWidget | None = None
    ) -> None:
        """Show a certificate.

        Args:
            session: The session of the user who reads it.
            tasks: Writes the file.
            disposal_certificate: What was removed.
            parent: The Qt parent.
        """
        super().__init__(parent)
        self._session, self._tasks, self._number = session, tasks, str(disposal_certificate["certificate"])
        self.setWindowTitle(CERTIFICATE_TITLE)
        self.setAccessibleName(CERTIFICATE_TITLE)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit_to_screen(self, 640, 560)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(CERTIFICATE_TITLE, "title"))
        said = "The record is removed. Keep this with the decision; it does not name the person."
        column.addWidget(label(said, "quiet", wrap=True))
        self.text_box = QPlainTextEdit(certificate_text(disposal_certificate, session.names))
        self.text_box.setReadOnly(True)
        self.text_box.setTabChangesFocus(True)
        self.text_box.setAccessibleName(CERTIFICATE_TITLE)
        column.addWidget(self.text_box, 1)
        self.message = MessageBar()
        column.addWidget(self.message)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("&Copy", self._copy))
        self.save_button = button("&Save as PDF…", self._ask_for_place, icon="download")
        foot.addWidget(self.save_button)
        self.close_button = button("C&lose", self.accept, kind="primary")
        self.close_button.setDefault(True)
        foot.addWidget(self.close_button)
        column.addLayout(foot)
        self.close_button.setFocus()
        OpeningGuard(self)

    @Slot()
    def _ask_for_place(self) -> None:
        # Opened with open(), not exec(), so that no nested event loop runs; the choice arrives as a signal.
        asking = file_dialog(self, "Save as PDF")
        asking.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)  # which asks before a file is replaced
        asking.setNameFilter("PDF (*.pdf)")
        asking.setDefaultSuffix("pdf")
        asking.selectFile(f"certificate-{self._number}.pdf")
        asking.fileSelected.connect(self.save_to)
        asking.open()

    @Slot(str)
    def save_to(self, place: str) -> None:
        """Write the certificate into a file, which replaces what is there, and put that on record."""
        work = partial(print_certificate, self._session, self._number, Path(place), overwrite=True)
        self._tasks.run(self, work, lambda done: self.message.notice(done.notice), self.message.problem)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text_box.toPlainText())
