"""Workers are recorded as free text with rank and number, while those who sign in have a user name."""


def is_same_user(worker: str | None, user: str) -> bool:
    """Whether a worker's name, as it is recorded, matches a user's: it is the same, or ends in it.

    `PC 4411 ADEYEMI` matches the user `adeyemi`. Use it only to filter lists: a match is no proof of identity, so no
    right may depend on it.
    """
    if worker is None:
        return False
    written, name = worker.lower().strip(), user.lower().strip()
    return bool(name) and (written == name or written.endswith(f" {name}"))
