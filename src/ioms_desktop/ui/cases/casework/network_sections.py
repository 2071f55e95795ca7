"""The sections of the network of a person: all of it with its diagram, family and associates, and groups."""

from datetime import date

from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.network.memberships import GroupMembership
from ioms_desktop.domain.records.record import is_current, plural_label
from ioms_desktop.services.network.standing import Standing, standing_of, stands_until
from ioms_desktop.ui.cases.case_section import (
    CURRENT_CHIP,
    FORMER_CHIP,
    CaseSection,
    SectionRow,
    date_column,
    field_column,
    text_column,
)
from ioms_desktop.ui.cases.casework.network_chart import NetworkChart
from ioms_desktop.ui.cases.casework.network_lines import NetworkLine, name_other, network_lines
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape

EXPIRED_CHIP = Chip("expired", Tone.AMBER, Shape.RING)
STANDING_CHIPS = {Standing.CURRENT: CURRENT_CHIP, Standing.FORMER: FORMER_CHIP, Standing.EXPIRED: EXPIRED_CHIP}


def _line_chip(row: SectionRow[NetworkLine]) -> Chip:
    return STANDING_CHIPS[row.record.standing]


def _link_chip(row: SectionRow[Associate]) -> Chip:
    return CURRENT_CHIP if is_current(row.record, row.case.view.as_of) else FORMER_CHIP


def _member_chip(row: SectionRow[GroupMembership]) -> Chip:
    return STANDING_CHIPS[standing_of(row.case.session, row.record, row.case.view.as_of)]


def _stands_until(row: SectionRow[GroupMembership]) -> date:
    return stands_until(row.case.session, row.record)


ASSOCIATES: CaseSection[Associate] = CaseSection(
    plural_label(Associate),
    records=lambda case: case.view.of(Associate),
    order=lambda link: (link.to_on is None, link.from_on is not None, link.from_on, link.id),
    record_type=Associate,
    holds_intelligence=True,
    columns=(
        text_column("Who", lambda row: name_other(row.case, row.record), 200),
        field_column(Associate, "kind", "Link", 190),
        text_column("Now", lambda row: _link_chip(row).text, 96, chip=_link_chip),
        field_column(Associate, "basis", "Rests on", 140),
        text_column("Grade", lambda row: row.record.grade, 72),
        field_column(Associate, "source", "Source", 180),
        field_column(Associate, "from_on"),
        field_column(Associate, "to_on"),
        field_column(Associate, "review_on"),
        field_column(Associate, "note", "Note", 240),
    ),
)
GROUPS: CaseSection[GroupMembership] = CaseSection(
    plural_label(GroupMembership),
    records=lambda case: case.view.of(GroupMembership),
    order=lambda said: (said.to_on is None, said.evidence_on, said.id),
    record_type=GroupMembership,
    read=GroupMembership.rights.read,
    columns=(
        field_column(GroupMembership, "group_name", "Group", 160),
        field_column(GroupMembership, "role", "Part in it", 170),
        text_column("Now", lambda row: _member_chip(row).text, 96, chip=_member_chip),
        text_column("Grade", lambda row: row.record.grade, 72),
        field_column(GroupMembership, "source", "Source", 180),
        field_column(GroupMembership, "evidence_on", "Evidence"),
        date_column("Stands until", _stands_until),
        field_column(GroupMembership, "reviewed_by", "Reviewed by", 150),
        field_column(GroupMembership, "group_status", "The group is", 120),
        field_column(GroupMembership, "group_area", "Its area", 140),
        field_column(GroupMembership, "group_aka", "Also called", 150),
    ),
)
NETWORK: CaseSection[NetworkLine] = CaseSection(
    "Network",
    key="J",
    records=network_lines,
    record_of=lambda line: line.record,
    adds=Associate,
    read=GroupMembership.rights.read,
    columns=(
        text_column("Who or what", lambda row: row.record.name, 200),
        text_column("Link", lambda row: row.record.link, 190),
        text_column("Now", lambda row: STANDING_CHIPS[row.record.standing].text, 96, chip=_line_chip),
        text_column("Grade", lambda row: row.record.grade, 72),
        text_column("Source", lambda row: row.record.source, 180),
        text_column("Days", lambda row: row.record.days, 200),
    ),
    chart=NetworkChart,
    chart_title="Network",
)
