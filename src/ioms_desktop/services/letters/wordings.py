"""The wording of letters as an office changes it: every version, how a page with it looks, and adding another one.

A version is in force from a day on, and stays: a letter says under Papers from which it was written.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import MissingReason, MissingValue, NotAllowed, NothingToDo, PastDate, UnknownCode
from ioms_desktop.domain.letters.fields import (
    SAMPLE_ADDRESS,
    SAMPLE_PARENT,
    SAMPLE_PERSON,
    SAMPLE_SIGNER,
    SAMPLE_VALUES,
)
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.letters.letter import Letter
from ioms_desktop.domain.letters.office_wording import (
    NOT_SAVED,
    OfficeWording,
    Readability,
    base_of,
    label_of,
    measure,
    paragraphs_of,
    problem_of,
    refuse_hard_words,
    with_office_wordings,
    word_template,
)
from ioms_desktop.domain.letters.template import LetterTemplate, comes_into_force, in_force
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.plain_copy import HANDLING
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import clean_entry, run_command
from ioms_desktop.services.database.office_settings import SETTING_TOPICS
from ioms_desktop.services.letters.templates import shipped_templates
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.database.letter_wordings import add_wording, list_wordings
from ioms_desktop.storage.transaction import Transaction

MAX_TEXT_CHARS = 10_000
SAMPLE_REFERENCE, SAMPLE_REASON = "EXAMPLE", "To see how it looks"
A_CARER = "parent or carer"


NOT_IN_PLACE_OF_OURS = "The office has its own wording of this letter, which a supplied one does not replace."
DECIDED_ANEW = "Another wording was decided later for the same day."


class WordingState(StrEnum):
    """What is to be said of a version today."""

    IN_FORCE = "in force"
    LATER = "later"
    BEFORE = "before"
    NOT_USED = "not used"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingRow:
    """A version of the wording of a letter.

    Attributes:
        id: The office's number of it; negative for one that is shipped.
        label: The letter, for people.
        decided_by: Who decided it, as their name reads; empty where it is shipped.
        decided_at: When (UTC); None where it is shipped.
        problem: Why it is not used; empty where it may be.
    """

    id: int
    kind: str
    label: str
    valid_from: date
    state: WordingState
    title: str
    paragraphs: tuple[str, ...]
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    problem: str = ""

    @property
    def is_shipped(self) -> bool:
        """Whether the program came with it."""
        return self.id < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AddWording:
    """A letter in other words.

    Attributes:
        kind: The name of the letter.
        paragraphs: What it says, a paragraph a line.
        valid_from: The first day on which it is used; None for today.
        reason: Why it is changed.
    """

    request: str
    kind: str
    title: str
    paragraphs: str
    valid_from: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingPreview:
    """How a wording reads, before it is kept.

    Attributes:
        page: The page, filled with what nobody has said or done.
        readability: How old its reader has to be.
        enforcement: Whether it speaks of enforcement, so that the line that the offer stays open is printed.
    """

    page: SeenPaper
    readability: Readability
    enforcement: bool


def read_wordings(session: Session) -> tuple[WordingRow, ...]:
    """List every version of every letter: by letter, and the one that counts last first.

    Raises:
        NotAllowed: The user neither reads cases nor words the letters.
    """
    _require_reader(session)
    with session.store.read() as reading:
        decided = list_wordings(reading)
    shipped, today = shipped_templates(), session.today()
    rows = [*_shipped_rows(shipped), *_office_rows(session, decided)]
    usable = with_office_wordings(shipped, decided)
    current = (in_force(usable, kind, today) for kind in LetterKind)
    standing = {each.kind.value: _id_of(each, shipped) for each in current if each is not None}
    order = [kind.value for kind in LetterKind]
    told = [_with_state(row, standing, today, never=_never_used(row, usable, shipped)) for row in rows]
    return tuple(
        sorted(
            told,
            key=lambda row: (
                order.index(row.kind) if row.kind in order else len(order),
                row.is_shipped,
                -row.valid_from.toordinal(),
                -row.id,
            ),
        )
    )


def preview_wording(session: Session, entry: AddWording) -> WordingPreview:
    """Return the page of a letter in other words, drawn from invented facts; nothing is kept.

    Raises:
        NotAllowed: As for `read_wordings`.
        InvalidEntry: A text says what no letter may say; the refusal names the field. What is hard to read is drawn.
    """
    _require_reader(session)
    from ioms_desktop.reports.documents import see_document  # noqa: PLC0415 - slow to import: loads when first needed

    template = _worded(entry)
    page = see_document(_sample_letter(session, template))
    return WordingPreview(page=page, readability=measure(template), enforcement=template.enforcement)


def add_letter_wording(session: Session, entry: AddWording) -> Outcome:
    """Keep another wording of a letter, in force from today or a later day.

    Raises:
        NotAllowed: The user is no administrator.
        MissingValue: The title or the paragraphs are empty.
        MissingReason: It is not said why it is changed.
        MalformedValue: A text says what no letter may say; the refusal names the field.
        InvalidEntry: It is too hard to read.
        PastDate: It would have been in force before today.
        NothingToDo: The letter says so already on that day.
    """
    session.require(Right.WORD_LETTERS)
    template = _worded(entry)
    refuse_hard_words(template)
    day = entry.valid_from or session.today()
    if day < session.today():
        raise PastDate(
            f"A wording cannot begin before today, because letters already written keep theirs. {NOT_SAVED}; choose "
            f"{format_day(session.today())} or a later day.",
            field="valid_from",
        )
    reason = clean_entry(entry.reason, "reason")
    if not reason:
        raise MissingReason(f"Say why you are changing the wording. {NOT_SAVED}.", field="reason")
    wording = OfficeWording(
        number=0,
        kind=template.kind.value,
        valid_from=day,
        title=template.title,
        paragraphs=template.paragraphs,
        reason=reason,
        decided_by=session.user,
        decided_at=session.clock(),
    )

    def do(tx: Transaction) -> Outcome:
        stands = in_force(with_office_wordings(shipped_templates(), list_wordings(tx)), template.kind, day)
        if stands is not None and (stands.title, stands.paragraphs) == (wording.title, wording.paragraphs):
            raise NothingToDo(f"The letter already reads like this on {format_day(day)}. Nothing was saved.")
        number = add_wording(tx, wording)
        since = "from now on" if day == session.today() else f"from {format_day(day)}"
        notice = f"{template.kind.label}: this wording is in use {since}. Letters already written keep theirs."
        return Outcome(notice=notice, changed=SETTING_TOPICS, ref=str(number))

    return run_command(session, "add_letter_wording", Right.WORD_LETTERS, entry.request, do)


def _require_reader(session: Session) -> None:
    if not may(session.role, Right.READ_CASES) and not may(session.role, Right.WORD_LETTERS):
        raise NotAllowed("How letters are worded is shown only to people who may read cases or word letters.")


def _worded(entry: AddWording) -> LetterTemplate:
    if not entry.kind:
        raise MissingValue(f"Choose the letter. {NOT_SAVED}.", field="kind")
    base = base_of(shipped_templates(), entry.kind)
    if base is None:
        raise UnknownCode(f"There is no letter called {entry.kind}. {NOT_SAVED}; choose one.", field="kind")
    paragraphs = paragraphs_of(clean_entry(entry.paragraphs, "paragraphs", MAX_TEXT_CHARS))
    return word_template(base, clean_entry(entry.title, "title"), paragraphs)


def _sample_letter(session: Session, template: LetterTemplate) -> Letter:
    title, paragraphs = template.fill(SAMPLE_VALUES)
    called = SAMPLE_VALUES["name"]
    today = session.today()
    return Letter(
        about=PrintFacts(
            audience=Audience.PARENT if template.to_parent else Audience.PARTICIPANT,
            handling=HANDLING.format(who=called if template.to_parent else "you"),
            printed_by=SAMPLE_SIGNER,
            printed_at=datetime.combine(today, time(), LONDON),
            reason=SAMPLE_REASON,
        ),
        reference=SAMPLE_REFERENCE,
        dated_on=today,
        subject=SAMPLE_PERSON,
        address=(SAMPLE_PARENT if template.to_parent else SAMPLE_PERSON, *SAMPLE_ADDRESS),
        greeting=SAMPLE_PARENT if template.to_parent else called,
        title=title,
        paragraphs=paragraphs,
        signed_by=SAMPLE_SIGNER,
        phone=SAMPLE_VALUES["phone"],
        signers=(SAMPLE_PERSON, f"{SAMPLE_PARENT}, {A_CARER}") if template.signatures else (),
    )


def _shipped_rows(shipped: Iterable[LetterTemplate]) -> Iterator[WordingRow]:
    for number, each in enumerate(shipped, 1):
        yield WordingRow(
            id=-number,
            kind=each.kind.value,
            label=each.kind.label,
            valid_from=each.valid_from,
            state=WordingState.BEFORE,
            title=each.title,
            paragraphs=each.paragraphs,
        )


def _office_rows(session: Session, decided: Iterable[OfficeWording]) -> Iterator[WordingRow]:
    for each in decided:
        base = base_of(shipped_templates(), each.kind)
        yield WordingRow(
            id=each.number,
            kind=each.kind,
            label=label_of(each.kind),
            valid_from=each.valid_from,
            state=WordingState.BEFORE,
            title=each.title,
            paragraphs=each.paragraphs,
            decided_by=session.names.of(each.decided_by),
            decided_at=each.decided_at,
            reason=each.reason,
            problem="This program has no such letter." if base is None else problem_of(base, each),
        )


def _id_of(template: LetterTemplate, shipped: tuple[LetterTemplate, ...]) -> int:
    return template.version or -1 - shipped.index(template)


def _with_state(row: WordingRow, standing: dict[str, int], today: date, *, never: bool) -> WordingRow:
    if not row.problem and row.id == standing.get(row.kind):
        return replace(row, state=WordingState.IN_FORCE)
    if row.problem or row.valid_from <= today:
        return replace(row, state=WordingState.NOT_USED if row.problem else WordingState.BEFORE)
    if not never:
        return replace(row, state=WordingState.LATER)
    problem = NOT_IN_PLACE_OF_OURS if row.is_shipped else DECIDED_ANEW
    return replace(row, state=WordingState.NOT_USED, problem=problem)


def _never_used(row: WordingRow, usable: tuple[LetterTemplate, ...], shipped: tuple[LetterTemplate, ...]) -> bool:
    mine = [each for each in usable if each.kind.value == row.kind and _id_of(each, shipped) == row.id]
    return not any(comes_into_force(usable, each) for each in mine)
