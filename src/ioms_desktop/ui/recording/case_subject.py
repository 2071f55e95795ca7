"""The case that a dialog is about: what the dialog shows of it, and the search for further cases."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from ioms_desktop.domain.errors import Missing, NotAllowed
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.documents.delivery import LETTER
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import Order
from ioms_desktop.domain.records.plan.goals import PlanGoal
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.domain.text_format import format_day, join_words
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.recording.ratings import rating_role
from ioms_desktop.services.session import Session
from ioms_desktop.services.workers.agencies import agency_of
from ioms_desktop.ui import labels
from ioms_desktop.ui.forms.choice_fields import Option
from ioms_desktop.ui.forms.picker import PickerMatch

MOST_NAMED = 3
"""So many of those who were added to a form are named above it; of more, their number."""


CaseFinder = Callable[[str], Sequence[PickerMatch]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSubject:
    """The case for which a dialog is opened.

    Attributes:
        markers: The warning markers of the person, in words.
        usual_type: The type of the latest contact, which is preselected.
        agency: The agency for which the user works on the case, which is preselected.
        offers: The open offers, as options of a list.
        appointments: Those to the end of the day without an outcome, the earliest first.
        named: Gives what records of the case may name, as options, by table; most dialogs do not ask.
        named_people: The names of those whom records of the case name, by reference.
        rating_revisions: The revision of each rating already made in the user's role, by the Monday of its week.
    """

    case_ref: str
    name: str
    born: str
    programme: str
    markers: tuple[str, ...] = ()
    usual_type: str | None = None
    agency: str | None = None
    offers: tuple[Option, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    named: Callable[[], Mapping[str, tuple[Option, ...]]] = dict
    named_people: Mapping[str, str] = field(default_factory=dict)
    rating_revisions: Mapping[date, int] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """Describe the person in one line above a form."""
        return f"{self.name}, born {self.born}. Case {self.case_ref}."

    @property
    def summary_to_meet(self) -> str:
        """Describe the person to whoever arranges to meet them: with what they are to know before they go."""
        return f"{self.summary} Warning markers: {'; '.join(self.markers)}." if self.markers else self.summary


def describe_whom(summary: str, others: Sequence[PickerMatch]) -> str:
    """Say in one line whom a form is about: the case for which it was opened, if any, and those added to it."""
    named = [f"{each.title} ({each.ref})" for each in others[:MOST_NAMED]]
    if len(others) > MOST_NAMED:
        named.append(f"{len(others) - MOST_NAMED} more")
    if not named:
        return summary
    return f"{summary} Also for {join_words(named)}." if summary else f"For {join_words(named)}."


def find_others(find: CaseFinder | None, subject: CaseSubject | None) -> CaseFinder:
    """Return a finder that leaves out the case for which a dialog was opened, if any; with None it finds nobody."""
    own = "" if subject is None else subject.case_ref
    return lambda text: [] if find is None else [each for each in find(text) if each.ref != own]


def markers_to_meet(session: Session, choices: Sequence[PickerMatch]) -> tuple[str, ...]:
    """Say which warning markers people have who were added to a meeting; whoever is added is looked at.

    A case that is not there for this user is left out: the markers of the others are needed all the same.
    """
    found: list[str] = []
    for choice in choices:
        try:
            markers = labels.warning_markers(session, open_case(session, choice.ref).person)
        except (Missing, NotAllowed):
            continue
        if markers:
            found.append(f"Warning markers of {choice.title}: {'; '.join(markers)}.")
    return tuple(found)


def subject_of(session: Session, view: CaseView) -> CaseSubject:
    """Return what dialogs show of a case."""
    latest = max(view.contacts, key=lambda contact: contact.occurred_at.iso_text, default=None)
    return CaseSubject(
        case_ref=view.case.case_ref,
        name=labels.plain_name(view.person),
        born=labels.describe_birth(view.person, view.age),
        programme=view.case.programme,
        markers=labels.warning_markers(session, view.person),
        usual_type=None if latest is None else latest.contact_type,
        agency=agency_of(session, view.of(CaseWorker)),
        offers=tuple(
            Option(offer.offer_ref, describe_offer(session, offer))
            for offer in view.offers
            if is_offer_open(offer, view.as_of)
        ),
        appointments=tuple(
            sorted(
                (each for each in view.appointments if each.is_waiting and each.starts_at.on <= view.as_of),
                key=lambda each: each.starts_at.iso_text,
            )
        ),
        named=partial(_options, session, view),
        named_people={ref: person.name for ref, person in view.named_people.items()},
        rating_revisions={
            each.week_commencing: each.revision for each in view.ratings if each.role == rating_role(session.role)
        },
    )


def _options(session: Session, view: CaseView) -> dict[str, tuple[Option, ...]]:
    """Return what records of a case may name, the latest contact and letter first."""
    return {
        PlanGoal.table: tuple(Option(each.goal_ref, each.goal) for each in view.of(PlanGoal) if each.ended_on is None),
        Contact.table: tuple(
            Option(each.contact_ref, describe_contact(session, each)) for each in reversed(view.contacts)
        ),
        Offer.table: tuple(Option(each.offer_ref, describe_offer(session, each)) for each in view.offers),
        Order.table: tuple(Option(each.order_ref, describe_order(session, each)) for each in view.orders),
        Document.table: tuple(
            Option(each.document_ref, f"{each.title}, {format_day(each.dated_on)}")
            for each in reversed(view.of(Document))
            if each.kind == LETTER
        ),
        Concern.table: tuple(
            Option(each.concern_ref, describe_concern_option(session, each)) for each in view.concerns
        ),
    }


def describe_contact(session: Session, contact: Contact) -> str:
    """Describe a contact by its time and kind, and with whom it was."""
    kind = session.lists.of("contact_type").label(contact.contact_type)
    worker = f", {session.names.of(contact.worker)}" if contact.worker else ""
    return f"{contact.occurred_at.words}: {kind}{worker}"


def describe_order(session: Session, order: Order) -> str:
    """Describe an order or licence by what it is and when it was made."""
    return f"{session.lists.of('statutory_status').label(order.order_type)}, {format_day(order.made_on)}"


def describe_concern_option(session: Session, concern: Concern) -> str:
    """Describe a concern by what it is, of which group, and its day."""
    lists = session.lists
    named = (
        lists.of("concern_type").label(concern.concern_type),
        lists.of("offence_group").label(concern.offence_group),
    )
    return f"{', '.join(filter(None, named))}, {format_day(concern.occurred_on)}"


def describe_offer(session: Session, offer: Offer) -> str:
    """Describe an offer so that two of the same type can be told apart."""
    kind = session.lists.of("offer_type").label(offer.offer_type)
    made = f"offered {format_day(offer.offered_on)}"
    return f"{kind}, {offer.provider}, {made}" if offer.provider else f"{kind}, {made}"


def describe_appointment(session: Session, appointment: Appointment) -> str:
    """Describe an appointment by when and how it is to take place, and with whom."""
    kind = session.lists.of("contact_type").label(appointment.contact_type)
    worker = f", with {session.names.of(appointment.worker)}" if appointment.worker else ""
    return f"{appointment.starts_at.words}: {kind}{worker}"


def is_offer_open(offer: Offer, on: date) -> bool:
    """Return whether an offer was made by a date, and neither declined nor ended by then; enforcement closes none."""
    answered = offer.responded_on or offer.offered_on
    declined = offer.response == "DECLINED" and answered <= on
    ended = offer.ended_on is not None and offer.ended_on <= on
    return offer.offered_on <= on and not declined and not ended
