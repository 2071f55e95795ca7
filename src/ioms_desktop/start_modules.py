"""The modules that are imported bit by bit: before the main window is shown, and after it."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator

INTERFACE = "ioms_desktop.ui"

PRELOAD_MODULES = (
    "decimal",
    "asyncio",
    "inspect",
    "sqlalchemy",
    "sqlalchemy.dialects.sqlite",
    "zoneinfo",
    "ioms_desktop.domain.records.people",
    "ioms_desktop.domain.records.record_types",
    "ioms_desktop.storage.schema.tables",
    "ioms_desktop.services.session",
    "ioms_desktop.services.sign_in.sign_in",
    "argon2",
    "sqlcipher3",
    "cryptography.hazmat.primitives.asymmetric.x25519",
    "cryptography.hazmat.primitives.ciphers.aead",
    "ioms_desktop.storage.database.unlocking",
    "ioms_desktop.ui.lists.register_view",
    "ioms_desktop.ui.actions.registry",
    "ioms_desktop.services.drafts",
    "ioms_desktop.services.audit.audit",
    "ioms_desktop.ui.main_window.frame",
    "ioms_desktop.ui.main_window.window",
    "ioms_desktop.ui.screens.today",
    "ioms_desktop.ui.main_window.window_actions",
    "ioms_desktop.ui.gc_timer",
    "ioms_desktop.ui.lock.idle_lock",
    "ioms_desktop.ui.lock.system_lock",
    "ioms_desktop.ui.screens.caseload",
)
"""What the main window needs, in portions: imported while the user types name and password."""
LATER_MODULES = (
    "ioms_desktop.ui.forms.record_form",
    "ioms_desktop.ui.dialogs.auto_height",
    "ioms_desktop.ui.reading.reading_pane",
    "ioms_desktop.ui.charts.timeline_view",
    "ioms_desktop.services.cases.cases",
    "ioms_desktop.ui.cases.case_header",
    "ioms_desktop.ui.cases.sections",
    "ioms_desktop.ui.cases.case_actions",
    "ioms_desktop.ui.cases.case_screen",
    "ioms_desktop.ui.recording.record_contact",
    "ioms_desktop.ui.screens.people",
    "ioms_desktop.ui.screens.calendar",
    "ioms_desktop.domain.printing.summary",
    "ioms_desktop.ui.screens.papers",
    "ioms_desktop.ui.screens.imports",
    "ioms_desktop.ui.screens.measures",
    "ioms_desktop.ui.printing.print_cases",
)
"""What is opened soonest from the main window, in portions that keep no key waiting."""


def later_modules() -> Iterator[str]:
    """Iterate over what is imported once the window is shown and no work is running: lastly all else of the interface.

    So the first dialog of a kind opens as fast as the next one.
    """
    yield from LATER_MODULES
    found = pkgutil.walk_packages(importlib.import_module(INTERFACE).__path__, f"{INTERFACE}.")
    yield from (each.name for each in found if each.name not in sys.modules)
