"""Dialogs that change the access lists of a case: name a user, restrict the case, declare a conflict of interest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.case_access import AccessList, CaseRestriction
from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.services.access.case_access_admin import (
    ChangeCaseAccess,
    DeclareConflict,
    SetCaseRestriction,
    admit_user,
    assign_user,
    declare_conflict,
    exclude_user,
    set_case_restriction,
)
from ioms_desktop.services.access.labels import ENFORCEMENT_NOTES
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.choice_fields import YES_NO, ChoiceField, CodeField, Option
from ioms_desktop.ui.forms.fields import LongTextField, TextField
from ioms_desktop.ui.tasks import Tasks

MAX_MESSAGE_CHARS = 2000
CONFLICT_CONSEQUENCES = (
    "The case closes for you at once, here and in every list and search. Nobody is blamed for it.",
    "What you recorded on it stays. A supervisor can open the case to you again; you cannot.",
)


@dataclass(frozen=True, slots=True)
class AccessEntryKind:
    """A list on which a user can be put: the texts of its dialog, and its command."""

    title: str
    verb: str
    meaning: str
    command: Callable[[Session, ChangeCaseAccess], Outcome]


ENTRY_KINDS = {
    AccessList.EXCLUDED: AccessEntryKind(
        "Exclude somebody",
        "&Exclude",
        "The case is closed to them at once: no list, search or count shows it, whatever else would let them know of "
        "it, and restricted record access does not open it. It lasts until a supervisor takes them off the list.",
        exclude_user,
    ),
    AccessList.ADMITTED: AccessEntryKind(
        "Admit somebody",
        "&Admit",
        "They may know of the case although it is restricted or another team's. An exclusion still wins.",
        admit_user,
    ),
    AccessList.ASSIGNED: AccessEntryKind(
        "Assign somebody",
        "&Assign",
        "They work on the case although it is another team's. A partner sees the header of the case and nothing else.",
        assign_user,
    ),
}


class AccessEntryDialog(AutoHeightDialog):
    """Asks for one user to put on a list of the case."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        case_ref: str,
        kind: AccessList,
        people: Sequence[Option],
        parent: QWidget | None = None,
    ) -> None:
        self._entry_kind = naming = ENTRY_KINDS[kind]
        super().__init__(
            tasks,
            title=naming.title,
            verb=naming.verb,
            about=f"Case {case_ref}.",
            intro=naming.meaning,
            danger=kind is AccessList.EXCLUDED,
            parent=parent,
        )
        self.session, self.case_ref = session, case_ref
        self.enable_autosave(session, Origin("name_somebody", case_ref, kind.value))
        self.who = self.form.add(CodeField("who", "&Who", people, required=True))
        self.message = self.form.add(
            LongTextField(
                "message",
                "What they &read",
                lines=2,
                limit=MAX_MESSAGE_CHARS,
                help="Shown to them in place of the case if they ask for it by its reference. Nothing is needed.",
            )
        )
        self.form.set_field_visible("message", kind is AccessList.EXCLUDED)
        self.finish_layout()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        who = self.who.value()
        if who is None:
            raise MissingValue("Say who. Your entry is kept.")
        entry = ChangeCaseAccess(
            request=self.request, case_ref=self.case_ref, name=who, message=self.message.value() or ""
        )
        return lambda: self._entry_kind.command(self.session, entry)


class CaseRestrictionDialog(AutoHeightDialog):
    """Asks for the team of a case and, on a server, whether the case is restricted."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        case_ref: str,
        restriction: CaseRestriction,
        teams: Sequence[str],
        *,
        shared: bool,
        parent: QWidget | None = None,
    ) -> None:
        """Show the restriction as it is now.

        Args:
            teams: The teams in use; another can be typed.
            shared: Whether a server enforces the restriction.
        """
        super().__init__(
            tasks,
            title="How the case is kept",
            verb="&Save",
            about=f"Case {case_ref}.",
            intro=ENFORCEMENT_NOTES[shared],
            parent=parent,
        )
        self.session, self.case_ref, self._restriction = session, case_ref, restriction
        self.enable_autosave(session, Origin("keep_case", case_ref))
        known = f" Teams there are: {', '.join(teams)}." if teams else ""
        self.team = self.form.add(
            TextField("team", "&Team", limit=80, help=f"Others know of it where assigned. Empty for every team.{known}")
        )
        self.team.set_value(restriction.team)
        self.restricted = self.form.add(
            ChoiceField(
                "restricted", "&Restricted", YES_NO, help="Only those admitted may know of the case; you stay admitted."
            )
        )
        self.restricted.set_value("yes" if restriction.restricted else "no")
        self.message = self.form.add(
            LongTextField(
                "message",
                "What &others read",
                lines=2,
                limit=MAX_MESSAGE_CHARS,
                help="Shown in place of the case to a colleague who asks for it by its reference. Nothing is needed.",
            )
        )
        self.message.set_value(restriction.message)
        self.form.set_field_visible("restricted", shared)
        self._show_what_applies()
        self.restricted.changed.connect(self._show_what_applies)
        self.finish_layout()

    @Slot()
    def _show_what_applies(self) -> None:
        self.form.set_field_visible("message", self.restricted.value() == "yes")

    @override
    def build_command(self) -> Callable[[], Outcome]:
        entry = SetCaseRestriction(
            request=self.request,
            case_ref=self.case_ref,
            restricted=self._restricted_change(),
            team=_value_if_changed(self.team.value(), self._restriction.team),
            message=_value_if_changed(self.message.value(), self._restriction.message),
        )
        return lambda: set_case_restriction(self.session, entry)

    def _restricted_change(self) -> bool | None:
        wanted = self.restricted.value() == "yes"
        return None if wanted == self._restriction.restricted else wanted


def _value_if_changed(typed: str | None, before: str | None) -> str | None:
    """Return the typed value; None if it is unchanged, so that a simultaneous change by another user is not undone."""
    return None if (typed or "").strip() == (before or "").strip() else typed or ""


class DeclareConflictDialog(SimpleCommandDialog):
    """Asks why the user has a conflict of interest on a case; the reason is optional."""

    def __init__(
        self, session: Session, tasks: Tasks, case_ref: str, about: str, parent: QWidget | None = None
    ) -> None:
        message = LongTextField(
            "message",
            "&Why",
            lines=2,
            limit=MAX_MESSAGE_CHARS,
            help="For supervisors, and for yourself should you ask for the case again. Nothing is needed.",
        )

        def command() -> Callable[[], Outcome]:
            entry = DeclareConflict(request=self.request, case_ref=case_ref, message=message.value() or "")
            return partial(declare_conflict, session, entry)

        spec = SimpleCommand(
            title="Declare a conflict of interest",
            verb="&Declare it",
            about=about,
            danger=True,
            origin=Origin("declare_conflict", case_ref),
            cards=(Card("What happens", CONFLICT_CONSEQUENCES),),
            fields=(message,),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
