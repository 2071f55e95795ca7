"""Record a concern; its grades and handling are asked for intelligence alone."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.recording.concerns import RecordConcern, record_concern
from ioms_desktop.services.session import Desk, Outcome
from ioms_desktop.ui import labels
from ioms_desktop.ui.dialogs.auto_height import FittingDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, Option
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import Lean
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.recording.case_subject import Subject
from ioms_desktop.ui.tasks import Tasks

INTELLIGENCE = "INTELLIGENCE"
OFFENCES = frozenset({"ARREST", "CHARGE", "SUSPECTED"})


class ConcernDialog(FittingDialog):
    """Collects one concern; it only adds, so there is nothing to merge."""

    def __init__(self, desk: Desk, tasks: Tasks, subject: Subject, parent: QWidget | None = None) -> None:
        """Fill the form.

        Args:
            desk: Who records it.
            tasks: Where it is saved.
            subject: The case.
            parent: The window it belongs to.
        """
        super().__init__(
            tasks,
            title="Record a concern",
            verb="&Save concern",
            discard="&Discard this concern",
            intro=subject.line,
            parent=parent,
        )
        self.desk, self.subject = desk, subject
        self.keeps(desk, Origin("concern", subject.case_ref))
        add, lists, today = self.form.add, desk.lists, desk.today()
        self.kind = add(CodeField("concern_type", "&What", self._kinds(), required=True))
        self.on = add(DateField("occurred_on", "W&hen it happened", today=today, lean=Lean.BACK, required=True))
        self.on.set_value(today)
        self.group = add(CodeField("offence_group", "&Offence group", labels.options(lists.of("offence_group"), today)))
        grades = "As graded by the intelligence unit. A report raises a decision only when it is credible."
        self.source = add(ChoiceField("source_grade", "Sou&rce", _graded(desk, "source_grade"), required=True))
        self.information = add(
            CodeField("information_grade", "&Information", _coded(desk, "information_grade"), required=True)
        )
        self.handling = add(CodeField("handling", "Han&dling", _coded(desk, "handling"), required=True, help=grades))
        self.basis = add(
            CodeField(
                "statement_basis", "What &you write is", labels.options(lists.of("statement_basis")), required=True
            )
        )
        self.basis.set_value("FACT")
        self.summary = add(
            LongTextField("summary", "S&ummary", lines=4, help="Facts first. Never who gave the information.")
        )
        self._show_what_applies()
        self.kind.changed.connect(self._show_what_applies)
        self.ready()

    def _kinds(self) -> list[Option]:
        sees = may(self.desk.role, Right.READ_INTELLIGENCE)
        kinds = labels.options(self.desk.lists.of("concern_type"), self.desk.today())
        return [kind for kind in kinds if sees or kind.code != INTELLIGENCE]

    @Slot()
    def _show_what_applies(self) -> None:
        kind = self.kind.value()
        intelligence = kind == INTELLIGENCE
        self.form.set_shown("offence_group", intelligence or kind in OFFENCES)
        for name in ("source_grade", "information_grade", "handling"):
            self.form.set_shown(name, intelligence)
        self.form.set_shown("statement_basis", not intelligence)

    @override
    def work(self) -> Callable[[], Outcome]:
        values = self.form.values()
        kind, on = values["concern_type"], values["occurred_on"]
        if kind is None or on is None:
            raise Refused("A concern needs what it is and when. Your entry is kept.")
        entry = RecordConcern(
            request=self.request,
            case_ref=self.subject.case_ref,
            occurred_on=on,
            concern_type=kind,
            offence_group=values["offence_group"],
            source_grade=values["source_grade"],
            information_grade=values["information_grade"],
            handling=values["handling"],
            summary=self._summary(values["statement_basis"]),
        )
        return partial(record_concern, self.desk, entry)

    def _summary(self, basis: str | None) -> str:
        words = self.summary.value() or ""
        # A concern has no column for its basis; what is no fact says so in its first words.
        if not words or basis in (None, "FACT"):
            return words
        return f"{self.desk.lists.of('statement_basis').label(basis)}: {words}"


def _graded(desk: Desk, name: str) -> list[Choice]:
    return [Choice(code.code, f"{code.code} {code.label}", code.code) for code in desk.lists.of(name)]


def _coded(desk: Desk, name: str) -> list[Option]:
    return [Option(code.code, f"{code.code}  {code.label}") for code in desk.lists.of(name)]
