"""The rights of each role: the one table that the services, the interface and the tests of rights use."""

from enum import StrEnum

from ioms_desktop.domain.errors import NotAllowed


class Role(StrEnum):
    """The roles; each user has one."""

    OFFICER = "officer"
    NAVIGATOR = "navigator"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    PARTNER = "partner"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """A right; the value completes the sentence `Only ... may ...`."""

    READ_CASES = "read cases"
    READ_INTELLIGENCE = "read intelligence and trial arms"
    READ_PROTECTION = "read and record MAPPA, victim contact and groups"
    INTAKE = "record new people and take a case further"
    SCREEN = "read and record what precedes a panel, and read what it decided"
    DECIDE_PANEL = "record what a panel decided"
    ASSIGN_WORKERS = "say who takes a case over"
    RECORD_ENGAGEMENT = "record contacts, offers and ratings"
    RECORD_CONCERN = "record concerns"
    RECORD_BACKGROUND = "record custody, orders, scores and offences"
    RECORD_ACTIONS = "record referrals and actions"
    RECORD_DOCUMENTS = "add documents to a case"
    SET_RAG = "set a RAG"
    PROPOSE = "propose a decision"
    AUTHORISE = "authorise a decision or record it as served"
    PRINT = "print case summaries"
    READ_PAPERS = "read the register of papers"
    EXPORT = "export records"
    CHECK_OUT = "work offline on cases in a file"
    IMPORT = "import records"
    VIEW_MEASURES = "see the published performance figures"
    COUNT_MEASURES = "count performance figures from the record"
    PUBLISH = "publish figures"
    RECONCILE = "compare the record with the list of another system"
    DECIDE_CODES = "confirm, date or withdraw a code of a list"
    MANAGE_RETENTION = "review, retain and remove records"
    READ_ASSIGNED = "see the headers of the cases assigned to their agency"
    SET_CASE_ACCESS = "say who may know of a case"
    BREAK_GLASS = "open restricted records"
    READ_AUDIT = "read the audit"
    ADMINISTER = "look after users and the database"
    SET_OFFICE = "change the settings of the office"
    WORD_LETTERS = "change the wording of letters"


_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OFFICER: frozenset(
        {
            Right.READ_CASES,
            Right.READ_INTELLIGENCE,
            Right.READ_PROTECTION,
            Right.INTAKE,
            Right.SCREEN,
            Right.RECORD_ENGAGEMENT,
            Right.RECORD_CONCERN,
            Right.RECORD_BACKGROUND,
            Right.RECORD_ACTIONS,
            Right.RECORD_DOCUMENTS,
            Right.SET_RAG,
            Right.PROPOSE,
            Right.AUTHORISE,
            Right.PRINT,
            Right.READ_PAPERS,
            Right.CHECK_OUT,
            Right.VIEW_MEASURES,
            Right.COUNT_MEASURES,
            Right.BREAK_GLASS,
        }
    ),
    Role.NAVIGATOR: frozenset(
        {
            Right.READ_CASES,
            Right.INTAKE,
            Right.RECORD_ENGAGEMENT,
            Right.RECORD_CONCERN,
            Right.RECORD_ACTIONS,
            Right.RECORD_DOCUMENTS,
            Right.PROPOSE,
            Right.PRINT,
            Right.READ_PAPERS,
            Right.CHECK_OUT,
            Right.BREAK_GLASS,
        }
    ),
    Role.SUPERVISOR: frozenset(
        set(Right) - {Right.READ_ASSIGNED, Right.READ_AUDIT, Right.ADMINISTER, Right.WORD_LETTERS}
    ),
    Role.COORDINATOR: frozenset(
        {
            Right.READ_CASES,
            Right.INTAKE,
            Right.SCREEN,
            Right.DECIDE_PANEL,
            Right.ASSIGN_WORKERS,
            Right.RECORD_ACTIONS,
            Right.RECORD_DOCUMENTS,
            Right.PRINT,
            Right.READ_PAPERS,
            Right.VIEW_MEASURES,
            Right.COUNT_MEASURES,
            Right.RECONCILE,
        }
    ),
    Role.PARTNER: frozenset({Right.READ_ASSIGNED}),
    Role.ANALYST: frozenset({Right.VIEW_MEASURES}),
    Role.AUDITOR: frozenset({Right.READ_AUDIT, Right.READ_PAPERS}),
    Role.ADMINISTRATOR: frozenset({Right.ADMINISTER, Right.SET_OFFICE, Right.WORD_LETTERS}),
}

PROGRAMMES = frozenset({"IOM", "PHOENIX"})
PROGRAMMES_OF: dict[Role, frozenset[str]] = {Role.NAVIGATOR: frozenset({"PHOENIX"})}


def may(role: Role, right: Right) -> bool:
    """Whether a role has a right."""
    return right in _RIGHTS[role]


def administers(role: Role) -> bool:
    """Whether a role looks after users, the database or a team's records, rather than its own cases alone."""
    return may(role, Right.ADMINISTER) or may(role, Right.SET_CASE_ACCESS)


def roles_with(right: Right) -> tuple[Role, ...]:
    """List the roles that have a right, in the order of `Role`."""
    return tuple(role for role in Role if may(role, right))


def require(role: Role, right: Right) -> None:
    """Raise a refusal if a role does not have a right.

    Raises:
        NotAllowed: The sentence names who may.
    """
    if not may(role, right):
        who = " or ".join(f"a{'n' if other[0] in 'aeiou' else ''} {other}" for other in roles_with(right))
        raise NotAllowed(f"Only {who} may {right}. Nothing was changed; ask one of them.")


def sees_programme(role: Role, programme: str) -> bool:
    """Whether a role sees the cases of a programme: navigators see Phoenix only."""
    return programme in PROGRAMMES_OF.get(role, PROGRAMMES)


def visible_programmes(role: Role) -> frozenset[str] | None:
    """Return the programmes a role sees; None for all of them."""
    seen = frozenset(programme for programme in PROGRAMMES if sees_programme(role, programme))
    return None if seen == PROGRAMMES else seen
