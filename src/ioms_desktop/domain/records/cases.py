"""Cases in both programmes, and what is recorded on a case apart from support and enforcement."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from typing_extensions import override

from ioms_desktop.domain.access.case_access import REVIEW_REF_PREFIX
from ioms_desktop.domain.access.record_rights import Progress, RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import (
    Asked,
    Record,
    code,
    codes,
    day,
    long_text,
    ref,
    short_text,
    whole_number,
    worker_name,
    yes_no,
)

DECEASED = "DECEASED"
"""The status, and the reason for closing, of somebody who died."""


def has_ended(closed_on: date | None, on: date) -> bool:
    """Whether a case that closed on a day, or has not closed, is closed on another day; on the closing day it is."""
    return closed_on is not None and closed_on <= on


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Record):
    """One person's time on one programme."""

    table: ClassVar[str] = "cases"
    key: ClassVar[tuple[str, ...]] = ("case_ref",)
    label: ClassVar[str] = "Case"
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.INTAKE,
        rules_read_history=True,
        free_text=("referred_by", "statutory_reason"),
        masked="trial_arm",
        partner_columns=(
            *("case_ref", "person_ref", "programme", "cohort", "status", "referred_on", "adopted_on", "notified_on"),
            "closed_on",
        ),
    )

    case_ref: str = ref()
    person_ref: str = ref("people")
    programme: str = code("programme", required=True)
    cohort: str | None = code("cohort")
    status: str = code("case_status", required=True)
    referred_on: date = day(required=True)
    referred_by: str | None = worker_name()
    adopted_on: date | None = day()
    notified_on: date | None = day()
    notice_served_on: date | None = day(label="IOM letter served on")
    release_plan_on: date | None = day(label="Plan made on")
    closed_on: date | None = day()
    close_reason: str | None = code("close_reason")
    statutory_status: str | None = code("statutory_status")
    iom_licence_condition: bool | None = yes_no()
    final_third_from: date | None = day(future=True)
    expected_release_on: date | None = day(future=True, label="Release expected on")
    police_om: str | None = worker_name()
    probation_practitioner: str | None = worker_name()
    navigator: str | None = worker_name()
    trial_arm: str | None = code("trial_arm")
    yjs_case_manager: str | None = worker_name(label="YJS case manager")
    social_worker: str | None = worker_name()
    look_back_from: date | None = day(help="The first day that is compared with; fixed when the case is selected.")
    selected_on: date | None = day(not_before="look_back_from")
    look_forward_to: date | None = day(
        future=True, not_before="selected_on", help="The last day that is followed; fixed when the case is selected."
    )
    statutory_reason: str | None = short_text(
        label="Why the statutory status is set", help="Left empty, the status of a day follows from the orders."
    )
    follows_case_ref: str | None = short_text(label="Reopened from", help="The case that closed before.")
    transition_proposed_on: date | None = day(label="Transition to adult services proposed on")
    transition_proposed_by: str | None = worker_name(label="Transition to adult services proposed by")
    transition_confirmed_on: date | None = day(
        not_before="transition_proposed_on", label="Transition to adult services confirmed on"
    )
    transition_confirmed_by: str | None = worker_name(label="Transition to adult services confirmed by")

    @property
    @override
    def shown_on(self) -> None:
        """Any other case of its person shows some of it: that they died, and which case goes on from which."""
        return

    @property
    def starts_on(self) -> date | None:
        """The first day on which the rules apply, included: adoption (IOM) or notification (Phoenix)."""
        return self.adopted_on if self.programme == "IOM" else self.notified_on

    def ended_by(self, on: date) -> bool:
        """Whether it is closed on a day, as it is on the day it closed."""
        return has_ended(self.closed_on, on)

    @property
    def has_rag(self) -> bool:
        """Whether a RAG is set on it: IOM has one, and Phoenix rates engagement instead."""
        return self.programme == "IOM"

    @property
    def closed_by_death(self) -> bool:
        """Whether it closed because the person died, so that nobody can come back."""
        return DECEASED in {self.status, self.close_reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class RagEntry(Record):
    """A RAG rating that applies from a day, included, with its reason. Every entry counts as a review."""

    table: ClassVar[str] = "rag"
    key: ClassVar[tuple[str, ...]] = ("case_ref", "set_on")
    label: ClassVar[str] = "RAG"
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.SET_RAG, facts=True, withheld=("reason",), rules_read_history=True, free_text=("reason",)
    )

    case_ref: str = ref("cases")
    set_on: date = day(required=True)
    rag: str = code("rag", required=True, label="Colour")
    reason: str = short_text(required=True, label="Why")
    set_by: str | None = worker_name()


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(Record):
    """The level of need on one pathway, as assessed on a day (0 none to 3 severe)."""

    table: ClassVar[str] = "needs"
    key: ClassVar[tuple[str, ...]] = ("case_ref", "pathway", "assessed_on")
    label: ClassVar[str] = "Need"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_ENGAGEMENT, facts=True, withheld=("evidence",), free_text=("evidence",)
    )

    case_ref: str = ref("cases")
    pathway: str = code("pathway", required=True)
    assessed_on: date = day(required=True)
    level: int = whole_number(0, 3, required=True, help="0 none, 1 some, 2 considerable, 3 severe.")
    status: str | None = code("pathway_status")
    agency: str | None = code("agency", label="Who leads on it")
    evidence: str | None = short_text(label="What changed", help="And how that is known: seen, said, certified.")


