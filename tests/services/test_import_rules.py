"""The rules of the record hold for what a file brings, in the same words."""

from datetime import date
from pathlib import Path

import pytest

from ioms_desktop.domain.policy.case_figures import case_figures
from ioms_desktop.domain.records.cases import Notification
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.labels import format_value
from ioms_desktop.storage.store import Store
from services.exchange_session import decision, iom, person, phoenix, put, reasons, rows_of, session_at, taken


def test_an_offer_on_a_control_arm_case_is_refused_without_saying_why(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [phoenix(trial_arm="CONTROL")])
    put(tmp_path, "offers", [{"offer_ref": "O1", "case_ref": "C1", "offer_type": "GYM", "offered_on": "2026-10-01"}])
    assert reasons(session_at(store), tmp_path) == [
        (
            "offers.csv",
            2,
            "case_ref",
            "C1",
            "No support offer can be recorded on this case. Nothing was saved; a supervisor can say why.",
        )
    ]


def test_a_case_follows_none_that_is_open_of_the_other_programme_or_closed_later(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    closed = {"status": "TRANSFERRED_OUT", "closed_on": "2026-10-01", "close_reason": "OTHER"}
    put(tmp_path / "1", "people", [person(), person("P2")])
    put(tmp_path / "1", "cases", [phoenix("OPEN"), iom("OLD", **closed), iom("HERS", "P2", **closed)])
    taken(session, tmp_path / "1")
    new = {"status": "REFERRED", "adopted_on": "", "cohort": ""}
    wrong = (
        iom("N1", referred_on="2026-10-02", follows_case_ref="OPEN", **new),
        iom("N2", referred_on="2026-09-30", follows_case_ref="OLD", **new),
        iom("N3", referred_on="2026-10-02", follows_case_ref="HERS", **new),
        iom("N4", referred_on="2026-10-02", follows_case_ref="N4", **new),
    )
    put(tmp_path / "2", "cases", wrong)
    assert [each[1:3] for each in reasons(session, tmp_path / "2")] == [
        (line, "follows_case_ref") for line in range(2, 2 + len(wrong))
    ]
    put(tmp_path / "3", "cases", [iom("N5", referred_on="2026-10-02", follows_case_ref="OLD", **new)])
    taken(session, tmp_path / "3")  # the control
    later = [iom("N6", referred_on="2026-10-02", follows_case_ref="N7", **new), iom("N7", **new)]
    put(tmp_path / "4", "cases", later)
    assert [each[1:3] for each in reasons(session, tmp_path / "4")] == [(2, "follows_case_ref")], "of a later row"
    unknown = iom("N8", referred_on="2026-10-02", follows_case_ref="NOWHERE", **new)
    put(tmp_path / "5", "cases", [unknown, iom("N9", referred_on="2026-10-02", follows_case_ref="OLD", **new)])
    warned = [(each.line, each.column) for each in run_import(session, tmp_path / "5", dry_run=True).warnings()]
    assert warned == [(2, "follows_case_ref")], "named nowhere"


def test_no_offer_is_imported_to_a_case_that_was_reopened_from_the_control_arm(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    gone = {"status": "COMPLETED", "close_reason": "OTHER"}
    new = {"status": "POOL", "notified_on": "", "trial_arm": ""}
    cases = [
        phoenix("C", trial_arm="CONTROL", closed_on="2026-09-20", **gone),
        phoenix("C2", follows_case_ref="C", referred_on="2026-09-21", **new | gone | {"closed_on": "2026-09-25"}),
        phoenix("I", "P2", trial_arm="INTERVENTION", closed_on="2026-09-20", **gone),
    ]
    offers = [
        {"offer_ref": f"O-{ref}", "case_ref": ref, "offer_type": "GYM", "offered_on": "2026-09-28"}
        for ref in ("C", "C2", "C3", "I2")
    ]
    put(tmp_path / "1", "people", [person(), person("P2")])
    put(tmp_path / "1", "cases", cases)
    put(tmp_path / "1", "offers", offers[:2])
    refused = [("offers.csv", 2, "case_ref"), ("offers.csv", 3, "case_ref")]
    assert [each[:3] for each in reasons(session, tmp_path / "1")] == refused, "in one file"
    (tmp_path / "1" / "offers.csv").unlink()
    taken(session, tmp_path / "1")
    later = [
        phoenix("C3", follows_case_ref="C2", referred_on="2026-09-26", **new),
        phoenix("I2", "P2", follows_case_ref="I", referred_on="2026-09-26", **new),
    ]
    put(tmp_path / "2", "cases", later)
    put(tmp_path / "2", "offers", offers)
    found = [each[:3] for each in reasons(session, tmp_path / "2")]
    assert found == [*refused, ("offers.csv", 4, "case_ref")], "after what is stored; the last is the control"


def spell(received: str, released: str = "", person_ref: str = "P1") -> dict[str, str]:
    return {"person_ref": person_ref, "received_on": received, "released_on": released}


def test_custody_spells_of_one_person_that_overlap_are_refused(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person(), person("P2")])
    spells = [
        spell("2026-03-01"),
        spell("2026-01-01", "2026-01-10"),
        spell("2026-01-10", "2026-01-20"),
        spell("2026-01-15", "2026-01-25"),
        spell("2026-01-05", "2026-01-05"),
        spell("2026-01-05", "2026-02-01", "P2"),
        spell("2026-04-01", "2026-03-31", "P2"),
    ]
    put(tmp_path, "custody", spells)
    assert reasons(session_at(store), tmp_path) == [
        (
            "custody.csv",
            5,
            "received_on",
            "2026-01-15",
            "This overlaps the custody spell received on 10 Jan 2026, which lasts until 20 Jan 2026.",
        ),
        ("custody.csv", 8, "released_on", "2026-03-31", "The release cannot lie before the reception on 1 Apr 2026."),
    ]


def test_a_custody_spell_that_overlaps_a_stored_one_is_refused_until_that_one_is_closed(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path / "1", "people", [person()])
    put(tmp_path / "1", "custody", [spell("2026-03-01")])
    taken(session_at(store), tmp_path / "1")
    later = put(tmp_path / "2", "custody", [spell("2026-05-01")])
    ((_, line, column, _, reason),) = reasons(session_at(store), later)
    assert (line, column) == (2, "received_on")
    assert reason == "This overlaps the custody spell received on 1 Mar 2026, which has no release yet."
    taken(session_at(store), put(tmp_path / "3", "custody", [spell("2026-03-01", "2026-04-01"), spell("2026-05-01")]))


CHILD_CHECKS = "NRM=no: asked; YJS=yes; PARENT=yes; DIVERSION=yes: considered; COMMUNICATION=yes"


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"authorised_by": "okoro"}, "authorised_by", "somebody else must authorise"),
        ({"step": "L2", "actioned_on": "2026-11-03"}, "told_participant", "needs the message given to the person"),
        ({"step": "L4", "told_participant": "said"}, "step", "needs a Community Protection Warning first"),
        ({"step": "L7", "told_participant": "said"}, "step", "not in force in Leicestershire"),
        ({"step": "L5d", "told_participant": "said"}, "step", "until the force's legal services confirm it"),
        ({"step": ""}, "step", "names its step"),
        ({"actioned_on": "2026-11-01"}, "actioned_on", "cannot be served before"),
        ({"decided_on": "2026-10-19", "child_checks": "NRM=yes;YJS=yes"}, "child_checks", "(PARENT)"),
    ],
)
def test_a_decision_the_policy_does_not_accept_is_refused_in_its_words(
    store: Store, tmp_path: Path, changes: dict[str, str], column: str, words: str
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [phoenix()])
    put(tmp_path, "decisions", [decision(**changes)])
    found = reasons(session_at(store), tmp_path)
    assert [each[:3] for each in found] == [("decisions.csv", 2, column)]
    assert words in found[0][4]


