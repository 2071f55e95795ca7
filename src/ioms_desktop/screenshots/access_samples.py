"""Sample access lists, accounts and reviews, for pictures of their dialogs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from ioms_desktop.domain.access.case_access import (
    REVIEW_OWNER,
    REVIEW_REF_PREFIX,
    AccessEntry,
    AccessList,
    BreakGlassRead,
    BreakGlassUse,
    CaseRestriction,
    OrphanedCase,
    describe_orphans,
)
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.services.access.case_access_admin import CaseAccess
from ioms_desktop.services.accounts.accounts import AccountRow
from ioms_desktop.services.session import Session
from ioms_desktop.ui.accounts.accounts import (
    AccountDialog,
    AddPersonDialog,
    DisableDialog,
    EnableDialog,
    NewPasswordDialog,
)
from ioms_desktop.ui.forms.choice_fields import Option

if TYPE_CHECKING:
    from ioms_desktop.ui.main_window.window import MainWindow

TEAM_NAMES = ("City", "County")
BREAK_GLASS_REASON = "His mother rang: he left the house with a knife after a message. Nobody of his team can be had."
NAMEABLE_PEOPLE = (Option("adeyemi", "adeyemi, Officer, City"), Option("okoro", "okoro, Navigator"))


def sample_case_access(session: Session, case_ref: str) -> CaseAccess:
    """Return access lists such as a case may have."""
    now = session.clock()

    def entry(number: int, name: str, kind: AccessList, days: int, **more: str) -> AccessEntry:
        begun = now - timedelta(days=days)
        ended = begun + timedelta(minutes=60) if kind is AccessList.BREAK_GLASS else None
        message = more.get("message")
        said_by = more.get("by", "wright")
        return AccessEntry(
            id=number,
            case_ref=case_ref,
            user_name=name,
            kind=kind,
            begins_at=begun,
            ends_at=ended,
            message=message,
            set_by=said_by,
        )

    entries = (
        entry(4, "patel", AccessList.BREAK_GLASS, 2, message=BREAK_GLASS_REASON, by="patel"),
        entry(3, "adeyemi", AccessList.EXCLUDED, 9, message="Your cousin is his co-defendant; ask Insp. Wright."),
        entry(2, "okoro", AccessList.ASSIGNED, 40),
        entry(1, "wright", AccessList.ADMITTED, 41),
    )
    standing = CaseRestriction(restricted=True, team="City", message="Ask the gold group before you go on.")
    return CaseAccess(case_ref=case_ref, restriction=standing, entries=entries, at=now, shared=True)


def sample_account(session: Session) -> AccountRow:
    """Return an account of a partner."""
    return AccountRow(
        id=1,
        name="shah",
        display_name="Partner, R. SHAH",
        role=Role.PARTNER.value,
        role_label=session.lists.of("role").label(Role.PARTNER),
        team="County",
        may_sign_in=True,
        active=True,
        state="may sign in until 31 Mar 2027",
        created_on=session.today() - timedelta(days=60),
        expires_on=session.today() + timedelta(days=128),
        is_own=False,
    )


def sample_supervisor(session: Session) -> AccountRow:
    """Return an account of a supervisor, on whom cases may depend."""
    return replace(
        sample_account(session),
        name="brook",
        role=Role.SUPERVISOR.value,
        role_label=session.lists.of("role").label(Role.SUPERVISOR),
        state="may sign in",
        expires_on=None,
    )


def sample_review_task(session: Session, case_ref: str) -> Action:
    """Return the action that asks for a review of break-glass access."""
    return Action(
        action_ref=f"{REVIEW_REF_PREFIX}EXAMPLE",
        case_ref=case_ref,
        text="Review: patel opened this case by restricted record access",
        owner=REVIEW_OWNER,
        due_on=session.today(),
        revision=1,
    )


def sample_break_glass_use(session: Session, case_ref: str) -> BreakGlassUse:
    """Return a break-glass access as its reviewer reads it."""
    begun = session.clock() - timedelta(days=2)
    reads = (
        BreakGlassRead(
            at=begun + timedelta(minutes=minutes),
            kind="CONSULTATION",
            object_type="cases",
            object_ref=case_ref,
            workstation="DESK-12/patel",
        )
        for minutes in (1, 17)
    )
    return BreakGlassUse(
        user_name="patel",
        begins_at=begun,
        ends_at=begun + timedelta(minutes=60),
        reason=BREAK_GLASS_REASON,
        reads=tuple(reads),
    )


def sample_orphaned_cases(session: Session) -> tuple[OrphanedCase, ...]:
    """Return restricted cases whose last supervisor has left, one asked for already."""
    asked = OrphanedCase(
        case_ref="IOM-0042",
        asked_by="patel",
        asked_at=session.clock() - timedelta(hours=3),
        reason="Sgt Brook retired on Friday; the case has a release next week.",
    )
    return asked, OrphanedCase(case_ref="PHX-0117")


def account_pictures(window: "MainWindow", session: Session) -> Iterator[tuple[str, Callable[[], QDialog]]]:
    """Yield the name of each picture of an account dialog, and a function that makes the dialog."""
    tasks, row = window.tasks, sample_account(session)
    orphaned = describe_orphans(("IOM-0042", "PHX-0117"))
    yield "add_person", partial(_person, window, session)
    yield "team_and_last_day", partial(AccountDialog, session, tasks, row, TEAM_NAMES, window)
    yield "new_password", partial(NewPasswordDialog, session, tasks, row, window)
    yield (
        "disable_account",
        partial(DisableDialog, session, tasks, sample_supervisor(session), window, orphaned=orphaned),
    )
    yield "let_in_again", partial(EnableDialog, session, tasks, row, window)


def _person(window: "MainWindow", session: Session) -> QDialog:
    dialog = AddPersonDialog(session, window.tasks, TEAM_NAMES, window)
    dialog.name.set_value("shah")
    dialog.role.set_value(Role.PARTNER.value)
    dialog.passphrase.first.set_value("four plain words here")
    return dialog
