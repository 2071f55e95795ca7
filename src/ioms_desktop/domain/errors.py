"""Refusals: a request that was understood and cannot be carried out, one class per kind.

A refusal is raised by its kind (`CaseClosed`, `FutureDate`), never as plain `Refused`, so that programs and tests can
tell kinds apart while the sentences may be reworded freely. The kinds are grouped by what was wrong: who asked, the
sign-in, the record asked for, what was entered, the state of the record, a file, the database, its reference data.
"""


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """A request that was understood and cannot be carried out; nothing was changed.

    Attributes:
        sentence: What the user reads: what happened, what was kept and what to do.
        field: The name of the field at fault; empty where the fault is in no single one.
        missing: The codes of what would have to be supplied, where that is the reason.
    """

    def __init__(self, sentence: str, *, field: str = "", missing: tuple[str, ...] = ()) -> None:
        """Refuse with a sentence for the user."""
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        self.missing = missing


# Who asks


class NotAllowed(Refused):
    """The user's role does not include this."""


class NeedsAnotherPerson(NotAllowed):
    """Nobody may do this on their own behalf; a second person has to."""


class BreakGlassReadOnly(NotAllowed):
    """The user sees the case only by break-glass access, which does not include writing."""


class AccessEnded(Refused):
    """The server no longer accepts this user: an administrator disabled them, or their account has expired."""


# Signing in


class SignInRefused(Refused):
    """The user could not prove who they are, or has no account here."""


class WrongPassword(SignInRefused):
    """The name or the password is wrong."""


class WrongRecoveryCode(SignInRefused):
    """The recovery code is mistyped or belongs to another database or an earlier time."""


class TooManyAttempts(SignInRefused):
    """Wrong passwords were given too often; the next attempt has to wait."""


class AccountExpired(SignInRefused):
    """The last day on which the user might sign in has passed."""


class NoSecretToChange(SignInRefused):
    """This way of signing in has no password, or no recovery code, that could be used or changed."""


# The record asked for


class Missing(Refused):
    """The record asked for does not exist, or this user may not see it."""


class CaseNotFound(Missing):
    """There is no such case, or this user may not open it: both are answered alike."""


class Stale(Refused):
    """Someone else saved the record since it was read."""


class Unreachable(Refused):
    """The database did not answer; it can be asked later whether the command was done."""


# What was entered


class InvalidEntry(Refused):
    """A value that was entered or given cannot be accepted as it is."""


class MissingValue(InvalidEntry):
    """A required value was not given."""


class MissingReason(MissingValue):
    """A required reason was not given."""


class ReasonToChange(MissingReason):
    """An entry that stands is changed, and it is not said why."""


class UnknownCode(InvalidEntry):
    """The value is none of those to choose from."""


class TrainingReason(InvalidEntry):
    """A reason that is meant for training was given for live records."""


class UnknownUser(InvalidEntry):
    """There is no such user, or none to whom this can be done."""


class MalformedValue(InvalidEntry):
    """The text cannot be read as the kind of value it should be."""


class WrongCheckLetter(MalformedValue):
    """An identifier is well formed, but its check letter does not fit."""


class EntryDoubtful(Refused):
    """What was entered is odd though it may be true; the user is asked before it is stored.

    Attributes:
        doubts: What is odd, a sentence each.
    """

    def __init__(self, sentence: str, doubts: tuple[str, ...]) -> None:
        """Ask with a sentence for the user."""
        super().__init__(sentence)
        self.doubts = doubts


class InvalidText(InvalidEntry):
    """A text is too short or too long, or holds characters that no record may hold."""


class NamesPerson(InvalidEntry):
    """A text that outlives the record names the person the record is about."""


class WeakPassword(InvalidEntry):
    """The new password is too weak, or the two that were typed differ."""


class FutureDate(InvalidEntry):
    """A date that must have come is still to come."""


class PastDate(InvalidEntry):
    """A date that must be to come has passed."""


class OutOfRange(InvalidEntry):
    """A number or a date lies outside what is allowed."""


class DatesOutOfOrder(InvalidEntry):
    """A date lies before another that it must not precede."""


class ConflictingValues(InvalidEntry):
    """Two values that were given, or a value and the record it is for, exclude each other."""


class Duplicate(InvalidEntry):
    """The name or reference is taken."""


class WrongCase(InvalidEntry):
    """A record that was named belongs to another case."""


class InvalidRecord(InvalidEntry):
    """The record breaks a rule that every record of its type keeps."""


# The state of the record


