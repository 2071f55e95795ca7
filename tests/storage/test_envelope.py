"""Envelopes open for whom they are meant, and for nobody else."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage import envelope
from ioms_desktop.storage.envelope import (
    MAX_MEMORY_KIB,
    MIN_ARGON2_PARAMS,
    WrongKey,
    encode_associated_data,
    seal,
    unseal,
    unwrap,
    wrap,
)

SECRET, ABOUT = bytes(range(32)), b"for ann, in this file"
NEW_SALT = envelope.new_salt
"""As outside the tests, which share one; taken before that begins."""


@pytest.fixture(scope="module")
def slot() -> dict[str, Any]:
    return wrap(SECRET, "four plain words here", ABOUT)


def turned(slot: dict[str, Any], name: str) -> dict[str, Any]:
    raw = bytearray(envelope.read_base64(slot, name))
    raw[0] ^= 1
    return slot | {name: envelope.to_base64(bytes(raw))}


def test_the_password_opens_it_after_a_journey_through_a_file(slot: dict[str, Any]) -> None:
    assert unwrap(json.loads(json.dumps(slot)), "four plain words here", ABOUT) == SECRET


def test_one_password_typed_on_two_keyboards_is_one() -> None:
    slot = wrap(SECRET, "caf\u00e9 au lait", ABOUT)
    assert unwrap(slot, "cafe\u0301 au lait", ABOUT) == SECRET


def test_equal_passwords_have_salts_of_their_own_and_so_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "new_salt", NEW_SALT)
    one, other = (wrap(SECRET, "four plain words here", ABOUT) for _ in range(2))
    assert one["salt"] != other["salt"]
    with pytest.raises(WrongKey):
        unwrap(one | {"salt": other["salt"]}, "four plain words here", ABOUT)


@pytest.mark.parametrize("password", ["", "Four plain words here", "four plain words here "])
def test_another_password_does_not(slot: dict[str, Any], password: str) -> None:
    with pytest.raises(WrongKey):
        unwrap(slot, password, ABOUT)


def test_an_envelope_taken_out_of_its_place_does_not_open(slot: dict[str, Any]) -> None:
    with pytest.raises(WrongKey):
        unwrap(slot, "four plain words here", b"for bob, in this file")


@pytest.mark.parametrize("name", ["salt", "nonce", "box"])
def test_an_envelope_that_was_changed_does_not_open(slot: dict[str, Any], name: str) -> None:
    with pytest.raises(WrongKey):
        unwrap(turned(slot, name), "four plain words here", ABOUT)


def test_figures_that_were_raised_within_bounds_do_not_open_either(slot: dict[str, Any]) -> None:
    with pytest.raises(WrongKey):
        unwrap(slot | {"kdf": slot["kdf"] | {"passes": 4}}, "four plain words here", ABOUT)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"memory": MIN_ARGON2_PARAMS.memory - 1}, "protects its key less"),
        ({"passes": 2}, "protects its key less"),
        ({"lanes": 3}, "protects its key less"),
        ({"memory": 0, "passes": -1}, "protects its key less"),
        ({"memory": MAX_MEMORY_KIB + 1}, "more memory or work"),
        ({"memory": 10**30}, "more memory or work"),
        ({"passes": 10**6}, "more memory or work"),
        ({"lanes": 2**24}, "more memory or work"),
        ({"memory": "65536"}, "cannot be read"),
        ({"memory": True}, "cannot be read"),
        ({"passes": 3.0}, "cannot be read"),
        ({"name": "none"}, "cannot be read"),
    ],
)
def test_figures_nobody_writes_are_refused_before_any_work(
    slot: dict[str, Any], figures: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("argon2.low_level.hash_secret_raw", lambda *_, **__: pytest.fail("it was computed"))
    with pytest.raises(Refused, match=words):
        unwrap(slot | {"kdf": slot["kdf"] | figures}, "four plain words here", ABOUT)


@pytest.mark.parametrize("name", ["salt", "nonce", "box", "kdf"])
@pytest.mark.parametrize("instead", [None, 7, "", "AA", "not base64!", {}])
def test_what_cannot_be_read_is_refused_or_does_not_open(slot: dict[str, Any], name: str, instead: object) -> None:
    with pytest.raises((Refused, WrongKey)):
        unwrap(slot | {name: instead}, "four plain words here", ABOUT)


def test_nothing_below_the_floor_is_written() -> None:
    with pytest.raises(Refused, match="less than"):
        wrap(SECRET, "four plain words here", ABOUT, replace(MIN_ARGON2_PARAMS, passes=1))


def test_what_is_under_a_public_key_opens_with_its_other_half_alone() -> None:
    (mine, public), (other, _) = envelope.generate_key_pair(), envelope.generate_key_pair()
    sealed = seal(SECRET, public, ABOUT)
    assert unseal(sealed, mine, ABOUT) == SECRET
    for private, about in ((other, ABOUT), (mine, b"another purpose")):
        with pytest.raises(WrongKey):
            unseal(sealed, private, about)
    for name in ("once", "nonce", "box"):
        with pytest.raises(WrongKey):
            unseal(turned(sealed, name), mine, ABOUT)
    with pytest.raises(WrongKey):
        unseal(sealed | {"once": envelope.to_base64(bytes(32))}, mine, ABOUT)


def test_a_proof_is_given_by_whoever_knows_the_secret_and_by_nobody_else() -> None:
    said = envelope.make_proof(SECRET, ABOUT)
    assert envelope.verify_proof(said, SECRET, ABOUT)
    assert not envelope.verify_proof(said, bytes(32), ABOUT)
    assert not envelope.verify_proof(said, SECRET, b"other")
    assert not envelope.verify_proof(None, SECRET, ABOUT)


def test_keys_are_derived_as_the_standard_says() -> None:
    for salt in (b"", b"salt"):
        theirs = HKDF(hashes.SHA256(), 32, salt or None, b"drafts|ann").derive(SECRET)
        assert envelope.hkdf(SECRET, b"drafts|ann", salt=salt) == theirs


def test_two_purposes_never_have_the_same_bytes() -> None:
    assert encode_associated_data("a", "b|c") != encode_associated_data("a|b", "c")
    assert encode_associated_data("a", None) != encode_associated_data("a", "null")
