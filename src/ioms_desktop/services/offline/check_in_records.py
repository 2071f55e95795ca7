"""Comparing a record of the file with the stored one: the outcome, and what only a person can decide.

Three versions are compared, as for an edit conflict: `base`, as it was checked out; `mine`, as the file has it now; and
the stored one. A record without a base, because the file was never part of the database, is compared without one, and
every difference is asked about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any

from ioms_desktop.domain.edit_merge import GroupMerge, MergeChoice, Verdict, compare_groups, merge_versions
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, day_of
from ioms_desktop.domain.text_format import format_day, join_words
from ioms_desktop.services.edit_conflicts import FieldComparison, compare_fields
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.row_mapping import field_values, key_text

WHOLE_RECORD = ""
QUESTION_HASH_DIGITS = 8
LEAVE_OUT_LABEL = "Do not import it; it stays in the file."


class CheckInOutcome(StrEnum):
    """What happens to a record of the file."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MERGED = "merged"
    CONFLICTS = "conflicts"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInQuestion:
    """A question only a person can answer, with everything needed to answer it.

    Attributes:
        id: Its name, which changes when what it asks about does: an answer to another question is none to this one.
        table: Of which kind the record is.
        key: The record's key, as text.
        case_ref: Its case; empty where it belongs to none.
        group: The fields it is about; empty where it is about the whole record.
        record: The record in words.
        title: The fields in words, or the record.
        sentence: What happened.
        lines: The three versions, field by field.
        picks: The answers that are open.
        last_saved: Who saved the stored record, and when; empty where there is none.
    """

    id: str
    table: str
    key: str
    case_ref: str
    group: str
    record: str
    title: str
    sentence: str
    lines: tuple[FieldComparison, ...]
    picks: tuple[MergeChoice, ...]
    last_saved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRecord:
    """One record being checked in.

    Attributes:
        mine: As the file has it; where it was removed there, as it was.
        base: As it was taken; None where it is new.
        stored: As the database has it; None where it does not.
        visible: The same as this user may read it.
        outcome: What becomes of it.
        removal_reason: Whether the file has it no longer, and why.
        questions: What must be answered first.
    """

    mine: Record
    base: Record | None = None
    stored: Record | None = None
    visible: Record | None = None
    outcome: CheckInOutcome = CheckInOutcome.UNCHANGED
    removal_reason: str | None = None
    questions: tuple[CheckInQuestion, ...] = ()

    def unanswered(self, picks: Mapping[str, MergeChoice]) -> tuple[CheckInQuestion, ...]:
        """List the questions without an answer."""
        return tuple(each for each in self.questions if picks.get(each.id) not in each.picks)

    def is_added(self, picks: Mapping[str, MergeChoice]) -> bool:
        """Whether a new record is to be stored."""
        return self.stored is None and self.removal_reason is None and self._takes_mine(picks)

    def is_removed(self, picks: Mapping[str, MergeChoice]) -> bool:
        """Whether the stored record is to be removed."""
        return self.stored is not None and self.removal_reason is not None and self._takes_mine(picks)

    def _takes_mine(self, picks: Mapping[str, MergeChoice]) -> bool:
        return self.outcome is not CheckInOutcome.UNCHANGED and all(
            picks[each.id] is MergeChoice.MINE for each in self.questions
        )

    def record_to_save(self, picks: Mapping[str, MergeChoice]) -> Record | None:
        """Return the record to save; None where the stored one is the same already."""
        if (
            self.stored is None
            or self.visible is None
            or self.removal_reason is not None
            or self.outcome is CheckInOutcome.UNCHANGED
        ):
            return None
        if any(each.group == WHOLE_RECORD for each in self.questions):
            return None
        if self.outcome is CheckInOutcome.UPDATED:
            settled = replace(self.visible, **field_values(self.mine))
        else:
            given = {each.group: picks[each.id] for each in self.questions}
            settled = merge_versions(self.base, self.mine, self.visible, given)
        # What the user may not read was never theirs to change.
        stood, now = field_values(self.visible), field_values(settled)
        differing: dict[str, Any] = {name: value for name, value in now.items() if value != stood[name]}
        return replace(self.stored, **differing) if differing else None