REFERRAL_ANSWERS = {
    "SENT": ("ACKNOWLEDGED", "ACCEPTED", "DECLINED", "WITHDRAWN", "COMPLETED"),
    "ACKNOWLEDGED": ("ACCEPTED", "DECLINED", "WITHDRAWN", "COMPLETED"),
    "ACCEPTED": ("COMPLETED", "WITHDRAWN"),
}
"""What may follow each status of a referral; nothing follows the others, and going back is a correction."""
ALL_REFERRAL_ANSWERS = tuple(dict.fromkeys(status for follow in REFERRAL_ANSWERS.values() for status in follow))
"""Every answer there is, in the order in which they are offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral(Record):
    """A referral to or from a unit of the directorate or an outside partner."""

    table: ClassVar[str] = "referrals"
    key: ClassVar[tuple[str, ...]] = ("referral_ref",)
    label: ClassVar[str] = "Referral"
    is_plain: ClassVar[bool] = True
    form_order: ClassVar[tuple[str, ...]] = ("unit", "sent_on", "reason", "direction", "status")
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_ACTIONS,
        free_text=("reason", "answer_note"),
        progress=Progress(column="status", steps=REFERRAL_ANSWERS, told=("answered_on", "answered_by", "answer_note")),
    )

    referral_ref: str = ref(prefix="RF")
    case_ref: str = ref("cases")
    direction: str | None = code("referral_direction", begins="OUT")
    unit: str = code("unit", required=True)
    sent_on: date = day(required=True)
    status: str | None = code("referral_status", begins="SENT")
    answered_on: date | None = day()
    reason: str | None = short_text()
    answered_by: str | None = worker_name(label="Who answered", asked=Asked.WHEN_CHANGING)
    answer_note: str | None = short_text(label="What they said, and what comes next", asked=Asked.WHEN_CHANGING)

    @property
    def possible_answers(self) -> tuple[str, ...]:
        """What may be answered to it as it stands; nothing where it is over."""
        return ALL_REFERRAL_ANSWERS if self.status is None else REFERRAL_ANSWERS.get(self.status, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification(Record):
    """An attempt to deliver the custom notification face to face, and how it was received."""

    table: ClassVar[str] = "notifications"
    key: ClassVar[tuple[str, ...]] = ("case_ref", "attempted_on", "attempt")
    label: ClassVar[str] = "Notification"
    has_add_form: ClassVar[bool] = True
    has_change_form: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_ENGAGEMENT,
        facts=True,
        withheld=("present", "response", "note", "spoken_by", "gillick"),
        rules_read_history=True,
        free_text=("present", "response", "note", "spoken_by", "gillick"),
    )

    case_ref: str = ref("cases")
    attempted_on: date = day(required=True)
    attempt: int = whole_number(1, 99, required=True)
    outcome: str = code("notification_outcome", required=True)
    delivered_by: str | None = worker_name()
    present: str | None = short_text(label="Also present")
    mode: str | None = short_text()
    response: str | None = short_text(label="How it was received")
    note: str | None = long_text()
    kind: str | None = code("notification_kind", label="Custom or call-in")
    message_points: str | None = codes("message_point", label="Points of the message given")
    spoken_by: str | None = short_text(label="Who spoke")
    voices: str | None = codes("notification_voice", label="Voices present")
    legal_explained: bool | None = yes_no(label="Legal position explained individually")
    prompted_on: date | None = day(label="Incident that prompted it")
    attended: str | None = codes("notification_person", label="Present")
    told: str | None = codes("notification_person", label="Who was told")
    consent: str | None = code("notification_consent", help="To take part; the programme is voluntary.")
    gillick: str | None = short_text(label="Gillick assessment", help="Who assessed it, when, and on what basis.")
    letter_left_on: date | None = day(label="Letter left on", not_before="attempted_on")
    method: str | None = code("notice_method", label="How it was served")
    language: str | None = short_text(label="In which language")
    interpreter: bool | None = yes_no(label="Interpreter")
    copy_given: bool | None = yes_no(label="Copy given")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Record):
    """An action that somebody agreed to complete by a day, included: a user, or somebody named of any agency.

    Attributes:
        given_by: Who gave it.
        first_due_on: The day it was due at first, where that day was moved; `due_moves` counts how often.
        due_reason: Why the day was moved last.
    """

    table: ClassVar[str] = "actions"
    key: ClassVar[tuple[str, ...]] = ("action_ref",)
    label: ClassVar[str] = "Action"
    has_add_form: ClassVar[bool] = True
    has_change_form: ClassVar[bool] = True
    form_order: ClassVar[tuple[str, ...]] = ("text", "owner", "due_on", "agency", "owner_contact")
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_ACTIONS,
        facts=True,
        withheld=("cancel_reason", "owner_contact", "due_reason", "outcome"),
        rules_read_history=True,
        free_text=("text", "cancel_reason", "owner_contact", "due_reason", "outcome"),
    )

    action_ref: str = ref(prefix="AC")
    case_ref: str | None = ref("cases", required=False)
    meeting_ref: str | None = short_text(asked=Asked.NEVER)
    text: str = short_text(required=True, label="What", says_users=True)
    owner: str = worker_name(required=True)
    due_on: date = day(required=True, future=True, asked=Asked.WHEN_ADDING)
    done_on: date | None = day(asked=Asked.WHEN_CHANGING)
    cancelled_on: date | None = day(asked=Asked.WHEN_CHANGING)
    cancel_reason: str | None = short_text(label="Why it was cancelled", asked=Asked.WHEN_CHANGING)
    goal_ref: str | None = short_text(names="goals", label="Goal", help="The goal of the plan that it is a step of.")
    agency: str | None = code("agency", label="Owner's agency")
    owner_contact: str | None = short_text(
        label="Their phone or email", help="For an owner who does not sign in here, so that they can be asked."
    )
    given_by: str | None = worker_name(asked=Asked.NEVER, is_author=True, label="Given by")
    contact_ref: str | None = short_text(
        names="contacts", released=True, label="Contact", help="The contact that it follows from."
    )
    first_due_on: date | None = day(future=True, asked=Asked.NEVER, label="First due")
    due_moves: int | None = whole_number(1, 999, asked=Asked.NEVER, label="Times moved")
    due_reason: str | None = short_text(asked=Asked.NEVER, label="Why the day was moved")
    outcome: str | None = short_text(asked=Asked.WHEN_CHANGING, label="What came of it")

    @property
    def is_access_review(self) -> bool:
        """Whether it asks a supervisor to review break-glass access."""
        return self.action_ref.startswith(REVIEW_REF_PREFIX)
