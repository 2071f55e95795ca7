"""The dialog that refers a person to a programme, which opens a new case."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.access.roles import sees_programme
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.intake.referrals import ReferPerson, refer_person
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog, past_day_field
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, code_options
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.intake.person_dialog import describe_person
from ioms_desktop.ui.labels import PROGRAMME_LABELS
from ioms_desktop.ui.tasks import Tasks

COMES_BACK = "For somebody who comes back after their case has closed, reopen that case: the new one is linked to it."


class ReferralDialog(SimpleCommandDialog):
    """Asks for the programme, who refers and why."""

    def __init__(self, session: Session, tasks: Tasks, person: Person, parent: QWidget | None = None) -> None:
        programme = ChoiceField(
            "programme",
            "&Programme",
            [Choice(code, title) for code, title in PROGRAMME_LABELS.items() if sees_programme(session.role, code)],
            required=True,
        )
        unit = CodeField(
            "unit",
            "Referring &unit",
            code_options(session.lists.of("unit"), session.today()),
            required=True,
            help="The unit or partner that refers; an agency outside is Other, and is named below.",
        )
        on = past_day_field(session, "referred_on", "Referred &on")
        by = TextField("referred_by", "Referred &by", help="Rank, number and name, or name and agency.")
        reason = TextField(
            "reason", "&Reason for selection", required=True, help="What is known and from where; opinion as opinion."
        )

        def command() -> Callable[[], Outcome]:
            entry = ReferPerson(
                request=self.request,
                person_ref=person.person_ref,
                programme=programme.filled(),
                referred_on=on.filled(),
                unit=unit.filled(),
                referred_by=by.value(),
                reason=reason.filled(),
            )
            return partial(refer_person, session, entry)

        spec = SimpleCommand(
            title="Refer to a programme",
            verb="&Save and open the case",
            discard="&Discard this entry",
            about=describe_person(person),
            intro=COMES_BACK,
            origin=Origin("refer_person", about=person.person_ref),
            fields=(programme, unit, reason, by, on),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
