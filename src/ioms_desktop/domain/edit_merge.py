"""Three-way merge of two users' changes to one record: what is merged automatically, and what a person must decide.

Three versions are compared: `base`, which the user read; `mine`, which they edited; `theirs`, which is stored now.
Fields that belong together are compared as one group, so that a date is never separated from the value it dates.
Differences in enforcement, RAG or safeguarding are always decided by a person, even if only one side changed them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from ioms_desktop.domain.records.cases import Action, Case, Need, Notification, RagEntry, Referral
from ioms_desktop.domain.records.concerns_and_decisions import BESIDE_A_DECISION, Concern, Decision, Proposal
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import Assessment, CustodySpell, Offence, Order, Person
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.records.selection.screening import ScreeningCheck

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that are merged, or decided by a person, as one.

    Attributes:
        name: The group's name; a field in no declared group is a group of the field's name.
        fields: The fields, in the order of the record.
        always_ask: Whether a person decides whenever the two versions differ.
        can_combine: Whether a person may choose to keep both changes if the two users changed different fields of it.
    """

    name: str
    fields: tuple[str, ...]
    always_ask: bool = False
    can_combine: bool = False


class Verdict(StrEnum):
    """The result of comparing a group."""

    SAME = "same"
    MINE = "mine"
    THEIRS = "theirs"
    CONFLICT = "asked"


