"""Seeded, complete, importable histories of both programmes, biased to the edge cases of policy.md, and corrections."""

from copy import deepcopy
from random import Random

from policy_histories.exchange_columns import Row, Tables, merged, write_folder
from policy_histories.history_decisions import add_decisions, refused
from policy_histories.history_events import add_events, add_work
from policy_histories.history_frame import new_frame, renumbered

__all__ = ["corrected", "histories", "history", "seeded", "write_folder"]


def histories(seed: int, cases: int) -> Tables:
    """Return the exchange tables of some invented cases; the same seed gives the same rows."""
    return merged(*(history(seeded(f"{seed}/{number}"), number) for number in range(1, cases + 1)))


def seeded(text: str) -> Random:
    """Return a source of chance that is the same for the same text."""
    return Random(text)  # noqa: S311  # the same histories every time, no secret


def history(rng: Random, number: int) -> Tables:
    """Return the exchange tables of one invented case."""
    frame = new_frame(rng, number)
    add_events(frame)
    frame.tables = renumbered(frame.tables, frame.case_ref)
    add_decisions(frame)
    while left_out := refused(frame):
        frame.tables["decisions"] = [row for row in frame.tables["decisions"] if row not in left_out]
    add_work(frame)
    return renumbered(frame.tables, frame.case_ref)


def corrected(tables: Tables, seed: int) -> Tables:
    """Return the tables with some rows, most of which are evidence, corrected as a team would correct them."""
    rng = seeded(str(seed))
    after = deepcopy(tables)
    for row in after["contacts"]:
        if rng.random() < 0.08:
            correct_contact(row, rng)
    for row in after["concerns"]:
        if rng.random() < 0.1:
            correct_concern(row, rng)
    for row in after["ratings"]:
        if rng.random() < 0.05:
            row["level"] = rng.choice("1234")
    for row in after["offers"]:
        if not row["response"] and rng.random() < 0.2:
            row["response"], row["responded_on"] = "ACCEPTED", row["offered_on"]
    return after


def correct_contact(row: Row, rng: Random) -> None:
    """Correct the outcome of a contact."""
    if row["outcome"] == "SEEN":
        row["outcome"], row["minutes"] = "NO_REPLY", ""
    elif row["outcome"] in ("FAILED_TO_ATTEND", "UNACCEPTABLE_ABSENCE", "REFUSED_ENTRY"):
        row["outcome"] = rng.choice(("CANCELLED_BY_US", "CANCELLED_BY_PERSON_ACCEPTABLE", "FAILED_TO_ATTEND"))
    row["note"] = "Corrected"


def correct_concern(row: Row, rng: Random) -> None:
    """Correct what a concern was."""
    if row["concern_type"] == "INTELLIGENCE":
        row["handling"] = rng.choice("PC")
    else:
        row["concern_type"] = rng.choice(("OTHER", "ASB_REPORT"))
        row["offence_group"] = ""
