"""Workers are recorded as free text with rank and number, while those who sign in have a user name.

Each user may have a display name, as `PC 4411 ADEYEMI`, set by an administrator. Wherever a person reads who did
something, a login is shown as that name; the audit keeps the login.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from ioms_desktop.domain.access.case_access import REVIEW_TEXT
from ioms_desktop.domain.records.record import Column, Record, columns_of

R = TypeVar("R", bound=Record)


def is_same_user(worker: str | None, user: str) -> bool:
    """Whether a worker's name, as it is recorded, matches a user's: it is the same, or ends in it.

    `PC 4411 ADEYEMI` matches the user `adeyemi`. Use it only to filter lists: a match is no proof of identity, so no
    right may depend on it.
    """
    if worker is None:
        return False
    written, name = worker.lower().strip(), user.lower().strip()
    return bool(name) and (written == name or written.endswith(f" {name}"))


def with_display_names(record: R, names: "WorkerNames") -> R:
    """Return a record with every user in it named as they read; it is only to be shown, not to be saved."""
    shown: dict[str, Any] = {
        column.name: told
        for column in _columns_with_users(type(record))  # type: ignore[arg-type]  # a class is hashable; mypy sees it not of type[R]
        if (held := column.value_of(record)) is not None and (told := names.in_column(column, held)) != held
    }
    return replace(record, **shown) if shown else record


@cache
def _columns_with_users(record_type: type[Record]) -> tuple[Column, ...]:
    return tuple(each for each in columns_of(record_type) if each.is_worker or each.says_users)


class WorkerNames:
    """The display names of users by login, as of when they were last read."""

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        """Take the names by login; without any, every login is shown as it is."""
        self.replace(names or {})

    def replace(self, names: Mapping[str, str]) -> None:
        """Take other names by login."""
        self._by_login = {login.lower().strip(): name for login, name in names.items() if name}

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """The display names by login, to tell whether they are other ones than before."""
        return tuple(sorted(self._by_login.items()))

    def of(self, worker: str | None) -> str:
        """Return how a worker reads, or several with semicolons between them; empty for nobody.

        A login reads as its display name, any other text as it is.
        """
        if worker is None or not self._by_login:
            return worker or ""
        return ";".join(self._one(part) for part in worker.split(";"))

    def _one(self, worker: str) -> str:
        name = worker.strip()
        found = self._by_login.get(name.lower())
        return worker if found is None else worker.replace(name, found)

    def with_login(self, user: str) -> str:
        """Return a user by display name and login, as `N. OKORO (okoro)`, or by login alone without a display name.

        For evidence, since a display name can be given to somebody else later, and where the login is to be typed.
        """
        shown = self.of(user)
        return user if shown == user else f"{shown} ({user})"

    def in_text(self, words: str) -> str:
        """Return a text in which the users that the program wrote into it read as in `of`; any other text as it is."""
        found = REVIEW_TEXT.match(words)
        if found is None:
            return words
        for name in ("reviewer", "user"):  # the last first, so that the place of the other stays right
            if found[name]:
                begin, end = found.span(name)
                words = words[:begin] + self.of(found[name]) + words[end:]
        return words

    def in_column(self, column: Column, words: str) -> str:
        """Return how the text of a column reads: users in it by their display names."""
        if column.is_worker:
            return self.of(words)
        return self.in_text(words) if column.says_users else words

    def matches(self, worker: str | None, user: str) -> bool:
        """Whether a worker, as recorded, is a user by login or by display name; as `is_same_user`, to filter lists."""
        return any(is_same_user(worker, name) for name in self.all_of(user))

    def all_of(self, user: str) -> tuple[str, ...]:
        """Return what a user may be recorded as: the login, and the display name if there is one."""
        shown = self.of(user)
        return (user,) if shown == user else (user, shown)
