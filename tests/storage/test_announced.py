"""A notice names a case by a number that says nothing to those who do not know of the case, or no longer."""

import json
from collections.abc import Sequence

import psycopg

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.access.case_access_admin import (
    ChangeCaseAccess,
    SetCaseRestriction,
    exclude_user,
    set_case_restriction,
)
from ioms_desktop.storage.postgres.notify import CHANGE_CHANNEL, MAX_CASES_PER_NOTICE
from sessions import request
from shared_people import ANOTHER, Office, login_of, weaken
from storage.two_databases import CASE, hide

NOBODY = "NONE"
ASKED = ("RETURN EXISTS (", "RAISE NOTICE 'asked of %', ref; RETURN EXISTS (")
ENTRY = (
    "INSERT INTO access_entry (case_ref, user_name, kind, begins_at, ends_at, set_by) "
    "VALUES ('PHX-1', 'x', 'ADMITTED', now() - interval '1 hour', clock_timestamp(), 'holt')"
)


def announce(psql: psycopg.Connection, said: dict[str, object]) -> None:
    psql.execute("SELECT announce(%s, %s)", (CHANGE_CHANNEL, json.dumps(said)))


def heard(ear: psycopg.Connection) -> Sequence[str] | None:
    """Return the numbers of the next notice."""
    (notice,) = ear.notifies(timeout=30, stop_after=1)
    numbers: Sequence[str] | None = json.loads(notice.payload)["cases"]
    return numbers


def asked_by(psql: psycopg.Connection) -> list[str]:
    """Return a list that grows by each question whether somebody knows of a case."""
    asked: list[str] = []
    psql.add_notice_handler(lambda said: asked.append(said.message_primary or ""))
    return asked


def test_it_is_asked_alike_of_a_hidden_case_and_of_none_and_of_no_role_that_works_on_none(office: Office) -> None:
    """How long it takes tells them apart by nothing then."""
    with office.owner() as owner:
        hide(owner)
        owner.execute("INSERT INTO announced_case (case_ref) VALUES (%s) ON CONFLICT DO NOTHING", (CASE,))
        weaken(owner, "ioms_private.knows", *ASKED)
    for role in Role:
        works_on_cases = role in {Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR, Role.COORDINATOR, Role.PARTNER}
        with office.raw(role) as psql:
            asked = asked_by(psql)
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


def test_a_case_is_named_anew_once_others_may_know_of_it(office: Office) -> None:
    """What somebody heard before says nothing to them of what is said later."""
    supervisor = office.session(Role.SUPERVISOR)
    with office.owner() as owner, office.raw(Role.OFFICER) as ear, office.raw(Role.SUPERVISOR) as psql:

        def number() -> str:
            announce(psql, {"cases": ["PHX-1"]})
            (said,) = heard(ear) or ("",)
            return said

        def explained(token: str) -> bool:
            return ear.execute("SELECT case_ref FROM cases_announced(%s)", ([token],)).fetchall() == [("PHX-1",)]

        ear.execute(f"LISTEN {CHANGE_CHANNEL}")
        first = number()
        assert explained(first)
        assert number() == first, "the control: it is not named anew for nothing"
        exclude_user(supervisor, ChangeCaseAccess(request=request(), case_ref="PHX-1", name=login_of(ANOTHER)))
        (of_the_act,) = heard(ear) or ("",)
        assert (explained(first), explained(of_the_act), number()) == (False, True, of_the_act)
        set_case_restriction(supervisor, SetCaseRestriction(request=request(), case_ref="PHX-1", restricted=True))
        (restricted,) = heard(ear) or ("",)
        assert len({first, of_the_act, restricted}) == 3
        assert not any(map(explained, (first, of_the_act, restricted)))
        for change, by_time in (
            ("UPDATE cases SET trial_arm = 'CONTROL', revision = revision + 1 WHERE case_ref = 'PHX-1'", False),
            ("UPDATE announced_case SET open_until = clock_timestamp()", True),
            (ENTRY, True),
        ):
            former = number()
            owner.execute("SET session_replication_role = " + ("replica" if by_time else "origin"))
            owner.execute(change.encode())
            renewed = number()
            assert renewed != former, change
            assert renewed == number(), change
