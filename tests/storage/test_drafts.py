import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ioms_desktop.domain.drafts import Draft, WindowState
from ioms_desktop.domain.errors import Refused
from ioms_desktop.file_access import others_may_use
from ioms_desktop.storage import drafts
from ioms_desktop.storage.drafts import DraftStore, draft_store

WEEK = timedelta(days=7)
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MARKER = "Seen with his sister at the Harbour Cafe"
KEY = bytes(range(32))
PASSWORD = "four plain words here"


@pytest.fixture
def place(tmp_path: Path) -> DraftStore:
    return draft_store(tmp_path, "0c1d", "wright", KEY)


def draft(number: str = "a1", words: str = MARKER) -> Draft:
    fields = {"done": words, "when": "23 Nov 2026"}
    return Draft(id=number, form="record_contact", request="r-1", saved_at=AT, case_ref="PHX-1", fields=fields)


def test_an_entry_comes_back_whole_and_is_not_on_the_disk_in_words(place: DraftStore) -> None:
    drafts.save_draft(place, draft())
    assert drafts.load_drafts(place) == drafts.LoadedDrafts((draft(),), 0)
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["a1.draft"]
    assert MARKER.encode() not in files[0].read_bytes()
    # The same search finds words that do lie there: it is not blind.
    (place.folder / "plain.txt").write_text(MARKER, encoding="utf-8")
    assert MARKER.encode() in (place.folder / "plain.txt").read_bytes()


def test_files_and_folders_are_their_owners_alone(place: DraftStore) -> None:
    drafts.save_draft(place, draft())
    for path in (place.folder / "a1.draft", place.folder, place.folder.parent, place.folder.parent.parent):
        assert not others_may_use(path)


def test_a_later_state_replaces_the_former_and_leaves_nothing_beside_it(place: DraftStore) -> None:
    drafts.save_draft(place, draft(words="Seen"))
    drafts.save_draft(place, draft(words="Seen at home"))
    assert [each.fields["done"] for each in drafts.load_drafts(place).drafts] == ["Seen at home"]
    assert len(list(place.folder.iterdir())) == 1
    drafts.delete_draft(place, "a1")
    drafts.delete_draft(place, "a1")
    assert drafts.load_drafts(place).drafts == ()


@pytest.mark.parametrize(
    "other",
    [
        DraftStore(Path(), "0c1d", "wright", bytes(32)),
        DraftStore(Path(), "0c1d", "patel", KEY),
        DraftStore(Path(), "ffff", "wright", KEY),
    ],
    ids=["key", "user", "database"],
)
def test_another_key_user_or_database_opens_nothing(place: DraftStore, other: DraftStore) -> None:
    drafts.save_draft(place, draft())
    assert drafts.load_drafts(replace(other, folder=place.folder)) == drafts.LoadedDrafts((), 1)
    assert drafts.load_drafts(place).unreadable_count == 0


def test_a_file_under_another_name_opens_nowhere(place: DraftStore) -> None:
    drafts.save_draft(place, draft())
    (place.folder / "a1.draft").rename(place.folder / "a2.draft")
    assert drafts.load_drafts(place) == drafts.LoadedDrafts((), 1)


def test_every_damage_is_seen_and_hides_nothing_else(place: DraftStore) -> None:
    drafts.save_draft(place, draft("whole"))
    drafts.save_draft(place, draft("hurt"))
    path = place.folder / "hurt.draft"
    whole = path.read_bytes()
    damaged = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    damaged += [whole[:length] for length in range(len(whole))] + [whole + b"\0"]
    for content in damaged:
        path.write_bytes(content)
        found = drafts.load_drafts(place)
        assert [each.id for each in found.drafts] == ["whole"]
        assert found.unreadable_count == 1
    path.write_bytes(whole)
    assert drafts.load_drafts(place).unreadable_count == 0


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(Refused, match="cannot be kept on this computer"):
        drafts.save_draft(draft_store(tmp_path, "0c1d", "wright", KEY), draft())


@pytest.mark.parametrize("user", ["..", ".", "a/b", "Insp. WRIGHT", "", "C:\\x"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, user: str) -> None:
    made = draft_store(tmp_path, "0c1d", user or "x", KEY)
    assert made.folder.resolve().parents[1] == (tmp_path / "drafts").resolve()
    drafts.save_draft(made, draft())
    assert drafts.load_drafts(made).drafts == (draft(),)


def test_what_was_open_is_given_once(place: DraftStore) -> None:
    left = WindowState(saved_at=AT, cases=("PHX-1", "IOM-2"), shown="IOM-2", screen="caseload")
    drafts.save_window_state(place, left)
    assert drafts.load_drafts(place).drafts == ()
    assert drafts.pop_window_state(place) == left
    assert drafts.pop_window_state(place) is None


def test_what_opens_nowhere_goes_after_its_time_and_what_is_fresh_stays(place: DraftStore) -> None:
    drafts.save_draft(place, draft())
    foreign, half = place.folder / "b2.draft", place.folder / ".a1.draft.0a1b2c3d"
    for path in (foreign, half):
        path.write_bytes(b"cut off in the middle")
        os.utime(path, (AT.timestamp(), AT.timestamp()))
    drafts.delete_expired_drafts(place, AT + WEEK, WEEK)
    assert foreign.exists()
    drafts.delete_expired_drafts(place, AT + WEEK + timedelta(seconds=1), WEEK)
    assert sorted(path.name for path in place.folder.iterdir()) == ["a1.draft"]


def test_a_key_is_never_shown(place: DraftStore) -> None:
    assert repr(KEY) not in repr(place)
    assert MARKER not in repr(draft())
