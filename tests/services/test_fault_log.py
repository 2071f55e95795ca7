"""What is kept of a fault says where and of what kind, and nothing of what it was about."""

import traceback

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from ioms_desktop.services.fault_log import fault_record

NAME = "Marlow, Jayden"


def looked_up() -> str:
    return {"P1": "Harker"}[NAME]


def led_on() -> None:
    try:
        looked_up()
    except KeyError as error:
        raise ValueError(f"no such person: {NAME}") from error


def test_a_fault_is_told_with_its_causes_and_without_its_words() -> None:
    with pytest.raises(ValueError, match=NAME) as caught:
        led_on()
    words = fault_record(caught.value)
    assert NAME not in words
    assert NAME in "".join(traceback.format_exception(caught.value)), "the control: the usual way would tell it"
    assert words.index("KeyError") < words.index("which led to") < words.index("ValueError")
    assert ", in looked_up\n" in words


def test_a_fault_of_the_database_keeps_its_code() -> None:
    with create_engine("sqlite://").connect() as connection, pytest.raises(OperationalError) as caught:
        connection.execute(text("SELECT missing"))
    assert fault_record(caught.value).endswith("sqlalchemy.exc.OperationalError (sqlite_errorname SQLITE_ERROR)\n")


def test_exceptions_that_name_each_other_are_told_once() -> None:
    first, second = ValueError(), TypeError()
    first.__context__, second.__context__ = second, first
    assert fault_record(first).count("Error\n") == 2
