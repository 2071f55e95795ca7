"""Drafts: unsaved entries that survive a crash or a lock of the program."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

DRAFT_LIFETIME = timedelta(days=14)
"""The time for which a draft is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The content of a form, and what is needed to open the same form again.

    Attributes:
        id: Its identifier, which names its file.
        form: The name of the form.
        request: The request number of the command that the form sends, so that a repeat has no effect.
        saved_at: When it was last saved (UTC).
        case_ref: The case the form belongs to; empty where there is none.
        about: The reference of the record the form edits; empty where there is none.
        revision: The revision of that record when the form was opened; 0 where there is none.
        fields: The content of every field by name, in the order of the form.
        focus: The field with the keyboard focus; empty where none had it.
        words: What was typed, under the fields' titles, readable without the form.
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
        """Whether, at an instant, it is too old to be offered again."""
        return at - self.saved_at > DRAFT_LIFETIME


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowState:
    """What was open when the window was locked.

    Attributes:
        saved_at: When it was locked (UTC).
        cases: The references of the open cases, in their order.
        shown: The case that was on top; empty if a screen was.
        screen: The screen in the first tab.
    """

    saved_at: datetime
    cases: tuple[str, ...]
    shown: str = ""
    screen: str = ""
