"""What the case screen offers to do about its case, and about each record of it."""

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from typing_extensions import override

from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES
from ioms_desktop.services.case_access import READ_ONLY_MESSAGE
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.recording.corrections import list_struck_out
from ioms_desktop.services.records.history import read_history
from ioms_desktop.services.session import Undo, UndoneAct
from ioms_desktop.ui.actions.access_actions import BREAK_GLASS
from ioms_desktop.ui.actions.casework.document_actions import ADD_DOCUMENT, CHOSEN_FILE
from ioms_desktop.ui.actions.dialog_action import (
    CHANGE_KEY,
    OPEN_KEY,
    STRIKE_OUT_KEY,
    DialogAction,
    DialogContext,
    Gathered,
    Target,
    is_of_case,
)
from ioms_desktop.ui.actions.launcher import DialogLauncher, Given
from ioms_desktop.ui.actions.loaders import PROPOSAL, VIEW
from ioms_desktop.ui.actions.recording_actions import ANSWER_PROPOSAL, PROPOSE_DECISION
from ioms_desktop.ui.actions.registry import record_buttons
from ioms_desktop.ui.cases.record_details import RecordDetailsDialog
from ioms_desktop.ui.cases.row_acts import RowAct
from ioms_desktop.ui.cases.section_table import HISTORY_KEY
from ioms_desktop.ui.documents.dropped_files import DroppedFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QDialog, QWidget

    from ioms_desktop.domain.records.record import Record
    from ioms_desktop.services.recording.corrections import StruckOutEntry
    from ioms_desktop.services.records.history import RecordHistory
    from ioms_desktop.services.session import Outcome, Session
    from ioms_desktop.ui.keys_ahead import KeysAhead
    from ioms_desktop.ui.tasks import Tasks
    from ioms_desktop.ui.widgets.widgets import MessageBar

    Versions = tuple[RecordHistory, tuple[StruckOutEntry, ...]]

PAST_DAY_MESSAGE = "The case is shown as of a past day. Go back to today to record something."
ONE_FILE_MESSAGE = "One file at a time. Nothing was added: each has its own description, so add one after the other."
NOT_SHOWN_MESSAGE = "The case is not shown. Nothing was added: drop or paste the file again once it is."
RECORD_HIDDEN_MESSAGE = "Your role does not open this record. A supervisor can say more."


class CaseScreenProtocol(Protocol):
    """A screen that shows a case, as far as its actions need to know it."""

    session: "Session"
    tasks: "Tasks"
    case_ref: str
    view: CaseView | None
    is_current: bool
    message: "MessageBar"

    @property
    def is_live(self) -> bool:
        """Whether the case is shown as of today."""

    def handle_outcome(self, outcome: "Outcome") -> None:
        """Take what a dialog sent."""

    def check(self) -> None:
        """Find out whether the case is still open to the user."""

    def show_triggers(self) -> None:
        """Go to the triggers."""

    def open_other(self, case_ref: str) -> None:
        """Open another case."""


