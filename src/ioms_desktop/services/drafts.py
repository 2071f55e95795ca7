"""Unsaved entries of the user: kept on this workstation, offered again, and forgotten once they are saved."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from ioms_desktop.domain.dates.instants import is_recent
from ioms_desktop.domain.drafts import (
    DRAFT_LIFETIME,
    NOTE_FORMS,
    PRINTED_LETTER_FORM,
    PRINTED_PAPERS_FORM,
    Draft,
    KnownNames,
    WindowState,
    without_people,
)
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.text_format import capitalise, join_words, number_in_words, pluralise
from ioms_desktop.services.case_access import may_open_case
from ioms_desktop.services.commands import find_outcome
from ioms_desktop.services.records.copy_entries import copies_of_run
from ioms_desktop.services.records.letter_copies import is_settled
from ioms_desktop.services.session import Session
from ioms_desktop.services.user_paths import data_folder
from ioms_desktop.storage import drafts as files
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.store import Store

TAB_RESTORE_PERIOD = timedelta(hours=12)
"""For how long the tabs that were open are opened again."""
WRITING_PERIOD = timedelta(hours=1)
"""For how long a note stays of whose letter nothing is on record: it is kept before the letter is written."""
_database_ids: WeakKeyDictionary[Store, str] = WeakKeyDictionary()
_under_way: WeakKeyDictionary[Store, set[str]] = WeakKeyDictionary()
"""The ids of notes of what is being done through a store, which is closed as its user signs out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsavedEntry:
    """An unsaved entry that can be resumed.

    Attributes:
        draft: What was typed.
        name: The person the case is about; empty where the form was opened on no case, or the case is closed.
        is_closed: Whether the user may not see the case any more: the words are theirs, the case is not.
    """

    draft: Draft
    name: str = ""
    is_closed: bool = False

    @property
    def asks_of_print(self) -> bool:
        """Whether nothing was typed, and it asks what a printer made of something."""
        return self.draft.form in NOTE_FORMS

    @property
    def can_reopen(self) -> bool:
        """Whether its form can be opened again; of an entry whose case was closed the words alone are kept."""
        return (self.asks_of_print or bool(self.draft.fields)) and not self.is_closed


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsavedEntries:
    """The unsaved entries offered at sign-in.

    Attributes:
        entries: The entries, the latest first.
        notes: What happened to others, a sentence each.
    """

    entries: tuple[UnsavedEntry, ...] = ()
    notes: tuple[str, ...] = ()


def can_keep_drafts(session: Session) -> bool:
    """Whether unsaved entries can be kept, which needs a key."""
    return session.draft_key is not None


def save_draft(session: Session, draft: Draft) -> Draft:
    """Save the present content of a form; without a key nothing is kept.

    Returns:
        The entry with the instant at which it was kept.

    Raises:
        Refused: The folder cannot be written.
    """
    stamped = replace(draft, saved_at=session.clock())
    drawer = _open_drawer(session)
    if drawer is not None:
        files.save_draft(drawer, stamped)
    return stamped


def delete_draft(session: Session, draft_id: str) -> None:
    """Delete a draft that was saved as a record or discarded."""
    drawer = _open_drawer(session)
    if drawer is not None:
        files.delete_draft(drawer, draft_id)


def begin_note(session: Session, note: Draft) -> None:
    """Keep a note of what is being done now; it asks nothing until `end_note`, or until its user signs in again.

    Raises:
        Refused: The folder cannot be written.
    """
    _under_way.setdefault(session.store, set()).add(note.id)
    save_draft(session, note)


def end_note(session: Session, note_id: str) -> None:
    """Let a note ask, or delete it then: what it is of is done, or was given up."""
    _under_way.get(session.store, set()).discard(note_id)


def delete_notes(session: Session, document_ref: str) -> None:
    """Delete the notes that ask what a printer made of a letter, by the document as which it is kept.

    Raises:
        Refused: The database cannot be read, or the folder cannot be written.
    """
    drawer = _open_drawer(session)
    if drawer is None:
        return
    for draft in files.load_drafts(drawer).drafts:
        if draft.form != PRINTED_LETTER_FORM:
            continue
        written = find_outcome(session, draft.about)
        if written is not None and written.ref == document_ref:
            files.delete_draft(drawer, draft.id)


