"""Who may know of a case: set by supervisors, and declared by anybody about themselves.

On a server each of these is a function that decides and writes down what it was asked; here it is asked in words. In a
local file the same lists are kept and the services go by them, but for the restriction: a case that only some may know
of must not lie in a file that each of them can read.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from ioms_desktop.domain.access.case_access import AccessEntry, AccessList, CaseRestriction, describe_orphans
from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import CaseNotFound, NeedsAnotherPerson, UnknownUser, WrongDatabaseKind
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.case_access import case_refusal_message, refuse_under_break_glass
from ioms_desktop.services.commands import clean_entry, get_visible_case
from ioms_desktop.services.denial_audit import run_or_record_denial
from ioms_desktop.services.session import ACCESS_TOPICS, Outcome, Session
from ioms_desktop.storage import access_lists, orphaned_cases, users
from ioms_desktop.storage.transaction import Transaction

CASE_OPENING_ROLES = frozenset({Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR, Role.COORDINATOR, Role.PARTNER})
SET_BY_SUPERVISORS = frozenset({AccessList.ASSIGNED, AccessList.EXCLUDED, AccessList.ADMITTED})
RESTRICTION_NEEDS_SERVER_MESSAGE = (
    "A case can be restricted only on a shared database. In a local file anyone with a password could, with skill, "
    "still read it, so a restriction would promise more than the file can keep. Nothing was changed; exclude people "
    "by name, or keep the case on a shared database."
)
OWN_ACCESS_MESSAGE = "You cannot decide for yourself what you may know. Nothing was changed; ask another supervisor."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCaseAccess:
    """A change to the access list entry of one user on one case.

    Attributes:
        name: The user, by login or by display name.
        message: What an excluded person reads in place of the case; empty for nothing.
    """

    request: str
    case_ref: str
    name: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCaseRestriction:
    """The restriction and team of a case; a value of None stays as it is.

    Attributes:
        restricted: Whether only those admitted may know of it.
        team: Whose it is; empty for every team's.
        message: What others who know the reference read in place of a restricted case.
    """

    request: str
    case_ref: str
    restricted: bool | None = None
    team: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareConflict:
    """The user's own conflict of interest on a case; `message` is a note to themselves."""

    request: str
    case_ref: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccess:
    """Who may know of a case, as a supervisor reads it.

    Attributes:
        entries: The present and past entries of its lists, the latest first.
        at: The moment at which they are looked at (UTC).
        shared: Whether a server holds people to it.
    """

    case_ref: str
    restriction: CaseRestriction
    entries: tuple[AccessEntry, ...]
    at: datetime
    shared: bool

    def is_current(self, entry: AccessEntry) -> bool:
        """Whether an access list entry is in force."""
        return entry.is_current_at(self.at)


def exclude_user(session: Session, entry: ChangeCaseAccess) -> Outcome:
    """Exclude a user from a case; it overrides every other list and takes effect at once.

    Raises:
        NotAllowed: The user is not a supervisor, or names themselves.
        Missing: The case is not there for this user.
        Refused: There is no such person, or they open no cases.
    """
    return _set_access(
        session, entry, AccessList.EXCLUDED, "{} is excluded from case {}; it is closed to them from now on."
    )


def admit_user(session: Session, entry: ChangeCaseAccess) -> Outcome:
    """Admit a user to a case that is restricted or belongs to another team.

    Raises:
        NotAllowed: The user is not a supervisor, or names themselves.
        Missing: The case is not there for this user.
        Refused: There is no such person, or they open no cases.
    """
    return _set_access(session, entry, AccessList.ADMITTED, "{} may know of case {}, restricted or not.")


def assign_user(session: Session, entry: ChangeCaseAccess) -> Outcome:
    """Assign a case to a user to work on, or to a partner to see.

    Raises:
        NotAllowed: The user is not a supervisor, or names themselves.
        Missing: The case is not there for this user.
        Refused: There is no such person, or they open no cases.
    """
    return _set_access(session, entry, AccessList.ASSIGNED, "{} is assigned to case {}.")