def compare_with_stored(session: Session, incoming: IncomingRecord) -> IncomingRecord:
    """Compare a record of the file with the stored one, where no rule forbids it.

    Args:
        incoming: The record, with its base and the stored one.
    """
    mine, base, seen = incoming.mine, incoming.base, incoming.visible
    if seen is None:
        if base is None:
            return replace(incoming, outcome=CheckInOutcome.ADDED)
        gone = "It was removed in the database since it was taken, and the file has changed it."
        return with_question(session, incoming, gone, (MergeChoice.MINE, MergeChoice.THEIRS))
    if field_values(seen) == field_values(mine):
        return incoming
    if base is not None and field_values(seen) == field_values(base):
        return replace(incoming, outcome=CheckInOutcome.UPDATED)
    found = compare_groups(base, mine, seen)
    if not any(part.verdict in {Verdict.MINE, Verdict.CONFLICT} for part in found):
        return incoming
    questions = tuple(_group_question(session, incoming, part) for part in found if part.verdict is Verdict.CONFLICT)
    return replace(
        incoming, outcome=CheckInOutcome.CONFLICTS if questions else CheckInOutcome.MERGED, questions=questions
    )


def with_question(
    session: Session, incoming: IncomingRecord, sentence: str, picks: tuple[MergeChoice, ...]
) -> IncomingRecord:
    """Ask about a record as a whole."""
    question = _make_question(session, incoming, WHOLE_RECORD, describe_record(incoming.mine), sentence, (), picks)
    return replace(incoming, outcome=CheckInOutcome.CONFLICTS, questions=(question,))


def with_refusal(session: Session, incoming: IncomingRecord, sentence: str) -> IncomingRecord:
    """Add the refusal of a record; the user confirms that it may be left out."""
    return with_question(session, incoming, sentence, (MergeChoice.THEIRS,))


def _group_question(session: Session, incoming: IncomingRecord, part: GroupMerge) -> CheckInQuestion:
    lines = compare_fields(session, part, incoming.base, incoming.mine, incoming.visible)
    title = join_words([line.title for line in lines])
    both = "The file and the database say different things of it."
    one = "It concerns enforcement, RAG or safeguarding, and one of the two changed it."
    was, typed, stands = [_field_values(each, part) for each in (incoming.base, incoming.mine, incoming.visible)]
    return _make_question(
        session, incoming, part.group.name, title, one if was in (typed, stands) else both, lines, part.choices
    )


def _field_values(record: Record | None, part: GroupMerge) -> list[Any]:
    return [getattr(record, name, None) for name in part.group.fields]


def _make_question(
    session: Session,
    incoming: IncomingRecord,
    group: str,
    title: str,
    sentence: str,
    lines: tuple[FieldComparison, ...],
    picks: tuple[MergeChoice, ...],
) -> CheckInQuestion:
    mine, seen = incoming.mine, incoming.visible
    key = key_text(mine)
    told = repr([field_values(mine), None if seen is None else field_values(seen), sentence, group])
    saved = ""
    if seen is not None and seen.recorded_at is not None:
        saved = f"{session.names.of(seen.recorded_by)}, {format_instant(seen.recorded_at)}"
    return CheckInQuestion(
        id=f"{mine.table}/{key}/{group or 'record'}#{sha256(told.encode()).hexdigest()[:QUESTION_HASH_DIGITS]}",
        table=mine.table,
        key=key,
        case_ref=getattr(mine, "case_ref", None) or "",
        group=group,
        record=describe_record(mine),
        title=title,
        sentence=sentence,
        lines=lines,
        picks=picks,
        last_saved=saved,
    )


def describe_record(record: Record) -> str:
    """Name a record: `Contact on 13 Oct 2026, case PHX-1`."""
    noun = record.label
    if isinstance(record, Person | Case):
        return f"{noun} {key_text(record)}"
    on = day_of(record)
    day = f" on {format_day(on)}" if on is not None else ""
    case_ref = getattr(record, "case_ref", None)
    person_ref = getattr(record, "person_ref", None)
    whose = f", case {case_ref}" if case_ref else f", person {person_ref}" if person_ref else ""
    return f"{noun}{day}{whose}"
