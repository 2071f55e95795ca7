"""Edit conflicts: a record that somebody else saved since it was read is compared field by field and merged.

A command that changes a record names the revision it read. Where another revision is stored, nothing is saved and
`EditConflict` shows what was read, what this command would make of it and what is stored now. The command is then
sent again with the answers: it goes through the same rights and rules, and the record saved is merged from the
three versions inside the same transaction that checks them.

A command that only adds a record (a contact, a concern, an offer, a proposal) meets nobody else's change, so it has
none of this.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from ioms_desktop.domain.access.roles import Right, may, sees_programme
from ioms_desktop.domain.edit_merge import (
    GroupMerge,
    MergeChoice,
    Verdict,
    compare_groups,
    merge_versions,
    unresolved_groups,
)
from ioms_desktop.domain.errors import Missing, Stale
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.case_access import refuse_under_break_glass
from ioms_desktop.services.commands import clean_record, get_visible_case, save_record
from ioms_desktop.services.labels import format_instant, format_value
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.records.previous_versions import Removal, find_removal, version_at_revision
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)
C = TypeVar("C", bound="EditCommand")
NO_BASE_REVISION = 0
BASE_NOT_KEPT_MESSAGE = (
    "Someone else saved this record while you were editing it. Your text is still here; reload to compare."
)
RECORD_NOT_FOUND_MESSAGE = "This record is no longer there. Reload the list; someone may have removed it."
FIELD_READ_RIGHTS = {(Case.table, "trial_arm"): Right.READ_INTELLIGENCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictResolution:
    """How the user resolved a conflict.

    Attributes:
        base_revision: The revision they had read when they began.
        picks: Their answers, by the name of the group.
    """

    base_revision: int
    picks: Mapping[str, MergeChoice]


class EditCommand(Protocol):
    """What every command that changes a record carries: the revision read, and any conflict resolution."""

    @property
    def revision(self) -> int | None:
        """The revision read; 0 where there was no record; None to replace any version."""

    @property
    def resolution(self) -> ConflictResolution | None:
        """How a conflict was resolved; `revision` is then the one it was resolved against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldComparison:
    """One field as text: the base version, the user's version and the stored one."""

    title: str
    was: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupComparison:
    """One group of fields as text.

    Attributes:
        picks: The answers that are open; none where nothing is asked.
    """

    name: str
    verdict: Verdict
    picks: tuple[MergeChoice, ...]
    lines: tuple[FieldComparison, ...]

    @property
    def title(self) -> str:
        """The names of its fields as one: `Answer and Answered on`."""
        return join_words([line.title for line in self.lines])


@dataclass(frozen=True, slots=True, kw_only=True)
class EditComparison:
    """Three versions of a record as text.

    Attributes:
        record_label: What it is: `Support offer`.
        base_revision: The revision the user had read.
        current_revision: The revision stored now.
        saved_by: Who saved it last.
        saved_at: When (UTC).
        items: What anybody changed, in the order of the record.
        refusal: Why the user's change can no longer be saved at all; empty where it can.
    """

    record_label: str
    base_revision: int
    current_revision: int
    saved_by: str
    saved_at: datetime
    items: tuple[GroupComparison, ...]
    refusal: str = ""

    @property
    def last_saved(self) -> str:
        """Who saved it last and when: `L. HOLT, 3 Nov 2026, 10:05`."""
        return f"{self.saved_by}, {format_instant(self.saved_at)}"

    @property
    def unresolved(self) -> tuple[GroupComparison, ...]:
        """The groups the user has to decide on."""
        return () if self.refusal else tuple(item for item in self.items if item.verdict is Verdict.CONFLICT)


class EditConflict(Stale):
    """Somebody else saved the record since it was read; what each of the two changed can be compared."""

    def __init__(self, comparison: EditComparison) -> None:
        """Carry the comparison."""
        saves = comparison.current_revision - comparison.base_revision
        times = "" if saves <= 1 else f" It was saved {saves} times since you opened it."
        super().__init__(
            f"{comparison.saved_by} saved this record while you were editing it "
            f"({format_instant(comparison.saved_at)})."
            f"{times} Nothing of yours is saved yet, and nothing is lost; compare the two.",
        )
        self.comparison = comparison


