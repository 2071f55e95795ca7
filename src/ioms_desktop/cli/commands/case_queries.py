"""`case`, `triggers`, `measures`, `policy` and `codes`: what the rules see, as text or JSON."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import AS_OF, FORMAT, KNOWN_AT, CommandGroup, option, parse_day
from ioms_desktop.cli.output import write_result
from ioms_desktop.cli.session import open_session
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.errors import DatesOutOfOrder
from ioms_desktop.domain.text_format import format_day, iso_date

if TYPE_CHECKING:
    from ioms_desktop.domain.records.workers.names import WorkerNames
    from ioms_desktop.services.database.code_decisions import DecidableCode

COMMANDS = CommandGroup()
POLICY_COMMANDS = CommandGroup("policy", "policy versions")
CODE_COMMANDS = CommandGroup("codes", "codes of lists that rest on dated or unsure law")


@COMMANDS.command("case", "one case as of a day", AS_OF, KNOWN_AT, FORMAT, option("ref", metavar="REF"))
def case(options: argparse.Namespace) -> int:
    """Print one case as of a day."""
    from ioms_desktop.services.cases.case_query import query_case

    with open_session(options) as at:
        found = query_case(at, options.ref, options.as_of or at.today(), options.known_at)
        sees_all = may(at.role, Right.READ_INTELLIGENCE)
        step = at.lists.of("enforcement_step").label(found["current_step"])
    none = "None recorded" if sees_all else "None that you may see"
    return write_result(options, found, _case_text(found, step, none))


@COMMANDS.command(
    "triggers",
    "every alert as of a day",
    AS_OF,
    KNOWN_AT,
    FORMAT,
    option("--programme", choices=("IOM", "PHOENIX"), help="one programme only"),
    option("--open", action="store_true", dest="only_open", help="only those for decision"),
)
def triggers(options: argparse.Namespace) -> int:
    """Print every alert as of a day."""
    from ioms_desktop.services.cases.case_json import trigger_json
    from ioms_desktop.services.cases.standing import list_alerts

    with open_session(options) as at:
        as_of = options.as_of or at.today()
        found = list_alerts(
            at, as_of, programme=options.programme, only_open=options.only_open, known_at=options.known_at
        )
        policies = at.policy_timeline
        rows = [trigger_json(policies, trigger) for trigger in found]
        none = "No alerts" if may(at.role, Right.READ_INTELLIGENCE) else "No alerts that you may see"
    known = {} if options.known_at is None else {"known_at": iso_date(options.known_at)}
    payload = {"as_of": as_of.isoformat(), **known, "triggers": rows}
    text = "\n".join(_trigger_line(row) for row in rows) or f"{none} as of {format_day(as_of)}."
    return write_result(options, payload, text)


@COMMANDS.command(
    "measures",
    "the figures of a period",
    AS_OF,
    FORMAT,
    option("--from", type=parse_day, required=True, dest="first", metavar="YYYY-MM-DD", help="first day"),
    option("--to", type=parse_day, required=True, dest="last", metavar="YYYY-MM-DD", help="last day"),
)
def measures(options: argparse.Namespace) -> int:
    """Print the measures of a period.

    Raises:
        Refused: The period ends before it begins.
    """
    from ioms_desktop.services.figures.read_figures import get_measures as period_measures

    if options.last < options.first:
        raise DatesOutOfOrder("The period ends before it begins. Give --from and --to in order.")
    with open_session(options) as at:
        payload = period_measures(at, options.first, options.last, options.as_of)
    return write_result(options, payload, _measures_text(payload))


@POLICY_COMMANDS.command("list", "the versions", FORMAT)
def policy_list(options: argparse.Namespace) -> int:
    """Print the policy versions."""
    from ioms_desktop.services.cases.case_query import list_policy_versions

    with open_session(options) as at:
        versions = list_policy_versions(at)
    text = "\n".join(f"{v['version']}  effective from {v['effective_from']}  {v['status']}" for v in versions)
    return write_result(options, {"policies": versions}, text)


@POLICY_COMMANDS.command("show", "one version with its thresholds", FORMAT, option("version", metavar="VERSION"))
def policy_show(options: argparse.Namespace) -> int:
    """Print one policy version with its thresholds."""
    import json

    from ioms_desktop.services.cases.case_query import get_policy_document

    with open_session(options) as at:
        document = get_policy_document(at, options.version)
    return write_result(options, document, json.dumps(document, ensure_ascii=False, indent=2))


@CODE_COMMANDS.command("list", "the codes that rest on dated or unsure law, as they stand", FORMAT)
def codes_list(options: argparse.Namespace) -> int:
    """Print every code that a supervisor may decide on."""
    from ioms_desktop.services.database.code_decisions import list_decidable_codes

    with open_session(options) as at:
        found = list_decidable_codes(at)
    rows = [_code_json(each) for each in found]
    return write_result(options, {"codes": rows}, "\n".join(_code_line(at.names, row) for row in rows))


@CODE_COMMANDS.command(
    "decide",
    "confirm, date or withdraw a code; a supervisor's, on record, for whoever signs in from then on",
    FORMAT,
    option("list", metavar="LIST"),
    option("code", metavar="CODE"),
    option("--state", required=True, choices=("CONFIRMED", "INACTIVE", "AS_SHIPPED"), help="what it is to be"),
    option("--from", type=parse_day, dest="valid_from", metavar="YYYY-MM-DD", help="first day; none if left out"),
    option("--to", type=parse_day, dest="valid_to", metavar="YYYY-MM-DD", help="last day; none if left out"),
    option("--reason", required=True, metavar="TEXT", help="who confirmed it, or why it is withdrawn"),
)
def codes_decide(options: argparse.Namespace) -> int:
    """Decide on a code."""
    from uuid import uuid4

    from ioms_desktop.services.database.code_decisions import DecideCode, decide_on_code

    entry = DecideCode(
        request=str(uuid4()),
        list=options.list,
        code=options.code,
        state=options.state,
        reason=options.reason,
        valid_from=options.valid_from,
        valid_to=options.valid_to,
    )
    with open_session(options) as at:
        outcome = decide_on_code(at, entry)
    return write_result(options, {"ref": outcome.ref, "notice": outcome.notice}, outcome.notice)


def _code_json(each: DecidableCode) -> dict[str, Any]:
    decided = each.decision
    return {
        "list": each.list,
        "code": each.code,
        "label": each.label,
        "confirmed": each.is_confirmed,
        "available": each.is_available,
        "valid_from": iso_date(each.valid_from),
        "valid_to": iso_date(each.valid_to),
        "source": each.source or None,
        "decided_by": None if decided is None else decided.decided_by,
        "reason": None if decided is None else decided.reason,
    }


def _code_line(names: WorkerNames, row: dict[str, Any]) -> str:
    state = "confirmed" if row["confirmed"] else "not confirmed"
    offered = "" if row["available"] else ", not offered"
    days = "".join(f"  {word} {row[key]}" for word, key in (("from", "valid_from"), ("to", "valid_to")) if row[key])
    by = f"  {names.of(row['decided_by'])}: {row['reason']}" if row["decided_by"] else ""
    return f"{row['list']}/{row['code']}  {row['label']}  {state}{offered}{days}{by}"


def _trigger_line(row: dict[str, Any]) -> str:
    state = row["status"] if row["decided_on"] is None else f"{row['status']} {row['decided_on']} {row['decision']}"
    due = "" if row["decided_on"] or row["status"] == "WITHDRAWN" else f"  decision due {row['decision_due']}"
    detail = [row["explanation"], *filter(None, [row["withdrawn_reason"]])]
    return "\n    ".join([f"{row['case_ref']}  {row['raised_on']}  {row['rule']}  {state}{due}", *detail])


def _case_text(found: dict[str, Any], step: str, no_triggers: str) -> str:
    rag, contacts, offers = found["rag"], found["contacts"], found["offers"]
    level = found["engagement_level"]
    lines = [
        f"{found['case_ref']}  {found['programme']}  {found['status']}  as of {found['as_of']}",
        "RAG: " + (f"{rag['rag']} since {rag['set_on']}: {rag['reason']}" if rag else "None recorded"),
        f"Engagement: {'None recorded' if level is None else level}",
        f"Step: {step}",
        f"In custody: {'yes' if found['in_custody'] else 'no'}",
        f"Days in the community: {found['days_at_liberty']}, of them unlawfully at large: {found['days_ual']}",
        f"Days in custody: {found['days_in_custody']}",
        f"Contacts: {contacts['total']}, completed {contacts['completed']}, missed {contacts['missed']}",
        f"Offers: {offers['made']} made, {offers['accepted']} accepted, {offers['open']} open",
        "Alerts:",
        *([_trigger_line(row) for row in found["triggers"]] or [no_triggers]),
        "Suggestions:",
        *([each["reason"] for each in found["suggestions"]] or ["None"]),
        "Overdue:",
        *([each["explanation"] for each in found["overdue"]] or ["None"]),
    ]
    return "\n".join(lines)


def _measures_text(payload: dict[str, Any]) -> str:
    lines = [f"From {payload['from']} to {payload['to']}, as of {payload['as_of']}"]
    nothing = "too few to say" if "published" in payload else "nothing to count"
    for name in ("swiftness", "certainty", "balance", "contact_standards", "funnel", "flow"):
        lines.append(name.replace("_", " ").capitalize())
        for key, value in payload[name].items():
            shown = nothing if value is None else value
            lines.append(f"  {key.replace('_', ' ')}: {shown}")
    return "\n".join(lines)
