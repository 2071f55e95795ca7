"""PNC IDs and CRO numbers: parsed in every usual form, their check letter verified, stored in one canonical form.

Source: the published formats of the Police National Computer. The check letter is found by dividing the number made of
the two-digit year and the serial number by 23: the remainder is its position among the letters in use.
"""

import re

from ioms_desktop.domain.errors import MalformedValue, Refused, WrongCheckLetter

CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
PNC_DIGITS = 7
CRO_DIGITS = 6
YEARS_PER_CENTURY = 100
MAX_DIGITS_WITH_SHORT_YEAR = 9  # without the slash, a PNC ID of up to so many digits begins with a two-digit year

_BETWEEN_FIGURES = dict.fromkeys(map(ord, " -/."))
_PNC = re.compile(r"(?P<year>[0-9]{4}|[0-9]{2})/(?P<serial>[0-9]{1,7})(?P<letter>[A-Z])")
_PNC_WITHOUT_SLASH = re.compile(r"(?P<digits>[0-9]{3,11})(?P<letter>[A-Z])")
_CRO = re.compile(r"(?P<serial>[0-9]{1,6})/?(?P<year>[0-9]{2})(?P<letter>[A-Z])")
_CRO_SF = re.compile(r"SF(?P<year>[0-9]{2})/?(?P<serial>[0-9]{1,6})(?P<letter>[A-Z])")


def check_letter(year: str, serial: str) -> str:
    """Compute the check letter.

    Args:
        year: The year in two digits.
        serial: The serial number, padded as its format requires.
    """
    return CHECK_LETTERS[int(year + serial) % len(CHECK_LETTERS)]


def canonical_pnc_id(text: str, this_year: int) -> str:
    """Return the canonical form of a PNC ID, `YYYY/NNNNNNNL`.

    Args:
        text: As written, in upper or lower case, with or without the slash, the century and leading zeros.
        this_year: The current year; two-digit years up to and including it are in this century.

    Raises:
        Refused: It is not in the format of a PNC ID, or its check letter is wrong; the sentence says which.
    """
    written = text.strip().upper()
    parts = _PNC.fullmatch(written)
    if parts is not None:
        year, serial, letter = parts["year"], parts["serial"], parts["letter"]
    else:
        together = _PNC_WITHOUT_SLASH.fullmatch(written)
        if together is None:
            raise _malformed_error("PNC ID", "YYYY/NNNNNNNL, for example 2012/0052494Q")
        digits, letter = together["digits"], together["letter"]
        split = 2 if len(digits) <= MAX_DIGITS_WITH_SHORT_YEAR else 4
        year, serial = digits[:split], digits[split:]
    serial = serial.zfill(PNC_DIGITS)
    _verify_check_letter("PNC ID", letter, check_letter(year[-2:], serial))
    return f"{_full_year(year, this_year)}/{serial}{letter}"


def canonical_cro_number(text: str) -> str:
    """Return the canonical form of a CRO number: `NNNNNN/YYL`, or `SFYY/nL` for a search file.

    Args:
        text: As written, in upper or lower case, with or without the slash and leading zeros.

    Raises:
        Refused: It is not in the format of a CRO number, or its check letter is wrong; the sentence says which.
    """
    written = text.strip().upper()
    parts = _CRO_SF.fullmatch(written)
    if parts is not None:
        serial = parts["serial"].lstrip("0") or "0"
        _verify_check_letter("CRO number", parts["letter"], check_letter(parts["year"], serial))
        return f"SF{parts['year']}/{serial}{parts['letter']}"
    parts = _CRO.fullmatch(written)
    if parts is None:
        raise _malformed_error("CRO number", "NNNNNN/YYL, for example 265416/21G, or SFYY/nL")
    serial = parts["serial"].zfill(CRO_DIGITS)
    _verify_check_letter("CRO number", parts["letter"], check_letter(parts["year"], serial))
    return f"{serial}/{parts['year']}{parts['letter']}"


def canonical_identifier(column: str, text: str, this_year: int) -> str:
    """Return an identifier of a person as it is kept.

    Args:
        column: Its column: a PNC ID and a CRO number have one form, the others are kept as written.
        text: As written.
        this_year: The current year.

    Raises:
        Refused: It is not in its format, or its check letter is wrong.
    """
    if column == "pnc_id":
        return canonical_pnc_id(text, this_year)
    return canonical_cro_number(text) if column == "cro_number" else text


def number_form(text: str | None) -> str:
    """Return an identifier as two of them are compared: capitals, without what people put between the figures."""
    return (text or "").upper().translate(_BETWEEN_FIGURES)


def _full_year(year: str, this_year: int) -> str:
    if len(year) > 2:  # noqa: PLR2004 - the century is written out
        return year
    return f"20{year}" if int(year) <= this_year % YEARS_PER_CENTURY else f"19{year}"


def _verify_check_letter(name: str, letter: str, right: str) -> None:
    if letter != right:
        raise WrongCheckLetter(
            f"The check letter of this {name} should be {right}, not {letter}; compare it with its source."
        )


def _malformed_error(name: str, form: str) -> Refused:
    return MalformedValue(f"This is no {name}; write it as {form}.")
