"""Record a concern and how it ended; the grades and the handling code are asked for intelligence only."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.intelligence import INTELLIGENCE_CONCERN_TYPE
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.recording.concerns import EndConcern, RecordConcern, end_concern, record_concern
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import past_day_field
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, Option, code_options
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.recording.case_subject import CaseSubject
from ioms_desktop.ui.tasks import Tasks

OFFENCE_CONCERN_TYPES = frozenset({"ARREST", "CHARGE", "SUSPECTED"})


class ConcernDialog(AutoHeightDialog):
    """Asks for one concern. It only adds a record, so there is nothing to merge."""

    def __init__(self, session: Session, tasks: Tasks, subject: CaseSubject, parent: QWidget | None = None) -> None:
        super().__init__(
            tasks,
            title="Record a concern",
            verb="&Save concern",
            discard="&Discard this concern",
            about=subject.summary,
            parent=parent,
        )
        self.session, self.subject = session, subject
        self.enable_autosave(session, Origin("concern", subject.case_ref))
        add, lists, today = self.form.add, session.lists, session.today()
        self.kind = add(CodeField("concern_type", "&What", self._type_options(), required=True))
        self.on = add(past_day_field(session, "occurred_on", "W&hen it happened"))
        groups = code_options(lists.of("offence_group"), today)
        self.group = add(CodeField("offence_group", "&Offence group", groups), shown=False)
        grades = "As graded by the intelligence unit. A report raises a decision only when it is credible."
        self.source = add(
            ChoiceField("source_grade", "Sou&rce", _grade_choices(session, "source_grade"), required=True), shown=False
        )
        self.information = add(
            CodeField("information_grade", "&Information", _grade_options(session, "information_grade"), required=True),
            shown=False,
        )
        self.handling = add(
            CodeField("handling", "Han&dling", _grade_options(session, "handling"), required=True, help=grades),
            shown=False,
        )
        self.basis = add(
            CodeField("statement_basis", "What &you write is", code_options(lists.of("statement_basis")), required=True)
        )
        self.basis.set_value("FACT")
        self.summary = add(
            LongTextField("summary", "S&ummary", lines=4, help="Facts first. Never who gave the information.")
        )
        self._show_what_applies()
        self.kind.changed.connect(self._show_what_applies)
        self.finish_layout()

    def _type_options(self) -> list[Option]:
        sees = may(self.session.role, Right.READ_INTELLIGENCE)
        kinds = code_options(self.session.lists.of("concern_type"), self.session.today())
        return [kind for kind in kinds if sees or kind.code != INTELLIGENCE_CONCERN_TYPE]

    @Slot()
    def _show_what_applies(self) -> None:
        kind = self.kind.value()
        intelligence = kind == INTELLIGENCE_CONCERN_TYPE
        self.form.set_field_visible("offence_group", intelligence or kind in OFFENCE_CONCERN_TYPES)
        for name in ("source_grade", "information_grade", "handling"):
            self.form.set_field_visible(name, intelligence)
        self.form.set_field_visible("statement_basis", not intelligence)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = self.form.values()
        kind, on = values["concern_type"], values["occurred_on"]
        if kind is None or on is None:
            raise MissingValue("A concern needs what it is and when. Your entry is kept.")
        entry = RecordConcern(
            request=self.request,
            case_ref=self.subject.case_ref,
            occurred_on=on,
            concern_type=kind,
            offence_group=values["offence_group"],
            source_grade=values["source_grade"],
            information_grade=values["information_grade"],
            handling=values["handling"],
            summary=self.summary.value() or "",
            statement_basis="INTELLIGENCE" if kind == INTELLIGENCE_CONCERN_TYPE else values["statement_basis"],
        )
        return partial(record_concern, self.session, entry)


class ConcernEndDialog(AutoHeightDialog):
    """Asks how a concern ended, and on which day."""

    def __init__(
        self, session: Session, tasks: Tasks, subject: CaseSubject, concern: Concern, parent: QWidget | None = None
    ) -> None:
        """Create the form, for a concern as it was read."""
        super().__init__(
            tasks,
            title="How it ended",
            verb="&Save",
            discard="&Discard this entry",
            about=subject.summary,
            parent=parent,
        )
        self.session, self.concern = session, concern
        self.enable_autosave(session, Origin("concern_end", subject.case_ref, concern.concern_ref, concern.revision))
        lists = session.lists
        kind, group = lists.of("concern_type").label(concern.concern_type), concern.offence_group
        said = ", ".join(filter(None, (kind, lists.of("offence_group").label(group), format_day(concern.occurred_on))))
        self.form.place(Card("What happened", (said,)))
        self.outcome = self.form.add(
            CodeField("outcome", "&How it ended", code_options(lists.of("concern_outcome")), required=True)
        )
        self.outcome.set_value(concern.outcome)
        self.on = self.form.add(past_day_field(session, "outcome_on", "&On"))
        self.on.set_value(concern.outcome_on or session.today())
        self.finish_layout()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        outcome, on = self.outcome.value(), self.on.value()
        if outcome is None or on is None:
            raise MissingValue("Say how it ended and on which day. Your entry is kept.")
        entry = EndConcern(
            request=self.request,
            concern_ref=self.concern.concern_ref,
            revision=self.revision,
            outcome=outcome,
            on=on,
        )
        return PendingEdit(end_concern, self.session, entry)


def _grade_choices(session: Session, name: str) -> list[Choice]:
    return [Choice(code.code, f"{code.code} {code.label}", code.code) for code in session.lists.of(name)]


def _grade_options(session: Session, name: str) -> list[Option]:
    return [Option(code.code, f"{code.code}  {code.label}") for code in session.lists.of(name)]
