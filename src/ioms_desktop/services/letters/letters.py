"""Writing a letter about a case: what is filled in, the preview, and the letter kept exactly as it was sent.

The letter bears a day and no time, so that its preview has the bytes of what leaves. Who it goes to, and who has a
copy, are in the register of papers; the bytes are a document of the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.calendar import ADULT_AGE, DAY, LONDON
from ioms_desktop.domain.errors import (
    ConflictingValues,
    FileExists,
    FileUnwritable,
    MissingReason,
    MissingValue,
    NotOnThisProgramme,
    NotPossibleNow,
    NotToldYet,
    StepNotReady,
    WrongFile,
)
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.letters.letter import Letter
from ioms_desktop.domain.letters.template import LetterTemplate
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import LETTER_DETAIL, WORDING_DETAIL, Recipient, facts_digest, make_print_id
from ioms_desktop.domain.printing.plain_copy import HANDLING
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView, build_case_view
from ioms_desktop.services.commands import clean_entry, get_writable_case, refuse_control_arm
from ioms_desktop.services.letters.facts import LetterFacts, authorised_step, letter_facts, refuse_who_died
from ioms_desktop.services.letters.templates import template_on, templates_of, templates_on
from ioms_desktop.services.reason_codes import refuse_training_reason, refuse_unknown_reason
from ioms_desktop.services.recording.records import AddRecord, add_in_command
from ioms_desktop.services.records.copy_entries import DOCUMENT_DETAIL
from ioms_desktop.services.records.letter_copies import A_LETTER, copies_of_letter, refuse_unmade
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.services.sharing.files_on_record import files_on_record
from ioms_desktop.services.sharing.leaving import Leaving, check_leaving
from ioms_desktop.storage.documents.content import add_content, content_digest, new_key, read_content
from ioms_desktop.storage.printing.papers import PaperEntry, register_paper
from ioms_desktop.storage.transaction import Transaction

NOTHING_WRITTEN = "Nothing was written"
USUAL_POWER = "COMMON_LAW_POLICING_PURPOSE"
USUAL_REASON = "CASE_WORK"
AS_DELIVERED = "Record under Documents when and how it is delivered, by whom, and who was there."
AS_SERVED = "Record on the decision when it is served, and the message given."
FOLLOWS = {
    LetterKind.IOM_NOTICE: "Record it under IOM letter served as well: that is the day that counts.",
    LetterKind.PHOENIX_NOTIFICATION: "Record it under Notification as well: that is the day that counts.",
}
"""What is recorded beside the delivery, and where: the clocks follow that and not the paper."""
THE_PERSON, A_PARENT, OF_NOBODY = "the person it is to", "parent or carer", "private person"
"""What the register says of a recipient for whom no organisation receives it."""
OTHER_WORDING = (
    "The wording of this letter has changed since this form was opened. Nothing was written; keep this for later, open "
    "it again and look at its pages."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteLetter:
    """A letter to be written.

    Attributes:
        wording: The name of the wording that was looked at; empty for whichever is in force.
        values: What its fields are filled with, by name; days and times are ISO.
        address: The address, a line each, without the name.
        parent: The parent or carer: of a letter to them, or who has a copy of one to a child.
        no_copy: Why a parent or carer has no copy of a letter that one is due of.
        power: The power under which it is given, as a code.
        reason: Why, as a reason code.
        dated_on: The day that it bears; None for today.
    """

    request: str
    case_ref: str
    kind: LetterKind
    wording: str = ""
    values: Mapping[str, str]
    address: str
    parent: str = ""
    no_copy: str = ""
    power: str = USUAL_POWER
    reason: str = USUAL_REASON
    dated_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLetter:
    """A letter that was written.

    Attributes:
        outcome: The answer of the command; its reference is that of the document.
        pdf: The bytes that left, which are kept.
        copies: How many leave, as the register has them: one, and one for a parent or carer who has a copy.
    """

    outcome: Outcome
    pdf: bytes = field(repr=False)
    copies: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """A letter as it is about to be drawn, with what it was checked against."""

    case: Case
    letter: Letter
    template: LetterTemplate
    leaving: Leaving
    full_name: str


def offered_letters(session: Session, view: CaseView) -> tuple[LetterTemplate, ...]:
    """Return the letters that may be written on a case today: of a step, only once it is authorised.

    After the day on which the case closed that is the closing letter alone.

    Raises:
        NotToldYet: The person died.
    """
    refuse_who_died(view, NOTHING_WRITTEN, "kind")
    with session.store.read() as reading:
        templates = templates_of(reading)
    return tuple(
        each
        for each in templates_on(templates, session.today(), view.case.programme, child=view.age < ADULT_AGE)
        if not each.step or authorised_step(session, view, each.step) is not None
        if each.kind is LetterKind.CLOSING or not view.case.ended_by(session.today() - DAY)
    )


def read_letter_facts(session: Session, view: CaseView, kind: LetterKind) -> LetterFacts:
    """Return what a case fills into a letter today."""
    with session.store.read() as reading:
        template = template_on(templates_of(reading), kind, session.today())
    return letter_facts(session, view.with_display_names(session.names), template)


def preview_letter(session: Session, entry: WriteLetter) -> SeenPaper:
    """Return a letter, to the byte, without keeping it; that it was looked at is on record.

    Raises:
        Refused: As for `write_letter`.
    """
    _check_right(session, entry)
    with session.store.begin(session.command_context(reason_code=entry.reason), "preview_letter") as tx:
        draft = _draft(session, tx, entry)
        seen = _draw(draft.letter)
        tx.log(
            "CONSULTATION",
            object_type=Case.table,
            object_ref=draft.case.case_ref,
            subject_ref=draft.case.person_ref,
            detail={LETTER_DETAIL: entry.kind.value, "print_id": draft.letter.about.print_id, "preview": True},
        )
    return seen


def write_letter(
    session: Session, entry: WriteLetter, path: Path | None = None, *, overwrite: bool = False
) -> WrittenLetter:
    """Write a letter: keep its bytes as a document of the case, and put in the register who has it.

    Args:
        entry: What it says and to whom.
        path: Where the PDF goes; None for who prints it.
        overwrite: Whether a file that is there is replaced.

    Raises:
        NotAllowed: The user may not record engagement, add documents or print, or sees the case by break-glass access.
        Missing: The case is not there for this user.
        MissingValue: A field, the address or the parent of a child is missing; the refusal names the field.
        StepNotReady: The step that it is about is not authorised.
        ControlArm: The case is in the control arm of the trial.
        FileRefused: The file cannot be written.
        Refused: The case had closed by then and this is another letter than the closing one, the person died, it is no
            letter for them, or a copy of it stands as not made.
    """
    _check_right(session, entry)
    if path is not None:
        _check_path(path, overwrite=overwrite)
    context = session.command_context(request=entry.request, reason_code=entry.reason)
    try:
        with files_on_record(session, context, "write_letter", told=A_LETTER) as (new, tx):
            if tx.earlier_answer is not None:  # what was lost then was no more than the answer, or the file
                outcome = Outcome.from_dict(tx.earlier_answer)
                refuse_unmade(tx, session.user, entry.case_ref, outcome.ref)
                pdf = read_content(tx, tx.get(Document, outcome.ref))
            else:
                draft = _draft(session, tx, entry)
                pdf = _draw(draft.letter).pdf
                outcome = _keep(session, tx, entry, draft, pdf)
                tx.save_answer(outcome.to_dict())
            written = _written(tx, entry, outcome, pdf)
            if path is not None:
                new.write(path, pdf, overwrite=overwrite)
    except FileExistsError as there:
        raise _exists(path) from there
    except OSError as failed:
        raise FileUnwritable(
            f"{path} could not be written: {failed.strerror or 'the place does not take it'}. {NOTHING_WRITTEN}; "
            "choose another place.",
            field="path",
        ) from failed
    return written


def _written(tx: Transaction, entry: WriteLetter, outcome: Outcome, pdf: bytes) -> WrittenLetter:
    """Return a letter with as many copies as are on record of it, whether it was written now or before."""
    return WrittenLetter(outcome=outcome, pdf=pdf, copies=len(copies_of_letter(tx, entry.case_ref, outcome.ref)))


def _draw(letter: Letter) -> SeenPaper:
    from ioms_desktop.reports.documents import see_document  # noqa: PLC0415 - slow to import: loads when first needed

    return see_document(letter)


def _check_right(session: Session, entry: WriteLetter) -> None:
    for right in (Right.RECORD_ENGAGEMENT, Document.rights.add, Right.PRINT):
        session.require(right)
    if not entry.reason.strip():
        raise MissingReason(f"A letter needs a reason. {NOTHING_WRITTEN}; choose one.", field="reason")
    refuse_unknown_reason(session, entry.reason, "a letter", NOTHING_WRITTEN)


def _draft(session: Session, tx: Transaction, entry: WriteLetter) -> _Draft:
    day = entry.dated_on or session.today()
    refuse_training_reason(session, tx, entry.reason)
    case = get_writable_case(session, tx, entry.case_ref, day, after_closing=entry.kind is LetterKind.CLOSING)
    refuse_control_arm(tx, case)
    view = build_case_view(session, tx, case, day).with_display_names(session.names)
    template = template_on(templates_of(tx), entry.kind, day)
    if entry.wording not in {"", template.name}:
        raise NotPossibleNow(OTHER_WORDING)
    facts = letter_facts(session, view, template)
    _refuse_letter(session, view, template, facts)
    parent = _checked_parent(entry, template, facts)
    values = {name: clean_entry(value, name) for name, value in entry.values.items()}
    title, paragraphs = template.fill(values)
    address = [line.strip() for line in clean_entry(entry.address, "address").splitlines() if line.strip()]
    if not address:
        raise MissingValue(f"The letter needs an address. {NOTHING_WRITTEN}; fill it in.", field="address")
    whom, role = (parent, A_PARENT) if template.to_parent else (facts.full_name, THE_PERSON)
    leaving = check_leaving(session, Recipient(name=whom, role=role, organisation=OF_NOBODY), entry.power)
    has_copy = bool(facts.child and parent and template.step)
    signers = (facts.full_name, *((f"{parent}, {A_PARENT}",) if facts.child and parent else ()))
    letter = Letter(
        about=_about(session, entry, template, day, facts.values["name"]),
        reference=case.case_ref,
        dated_on=day,
        subject=facts.full_name,
        child=facts.child,
        address=(whom, *address),
        greeting=parent if template.to_parent else values["name"],
        title=title,
        paragraphs=paragraphs,
        signed_by=values["om"],
        phone=values["phone"],
        signers=signers if template.signatures else (),
        copy_to=f"{parent}, {A_PARENT}" if has_copy else "",
    )
    seed = "|".join((case.case_ref, session.user, entry.reason, facts_digest(letter)))
    about = replace(letter.about, print_id=make_print_id(seed))
    return _Draft(case, replace(letter, about=about), template, leaving, facts.full_name)


def _checked_parent(entry: WriteLetter, template: LetterTemplate, facts: LetterFacts) -> str:
    """Return the parent or carer, where one is due and may be told."""
    parent = clean_entry(entry.parent, "parent")
    if facts.child and not parent and (template.to_parent or (template.step and not entry.no_copy.strip())):
        raise MissingValue(
            f"The person is a child: name the parent or carer, or say why they have no copy. {NOTHING_WRITTEN}.",
            field="parent",
        )
    if parent and facts.not_told:
        raise ConflictingValues(
            f"It was decided not to tell the parent or carer: {facts.not_told}. {NOTHING_WRITTEN}; leave them out, and "
            "say why they have no copy.",
            field="parent",
        )
    return parent


def _refuse_letter(session: Session, view: CaseView, template: LetterTemplate, facts: LetterFacts) -> None:
    refuse_who_died(view, NOTHING_WRITTEN, "kind")
    if view.case.programme not in template.programmes:
        raise NotOnThisProgramme(
            f"{template.kind.label}: there is no such letter on this programme. {NOTHING_WRITTEN}; choose another one.",
            field="kind",
        )
    if template.to_parent and not facts.child:
        raise NotToldYet(
            f"The person is {view.age} on {format_day(view.as_of)}, an adult: write to them, and to nobody in their "
            f"place. {NOTHING_WRITTEN}.",
            field="kind",
        )
    if template.step and authorised_step(session, view, template.step) is None:
        step = session.lists.of("enforcement_step").label(template.step)
        raise StepNotReady(
            f"{step} has not been authorised on this case. {NOTHING_WRITTEN}; propose it first.", field="kind"
        )


def _about(session: Session, entry: WriteLetter, template: LetterTemplate, day: date, name: str) -> PrintFacts:
    return PrintFacts(
        audience=Audience.PARENT if template.to_parent else Audience.PARTICIPANT,
        handling=HANDLING.format(who=name if template.to_parent else "you"),
        printed_by=session.names.of(session.user),
        role=session.role,
        printed_at=datetime.combine(day, time(), LONDON),
        reason=session.lists.of("reason_code").label(entry.reason),
    )


def _keep(session: Session, tx: Transaction, entry: WriteLetter, draft: _Draft, pdf: bytes) -> Outcome:
    key, letter, day = new_key(), draft.letter, entry.dated_on or session.today()
    described = Document(
        document_ref="",
        case_ref=draft.case.case_ref,
        title=_title(entry.kind, letter.address[0]),
        kind="LETTER",
        dated_on=day,
        source=letter.signed_by,
        handling="TEAM",
        file_name=f"{draft.template.kind.value}-{day.isoformat()}.pdf",
        file_type="PDF",
        size_bytes=len(pdf),
        digest=content_digest(key, pdf),
    )
    kept = AddRecord(request=entry.request, case_ref=entry.case_ref, record=described)
    made = add_in_command(session, tx, kept, after_closing=entry.kind is LetterKind.CLOSING)
    document = tx.get(Document, made.ref)
    add_content(tx, document, key, pdf)
    register_paper(tx, _paper(entry, draft, document, pdf, draft.leaving.given_to))
    if letter.copy_to:
        copy = Recipient(name=entry.parent.strip(), role=A_PARENT, organisation=OF_NOBODY)
        register_paper(tx, _paper(entry, draft, document, pdf, copy))
    copied = f" A copy is due to {letter.copy_to}." if letter.copy_to else ""
    then = AS_SERVED if draft.template.step else FOLLOWS.get(draft.template.kind, "")
    return replace(
        made,
        notice=f"Letter written and kept: {draft.template.kind.label}.{copied} {AS_DELIVERED} {then}".rstrip(),
        not_undone="The letter is on record as sent; if it was not, mark the document as entered in error.",
    )


def _title(kind: LetterKind, to: str) -> str:
    """Name a kept letter: `Written warning, letter to Callum HARKER`, the word letter once."""
    if kind is LetterKind.PARENT:
        return f"Letter to {to}, {A_PARENT}"
    return f"{kind.label} to {to}" if kind.label.endswith(" letter") else f"{kind.label}, letter to {to}"


def _paper(entry: WriteLetter, draft: _Draft, document: Document, pdf: bytes, given_to: Recipient | None) -> PaperEntry:
    return PaperEntry(
        case=draft.case,
        print_id=draft.letter.about.print_id,
        audience=LETTER_DETAIL,
        copy="1 of 1",
        digest=sha256(pdf).hexdigest(),
        given_to=given_to,
        power=draft.leaving.power,
        more={
            LETTER_DETAIL: entry.kind.value,
            WORDING_DETAIL: draft.template.name,
            DOCUMENT_DETAIL: document.document_ref,
            **({"no_copy": entry.no_copy.strip()} if entry.no_copy.strip() else {}),
        },
    )


def _check_path(path: Path, *, overwrite: bool) -> None:
    if path.suffix.lower() != ".pdf":
        raise WrongFile(f"A letter is saved as a PDF. {NOTHING_WRITTEN}; end its name in .pdf.", field="path")
    if not path.parent.is_dir():
        raise WrongFile(f"There is no folder {path.parent}. {NOTHING_WRITTEN}; choose another place.", field="path")
    if path.exists() and not overwrite:
        raise _exists(path)


def _exists(path: Path | None) -> FileExists:
    name = path.name if path is not None else ""
    return FileExists(
        f"There is a file {name} already. {NOTHING_WRITTEN}; choose another name, or choose to replace it.",
        field="path",
    )
