"""Workers are named as text, with rank and number; who signs in is named as a user."""


def is_same_user(worker: str | None, user: str) -> bool:
    """Say whether a worker's name, as records write it, is a user's: the same, or ending in it.

    `PC 4411 ADEYEMI` is the user `adeyemi`. It narrows lists; no right follows from it.
    """
    if worker is None:
        return False
    written, name = worker.lower().strip(), user.lower().strip()
    return bool(name) and (written == name or written.endswith(f" {name}"))
