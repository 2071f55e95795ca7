"""The actions that are about no single case: retention reviews, published figures, and what an office decides."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.services.session import Outcome
from ioms_desktop.ui.actions.actions import ADMINISTRATION_MENU, FILE_MENU
from ioms_desktop.ui.actions.dialog_action import (
    DialogAction,
    DialogContext,
    DutyButton,
    Gathered,
    Menu,
    OwnControl,
    Scope,
    TargetGone,
)
from ioms_desktop.ui.actions.loaders import CERTIFICATES, EDITIONS, PERIOD, REVIEW, WORDINGS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.services.letters.wordings import WordingRow


def _review(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.retention.retention import AnswerDisposalDialog, RetentionReviewDialog

    review = gathered[REVIEW]
    if review.proposed_disposal is None:
        return RetentionReviewDialog(context.session, context.tasks, review, context.parent)
    dialog = AnswerDisposalDialog(context.session, context.tasks, review, context.parent)
    dialog.completed.connect(partial(_show_certificate, context))
    return dialog


def _show_certificate(context: DialogContext, outcome: Outcome) -> None:
    """Show what a disposal removed and where copies may remain; nothing where the proposal was refused."""
    from ioms_desktop.services.retention.retention import get_certificate
    from ioms_desktop.ui.retention.retention import DisposalCertificateDialog

    def show(certificate: Mapping[str, Any]) -> None:
        DisposalCertificateDialog(context.session, context.tasks, certificate, context.parent).open()

    if outcome.ref:
        work = partial(get_certificate, context.session, outcome.ref)
        context.tasks.run(context.parent, work, show, context.show_problem)


def _print_certificate(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.retention.certificates import PrintCertificateDialog

    return PrintCertificateDialog(context.session, context.tasks, gathered[CERTIFICATES], context.parent)


def _audit_report(context: DialogContext, _: Gathered) -> "QDialog":
    from ioms_desktop.ui.audit.report import AuditReportDialog

    return AuditReportDialog(context.session, context.tasks, context.parent)


def _publish(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.figures.publish_figures import PublishFiguresDialog

    return PublishFiguresDialog(context.session, context.tasks, gathered[EDITIONS], context.parent)


def _author_period(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.database.author_period import AuthorPeriodDialog

    return AuthorPeriodDialog(context.session, context.tasks, gathered[PERIOD], context.parent)


def _harm_weights(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.database.harm_weights import LoadWeightsDialog

    del gathered  # nothing on record is asked for
    return LoadWeightsDialog(context.session, context.tasks, context.parent)


def _word(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.letters.word_letter import WordLetterDialog

    begin_with = _chosen_wording(gathered)
    return WordLetterDialog(context.session, context.tasks, gathered[WORDINGS], begin_with, context.parent)


def _show_wording(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.letters.wording_changes import WordingDialog

    shown = _chosen_wording(gathered)
    if shown is None:
        raise TargetGone("This wording is not there. Nothing was changed; choose one in the list.")
    rows = gathered[WORDINGS]
    standing = next((each for each in rows if each.kind == shown.kind and each.state.value == "in force"), None)
    return WordingDialog(shown, standing, context.parent)


def _chosen_wording(gathered: Gathered) -> "WordingRow | None":
    return next((each for each in gathered[WORDINGS] if str(each.id) == gathered.target.about), None)


REVIEW_RECORD = DialogAction(
    name="record.review",
    title="Re&view record…",
    right=Right.MANAGE_RETENTION,
    offered_in=(DutyButton(Duty.RETENTION, "Revie&w record…"),),
    make=_review,
    needs=(REVIEW,),
    drafts={"retention_review": "Retention review", "answer_disposal": "Answer to a disposal"},
)
"""Where a disposal of the record has been proposed, its dialog asks for the answer to that instead."""
PRINT_CERTIFICATE = DialogAction(
    name="disposal.certificate",
    title="Certificate of &disposal…",
    right=Right.MANAGE_RETENTION,
    offered_in=(Menu(FILE_MENU, Scope.WINDOW),),
    make=_print_certificate,
    needs=(CERTIFICATES,),
    drafts={"print_certificate": "Certificate of disposal"},
    icon="printer",
    keywords="pdf paper retention removed deleted RRD erasure MoPI destroyed",
    help="The certificate of a disposal that was carried out, as a PDF. It names nobody.",
)
AUDIT_REPORT = DialogAction(
    name="audit.report",
    title="&Audit report…",
    right=Right.READ_AUDIT,
    offered_in=(Menu(FILE_MENU, Scope.WINDOW),),
    make=_audit_report,
    drafts={"audit_report": "Audit report"},
    icon="printer",
    keywords="pdf paper who looked changed trail period log access viewed",
    help="Who did and looked at what about a case, a person, or in a period, as a PDF.",
)
PUBLISH_FIGURES = DialogAction(
    name="figures.publish",
    title="&Publish a quarter…",
    right=Right.PUBLISH,
    offered_in=(OwnControl("screens.measures"),),
    make=_publish,
    needs=(EDITIONS,),
    drafts={"publish_figures": "Figures to publish"},
    icon="send",
)
AUTHOR_PERIOD = DialogAction(
    name="office.author_period",
    title="Period for &changes without a reason…",
    right=Right.SET_OFFICE,
    offered_in=(Menu(ADMINISTRATION_MENU, Scope.WINDOW),),
    make=_author_period,
    needs=(PERIOD,),
    drafts={"author_period": "Period for changes without a reason"},
    icon="history",
    keywords="author hours correct edit setting",
    help="How long the person who recorded an entry can change it without saying why.",
    administering=True,
)
HARM_WEIGHTS = DialogAction(
    name="office.harm_weights",
    title="Load &harm weights…",
    right=Right.SET_OFFICE,
    offered_in=(Menu(ADMINISTRATION_MENU, Scope.WINDOW),),
    make=_harm_weights,
    drafts={"harm_weights": "Harm weights to load"},
    icon="scale",
    keywords="offence severity Cambridge CHI table version published file index",
    help="A published table by which recorded offences are weighed, from a day on.",
    administering=True,
)
WORD_LETTER = DialogAction(
    name="letter.word",
    title="&Wording of a letter…",
    right=Right.WORD_LETTERS,
    offered_in=(Menu(ADMINISTRATION_MENU, Scope.WINDOW), OwnControl("screens.wordings")),
    make=_word,
    needs=(WORDINGS,),
    drafts={"letter_wording": "Wording of a letter"},
    icon="pencil",
    keywords="template text warning abc contract notice notification offer appointment parent closing reading age",
    help="What a letter says from a day on, its page and how hard it is to read beside it.",
    administering=True,
)
SHOW_WORDING = DialogAction(
    name="letter.wording",
    title="&Show and compare…",
    right=Right.WORD_LETTERS,
    offered_in=(OwnControl("screens.wordings"),),
    make=_show_wording,
    needs=(WORDINGS,),
    icon="eye",
    administering=True,
)
SUPERVISION_ACTIONS = (
    REVIEW_RECORD,
    PRINT_CERTIFICATE,
    AUDIT_REPORT,
    PUBLISH_FIGURES,
    AUTHOR_PERIOD,
    HARM_WEIGHTS,
    WORD_LETTER,
    SHOW_WORDING,
)
