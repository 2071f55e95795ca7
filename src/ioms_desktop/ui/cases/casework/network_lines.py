"""What the network of a person consists of, as the list and the diagram of a case show it."""

from dataclasses import dataclass
from datetime import date

from ioms_desktop.charts.network import NetworkNode
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.network.memberships import GroupMembership
from ioms_desktop.domain.records.protection import GroupResponse
from ioms_desktop.domain.records.record import Record, is_current
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.timeline import RecordRef
from ioms_desktop.services.network.standing import Standing, standing_of, stands_until
from ioms_desktop.ui.cases.case_section import ShownCase

NOT_SHOWN = "{} (record not known here)"
GROUP = "GROUP"
"""The kind of every line about a group, beside the codes of links to people."""
UNGRADED = "UNGRADED"


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """One person or group in the network of somebody.

    Attributes:
        record: The record that says so.
        kind: The code of the link; `GROUP` of a group.
        link: What the link is, in words.
        source_grade: The grade of the source; `UNGRADED` without one.
        days: From when to when.
        case_ref: The case of that person which the user may open; empty for none.
    """

    record: Record
    name: str
    kind: str
    link: str
    standing: Standing
    grade: str
    source_grade: str
    source: str
    days: str
    case_ref: str = ""

    @property
    def ref(self) -> RecordRef:
        """The reference of its record."""
        return RecordRef(self.record.table, self.record.key_text)

    @property
    def description(self) -> str:
        """All of it in one sentence, with what Enter does."""
        grade = f", graded {self.grade}" if self.grade else ""
        days = f", {self.days}" if self.days else ""
        opens = f" Enter opens case {self.case_ref}." if self.case_ref else ""
        return f"{self.name}: {self.link}, {self.standing}{grade}{days}.{opens}"

    @property
    def node(self) -> NetworkNode:
        """The same for the diagram."""
        is_current = self.standing is Standing.CURRENT
        return NetworkNode(
            ref=self.ref,
            name=self.name,
            relation=" · ".join(filter(None, ("" if is_current else self.standing.value, self.link, self.grade))),
            is_group=self.kind == GROUP,
            is_current=is_current,
            description=self.description,
        )


def name_other(case: ShownCase, link: Associate) -> str:
    """Name the other person of a link: by their record, or as they were named."""
    if link.other_person_ref is None:
        return link.name or ""
    known = case.view.named_people.get(link.other_person_ref)
    return NOT_SHOWN.format(link.other_person_ref) if known is None else known.name


def network_lines(case: ShownCase) -> list[NetworkLine]:
    """Return the people of a network, its groups and their opponents; of each what stands comes first."""
    people = sorted((_link_line(case, each) for each in case.view.of(Associate)), key=_order)
    groups = sorted((_group_line(case, each) for each in case.view.of(GroupMembership)), key=_order)
    opposed = (each for each in case.view.of(GroupResponse) if each.opposing_group)
    rivals = sorted((_rival_line(case, each) for each in opposed), key=_order)
    return [*people, *groups, *rivals]


def _order(line: NetworkLine) -> tuple[bool, str, str]:
    return line.standing is not Standing.CURRENT, line.name.casefold(), line.ref.ref


def _link_line(case: ShownCase, link: Associate) -> NetworkLine:
    known = case.view.named_people.get(link.other_person_ref or "")
    return NetworkLine(
        record=link,
        name=name_other(case, link),
        kind=link.kind,
        link=case.session.lists.of("associate_kind").label(link.kind),
        standing=Standing.CURRENT if is_current(link, case.view.as_of) else Standing.FORMER,
        grade=link.grade,
        source_grade=link.source_grade or UNGRADED,
        source=link.source,
        days=_days(link.from_on, link.to_on),
        case_ref="" if known is None else known.case_ref,
    )


def _group_line(case: ShownCase, said: GroupMembership) -> NetworkLine:
    standing = standing_of(case.session, said, case.view.as_of)
    until = stands_until(case.session, said)
    ends = f"{'expired after' if standing is Standing.EXPIRED else 'stands until'} {format_day(until)}"
    return NetworkLine(
        record=said,
        name=said.group_name,
        kind=GROUP,
        link=case.session.lists.of("group_role").label(said.role),
        standing=standing,
        grade=said.grade,
        source_grade=said.source_grade,
        source=said.source,
        days=_days(said.from_on, said.to_on) if standing is Standing.FORMER else ends,
    )


def _rival_line(case: ShownCase, between: GroupResponse) -> NetworkLine:
    """Describe the group that another one is in conflict with, since an incident."""
    stands = between.expires_on >= case.view.as_of
    until = between.retaliation_until
    feared = until is not None and between.fears_retaliation(case.view.as_of)
    return NetworkLine(
        record=between,
        name=between.opposing_group or "",
        kind=GROUP,
        link=f"In conflict with {between.group_name}",
        standing=Standing.CURRENT if stands else Standing.EXPIRED,
        grade=f"{between.source_grade}{between.information_grade}",
        source_grade=between.source_grade,
        source=between.trigger_event or "",
        days=f"retaliation feared until {format_day(until)}" if feared and until else _days(between.incident_on, None),
    )


def _days(first: date | None, last: date | None) -> str:
    parts = (
        f"from {format_day(first)}" if first is not None else "",
        f"to {format_day(last)}" if last is not None else "",
    )
    return " ".join(filter(None, parts))
