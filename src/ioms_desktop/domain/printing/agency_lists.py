"""Which parts of a case summary each audience and each agency receives: the one declaration, to be read on a page.

These are local defaults. A part that is not named is not given; an agency that is not named receives `SMALLEST`.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from ioms_desktop.domain.checkout import POLICE_AGENCY
from ioms_desktop.domain.printing.parts import SummaryPart as Part

IOM, PHOENIX = "IOM", "PHOENIX"
FORCE_NAME = re.compile(r"(?:\S+ )+(?:police|constabulary)", re.IGNORECASE)
"""The name of a force ends in the word; that of a body that oversees one, or works with one, does not."""
NOBODY_ELSE = frozenset({Part.POLICE})

_ABOUT_THEM = frozenset({Part.PERSON, Part.PROGRAMME, Part.MARKERS, Part.RESPONSIBLE})
_OWN = frozenset({Part.OWN_CONTACTS, Part.OWN_ACTIONS, Part.OWN_NOTES})
_HOW_IT_IS = frozenset({Part.RAG, Part.ENGAGEMENT, Part.PLAN})
_SUPERVISION = frozenset(
    {
        Part.HOME,
        Part.CARER,
        Part.DETAILS,
        Part.STATUTORY,
        Part.WHY_ON,
        Part.SCORES,
        Part.SAFEGUARDING,
        Part.OFFENDING,
        Part.NEEDS,
        Part.CONTACTS,
        Part.OFFERS,
        Part.CONCERNS,
        Part.ALERTS,
        Part.ENFORCEMENT,
        Part.ACTIONS,
        Part.OWN_NOTES,
    }
)

SMALLEST = frozenset({Part.PERSON_ONLY, Part.POLICE_OM})
"""What a reader receives of whom nobody has said what they may have: who it is about, and whom to ask."""

PARTS_BY_LIST: Mapping[str, frozenset[Part]] = MappingProxyType(
    {
        "Probation": _ABOUT_THEM | _HOW_IT_IS | _SUPERVISION | {Part.NUMBERS},
        "Youth justice": _ABOUT_THEM | _HOW_IT_IS | _SUPERVISION,
        "Prison": _ABOUT_THEM
        | _OWN
        | {
            Part.NUMBERS,
            Part.DETAILS,
            Part.STATUTORY,
            Part.RAG,
            Part.SCORES,
            Part.NEEDS,
            Part.OFFERS,
            Part.PLAN,
        },
        "Social care": _ABOUT_THEM
        | _OWN
        | _HOW_IT_IS
        | {
            Part.HOME,
            Part.CARER,
            Part.DETAILS,
            Part.STATUTORY,
            Part.SAFEGUARDING,
            Part.NEEDS,
            Part.OFFERS,
        }
        | {Part.CONCERNS},
        "Navigator": _ABOUT_THEM
        | _OWN
        | _HOW_IT_IS
        | {
            Part.HOME,
            Part.CARER,
            Part.DETAILS,
            Part.SAFEGUARDING,
            Part.NEEDS,
            Part.OFFERS,
            Part.ACTIONS,
        },
        "Health and treatment": _ABOUT_THEM
        | _OWN
        | {Part.HOME, Part.DETAILS, Part.SAFEGUARDING, Part.NEEDS, Part.OFFERS},
        "Council": _ABOUT_THEM | _OWN | {Part.HOME, Part.STATUTORY},
        "Support": _ABOUT_THEM | _OWN | {Part.HOME, Part.OFFERS},
        "Work and learning": _ABOUT_THEM | _OWN,
        "Victim service": SMALLEST | {Part.STATUTORY},
        "Prosecution": SMALLEST | {Part.STATUTORY, Part.OFFENDING, Part.ENFORCEMENT},
        "Smallest": SMALLEST,
    }
)
"""The parts by the name of the list."""

LIST_BY_AGENCY: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "LEICESTERSHIRE_POLICE": {IOM: "Probation", PHOENIX: "Youth justice"},
        "HMPPS_PROBATION": {IOM: "Probation", PHOENIX: "Probation"},
        "HMP": {IOM: "Prison", PHOENIX: "Prison"},
        "LEICESTER_CITY_YJS": {IOM: "Youth justice", PHOENIX: "Youth justice"},
        "LEICESTERSHIRE_YJS": {IOM: "Youth justice", PHOENIX: "Youth justice"},
        "CHILDRENS_SOCIAL_CARE": {IOM: "Social care", PHOENIX: "Social care"},
        "ADULT_SOCIAL_CARE": {IOM: "Social care", PHOENIX: "Social care"},
        "INGEUS": {PHOENIX: "Navigator"},
        "TREATMENT_PROVIDER": {IOM: "Health and treatment", PHOENIX: "Health and treatment"},
        "LIAISON_AND_DIVERSION": {IOM: "Health and treatment", PHOENIX: "Health and treatment"},
        "NHS_MENTAL_HEALTH": {IOM: "Health and treatment", PHOENIX: "Health and treatment"},
        "LEICESTER_CITY_COUNCIL": {IOM: "Council", PHOENIX: "Council"},
        "LEICESTERSHIRE_COUNTY_COUNCIL": {IOM: "Council", PHOENIX: "Council"},
        "RUTLAND_COUNTY_COUNCIL": {IOM: "Council", PHOENIX: "Council"},
        "DISTRICT_COUNCIL": {IOM: "Council", PHOENIX: "Council"},
        "CRS_PROVIDER": {IOM: "Support", PHOENIX: "Support"},
        "LEICESTERSHIRE_CARES": {PHOENIX: "Support"},
        "VCS_OTHER": {IOM: "Work and learning", PHOENIX: "Work and learning"},
        "JOBCENTRE": {IOM: "Work and learning", PHOENIX: "Work and learning"},
        "EDUCATION": {PHOENIX: "Work and learning"},
        "EDUCATION_WELFARE": {PHOENIX: "Work and learning"},
        "VICTIM_SERVICE": {IOM: "Victim service", PHOENIX: "Victim service"},
        "CPS": {IOM: "Prosecution", PHOENIX: "Prosecution"},
        "OPCC": {},
        "VRN": {},
    }
)
"""The list of each agency by programme; where none is named, `Smallest`."""

PANEL_PARTS = frozenset(
    {
        Part.INITIALS,
        Part.PROGRAMME,
        Part.MARKERS,
        Part.RESPONSIBLE,
        Part.STATUTORY,
        Part.RAG,
        Part.ENGAGEMENT,
        Part.WHY_ON,
        Part.SCORES,
        Part.SAFEGUARDING,
        Part.OFFENDING,
        Part.NEEDS,
        Part.CONTACTS,
        Part.OFFERS,
        Part.CONCERNS,
        Part.ALERTS,
        Part.ENFORCEMENT,
        Part.ACTIONS,
        Part.PLAN,
    }
)
BOARD_PARTS = frozenset(
    {
        Part.AGE_ONLY,
        Part.PROGRAMME,
        Part.STATUTORY,
        Part.RAG,
        Part.ENGAGEMENT,
        Part.SCORES,
        Part.NEEDS,
        Part.CONTACTS,
        Part.OFFERS,
        Part.ALERTS,
        Part.ENFORCEMENT,
        Part.ACTIONS,
        Part.PLAN,
    }
)


def is_police_force(agency: str, organisation: str) -> bool:
    """Whether somebody receives a copy for the police.

    Args:
        agency: The code of their agency; empty where it is not one of the list.
        organisation: As it was written.
    """
    return agency == POLICE_AGENCY if agency else FORCE_NAME.fullmatch(" ".join(organisation.split())) is not None
