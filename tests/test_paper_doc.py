"""The page of who receives what says what the allow-lists declare."""

import json

import pytest
from tools.paper_doc import DOC, paper_text

from ioms_desktop.__main__ import main
from ioms_desktop.domain.printing.agency_lists import LIST_BY_AGENCY, PARTS_BY_LIST
from ioms_desktop.domain.printing.parts import SummaryPart


def test_the_page_of_who_receives_what_is_as_the_lists_declare() -> None:
    assert DOC.read_text(encoding="utf-8") == paper_text(), "Write it again: python -m tools.paper_doc"


def test_it_names_every_part_list_and_agency() -> None:
    """The control: a page that leaves something out is not enough, however it was written."""
    text = paper_text()
    for said in (*(part.value for part in SummaryPart), *PARTS_BY_LIST, *LIST_BY_AGENCY):
        assert said in text


def test_the_command_says_the_same_without_a_database(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["print", "audiences", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [each["part"] for each in said["parts"]] == [part.value for part in SummaryPart]
    assert {each["agency"] for each in said["agencies"]} == LIST_BY_AGENCY.keys()
