"""The status bar: who is signed in, where, and how it is protected."""

from PySide6.QtWidgets import QStatusBar

from ioms_desktop.services.drafts import can_keep_drafts
from ioms_desktop.services.session import Session
from ioms_desktop.ui.sign_in import database_label
from ioms_desktop.ui.widgets.widgets import label


def fill_status_bar(bar: QStatusBar, session: Session) -> None:
    """Say who is signed in as what, and on which database; what must be known of drafts and of a file taken away."""
    role = session.lists.of("role").label(session.role)
    location = session.store.location
    bar.setSizeGripEnabled(False)
    bar.setContentsMargins(12, 0, 12, 0)
    bar.addWidget(label(f"{session.names.of(session.user)}, {role}", "small"))
    if not can_keep_drafts(session):
        bar.addWidget(label("Drafts are not saved on this computer", "small"))
    if session.checkout is not None:
        away = label(session.checkout.describe(session.today(), session.names), "small")
        away.setToolTip(f"Cases of {session.checkout.source}. Import the file there when you have finished.")
        bar.addPermanentWidget(away)
    briefly = (
        database_label.describe_database_briefly(location),
        database_label.describe_protection_briefly(location),
    )
    where = label(" · ".join(briefly), "small")
    where.setToolTip(f"{database_label.describe_database(location)}. {database_label.describe_protection(location)}")
    bar.addPermanentWidget(where)
