"""A field for somebody who has a record here: found by typing, kept by their reference."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from typing_extensions import Unpack, override

from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.session import Session
from ioms_desktop.ui.forms.field import FieldOptions
from ioms_desktop.ui.forms.picker import PickerField, PickerMatch
from ioms_desktop.ui.tasks import Tasks


class PersonField(PickerField):
    """One person, found among those of whom the user may know; its content is the reference of their record."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        session: Session,
        tasks: Tasks,
        known: Mapping[str, str],
        **options: Unpack[FieldOptions[Any]],
    ) -> None:
        """Create a field with nobody chosen.

        Args:
            name: The field's name.
            title: Its title.
            session: Who searches.
            tasks: Where the search runs.
            known: The names of those whom records of the case name already, by reference.
            options: As for every field.
        """
        super().__init__(name, title, find=partial(find_people, session), tasks=tasks, **options)
        self._known = known

    @override
    def value(self) -> Any:
        chosen = next(iter(self._chosen.values()), None)
        return None if chosen is None else chosen.ref

    @override
    def set_value(self, value: Any) -> None:
        """Set a reference, or what a draft had found."""
        if isinstance(value, str):
            self._chosen = {0: PickerMatch(0, self._known.get(value, value), value, value)}
            value = (0,)
        super().set_value(value)


def find_people(session: Session, text: str) -> tuple[PickerMatch, ...]:
    """Find people by what was typed, each once, with or without a case."""
    found = {
        hit.person_ref: PickerMatch(
            hit.id,
            hit.name,
            " · ".join(filter(None, (f"born {format_day(hit.born_on)}", hit.match.reason, hit.person_ref))),
            hit.person_ref,
        )
        for hit in reversed(find_people_and_cases(session, text))
    }
    return tuple(reversed(found.values()))
