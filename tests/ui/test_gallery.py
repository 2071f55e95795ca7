from pathlib import Path

from PySide6.QtGui import QImage

from ui.gallery import draw
from ui.gallery_pages import PAGES


def test_every_page_of_the_kit_is_drawn_in_every_theme_and_scale(tmp_path: Path) -> None:
    files = draw(tmp_path / "gallery")
    assert len(files) == len(PAGES) * 3 * 2
    plain, larger = (QImage(str(tmp_path / "gallery" / f"register-light-{scale}.png")) for scale in (100, 150))
    assert larger.width() == round(plain.width() * 1.5)
    for path in files:
        image = QImage(str(path))
        shades = {
            image.pixelColor(x, y).name() for x in range(0, image.width(), 9) for y in range(0, image.height(), 9)
        }
        assert len(shades) > 3, path.name
