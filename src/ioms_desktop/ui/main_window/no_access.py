"""The placeholder for a screen that a role has no use for: who may use it, and what the role is for."""

from ioms_desktop.domain.access.roles import Right, Role, require
from ioms_desktop.domain.errors import NotAllowed
from ioms_desktop.ui.screen import Screen, WindowServices
from ioms_desktop.ui.widgets.widgets import EmptyState

ROLE_HINTS = {
    Role.PARTNER: "What is shared with your agency reaches you on paper for now.",
    Role.ANALYST: "The published figures are under Performance; they name nobody.",
    Role.AUDITOR: "The audit is on the command line for now: ioms-desktop audit.",
    Role.ADMINISTRATOR: (
        "Backups are in the menu Administration; users and migrations are on the command line for now: ioms-desktop "
        "--help."
    ),
}


class NoAccessScreen(Screen):
    """Explains why there is nothing to see."""

    explanation = "Your role does not include what this screen shows. Nothing is hidden by mistake."

    def __init__(self, services: WindowServices, title: str, right: Right) -> None:
        super().__init__(services)
        self.heading.setText(title)
        self.setAccessibleName(title)
        self.main_layout.addWidget(self.heading)
        self.message = EmptyState(self._reason(right), icon="lock")
        self.main_layout.addWidget(self.message, 1)

    def _reason(self, right: Right) -> str:
        try:
            require(self.services.session.role, right)
        except NotAllowed as refused:
            who = refused.sentence.split(". ", 1)[0]
            return f"{who}. {ROLE_HINTS.get(self.services.session.role, '')}".strip()
        return ""
