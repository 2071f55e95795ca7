"""Propose a decision on a trigger: the facts, the available steps, and the reasons; another person authorises it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.policy.decisions import CHILD_CHECKS
from ioms_desktop.domain.policy.ladder import StepAvailability
from ioms_desktop.domain.text_format import describe_due, format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.recording.decisions import DecisionPage, ProposeDecision, propose_decision
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.choice_fields import YES_NO, Choice, ChoiceField, CodeField, Option, code_options
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import LongTextField, TextField
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.decision_facts import (
    MAX_WORDS_CHARS,
    format_child_checks,
    recorded_check,
    support_lines,
    trigger_lines,
)
from ioms_desktop.ui.recording.step_field import StepField
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import label

MAX_REASON_CHARS = 2000
DIALOG_WIDTH_PX = 760
CONVICTION_STEPS = frozenset({"L6"})
LEVER_STEPS = frozenset({"L11"})
DECISION_CHOICES = (
    Choice("ESCALATE", "Escalate", "e"),
    Choice("HOLD", "No further action", "n"),
    Choice("ALTERNATIVE", "Review the offer", "r"),
    Choice("DE_ESCALATE", "De-escalate", "d"),
)
DECISION_HELP = "No further action needs its rationale. Reviewing the offer is an alternative to enforcement."
TOLD_HELP = "The words used, if it was given already; from a written warning up, needed when the step is served."
ANSWERS_HELP = "Which open alert this decision answers. An alert that no decision answers stays open and runs late."
NO_TRIGGER = "none"
STEP_DECISIONS = frozenset({"ESCALATE", "DE_ESCALATE"})


class DecisionDialog(AutoHeightDialog):
    """Asks for a proposal; it takes effect only when another person authorises it.

    It only adds a record, so there is nothing to merge: a second proposal on the same trigger is refused.
    """

    def __init__(
        self, session: Session, tasks: Tasks, view: CaseView, page: DecisionPage, parent: QWidget | None = None
    ) -> None:
        """Create the form.

        Args:
            session: The proposer's session.
            tasks: Runs the command.
            view: The case as its screen shows it.
            page: What is needed to decide.
            parent: The Qt parent.
        """
        super().__init__(
            tasks,
            title="Propose a decision",
            verb="&Propose",
            discard="&Discard this proposal",
            about=subject_of(session, view).summary,
            parent=parent,
        )
        self.session, self.view, self.page = session, view, page
        rule = "" if page.trigger is None else page.trigger.rule
        self.enable_autosave(session, Origin("decision", page.case.case_ref, rule))
        self._steps_shown_for: str | None = None
        self._show_facts()
        self._ask_trigger()
        self._ask_decision()
        self._ask_checks()
        self._ask_reasons()
        self._show_what_applies()
        self.form.changed.connect(self._show_what_applies)
        self.finish_layout()
        self.resize(DIALOG_WIDTH_PX, self.height())

    def _show_facts(self) -> None:
        page = self.page
        if page.trigger is not None:
            lines = trigger_lines(self.session, self.view, page.trigger, page.sentence)
            self.form.place(Card("What was seen", lines))
        for trigger, sentence in page.open_triggers:
            self.form.place(Card("What was seen", trigger_lines(self.session, self.view, trigger, sentence)))
        self.form.place(Card("The offer, and what was tried", support_lines(self.session, self.view)))
        self.form.place(Card("", labels.ENFORCEMENT_NOTICES, kind="bar-caution"))

    def _ask_trigger(self) -> None:
        """Ask which of the open triggers the decision answers: one that answers none leaves them all waiting."""
        self.answers: CodeField | None = None
        if not self.page.open_triggers:
            return
        rules = self.session.lists.of("rule")
        options = [
            Option(each.rule, f"{rules.label(each.rule)}, {describe_due(each.decision_due, self.page.on)}")
            for each, _ in self.page.open_triggers
        ]
        options.append(Option(NO_TRIGGER, "None of them; they stay for decision"))
        self.answers = self.form.add(CodeField("answers", "Ans&wers", options, required=True, help=ANSWERS_HELP))

    def _ask_decision(self) -> None:
        self.decision = self.form.add(
            ChoiceField("decision", "&Decision", DECISION_CHOICES, required=True, help=DECISION_HELP)
        )
        families = code_options(self.session.lists.of("step_family"))
        self.step = self.form.add(StepField("step", "&Step", self.page.steps, families, on=self.page.on, required=True))

    def _ask_checks(self) -> None:
        age, on = self.page.age, format_day(self.page.on)
        self.needed_checks = tuple(
            code for code in CHILD_CHECKS if any(code in each for each in self.page.checks.values())
        )
        told = f"The person is {age} on {on}. Before this step each of these is answered, with its reason."
        self.checks_note = label(told, "title", wrap=True)
        if self.needed_checks:
            self.form.place(self.checks_note)
        for code in self.needed_checks:
            title, question = labels.CHILD_CHECK_QUESTIONS[code]
            known, words = recorded_check(self.session, self.view, code, self.page.on)
            shown = f"{question} {known}".strip()
            self.form.add(ChoiceField(f"check {code}", title, YES_NO, required=True, help=shown), shown=False)
            reason = TextField(f"words {code}", "With what reason", limit=MAX_WORDS_CHARS, required=True)
            reason.set_value(words or None)
            self.form.add(reason, shown=False)

    def _ask_reasons(self) -> None:
        add = self.form.add
        self.form.section("Why")
        self.reason = add(LongTextField("reason", "&Reason", lines=3, limit=MAX_REASON_CHARS, required=True))
        weighed = "What else was weighed, support first, and why it was not chosen."
        self.alternatives = add(
            LongTextField(
                "alternatives", "&Alternatives", lines=2, limit=MAX_REASON_CHARS, required=True, help=weighed
            ),
            shown=False,
        )
        self.proportionality = add(
            LongTextField(
                "proportionality",
                "Pr&oportionality",
                lines=2,
                limit=MAX_REASON_CHARS,
                required=True,
                help="The conduct and the lawful power it rests on, and why no less would do.",
            ),
            shown=False,
        )
        self.told = add(LongTextField("told", "&Message given", lines=2, limit=MAX_REASON_CHARS, help=TOLD_HELP))
        self.others = add(TextField("others", "Told &whom else", limit=MAX_REASON_CHARS))
        self.review = add(DateField("review", "Re&view on", today=self.session.today, bias=DateBias.AHEAD))
        self._ask_what_else_is_said()

    def _ask_what_else_is_said(self) -> None:
        """Ask for what only some steps rest on, and for the view of an agency that disagrees."""
        add, lists, today = self.form.add, self.session.lists, self.session.today
        named = "The conviction that it rests on, where none is on record."
        self.court = add(TextField("court", "&Convicted at (court)", limit=MAX_REASON_CHARS, help=named), shown=False)
        self.convicted = add(DateField("convicted", "Convicted on", today=today, bias=DateBias.BACK), shown=False)
        self.lever = add(CodeField("lever", "Partner &lever", code_options(lists.of("enforcement_lever"))), shown=False)
        self.dissent_agency = add(
            CodeField("dissent_agency", "Agency that disagrees", code_options(lists.of("agency")))
        )
        self.dissent = add(
            LongTextField("dissent", "Its view and its reason", lines=2, limit=MAX_REASON_CHARS, required=True),
            shown=False,
        )

    @Slot()
    def _show_what_applies(self) -> None:
        decision = self.decision.value()
        moves = decision in STEP_DECISIONS
        self.form.set_field_visible("step", moves)
        if decision is not None and decision != self._steps_shown_for:
            self._steps_shown_for = decision
            self.step.set_steps(self._steps_for(decision))
        step = self.step.value() if moves else None
        needed = self.page.checks.get(step or "", ())
        self.checks_note.setVisible(bool(needed))
        for code in self.needed_checks:
            self.form.set_field_visible(f"check {code}", code in needed)
            self.form.set_field_visible(f"words {code}", code in needed)
        for name in ("court", "convicted"):
            self.form.set_field_visible(name, step in CONVICTION_STEPS)
        self.form.set_field_visible("lever", step in LEVER_STEPS)
        self.form.set_field_visible("dissent", self.dissent_agency.value() is not None)
        self.form.set_field_visible("alternatives", decision == "ESCALATE")
        self.form.set_field_visible("proportionality", decision == "ESCALATE")

    def _steps_for(self, decision: str) -> tuple[StepAvailability, ...]:
        if decision != "DE_ESCALATE":
            return self.page.steps
        ranks = {each.step.code: each.step.rank for each in self.page.steps}
        here = ranks.get(self.page.current_step) or 0
        lower = tuple(each for each in self.page.steps if each.step.rank is not None and each.step.rank < here)
        return lower or self.page.steps[:1]

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = self.form.values()
        entry = ProposeDecision(
            request=self.request,
            case_ref=self.page.case.case_ref,
            decision=values["decision"],
            reason=values["reason"] or "",
            rule=self._rule(),
            step=values["step"],
            child_checks=self._checks(),
            told_participant=values["told"],
            alternatives=values["alternatives"],
            proportionality=values["proportionality"],
            others_told=values["others"],
            review_on=values["review"],
            dissent_agency=values["dissent_agency"],
            dissent=values["dissent"],
            conviction_court=values["court"],
            convicted_on=values["convicted"],
            lever=values["lever"],
        )
        return partial(propose_decision, self.session, entry)

    def _rule(self) -> str | None:
        """Return the rule whose trigger it answers: the one it was opened on, or the one that was chosen."""
        if self.page.trigger is not None:
            return self.page.trigger.rule
        chosen = self.answers.value() if self.answers is not None else None
        return None if chosen in (None, NO_TRIGGER) else chosen

    def _checks(self) -> str | None:
        values = self.form.values()
        answered = {code: values[f"check {code}"] for code in self.needed_checks if values[f"check {code}"] is not None}
        return format_child_checks({code: (answer, values[f"words {code}"] or "") for code, answer in answered.items()})
