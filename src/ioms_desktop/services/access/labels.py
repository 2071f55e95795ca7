"""Texts about case access and accounts."""

from datetime import date

from ioms_desktop.domain.access.case_access import AccessList, BreakGlassRead, BreakGlassUse
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.access.case_access_admin import CaseAccess
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.session import Session
from ioms_desktop.storage.users import User

ACCESS_LIST_LABELS = {
    AccessList.ASSIGNED: "Assigned",
    AccessList.EXCLUDED: "Excluded",
    AccessList.ADMITTED: "Admitted",
    AccessList.BREAK_GLASS: "Used restricted record access",
    AccessList.TAKEOVER: "Asked to take it over",
}
ENFORCEMENT_NOTES = {
    True: "The server holds everybody to this, whatever program they use.",
    False: (
        "In this local file the lists keep names out of the lists and searches of this program. They do not protect: "
        "anyone with a password for the file could, with skill, read everything in it. A case that must be kept from "
        "somebody belongs on a shared database; only there can one be restricted."
    ),
}


def access_list_label(kind: AccessList) -> str:
    """Return the label of an access list."""
    return ACCESS_LIST_LABELS[kind]


def describe_case_access(access: CaseAccess) -> str:
    """Describe who may know of a case besides the users listed."""
    team, restricted = access.restriction.team, access.restriction.restricted
    if restricted:
        text = "Restricted: only those admitted may know of this case."
    elif team:
        text = f"A case of {team}: people of that team or of none know of it, and others where assigned or admitted."
    else:
        text = "Everybody whose role opens cases of this programme may know of it, except those excluded."
    message = (
        f" Others who know the reference read: “{access.restriction.message}”" if access.restriction.message else ""
    )
    return f"{text}{message} A partner sees it only where assigned."


def describe_break_glass_use(session: Session, use: BreakGlassUse) -> tuple[str, ...]:
    """Say who broke the glass, when and why, a line each."""
    when = "" if use.begins_at is None else f", {format_instant(use.begins_at)}"
    return f"{session.names.of(use.user_name)}{when}", f"“{use.reason}”"


def describe_break_glass_reads(use: BreakGlassUse) -> tuple[str, ...]:
    """Say what was looked at while the glass was broken, a line each."""
    if use.begins_at is None:
        return ("It is not known here: an auditor sees it in the audit (audit who-looked).",)
    if not use.reads:
        return ("Nothing: the case was not opened.",)
    whole = "Anyone who opens a case may read the whole of it."
    return (*dict.fromkeys(_describe_read(read) for read in use.reads), whole)


def _describe_read(read: BreakGlassRead) -> str:
    verbs = {"cases": "Opened case", "people": "Opened the record of"}
    verb = "Passed on" if read.kind == "DISCLOSURE" else verbs.get(read.object_type, f"Looked at {read.object_type}")
    return f"{verb} {read.object_ref}, {format_instant(read.at)}, from {read.workstation}"


def describe_account_state(user: User, today: date) -> str:
    """Describe the state of an account on a day."""
    if not user.active:
        return "disabled"
    if user.expires_on is None:
        return "may sign in"
    words = format_day(user.expires_on)
    return f"may sign in until {words}" if user.may_sign_in(today) else f"ran out on {words}"
