"""Files named after data get names that are safe everywhere, and never one another's."""

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioms_desktop.domain.file_names import safe_file_name

TRICKY = [
    "IOM-1", "iom-1", "Iom-1", "IOM-12-03-2024", "12/03/2024", "12\\03\\2024", "12_03_2024", "../escaped", "..\\up",
    "..", ".", "", " ", "...", "/etc/passwd", "C:\\Windows", "C:", "\\\\server\\share", "~", "-rf", "CON", "con",
    "con.", "con.txt", "NUL ", "COM1", "COM¹", "LPT9.x", "AUX", "aux.tar.gz", "CONIN$", "A", "A.", "A ", "A..", " A",
    ".A", "a:stream", "a*b?c", '<a>|"b"', "a\nb", "a\x00b", "a\x7f", "José", "JosÃ©", "Jose\u0301", "\u017f", "S",
    "ß", "SS", "\ufb01", "FI", "K", "\u212a", "\u0130", "i\u0307", "x" * 300, "x" * 299, "X" * 300, "é" * 200,
    "\u200b", "\u202egnp.exe", "人" * 100, "\ud800", "A~", "A~B", "A\u0020B", "A\u00a0B",
]  # fmt: skip
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "123456789")}
texts = st.sampled_from(TRICKY) | st.text(max_size=40) | st.text("aAbB.-_ /\\:~", max_size=6)


def folded(name: str) -> str:
    """Return what two names share where a file system takes them for one."""
    return unicodedata.normalize("NFKC", name.casefold()).casefold().rstrip(". ")


def problems(name: str) -> list[str]:
    """List what would go wrong with a file name somewhere."""
    stem = name.split(".", maxsplit=1)[0].rstrip().upper()
    return [
        said
        for said, wrong in (
            ("not in the folder", len(PurePosixPath(name).parts) != 1 or len(PureWindowsPath(name).parts) != 1),
            ("a way up or hidden", name.startswith(".")),
            ("an option of a command", name.startswith("-")),
            ("a device", stem in DEVICES or PureWindowsPath(name).drive != ""),
            ("ends in a dot or a space", name.rstrip(". ") != name),
            ("a forbidden character", any(letter in '<>:"/\\|?*' or ord(letter) < 32 for letter in name)),
            ("cannot be seen", any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for letter in name)),
            ("too long", len(name.encode("utf-8", "surrogatepass")) > 200),
        )
        if wrong
    ]


@pytest.mark.parametrize("ending", [".pdf", "-partner.pdf", ""])
def test_every_name_is_a_plain_file_of_its_folder(ending: str) -> None:
    assert {text: problems(safe_file_name(text, ending)) for text in TRICKY} == {text: [] for text in TRICKY}


def test_no_two_references_share_a_name() -> None:
    names = {folded(safe_file_name(text, ".pdf")) for text in TRICKY}
    assert len(names) == len(TRICKY)


@given(texts, texts)
def test_names_are_safe_distinct_and_always_the_same(one: str, other: str) -> None:
    assert problems(safe_file_name(one, ".pdf")) == []
    assert safe_file_name(one) == safe_file_name(one)
    assert (folded(safe_file_name(one)) == folded(safe_file_name(other))) == (one == other)


@pytest.mark.parametrize("ref", ["IOM-1", "PHX-MARLOW", "IOM-12-03-2024", "A.B_C", "0042"])
def test_a_usual_reference_is_its_own_name(ref: str) -> None:
    assert safe_file_name(ref, ".pdf") == f"{ref}.pdf"


def test_the_reference_as_it_is_would_have_gone_wrong() -> None:
    assert sum(problems(f"{text}.pdf") != [] for text in TRICKY) > 20
    assert len({folded(f"{text}.pdf") for text in TRICKY}) < len(TRICKY) - 10
