"""Fixtures of the journeys: those of every test of the window."""

from ui.conftest import (  # noqa: F401 - fixtures are found by their names here
    _garbage_is_collected_on_this_thread,
    _waiting_says_nothing_of_the_machine,
    theme,
)
