from dataclasses import replace
from datetime import timedelta

import pytest

from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.drafts import PRINTED_PAPERS_FORM, Draft
from ioms_desktop.domain.errors import FileUnwritable
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.services import drafts
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.commands import find_outcome
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.password_change import change_password
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.services.user_paths import data_folder
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.store import Store
from keys import with_users
from sessions import NOW, Clock, fill, request, session_of
from shared_people import Office

KEY = bytes(32)
PASSWORD, NEW = "four plain words here", "seven pale herons wade at dusk"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(store: Store, clock: Clock) -> Session:
    fill(store)
    return replace(session_of(store, "okoro", Role.NAVIGATOR, clock), draft_key=KEY)


def draft(number: str = "d1", case_ref: str = "PHX-1") -> Draft:
    fields = {"done": "Seen at home"}
    return Draft(id=number, form="rag", request=request(), saved_at=NOW, case_ref=case_ref, fields=fields)


def contact(number: str) -> RecordContact:
    entry = ContactEntry(case_ref="PHX-1", outcome="SEEN", note="Seen at home")
    return RecordContact(
        request=number, entries=(entry,), occurred_at=DayTime(NOW.date()), planned=True, contact_type="OTHER"
    )


def offered(session: Session) -> list[str]:
    return [each.draft.id for each in drafts.list_drafts(session).entries]


def test_an_entry_is_offered_with_the_name_of_the_case(session: Session, clock: Clock) -> None:
    kept = drafts.save_draft(session, draft())
    clock.now += timedelta(hours=1)
    later = drafts.save_draft(session, draft("d2", ""))
    assert drafts.list_drafts(session).entries == (
        drafts.UnsavedEntry(draft=later),
        drafts.UnsavedEntry(draft=kept, name="Jayden Marlow"),
    )
    drafts.delete_draft(session, "d1")
    assert offered(session) == ["d2"]


def test_without_a_key_nothing_is_kept(session: Session) -> None:
    without = replace(session, draft_key=None)
    assert not drafts.can_keep_drafts(without)
    drafts.save_draft(without, draft())
    assert drafts.list_drafts(without) == drafts.UnsavedEntries()
    assert not list(data_folder().rglob("*"))
    # With a key the same call leaves a file.
    drafts.save_draft(session, draft())
    assert offered(session) == ["d1"]


def test_an_entry_that_was_saved_after_all_is_not_offered_again(session: Session) -> None:
    """The program ended between the commit and its answer."""
    kept = drafts.save_draft(session, draft())
    record_contact(session, contact(kept.request))
    waiting = drafts.list_drafts(session)
    assert waiting.entries == ()
    assert waiting.notes == ("One entry had been saved after all, and so was removed here.",)
    assert drafts.list_drafts(session) == drafts.UnsavedEntries()


def test_what_stands_in_an_open_form_is_neither_offered_nor_removed(session: Session) -> None:
    kept = drafts.save_draft(session, draft())
    record_contact(session, contact(kept.request))
    assert drafts.list_drafts(session, excluding={"d1"}) == drafts.UnsavedEntries()
    drafts.save_draft(session, draft("d2"))
    assert [each.draft.id for each in drafts.list_drafts(session, excluding={"d1"}).entries] == ["d2"]
    assert drafts.find_draft_of_form(session, "rag", "PHX-1", "", excluding={"d2"}) is None


def test_after_a_fortnight_an_entry_goes_and_that_is_said(session: Session, clock: Clock) -> None:
    drafts.save_draft(session, draft())
    clock.now += timedelta(days=14)
    assert offered(session) == ["d1"]
    clock.now += timedelta(seconds=1)
    assert drafts.find_note(session, PRINTED_PAPERS_FORM) is None, "looking for a note says and removes nothing"
    assert drafts.list_drafts(session).notes == ("One unsaved entry older than 14 days removed.",)
    assert drafts.list_drafts(session) == drafts.UnsavedEntries()


def test_of_an_entry_on_a_case_that_was_closed_the_own_words_are_kept_and_the_case_is_not(session: Session) -> None:
    drafts.save_draft(session, draft())
    mine = replace(draft("d2", "IOM-1"), words="What was done: my own words")  # a navigator sees none of that programme
    drafts.save_draft(session, replace(mine, fields={"done": "my own words", "shown": "Harker, his address"}))
    waiting = drafts.list_drafts(session)
    other, own = waiting.entries
    assert (own.draft.id, own.name, own.can_reopen) == ("d1", "Jayden Marlow", True)
    assert (other.draft.words, other.name, other.is_closed) == (mine.words, "", True)
    assert not other.can_reopen
    assert other.draft.fields == {}
    assert waiting.notes == (
        "One unsaved entry on a case that is closed to you: your words are kept, the case is not.",
    )
    (again,) = (each for each in drafts.list_drafts(session).entries if each.draft.id == "d2")
    assert again == other, "what its form showed of the case is gone from the disk too"
    # The control: the same entry, were the case still open, has everything its form showed.
    supervisor = replace(session, role=Role.SUPERVISOR)
    drafts.save_draft(supervisor, replace(mine, id="d4", fields={"shown": "Harker"}))
    assert [each.draft.fields for each in drafts.list_drafts(supervisor).entries if each.draft.id == "d4"] == [
        {"shown": "Harker"}
    ]
    assert drafts.find_draft_of_form(supervisor, "rag", "IOM-1", "", excluding={"d4"}) is None, "never restored empty"


