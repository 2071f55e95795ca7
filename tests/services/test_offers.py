"""An offer of support: made, answered and ended in that order, each change kept beside what others changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import (
    BreakGlassReadOnly,
    CaseClosed,
    DatesOutOfOrder,
    FutureDate,
    Missing,
    MissingReason,
    NotAllowed,
    Refused,
)
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.services.edit_conflicts import ConflictResolution, EditConflict, RecordRemoved
from ioms_desktop.services.recording.offers import AnswerOffer, EndOffer, MakeOffer, answer_offer, end_offer, make_offer
from ioms_desktop.services.session import Topic
from services.fresh_cases import MAY_RECORD, NAVIGATOR, Entry, Ledger
from sessions import TODAY, request

DAY = timedelta(days=1)
CHANGED = frozenset({Topic.OFFERS})
OFFERED = date(2026, 10, 1)
Act = Callable[..., object]


def an_offer(case_ref: str, **said: Any) -> MakeOffer:  # noqa: ANN401 - values by field name
    """Write an offer down."""
    plain: dict[str, Any] = {"offer_type": "MENTORING", "offered_on": OFFERED, **said}
    return MakeOffer(request=request(), case_ref=case_ref, **plain)


def offered(ledger: Ledger, case_ref: str = "", **said: Any) -> str:  # noqa: ANN401 - values by field name
    """Make an offer; gives its reference."""
    return make_offer(ledger.session(), an_offer(case_ref or ledger.phoenix(), **said)).ref


def an_answer(offer_ref: str, on: date, revision: int = 1, **said: Any) -> AnswerOffer:  # noqa: ANN401 - values by field name
    """Write down what the person said to an offer."""
    plain: dict[str, Any] = {"response": "ACCEPTED", **said}
    return AnswerOffer(request=request(), offer_ref=offer_ref, revision=revision, responded_on=on, **plain)


def an_end(offer_ref: str, on: date, revision: int = 1, end_reason: str = "Course over") -> EndOffer:
    """Write down that an offer ended."""
    return EndOffer(request=request(), offer_ref=offer_ref, revision=revision, ended_on=on, end_reason=end_reason)


def kept(ledger: Ledger, ref: str) -> Offer:
    """Read an offer as it was entered."""
    return replace(ledger.get(Offer, ref), id=0, revision=0, recorded_at=None, recorded_by="")


def test_an_offer_is_kept_as_it_was_made_with_whoever_made_it(ledger: Ledger) -> None:
    case = ledger.phoenix()
    entry = an_offer(case, pathway="ETE", provider="The Gym", response="PARTLY", responded_on=date(2026, 10, 3))
    outcome = make_offer(ledger.session(), entry)
    assert outcome.ref.startswith("OF-")
    assert (outcome.notice, outcome.changed, outcome.raised) == ("Offer recorded.", CHANGED, ())
    assert kept(ledger, outcome.ref) == Offer(
        offer_ref=outcome.ref,
        case_ref=case,
        offer_type="MENTORING",
        pathway="ETE",
        provider="The Gym",
        offered_on=OFFERED,
        offered_by=NAVIGATOR,
        response="PARTLY",
        responded_on=date(2026, 10, 3),
    )
    assert ledger.audit_of(entry.request) == [
        Entry(
            kind="COLLECTION",
            actor=NAVIGATOR,
            actor_role="navigator",
            workstation="session of okoro",
            request=entry.request,
            object_type="offers",
            object_ref=outcome.ref,
            subject_ref=case.replace("CASE", "P"),
        )
    ]


def test_an_offer_answered_at_once_was_answered_on_its_own_day(ledger: Ledger) -> None:
    made = kept(ledger, offered(ledger, response="DECLINED"))
    assert (made.response, made.responded_on) == ("DECLINED", OFFERED)


def test_an_offer_without_an_answer_has_no_day_of_one(ledger: Ledger) -> None:
    made = kept(ledger, offered(ledger, responded_on=date(2026, 10, 3), provider=""))
    assert (made.response, made.responded_on, made.provider, made.pathway) == (None, None, None, None)


@pytest.mark.parametrize("answered", [OFFERED, TODAY])
def test_an_answer_on_the_day_of_the_offer_or_today_is_taken_with_the_offer(ledger: Ledger, answered: date) -> None:
    assert kept(ledger, offered(ledger, response="ACCEPTED", responded_on=answered)).responded_on == answered


@pytest.mark.parametrize(
    ("answered", "words"), [(OFFERED - DAY, "cannot be answered before"), (TODAY + DAY, "An answer cannot be recorded")]
)
def test_an_answer_before_the_offer_or_to_come_refuses_the_offer(ledger: Ledger, answered: date, words: str) -> None:
    entry = an_offer(ledger.phoenix(), response="ACCEPTED", responded_on=answered)
    with ledger.nothing_written(), pytest.raises(Refused, match=words):
        make_offer(ledger.session(), entry)


def test_an_offer_of_tomorrow_is_refused_and_one_of_today_is_not(ledger: Ledger) -> None:
    case = ledger.phoenix()
    with ledger.nothing_written(), pytest.raises(FutureDate):
        offered(ledger, case, offered_on=TODAY + DAY)
    assert kept(ledger, offered(ledger, case, offered_on=TODAY)).offered_on == TODAY


def test_an_offer_after_its_case_closed_is_refused_and_one_on_that_day_is_not(ledger: Ledger) -> None:
    case = ledger.phoenix(closed_on=OFFERED)
    with ledger.nothing_written(), pytest.raises(CaseClosed):
        offered(ledger, case, offered_on=OFFERED + DAY)
    assert offered(ledger, case, offered_on=OFFERED)
    assert offered(ledger, case, offered_on=OFFERED - DAY)


@pytest.mark.parametrize("arm", ["INTERVENTION", "NOT_RANDOMISED", None])
def test_only_the_control_arm_is_offered_nothing(ledger: Ledger, arm: str | None) -> None:
    control = ledger.phoenix(trial_arm="CONTROL")
    with ledger.nothing_written(), pytest.raises(Refused) as caught:
        offered(ledger, control)
    assert caught.value.field == "trial_arm"
    assert offered(ledger, ledger.phoenix(trial_arm=arm))


def test_no_offer_is_made_on_a_case_that_is_not_there_or_not_theirs(ledger: Ledger) -> None:
    iom = ledger.iom()
    for other in ("CASE-NONE", iom):
        with ledger.nothing_written(), pytest.raises(Missing):
            offered(ledger, other)
    assert make_offer(ledger.officer(), an_offer(iom)).ref, "an officer sees both programmes"


def test_an_offer_sent_twice_is_made_once_and_answered_alike(ledger: Ledger) -> None:
    case = ledger.phoenix()
    entry = an_offer(case)
    first = make_offer(ledger.session(), entry)
    with ledger.nothing_written():
        assert make_offer(ledger.session(), entry) == first
    assert len(ledger.of(Offer, case)) == 1


@pytest.mark.parametrize("on", [OFFERED, OFFERED + DAY, TODAY])
def test_an_offer_is_answered_from_its_own_day_until_today(ledger: Ledger, on: date) -> None:
    ref = offered(ledger)
    outcome = answer_offer(ledger.officer(), an_answer(ref, on))
    assert (outcome.notice, outcome.changed, outcome.ref) == ("Answer recorded.", CHANGED, ref)
    stored = ledger.get(Offer, ref)
    assert (stored.response, stored.responded_on, stored.started_on) == ("ACCEPTED", on, None)
    assert (stored.revision, stored.recorded_by, stored.offered_by) == (2, "adeyemi", NAVIGATOR)


@pytest.mark.parametrize(
    ("on", "words"), [(OFFERED - DAY, "made on 1 Oct 2026; it cannot be answered"), (TODAY + DAY, "An answer cannot")]
)
def test_an_answer_before_its_offer_or_to_come_changes_nothing(ledger: Ledger, on: date, words: str) -> None:
    ref = offered(ledger)
    with ledger.nothing_written(), pytest.raises(Refused, match=words):
        answer_offer(ledger.session(), an_answer(ref, on))


def test_an_answer_is_corrected_and_a_start_stays_where_none_is_said(ledger: Ledger) -> None:
    case = ledger.phoenix()
    ref = offered(ledger, case)
    answer_offer(ledger.session(), an_answer(ref, OFFERED, started_on=date(2026, 10, 5)))
    assert kept(ledger, ref).started_on == date(2026, 10, 5)
    answer_offer(ledger.session(), an_answer(ref, OFFERED + DAY, 2, response="PARTLY"))
    corrected = kept(ledger, ref)
    assert (corrected.response, corrected.responded_on) == ("PARTLY", OFFERED + DAY)
    assert corrected.started_on == date(2026, 10, 5)
    answer_offer(ledger.session(), an_answer(ref, OFFERED, 3, started_on=date(2026, 10, 6)))
    assert kept(ledger, ref).started_on == date(2026, 10, 6)
    assert [each.response for each in ledger.former(Offer, case)] == [None, "ACCEPTED", "PARTLY"]


def test_a_change_to_an_offer_is_in_the_audit_as_one(ledger: Ledger) -> None:
    ref = offered(ledger)
    answer, end = an_answer(ref, OFFERED), an_end(ref, TODAY, 2)
    answer_offer(ledger.session(), answer)
    end_offer(ledger.session(), end)
    for entry in (answer, end):
        assert [(each.kind, each.object_type, each.object_ref) for each in ledger.audit_of(entry.request)] == [
            ("ALTERATION", "offers", ref)
        ]


def test_an_answer_sent_twice_is_recorded_once_and_answered_alike(ledger: Ledger) -> None:
    entry = an_answer(offered(ledger), OFFERED)
    first = answer_offer(ledger.session(), entry)
    with ledger.nothing_written():
        assert answer_offer(ledger.session(), entry) == first


@pytest.mark.parametrize("on", [OFFERED, OFFERED + DAY, TODAY])
def test_an_offer_ends_from_its_own_day_until_today_and_others_stay_open(ledger: Ledger, on: date) -> None:
    case = ledger.phoenix()
    ref, other = offered(ledger, case), offered(ledger, case)
    outcome = end_offer(ledger.session(), an_end(ref, on, end_reason="  Moved away. "))
    assert (outcome.changed, outcome.ref) == (CHANGED, ref)
    assert outcome.notice == "The offer has ended. Other offers stay open."
    ended = ledger.get(Offer, ref)
    assert (ended.ended_on, ended.end_reason, ended.response, ended.revision) == (on, "Moved away.", None, 2)
    assert ledger.get(Offer, other).ended_on is None


@pytest.mark.parametrize(
    ("on", "words"), [(OFFERED - DAY, "cannot end before"), (TODAY + DAY, "The end of an offer cannot be recorded")]
)
def test_an_end_before_its_offer_or_to_come_changes_nothing(ledger: Ledger, on: date, words: str) -> None:
    ref = offered(ledger)
    with ledger.nothing_written(), pytest.raises(Refused, match=words):
        end_offer(ledger.session(), an_end(ref, on))


@pytest.mark.parametrize("reason", ["", " \n "])
def test_an_end_without_a_reason_changes_nothing(ledger: Ledger, reason: str) -> None:
    ref = offered(ledger)
    with ledger.nothing_written(), pytest.raises(MissingReason):
        end_offer(ledger.session(), an_end(ref, TODAY, end_reason=reason))


def test_an_end_sent_twice_is_recorded_once_and_answered_alike(ledger: Ledger) -> None:
    entry = an_end(offered(ledger), TODAY)
    first = end_offer(ledger.session(), entry)
    with ledger.nothing_written():
        assert end_offer(ledger.session(), entry) == first


def answer_it(ledger: Ledger, ref: str, user: str, role: Role, revision: int = 1, on: date = TODAY) -> object:
    return answer_offer(ledger.session(user, role), an_answer(ref, on, revision))


def end_it(ledger: Ledger, ref: str, user: str, role: Role, revision: int = 1, on: date = TODAY) -> object:
    return end_offer(ledger.session(user, role), an_end(ref, on, revision))


BOTH = pytest.mark.parametrize("act", [answer_it, end_it])


@BOTH
def test_an_offer_that_somebody_else_changed_the_same_way_is_compared_first(ledger: Ledger, act: Act) -> None:
    ref = offered(ledger)
    stored = ledger.get(Offer, ref)
    ledger.change(stored, response="DECLINED", responded_on=OFFERED, ended_on=OFFERED, end_reason="Never came")
    with ledger.nothing_written(), pytest.raises(EditConflict):
        act(ledger, ref, NAVIGATOR, Role.NAVIGATOR)
    assert act(ledger, ref, NAVIGATOR, Role.NAVIGATOR, 2)


@BOTH
def test_an_offer_that_is_not_there_was_removed_or_is_not_theirs_changes_nothing(ledger: Ledger, act: Act) -> None:
    gone = offered(ledger)
    ledger.remove(ledger.get(Offer, gone))
    iom = make_offer(ledger.officer(), an_offer(ledger.iom())).ref
    for ref, kind in (("OF-NONE", Missing), (gone, RecordRemoved), (iom, Missing)):
        with ledger.nothing_written(), pytest.raises(kind):
            act(ledger, ref, NAVIGATOR, Role.NAVIGATOR)


@BOTH
def test_an_offer_seen_through_a_broken_glass_is_not_changed(ledger: Ledger, act: Act) -> None:
    case = ledger.phoenix()
    ref = offered(ledger, case)
    ledger.break_glass(ledger.session("breaker"), case)
    with ledger.nothing_written(), pytest.raises(BreakGlassReadOnly):
        act(ledger, ref, "breaker", Role.NAVIGATOR)
    with ledger.nothing_written(), pytest.raises(BreakGlassReadOnly):
        make_offer(ledger.session("breaker"), an_offer(case))


@BOTH
@pytest.mark.parametrize("role", list(Role))
def test_offers_are_recorded_by_those_who_work_on_cases(ledger: Ledger, act: Act, role: Role) -> None:
    case = ledger.phoenix()
    ref = offered(ledger, case)
    if role in MAY_RECORD:
        assert act(ledger, ref, "somebody", role)
        assert make_offer(ledger.session("somebody", role), an_offer(case)).ref
        return
    with ledger.nothing_written(), pytest.raises(NotAllowed, match="record contacts, offers"):
        act(ledger, ref, "somebody", role)
    with ledger.nothing_written(), pytest.raises(NotAllowed, match="record contacts, offers"):
        make_offer(ledger.session("somebody", role), an_offer(case))


def settled_after_moving(ledger: Ledger, on: date) -> tuple[str, ConflictResolution]:
    """Make an offer whose day somebody else then moved on, so that an answer of the first reading is to be settled."""
    ref = offered(ledger)
    ledger.change(ledger.get(Offer, ref), offered_on=on)
    return ref, ConflictResolution(base_revision=1, picks={})


def test_of_two_people_one_cannot_date_an_answer_or_an_end_before_the_day_the_other_gave_the_offer(
    ledger: Ledger,
) -> None:
    moved = date(2026, 10, 8)
    ref, settled = settled_after_moving(ledger, moved)
    answer, end = an_answer(ref, moved - DAY, 2), an_end(ref, moved - DAY, 2)
    with ledger.nothing_written(), pytest.raises(DatesOutOfOrder):
        answer_offer(ledger.session(), replace(answer, resolution=settled))
    with ledger.nothing_written(), pytest.raises(DatesOutOfOrder):
        end_offer(ledger.session(), replace(end, resolution=settled))


@BOTH
def test_a_day_before_the_offer_is_refused_before_anybody_compares(ledger: Ledger, act: Act) -> None:
    ref = offered(ledger, offered_on=TODAY)
    ledger.change(ledger.get(Offer, ref), response="DECLINED", ended_on=TODAY, end_reason="Never came")
    with ledger.nothing_written(), pytest.raises(DatesOutOfOrder):
        act(ledger, ref, NAVIGATOR, Role.NAVIGATOR, 1, TODAY - DAY)


def test_what_two_people_changed_in_an_offer_both_stands(ledger: Ledger) -> None:
    moved = date(2026, 10, 8)
    ref, settled = settled_after_moving(ledger, moved)
    told = answer_offer(ledger.session(), replace(an_answer(ref, moved, 2), resolution=settled)).notice
    assert told.startswith("Answer recorded. Kept as holt saved it: ")
    both = kept(ledger, ref)
    assert (both.offered_on, both.response, both.responded_on) == (moved, "ACCEPTED", moved)
