"""Says why something was refused beside the field that is wrong, where the refusal names one that is shown."""

from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.tasks import Tasks


class RefusedField:
    """The field that a refusal names, while it is told."""

    def __init__(self, form: Form, tasks: Tasks) -> None:
        """Take the form whose fields are named, and what tells why its work was refused."""
        self._form, self._tasks = form, tasks

    def show(self, sentence: str, *, goes_there: bool = True) -> bool:
        """Show a sentence beside the field that the refusal names; False where it names none, or it is not shown.

        Args:
            sentence: What is wrong.
            goes_there: Whether the keyboard goes to the field; not while somebody types in another.
        """
        refusal = self._tasks.refusal
        name = "" if refusal is None else refusal.field
        if name not in {each.name for each in self._form.fields if each.isVisible()}:
            return False
        (self._form.set_problem if goes_there else self._form.show_problem)(name, sentence)
        return True
