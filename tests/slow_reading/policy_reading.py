"""The slow, literal second implementation of policy.md: the functions that other tests call."""

from slow_reading.slow_decisions import available_steps, decision_refusals, offer_refusals
from slow_reading.slow_figures import case_json, recorded_case_json, triggers_json
from slow_reading.slow_measures import measures_json, recorded_measures_json
from slow_reading.slow_recordings import State, states_of
from slow_reading.slow_rows import NEVER, NOVEMBER, Row, Tables

__all__ = [
    "NEVER",
    "NOVEMBER",
    "Row",
    "State",
    "Tables",
    "available_steps",
    "case_json",
    "decision_refusals",
    "measures_json",
    "offer_refusals",
    "recorded_case_json",
    "recorded_measures_json",
    "states_of",
    "triggers_json",
]
