"""What dialogs are built from, and how each part is read."""

from typing import TYPE_CHECKING

from ioms_desktop.domain.access.case_access import BreakGlassUse, OrphanedCase
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Missing, NothingToDo
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action, RagEntry, Referral
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.session import Session
from ioms_desktop.ui.actions.dialog_action import Gathered, Loader, TargetGone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ioms_desktop.domain.figures.publication import Edition
    from ioms_desktop.domain.retention import Disposal
    from ioms_desktop.services.access.case_access_admin import CaseAccess
    from ioms_desktop.services.cases.cases import CaseView
    from ioms_desktop.services.cases.search import SearchHit
    from ioms_desktop.services.database.office_settings import AuthorPeriod
    from ioms_desktop.services.letters.wordings import WordingRow
    from ioms_desktop.services.recording.decisions import DecisionPage
    from ioms_desktop.services.records.recalls import CopyToRecall
    from ioms_desktop.services.retention.due_reviews import DueReview
    from ioms_desktop.ui.forms.choice_fields import Option
    from ioms_desktop.ui.forms.picker import PickerMatch
    from ioms_desktop.ui.letters.write_letter import OfferedLetter
    from ioms_desktop.ui.recording.case_subject import CaseFinder, CaseSubject

CONCERN_GONE = "This concern is no longer there. Reload the case; someone may have changed it."
RAG_GONE = "This RAG is no longer there. Reload the case; someone may have changed it."
OFFER_GONE = "This offer is no longer there. Reload the list; someone may have changed it."
REFERRAL_GONE = "This referral is no longer there. Reload the list; someone may have changed it."
PROPOSAL_ANSWERED = "This proposal was answered in the meantime. Nothing was changed; the list is read again."
APPOINTMENT_SETTLED = (
    "The outcome of this appointment was recorded, or it was cancelled, in the meantime. Nothing was changed."
)
ACTION_FINISHED = "This action was finished in the meantime. Nothing was changed."
DECISION_SERVED = "This decision was recorded as served in the meantime. Nothing was changed."
NOTHING_ORPHANED = "Every restricted case has a supervisor. There is nothing to take over."
CASE_NEEDED = "This needs a case. Open the case and start again."


def _case_view(gathered: Gathered) -> "CaseView":
    from ioms_desktop.services.cases.cases import open_case

    if not gathered.target.case_ref:
        raise TargetGone(CASE_NEEDED)
    return open_case(gathered.session, gathered.target.case_ref)


def _has_view(gathered: Gathered) -> bool:
    return VIEW in gathered


def _has_view_or_no_case(gathered: Gathered) -> bool:
    return not gathered.target.case_ref or VIEW in gathered


def _subject(gathered: Gathered) -> "CaseSubject":
    from ioms_desktop.ui.recording.case_subject import subject_of

    return subject_of(gathered.session, gathered[VIEW])


def _offer(gathered: Gathered) -> Offer:
    for offer in gathered[VIEW].offers:
        if offer.offer_ref == gathered.target.about:
            return offer
    raise TargetGone(OFFER_GONE)


def _referral(gathered: Gathered) -> Referral:
    for referral in gathered[VIEW].referrals:
        if referral.referral_ref == gathered.target.about:
            return referral
    raise TargetGone(REFERRAL_GONE)


def _proposal(gathered: Gathered) -> Proposal:
    for proposal in gathered[VIEW].proposals:
        if proposal.proposal_ref == gathered.target.about and proposal.status == "PROPOSED":
            return proposal
    raise TargetGone(PROPOSAL_ANSWERED)


def _decision(gathered: Gathered) -> Decision:
    for decision in gathered[VIEW].decisions:
        if decision.decision_ref == gathered.target.about and decision.actioned_on is None:
            return decision
    raise TargetGone(DECISION_SERVED)


def _rag_entry(gathered: Gathered) -> RagEntry:
    for entry in gathered[VIEW].rag:
        if entry.key_text == gathered.target.about:
            return entry
    raise TargetGone(RAG_GONE)


def _concern(gathered: Gathered) -> Concern:
    for concern in gathered[VIEW].concerns:
        if concern.concern_ref == gathered.target.about:
            return concern
    raise TargetGone(CONCERN_GONE)


