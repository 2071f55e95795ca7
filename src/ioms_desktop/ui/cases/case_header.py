"""The header of a case, which does not scroll: who it is about, the facts in short, and the actions."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.calendar import ADULT_AGE
from ioms_desktop.domain.policy.case_facts import CANCELLED_OUTCOMES
from ioms_desktop.domain.records.people import CustodySpell, Person
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.text_format import describe_due, format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.labels import format_value
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.forms.date_parsing import format_date
from ioms_desktop.ui.recording.decision_facts import describe_step
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, ChipLabel, Shape, rag_chip
from ioms_desktop.ui.widgets.layouts import clear_layout
from ioms_desktop.ui.widgets.widgets import ElidedLabel, label

FACT_WIDTH_PX = 206
CHANGED_MESSAGE = "Changed elsewhere since you opened it; refresh (F5)"


@dataclass(frozen=True, slots=True)
class Fact:
    """A small title above its text; `wide` takes two columns."""

    title: str
    text: str
    wide: bool = False


def header_facts(session: Session, view: CaseView) -> tuple[Fact, ...]:
    """Return the facts of the header, in the order in which a case conference asks for them."""
    case, person, lists = view.case, view.person, session.lists
    named = (labels.PROGRAMME_LABELS.get(case.programme, case.programme), lists.of("cohort").label(case.cohort))
    facts = [
        Fact("Born", labels.describe_birth(person, view.age)),
        Fact("Programme", " · ".join(filter(None, (*named, lists.of("case_status").label(case.status))))),
    ]
    if shows_rag(view):
        facts.append(Fact("RAG", _describe_rag(view), wide=True))
    facts += [
        Fact("Last contact", _describe_last_contact(session, view)),
        Fact("Next contact", _describe_next_contact(view)),
        *_engagement_facts(session, view),
        Fact("Step", describe_step(session, view.step)),
        *_worker_facts(view),
        Fact("Custody", _describe_custody(view), wide=bool(view.custody)),
        Fact("Statutory status", _describe_statutory_status(session, view), wide=case.final_third_from is not None),
    ]
    if view.age < ADULT_AGE:
        facts.append(Fact("Parent or carer", person.parent_or_carer or labels.NOT_RECORDED))
    if person.communication_needs:
        facts.append(Fact("Communication needs", person.communication_needs))
    return tuple(facts)


def about_facts(session: Session, view: CaseView) -> tuple[Fact, ...]:
    """Return every fact of the header that is filled, then the details of the case and the person."""
    person, case, lists = view.person, view.case, session.lists
    referred_by = f" by {case.referred_by}" if case.referred_by else ""
    facts = [
        *((fact.title, fact.text) for fact in header_facts(session, view)),
        ("Reference", case.case_ref),
        ("Referred", f"{format_date(case.referred_on)}{referred_by}"),
        ("Adopted" if case.programme == "IOM" else "Notified", format_date(case.starts_on)),
        ("Notice served", format_date(case.notice_served_on)),
        ("Release plan", format_date(case.release_plan_on)),
        ("Closed", format_date(case.closed_on)),
        ("Why closed", lists.of("close_reason").label(case.close_reason)),
        ("Known as", person.known_as or ""),
        ("Sex", lists.of("sex").label(person.sex)),
        ("Ethnicity, as they say", lists.of("ethnicity_self").label(person.ethnicity_self)),
        ("Address", ", ".join(filter(None, (person.address, person.postcode)))),
        ("Phone", person.phone or ""),
        ("Languages", person.languages or ""),
        ("Parent or carer", person.parent_or_carer or ""),
        ("Social care", lists.of("social_care_status").label(person.social_care_status)),
        ("Warning markers", person.warning_markers or ""),
        *(
            (column.label, format_value(lists, column, column.value_of(person)))
            for column in columns_of(Person)
            if column.is_detail
        ),
    ]
    if view.sees_intelligence:
        facts += [
            ("PNC ID", person.pnc_id or ""),
            ("CRO number", person.cro_number or ""),
            ("CRN", person.crn or ""),
            ("Prison number", person.prison_number or ""),
            ("Niche", person.niche_id or ""),
        ]
    # A fact may come from the header and from the details; it is listed once.
    return tuple(Fact(title, text) for title, text in dict.fromkeys(facts) if text)


def shows_rag(view: CaseView) -> bool:
    """Whether a case has a RAG: always on IOM, on Phoenix only if one was set."""
    return view.case.programme == "IOM" or bool(view.rag)


def _describe_rag(view: CaseView) -> str:
    rag = view.figures.rag
    if rag is None:
        return "None set yet"
    return f"{rag.rag} since {format_day(rag.set_on)}: {rag.reason}"


def _describe_last_contact(session: Session, view: CaseView) -> str:
    # A cancelled appointment is no contact, whoever cancelled it; an attempt at one is said with its outcome.
    held = (contact for contact in view.contacts if contact.outcome not in CANCELLED_OUTCOMES)
    latest = max(held, key=lambda contact: contact.occurred_at.iso_text, default=None)
    if latest is None:
        return labels.NONE_RECORDED
    outcome = session.lists.of("contact_outcome").label(latest.outcome)
    on = latest.occurred_at.on
    return f"{format_day(on)}, {labels.relative_day(on, view.as_of)}: {outcome}"


def _describe_next_contact(view: CaseView) -> str:
    planned = [a for a in view.actions if a.done_on is None and a.cancelled_on is None and _is_contact(a.text)]
    soonest = min(planned, key=lambda action: action.due_on, default=None)
    if soonest is not None:
        return f"{format_day(soonest.due_on)}, {labels.relative_day(soonest.due_on, view.as_of)}"
    if view.contact_due is not None:
        return f"By {format_day(view.contact_due)}, {describe_due(view.contact_due, view.as_of)}"
    return "None planned"


def _is_contact(text: str) -> bool:
    return text.casefold().startswith("next contact")


def _engagement_facts(session: Session, view: CaseView) -> tuple[Fact, ...]:
    """Engagement is rated on Phoenix; on IOM it is shown only if somebody rated it."""
    level = view.figures.engagement_level
    if level is None:
        return () if view.case.programme == "IOM" else (Fact("Engagement", "Not rated yet"),)
    week = view.figures.by_week[-1][0]
    words = session.lists.of("engagement_level").label(str(level)).partition(":")[0]
    return (Fact("Engagement", f"{level} {words}, week of {format_day(week)}"),)


def _worker_facts(view: CaseView) -> tuple[Fact, ...]:
    case = view.case
    people = (
        ("Offender manager" if case.programme == "IOM" else "Police", case.police_om),
        ("Probation", case.probation_practitioner),
        ("Navigator", case.navigator),
    )
    named = tuple(Fact(what, name) for what, name in people if name)
    return named or (Fact("Responsible", labels.NOT_RECORDED),)


def _describe_statutory_status(session: Session, view: CaseView) -> str:
    case = view.case
    parts = [session.lists.of("statutory_status").label(case.statutory_status) or "None"]
    if case.iom_licence_condition:
        parts.append("IOM licence condition")
    if case.final_third_from is not None:
        on = format_day(case.final_third_from)
        begun = case.final_third_from <= view.as_of
        parts.append(f"final third from {on}{': probation contact ended' if begun else ''}")
    return "; ".join(parts)


def _describe_custody(view: CaseView) -> str:
    spell = _current_spell(view)
    release = view.case.expected_release_on
    expected = f"; release expected {format_day(release)}" if release is not None and release >= view.as_of else ""
    if spell is None:
        return f"At liberty{expected}"
    where = f", {spell.establishment}" if spell.establishment else ""
    return f"In custody since {format_day(spell.received_on)}{where}{expected}"


def _current_spell(view: CaseView) -> CustodySpell | None:
    """Return the latest custody spell not over on the as-of day; the day of release is a day at liberty."""
    inside = [spell for spell in view.custody if spell.released_on is None or spell.released_on > view.as_of]
    return inside[-1] if inside else None


class FactsGrid(QWidget):
    """Facts in as many columns as fit; a text that is too long is elided, with the full text as its tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: list[tuple[QWidget, int]] = []
        self._columns = 0
        self._first_row_only = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(6)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Replace the facts."""
        for cell, _ in self._cells:
            self._grid.removeWidget(cell)
            cell.hide()
            cell.deleteLater()
        self._cells = [(_fact_widget(fact), 2 if fact.wide else 1) for fact in facts]
        self._columns = 0
        self._arrange()

    def show_first_row_only(self, *, only: bool) -> None:
        """Hide all rows but the first, for a low window."""
        if only != self._first_row_only:
            self._first_row_only = only
            self._columns = 0
            self._arrange()

    def _arrange(self) -> None:
        columns = max(2, self.width() // FACT_WIDTH_PX)
        if columns == self._columns:
            return
        self._columns = columns
        row = place = 0
        for number in range(self._grid.columnCount()):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)
        for cell, span in self._cells:
            if place + span > columns:
                row, place = row + 1, 0
            self._grid.addWidget(cell, row, place, 1, span)
            cell.setVisible(row == 0 or not self._first_row_only)
            place += span
        for number in range(columns):
            self._grid.setColumnStretch(number, 1)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


def _fact_widget(fact: Fact) -> QWidget:
    cell = QWidget()
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(label(fact.title, "small"))
    words = ElidedLabel(fact.text)
    words.setAccessibleName(f"{fact.title}: {fact.text}")
    column.addWidget(words)
    return cell


class CaseHeader(QFrame):
    """Shows name, chips, facts and action buttons."""

    def __init__(self, acts: Sequence[QWidget], at_right: QWidget) -> None:
        """Lay out an empty header.

        Args:
            acts: The action buttons, the primary one first.
            at_right: The widget at the end of the row of buttons.
        """
        super().__init__()
        self.setProperty("kind", "card")
        self.name = label("", "display")
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.known_as = label("", "quiet")
        self.reference = label("", "quiet")
        self.viewers_label = label("", "quiet")
        self.changed_label = label(CHANGED_MESSAGE, "quiet")
        self.rag = ChipLabel()
        self.custody = ChipLabel()
        self._markers = QHBoxLayout()
        self._markers.setSpacing(6)
        self.facts = FactsGrid()
        top = QHBoxLayout()
        top.setSpacing(12)
        for part in (self.name, self.known_as, self.rag, self.custody):
            top.addWidget(part)
        top.addLayout(self._markers)
        top.addStretch(1)
        for part in (self.viewers_label, self.changed_label):
            part.hide()
            top.addWidget(part)
        top.addWidget(self.reference)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for act in acts:
            buttons.addWidget(act)
        buttons.addStretch(1)
        buttons.addWidget(at_right)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 10, 20, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.facts)
        column.addLayout(buttons)

    def show_case(self, session: Session, view: CaseView) -> None:
        """Show a case."""
        person = view.person
        self.name.setText(labels.formal_name(person))
        self.known_as.setText(f"known as {person.known_as}" if person.known_as else "")
        self.known_as.setVisible(bool(person.known_as))
        self.reference.setText(view.case.case_ref)
        self.changed_label.hide()
        rag = view.figures.rag
        self.rag.show_chip(None if rag is None else rag_chip(rag.rag))
        in_custody = _current_spell(view) is not None
        self.custody.show_chip(Chip("in custody", Tone.NEUTRAL, Shape.LOCK) if in_custody else None)
        self._show_markers(person.warning_markers or "", session)
        self.facts.show_facts(header_facts(session, view))
        self.setAccessibleName(f"{labels.formal_name(person)}, {labels.describe_birth(person, view.age)}")

    def show_viewers(self, words: str) -> None:
        """Show who else has the case open; empty text for nobody."""
        self.viewers_label.setText(words)
        self.viewers_label.setVisible(bool(words))

    def show_changed(self) -> None:
        """Show that the case has changed since it was read; hidden when it is read again."""
        self.changed_label.show()

    def _show_markers(self, markers: str, session: Session) -> None:
        clear_layout(self._markers)
        known = session.lists.of("warning_marker")
        for marker in filter(None, (part.strip() for part in markers.replace(",", ";").split(";"))):
            self._markers.addWidget(ChipLabel(Chip(known.label(marker), Tone.AMBER, Shape.TRIANGLE)))
