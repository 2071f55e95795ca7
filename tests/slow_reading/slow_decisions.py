"""Which steps are available, and which decisions are refused."""

from datetime import date

from slow_reading.slow_days import STEPS, age_on, something_in_force
from slow_reading.slow_rows import Row, Story, Tables, cell, dated, story_of, when

# practice.md 3.5: the least age of a step. Dispersal, police disruption, arrest and the rest name none.
LEAST_AGE = {"L4W": 16, "L4": 16, "L5": 10, "L5b": 14, "L6": 10, "L7": 12, "L7b": 18}
NOT_HERE = ("L7", "L7b")
# As written, of version 2026-11-30: "*inactive until the force's legal services confirm them*"
INACTIVE = ("L5c", "L5d", "L5e", "L6c")
# As written: the rules whose family is CONCERN.
CONCERN_RULES = ("serious_concern", "credible_intelligence", "breach", "persisting_concern")
CHILD_CHECKS = ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION")


def available_steps(tables: Tables, case_ref: str, decided_on: date) -> dict[str, str]:
    """Return every step with the reason why it is not available, empty where it is."""
    story = story_of(tables, case_ref, decided_on)
    reasons = {step: why_not(story, step, decided_on) for step in STEPS}
    # As written: "PARALLEL beside them"
    reasons["PARALLEL"] = ""
    return reasons


def why_not(story: Story, step: str, day: date) -> str:
    """Return why a step is not available on a day, or nothing."""
    # As written: "computed ... for the person's age on the decision date"
    if step in INACTIVE:
        return "INACTIVE"
    if step in NOT_HERE:
        # As written: "KCPO: not in force in Leicestershire"; SVRO: "not available here: inactive unless rolled out"
        return "AREA"
    if age_on(dated(story.person, "date_of_birth"), day) < LEAST_AGE.get(step, 0):
        # As written: "Community Protection Notice: 16 or over; she is 15 on 19 Oct 2026"
        return "AGE"
    if step == "L4" and not any(
        cell(row, "step") == "L4W" and cell(row, "decision") == "ESCALATE" for row in story.decisions
    ):
        # As written: "needs a Community Protection Warning first"
        return "NEEDS_L4W"
    if step == "L10" and not something_to_breach(story, day):
        # As written: "Breach of order/YRO/YCC, recall, civil contempt"
        return "NEEDS_ORDER"
    return ""


def something_to_breach(story: Story, day: date) -> bool:
    """Return whether there is an order, a licence or the licence condition to breach."""
    return something_in_force(story, day)


def lacks(tables: Tables, story: Story, decision: Row, day: date) -> str:
    """Return what version 2026-11-30 asks of a step beside its place in the table, or nothing."""
    step = cell(decision, "step")
    if step == "L6" and not (convicted(tables, cell(story.case, "person_ref"), day) or names_conviction(decision, day)):
        # As written: "L6 needs a conviction on record ..., or the conviction named in it (court, date)."
        return "NEEDS_CONVICTION"
    if step == "L11" and cell(decision, "lever") in ("", "SCHOOL_EXCLUSION"):
        # As written: "L11 names its lever from a list; school exclusion is not in it"
        return "LEVER"
    return ""


def convicted(tables: Tables, person_ref: str, day: date) -> bool:
    """Return whether the person was convicted of anything by a day."""
    # As written: "an offence with role CONVICTED whose outcome date, else its date, is on or before the decision"
    return any(
        cell(row, "person_ref") == person_ref
        and cell(row, "role") == "CONVICTED"
        and (when(row, "outcome_on") or dated(row, "offence_on")) <= day
        for row in tables.get("offences", [])
    )


def names_conviction(decision: Row, day: date) -> bool:
    """Return whether a decision names the conviction that it needs."""
    convicted_on = when(decision, "convicted_on")
    return bool(cell(decision, "conviction_court")) and convicted_on is not None and convicted_on <= day


def answers(decision: Row) -> dict[str, str]:
    """Return the child checks that are answered."""
    # As written: "a list of CODE=answer"; "The answer begins with yes or no and may go on after a colon."
    found: dict[str, str] = {}
    both = set()
    for part in cell(decision, "child_checks").split(";"):
        code, _, answer = part.partition("=")
        word = answer.strip().partition(":")[0].strip().lower()
        if word in ("yes", "no"):
            earlier = found.setdefault(code.strip().upper(), answer.strip())
            if earlier.partition(":")[0].strip().lower() != word:
                both.add(code.strip().upper())
    # As written: "until each of these is answered (yes or no ...)"; both is no answer.
    return {code: answer for code, answer in found.items() if code not in both}


