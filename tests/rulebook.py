"""The shipped policy and ladder, for tests of the rules."""

import tomllib
from functools import cache
from pathlib import Path

from ioms_desktop.domain.policy.ladder import LadderStep, build_ladder
from ioms_desktop.domain.policy.policy import Policy

RESOURCES = Path(__file__).parents[1] / "resources"


@cache
def default_policy() -> Policy:
    return Policy.from_document(tomllib.loads((RESOURCES / "policy" / "2026-04-01.toml").read_text(encoding="utf-8")))


@cache
def default_ladder() -> tuple[LadderStep, ...]:
    document = tomllib.loads((RESOURCES / "reference" / "enforcement_step.toml").read_text(encoding="utf-8"))
    return build_ladder(document["code"])
