"""Break-glass access: reading one case that is closed to the user, for an hour, with others notified at once."""

from dataclasses import dataclass
from datetime import timedelta

from ioms_desktop.domain.access.case_access import MIN_REASON_CHARS, AccessList, BreakGlassUse
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.errors import AlreadyAccessible, InvalidText
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.services.case_access import may_open_case
from ioms_desktop.services.commands import clean_entry
from ioms_desktop.services.denial_audit import run_or_record_denial
from ioms_desktop.services.session import ACCESS_TOPICS, Outcome, Session, Topic
from ioms_desktop.storage import access_lists, break_glass_reviews
from ioms_desktop.storage.access.case_lists import current_access_entries
from ioms_desktop.storage.transaction import Transaction

BREAK_GLASS_REFUSED_MESSAGE = (
    "Restricted record access to case {} was refused: either there is no such case, or you are excluded from it, which "
    "restricted record access never overrides. Your request was recorded; check the reference, or ask a supervisor."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """A request for break-glass access to a case, with its reason of at least 20 characters."""

    request: str
    case_ref: str
    reason: str


def break_glass(session: Session, entry: BreakGlass) -> Outcome:
    """Open a case that is closed to the user for 60 minutes, to read only; alert others and request a review.

    Raises:
        NotAllowed: The user's role may not.
        Refused: The reason is too short, the case is open to them in any event, or it cannot be broken.
    """
    session.require(Right.BREAK_GLASS)
    reason = clean_entry(entry.reason, "reason")
    if len(reason) < MIN_REASON_CHARS:
        raise InvalidText(
            f"The reason has {len(reason)} of the {MIN_REASON_CHARS} characters it needs. Your entry is kept; say what "
            "makes it necessary now.",
            field="reason",
        )
    outcome = Outcome(
        notice=(
            f"Case {entry.case_ref} is open to you for 60 minutes, to read only. Supervisors and auditors have been "
            "notified, and a supervisor reviews the access within two working days."
        ),
        changed=ACCESS_TOPICS | {Topic.ACTIONS},
        ref=entry.case_ref,
    )
    act = session.command_context(request=entry.request, reason_code="BREAK_GLASS", reason_text=reason)

    def do(tx: Transaction) -> bool:
        if _is_already_open(session, tx, entry.case_ref):
            raise AlreadyAccessible(
                f"Case {entry.case_ref} is open to you anyway. Nothing was changed; open it as usual."
            )
        if not tx.server_enforces_access and _may_not_break(session, tx, entry.case_ref):
            access_lists.log_denial(tx, "CONSULTATION", "break_glass", entry.case_ref)
            return False
        return access_lists.break_glass(tx, entry.case_ref, reason)

    return run_or_record_denial(
        session, "break_glass", act, do, outcome, BREAK_GLASS_REFUSED_MESSAGE.format(entry.case_ref)
    )


def _is_already_open(session: Session, tx: Transaction, case_ref: str) -> bool:
    case = tx.find(Case, case_ref)
    return case is not None and (tx.server_enforces_access or may_open_case(session, tx, case))


def _may_not_break(session: Session, tx: Transaction, case_ref: str) -> bool:
    own = current_access_entries(tx, session.user, case_ref, session.clock())
    return tx.find(Case, case_ref) is None or any(entry.kind is AccessList.EXCLUDED for entry in own)


def read_break_glass_use(session: Session, review: Action) -> BreakGlassUse:
    """Read who took the access that an action reviews, why, and what they looked at meanwhile.

    Raises:
        NotAllowed: The user is not a supervisor.
        NeedsAnotherPerson: The access was their own.
    """
    session.require(Right.SET_CASE_ACCESS)
    with session.store.read() as reading:
        break_glass_reviews.refuse_own_review(reading, review, session.user)
        return break_glass_reviews.break_glass_use(reading, review)


@dataclass(frozen=True, slots=True)
class BreakGlassEvent:
    """Break-glass access that has just been taken; `ref` is the same for everyone who is notified."""

    ref: str
    who: str
    case_ref: str


ALERT_PERIOD = timedelta(minutes=2)


def receives_alerts(session: Session) -> bool:
    """Whether the user is notified of break-glass access: supervisors and auditors are."""
    return may(session.role, Right.SET_CASE_ACCESS) or may(session.role, Right.READ_AUDIT)


def list_recent_break_glass(session: Session) -> tuple[BreakGlassEvent, ...]:
    """List the break-glass access of the last two minutes that the user may know of.

    What the line between workstations said proves nothing; this is read from the record.
    """
    with session.store.read() as reading:
        now = access_lists.current_time(reading, session.clock())
        if may(session.role, Right.READ_AUDIT):
            return tuple(
                BreakGlassEvent(f"{at}", session.names.of(who), ref)
                for at, who, ref in access_lists.break_glass_events(reading, now, ALERT_PERIOD)
            )
        if not may(session.role, Right.SET_CASE_ACCESS):
            return ()
        found = access_lists.open_break_glass_reviews(reading, now, ALERT_PERIOD)
    return tuple(
        BreakGlassEvent(ref, session.names.of(who), case_ref) for ref, case_ref, who in found if who != session.user
    )
