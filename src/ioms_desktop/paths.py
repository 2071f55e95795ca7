"""Where bundled files are: in a checkout, an installed wheel or a frozen build."""

import sys
from functools import cache
from pathlib import Path


def resource(*parts: str) -> Path:
    """Return the path of a bundled file, for instance ``resource("themes", "tokens.toml")``.

    Args:
        parts: Folder and file names below ``resources``; none gives the folder itself.

    Returns:
        The path; that the file exists is not checked.
    """
    return _bundle_root().joinpath("resources", *parts)


def migrations() -> Path:
    """Return the path of the schema migrations."""
    return _bundle_root() / "migrations"


@cache
def _bundle_root() -> Path:
    package = Path(__file__).resolve().parent
    bundled = package / "_bundled"
    if bundled.is_dir():
        return bundled
    frozen: str | None = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen is not None else package.parent.parent
