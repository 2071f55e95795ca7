"""The shipped policy and ladder, for tests of the rules."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ioms_desktop.domain.policy.ladder import LadderStep, build_ladder
from ioms_desktop.domain.policy.policy import Policy, PolicyTimeline

RESOURCES = Path(__file__).parents[1] / "resources"


@cache
def shipped_policy(version: str) -> Policy:
    return Policy.from_document(tomllib.loads((RESOURCES / "policy" / f"{version}.toml").read_text(encoding="utf-8")))


def default_policy() -> Policy:
    return shipped_policy("2026-04-01")


@cache
def shipped_policies() -> PolicyTimeline:
    """Both versions over time, with the contact types in person."""
    types: list[dict[str, Any]] = tomllib.loads(
        (RESOURCES / "reference" / "contact_type.toml").read_text(encoding="utf-8")
    )["code"]
    in_person = (each["code"] for each in types if each.get("in_person", True))
    return PolicyTimeline.of((shipped_policy("2026-11-30"), default_policy()), in_person)


@cache
def ladder_codes() -> Sequence[Mapping[str, Any]]:
    codes: list[dict[str, Any]] = tomllib.loads(
        (RESOURCES / "reference" / "enforcement_step.toml").read_text(encoding="utf-8")
    )["code"]
    return codes


@cache
def default_ladder() -> tuple[LadderStep, ...]:
    return build_ladder(ladder_codes())
