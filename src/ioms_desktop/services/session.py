"""A user's session: store, user, clock and rules in one argument; and what commands return."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from ioms_desktop.domain.access.roles import Right, Role, require
from ioms_desktop.domain.checkout import Checkout
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.ladder import LadderStep
from ioms_desktop.domain.policy.policy import Policy, PolicyTimeline
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext

if TYPE_CHECKING:
    from ioms_desktop.domain.records.code_lists import CodeLists


class Topic(StrEnum):
    """What a command may have changed; a screen refreshes when one of its topics changed."""

    PEOPLE = "people"
    CASES = "cases"
    CONTACTS = "contacts"
    OFFERS = "offers"
    RATINGS = "ratings"
    CONCERNS = "concerns"
    RAG = "rag"
    DECISIONS = "decisions"
    ACTIONS = "actions"
    USERS = "users"
    FIGURES = "figures"


TOPICS_OF_NO_CASE = frozenset({Topic.USERS, Topic.FIGURES})
"""What no screen of a case shows."""
ACCESS_TOPICS = frozenset({Topic.CASES, Topic.PEOPLE})
"""What may look different once others may know of a case."""
ALL_RECORD_TOPICS = frozenset(Topic) - {Topic.USERS}
"""What an act that may touch any record may have changed."""


def topics_of(record_type: type[Record]) -> frozenset[Topic]:
    """Return what screens refresh on: the case, the person of a record of a person, and the table's own topic."""
    topics = {Topic.CASES, *(topic for topic in Topic if topic.value == record_type.table)}
    return frozenset(topics if record_type.subject == "case_ref" else {*topics, Topic.PEOPLE})


