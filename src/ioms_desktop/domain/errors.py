"""What can be refused, in words for the person who asked."""


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """Understood, and cannot be done; nothing was changed.

    The sentence says what happened, what was kept and what to do.

    Attributes:
        sentence: The words shown to the user.
        code: A short stable name of the reason, for programs and tests.
        missing: What would have to be supplied, by code, when that is the reason.
    """

    def __init__(self, sentence: str, *, code: str = "", missing: tuple[str, ...] = ()) -> None:
        """Refuse with a sentence for the user."""
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.missing = missing


class Stale(Refused):
    """Someone else saved the record since it was read."""


class Unreachable(Refused):
    """The database did not answer; whether a command that was being sent was done can be asked once it does."""


class Missing(Refused):
    """The record asked for is not there, or may not be seen."""


class NotAllowed(Refused):
    """The user's role does not include this act."""


class AccessEnded(Refused):
    """The server lets this user in no more: an administrator disabled them, or their time has run out."""
