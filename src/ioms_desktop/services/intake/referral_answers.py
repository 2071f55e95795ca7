"""The answer to a referral: accepted, declined, completed and so on, by whom and when, and what comes next."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.errors import AlreadyDone, ConflictingValues, DatesOutOfOrder, MissingReason
from ioms_desktop.domain.records.cases import Referral
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.text_format import capitalise, format_day
from ioms_desktop.services.commands import refuse_future_date
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.session import Outcome, Session, topics_of

DECLINED = "DECLINED"
MAX_NOTE_CHARS = 1000
"""The length of what is said in an answer, with the answers that it follows."""
NO_ANSWER_FOLLOWS = (
    "This referral is {status} already, so no other answer can follow. Nothing was changed; if that is wrong, use "
    "Change."
)
NOT_NEXT = "A referral that is {status} cannot be {answer} next. Your entry is kept; choose another answer."


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReferral:
    """What came of a referral, and when; `revision` is the one read.

    Attributes:
        status: A code of the list of referral statuses.
        answered_by: Who answered, a user or somebody outside; None where that is not known.
        note: What they said, and what comes next; the former answer is kept below it.
    """

    request: str
    referral_ref: str
    revision: int
    status: str
    answered_on: date
    answered_by: str | None = None
    note: str | None = None
    resolution: ConflictResolution | None = None


def answer_referral(session: Session, entry: AnswerReferral) -> Outcome:
    """Record the answer to a referral. It goes on with it: that corrects nothing, and nobody says why.

    Raises:
        NotAllowed: The user may not record referrals.
        Missing: The referral is not there for this user.
        EditConflict: Someone else saved it since it was read.
        RecordRemoved: Someone else removed it.
        AlreadyDone: It is over already.
        Refused: The answer does not follow, is of the future or before the referral, or declines without a reason.
    """
    refuse_future_date(session, entry.answered_on, "An answer")
    edit: Edit[Referral] = Edit(
        change=lambda read: _apply(session.lists, read, entry),
        after=lambda _tx, _current, referral: _refuse_before_it_was_sent(referral),
        notice=lambda referral: _notice(session.lists, referral),
        topics=topics_of(Referral),
        ref=entry.referral_ref,
    )
    return run_edit(
        session, "answer_referral", Referral.rights.change_right, entry, (Referral, entry.referral_ref), edit
    )


def _apply(lists: CodeLists, referral: Referral, entry: AnswerReferral) -> Referral:
    answers, status = referral.possible_answers, _words(lists, referral.status)
    if not answers:
        raise AlreadyDone(NO_ANSWER_FOLLOWS.format(status=status))
    if entry.status not in answers:
        sentence = NOT_NEXT.format(status=status, answer=_words(lists, entry.status))
        raise ConflictingValues(sentence, field="status")
    note = (entry.note or "").strip() or None
    if entry.status == DECLINED and note is None:
        raise MissingReason("Say why it was declined. Your entry is kept.", field="answer_note")
    return replace(
        referral,
        status=entry.status,
        answered_on=entry.answered_on,
        answered_by=(entry.answered_by or "").strip() or None,
        answer_note=_with_former(lists, note, referral),
    )


def describe_former_answer(lists: CodeLists, referral: Referral) -> str:
    """Describe the answer that a referral has: its day, who gave it and what they said; empty where it has none."""
    if referral.answered_on is None and not referral.answered_by and not referral.answer_note:
        return ""
    on = "" if referral.answered_on is None else format_day(referral.answered_on)
    status = capitalise(_words(lists, referral.status))
    given = ", ".join(filter(None, (status, on, referral.answered_by)))
    return f"{given}: {referral.answer_note}" if referral.answer_note else given


def _with_former(lists: CodeLists, note: str | None, referral: Referral) -> str | None:
    """Return what is said now, and below it the answer that it follows: the record has one place for both."""
    lines = "\n".join(filter(None, (note, describe_former_answer(lists, referral)))) or None
    # The record's history keeps a former answer whole where both together are too long for the place.
    return lines if lines is None or len(lines) <= MAX_NOTE_CHARS else f"{lines[: MAX_NOTE_CHARS - 1]}…"


def _refuse_before_it_was_sent(referral: Referral) -> None:
    if referral.answered_on is not None and referral.answered_on < referral.sent_on:
        raise DatesOutOfOrder(
            f"The referral was sent on {format_day(referral.sent_on)}, and the answer cannot be before it. Your entry "
            "is kept; correct the date.",
            field="answered_on",
        )


def _notice(lists: CodeLists, referral: Referral) -> str:
    unit = lists.of("unit").label(referral.unit)
    return f"Referral ({unit}) {_words(lists, referral.status)}."


def _words(lists: CodeLists, status: str | None) -> str:
    return lists.of("referral_status").label(status).lower() if status else "not answered"
