"""Who may change what an entry says, asked before every save (`domain/access/authorship.py`); a server asks again."""

from collections.abc import Iterator
from dataclasses import dataclass

from ioms_desktop.domain.access.authorship import (
    Authorship,
    ChangeRule,
    ColumnChange,
    authorship,
    contested_changes,
    rule_of_change,
)
from ioms_desktop.domain.access.case_access import REVIEW_REF_PREFIX
from ioms_desktop.domain.access.record_rights import Keeper
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import NotAllowed, ReasonToChange
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import NOT_STRUCK_OUT
from ioms_desktop.services.session import Session
from ioms_desktop.storage.database.office_settings import AUTHOR_HOURS, read_setting
from ioms_desktop.storage.records.authors import first_recording
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

REASON_FIELD = "why_changed"
SAY_WHY = "Say why you are changing it; the reason stays in the history with your name."
NOT_YOURS = (
    "{who} recorded this, and only they or a supervisor can change what it says. Nothing was changed; ask one of them."
)


@dataclass(frozen=True, slots=True)
class KnownAuthor:
    """What a form knows of the entry that it changes.

    Attributes:
        known: Who recorded it, and how long ago.
        hours: The author's period, in hours.
        is_supervisor: Whether a supervisor changes it.
    """

    known: Authorship
    hours: int
    is_supervisor: bool

    def asks_why(self, before: Record, after: Record) -> bool:
        """Whether a change needs a reason."""
        return self.rule(before, after) is ChangeRule.WITH_REASON

    def rule(self, before: Record, after: Record) -> ChangeRule:
        """Return what a change asks for."""
        if is_no_entry(before):
            return ChangeRule.FREE
        changes = column_changes(before, after)
        return rule_of_change(before.rights, changes, self.known, is_supervisor=self.is_supervisor)

    def columns_open(self, record_type: type[Record]) -> tuple[str, ...] | None:
        """Return the columns of another's entry that this user may change all the same; None for every column."""
        if self.known.is_own or self.is_supervisor or record_type.rights.kept_by is Keeper.TEAM:
            return None
        return record_type.rights.carried_on

    @property
    def sentence(self) -> str:
        """Why a reason is asked."""
        if self.known.is_recent and self.known.is_own:
            return (
                "This is not what was authorised. Say who authorised the change and when. If this only corrects the "
                "entry, say why you are changing it; the reason stays in the history with your name."
            )
        if self.known.is_recent:
            return f"Somebody else recorded this. {SAY_WHY}"
        period = f"more than {self.hours} hours ago" if self.hours else "before"
        return f"This was recorded {period}. {SAY_WHY}"


def known_author(session: Session, reading: Reading, record: Record) -> KnownAuthor:
    """Look up what a change of an entry depends on."""
    hours = read_setting(reading, AUTHOR_HOURS)
    author, at = first_recording(reading, record, session.user)
    found = authorship(author, at, session.user, session.clock(), hours)
    return KnownAuthor(found, hours, session.role is Role.SUPERVISOR)


def find_known_author(session: Session, record: Record) -> KnownAuthor:
    """Look up the same for a form that is to be opened.

    Raises:
        NotAllowed: There is nothing about it that this user may change.
    """
    with session.store.read() as reading:
        found = known_author(session, reading, record)
    if found.columns_open(type(record)) == ():
        raise NotAllowed(
            NOT_YOURS.format(who=session.names.of(record.recorded_by) if record.revision == 1 else "Somebody else")
        )
    return found


def refusal_of_another(session: Session, reading: Reading, before: Record, after: Record) -> str:
    """Say why a change is not this user's to make; empty if it is, with a reason maybe."""
    if is_no_entry(before) or not contested_changes(before.rights, column_changes(before, after)):
        return ""
    if known_author(session, reading, before).rule(before, after) is not ChangeRule.REFUSED:
        return ""
    return _not_yours(session, before)


def refuse_change_of_another(tx: Transaction, before: Record, after: Record) -> None:
    """Refuse to save a change that is not this user's to make, or that needs a reason and has none.

    Raises:
        NotAllowed: Somebody else recorded it, and it is not what a team keeps together.
        ReasonToChange: It stands, and it is not said why it is changed.
    """
    command = tx.command
    if is_no_entry(before) or not contested_changes(before.rights, column_changes(before, after)):
        return
    hours = read_setting(tx, AUTHOR_HOURS)
    author, at = first_recording(tx, before, command.user)
    found = KnownAuthor(
        authorship(author, at, command.user, command.at, hours), hours, command.role == Role.SUPERVISOR.value
    )
    rule = found.rule(before, after)
    if rule is ChangeRule.REFUSED:
        raise NotAllowed(NOT_YOURS.format(who=author or "Somebody else"))
    if rule is ChangeRule.WITH_REASON and not command.reason_text.strip():
        raise ReasonToChange(f"{found.sentence} Nothing is saved yet, and your entry is kept.", field=REASON_FIELD)


def column_changes(before: Record, after: Record) -> Iterator[ColumnChange]:
    """List the columns that a change gives another value, but those that are emptied with what they name."""
    progress = before.rights.progress
    stepped = progress is not None and progress.is_step(
        getattr(before, progress.column), getattr(after, progress.column)
    )
    for column in columns_of(type(before)):
        was = column.value_of(before)
        if not column.released and was != column.value_of(after):
            is_step = stepped and progress is not None and progress.covers(column.name)
            yield ColumnChange(column.name, was is None, is_step)


def is_no_entry(record: Record) -> bool:
    """Whether a record is nobody's entry: a person, a case, a proposal, or the review of restricted access."""
    is_review = isinstance(record, Action) and record.action_ref.startswith(REVIEW_REF_PREFIX)
    return type(record) in NOT_STRUCK_OUT or is_review


def _not_yours(session: Session, record: Record) -> str:
    return NOT_YOURS.format(who=session.names.of(record.recorded_by) if record.revision == 1 else "Somebody else")
