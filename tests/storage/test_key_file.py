"""The key file: who may open a local database, and what is refused when somebody has been at it."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ioms_desktop.domain.errors import Refused
from ioms_desktop.file_access import others_may_use
from ioms_desktop.storage import envelope
from ioms_desktop.storage.database.migrate import create_empty_database
from ioms_desktop.storage.database.unlocking import open_with_password
from ioms_desktop.storage.envelope import WrongKey
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.sqlite.key_file import PERSON, RECOVERY, KeyFile
from keys import TEST_KEY

DATABASE = "3b2f0f3e-7f4b-4f7c-9a53-6b3a3f1d1f10"
ANN, BOB = ("ann", "four plain words here"), ("bob", "six other words than hers")
Document = dict[str, Any]


@pytest.fixture(scope="module")
def whole() -> KeyFile:
    file = KeyFile(DATABASE, is_demo=False)
    for name, password in (ANN, BOB):
        file = key_file.with_slot(file, PERSON, name, password, {1: TEST_KEY})
    return key_file.with_slot(file, RECOVERY, "", "a code", {1: TEST_KEY})


@pytest.fixture
def location(local_location: str, whole: KeyFile) -> str:
    """A database whose key file knows ann and bob."""
    key_file.save(local_location, whole)
    return local_location


def mend(location: str, change: Callable[[Document], object]) -> None:
    """Change what a key file says, as somebody with an editor would."""
    path = key_file.key_file_path(location)
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def refusal(location: str, name: str = "ann", password: str = ANN[1]) -> str:
    with pytest.raises(Refused) as caught:
        open_with_password(location, name, password)
    return caught.value.sentence


@pytest.mark.parametrize(("name", "password"), [ANN, BOB])
def test_each_opens_with_their_own_password(location: str, name: str, password: str) -> None:
    opened = open_with_password(location, name, password)
    assert opened.store.key == TEST_KEY
    opened.store.close()


def test_the_recovery_code_opens_it_and_is_nobodys_password(location: str) -> None:
    open_with_password(location, "", "a code", kind=RECOVERY).store.close()
    with pytest.raises(WrongKey):
        open_with_password(location, "", "a code")


@pytest.mark.parametrize(
    ("name", "password"), [("ann", BOB[1]), ("bob", ANN[1]), ("ann", ""), ("nobody", ANN[1]), ("", "")]
)
def test_a_wrong_password_and_an_unknown_user_are_one_answer(location: str, name: str, password: str) -> None:
    with pytest.raises(WrongKey):
        open_with_password(location, name, password)


def test_an_unknown_user_costs_the_same_work(location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[object, ...]] = []
    true = envelope.derive_key

    def counted(password: str, salt: bytes, params: envelope.Argon2Params = envelope.MIN_ARGON2_PARAMS) -> bytes:
        done.append((len(salt), params))
        return true(password, salt, params)

    monkeypatch.setattr(envelope, "derive_key", counted)
    for name in ("ann", "nobody"):
        with pytest.raises(WrongKey):
            open_with_password(location, name, "wrong")
    assert len(done) == 2
    assert done[0] == done[1]


def test_a_key_that_was_derived_early_is_used_while_its_envelope_is_the_same(location: str) -> None:
    whole, early = key_file.load(location), key_file.derive_early(location, *ANN)
    assert early is not None
    assert key_file.unlock(whole, PERSON, "ann", "never looked at", early).data_keys == {1: TEST_KEY}
    for another in (replace(early, salt=bytes(16)), replace(early, params=replace(early.params, passes=4))):
        assert key_file.unlock(whole, PERSON, *ANN, another).data_keys == {1: TEST_KEY}
        with pytest.raises(WrongKey):
            key_file.unlock(whole, PERSON, "ann", "never looked at", another)


def test_an_early_key_comes_of_a_wrong_password_too_and_of_no_unknown_user_and_is_not_shown(location: str) -> None:
    early = key_file.derive_early(location, "ann", "wrong")
    assert early is not None
    assert early.key.hex() not in repr(early)
    assert repr(early.key) not in repr(early)
    with pytest.raises(WrongKey):
        open_with_password(location, "ann", "wrong", derived=early)
    assert key_file.derive_early(location, "nobody", "wrong") is None
    key_file.key_file_path(location).unlink()
    assert key_file.derive_early(location, *ANN) is None


def test_a_missing_key_file_is_named(location: str) -> None:
    key_file.key_file_path(location).unlink()
    assert "is not there; without it nobody can open this database" in refusal(location)


@pytest.mark.parametrize("length", [0, 1, 100, 1000, 2000])
def test_a_truncated_key_file_is_refused(location: str, length: int) -> None:
    path = key_file.key_file_path(location)
    path.write_bytes(path.read_bytes()[:length])
    assert "key file cannot be read" in refusal(location)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"[]", b"null", b"[" * 100_000, b"{}", b" " * 5_000_000])
def test_a_key_file_of_another_kind_is_refused(location: str, raw: bytes) -> None:
    key_file.key_file_path(location).write_bytes(raw)
    assert "key file cannot be read" in refusal(location)


def test_a_newer_key_file_is_refused(location: str) -> None:
    mend(location, lambda document: document.update(version=2))
    assert "another version" in refusal(location)


def test_swapped_slots_open_for_neither(location: str) -> None:
    def swap(document: Document) -> None:
        first, second = document["slots"][:2]
        first["name"], second["name"] = second["name"], first["name"]

    mend(location, swap)
    for name, password in (ANN, BOB, ("ann", BOB[1]), ("bob", ANN[1])):
        with pytest.raises(WrongKey):
            open_with_password(location, name, password)


def test_another_ones_private_key_does_not_open_ones_slot(location: str) -> None:
    def swap(document: Document) -> None:
        first, second = document["slots"][:2]
        first["private"] = second["private"]

    mend(location, swap)
    for password in (ANN[1], BOB[1]):
        with pytest.raises(WrongKey):
            open_with_password(location, "ann", password)


def test_two_slots_of_one_name_are_refused(location: str) -> None:
    mend(location, lambda document: document["slots"].append(document["slots"][0]))
    assert "cannot be read" in refusal(location)


@pytest.mark.parametrize(
    ("figures", "words"), [({"memory": 1024}, "protects its key less"), ({"memory": 2**22}, "more memory or work")]
)
def test_figures_somebody_changed_are_refused_to_all_alike(location: str, figures: Document, words: str) -> None:
    mend(location, lambda document: document["slots"][0]["private"]["kdf"].update(figures))
    for name in ("ann", "bob", "nobody"):
        assert words in refusal(location, name)


def test_the_key_file_of_another_database_does_not_open_this_one(location: str, tmp_path: Path) -> None:
    other = str(tmp_path / "other.ioms")
    create_empty_database(other, bytes(32))
    key_file.key_file_path(location).replace(key_file.key_file_path(other))
    assert "belongs to another one" in refusal(other)


def test_a_real_database_cannot_be_made_to_pass_for_fiction(location: str) -> None:
    mend(location, lambda document: document.update(fiction=True))
    with pytest.raises(WrongKey):
        open_with_password(location, *ANN)


def test_a_plain_file_in_the_place_of_the_encrypted_one_is_refused(location: str) -> None:
    path = Path(location)
    path.unlink()
    create_empty_database(location)
    assert "somebody may have put another file in its place" in refusal(location)


def test_a_plain_file_from_before_encryption_asks_for_migrate(tmp_path: Path) -> None:
    create_empty_database(str(tmp_path / "old.ioms"))
    assert "run migrate" in refusal(str(tmp_path / "old.ioms"))


def test_what_is_not_there_is_said_before_the_key_file_is_missed(tmp_path: Path) -> None:
    assert "There is no database at" in refusal(str(tmp_path / "none.ioms"))
    assert "is a folder" in refusal(str(tmp_path))


@pytest.mark.skipif(os.name != "posix", reason="the system has no such rights")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602, 0o610, 0o666])
@pytest.mark.parametrize("which", ["", ".keys"])
def test_a_file_that_others_may_use_is_refused_with_what_to_do(location: str, mode: int, which: str) -> None:
    path = Path(f"{location}{which}")
    path.chmod(mode)
    assert f"chmod 600 '{path}'" in refusal(location)
    path.chmod(0o600)
    open_with_password(location, *ANN).store.close()


def test_every_file_a_database_has_is_its_owners_alone(location: str) -> None:
    opened = open_with_password(location, *ANN)
    open_to_others = {path.name: others_may_use(path) for path in Path(location).parent.glob("cases.ioms*")}
    opened.store.close()
    assert set(open_to_others.values()) == {False}
    assert {"cases.ioms", "cases.ioms.keys", "cases.ioms-wal"} <= open_to_others.keys()


def test_a_changed_password_leaves_the_keys_and_the_others_alone(whole: KeyFile) -> None:
    unlocked = key_file.unlock(whole, PERSON, *ANN)
    changed = key_file.with_password(whole, unlocked, "seven new words for her alone")
    assert key_file.unlock(changed, PERSON, "ann", "seven new words for her alone").data_keys == {1: TEST_KEY}
    assert changed.slots[1:] == whole.slots[1:]
    with pytest.raises(WrongKey):
        key_file.unlock(changed, PERSON, *ANN)


def test_a_key_file_that_cannot_be_written_leaves_the_former_one(
    location: str, whole: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key_file.key_file_path(location).read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="cannot be written: No space left"):
        key_file.save(location, key_file.without_slot(whole, PERSON, "bob"))
    assert key_file.key_file_path(location).read_bytes() == before
    assert not list(Path(location).parent.glob(".*.part"))


def test_neither_key_nor_password_stands_in_the_key_file(location: str) -> None:
    said = key_file.key_file_path(location).read_text(encoding="utf-8")
    for secret in (TEST_KEY.hex(), envelope.to_base64(TEST_KEY), ANN[1], "a code"):
        assert secret not in said