def test_a_decision_may_rest_on_an_earlier_one_of_the_same_folder_and_falls_with_it(
    store: Store, tmp_path: Path
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [phoenix()])
    warning = decision("D2", step="L4W", told_participant="said", decided_on="2026-11-02")
    notice = decision("D1", step="L4", told_participant="said", decided_on="2026-11-09")
    put(tmp_path, "decisions", [notice, {**warning, "authorised_by": "OKORO"}])
    assert [each[:3] for each in reasons(session_at(store), tmp_path)] == [
        ("decisions.csv", 2, "step"),
        ("decisions.csv", 3, "authorised_by"),
    ]
    put(tmp_path, "decisions", [notice, warning])
    taken(session_at(store), tmp_path)


def test_a_step_that_needs_an_order_is_taken_where_the_folder_has_one_in_force(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [phoenix()])
    put(tmp_path, "decisions", [decision(step="L10", told_participant="said")])
    assert [each[2] for each in reasons(session_at(store), tmp_path)] == ["step"]
    put(tmp_path, "orders", [{"order_ref": "O1", "person_ref": "P1", "order_type": "YRO", "made_on": "2026-10-01"}])
    taken(session_at(store), tmp_path)


@pytest.mark.parametrize(
    ("case", "column", "words"),
    [
        (phoenix(status="ACTIVE"), "status", "This is not a status of PHOENIX; accepted are POOL"),
        (phoenix(cohort="FIXED"), "cohort", "Only IOM cases have a cohort"),
        (iom(status="ENGAGED"), "status", "This is not a status of IOM"),
        (iom(closed_on="2026-08-31"), "closed_on", "cannot close before its referral on 1 Sep 2026"),
        (phoenix(notified_on="2017-10-27", referred_on="2017-10-01"), "person_ref", "this person is 8 on 27 Oct 2017"),
    ],
)
def test_a_case_against_the_rules_is_refused(
    store: Store, tmp_path: Path, case: dict[str, str], column: str, words: str
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [case])
    ((_, line, found, _, reason),) = reasons(session_at(store), tmp_path)
    assert (line, found) == (2, column)
    assert words in reason


