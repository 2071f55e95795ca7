"""Databases with both stories in them, imported once and only read by the tests."""

import shutil
from collections.abc import Iterator

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.storage.store import Store
from keys import opened, with_users
from stories.story_rows import BECKLES, PYKE, import_story, story_imports, story_states


def new_location(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, name: str) -> str:
    """Return an empty database of the kind that the fixture asks for."""
    place = tmp_path_factory.mktemp(name)
    if request.param == "sqlite":
        return str(shutil.copy(request.getfixturevalue("_local_template"), place / "cases.ioms"))
    empty = request.getfixturevalue("_shared_template")
    made: str = request.getfixturevalue("postgres_server").create(place.name, empty)
    return made


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def told_location(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a database of each kind with both stories, imported instant by instant."""
    location = new_location(request, tmp_path_factory, "told")
    store = opened(location)
    imports = sorted([*story_imports(PYKE), *story_imports(BECKLES)], key=lambda each: each.at)
    import_story(store, imports, tmp_path_factory.mktemp("imports"))
    store.close()
    with_users(location, {"wright": Role.SUPERVISOR}, "demo")
    return location


@pytest.fixture(scope="session")
def told(told_location: str) -> Iterator[Store]:
    """Return both stories, as they were recorded."""
    store = opened(told_location)
    yield store
    store.close()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def retold(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Return a database of each kind with both stories as they ended, later: version 2026-11-30 judges them.

    Story C is eight weeks later. Story A is seventeen weeks later, eight being too few, and somebody who is not met in
    person from the day of the arrest on: a call to the aunt and a text stand in the place of two contacts.
    """
    store = opened(new_location(request, tmp_path_factory, "retold"))
    pyke, beckles = story_states(story_imports(PYKE, 17))[-1], story_states(story_imports(BECKLES, 8))[-1]
    instead = {"A6": "THIRD_PARTY", "A8": "TEXT"}
    for contact in pyke.tables["contacts"]:
        contact["contact_type"] = instead.get(contact["contact_ref"], contact["contact_type"])
    import_story(store, sorted([pyke, beckles], key=lambda each: each.at), tmp_path_factory.mktemp("imports"))
    yield store
    store.close()