def test_what_was_written_of_a_person_or_a_case_goes_with_them_and_the_rest_stays(session: Session) -> None:
    for entry in (draft("d1", "PHX-1"), replace(draft("d2", "IOM-1"), about="P-JM"), draft("d3", "IOM-1")):
        drafts.save_draft(session, entry)
    drafts.forget_people(session, {"PHX-1", "P-JM"})
    assert offered(session) == ["d3"]


def test_an_entry_on_a_case_that_is_gone_is_removed(session: Session) -> None:
    drafts.save_draft(session, draft("d3", "PHX-GONE"))
    waiting = drafts.list_drafts(session)
    assert waiting.entries == ()
    assert waiting.notes == ("One unsaved entry removed: the case is no longer there.",)


def test_an_entry_on_a_case_one_was_taken_off_is_kept_in_words(session: Session) -> None:
    drafts.save_draft(session, replace(draft(), words="What was done: Seen at home"))
    supervisor = replace(session, user="wright", role=Role.SUPERVISOR)
    with supervisor.store.begin(supervisor.command_context(), "test") as tx:
        access_lists.set_access_entry(tx, "PHX-1", session.user, AccessList.EXCLUDED, listed=True)
    (entry,) = drafts.list_drafts(session).entries
    assert (entry.is_closed, entry.name, entry.draft.words) == (True, "", "What was done: Seen at home")


def test_a_damaged_file_is_left_alone_and_told_once_in_a_sentence(session: Session) -> None:
    drafts.save_draft(session, draft())
    (path,) = data_folder().rglob("*.draft")
    path.write_bytes(path.read_bytes()[:-1])
    assert drafts.list_drafts(session).notes == ("One unsaved entry cannot be opened here, so left unchanged.",)
    assert path.exists()


def test_the_same_form_on_the_same_case_finds_its_entry(session: Session) -> None:
    kept = drafts.save_draft(session, draft())
    assert drafts.find_draft_of_form(session, "rag", "PHX-1", "") == kept
    assert drafts.find_draft_of_form(session, "rag", "PHX-C", "") is None
    assert drafts.find_draft_of_form(session, "concern", "PHX-1", "") is None


def test_what_was_open_is_given_back_once_and_not_days_later(session: Session, clock: Clock) -> None:
    drafts.save_tabs(session, ("PHX-1",), "PHX-1", "today")
    left = drafts.restore_tabs(session)
    assert left is not None
    assert (left.cases, left.shown, left.screen) == (("PHX-1",), "PHX-1", "today")
    assert drafts.restore_tabs(session) is None
    drafts.save_tabs(session, ("PHX-1",), "PHX-1", "today")
    clock.now += timedelta(days=1)
    assert drafts.restore_tabs(session) is None


def test_whether_a_command_was_done_can_be_asked(session: Session) -> None:
    number = request()
    assert find_outcome(session, number) is None
    outcome = record_contact(session, contact(number))
    assert find_outcome(session, number) == outcome
    assert find_outcome(session, request()) is None
    assert find_outcome(session, "") is None
    with session.store.read() as reading:
        notes = [each.note for each in reading.list_records(Contact, case_ref="PHX-1") if each.note]
    assert notes == ["Seen at home"]


def test_asking_leaves_no_trace_that_would_stop_the_command(session: Session) -> None:
    number = request()
    assert find_outcome(session, number) is None
    assert record_contact(session, contact(number)).notice == "Contact recorded."


def test_whoever_signs_in_has_a_key_that_outlasts_a_change_of_password(location: str) -> None:
    with_users(location, {"okoro": Role.NAVIGATOR, "patel": Role.NAVIGATOR}, PASSWORD)
    first = sign_in(location, "okoro", PASSWORD)
    drafts.save_draft(first, draft(case_ref=""))
    change_password(first, PASSWORD, NEW)
    first.store.close()
    again = sign_in(location, "okoro", NEW)
    assert again.draft_key == first.draft_key is not None
    assert offered(again) == ["d1"]
    again.store.close()
    other = sign_in(location, "patel", PASSWORD)
    assert other.draft_key not in (None, first.draft_key)
    assert offered(other) == []
    other.store.close()


def test_where_nothing_can_be_written_one_works_without_drafts(location: str) -> None:
    data_folder().parent.mkdir()
    data_folder().write_text("a file in place of the folder", encoding="utf-8")
    with_users(location, {"okoro": Role.NAVIGATOR}, PASSWORD)
    session = sign_in(location, "okoro", PASSWORD)
    with pytest.raises(FileUnwritable):
        drafts.save_draft(session, draft(case_ref=""))
    session.store.close()


def test_where_a_server_gives_no_key_for_drafts_one_works_without_them(office: Office) -> None:
    with office.owner() as owner:
        owner.execute("REVOKE EXECUTE ON FUNCTION draft_secret() FROM PUBLIC, ioms_people")
    session = office.session("officer")
    assert session.draft_key is None
    assert open_case(session, "PHX-1").case.case_ref == "PHX-1"
