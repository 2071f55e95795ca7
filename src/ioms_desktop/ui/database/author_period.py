"""How long authors change their entries without a reason: a setting of the office."""

from functools import partial

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.access.authorship import MAX_AUTHOR_HOURS
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.database.office_settings import AuthorPeriod, DecideAuthorPeriod, decide_author_period
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.session import Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.fields import LongTextField, NumberField
from ioms_desktop.ui.tasks import Tasks

MAX_REASON_CHARS = 2000
INTRO = (
    "For this long, the person who recorded an entry can change it freely. After that they, or a supervisor, must say "
    "why; the reason stays in the history. It counts for every kind of record, from now on."
)


class AuthorPeriodDialog(SimpleCommandDialog):
    """Asks for the hours, and why."""

    def __init__(self, session: Session, tasks: Tasks, period: AuthorPeriod, parent: QWidget | None = None) -> None:
        """Create the form with the period as it stands."""
        hours = NumberField(
            "hours", "&Hours", minimum=0, maximum=MAX_AUTHOR_HOURS, required=True, help="0 asks for a reason always."
        )
        hours.set_value(period.hours)
        reason = LongTextField("reason", "&Why", lines=2, limit=MAX_REASON_CHARS, required=True)
        spec = SimpleCommand(
            title="Period for changes without a reason",
            intro=f"{INTRO} {describe_period(session, period)}",
            origin=Origin("author_period"),
            fields=(hours, reason),
            command=lambda: partial(
                decide_author_period,
                session,
                DecideAuthorPeriod(request=self.request, hours=hours.filled(), reason=reason.filled()),
            ),
        )
        super().__init__(session, tasks, spec, parent)


def describe_period(session: Session, period: AuthorPeriod) -> str:
    """Say who decided the period, when and why."""
    if period.decided_at is None:
        return f"It is {period.hours} hours, the default since {format_day(period.default_since)}."
    return (
        f"It is {period.hours} hours, decided by {session.names.of(period.decided_by)} on "
        f"{format_instant(period.decided_at)}: {period.reason}"
    )
