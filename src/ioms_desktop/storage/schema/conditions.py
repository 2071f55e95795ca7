"""What some columns may hold, and which rows the partial indexes cover."""

ACCESS_ENTRY_KINDS = ("ASSIGNED", "EXCLUDED", "ADMITTED", "GLASS", "TAKEOVER")
DISPOSAL_STATUSES = ("PROPOSED", "REFUSED", "WITHDRAWN", "DONE")
AUDIT_KINDS = ("COLLECTION", "ALTERATION", "CONSULTATION", "DISCLOSURE", "COMBINATION", "ERASURE")
MISSED_SQL = "planned AND outcome IN ('FAILED_TO_ATTEND', 'UNACCEPTABLE_ABSENCE', 'REFUSED_ENTRY')"
"""A contact that counts as missed."""
WAITING_SQL = "cancelled_on IS NULL AND contact_ref IS NULL"
"""An appointment neither cancelled nor with an outcome."""
OPEN_SQL = "done_on IS NULL AND cancelled_on IS NULL"
"""An action that nobody has ended."""
ENDED_SQL = "done_on IS NOT NULL OR cancelled_on IS NOT NULL"
"""An action that somebody has ended, perhaps from a day to come."""