def test_a_status_that_cannot_follow_the_stored_one_and_a_changed_arm_are_refused(store: Store, tmp_path: Path) -> None:
    put(tmp_path / "1", "people", [person()])
    put(tmp_path / "1", "cases", [iom(status="DECEASED", closed_on="2026-10-01"), phoenix(trial_arm="CONTROL")])
    taken(session_at(store), tmp_path / "1")
    path = put(tmp_path / "2", "cases", [iom(status="ACTIVE"), phoenix(trial_arm="INTERVENTION")])
    assert [(each[1], each[2], each[4]) for each in reasons(session_at(store), path)] == [
        (2, "status", "ACTIVE cannot follow DECEASED; choose another status."),
        (3, "trial_arm", "An allocation of the trial is never changed; leave it unchanged."),
    ]


def test_a_contact_cannot_be_part_of_another_cases_offer(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [phoenix(), iom()])
    put(tmp_path, "offers", [{"offer_ref": "O1", "case_ref": "C2", "offer_type": "GYM", "offered_on": "2026-10-01"}])
    contact = {"contact_ref": "T1", "occurred_at": "2026-10-06", "planned": "yes", "contact_type": "GATE_PICKUP"}
    put(tmp_path, "contacts", [{**contact, "case_ref": "C1", "outcome": "SEEN", "offer_ref": "O1"}])
    ((_, _, column, value, reason),) = reasons(session_at(store), tmp_path)
    assert (column, value) == ("offer_ref", "O1")
    assert reason.startswith("That offer belongs to another case.")


def arrest(**more: str) -> dict[str, str]:
    """An arrest as a file brings it."""
    day = {"occurred_on": "2026-08-21", "recorded_on": "2026-08-21"}
    return {"concern_ref": "K1", "case_ref": "C2", **day, "concern_type": "ARREST", **more}


def order(**more: str) -> dict[str, str]:
    """A community order as a file brings it."""
    return {"order_ref": "O1", "person_ref": "P1", "order_type": "COMMUNITY_ORDER", "made_on": "2026-03-01", **more}


