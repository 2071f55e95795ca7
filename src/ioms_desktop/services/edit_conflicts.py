"""A record saved by somebody else since it was read: compared field by field, and saved again as the user settles it.

A command that changes a record says the revision it read. Where another revision stands, nothing is saved and
`Conflict` says in words what was read, what this command would make of it and what stands now. The command is then sent
again with the answers: it goes through the same rights and rules, and the record saved is made of the three versions
inside the same transaction that checks them.

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
from ioms_desktop.services.case_access import refuse_under_glass
from ioms_desktop.services.commands import case_at_hand, save, tidied
from ioms_desktop.services.labels import instant_words, noun_words, title_of, value_words
from ioms_desktop.services.session import Desk, Outcome, Topic
from ioms_desktop.storage.records.previous_versions import find_removal, version_at_revision
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)
C = TypeVar("C", bound="Editing")
NOTHING_READ = 0
UNKNOWN = "Someone else saved this record while you were editing it. Your text is still here; reload to compare."
NOT_THERE = "This record is no longer there. Reload the list; someone may have removed it."
HIDDEN = {(Case.table, "trial_arm"): Right.READ_INTELLIGENCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How the user settled a conflict.

    Attributes:
        read: The revision they had read when they began.
        picks: Their answers, by the name of the group.
    """

    read: int
    picks: Mapping[str, MergeChoice]


class Editing(Protocol):
    """What every command says that changes a record: the revision it goes by, and how a conflict was settled."""

    @property
    def revision(self) -> int | None:
        """The revision read; 0 where nothing stood; None to replace whatever stands."""

    @property
    def settled(self) -> Settled | None:
        """How a conflict was settled; then `revision` is the one it was settled on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field in words: what it was, what this user would have it say, what it says now."""

    title: str
    was: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One group of fields in words.

    Attributes:
        picks: The answers that are open; none where nothing is asked.
    """

    name: str
    verdict: Verdict
    picks: tuple[MergeChoice, ...]
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        """The names of its fields as one: `Answer and Answered on`."""
        return join_words([line.title for line in self.lines])


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Three versions of a record in words.

    Attributes:
        noun: What it is: `Support offer`.
        read: The revision the user had read.
        revision: The revision that stands now.
        saved_by: Who saved it last.
        saved_at: When (UTC).
        items: What anybody changed, in the order of the record.
        closed: Why the user's change can no longer be saved at all; empty where it can.
    """

    noun: str
    read: int
    revision: int
    saved_by: str
    saved_at: datetime
    items: tuple[Item, ...]
    closed: str = ""

    @property
    def saved(self) -> str:
        """Who saved it last and when: `L. HOLT, 3 Nov 2026, 10:05`."""
        return f"{self.saved_by}, {instant_words(self.saved_at)}"

    @property
    def asked(self) -> tuple[Item, ...]:
        """What the user must settle."""
        return () if self.closed else tuple(item for item in self.items if item.verdict is Verdict.CONFLICT)


class Conflict(Stale):
    """Somebody else saved the record since it was read; what each of the two changed can be compared."""

    def __init__(self, comparison: Comparison) -> None:
        """Carry the comparison."""
        saves = comparison.revision - comparison.read
        times = "" if saves <= 1 else f" It was saved {saves} times since you opened it."
        super().__init__(
            f"{comparison.saved_by} saved this record while you were editing it ({instant_words(comparison.saved_at)})."
            f"{times} Nothing of yours is saved yet, and nothing is lost; compare the two.",
            code="conflict",
        )
        self.comparison = comparison


