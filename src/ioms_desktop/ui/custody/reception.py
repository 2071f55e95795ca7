"""The dialog that records a reception: the form of the spell, the expected release, and RAG BLUE where it is right."""

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.compliance.recall_terms import latest_recall, term_ends
from ioms_desktop.domain.records.compliance.steps import ComplianceStep
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.text_format import format_day, join_words
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.custody.receptions import IN_CUSTODY_RAG, RecordReception, record_reception
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.choice_fields import ChoiceField
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.forms.record_form import read_form, record_fields
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import label

MAX_REASON_CHARS = 2000


class ReceptionDialog(AutoHeightDialog):
    """Asks who took somebody in and why; a short custody is received and released in the same form."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(
            tasks,
            title="Received into custody",
            verb="&Save custody",
            discard="&Discard this entry",
            about=subject_of(session, view).summary,
            intro=describe_wanted(view).strip(),
            parent=parent,
        )
        self.session, self.case = session, view.case
        self.recall = latest_recall(view.of(ComplianceStep), view.as_of)
        self.enable_autosave(session, Origin("add_custody", view.case.case_ref))
        for field in record_fields(CustodySpell, session.lists, session.local_now):
            self.form.add(field)
        self.received, self.released = self.form.field("received_on"), self.form.field("released_on")
        self.received.set_value(session.today())
        self._offers_blue = view.case.has_rag and may(session.role, Right.SET_RAG)
        self._ask_what_follows(view)
        self.form.changed.connect(self._show_what_applies)
        self._show_what_applies()
        self.finish_layout()

    def _ask_what_follows(self, view: CaseView) -> None:
        add = self.form.add
        self.expected = add(
            DateField(
                "expected_release_on",
                "Release e&xpected on",
                today=self.session.today,
                bias=DateBias.AHEAD,
                help="As the prison gives it; it is never worked out here.",
            )
        )
        self.term = label("", "small", wrap=True)
        self.form.place(self.term)
        rag = view.rag_in_force
        now = "no RAG is set" if rag is None else f"RAG is {rag.rag}"
        said = f"Suggested in custody; {now} and stays so unless you say yes."
        self.blue = add(ChoiceField("blue", f"Set &RAG {IN_CUSTODY_RAG}", help=said))
        self.reason = add(
            LongTextField("rag_reason", f"&Why {IN_CUSTODY_RAG}", lines=2, limit=MAX_REASON_CHARS, required=True)
        )

    @Slot()
    def _show_what_applies(self) -> None:
        inside, received = self.released.value() is None, self.received.value()
        words = "" if received is None or not inside else _describe_term(self.session, self.recall, received)
        self.term.setText(words)
        self.term.setVisible(bool(words))
        self.form.set_field_visible("expected_release_on", shown=inside)
        self.form.set_field_visible("blue", shown=inside and self._offers_blue)
        self.form.set_field_visible("rag_reason", shown=inside and self._offers_blue and self.blue.value() == "yes")

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = self.form.values()
        spell = CustodySpell(person_ref="", **read_form(self.form, CustodySpell))
        entry = RecordReception(
            request=self.request,
            case_ref=self.case.case_ref,
            spell=spell,
            expected_release_on=values["expected_release_on"],
            rag_reason=values["rag_reason"] or "",
        )
        return partial(record_reception, self.session, entry)


def _describe_term(session: Session, recall: ComplianceStep | None, received_on: date) -> str:
    """Say what a fixed term would come to, to be held against what the prison gives; it fills in nothing."""
    ends = term_ends(session.lists.of("recall_type"), recall, received_on)
    if not ends or recall is None:
        return ""
    days = join_words([format_day(each) for each in ends], "or")
    return (
        f"By the fixed term of the recall of {format_day(recall.taken_on)}, counted from that reception, it would be "
        f"{days}. Enter what the prison says."
    )


def describe_wanted(view: CaseView) -> str:
    """Say that somebody is unlawfully at large, which a reception ends; empty where they are not."""
    since = view.wanted_since
    return "" if since is None else f"Unlawfully at large since {format_day(since)}: that ends with the reception."