def _appointment(gathered: Gathered) -> Appointment:
    for appointment in gathered[VIEW].appointments:
        if appointment.appointment_ref == gathered.target.about and appointment.is_waiting:
            return appointment
    raise TargetGone(APPOINTMENT_SETTLED)


def _action(gathered: Gathered) -> Action:
    from ioms_desktop.services.recording.actions import get_visible_action

    action = get_visible_action(gathered.session, gathered.target.about)
    if action.done_on is not None or action.cancelled_on is not None:
        raise TargetGone(ACTION_FINISHED)
    return action


def _copy(gathered: Gathered) -> "CopyToRecall":
    from ioms_desktop.services.records.recalls import get_copies_to_recall

    try:
        return get_copies_to_recall(gathered.session, gathered.target.about, gathered.target.case_ref or "")[0]
    except Missing as gone:
        raise TargetGone(gone.sentence) from gone


def _person(gathered: Gathered) -> Person:
    from ioms_desktop.services.intake.people import open_person

    ref = gathered.target.about or gathered[VIEW].person.person_ref
    return open_person(gathered.session, ref)


def _break_glass_use(gathered: Gathered) -> BreakGlassUse | None:
    from ioms_desktop.services.access.break_glass import read_break_glass_use

    action = gathered[ACTION]
    return read_break_glass_use(gathered.session, action) if action.is_access_review else None


def _reviews_nothing(gathered: Gathered) -> bool:
    return ACTION in gathered and not gathered[ACTION].is_access_review


def _orphaned_cases(gathered: Gathered) -> list[OrphanedCase]:
    from ioms_desktop.services.access.take_over import list_orphaned_cases

    found = list_orphaned_cases(gathered.session)
    if not found:
        raise TargetGone(NOTHING_ORPHANED)
    return found


def _decision_page(gathered: Gathered) -> "DecisionPage":
    from ioms_desktop.services.recording.decisions import decision_page

    return decision_page(gathered.session, gathered.target.case_ref, gathered.target.about or None)


def _editions(gathered: Gathered) -> "tuple[Edition, ...]":
    from ioms_desktop.services.figures.read_figures import list_editions

    return list_editions(gathered.session)


def _certificates(gathered: Gathered) -> "list[Disposal]":
    from ioms_desktop.services.printing.packs.certificate import list_certificates

    found = list_certificates(gathered.session)
    if not found:
        raise NothingToDo(
            "No disposal has been carried out, so there is no certificate to print. Nothing was changed. A disposal is "
            "proposed in a retention review under Today, and carried out when a second supervisor authorises it."
        )
    return found


def _wordings(gathered: Gathered) -> "tuple[WordingRow, ...]":
    from ioms_desktop.services.letters.wordings import read_wordings

    return read_wordings(gathered.session)


def _letters(gathered: Gathered) -> "tuple[OfferedLetter, ...]":
    from ioms_desktop.services.letters.letters import offered_letters, read_letter_facts
    from ioms_desktop.ui.letters.write_letter import OfferedLetter

    session, view = gathered.session, gathered[VIEW]
    return tuple(
        OfferedLetter(each, read_letter_facts(session, view, each.kind)) for each in offered_letters(session, view)
    )


def _people(gathered: Gathered) -> "list[Option]":
    from ioms_desktop.ui.access.case_access import people_options

    return people_options(gathered.session)


def _next_review(gathered: Gathered) -> str:
    from ioms_desktop.services.leaving.next_review import describe_next_review

    return describe_next_review(gathered.session, gathered[VIEW].case, gathered.session.today())


def _known_workers(gathered: Gathered) -> "tuple[str, ...]":
    from ioms_desktop.services.workers.caseloads import list_known_workers

    return list_known_workers(gathered.session)


def _review(gathered: Gathered) -> "DueReview":
    from ioms_desktop.services.retention.retention import get_review

    return get_review(gathered.session, gathered.target.about)


def _author_period(gathered: Gathered) -> "AuthorPeriod":
    from ioms_desktop.services.database.office_settings import read_author_period

    return read_author_period(gathered.session)


def _case_access(gathered: Gathered) -> "CaseAccess":
    from ioms_desktop.services.access.case_access_admin import get_case_access

    return get_case_access(gathered.session, gathered.target.case_ref)


def _teams(gathered: Gathered) -> "Sequence[str]":
    from ioms_desktop.services.access.case_access_admin import list_teams

    return list_teams(gathered.session)


