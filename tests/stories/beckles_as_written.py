"""What story C says of Amari BECKLES as of its last day, 6 November 2026."""

from typing import Any

TRIGGERS = [
    ("low_ratings", "29 Oct", "2 Nov", "WITHDRAWN", "", None, None, ""),
    ("missed_contacts", "29 Oct", "2 Nov", "WITHDRAWN", "", None, None, ""),
    ("serious_concern", "21 Oct", "23 Oct", "WITHDRAWN", "", None, None, ""),
    ("serious_concern", "28 Oct", "30 Oct", "DECIDED", "30 Oct", "ESCALATE", "L1", "3 Nov"),
    ("unanswered_offer", "27 Oct", "29 Oct", "DECIDED", "29 Oct", "ALTERNATIVE", None, ""),
]
"""Rule, raised, decision due, status, decided, decision, step, served."""

FIGURES: dict[str, Any] = {
    "age": 16,
    "current_step": "L0",
    "suggestions": [],
    "from": "2026-10-12",
    "days_in_custody": 2,
    "days_at_liberty": 24,
    "contacts": {
        "total": 8,
        "completed": 4,
        "missed": 2,
        "by_outcome": {"SEEN": 4, "FAILED_TO_ATTEND": 3, "CANCELLED_BY_US": 1},
    },
    "completed_minutes": 170,
}
OFFERS = {"made": 2, "accepted": 2, "open": 2}
LEVELS = [4, 2, 2, 4]
"""The engagement of each week from that of 12 October on."""
