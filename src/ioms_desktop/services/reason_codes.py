"""Reason codes for opening, printing and exporting; training reasons are refused on real people."""

from ioms_desktop.domain.errors import TrainingReason, UnknownCode
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.session import Session
from ioms_desktop.storage.database.demo_marker import is_demo
from ioms_desktop.storage.records.read import Reading

LIVE_USE_KEY = "live"  # in the code list: whether a reason may be given where people are real


def refuse_unknown_reason(session: Session, code: str, purpose: str, consequence: str) -> None:
    """Refuse a reason that is not in the code list.

    Args:
        session: Whose code lists are asked.
        code: The reason given; empty where none was.
        purpose: What it is for, as in `an export`.
        consequence: What did not happen, as in `Nothing was written`.

    Raises:
        UnknownCode: It is not a reason code; the sentence names those on offer.
    """
    reasons = session.lists.of("reason_code")
    if code not in reasons:
        offered = join_words([each.code for each in reasons.offered()], "or")
        raise UnknownCode(
            f"{code or 'Nothing'} is not a reason code for {purpose}. {consequence}; give one of {offered}.",
            field="reason",
        )


def refuse_training_reason(session: Session, reading: Reading, code: str) -> None:
    """Refuse a training reason in a database of real people.

    Args:
        reading: Where it is asked whether the people are fictional.
        code: The reason given.

    Raises:
        Refused: It is such a reason, and these people are real.
    """
    reason = session.lists.of("reason_code").get(code)
    if reason is None or reason.more.get(LIVE_USE_KEY, True) or is_demo(reading):
        return
    raise TrainingReason(
        f"“{reason.label}” cannot be used as a reason in a live database. Nothing was opened or written; give the "
        "reason for your work, or practise in a demo database.",
        field="reason",
    )
