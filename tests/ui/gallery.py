"""Draws the widget kit to pictures for visual review: ``python tests/ui/gallery.py FOLDER``.

Qt reads the scale factor only at start, so each scale is drawn by a process of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

SCALES = ("1", "1.5")


def draw(folder: Path) -> list[Path]:
    """Draw every picture in every theme and scale.

    Args:
        folder: Where the PNG files go; made if need be.

    Returns:
        The files, sorted by name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    here = Path(__file__).resolve()
    roots = os.pathsep.join([str(here.parents[1]), str(here.parents[2] / "src"), os.environ.get("PYTHONPATH", "")])
    for scale in SCALES:
        environment = {**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": roots}
        command = [sys.executable, str(here), str(folder), scale]
        subprocess.run(command, env=environment, check=True)
    return sorted(folder.glob("*.png"))


def _draw_here(folder: Path, scale: str) -> None:
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - the platform is chosen before

    from ioms_desktop.ui.tasks import Tasks  # noqa: PLC0415 - as above
    from ioms_desktop.ui.theme.apply import apply_theme  # noqa: PLC0415 - as above
    from ioms_desktop.ui.theme.tokens import Theme  # noqa: PLC0415 - as above
    from ui.gallery_pages import PAGES, settle  # noqa: PLC0415 - as above

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    for shade, theme in {"light": Theme.light(), "dark": Theme.dark(), "contrast": Theme.high_contrast()}.items():
        apply_theme(app, theme)
        for name, page in PAGES.items():
            tasks = Tasks()
            widget = page(tasks)
            settle(app, tasks)
            widget.grab().save(str(folder / f"{name}-{shade}-{round(float(scale) * 100)}.png"))
            widget.close()
            widget.deleteLater()
            tasks.close()


if __name__ == "__main__":
    if len(sys.argv) == len(("gallery", "folder", "scale")):
        _draw_here(Path(sys.argv[1]), sys.argv[2])
    else:
        draw(Path(sys.argv[1]))