def forget_people(session: Session, refs: Collection[str], names: KnownNames | None = None) -> str:
    """Delete the user's drafts about cases or people that were disposed of, and take them out of the others.

    It fails in a sentence: what was disposed of is gone all the same.

    Args:
        session: The session of the user.
        refs: The references of the people and their cases, and their numbers.
        names: What the person is called.

    Returns:
        How many drafts were deleted and changed, or what could not be done; empty where there was nothing to do.
    """
    try:
        drawer = _open_drawer(session)
        return _forget_in(drawer, frozenset(refs), names) if drawer is not None and refs else ""
    except (Refused, OSError):
        return "Unsaved entries of yours that name them could not be taken away; discard them in Today."


def _forget_in(drawer: files.DraftStore, refs: frozenset[str], names: KnownNames | None) -> str:
    deleted = changed = 0
    for draft in files.load_drafts(drawer).drafts:
        if draft.case_ref in refs or draft.about in refs:
            files.delete_draft(drawer, draft.id)
            deleted += 1
            continue
        without = without_people(draft, refs, names)
        if without != draft:
            files.save_draft(drawer, without)
            changed += 1
    left = files.pop_window_state(drawer)
    if left is not None:
        cases = tuple(ref for ref in left.cases if ref not in refs)
        files.save_window_state(drawer, replace(left, cases=cases, shown="" if left.shown in refs else left.shown))
    counts = (
        (deleted, "about the person deleted"),
        (changed, "that also named the person changed, and otherwise kept"),
    )
    done = join_words([f"{number_in_words(number)} {what}" for number, what in counts if number])
    return f"Unsaved entries of yours: {done}." if done else ""


def list_drafts(session: Session, excluding: Collection[str] = ()) -> UnsavedEntries:
    """List the drafts to offer; those already saved or too old are removed.

    Of a draft whose case the user may no longer see, the words they wrote are kept and what the form showed is not.

    Args:
        excluding: The numbers of those that stand in an open form.

    Raises:
        Refused: The database cannot be read; nothing was removed.
    """
    drawer = _open_drawer(session)
    if drawer is None:
        return UnsavedEntries()
    found = files.load_drafts(drawer)
    at = session.clock()
    fresh = [_date_again(drawer, draft, at) for draft in found.drafts if not draft.has_expired(at)]
    excluding = {*excluding, *_under_way.get(session.store, ())}  # after the drafts were read: a note may be new
    left = [draft for draft in fresh if draft.id not in excluding]
    open_ = [draft for draft in left if _is_open(session, draft)]
    with session.store.read() as reading:
        found_entries = [(draft, _entry_of(session, reading, draft)) for draft in open_]
    entries = [entry for _, entry in found_entries if entry is not None]
    for draft, entry in found_entries:
        if entry is not None and (
            entry.draft != draft or entry.asks_of_print
        ):  # of a note, so that its file is not old
            files.save_draft(drawer, entry.draft)
    staying = {each.draft.id for each in entries} | excluding
    staying |= {draft.id for draft in left if _may_be_under_way(draft, at)}
    for draft in found.drafts:
        if draft.id not in staying:
            files.delete_draft(drawer, draft.id)
    saved = len([draft for draft in left if draft not in open_ and draft.form not in NOTE_FORMS])
    waiting = [draft.id for draft in found.drafts if draft.form in NOTE_FORMS]
    files.delete_expired_drafts(drawer, at, DRAFT_LIFETIME, waiting)
    counts = {
        "saved": saved,
        "expired": len(found.drafts) - len(fresh),
        "gone": sum(entry is None and draft.form not in NOTE_FORMS for draft, entry in found_entries),
        "closed": sum(each.is_closed and not each.asks_of_print for each in entries),
        "unreadable": found.unreadable_count,
    }
    notes = tuple(_describe_note(what, number) for what, number in counts.items() if number)
    return UnsavedEntries(entries=tuple(reversed(entries)), notes=notes)


def find_note(session: Session, form: str, about: str = "") -> Draft | None:
    """Return the latest note of a form, or the one that is about something; None where there is none.

    Raises:
        Refused: The database cannot be read.
    """
    drawer = _open_drawer(session)
    if drawer is None:
        return None
    drafts = files.load_drafts(drawer).drafts
    under_way = _under_way.get(session.store, ())  # after the drafts were read: a note may be new
    for draft in reversed(drafts):
        is_asked_for = draft.form == form and about in ("", draft.about) and draft.id not in under_way
        if is_asked_for and _is_open(session, draft):
            with session.store.read() as reading:
                return _without_closed(session, reading, draft)
    return None


