"""Says why something was refused beside the field that is wrong, where the refusal names one that is shown."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from ioms_desktop.domain.errors import Refused
from ioms_desktop.ui.forms.form import Form

T = TypeVar("T")


class RefusedField:
    """Remembers between the thread that is refused and the one that shows it which field the refusal named."""

    def __init__(self, form: Form) -> None:
        """Take the form whose fields are named."""
        self._form, self._name = form, ""

    def noting(self, work: Callable[[], T]) -> Callable[[], T]:
        """Return the same work, which notes the field when it is refused."""
        return partial(self._run, work)

    def _run(self, work: Callable[[], T]) -> T:
        self._name = ""
        try:
            return work()
        except Refused as refused:
            self._name = refused.field
            raise

    def show(self, sentence: str, *, goes_there: bool = True) -> bool:
        """Show a sentence beside the field that was noted last; False where none was, or it is not shown.

        Args:
            sentence: What is wrong.
            goes_there: Whether the keyboard goes to the field; not while somebody types in another.
        """
        name, self._name = self._name, ""
        if name not in {each.name for each in self._form.fields if each.isVisible()}:
            return False
        (self._form.set_problem if goes_there else self._form.show_problem)(name, sentence)
        return True
