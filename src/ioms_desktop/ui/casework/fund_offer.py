"""The dialog for the funding of an offer: how much, for what, from whose budget, and who authorised it when."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.validation.column_rules import amount_problem
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.recording.offers import FundOffer, fund_offer
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog, past_day_field
from ioms_desktop.ui.forms.fields import AmountField, TextField
from ioms_desktop.ui.forms.record_form import NUMBER_WIDTH_PX
from ioms_desktop.ui.recording.case_subject import CaseSubject, describe_offer
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.workers.worker_field import WorkerField

AUTHORISER_HELP = "An officer, a supervisor, or the person outside who authorised it."


class FundOfferDialog(SimpleCommandDialog):
    """Asks for the funding of an offer; what is on record already is filled in."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject,
        offer: Offer,
        workers: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who records it.
            tasks: Runs the command.
            subject: The case.
            offer: The offer as it was read.
            workers: The names that are completed.
            parent: The Qt parent.
        """
        self.amount = AmountField(
            "funding_amount", "&Amount in pounds", width=NUMBER_WIDTH_PX, required=True, rule=amount_problem
        )
        self.what = TextField("funding_for", "&For", help="Travel, say, or a passport.")
        self.source = TextField("funded_by", "Whose budg&et", required=True)
        self.by = WorkerField("funding_authorised_by", "Authorised &by", workers, required=True, help=AUTHORISER_HELP)
        self.on = past_day_field(session, "funding_authorised_on", "Authorised &on")
        self.amount.set_value(offer.funding_amount)
        self.what.set_value(offer.funding_for)
        self.source.set_value(offer.funded_by)
        self.by.set_value(session.names.of(offer.funding_authorised_by) or None)
        self.on.set_value(offer.funding_authorised_on or session.today())

        def command() -> Callable[[], Outcome]:
            entry = FundOffer(
                request=self.request,
                offer_ref=offer.offer_ref,
                revision=self.revision,
                amount=self.amount.filled(),
                funded_by=self.source.filled(),
                authorised_by=self.by.filled(),
                authorised_on=self.on.filled(),
                funded_for=self.what.value() or "",
            )
            return PendingEdit(fund_offer, session, entry)

        spec = SimpleCommand(
            title="Funding of an offer",
            verb="&Save",
            discard="&Discard this entry",
            about=subject.summary,
            intro=f"{describe_offer(session, offer)}.",
            origin=Origin("fund_offer", subject.case_ref, offer.offer_ref, offer.revision),
            fields=(self.amount, self.what, self.source, self.by, self.on),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
