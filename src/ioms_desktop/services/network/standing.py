"""What may be said of groups on a day: who is of one, under the policy, and for whom retaliation is feared."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from ioms_desktop.domain.records.network import memberships
from ioms_desktop.domain.records.network.memberships import GroupMembership
from ioms_desktop.domain.records.protection import GroupResponse
from ioms_desktop.domain.text_format import format_day
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


def describe_retaliation(listed: Iterable[GroupResponse], on: date) -> str:
    """Say until when retaliation is feared on a day, and between which groups; empty where none is."""
    feared = [each for each in listed if each.fears_retaliation(on)]
    latest = max(feared, key=lambda each: (each.retaliation_until or on, each.id), default=None)
    if latest is None or latest.retaliation_until is None:
        return ""
    return f"Feared until {format_day(latest.retaliation_until)}: {latest.group_name} and {latest.opposing_group}"
