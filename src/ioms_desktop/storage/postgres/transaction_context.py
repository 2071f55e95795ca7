"""The settings by which a transaction tells the server's triggers who acts and why, and calls that log."""

from sqlalchemy import text

SETTINGS = ("actor", "role", "workstation", "request", "reason_code", "reason_text", "schema")


def _settings(parameter: str) -> str:
    """Return what makes each setting, `parameter` being how a statement names one."""
    return ", ".join(f"set_config('ioms.{name}', {parameter.format(name)}, true)" for name in SETTINGS)


SET_CONTEXT_SQL = text(f"SELECT set_config('ioms.at', :at, true), {_settings(':{}')}")
"""Who acts, when, from where, why and with which version; the server trusts name and time only from its owner."""

SET_USER_CONTEXT = (
    f"SELECT transaction_timestamp(), set_config('ioms.at', transaction_timestamp()::text, true), {_settings('%({})s')}"
)
NOTE_REQUEST = (
    "INSERT INTO request (id, at, actor, act) VALUES (%(id)s, transaction_timestamp(), %(actor)s, %(act)s) "
    "ON CONFLICT DO NOTHING"
)
"""The same for a signed-in user, whose time is the server's and is returned, and then their request; as the driver
takes them, because they are sent together."""

SET_REASON_SQL = text("SELECT set_config('ioms.reason_text', :reason, true)")
"""Why what follows is changed."""

SET_REMOVAL_REASON_SQL = text("SELECT set_config('ioms.removal', :reason, true)")
"""Why a record is removed."""

STRIKE_OUT_SQL = text(
    "SELECT strike_out_record(:table_name, :record_id, :revision, :reason, CAST(:on AS text), CAST(:by AS text))"
)
"""Strike a record out; false where it is not there at that revision."""

RESTORE_SQL = text("SELECT restore_struck_out(:number)")
"""Put back what was struck out; false where there is no such thing for this user."""

KEEP_STRUCK_OUT_SQL = text("SELECT keep_struck_out(CAST(:rows AS json))")
"""Keep what an import brings struck out."""

SET_BULK_SQL = text("SELECT set_config('ioms.bulk', :said, true)")
"""Whether this is a bulk import, of which the audit keeps no content."""

LOG_AUDIT_SQL = text(
    "SELECT log_audit(:kind, :object_type, :object_ref, :subject_ref, :recipient, CAST(:detail AS json))"
)
"""One entry."""

REGISTER_PAPER_SQL = text("SELECT register_paper(:case_ref, CAST(:detail AS json))")
"""One copy that leaves; the server asks what makes the entry evidence."""

LOG_AUDIT_OF_PEOPLE_SQL = text("SELECT log_audit_of_people(:kind, CAST(:refs AS text[]), CAST(:detail AS json))")
"""One entry for each person."""
