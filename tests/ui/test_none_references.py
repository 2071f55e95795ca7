"""PySide6 6.12.0 on Python 3.11 lost a reference to None in every call that returns nothing, and aborted in the end."""

import sys

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication


def test_calls_into_qt_do_not_use_up_none(qapp: QApplication) -> None:
    assert qapp is not None
    thing = QObject()
    thing.setObjectName("first")
    before = sys.getrefcount(None)
    for _ in range(1000):
        thing.setObjectName("again")
    assert abs(sys.getrefcount(None) - before) < 50
