"""What was done about a copy that went to the wrong reader or with what is in error, or that it never was made."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.records.workers.names import is_same_user
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.printing.sharing_log import record_never_made
from ioms_desktop.services.records.recalls import RECALL_WORDS, CopyToRecall, MarkRecalled, RecallResult, mark_recalled
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.tasks import Tasks

TITLE = "Copy to recall"
MAX_REASON_CHARS = 2000
NEVER_MADE = "NEVER_MADE"


class RecallCopyDialog(SimpleCommandDialog):
    """Asks whether a copy is back or its recipient was told, and how; who printed it can say that it never was made."""

    def __init__(self, session: Session, tasks: Tasks, copy: CopyToRecall, parent: QWidget | None = None) -> None:
        """Create the form, for a copy as it is listed."""
        answers = [Choice(each.value, RECALL_WORDS[each]) for each in RecallResult]
        if is_same_user(copy.printed_by, session.user):
            answers.append(Choice(NEVER_MADE, "Never made"))
        result = ChoiceField("result", "&Done", answers, required=True)
        reason = LongTextField(
            "reason", "&Why, how, and with whom", lines=2, limit=MAX_REASON_CHARS, required=True,
            help="This is kept in the audit. Who received the copy is in the information sharing log.",
        )  # fmt: skip
        spec = SimpleCommand(
            title=TITLE,
            about=f"{copy.name}. Case {copy.case_ref}.",
            intro="Tell whoever has this copy straight away, or get it back.",
            origin=Origin("recall_copy", copy.case_ref, copy.ref),
            cards=(copy_card(session, copy), *errors_cards(copy)),
            fields=(result, reason),
            command=lambda: self._act(session, copy, result.filled(), reason.filled()),
        )
        super().__init__(session, tasks, spec, parent)

    def _act(self, session: Session, copy: CopyToRecall, result: str, reason: str) -> Callable[[], Outcome]:
        if result == NEVER_MADE:
            return partial(record_never_made, session, copy, reason, self.request)
        entry = MarkRecalled(
            request=self.request,
            case_ref=copy.case_ref,
            print_id=copy.ref,
            result=RecallResult(result),
            reason=reason,
        )
        return partial(mark_recalled, session, entry)


def copy_card(session: Session, copy: CopyToRecall) -> Card:
    """Return a card with what is known of the copy."""
    lines = (
        f"Copy {copy.copy} of print {copy.print_id}, {copy.audience} copy",
        f"Recipient: {copy.recipient}",
        f"Went out {format_instant(copy.printed_at)} by {session.names.of(copy.printed_by)}",
    )
    return Card("Copy", lines)


def errors_cards(copy: CopyToRecall) -> Iterator[Card]:
    """Return a card with what was wrong; none where nothing is known to be."""
    lines = []
    for each in copy.errors:
        done = "moved to the case it belongs to" if each.is_moved else "taken out as entered in error"
        why = f": {each.reason}" if each.reason else "."
        lines.append(f"{each.what}, {done} on {format_instant(each.at)} by {each.by}{why}")
    if lines:
        yield Card("What is in error, and may be on it", tuple(lines))
