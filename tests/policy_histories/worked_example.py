"""The two people of practice.md section 11 (fictional), as exchange rows."""

from policy_histories.exchange_columns import Tables, merged
from policy_histories.worked_example_harker import harker
from policy_histories.worked_example_marlow import marlow


def worked_example() -> Tables:
    """Return every exchange row of both people."""
    return merged(harker(), marlow())
