"""An entry somebody has typed and not saved yet, as it is kept through a crash or a lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

DRAFT_LIFETIME = timedelta(days=14)
"""How long an entry that nobody takes up again is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stood in a form, with what is needed to open the same form again.

    Attributes:
        id: Its own number, by which its file is named.
        form: Which form it was typed into.
        request: The number of the command the form sends: given twice, it is done once.
        saved_at: When it was last written, in UTC.
        case_ref: The case the form was opened on; empty where it was opened on none.
        about: The reference of the record the form was opened on; empty where it was opened on none.
        revision: The revision of that record as the form read it; 0 where there is none.
        fields: What stood in every field, by its name, in the order of the form.
        focus: The field that had the keyboard; empty where none had.
        words: What was typed, under the titles of its fields, for reading without the form.
    """

    id: str
    form: str
    request: str
    saved_at: datetime
    case_ref: str = ""
    about: str = ""
    revision: int = 0
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    focus: str = ""
    words: str = field(default="", repr=False)

    def has_expired(self, at: datetime) -> bool:
        """Whether it is too old at an instant to be offered again."""
        return at - self.saved_at > DRAFT_LIFETIME


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowState:
    """What was open when the window was locked.

    Attributes:
        saved_at: When, in UTC.
        cases: The references of the open cases, in their order.
        shown: The case that was in front; empty where a screen was.
        screen: The screen in the first tab.
    """

    saved_at: datetime
    cases: tuple[str, ...]
    shown: str = ""
    screen: str = ""
