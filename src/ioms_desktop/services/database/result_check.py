"""Whether what is kept of the rules' findings is what they find, for whoever keeps a database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.text_format import join_words, pluralise
from ioms_desktop.services.cases.standing import find_wrong_results
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.reference_data import load_rulebook
from ioms_desktop.storage.cases.results import forget_results
from ioms_desktop.storage.store import Store

KEEPER_REBUILDS = (
    "Nothing was worked out again: only the person who looks after the server can do that. Run check --rebuild on it, "
    "as its account postgres."
)
REBUILD_SENTENCE = "Run check --rebuild: every case is then evaluated again when Today is next opened."
MOST_NAMED = 5
READERS = (Role.SUPERVISOR, Role.COORDINATOR)
"""One who reads everything, and one who reads no intelligence."""


def describe_wrong_results(store: Store, name: str, clock: Callable[[], datetime]) -> str:
    """Say of which cases something else is kept than the rules find, and who worked it out; nothing where all agree.

    On a server whoever reads no intelligence works out their results from what they are shown, and whoever keeps it is
    shown everything: there only the results with everything are compared.
    """
    roles = READERS[:1] if is_shared(store.location) else READERS
    wrong: dict[str, str] = {}
    for role in roles:
        wrong |= find_wrong_results(_session_of(store, name, role, clock))
    if not wrong:
        return ""
    listed = join_words(sorted(wrong)[:MOST_NAMED])
    more = " and others" if len(wrong) > MOST_NAMED else ""
    by = join_words(sorted(set(wrong.values())))
    return (
        f"Of {pluralise(len(wrong), 'case')} ({listed}{more}) something else is kept than the rules find, worked out "
        f"by {by}. {REBUILD_SENTENCE}"
    )


def forget_all_results(store: Store, name: str, clock: Callable[[], datetime]) -> None:
    """Throw away what is kept of what the rules found."""
    command = _session_of(store, name, Role.SUPERVISOR, clock).command_context()
    with store.begin(replace(command, request="")) as tx:
        forget_results(tx)


def _session_of(store: Store, name: str, role: Role, clock: Callable[[], datetime]) -> Session:
    with store.read() as reading:
        book = load_rulebook(reading)
    return Session(
        store=store, user=name, role=role, lists=book.lists, policies=book.policies, ladder=book.ladder, clock=clock
    )
