"""What each need of a case has come to: its first and latest level, the level now, and what changed."""

from collections.abc import Iterator

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.cases import Need
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.leaving.leaving import NeedOnLeaving
from ioms_desktop.services.session import Session
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form


class NeedFields:
    """Two fields a need, within the form of a dialog; none for who may not record needs."""

    def __init__(self, session: Session, view: CaseView) -> None:
        """Find the needs on record, by pathway in the order of first assessment."""
        self._session = session
        self._by_pathway: dict[str, list[Need]] = {}
        if may(session.role, Right.RECORD_ENGAGEMENT):
            for need in sorted(view.needs, key=lambda each: (each.assessed_on, each.pathway)):
                self._by_pathway.setdefault(need.pathway, []).append(need)

    def add_to(self, form: Form) -> None:
        """Add the fields, the level at first as it was assessed last."""
        levels = [Choice(code.code, code.code, code.code) for code in self._session.lists.of("need_level")]
        for pathway, assessed in self._by_pathway.items():
            title = self._session.lists.of("pathway").label(pathway)
            level = ChoiceField(
                f"level_{pathway}", title, levels, required=True, help=self._describe(assessed), advances_focus=False
            )
            form.add(level).set_value(str(assessed[-1].level))
            form.add(TextField(f"evidence_{pathway}", f"What changed: {title}", required=True))

    def show(self, form: Form, *, shown: bool) -> None:
        """Show the fields where the step asks for them."""
        for name in self._names():
            form.set_field_visible(name, shown=shown)

    def values(self, form: Form) -> tuple[NeedOnLeaving, ...]:
        """Return what was filled in."""
        values = form.values()
        return tuple(
            NeedOnLeaving(
                pathway=pathway, level=int(values[f"level_{pathway}"]), evidence=values[f"evidence_{pathway}"] or ""
            )
            for pathway in self._by_pathway
            if values[f"level_{pathway}"] is not None
        )

    def _names(self) -> Iterator[str]:
        for pathway in self._by_pathway:
            yield from (f"level_{pathway}", f"evidence_{pathway}")

    def _describe(self, assessed: list[Need]) -> str:
        labels = self._session.lists.of("need_level")

        def words(need: Need) -> str:
            return f"{need.level} {labels.label(str(need.level)).lower()}, {format_day(need.assessed_on)}"

        if len(assessed) == 1:
            return f"Assessed once: {words(assessed[0])}."
        return f"First: {words(assessed[0])}. Latest: {words(assessed[-1])}."
