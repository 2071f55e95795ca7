"""The case summaries of the worked example against the same content by bare Platypus, and drawn on the canvas."""

import sys
from pathlib import Path

from floors import Figure
from other_typesetters import installed, left_out
from paper_floors import ROUNDS
from paper_floors import measure as by_turns


def measure(_size: int, rounds: int = ROUNDS) -> list[Figure]:
    """Measure both people's summaries; the size of the book does not matter."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from reports.sample import CALLUM_FULL, JAYDEN_FULL  # noqa: PLC0415 - found once the tests are on the path

    figures = []
    for name, summary in (("IOM nominal", CALLUM_FULL), ("Phoenix participant", JAYDEN_FULL)):
        took = by_turns(summary, rounds)
        figures += [
            Figure(
                name=f"{what}, {name}",
                floor_name=floor_name,
                ours=took[ours],
                floor=took[floor],
                target=1.5,
            )
            for what, ours, floor, floor_name in (
                ("Case summary", "summary", "platypus", "bare Platypus, same content"),
                ("Drawing a case summary that is described", "drawing", "canvas", "bare canvas, same words and chart"),
            )
        ]
        figures += [
            Figure(
                name=f"Case summary, {name}",
                floor_name=f"{other}, same content, tagged",
                ours=took["summary"],
                floor=took[other],
                target=None,
            )
            for other in installed()
        ]
    if left_out():
        print(left_out(), file=sys.stderr)
    return figures
