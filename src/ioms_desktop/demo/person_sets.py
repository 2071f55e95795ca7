"""What a few fictional people have beside their details: a second address, an alias, a carer, checks for a child."""

from datetime import timedelta

from ioms_desktop.demo.book import LAST_DAY, Tables
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE

LONG_AGO = (LAST_DAY - timedelta(days=200)).isoformat()
LATELY = (LAST_DAY - timedelta(days=40)).isoformat()
CHILDREN_WITH_MORE = 3


def person_set_rows(people: list[dict[str, str]]) -> Tables:
    """Return rows of dated sets for a few people, chosen by their place; for some children carers and checks.

    Args:
        people: The rows of the people file.
    """
    rows: Tables = {}
    for who in people[::4][:3]:
        _add(
            rows, "addresses", who, kind="HOME", address="7 Former Terrace, Leicester", to_on=LONG_AGO, source="Housing"
        )
    for who in people[1::4][:3]:
        _add(rows, "addresses", who, kind="BAIL", address="12 Bailey Close, Leicester", from_on=LATELY, source="Court")
        former = f"{who['given_names'].split()[0]} Former"
        _add(rows, "person_names", who, kind="FORMER", name=former, source="PNC")
        _add(rows, "person_numbers", who, kind="OTHER", number=f"DEMO/{who['person_ref']}", source="Custody")
    for who in [row for row in people if row.get("parent_or_carer")][:CHILDREN_WITH_MORE]:
        carer = {"relation": "grandparent", "phone": "07700 900777", "may_be_told": "no", "to_on": LONG_AGO}
        _add(rows, "carers", who, name="Pat Example", told_note="asked not to be rung", **carer)
        reasons = "Understood the offer, and said it back in own words"
        check = {"from_on": LATELY, "checked_by": "N. OKORO", "answer": "yes", "reasons": reasons}
        _add(rows, "safeguarding_checks", who, kind="GILLICK", **check)
    return rows


def _add(rows: Tables, table: str, who: dict[str, str], **cells: str) -> None:
    own = columns_of(RECORD_TYPE_BY_TABLE[table])[0]
    listed = rows.setdefault(table, [])
    listed.append({own.name: f"{own.prefix}-DEMO-{len(listed) + 1}", "person_ref": who["person_ref"], **cells})