VIEW = Loader["CaseView"](_case_view)
"""The case. Reading it is recorded as opening it."""
NEXT_REVIEW = Loader[str](_next_review, _has_view)
"""When the record is reviewed next if the case closes today."""
SUBJECT = Loader["CaseSubject"](_subject, _has_view)
"""What the head of a dialog says of the case."""
SUBJECT_IF_ANY = Loader["CaseSubject | None"](
    lambda gathered: gathered[SUBJECT] if gathered.target.case_ref else None, _has_view_or_no_case
)
SUMMARY = Loader[str](lambda gathered: gathered[SUBJECT].summary, _has_view)
"""Whom the case is about, in one line; a caller that may not open the case gives the line itself."""
OFFER = Loader[Offer](_offer, _has_view)
REFERRAL = Loader[Referral](_referral, _has_view)
PROPOSAL = Loader[Proposal](_proposal, _has_view)
DECISION = Loader[Decision](_decision, _has_view)
CONCERN = Loader[Concern](_concern, _has_view)
LETTERS = Loader["tuple[OfferedLetter, ...]"](_letters)
"""The letters that may be written on a case today, each with what the case fills into it."""
KNOWN_WORKERS = Loader["tuple[str, ...]"](_known_workers)
"""The names of workers that a form suggests."""
APPOINTMENT = Loader[Appointment](_appointment, _has_view)
"""An appointment that is neither cancelled nor has an outcome."""
RAG_ENTRY = Loader[RagEntry](_rag_entry, _has_view)
ACTION = Loader[Action](_action)
"""An action that is not finished; it need not belong to a case."""
BREAK_GLASS_USE = Loader["BreakGlassUse | None"](_break_glass_use, _reviews_nothing)
"""The break-glass access that an action reviews; None for any other action."""
ORPHANED_CASES = Loader["Sequence[OrphanedCase]"](_orphaned_cases)
DECISION_PAGE = Loader["DecisionPage"](_decision_page)
"""What a decision on the trigger of a rule rests on; the rule is what the target is about, empty for none."""
REVIEW = Loader["DueReview"](_review)
CERTIFICATES = Loader["list[Disposal]"](_certificates)
"""The disposals that were carried out, the latest first; where there is none, that is said and no form opens."""
EDITIONS = Loader["tuple[Edition, ...]"](_editions)
COPY = Loader["CopyToRecall"](_copy)
"""A copy that is to be recalled; its print is what the target is about."""
PERIOD = Loader["AuthorPeriod"](_author_period)
"""How long authors change their entries without a reason."""
WORDINGS = Loader["tuple[WordingRow, ...]"](_wordings)
"""Every version of the wording of every letter."""
CASE_ACCESS = Loader["CaseAccess"](_case_access)
PEOPLE = Loader["Sequence[Option]"](_people)
TEAMS = Loader["Sequence[str]"](_teams)
PERSON = Loader[Person](_person)
"""The person whom the target names, else the one of the case that is shown. Reading them is recorded."""
TYPED_NAME = Loader[str](lambda _: "", lambda _: True)
"""A name that was searched for without success; none unless the caller gives it."""
CHOSEN_TIME = Loader[DayTime | None](lambda _: None, lambda _: True)
"""A time chosen in a calendar; none unless the caller gives it."""
CHOSEN_WORKER = Loader[str](lambda _: "", lambda _: True)
"""Whose calendar it was chosen in; empty unless the caller gives it."""
CHOSEN_CASES = Loader["tuple[PickerMatch, ...]"](lambda _: (), lambda _: True)
"""Cases chosen in a list before the dialog opens; none unless the caller gives them."""


def _describe_hit(hit: "SearchHit") -> str:
    return " · ".join(filter(None, (f"born {format_day(hit.born_on)}", hit.match.reason, hit.case_ref)))


def find_cases(session: Session) -> "CaseFinder":
    """Return the function by which a picker finds open cases."""
    from ioms_desktop.services.cases.search import find_people_and_cases
    from ioms_desktop.ui.forms.picker import PickerMatch

    def search(text: str) -> "Sequence[PickerMatch]":
        return [
            PickerMatch(hit.id, hit.name, _describe_hit(hit), hit.case_ref)
            for hit in find_people_and_cases(session, text)
            if hit.case_ref is not None and not hit.closed
        ]

    return search
