"""Two people changed one record: which change is whose, what can stand beside the other, and what must be asked.

Three versions are compared: `base`, the one the user read; `mine`, what they typed on it; `theirs`, what stands now.
They are compared by groups of fields that belong together, so that no date is ever merged away from the word it dates.
What concerns enforcement, RAG or safeguarding is asked wherever the two differ, even where only one of them changed it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from ioms_desktop.domain.records.cases import Action, Case, Need, Notification, RagEntry, Referral
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import Assessment, CustodySpell, Offence, Order, Person
from ioms_desktop.domain.records.record import Record, columns

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that hold together, and are merged or asked as one.

    Attributes:
        name: Its own name; a field on its own is its own group.
        fields: The fields, in the order of the record.
        asked: Whether a person is asked wherever the two versions differ.
        joins: Whether both may stand where the two filled different fields of it; a person is still asked.
    """

    name: str
    fields: tuple[str, ...]
    asked: bool = False
    joins: bool = False


class Verdict(StrEnum):
    """What a comparison says of a group."""

    SAME = "same"
    MINE = "mine"
    THEIRS = "theirs"
    ASKED = "asked"


class Pick(StrEnum):
    """What a person answers where they are asked."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Part:
    """One group of a comparison.

    Attributes:
        picks: The answers that are open; none where nothing is asked.
    """

    group: Group
    verdict: Verdict
    picks: tuple[Pick, ...] = ()


_TOGETHER: Mapping[type[Record], tuple[Group, ...]] = {
    Person: (
        Group("name", ("family_name", "given_names")),
        Group("address", ("address", "postcode")),
        Group("social_care_status", ("social_care_status",), asked=True),
        Group("warning_markers", ("warning_markers",), asked=True),
    ),
    Case: (
        Group("status", ("status", "closed_on", "close_reason")),
        Group("release", ("expected_release_on", "release_plan_on"), joins=True),
        Group("statutory_status", ("statutory_status", "iom_licence_condition")),
        Group("referral", ("referred_on", "referred_by")),
    ),
    RagEntry: (Group("rag", ("rag", "reason", "set_by"), asked=True),),
    CustodySpell: (Group("custody", ("establishment", "kind")),),
    Assessment: (Group("score", ("value", "band", "scorer"), asked=True),),
    Need: (Group("need", ("level", "status")),),
    Offer: (
        Group("kind", ("offer_type", "pathway")),
        Group("answer", ("response", "responded_on")),
        Group("course", ("started_on", "ended_on", "end_reason"), joins=True),
    ),
    Contact: (
        Group("outcome", ("planned", "outcome", "minutes")),
        Group("note", ("note", "statement_basis")),
    ),
    Rating: (Group("rating", ("rated_on", "level", "rated_by")),),
    Concern: (
        Group("event", ("occurred_on", "recorded_on", "concern_type", "offence_group"), asked=True),
        Group("grading", ("source_grade", "information_grade", "handling", "summary"), asked=True),
    ),
    Decision: (
        Group(
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
            ),
            asked=True,
        ),
        Group("actioned_on", ("actioned_on",), asked=True),
    ),
    Proposal: (
        Group(
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
                "alternatives",
                "proportionality",
            ),
            asked=True,
        ),
        Group("answer", ("status", "answered_by", "answered_on", "answer_reason", "decision_ref"), asked=True),
    ),
    Order: (Group("order", ("order_type", "made_on", "ends_on")),),
    Offence: (Group("part", ("role", "outcome")),),
    Referral: (Group("answer", ("status", "answered_on", "reason")),),
    Notification: (
        Group("delivery", ("outcome", "delivered_by", "present", "mode")),
        Group("reception", ("response", "note")),
    ),
    Action: (Group("end", ("done_on", "cancelled_on", "cancel_reason")),),
}
"""The fields that hold together, by noun; every field not named stands alone."""


@cache
def _groups(noun: type[Record]) -> tuple[Group, ...]:
    together = {name: group for group in _TOGETHER.get(noun, ()) for name in group.fields}
    names = (column.name for column in columns(noun))
    return tuple(dict.fromkeys(together.get(name) or Group(name, (name,)) for name in names))


def groups(noun: type[Record]) -> tuple[Group, ...]:
    """Give the groups of a noun's fields: every field in exactly one, in the order of the record."""
    return _groups(noun)  # type: ignore[arg-type]  # a class is hashable; mypy sees it not of type[Record]


def parts(base: R | None, mine: R, theirs: R) -> tuple[Part, ...]:
    """Compare three versions of one record, group by group.

    Args:
        base: What the user read; None where nothing stood yet when they began.
        mine: What they would have it say.
        theirs: What stands now.

    Returns:
        Every group of the noun once, in the order of the record.
    """
    return tuple(_part(group, base, mine, theirs) for group in groups(type(theirs)))


def merged(base: R | None, mine: R, theirs: R, picks: Mapping[str, Pick]) -> R:
    """Make the record that three versions and the answers come to; its own number and revision are those of `theirs`.

    Args:
        base: As for `parts`.
        mine: As for `parts`.
        theirs: As for `parts`.
        picks: The answers, by the name of the group; `unanswered` says which are wanted.

    Raises:
        KeyError: A group that must be asked has no answer, or one that is not open.
    """
    settled: dict[str, Any] = {}
    for part in parts(base, mine, theirs):
        answer = part.verdict if part.verdict is not Verdict.ASKED else picks[part.group.name]
        if part.verdict is Verdict.ASKED and answer not in part.picks:
            raise KeyError(part.group.name)
        for name in part.group.fields:
            settled[name] = _TAKE[answer](_of(base, name), _of(mine, name), _of(theirs, name))
    return replace(theirs, **settled)


def unanswered(found: tuple[Part, ...], picks: Mapping[str, Pick]) -> tuple[str, ...]:
    """Name the groups that must be asked and have no open answer yet."""
    return tuple(_waiting(found, picks))


def _waiting(found: tuple[Part, ...], picks: Mapping[str, Pick]) -> Iterator[str]:
    for part in found:
        if part.verdict is Verdict.ASKED and picks.get(part.group.name) not in part.picks:
            yield part.group.name


def _of(record: Record | None, name: str) -> Any:  # noqa: ANN401 - one of the column types
    return None if record is None else getattr(record, name)


def _part(group: Group, base: Record | None, mine: Record, theirs: Record) -> Part:
    was, typed, stands = ([_of(each, name) for name in group.fields] for each in (base, mine, theirs))
    if typed == stands:
        return Part(group, Verdict.SAME)
    if group.asked or was not in (typed, stands):
        return Part(group, Verdict.ASKED, _picks(group, was, typed, stands))
    return Part(group, Verdict.THEIRS if typed == was else Verdict.MINE)


def _picks(group: Group, was: list[Any], typed: list[Any], stands: list[Any]) -> tuple[Pick, ...]:
    apart = all(old in (new, now) for old, new, now in zip(was, typed, stands, strict=True))
    if group.joins and apart:
        return (Pick.MINE, Pick.THEIRS, Pick.BOTH)
    return (Pick.MINE, Pick.THEIRS)


_TAKE: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    Verdict.SAME: lambda _was, _mine, theirs: theirs,
    Pick.MINE: lambda _was, mine, _theirs: mine,
    Pick.THEIRS: lambda _was, _mine, theirs: theirs,
    Pick.BOTH: lambda was, mine, theirs: theirs if mine == was else mine,
}
