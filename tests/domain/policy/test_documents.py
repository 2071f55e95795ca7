"""A policy document that makes no sense is refused, and one at the edge of what is possible is not."""

import tomllib
from copy import deepcopy
from typing import Any

import pytest

from instances import for_each
from ioms_desktop.domain.errors import InvalidReferenceData
from ioms_desktop.domain.policy.policy import Policy
from rulebook import RESOURCES, shipped_policies

SHIPPED: dict[str, Any] = tomllib.loads((RESOURCES / "policy" / "2026-11-30.toml").read_text(encoding="utf-8"))
BREACH = SHIPPED["rules"]["breach"]


def built(path: str, value: object) -> Policy:
    """Build the shipped policy with one entry changed, or taken out where the value is None."""
    document: dict[str, Any] = deepcopy(SHIPPED)
    *parts, name = path.split(".")
    part = document
    for each in parts:
        part = part.setdefault(each, {})
    if value is None:
        del part[name]
    else:
        part[name] = value
    return Policy.from_document(document)


@for_each(
    "path, refused, words, taken",
    [
        ("rules.breach.count", 0, "below what is possible", 1),
        ("rules.breach.days", -1, "below what is possible", 0),
        ("rules.breach.within_days", -1, "below what is possible", 0),
        ("rules.order_failures.counts.SSO", 0, "below what is possible", 1),
        ("rules.breach.programmes", ["IOM", "OTHER"], "does not exist", ["IOM"]),
        ("rules.breach.family", "OTHER", "does not exist", "POOR_ENGAGEMENT"),
        ("rules.breach.graded_as", "other", "rule that does not exist", "serious_concern"),
        ("rules.breach", BREACH | {"pause": 1}, "cannot be read: .*pause", BREACH),
        ("clocks.decision_working_days", 0, "at least one day", 1),
        ("clocks.action_days", 0, "at least one day", 1),
        ("standards.drift_days", 0, "drift after at least one day", 1),
        ("standards.group_label_months", 0, "for 1 to 12 months", 1),
        ("standards.group_label_months", 13, "for 1 to 12 months", 12),
        ("clocks.action_days", "7", "cannot be read", 7),
        ("clocks", None, "lacks clocks", SHIPPED["clocks"]),
        ("effective_from", "2026", "cannot be read", "2026-11-30"),
        ("rules.other", {"programmes": ["IOM"], "family": "CONCERN"}, "no rule called other", None),
    ],
)
def test_a_document_is_refused_with_what_is_wrong_with_it(
    path: str, refused: object, words: str, taken: object
) -> None:
    with pytest.raises(InvalidReferenceData, match=words):
        built(path, refused)
    if taken is not None:
        assert built(path, taken).version == SHIPPED["version"]


def test_each_version_is_found_by_its_name_and_one_that_the_database_lacks_is_said_to_be_missing() -> None:
    policies = shipped_policies()
    assert [policies.named(each.version) for each in policies.versions] == [*policies.versions]
    with pytest.raises(InvalidReferenceData, match="no policy 2020"):
        policies.named("2020")
