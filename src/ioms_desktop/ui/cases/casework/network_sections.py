"""The sections of the network of a person: family and associates, and the groups they are said to be of."""

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
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape

NOT_SHOWN = "{} (record not known here)"
EXPIRED_CHIP = Chip("expired", Tone.AMBER, Shape.RING)
_CHIPS = {Standing.CURRENT: CURRENT_CHIP, Standing.FORMER: FORMER_CHIP, Standing.EXPIRED: EXPIRED_CHIP}


def describe_other(row: SectionRow[Associate]) -> str:
    """Name the other person of a link: by their record, or as they were named."""
    link = row.record
    if link.other_person_ref is None:
        return link.name or ""
    known = row.case.view.named_people.get(link.other_person_ref)
    return NOT_SHOWN.format(link.other_person_ref) if known is None else known.name


def _link_chip(row: SectionRow[Associate]) -> Chip:
    return CURRENT_CHIP if is_current(row.record, row.case.view.as_of) else FORMER_CHIP


def _grade(row: SectionRow[Associate]) -> str:
    link = row.record
    return f"{link.source_grade or ''}{link.information_grade or ''}{link.handling or ''}"


def _member_chip(row: SectionRow[GroupMembership]) -> Chip:
    return _CHIPS[standing_of(row.case.session, row.record, row.case.view.as_of)]


def _stands_until(row: SectionRow[GroupMembership]) -> date:
    return stands_until(row.case.session, row.record)


ASSOCIATES: CaseSection[Associate] = CaseSection(
    plural_label(Associate),
    records=lambda case: case.view.of(Associate),
    order=lambda link: (link.to_on is None, link.from_on is not None, link.from_on, link.id),
    record_type=Associate,
    holds_intelligence=True,
    columns=(
        text_column("Who", describe_other, 200),
        field_column(Associate, "kind", "Link", 190),
        text_column("Now", lambda row: _link_chip(row).text, 96, chip=_link_chip),
        field_column(Associate, "basis", "Rests on", 140),
        text_column("Grade", _grade, 72),
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
