"""Where the files that travel with the program are: in a checkout, in an installed wheel, in a frozen build."""

import sys
from functools import cache
from pathlib import Path


def resource(*parts: str) -> Path:
    """Say where a bundled file is, for instance ``resource("themes", "tokens.toml")``.

    Args:
        parts: Folder and file names below ``resources``; none gives the folder itself.

    Returns:
        The path; that the file exists is not checked.
    """
    return _bundle_root().joinpath("resources", *parts)


def migrations() -> Path:
    """Say where the schema's migrations are."""
    return _bundle_root() / "migrations"


@cache
def _bundle_root() -> Path:
    package = Path(__file__).resolve().parent
    bundled = package / "_bundled"
    if bundled.is_dir():
        return bundled
    frozen: str | None = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen is not None else package.parent.parent