class MergeChoice(StrEnum):
    """A person's choice between two versions."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class GroupMerge:
    """The comparison of one group.

    Attributes:
        choices: The choices available; empty if nothing has to be decided.
    """

    group: FieldGroup
    verdict: Verdict
    choices: tuple[MergeChoice, ...] = ()


_FIELD_GROUPS: Mapping[type[Record], tuple[FieldGroup, ...]] = {
    Person: (
        FieldGroup("name", ("family_name", "given_names")),
        FieldGroup("address", ("address", "postcode")),
        FieldGroup("social_care_status", ("social_care_status",), always_ask=True),
        FieldGroup("warning_markers", ("warning_markers",), always_ask=True),
    ),
    Case: (
        FieldGroup("status", ("status", "closed_on", "close_reason")),
        FieldGroup("release", ("expected_release_on", "release_plan_on"), can_combine=True),
        FieldGroup("statutory_status", ("statutory_status", "iom_licence_condition")),
        FieldGroup("referral", ("referred_on", "referred_by")),
    ),
    RagEntry: (FieldGroup("rag", ("rag", "reason", "set_by"), always_ask=True),),
    CustodySpell: (FieldGroup("custody", ("establishment", "kind", "hours")),),
    Assessment: (FieldGroup("score", ("value", "band", "scorer"), always_ask=True),),
    Need: (FieldGroup("need", ("level", "status")),),
    Offer: (
        FieldGroup("kind", ("offer_type", "pathway")),
        FieldGroup("answer", ("response", "responded_on")),
        FieldGroup("course", ("started_on", "ended_on", "end_reason"), can_combine=True),
        FieldGroup(
            "funding",
            ("funding_amount", "funding_for", "funded_by", "funding_authorised_by", "funding_authorised_on"),
            always_ask=True,
        ),
    ),
    Contact: (
        FieldGroup("outcome", ("planned", "outcome", "minutes")),
        FieldGroup("note", ("note", "statement_basis")),
    ),
    Rating: (FieldGroup("rating", ("rated_on", "level", "rated_by")),),
    Concern: (
        FieldGroup("event", ("occurred_on", "recorded_on", "concern_type", "offence_group"), always_ask=True),
        FieldGroup(
            "grading", ("source_grade", "information_grade", "handling", "summary", "statement_basis"), always_ask=True
        ),
        FieldGroup("end", ("outcome", "outcome_on"), always_ask=True),
    ),
    Decision: (
        FieldGroup(
            "decision",
            (
                "rule",
                "decided_on",
                "decision",
                "step",
                "reason",
                "proposed_by",
                "authorised_by",
                "child_checks",
                "told_participant",
                *BESIDE_A_DECISION,
            ),
            always_ask=True,
        ),
        FieldGroup("actioned_on", ("actioned_on",), always_ask=True),
    ),
    Proposal: (
        FieldGroup(
            "proposal",
            (
                "rule",
                "proposed_on",
                "decision",
                "step",
                "reason",
                "proposed_by",
                "child_checks",
                "told_participant",
                *BESIDE_A_DECISION,
            ),
            always_ask=True,
        ),
        FieldGroup(
            "answer", ("status", "answered_by", "answered_on", "answer_reason", "decision_ref"), always_ask=True
        ),
    ),
    Order: (
        FieldGroup("order", ("order_type", "made_on", "ends_on")),
        FieldGroup("end", ("ended_on", "end_reason")),
    ),
    Offence: (FieldGroup("part", ("role", "outcome", "outcome_on")),),
    Referral: (FieldGroup("answer", ("status", "answered_on", "answered_by", "answer_note")),),
    Notification: (
        FieldGroup("delivery", ("outcome", "delivered_by", "present", "mode")),
        FieldGroup("message", ("kind", "message_points", "spoken_by", "voices", "legal_explained", "prompted_on")),
        FieldGroup("reception", ("response", "note")),
        FieldGroup("consent", ("consent", "gillick")),
    ),
    ScreeningCheck: (FieldGroup("answer", ("answer", "answered_by", "note")),),
    PanelDecision: (
        FieldGroup("decision", ("decision", "agencies", "reason", "cohort")),
        FieldGroup("dissent", ("dissenting", "dissent")),
    ),
    Action: (
        FieldGroup("owner", ("owner", "agency", "owner_contact")),
        FieldGroup("due", ("due_on", "first_due_on", "due_moves", "due_reason")),
        FieldGroup("end", ("done_on", "cancelled_on", "cancel_reason", "outcome")),
    ),
}
"""The groups of each record type; a field not named here is a group of its own."""


@cache
def _cached_field_groups(record_type: type[Record]) -> tuple[FieldGroup, ...]:
    together = {name: group for group in _FIELD_GROUPS.get(record_type, ()) for name in group.fields}
    names = (column.name for column in columns_of(record_type))
    return tuple(dict.fromkeys(together.get(name) or FieldGroup(name, (name,)) for name in names))


def field_groups(record_type: type[Record]) -> tuple[FieldGroup, ...]:
    """Return the groups of a record type: every field in exactly one, in the order of the record."""
    return _cached_field_groups(record_type)  # type: ignore[arg-type]  # a class is hashable; mypy sees it not of type[Record]


def compare_groups(base: R | None, mine: R, theirs: R) -> tuple[GroupMerge, ...]:
    """Compare three versions of one record, group by group.

    Args:
        base: The version the user read; None if the record did not exist when they began.
        mine: The version they want to save.
        theirs: The version stored now.

    Returns:
        Every group of the record type once, in the order of the record.
    """
    return tuple(_compare_group(group, base, mine, theirs) for group in field_groups(type(theirs)))


def merge_versions(base: R | None, mine: R, theirs: R, choices: Mapping[str, MergeChoice]) -> R:
    """Merge three versions of a record by a person's choices; the id and revision are those of `theirs`.

    Args:
        base: As for `compare_groups`.
        mine: As for `compare_groups`.
        theirs: As for `compare_groups`.
        choices: The choices by group name; `unresolved_groups` lists the groups that still need one.

    Raises:
        KeyError: A group to be decided has no choice, or one that is not available.
    """
    settled: dict[str, Any] = {}
    for part in compare_groups(base, mine, theirs):
        answer = part.verdict if part.verdict is not Verdict.CONFLICT else choices[part.group.name]
        if part.verdict is Verdict.CONFLICT and answer not in part.choices:
            raise KeyError(part.group.name)
        for name in part.group.fields:
            settled[name] = _VALUE_CHOOSERS[answer](
                _value_of(base, name), _value_of(mine, name), _value_of(theirs, name)
            )
    return replace(theirs, **settled)


def unresolved_groups(found: tuple[GroupMerge, ...], choices: Mapping[str, MergeChoice]) -> tuple[str, ...]:
    """List the names of the groups that must be decided and have no valid choice yet."""
    return tuple(_iter_unresolved(found, choices))


def _iter_unresolved(found: tuple[GroupMerge, ...], choices: Mapping[str, MergeChoice]) -> Iterator[str]:
    for part in found:
        if part.verdict is Verdict.CONFLICT and choices.get(part.group.name) not in part.choices:
            yield part.group.name


def _value_of(record: Record | None, name: str) -> Any:  # noqa: ANN401 - one of the column types
    return None if record is None else getattr(record, name)


def _compare_group(group: FieldGroup, base: Record | None, mine: Record, theirs: Record) -> GroupMerge:
    was, typed, current = ([_value_of(each, name) for name in group.fields] for each in (base, mine, theirs))
    if typed == current:
        return GroupMerge(group, Verdict.SAME)
    # If `base` equals one side, only the other side changed the group, and its change can be taken without asking.
    if group.always_ask or was not in (typed, current):
        return GroupMerge(group, Verdict.CONFLICT, _open_choices(group, was, typed, current))
    return GroupMerge(group, Verdict.THEIRS if typed == was else Verdict.MINE)


def _open_choices(group: FieldGroup, was: list[Any], typed: list[Any], current: list[Any]) -> tuple[MergeChoice, ...]:
    # Both can be kept only if no single field was changed by both sides.
    apart = all(old in (new, now) for old, new, now in zip(was, typed, current, strict=True))
    if group.can_combine and apart:
        return (MergeChoice.MINE, MergeChoice.THEIRS, MergeChoice.BOTH)
    return (MergeChoice.MINE, MergeChoice.THEIRS)


_VALUE_CHOOSERS: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    Verdict.SAME: lambda _was, _mine, theirs: theirs,
    MergeChoice.MINE: lambda _was, mine, _theirs: mine,
    MergeChoice.THEIRS: lambda _was, _mine, theirs: theirs,
    MergeChoice.BOTH: lambda was, mine, theirs: theirs if mine == was else mine,
}
