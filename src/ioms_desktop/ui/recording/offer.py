"""Dialogs that make a support offer, record its answer and end it. Enforcement ends no offer."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.policy.case_facts import ACCEPTED_RESPONSES
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.recording.offers import (
    AnswerOffer,
    EndOffer,
    MakeOffer,
    SupportPlan,
    answer_offer,
    end_offer,
    make_offer,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog, past_day_field
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, code_options
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.field import Field
from ioms_desktop.ui.forms.fields import LongTextField, NumberField, TextField
from ioms_desktop.ui.recording.case_subject import CaseSubject, describe_offer
from ioms_desktop.ui.tasks import Tasks

MAX_REASON_CHARS = 2000
NOT_YET = "NOT_YET"


def answer_choices(session: Session) -> list[Choice]:
    """Return the answers to an offer, each with its key."""
    keys = {"ACCEPTED": "a", "PARTLY": "p", "DECLINED": "d"}
    return [Choice(code.code, code.label, keys.get(code.code, "")) for code in session.lists.of("offer_response")]


class MakeOfferDialog(AutoHeightDialog):
    """Asks for an offer, and for its answer where one was given at once."""

    def __init__(self, session: Session, tasks: Tasks, subject: CaseSubject, parent: QWidget | None = None) -> None:
        super().__init__(
            tasks,
            title="Offer support",
            verb="&Save offer",
            discard="&Discard this offer",
            about=subject.summary,
            parent=parent,
        )
        self.session, self.subject = session, subject
        self.enable_autosave(session, Origin("make_offer", subject.case_ref))
        add, lists, today = self.form.add, session.lists, session.today()
        self.kind = add(
            CodeField(
                "offer_type",
                "&What",
                code_options(lists.of("offer_type"), today, subject.programme),
                required=True,
            )
        )
        self.pathway = add(CodeField("pathway", "&Pathway", code_options(lists.of("pathway"), today)))
        self.provider = add(TextField("provider", "Pro&vider"))
        self.on = add(past_day_field(session, "offered_on", "&Offered on"))
        self.answer = add(
            ChoiceField("response", "A&nswer", [*answer_choices(session), Choice(NOT_YET, "Not yet", "n")])
        )
        self.answer.set_value(NOT_YET)
        self.answered_on = add(past_day_field(session, "responded_on", "Answered on"))
        self._show_what_applies()
        self.form.changed.connect(self._show_what_applies)
        self.finish_layout()

    @Slot()
    def _show_what_applies(self) -> None:
        self.form.set_field_visible("responded_on", self.answer.value() not in (None, NOT_YET))

    @override
    def build_command(self) -> Callable[[], Outcome]:
        kind, on, answer = self.kind.value(), self.on.value(), self.answer.value()
        if kind is None or on is None:
            raise MissingValue("An offer needs what is offered and the day. Your entry is kept.")
        answered = answer not in (None, NOT_YET)
        entry = MakeOffer(
            request=self.request,
            case_ref=self.subject.case_ref,
            offer_type=kind,
            offered_on=on,
            pathway=self.pathway.value(),
            provider=self.provider.value(),
            response=answer if answered else None,
            responded_on=self.answered_on.value() if answered else None,
        )
        return partial(make_offer, self.session, entry)


class AnswerOfferDialog(SimpleCommandDialog):
    """Asks for the answer of the person to an offer and, where it is accepted, for what the provider says and plans."""

    def __init__(
        self, session: Session, tasks: Tasks, subject: CaseSubject, offer: Offer, parent: QWidget | None = None
    ) -> None:
        self.answer = ChoiceField("response", "&Answer", answer_choices(session), required=True)
        self.answer.set_value(offer.response)
        self.on = past_day_field(session, "responded_on", "Answered &on")
        self.started = DateField("started_on", "S&tarted on", today=session.today, help="Where it has begun already.")
        self.planned = planned_fields(session, offer)

        def command() -> Callable[[], Outcome]:
            accepted = self.answer.value() in ACCEPTED_RESPONSES
            entry = AnswerOffer(
                request=self.request,
                offer_ref=offer.offer_ref,
                revision=self.revision,
                response=self.answer.filled(),
                responded_on=self.on.filled(),
                started_on=self.started.value(),
                plan=SupportPlan(**{field.name: field.value() for field in self.planned}) if accepted else None,
            )
            return PendingEdit(answer_offer, session, entry)

        spec = SimpleCommand(
            title="Answer to an offer",
            verb="&Save answer",
            discard="&Discard this answer",
            about=subject.summary,
            intro=f"{describe_offer(session, offer)}.",
            origin=Origin("answer_offer", subject.case_ref, offer.offer_ref, offer.revision),
            fields=(self.answer, self.on, self.started, *self.planned),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
        self._show_what_applies()
        self.form.changed.connect(self._show_what_applies)

    @Slot()
    def _show_what_applies(self) -> None:
        for field in self.planned:
            self.form.set_field_visible(field.name, self.answer.value() in ACCEPTED_RESPONSES)


def planned_fields(session: Session, offer: Offer) -> tuple[Field[Any], ...]:
    """Return the fields for what the provider says to an accepted offer, and for what is planned."""
    provider = CodeField("provider_answer", "&Provider's answer", code_options(session.lists.of("provider_answer")))
    sessions = NumberField("planned_sessions", "Sessions p&lanned", maximum=999)
    minutes = NumberField("planned_minutes", "&Minutes planned", maximum=60_000, help="In all, over every session.")
    leaves = DateField("exit_planned_on", "&Exit planned on", today=session.today, bias=DateBias.AHEAD)
    provider.set_value(offer.provider_answer)
    sessions.set_value(offer.planned_sessions)
    minutes.set_value(offer.planned_minutes)
    leaves.set_value(offer.exit_planned_on)
    return provider, sessions, minutes, leaves


class EndOfferDialog(SimpleCommandDialog):
    """Asks for the day on which an offer ended and the reason."""

    def __init__(
        self, session: Session, tasks: Tasks, subject: CaseSubject, offer: Offer, parent: QWidget | None = None
    ) -> None:
        self.on = past_day_field(session, "ended_on", "Ended &on")
        self.reason = LongTextField(
            "end_reason", "&Why", lines=2, limit=MAX_REASON_CHARS, required=True, help="What came of it."
        )

        def command() -> Callable[[], Outcome]:
            entry = EndOffer(
                request=self.request,
                offer_ref=offer.offer_ref,
                revision=self.revision,
                ended_on=self.on.filled(),
                end_reason=self.reason.filled(),
            )
            return PendingEdit(end_offer, session, entry)

        spec = SimpleCommand(
            title="End an offer",
            verb="&End offer",
            discard="&Discard this entry",
            about=subject.summary,
            intro=f"{describe_offer(session, offer)}. Other offers stay open; enforcement ends none.",
            origin=Origin("end_offer", subject.case_ref, offer.offer_ref, offer.revision),
            fields=(self.on, self.reason),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
