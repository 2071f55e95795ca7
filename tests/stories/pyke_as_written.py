"""What story A says of Darren PYKE as of its last day, 4 September 2026."""

from typing import Any

TRIGGERS = [
    ("credible_intelligence", "28 Aug", "2 Sep", "DECIDED", "2 Sep", "HOLD", None, ""),
    ("persisting_concern", "2 Sep", "4 Sep", "OPEN", "", None, None, ""),
    ("serious_concern", "21 Aug", "25 Aug", "DECIDED", "25 Aug", "ESCALATE", "L2", "26 Aug"),
    ("unacceptable_absences", "17 Aug", "19 Aug", "WITHDRAWN", "", None, None, ""),
]
"""Rule, raised, decision due, status, decided, decision, step, served."""

FIGURES: dict[str, Any] = {
    "age": 30,
    "current_step": "L2",
    "overdue": [],
    "rag_days": {"AMBER": 27, "RED": 4, "BLUE": 2, "GREEN": 0},
    "days_in_custody": 2,
    "days_at_liberty": 31,
    "days_ual": 0,
    "contacts": {
        "total": 8,
        "completed": 4,
        "missed": 1,
        "by_outcome": {
            "SEEN": 4,
            "UNACCEPTABLE_ABSENCE": 1,
            "NOT_SEEN": 1,
            "NO_REPLY": 1,
            "CANCELLED_BY_PERSON_ACCEPTABLE": 1,
        },
    },
    "completed_minutes": 135,
}
OFFERS = {"made": 1, "accepted": 1, "open": 1}
