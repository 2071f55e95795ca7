"""What papers about no case are drawn from: the certificate of a disposal, and a report from the audit."""

from dataclasses import dataclass
from datetime import date, datetime

from ioms_desktop.domain.printing.print_facts import PrintFacts

NO_NAMES_MARKING = "OFFICIAL-SENSITIVE"
"""The marking of a paper that names nobody whose record is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalCertificate:
    """A disposal that was carried out; it names nobody whose record was removed.

    Attributes:
        number: The number of the disposal.
        removed: What was removed, by kind in words with how many.
        emptied: How many entries of the audit were emptied.
        tasks: The references of the tasks to redact others' records that mention the person.
        copies: Where copies may remain, a sentence each.
    """

    about: PrintFacts = PrintFacts(marking=NO_NAMES_MARKING)  # noqa: RUF009 - it is frozen, and can be shared
    number: str = ""
    disposed_on: date | None = None
    authority: str = ""
    reason: str = ""
    proposed_by: str = ""
    authorised_by: str = ""
    removed: tuple[tuple[str, int], ...] = ()
    emptied: int = 0
    tasks: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One entry of the audit, without what was recorded.

    Attributes:
        at: The local time.
        who: By display name and login, since the name may be given to somebody else later.
        did: What was done, in a word or two: `Looked at`.
        what: To what: `Case PHX-1`.
        recipient: Who received it; empty for what was not passed on.
        is_refused: Whether it was refused, so that nothing was done.
    """

    at: datetime | None = None
    who: str = ""
    role: str = ""
    workstation: str = ""
    did: str = ""
    what: str = ""
    recipient: str = ""
    reason: str = ""
    is_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """Who did and looked at what, about a case or person or about all, in a period.

    Attributes:
        subject: What it is about: `Case PHX-1`; empty for every entry of the period.
        first: The first day; None for from the beginning.
        last: The last day, included; None for to the time of printing.
        lines: The earliest first.
        seal: The newest seal with its code, by which the trail is compared; empty before the first.
    """

    about: PrintFacts = PrintFacts()  # noqa: RUF009 - as above
    subject: str = ""
    first: date | None = None
    last: date | None = None
    lines: tuple[AuditLine, ...] = ()
    seal: str = ""
