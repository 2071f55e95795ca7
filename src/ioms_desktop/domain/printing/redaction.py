"""Reducing the facts of a printed summary to what its reader receives, by allow-lists.

A field that no list gives keeps its default, which means "not given". A new field is therefore withheld from everybody
but the full copy until somebody decides who may receive it.
"""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import UnknownCode
from ioms_desktop.domain.printing.allow_lists import AllowList, allow_list_of
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.parts import SummaryPart as Part
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.summary import CaseSummary, Identity
from ioms_desktop.domain.printing.summary_texts import KEPT, with_texts
from ioms_desktop.domain.printing.texts.names import composed, parts_of_names, pattern_of
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.domain.timeline import RecordRef

T = TypeVar("T")
ONE_VALUE = (DayTime, RecordRef)
"""Tuples that a reader is given whole, or not at all."""
GENERATED = frozenset({"rag", "clock", "review_clock"})
"""Fields that nobody types: a name that is also a colour or a word of time is none in them."""
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
A_DATE = rf"(?<!\d)\d{{1,2}} (?:{MONTHS}) \d{{4}}(?!\d)"


def shares_field(about: PrintFacts, kind: type, name: str) -> bool:
    """Whether the reader of a document receives a field of a kind, whatever is in it."""
    return allow_list_of(about).shares(kind, name)


def redact_for_audience(
    summary: CaseSummary,
    audience: Audience,
    agency: str = "",
    put_back: Callable[[CaseSummary], CaseSummary] = lambda reduced: reduced,
) -> CaseSummary:
    """Reduce a summary to what an audience may receive.

    Args:
        summary: The complete summary.
        audience: The readers.
        agency: The code of the agency that the readers are of; empty where that is not known, which gives the least.
        put_back: Puts the texts in which people wrote in their own words into what the readers receive.

    Raises:
        UnknownCode: No allow-list has been agreed for this audience.
    """
    if audience.is_plain or not audience.is_available:
        others = [each.value for each in Audience if each.is_available and not each.is_plain]
        raise UnknownCode(
            f"The {audience.value} copy cannot be printed as a summary. Nothing was printed. "
            f"Choose {join_words(others, 'or')}.",
            field="audience",
        )
    about = replace(summary.about, audience=audience, agency=agency, programme=summary.programme.code)
    summary, given = replace(summary, about=about), allow_list_of(about)
    if given.whole:
        return summary
    reduced = put_back(_redact(summary, given))
    if reduced.timeline is not None:
        reduced = replace(reduced, timeline=replace(reduced.timeline, partly_shown=given.partly_shown_lanes))
    return reduced if Part.PERSON in given.parts else _without_names(reduced, summary.identity)


def _redact(value: T, given: AllowList) -> T:
    if is_dataclass(value) and not isinstance(value, type):
        # A kind without a list is printed with its defaults only, so that forgetting it withholds the facts.
        listed = given.fields.get(type(value), frozenset())
        known = {each.name for each in fields(value) if each.init}
        if not given.gives(value):
            return cast("T", type(value)())
        return cast("T", type(value)(**{name: _redact(getattr(value, name), given) for name in listed & known}))
    if type(value) is tuple:
        rows = cast("tuple[Any, ...]", value)
        return cast("T", tuple(_redact(row, given) for row in rows if given.gives(row)))
    if isinstance(value, tuple) and not isinstance(value, ONE_VALUE):
        # All of its fields would be given: a kind of fact has to be a data class, whose fields a list can name.
        raise TypeError(f"{type(value).__name__} is not a data class, so that no list says who may have what of it.")
    return value


def _without_names(summary: CaseSummary, who: Identity) -> CaseSummary:
    """Put the person's initials in the place of their names wherever a copy without names says them."""
    if summary.identity.family_name:  # the smallest copy says who it is about
        return summary
    names = parts_of_names((who.family_name, who.given_names, who.known_as))
    if not names:
        return summary
    either = "|".join(pattern_of(name) for name in names)
    wanted = re.compile(rf"(?P<date>{A_DATE})|{either}", re.IGNORECASE)
    stands_for = summary.identity.initials or "[name]"

    def without_names(text: str) -> str:
        return wanted.sub(lambda found: found["date"] or stands_for, composed(text))

    return with_texts(summary, without_names, kept=KEPT - {"case_ref"} | GENERATED)
