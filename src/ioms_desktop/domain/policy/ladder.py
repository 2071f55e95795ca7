"""The escalation ladder: which steps are available to a person on a day, and why the others are not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ioms_desktop.domain.dates.calendar import age_on
from ioms_desktop.domain.policy.policy import StepRules
from ioms_desktop.domain.text_format import format_day

POLICE_AREA = "Leicestershire"


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """One step of the ladder and its conditions.

    Attributes:
        code: L0 to L11, or PARALLEL beside them.
        label: Its full name.
        power: The legal power it rests on.
        rank: Its position on the ladder, from 0; None for PARALLEL.
        min_age: The minimum age in whole years on the day of the decision, included; None for none.
        max_age: The maximum age on that day, included; None for none.
        areas: The police areas in which the power is in force; empty for the whole of England.
        after: The code of a step that must have been taken before; None for none.
        needs: ORDER if an order or licence must be in force; None otherwise.
        valid_from: The first day the power is in force, included; None for no beginning.
        valid_to: The last day it is in force, included; None for no end.
        appropriate_adult: Whether somebody under 18 needs an appropriate adult for it.
        active: Whether the force's legal services have confirmed it; one that is not is never available.
        family: The code of the family of steps in which screens offer it.
        short: Its short name; None for none.
        changes: What an Act amends, earliest first.
    """

    code: str
    label: str
    power: str
    rank: int | None = None
    min_age: int | None = None
    max_age: int | None = None
    areas: frozenset[str] = frozenset()
    after: str | None = None
    needs: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    appropriate_adult: bool = False
    short: str | None = None
    active: bool = True
    family: str = ""
    changes: tuple["PowerChange", ...] = ()

    def power_on(self, on: date) -> str:
        """The legal power as it is on a day, by the changes that the force's legal services have confirmed."""
        made = [each.power for each in self.changes if each.confirmed and each.from_on <= on]
        return made[-1] if made else self.power

    @property
    def name(self) -> str:
        """The name used in sentences."""
        return self.short or self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerChange:
    """What an Act makes of a power.

    Attributes:
        from_on: The first day on which it holds, included.
        power: The power from then on.
        source: Where this comes from.
        confirmed: Whether the force's legal services have confirmed it; until then it changes nothing.
    """

    from_on: date
    power: str
    source: str
    confirmed: bool = False

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> "PowerChange":
        """Build a change from its table in the code list; from a database its day comes as a text."""
        return cls(
            from_on=date.fromisoformat(str(entry["from"])),
            power=entry["power"],
            source=entry["source"],
            confirmed=bool(entry.get("confirmed", False)),
        )


@dataclass(frozen=True, slots=True)
class StepAvailability:
    """A step, and the reason in words why it is not available; None if it is."""

    step: LadderStep
    reason: str | None

    @property
    def available(self) -> bool:
        """Whether it is available."""
        return self.reason is None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """The facts on which the availability of a step depends.

    Attributes:
        born_on: The person's date of birth.
        on: The day of the decision.
        earlier_steps: The codes of the steps decided on the case up to that day.
        order_in_force: Whether any order or licence is in force on that day.
        convicted: Whether a conviction is on record by that day.
        levers: The levers of the list in use on that day.
        rules: What the policy version of that day asks a decision to say.
        area: The police area.
        pronoun: The pronoun for the person: she, he or they.
    """

    born_on: date
    on: date
    earlier_steps: frozenset[str] = frozenset()
    order_in_force: bool = False
    area: str = POLICE_AREA
    pronoun: str = "they"
    convicted: bool = False
    levers: frozenset[str] = frozenset()
    rules: StepRules = field(default_factory=StepRules)

    @property
    def age(self) -> int:
        """The age in whole years on the day of the decision, not today."""
        return age_on(self.born_on, self.on)


def build_ladder(codes: Iterable[Mapping[str, Any]]) -> tuple[LadderStep, ...]:
    """Build the steps from the entries of the `enforcement_step` code list, in order of rank, PARALLEL last."""
    fields = set(LadderStep.__dataclass_fields__)
    steps = []
    for entry in codes:
        known = {key: value for key, value in entry.items() if key in fields}
        known["areas"] = frozenset(known.get("areas", ()))
        changes = (PowerChange.from_entry(each) for each in known.get("changes", ()))
        known["changes"] = tuple(sorted(changes, key=lambda each: each.from_on))
        steps.append(LadderStep(**known))
    return tuple(sorted(steps, key=lambda step: (step.rank is None, step.rank or 0)))


def step_availability(steps: Sequence[LadderStep], context: StepContext) -> tuple[StepAvailability, ...]:
    """Return the availability of every step on the day of the decision, in the order given."""
    names = {step.code: step for step in steps}
    return tuple(StepAvailability(step, unavailable_because(step, context, names)) for step in steps)


def unavailable_because(step: LadderStep, context: StepContext, steps_by_code: Mapping[str, LadderStep]) -> str | None:
    """Return the reason a step is not available, in words; None if it is available."""
    # One reason is enough: first whether the power exists here, then the age, then what must have come before.
    return (
        _not_in_force(step, context) or _wrong_age(step, context) or _prerequisite_missing(step, context, steps_by_code)
    )


def _not_in_force(step: LadderStep, context: StepContext) -> str | None:
    if not step.active:
        return f"{step.name}: not in use until the force's legal services confirm it"
    elsewhere = bool(step.areas) and context.area not in step.areas
    early = step.valid_from is not None and context.on < step.valid_from
    late = step.valid_to is not None and context.on > step.valid_to
    if elsewhere:
        return f"{step.name}: not in force in {context.area}"
    if early or late:
        return f"{step.name}: not in force on {format_day(context.on)}"
    return None


def _wrong_age(step: LadderStep, context: StepContext) -> str | None:
    verb = "are" if context.pronoun == "they" else "is"
    age_clause = f"{context.pronoun} {verb} {context.age} on {format_day(context.on)}"
    if step.min_age is not None and context.age < step.min_age:
        return f"{step.name}: {step.min_age} or over; {age_clause}"
    if step.max_age is not None and context.age > step.max_age:
        return f"{step.name}: under {step.max_age + 1} only; {age_clause}"
    return None


def _prerequisite_missing(
    step: LadderStep, context: StepContext, steps_by_code: Mapping[str, LadderStep]
) -> str | None:
    if step.after is not None and step.after not in context.earlier_steps:
        return f"{step.name}: needs a {steps_by_code[step.after].name} first"
    if step.needs == "ORDER" and not context.order_in_force:
        return f"{step.name}: needs an order or a licence in force on {format_day(context.on)}"
    return None
