import re
import tomllib
from datetime import date

import pytest

from instances import for_each
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.figures.figure_tables import TablePlan, group_code_of
from ioms_desktop.domain.records.code_lists import Code, CodeList, CodeLists
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.paths import resource


def bundled() -> CodeLists:
    folder = resource("reference")
    return CodeLists.from_lists(
        CodeList.from_document(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in folder.glob("*.toml")
    )


LISTS = bundled()
CODE_COLUMNS = sorted(
    {
        (column.codes, noun.table, column.name)
        for noun in RECORD_TYPE_BY_TABLE.values()
        for column in columns_of(noun)
        if column.codes
    }
)


@for_each("codes, table, column", CODE_COLUMNS)
def test_every_code_column_has_its_list(codes: str, table: str, column: str) -> None:
    assert LISTS.of(codes).codes, f"{table}.{column}"


def test_every_list_names_its_source_and_its_title() -> None:
    assert all(each.source and each.title for each in LISTS)


@pytest.mark.parametrize("programme", ["IOM", "PHOENIX"])
def test_status_moves_stay_within_the_programme(programme: str) -> None:
    statuses = LISTS.of("case_status")
    for status in statuses:
        if status.programmes == {programme}:
            following = [statuses.get(code) for code in status.next]
            assert following
            assert all(each is not None and each.used_by(programme) for each in following)


def test_nothing_follows_death() -> None:
    statuses = LISTS.of("case_status")
    assert not any(statuses.leads_to("DECEASED", each.code) for each in statuses if each.code != "DECEASED")


def test_a_file_may_skip_statuses_that_lie_between_but_not_go_where_none_leads() -> None:
    statuses = LISTS.of("case_status")
    assert statuses.leads_to("REFERRED", "DESELECTED")
    assert statuses.leads_to("POOL", "COMPLETED")
    assert not statuses.leads_to("ACTIVE", "REFERRED")
    assert not statuses.leads_to("ACTIVE", "ENGAGED")


def test_a_status_is_always_reached_from_itself() -> None:
    assert all(LISTS.of("case_status").leads_to(each.code, each.code) for each in LISTS.of("case_status"))


def test_a_code_outside_its_days_is_not_found_on_that_day() -> None:
    ladder = LISTS.of("enforcement_step")
    assert ladder.get("L7") is not None
    assert ladder.get("L7", date(2022, 1, 1)) is not None
    assert ladder.get("L7", date(2026, 9, 7)) is None


def test_what_is_not_offered_on_screens_is_still_known() -> None:
    pathway = LISTS.of("pathway")
    assert "DRUGS" in pathway
    assert "DRUGS" not in [code.code for code in pathway.offered()]


def test_screens_of_a_programme_offer_that_programmes_statuses() -> None:
    offered = [code.code for code in LISTS.of("case_status").offered(programme="PHOENIX")]
    assert "POOL" in offered
    assert "ACTIVE" not in offered


def test_a_code_without_an_entry_is_shown_as_it_stands() -> None:
    assert LISTS.of("unit").label("SOMEWHERE_ELSE") == "SOMEWHERE_ELSE"
    assert LISTS.of("unit").label(None) == ""


@pytest.mark.parametrize(
    "document",
    [
        {"title": "T", "source": "S"},
        {"title": "T", "code": []},
        {"title": "T", "source": "S", "code": [{"code": "A"}]},
        {"title": "T", "source": "S", "code": [{"code": "A", "label": "a"}, {"code": "A", "label": "b"}]},
        {"title": "T", "source": "S", "code": [{"code": "A", "label": "a"}, {"code": "B", "synonym_of": "C"}]},
        {
            "title": "T",
            "source": "S",
            "code": [
                {"code": "A", "label": "a"},
                {"code": "B", "synonym_of": "A"},
                {"code": "C", "label": "c", "synonym_of": "B"},
            ],
        },
    ],
)
def test_a_damaged_list_is_refused_by_name(document: dict[str, object]) -> None:
    with pytest.raises(Refused, match="code list broken"):
        CodeList.from_document("broken", document)


SYNONYMS = [(codes.name, code.code, code.synonym_of) for codes in LISTS for code in codes if code.synonym_of]
WITH_SYNONYMS = {"close_reason", "pathway", "risk_band", "risk_tool", "sex", "social_care_status", "unit"}
"""The lists whose codes no rule compares: what rules read is written in one way only."""


@for_each("name, code, stands_for", SYNONYMS)
def test_a_synonym_is_shown_counted_and_filtered_as_the_code_it_stands_for(
    name: str, code: str, stands_for: str
) -> None:
    codes = LISTS.of(name)
    assert codes.canonical(code) == codes.canonical(stands_for) == stands_for
    assert codes.label(code) == codes.label(stands_for)
    assert codes.spellings([code]) == codes.spellings([stands_for]) >= {code, stands_for}
    assert code in codes  # it is taken in files
    assert code not in [each.code for each in codes.offered()]


def test_no_two_codes_of_a_list_have_one_meaning() -> None:
    fillers = {"and", "the", "of", "team", "unit", "misuse"}

    def meaning(words: str) -> frozenset[str]:
        return frozenset(re.findall(r"[a-z0-9]+", words.casefold())) - fillers

    for codes in LISTS:
        if codes.name in {"figure_cell", "figure_cube"}:
            continue  # headings of tables, in which one word may stand in two
        own = [code for code in codes if not code.synonym_of]
        labels = [code.label.casefold() for code in own]
        assert sorted(set(labels)) == sorted(labels), codes.name
        spelled = [meaning(code.code.replace("_", " ")) for code in own]
        assert len(set(spelled)) == len(spelled), codes.name


def test_only_lists_that_no_rule_compares_have_synonyms() -> None:
    assert {name for name, _, _ in SYNONYMS} == WITH_SYNONYMS


def test_a_code_of_its_own_is_spelled_as_itself_and_one_that_no_list_has_stands_for_itself() -> None:
    unit = LISTS.of("unit")
    assert (unit.canonical("MASH"), unit.spellings(["MASH"])) == ("MASH", frozenset({"MASH"}))
    assert (unit.canonical("ELSEWHERE"), unit.spellings(["ELSEWHERE"])) == ("ELSEWHERE", frozenset({"ELSEWHERE"}))
    assert unit.spellings([]) == frozenset()
    assert unit.label("ASB_SUPPORT") == "ASB support team"


def test_figures_count_a_person_by_what_their_code_stands_for() -> None:
    plan = TablePlan.from_lists(LISTS)
    groups = {code: group_code_of(plan.groups["by_sex"], code) for code in ("F", "FEMALE", "M", "MALE", "U")}
    assert groups == {
        "F": "SEX_FEMALE", "FEMALE": "SEX_FEMALE", "M": "SEX_MALE", "MALE": "SEX_MALE", "U": "SEX_NOT_RECORDED"
    }  # fmt: skip


def test_a_contact_type_says_whether_somebody_lays_eyes_on_the_person() -> None:
    kinds = LISTS.of("contact_type")
    apart = {code.code for code in kinds if not code.more["in_person"]}
    assert {"PHONE", "TEXT", "VIDEO", "THIRD_PARTY", "ADDRESS_CHECK"} <= apart
    assert {code.code for code in kinds if code.more.get("never_completes")} == {"TEXT", "THIRD_PARTY"}


def test_school_exclusion_is_no_lever() -> None:
    levers = LISTS.of("enforcement_lever")
    assert len(levers.codes) >= 4
    assert not [code for code in levers if "SCHOOL" in code.code or "school" in code.label.lower()]


OUR_OWN_DATES = {"retention_group", "figure_cell", "figure_cube", "figure_threshold"}
"""The lists whose days are those from which a choice of the force holds; the list names who signs it off."""
DATED = [
    (codes.name, code)
    for codes in LISTS
    for code in codes
    if codes.name not in OUR_OWN_DATES
    and (code.valid_from or code.valid_to or {"active", "changes", "superseded_from"} & set(code.more))
]


@pytest.mark.parametrize(("name", "code"), DATED, ids=lambda each: getattr(each, "code", each))
def test_dated_law_has_its_source_and_its_day(name: str, code: Code) -> None:
    assert len(code.more["source"]) > 5, name
    assert code.valid_from or code.valid_to or code.more["superseded_from"]
    for change in code.more.get("changes", ()):
        assert isinstance(change["from"], date)
        assert len(change["source"]) > 10
        assert change["power"]


def test_law_that_somebody_only_remembers_is_looked_at() -> None:
    """The control of the test above: it looks at the steps whose power rests on a statute, and at what has ended."""
    looked = {code.code for _, code in DATED}
    assert {"L4", "L5", "L5b", "L5c", "L5d", "L5e", "L6", "L6b", "L6c", "L7", "L7b", "PSS", "DTO_TOP_UP"} <= looked
    steps = LISTS.of("enforcement_step")
    statutes = {code.code for code in steps if re.search(r" Act \d{4} s|Sentencing Code", code.more["power"])}
    assert statutes - {"PARALLEL"} <= looked


def test_every_label_is_words_and_no_code() -> None:
    for codes in LISTS:
        for code in (each for each in codes if not each.synonym_of):
            assert code.label.strip() == code.label != "", (codes.name, code.code)
            assert "_" not in code.label, (codes.name, code.code)
            known_by_it = re.fullmatch(r"[A-Z0-9/+-]{2,9}", code.code)  # OGRS4, MASH: said as they are written
            assert code.label != code.code or known_by_it, (codes.name, code.code)


SUPERSEDED = LISTS.of("risk_tool")


def test_a_score_says_what_has_taken_the_place_of_its_tool() -> None:
    assert SUPERSEDED.label("OGRS3", date(2025, 12, 31)) == "OGRS3"
    assert SUPERSEDED.label("OGRS3", date(2026, 1, 1)) == "OGRS3 (superseded by OGRS4)"
    assert SUPERSEDED.label("OGRS3-2", date(2026, 5, 1)) == "OGRS3, two years (superseded by OGRS4)"
    assert SUPERSEDED.label("OGRS4", date(2026, 5, 1)) == SUPERSEDED.label("OGRS4") == "OGRS4"


def test_former_names_of_a_tool_stand_for_its_present_name_and_what_is_no_tool_is_not_offered() -> None:
    assert {SUPERSEDED.canonical(code) for code in ("OSP/C", "OSPC", "OSP_DC")} == {"OSP/DC"}
    assert {SUPERSEDED.canonical(code) for code in ("OSP/I", "OSP-I", "OSP_IIC")} == {"OSP/IIC"}
    offered = {code.code for code in SUPERSEDED.offered()}
    assert {"OSP/DC", "OSP/IIC", "PDAT", "DASH", "DARA"} <= offered
    assert not {"MAPPA", "CHI", "CSS", "OSP/C"} & offered
    assert "MAPPA" in SUPERSEDED  # what was recorded keeps its label


@pytest.mark.parametrize("code", ["AL", "EX", "FI", "IM", "OB", "OS"])
def test_an_unverified_warning_marker_is_shown_and_not_offered(code: str) -> None:
    markers = LISTS.of("warning_marker")
    assert markers.label(code) != code
    assert code not in {each.code for each in markers.offered()}


def test_every_step_is_in_a_family() -> None:
    families = LISTS.of("step_family")
    found = [step.more["family"] for step in LISTS.of("enforcement_step")]
    assert set(found) == {family.code for family in families}


def test_what_ended_is_offered_up_to_its_last_day_and_taken_in_files() -> None:
    statuses = LISTS.of("statutory_status")
    for code in ("PSS", "DTO_TOP_UP"):
        last = statuses.get(code).valid_to  # type: ignore[union-attr]  # it is there
        assert last is not None
        assert code in {each.code for each in statuses.offered(last)}
        assert code not in {each.code for each in statuses.offered(date(2026, 11, 30))}
        assert code in statuses
    assert {"DTO_CUSTODY", "DTO_SUPERVISION", "RUI"} <= {each.code for each in statuses.offered(date(2026, 11, 30))}