class CaseActions(DialogLauncher):
    """Opens dialogs over one case screen, on the case as the screen has read it."""

    def __init__(self, screen: CaseScreenProtocol, window: "QWidget") -> None:
        """Serve one screen.

        Args:
            screen: What shows the case.
            window: The same, as the widget over which dialogs open.
        """
        super().__init__(
            DialogContext(
                session=screen.session,
                tasks=screen.tasks,
                parent=window,
                handle_outcome=screen.handle_outcome,
                show_problem=screen.message.problem,
                open_case=screen.open_other,
            )
        )
        self._screen = screen
        DroppedFiles(window, self.add_files)

    @override
    def at_hand(self, target: Target) -> Given:
        # A form built from what was read before the last save would meet that save as if it were another person's.
        view = self._screen.view if self._screen.is_current else None
        return {} if view is None or target.case_ref != view.case.case_ref else {VIEW: view}

    def target(self, about: str = "") -> Target:
        """Return the case as it is shown, and what of it an action is about."""
        view = self._screen.view
        as_of = None if view is None or self._screen.is_live else view.as_of
        return Target(case_ref=self._screen.case_ref, about=about, as_of=as_of)

    @override
    def launch(self, action: DialogAction, target: Target | None = None, *, given: Given | None = None) -> None:
        """Open the dialog of an action, where the case as it is shown allows that; else say why it does not."""
        target = target or self.target()
        if action.is_allowed(self.context.session) and (self._is_of_another(target) or self._is_possible(action)):
            super().launch(action, target, given=given)

    @override
    def open_gathered(self, action: DialogAction, gathered: Gathered, keys: "KeysAhead | None" = None) -> None:
        # The case may have been closed to this user while something else was read.
        if self._screen.view is not None or action is BREAK_GLASS or self._is_of_another(gathered.target):
            super().open_gathered(action, gathered, keys)

    @override
    def show(
        self,
        dialog: "QDialog",
        completed: "Callable[[DialogContext, Any], None] | None" = None,
        keys: "KeysAhead | None" = None,
    ) -> None:
        from ioms_desktop.ui.dialogs.command_dialog import CommandDialog  # noqa: PLC0415 - imported with the dialog

        if isinstance(dialog, CommandDialog):
            # What was refused, or could only be kept, may be so because the case was closed meanwhile.
            dialog.refused.connect(self._screen.check)
            dialog.rejected.connect(self._screen.check)
        super().show(dialog, completed, keys)

    def _is_of_another(self, target: Target) -> bool:
        """Whether an action is on a case other than the one shown, as where an alert is of somebody else."""
        return bool(target.case_ref) and target.case_ref != self._screen.case_ref

    def _is_possible(self, action: DialogAction) -> bool:
        screen = self._screen
        if screen.view is None:
            return action is BREAK_GLASS
        if not screen.is_live and not action.on_past_day:
            screen.message.caution(PAST_DAY_MESSAGE)
            return False
        if not action.applies_to(screen.view):
            screen.message.caution(f"{action.title.replace('&', '')} does not apply to this case. Nothing was changed.")
            return False
        access = screen.view.break_glass_access
        if access is not None and not action.under_break_glass:
            screen.message.caution(READ_ONLY_MESSAGE.format(screen.case_ref, access.closing_time))
            return False
        return True

    def decide(self, rule: str) -> None:
        """Propose a decision on the trigger of a rule; an empty rule for no trigger."""
        self.launch(PROPOSE_DECISION, self.target(rule))

    def answer(self, proposal: Proposal) -> None:
        """Answer a proposal."""
        self.launch(ANSWER_PROPOSAL, self.target(proposal.proposal_ref), given={PROPOSAL: proposal})

    def open_item(self, kind: str, ref: str) -> None:
        """Open the record behind a mark of the timeline or an item of evidence."""
        view = self._screen.view
        if view is None:
            return
        if kind == "trigger":
            self._screen.show_triggers()
            return
        record = find_record(view, kind, ref)
        if record is None:
            self._screen.message.caution(RECORD_HIDDEN_MESSAGE)
        else:
            self.show_record(record)

    def open_row(self, record: "Record") -> None:
        """Open a record of a list: by its own act, if it has one; to be changed, if that is all; else to be read."""
        acts = self._acts_on(record)
        opening = next((act for act in acts if act.key == OPEN_KEY), None)
        if opening is not None:
            opening.run()
            return
        others = [act for act in acts if act.key not in (CHANGE_KEY, STRIKE_OUT_KEY)]
        if type(record) in ADD_FORM_TYPES and acts and acts[0].key == CHANGE_KEY and not others:
            acts[0].run()
        else:
            self.show_record(record)

    def show_record(self, record: "Record") -> None:
        """Show a record whole, with what may be done about it."""
        context = self.context
        acts = [(act.label, act.run) for act in self.row_acts(record)]
        self.show(RecordDetailsDialog(context.session, record, acts, context.parent))

    def row_acts(self, record: "Record") -> tuple[RowAct, ...]:
        """Return what may be done about a record; its history can always be read, at its own case."""
        view = self._screen.view
        if view is not None and not is_of_case(record, view):
            return self._acts_on(record)
        history = RowAct("Histo&ry…", partial(self.show_history, type(record), record), HISTORY_KEY)
        return (*self._acts_on(record), history)

    def _acts_on(self, record: "Record") -> tuple[RowAct, ...]:
        view, target = self._screen.view, self.target(record.key_text)
        if view is None:
            return ()
        return tuple(
            RowAct(place.label, partial(self.launch, action, target, given={place.loader: record}), place.key)
            for action, place in record_buttons(self.context.session, record, view)
            if (self._screen.is_live or action.on_past_day)
            and (view.break_glass_access is None or action.under_break_glass)
        )

    def add_files(self, paths: "Sequence[str]") -> None:
        """Begin to add a document from a file that was dropped or pasted."""
        if self._screen.view is None:
            self._screen.message.caution(NOT_SHOWN_MESSAGE)
        elif len(paths) > 1:
            self._screen.message.caution(ONE_FILE_MESSAGE)
        else:
            self.launch(ADD_DOCUMENT, given={CHOSEN_FILE: paths[0]})

    def show_section_history(self, record_type: "type[Record]") -> None:
        """Show the versions of every record of a section."""
        self.show_history(record_type)

    def show_history(self, record_type: "type[Record]", record: "Record | None" = None) -> None:
        """Show the versions of one record, or of every record of a type; they are read first."""
        context, case_ref = self.context, self._screen.case_ref
        work = partial(_read_versions, context.session, case_ref, record_type, record)
        then = partial(self._show_versions, record_type, record)
        context.tasks.latest(context.parent, "history", work, then, context.show_problem)

    def _show_versions(self, record_type: "type[Record]", record: "Record | None", read: "Versions") -> None:
        from ioms_desktop.ui.records.record_history import RecordHistoryDialog  # noqa: PLC0415 - imported with the dialog

        view = self._screen.view
        if view is None:
            return
        history, struck_out = read
        live = self._screen.is_live and view.break_glass_access is None
        dialog = RecordHistoryDialog(
            self.context.session, record_type, record, history, self.context.parent, struck_out=struck_out, live=live
        )
        dialog.put_back_requested.connect(self._put_back)
        self.show(dialog)

    def _put_back(self, entry: "StruckOutEntry") -> None:
        self.undo(Undo(UndoneAct.STRUCK_OUT, entry.record))

    def undo(self, done: Undo) -> None:
        """Undo what was done, by a command of its own."""
        context, case_ref = self.context, self._screen.case_ref
        command = UndoAct(request=str(uuid4()), case_ref=case_ref, done=done)
        work = partial(undo_act, context.session, command)
        context.tasks.run(context.parent, work, context.handle_outcome, context.show_problem)


