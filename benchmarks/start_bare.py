"""The floor of a start: a bare Qt window is painted, the key is derived, and SQLAlchemy asks one query for a table.

The key is derived from the password at the cost that the application asks for, though it opens nothing here: the data
key of the book is given.
"""

import json
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QTableWidget, QTableWidgetItem
from typing_extensions import override

SAID: dict[str, float] = {}
FIRST_ROWS = """
    SELECT p.family_name || ', ' || p.given_names, c.case_ref, c.programme, r.rag, r.engagement, r.step,
        r.last_contact_on, r.contact_due_on, c.police_om, c.status
    FROM people p CROSS JOIN cases c ON c.person_ref = p.person_ref
    LEFT JOIN case_result r ON r.case_ref = c.case_ref AND r.scope = 'ALL'
    WHERE c.closed_on IS NULL ORDER BY p.name_key, c.id LIMIT 200
"""
SHOWN = 10
"""How many columns that gives."""


class Bare(QMainWindow):
    """A window with one line of text."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not SAID:
            SAID["painted"] = time.monotonic()
            QTimer.singleShot(0, ask)


def ask() -> None:
    """Derive the key, ask one query and show its rows, as the first list would."""
    from argon2.low_level import Type, hash_secret_raw  # noqa: PLC0415 - after the first paint, as ours
    from sqlalchemy import create_engine, event, text  # noqa: PLC0415 - as above
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - as above

    hash_secret_raw(
        sys.argv[3].encode(), bytes(16), time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, type=Type.ID
    )
    engine = create_engine(f"sqlite:///{sys.argv[1]}", module=dbapi2)
    event.listen(engine, "connect", lambda db, _: db.execute(f"PRAGMA key=\"x'{sys.argv[5]}'\""), insert=True)
    with engine.connect() as connection:
        rows = connection.execute(text(FIRST_ROWS)).all()
    table = QTableWidget(len(rows), SHOWN)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            table.setItem(number, column, QTableWidgetItem("" if value is None else str(value)))
    window.setCentralWidget(table)
    window.repaint()
    SAID["usable"] = time.monotonic()
    QApplication.quit()


app = QApplication(sys.argv[:1])
window = Bare()
window.resize(1300, 700)
window.setCentralWidget(QLabel("Cases"))
window.show()
app.exec()
print(json.dumps(SAID))
