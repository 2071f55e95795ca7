"""Taking over an orphaned case: one supervisor asks, and a second one completes it.

A restricted case is orphaned when the last supervisor admitted to it has left: nobody may then say who may know of it.
Neither of the two learns anything of the case before both are admitted, and the reference is all they are shown.
"""

from dataclasses import dataclass

from ioms_desktop.domain.access.case_access import (
    MIN_REASON_CHARS,
    TAKEOVER_REQUEST_DURATION,
    OrphanedCase,
    describe_orphans,
    describe_unsupervised_teams,
)
from ioms_desktop.domain.access.roles import Right, Role
from ioms_desktop.domain.errors import InvalidText
from ioms_desktop.services.commands import clean_entry
from ioms_desktop.services.denial_audit import run_or_record_denial
from ioms_desktop.services.session import ACCESS_TOPICS, Outcome, Session
from ioms_desktop.storage import access_lists, orphaned_cases, users
from ioms_desktop.storage.orphaned_cases import TakeoverStep
from ioms_desktop.storage.transaction import Transaction

REFUSED_MESSAGE = (
    "Case {} cannot be taken over: there is no such case, a supervisor looks after it, or you are excluded from it. "
    "Your request was recorded; nothing else was changed. Check the reference."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOverCase:
    """A request to take over an orphaned case, with its reason of at least 20 characters."""

    request: str
    case_ref: str
    reason: str


def list_orphaned_cases(session: Session) -> list[OrphanedCase]:
    """List the restricted cases to which no supervisor is admitted, without those that the user is excluded from.

    Raises:
        NotAllowed: The user is not a supervisor.
    """
    session.require(Right.SET_CASE_ACCESS)
    with session.store.read() as reading:
        at = access_lists.current_time(reading, session.clock())
        return orphaned_cases.orphaned_cases(reading, session.user, at)


def list_cases_depending_on(session: Session, name: str) -> list[str]:
    """List the restricted cases that would be orphaned if a user could no longer sign in, by reference.

    Raises:
        NotAllowed: The user is not an administrator.
    """
    session.require(Right.ADMINISTER)
    with session.store.read() as reading:
        at = access_lists.current_time(reading, session.clock())
        return orphaned_cases.cases_depending_on(reading, name, at)


def list_teams_depending_on(session: Session, name: str) -> list[str]:
    """List the teams whose cases no supervisor would share if a user could no longer sign in.

    Raises:
        NotAllowed: The user is not an administrator.
    """
    session.require(Right.ADMINISTER)
    with session.store.read() as reading:
        people = [user for user in users.list_users(reading) if user.may_sign_in(session.today())]
    supervisors = {user.name: user.team for user in people if user.role == Role.SUPERVISOR}
    if name not in supervisors:
        return []
    own = supervisors.pop(name)
    if None in supervisors.values():
        return []  # one of them shares every team's cases
    teams = {user.team for user in people if user.team and own in {None, user.team}}
    return sorted(teams - set(supervisors.values()))


def describe_dependents(session: Session, name: str) -> str:
    """Say which cases and teams would have no supervisor without a user, and what to do; empty for none.

    Raises:
        NotAllowed: The user is not an administrator.
    """
    cases = describe_orphans(list_cases_depending_on(session, name))
    return f"{cases} {describe_unsupervised_teams(list_teams_depending_on(session, name))}".strip()


def take_over_case(session: Session, entry: TakeOverCase) -> Outcome:
    """Ask to take over an orphaned case; the request of a second supervisor admits both.

    Raises:
        NotAllowed: The user is not a supervisor, or the case cannot be taken over by them.
        Refused: The reason is too short.
    """
    session.require(Right.SET_CASE_ACCESS)
    reason = clean_entry(entry.reason, "reason")
    if len(reason) < MIN_REASON_CHARS:
        raise InvalidText(
            f"The reason has {len(reason)} of the {MIN_REASON_CHARS} characters it needs. Your entry is kept; say who "
            "left, and why the case needs a supervisor.",
            field="reason",
        )
    case_ref = entry.case_ref.strip()
    done: list[TakeoverStep] = []

    def do(tx: Transaction) -> bool:
        step = orphaned_cases.take_over_case(tx, case_ref, reason)
        done.extend([] if step is None else [step])
        return step is not None

    context = session.command_context(request=entry.request, reason_text=reason)
    return run_or_record_denial(
        session,
        "take_over_case",
        context,
        do,
        lambda: Outcome(notice=_notice(case_ref, done[-1]), changed=ACCESS_TOPICS, ref=case_ref),
        REFUSED_MESSAGE.format(case_ref),
    )


def _notice(case_ref: str, step: TakeoverStep) -> str:
    if step is TakeoverStep.DONE:
        return f"Case {case_ref} is taken over: you and the supervisor who asked first are admitted to it."
    days = TAKEOVER_REQUEST_DURATION.days
    return (
        f"Your request to take over case {case_ref} is recorded. Another supervisor completes it within {days} days in "
        "the same way; until then the case stays closed to both of you."
    )
