"""Which alerts of a case came and which went with what a command wrote, asked of the rules before and after it."""

from dataclasses import dataclass, replace

from ioms_desktop.domain.policy.case_history import TRIGGER_TYPES
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.triggers import OPEN, Identity, Trigger, evaluate, visible_triggers
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.case_history import get_case_history
from ioms_desktop.services.session import Outcome, RaisedTrigger, Session
from ioms_desktop.storage.records.read import Reading


@dataclass(frozen=True, slots=True)
class OpenAlerts:
    """The open alerts of a case that a user may see, by what identifies each."""

    session: Session
    case_ref: str
    by_identity: dict[Identity, Trigger]

    def raised_since(self, before: "OpenAlerts") -> tuple[RaisedTrigger, ...]:
        """Return what is open now and was not before."""
        return tuple(
            RaisedTrigger(each.rule, explain(self.session.policy_timeline, each), each.decision_due, self.case_ref)
            for identity, each in self.by_identity.items()
            if identity not in before.by_identity
        )

    def describe_gone(self, before: "OpenAlerts") -> str:
        """Say in a sentence which were open before and are no longer; empty where none went."""
        rules = self.session.lists.of("rule")
        gone = [
            rules.label(each.rule) for identity, each in before.by_identity.items() if identity not in self.by_identity
        ]
        if not gone:
            return ""
        return f" No longer an alert: {join_words(gone)}; it stays listed as withdrawn."


def read_open_alerts(session: Session, reading: Reading, case_ref: str, record_type: type[Record]) -> OpenAlerts:
    """Read the open alerts of a case, as today.

    Args:
        record_type: What is written: where no alert can come from it, nothing is read.
    """
    if record_type not in TRIGGER_TYPES:
        return OpenAlerts(session, case_ref, {})
    policies = session.policy_timeline
    history = get_case_history(reading, case_ref, policies=policies)
    found = evaluate(policies, history, session.today())
    shown = visible_triggers(session.role, found, history)
    return OpenAlerts(session, case_ref, {each.identity: each for each in shown if each.status == OPEN})


def with_alerts(
    session: Session, reading: Reading, outcome: Outcome, before: OpenAlerts, record_type: type[Record]
) -> Outcome:
    """Add to an answer which alerts of a case came and which went."""
    after = read_open_alerts(session, reading, before.case_ref, record_type)
    raised = (*outcome.raised, *after.raised_since(before))
    return replace(outcome, notice=outcome.notice + after.describe_gone(before), raised=raised)
