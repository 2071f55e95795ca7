import gc
import weakref

from PySide6.QtWidgets import QApplication

from ioms_desktop.ui.collecting import Collecting


class Ring:
    def __init__(self) -> None:
        self.itself = self


def test_garbage_in_cycles_waits_for_the_timer(qapp: QApplication) -> None:
    assert qapp
    collecting = Collecting()
    assert not gc.isenabled()
    gone = weakref.ref(Ring())
    kept = [[] for _ in range(gc.get_threshold()[0] * 3)]  # type: list[list[object]]
    assert gone() is not None
    collecting.look()
    assert gone() is None
    assert kept


def test_where_there_is_little_nothing_is_collected(qapp: QApplication) -> None:
    assert qapp
    collecting = Collecting()
    gc.collect()
    gone = weakref.ref(Ring())
    collecting.look()
    assert gone() is not None
