"""The floor of a start: a bare Qt window is painted, then SQLAlchemy is imported and asked one query."""

import json
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from typing_extensions import override

SAID: dict[str, float] = {}


class Bare(QMainWindow):
    """A window with one line of text."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not SAID:
            SAID["painted"] = time.monotonic()
            QTimer.singleShot(0, ask)


def ask() -> None:
    """Ask one query, as the first list would."""
    from sqlalchemy import create_engine, event, text  # noqa: PLC0415 - after the first paint, as ours
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - as above

    engine = create_engine(f"sqlite:///{sys.argv[1]}", module=dbapi2)
    event.listen(engine, "connect", lambda db, _: db.execute(f"PRAGMA key=\"x'{sys.argv[5]}'\""), insert=True)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM cases LIMIT 200")).all()
    window.setCentralWidget(QLabel(f"{len(rows)} cases"))
    SAID["usable"] = time.monotonic()
    QApplication.quit()


app = QApplication(sys.argv[:1])
window = Bare()
window.resize(1300, 700)
window.setCentralWidget(QLabel("Cases"))
window.show()
app.exec()
print(json.dumps(SAID))
