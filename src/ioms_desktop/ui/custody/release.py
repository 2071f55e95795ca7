"""The dialog that records a release: the day, the colour that follows, and the first appointments, in one act."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.custody.transfers import CustodyTransfer, establishment_on
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.custody.receptions import IN_CUSTODY_RAG
from ioms_desktop.services.custody.releases import RecordRelease, record_release
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.custody.first_meetings import FirstMeetings
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import past_day_field
from ioms_desktop.ui.forms.choice_fields import Choice
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.forms.scale_field import ScaleField
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

MAX_REASON_CHARS = 2000


class ReleaseDialog(AutoHeightDialog):
    """Asks for the day of a release and what follows it; only the day is needed."""

    def __init__(
        self, session: Session, tasks: Tasks, view: CaseView, spell: CustodySpell, parent: QWidget | None = None
    ) -> None:
        where = establishment_on(spell, view.of(CustodyTransfer), view.as_of)
        received = f"Received on {format_day(spell.received_on)}{f', now {where}' if where else ''}."
        super().__init__(
            tasks,
            title="Released from custody",
            verb="&Save release",
            discard="&Discard this entry",
            about=subject_of(session, view).summary,
            intro=received,
            parent=parent,
        )
        self.session, self.case, self.spell = session, view.case, spell
        self.enable_autosave(session, Origin("release_custody", view.case.case_ref, spell.key_text, spell.revision))
        self.on = self.form.add(past_day_field(session, "released_on", "Released &on", "A day in the community."))
        self._ask_rag(view)
        self.meetings = FirstMeetings(session, view.case)
        if may(session.role, Right.RECORD_ENGAGEMENT):
            for field in self.meetings.fields:
                self.form.add(field)
        self.form.changed.connect(self._show_what_applies)
        self._show_what_applies()
        self.finish_layout()

    def _ask_rag(self, view: CaseView) -> None:
        colours = [
            Choice(code.code, code.label) for code in self.session.lists.of("rag") if code.code != IN_CUSTODY_RAG
        ]
        said = f"{_describe_colours(view)} Empty leaves it as it is."
        self.rag = self.form.add(ScaleField("rag", "&RAG from that day", colours, help=said))
        self.reason = self.form.add(
            LongTextField("rag_reason", "Wh&y that colour", lines=2, limit=MAX_REASON_CHARS, required=True)
        )
        self._asks_rag = view.case.has_rag and may(self.session.role, Right.SET_RAG)

    @Slot()
    def _show_what_applies(self) -> None:
        self.form.set_field_visible("rag", shown=self._asks_rag)
        self.form.set_field_visible("rag_reason", shown=self._asks_rag and self.rag.value() is not None)
        if may(self.session.role, Right.RECORD_ENGAGEMENT):
            self.meetings.show_asked(self.form, self.on.value())

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = self.form.values()
        entry = RecordRelease(
            request=self.request,
            case_ref=self.case.case_ref,
            spell=self.spell,
            revision=self.revision,
            released_on=self.on.filled(),
            rag=values["rag"] or "",
            rag_reason=values["rag_reason"] or "",
            meetings=self.meetings.read(),
        )
        return PendingEdit(record_release, self.session, entry)


def _describe_colours(view: CaseView) -> str:
    """Say what the colour is, and what it was before custody, for whoever chooses the next."""
    now = view.rag_in_force
    if now is None:
        return "No RAG is set."
    before = [each for each in view.rag if each.set_on < now.set_on and each.rag != IN_CUSTODY_RAG]
    was = f", {max(before, key=lambda each: each.set_on).rag} before" if before else ""
    return f"Now {now.rag}{was}."
