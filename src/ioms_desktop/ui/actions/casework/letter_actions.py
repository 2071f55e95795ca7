"""The actions that write a letter, and that say what a printer made of one."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.drafts import PRINTED_LETTER_FORM
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.actions.actions import CASE_MENU
from ioms_desktop.ui.actions.casework.document_actions import DOCUMENT
from ioms_desktop.ui.actions.dialog_action import (
    DialogAction,
    DialogContext,
    Gathered,
    Loader,
    Menu,
    RecordButton,
    Target,
    is_of_case,
)
from ioms_desktop.ui.actions.loaders import DECISION, LETTERS, SUBJECT, VIEW

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.services.cases.cases import CaseView
    from ioms_desktop.services.printing.packs.printed_letter import PrintedLetter


def _printed_letter(gathered: Gathered) -> "PrintedLetter":
    from ioms_desktop.services.printing.packs.printed_letter import find_printed_letter

    return find_printed_letter(gathered.session, gathered[VIEW], gathered.target.about)


PRINTED_LETTER = Loader["PrintedLetter"](_printed_letter)
"""A letter that the user printed, by its document or by the number of the command that wrote it."""
Launch = Callable[[DialogAction, Target], None]
"""Opens the dialog of an action on something."""


def _write(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.letters.write_letter import WriteLetterDialog

    session, view, letters = gathered.session, gathered[VIEW], gathered[LETTERS]
    about = gathered.target.about
    step = next((each.step for each in view.decisions if about and each.decision_ref == about), None)
    code = session.lists.of("enforcement_step").canonical(step or "")
    return WriteLetterDialog(
        context.session,
        context.tasks,
        gathered[SUBJECT],
        letters,
        next((each.template.kind for each in letters if code and each.template.step == code), None),
        context.show_problem,
        parent=context.parent,
    )


def _ask(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.letters.printed_letter import PrintedLetterDialog

    about, letter = gathered.target.about, gathered[PRINTED_LETTER]
    return PrintedLetterDialog(context.session, context.tasks, letter, about, context.parent)


def _may_write(session: Session) -> bool:
    return may(session.role, Document.rights.add) and may(session.role, Right.PRINT)


def _has_letter(decision: Decision, _view: "CaseView") -> bool:
    from ioms_desktop.services.letters.templates import steps_with_letters

    return bool(decision.authorised_by) and decision.step in steps_with_letters()


def _is_letter_of_case(document: Document, view: "CaseView") -> bool:
    return document.kind == "LETTER" and is_of_case(document, view)


WRITE_LETTER = DialogAction(
    name="letter.write",
    title="&Letter…",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(Menu(CASE_MENU), RecordButton(Decision, DECISION, "&Write the letter…", _has_letter)),
    make=_write,
    needs=(VIEW, SUBJECT, LETTERS),
    drafts={"write_letter": "Letter"},
    icon="file-text",
    keywords="letter warning abc contract notice notification offer appointment parent closing write post",
    help="A letter in plain words, filled from the case and kept with it as it leaves.",
    condition=_may_write,
)


WHAT_CAME_OUT = DialogAction(
    name="letter.printed",
    title="What the printer made of a letter",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(RecordButton(Document, DOCUMENT, "Not &printed…", _is_letter_of_case),),
    make=_ask,
    needs=(VIEW, PRINTED_LETTER),
    drafts={PRINTED_LETTER_FORM: "Was this letter printed?"},
    icon="printer",
    help="Puts on record that a letter, or the copy for a parent or carer, did not come out of the printer.",
    condition=_may_write,
)


def letter_offer(session: Session, launch: Launch, outcome: Outcome) -> tuple[str, Callable[[], object]] | tuple[()]:
    """Return the button of a notice that writes the letter of the decision just made; nothing where there is none."""
    from ioms_desktop.services.letters.templates import steps_with_letters

    made = outcome.decided
    if made is None or made.step not in steps_with_letters() or not WRITE_LETTER.is_allowed(session):
        return ()
    target = Target(case_ref=made.case_ref, about=made.decision_ref)
    return ("&Write the letter…", partial(launch, WRITE_LETTER, target))


LETTER_ACTIONS = (WRITE_LETTER, WHAT_CAME_OUT)
