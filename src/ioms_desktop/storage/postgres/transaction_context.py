"""What a transaction says of itself to the triggers of a server, and what it asks them to put on record."""

from sqlalchemy import text

SET_CONTEXT_SQL = text(
    "SELECT set_config('ioms.at', :at, true), set_config('ioms.actor', :actor, true), "
    "set_config('ioms.role', :role, true), set_config('ioms.workstation', :workstation, true), "
    "set_config('ioms.request', :request, true), set_config('ioms.reason_code', :reason_code, true), "
    "set_config('ioms.reason_text', :reason_text, true)"
)
"""Who acts, when, from where and why; the server believes name and time only of its owner."""

SET_USER_CONTEXT_SQL = text(
    SET_CONTEXT_SQL.text.replace(":at", "transaction_timestamp()::text").replace(
        "SELECT", "SELECT transaction_timestamp(),"
    )
)
"""The same of somebody signed in, for whom the time is the server's; answers it."""

SET_REMOVAL_REASON_SQL = text("SELECT set_config('ioms.removal', :reason, true)")
"""Why a record is removed."""

SET_BULK_SQL = text("SELECT set_config('ioms.bulk', :said, true)")
"""Whether records come by the thousand."""

LOG_AUDIT_SQL = text(
    "SELECT log_audit(:kind, :object_type, :object_ref, :subject_ref, :recipient, CAST(:detail AS json))"
)
"""One entry."""

LOG_AUDIT_OF_PEOPLE_SQL = text("SELECT log_audit_of_people(:kind, CAST(:refs AS text[]), CAST(:detail AS json))")
"""One entry for each person."""
