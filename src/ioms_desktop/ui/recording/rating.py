"""Rate the engagement in a week from 0 to 5, each with one key and the text that defines it."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.calendar import monday_of
from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.edit_conflicts import NO_BASE_REVISION, PendingEdit
from ioms_desktop.services.recording.ratings import RateWeek, rate_week, rating_role
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.choice_fields import Choice
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.scale_field import ScaleField
from ioms_desktop.ui.recording.case_subject import CaseSubject
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import label


class RatingDialog(AutoHeightDialog):
    """Asks for one weekly rating."""

    def __init__(self, session: Session, tasks: Tasks, subject: CaseSubject, parent: QWidget | None = None) -> None:
        super().__init__(
            tasks,
            title="Rate engagement",
            verb="&Save rating",
            discard="&Discard this rating",
            about=subject.summary,
            parent=parent,
        )
        self.session, self.subject = session, subject
        self.enable_autosave(session, Origin("rating", subject.case_ref))
        levels = session.lists.of("engagement_level")
        self.level = self.form.add(
            ScaleField(
                "level",
                "&Level",
                [Choice(code.code, code.label, code.code) for code in levels],
                required=True,
                help="Type the figure. It says how the week went, not how a single session did.",
            )
        )
        self.on = self.form.add(DateField("on", "&Any day of the week", today=session.today, required=True))
        self.on.set_value(session.today())
        self.week = label("", "quiet", wrap=True)
        self.form.place(self.week)
        self.on.changed.connect(self._show_week)
        self._show_week()
        self.finish_layout()

    @Slot()
    def _show_week(self) -> None:
        on = self.on.value()
        whose = self.session.lists.of("rating_role").label(rating_role(self.session.role)).lower()
        kept = "A second rating of the same week corrects the first, which stays in the history."
        self.week.setText(
            "" if on is None else f"The {whose} rating of the week that begins on {format_day(monday_of(on))}. {kept}"
        )

    @override
    def build_command(self) -> Callable[[], Outcome]:
        level, on = self.level.value(), self.on.value()
        if level is None or on is None:
            raise MissingValue("Choose the level and the week. Your entry is kept.")
        entry = RateWeek(
            request=self.request,
            case_ref=self.subject.case_ref,
            on=on,
            level=int(level),
            revision=self.subject.rating_revisions.get(monday_of(on), NO_BASE_REVISION),
        )
        return PendingEdit(rate_week, self.session, entry)
