"""The sections of a case: what each shows, in which columns, and what it says when it is empty."""

from collections.abc import Callable
from dataclasses import dataclass

from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.cases import section_rows as lines
from ioms_desktop.ui.cases.section_rows import SectionRow


@dataclass(frozen=True, slots=True)
class CaseSection:
    """One section of a case.

    Attributes:
        title: Its name.
        columns: Titles and widths in pixels at 100 %; the last takes what is left.
        lines: Gives its rows, newest first.
        empty: What it says when there are none.
    """

    title: str
    columns: tuple[tuple[str, int], ...]
    lines: Callable[[Session, CaseView], tuple[SectionRow, ...]]
    empty: str = labels.NONE_RECORDED


WHEN = 104
SECTIONS: tuple[CaseSection, ...] = (
    CaseSection(
        "Contacts",
        (("Date", WHEN), ("Time", 60), ("How", 190), ("Outcome", 190), ("Length", 72), ("Worker", 150), ("Note", 200)),
        lines.contacts,
        "None recorded. Record the first contact when it has happened.",
    ),
    CaseSection(
        "Offers",
        (("What", 220), ("Provider", 150), ("Offered", WHEN), ("Answer", 200), ("State", 72), ("End", 160)),
        lines.offers,
        "None recorded. Offer support; enforcement closes no offer.",
    ),
    CaseSection(
        "Engagement",
        (("Week from", WHEN), ("Level", 320), ("Whose", 96), ("Rated on", WHEN), ("Rated by", 120)),
        lines.ratings,
    ),
    CaseSection(
        "Triggers",
        (("Raised", WHEN), ("Rule", 180), ("State", 240), ("Explanation", 300)),
        lines.triggers,
        "None raised.",
    ),
    CaseSection(
        "Enforcement",
        (
            ("Decided", WHEN),
            ("Decision", 170),
            ("Step", 220),
            ("On", 150),
            ("Proposed; authorised", 220),
            ("Served", WHEN),
            ("Reason", 200),
        ),
        lines.enforcement,
    ),
    CaseSection(
        "Proposals",
        (
            ("Proposed", WHEN),
            ("Decision", 170),
            ("Step", 220),
            ("State", 190),
            ("By", 150),
            ("Answered by", 150),
            ("Answer", 150),
        ),
        lines.proposals,
    ),
    CaseSection(
        "Concerns",
        (("Date", WHEN), ("What", 190), ("Offence group", 170), ("Grade", 72), ("Summary", 300)),
        lines.concerns,
    ),
    CaseSection("RAG", (("RAG", 96), ("From", WHEN), ("Set by", 160), ("Why", 300)), lines.rag),
    CaseSection(
        "Needs and plan",
        (("Pathway", 260), ("Need", 200), ("Status", 220), ("Assessed", WHEN)),
        lines.needs,
    ),
    CaseSection(
        "Actions",
        (("State", 110), ("Due", WHEN), ("Clock", 110), ("Owner", 160), ("Action", 300)),
        lines.actions,
    ),
    CaseSection(
        "Assessments",
        (("Tool", 220), ("Version", 100), ("Date", WHEN), ("Value", 90), ("Band", 120), ("Scorer", 140)),
        lines.assessments,
    ),
    CaseSection(
        "Orders and licence",
        (("What", 220), ("From", WHEN), ("To", WHEN), ("Court", 180), ("Conditions", 240)),
        lines.orders,
    ),
    CaseSection("Custody", (("Received", WHEN), ("Released", 130), ("Kind", 150), ("Where", 200)), lines.custody),
    CaseSection(
        "Offending",
        (("Date", WHEN), ("Group", 170), ("Offence", 260), ("Part in it", 120), ("Outcome", 160)),
        lines.offences,
    ),
    CaseSection(
        "Notifications",
        (("Date", WHEN), ("Attempt", 90), ("Outcome", 220), ("Delivered by", 240), ("Response", 160)),
        lines.notifications,
    ),
    CaseSection(
        "Referrals",
        (("Sent", WHEN), ("Direction", 90), ("Unit", 220), ("Status", 120), ("Answered", WHEN), ("Reason", 200)),
        lines.referrals,
    ),
    CaseSection("About", (("What", 180), ("On record", 400)), lines.about),
)
"""Every section, in the order in which they are listed."""
