"""The wording of letters: an administrator adds one from a day on, nobody changes one, and letters are written so."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import (
    InvalidEntry,
    MissingReason,
    NotAllowed,
    NothingToDo,
    PastDate,
    Refused,
    UnknownCode,
)
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.letters.letters import WriteLetter, read_letter_facts, write_letter
from ioms_desktop.services.letters.wordings import (
    DECIDED_ANEW,
    NOT_IN_PLACE_OF_OURS,
    AddWording,
    WordingState,
    add_letter_wording,
    preview_wording,
    read_wordings,
)
from ioms_desktop.services.printing.papers import list_papers
from ioms_desktop.services.session import Session
from ioms_desktop.storage.schema.letter_wordings import letter_wording
from ioms_desktop.storage.store import Store
from reports.reading import pages_of
from sessions import TODAY, Clock, fill, request, session_of
from shared_people import Office

WANTED = AddWording(
    request="",
    kind="offer",
    title="Help for you",
    paragraphs="We can help you with {offer}.\n\nCall {om} on {phone}.",
    reason="Plainer",
)
LATER = date(2099, 1, 1)
CALL = "SELECT add_letter_wording('offer', '2099-01-01', 'Help', E'We help.\\nCall us.', 'plainer')"
DENIED = psycopg.errors.InsufficientPrivilege


def wanted(**changes: object) -> AddWording:
    return replace(WANTED, request=request(), **changes)  # type: ignore[arg-type]  # of the fields' types


def letter(session: Session) -> str:
    facts = read_letter_facts(session, open_case(session, "PHX-1"), LetterKind.OFFER)
    entry = WriteLetter(
        request=request(),
        case_ref="PHX-1",
        kind=LetterKind.OFFER,
        values={"om": "Sam Adeyemi", "phone": "0116", "offer": "boxing", **facts.values},
        address="1 High Street",
    )
    return " ".join(" ".join(pages_of(write_letter(session, entry).pdf)).split())


def in_force(session: Session, kind: str = "offer") -> int:
    (found,) = (each for each in read_wordings(session) if each.kind == kind and each.state is WordingState.IN_FORCE)
    return found.id


def test_a_letter_is_written_in_the_words_of_its_day_and_papers_say_which(store: Store) -> None:
    fill(store)
    clock = Clock()
    chief = session_of(store, "chief", Role.ADMINISTRATOR, clock)
    okoro = session_of(store, "okoro", Role.NAVIGATOR, clock)
    assert in_force(chief) < 0, "as shipped"
    preview = preview_wording(chief, wanted(paragraphs="We can help you with {offer}.\nThe police may look at it."))
    page = " ".join(" ".join(pages_of(preview.page.pdf)).split())
    for words in ("Alex Example", "help with work or learning", "The offer of support remains open."):
        assert words in page
    assert (preview.enforcement, preview.readability.is_plain) == (True, True)
    assert "We can help" not in letter(okoro), "a preview keeps nothing"
    outcome = add_letter_wording(chief, wanted(valid_from=TODAY + timedelta(days=1)))
    assert (outcome.ref, outcome.undo) == ("1", None)
    assert "We can help" not in letter(okoro), "its day has not come"
    assert {each.id: each.state for each in read_wordings(chief)}[1] is WordingState.LATER
    tomorrow = wanted(title="Never read", valid_from=TODAY + timedelta(days=1), kind="appointment")
    add_letter_wording(chief, tomorrow)
    add_letter_wording(chief, replace(tomorrow, request="anew", title="Read tomorrow"))
    states = {each.title: (each.state, each.problem) for each in read_wordings(chief) if each.id in {2, 3}}
    assert states == {
        "Never read": (WordingState.NOT_USED, DECIDED_ANEW),
        "Read tomorrow": (WordingState.LATER, ""),
    }
    add_letter_wording(chief, wanted(title="Now"))
    assert "Now" in letter(okoro)
    assert in_force(chief) == 4
    clock.now += timedelta(days=1)
    assert "We can help you with boxing" in letter(okoro)
    assert in_force(chief) == 1
    began = {each.title: each.state for each in read_wordings(chief) if each.id in {2, 3}}
    assert began == {"Never read": WordingState.BEFORE, "Read tomorrow": WordingState.IN_FORCE}, "its day has come"
    told = [each.what.removeprefix("Letter: Offer of support") for each in list_papers(okoro)]
    assert told == [", wording 1", ", wording 4", "", ""]
    (row,) = (each for each in read_wordings(okoro) if each.id == 1)
    assert (row.decided_by, row.reason, row.paragraphs[-1]) == ("chief", "Plainer", "Call {om} on {phone}.")
    for statement in (update(letter_wording).values(title="Other"), delete(letter_wording)):
        with pytest.raises(DatabaseError, match="is not changed"), store.engine.begin() as connection:
            connection.execute(statement)
    with store.engine.begin() as connection:  # as if somebody brought it into the database without the program
        row_of = {"kind": "offer", "valid_from": TODAY, "title": "Do it", "paragraphs": "You will be arrested."}
        by = {"reason": "x", "decided_by": "x", "decided_at": clock.now}
        connection.execute(letter_wording.insert().values(**row_of, **by))
    assert "We can help you with boxing" in letter(okoro)
    unused = [each for each in read_wordings(chief) if each.state is WordingState.NOT_USED and each.kind == "offer"]
    never, supplied = sorted(unused, key=lambda each: each.is_shipped)
    assert supplied.problem == NOT_IN_PLACE_OF_OURS
    assert never.problem.startswith("Paragraph 1: no letter says")
    assert "saved" not in never.problem, "it was, by somebody"


def test_no_wording_is_kept_that_may_not_be_and_by_nobody_else(store: Store, subtests: pytest.Subtests) -> None:
    chief = session_of(store, "chief", Role.ADMINISTRATOR, Clock())
    wrong: tuple[tuple[AddWording, type[Refused], str], ...] = (
        (wanted(valid_from=TODAY - timedelta(days=1)), PastDate, "valid_from"),
        (wanted(reason=" "), MissingReason, "reason"),
        (wanted(kind="eviction"), UnknownCode, "kind"),
        (wanted(paragraphs="You must sign this."), InvalidEntry, "paragraphs"),
        (wanted(paragraphs="Non-engagement necessitates consideration."), InvalidEntry, "paragraphs"),
    )
    for entry, error, field in wrong:
        with subtests.test(field), pytest.raises(error) as refused:
            add_letter_wording(chief, entry)
        assert refused.value.field == field
    for role in Role:
        if role is not Role.ADMINISTRATOR:
            with subtests.test(role.value), pytest.raises(NotAllowed):
                add_letter_wording(replace(chief, role=role), wanted())
    assert all(each.is_shipped for each in read_wordings(chief))
    add_letter_wording(chief, entry := wanted())
    assert add_letter_wording(chief, entry).ref == "1", "the same request is the same wording"
    with pytest.raises(NothingToDo):
        add_letter_wording(chief, wanted())


def test_a_server_takes_a_wording_from_an_administrator_alone_and_lets_nobody_touch_one(office: Office) -> None:
    chief = office.session("administrator")
    assert add_letter_wording(chief, wanted(valid_from=LATER)).ref == "1"
    by_hand = "INSERT INTO letter_wording VALUES (9, 'offer', '2099-01-01', 'x', 'x', 'x', 'x', now())"
    for role in ("officer", "navigator", "supervisor", "coordinator", "partner", "analyst", "auditor"):
        with office.raw(role) as psql:
            for statement in (CALL, by_hand):
                with pytest.raises(DENIED):
                    psql.execute(statement.encode())
    with office.raw("administrator") as psql:
        for statement, error in (
            (CALL.replace("2099", "2020"), psycopg.errors.CheckViolation),
            (CALL.replace("We help.", "<b>We</b> help."), psycopg.errors.CheckViolation),
            (CALL.replace("'Help'", "''"), psycopg.errors.CheckViolation),
            (CALL.replace("plainer", " "), psycopg.errors.CheckViolation),
            (CALL.replace("Call us.", "\\n".join("x" * 15)), psycopg.errors.CheckViolation),
            (by_hand, DENIED),
            ("UPDATE letter_wording SET title = 'x'", DENIED),
            ("DELETE FROM letter_wording", DENIED),
        ):
            with pytest.raises(error):
                psql.execute(statement.encode())
        psql.execute(CALL.encode())
    with office.owner() as owner:
        for statement in ("UPDATE letter_wording SET title = 'x'", "DELETE FROM letter_wording"):
            with pytest.raises(DENIED):
                owner.execute(statement.encode())
        logged = owner.execute(b"SELECT actor, after ->> 'wording' FROM audit WHERE object_type = 'letter_wording'")
        assert [each[1] for each in logged.fetchall()] == ["1", "2"]
    assert [each.id for each in read_wordings(office.session("navigator")) if not each.is_shipped] == [2, 1]
    with pytest.raises(NotAllowed):
        read_wordings(office.session("analyst"))
