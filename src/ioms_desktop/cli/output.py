"""What a command writes: its result to standard output, messages to standard error."""

import argparse
import sys
from collections.abc import Mapping
from typing import Any


def write_result(options: argparse.Namespace, payload: Mapping[str, Any], text: str) -> int:
    """Write a result: JSON for a program, text for a person."""
    if options.format == "json":
        import json

        print(json.dumps(payload, ensure_ascii=False, indent=2))
    else:
        print(text)
    return 0


def write_message(sentence: str) -> None:
    """Write a message, which is not the result."""
    print(sentence, file=sys.stderr)


def print_recovery_code(code: str) -> None:
    """Print a recovery code, which cannot be shown again."""
    if code:
        print(f"Recovery code: {code}")
        print(
            "Write it down and lock it away, apart from this computer: it opens the file when a password is forgotten, "
            "for whoever has it. It is not shown again."
        )
