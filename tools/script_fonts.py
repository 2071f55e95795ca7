"""Make the typefaces under resources/fonts/scripts: fetched by pip and apt, cut to one weight and to what is printed.

Run it as `python -m tools.script_fonts` where both can be reached; the same versions give the same bytes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

TARGET = Path(__file__).resolve().parent.parent / "resources" / "fonts" / "scripts"
WHEELS = ("manimgx-fonts==2026.9.26.post1", "justmytype-intl-cjk==0.1.0")
DEBIAN_PACKAGE = "fonts-noto-core=20201225-1"
BY_SCRIPT = (
    "NotoEmoji", "NotoSansArmenian", "NotoSansBengali", "NotoSansDevanagari", "NotoSansEthiopic", "NotoSansGeorgian",
    "NotoSansGujarati", "NotoSansGurmukhi", "NotoSansHebrew", "NotoSansKannada", "NotoSansKhmer", "NotoSansLao",
    "NotoSansMalayalam", "NotoSansMyanmar", "NotoSansOriya", "NotoSansSinhala", "NotoSansSymbols", "NotoSansTamil",
    "NotoSansTelugu", "NotoSansThai",
)  # fmt: skip
# The newest Noto Sans Arabic draws dots as glyphs of their own, which a reader would take for letters of the text.
FROM_DEBIAN = ("NotoSansArabic",)
CHINESE_AND_JAPANESE = (
    (0x2E80, 0x2FFF), (0x3000, 0x30FF), (0x3105, 0x312F), (0x31F0, 0x31FF), (0x3200, 0x33FF), (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF),
)  # fmt: skip
KOREAN = ((0x1100, 0x11FF), (0x3131, 0x318F), (0xAC00, 0xD7A3))
REGULAR = {"wght": 400, "wdth": 100}
NOT_NEEDED = ["STAT", "vhea", "vmtx", "DSIG", "meta", "gasp"]
ALL_FEATURES = ["*"]
FEW_FEATURES = ["ccmp", "locl", "kern", "mark", "mkmk", "ljmo", "vjmo", "tjmo"]


def main() -> None:
    """Fetch the sources into a folder of their own and write each typeface."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        found = _fetch(Path(made))
        for name in BY_SCRIPT:
            _make(found[f"{name}[wght].ttf"], name, None, ALL_FEATURES)
        for name in FROM_DEBIAN:
            _make(found[f"{name}-Regular.ttf"], name, None, ALL_FEATURES)
        _make(found["NotoSansSC[wght].ttf"], "NotoSansSC", _characters(CHINESE_AND_JAPANESE), FEW_FEATURES)
        _make(found["NotoSansKR[wght].ttf"], "NotoSansKR", _characters(KOREAN), FEW_FEATURES)


def _fetch(folder: Path) -> dict[str, Path]:
    """Return the files of the sources by name."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *WHEELS], check=True
    )
    for wheel in folder.glob("*.whl"):
        with ZipFile(wheel) as archive:
            archive.extractall(folder / wheel.stem)
    subprocess.run(["apt-get", "download", "--quiet", DEBIAN_PACKAGE], check=True, cwd=folder)  # noqa: S607 - found on PATH wherever Debian is
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "--extract", str(package), str(folder / package.stem)], check=True)  # noqa: S607 - as above
    return {path.name: path for path in sorted(folder.rglob("*.ttf"))}


def _characters(ranges: tuple[tuple[int, int], ...]) -> set[int]:
    return {code for first, last in ranges for code in range(first, last + 1)}


def _make(source: Path, name: str, wanted: set[int] | None, features: list[str]) -> None:
    """Write one typeface: one weight, without hints, with the characters wanted (all where None)."""
    font = TTFont(source, recalcTimestamp=False)
    if "fvar" in font:
        axes = {axis.axisTag: REGULAR.get(axis.axisTag, axis.defaultValue) for axis in font["fvar"].axes}
        font = instancer.instantiateVariableFont(font, axes)
    options = subset.Options()
    options.layout_features, options.hinting, options.notdef_outline = features, False, True
    options.name_IDs, options.recalc_timestamp = ["*"], False
    options.drop_tables += NOT_NEEDED
    cutter = subset.Subsetter(options)
    has = set(font.getBestCmap())
    cutter.populate(unicodes=has if wanted is None else wanted & has)
    cutter.subset(font)
    path = TARGET / f"{name}.ttf"
    font.save(path)
    print(f"{name}: {path.stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters")


if __name__ == "__main__":
    main()
