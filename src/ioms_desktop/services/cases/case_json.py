"""The JSON of `case`, `triggers` and `measures`. Dates are ISO 8601; null means none."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from ioms_desktop.domain.dates.calendar import age_on
from ioms_desktop.domain.policy.case_facts import CaseFacts, latest_step
from ioms_desktop.domain.policy.case_figures import CaseFigures, case_figures
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.measures import Tally, median, percentile_90, share
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.standards import overdue_standards
from ioms_desktop.domain.policy.suggestions import suggestions
from ioms_desktop.domain.policy.triggers import Trigger, evaluate, without_intelligence
from ioms_desktop.domain.text_format import iso_date


def trigger_json(policies: Policies, trigger: Trigger) -> dict[str, Any]:
    """Write one trigger."""
    return {
        "case_ref": trigger.case_ref,
        "rule": trigger.rule,
        "family": trigger.family,
        "raised_on": iso_date(trigger.raised_on),
        "evidence": [
            {"kind": each.kind, "ref": each.ref, "on": iso_date(each.on), "joined": each.joined}
            for each in trigger.evidence
        ],
        "explanation": explain(policies, trigger),
        "policy_version": trigger.policy_version,
        "decision_due": iso_date(trigger.decision_due),
        "status": trigger.status,
        "withdrawn_reason": trigger.withdrawn_reason,
        "needs_review": trigger.needs_review,
        "decided_on": iso_date(trigger.decided_on),
        "decision": trigger.decision,
        "step": trigger.step,
        "action_due": iso_date(trigger.action_due),
        "actioned_on": iso_date(trigger.actioned_on),
    }


def case_json(
    policies: Policies,
    history: Sequence[CaseFacts],
    as_of: date,
    *,
    identity: dict[str, Any],
    born_on: date,
    sees_intelligence: bool = True,
) -> dict[str, Any]:
    """Write one case as of a day.

    Args:
        policies: The versions of the policy.
        history: The case's history.
        as_of: Only events dated on or before this day count.
        identity: The case's own fields that no rule works out: references, programme, cohort, status.
        born_on: The person's date of birth.
        sees_intelligence: Whether triggers that rest on intelligence are among it.
    """
    case = history[-1]
    found = evaluate(policies, history, as_of)
    shown = found if sees_intelligence else without_intelligence(found, history)
    counted = case_figures(policies, case, as_of)
    step, _ = latest_step(case.decisions, as_of)
    return {
        **identity,
        "as_of": iso_date(as_of),
        "from": iso_date(case.starts_on if case.starts_on is not None and case.starts_on <= as_of else None),
        "age": age_on(born_on, as_of),
        "in_custody": case.in_custody(as_of),
        **_figures_json(counted),
        "current_step": step,
        "triggers": [trigger_json(policies, trigger) for trigger in shown],
        "suggestions": [{"kind": each.kind, "reason": each.reason} for each in suggestions(policies, case, as_of)],
        "overdue": [
            {"standard": each.standard, "due_on": iso_date(each.due_on), "explanation": each.explanation}
            for each in overdue_standards(policies, case, as_of)
        ],
    }


def _figures_json(counted: CaseFigures) -> dict[str, Any]:
    rag = counted.rag
    return {
        "rag": None if rag is None else {"rag": rag.rag, "set_on": iso_date(rag.set_on), "reason": rag.reason},
        "rag_days": counted.rag_days,
        "days_at_liberty": counted.days_at_liberty,
        "days_in_custody": counted.days_in_custody,
        "days_ual": counted.days_ual,
        "engagement_level": counted.engagement_level,
        "engagement_by_week": [{"week_commencing": iso_date(week), "level": level} for week, level in counted.by_week],
        "contacts": {
            "total": counted.contacts,
            "completed": counted.completed,
            "missed": counted.missed,
            "by_outcome": counted.by_outcome,
        },
        "completed_minutes": counted.completed_minutes,
        "offers": {
            "made": counted.offers_made,
            "accepted": counted.offers_accepted,
            "open": len(counted.open_offers),
            "open_refs": list(counted.open_offers),
        },
        "actions": [{"action_ref": ref, "status": status} for ref, status in counted.actions],
    }


def measures_json(tally: Tally) -> dict[str, Any]:
    """Write the measures of a period; a share is null when there is nothing to count."""
    return {
        "from": iso_date(tally.first),
        "to": iso_date(tally.last),
        "as_of": iso_date(tally.as_of),
        "swiftness": {
            "decisions": len(tally.working_days_to_decision),
            "working_days_median": median(tally.working_days_to_decision),
            "working_days_p90": percentile_90(tally.working_days_to_decision),
            "on_time_share": share(tally.decided_on_time, len(tally.working_days_to_decision)),
            "actions": len(tally.days_to_action),
            "action_days_median": median(tally.days_to_action),
            "action_days_p90": percentile_90(tally.days_to_action),
            "action_on_time_share": share(tally.acted_on_time, len(tally.days_to_action)),
        },
        "certainty": {
            "due": tally.due,
            "decided": tally.due_decided,
            "decided_share": share(tally.due_decided, tally.due),
            "on_time": tally.due_on_time,
            "on_time_share": share(tally.due_on_time, tally.due),
        },
        "balance": {
            "offers_made": tally.offers_made,
            "offers_accepted": tally.offers_accepted,
            "offers_open": tally.offers_open,
            "enforcement_decisions": tally.enforcement_decisions,
        },
        "contact_standards": tally.standards,
        "funnel": tally.funnel,
        "flow": tally.flow,
    }
