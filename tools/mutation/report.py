"""Say how the mutants fared, and hold the survivors against the reasons given in docs/assurance.md."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tools.mutation.places import Mutant
    from tools.mutation.trials import Verdict

    Identity = tuple[str, str, str, str]
    Verdicts = Mapping[Mutant, Verdict]

REASONS = "docs/assurance.md"
HEADING = "## Mutants that survive"
_CELL = re.compile(r"(?<!\\)\|")


def reasons(file: Path) -> dict[Identity, str]:
    """Read the table below the heading: place, operator, old code, new code, and why no test can or need see it."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    section = re.split(r"^## ", text.partition(HEADING)[2], maxsplit=1, flags=re.MULTILINE)[0]
    found: dict[Identity, str] = {}
    for line in section.splitlines():
        cells = [cell.strip().strip("`").replace(r"\|", "|") for cell in _CELL.split(line.strip())[1:-1]]
        if len(cells) == 5 and cells[4]:  # noqa: PLR2004  the columns named above
            found[cells[0], cells[1], cells[2], cells[3]] = cells[4]
    return found


def row(mutant: Mutant, reason: str = "") -> str:
    """Return a survivor's row for that table."""
    place, operator, was, becomes = (text.replace("|", r"\|") for text in mutant.identity)
    return f"| `{place}` | {operator} | `{was}` | `{becomes}` | {reason} |"


def table(verdicts: Verdicts, given: Mapping[Identity, str]) -> str:
    """Count by package how the mutants ended; one that ran out of time counts as killed, and is named apart."""
    counts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for mutant, verdict in verdicts.items():
        explained = verdict.ended == "survived" and mutant.identity in given
        for package in (mutant.module.split(".")[0], "all"):
            for what in ("mutants", verdict.ended, *(["explained"] if explained else [])):
                counts[package][what] += 1
    columns = ("mutants", "killed", "timeout", "survived", "explained", "undecided")
    lines = [f"{'package':<12}" + "".join(f"{column:>11}" for column in columns) + f"{'killed %':>11}"]
    for package in sorted(counts, key=lambda name: (name == "all", name)):
        own = counts[package]
        share = 100 * (own["killed"] + own["timeout"]) / own["mutants"]
        lines.append(f"{package:<12}" + "".join(f"{own[column]:>11}" for column in columns) + f"{share:>11.1f}")
    return "\n".join(lines)


def survivors(verdicts: Verdicts, given: Mapping[Identity, str]) -> str:
    """List who survived, where, and why; then what the table of reasons lacks, ready to be filled in there."""
    lines: list[str] = []
    lacking: list[str] = []
    for mutant in sorted(verdicts, key=lambda each: (each.path, each.line, each.identity)):
        verdict = verdicts[mutant]
        if verdict.ended not in ("survived", "undecided"):
            continue
        reason = given.get(mutant.identity)
        if verdict.ended == "survived" and not reason:
            lacking.append(row(mutant))
        why = reason or ("no reason is given" if verdict.ended == "survived" else f"undecided: {verdict.by}")
        nobody = " (no test runs it)" if verdict.by == "nobody" else ""
        lines += [f"{mutant.path}:{mutant.line}  {mutant.operator}  {mutant.place}{nobody}"]
        lines += [f"    - {mutant.was}", f"    + {mutant.becomes}", f"    {why}"]
    if lacking:
        lines += ["", f'Rows for "{HEADING.removeprefix("## ")}" in {REASONS}:', "", *lacking]
    return "\n".join(lines)


def outlived(verdicts: Verdicts, given: Mapping[Identity, str]) -> list[str]:
    """List reasons that nothing needs any more, for a test kills the mutant now."""
    return [
        row(mutant, given[mutant.identity])
        for mutant, verdict in verdicts.items()
        if mutant.identity in given and verdict.ended in ("killed", "timeout")
    ]


def is_enough(verdicts: Verdicts, given: Mapping[Identity, str], floor: float) -> bool:
    """Say whether so many percent are killed as the floor wants, and every survivor has its reason."""
    killed = [mutant for mutant, verdict in verdicts.items() if verdict.ended in ("killed", "timeout")]
    left = [mutant for mutant in verdicts if mutant not in killed]
    explained = all(verdicts[mutant].ended == "survived" and mutant.identity in given for mutant in left)
    return explained and 100 * len(killed) >= floor * len(verdicts)
