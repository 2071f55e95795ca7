"""The sections of what was given: offers of support with what was planned, and contacts by agency and purpose."""

from ioms_desktop.domain.figures.oversight import ContactCount
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.oversight import contact_counts, describe_dose, describe_exit, describe_funding
from ioms_desktop.ui.cases.case_section import CaseSection, SectionRow, date_column, field_column, text_column
from ioms_desktop.ui.forms.date_parsing import format_date
from ioms_desktop.ui.recording.case_subject import is_offer_open


def _offer_answer(row: SectionRow[Offer]) -> str:
    offer = row.record
    if not offer.response:
        return "No answer yet"
    return f"{row.label('offer_response', offer.response)}, {format_date(offer.responded_on)}"


def _offer_end(row: SectionRow[Offer]) -> str:
    offer = row.record
    if offer.ended_on is None:
        return describe_exit(offer)
    return f"Ended {format_day(offer.ended_on)}: {offer.end_reason or ''}"


def _offer_funding(row: SectionRow[Offer]) -> str:
    return describe_funding(row.case.session, row.record)


def _offer_dose(row: SectionRow[Offer]) -> str:
    said = describe_dose(row.case.session.lists, row.case.view, row.record)
    return said[:1].upper() + said[1:]


OFFERS: CaseSection[Offer] = CaseSection(
    "Offers",
    key="O",
    records=lambda case: case.view.offers,
    order=lambda offer: offer.offered_on,
    record_type=Offer,
    columns=(
        field_column(Offer, "offer_type", "What", 220),
        field_column(Offer, "provider", "Provider", 150),
        field_column(Offer, "offered_on", "Offered"),
        text_column("Answer", _offer_answer, 200),
        text_column("State", lambda row: "Open" if is_offer_open(row.record, row.case.view.as_of) else "Closed", 72),
        text_column("Given and planned", _offer_dose, 300),
        text_column("Funding", _offer_funding, 200),
        text_column("End", _offer_end, 160),
    ),
    empty_message="None recorded. Enforcement closes no offer.",
)


CONTACTS_BY_AGENCY: CaseSection[ContactCount] = CaseSection(
    "Contacts by agency",
    key="Y",
    adds=Contact,
    records=lambda case: contact_counts(case.session, case.view),
    columns=(
        text_column("Agency", lambda row: row.record.agency, 220),
        text_column("Purpose", lambda row: row.record.purpose, 240),
        text_column("Contacts", lambda row: str(row.record.contacts), 90, sort_value=lambda row: row.record.contacts),
        text_column(
            "Completed", lambda row: str(row.record.completed), 90, sort_value=lambda row: row.record.completed
        ),
        text_column(
            "Completed time", lambda row: f"{row.record.minutes} min", 120, sort_value=lambda row: row.record.minutes
        ),
    ),
)


def _appointment_state(row: SectionRow[Appointment]) -> str:
    appointment = row.record
    if appointment.cancelled_on is not None:
        return f"Cancelled: {row.label('appointment_canceller', appointment.cancelled_by)}"
    if appointment.contact_ref is not None:
        return "Outcome recorded"
    ahead = appointment.starts_at.on >= row.case.view.as_of
    return "To come" if ahead else "Outcome to record"


APPOINTMENTS: CaseSection[Appointment] = CaseSection(
    "Appointments",
    stays_listed=True,
    key="A",
    records=lambda case: case.view.appointments,
    order=lambda appointment: appointment.starts_at.iso_text,
    record_type=Appointment,
    columns=(
        date_column("Date", lambda row: row.record.starts_at.on),
        text_column("Time", lambda row: row.record.starts_at.clock_text, 60),
        field_column(Appointment, "contact_type", "How", 190),
        field_column(Appointment, "worker", "With", 150),
        field_column(Appointment, "location", "Where", 170),
        text_column("State", _appointment_state, 190),
    ),
    empty_message="None made.",
)