def remove_from_access_lists(session: Session, entry: ChangeCaseAccess, kind: AccessList | None = None) -> Outcome:
    """Take a user off one access list of a case, or off all of them.

    Args:
        entry: Who, and of which case.
        kind: Which list; None for all, after which what they may know is as for everybody.

    Raises:
        NotAllowed: The user is not a supervisor, or names themselves.
        Missing: The case is not there for this user.
        Refused: There is no such person, or they stand on no list, or not on this one.
    """
    entry, is_user = _find_login(session, entry)
    who = session.names.of(entry.name)

    def do(tx: Transaction) -> bool:
        kinds = [each for each in _current_lists(tx, session, entry) if kind in {None, each}]
        if not kinds and not is_user:
            raise UnknownUser(f"There is no user {who}. Nothing was changed; check the name.", field="name")
        if not kinds:
            raise UnknownUser(
                f"{who} stands on no {_list_label(kind)} of case {entry.case_ref}. Nothing was changed; see who "
                "does with “Who may know of this case”."
            )
        done = [access_lists.set_access_entry(tx, entry.case_ref, entry.name, kind, listed=False) for kind in kinds]
        return all(done)

    notice = f"{who} stands on no {_list_label(kind)} of case {entry.case_ref} any more."
    return _run_access_command(session, "access_release", entry, do, notice)


def _find_login(session: Session, entry: ChangeCaseAccess) -> tuple[ChangeCaseAccess, bool]:
    """Return a change with the login of the user that it names, and whether there is such a user.

    A name of nobody stays as it is: it may still stand on a list that came from elsewhere.
    """
    session.require(Right.SET_CASE_ACCESS)
    with session.store.read() as reading:
        user = users.find_named_user(reading, entry.name)
    return (entry, False) if user is None else (replace(entry, name=user.name), True)


def _list_label(kind: AccessList | None) -> str:
    return "list" if kind is None else f"list of those {kind.lower()}"


def _current_lists(tx: Transaction, session: Session, entry: ChangeCaseAccess) -> list[AccessList]:
    now = access_lists.current_time(tx, session.clock())
    there = [each for each in access_lists.access_entries(tx, entry.case_ref) if each.user_name == entry.name]
    return sorted({each.kind for each in there if each.is_current_at(now) and each.kind in SET_BY_SUPERVISORS})


def _set_access(session: Session, entry: ChangeCaseAccess, kind: AccessList, notice: str) -> Outcome:
    entry, _ = _find_login(session, entry)
    who = session.names.of(entry.name)

    def do(tx: Transaction) -> bool:
        _refuse_unsuitable_user(session, tx, entry.name)
        cleaned = _clean_message(entry.message)
        return access_lists.set_access_entry(tx, entry.case_ref, entry.name, kind, listed=True, message=cleaned)

    return _run_access_command(session, f"access_{kind.lower()}", entry, do, notice.format(who, entry.case_ref))


def _refuse_unsuitable_user(session: Session, tx: Transaction, name: str) -> None:
    user = users.require_active_user(tx, name)
    if Role(user.role) not in CASE_OPENING_ROLES:
        label = session.lists.of("role").label(user.role)
        raise UnknownUser(
            f"{session.names.of(name)} ({label}) cannot open any case anyway. Nothing was changed.", field="name"
        )


def _clean_message(message: str) -> str | None:
    """Clean a message as it is stored; None for an empty one.

    Raises:
        Refused: They hold what no record may hold, or are too long.
    """
    return clean_entry(message, "message") or None


def set_case_restriction(session: Session, entry: SetCaseRestriction) -> Outcome:
    """Restrict a case to those admitted, lift the restriction, or set its team.

    Whoever restricts a case stays admitted. Only a shared database restricts one.

    Raises:
        NotAllowed: The user is not a supervisor.
        Missing: The case is not there for this user.
        Refused: It was to be restricted in a local file.
    """
    if entry.restricted and not is_shared(session.store.location):
        session.require(Right.SET_CASE_ACCESS)
        raise WrongDatabaseKind(RESTRICTION_NEEDS_SERVER_MESSAGE, field="restricted")

    def do(tx: Transaction) -> bool:
        return access_lists.set_case_restriction(
            tx, entry.case_ref, _merge_restriction(access_lists.case_restriction(tx, entry.case_ref), entry)
        )

    return _run_access_command(session, "access_keep", entry, do, _describe_restriction(entry))


def _merge_restriction(current: CaseRestriction, entry: SetCaseRestriction) -> CaseRestriction:
    restricted = current.restricted if entry.restricted is None else entry.restricted
    team = current.team if entry.team is None else (entry.team.strip() or None)
    message = current.message if entry.message is None else _clean_message(entry.message)
    return CaseRestriction(restricted, team, message if restricted else None)


def _describe_restriction(entry: SetCaseRestriction) -> str:
    changes = []
    if entry.restricted is not None:
        changes.append("is restricted to those admitted" if entry.restricted else "is no longer restricted")
    if entry.team is not None:
        changes.append(f"belongs to {entry.team.strip()}" if entry.team.strip() else "belongs to every team")
    if not changes and entry.message is not None:
        changes.append("has its words for who may not know of it")
    return f"Case {entry.case_ref} {join_words(changes) or 'is unchanged'}."


