"""Publishing the figures of a quarter: counted from the record, small numbers suppressed, audited."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.errors import MissingReason, NothingToDo, NotOver, ServerRefused
from ioms_desktop.domain.figures.figure_counts import CountedCase, FigureCounts, count_figures
from ioms_desktop.domain.figures.figure_tables import TablePlan
from ioms_desktop.domain.figures.publication import (
    EditionsByQuarter,
    PublishedFigures,
    prepare_publication,
    shows_anything_new,
)
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import find_outcome, run_command
from ioms_desktop.services.every_case.histories import iter_histories
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage import figures as stored
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

PUBLISHING_REASON_CODE = "PUBLISHED_FIGURES"
NOTHING_NEW_MESSAGE = (
    "Nothing that can be published for {quarter} has changed since its last edition. Nothing was published; the "
    "present edition stays valid."
)
SERVER_REFUSAL_MESSAGES = {
    "REFUSED": "Only a supervisor may publish figures. Nothing was published; ask one of them.",
    "NOT_OVER": "The server says that {quarter} is not over. Nothing was published; try again when it is.",
    "HIDDEN": (
        "You do not see every case that figures count: you belong to one team, or have been kept from a case. Nothing "
        "was published; ask a supervisor who sees the whole office."
    ),
    "TOO_FEW": "The server found a figure that is too small to be told. Nothing was published; tell an administrator.",
    "UNSTEADY": (
        "A figure of {quarter} was published a moment ago by somebody else, with another outcome. Nothing was "
        "published; look at the present edition, and try again."
    ),
    "UNKNOWN": "The server does not know one of the figures. Nothing was published; tell an administrator.",
}
REASON_NEEDED_MESSAGE = (
    "{quarter} was published before, and its figures have changed since. Nothing was published; say why there should "
    "be another edition."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishQuarter:
    """A quarter to be published; a later edition needs a reason."""

    request: str
    quarter: Quarter
    reason: str = ""


def publish_quarter(session: Session, entry: PublishQuarter) -> Outcome:
    """Publish a quarter that is over.

    Restricted cases are never counted, so that the figures do not depend on who publishes and give none of them away.

    Raises:
        NotAllowed: The user is not a supervisor.
        Refused: The quarter is not over, was published before and no reason is given, or nothing publishable has
            changed; or a server refuses it.
    """
    session.require(Right.PUBLISH)
    done = find_outcome(session, entry.request)
    if done is not None:
        return _raise_refusal(done)
    quarter, reason = entry.quarter, entry.reason.strip()
    if not quarter.is_over(session.today()):
        raise NotOver(
            f"{quarter.name} ends on {format_day(quarter.last)}. Nothing was published; publish it when it is over, so "
            "that its figures are whole."
        )
    plan = TablePlan.from_lists(session.lists)
    before = get_published_cells(session)
    figures = prepare_publication(plan, count_quarter(session, plan, quarter), quarter, before)
    editions = before.get(quarter, ())
    if editions and not shows_anything_new(figures.cells, editions[-1]):
        raise NothingToDo(NOTHING_NEW_MESSAGE.format(quarter=quarter.name))
    if editions and not reason:
        raise MissingReason(REASON_NEEDED_MESSAGE.format(quarter=quarter.name), field="reason")

    def do(tx: Transaction) -> Outcome:
        answer = stored.publish_figures(tx, figures, session.policy(quarter.last).version, plan.thresholds, reason)
        if answer in {stored.PUBLISHED, stored.UNCHANGED}:
            return Outcome(notice=_notice(quarter, figures), changed=frozenset({Topic.FIGURES}), ref=quarter.name)
        return Outcome(notice=SERVER_REFUSAL_MESSAGES.get(answer, REASON_NEEDED_MESSAGE).format(quarter=quarter.name))

    return _raise_refusal(run_command(session, "publish_quarter", Right.PUBLISH, entry.request, do))


def _raise_refusal(outcome: Outcome) -> Outcome:
    """Raise a server's refusal, after its audit entry has been committed."""
    if not outcome.ref:
        raise ServerRefused(outcome.notice)
    return outcome


def _notice(quarter: Quarter, figures: PublishedFigures) -> str:
    held = sum(count is None for count in figures.cells.values())
    return (
        f"{quarter.name} is published: {len(figures.cells) - held:,} figures are shown, {held:,} are too few to say. "
        "Analysts, officers, co-ordinators and supervisors can read them."
    )


def get_published_cells(session: Session) -> EditionsByQuarter:
    """Return the cells of every edition of every published quarter."""
    with session.store.read() as reading:
        found = stored.editions_by_quarter(stored.list_editions(reading))
        return {
            quarter: [stored.published_figures(reading, edition).cells for edition in editions]
            for quarter, editions in found.items()
        }


def count_quarter(session: Session, plan: TablePlan, quarter: Quarter) -> FigureCounts:
    """Count a quarter from the record; opening the record for it is audited."""
    policies = session.policy_timeline
    with session.store.all_cases_open(PUBLISHING_REASON_CODE, session.workstation):
        with session.store.read() as reading:
            known = dict(stored.case_profiles(reading, _end_of_quarter(quarter)))
        with session.store.read(facts_only=True) as reading:
            return count_figures(plan, policies, _iter_counted_cases(reading, known, policies), quarter)


def _iter_counted_cases(
    reading: Reading, known: dict[str, stored.CaseProfile], policies: Policies
) -> Iterator[CountedCase]:
    restricted = stored.restricted_cases(reading)
    types = stored.offer_types(reading)
    for history in iter_histories(reading, policies):
        ref = history[-1].case_ref
        subject = known.get(ref)
        if subject is None or ref in restricted:
            continue  # restricted, or recorded since the people were read
        yield CountedCase(
            history=history,
            status=subject.status,
            born_on=subject.born_on,
            sex=subject.sex,
            ethnicity=subject.ethnicity,
            offer_types=types.get(ref, {}),
        )


def _end_of_quarter(quarter: Quarter) -> datetime:
    return datetime.combine(quarter.next.first, time(), LONDON).astimezone(UTC)
