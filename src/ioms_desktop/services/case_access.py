"""What the access lists of a case mean for a user: whether it opens, what they read instead, break-glass access.

A server decides for itself; asked here are a file's own lists, which keep honest people from what is not theirs and
protect nothing from whoever has a password of the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import TypeVar

from ioms_desktop.domain.access.case_access import AccessList, is_hidden
from ioms_desktop.domain.access.roles import sees_programme
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import BreakGlassReadOnly
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, columns_naming
from ioms_desktop.services.session import Session
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.access.case_lists import (
    CaseLists,
    CaseWithLists,
    cases_with_lists,
    current_access_entries,
    find_case_with_lists,
    find_cases_of_its_person,
    open_and_find_cases_of_its_person,
    read_case_lists,
)
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.sqlite.hidden_cases import hidden_people

R = TypeVar("R", bound=Record)

READ_ONLY_MESSAGE = (
    "You have restricted record access to case {} until {}: you can read it, but not record, print or work offline on "
    "it. Nothing was changed; ask a supervisor to assign you if you are to work on it."
)


@dataclass(frozen=True, slots=True)
class BreakGlassAccess:
    """The user's break-glass access to a case.

    Attributes:
        until: When it closes again (UTC).
        remaining: How long that is from now.
    """

    until: datetime
    remaining: timedelta

    @property
    def closing_time(self) -> str:
        """The London time of day at which the access ends."""
        return f"{self.until.astimezone(LONDON):%H:%M}"


class AccessCheck:
    """What the access lists say of the user and one case, read when it is first asked and then the same.

    It is made where a command decides about a case, and handed from one check to the next; nothing keeps it, so that
    what the next command decides is read again.
    """

    def __init__(
        self,
        session: Session,
        reading: Reading,
        case_ref: str,
        lists: CaseLists | None = None,
        *,
        with_other_cases: bool = False,
    ) -> None:
        """Take the session of the user, and the transaction in which the lists are read.

        Args:
            session: Of the user.
            reading: Where the lists are read.
            case_ref: The case.
            lists: What the lists say, where it was read with the case.
            with_other_cases: Whether `open_case` reads the other cases of the person too, in the same statement.
        """
        self._session = session
        self._reading = reading
        self._case_ref = case_ref
        self._with_other_cases = with_other_cases
        self._of_person: list[tuple[Case, CaseLists]] = []
        if lists is not None:
            self._lists = lists

    @cached_property
    def _lists(self) -> CaseLists:
        return read_case_lists(self._reading, self._session.user, self._case_ref, self._session.clock())

    def open_case(self, reason_code: str, *, may_be_open: bool = True) -> Case | None:
        """Open the case and get it, with what the lists say in the same statement; None where there is none.

        Args:
            reason_code: Why; on a server a case is opened on record.
            may_be_open: Whether it is likely open already, as where somebody records something on it: it is then only
                read, which records nothing either way.
        """
        found = self._find_case() if may_be_open and self._reading.sees_new_commits else None
        if found is None or not found.is_open:
            found = self._open_and_find_case(reason_code)
        if found is None:
            return None
        self._lists = found.lists
        return found.case

    def _open_and_find_case(self, reason_code: str) -> CaseWithLists | None:
        asked = (self._case_ref, reason_code, self._session.workstation)
        if not (self._with_other_cases and self._reading.commits_each):
            return self._find_case() if self._reading.open_case(*asked) else None
        found, self._of_person = open_and_find_cases_of_its_person(self._reading, *asked)
        return found

    def _find_case(self) -> CaseWithLists | None:
        asked = (self._reading, self._session.user, self._case_ref, self._session.clock())
        if not self._with_other_cases:
            return find_case_with_lists(*asked)
        found, self._of_person = find_cases_of_its_person(*asked)
        return found

    def known_people(self, person_ref: str) -> "KnownPeople":
        """Return what is known of the person of the case, whose cases may have been read with it."""
        people = KnownPeople(self._session, self._reading, (person_ref,))
        if self._of_person:
            people.take(self._of_person)
        return people

    @property
    def break_glass(self) -> BreakGlassAccess | None:
        """The user's break-glass access where they see the case only by it, with its end; else None."""
        for entry in self._lists.entries:
            if entry.kind is AccessList.BREAK_GLASS and entry.ends_at is not None:
                now = access_lists.current_time(self._reading, self._session.clock())
                return BreakGlassAccess(entry.ends_at, entry.ends_at - now)
        return None

    @property
    def sees_by_break_glass(self) -> bool:
        """Whether the user sees the case only by break-glass access."""
        return any(entry.kind is AccessList.BREAK_GLASS and entry.ends_at is not None for entry in self._lists.entries)

    def may_open(self, case: Case) -> bool:
        """Whether the case, which was read, may be shown to the user."""
        own = sees_programme(self._session.role, case.programme)
        if self._reading.server_enforces_access:
            # The server has decided; break-glass access also opens the other programme.
            return own or self.sees_by_break_glass
        if not own and AccessList.BREAK_GLASS not in self._kinds:
            return False
        return not self.is_kept_back

    @property
    def _kinds(self) -> set[AccessList]:
        return {entry.kind for entry in self._lists.entries}

    @property
    def is_kept_back(self) -> bool:
        """Whether a file's lists keep the case from the user, whatever its programme."""
        return is_hidden(self._kinds, self._lists.restriction, self._lists.user_team)

    def refuse_under_break_glass(self) -> None:
        """Refuse anything but reading on a case that the user sees only by break-glass access.

        Raises:
            NotAllowed: The glass is broken.
        """
        glass = self.break_glass
        if glass is not None:
            raise BreakGlassReadOnly(READ_ONLY_MESSAGE.format(self._case_ref, glass.closing_time))


