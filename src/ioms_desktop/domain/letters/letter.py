"""A letter about a case, as it is drawn: to whom, what it says, and who signs it."""

from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.printing.print_facts import PrintFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything that a letter says.

    Attributes:
        reference: The reference of the case.
        dated_on: The day that it bears.
        subject: The person it is about, by all their names.
        child: Whether they are under 18 on its day.
        address: The name and address of who receives it, a line each.
        greeting: Who is spoken to: `Callum`.
        title: Its heading.
        paragraphs: What it says.
        signed_by: Who signs it.
        phone: Their number.
        signers: Who else signs it.
        copy_to: Who receives a copy; empty for nobody.
    """

    about: PrintFacts = PrintFacts()  # noqa: RUF009 - it is frozen, and can be shared
    reference: str = ""
    dated_on: date | None = None
    subject: str = ""
    child: bool = False
    address: tuple[str, ...] = ()
    greeting: str = ""
    title: str = "Letter"
    paragraphs: tuple[str, ...] = ()
    signed_by: str = ""
    phone: str = ""
    signers: tuple[str, ...] = ()
    copy_to: str = ""
