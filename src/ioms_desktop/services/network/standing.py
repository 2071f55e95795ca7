"""Whether it may still be said that somebody is of a group, under the policy of the day."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from ioms_desktop.domain.records.network import memberships
from ioms_desktop.domain.records.network.memberships import GroupMembership
from ioms_desktop.services.session import Session


class Standing(StrEnum):
    """What a membership is on a day."""

    CURRENT = "current"
    EXPIRED = "expired"
    FORMER = "former"


def stands_until(session: Session, said: GroupMembership) -> date:
    """Return the last day on which a membership stands without fresh evidence."""
    standards = session.policy_timeline.on(said.evidence_on).standards
    return memberships.stands_until(said.evidence_on, said.review_on, standards.group_label_months)


def standing_of(session: Session, said: GroupMembership, on: date) -> Standing:
    """Return whether a membership stands on a day; one that is over is former, however old its evidence."""
    if said.to_on is not None and said.to_on <= on:
        return Standing.FORMER
    return Standing.EXPIRED if stands_until(session, said) < on else Standing.CURRENT


def current_memberships(session: Session, listed: Iterable[GroupMembership], on: date) -> tuple[GroupMembership, ...]:
    """Return the memberships that may be said on a day: neither former nor expired."""
    return tuple(each for each in listed if standing_of(session, each, on) is Standing.CURRENT)
