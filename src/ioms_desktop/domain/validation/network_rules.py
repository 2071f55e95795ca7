"""The rules of associates and of groups that span several columns, for imported files and screens alike."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ioms_desktop.domain.dates.calendar import months_before
from ioms_desktop.domain.records.network.associates import GRADES, INTELLIGENCE, Associate
from ioms_desktop.domain.records.network.memberships import MOST_MONTHS, GroupMembership
from ioms_desktop.domain.records.protection import GroupResponse
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.validation.findings import Finding

NOBODY_MESSAGE = "Give the reference of their record, or the name of somebody without one."
TWICE_MESSAGE = "Who has a record here is named there. Leave the name empty, or the reference."


def _check_associate(link: Associate, _facts: object) -> Iterator[Finding]:
    if link.other_person_ref is None and link.name is None:
        yield Finding("name", "", NOBODY_MESSAGE)
    if link.other_person_ref is not None and link.name is not None:
        yield Finding("name", link.name, TWICE_MESSAGE)
    if link.other_person_ref == link.person_ref:
        yield Finding("other_person_ref", link.person_ref, "This is the person's own record. Name somebody else.")
    for name in GRADES:
        if link.basis == INTELLIGENCE and not getattr(link, name):
            yield Finding(name, "", "Intelligence needs its source grade, information grade and handling code.")


def _check_membership(said: GroupMembership, _facts: object) -> Iterator[Finding]:
    latest = months_before(said.evidence_on, -MOST_MONTHS)
    if said.review_on is not None and said.review_on > latest:
        yield Finding(
            "review_on",
            said.review_on.isoformat(),
            f"On evidence of {format_day(said.evidence_on)} it stands until {format_day(latest)} at the latest. "
            "Give an earlier day, or the day of fresh evidence.",
        )


def _check_conflict(between: GroupResponse, _facts: object) -> Iterator[Finding]:
    if between.retaliation_until is not None and between.opposing_group is None:
        yield Finding("opposing_group", "", "Say between which groups retaliation is feared.")
    if between.retaliation_until is not None and between.retaliation_until > between.expires_on:
        yield Finding(
            "retaliation_until",
            between.retaliation_until.isoformat(),
            f"The opinion stands until {format_day(between.expires_on)}. Give an earlier day, or let it stand longer.",
        )


NETWORK_RULES: Mapping[type[Record], Callable[[Any, object], Iterator[Finding]]] = {
    Associate: _check_associate,
    GroupMembership: _check_membership,
    GroupResponse: _check_conflict,
}
