"""The dialogs by which a transition to adult services is proposed, and confirmed by a supervisor."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.dates.calendar import ADULT_AGE, adult_on
from ioms_desktop.domain.records.leaving.exits import TRANSITION, CaseExit, proposed_transition
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.leaving.transition import (
    ConfirmTransition,
    ProposeTransition,
    confirm_transition,
    propose_transition,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog, past_day_field
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import LongTextField, TextField
from ioms_desktop.ui.labels import record_lines
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

if TYPE_CHECKING:
    from ioms_desktop.ui.forms.field import Field

OPENS_NOTHING = "It opens no case to anybody who could not open it before."
SAID_ABOVE = frozenset({"Reference", "Case", "What it is", "From"})
"""What the title and the case above say already."""


class ProposeTransitionDialog(SimpleCommandDialog):
    """Asks for the adult service or case, the plan and who was told."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        turns = adult_on(view.person.date_of_birth)
        turning = "Turns" if session.today() < turns else "Turned"
        on = past_day_field(session, "left_on", "Proposed &on")
        fields: tuple[Field[Any], ...] = (
            TextField(
                "goes_to",
                "&Service or case",
                required=True,
                help="The adult service with a name and phone, or the adult case by its reference.",
            ),
            TextField("reason", "&Reason", required=True),
            LongTextField("plan", "P&lan", lines=3, required=True, help="Who does what before and after the birthday."),
            LongTextField("services", "&Help afterwards", lines=2, help="Services that go on, and how to reach them."),
            DateField("person_told_on", "Person &told on", today=session.today, bias=DateBias.BACK),
            *(
                [DateField("carer_told_on", "Parent or &carer told on", today=session.today, bias=DateBias.BACK)]
                if view.age < ADULT_AGE
                else []
            ),
            TextField("not_told", "Who was not told, and wh&y"),
            on,
        )

        def command() -> Callable[[], Outcome]:
            given: dict[str, Any] = {field.name: field.value() for field in fields}
            left = CaseExit(exit_ref="", case_ref=view.case.case_ref, kind=TRANSITION, **given)
            entry = ProposeTransition(
                request=self.request, case_ref=view.case.case_ref, revision=self.revision, left=left
            )
            return PendingEdit(propose_transition, session, entry)

        spec = SimpleCommand(
            title="Transition to adult services",
            verb="&Propose",
            discard="&Discard this proposal",
            about=subject_of(session, view).summary,
            intro=f"{turning} 18 on {format_day(turns)}. A supervisor confirms it. {OPENS_NOTHING}",
            origin=Origin("propose_transition", view.case.case_ref, revision=view.case.revision),
            fields=fields,
            command=command,
        )
        super().__init__(session, tasks, spec, parent)


class ConfirmTransitionDialog(SimpleCommandDialog):
    """Shows the whole proposal and asks for the day of the confirmation."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        on, why_not = past_day_field(session, "on", "Confirmed &on"), _why_not(session, view)

        def command() -> Callable[[], Outcome]:
            entry = ConfirmTransition(
                request=self.request,
                case_ref=view.case.case_ref,
                revision=self.revision,
                on=on.filled(),
                seen=proposed_transition(view.of(CaseExit)),
            )
            return PendingEdit(confirm_transition, session, entry)

        spec = SimpleCommand(
            title="Confirm transition to adult services",
            verb="&Confirm",
            discard="&Discard this entry",
            about=subject_of(session, view).summary,
            intro=OPENS_NOTHING,
            origin=Origin("confirm_transition", view.case.case_ref, revision=view.case.revision),
            cards=(*_proposal_card(session, view), *((Card("Not possible yet", (why_not,)),) if why_not else ())),
            fields=(on,),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
        self.primary.setEnabled(not why_not)


def _proposal_card(session: Session, view: CaseView) -> tuple[Card, ...]:
    """Return a card with who proposed it and all that the plan says; none where nothing is proposed."""
    case, plan = view.case, proposed_transition(view.of(CaseExit))
    if case.transition_proposed_on is None or plan is None:
        return ()
    by = session.names.of(case.transition_proposed_by or "")
    said = (f"{name}: {words}" for name, words in record_lines(session, plan) if name not in SAID_ABOVE)
    return (Card(f"Proposed by {by} on {format_day(case.transition_proposed_on)}", tuple(said)),)


def _why_not(session: Session, view: CaseView) -> str:
    """Say why this user cannot confirm it now; empty where they can."""
    case = view.case
    if case.transition_proposed_on is None:
        return "Nobody has proposed it yet. Propose it first: Transition to adult services in the menu Case."
    if proposed_transition(view.of(CaseExit)) is None:
        return "The plan is no longer on record. Propose it again: Transition to adult services in the menu Case."
    if case.transition_proposed_by == session.user:
        return "You proposed this yourself; another supervisor confirms it."
    return ""
