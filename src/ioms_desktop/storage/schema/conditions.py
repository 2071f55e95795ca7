"""What some columns may hold, and which rows the partial indexes cover."""

ACCESS_ENTRY_KINDS = ("ASSIGNED", "EXCLUDED", "ADMITTED", "GLASS", "TAKEOVER")
DISPOSAL_STATUSES = ("PROPOSED", "REFUSED", "WITHDRAWN", "DONE")
AUDIT_KINDS = ("COLLECTION", "ALTERATION", "CONSULTATION", "DISCLOSURE", "COMBINATION", "ERASURE")
MISSED_SQL = "planned AND outcome IN ('FAILED_TO_ATTEND', 'UNACCEPTABLE_ABSENCE', 'REFUSED_ENTRY')"
"""A contact that counts as missed."""
WAITING_SQL = "cancelled_on IS NULL AND contact_ref IS NULL"
"""An appointment neither cancelled nor with an outcome."""
