"""What is asked before case summaries are printed: which cases, for whom, why, who gets a copy, and how many."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Slot

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.printing.audiences import Audience, available_audiences
from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper
from ioms_desktop.domain.printing.print_facts import PaperForm
from ioms_desktop.domain.printing.texts.marks import Span
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.search import SearchHit, find_people_and_cases
from ioms_desktop.services.printing.summaries import name_cases
from ioms_desktop.services.printing.texts.decided import ReviewForReader
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, Option, code_options
from ioms_desktop.ui.forms.fields import CheckBoxField, NumberField, TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.picker import PickerMatch
from ioms_desktop.ui.printing.cases_field import CasesField
from ioms_desktop.ui.printing.print_run import PACK, SUMMARIES
from ioms_desktop.ui.printing.recipient_fields import RecipientFields
from ioms_desktop.ui.tasks import Tasks, ignore
from ioms_desktop.ui.widgets.widgets import button

MAX_COPIES = 50
MAX_NAMED_CASES = 500
AUDIENCE_HELP = "Only the police copy contains intelligence."
LENGTH_HELP = "One page has a fixed set of fields."
AGENCY_HELP = "This decides what is on the copy."
REVIEWED, LEFT_OUT = "review", "leave"
TEXTS_HELP = "What people wrote in their own words."


class PrintForm(Form):
    """The questions of the print dialog."""

    def __init__(self, session: Session, tasks: Tasks, case_refs: Sequence[str], what: str = SUMMARIES) -> None:
        """Ask them, with the cases and the paper that were chosen before."""
        super().__init__()
        self._session, self._tasks = session, tasks
        self._reviewed: dict[tuple[str, str], Mapping[str, tuple[Span, ...]]] = {}
        self.cases = self.add(CasesField("cases", "&Cases", find=self._find_cases, tasks=tasks, required=True))
        self.cases.set_value(tuple(case_refs))
        self._ask_what(what)
        self._ask_for_whom()
        reasons = labels.reason_options(session.lists)
        self.reason = self.add(CodeField("reason", "&Why", reasons, required=True))
        self.reason_text = self.add(TextField("reason_text", "In w&ords", limit=300, help="Printed on every page."))
        self.recipient = RecipientFields(session, self)
        self.copies = self.add(
            NumberField("copies", "Cop&ies", minimum=1, maximum=MAX_COPIES, unit="each numbered", required=True)
        )
        self.copies.set_value(1)
        self.protect = self.add(
            CheckBoxField("protect", "Saved files", "Open with a passph&rase", help="AES-256, for a copy that is sent.")
        )
        self.mark_clean()
        named = list(case_refs[:MAX_NAMED_CASES])
        if named:
            tasks.run(self, lambda: name_cases(session, named), self.cases.name_cases, ignore)

    def _ask_what(self, what: str) -> None:
        sees = may(self._session.role, Right.READ_INTELLIGENCE)
        papers = [
            Option(SUMMARIES, "Summary of each case"),
            Option(PACK, "Summaries as one pack"),
            *(Option(each.value, each.label) for each in OfficePaper if sees or not each.is_for_police_alone),
        ]
        self.paper = self.add(CodeField("paper", "W&hat", papers, required=True))
        self.paper.set_value(what)
        self.paper.changed.connect(self._show_what_is_asked)

    def _ask_for_whom(self) -> None:
        session = self._session
        sees = may(session.role, Right.READ_INTELLIGENCE)
        readers = [Option(each.value, each.label) for each in available_audiences(sees_intelligence=sees)]
        self.audience = self.add(CodeField("audience", "&For", readers, required=True, help=AUDIENCE_HELP))
        self.audience.set_value(readers[0].code if len(readers) == 1 else None)
        options = code_options(session.lists.of("agency"))
        self.agency = self.add(CodeField("agency", "Agenc&y", options, help=AGENCY_HELP))
        lengths = (
            Choice(PaperForm.FULL.value, "Everything", "e"),
            Choice(PaperForm.ONE_PAGE.value, "One page", "o"),
        )
        self.length = self.add(ChoiceField("form", "Le&ngth", lengths, help=LENGTH_HELP))
        self.length.set_value(PaperForm.FULL.value)
        texts = (Choice(REVIEWED, "Review each", "v"), Choice(LEFT_OUT, "Leave out", "l"))
        self.texts = self.add(ChoiceField("texts", "Own words", texts, help=TEXTS_HELP))
        self.texts.set_value(REVIEWED)
        self.review_button = button("Re&view texts…", icon="eye")
        self.place(self.review_button)
        self.texts.changed.connect(self._show_what_is_asked)
        self.audience.changed.connect(self._show_what_is_asked)
        self._show_what_is_asked()

    @Slot()
    def _show_what_is_asked(self) -> None:
        """Ask for reader, agency and length only where they decide what is on the copy."""
        chosen, is_summary = self.reader, self.what in {SUMMARIES, PACK}
        self.set_field_visible("audience", not self._is_for_police_alone)
        self.set_field_visible("agency", chosen == Audience.PARTNER)
        self.set_field_visible("form", is_summary and (chosen is None or not Audience(chosen).is_plain))
        self.set_field_visible("texts", chosen is not None and not Audience(chosen).shows_intelligence)
        self.review_button.setVisible(self.asks_for_review)

    @property
    def case_refs(self) -> tuple[str, ...]:
        """The cases in the order of printing."""
        return self.cases.value() or ()

    @property
    def what(self) -> str:
        """What is printed, as a job takes it."""
        return self.paper.value() or SUMMARIES

    @property
    def _is_for_police_alone(self) -> bool:
        return self.what in {each.value for each in OfficePaper if each.is_for_police_alone}

    @property
    def reader(self) -> str | None:
        """For whom it is printed, as a code; the police where the paper is for nobody else."""
        return Audience.FULL.value if self._is_for_police_alone else self.audience.value()

    @property
    def copies_of_each(self) -> int:
        """How many numbered copies of each case."""
        return self.copies.value() or 1

    @property
    def is_complete(self) -> bool:
        """Whether all is known that decides what is on the pages."""
        is_known = bool(self.case_refs) and self.reader is not None and self.reason.value() is not None
        return is_known and self.recipient.is_complete

    def wanted(self, as_of: date | None) -> dict[str, Any]:
        """Return what is asked for, as the services take it."""
        audience = Audience(self.reader or Audience.PARTNER)
        return {
            "audience": audience,
            "agency": (self.agency.value() or "") if audience is Audience.PARTNER else "",
            "form": PaperForm.FULL if audience.is_plain else PaperForm(self.length.value() or PaperForm.FULL),
            "reason_code": self.reason.value() or "",
            "reason_text": self.reason_text.value() or "",
            "as_of": as_of,
            **self.recipient.answered(),
            **self._texts_wanted(audience),
        }

    @property
    def asks_for_review(self) -> bool:
        """Whether the texts in people's own words are to be reviewed before a copy leaves."""
        chosen = self.reader
        return chosen is not None and not Audience(chosen).shows_intelligence and self.texts.value() != LEFT_OUT

    @property
    def marks(self) -> Mapping[str, tuple[Span, ...]]:
        """What was decided of the texts for the reader that is chosen; nothing where they were reviewed for another."""
        return self._reviewed.get(self._reader_key, {})

    def take_marks(self, marks: Mapping[str, tuple[Span, ...]]) -> None:
        """Take what was decided of texts for the reader that is chosen."""
        self._reviewed[self._reader_key] = {**self.marks, **marks}
        self.changed.emit()

    @property
    def _reader_key(self) -> tuple[str, str]:
        audience = self.reader or ""
        return audience, (self.agency.value() or "") if audience == Audience.PARTNER else ""

    def _texts_wanted(self, audience: Audience) -> dict[str, Any]:
        if audience.shows_intelligence:
            return {}
        if self.texts.value() == LEFT_OUT:
            return {"without_texts": True}
        if not self.marks:
            return {}
        return {"review": ReviewForReader(audience=audience, agency=self._reader_key[1], marks=self.marks)}

    def _find_cases(self, text: str) -> list[PickerMatch]:
        hits = find_people_and_cases(self._session, text)
        return [PickerMatch(hit.id, hit.name, _describe(hit), hit.case_ref) for hit in hits if hit.case_ref is not None]


def _describe(hit: SearchHit) -> str:
    parts = (f"born {format_day(hit.born_on)}", "closed" if hit.closed else "", hit.match.reason, hit.case_ref)
    return " · ".join(filter(None, parts))
