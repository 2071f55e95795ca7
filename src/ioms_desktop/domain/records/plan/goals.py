"""Goals of the plan: on which pathway, in whose words, and whether the person agrees."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Asked, Record, code, day, ref, short_text, worker_name, yes_no


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanGoal(Record):
    """One goal of the plan. Its steps are the actions that name it, each with its owner and day.

    A goal of an offer names the offer; in the person's own words it stands as they said it.
    """

    table: ClassVar[str] = "goals"
    key: ClassVar[tuple[str, ...]] = ("goal_ref",)
    label: ClassVar[str] = "Goal"
    plural: ClassVar[str] = "Plan"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_ENGAGEMENT, free_text=("goal", "agreement_reason", "outcome")
    )

    goal_ref: str = ref(prefix="GO")
    case_ref: str = ref("cases")
    set_on: date = day(required=True)
    goal: str = short_text(required=True, help="What is to be different, and by what it will be seen.")
    own_words: bool | None = yes_no(label="In their own words")
    pathway: str | None = code("pathway")
    offer_ref: str | None = short_text(names="offers", label="Offer", help="The offer that it is a goal of.")
    owner: str | None = worker_name(label="Who leads on it")
    due_on: date | None = day(future=True, not_before="set_on", label="To be reached by")
    agreed: bool | None = yes_no(label="The person agrees")
    agreement_reason: str | None = short_text(
        label="Why not", help="What they say against it, where they do not agree."
    )
    ended_on: date | None = day(not_before="set_on", label="Ended on", asked=Asked.WHEN_CHANGING)
    reached: bool | None = yes_no(label="Reached", asked=Asked.WHEN_CHANGING)
    outcome: str | None = short_text(label="What came of it", asked=Asked.WHEN_CHANGING)