def get_break_glass_access(session: Session, reading: Reading, case_ref: str) -> BreakGlassAccess | None:
    """Return the user's break-glass access where they see the case only by it, with its end; else None."""
    return AccessCheck(session, reading, case_ref).break_glass


def refuse_under_break_glass(session: Session, reading: Reading, case_ref: str) -> None:
    """Refuse anything but reading on a case that the user sees only by break-glass access.

    Raises:
        NotAllowed: The glass is broken.
    """
    AccessCheck(session, reading, case_ref).refuse_under_break_glass()


def refuse_under_any_break_glass(session: Session, reading: Reading) -> None:
    """Refuse a bulk operation while the user sees any of its cases only by break-glass access.

    Raises:
        NotAllowed: A glass is broken.
    """
    for case_ref in access_lists.cases_open_by_break_glass(reading, session.user, session.clock()):
        refuse_under_break_glass(session, reading, case_ref)


def may_open_case(session: Session, reading: Reading, case: Case) -> bool:
    """Whether a case that was read may be shown to the user."""
    return AccessCheck(session, reading, case.case_ref).may_open(case)


def case_refusal_message(session: Session, reading: Reading, case_ref: str) -> str:
    """The refusal text: the same for "no access" and "no such case", plus any message of whoever restricted it.

    Whoever keeps a case from somebody may leave words for them; nothing else tells that there is such a case.
    """
    words = f"There is no case {case_ref} that you may open."
    told = (
        access_lists.no_access_message(reading, case_ref)
        if reading.server_enforces_access
        else _file_exclusion_message(session, reading, case_ref)
    )
    return f"{words} {told}" if told else f"{words} Check the reference or ask a supervisor."


def _file_exclusion_message(session: Session, reading: Reading, case_ref: str) -> str | None:
    own = current_access_entries(reading, session.user, case_ref, session.clock())
    return next((entry.message for entry in own if entry.kind is AccessList.EXCLUDED), None)


class KnownPeople:
    """Of which of some people the user may know, and which of their cases are theirs to open, read once for all."""

    def __init__(self, session: Session, reading: Reading, person_refs: Iterable[str]) -> None:
        """Take the people, by their references."""
        self._session, self._reading = session, reading
        self._asked = frozenset(person_refs)

    def take(self, cases: Iterable[tuple[Case, CaseLists]]) -> None:
        """Take all cases of one of the people, which were read in the same transaction."""
        checks = [(case, AccessCheck(self._session, self._reading, case.case_ref, lists)) for case, lists in cases]
        self._cases = {case.person_ref: checks for case, _ in checks[:1]}

    @cached_property
    def _cases(self) -> dict[str, list[tuple[Case, AccessCheck]]]:
        found: dict[str, list[tuple[Case, AccessCheck]]] = {}
        session, reading = self._session, self._reading
        for case, lists in cases_with_lists(reading, session.user, self._asked, session.clock()) if self._asked else ():
            access = AccessCheck(session, reading, case.case_ref, lists)
            found.setdefault(case.person_ref, []).append((case, access))
        return found

    @cached_property
    def refs(self) -> frozenset[str]:
        """Those of whom the user may know: one of the cases is theirs to open, or there is no case at all.

        A server has decided that before it answers.
        """
        if self._reading.server_enforces_access or not self._asked:
            return self._asked
        hidden = hidden_people(self._reading.connection, self._asked)  # their cases are not there to be asked about
        return frozenset(ref for ref in self._asked - hidden if self._may_know(ref))

    def _may_know(self, person_ref: str) -> bool:
        theirs = self._cases.get(person_ref, [])
        return not theirs or any(access.may_open(case) and not access.sees_by_break_glass for case, access in theirs)

    def with_checks(self, person_ref: str) -> list[tuple[Case, AccessCheck]]:
        """Return the cases of a person that are there for this reading, each with what the lists say."""
        return self._cases.get(person_ref, [])

    def openable_cases(self, person_ref: str) -> list[Case]:
        """Return the cases of a person that are the user's to open."""
        return [case for case, access in self.with_checks(person_ref) if access.may_open(case)]


def may_know_person(session: Session, reading: Reading, person_ref: str) -> bool:
    """Whether the user may know of a person."""
    return person_ref in KnownPeople(session, reading, (person_ref,)).refs


def may_know_those_named(session: Session, reading: Reading, record: Record) -> bool:
    """Whether the user may know of everybody whom a record names besides whose it is; otherwise it is not shown.

    The columns that do so name the table of people. A server has decided before it answers.
    """
    return bool(naming_known_people(session, reading, (record,)))


def naming_known_people(session: Session, reading: Reading, records: Iterable[R]) -> list[R]:
    """Return the records that name nobody of whom the user may not know, asked once for all of them."""
    named = [(record, _people_named(record)) for record in records]
    people = KnownPeople(session, reading, chain.from_iterable(refs for _, refs in named))
    return [record for record, refs in named if refs <= people.refs]


def _people_named(record: Record) -> frozenset[str]:
    return frozenset(ref for each in columns_naming(type(record), Person.table) if (ref := each.value_of(record)))