def missing_checks(decision: Row, age: int, *, needs_reason: bool) -> list[str]:
    """Return the child checks that a decision still needs.

    Args:
        decision: the decision.
        age: the age of the person on its day.
        needs_reason: whether an answer "no" goes on with its reason.
    """
    step = cell(decision, "step")
    # As written: "For anyone under 18 on the decision date, no step of L1 or above is accepted until each of these is
    # answered"
    if age >= 18 or step not in STEPS[1:]:
        return []
    needed = list(CHILD_CHECKS)
    if age < 16:
        # As written: "under 16 also the Gillick assessment"
        needed.append("GILLICK")
    if step == "L9":
        # As written: "for an arrest or interview also the appropriate adult"
        needed.append("AA")
    given = answers(decision)
    if needs_reason:
        # As written, of version 2026-11-30: "every answer "no" goes on with its reason after a colon; without it the
        # check is missing"
        given = {code: answer for code, answer in given.items() if not is_bare_no(answer)}
    return [code for code in needed if code not in given]


def is_bare_no(answer: str) -> bool:
    """Return whether an answer is "no" without a reason."""
    word, _, reason = answer.partition(":")
    return word.strip().lower() == "no" and not reason.strip()


def step_refusals(before: Tables, story: Story, decision: Row, day: date) -> list[str]:
    """Return what refuses the step of a decision."""
    step = cell(decision, "step")
    if not step:
        # As written: "ESCALATE (to a step)"
        return ["STEP_MISSING"] if cell(decision, "decision") == "ESCALATE" else []
    steps = available_steps(before, story.case_ref, day)
    if step not in steps:
        return ["STEP_UNKNOWN"]
    if steps[step]:
        return [f"STEP_{steps[step]}"]
    lacking = lacks(before, story, decision, day) if story.newly(day) else ""
    return [f"STEP_{lacking}"] if lacking else []


def decision_refusals(tables: Tables, decision: Row) -> list[str]:
    """Return the stable codes of everything that refuses a decision.

    The decision itself may be among the rows of the tables, but it never counts in its own favour.
    """
    ref, case_ref = cell(decision, "decision_ref"), cell(decision, "case_ref")
    others = [row for row in tables.get("decisions", []) if cell(row, "decision_ref") != ref]
    before = {**tables, "decisions": others}
    day = dated(decision, "decided_on")
    story = story_of(before, case_ref, day)
    step, kind = cell(decision, "step"), cell(decision, "decision")
    found = step_refusals(before, story, decision, day)
    proposer, authoriser = cell(decision, "proposed_by"), cell(decision, "authorised_by")
    if proposer.casefold() == authoriser.casefold():
        # As written: "The person who proposes does not authorise"
        found.append("PROPOSER_AUTHORISES")
    if step in STEPS[2:]:
        if not authoriser:
            # As written: "from L2 up the authoriser is a supervisor"
            found.append("AUTHORISER_MISSING")
        if cell(decision, "actioned_on") and not cell(decision, "told_participant"):
            # As written: "L2 and above need what the participant was told, at the latest when the step is served"
            found.append("TOLD_PARTICIPANT")
    elif kind in ("HOLD", "ALTERNATIVE") and cell(decision, "rule") in CONCERN_RULES and not authoriser:
        # As written: "and so is the authoriser of a HOLD or ALTERNATIVE on a trigger of the CONCERN family"
        found.append("AUTHORISER_MISSING")
    if not cell(decision, "reason"):
        # As written: "HOLD (no action, with reason)"; reason is required of every decision.
        found.append("REASON")
    age = age_on(dated(story.person, "date_of_birth"), day)
    return found + [f"CHILD_CHECK_{code}" for code in missing_checks(decision, age, needs_reason=story.newly(day))]


def offer_refusals(tables: Tables, offer: Row) -> list[str]:
    """Return the stable codes of everything that refuses an offer."""
    # As written: "A CONTROL-arm case ... raises nothing, and an offer for it is refused."
    (case,) = [row for row in tables["cases"] if cell(row, "case_ref") == cell(offer, "case_ref")]
    return ["CONTROL_ARM"] if cell(case, "trial_arm") == "CONTROL" else []