def _is_open(session: Session, draft: Draft) -> bool:
    """Whether a draft still waits: it was not saved, or it asks about what is on record as given."""
    if draft.form == PRINTED_PAPERS_FORM:
        with session.store.read() as reading:
            return bool(copies_of_run(reading, draft.cases, draft.about))
    if draft.form == PRINTED_LETTER_FORM:
        written = find_outcome(session, draft.about)
        if written is None:
            return False
        with session.store.read() as reading:
            return not is_settled(reading, session.user, draft.case_ref, written.ref)
    return find_outcome(session, draft.request) is None


def _may_be_under_way(draft: Draft, at: datetime) -> bool:
    """Whether a note is so new that its letter may be on its way to the database."""
    return draft.form in NOTE_FORMS and is_recent(draft.saved_at, at, WRITING_PERIOD)


def find_draft_of_form(
    session: Session, form: str, case_ref: str, about: str, excluding: Collection[str] = ()
) -> Draft | None:
    """Return the latest draft of the same form, case and record; None where there is none.

    Raises:
        Refused: The database cannot be read.
    """
    drawer = _open_drawer(session)
    if drawer is None:
        return None
    wanted, at = (form, case_ref, about), session.clock()
    for draft in reversed(files.load_drafts(drawer).drafts):
        same = (draft.form, draft.case_ref, draft.about) == wanted and draft.id not in excluding
        if same and draft.fields and not draft.has_expired(at) and find_outcome(session, draft.request) is None:
            return draft
    return None


def save_tabs(session: Session, cases: tuple[str, ...], shown: str, screen: str) -> None:
    """Save which tabs are open, so that they can be reopened after the window was locked.

    Raises:
        Refused: The folder cannot be written.
    """
    drawer = _open_drawer(session)
    if drawer is not None:
        files.save_window_state(drawer, WindowState(saved_at=session.clock(), cases=cases, shown=shown, screen=screen))


def restore_tabs(session: Session) -> WindowState | None:
    """Return the tabs that were open when the window was locked, once."""
    drawer = _open_drawer(session)
    left = None if drawer is None else files.pop_window_state(drawer)
    return left if left is not None and is_recent(left.saved_at, session.clock(), TAB_RESTORE_PERIOD) else None


def _open_drawer(session: Session) -> files.DraftStore | None:
    if session.draft_key is None:
        return None
    number = _database_ids.get(session.store)
    if number is None:
        with session.store.read() as reading:
            number = _database_ids[session.store] = database_id(reading)
    return files.draft_store(data_folder(), number, session.user, session.draft_key)


def _date_again(drawer: files.DraftStore, draft: Draft, at: datetime) -> Draft:
    """Return a draft of a clock that was ahead the present time, so that it is kept as long as any other."""
    if draft.saved_at <= at:
        return draft
    dated = replace(draft, saved_at=at)
    files.save_draft(drawer, dated)
    return dated


def _without_case(draft: Draft) -> Draft:
    """Return a draft of which the author's own words alone are left."""
    return replace(draft, fields={}, focus="")


def _without_closed(session: Session, reading: Reading, draft: Draft) -> Draft:
    """Return a draft without those of the further cases that are gone, or that the user may no longer see."""
    closed = frozenset(
        ref
        for ref in draft.cases
        if (case := reading.find(Case, ref)) is None or not may_open_case(session, reading, case)
    )
    return without_people(draft, closed) if closed else draft


def _entry_of(session: Session, reading: Reading, draft: Draft) -> UnsavedEntry | None:
    """Return an entry with the name of the person of its case, where the user may see the case; None where it is gone.

    A server does not tell a case that is gone from one that is closed; the words are then kept until they expire.
    """
    draft = _without_closed(session, reading, draft)
    if not draft.case_ref:
        return UnsavedEntry(draft=draft)
    case = reading.find(Case, draft.case_ref)
    if case is None and not reading.server_enforces_access:
        return None
    if case is None or not may_open_case(session, reading, case):
        return UnsavedEntry(draft=_without_case(draft), is_closed=True)
    person = reading.find(Person, case.person_ref)
    return UnsavedEntry(
        draft=draft, name="" if person is None else f"{person.given_names} {person.family_name}".strip()
    )


def _describe_note(what: str, number: int) -> str:
    noun = ("entry", "entries") if what == "saved" else ("unsaved entry", "unsaved entries")
    return capitalise(_NOTES[what].format(pluralise(number, *noun)))


_NOTES = {
    "saved": "{} had been saved after all, and so was removed here.",
    "expired": f"{{}} older than {DRAFT_LIFETIME.days} days removed.",
    "gone": "{} removed: the case is no longer there.",
    "closed": "{} on a case that is closed to you: your words are kept, the case is not.",
    "unreadable": "{} cannot be opened here, so left unchanged.",
}