class RecordRemoved(Stale):
    """Somebody else removed the record since it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditResult(Generic[R]):
    """The outcome of applying an edit, before it is saved.

    Attributes:
        record: What is to be saved.
        current: The stored record.
        saved_by: Who saved that, as they read.
        kept_fields: The names of the fields in which somebody else's change was kept.
    """

    record: R
    current: R
    saved_by: str
    kept_fields: tuple[str, ...] = ()
    was_conflict: bool = False

    @property
    def changes_nothing(self) -> bool:
        """Whether a conflict was resolved in favour of what is stored already."""
        return self.was_conflict and self.record == self.current


@dataclass(frozen=True, slots=True)
class PendingEdit(Generic[C]):
    """A command to be sent, and to be sent again with the answers to a conflict."""

    command: Callable[[Session, C], Outcome]
    session: Session
    entry: C

    def __call__(self) -> Outcome:
        """Send it.

        Raises:
            Refused: It was refused.
            EditConflict: Somebody else saved the record since it was read.
            RecordRemoved: Somebody else removed it.
        """
        try:
            return self.command(self.session, self.entry)
        except (EditConflict, RecordRemoved):
            raise
        except Stale:
            # Saved by somebody else between our reading and our writing: a second attempt finds out what they changed.
            return self.command(self.session, self.entry)

    def with_resolution(self, comparison: EditComparison, picks: Mapping[str, MergeChoice]) -> "PendingEdit[C]":
        """Return the same command with the answers to a conflict."""
        settled = ConflictResolution(base_revision=comparison.base_revision, picks=dict(picks))
        entry = replace(self.entry, revision=comparison.current_revision, resolution=settled)  # type: ignore[type-var]  # commands are dataclasses
        return replace(self, entry=entry)


def get_record_to_edit(session: Session, tx: Transaction, record_type: type[R], ref: str) -> R:
    """Get the record to be changed; one whose case the user may not open is refused like a missing one.

    Raises:
        RecordRemoved: Somebody removed it; the sentence says who, when and why.
        Missing: It never was there for this user.
        Refused: The user sees its case only by break-glass access.
    """
    owner = tx.case_of(record_type, ref)
    if owner is not None:
        get_visible_case(session, tx, owner)
        refuse_under_break_glass(session, tx, owner)
    found = tx.find(record_type, ref)
    gone = find_removal(tx, record_type, ref) if found is None else None
    record = found if gone is None else gone.record
    if record is None:
        raise Missing(RECORD_NOT_FOUND_MESSAGE)
    if isinstance(record, Case) and gone is not None:
        if not sees_programme(session.role, record.programme):
            raise Missing(RECORD_NOT_FOUND_MESSAGE)
    elif (case_ref := getattr(record, "case_ref", None)) is not None:
        get_visible_case(session, tx, case_ref)
    if gone is not None:
        raise record_removed_error(session, gone)
    return record


def record_removed_error(session: Session, removal: Removal[R]) -> RecordRemoved:
    """Make the refusal for a record that somebody removed, with who, when and why."""
    why = f" ({removal.reason})" if removal.reason else ""
    return RecordRemoved(
        f"{session.names.of(removal.by)} removed this record on {format_instant(removal.at)}{why}. Nothing was "
        "saved, and everything you "
        "typed is still here. Copy what you need before you close this."
    )


def apply_edit(
    session: Session, tx: Transaction, entry: EditCommand, current: R, change: Callable[[R], R], *, refusal: str = ""
) -> EditResult[R]:
    """Apply a command's change to a record, or to the merge of two users' changes.

    Args:
        current: The stored record.
        change: Makes the record as the user would have it of the version they read; raises what forbids it.
        refusal: Why the stored record no longer accepts such a change; empty where it does.

    Raises:
        EditConflict: Somebody else saved the record since it was read, and what they changed is not yet settled.
        Stale: So they did, and the version that was read is not kept.
    """
    if entry.resolution is None and entry.revision in (None, current.revision):
        return EditResult(record=change(current), current=current, saved_by=session.names.of(current.recorded_by))
    read = entry.revision if entry.resolution is None else entry.resolution.base_revision
    base = version_at_revision(tx, current, read) if read else None
    if base is None and read != NO_BASE_REVISION:
        raise Stale(BASE_NOT_KEPT_MESSAGE)
    mine = clean_record(change(base or current))
    picks = {} if entry.resolution is None else entry.resolution.picks
    found = compare_groups(base, mine, current)
    if entry.resolution is None or entry.revision != current.revision or refusal or unresolved_groups(found, picks):
        raise EditConflict(compare_versions(session, base, mine, current, refusal=refusal))
    kept = tuple(
        title
        for part in found
        if part.verdict is Verdict.THEIRS or picks.get(part.group.name) in (MergeChoice.THEIRS, MergeChoice.BOTH)
        for title in _kept_field_labels(session, part, base, current)
    )
    return EditResult(
        record=merge_versions(base, mine, current, picks),
        current=current,
        saved_by=session.names.of(current.recorded_by),
        kept_fields=kept,
        was_conflict=True,
    )


def compare_versions(session: Session, base: R | None, mine: R, theirs: R, *, refusal: str = "") -> EditComparison:
    """Describe three versions of a record.

    Args:
        session: Who compares; what they may not see is left out.
        base: What they read; None where nothing stood.
        mine: What they would have it say.
        theirs: The stored version.
        refusal: Why their change can no longer be saved at all, where it cannot.

    Raises:
        Stale: It is not known when the stored version was saved.
    """
    if theirs.recorded_at is None:
        raise Stale(BASE_NOT_KEPT_MESSAGE)
    told = (
        GroupComparison(
            name=part.group.name,
            verdict=part.verdict,
            picks=part.choices,
            lines=compare_fields(session, part, base, mine, theirs),
        )
        for part in compare_groups(base, mine, theirs)
    )
    return EditComparison(
        record_label=theirs.label,
        base_revision=NO_BASE_REVISION if base is None else base.revision,
        current_revision=theirs.revision,
        saved_by=session.names.of(theirs.recorded_by),
        saved_at=theirs.recorded_at,
        items=tuple(item for item in told if item.lines),
        refusal=refusal,
    )


def save_edit(tx: Transaction, change: EditResult[R], *, notice: str, topics: frozenset[Topic], ref: str) -> Outcome:
    """Save an applied edit; the message names fields in which the other user's change was kept.

    Raises:
        Refused: A text holds what no record may hold, or is too long.
        Stale: Someone else saved it since it was read.
    """
    by = change.saved_by
    if change.changes_nothing:
        return Outcome(notice=f"Nothing of yours was saved: what {by} saved stays as it is.", changed=topics, ref=ref)
    save_record(tx, change.record)
    kept = f" Kept as {by} saved it: {join_words(change.kept_fields)}." if change.kept_fields else ""
    return Outcome(notice=notice + kept, changed=topics, ref=ref)


def _kept_field_labels(session: Session, part: GroupMerge, base: Record | None, current: Record) -> list[str]:
    noun = type(current)
    return [
        column.label
        for column in columns_of(noun)
        if column.name in part.group.fields
        and getattr(base, column.name, None) != getattr(current, column.name)
        and _may_see_field(session, noun, column.name)
    ]


def _may_see_field(session: Session, record_type: type[Record], name: str) -> bool:
    right = FIELD_READ_RIGHTS.get((record_type.table, name))
    return right is None or may(session.role, right)


def compare_fields(session: Session, part: GroupMerge, *versions: Record | None) -> tuple[FieldComparison, ...]:
    """Compare the fields of a group that anybody changed."""
    noun = next(type(each) for each in versions if each is not None)
    lines = []
    for column in columns_of(noun):
        if column.name not in part.group.fields or not _may_see_field(session, noun, column.name):
            continue
        values = [None if each is None else getattr(each, column.name) for each in versions]
        if values.count(values[0]) < len(values):
            was, mine, theirs = (format_value(session, column, value) for value in values)
            lines.append(FieldComparison(title=column.label, was=was, mine=mine, theirs=theirs))
    return tuple(lines)
