"""The dialog for the answer to a referral: what it is, who gave it, when, and what comes next."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.records.cases import Referral
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.intake.referral_answers import (
    MAX_NOTE_CHARS,
    AnswerReferral,
    answer_referral,
    describe_former_answer,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog, past_day_field
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.recording.case_subject import CaseSubject
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.workers.worker_field import WorkerField

NOTE_HELP = "Needed where it is declined."
KEYS = {"ACKNOWLEDGED": "k", "ACCEPTED": "a", "DECLINED": "d", "WITHDRAWN": "w", "COMPLETED": "c"}


class AnswerReferralDialog(SimpleCommandDialog):
    """Asks for the answer to a referral; only what may follow is offered, and a reason where it is declined."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject,
        referral: Referral,
        workers: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who records it.
            tasks: Runs the command.
            subject: The case.
            referral: The referral as it was read.
            workers: The names that are completed.
            parent: The Qt parent.
        """
        self.answer = ChoiceField("status", "A&nswer", answer_choices(session, referral), required=True)
        self.on = past_day_field(session, "answered_on", "Answered &on")
        self.by = WorkerField("answered_by", "Answered &by", workers, help="Who said so, there or here.")
        self.note = LongTextField(
            "answer_note", "What they said, and what comes ne&xt", lines=3, limit=MAX_NOTE_CHARS, help=NOTE_HELP
        )

        def command() -> Callable[[], Outcome]:
            entry = AnswerReferral(
                request=self.request,
                referral_ref=referral.referral_ref,
                revision=self.revision,
                status=self.answer.filled(),
                answered_on=self.on.filled(),
                answered_by=self.by.value(),
                note=self.note.value(),
            )
            return PendingEdit(answer_referral, session, entry)

        spec = SimpleCommand(
            title="Answer to a referral",
            verb="&Save answer",
            discard="&Discard this answer",
            about=subject.summary,
            intro=f"{describe_referral(session, referral)}.{_former(session, referral)}",
            origin=Origin("answer_referral", subject.case_ref, referral.referral_ref, referral.revision),
            fields=(self.answer, self.on, self.by, self.note),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)


def answer_choices(session: Session, referral: Referral) -> list[Choice]:
    """Return what may follow a referral as it stands, each with its key."""
    statuses = session.lists.of("referral_status")
    return [Choice(code, statuses.label(code), KEYS[code]) for code in referral.possible_answers]


def describe_referral(session: Session, referral: Referral) -> str:
    """Describe a referral: which way, since when, which unit, and how it stands."""
    way = session.lists.of("referral_direction").label(referral.direction).lower() if referral.direction else ""
    standing = session.lists.of("referral_status").label(referral.status).lower() if referral.status else "not answered"
    unit = session.lists.of("unit").label(referral.unit)
    return " ".join(filter(None, ("Referral", way, f"of {format_day(referral.sent_on)}, {unit}: {standing}")))


def _former(session: Session, referral: Referral) -> str:
    """Say what was answered before, and that it is kept."""
    former = describe_former_answer(session.lists, referral).rstrip(".").replace("\n", "; ")
    return f" Answer so far: {former}. It is kept below the new one." if former else ""
