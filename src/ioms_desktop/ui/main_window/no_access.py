"""What stands in place of a screen that a role has no use for: who may use it, and what this role is for."""

from ioms_desktop.domain.access.roles import Right, Role, require
from ioms_desktop.domain.errors import NotAllowed
from ioms_desktop.ui.screen import Screen, Shell
from ioms_desktop.ui.widgets.widgets import EmptyState

OTHERWISE = {
    Role.PARTNER: "What is shared with your agency reaches you on paper for now.",
    Role.ANALYST: "The figures that are published stand under Measures; they name nobody.",
    Role.AUDITOR: "The audit is on the command line for now: ioms-desktop audit.",
    Role.ADMINISTRATOR: (
        "Backups are in the menu Administration; users and migrations are on the command line for now: ioms-desktop "
        "--help."
    ),
}


class ClosedScreen(Screen):
    """Says why there is nothing to see."""

    explanation = "Your role does not include what this screen shows. Nothing is hidden by mistake."

    def __init__(self, shell: Shell, title: str, right: Right) -> None:
        """Say who may."""
        super().__init__(shell)
        self.heading.setText(title)
        self.setAccessibleName(title)
        self.column.addWidget(self.heading)
        self.message = EmptyState(self._words(right), icon="lock")
        self.column.addWidget(self.message, 1)

    def _words(self, right: Right) -> str:
        try:
            require(self.shell.desk.role, right)
        except NotAllowed as refused:
            who = refused.sentence.split(". ", 1)[0]
            return f"{who}. {OTHERWISE.get(self.shell.desk.role, '')}".strip()
        return ""