def _read_versions(
    session: "Session", case_ref: str, record_type: "type[Record]", record: "Record | None"
) -> "Versions":
    history = read_history(session, case_ref, record_type, record)
    if record is not None:
        return history, ()
    return history, tuple(each for each in list_struck_out(session, case_ref) if type(each.record) is record_type)


def find_record(view: CaseView, kind: str, ref: str) -> "Record | None":
    """Find a record by its kind and reference among those this user may see; None where it is not there."""
    last = ref.rpartition("/")[2]
    found: dict[str, Callable[[], Sequence[Record]]] = {
        "contact": lambda: [each for each in view.contacts if each.contact_ref == ref],
        "offer": lambda: [each for each in view.offers if each.offer_ref == ref],
        "concern": lambda: [each for each in view.concerns if each.concern_ref == ref],
        "decision": lambda: [
            each
            for each in view.decisions
            if each.decision_ref == ref and (view.sees_intelligence or each.rule != INTELLIGENCE_RULE)
        ],
        "rating": lambda: [each for each in view.ratings if each.week_commencing.isoformat() == last],
        "rag": lambda: [each for each in view.rag if each.set_on.isoformat() == last],
        "custody": lambda: [each for each in view.custody if each.received_on.isoformat() == last],
        "notification": lambda: [each for each in view.notifications if each.outcome.startswith("DELIVERED_")],
    }
    records = found[kind]() if kind in found else ()
    return records[0] if records else None
