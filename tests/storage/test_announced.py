"""A notice names a case by a number that says nothing to those who do not know of the case, or no longer."""

import json
from collections.abc import Sequence

import psycopg

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.storage.postgres.notify import CHANGE_CHANNEL, MAX_CASES_PER_NOTICE
from shared_people import Office, weaken
from storage.two_databases import CASE, hide

NOBODY = "NONE"
ASKED = ("RETURN EXISTS (", "RAISE NOTICE 'asked of %', ref; RETURN EXISTS (")


def announce(psql: psycopg.Connection, said: dict[str, object]) -> None:
    psql.execute("SELECT announce(%s, %s)", (CHANGE_CHANNEL, json.dumps(said)))


def heard(ear: psycopg.Connection) -> Sequence[str] | None:
    """Return the numbers of the next notice."""
    (notice,) = ear.notifies(timeout=30, stop_after=1)
    numbers: Sequence[str] | None = json.loads(notice.payload)["cases"]
    return numbers


def test_it_is_asked_alike_of_a_hidden_case_and_of_none_and_of_no_role_that_works_on_none(office: Office) -> None:
    """How long it takes tells them apart by nothing then."""
    with office.owner() as owner:
        hide(owner)
        owner.execute("INSERT INTO announced_case (case_ref) VALUES (%s) ON CONFLICT DO NOTHING", (CASE,))
        weaken(owner, "ioms_private.knows", *ASKED)
    for role in Role:
        works_on_cases = role in {Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR, Role.COORDINATOR, Role.PARTNER}
        with office.raw(role) as psql:
            asked: list[str] = []
            psql.add_notice_handler(lambda said, asked=asked: asked.append(said.message_primary or ""))
            psql.execute(f"LISTEN {CHANGE_CHANNEL}")
            for ref in (CASE, NOBODY):
                announce(psql, {"case": ref})
                announce(psql, {"cases": [ref] * MAX_CASES_PER_NOTICE})
                assert heard(psql) is None
                assert asked == [f"asked of {ref}"] * (MAX_CASES_PER_NOTICE + 1) * works_on_cases, role
                asked.clear()
            announce(psql, {"cases": [CASE] * (MAX_CASES_PER_NOTICE + 1)})
            assert (heard(psql), asked) == (None, [])
    with office.raw(Role.OFFICER) as psql:  # the control: one of which they know is named
        psql.execute(f"LISTEN {CHANGE_CHANNEL}")
        announce(psql, {"cases": ["PHX-1", "IOM-1"]})
        assert len(heard(psql) or ()) == 2