class NotPossibleNow(Refused):
    """What is recorded so far does not allow this step."""


class CaseClosed(NotPossibleNow):
    """The case had closed by that day."""


class BuiltUpon(NotPossibleNow):
    """Another record names this one and would be left without it."""


class CaseStillOpen(NotPossibleNow):
    """A case has to close first."""


class OnLegalHold(NotPossibleNow):
    """The record is on legal hold."""


class CheckedOut(NotPossibleNow):
    """A case is out in an offline file, or this is the offline file and the step belongs to the main database."""


class AlreadyDone(NotPossibleNow):
    """It was answered, finished, proposed or published before."""


class AlreadyAccessible(NotPossibleNow):
    """The user may open the case in any event."""


class StepNotAvailable(NotPossibleNow):
    """The enforcement ladder does not offer this step at this point."""


class StatusNotNext(NotPossibleNow):
    """The case status may not follow the present one."""


class StepNotReady(NotPossibleNow):
    """What the next step of the case needs is not on record."""


class NotAdopted(NotPossibleNow):
    """The case has not been adopted."""


class NotToldYet(NotPossibleNow):
    """A copy for the person or a parent is asked for that must not exist yet, or any more."""


class NotOnThisProgramme(NotPossibleNow):
    """The programme of the case does not have this."""


class NoReleaseExpected(NotPossibleNow):
    """No release is expected on the case."""


class ControlArm(NotPossibleNow):
    """The case is in the control arm of the trial and carries no offers."""


class ChildChecksUnanswered(NotPossibleNow):
    """The person is a child, and the checks required before the step are not all answered."""


class NotProposed(NotPossibleNow):
    """Nobody has proposed this, or another person than the decision names."""


class LastAdministrator(NotPossibleNow):
    """Without this user the database would have no administrator."""


class NotOver(NotPossibleNow):
    """The period is still running."""


class NothingToDo(NotPossibleNow):
    """There is nothing to write, publish or change."""


class Stopped(NotPossibleNow):
    """The user stopped it before it was done."""


class NotReadYet(NotPossibleNow):
    """The list was asked for before it had been read."""


# Files


class FileRefused(Refused):
    """A file or folder cannot be used."""


class FileExists(FileRefused):
    """There is a file already where a new one was to be written."""


class FileNotFound(FileRefused):
    """There is no such file or folder."""


class FileUnreadable(FileRefused):
    """The file cannot be read: its rights forbid it, or it is damaged."""


class FileUnwritable(FileRefused):
    """The file cannot be written there."""


class FileChanged(FileRefused):
    """The file changed after it had been looked at."""


class WrongFile(FileRefused):
    """The file is of another kind than the one needed, or belongs elsewhere."""


class UnsafeFile(FileRefused):
    """The file may not be opened safely, or others may read it."""


class TooLargeForSheet(FileRefused):
    """A worksheet cannot hold this much."""


# The database


class DatabaseRefused(Refused):
    """The database cannot be used as asked."""


class DatabaseNotFound(DatabaseRefused):
    """There is no database there."""


class DatabaseExists(DatabaseRefused):
    """There is a database already where one was to be made."""


class NotADatabase(DatabaseRefused):
    """What is there is not an IOMS database."""


class DatabaseDamaged(DatabaseRefused):
    """The database, or a copy of it, does not verify."""


class DatabaseInUse(DatabaseRefused):
    """Somebody else is using or saving to the database."""


class DatabaseUnwritable(DatabaseRefused):
    """The database cannot be written: no room, no rights, or a copy that can only be read."""


class SchemaMismatch(DatabaseRefused):
    """The database is of another schema than this version needs."""


class WrongDatabase(DatabaseRefused):
    """The file belongs to another database, or one of the two is fictional and the other is not."""


class WrongDatabaseKind(DatabaseRefused):
    """Only a local file can do this, or only a server."""


class NotEncrypted(DatabaseRefused):
    """The database is not encrypted, and must be."""


class EncryptionFailed(DatabaseRefused):
    """The database could not be encrypted, or its key could not be changed."""


class KeyFileRefused(DatabaseRefused):
    """The key file is missing, unreadable, or not the one of this database."""


class UnsafeDatabase(DatabaseRefused):
    """The server, the connection or the folder does not protect the records."""


class ConstraintViolated(DatabaseRefused):
    """The database does not accept the values."""


class ServerRefused(DatabaseRefused):
    """The server does not let this user do this, or not in this way."""


# Reference data


class InvalidReferenceData(Refused):
    """A policy, a code list or another document that the rules need is missing or cannot be read."""
