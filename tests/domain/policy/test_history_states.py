"""The states that a history leaves out can have held no trigger that fell."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from exchange_rows import Tables, record
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.build_facts import waiting_times
from ioms_desktop.domain.policy.case_history import RecordVersion, build_case_history
from ioms_desktop.domain.policy.triggers import evaluate
from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.record import Record, date_column
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES
from policy_histories.generate import histories
from rulebook import shipped_policies

DELAYS = (0, 0, 0, 0, 1, 1, 2, 5, 12, 40)
LATER = ("CANCELLED_BY_US", "NO_REPLY", "SEEN")
Versions = dict[type[Record], list[RecordVersion]]


def at(on: date, rng: random.Random) -> datetime:
    return datetime(on.year, on.month, on.day, rng.randint(8, 20), rng.choice((0, 30)), tzinfo=UTC)


def day_of(each: Record) -> date:
    name = date_column(type(each), required=False)
    dated = getattr(each, name) if name else None
    return dated.on if isinstance(dated, DayTime) else dated or date(2026, 3, 1)


def recorded(tables: Tables, case_ref: str, rng: random.Random) -> Versions:
    """Return a case as it was recorded bit by bit: most of it in time, some late, a few things put right later."""
    versions: Versions = {noun: [] for noun in EXCHANGE_RECORD_TYPES}
    person = next(row["person_ref"] for row in tables["cases"] if row["case_ref"] == case_ref)
    for noun in EXCHANGE_RECORD_TYPES:
        owner, ref = ("person_ref", person) if noun.subject == "person_ref" else ("case_ref", case_ref)
        for row in tables.get(noun.table, []):
            if row.get(owner) != ref:
                continue
            each = record(noun, row)
            since = at(date(2026, 2, 1) if noun is Case else day_of(each) + timedelta(days=rng.choice(DELAYS)), rng)
            before = put_right(each, rng) if rng.random() < 0.15 else None
            if before is not None:
                until = since + timedelta(days=rng.choice(DELAYS), hours=1)
                versions[noun].append(RecordVersion(before, since, until))
                since = until
            versions[noun].append(RecordVersion(each, since, None))
    return versions


def put_right(each: Record, rng: random.Random) -> Record | None:
    """Return a record as it was before somebody put it right; None where it never was."""
    if isinstance(each, Contact):
        return replace(each, outcome=rng.choice(LATER), minutes=None)
    if isinstance(each, CustodySpell):
        return replace(each, released_on=None)
    return replace(each, closed_on=None) if isinstance(each, Case) else None


@pytest.mark.parametrize("seed", [2, 3])
def test_leaving_states_out_changes_no_trigger(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a seeded history, no secret
    tables = histories(300 + seed, 8)
    policies, seen, kept, all_of_them = shipped_policies(), Counter[str](), 0, 0
    for row in tables["cases"]:
        versions = recorded(tables, row["case_ref"], rng)
        for known_at in (None, datetime(2026, 8, 1, 12, tzinfo=UTC)):
            few = build_case_history(versions, known_at, waits=waiting_times(policies))
            every = build_case_history(versions, known_at, every_state=True)
            kept, all_of_them = kept + len(few), all_of_them + len(every)
            for as_of in (date(2026, 7, 15), date(2026, 10, 1), date(2026, 12, 31)):
                mine, other = evaluate(policies, few, as_of), evaluate(policies, every, as_of)
                assert mine == other, (row["case_ref"], known_at, as_of)
                seen.update(trigger.status for trigger in mine)
                seen["to review"] += sum(trigger.needs_review for trigger in mine)
    assert min(seen[status] for status in ("OPEN", "DECIDED", "WITHDRAWN", "to review")) > 0, seen
    assert kept * 2 < all_of_them, (kept, all_of_them)


BEGUN = date(2026, 12, 1)
LOST = BEGUN + timedelta(days=28)
LATE = LOST + timedelta(days=2)


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def seen(ref: str, on: date, kind: str, recorded_on: date) -> RecordVersion:
    row = {"contact_ref": ref, "case_ref": "C1", "occurred_at": on.isoformat(), "contact_type": kind, "planned": "Y"}
    return RecordVersion(record(Contact, {**row, "outcome": "SEEN"}), noon(recorded_on), None)


def delivered(on: date) -> RecordVersion:
    row = {"case_ref": "C1", "attempted_on": on.isoformat(), "attempt": "1", "outcome": "DELIVERED_ACCEPTED"}
    return RecordVersion(record(Notification, row), noon(on), None)


@pytest.mark.parametrize(
    "recorded_since",
    [
        pytest.param(
            {Contact: [seen("K1", LOST - timedelta(days=1), "TEXT", LOST), seen("K2", LOST, "OFFICE", LATE)]},
            id="a contact, after a text that completes none",
        ),
        pytest.param({Notification: [delivered(LATE)]}, id="a delivery, from which the wait begins anew"),
    ],
)
def test_what_ends_the_wait_for_a_contact_later_withdraws_what_was_raised(recorded_since: Versions) -> None:
    policies = shipped_policies()
    case = {"case_ref": "C1", "person_ref": "P1", "programme": "PHOENIX", "status": "NOTIFIED"}
    versions: Versions = {noun: [] for noun in EXCHANGE_RECORD_TYPES}
    versions[Case] = [RecordVersion(record(Case, {**case, "notified_on": BEGUN.isoformat()}), noon(BEGUN), None)]
    history = build_case_history({**versions, **recorded_since}, waits=waiting_times(policies))
    (withdrawn,) = evaluate(policies, history, LATE)
    assert (withdrawn.rule, withdrawn.status, withdrawn.raised_on) == ("lost_contact", "WITHDRAWN", LOST)


def test_what_was_recorded_at_one_instant_is_told_in_the_order_of_the_types() -> None:
    """A paper that quotes it has the same bytes in every process."""
    rng, at_once = random.Random(5), datetime(2026, 12, 1, 9, tzinfo=UTC)  # noqa: S311 - as above
    tables = histories(305, 8)
    order, met = ("case", "offer", "contact", "rating", "concern", "decision", "notification", "custody", "order"), 0
    for row in tables["cases"]:
        versions = {
            noun: [each if noun is Case else RecordVersion(each.record, at_once, None) for each in found]
            for noun, found in recorded(tables, row["case_ref"], rng).items()
        }
        for state in build_case_history(versions, every_state=True):
            kinds = list(dict.fromkeys(change.kind for change in state.changes if change.at == at_once))
            assert kinds == [kind for kind in order if kind in kinds]
            met = max(met, len(kinds))
    assert met >= 4, "several types are in one instant"
