"""The slow, literal second implementation of policy.md: the functions that other tests call."""

from slow_reading.slow_decisions import available_steps, decision_refusals, offer_refusals
from slow_reading.slow_figures import case_json, triggers_json
from slow_reading.slow_measures import measures_json
from slow_reading.slow_rows import Row, Tables

__all__ = [
    "Row",
    "Tables",
    "available_steps",
    "case_json",
    "decision_refusals",
    "measures_json",
    "offer_refusals",
    "triggers_json",
]
