"""The list of Today as it was last read: in order, narrowed, counted, its numbers kept when it is read again."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.duties.case_duties import CaseDuty, Duty, WorklistItem
from ioms_desktop.domain.errors import NotAllowed, NotReadYet
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.services.cases.owed import lines
from ioms_desktop.services.cases.owed.lines import Group, OrderedLines, OwedLines, ShownLines, Work
from ioms_desktop.services.cases.worklist import Worklist
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.today import LineHeader
from ioms_desktop.storage.store import Store
from policy_histories.generate import seeded
from services.written import put
from sessions import TODAY, Clock, fill, session_of

DAY = timedelta(days=1)
PERSON = Person(person_ref="P-1", family_name="Tran", given_names="Minh", date_of_birth=date(1990, 4, 2))
PHOENIX = Case(
    case_ref="C-1",
    person_ref="P-1",
    programme="PHOENIX",
    status="ENGAGED",
    referred_on=date(2026, 8, 1),
    notified_on=TODAY - 10 * DAY,
)
OFFER = Offer(offer_ref="OF-1", case_ref="C-1", offer_type="GYM", offered_on=TODAY - 6 * DAY)
ACTION = Action(action_ref="AC-1", text="Ring", owner="wright", due_on=TODAY)


@pytest.fixture
def boss(store: Store) -> Session:
    put(store, PERSON)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


def test_of_equal_urgency_the_order_is_by_duty_then_day_then_name_then_reference() -> None:
    def line(duty: Duty, on: date | None, name: str = "", ref: str = "") -> WorklistItem:
        return WorklistItem(duty=duty, description="", due_on=on, name=name, ref=ref)

    ordered = [
        *(line(duty, TODAY - DAY) for duty in Duty),
        line(Duty.ACTION, TODAY, "A", "z"),
        line(Duty.ACTION, TODAY, "B", "a"),
        line(Duty.ACTION, TODAY, "B", "b"),
        line(Duty.DECISION, TODAY + 7 * DAY),
        line(Duty.ACTION, TODAY + DAY),
        line(Duty.ACTION, TODAY + 2 * DAY),
        line(Duty.DECISION, TODAY + 8 * DAY),
        line(Duty.DECISION, None),
    ]
    shuffled = ordered[::-1]
    assert sorted(shuffled, key=lambda each: each.urgency(TODAY)) == ordered


def test_the_order_of_duties_is_the_order_of_their_urgency() -> None:
    enforcement, meetings = (Duty.DECISION, Duty.RECALL, Duty.PROPOSAL), (Duty.CONTACT, Duty.OUTCOME, Duty.APPOINTMENT)
    promised = (Duty.ACTION, Duty.REVIEW, Duty.RELEASE)
    later = (Duty.OFFER, Duty.NOTICE, Duty.TRANSITION, Duty.GROUP, Duty.LINK, Duty.RETENTION, Duty.MISSING)
    assert tuple(Duty) == (*enforcement, *meetings, *promised, *later)


def shown(kept: OrderedLines, day: date) -> OwedLines:
    return kept.as_of(ShownLines(day, "", WorkerNames()))


def read(session: Session) -> Worklist:
    book = Worklist(session)
    book.replace_lines(book.read())
    return book


def test_a_list_that_was_never_read_is_refused_and_empty(boss: Session) -> None:
    put(boss.store, ACTION)
    book = Worklist(boss)
    assert (book.was_read, book.rows([1]), book.counts()) == (False, [], (0, 0, 0))
    with pytest.raises(NotReadYet):
        book.ids("", frozenset(), mine=False)
    found = book.read()
    assert (book.was_read, [line.id for line in found]) == (False, [1])  # reading does not show it
    book.replace_lines(found)
    assert (book.was_read, list(book.ids("", frozenset(), mine=False))) == (True, [1])


def test_who_may_no_longer_read_cases_narrows_no_list(boss: Session) -> None:
    book = Worklist(session_of(boss.store, "somebody", Role.ANALYST, Clock()))
    book.replace_lines(shown(OrderedLines(), TODAY))
    with pytest.raises(NotAllowed):
        book.ids("", frozenset(), mine=False)


def test_a_list_is_narrowed_by_words_duties_and_what_is_ones_own(boss: Session) -> None:
    fill(boss.store)
    action = replace(ACTION, case_ref="PHX-1", text="Ring the collège")
    put(boss.store, action, replace(action, action_ref="AC-2", text="Write", owner="okoro", due_on=TODAY + DAY))
    book = read(boss)

    def refs(text: str = "", *duties: Duty, mine: bool = False, descending: bool = False) -> list[str]:
        ids = book.ids(text, frozenset(duties), mine=mine, descending=descending)
        return [line.ref or line.duty for line in book.rows(ids)]

    everything = ["CONTACT", "NOTICE", "AC-1", "REVIEW", "AC-2", "open", "worker"]
    assert refs() == everything
    assert refs(descending=True) == everything[::-1]
    assert refs("", Duty.ACTION) == ["AC-1", "AC-2"]
    assert refs("", Duty.ACTION, Duty.NOTICE) == ["NOTICE", "AC-1", "AC-2"]
    assert refs(mine=True) == ["AC-1"]
    assert refs("", Duty.NOTICE, mine=True) == []
    assert refs("colleg marl") == ["AC-1"]  # by accent, case and order no matter
    assert refs("college harker") == []  # every word is wanted
    assert refs("llege") == []  # the beginning of a word
    assert refs("phx-1") == ["AC-1", "AC-2", "open"]
    assert refs("adeyemi") == ["CONTACT", "NOTICE", "REVIEW"]
    assert refs("marlow") == ["AC-1", "AC-2", "open"]


def test_rows_keep_the_order_asked_for_and_leave_out_what_is_no_longer_owed(boss: Session) -> None:
    for ref in ("a", "b"):
        put(boss.store, replace(ACTION, action_ref=ref))
    book = read(boss)
    assert [line.ref for line in book.rows([2, 9, 1])] == ["b", "a"]


def test_a_line_keeps_its_number_when_another_comes_before_it(boss: Session) -> None:
    late, soon = replace(ACTION, action_ref="a", due_on=TODAY - DAY), replace(ACTION, action_ref="b")
    put(boss.store, soon)
    book = read(boss)
    put(boss.store, late)
    book.replace_lines(book.read())
    assert list(book.ids("", frozenset(), mine=False)) == [2, 1]
    assert [(line.id, line.ref) for line in book.rows([2, 1])] == [(2, "a"), (1, "b")]


def test_the_counts_are_of_the_late_of_today_and_of_the_week_after(boss: Session) -> None:
    for number, ahead in enumerate((-9, -1, -1, 0, 0, 1, 7)):
        put(boss.store, replace(ACTION, action_ref=f"A{number}", due_on=TODAY + ahead * DAY))
    put(boss.store, PHOENIX, OFFER)
    assert read(boss).counts() == (3, 2, 2)


def test_what_was_noted_is_read_also_after_a_reading_that_was_stopped(boss: Session) -> None:
    put(boss.store, PHOENIX, replace(PHOENIX, case_ref="C-2"))
    book = read(boss)

    def shown(changed: Collection[str] | None = (), keys: Collection[str] = ()) -> set[str]:
        if changed is None or changed:
            book.note_changed(changed)
        if keys:
            book.note_keys(keys, str.lower)
        return {line.ref for line in book.read_changed() if line.duty in {Duty.ACTION, Duty.OFFER}}

    put(boss.store, *(replace(ACTION, action_ref=f"A{ref}", case_ref=ref) for ref in ("C-1", "C-2", None)))
    assert shown() == set(), "nobody told of anything"
    assert shown({"C-2"}) == {"AC-2"}
    assert shown(keys={"c-1"}) == {"AC-1", "AC-2"}, "a colleague's notice names a case by its digest"
    assert shown(keys={"c-9"}) == {"AC-1", "AC-2", "ANone"}, "of a case that is not known: everything is read"
    put(boss.store, OFFER)

    def stop(*_: object) -> None:
        raise InterruptedError

    book.note_changed({"C-1"})
    with pytest.raises(InterruptedError):
        book.read_changed(stop)
    assert "OF-1" in shown()
    put(boss.store, replace(ACTION, action_ref="AC-9"))
    assert "AC-9" in shown(None)


@pytest.mark.parametrize(("block", "apart"), [(1, 12), (2, 3), (500, 12)])
def test_lines_that_come_and_go_stand_where_all_put_in_order_anew_would(
    block: int, apart: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LINES_PER_BLOCK", block)
    monkeypatch.setattr(lines, "MOST_APART", apart)
    rng, kept, some, day = seeded("order"), OrderedLines(), (Duty.RECALL, Duty.ACTION, Duty.MISSING), TODAY
    stand: dict[Group, tuple[list[Work], LineHeader]] = {}
    for _ in range(90):
        ref = f"C-{rng.randrange(9)}"
        work: list[Work] = [
            # Some have one reference, and so one urgency, as two prints of a letter that bear one number.
            CaseDuty(rng.choice(some), "Owed.", None, day + rng.choice((-2, 0, 5, 9)) * DAY, rng.choice("xy"))
            for _ in range(rng.randrange(6))
        ]
        stand[ref] = work, LineHeader(ref, "P-1", "IOM", None, None, None, None, "", "", rng.choice("ab"))
        before, day = shown(kept, day), day + rng.choice((0, 0, 1, 3)) * DAY
        stood = list(before), list(before.ids("", frozenset(), mine=False, given=False))
        kept.replace([(ref, *stand[ref])], before.day, day)
        after, anew = shown(kept, day), OrderedLines()
        anew.replace([(group, *each) for group, each in stand.items()], day, day)
        assert [replace(line, id=0) for line in after] == [replace(line, id=0) for line in shown(anew, day)]
        ids = after.ids("", frozenset(), mine=False, given=False)
        assert (after.rows(ids), len(after)) == (list(after), len(ids))
        dated = [line.due_on - day for line in after if line.due_on is not None]
        within = [sum(low <= due.days <= high for due in dated) for low, high in ((-999, -1), (0, 0), (1, 7))]
        assert after.counts() == tuple(within)
        assert (list(before), before.rows(stood[1])) == (stood[0], stood[0]), "what is shown meanwhile stays"


def test_after_a_fault_everything_is_worked_out_anew(boss: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    put(boss.store, PHOENIX, replace(ACTION, case_ref="C-1"))
    book = read(boss)
    shown = set(book.ids("", frozenset(), mine=False))
    put(boss.store, replace(ACTION, case_ref="C-1", action_ref="AC-2"), OFFER)

    def fail(*_: object) -> None:
        raise IndexError

    with monkeypatch.context() as patched:
        patched.setattr(lines.OrderedLines, "replace", fail)
        book.note_changed({"C-1"})
        with pytest.raises(IndexError):
            book.read_changed()
    anew = Worklist(boss).read()
    found = book.read_changed()
    assert [replace(line, id=0) for line in found] == [replace(line, id=0) for line in anew]
    assert {line.ref for line in found} >= {"AC-1", "AC-2", "OF-1"}
    assert not shown & {line.id for line in found}, "a number that is still shown is not another line's"
