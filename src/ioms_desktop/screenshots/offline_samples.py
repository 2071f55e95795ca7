"""Sample offline files, for pictures of the dialogs that create and import them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from ioms_desktop.domain.checkout import Checkout
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.offline.check_in_records import (
    CheckInOutcome,
    CheckInQuestion,
    IncomingRecord,
    compare_with_stored,
    with_refusal,
)
from ioms_desktop.services.offline.check_in_report import CheckInReport
from ioms_desktop.services.offline.check_in_rules import OFFLINE_DECISION_MESSAGE
from ioms_desktop.services.session import Session
from ioms_desktop.ui.offline.check_in import CheckInDialog
from ioms_desktop.ui.sign_in.recovery import RecoveryCodeDialog

if TYPE_CHECKING:
    from ioms_desktop.ui.main_window.window import MainWindow

CODE = "0FAB-1E00-9C0D-E5F0-RN0D-ATAB-ASE0"
TAKEN = "Three cases with 214 records to work on offline in away-2026-11-23.ioms, encrypted and on record."


def file_pictures(
    window: "MainWindow", session: Session, view: CaseView
) -> Iterator[tuple[str, Callable[[], QDialog]]]:
    """Yield the name of each picture and a function that makes its dialog."""
    yield "recovery_code_of_a_file", lambda: RecoveryCodeDialog(TAKEN, CODE, window)
    if view.offers and view.decisions:
        yield "bring_a_file_in_review", partial(_review, window, session, view)


def _review(window: "MainWindow", session: Session, view: CaseView) -> QDialog:
    dialog = CheckInDialog(session, window.tasks, window)
    dialog.file.set_value("/home/okoro/away-2026-11-23.ioms")
    dialog.password.set_value("four plain words here")
    dialog.show_report(sample_promotion(session, view))
    return dialog


def sample_promotion(session: Session, view: CaseView) -> CheckInReport:
    """Return the preview of an import with two questions and a record that cannot be imported."""
    taken = Checkout(
        number="sample",
        database_id="sample",
        source="ioms on server",
        by=session.user,
        at=session.clock() - timedelta(days=5),
        until=session.today() + timedelta(days=2),
        reason="CASE_WORK",
        cases=(view.case.case_ref,),
    )
    questions = (
        *_of_offer(session, view),
        *with_refusal(session, IncomingRecord(mine=view.decisions[0]), OFFLINE_DECISION_MESSAGE).questions,
    )
    counts = {
        "contacts": {CheckInOutcome.ADDED: 3, CheckInOutcome.UNCHANGED: 41},
        "offers": {CheckInOutcome.UPDATED: 1, CheckInOutcome.CONFLICTS: 1, CheckInOutcome.UNCHANGED: 4},
        "decisions": {CheckInOutcome.CONFLICTS: 1, CheckInOutcome.UNCHANGED: 2},
        "actions": {CheckInOutcome.UPDATED: 2, CheckInOutcome.MERGED: 1, CheckInOutcome.UNCHANGED: 9},
        "people": {CheckInOutcome.UNCHANGED: 154},
    }
    return CheckInReport(checkout=taken, counts=counts, questions=questions, written=False, sentence="")


def _of_offer(session: Session, view: CaseView) -> tuple[CheckInQuestion, ...]:
    offer = view.offers[0]
    base = replace(offer, response=None, responded_on=None, started_on=None, ended_on=None, end_reason=None)
    on = offer.offered_on
    mine = replace(base, response="PARTLY", responded_on=on + timedelta(days=3))
    saved_at = datetime(session.today().year, session.today().month, session.today().day, 8, 40, tzinfo=LONDON)
    theirs = replace(
        base,
        revision=offer.revision + 1,
        recorded_by="L. HOLT",
        recorded_at=saved_at,
        response="ACCEPTED",
        responded_on=on + timedelta(days=2),
        started_on=on + timedelta(days=5),
    )
    return compare_with_stored(session, IncomingRecord(mine=mine, base=base, stored=theirs, visible=theirs)).questions