class UndoneAct(StrEnum):
    """What can be undone by a command of its own."""

    ADDED = "added"
    CHANGED = "changed"
    STRUCK_OUT = "struck_out"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class Undo:
    """What a command did to one record, so that it can be undone while its answer is shown.

    Attributes:
        act: What was done.
        record: The record as it was left; of one that was struck out, as it was.
        before: The record as it was before a change; None for other acts. Of an assignment, whoever held the role.
        also: What else the command did, in the order in which it is undone after this.
    """

    act: UndoneAct
    record: Record
    before: Record | None = None
    also: tuple["Undo", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer of a command.

    Attributes:
        notice: One sentence for the user.
        changed: What screens should refresh.
        ref: The reference of the record made or changed.
        raised: The rules whose triggers the act raised, with their sentences and clocks.
        undo: What can be undone; None where nothing can, and in the answer to a repeated request.
        not_undone: Why it cannot be undone, in a sentence; empty where there is nothing to say.
        decided: The decision that was made with a step; None where none was, and in the answer to a repeated request.
        cases: The only cases whose records changed; None where any may have, and in the answer to a repeated request.
    """

    notice: str
    changed: frozenset[Topic] = frozenset()
    ref: str = ""
    raised: tuple["RaisedTrigger", ...] = ()
    undo: Undo | None = field(default=None, compare=False)
    not_undone: str = field(default="", compare=False)
    decided: "DecidedStep | None" = field(default=None, compare=False)
    cases: frozenset[str] | None = field(default=None, compare=False)

    def joined(self, *others: "Outcome") -> "Outcome":
        """Return the answer of a command that did several things: this one first, and its reference."""
        every = (self, *others)
        named = [each.cases for each in every if each.changed]
        return Outcome(
            notice=" ".join(each.notice for each in every if each.notice),
            changed=frozenset().union(*(each.changed for each in every)),
            ref=self.ref,
            # What one act raises and the next adds to is one alert, as it is told last.
            raised=tuple({each.identity: each for one in every for each in one.raised}.values()),
            cases=None if None in named else frozenset().union(*filter(None, named)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as it is stored with the request, so that a repeated request is harmless."""
        return {
            "notice": self.notice,
            "changed": sorted(self.changed),
            "ref": self.ref,
            "raised": [
                [each.rule, each.explanation, each.decision_due.isoformat(), each.case_ref] for each in self.raised
            ],
        }

    @classmethod
    def from_dict(cls, answer: Mapping[str, Any]) -> "Outcome":
        """Read a stored answer."""
        return cls(
            notice=answer["notice"],
            changed=frozenset(Topic(topic) for topic in answer["changed"]),
            ref=answer["ref"],
            raised=tuple(
                RaisedTrigger(rule, words, date.fromisoformat(due), *case_ref)
                for rule, words, due, *case_ref in answer["raised"]
            ),
        )


@dataclass(frozen=True, slots=True)
class DecidedStep:
    """A decision that was just made, and the step of the ladder that it authorises."""

    case_ref: str
    decision_ref: str
    step: str


@dataclass(frozen=True, slots=True)
class RaisedTrigger:
    """A trigger that a command raised.

    Attributes:
        rule: The rule's code.
        explanation: Its sentence.
        decision_due: The day by which a decision is due.
        case_ref: The case; empty only in an answer that was stored before answers said it.
        whom: Whose case it is, by name and date of birth; not stored, so that no answer keeps a name.
    """

    rule: str
    explanation: str
    decision_due: date
    case_ref: str = ""
    whom: str = field(default="", compare=False)

    @property
    def identity(self) -> tuple[str, str, date]:
        """What tells it from another trigger, however it is worded."""
        return self.case_ref, self.rule, self.decision_due


def utc_now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Everything a service needs besides the command itself.

    Attributes:
        user: Who is signed in.
        role: In what role.
        lists: The code lists.
        policies: Every approved version of the policy.
        ladder: The enforcement steps.
        names: How users read wherever somebody sees who did something.
        clock: What the time is, in UTC.
        workstation: The machine's name, for the audit.
        checkout: What the file is, where it holds cases taken away; None for every other database.
        draft_key: What this user's unfinished entries are encrypted with on this computer; None where nothing keeps it.
        warnings: What should be put right, said once at sign-in, a sentence each.
        confirmed: What is odd about an entry and the user said is right; None where a command has nobody to ask.
        change_reason: Why an entry that stands is changed, in words; empty where nothing was said.
        is_passwordless: Whether they signed in and nothing had to be typed; a lock then asks for nothing either.
    """

    store: Store
    user: str
    role: Role
    lists: "CodeLists"
    policies: tuple[Policy, ...]
    ladder: tuple[LadderStep, ...]
    names: WorkerNames = field(default_factory=WorkerNames, compare=False)
    clock: Callable[[], datetime] = field(default=utc_now)
    workstation: str = ""
    checkout: Checkout | None = None
    draft_key: bytes | None = field(default=None, repr=False)
    warnings: tuple[str, ...] = ()
    is_passwordless: bool = False
    confirmed: frozenset[str] | None = None
    change_reason: str = ""
    _policy_timeline: PolicyTimeline | None = field(default=None, init=False, repr=False, compare=False)

    def at_one_instant(self) -> "Session":
        """The same session with its clock stopped, so that what is read with it is of one day, even at midnight."""
        now = self.clock()
        return replace(self, clock=lambda: now)

    def today(self) -> date:
        """The local day in London."""
        return self.clock().astimezone(LONDON).date()

    def local_now(self) -> datetime:
        """The local time in London."""
        return self.clock().astimezone(LONDON)

    def day_time(self) -> DayTime:
        """The local day in London with the time of day to the minute."""
        now = self.local_now()
        return DayTime(now.date(), now.time().replace(second=0, microsecond=0))

    def policy(self, on: date) -> Policy:
        """The policy in force on a day."""
        return self.policy_timeline.on(on)

    @property
    def policy_timeline(self) -> PolicyTimeline:
        """Every approved version over time, with the contact types in person: what rules and figures are given."""
        if self._policy_timeline is None:
            types = self.lists.of("contact_type")
            # A type that an office added is one in person unless it says otherwise.
            in_person = types.spellings(
                each.code for each in types if not each.synonym_of and each.more.get("in_person", True)
            )
            object.__setattr__(self, "_policy_timeline", PolicyTimeline.of(self.policies, in_person))
        return cast("PolicyTimeline", self._policy_timeline)

    def require(self, right: Right) -> None:
        """Refuse what the user's role does not include."""
        require(self.role, right)

    def command_context(
        self, *, request: str | None = None, reason_code: str = "", reason_text: str = ""
    ) -> CommandContext:
        """Describe who acts, when, from where and why; a repeated request is carried out once."""
        return CommandContext(
            request=request or str(uuid4()),
            user=self.user,
            role=self.role,
            at=self.clock(),
            workstation=self.workstation,
            reason_code=reason_code,
            reason_text=reason_text or self.change_reason,
            confirmed=self.confirmed,
        )
