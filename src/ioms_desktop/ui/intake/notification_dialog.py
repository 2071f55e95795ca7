"""The dialogs for an attempt to notify a participant, and for the letter that is left after the last one."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.calendar import ADULT_AGE, age_on
from ioms_desktop.domain.records.cases import Notification
from ioms_desktop.domain.records.selection.notification import (
    MOST_ATTEMPTS,
    attempts_of,
    fruitless_attempts,
    is_delivered,
    next_attempt,
    waits_for_letter,
)
from ioms_desktop.domain.records.status_table import status_rule
from ioms_desktop.domain.text_format import capitalise, format_day, pluralise
from ioms_desktop.domain.validation.selection_rules import OWN_CONSENT_AGE, PARENTAL
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.intake.notifications import (
    NOTIFIED,
    LeaveLetter,
    RecordNotification,
    leave_letter,
    record_notification,
)
from ioms_desktop.services.recording.record_checks import LEAVE_THE_LETTER
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog, past_day_field
from ioms_desktop.ui.forms.choice_fields import YES_NO, ChoiceField, CodeField, Option, code_options
from ioms_desktop.ui.forms.record_form import read_form, record_fields
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

DELIVERED_ALONE = ("message_points", "legal_explained", "spoken_by", "voices", "response", "consent", "told")
"""What is asked where the notification was delivered, in this order."""
ASKED = ("outcome", "kind", "delivered_by", "attended", "present", *DELIVERED_ALONE, "gillick", "note", "attempted_on")
REQUIRED_WHEN_DELIVERED = ("message_points", "consent")
CUSTOM = "CUSTOM"
GILLICK = "OWN_GILLICK"
NO_CONSENT_ASKED = frozenset({"DELIVERED_DECLINED"})


def consent_options(session: Session, age: int) -> list[Option]:
    """Return the ways to consent, those that are not theirs to give at an age greyed with the reason."""

    def refused(code: str) -> str:
        if code == "OWN" and age < OWN_CONSENT_AGE:
            return f"{age} years old; needs a Gillick assessment"
        if code == GILLICK and age >= OWN_CONSENT_AGE:
            return f"{age} years old; consents without an assessment"
        return f"{age} years old; consents alone" if code in PARENTAL and age >= ADULT_AGE else ""

    offered = code_options(session.lists.of("notification_consent"), session.today())
    return [Option(each.code, each.label, refused(each.code), each.spellings) for each in offered]


class NotificationDialog(AutoHeightDialog):
    """Asks how an attempt went and, where the notification was delivered, what was said and how it was taken."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        number = next_attempt(view.notifications)
        super().__init__(
            tasks,
            title=f"Notification: attempt {number}",
            verb="&Save attempt",
            discard="&Discard this attempt",
            about=subject_of(session, view).summary,
            intro=_describe_attempts(session, view),
            parent=parent,
        )
        self.session, self.view = session, view
        self.enable_autosave(session, Origin("notification", view.case.case_ref))
        if waits_for_letter(view.notifications):
            self.form.place(Card("", (f"{LEAVE_THE_LETTER} Leave the letter in the menu Case is for that.",)))
            self.primary.setEnabled(False)
        self._add_fields()
        self.then = self.form.add(ChoiceField("takes_step", "Move the case to N&otified?", YES_NO))
        self.then.set_value("yes")
        self.form.field("outcome").changed.connect(self._show_asked)
        self.form.field("consent").changed.connect(self._show_asked)
        self.form.field("attempted_on").changed.connect(self._offer_consent)
        self._offer_consent()
        self._show_asked()
        self.finish_layout()

    def _add_fields(self) -> None:
        """Take the fields from the declaration of the record type; outcomes and kinds are those of Phoenix."""
        lists, today = self.session.lists, self.session.today()
        made = {field.name: field for field in record_fields(Notification, lists, self.session.local_now)}
        for name in ASKED:
            field = made[name]
            field.required = field.required or name in REQUIRED_WHEN_DELIVERED
            self.form.add(field, shown=name not in DELIVERED_ALONE)
            if name in {"outcome", "kind"} and isinstance(field, CodeField):
                field.set_options(code_options(lists.of(f"notification_{name}"), today, self.view.case.programme))
        self.form.field("kind").set_value(CUSTOM)
        self.form.field("delivered_by").set_value(self.session.names.of(self.session.user))
        self.form.field("attempted_on").set_value(today)

    @Slot()
    def _offer_consent(self) -> None:
        on = self.form.field("attempted_on").value() or self.session.today()
        consent = self.form.field("consent")
        if isinstance(consent, CodeField):
            consent.set_options(consent_options(self.session, age_on(self.view.person.date_of_birth, on)))

    @Slot()
    def _show_asked(self) -> None:
        outcome = self.form.field("outcome").value()
        told = is_delivered(outcome)
        hidden = {"consent"} if outcome in NO_CONSENT_ASKED else set()
        for name in DELIVERED_ALONE:
            self.form.set_field_visible(name, shown=told and name not in hidden)
        is_gillick = told and self.form.field("consent").value() == GILLICK
        self.form.set_field_visible("gillick", shown=is_gillick)
        follows = status_rule(self.view.case.programme, self.view.case.status, NOTIFIED) is not None
        self.form.set_field_visible("takes_step", shown=told and follows)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = read_form(self.form, Notification)
        told = Notification(case_ref=self.view.case.case_ref, attempt=1, **values)  # the command numbers it
        entry = RecordNotification(request=self.request, told=told, takes_step=self.then.value() == "yes")
        return partial(record_notification, self.session, entry)


class LeaveLetterDialog(SimpleCommandDialog):
    """Asks for the day on which the letter was left."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        on = past_day_field(
            session, "left_on", "Left &on", "The letter says what the message is, and what help there is, with whom."
        )

        def command() -> Callable[[], Outcome]:
            entry = LeaveLetter(request=self.request, case_ref=view.case.case_ref, left_on=on.filled())
            return partial(leave_letter, session, entry)

        spec = SimpleCommand(
            title="Leave the letter",
            discard="&Discard this entry",
            about=subject_of(session, view).summary,
            intro=_describe_attempts(session, view),
            origin=Origin("leave_letter", view.case.case_ref),
            fields=(on,),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)


def _describe_attempts(session: Session, view: CaseView) -> str:
    """Say which attempts there were, and after how many more the letter is left."""
    outcomes = session.lists.of("notification_outcome")
    made = "; ".join(
        f"attempt {each.attempt} on {format_day(each.attempted_on)}: {outcomes.label(each.outcome).lower()}"
        for each in attempts_of(view.notifications)
    )
    fruitless = len(fruitless_attempts(view.notifications))
    more, said = MOST_ATTEMPTS - fruitless, [f"{capitalise(made)}."] if made else []
    if more > 0 and (fruitless or not made):  # once it was delivered, no letter is left
        attempts = pluralise(more, "more attempt" if made else "attempt")
        said.append(f"After {attempts} without delivery the letter is left.")
    return " ".join(said)
