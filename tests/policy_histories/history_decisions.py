"""Decisions of an invented case, none of which is refused, on and around the days that matter."""

from datetime import date, timedelta

from policy_histories.exchange_columns import Row
from policy_histories.history_events import add_any_concern
from policy_histories.history_frame import LAST, Frame
from slow_reading.policy_reading import case_json, decision_refusals

STEPS = (
    "L0",
    "L1",
    "L1",
    "L2",
    "L2",
    "L3",
    "L4W",
    "L4",
    "L4",
    "L5",
    "L5b",
    "L6",
    "L6b",
    "L8",
    "L9",
    "L10",
    "L11",
    "PARALLEL",
)
CHECKS = ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION", "GILLICK", "AA")
WAITS = (0, 0, 1, 2, 3, 4, 5, 8, 20, 27, 40)


def add_decisions(frame: Frame) -> None:
    """Decide some triggers, follow enforcement with concerns, decide again."""
    rng = frame.rng
    if frame.start is None or frame.arm == "CONTROL":
        return
    for _ in range(rng.choice((1, 2, 3))):
        decide_open(frame)
        after_enforcement(frame)
    decide_open(frame)
    if rng.random() < 0.3:
        # Names no rule, so decides none.
        add_decision(frame, frame.any_day(), "")
    if rng.random() < 0.2:
        # Names a rule on a day of its own choosing: it decides what is open then, often nothing.
        add_decision(frame, frame.any_day(), rng.choice(("breach", "serious_concern", "persisting_concern")))


def decide_open(frame: Frame) -> None:
    """Decide some of the triggers that are open."""
    rng = frame.rng
    for trigger in case_json(frame.tables, frame.case_ref, LAST)["triggers"]:
        if trigger["status"] == "OPEN" and rng.random() < 0.7:
            raised = date.fromisoformat(trigger["raised_on"])
            if rng.random() < 0.1:
                add_decision(frame, raised - timedelta(days=1), trigger["rule"])
            add_decision(frame, raised + timedelta(days=rng.choice(WAITS)), trigger["rule"])
            if rng.random() < 0.05:
                add_decision(frame, raised + timedelta(days=rng.choice(WAITS)), trigger["rule"])


def after_enforcement(frame: Frame) -> None:
    """Add concerns on the day of an enforcement decision, after it, and about 90 days after it."""
    rng = frame.rng
    for decision in list(frame.tables["decisions"]):
        if decision["decision"] == "ESCALATE" and rng.random() < 0.3:
            decided = date.fromisoformat(decision["decided_on"])
            first = rng.choice((0, 1, 5, 62, 63, 64, 80))
            add_any_concern(frame, decided + timedelta(days=first))
            second = rng.choice((first, first + 1, first + 27, first + 28, 89, 90, 91))
            add_any_concern(frame, decided + timedelta(days=second))


def add_decision(frame: Frame, day: date, rule: str) -> None:
    """Add a decision on a day, or a plainer one where it would be refused."""
    rng = frame.rng
    if day > LAST or day < frame.begin:
        return
    kind = rng.choice(("ESCALATE", "ESCALATE", "ESCALATE", "HOLD", "ALTERNATIVE", "DE_ESCALATE"))
    step = {"ESCALATE": rng.choice(STEPS), "DE_ESCALATE": rng.choice(("", "L0", "L1"))}.get(kind, "")
    row = frame.add("decisions", **decision_cells(frame, day, rule, kind, step))
    row["decision_ref"] = f"{frame.case_ref}-X{len(frame.tables['decisions']):03d}"
    if step == "L4" and "STEP_NEEDS_L4W" in decision_refusals(frame.tables, row):
        row["step"] = "L4W"
    if decision_refusals(frame.tables, row):
        row["step"] = "L1" if kind == "ESCALATE" else row["step"]


def decision_cells(frame: Frame, day: date, rule: str, kind: str, step: str) -> dict[str, object]:
    """Return the cells of a decision with every check that it could need."""
    rng = frame.rng
    served: object = ""
    if rule and kind != "HOLD" and rng.random() < 0.6:
        served = min(day + timedelta(days=rng.choice((0, 1, 6, 7, 8, 14))), LAST)
    child = (day - frame.born).days < 18 * 366
    if step == "L6" and rng.random() < 0.5:
        add_offence(frame, day - timedelta(days=rng.choice((0, 1, 40))))
    return {
        "case_ref": frame.case_ref,
        "rule": rule,
        "decided_on": day,
        "decision": kind,
        "step": step,
        "reason": "Invented",
        "proposed_by": "N. EXAMPLE",
        "authorised_by": "Insp. EXAMPLE",
        "child_checks": ";".join(f"{code}=yes: considered" for code in CHECKS) if child else "",
        "told_participant": "What was decided, and that the offer remains open",
        "actioned_on": served,
        "conviction_court": "Leicester Magistrates' Court" if step == "L6" else "",
        "convicted_on": day if step == "L6" else "",
        "lever": "TENANCY" if step == "L11" else "",
    }


def add_offence(frame: Frame, day: date) -> None:
    """Add a conviction."""
    frame.add(
        "offences",
        person_ref=frame.person_ref,
        offence_on=day,
        recorded_on=day,
        offence_group="THEFT_OTHER",
        offence=f"Theft {len(frame.tables['offences']) + 1}",
        role="CONVICTED",
        outcome="Convicted",
        outcome_on=day,
    )


def refused(frame: Frame) -> list[Row]:
    """Return the decisions that would be refused, to be left out."""
    return [row for row in frame.tables["decisions"] if decision_refusals(frame.tables, row)]