class Removed(Stale):
    """Somebody else removed the record since it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Generic[R]):
    """What a command comes to.

    Attributes:
        record: What is to be saved.
        present: What stands.
        kept: The names of the fields in which somebody else's change was kept.
    """

    record: R
    present: R
    kept: tuple[str, ...] = ()
    settled: bool = False

    @property
    def nothing(self) -> bool:
        """Whether a conflict was settled so that what stands already says it all."""
        return self.settled and self.record == self.present


@dataclass(frozen=True, slots=True)
class Edit(Generic[C]):
    """A command on its way: called, it is sent; settled, it is the same command with the answers to a conflict."""

    act: Callable[[Desk, C], Outcome]
    desk: Desk
    entry: C

    def __call__(self) -> Outcome:
        """Send it.

        Raises:
            Refused: It was refused.
            Conflict: Somebody else saved the record since it was read.
            Removed: Somebody else removed it.
        """
        try:
            return self.act(self.desk, self.entry)
        except (Conflict, Removed):
            raise
        except Stale:
            # Saved by somebody else between our reading and our writing: read again, it can be told what they changed.
            return self.act(self.desk, self.entry)

    def settle(self, comparison: Comparison, picks: Mapping[str, MergeChoice]) -> "Edit[C]":
        """Give the same command with the answers to a conflict."""
        settled = Settled(read=comparison.read, picks=dict(picks))
        entry = replace(self.entry, revision=comparison.revision, settled=settled)  # type: ignore[type-var]  # commands are dataclasses
        return replace(self, entry=entry)


def still_there(desk: Desk, tx: Transaction, noun: type[R], ref: str) -> R:
    """Get the record that is to be changed; one whose case the user may not open is answered like one not there.

    Raises:
        Removed: Somebody removed it; the sentence says who, when and why.
        Missing: It never was there for this user.
        Refused: The user sees its case only by breaking the glass.
    """
    owner = tx.case_of(noun, ref)
    if owner is not None:
        case_at_hand(desk, tx, owner)
        refuse_under_glass(desk, tx, owner)
    found = tx.find(noun, ref)
    gone = find_removal(tx, noun, ref) if found is None else None
    record = found if gone is None else gone.record
    if record is None:
        raise Missing(NOT_THERE)
    if isinstance(record, Case) and gone is not None:
        if not sees_programme(desk.role, record.programme):
            raise Missing(NOT_THERE)
    elif (case_ref := getattr(record, "case_ref", None)) is not None:
        case_at_hand(desk, tx, case_ref)
    if gone is not None:
        why = f" ({gone.reason})" if gone.reason else ""
        raise Removed(
            f"{gone.by} removed this record on {instant_words(gone.at)}{why}. Nothing was saved, and everything you "
            "typed is still here. Copy what you need before you close this.",
            code="removed",
        )
    return record


def changed(
    desk: Desk, tx: Transaction, entry: Editing, present: R, change: Callable[[R], R], *, closed: str = ""
) -> Change[R]:
    """Apply a command's change to a record, or to what two people's changes to it were settled to be.

    Args:
        desk: Who changes it.
        tx: The command's transaction.
        entry: The command.
        present: The record as it stands.
        change: Makes the record as the user would have it of the version they read; raises what forbids it.
        closed: Why what stands now takes no such change any more, where it does not.

    Raises:
        Conflict: Somebody else saved the record since it was read, and what they changed is not yet settled.
        Stale: So they did, and the version that was read is not kept.
    """
    if entry.settled is None and entry.revision in (None, present.revision):
        return Change(record=change(present), present=present)
    read = entry.revision if entry.settled is None else entry.settled.read
    base = version_at_revision(tx, present, read) if read else None
    if base is None and read != NOTHING_READ:
        raise Stale(UNKNOWN)
    mine = tidied(change(base or present))
    picks = {} if entry.settled is None else entry.settled.picks
    found = compare_groups(base, mine, present)
    if entry.settled is None or entry.revision != present.revision or closed or unresolved_groups(found, picks):
        raise Conflict(compare(desk, base, mine, present, closed=closed))
    kept = tuple(
        title
        for part in found
        if part.verdict is Verdict.THEIRS or picks.get(part.group.name) in (MergeChoice.THEIRS, MergeChoice.BOTH)
        for title in _titles(desk, part, base, present)
    )
    return Change(record=merge_versions(base, mine, present, picks), present=present, kept=kept, settled=True)


def compare(desk: Desk, base: R | None, mine: R, theirs: R, *, closed: str = "") -> Comparison:
    """Put three versions of a record in words.

    Args:
        desk: Who compares; what they may not see is left out.
        base: What they read; None where nothing stood.
        mine: What they would have it say.
        theirs: What stands now, stored.
        closed: Why their change can no longer be saved at all, where it cannot.

    Raises:
        Stale: Nothing is known of when what stands was saved.
    """
    if theirs.recorded_at is None:
        raise Stale(UNKNOWN)
    told = (
        Item(
            name=part.group.name,
            verdict=part.verdict,
            picks=part.choices,
            lines=lines_of(desk, part, base, mine, theirs),
        )
        for part in compare_groups(base, mine, theirs)
    )
    return Comparison(
        noun=noun_words(type(theirs)),
        read=NOTHING_READ if base is None else base.revision,
        revision=theirs.revision,
        saved_by=theirs.recorded_by,
        saved_at=theirs.recorded_at,
        items=tuple(item for item in told if item.lines),
        closed=closed,
    )


def saved(tx: Transaction, change: Change[R], *, notice: str, topics: frozenset[Topic], ref: str) -> Outcome:
    """Save what a command comes to, and say so, with whose other change was kept.

    Raises:
        Refused: A text holds what no record may hold, or is too long.
        Stale: Someone else saved it since it was read.
    """
    by = change.present.recorded_by
    if change.nothing:
        return Outcome(notice=f"Nothing of yours was saved: what {by} saved stays as it is.", changed=topics, ref=ref)
    save(tx, change.record)
    kept = f" Kept as {by} saved it: {join_words(change.kept)}." if change.kept else ""
    return Outcome(notice=notice + kept, changed=topics, ref=ref)


def _titles(desk: Desk, part: GroupMerge, base: Record | None, present: Record) -> list[str]:
    noun = type(present)
    return [
        title_of(noun, column)
        for column in columns_of(noun)
        if column.name in part.group.fields
        and getattr(base, column.name, None) != getattr(present, column.name)
        and _seen(desk, noun, column.name)
    ]


def _seen(desk: Desk, noun: type[Record], name: str) -> bool:
    right = HIDDEN.get((noun.table, name))
    return right is None or may(desk.role, right)


def lines_of(desk: Desk, part: GroupMerge, *versions: Record | None) -> tuple[Line, ...]:
    """Tell the fields of a group that anybody changed."""
    noun = next(type(each) for each in versions if each is not None)
    lines = []
    for column in columns_of(noun):
        if column.name not in part.group.fields or not _seen(desk, noun, column.name):
            continue
        values = [None if each is None else getattr(each, column.name) for each in versions]
        if values.count(values[0]) < len(values):
            was, mine, theirs = (value_words(desk.lists, column, value) for value in values)
            lines.append(Line(title=title_of(noun, column), was=was, mine=mine, theirs=theirs))
    return tuple(lines)
