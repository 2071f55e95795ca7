"""The actions on offers of support beside making, answering and ending them: their funding."""

from typing import TYPE_CHECKING

from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.ui.actions.dialog_action import DialogAction, DialogContext, Gathered, RecordButton
from ioms_desktop.ui.actions.loaders import KNOWN_WORKERS, OFFER, SUBJECT

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.services.cases.cases import CaseView


def _fund(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.casework.fund_offer import FundOfferDialog

    return FundOfferDialog(
        context.session, context.tasks, gathered[SUBJECT], gathered[OFFER], gathered[KNOWN_WORKERS], context.parent
    )


def _is_open(offer: Offer, view: "CaseView") -> bool:
    from ioms_desktop.ui.recording.case_subject import is_offer_open

    return is_offer_open(offer, view.as_of)


FUND_OFFER = DialogAction(
    name="offer.fund",
    title="&Funding…",
    right=Offer.rights.change_right,
    offered_in=(RecordButton(Offer, OFFER, "&Funding…", _is_open),),
    make=_fund,
    needs=(SUBJECT, KNOWN_WORKERS, OFFER),
    drafts={"fund_offer": "Funding of an offer"},
    keywords="money budget authorised travel clothing gym",
)
SUPPORT_ACTIONS = (FUND_OFFER,)