@pytest.mark.parametrize(
    ("table", "row", "column", "words"),
    [
        ("concerns", arrest(outcome="NFA"), "outcome_on", "Say on which day it ended"),
        ("concerns", arrest(outcome_on="2026-08-27"), "outcome", "Say how it ended"),
        ("concerns", arrest(outcome="NFA", outcome_on="2026-08-20"), "outcome_on", "cannot be before When it happened"),
        ("orders", order(ended_on="2026-02-28", end_reason="REVOKED"), "ended_on", "cannot be before Made on"),
        ("orders", order(end_reason="REVOKED"), "ended_on", "Say on which day it ended"),
    ],
)
def test_how_a_concern_or_an_order_ended_comes_with_its_day(
    store: Store, tmp_path: Path, table: str, row: dict[str, str], column: str, words: str
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    put(tmp_path, table, [row])
    ((_, _, found, _, reason),) = reasons(session_at(store), tmp_path)
    assert (found, words in reason) == (column, True)


def test_how_an_arrest_and_an_order_ended_is_taken_and_given_back(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    put(tmp_path, "concerns", [arrest(outcome="NFA", outcome_on="2026-08-27")])
    put(tmp_path, "orders", [order(ended_on="2026-06-30", end_reason="COMPLETED", ends_on="2027-02-28")])
    taken(session_at(store), tmp_path)
    export_records(session_at(store), tmp_path / "out", reason="CASE_WORK")
    names, kept = rows_of(tmp_path / "out" / "concerns.csv")
    assert [kept[names.index(name)] for name in ("outcome", "outcome_on")] == ["NFA", "2026-08-27"]
    names, kept = rows_of(tmp_path / "out" / "orders.csv")
    assert [kept[names.index(name)] for name in ("ended_on", "end_reason")] == ["2026-06-30", "COMPLETED"]


def told(**more: str) -> dict[str, str]:
    """A notification as a file brings it."""
    return {"case_ref": "C2", "attempted_on": "2026-10-12", "attempt": "2", "outcome": "DELIVERED_UNDECIDED", **more}


FIVE_POINTS = "WE_KNOW;SAFE_ALIVE;HELP_NOW;VIOLENCE_STOPS;CONSEQUENCES"


@pytest.mark.parametrize(
    ("table", "row", "column", "words"),
    [
        (
            "notifications",
            told(message_points=f"{FIVE_POINTS};OTHER"),
            "message_points",
            "not a code of the list Point of the message",
        ),
        ("notifications", told(voices="PRESS"), "voices", "not a code of the list Voice at a notification"),
        ("notifications", told(prompted_on="2026-10-13"), "prompted_on", "cannot come after the notification"),
        (
            "custody",
            {**spell("2026-08-21"), "kind": "REMAND", "hours": "12"},
            "hours",
            "Hours are for police detention",
        ),
        ("custody", {**spell("2026-08-21"), "kind": "POLICE_DETENTION", "hours": "337"}, "hours", "from 0 to 336"),
    ],
)
def test_a_message_and_a_detention_are_recorded_as_the_lists_say(
    store: Store, tmp_path: Path, table: str, row: dict[str, str], column: str, words: str
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    put(tmp_path, table, [row])
    ((_, _, found, _, reason),) = reasons(session_at(store), tmp_path)
    assert (found, words in reason) == (column, True)


def test_the_five_points_and_the_voices_are_taken_shown_and_given_back(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    more = {"kind": "CALL_IN", "spoken_by": "A mother", "legal_explained": "yes", "prompted_on": "2026-10-02"}
    put(tmp_path, "notifications", [told(message_points=FIVE_POINTS, voices="COMMUNITY;VICTIMS_FAMILY", **more)])
    session = session_at(store)
    taken(session, tmp_path)
    export_records(session, tmp_path / "out", reason="CASE_WORK")
    header, kept = rows_of(tmp_path / "out" / "notifications.csv")
    given = dict(zip(header, kept, strict=True))
    assert {name: given[name] for name in more} == more
    assert (given["message_points"], given["voices"]) == (FIVE_POINTS, "COMMUNITY;VICTIMS_FAMILY")
    (stored,) = open_case(session, "C2").notifications
    shown = {
        column.label: format_value(session, column, column.value_of(stored)) for column in columns_of(Notification)
    }
    assert shown["Voices present"] == "Community; Victim's family"
    assert shown["Points of the message given"].count(";") == 4


@pytest.mark.parametrize("kind", ["POLICE_DETENTION", "REMAND", "YOUTH_DETENTION_ACCOMMODATION"])
@pytest.mark.parametrize(
    ("received", "released", "days"),
    [("2026-10-28", "2026-10-30", 2), ("2026-10-28", "2026-10-29", 1), ("2026-10-28", "2026-10-28", 0)],
)
def test_police_detention_is_counted_in_the_days_of_the_policy_like_every_custody(
    store: Store, tmp_path: Path, kind: str, received: str, released: str, days: int
) -> None:
    """A night in the cells is no remand, and what was planned for that day could not be kept all the same."""
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom(adopted_on="2026-10-12")])
    put(tmp_path, "custody", [{**spell(received, released), "kind": kind}])
    session = session_at(store)
    taken(session, tmp_path)
    view = open_case(session, "C2", as_of=date(2026, 11, 1))
    figures = case_figures(session.policy_timeline, view.history[-1], view.as_of)
    assert figures.days_in_custody == days