def _run_access_command(
    session: Session,
    name: str,
    entry: ChangeCaseAccess | SetCaseRestriction,
    write: Callable[[Transaction], bool],
    notice: str,
) -> Outcome:
    """Run a supervisor's command on the access lists of a case they know of."""
    session.require(Right.SET_CASE_ACCESS)
    if isinstance(entry, ChangeCaseAccess) and entry.name == session.user:
        raise NeedsAnotherPerson(OWN_ACCESS_MESSAGE)

    def do(tx: Transaction) -> bool:
        _get_known_case(session, tx, entry.case_ref)
        refuse_under_break_glass(session, tx, entry.case_ref)
        return write(tx)

    outcome = Outcome(notice=notice, changed=ACCESS_TOPICS, ref=entry.case_ref)
    return run_or_record_denial(session, name, session.command_context(request=entry.request), do, outcome)


def _get_known_case(session: Session, tx: Transaction, case_ref: str) -> Case:
    """Get a case the user may know of without opening it: the header is enough to manage its access lists."""
    if tx.server_enforces_access:
        found = tx.find(Case, case_ref)
        if found is not None:
            return found
    return get_visible_case(session, tx, case_ref)


def declare_conflict(session: Session, entry: DeclareConflict) -> Outcome:
    """Exclude the user from a case at once; only a supervisor can undo it.

    Raises:
        NotAllowed: The user opens no cases in any event.
        Missing: The case is not there for this user.
    """
    sees_headers = may(session.role, Right.READ_ASSIGNED)
    if not sees_headers:
        session.require(Right.READ_CASES)
    cleaned = _clean_message(entry.message)
    with session.store.read() as reading:
        at = access_lists.current_time(reading, session.clock())
        depending = orphaned_cases.cases_depending_on(reading, session.user, at)
    left_alone = describe_orphans([ref for ref in depending if ref == entry.case_ref])

    def do(tx: Transaction) -> bool:
        if not sees_headers:
            _get_known_case(session, tx, entry.case_ref)
        elif entry.case_ref not in access_lists.assigned_cases(tx, session.user, session.clock()):
            raise CaseNotFound(case_refusal_message(session, tx, entry.case_ref))
        return access_lists.set_access_entry(
            tx, entry.case_ref, session.user, AccessList.EXCLUDED, listed=True, message=cleaned
        )

    notice = (
        f"Your conflict of interest on case {entry.case_ref} is on record, and the case is closed to you. A supervisor "
        "can open it to you again."
    )
    outcome = Outcome(notice=f"{notice} {left_alone}".strip(), changed=ACCESS_TOPICS, ref=entry.case_ref)
    return run_or_record_denial(session, "access_declare", session.command_context(request=entry.request), do, outcome)


def get_case_access(session: Session, case_ref: str) -> CaseAccess:
    """Return the access lists of a case, past entries included; the query itself is audited.

    Raises:
        NotAllowed: The user is not a supervisor.
        Missing: The case is not there for this user.
    """
    session.require(Right.SET_CASE_ACCESS)
    with session.store.begin(session.command_context(reason_code="CASE_WORK"), "access_show") as tx:
        case = _get_known_case(session, tx, case_ref)
        tx.log("CONSULTATION", object_type="access_entry", object_ref=case_ref, subject_ref=case.person_ref)
        return CaseAccess(
            case_ref=case_ref,
            restriction=access_lists.case_restriction(tx, case_ref),
            entries=tuple(access_lists.access_entries(tx, case_ref)),
            at=access_lists.current_time(tx, session.clock()),
            shared=is_shared(session.store.location),
        )


def list_assignable_users(session: Session) -> list[users.User]:
    """List the users who can be put on an access list: those who may sign in and whose role opens cases.

    Raises:
        NotAllowed: The user is not a supervisor.
    """
    session.require(Right.SET_CASE_ACCESS)
    with session.store.read() as reading:
        found = users.list_users(reading)
    return [user for user in found if user.may_sign_in(session.today()) and Role(user.role) in CASE_OPENING_ROLES]


def list_teams(session: Session) -> list[str]:
    """List the teams that any user or case belongs to.

    Raises:
        NotAllowed: The user neither says who may know of a case nor looks after users.
    """
    if not may(session.role, Right.ADMINISTER):
        session.require(Right.SET_CASE_ACCESS)
    with session.store.read() as reading:
        return access_lists.teams(reading, include_case_teams=may(session.role, Right.SET_CASE_ACCESS))
