"""What an action sheet, a supervisor's review and the disclosure record of a case are drawn from."""

from dataclasses import dataclass
from datetime import date, datetime

from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.summary import CaseSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCase:
    """A case of an action sheet, as the reader may know it.

    Attributes:
        name: Whose it is; initials, or empty, on a copy without names.
        is_shared: Whether the reader may have actions of it at all.
        own_alone: Whether of these they have those of their own agency alone.
    """

    name: str = ""
    case_ref: str = ""
    child: bool = False
    is_shared: bool = True
    own_alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetAction:
    """An open action on a sheet.

    Attributes:
        case: The place of its case among those of the sheet, from 1.
        agency: The agency that owes it, in words; empty where nobody said.
        state: `Open` or `OVERDUE`, with how often it was put off.
    """

    case: int = 0
    text: str = ""
    owner: str = ""
    agency: str = ""
    due_on: date | None = None
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSheet:
    """The open actions of some cases, for one reader.

    Attributes:
        cases: In the order chosen.
        actions: The earliest due first.
    """

    about: PrintFacts = PrintFacts()  # noqa: RUF009 - it is frozen, and can be shared
    as_of: date | None = None
    cases: tuple[SheetCase, ...] = ()
    actions: tuple[SheetAction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLine:
    """A standard of the policy on a case: what it asks, by when, and whether it is kept."""

    what: str = ""
    text: str = ""
    due_on: date | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLine:
    """An alert with its two clocks, that of the decision and that of its action: the day, and whether in time."""

    alert: str = ""
    raised_on: date | None = None
    decision: str = ""
    decision_late: bool = False
    action: str = ""
    action_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReview:
    """What a supervisor looks at when a case is reviewed.

    Attributes:
        summary: The case as the police's own summary has it, of which the review prints some sections.
        lacks: What the record lacks, a sentence each.
    """

    about: PrintFacts = PrintFacts()  # noqa: RUF009 - as above
    summary: CaseSummary = CaseSummary()  # noqa: RUF009 - as above
    standards: tuple[StandardLine, ...] = ()
    clocks: tuple[ClockLine, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedLine:
    """A copy that left, or another disclosure.

    Attributes:
        at: The local time.
        is_given: Whether somebody else received it; otherwise who printed it kept it.
        became: What became of it: `Back or destroyed, 12 Nov 2026`.
        has_left: Whether it came out of the printer at all.
    """

    at: datetime | None = None
    what: str = ""
    copy: str = ""
    print_id: str = ""
    recipient: str = ""
    is_given: bool = True
    reason: str = ""
    power: str = ""
    by: str = ""
    became: str = ""
    has_left: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureRecord:
    """Everything that left about one case, the earliest first."""

    about: PrintFacts = PrintFacts()  # noqa: RUF009 - as above
    as_of: date | None = None
    name: str = ""
    case_ref: str = ""
    child: bool = False
    lines: tuple[DisclosedLine, ...] = ()


OfficeFacts = ActionSheet | CaseReview | DisclosureRecord
"""What each of them is drawn from."""
